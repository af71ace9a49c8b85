//! The entries that move a cycle of a ledger to corrected tables of bodies.

use crate::books::recorded_tables;
use crate::enter::in_words;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::path::Path;
use wcc_case::Problems;
use wcc_case::organisations::{BodyTables, read_corrected};
use wcc_core::ledger::{Draft, Fact, OrganisationTables, RebaseFact, State};
use wcc_core::{BodyIndex, BodyKind, Cycle, Organisations};

/// Why a cycle cannot be moved to corrected tables.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RebaseError {
    /// The ledger has no such cycle.
    #[error("there is no cycle `{given}` in the ledger{}", nearest.as_ref().map_or(String::new(), |near| format!(": did you mean `{near}`?")))]
    NoCycle {
        /// The given identifier.
        given: String,
        /// The nearest existing identifier.
        nearest: Option<String>,
    },
    /// The tables are malformed.
    #[error("{}", .0.to_string().trim_end())]
    Tables(#[from] Problems),
    /// The cycle's own tables cannot be read again, or a new one is not text.
    #[error("{0}")]
    Unreadable(String),
}

/// Corrected tables for a cycle, and the PCTs that it then assures.
#[derive(Clone, Debug)]
pub struct CorrectedBodies {
    /// The cycle.
    cycle: Box<str>,
    tables: OrganisationTables,
    /// Codes of all PCTs that the cycle then assures.
    pcts: Vec<Box<str>>,
    /// Codes of the added PCTs.
    pub added: Vec<Box<str>>,
    /// Codes of the removed PCTs.
    pub removed: Vec<Box<str>>,
}

impl CorrectedBodies {
    /// Reads the corrected tables of a folder for a cycle of a state. Tables that the folder lacks
    /// stay as the cycle has them. `pcts` are the codes of all PCTs that are assured from then on;
    /// if there are none, they are those that the cycle assures and that exist on its day, and
    /// those that the tables add to a region or cluster of which it assures every PCT.
    ///
    /// # Errors
    /// There is no such cycle, or the tables are malformed.
    pub fn read(
        state: &State,
        id: &str,
        folder: &Path,
        pcts: &[String],
    ) -> Result<CorrectedBodies, RebaseError> {
        let last = state.last();
        let no_cycle = || RebaseError::NoCycle {
            given: id.to_owned(),
            nearest: wcc_case::nearest(id, state.cycles_at(last)).map(str::to_owned),
        };
        let (cycle, _) = state.cycle_at(id, last).ok_or_else(no_cycle)?;
        let known = state.tables_of_cycle(id, last).ok_or_else(no_cycle)?;
        let known = recorded_tables(known).map_err(RebaseError::Unreadable)?;
        let (organisations, tables) = read_corrected(known, folder, &cycle.framework)?;
        let tables =
            in_words(&tables).map_err(|error| RebaseError::Unreadable(error.to_string()))?;
        let now = if pcts.is_empty() {
            pcts_of(&cycle, &organisations)
        } else {
            pcts.iter().map(|code| code.as_str().into()).collect()
        };
        let then: Vec<Box<str>> = cycle
            .pcts
            .iter()
            .map(|pct| code(&cycle.organisations, *pct))
            .collect();
        let without = |all: &[Box<str>], others: &[Box<str>]| -> Vec<Box<str>> {
            let others: BTreeSet<&str> = others.iter().map(|code| &**code).collect();
            let rest = all.iter().filter(|code| !others.contains(&***code));
            rest.cloned().collect()
        };
        Ok(CorrectedBodies {
            cycle: id.into(),
            tables: OrganisationTables {
                id: id.into(),
                format: BodyTables::FORMAT,
                tables,
            },
            added: without(&now, &then),
            removed: without(&then, &now),
            pcts: now,
        })
    }

    /// Returns the drafts, which are entered together: the tables, unless the ledger already has them,
    /// and the move of the cycle.
    pub fn drafts(&self, state: &State, reason: Option<&str>) -> Vec<Draft> {
        let mut sets = state.organisations_at(state.last()).into_iter();
        let known = sets.any(|(_, known)| *known == self.tables);
        let tables = (!known).then(|| Draft {
            supersedes: state.organisations_entry(&self.tables.id),
            ..Draft::from(Fact::Organisations(self.tables.clone()))
        });
        let rebase = Draft::from(Fact::Rebase(RebaseFact {
            cycle: self.cycle.clone(),
            organisations: self.tables.id.clone(),
            pcts: self.pcts.clone(),
            reason: reason.map(Into::into),
        }));
        tables.into_iter().chain([rebase]).collect()
    }
}

fn code(organisations: &Organisations, body: BodyIndex) -> Box<str> {
    organisations.body(body).code.as_str().into()
}

/// The PCTs that a cycle assures under corrected tables: those that it assures and that exist on
/// its day, and those that the tables add, on that day, to a region or cluster of which it assured
/// every PCT.
fn pcts_of(cycle: &Cycle, corrected: &Organisations) -> Vec<Box<str>> {
    let day = cycle.as_of;
    let assured: BTreeSet<BodyIndex> = cycle.pcts.iter().copied().collect();
    let is_assured = |code: &str| {
        let pct = cycle.organisations.find(code);
        pct.is_some_and(|pct| assured.contains(&pct))
    };
    let before = pcts_on(&cycle.organisations, day);
    let regions = assured_as_a_whole(&before, |pct| pct.sha.as_deref(), &is_assured);
    let clusters = assured_as_a_whole(&before, |pct| pct.cluster.as_deref(), &is_assured);
    let joins = |group: &Option<Box<str>>, groups: &BTreeSet<&str>| {
        group.as_deref().is_some_and(|code| groups.contains(code))
    };
    let pcts = pcts_on(corrected, day).into_iter().filter(|pct| {
        is_assured(&pct.code) || joins(&pct.sha, &regions) || joins(&pct.cluster, &clusters)
    });
    pcts.map(|pct| pct.code).collect()
}

/// The groups of which every PCT is assured.
fn assured_as_a_whole<'p>(
    pcts: &'p [Pct],
    group_of: impl Fn(&'p Pct) -> Option<&'p str>,
    is_assured: &dyn Fn(&str) -> bool,
) -> BTreeSet<&'p str> {
    let all = pcts.iter().filter_map(&group_of);
    let with_others = pcts.iter().filter(|pct| !is_assured(&pct.code));
    let with_others: BTreeSet<&str> = with_others.filter_map(&group_of).collect();
    all.filter(|group| !with_others.contains(group)).collect()
}

/// A PCT with its region and cluster on a day.
struct Pct {
    code: Box<str>,
    sha: Option<Box<str>>,
    cluster: Option<Box<str>>,
}

fn pcts_on(organisations: &Organisations, day: Date) -> Vec<Pct> {
    let pcts = organisations
        .each()
        .filter(|(_, body)| body.kind == BodyKind::Pct);
    let there = pcts.filter(|(_, pct)| pct.period.holds_on(day));
    let code = |body| code(organisations, body);
    there
        .map(|(at, pct)| Pct {
            code: pct.code.as_str().into(),
            sha: organisations.sha_of(at).map(code),
            cluster: organisations.cluster_of(at, day).map(code),
        })
        .collect()
}
