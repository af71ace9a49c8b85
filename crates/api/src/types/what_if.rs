//! `WhatIf`: the effect of changes on every result, without recording them.

use super::body::Body;
use super::cycle::Cycle;
use crate::project::leaves::Id;
use crate::project::{Code, Failure, input, object};
use std::borrow::Cow;
use wcc_core::record::CriterionKind;
use wcc_core::what_if::{self as core, ChangeTarget, DifferentValue, ProposedChange, what_if};
use wcc_core::{Challenge, LastYear};

input! {
    /// A change of one record, for a question about its effect. Give exactly one of `methodId`,
    /// `survey` and `criterion`.
    ProposedChangeInput<'q> as "ProposedChange" {
        /// Code of the body.
        body: Id<'q>,
        /// Identifier of the measure; for a judgement also of a component or area, or `*` for every
        /// measure that was judged on the body by the method.
        subject: Id<'q>,
        /// The new value: a step, a number or `n/a` for a judgement; a score for a survey; the highest
        /// value supported for a criterion, or `met`. `unknown` removes the record.
        value: &'q str,
        /// The judgement by the method with this identifier in the framework.
        methodId: Option<Id<'q>>,
        /// Code of the assessor of a function; the judgements of all assessors change if omitted.
        assessor: Option<Id<'q>>,
        /// The result of the survey with this identifier.
        survey: Option<Id<'q>>,
        /// The unmet criteria or metrics.
        criterion: Option<CriterionKind>,
    }
}

impl ProposedChangeInput<'_> {
    fn change(&self) -> Result<ProposedChange, Failure> {
        let judgement = self.methodId.map(|method| ChangeTarget::Judgement {
            method: method.0.to_owned(),
            assessor: self.assessor.map(|assessor| assessor.0.to_owned()),
        });
        let survey = self
            .survey
            .map(|id| ChangeTarget::Survey(Some(id.0.to_owned())));
        let criterion = self.criterion.map(ChangeTarget::Criterion);
        let mut targets = [judgement, survey, criterion].into_iter().flatten();
        let (Some(target), None) = (targets.next(), targets.next()) else {
            let message = "a change has exactly one of `methodId`, `survey` and `criterion`";
            return Err(Failure::new(Code::BadInput, message));
        };
        Ok(ProposedChange {
            body: self.body.0.to_owned(),
            subject: self.subject.0.to_owned(),
            target,
            value: self.value.to_owned(),
        })
    }
}

/// The effect of changes on a cycle.
#[derive(Debug)]
pub(crate) struct WhatIf<'a> {
    cycle: Cycle<'a>,
    data: core::WhatIf,
}

impl<'a> WhatIf<'a> {
    /// The effect of changes.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        changes: &[ProposedChangeInput<'_>],
    ) -> Result<WhatIf<'a>, Failure> {
        let changes = changes.iter().map(ProposedChangeInput::change);
        let changes: Vec<ProposedChange> = changes.collect::<Result<_, Failure>>()?;
        let previous = cycle.previous();
        let last_year = previous.map(|year| LastYear {
            cycle: &year.assured.cycle,
            assurance: &year.assured.assurance,
        });
        let assured = cycle.assured;
        match what_if(&assured.cycle, &assured.assurance, last_year, &changes) {
            Ok(data) => Ok(WhatIf { cycle, data }),
            Err(error) => Err(failure(&error)),
        }
    }

    fn bodies(&self) -> Vec<BodyDifference<'_>> {
        let cycle = self.cycle;
        let bodies = self.data.bodies.iter();
        bodies.map(|data| BodyDifference { cycle, data }).collect()
    }
}

/// Every problem in a line; a code that does not exist with the nearest.
fn failure(error: &core::WhatIfError) -> Failure {
    if let [(change, problem)] = error.0.as_slice()
        && let core::ChangeProblem::Unknown { what, given, known } = problem
    {
        let known = known.iter().map(String::as_str);
        return Failure::unknown_in(&format!("in the change {change}"), what, given, known);
    }
    Failure::new(Code::BadInput, error.to_string())
}

object! {
    /// What changes would do to every result. Nothing is recorded. Plugins are not asked again: their
    /// answers are those to what is recorded.
    WhatIf<'a> as "WhatIf" => |effect| {
        /// The changes that would change nothing, because the record is already so.
        alreadySo: [&'_ str; 10] = effect.data.already_so.iter().map(String::as_str);
        /// The number of results compared: of groups, bodies and functions.
        compared: i32 = i32::try_from(effect.data.compared).unwrap_or(i32::MAX);
        /// The bodies with a result or an open challenge that differs: groups with their bodies, then
        /// functions.
        bodies: [BodyDifference<'_>; 100] = effect.bodies().into_iter();
    }
}

/// What differs in the result of one body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyDifference<'a> {
    cycle: Cycle<'a>,
    data: &'a core::BodyDifference,
}

impl<'a> BodyDifference<'a> {
    fn results(&self) -> impl Iterator<Item = ResultDifference<'a>> + use<'a> {
        let cycle = self.cycle;
        let results = self.data.results.iter();
        results.map(move |data| ResultDifference { cycle, data })
    }
}

fn challenges<'a>(
    cycle: Cycle<'a>,
    challenges: &'a [Challenge],
) -> impl Iterator<Item = ChallengeDifference<'a>> {
    let challenges = challenges.iter();
    challenges.map(move |data| ChallengeDifference { cycle, data })
}

object! {
    /// What differs in the result of one body.
    BodyDifference<'a> as "BodyDifference" => |difference| {
        /// The body.
        body: Body<'a> = Body::of(difference.cycle.body_view(difference.data.body));
        /// The assessor, if it is one assessor's result for a function.
        assessor: Option<Body<'a>> = difference.data.assessor.map(|body| Body::of(difference.cycle.body_view(body)));
        /// The values that differ: of measures, then of components, areas and the whole.
        results: [ResultDifference<'a>; 20] = difference.results();
        /// Open challenges that there are only with the changes.
        newChallenges: [ChallengeDifference<'a>; 5] = challenges(difference.cycle, &difference.data.new_challenges);
        /// Open challenges that the changes close.
        closedChallenges: [ChallengeDifference<'a>; 5] = challenges(difference.cycle, &difference.data.closed_challenges);
    }
}

/// A value that differs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResultDifference<'a> {
    cycle: Cycle<'a>,
    data: &'a core::ResultDifference,
}

impl<'a> ResultDifference<'a> {
    fn key(&self, value: core::ResultValue) -> Option<Cow<'a, str>> {
        let framework = &self.cycle.assured.cycle.framework;
        value.key(self.data.subject.scale(framework))
    }

    fn method_id(&self) -> Option<Id<'a>> {
        match self.data.value {
            DifferentValue::Method(method) => self.cycle.method_id(method),
            DifferentValue::Supported => None,
        }
    }
}

object! {
    /// A value of a measure, component, area or the whole that differs.
    ResultDifference<'a> as "ResultDifference" => |difference| {
        /// Identifier of the measure, component or area; `overall` for the whole.
        subject: Id<'a> = Id(difference.data.subject.id(&difference.cycle.assured.cycle.framework));
        /// Identifier of the method; null for what the evidence supports.
        methodId: Option<Id<'a>> = difference.method_id();
        /// The value as recorded: a key, or `n/a`; null if it is not known.
        before: Option<Cow<'a, str>> = difference.key(difference.data.before);
        /// The value with the changes.
        after: Option<Cow<'a, str>> = difference.key(difference.data.after);
    }
}

/// An open challenge that appears or is closed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChallengeDifference<'a> {
    cycle: Cycle<'a>,
    data: &'a Challenge,
}

object! {
    /// An open challenge that appears or is closed: a value above what the evidence supports.
    ChallengeDifference<'a> as "ChallengeDifference" => |difference| {
        /// Identifier of the measure.
        measure: Id<'a> = Id(&difference.cycle.assured.cycle.framework.measure(difference.data.measure).id);
        /// Identifier of the method of the challenged value.
        methodId: Option<Id<'a>> = difference.cycle.method_id(difference.data.method);
        /// The challenged value.
        value: Cow<'a, str> = difference.cycle.assured.cycle.framework.scale_of(difference.data.measure).key(difference.data.value);
        /// What the evidence supports.
        supported: Cow<'a, str> = difference.cycle.assured.cycle.framework.scale_of(difference.data.measure).key(difference.data.supported);
    }
}
