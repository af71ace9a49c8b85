//! `NotAssuredCycle`: a cycle that cannot be assured, with the reasons.

use super::ids::{Kind, NodeId};
use super::ledger::number;
use crate::picture::Picture;
use crate::project::leaves::Id;
use crate::project::{Code, Failure, object};
use wcc_core::CycleError;
use wcc_programme as programme;

/// A cycle of the picture that is not assured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotAssuredCycle<'a>(pub(crate) &'a programme::NotAssuredCycle);

impl<'a> NotAssuredCycle<'a> {
    /// Every such cycle of the picture.
    pub(crate) fn all(picture: &'a Picture) -> impl Iterator<Item = NotAssuredCycle<'a>> {
        let cycles = picture.not_assured().iter();
        cycles.map(|cycle| NotAssuredCycle(cycle))
    }

    /// The cycle with an identifier.
    pub(crate) fn with_code(picture: &'a Picture, code: &str) -> Option<NotAssuredCycle<'a>> {
        NotAssuredCycle::all(picture).find(|cycle| cycle.code() == code)
    }

    /// The cycle named by an argument, by its identifier or as a node id.
    pub(crate) fn named(picture: &'a Picture, name: &str) -> Option<NotAssuredCycle<'a>> {
        let find = |code: &str| NotAssuredCycle::with_code(picture, code);
        find(name).or_else(|| find(&NodeId::single(name, Kind::Cycle)?))
    }

    /// The identifier.
    pub(crate) fn code(&self) -> &'a str {
        &self.0.cycle.id
    }

    /// The failure of a field that needs the results of this cycle.
    pub(crate) fn failure(&self) -> Failure {
        Failure::new(Code::NotAssured, self.0.to_string())
    }
}

object! {
    /// A cycle that cannot be assured. Either its records contradict each other: an earlier version
    /// of the program admitted them, and the cycle is served again once a new entry resolves the
    /// contradiction. Or its rule book or bodies are in a format that only a later version of the
    /// program reads. All other cycles are served.
    NotAssuredCycle<'a> as "NotAssuredCycle" => |NotAssuredCycle(not_assured_cycle)| {
        /// Identifier: `england/2009-10`.
        code: Id<'a> = Id(&not_assured_cycle.cycle.id);
        /// Title as printed.
        title: &'a str = not_assured_cycle.cycle.title.as_str();
        /// The assurance year: `2009/10`.
        year: &'a str = not_assured_cycle.cycle.framework.year.as_str();
        /// Every reason, in the order of the records.
        reasons: [NotAssuredReason<'a>; 2] = not_assured_cycle.errors.iter().map(|error| NotAssuredReason { cycle: not_assured_cycle, error });
    }
}

/// One reason.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotAssuredReason<'a> {
    cycle: &'a programme::NotAssuredCycle,
    error: &'a CycleError,
}

object! {
    /// One reason why a cycle cannot be assured.
    NotAssuredReason<'a> as "NotAssuredReason" => |not_assured_reason| {
        /// The reason in words.
        message: String = not_assured_reason.error.to_string();
        /// The entry of the ledger that contradicts an earlier one or the model: supersede or
        /// withdraw it to resolve the contradiction. Or the rule book or bodies that cannot be
        /// read.
        entry: i32 = number(not_assured_reason.error.record().0);
        /// The place that the entry was read from: `judgements.csv, row 12`.
        place: Option<String> = not_assured_reason.cycle.places.place(not_assured_reason.error.record());
    }
}
