//! The spread of levels by measure, over all bodies, by authority and by panel.

use super::{Decision, Decisions, Share};
use crate::body::BodyIndex;
use crate::framework::MeasureIndex;
use crate::record::Method;
use crate::scale::Step;
use std::collections::BTreeMap;

/// How judgements are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// All together.
    All,
    /// By the authority of the body.
    Authority,
    /// By who recorded the panel's judgement.
    Panel,
}

/// A group of judgements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group<'a> {
    /// All of them.
    All,
    /// Those on bodies under an authority; `None` for bodies under no authority.
    Authority(Option<BodyIndex>),
    /// Those of a panel, by the author of its judgement; `None` if no author is recorded.
    Panel(Option<&'a str>),
}

/// How current values compare with self-assessments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgainstSelf {
    /// The number of values above the self-assessment.
    pub above: u32,
    /// The number of values equal to it.
    pub level: u32,
    /// The number of values below it.
    pub below: u32,
    /// The number of judgements of which one of the two values is not known.
    pub not_known: u32,
}

impl AgainstSelf {
    /// The share above, of those that can be compared.
    pub fn share_above(self) -> Share {
        Share {
            count: self.above,
            of: self.above + self.level + self.below,
        }
    }

    /// The share below, of those that can be compared.
    pub fn share_below(self) -> Share {
        Share {
            count: self.below,
            ..self.share_above()
        }
    }

    fn add(&mut self, value: Option<Step>, own: Option<Step>) {
        match value.zip(own).map(|(value, own)| value.cmp(&own)) {
            Some(std::cmp::Ordering::Greater) => self.above += 1,
            Some(std::cmp::Ordering::Equal) => self.level += 1,
            Some(std::cmp::Ordering::Less) => self.below += 1,
            None => self.not_known += 1,
        }
    }
}

/// How current values compare with what evidence supports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgainstEvidence {
    /// The number of values above what the evidence supports.
    pub above: u32,
    /// The number of values that the evidence supports.
    pub within: u32,
    /// The number of judgements that evidence limits and of which the value is not known.
    pub not_known: u32,
    /// The number of judgements that no evidence limits.
    pub not_limited: u32,
}

impl AgainstEvidence {
    /// The share above, of the known values that evidence limits.
    pub fn share_above(self) -> Share {
        Share {
            count: self.above,
            of: self.above + self.within,
        }
    }

    fn add(&mut self, value: Option<Step>, supported: Option<Step>) {
        match (value, supported) {
            (_, None) => self.not_limited += 1,
            (None, Some(_)) => self.not_known += 1,
            (Some(value), Some(supported)) if value > supported => self.above += 1,
            (Some(_), Some(_)) => self.within += 1,
        }
    }
}

/// The spread of the current values of a measure in a group: calibrated, or else the panel's.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread<'a> {
    /// The group.
    pub group: Group<'a>,
    /// The measure.
    pub measure: MeasureIndex,
    /// The number of judgements, whether their value is known or not.
    pub judgements: u32,
    /// The known values with the number of each, from the worst. For a scale of named steps, every
    /// step is listed.
    pub counts: Vec<(Step, u32)>,
    /// The number of values that are not known.
    pub not_known: u32,
    /// The number of judgements that the measure does not apply.
    pub not_applicable: u32,
    /// The number of known values that were inferred.
    pub inferred: u32,
    /// The mean of the points of the known values; `None` if none is known.
    pub mean: Option<f64>,
    /// Compared with the self-assessment.
    pub against_self: AgainstSelf,
    /// Compared with what the evidence supports.
    pub against_evidence: AgainstEvidence,
}

impl Spread<'_> {
    /// The number of known values.
    pub fn known(&self) -> u32 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// The value in the middle; of two, the worse. `None` if none is known.
    pub fn median(&self) -> Option<Step> {
        let middle = self.known().checked_sub(1)? / 2;
        let mut below = 0;
        let mut counts = self.counts.iter();
        let median = counts.find(|(_, count)| {
            below += count;
            below > middle
        });
        median.map(|(step, _)| *step)
    }

    fn add(&mut self, decision: &Decision<'_>) {
        let mark = decision.cell.current_mark();
        let own = decision.cell.mark(Method::SelfAssessment).value;
        self.judgements += 1;
        if mark.not_applicable() {
            self.not_applicable += 1;
            return;
        }
        match mark.value {
            None => self.not_known += 1,
            Some(value) => {
                match self.counts.binary_search_by_key(&value, |(step, _)| *step) {
                    Ok(at) => self.counts.iter_mut().skip(at).take(1).for_each(|place| {
                        place.1 += 1;
                    }),
                    Err(at) => self.counts.insert(at, (value, 1)),
                }
                self.inferred += u32::from(mark.inferred());
            }
        }
        self.against_self.add(mark.value, own);
        self.against_evidence
            .add(mark.value, decision.cell.supported);
    }
}

/// The spread of each measure in each group: by group, then in the order of the framework. Groups of
/// authorities are in the order of their codes, panels by name.
pub fn spreads<'a>(decisions: &Decisions<'a>, by: GroupBy) -> Vec<Spread<'a>> {
    let cycle = decisions.cycle;
    let mut all: BTreeMap<(Option<&'a str>, MeasureIndex), Spread<'a>> = BTreeMap::new();
    for decision in &decisions.each {
        let (key, group) = match by {
            GroupBy::All => (None, Group::All),
            GroupBy::Authority => {
                let authority = cycle.organisations.sha_of(decision.output.body);
                let code = |body| cycle.organisations.body(body).code.as_str();
                (authority.map(code), Group::Authority(authority))
            }
            GroupBy::Panel => {
                let judgement = decision.cell.mark(Method::Panel).judgement(cycle);
                let panel = judgement.and_then(|one| one.details().author.as_deref());
                (panel, Group::Panel(panel))
            }
        };
        let spread = all.entry((key, decision.measure));
        let spread = spread.or_insert_with(|| empty(decisions, group, decision.measure));
        spread.add(decision);
    }
    let mut spreads: Vec<Spread<'a>> = all.into_values().collect();
    for spread in &mut spreads {
        spread.mean = mean(decisions, spread);
    }
    spreads
}

fn empty<'a>(decisions: &Decisions<'a>, group: Group<'a>, measure: MeasureIndex) -> Spread<'a> {
    let steps = decisions.cycle.framework.scale_of(measure).steps();
    let counts = (0..).zip(steps).map(|(at, _)| (Step::at(at), 0));
    Spread {
        group,
        measure,
        judgements: 0,
        counts: counts.collect(),
        not_known: 0,
        not_applicable: 0,
        inferred: 0,
        mean: None,
        against_self: AgainstSelf::default(),
        against_evidence: AgainstEvidence::default(),
    }
}

fn mean(decisions: &Decisions<'_>, spread: &Spread<'_>) -> Option<f64> {
    let scale = decisions.cycle.framework.scale_of(spread.measure);
    let known = i64::from(spread.known());
    let mut sum = crate::Fraction::default();
    for (step, count) in &spread.counts {
        let points = scale.points(*step).times(i64::from(*count))?;
        sum = sum.plus(points)?;
    }
    (known > 0)
        .then(|| sum.divided(known))?
        .map(crate::Fraction::to_f64)
}
