//! Whether what a message announced is still due.

use super::Outbox;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::task::JoinError;
use wcc_core::outbox::{Message, MessageKind, messages_due};
use wcc_ledger::StoredMessage;

/// How long it is relied on what was found. What is due in a cycle takes some time to find.
const RELIED_ON: SignedDuration = SignedDuration::from_mins(10);

/// What is due in cycles with messages that wait, as it was found a short while ago.
#[derive(Debug, Default)]
pub(super) struct StillDue {
    /// By cycle: when it was found, and the identifiers of the messages that announce it.
    cycles: HashMap<String, (Timestamp, HashSet<String>)>,
}

/// Whether a message announces something that may be done, or late, before the message is sent.
pub(super) fn is_about_duty(message: &Message) -> bool {
    match message.kind {
        MessageKind::Challenge | MessageKind::DeadlineNear | MessageKind::DeadlinePassed => true,
        MessageKind::PhaseOpened
        | MessageKind::CheckOfFacts
        | MessageKind::Approved
        | MessageKind::ApprovalAsked
        | MessageKind::ApprovalWithdrawn
        | MessageKind::PanelInvitation
        | MessageKind::PanelDay
        | MessageKind::CommentToReply
        | MessageKind::Replied
        | MessageKind::Released => false,
    }
}

impl StillDue {
    /// Whether a message still announces what is due. One of today does, and so does one about a cycle of which
    /// nothing can be said at the moment.
    ///
    /// # Errors
    /// What is due cannot be determined, by a fault of this program.
    pub(super) async fn includes(
        &mut self,
        stored: &StoredMessage,
        outbox: &Outbox,
    ) -> Result<bool, JoinError> {
        let now = outbox.clock.now();
        let day = |time| TimeZone::UTC.to_datetime(time).date();
        let message = &stored.message;
        if !is_about_duty(message) || day(stored.made) >= day(now) {
            return Ok(true);
        }
        let found = self.cycles.get(&message.cycle);
        if found.is_none_or(|(found, _)| now.duration_since(*found) > RELIED_ON) {
            let programme = outbox.snapshots.borrow().programme.clone();
            let mut cycles = programme.cycles.iter();
            let Some(assured) = cycles.find(|assured| assured.cycle.id == message.cycle) else {
                return Ok(true);
            };
            let (assured, today) = (Arc::clone(assured), day(now));
            let due = tokio::task::spawn_blocking(move || {
                messages_due(&assured.cycle, &assured.assurance, Date::MIN, today)
            });
            let due = due.await?.into_iter().map(|message| message.id).collect();
            self.cycles.insert(message.cycle.clone(), (now, due));
        }
        let found = self.cycles.get(&message.cycle);
        Ok(found.is_none_or(|(_, due)| due.contains(&message.id)))
    }
}
