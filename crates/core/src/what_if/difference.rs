//! The results that differ between two assurances of one cycle.

use crate::body::BodyIndex;
use crate::challenge::{Challenge, ChallengeState};
use crate::framework::{Framework, MeasureIndex};
use crate::output::{Assurance, Mark, MethodResult, Output};
use crate::record::{JudgementDetails, Method, Subject};
use crate::scale::{Scale, Step};
use std::borrow::Cow;

/// A value of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResultValue {
    /// A value of the subject's scale.
    Known(Step),
    /// The subject does not apply to the body.
    NotApplicable,
    /// Not known.
    #[default]
    NotKnown,
}

impl ResultValue {
    fn of(value: Option<Step>, not_applicable: bool) -> ResultValue {
        match value {
            Some(step) => ResultValue::Known(step),
            None if not_applicable => ResultValue::NotApplicable,
            None => ResultValue::NotKnown,
        }
    }

    fn of_mark(mark: Mark) -> ResultValue {
        ResultValue::of(mark.value, mark.not_applicable())
    }

    fn of_result(result: &MethodResult) -> ResultValue {
        ResultValue::of(result.value(), result.not_applicable())
    }

    /// Its form in files and queries: a key, or `n/a`; `None` if it is not known.
    pub fn key(self, scale: &Scale) -> Option<Cow<'_, str>> {
        match self {
            ResultValue::Known(_) if scale.is_text() => Some("text".into()),
            ResultValue::Known(step) => Some(scale.key(step)),
            ResultValue::NotApplicable => Some(JudgementDetails::NOT_APPLICABLE.into()),
            ResultValue::NotKnown => None,
        }
    }

    /// The same in words: "not known" if it is not.
    pub fn in_words(self, scale: &Scale) -> Cow<'_, str> {
        self.key(scale).unwrap_or("not known".into())
    }
}

/// Which value of a subject differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferentValue {
    /// The value by a method.
    Method(Method),
    /// What the evidence supports. Not known if nothing limits the measure.
    Supported,
}

/// A value that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResultDifference {
    /// The measure, component, area or the whole.
    pub subject: Subject,
    /// Which value of it.
    pub value: DifferentValue,
    /// As recorded.
    pub before: ResultValue,
    /// With the changes.
    pub after: ResultValue,
}

/// What differs in the result of one body.
#[derive(Clone, Debug)]
pub struct BodyDifference {
    /// The body.
    pub body: BodyIndex,
    /// The assessor, if it is one assessor's result for a function.
    pub assessor: Option<BodyIndex>,
    /// The values that differ: measures, then components, areas and the whole.
    pub results: Vec<ResultDifference>,
    /// Open challenges that there are only with the changes.
    pub new_challenges: Vec<Challenge>,
    /// Open challenges that the changes close.
    pub closed_challenges: Vec<Challenge>,
}

/// The number of results compared, and the bodies whose results differ. A result may exist only with
/// the changes, or only without them: that of an assessor who judged nothing else.
pub(super) fn between(
    framework: &Framework,
    before: &Assurance,
    after: &Assurance,
) -> (usize, Vec<BodyDifference>) {
    let (earlier, later) = (outputs(before), outputs(after));
    let is_same =
        |one: &Output, other: &Output| (one.body, one.assessor) == (other.body, other.assessor);
    let mut differences: Vec<BodyDifference> = later
        .iter()
        .filter_map(|output| {
            let same = earlier.iter().find(|other| is_same(other, output));
            difference(framework, same.copied(), output)
        })
        .collect();
    let gone = earlier
        .iter()
        .filter(|output| !later.iter().any(|other| is_same(other, output)));
    let gone: Vec<&Output> = gone.copied().collect();
    let compared = later.len() + gone.len();
    differences.extend(gone.into_iter().filter_map(|output| {
        let found = difference(framework, None, output)?;
        let results = found.results.into_iter();
        Some(BodyDifference {
            results: results
                .map(|result| ResultDifference {
                    before: result.after,
                    after: result.before,
                    ..result
                })
                .collect(),
            new_challenges: found.closed_challenges,
            closed_challenges: found.new_challenges,
            ..found
        })
    }));
    (compared, differences)
}

/// The results of groups, each with its bodies, then of functions.
fn outputs(assurance: &Assurance) -> Vec<&Output> {
    let clusters = assurance.clusters.iter().flat_map(|cluster| {
        let shared = cluster.output.iter();
        shared.chain(assurance.outputs_in(cluster))
    });
    let functions = assurance.functions.iter();
    let functions = functions
        .flat_map(|function| std::iter::once(&function.output).chain(&function.by_assessor));
    clusters.chain(functions).collect()
}

fn difference(
    framework: &Framework,
    before: Option<&Output>,
    after: &Output,
) -> Option<BodyDifference> {
    if before.is_some_and(|before| std::ptr::eq(before, after)) {
        return None;
    }
    let mut results = Vec::new();
    let mut compare = |subject, value, before: Option<ResultValue>, after| {
        let before = before.unwrap_or_default();
        if before != after {
            results.push(ResultDifference {
                subject,
                value,
                before,
                after,
            });
        }
    };
    for (measure, cell) in (0..).map(MeasureIndex).zip(&after.cells) {
        let earlier = before.map(|before| before.cell(measure));
        let subject = Subject::Measure(measure);
        for method in Method::ALL {
            let before = earlier.map(|cell| ResultValue::of_mark(cell.mark(method)));
            let value = DifferentValue::Method(method);
            compare(
                subject,
                value,
                before,
                ResultValue::of_mark(cell.mark(method)),
            );
        }
        let supported = |supported| ResultValue::of(supported, false);
        let before = earlier.map(|cell| supported(cell.supported));
        let value = DifferentValue::Supported;
        compare(subject, value, before, supported(cell.supported));
    }
    for part in framework.parts() {
        let earlier = before.and_then(|before| before.part(part));
        let Some(result) = after.part(part) else {
            continue;
        };
        for method in Method::ALL {
            let before = earlier.map(|result| ResultValue::of_result(result.result(method)));
            let now = ResultValue::of_result(result.result(method));
            let value = DifferentValue::Method(method);
            compare(part.subject(), value, before, now);
        }
    }
    let earlier = before.map_or(&[][..], |before| &before.challenges);
    let difference = BodyDifference {
        body: after.body,
        assessor: after.assessor,
        results,
        new_challenges: open_only_in(&after.challenges, earlier),
        closed_challenges: open_only_in(earlier, &after.challenges),
    };
    let has_challenges =
        !(difference.new_challenges.is_empty() && difference.closed_challenges.is_empty());
    (has_challenges || !difference.results.is_empty()).then_some(difference)
}

/// The open challenges to values that the others do not challenge.
fn open_only_in(challenges: &[Challenge], others: &[Challenge]) -> Vec<Challenge> {
    let is_open = |challenge: &&Challenge| challenge.state() == ChallengeState::Open;
    let only_here = challenges.iter().filter(is_open).filter(|challenge| {
        let mut others = others.iter().filter(is_open);
        !others.any(|other| other.measure == challenge.measure && other.method == challenge.method)
    });
    only_here.cloned().collect()
}
