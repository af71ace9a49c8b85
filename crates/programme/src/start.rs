//! The entries that start a cycle from an earlier one, and those that confirm what was carried.

use crate::import::{Import, ImportedRecord};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::sync::Arc;
use wcc_case::nearest;
use wcc_core::Cycle;
use wcc_core::last_year::{UnknownBody, bodies_to_carry, carry_over, confirmed, is_recorded};
use wcc_core::ledger::{CycleFact, Permission};
use wcc_core::record::RecordFact;

/// A cycle that is started from an earlier one.
#[derive(Clone, Debug)]
pub struct Start {
    /// The cycle as it is now; empty if it is yet to be opened.
    pub cycle: Cycle,
    /// Its description, if it is yet to be opened.
    pub opens: Option<CycleFact>,
    /// The earlier cycle.
    pub earlier: Cycle,
    /// Codes of the bodies to carry records for, in the one or the other cycle; for all if it is empty.
    pub bodies: Vec<Box<str>>,
    /// The day as of which results are released.
    pub today: Date,
}

/// Why a cycle is not started from an earlier one, or carried records are not confirmed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The ledger has no such cycle.
    #[error("there is no cycle `{given}` in the ledger")]
    NoCycle {
        /// The argument: `cycle` or `from`.
        field: &'static str,
        /// The given identifier.
        given: String,
        /// The nearest existing identifier.
        nearest: Option<String>,
    },
    /// Neither cycle assures such a body.
    #[error("there is no body `{given}` that one of the two cycles assures")]
    NoBody {
        /// The given code.
        given: String,
        /// The nearest existing code.
        nearest: Option<String>,
    },
    /// The cycle cannot be opened.
    #[error("this cycle cannot be opened: {0}")]
    NotOpened(String),
    /// The cycles are in the wrong order.
    #[error("{earlier} ({earlier_day}) is not earlier than {later} ({later_day})")]
    NotEarlier {
        /// Identifier of the cycle that is given as the earlier one.
        earlier: String,
        /// Its day.
        earlier_day: Date,
        /// Identifier of the cycle.
        later: String,
        /// Its day.
        later_day: Date,
    },
    /// The framework carries nothing.
    #[error("the framework {0} carries nothing into a cycle: say what it carries in `[start]`")]
    CarriesNothing(String),
    /// Carried records are not confirmed.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    NotConfirmed(Vec<ConfirmError>),
}

/// Why a carried record is not confirmed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmError {
    /// There is no such carried record.
    #[error("entry {0} is not a carried record of this cycle")]
    NotCarried(u32),
    /// A record cannot be confirmed as it is.
    #[error("entry {entry}: {reason}")]
    Incomplete {
        /// The entry of the carried record.
        entry: u32,
        /// What is missing, for people.
        reason: String,
    },
}

impl Start {
    /// The two cycles as of an entry, as an actor may see them.
    ///
    /// # Errors
    /// A cycle is missing, cannot be opened or is not earlier, or the framework carries nothing.
    pub fn at(
        permission: &Permission<'_>,
        cycle: &str,
        from: &str,
        opens: Option<CycleFact>,
        at: u32,
    ) -> Result<Start, StartError> {
        let earlier = cycle_at(permission, "from", from, at)?;
        let cycle = match &opens {
            Some(description) => {
                let described = permission.described_cycle(description, at);
                described.map_err(StartError::NotOpened)?
            }
            None => cycle_at(permission, "cycle", cycle, at)?,
        };
        if cycle.as_of <= earlier.as_of {
            return Err(StartError::NotEarlier {
                earlier: earlier.id,
                earlier_day: earlier.as_of,
                later: cycle.id,
                later_day: cycle.as_of,
            });
        }
        if cycle.framework.start.carries.is_empty() {
            return Err(StartError::CarriesNothing(cycle.framework.id.clone()));
        }
        Ok(Start {
            cycle,
            opens,
            earlier,
            bodies: Vec::new(),
            today: permission.day_after(at),
        })
    }
}

fn cycle_at(
    permission: &Permission<'_>,
    field: &'static str,
    id: &str,
    at: u32,
) -> Result<Cycle, StartError> {
    permission
        .cycle_at(id, at)
        .ok_or_else(|| StartError::NoCycle {
            field,
            given: id.to_owned(),
            nearest: nearest(id, permission.cycles()).map(str::to_owned),
        })
}

impl Import {
    /// What a cycle takes over from an earlier one. What it has taken over before stays as it is.
    ///
    /// # Errors
    /// A body that it is limited to is not assured by either cycle.
    pub fn start(start: Start) -> Result<Import, StartError> {
        let Start {
            cycle,
            opens,
            earlier,
            bodies,
            today,
        } = start;
        let bodies = match bodies.is_empty() {
            true => None,
            false => Some(bodies_to_carry(&cycle, &earlier, &bodies).map_err(unknown_body)?),
        };
        let over = carry_over(&cycle, &earlier, bodies.as_ref(), today);
        let identity = |fact: &RecordFact| (fact.body().to_owned(), fact.identity());
        let recorded = cycle.records_in_codes().into_iter();
        let recorded = recorded.filter(|(_, fact)| matches!(fact, RecordFact::CarriedRecord(_)));
        let recorded: Vec<_> = recorded.map(|(_, fact)| identity(&fact)).collect();
        let mut import = Import::of_cycle(&cycle);
        import.opens = opens;
        import.left_out = over.left_out;
        for fact in over.records {
            let record = RecordFact::CarriedRecord(fact);
            if recorded.contains(&identity(&record)) {
                import.unchanged += 1;
            } else {
                import.records.push(of_record(record));
            }
        }
        Ok(import)
    }

    /// The records that confirm carried ones as they are. One that is recorded already stays as it is.
    ///
    /// # Errors
    /// There is no such cycle, or an entry is not a carried record or lacks what its record needs.
    pub fn confirm(
        permission: &Permission<'_>,
        cycle: &str,
        entries: &[u32],
        at: u32,
    ) -> Result<Import, StartError> {
        let cycle = &cycle_at(permission, "cycle", cycle, at)?;
        let mut import = Import::of_cycle(cycle);
        let mut errors = Vec::new();
        // An entry that is given twice is confirmed once.
        let mut seen = BTreeSet::new();
        for entry in entries.iter().filter(|entry| seen.insert(**entry)) {
            let mut carried = cycle.records.carried.iter();
            let Some(carried) = carried.find(|carried| carried.record.0 == *entry) else {
                errors.push(ConfirmError::NotCarried(*entry));
                continue;
            };
            if is_recorded(cycle, carried) {
                import.unchanged += 1;
                continue;
            }
            match confirmed(cycle, carried) {
                Ok(record) => import.records.push(of_record(record)),
                Err(reason) => errors.push(ConfirmError::Incomplete {
                    entry: *entry,
                    reason,
                }),
            }
        }
        match errors.is_empty() {
            true => Ok(import),
            false => Err(StartError::NotConfirmed(errors)),
        }
    }

    fn of_cycle(cycle: &Cycle) -> Import {
        Import {
            cycle: cycle.id.as_str().into(),
            opens: None,
            records: Vec::new(),
            left_out: Vec::new(),
            framework: Arc::clone(&cycle.framework),
            unchanged: 0,
            warnings: wcc_case::Problems::default(),
        }
    }
}

fn unknown_body(unknown: UnknownBody) -> StartError {
    let known = unknown.known.iter().map(AsRef::as_ref);
    StartError::NoBody {
        nearest: nearest(&unknown.given, known).map(str::to_owned),
        given: unknown.given.into(),
    }
}

fn of_record(record: RecordFact) -> ImportedRecord {
    ImportedRecord {
        origin: None,
        replaces: None,
        record,
        values: Vec::new(),
    }
}
