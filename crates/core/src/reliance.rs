//! Evidence in use: what relies on an item, its age on a day, and its use in a later cycle.
//!
//! Everything here is computed from a cycle and its assurance. Of a cycle from which bodies are
//! hidden, it therefore says nothing about them.

use crate::body::{BodyIndex, BodyKind};
use crate::cycle::{CheckedCycle, Cycle};
use crate::framework::{Framework, YearOnYear};
use crate::output::{Assurance, CeilingBasis, Output};
use crate::record::{Evidence, EvidenceFact, RecordType, Subject};
use jiff::civil::Date;
use jiff::{Span, Unit};
use std::collections::HashMap;

/// A record that cites an item of evidence, by its position among the records of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Citation {
    /// Position in [`crate::record::Records::judgements`].
    Judgement(u32),
    /// Position in [`crate::record::Records::criteria`].
    Criterion(u32),
}

/// The records of a cycle that cite each item of evidence.
#[derive(Clone, Debug, Default)]
pub struct Citations(HashMap<Box<str>, Vec<Citation>>);

impl Citations {
    /// Reads every record of a cycle once.
    pub fn of(cycle: &Cycle) -> Citations {
        let mut by_item: HashMap<Box<str>, Vec<Citation>> = HashMap::new();
        let mut add = |ids: &[Box<str>], citation: Citation| {
            for id in ids {
                let citations = by_item.entry(id.clone()).or_default();
                if !citations.contains(&citation) {
                    citations.push(citation);
                }
            }
        };
        for (at, judgement) in (0..).zip(&cycle.records.judgements) {
            add(&judgement.details().evidence, Citation::Judgement(at));
        }
        for (at, criterion) in (0..).zip(&cycle.records.criteria) {
            add(&criterion.evidence, Citation::Criterion(at));
        }
        Citations(by_item)
    }

    /// The records that cite an item: judgements in their order, then criteria.
    pub fn of_item(&self, item: &Evidence) -> &[Citation] {
        self.0.get(&item.id).map_or(&[], Vec::as_slice)
    }
}

/// What relies on an item of evidence through one record that cites it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reliance {
    /// The record that cites it.
    pub citation: Citation,
    /// The bodies that have the judgement as a mark: its own, members of its cluster, bodies that
    /// delegate to its function. Empty for a criterion.
    pub judged: Vec<BodyIndex>,
    /// The bodies whose evidence supports no more than the record says: a ceiling of theirs rests
    /// on it.
    pub limited: Vec<BodyIndex>,
}

/// What relies on an item, one entry for each record that cites it.
pub fn reliance_on(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    citations: &Citations,
    item: &Evidence,
) -> Vec<Reliance> {
    let citations = citations.of_item(item).iter();
    citations
        .filter_map(|citation| reliance_through(cycle, assurance, *citation))
        .collect()
}

fn reliance_through(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    citation: Citation,
) -> Option<Reliance> {
    let mut reliance = Reliance {
        citation,
        judged: Vec::new(),
        limited: Vec::new(),
    };
    let body = match citation {
        Citation::Judgement(at) => cycle.records.judgements.get(at as usize)?.body,
        Citation::Criterion(at) => cycle.records.criteria.get(at as usize)?.body,
    };
    for output in outputs_beside(cycle, assurance, body) {
        let uses = match citation {
            Citation::Judgement(at) => has_mark(cycle, output, at),
            Citation::Criterion(_) => false,
        };
        if uses && !reliance.judged.contains(&output.body) {
            reliance.judged.push(output.body);
        }
        let mut ceilings = output.ceilings.iter();
        let is_limited = ceilings.any(|ceiling| match (ceiling.basis, citation) {
            (CeilingBasis::Criterion(limit), Citation::Criterion(at)) => limit == at,
            (CeilingBasis::Function { judgement, .. }, Citation::Judgement(at)) => judgement == at,
            _ => false,
        });
        if is_limited && !reliance.limited.contains(&output.body) {
            reliance.limited.push(output.body);
        }
    }
    Some(reliance)
}

/// The results that a record on a body can reach: the body's own, and those of the bodies that
/// share or inherit from it.
fn outputs_beside<'a>(
    cycle: &'a CheckedCycle,
    assurance: &'a Assurance,
    body: BodyIndex,
) -> impl Iterator<Item = &'a Output> {
    let functions = match cycle.organisations.body(body).kind {
        BodyKind::Function => assurance.function(body),
        _ => None,
    };
    let of_function = functions
        .into_iter()
        .flat_map(|function| function.outputs());
    let of_clusters = assurance.clusters.iter();
    let of_clusters = of_clusters.filter_map(|cluster| cluster.output.as_ref());
    let of_pcts = assurance.outputs.iter().map(|output| &**output);
    let reached = of_clusters.chain(of_pcts).filter(move |output| {
        output.bodies().any(|own| own == body) || output.functions.contains(&body)
    });
    of_function.chain(reached)
}

/// Whether a judgement is a mark of an output.
fn has_mark(cycle: &CheckedCycle, output: &Output, judgement: u32) -> bool {
    let Some(record) = cycle.records.judgements.get(judgement as usize) else {
        return false;
    };
    let mark = match (record.subject, record.subject.part()) {
        (Subject::Measure(measure), _) => Some(output.cell(measure).mark(record.method)),
        (_, Some(part)) => output
            .part(part)
            .map(|part| part.result(record.method).recorded),
        (_, None) => None,
    };
    let position = mark.and_then(|mark| mark.judgement_position());
    position == Some(judgement as usize)
}

/// The age of an item of evidence on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidenceAge {
    from: Date,
    on: Date,
}

impl EvidenceAge {
    /// The age on a day; `None` if the date of the item is not recorded.
    pub fn of(item: &Evidence, on: Date) -> Option<EvidenceAge> {
        let from = item.dates.date?;
        Some(EvidenceAge { from, on })
    }

    /// Days from its date; negative if it is dated after the day.
    pub fn days(self) -> i32 {
        self.span(Unit::Day).get_days()
    }

    /// In words: `1 year 3 months`, `12 days`, `dated after 2010-05-31`.
    pub fn in_words(self) -> String {
        if self.from > self.on {
            return format!("dated after {}", self.on);
        }
        let span = self.span(Unit::Year);
        let counted = |count: i32, noun: &str| match count {
            0 => None,
            1 => Some(format!("1 {noun}")),
            _ => Some(format!("{count} {noun}s")),
        };
        let years = counted(i32::from(span.get_years()), "year");
        let months = counted(span.get_months(), "month");
        let parts: Vec<String> = years.into_iter().chain(months).collect();
        if parts.is_empty() {
            return counted(span.get_days(), "day").unwrap_or_else(|| "of the same day".to_owned());
        }
        parts.join(" ")
    }

    fn span(self, largest: Unit) -> Span {
        // Dates have a range of 10,000 years, so the difference of two is always a span.
        self.from.until((largest, self.on)).unwrap_or_default()
    }
}

/// An item of evidence of an earlier cycle in the codes of a later one: the same item, carried over
/// from there. Its measures are those that the framework of the later cycle has in their place.
pub fn carry_over(item: &Evidence, from: &Cycle, to: &Framework) -> EvidenceFact {
    let codes = item.to_codes(&from.code_writer());
    let successor = |id: &str| {
        let mut measures = to.measures.iter();
        if from.framework.id == to.id {
            return to.find_measure(id).map(|_| id.into());
        }
        let successor = measures.find(|measure| {
            measure.mapping.as_ref().is_some_and(|mapping| {
                mapping.change != YearOnYear::New && mapping.previous.as_deref() == Some(id)
            })
        });
        successor.map(|measure| measure.id.as_str().into())
    };
    EvidenceFact {
        measures: codes
            .measures
            .iter()
            .filter_map(|id| successor(id))
            .collect(),
        carried_from: Some(from.id.as_str().into()),
        ..codes
    }
}

/// The items on a body of an earlier cycle that a later one can use again: they have not expired on
/// its day, and it has no item with their identifier.
pub fn reusable<'a>(
    cycle: &'a Cycle,
    earlier: &'a Cycle,
    body: BodyIndex,
    on: Date,
) -> impl Iterator<Item = &'a Evidence> {
    let code = &cycle.organisations.body(body).code;
    let same_body = earlier.organisations.find(code);
    let has = |id: &str| cycle.records.evidence.iter().any(|item| *item.id == *id);
    let items = earlier.records.evidence.iter();
    items.filter(move |item| {
        Some(item.body) == same_body && !item.dates.is_expired_on(on) && !has(&item.id)
    })
}
