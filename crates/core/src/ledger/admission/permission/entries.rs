//! Entries in words: what each says, who made it and when, as far as an actor may know.

use super::Permission;
use crate::ledger::key::EntryKind;
use crate::ledger::state::Sight;
use crate::policy::READ_PERSON;

impl Permission<'_> {
    /// What an entry says, who made it and when, after its number: "entry 312 (self-assessment of 5KF
    /// on 1a: 3; by the PCT executive for 5KF, on 1 December 2008 at 10:15 UTC)".
    pub(in crate::ledger::admission) fn entry_in_words(&self, entry: u32) -> String {
        format!("entry {entry}{}", self.details_in_words(entry))
    }

    /// What an entry says, who made it and when, in brackets.
    pub(super) fn details_in_words(&self, entry: u32) -> String {
        let summary = self.state.summary_of(entry);
        let summary = summary.map_or_else(String::new, |summary| format!("{summary}; "));
        format!(" ({summary}{})", self.maker_in_words(entry))
    }

    /// How an entry ended another: "entry 312 (...) replaced it".
    pub(super) fn replacement_in_words(&self, entry: u32) -> String {
        let is_withdrawal = self.state.kind_of(entry) == Some(EntryKind::Withdrawal);
        let did = if is_withdrawal {
            "withdrew"
        } else {
            "replaced"
        };
        format!("{} {did} it", self.entry_in_words(entry))
    }

    /// Who made an entry and when: "by the PCT executive for 5KF, on 1 December 2008 at 10:15 UTC".
    /// People are named only to those who may know their names.
    pub(in crate::ledger::admission) fn maker_in_words(&self, entry: u32) -> String {
        let Some(note) = self.state.entry(entry) else {
            return String::new();
        };
        let cycle = self.state.cycle_of(entry);
        let cycle = cycle.and_then(|cycle| self.state.opened(cycle));
        let role = &*note.actor.role;
        let framework = cycle.map(|cycle| cycle.framework());
        let title = framework.and_then(|framework| {
            let mut roles = framework.roles.iter();
            roles.find(|known| known.id == role)
        });
        let title = title.map_or(role, |role| role.title.as_str());
        let person = &note.actor.person;
        let by = match self.shows_person(entry) {
            true if person == &note.actor.role => format!("the {title}"),
            true => format!("{person}, {title}"),
            false => format!("the {title}"),
        };
        let of_body = note.actor.body.as_deref().filter(|code| {
            let shows = cycle.and_then(|cycle| {
                let body = cycle.organisations().find(code)?;
                Some(self.shows_body(cycle, body))
            });
            shows.unwrap_or(false)
        });
        let of_body = of_body.map_or_else(String::new, |code| format!(" for {code}"));
        let at = note.at.strftime("%-d %B %Y at %H:%M UTC");
        format!("by {by}{of_body}, on {at}")
    }

    /// Whether the actor may know who made an entry. A withdrawal is about what it withdraws.
    fn shows_person(&self, entry: u32) -> bool {
        let record = match self.state.about(entry) {
            Some(_) => Some(entry),
            None => self.state.superseded_by_entry(entry),
        };
        let about = record.and_then(|record| self.state.about(record));
        about.is_some_and(|(cycle, subject)| {
            let resource = self.subject_resource(cycle, &subject);
            self.ask(READ_PERSON, resource).is_ok()
        })
    }
}
