//! The cycles of a state as an actor may see them.

use super::{Permission, RefusalReason};
use crate::cycle::Cycle;
use crate::ledger::fact::CycleFact;
use jiff::civil::Date;
use std::sync::Arc;

impl Permission<'_> {
    /// The last entry of the state.
    pub fn last(&self) -> u32 {
        self.state.last()
    }

    /// The day in UTC of the entry after a number, or today if there is none yet: the day as of which a
    /// request whose first entry follows that number is answered, also when it is repeated later.
    pub fn day_after(&self, number: u32) -> Date {
        let next = self.state.entry(number.saturating_add(1));
        next.map_or(self.today, |next| super::super::day_of(next.at))
    }

    /// Identifiers of the cycles that the actor may see.
    pub fn cycles(&self) -> impl Iterator<Item = &str> {
        let last = self.state.last();
        let all = self.state.cycles_at(last);
        all.filter(|id| self.shown_cycle(id).is_some())
    }

    /// A cycle as of an entry, without the bodies that the actor may not see and the records on them;
    /// `None` if there is no such cycle, or if it is hidden. It is not checked.
    pub fn cycle_at(&self, id: &str, number: u32) -> Option<Cycle> {
        let opened = self.shown_cycle(id)?;
        let (cycle, _) = self.state.cycle_at(id, number)?;
        let (organisations, scores) = (&cycle.organisations, &cycle.records.scores);
        let hidden = self.hidden_in(opened, organisations, cycle.as_of, scores);
        if hidden.is_empty() {
            return Some(cycle);
        }
        let organisations = Arc::new(cycle.organisations.without(&hidden.bodies));
        Some(cycle.without(&hidden, organisations))
    }

    /// The cycle that a description would have opened after an entry, without records.
    ///
    /// # Errors
    /// There was one with its identifier, or it names a framework, bodies or a body that the actor may
    /// not see. The message is for people.
    pub fn described_cycle(&self, fact: &CycleFact, number: u32) -> Result<Cycle, String> {
        if self.state.cycles_at(number).any(|id| *id == *fact.id) {
            return Err(
                "there is a cycle with its identifier: start it without opening it".to_owned(),
            );
        }
        let described = self.check_description(fact);
        described.map_err(|error| RefusalReason::from(error).to_string())?;
        let missing = |what: &str, id: &str| format!("there was no {what} `{id}` at the time");
        let mut frameworks = self.state.frameworks_at(number).into_iter();
        let framework = frameworks
            .find(|(_, text)| text.id == fact.framework)
            .map(|(framework, _)| fact.framework(framework))
            .ok_or_else(|| missing("framework", &fact.framework))?
            .map_err(|unknown| unknown.to_string())?;
        let mut tables = self.state.organisations_at(number).into_iter();
        let organisations = tables
            .find(|(_, tables)| tables.id == fact.organisations)
            .map(|(organisations, _)| Arc::clone(organisations))
            .ok_or_else(|| missing("set of bodies", &fact.organisations))?;
        let pcts = fact.pcts.iter();
        Ok(Cycle {
            title: fact.title.to_string(),
            as_of: fact.as_of,
            pcts: pcts.filter_map(|code| organisations.find(code)).collect(),
            ..Cycle::empty(fact.id.to_string(), framework, organisations)
        })
    }
}
