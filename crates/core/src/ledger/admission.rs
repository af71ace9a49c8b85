//! What may not be entered, although the fold would accept it.
//!
//! The fold accepts every entry that was ever written, so that an old ledger always opens. What is
//! asked of new entries beyond that is checked here, once, before they are written; it may become
//! stricter from one version to the next.

use super::opened_cycle::OpenedCycle;
use super::state::State;
use crate::body::BodyKind;
use crate::cycle::{Cycle, CycleError};
use crate::record::{CycleRecord, RecordId, RecordKind, RuleBroken};

/// The newest entries of one cycle, to be admitted or refused.
#[derive(Debug)]
pub struct Admission<'s> {
    state: &'s State,
    opened: &'s OpenedCycle,
    /// What the entries can contradict.
    cycle: Cycle,
    after: u32,
}

impl State {
    /// The entries of a cycle after a number, with what they can contradict: what was entered
    /// before was checked before, so this is little, whatever the cycle holds. It holds to what
    /// [`Cycle::check`] looks at.
    pub fn touched_since(&self, id: &str, after: u32) -> Option<Admission<'_>> {
        let opened = self.opened(id)?;
        let cycle = opened.touched_since(after, &|entry| self.stands(entry))?;
        Some(Admission {
            state: self,
            opened,
            cycle,
            after,
        })
    }
}

impl Admission<'_> {
    /// Admits the entries.
    ///
    /// # Errors
    /// Why they may not be entered, in the order of the records.
    pub fn check(self) -> Result<(), Vec<CycleError>> {
        let mut errors = Vec::new();
        let after = RecordId(self.after);
        let stands = |record: RecordId| self.state.stands(record.0);
        let records = self.opened.records();
        for (record, broken) in records.conflicts(after, &stands) {
            errors.push(rule_broken(record, broken));
        }
        for record in records.after(after) {
            let broken = record.broken_rules(&self.cycle.framework).into_iter();
            errors.extend(broken.map(|broken| rule_broken(record.id(), broken)));
            // Judgements on an assured body may cite another's evidence.
            if !record.kind().is_cited() {
                errors.extend(nobody_sees(&self.cycle, record));
            }
        }
        let latest = self.opened.latest();
        if let Some((entry, fact)) = latest.filter(|(entry, _)| *entry > self.after) {
            let record = RecordId(entry);
            let codes = fact.pcts.iter();
            errors.extend(codes.filter_map(|code| cannot_be_assured(&self.cycle, record, code)));
            let previous = fact.previous.as_deref();
            errors.extend(previous.and_then(|previous| self.not_previous(record, previous)));
        }
        errors.extend(self.cycle.check_entered().err().into_iter().flatten());
        if errors.is_empty() {
            return Ok(());
        }
        errors.sort_by_key(CycleError::record);
        Err(errors)
    }

    /// Refuses a previous cycle that looks at the same day or a later one; so no chain of years
    /// can come back to itself.
    fn not_previous(&self, record: RecordId, previous: &str) -> Option<CycleError> {
        let (_, fact) = self.state.opened(previous)?.latest()?;
        (fact.as_of >= self.cycle.as_of).then(|| CycleError::NotPrevious {
            record,
            cycle: self.cycle.id.clone(),
            previous: previous.to_owned(),
        })
    }
}

fn rule_broken(record: RecordId, broken: RuleBroken) -> CycleError {
    CycleError::RuleBroken {
        record,
        field: broken.field,
        message: broken.message,
    }
}

/// Why nobody would see a record of a body. `Cycle::check_entered` says it of a judgement on a
/// cluster without any PCT.
fn nobody_sees(cycle: &Cycle, record: &dyn CycleRecord) -> Option<CycleError> {
    let (record, body, kind) = (record.id(), record.body(), record.kind());
    let found = cycle.organisations.body(body);
    let shared = matches!(found.kind, BodyKind::Cluster | BodyKind::Function);
    if shared && !found.period.holds_on(cycle.as_of) {
        return Some(CycleError::Ended {
            record,
            body: found.code.clone(),
            period: found.period,
            as_of: cycle.as_of,
        });
    }
    let mut members = cycle.organisations.members_of(body, cycle.as_of);
    let told = kind == RecordKind::Judgement
        && found.kind == BodyKind::Cluster
        && members.next().is_none();
    (!told && !cycle.assures(body)).then(|| CycleError::NotAssured {
        record,
        body: found.code.clone(),
        cycle: cycle.id.clone(),
    })
}

/// Why a code in the list of PCTs of a cycle cannot be assured.
fn cannot_be_assured(cycle: &Cycle, record: RecordId, code: &str) -> Option<CycleError> {
    let what = match cycle.organisations.find(code) {
        None => "is not in the tables of bodies that the cycle was opened with".to_owned(),
        Some(index) => match cycle.organisations.body(index).kind {
            BodyKind::Pct => return None,
            kind => format!("is of kind {}", kind.in_words()),
        },
    };
    Some(CycleError::CannotBeAssured {
        record,
        body: code.to_owned(),
        what,
        pct_word: cycle.framework.words.pct.clone(),
    })
}
