//! The programme as an actor may see it, for those who show results otherwise than in answers to queries.

use crate::picture::Picture;
use jiff::civil::Date;
use std::sync::Arc;
use wcc_ledger::Head;
use wcc_programme::Programme;

/// The programme as an actor may see it at a moment.
#[derive(Debug)]
pub struct VisibleProgramme {
    /// The programme, without what is hidden from them.
    pub programme: Arc<Programme>,
    /// The last entry that the programme holds; `None` without a ledger, and for actors who do not
    /// see everything.
    pub head: Option<Head>,
    /// Whether something may be hidden from them.
    pub is_partial: bool,
    /// The day on which it was decided.
    pub today: Date,
    pub(crate) picture: Picture,
}

impl VisibleProgramme {
    /// Who made an entry on a body of a cycle, and when: the person's name if the actor sees it, or
    /// else the role. The body and cycle are given by their codes.
    pub fn author(&self, entry: u32, cycle: &str, body: &str) -> Option<String> {
        let entered = self.picture.entered_by(entry, cycle, body)?;
        let actor = &entered.note.actor;
        let who = if entered.shows_person {
            &actor.person
        } else {
            &actor.role
        };
        Some(format!("{who}, {}", entered.note.at.strftime("%-d %B %Y")))
    }
}
