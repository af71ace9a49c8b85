//! `Challenge`: a value above what the evidence supports.

use super::body::{Body, Pct};
use super::cycle::Cycle;
use super::ids::{Kind, NodeId};
use super::measure::Measure;
use super::output::Output;
use crate::project::cursor::{After, Listed, Part, Place};
use crate::project::leaves::Id;
use crate::project::{Failure, connection, input, object};
use std::borrow::Cow;
use wcc_core::ChallengeState;
use wcc_core::challenge as core;
use wcc_core::record::{Answer, Method};
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
        let answers = &self.output.cycle.at.cycle.records.answers;
        answers.get(self.it.answer? as usize)
    }

    /// An identifier that names it for good.
    fn id(&self) -> NodeId<'a> {
        let output = self.output;
        let measure = self.measure().it();
        let method = self.it.method.name();
        let parts = [output.cycle.code(), output.code(), &measure.id, method];
        let mut id = NodeId::new(Kind::Challenge, parts);
        id.parts.extend(output.assessor_code().map(Cow::Borrowed));
        id
    }

    /// The one that a node id names: by body, measure, method and, for one assessor's view of a
    /// function, the assessor.
    pub(crate) fn with_parts(
        cycle: Cycle<'a>,
        parts: [&str; 3],
        assessor: Option<&str>,
    ) -> Option<Challenge<'a>> {
        let [body, measure, method] = parts;
        let output = Output::with_codes(cycle, body, assessor)?;
        let measure = cycle.at.cycle.framework.find_measure(measure)?;
        let method = Method::named(method)?;
        Challenge::of_output(output)
            .find(|challenge| challenge.it.measure == measure && challenge.it.method == method)
    }
}

impl Listed for Challenge<'_> {
    /// By PCT and measure, the self-assessment before what was judged of it: a calibrated value
    /// takes the place of the panel's.
    fn place(&self) -> Place {
        let judged = self.it.method != Method::SelfAssessment;
        Place::of(vec![
            Part::Text(self.output.code().to_owned()),
            Part::Number(u32::from(self.it.measure.0)),
            Part::Number(u32::from(judged)),
        ])
    }
}

object! {
    /// A value above what the evidence supports, and the answer to it.
    Challenge<'a> as "Challenge", implements [Node] => |it| {
        /// Global identifier; give it to `node` to ask for the challenge again.
        id: NodeId<'a> = it.id();
        /// The body whose result has the value.
        body: Body<'a> = Body::of(it.output.body());
        /// The PCT; null if it is a challenge of a cluster or a function.
        pct: Option<Pct<'a>> = it.output.pct();
        /// The body's whole result.
        output: Output<'a> = it.output;
        /// The measure.
        measure: Measure<'a> = it.measure();
        /// The method of the challenged value: self-assessment, panel or calibrated.
        method: Method = it.it.method;
        /// The value: a level such as `3` or a rating such as `green`.
        value: &'a str = it.scale().key(it.it.value);
        /// The highest value that the evidence supports.
        supported: &'a str = it.scale().key(it.it.supported);
        /// Whether it is open, answered or corrected.
        state: ChallengeState = it.it.state();
        /// Whether the PCT has it through its cluster, whose own result shows it too.
        shared: bool = it.it.shared;
        /// Whether an answer was given.
        answered: bool = it.it.answer.is_some();
        /// The answer: why the value is kept although the evidence supports less.
        answer: Option<&'a str> = it.answer().map(|answer| answer.reason.as_ref());
        /// Number of the answer's entry in the ledger; give it as `supersedes` to correct the answer.
        /// Null if the answer was read from a file.
        answerEntry: Option<i32> = it.answer().and_then(|answer| it.output.cycle.entry(answer.record));
        /// The file and row of the answer, or its entry.
        answerPlace: Option<String> = it.answer().and_then(|answer| it.output.cycle.place(answer.record));
    }
}

/// The challenges of an output, counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChallengeCounts<'a>(pub(crate) Output<'a>);

impl ChallengeCounts<'_> {
    fn in_state(&self, state: ChallengeState) -> i32 {
        i32::try_from(self.0.it.challenges_in(state)).unwrap_or(i32::MAX)
    }
}

object! {
    /// The number of challenges in each state.
    ChallengeCounts<'a> as "ChallengeCounts" => |it| {
        /// Nobody has answered them.
        open: i32 = it.in_state(ChallengeState::Open);
        /// A reason was given why the value is kept.
        answered: i32 = it.in_state(ChallengeState::Answered);
        /// Closed: about a self-assessment that the panel has corrected.
        corrected: i32 = it.in_state(ChallengeState::Corrected);
    }
}

input! {
    /// A filter for challenges. All given conditions must hold.
    ChallengeFilter<'q> as "ChallengeFilter" {
        /// On this measure: `5a`.
        measure: Option<Id<'q>>,
        /// Of this PCT, or of the PCTs of this cluster or SHA, by code.
        body: Option<Id<'q>>,
        /// Of values by this method.
        method: Option<Method>,
        /// True for those that were answered, false for those that were not.
        answered: Option<bool>,
        /// In one of these states.
        states: Option<Vec<ChallengeState>>,
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
        after: After<'_>,
    ) -> Result<ChallengeConnection<'a>, Failure> {
        let measure = filter.and_then(|filter| filter.measure);
        let measure = measure
            .map(|id| cycle.framework().find_measure(id.0))
            .transpose()?;
        let scope = filter.and_then(|filter| filter.body);
        let scope = scope.map(|id| cycle.scope(id.0, None)).transpose()?;
        let method = filter.and_then(|filter| filter.method);
        let answered = filter.and_then(|filter| filter.answered);
        let states = filter.and_then(|filter| filter.states.as_ref());
        let all = Output::all(cycle).flat_map(Challenge::of_output);
        let wanted = all.filter(|challenge| {
            let it = challenge.it;
            measure.is_none_or(|measure| it.measure == measure)
                && scope.is_none_or(|scope| scope.holds(it.body))
                && method.is_none_or(|method| it.method == method)
                && answered.is_none_or(|answered| it.answer.is_some() == answered)
                && states.is_none_or(|states| states.contains(&it.state()))
        });
        ChallengeConnection::page(wanted, &cycle.list_parent(), first, after)
    }
}
