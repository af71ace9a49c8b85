//! `EvidenceReliance` and `EvidenceAge`: what relies on an item of evidence, and how old it is.

use super::body::Body;
use super::cycle::Cycle;
use super::evidence::Criterion;
use super::judgement::Judgement;
use crate::project::object;
use wcc_core::BodyIndex;
use wcc_core::reliance::{self as core, Citation};

/// What relies on an item through one record.
#[derive(Clone, Debug)]
pub(crate) struct EvidenceReliance<'a> {
    pub(crate) cycle: Cycle<'a>,
    pub(crate) data: core::Reliance,
}

impl<'a> EvidenceReliance<'a> {
    fn judgement(&self) -> Option<Judgement<'a>> {
        match self.data.citation {
            Citation::Judgement(at) => Judgement::at(self.cycle, at),
            Citation::Criterion(_) => None,
        }
    }

    fn criterion(&self) -> Option<Criterion<'a>> {
        match self.data.citation {
            Citation::Criterion(at) => Criterion::at(self.cycle, at),
            Citation::Judgement(_) => None,
        }
    }

    fn bodies(&self, bodies: &[BodyIndex]) -> impl Iterator<Item = Body<'a>> {
        let cycle = self.cycle;
        let bodies = bodies.iter().copied();
        bodies.map(move |body| Body::of(cycle.body_view(body)))
    }
}

object! {
    /// What relies on an item of evidence through one record that cites it: a judgement or a
    /// criterion.
    EvidenceReliance<'a> as "EvidenceReliance" => |reliance| {
        /// The judgement that cites it; null if a criterion does.
        judgement: Option<Judgement<'a>> = reliance.judgement();
        /// The criterion or metric that cites it; null if a judgement does.
        criterion: Option<Criterion<'a>> = reliance.criterion();
        /// The bodies whose mark the judgement is: its own, the members of its group, the bodies
        /// that delegate to its function.
        judged: [Body<'a>; 2] = reliance.bodies(&reliance.data.judged);
        /// The bodies with a ceiling that rests on the record.
        limited: [Body<'a>; 2] = reliance.bodies(&reliance.data.limited);
    }
}

/// The age of an item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EvidenceAge(pub(crate) core::EvidenceAge);

object! {
    /// How old an item of evidence is on a day.
    EvidenceAge as "EvidenceAge" => |age| {
        /// Days from its date; negative if it is dated after the day.
        days: i32 = age.0.days();
        /// In words: "1 year 3 months".
        inWords: String = age.0.in_words();
    }
}
