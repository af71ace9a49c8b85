//! `AskedEvidence`: what evidence is still asked for on a measure.

use super::evidence::{Evidence, SurveyResult};
use super::measure::Measure;
use super::output::Output;
use super::why::Ceiling;
use crate::project::object;
use jiff::civil::Date;
use wcc_core::asked_evidence::{self as core, AskState, asked_in_words};
use wcc_core::explain::explain_ceilings;

/// What is asked for on one measure of an output.
#[derive(Clone, Debug)]
pub(crate) struct AskedEvidence<'a> {
    output: Output<'a>,
    data: core::AskedEvidence,
}

impl<'a> AskedEvidence<'a> {
    /// What is asked for on each measure of an output; on the cycle's day if no other is given.
    pub(crate) fn of_output(
        output: Output<'a>,
        on: Option<Date>,
        states: Option<Vec<AskState>>,
    ) -> impl Iterator<Item = AskedEvidence<'a>> {
        let cycle = &output.cycle.assured.cycle;
        let asked = core::asked_evidence(cycle, output.data, on.unwrap_or(cycle.as_of));
        let asked = asked.into_iter().filter(move |asked| {
            let states = states.as_ref();
            states.is_none_or(|states| states.contains(&asked.state))
        });
        asked.map(move |data| AskedEvidence { output, data })
    }

    fn measure(&self) -> Measure<'a> {
        self.output.cycle.framework().measure(self.data.measure)
    }

    fn in_words(&self) -> String {
        asked_in_words(
            &self.output.cycle.assured.cycle,
            self.output.data,
            &self.data,
        )
    }

    fn items(&self, positions: &[u32]) -> impl Iterator<Item = Evidence<'a>> {
        let cycle = self.output.cycle;
        let items = positions.iter().copied();
        items.filter_map(move |at| Evidence::at(cycle, at))
    }

    fn surveys(&self) -> impl Iterator<Item = SurveyResult<'a>> {
        let cycle = self.output.cycle;
        let surveys = self.data.surveys.clone().into_iter();
        surveys.filter_map(move |at| SurveyResult::at(cycle, at))
    }

    fn ceilings(&self) -> impl Iterator<Item = Ceiling<'a>> {
        let (cycle, output) = (self.output.cycle, self.output.data);
        let unmet = self.data.unmet.clone();
        let assured = cycle.assured;
        let all = explain_ceilings(
            &assured.cycle,
            &assured.assurance,
            output,
            self.data.measure,
        );
        let is_unmet = move |ceiling: &wcc_core::output::Ceiling| {
            let mut unmet = unmet
                .iter()
                .filter_map(|at| output.ceilings.get(*at as usize));
            unmet.any(|one| std::ptr::eq(one, ceiling))
        };
        all.filter(move |(ceiling, _)| is_unmet(ceiling))
            .map(move |(data, reason)| Ceiling {
                cycle,
                data,
                reason,
            })
    }
}

object! {
    /// What evidence is still asked for on a measure of one body.
    AskedEvidence<'a> as "AskedEvidence" => |asked| {
        /// The measure.
        measure: Measure<'a> = asked.measure();
        /// What is asked.
        state: AskState = asked.data.state;
        /// What is asked, in words: "evidence that supports more than 2".
        inWords: String = asked.in_words();
        /// The items that were filed for it, or that judgements and criteria on it cite.
        evidence: [Evidence<'a>; 2] = asked.items(&asked.data.items);
        /// Those of them that have expired and have to be renewed.
        expired: [Evidence<'a>; 1] = asked.items(&asked.data.expired);
        /// The criteria that are not met: limits below the highest value, lowest first.
        unmet: [Ceiling<'a>; 1] = asked.ceilings();
        /// The survey results on it.
        surveys: [SurveyResult<'a>; 1] = asked.surveys();
    }
}
