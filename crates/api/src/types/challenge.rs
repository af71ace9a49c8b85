//! `Challenge`: a value above what the evidence supports.

use super::body::{Body, Pct};
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::ids::{Kind, NodeId};
use super::measure::Measure;
use super::output::Output;
use crate::project::cursor::{After, ListItem, Part, Place};
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
    pub(crate) data: &'a core::Challenge,
}

impl<'a> Challenge<'a> {
    /// The challenges of one output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Challenge<'a>> {
        let challenges = output.data.challenges.iter();
        challenges.map(move |data| Challenge { output, data })
    }

    fn scale(&self) -> &'a Scale {
        self.output
            .cycle
            .assured
            .cycle
            .framework
            .scale_of(self.data.measure)
    }

    fn measure(&self) -> Measure<'a> {
        self.output.cycle.framework().measure(self.data.measure)
    }

    fn answer(&self) -> Option<&'a Answer> {
        let answers = &self.output.cycle.assured.cycle.records.answers;
        answers.get(self.data.answer? as usize)
    }

    /// A permanent identifier.
    fn id(&self) -> NodeId<'a> {
        let output = self.output;
        let measure = self.measure().data();
        let method = self.data.method.name();
        let parts = [output.cycle.code(), output.code(), &measure.id, method];
        let mut id = NodeId::new(Kind::Challenge, parts);
        id.parts.extend(output.assessor_code().map(Cow::Borrowed));
        id
    }

    /// The challenge that a node id identifies: by body, measure, method and, for one assessor's
    /// result of a function, the assessor.
    pub(crate) fn with_parts(
        cycle: Cycle<'a>,
        parts: [&str; 3],
        assessor: Option<&str>,
    ) -> Option<Challenge<'a>> {
        let [body, measure, method] = parts;
        let output = Output::with_codes(cycle, body, assessor)?;
        let measure = cycle.assured.cycle.framework.find_measure(measure)?;
        let method = Method::named(method)?;
        Challenge::of_output(output)
            .find(|challenge| challenge.data.measure == measure && challenge.data.method == method)
    }
}

impl ListItem for Challenge<'_> {
    /// Sorted by PCT and measure, with the self-assessment before later judgements. The panel's and
    /// the calibrated value share a place, because one replaces the other.
    fn place(&self) -> Place {
        let is_later = self.data.method != Method::SelfAssessment;
        Place::of(vec![
            Part::Text(self.output.code().to_owned()),
            Part::Number(u32::from(self.data.measure.0)),
            Part::Number(u32::from(is_later)),
        ])
    }
}

object! {
    /// A value above what the evidence supports, and the answer to it.
    Challenge<'a> as "Challenge", implements [Node] => |challenge| {
        /// Global identifier; give it to `node` to ask for the challenge again.
        id: NodeId<'a> = challenge.id();
        /// The body whose result has the value.
        body: Body<'a> = Body::of(challenge.output.body());
        /// The PCT; null if it is a challenge of a cluster or a function.
        #[deprecated = "Use `body`."]
        pct: Option<Pct<'a>> = challenge.output.pct();
        /// The body's whole result.
        output: Output<'a> = challenge.output;
        /// The measure.
        measure: Measure<'a> = challenge.measure();
        /// The purpose of the method of the challenged value: self-assessment, panel or calibrated.
        method: Method = challenge.data.method;
        /// Identifier of the method in the framework.
        methodId: Option<Id<'a>> = challenge.output.cycle.method_id(challenge.data.method);
        /// What sentences call the method.
        methodTitle: &'a str = challenge.output.cycle.method_title(challenge.data.method);
        /// The value: a level such as `3` or a rating such as `green`.
        value: Cow<'a, str> = challenge.scale().key(challenge.data.value);
        /// The highest value that the evidence supports.
        supported: Cow<'a, str> = challenge.scale().key(challenge.data.supported);
        /// Whether it is open, answered, corrected or changed.
        state: ChallengeState = challenge.data.state();
        /// How the value was changed to one that the evidence supports, instead of giving a reason.
        /// `value` is then the one that raised the challenge.
        changeOfMind: Option<ChangeOfMind<'a>> = challenge.data.changed.map(|data| ChangeOfMind { challenge: *challenge, data });
        /// Whether the PCT has it through its cluster, whose own result shows it too.
        shared: bool = challenge.data.shared;
        /// Whether an answer was given.
        answered: bool = challenge.data.answer.is_some();
        /// The answer: why the value is kept although the evidence supports less.
        answer: Option<&'a str> = challenge.answer().map(|answer| answer.reason.as_ref());
        /// Number of the answer's entry in the ledger; give it as `supersedes` to correct the answer.
        /// Null if the answer was read from a file.
        answerEntry: Option<i32> = challenge.answer().and_then(|answer| challenge.output.cycle.entry(answer.record));
        /// The file and row of the answer, or its entry.
        answerPlace: Option<String> = challenge.answer().and_then(|answer| challenge.output.cycle.source_of(answer.record));
    }
}

/// How a challenged value was changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChangeOfMind<'a> {
    challenge: Challenge<'a>,
    data: core::ChangeOfMind,
}

impl<'a> ChangeOfMind<'a> {
    fn cycle(&self) -> Cycle<'a> {
        self.challenge.output.cycle
    }

    fn entered_by(&self) -> Option<EntryActor<'a>> {
        let judgement = self.cycle().assured.cycle.judgement(self.data.by)?;
        self.cycle().entered_by(judgement)
    }
}

object! {
    /// How a challenged value was changed to one that the evidence supports.
    ChangeOfMind<'a> as "ChangeOfMind" => |change| {
        /// The value now; null if it is not known.
        to: Option<Cow<'a, str>> = change.data.to.map(|step| change.challenge.scale().key(step));
        /// The entry that had the challenged value.
        fromEntry: Option<i32> = change.cycle().entry(change.data.from);
        /// The entry that has the value now.
        entry: Option<i32> = change.cycle().entry(change.data.by);
        /// Who entered it, as far as the viewer may know, and when.
        enteredBy: Option<EntryActor<'a>> = change.entered_by();
        /// Why, in the words of whoever changed it.
        reason: Option<&'a str> = change.cycle().assured.cycle.reason_of(change.data.by);
    }
}

/// The counts of an output's challenges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChallengeCounts<'a>(pub(crate) Output<'a>);

impl ChallengeCounts<'_> {
    fn in_state(&self, state: ChallengeState) -> i32 {
        i32::try_from(self.0.data.challenges_in(state)).unwrap_or(i32::MAX)
    }
}

object! {
    /// The number of challenges in each state.
    ChallengeCounts<'a> as "ChallengeCounts" => |challenge_counts| {
        /// Nobody has answered them.
        open: i32 = challenge_counts.in_state(ChallengeState::Open);
        /// A reason was given why the value is kept.
        answered: i32 = challenge_counts.in_state(ChallengeState::Answered);
        /// Closed: about a self-assessment that the panel has corrected.
        corrected: i32 = challenge_counts.in_state(ChallengeState::Corrected);
        /// Closed: the same method has a value within what the evidence supports now.
        changed: i32 = challenge_counts.in_state(ChallengeState::Changed);
    }
}

input! {
    /// A filter for challenges. All given conditions must hold.
    ChallengeFilter<'q> as "ChallengeFilter" {
        /// On this measure: `5a`.
        measure: Option<Id<'q>>,
        /// Of this PCT, or of the PCTs of this cluster or SHA, by code.
        body: Option<Id<'q>>,
        /// Of values by the method with this purpose.
        method: Option<Method>,
        /// Of values by this method, by its identifier in the framework, in place of `method`.
        methodId: Option<Id<'q>>,
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
    /// The challenges of a cycle that match a filter.
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
        let method = filter.map(|filter| cycle.method(filter.method, filter.methodId));
        let method = method.transpose()?.flatten();
        let answered = filter.and_then(|filter| filter.answered);
        let states = filter.and_then(|filter| filter.states.as_ref());
        let all = Output::all(cycle).flat_map(Challenge::of_output);
        let matching = all.filter(|challenge| {
            let data = challenge.data;
            measure.is_none_or(|measure| data.measure == measure)
                && scope.is_none_or(|scope| scope.contains(data.body))
                && method.is_none_or(|method| data.method == method)
                && answered.is_none_or(|answered| data.answer.is_some() == answered)
                && states.is_none_or(|states| states.contains(&data.state()))
        });
        ChallengeConnection::page(matching, &cycle.list_parent(), first, after)
    }
}
