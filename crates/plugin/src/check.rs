//! A check: one file with identifier, documentation, function and test.

use crate::message::{
    Batch, BodyResult, Ceiling, CheckDocumentation, Contribution, Finding, Number, OutcomeValue,
    Severity, Subject,
};
use std::collections::BTreeMap;

/// One check of a plugin. A plugin lists its checks once; the manifest's documentation and the
/// evaluation both come from that list.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Identifier: lower-case letters, digits and hyphens.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// What it is about: `outcome`, `competency`, `governance`, `delegation`.
    pub about: &'static str,
    /// What it looks at.
    pub what: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// An example.
    pub example: &'static str,
    /// Looks at a batch and says what it sees.
    pub run: fn(&Batch<'_>, &mut Findings),
}

impl Check {
    /// The documentation of every check in a list, for [`Manifest::checks`](crate::Manifest::checks).
    pub fn documentation(checks: &[Check]) -> Vec<CheckDocumentation> {
        let document = |check: &Check| CheckDocumentation {
            id: check.id.to_owned(),
            title: check.title.to_owned(),
            about: check.about.to_owned(),
            what: check.what.to_owned(),
            why: check.why.to_owned(),
            example: check.example.to_owned(),
        };
        checks.iter().map(document).collect()
    }

    /// Runs every check of a list: one result for each body of the batch.
    pub fn run_all(checks: &[Check], batch: &Batch<'_>) -> Contribution {
        let mut findings = Findings::default();
        for check in checks {
            findings.check = check.id;
            (check.run)(batch, &mut findings);
        }
        findings.into_contribution(batch)
    }

    /// What this check alone finds, as pairs of body and finding: for its test.
    pub fn findings(&self, batch: &Batch<'_>) -> Vec<(String, Finding)> {
        let contribution = Check::run_all(std::slice::from_ref(self), batch);
        let of_body = |result: BodyResult| {
            let body = result.body;
            result
                .findings
                .into_iter()
                .map(move |finding| (body.clone(), finding))
        };
        contribution.results.into_iter().flat_map(of_body).collect()
    }
}

/// What the checks have seen so far.
#[derive(Debug, Default)]
pub struct Findings {
    check: &'static str,
    results: BTreeMap<String, BodyResult>,
}

impl Findings {
    /// Worth knowing. `body` is the body's code, `message` a whole sentence.
    pub fn note(&mut self, body: &str, message: impl Into<String>) -> &mut Finding {
        self.add(body, Severity::Note, message.into())
    }

    /// Somebody should look.
    pub fn warning(&mut self, body: &str, message: impl Into<String>) -> &mut Finding {
        self.add(body, Severity::Warning, message.into())
    }

    /// Something is missing or contradicts itself.
    pub fn error(&mut self, body: &str, message: impl Into<String>) -> &mut Finding {
        self.add(body, Severity::Error, message.into())
    }

    /// The evidence supports at most this step on this measure.
    pub fn ceiling(
        &mut self,
        body: &str,
        measure: &str,
        supports: &str,
        reason: impl Into<String>,
    ) {
        let ceiling = Ceiling {
            check: self.check.to_owned(),
            measure: measure.to_owned(),
            supports: supports.to_owned(),
            reason: reason.into(),
        };
        self.of(body).ceilings.push(ceiling);
    }

    /// The value of one of the plugin's local outcomes; `None` is n/a.
    pub fn outcome(&mut self, pct: &str, outcome: &str, value: Option<f64>) {
        let value = OutcomeValue {
            outcome: outcome.to_owned(),
            value,
        };
        self.of(pct).outcomes.push(value);
    }

    fn of(&mut self, body: &str) -> &mut BodyResult {
        self.results.entry(body.to_owned()).or_default()
    }

    fn add(&mut self, body: &str, severity: Severity, message: String) -> &mut Finding {
        let finding = Finding {
            check: self.check.to_owned(),
            severity,
            subject: None,
            message,
            numbers: Vec::new(),
        };
        let findings = &mut self.of(body).findings;
        findings.push(finding);
        let last = findings.len() - 1;
        &mut findings[last]
    }

    /// One result for each body of the batch; what was said of others comes along, and the host
    /// will refuse it by name.
    fn into_contribution(mut self, batch: &Batch<'_>) -> Contribution {
        for body in &batch.bodies {
            self.of(&body.code);
        }
        let named = |(body, result): (String, BodyResult)| BodyResult { body, ..result };
        Contribution {
            results: self.results.into_iter().map(named).collect(),
        }
    }
}

impl Finding {
    /// Says what the finding is about; without it, it is about the body as a whole.
    pub fn about(&mut self, subject: Subject) -> &mut Self {
        self.subject = Some(subject);
        self
    }

    /// Adds a number behind the finding. A number that is not finite is left out.
    pub fn number(&mut self, label: &str, value: f64) -> &mut Self {
        if value.is_finite() {
            self.numbers.push(Number {
                label: label.to_owned(),
                value,
            });
        }
        self
    }
}
