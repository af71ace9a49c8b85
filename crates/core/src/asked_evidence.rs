//! What evidence is still asked for: for each measure of a body, whether its criteria are met,
//! whether anything was filed for it, and what has to be renewed.

use crate::body::BodyKind;
use crate::cycle::CheckedCycle;
use crate::framework::{MeasureIndex, Reach};
use crate::output::{Ceiling, CeilingBasis, Mark, Output};
use crate::record::{Method, Subject};
use crate::words::all_of;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What is asked for a measure. The first that applies holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskState {
    /// The measure does not apply to the body, so nothing is asked.
    NotApplicable,
    /// A criterion is not met: some evidence supports less than the highest value.
    Unmet,
    /// Evidence that is relied on has expired: it has to be renewed.
    Expired,
    /// Nothing was filed for it, nobody cites anything for it, and no survey asked about it.
    NoEvidence,
    /// Every criterion is met by evidence that holds: nothing more is asked.
    NothingMore,
}

impl AskState {
    /// Every state.
    pub const ALL: [AskState; 5] = [
        AskState::NotApplicable,
        AskState::Unmet,
        AskState::Expired,
        AskState::NoEvidence,
        AskState::NothingMore,
    ];

    /// Whether something is still asked for.
    pub fn asks(self) -> bool {
        matches!(
            self,
            AskState::Unmet | AskState::Expired | AskState::NoEvidence
        )
    }
}

/// What evidence is asked for one measure of a body.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedEvidence {
    /// The measure.
    pub measure: MeasureIndex,
    /// What is asked.
    pub state: AskState,
    /// The items filed for it or cited for it: positions in
    /// [`crate::record::Records::evidence`].
    pub items: Vec<u32>,
    /// Those of them that have expired.
    pub expired: Vec<u32>,
    /// The ceilings below the highest value: positions in [`Output::ceilings`].
    pub unmet: Vec<u32>,
    /// The survey results on it: positions in [`crate::record::Records::surveys`].
    pub surveys: Vec<u32>,
}

/// What evidence is asked for each measure of an output on a day. A cluster is not asked for what is
/// assured for each of its PCTs.
pub fn asked_evidence(cycle: &CheckedCycle, output: &Output, on: Date) -> Vec<AskedEvidence> {
    let framework = &cycle.framework;
    let measures = framework.each_measure();
    let asked = measures
        .filter(|(_, measure)| output.kind != BodyKind::Cluster || measure.reach == Reach::Cluster);
    asked
        .map(|(measure, _)| of_measure(cycle, output, measure, on))
        .collect()
}

fn of_measure(
    cycle: &CheckedCycle,
    output: &Output,
    measure: MeasureIndex,
    on: Date,
) -> AskedEvidence {
    let items = items_on(cycle, output, measure);
    let is_expired = |at: &u32| {
        let item = cycle.records.evidence.get(*at as usize);
        item.is_some_and(|item| item.dates.is_expired_on(on))
    };
    let expired: Vec<u32> = items.iter().copied().filter(is_expired).collect();
    let scale = cycle.framework.scale_of(measure);
    let is_below = |ceiling: &Ceiling| !scale.is_text() && ceiling.supports < scale.best();
    let unmet: Vec<u32> = (0..)
        .zip(&output.ceilings)
        .filter(|(_, ceiling)| ceiling.measure == measure && is_below(ceiling))
        .map(|(at, _)| at)
        .collect();
    let surveys: Vec<u32> = output
        .bodies()
        .flat_map(|body| cycle.surveys_of(body))
        .filter(|at| {
            let result = cycle.records.surveys.get(*at);
            result.is_some_and(|result| result.measure == measure)
        })
        .filter_map(|at| u32::try_from(at).ok())
        .collect();
    let state = if output.cell(measure).current_mark().not_applicable() {
        AskState::NotApplicable
    } else if !unmet.is_empty() {
        AskState::Unmet
    } else if !expired.is_empty() {
        AskState::Expired
    } else if items.is_empty() && surveys.is_empty() {
        AskState::NoEvidence
    } else {
        AskState::NothingMore
    };
    AskedEvidence {
        measure,
        state,
        items,
        expired,
        unmet,
        surveys,
    }
}

/// The items filed for a measure on the body, its cluster and the functions that perform or limit
/// the measure, and those that this year's marks and ceilings on it cite.
fn items_on(cycle: &CheckedCycle, output: &Output, measure: MeasureIndex) -> Vec<u32> {
    let marks = &output.cell(measure).marks;
    let this_year = Method::ALL.into_iter().zip(marks);
    let this_year = this_year.filter(|(method, _)| *method != Method::Previous);
    let judged = this_year.filter_map(|(_, mark): (_, &Mark)| mark.judgement(cycle));
    let mut cited: BTreeSet<&str> = judged
        .filter(|judgement| judgement.subject == Subject::Measure(measure))
        .flat_map(|judgement| &judgement.details().evidence)
        .map(|id| &**id)
        .collect();
    for ceiling in output.ceilings_on(measure) {
        if let CeilingBasis::Criterion(at) = ceiling.basis
            && let Some(criterion) = cycle.records.criteria.get(at as usize)
        {
            cited.extend(criterion.evidence.iter().map(|id| &**id));
        }
    }
    let limits = |function| {
        output.ceilings_on(measure).iter().any(|ceiling| {
            let CeilingBasis::Function { judgement, .. } = ceiling.basis else {
                return false;
            };
            let judgement = cycle.records.judgements.get(judgement as usize);
            judgement.is_some_and(|judgement| judgement.body == function)
        })
    };
    let is_reached_by = |function| {
        let work = &cycle.organisations.body(function).work;
        work.measures(&cycle.framework).contains(&measure) || limits(function)
    };
    let belongs = |body| {
        output.bodies().any(|own| own == body)
            || output.functions.contains(&body) && is_reached_by(body)
    };
    let items = (0..).zip(&cycle.records.evidence);
    let on_measure = items.filter(|(_, item)| {
        cited.contains(&*item.id) || item.measures.contains(&measure) && belongs(item.body)
    });
    on_measure.map(|(at, _)| at).collect()
}

/// What is asked for a measure, in words: "evidence that supports more than 2; renewal of "Plan",
/// valid until 2009-09-30".
pub fn asked_in_words(cycle: &CheckedCycle, output: &Output, asked: &AskedEvidence) -> String {
    let simple = match asked.state {
        AskState::NotApplicable => Some("does not apply"),
        AskState::NoEvidence => Some("evidence: nothing is filed or cited"),
        AskState::NothingMore => Some("nothing more"),
        AskState::Unmet | AskState::Expired => None,
    };
    if let Some(words) = simple {
        return words.to_owned();
    }
    let mut parts = Vec::new();
    let supported = output.cell(asked.measure).supported;
    if let Some(supported) = supported.filter(|_| !asked.unmet.is_empty()) {
        let scale = cycle.framework.scale_of(asked.measure);
        parts.push(format!(
            "evidence that supports more than {}",
            scale.key(supported)
        ));
    }
    let items = asked.expired.iter();
    let items = items.filter_map(|at| cycle.records.evidence.get(*at as usize));
    let renewed: Vec<String> = items
        .map(|item| {
            let last = item.dates.valid_until;
            let last = last.map_or_else(String::new, |last| format!(", valid until {last}"));
            format!("\"{}\"{last}", item.title)
        })
        .collect();
    if !renewed.is_empty() {
        let renewed = all_of(renewed.iter().map(String::as_str));
        parts.push(format!("renewal of {renewed}"));
    }
    parts.join("; ")
}
