//! `Challenge`: a value above what the evidence supports.

use super::body::Pct;
use super::cycle::Cycle;
use super::ids::{Kind, NodeId};
use super::measure::Measure;
use super::output::Output;
use crate::project::leaves::Id;
use crate::project::{Failure, connection, input, object};
use wcc_core::judgement::{Answer, Method};
use wcc_core::output as core;
use wcc_core::scale::Scale;

/// A challenge of an output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Challenge<'a> {
    /// The output.
    pub(crate) output: Output<'a>,
    /// The challenge.
    pub(crate) it: &'a core::Challenge,
}

impl<'a> Challenge<'a> {
    /// The challenges of one output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Challenge<'a>> {
        let challenges = output.it.challenges.iter();
        challenges.map(move |it| Challenge { output, it })
    }

    fn scale(&self) -> &'a Scale {
        self.output
            .cycle
            .at
            .cycle
            .framework
            .scale_of(self.it.measure)
    }

    fn measure(&self) -> Measure<'a> {
        self.output.cycle.framework().measure(self.it.measure)
    }

    fn answer(&self) -> Option<&'a Answer> {
        let answers = &self.output.cycle.at.cycle.answers;
        answers.get(self.it.answer? as usize)
    }

    /// The one that a node id names.
    pub(crate) fn with_parts(cycle: Cycle<'a>, parts: [&str; 3]) -> Option<Challenge<'a>> {
        let [pct, measure, method] = parts;
        let output = cycle.find_output(pct)?;
        let measure = cycle.at.cycle.framework.find_measure(measure)?;
        let method = Method::named(method)?;
        Challenge::of_output(output)
            .find(|one| one.it.measure == measure && one.it.method == method)
    }
}

object! {
    /// A value that stands above what the evidence supports, and the answer to it.
    Challenge<'a> as "Challenge", implements [Node] => |it| {
        /// Global identifier; give it to `node` to ask for the challenge again.
        id: NodeId<'a> = NodeId::new(Kind::Challenge, [it.output.cycle.code(), &it.output.pct().0.it().code, &it.measure().it().id, it.it.method.name()]);
        /// The PCT.
        pct: Pct<'a> = it.output.pct();
        /// The PCT's whole output.
        output: Output<'a> = it.output;
        /// The measure.
        measure: Measure<'a> = it.measure();
        /// Whose value is challenged: the self-assessment, the panel's or the calibrated one.
        method: Method = it.it.method;
        /// The value: a level such as `3` or a rating such as `green`.
        value: &'a str = it.scale().key(it.it.value);
        /// What the evidence supports.
        supported: &'a str = it.scale().key(it.it.supported);
        /// Whether an answer was given.
        answered: bool = it.it.answer.is_some();
        /// The answer: why the value stands although the evidence supports less.
        answer: Option<&'a str> = it.answer().map(|answer| answer.reason.as_ref());
        /// The file and row of the answer.
        answerPlace: Option<String> = it.answer().and_then(|answer| it.output.cycle.place(answer.record));
    }
}

input! {
    /// Which challenges. Conditions that are left out do not limit; the others must all hold.
    ChallengeFilter<'q> as "ChallengeFilter" {
        /// On this measure: `5a`.
        measure: Option<Id<'q>>,
        /// Of this PCT, or of the PCTs of this cluster or SHA, by code.
        body: Option<Id<'q>>,
        /// Of values by this method.
        method: Option<Method>,
        /// True for those that were answered, false for those that were not.
        answered: Option<bool>,
    }
}

connection! {
    /// A page of challenges, in the order of PCTs and measures.
    ChallengeConnection as "ChallengeConnection", ChallengeEdge as "ChallengeEdge" of Challenge
}

impl<'a> ChallengeConnection<'a> {
    /// The challenges of a cycle that a filter lets through.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        filter: Option<&ChallengeFilter<'_>>,
        first: i32,
        after: Option<&str>,
    ) -> Result<ChallengeConnection<'a>, Failure> {
        let measure = filter.and_then(|filter| filter.measure);
        let measure = measure
            .map(|id| cycle.framework().find_measure(id.0))
            .transpose()?;
        let scope = filter.and_then(|filter| filter.body);
        let scope = scope.map(|id| cycle.scope(id.0, None)).transpose()?;
        let method = filter.and_then(|filter| filter.method);
        let answered = filter.and_then(|filter| filter.answered);
        let all = Output::all(cycle).flat_map(Challenge::of_output);
        let wanted = all.filter(|challenge| {
            let it = challenge.it;
            measure.is_none_or(|measure| it.measure == measure)
                && scope.is_none_or(|scope| scope.holds(it.pct))
                && method.is_none_or(|method| it.method == method)
                && answered.is_none_or(|answered| it.answer.is_some() == answered)
        });
        ChallengeConnection::page(wanted, first, after)
    }
}
