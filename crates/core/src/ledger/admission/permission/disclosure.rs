//! What a refusal tells an actor, who may not see everything that it is about.

use super::Permission;
use crate::ledger::admission::RefusalReason;
use crate::ledger::entry_error::{Attempt, EntryError};
use crate::record::UnknownCode;

impl Permission<'_> {
    /// Returns the part of a refusal that the actor may see. The state refuses drafts without
    /// regard to the actor.
    pub(in crate::ledger::admission) fn disclose(&self, refused: EntryError) -> RefusalReason {
        match refused {
            EntryError::Unknown(unknown) => EntryError::Unknown(UnknownCode {
                known: Vec::new(),
                ..unknown
            })
            .into(),
            EntryError::AlreadyRecorded { by, .. } if !self.shows_entry(by) => RefusalReason::TAKEN,
            EntryError::AlreadyRecorded { by, .. } => {
                let details = self.details_in_words(by);
                EntryError::AlreadyRecorded { by, details }.into()
            }
            EntryError::CycleChanged { ref cycle, .. } if self.shown_cycle(cycle).is_none() => {
                RefusalReason::TAKEN
            }
            EntryError::NotSuperseded { entry, attempt, .. } if !self.shows_entry(entry) => {
                EntryError::no_such_entry(entry, attempt).into()
            }
            EntryError::NotWithdrawn { entry, .. } if !self.shows_entry(entry) => {
                EntryError::no_such_entry(entry, Attempt::Withdraw).into()
            }
            EntryError::NotSuperseded {
                entry,
                attempt,
                why,
            } => {
                let note = self.state.entry(entry);
                let why = match note.and_then(|note| note.superseded_by) {
                    Some(by) if self.shows_entry(by) => self.replacement_in_words(by),
                    Some(_) => "it is no longer current".to_owned(),
                    None => why,
                };
                EntryError::NotSuperseded {
                    entry,
                    attempt,
                    why,
                }
                .into()
            }
            EntryError::NotWithdrawn { entry, .. } if self.is_cited_unseen(entry) => {
                let why = "others may rely on it; correct it with `supersedes` instead";
                EntryError::NotWithdrawn { entry, why }.into()
            }
            refused => refused.into(),
        }
    }

    /// Whether records cite an item of evidence, and the actor may see none of them.
    fn is_cited_unseen(&self, entry: u32) -> bool {
        let Some((cycle, _)) = self.state.about(entry) else {
            return false;
        };
        let stands = |citing| citing != entry && self.state.stands(citing);
        cycle.is_cited(entry, &stands)
            && !cycle.is_cited(entry, &|citing| stands(citing) && self.shows_entry(citing))
    }
}
