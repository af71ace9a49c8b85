//! `NotAssuredCycle`: a cycle whose records contradict each other, with the reasons.

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
        let cycles = picture.programme.not_assured.iter();
        cycles.map(|cycle| NotAssuredCycle(cycle))
    }

    /// The cycle named by an argument, by its identifier or as a node id.
    pub(crate) fn named(picture: &'a Picture, name: &str) -> Option<NotAssuredCycle<'a>> {
        let find = |code: &str| picture.programme.not_assured(code);
        let cycle = find(name).or_else(|| find(&NodeId::single(name, Kind::Cycle)?));
        cycle.map(|cycle| NotAssuredCycle(cycle))
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
    /// A cycle that cannot be assured, because its records contradict each other: an earlier
    /// version of the program admitted them. All other cycles are served; this one is served again
    /// once a new entry resolves the contradiction.
    NotAssuredCycle<'a> as "NotAssuredCycle" => |NotAssuredCycle(not_assured_cycle)| {
        /// Identifier: `england/2009-10`.
        code: Id<'a> = Id(&not_assured_cycle.cycle.id);
        /// Title as printed.
        title: &'a str = not_assured_cycle.cycle.title.as_str();
        /// The assurance year: `2009/10`.
        year: &'a str = not_assured_cycle.cycle.framework.year.as_str();
        /// Everything that contradicts, in the order of the records.
        reasons: [NotAssuredReason<'a>; 2] = not_assured_cycle.errors.iter().map(|error| NotAssuredReason { cycle: not_assured_cycle, error });
    }
}

/// One contradiction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotAssuredReason<'a> {
    cycle: &'a programme::NotAssuredCycle,
    error: &'a CycleError,
}

object! {
    /// One reason why a cycle cannot be assured.
    NotAssuredReason<'a> as "NotAssuredReason" => |not_assured_reason| {
        /// The contradiction in words.
        message: String = not_assured_reason.error.to_string();
        /// The entry of the ledger that contradicts an earlier one or the model. Supersede or
        /// withdraw it to resolve the contradiction.
        entry: i32 = number(not_assured_reason.error.record().0);
        /// The place that the entry was read from: `judgements.csv, row 12`.
        place: Option<String> = not_assured_reason.cycle.places.place(not_assured_reason.error.record());
    }
}
