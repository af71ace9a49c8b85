//! Challenges: values above what the evidence supports, and the state of each.

use crate::body::BodyIndex;
use crate::cycle::CheckedCycle;
use crate::framework::{MeasureIndex, Methods};
use crate::output::{Ceiling, CeilingBasis, Cell, Origin, Output, cell_at};
use crate::record::{Method, RecordId, ReplacedValue};
use crate::scale::Step;

/// A value above what the evidence supports.
#[derive(Clone, Debug, PartialEq)]
pub struct Challenge {
    /// The body whose result has the value: a PCT, a cluster or a function.
    pub body: BodyIndex,
    /// The measure whose value is challenged.
    pub measure: MeasureIndex,
    /// The method that produced the value.
    pub method: Method,
    /// The challenged value.
    pub value: Step,
    /// The highest step that the evidence supports.
    pub supported: Step,
    /// Position of the answer in [`crate::record::Records::answers`]; `None` if it has none.
    pub answer: Option<u32>,
    /// Whether the panel or the calibration has already lowered a challenged self-assessment to
    /// what the evidence supports.
    pub corrected: bool,
    /// How the value that raised the challenge was changed, if it was: the alternative to giving a
    /// reason. `value` is then the one that raised it.
    pub changed: Option<ChangeOfMind>,
    /// Whether a PCT inherits this challenge from its cluster, whose own result also shows it.
    pub shared: bool,
}

impl Challenge {
    /// The state of the challenge.
    pub fn state(&self) -> ChallengeState {
        if self.changed.is_some() {
            ChallengeState::Changed
        } else if self.corrected {
            ChallengeState::Corrected
        } else if self.answer.is_some() {
            ChallengeState::Answered
        } else {
            ChallengeState::Open
        }
    }
}

/// A value that was changed to one within what the evidence supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeOfMind {
    /// The record that had the challenged value.
    pub from: RecordId,
    /// The record that has the value now: its author, time and rationale are those of the change.
    pub by: RecordId,
    /// The value now.
    pub to: Option<Step>,
}

/// The state of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChallengeState {
    /// Nobody has answered it.
    Open,
    /// A reason was given for keeping the value.
    Answered,
    /// Closed: the challenge was to a self-assessment, and the current value is within what the
    /// evidence supports.
    Corrected,
    /// Closed: the same method has a value within what the evidence supports now.
    Changed,
}

impl ChallengeState {
    /// Every state.
    pub const ALL: [ChallengeState; 4] = [
        ChallengeState::Open,
        ChallengeState::Answered,
        ChallengeState::Corrected,
        ChallengeState::Changed,
    ];

    /// Whether it needs no answer: the value that raised it is no longer current.
    pub fn is_closed(self) -> bool {
        matches!(self, ChallengeState::Corrected | ChallengeState::Changed)
    }

    /// The state in words for people.
    pub fn in_words(self, methods: &Methods) -> String {
        match self {
            ChallengeState::Open => "not answered".to_owned(),
            ChallengeState::Answered => "answered".to_owned(),
            ChallengeState::Corrected => {
                format!("closed, because {} has corrected it", methods.assessor())
            }
            ChallengeState::Changed => "closed, because the value was changed".to_owned(),
        }
    }
}

/// Marks the challenges that a PCT inherits from its cluster.
pub(crate) fn mark_shared(output: &mut Output, cluster: &Output) {
    for challenge in &mut output.challenges {
        let mark = cell_at(&output.cells, challenge.measure).mark(challenge.method);
        challenge.shared = mark.origin == Origin::Cluster
            && cluster.challenges.iter().any(|shared| {
                shared.measure == challenge.measure
                    && shared.method == challenge.method
                    && shared.value == challenge.value
                    && shared.supported == challenge.supported
                    && shared.state() == challenge.state()
            });
    }
}

/// The challenges of a body: values of the self-assessment, and current values (calibrated, or
/// else the panel's), above what the evidence supports.
pub(crate) fn challenges(
    cycle: &CheckedCycle,
    body: BodyIndex,
    cluster: Option<BodyIndex>,
    cells: &[Cell],
    ceilings: &[Ceiling],
) -> Vec<Challenge> {
    let mut challenges = Vec::new();
    for (measure, cell) in (0..).map(MeasureIndex).zip(cells) {
        let Some(supported) = cell.supported else {
            continue;
        };
        let calibrated = cell.mark(Method::Calibrated).value.is_some();
        let current = if calibrated {
            Method::Calibrated
        } else {
            Method::Panel
        };
        for method in [Method::SelfAssessment, current] {
            let Some(value) = cell.mark(method).value.filter(|value| *value > supported) else {
                let change = change_of_mind(cycle, cell, method, supported);
                let change = change.filter(|(replaced, _)| {
                    was_limited_before(cycle, ceilings, measure, *replaced)
                });
                if let Some((replaced, change)) = change {
                    challenges.push(Challenge {
                        body,
                        measure,
                        method,
                        value: replaced.value,
                        supported,
                        answer: None,
                        corrected: false,
                        changed: Some(change),
                        shared: false,
                    });
                }
                continue;
            };
            let answer = answer_to(cycle, body, cluster, measure, cell, method).or_else(|| {
                // The reason for a current value also answers a self-assessment that is no higher.
                let applies = method == Method::SelfAssessment && cell.current() >= Some(value);
                let current = || answer_to(cycle, body, cluster, measure, cell, current);
                applies.then(current).flatten()
            });
            let corrected = method == Method::SelfAssessment
                && cell.current().is_some_and(|step| step <= supported);
            challenges.push(Challenge {
                body,
                measure,
                method,
                value,
                supported,
                answer,
                corrected,
                changed: None,
                shared: false,
            });
        }
    }
    challenges
}

/// The value above what the evidence supports that the method had before, and how it was changed.
fn change_of_mind(
    cycle: &CheckedCycle,
    cell: &Cell,
    method: Method,
    supported: Step,
) -> Option<(ReplacedValue, ChangeOfMind)> {
    let mark = cell.mark(method);
    let judgement = mark.judgement(cycle)?;
    let replaced = judgement.details().replaced?;
    let change = ChangeOfMind {
        from: replaced.record,
        by: judgement.record,
        to: mark.value,
    };
    (replaced.value > supported).then_some((replaced, change))
}

/// Whether evidence limited a measure below a value before the value was replaced, so that it can have
/// been replaced because of it. Of functions and plugins it is not known since when they limit it.
fn was_limited_before(
    cycle: &CheckedCycle,
    ceilings: &[Ceiling],
    measure: MeasureIndex,
    replaced: ReplacedValue,
) -> bool {
    let records = &cycle.records;
    let mut ceilings = ceilings
        .iter()
        .filter(|ceiling| ceiling.measure == measure && ceiling.supports < replaced.value);
    ceilings.any(|ceiling| match ceiling.basis {
        CeilingBasis::Survey(at) => {
            let survey = records.surveys.get(at as usize);
            survey.is_some_and(|survey| survey.record < replaced.by)
        }
        CeilingBasis::Criterion(at) => {
            let criterion = records.criteria.get(at as usize);
            criterion.is_some_and(|criterion| criterion.record < replaced.by)
        }
        _ => true,
    })
}

/// The answer to a challenge: the body's own, else that of the cluster or function whose value it is.
/// The panel's answer also applies to a calibrated value that equals the panel's.
fn answer_to(
    cycle: &CheckedCycle,
    body: BodyIndex,
    cluster: Option<BodyIndex>,
    measure: MeasureIndex,
    cell: &Cell,
    method: Method,
) -> Option<u32> {
    let recorded_answer = |body: BodyIndex, method: Method| {
        cycle.answers_of(body).rev().find(|position| {
            let answer = cycle.records.answers.at(*position);
            answer.measure == measure && answer.method == method
        })
    };
    let answer = |method: Method| {
        let mark = cell.mark(method);
        let inherited_from = match mark.origin {
            Origin::Cluster => cluster,
            Origin::Function => mark.judgement(cycle).map(|judgement| judgement.body),
            _ => None,
        };
        recorded_answer(body, method).or_else(|| recorded_answer(inherited_from?, method))
    };
    let equals_panel =
        method == Method::Calibrated && cell.mark(method).value == cell.mark(Method::Panel).value;
    answer(method)
        .or_else(|| answer(Method::Panel).filter(|_| equals_panel))
        .map(position)
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
