//! Whether what a phase or an approval requires is complete, and if not, what is missing and who can
//! supply it.
//!
//! Pure: this is a statement about the records of a cycle. Who may open a phase or approve something
//! is for policies.

mod approvals;
mod words;

pub use approvals::{MissingApproval, approvals_missing_before};
pub(crate) use words::{missing_approvals_in_words, missing_in_words};

use crate::body::{BodyIndex, BodyKind};
use crate::cycle::CheckedCycle;
use crate::delegation::DelegatedWork;
use crate::framework::{
    ApprovalDefinition, MeasureIndex, Phase, PhaseRequirement, Reach, RequiredOf,
};
use crate::output::{Assurance, ClusterAssurance, FunctionAssurance, Output};
use crate::record::{Method, RecordKind};

/// Judgements of one body that a phase or an approval requires and that nobody has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingJudgements {
    /// The body to be judged.
    pub body: BodyIndex,
    /// The group that is incomplete without them, if the requirement is about groups and the body
    /// is a member of one.
    pub group: Option<BodyIndex>,
    /// The method.
    pub method: Method,
    /// The measures, in the order of the framework; at least one.
    pub measures: Vec<MeasureIndex>,
}

/// What is missing before a phase opens, by its own requirements in their order, and for each in the
/// order of the results. Empty if everything is complete.
///
/// A judgement is made if it has a value or says that the measure does not apply. A measure that is
/// not asked of a body is not required of it.
pub fn missing_before(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    phase: &Phase,
) -> Vec<MissingJudgements> {
    let mut missing = Vec::new();
    for requirement in &phase.requires {
        let search = Search::new(cycle, requirement);
        match requirement.of {
            RequiredOf::Bodies => {
                let outputs = assurance.outputs.iter();
                missing.extend(outputs.filter_map(|output| search.of_body(output, None, |_| true)));
            }
            RequiredOf::Groups => {
                for group in &assurance.clusters {
                    search.of_group(assurance, group, &mut missing);
                }
            }
            RequiredOf::Functions => {
                let work = DelegatedWork::of(cycle);
                let functions = assurance.functions.iter();
                missing.extend(
                    functions.filter_map(|function| search.of_function(assurance, &work, function)),
                );
            }
        }
    }
    missing
}

/// Every judgement by a method that is missing: of each group on what is judged once for it, and of each
/// body on its own measures.
pub(crate) fn missing_by(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    method: Method,
) -> Vec<MissingJudgements> {
    let requirement = PhaseRequirement {
        method,
        of: RequiredOf::Groups,
        parts: Vec::new(),
    };
    let search = Search::new(cycle, &requirement);
    let mut missing = Vec::new();
    for group in &assurance.clusters {
        search.of_group(assurance, group, &mut missing);
    }
    missing
}

/// Whether a phase can open: nothing that it requires is missing, nor anything that the phases
/// before it require.
pub fn is_ready(cycle: &CheckedCycle, assurance: &Assurance, phase: &Phase) -> bool {
    let phase_before = |phase: &Phase| {
        let before = phase.after.as_deref()?;
        cycle.framework.find_phase(before)
    };
    // Readers refuse phases that follow one another in a circle; the limit holds for any framework.
    let line = std::iter::successors(Some(phase), |phase| phase_before(phase));
    let mut line = line.take(cycle.framework.phases.len() + 1);
    line.all(|phase| {
        missing_before(cycle, assurance, phase).is_empty()
            && approvals_missing_before(cycle, assurance, phase).is_empty()
    })
}

/// What is missing before an approval of a body can be given, if it requires that everything is
/// complete: the judgements by the methods that it covers. A cluster is complete if every shared
/// measure is judged for it, and every other measure for each of its PCTs.
pub fn missing_for_approval(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    approval: &ApprovalDefinition,
    body: BodyIndex,
) -> Vec<MissingJudgements> {
    if !approval.requires_complete {
        return Vec::new();
    }
    let judgements = approval.of.iter();
    let judgements = judgements.filter(|group| group.kind == RecordKind::Judgement);
    let mut missing = Vec::new();
    for method in judgements.filter_map(|group| group.method) {
        let requirement = PhaseRequirement {
            method,
            of: RequiredOf::Bodies,
            parts: Vec::new(),
        };
        let search = Search::new(cycle, &requirement);
        match cycle.organisations.body(body).kind {
            BodyKind::Pct => {
                let output = assurance.outputs.iter().find(|output| output.body == body);
                missing.extend(output.and_then(|output| search.of_body(output, None, |_| true)));
            }
            BodyKind::Cluster => {
                let mut groups = assurance.clusters.iter();
                if let Some(group) = groups.find(|group| group.cluster == Some(body)) {
                    search.of_group(assurance, group, &mut missing);
                }
            }
            BodyKind::Function => {
                let work = DelegatedWork::of(cycle);
                let mut functions = assurance.functions.iter();
                let function = functions.find(|function| function.function == body);
                missing.extend(
                    function.and_then(|function| search.of_function(assurance, &work, function)),
                );
            }
            BodyKind::Sha => {}
        }
    }
    missing
}

/// The search for what one requirement misses.
struct Search<'a> {
    cycle: &'a CheckedCycle,
    requirement: &'a PhaseRequirement,
    measures: Vec<MeasureIndex>,
}

impl<'a> Search<'a> {
    fn new(cycle: &'a CheckedCycle, requirement: &'a PhaseRequirement) -> Search<'a> {
        Search {
            cycle,
            requirement,
            measures: requirement.measures(&cycle.framework).collect(),
        }
    }

    /// What is missing of one body, among measures of a kind.
    fn of_body(
        &self,
        output: &Output,
        group: Option<BodyIndex>,
        is_of_kind: impl Fn(MeasureIndex) -> bool,
    ) -> Option<MissingJudgements> {
        let measures = self.measures.iter().copied();
        let open = measures.filter(|measure| {
            is_of_kind(*measure)
                && self.is_asked(output.body, *measure)
                && !self.is_judged(output, *measure)
        });
        self.missing(output.body, group, open.collect())
    }

    /// What is missing of a group: shared measures of the group itself, and of each member its own.
    fn of_group(
        &self,
        assurance: &Assurance,
        group: &ClusterAssurance,
        missing: &mut Vec<MissingJudgements>,
    ) {
        let members = || assurance.outputs_in(group);
        let is_shared =
            |measure: MeasureIndex| self.cycle.framework.measure(measure).reach == Reach::Cluster;
        let Some(output) = &group.output else {
            // A body in no group is a group of one.
            missing.extend(members().filter_map(|member| self.of_body(member, None, |_| true)));
            return;
        };
        let measures = self.measures.iter().copied();
        let shared = measures.filter(|measure| {
            // What every member was judged on by itself needs no judgement of the group.
            let is_open = |member: &Output| {
                self.is_asked(member.body, *measure) && !self.is_judged(member, *measure)
            };
            is_shared(*measure) && !self.is_judged(output, *measure) && members().any(is_open)
        });
        missing.extend(self.missing(output.body, None, shared.collect()));
        let own = members().filter_map(|member| {
            self.of_body(member, Some(output.body), |measure| !is_shared(measure))
        });
        missing.extend(own);
    }

    /// What is missing of a function, among the measures that it performs.
    fn of_function(
        &self,
        assurance: &Assurance,
        work: &DelegatedWork,
        function: &FunctionAssurance,
    ) -> Option<MissingJudgements> {
        let index = function.function;
        let runs = || {
            assurance
                .plugins
                .iter()
                .filter_map(|run| run.result.as_ref().ok())
        };
        let performs = |measure: MeasureIndex| {
            let mut reaches = runs().flat_map(|contribution| &contribution.reach);
            work.of_function(index)
                .is_some_and(|work| work.performs(measure))
                || reaches.any(|reach| reach.function == index && reach.measures.contains(&measure))
        };
        let is_judged = |measure: MeasureIndex| {
            function
                .outputs()
                .any(|output| self.is_judged(output, measure))
        };
        let measures = self.measures.iter().copied();
        let is_open = |measure: &MeasureIndex| {
            self.cycle.framework.measure(*measure).is_asked
                && performs(*measure)
                && !is_judged(*measure)
        };
        let open = measures.filter(is_open);
        self.missing(index, None, open.collect())
    }

    fn missing(
        &self,
        body: BodyIndex,
        group: Option<BodyIndex>,
        measures: Vec<MeasureIndex>,
    ) -> Option<MissingJudgements> {
        (!measures.is_empty()).then_some(MissingJudgements {
            body,
            group,
            method: self.requirement.method,
            measures,
        })
    }

    fn is_asked(&self, body: BodyIndex, measure: MeasureIndex) -> bool {
        let (framework, bodies) = (&self.cycle.framework, &self.cycle.organisations);
        bodies.body(body).is_asked(framework.measure(measure))
    }

    /// Whether the method gave a value, a text, or "not applicable".
    fn is_judged(&self, output: &Output, measure: MeasureIndex) -> bool {
        let mark = output.cell(measure).mark(self.requirement.method);
        let text = || {
            let judgement = mark.judgement(self.cycle);
            judgement.is_some_and(|judgement| judgement.details().text.is_some())
        };
        mark.is_decided() || text()
    }
}
