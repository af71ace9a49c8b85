//! Makes the messages for people that follow from the entries that are served, and from the day.
//!
//! Any number of servers may do this: a message is identified by what it follows from, and the database
//! takes each once. A server that stops in between goes on where messages were made last. Only what
//! happens after the first server has run on a ledger is said to people.
//!
//! Only a server that answers requests over the network does this. A command that has a server of its own
//! for one mutation must not: what is due in every cycle takes far longer to find than a mutation.

mod delivery;
mod progress;
mod recipients;
mod still_due;
mod superseded;

use crate::changes::{Change, Changes};
use crate::message_sender::MessageDelivery;
use crate::reload::Snapshot;
use delivery::Deliverer;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use wcc_accounts::Accounts;
use wcc_core::ledger::Fact;
use wcc_core::outbox::{Message, messages_due, messages_of};
use wcc_core::record::RecordFact;
use wcc_ledger::format::{FormatError, decode};
use wcc_ledger::{Clock, Ledger, OutboxPosition, Store, StoreError};
use wcc_programme::Programme;

/// How many entries are read at a time.
const ENTRIES: u32 = 500;
/// After how many entries without a message the database is told that they were looked at.
const UNSTORED: u32 = 1_000;
/// How often it is looked whether another day has begun, and which messages are to be sent again.
const INTERVAL: Duration = Duration::from_secs(60);

/// How often it is noted that this server sends messages.
const NOTED: SignedDuration = SignedDuration::from_mins(10);
/// If no server that sends messages ran for this time, sending was switched off meanwhile.
const SWITCHED_OFF: SignedDuration = SignedDuration::from_hours(24);
/// How long a server that stops waits at most until the message that it is sending is sent, and this is noted.
pub(crate) const TIME_TO_STOP: Duration = delivery::TIME_TO_STOP;
/// Why the messages of that time are not sent.
const BEFORE_MAIL: &str = "made before mail was switched on";

/// What is needed to make messages and to send them.
#[derive(Clone)]
pub(crate) struct Outbox {
    pub(crate) ledger: Ledger,
    pub(crate) snapshots: watch::Receiver<Arc<Snapshot>>,
    pub(crate) changes: Changes,
    pub(crate) clock: Arc<dyn Clock>,
    /// The accounts of those for whom they are.
    pub(crate) accounts: Option<Accounts>,
    /// Sends them; without it they wait.
    pub(crate) delivery: Option<MessageDelivery>,
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
    /// Makes messages and sends them until the server stops. What is just being sent is finished first.
    pub(crate) async fn run(self, stopping: watch::Receiver<bool>) {
        let made = Notify::new();
        let mut stop = stopping.clone();
        let making = async {
            tokio::select! {
                () = self.make_messages(&made) => {}
                () = stopped(&mut stop) => {}
            }
        };
        match self.delivery.clone() {
            Some(delivery) => {
                let sending = self.send_messages(delivery, &made, stopping);
                tokio::join!(making, sending);
            }
            None => making.await,
        }
    }

    /// Makes messages until the server closes.
    async fn make_messages(&self, made: &Notify) {
        let mut changes = self.changes.listen();
        let mut progress = None;
        let mut noted = None;
        loop {
            if let Err(error) = self.note_and_make(&mut noted, &mut progress).await {
                tracing::warn!("messages for people are not made yet: {error}");
            }
            // Without the note, everything that was made before would be sent.
            if noted.is_some() {
                made.notify_one();
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

    /// Makes messages, after the note that they will be sent: if sending was just switched on, only those that are
    /// made from now on are sent.
    async fn note_and_make(
        &self,
        noted: &mut Option<Timestamp>,
        progress: &mut Option<Progress>,
    ) -> Result<(), OutboxError> {
        let now = self.clock.now();
        let is_noted = noted.is_some_and(|noted| now.duration_since(noted).abs() < NOTED);
        if self.delivery.is_some() && !is_noted {
            // This server has sent messages since it began, however the clock was set meanwhile.
            let gap = match noted {
                Some(_) => SignedDuration::MAX,
                None => SWITCHED_OFF,
            };
            let store = self.ledger.store();
            let marked = store.note_sender(now, gap, BEFORE_MAIL).await?;
            if marked > 0 {
                tracing::info!("messages that were {BEFORE_MAIL} are not sent: {marked}");
            }
            *noted = Some(now);
        }
        self.make(progress).await
    }

    /// Sends messages whenever some were made, and when their time has come.
    async fn send_messages(
        &self,
        delivery: MessageDelivery,
        made: &Notify,
        mut stopping: watch::Receiver<bool>,
    ) {
        let mut deliverer = Deliverer::new(self.clone(), delivery);
        // Only after the note that messages are sent.
        tokio::select! {
            () = made.notified() => {}
            () = stopped(&mut stopping) => return,
        }
        loop {
            if let Err(error) = deliverer.send_waiting(&stopping).await {
                tracing::warn!("messages for people are not sent yet: {error}");
            }
            tokio::select! {
                () = made.notified() => {}
                () = tokio::time::sleep(INTERVAL) => {}
                () = stopped(&mut stopping) => break,
            }
        }
        deliverer.finish().await;
    }

    /// Makes the messages of the entries that are served and for which none were made, and those of
    /// the day if it is another one. The position is stored only with messages, or after many
    /// entries: what is not stored is looked at again after a restart, and nothing is made twice.
    async fn make(&self, progress: &mut Option<Progress>) -> Result<(), OutboxError> {
        let store = self.ledger.store();
        let (head, programme) = {
            let snapshot = self.snapshots.borrow();
            (snapshot.head.number, snapshot.programme.clone())
        };
        let now = self.clock.now();
        let today = TimeZone::UTC.to_datetime(now).date();
        let progress = match progress {
            Some(progress) => progress,
            None => progress.insert(start(store, head, now, today).await?),
        };
        progress.go_back_if_readable(&programme);
        while progress.entry < head {
            let batch = self.of_entries(progress.entry, head, &programme).await?;
            let reached = progress.after(batch.last, batch.unread);
            let position = reached.position();
            let unstored = position.entry.saturating_sub(progress.stored);
            let is_stored = !batch.messages.is_empty() || unstored >= UNSTORED;
            if is_stored {
                store.add_messages(&batch.messages, now, position).await?;
            }
            *progress = Progress {
                stored: if is_stored {
                    position.entry
                } else {
                    progress.stored
                },
                ..reached
            };
        }
        if progress.looked.is_none_or(|looked| looked < today) {
            let began = progress.began;
            let due = tokio::task::spawn_blocking(move || due_on(&programme, began, today));
            let position = progress.position();
            store.add_messages(&due.await?, now, position).await?;
            progress.looked = Some(today);
            progress.stored = position.entry;
        }
        Ok(())
    }

    /// The messages of some of the entries after one.
    async fn of_entries(
        &self,
        after: u32,
        head: u32,
        programme: &Programme,
    ) -> Result<EntryMessages, OutboxError> {
        let store = self.ledger.store();
        let rows = store.read(after, ENTRIES.min(head - after)).await?;
        let mut batch = EntryMessages {
            last: head,
            messages: Vec::new(),
            unread: None,
        };
        for row in rows {
            batch.last = row.number;
            let draft = decode(&row.bytes)?.entry.draft;
            let (recorded, withdrawn) = match &draft.fact {
                Fact::Record { record, .. } => (Some(record), None),
                Fact::Withdrawn { .. } => (None, self.record_of(draft.supersedes).await?),
                _ => continue,
            };
            let cycle = self
                .ledger
                .look(|state| state.cycle_of(row.number).map(str::to_owned));
            let Some(id) = cycle else { continue };
            // One that contradicts itself is not assured, but what happens in it concerns people all the same.
            match programme
                .any_cycle(&id)
                .filter(|_| is_readable(programme, &id))
            {
                Some(cycle) => batch.messages.extend(messages_of(
                    row.number,
                    recorded,
                    withdrawn.as_ref(),
                    cycle,
                )),
                None if batch.unread.is_none() => {
                    let entry = row.number;
                    batch.unread = Some(UnreadEntry { entry, cycle: id });
                }
                None => {}
            }
        }
        Ok(batch)
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

/// The messages of some entries.
struct EntryMessages {
    /// The last of the entries.
    last: u32,
    messages: Vec<Message>,
    /// The first of them that is not understood.
    unread: Option<UnreadEntry>,
}

/// An entry of a cycle whose rule book or bodies this program cannot read, so that it is not known whom it
/// concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
struct UnreadEntry {
    entry: u32,
    cycle: String,
}

/// How far a server has made messages.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Progress {
    /// The last entry that was looked at.
    entry: u32,
    /// The first entry whose messages cannot be made yet. Whatever server can read it goes on from there.
    unread: Option<UnreadEntry>,
    /// The last entry up to which the database has the position.
    stored: u32,
    /// The day on which messages began. What was late by then is not announced.
    began: Date,
    /// The last day for which this server has looked what is due, if it has.
    looked: Option<Date>,
}

impl Progress {
    /// The progress once entries were looked at up to another.
    fn after(&self, entry: u32, unread: Option<UnreadEntry>) -> Progress {
        Progress {
            entry,
            unread: self.unread.clone().or(unread),
            ..self.clone()
        }
    }

    /// Up to where every message was made.
    fn position(&self) -> OutboxPosition {
        let unread = self.unread.as_ref();
        let before = unread.map(|unread| unread.entry.saturating_sub(1));
        OutboxPosition {
            entry: before.unwrap_or(u32::MAX).min(self.entry),
            began: self.began,
        }
    }

    /// Goes back to the first entry whose messages could not be made, once its cycle can be read.
    fn go_back_if_readable(&mut self, programme: &Programme) {
        if let Some(unread) = self
            .unread
            .take_if(|unread| is_readable(programme, &unread.cycle))
        {
            self.entry = unread.entry.saturating_sub(1);
        }
    }
}

/// Where a server begins: where messages were made last, or else at the end of the ledger and today. The first
/// server says so at once, so that nothing is lost that is entered from then on.
async fn start(
    store: &Store,
    head: u32,
    now: Timestamp,
    today: Date,
) -> Result<Progress, StoreError> {
    let first = OutboxPosition {
        entry: head,
        began: today,
    };
    if store.outbox_position().await?.is_none() {
        store.add_messages(&[], now, first).await?;
    }
    // Another server may have been first.
    let position = store.outbox_position().await?.unwrap_or(first);
    Ok(Progress {
        entry: position.entry,
        unread: None,
        stored: position.entry,
        began: position.began,
        looked: None,
    })
}

/// Ends when the server is to stop.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server is gone.
    let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
}

/// Whether this program can read the rule book and bodies of a cycle.
fn is_readable(programme: &Programme, cycle: &str) -> bool {
    let not_assured = programme.not_assured(cycle);
    not_assured.is_none_or(|cycle| cycle.is_readable())
}

/// The messages about what is due in every cycle on a day, without what was late already when messages began.
fn due_on(programme: &Programme, began: Date, today: Date) -> Vec<Message> {
    let cycles = programme.cycles.iter();
    cycles
        .flat_map(|assured| messages_due(&assured.cycle, &assured.assurance, began, today))
        .collect()
}
