//! Concerns: the challenges and findings of a result, grouped by subject, most serious first.

use crate::body::{BodyIndex, BodyKind};
use crate::challenge::{Challenge, ChallengeState};
use crate::finding::{About, Finding, Severity};
use crate::output::{Assurance, Output};
use crate::record::Method;
use std::collections::BTreeMap;

/// The challenges and findings about one measure, component, outcome or function, or about the
/// body as a whole.
#[derive(Clone, Debug)]
pub struct Concern<'a> {
    /// The subject.
    pub about: About,
    /// Its challenges, except those closed by correcting the self-assessment.
    pub challenges: Vec<&'a Challenge>,
    /// Its findings, most serious first. A finding shared by several PCTs of a cluster is included
    /// once.
    pub findings: Vec<&'a Finding>,
    /// For a PCT: whether the whole concern also appears in its cluster's own result.
    pub shared: bool,
}

impl Concern<'_> {
    /// The highest severity among its findings and challenges. An open challenge to the current
    /// value counts as a warning, any other challenge as a note.
    pub fn severity(&self) -> Severity {
        let challenge_severity = |challenge: &&Challenge| {
            let open = challenge.state() == ChallengeState::Open;
            if open && challenge.method != Method::SelfAssessment {
                Severity::Warning
            } else {
                Severity::Note
            }
        };
        let challenges = self.challenges.iter().map(challenge_severity);
        let findings = self.findings.iter().map(|finding| finding.severity);
        challenges.chain(findings).max().unwrap_or(Severity::Note)
    }

    /// Whether it is among the most serious: an open challenge, or more than a note.
    pub fn is_serious(&self) -> bool {
        self.is_open() || self.severity() > Severity::Note
    }

    /// Whether any of its challenges is unanswered.
    pub fn is_open(&self) -> bool {
        let mut challenges = self.challenges.iter();
        challenges.any(|challenge| challenge.state() == ChallengeState::Open)
    }
}

impl Assurance {
    /// The concerns of a result, the most serious first, and otherwise in the order of the
    /// framework. Findings that all PCTs of a cluster share are included in the cluster's result
    /// too.
    pub fn concerns<'a>(&'a self, output: &'a Output) -> Vec<Concern<'a>> {
        let shared = self.shared_findings(output);
        let mut groups: BTreeMap<&About, Concern<'a>> = BTreeMap::new();
        let group = |about: &About| Concern {
            about: about.clone(),
            challenges: Vec::new(),
            findings: Vec::new(),
            shared: output.cluster.is_some(),
        };
        let abouts: Vec<About> = output
            .challenges
            .iter()
            .map(|challenge| About::Measure(challenge.measure))
            .collect();
        for (challenge, about) in output.challenges.iter().zip(&abouts) {
            if challenge.state().is_closed() {
                continue;
            }
            let concern = groups.entry(about).or_insert_with(|| group(about));
            concern.challenges.push(challenge);
        }
        let of_cluster: &[&Finding] = match output.kind {
            BodyKind::Cluster => &shared,
            _ => &[],
        };
        for finding in self.findings_of(output).chain(of_cluster.iter().copied()) {
            let concern = groups
                .entry(&finding.about)
                .or_insert_with(|| group(&finding.about));
            concern.findings.push(finding);
        }
        let mut concerns: Vec<Concern<'a>> = groups.into_values().collect();
        for concern in &mut concerns {
            // A PCT's own findings about a shared challenge only add detail, unless they are
            // errors.
            let of_cluster =
                |finding: &&Finding| finding.body != output.body || shared.contains(finding);
            concern.shared &= match concern.challenges.as_slice() {
                [] => concern.findings.iter().all(of_cluster),
                challenges => {
                    let mut errors = concern.findings.iter();
                    let own_error = |finding: &&Finding| {
                        finding.severity == Severity::Error && !of_cluster(finding)
                    };
                    challenges.iter().all(|challenge| challenge.shared) && !errors.any(own_error)
                }
            };
            concern
                .findings
                .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        }
        concerns.sort_by_key(|concern| std::cmp::Reverse((concern.severity(), concern.is_open())));
        concerns
    }

    /// The findings that all PCTs of a cluster have word for word: the first PCT's findings if the
    /// output is the cluster's, the PCT's own findings otherwise.
    fn shared_findings<'a>(&'a self, output: &'a Output) -> Vec<&'a Finding> {
        let cluster = match output.kind {
            BodyKind::Cluster => Some(output.body),
            _ => output.cluster,
        };
        let Some(cluster) = cluster.and_then(|cluster| self.cluster_assurance(cluster)) else {
            return Vec::new();
        };
        let members: Vec<BodyIndex> = cluster
            .outputs
            .iter()
            .map(|at| self.output_at(*at).body)
            .collect();
        let body = match output.kind {
            BodyKind::Cluster => members.first().copied(),
            _ => Some(output.body),
        };
        let Some(body) = body.filter(|_| members.len() > 1) else {
            return Vec::new();
        };
        let everywhere = self.findings_on_body(body).filter(|finding| {
            members.iter().all(|pct| {
                let mut on_pct = self.findings_on_body(*pct);
                on_pct.any(|other| is_same_finding(finding, other))
            })
        });
        everywhere.collect()
    }

    /// The findings on one body.
    fn findings_on_body(&self, body: BodyIndex) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.get(self.findings_on(body));
        findings
            .unwrap_or_default()
            .iter()
            .map(|finding| &**finding)
    }
}

fn is_same_finding(left: &Finding, right: &Finding) -> bool {
    left.check == right.check && left.about == right.about && left.message == right.message
}
