//! Pairs of bodies with like evidence and unlike levels.

use super::{Decision, Decisions};
use crate::Fraction;
use crate::framework::MeasureIndex;
use crate::output::{CeilingBasis, Output};
use crate::scale::Step;
use std::collections::BTreeMap;

/// A survey score of both bodies of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EvidenceFigure<'a> {
    /// The survey.
    pub survey: &'a str,
    /// The question, in short.
    pub question: Option<&'a str>,
    /// The score of the body with the better value.
    pub better: f64,
    /// The score of the body with the worse value.
    pub worse: f64,
}

/// Two bodies whose evidence on a measure is alike, and whose values differ.
#[derive(Clone, Debug)]
pub struct UnlikePair<'a> {
    /// The measure.
    pub measure: MeasureIndex,
    /// The output of the body with the better value.
    pub better: &'a Output,
    /// The output of the body with the worse value.
    pub worse: &'a Output,
    /// The better value.
    pub better_value: Step,
    /// The worse value.
    pub worse_value: Step,
    /// What the evidence of both supports; `None` if nothing limits either.
    pub supported: Option<Step>,
    /// The survey scores of both.
    pub figures: Vec<EvidenceFigure<'a>>,
}

/// The evidence on a measure that must be the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct EvidenceKey<'a> {
    measure: MeasureIndex,
    supported: Option<Step>,
    /// What sets each other ceiling, and what it supports.
    ceilings: Vec<(&'static str, Step)>,
    surveys: Vec<(&'a str, Option<&'a str>)>,
}

struct Candidate<'a> {
    decision: Decision<'a>,
    value: Step,
    /// One score for each survey of the key.
    scores: Vec<(f64, Fraction)>,
}

/// The pairs of bodies with like evidence and unlike values, the largest differences first.
///
/// Evidence on a measure is alike if it supports the same value, if the ceilings that are not of
/// surveys are of the same kinds and support the same, and if both bodies have scores in the same
/// surveys that are at most `distance` apart, on the survey's own scale. Scores are compared exactly,
/// as written. A body without any evidence on a measure has nothing to compare.
pub fn unlike_pairs<'a>(decisions: &Decisions<'a>, distance: Fraction) -> Vec<UnlikePair<'a>> {
    let mut alike: BTreeMap<EvidenceKey<'a>, Vec<Candidate<'a>>> = BTreeMap::new();
    for decision in &decisions.each {
        if let Some((key, candidate)) = candidate(decisions, *decision) {
            alike.entry(key).or_default().push(candidate);
        }
    }
    let mut pairs = Vec::new();
    for (key, candidates) in &alike {
        for (at, first) in candidates.iter().enumerate() {
            for second in candidates.iter().skip(at + 1) {
                let (one, other) = (first.decision.output, second.decision.output);
                // A departure from a group has a reason of its own.
                let is_departure =
                    one.cluster == Some(other.body) || other.cluster == Some(one.body);
                if first.value != second.value && !is_departure && is_near(first, second, distance)
                {
                    pairs.push(pair(key, first, second));
                }
            }
        }
    }
    let code = |output: &Output| {
        decisions
            .cycle
            .organisations
            .body(output.body)
            .code
            .as_str()
    };
    pairs.sort_by(|one, other| {
        let difference = |pair: &UnlikePair<'_>| {
            pair.better_value
                .position()
                .abs_diff(pair.worse_value.position())
        };
        difference(other)
            .cmp(&difference(one))
            .then_with(|| one.measure.cmp(&other.measure))
            .then_with(|| code(one.better).cmp(code(other.better)))
            .then_with(|| code(one.worse).cmp(code(other.worse)))
    });
    pairs
}

fn candidate<'a>(
    decisions: &Decisions<'a>,
    decision: Decision<'a>,
) -> Option<(EvidenceKey<'a>, Candidate<'a>)> {
    let cycle = decisions.cycle;
    let value = decision.cell.current()?;
    let mut scores = Vec::new();
    for body in decision.output.bodies() {
        for result in cycle.records.surveys.slice(cycle.surveys_of(body)) {
            if result.measure == decision.measure
                && let Some(score) = result.score
            {
                let exact = Fraction::from_written(score)?;
                let survey = (&*result.survey, result.question.as_deref());
                scores.push((survey, (score, exact)));
            }
        }
    }
    scores.sort_by(|(one, of_one), (other, of_other)| {
        one.cmp(other).then(of_one.0.total_cmp(&of_other.0))
    });
    let ceilings = decision.output.ceilings_on(decision.measure).iter();
    let mut ceilings: Vec<(&'static str, Step)> = ceilings
        .filter_map(|ceiling| {
            let basis = match ceiling.basis {
                CeilingBasis::Survey(_) => return None,
                CeilingBasis::Criterion(at) => cycle.records.criteria.at(at as usize).kind.name(),
                CeilingBasis::Function { .. } => "function",
                CeilingBasis::Plugin { .. } => "plugin",
            };
            Some((basis, ceiling.supports))
        })
        .collect();
    ceilings.sort_unstable();
    if scores.is_empty() && ceilings.is_empty() {
        return None;
    }
    let (surveys, scores) = scores.into_iter().unzip();
    let key = EvidenceKey {
        measure: decision.measure,
        supported: decision.cell.supported,
        ceilings,
        surveys,
    };
    let candidate = Candidate {
        decision,
        value,
        scores,
    };
    Some((key, candidate))
}

/// Whether the scores of two candidates with the same key are at most a distance apart.
fn is_near(first: &Candidate<'_>, second: &Candidate<'_>, distance: Fraction) -> bool {
    let mut scores = first.scores.iter().zip(&second.scores);
    scores.all(|((_, first), (_, second))| {
        let (less, more) = (first.min(second), first.max(second));
        less.plus(distance).is_some_and(|limit| *more <= limit)
    })
}

fn pair<'a>(
    key: &EvidenceKey<'a>,
    first: &Candidate<'a>,
    second: &Candidate<'a>,
) -> UnlikePair<'a> {
    let (better, worse) = if first.value > second.value {
        (first, second)
    } else {
        (second, first)
    };
    let scores = better.scores.iter().zip(&worse.scores);
    let figures = key.surveys.iter().zip(scores);
    UnlikePair {
        measure: key.measure,
        better: better.decision.output,
        worse: worse.decision.output,
        better_value: better.value,
        worse_value: worse.value,
        supported: key.supported,
        figures: figures
            .map(|((survey, question), (better, worse))| EvidenceFigure {
                survey,
                question: *question,
                better: better.0,
                worse: worse.0,
            })
            .collect(),
    }
}
