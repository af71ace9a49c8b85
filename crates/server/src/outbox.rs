//! Makes the messages for people that follow from the entries that are served, and from the day.
//!
//! Any number of servers may do this: a message is identified by what it follows from, and the database
//! takes each once. A server that stops in between goes on where messages were made last. Only what
//! happens after the first server has run on a ledger is said to people.
//!
//! Only a server that answers requests over the network does this. A command that has a server of its own
//! for one mutation must not: what is due in every cycle takes far longer to find than a mutation.

mod delivery;

use crate::changes::{Change, Changes};
use crate::message_sender::MessageSender;
use crate::reload::Snapshot;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use wcc_core::ledger::Fact;
use wcc_core::outbox::{Message, messages_due, messages_of};
use wcc_core::record::RecordFact;
use wcc_ledger::format::{FormatError, decode};
use wcc_ledger::{Clock, Ledger, OutboxPosition, StoreError};
use wcc_programme::Programme;

/// How many entries are read at a time.
const ENTRIES: u32 = 500;
/// After how many entries without a message the database is told that they were looked at.
const UNTOLD: u32 = 1_000;
/// How often it is looked whether another day has begun, and which messages are to be sent again.
const INTERVAL: Duration = Duration::from_secs(60);

/// What is needed to make messages and to send them.
#[derive(Clone)]
pub(crate) struct Outbox {
    pub(crate) ledger: Ledger,
    pub(crate) snapshots: watch::Receiver<Arc<Snapshot>>,
    pub(crate) changes: Changes,
    pub(crate) clock: Arc<dyn Clock>,
    /// Sends them; without it they wait.
    pub(crate) sender: Option<Arc<dyn MessageSender>>,
}

/// Why messages cannot be made.
#[derive(Debug, thiserror::Error)]
enum OutboxError {
    /// The database does not take them.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry cannot be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// What is due cannot be determined.
    #[error("internal error while looking for what is due: {0}")]
    Panicked(#[from] tokio::task::JoinError),
}

impl Outbox {
    /// Makes messages until the server closes.
    pub(crate) async fn run(self) {
        let mut changes = self.changes.listen();
        let mut made = None;
        loop {
            if let Err(error) = self.make(&mut made).await {
                tracing::warn!("messages for people are not made yet: {error}");
            }
            if let Some(sender) = &self.sender {
                let store = self.ledger.store();
                let sent = delivery::send_waiting(store, &**sender, &*self.clock).await;
                if let Err(error) = sent {
                    tracing::warn!("messages for people are not sent yet: {error}");
                }
            }
            loop {
                match tokio::time::timeout(INTERVAL, changes.next()).await {
                    Ok(None) => return,
                    Err(_) | Ok(Some(Change::Entries { .. } | Change::Missed)) => break,
                    Ok(Some(_)) => {}
                }
            }
        }
    }

    /// Makes the messages of the entries that are served and for which none were made, and those of
    /// the day if it is another one.
    /// `made` is up to where this server has made them. The database is told so only with messages, or
    /// after many entries: what it is not told is looked at again after a restart, and nothing is made
    /// twice.
    async fn make(&self, made: &mut Option<OutboxPosition>) -> Result<(), OutboxError> {
        let store = self.ledger.store();
        let (head, programme) = {
            let snapshot = self.snapshots.borrow();
            (snapshot.head.number, snapshot.programme.clone())
        };
        let now = self.clock.now();
        let today = TimeZone::UTC.to_datetime(now).date();
        let stored = store.outbox_position().await?;
        let mut position = made.or(stored).unwrap_or(OutboxPosition {
            entry: head,
            day: Date::MIN,
        });
        while position.entry < head {
            let (last, messages) = self.of_entries(position.entry, head, &programme).await?;
            position.entry = last;
            let untold = last - stored.map_or(0, |stored| stored.entry.min(last));
            if !messages.is_empty() || untold >= UNTOLD {
                store.add_messages(&messages, now, position).await?;
            }
            *made = Some(position);
        }
        if position.day < today {
            let due = tokio::task::spawn_blocking(move || due_on(&programme, today));
            position.day = today;
            store.add_messages(&due.await?, now, position).await?;
            *made = Some(position);
        }
        Ok(())
    }

    /// The messages of some of the entries after one, and the last of these entries.
    async fn of_entries(
        &self,
        after: u32,
        head: u32,
        programme: &Programme,
    ) -> Result<(u32, Vec<Message>), OutboxError> {
        let store = self.ledger.store();
        let rows = store.read(after, ENTRIES.min(head - after)).await?;
        let mut messages = Vec::new();
        let mut last = head;
        for row in rows {
            last = row.number;
            let draft = decode(&row.bytes)?.entry.draft;
            let (recorded, withdrawn) = match &draft.fact {
                Fact::Record { record, .. } => (Some(record), None),
                Fact::Withdrawn { .. } => (None, self.record_of(draft.supersedes).await?),
                _ => continue,
            };
            let cycle = self
                .ledger
                .look(|state| state.cycle_of(row.number).map(str::to_owned));
            let assured = cycle.and_then(|cycle| programme.cycle(&cycle));
            if let Some(assured) = assured {
                let cycle = &assured.cycle;
                messages.extend(messages_of(row.number, recorded, withdrawn.as_ref(), cycle));
            }
        }
        Ok((last, messages))
    }

    /// The record of an entry.
    async fn record_of(&self, entry: Option<u32>) -> Result<Option<RecordFact>, OutboxError> {
        let Some(before) = entry.and_then(|entry| entry.checked_sub(1)) else {
            return Ok(None);
        };
        let rows = self.ledger.store().read(before, 1).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        Ok(match decode(&row.bytes)?.entry.draft.fact {
            Fact::Record { record, .. } => Some(record),
            _ => None,
        })
    }
}

/// The messages about what is due in every cycle on a day.
fn due_on(programme: &Programme, today: Date) -> Vec<Message> {
    let cycles = programme.cycles.iter();
    cycles
        .flat_map(|assured| messages_due(&assured.cycle, &assured.assurance, today))
        .collect()
}
