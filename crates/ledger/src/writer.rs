//! The one writer of a process: takes what waits, makes entries of it, commits them together.
//!
//! A thread of its own: a client that goes away never cancels a transaction half-way, and folding
//! holds up no other task.

use crate::chain::{Hash, Head};
use crate::checkpoint::{self, Checkpoint};
use crate::format::{ChainedEntry, encode};
use crate::ledger::{AppendError, OpenError, Receipt, Request, Shared};
use crate::reading::{Fold, ReadError};
use crate::store::{Address, Row, Store, StoreError};
use jiff::Timestamp;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, PoisonError, RwLockWriteGuard};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use wcc_core::actor::Actor;
use wcc_core::ledger::{self, Command, Draft};
use wcc_core::policy::Policy;

/// Entries that are committed together, where as many wait.
const BATCH: usize = 4_000;
/// The first wait before the database is asked again.
const FIRST_WAIT: Duration = Duration::from_millis(5);
/// No wait is longer.
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// A request with whoever waits for it.
#[derive(Debug)]
pub(crate) struct PendingRequest {
    pub(crate) request: Request,
    pub(crate) reply: oneshot::Sender<Result<Receipt, AppendError>>,
}

impl PendingRequest {
    /// What the request is known by: two actors may use one identifier.
    fn key(&self) -> (Actor, String) {
        (self.request.actor.clone(), self.request.id.clone())
    }
}

/// A request whose entries are in the fold and not yet committed.
struct PreparedRequest {
    ask: PendingRequest,
    rows: Vec<Row>,
}

/// What is known of the database while a batch is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    /// It has what was read or written here, so far as is known.
    Presumed,
    /// It was read on since the requests came.
    CaughtUp,
}

struct Writer {
    shared: Arc<Shared>,
    store: Store,
    queue: mpsc::Receiver<PendingRequest>,
    checkpoint: Option<Checkpoint>,
    /// What waits beside the queue: requests whose actor and identifier another of the batch has.
    later: VecDeque<PendingRequest>,
}

/// Starts the writer on a thread and a runtime of its own, with connections of its own: whatever
/// becomes of the runtime that asked, a batch is finished. It ends when the last
/// [`crate::Ledger`] is gone.
pub(crate) async fn start(
    shared: Arc<Shared>,
    queue: mpsc::Receiver<PendingRequest>,
    checkpoint: Option<Checkpoint>,
    address: &Address,
) -> Result<watch::Receiver<()>, OpenError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(OpenError::Thread)?;
    let (started, starts) = oneshot::channel();
    let (writes, writing) = watch::channel(());
    let own = address.clone();
    let named = std::thread::Builder::new().name("ledger-writer".to_owned());
    let run = async move {
        match Store::open_again(&own, shared.store.sha()).await {
            Ok(store) => {
                let _ = started.send(Ok(()));
                let writer = Writer {
                    shared,
                    store,
                    queue,
                    checkpoint,
                    later: VecDeque::new(),
                };
                writer.run().await;
                // Whoever waits for this learns that the database is closed.
                drop(writes);
            }
            Err(error) => drop(started.send(Err(error))),
        }
    };
    named
        .spawn(move || runtime.block_on(run))
        .map_err(OpenError::Thread)?;
    let ended = || StoreError::Unavailable("the writer ended as it started".to_owned());
    let started = starts.await.unwrap_or_else(|_| Err(ended()));
    started.map(|()| writing).map_err(|error| OpenError::Store {
        address: address.clone(),
        error,
    })
}

impl Writer {
    async fn run(mut self) {
        let mut closing = self.shared.closing.subscribe();
        let mut closed = false;
        loop {
            let first = match self.later.pop_front() {
                Some(ask) => ask,
                None => {
                    tokio::select! {
                        biased;
                        ask = self.queue.recv() => match ask {
                            Some(ask) => ask,
                            None => break,
                        },
                        () = asked_to_close(&mut closing), if !closed => {
                            closed = true;
                            // What waits is still entered; nothing new comes.
                            self.queue.close();
                            continue;
                        }
                        () = self.store.changed() => {
                            self.look_around().await;
                            self.keep_checkpoint();
                            continue;
                        }
                    }
                }
            };
            let batch = self.batch(first);
            self.enter(batch).await;
            self.keep_checkpoint();
        }
        self.store.close().await;
        if !closed {
            // Every hold on the ledger was dropped: nobody else is left to close what was opened
            // with it.
            self.shared.store.close().await;
        }
    }

    fn keep_checkpoint(&mut self) {
        let fold = self.shared.read();
        // What was taken in and not committed is none of its business.
        checkpoint::keep(&mut self.checkpoint, fold.state(), fold.head());
    }

    /// What waits, up to a batch. Two requests of one actor and identifier do not go into one
    /// batch.
    fn batch(&mut self, first: PendingRequest) -> Vec<PendingRequest> {
        let mut entries = first.request.drafts.len();
        let mut keys = HashSet::from([first.key()]);
        let mut batch = vec![first];
        while entries < BATCH
            && let Ok(ask) = self.queue.try_recv()
        {
            if keys.insert(ask.key()) {
                entries += ask.request.drafts.len();
                batch.push(ask);
            } else {
                self.later.push_back(ask);
            }
        }
        batch
    }

    /// Takes in what others wrote.
    async fn look_around(&self) {
        match self.store.head().await {
            Ok(head) if head == *self.shared.head.borrow() => {}
            Ok(_) => {
                if let Err(error) = self.catch_up().await {
                    tracing::error!("entries of another writer cannot be read: {error}");
                    // Whatever is wrong with them will be wrong in a moment too.
                    tokio::time::sleep(LONGEST_WAIT).await;
                }
            }
            Err(error) => {
                tracing::warn!("{error}");
                tokio::time::sleep(LONGEST_WAIT).await;
            }
        }
    }

    /// Reads page by page, so that readers of the state wait for no database.
    async fn catch_up(&self) -> Result<(), ReadError> {
        self.fold().forget_uncommitted();
        loop {
            let after = self.fold().head().number;
            let rows = self.store.read(after, 2_000).await?;
            if rows.is_empty() {
                return Ok(());
            }
            {
                let mut fold = self.fold();
                for row in &rows {
                    fold.take_in(row)?;
                }
            }
            self.publish(false);
        }
    }

    fn fold(&self) -> RwLockWriteGuard<'_, Fold> {
        let fold = self.shared.fold.write();
        fold.unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a batch, however often the database or another writer makes it start over.
    async fn enter(&self, mut batch: Vec<PendingRequest>) {
        let until = Instant::now() + self.shared.patience;
        let mut view = View::Presumed;
        let mut wait = FIRST_WAIT;
        loop {
            let Err((rest, mut error)) = self.try_once(batch, view).await else {
                return;
            };
            batch = rest;
            if let StoreError::Conflict = error {
                // Others write, or something is to be looked at: no reason to wait.
                match self.catch_up().await {
                    Ok(()) => {
                        let presumed = view == View::Presumed;
                        view = View::CaughtUp;
                        // Whatever was presumed is looked at once, however late it is.
                        if presumed || Instant::now() < until {
                            continue;
                        }
                    }
                    Err(ReadError::Store(met)) => error = met,
                    Err(ReadError::Broken(broken)) => {
                        tracing::error!("the ledger is broken: {broken}");
                        return give_up(batch, &broken);
                    }
                }
            }
            match error {
                StoreError::Unavailable(message) if Instant::now() < until => {
                    tracing::warn!("trying again: {message}");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                    // What was being written may be there.
                    view = View::Presumed;
                }
                error => {
                    tracing::error!("{} requests are not entered: {error}", batch.len());
                    return give_up(batch, &error);
                }
            }
        }
    }

    /// Enters a batch once. What is refused or was entered before is answered; where the database
    /// fails, the others come back. At first it is presumed that nobody else wrote and that no
    /// request was entered before: the database refuses an entry of a number or a request that it
    /// has. Nothing is refused on a presumption: whatever would be comes back as a conflict.
    async fn try_once(
        &self,
        batch: Vec<PendingRequest>,
        view: View,
    ) -> Result<(), (Vec<PendingRequest>, StoreError)> {
        let batch = match view {
            View::Presumed => batch,
            View::CaughtUp => self.without_repeated(batch).await?,
        };
        let (prepared, refused) = self.prepare(batch);
        if view == View::Presumed && !refused.is_empty() {
            self.fold().forget_uncommitted();
            let sound = prepared.into_iter().map(|one| one.ask);
            let asks = sound.chain(refused.into_iter().map(|(ask, _)| ask));
            return Err((asks.collect(), StoreError::Conflict));
        }
        for (ask, error) in refused {
            answer(ask, Err(error));
        }
        let rows: Vec<Row> = prepared
            .iter()
            .flat_map(|one| one.rows.iter().cloned())
            .collect();
        let Some(head) = tail_of(&rows) else {
            return Ok(());
        };
        if let Err(error) = self.store.append(&rows).await {
            self.fold().forget_uncommitted();
            let asks = prepared.into_iter().map(|one| one.ask).collect();
            return Err(match (error, view) {
                // Of a database that takes no entries one can still ask which it has.
                (StoreError::Refused(_), View::Presumed) => (asks, StoreError::Conflict),
                (error, _) => (asks, error),
            });
        }
        self.fold().committed(head);
        self.publish(true);
        for PreparedRequest { ask, rows } in prepared {
            answer(ask, Ok(receipt(&rows, false)));
        }
        self.store.announce().await;
        Ok(())
    }

    /// Answers the requests that were entered before; the others.
    async fn without_repeated(
        &self,
        batch: Vec<PendingRequest>,
    ) -> Result<Vec<PendingRequest>, (Vec<PendingRequest>, StoreError)> {
        let requests = batch.iter().map(|ask| &ask.request);
        let requests = requests.map(|request| (&*request.actor.person, request.id.as_str()));
        let requests: Vec<(&str, &str)> = requests.collect();
        let mut known = match self.store.of_requests(&requests).await {
            Ok(known) => known,
            Err(error) => return Err((batch, error)),
        };
        // Databases have orders of their own for text.
        known.sort_by(|one, other| (one.key(), one.part).cmp(&(other.key(), other.part)));
        let mut fresh = Vec::new();
        for ask in batch {
            let key = (&ask.request.actor, ask.request.id.as_str());
            let from = known.partition_point(|row| row.key() < key);
            let to = known.partition_point(|row| row.key() <= key);
            if from == to {
                fresh.push(ask);
            } else {
                let receipt = repeated(&ask.request, &known[from..to]);
                answer(ask, receipt);
            }
        }
        Ok(fresh)
    }

    /// Admits each request by itself and writes its entries; the state then holds them. Gives the
    /// refused requests beside.
    fn prepare(
        &self,
        batch: Vec<PendingRequest>,
    ) -> (Vec<PreparedRequest>, Vec<(PendingRequest, AppendError)>) {
        let policy = self.shared.policy();
        let mut fold = self.fold();
        fold.forget_uncommitted();
        let mut tail = fold.head();
        let now = to_microsecond(self.shared.clock.now());
        let (mut prepared, mut refused) = (Vec::new(), Vec::new());
        for ask in batch {
            match write(&mut fold, tail, &*policy, now, &ask.request) {
                Ok(rows) => {
                    tail = tail_of(&rows).unwrap_or(tail);
                    prepared.push(PreparedRequest { ask, rows });
                }
                Err(error) => refused.push((ask, error)),
            }
        }
        (prepared, refused)
    }

    /// Writes the head down and tells readers of it. Before anybody is told that an entry is made,
    /// its number is written down.
    fn publish(&self, own: bool) {
        let head = self.fold().head();
        if let Some(file) = &self.shared.head_file
            && let Err(error) = file.write(head)
        {
            // The entries are safe; only that they are there is not yet written down twice.
            tracing::error!(own, "the head is not written down: {error}");
        }
        self.shared.head.send_replace(head);
    }
}

/// Ends when somebody closes the ledger.
async fn asked_to_close(closing: &mut watch::Receiver<bool>) {
    // The sender lives as long as the writer.
    let _ = closing.wait_for(|closing| *closing).await;
}

/// Admits a request and writes its entries, to follow on `tail`. If it is refused, the state is as
/// before.
fn write(
    fold: &mut Fold,
    tail: Head,
    policy: &dyn Policy,
    now: Timestamp,
    request: &Request,
) -> Result<Vec<Row>, AppendError> {
    let sha = fold.sha().to_owned();
    let state = fold.state_mut();
    let command = Command {
        request: &request.id,
        drafts: &request.drafts,
    };
    let entries = ledger::admit(state, policy, &request.actor, now, command)?;
    let actor = Arc::new(request.actor.clone());
    let mut previous = tail.hash;
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let (number, part) = (entry.number, entry.part);
        let chained = ChainedEntry {
            sha: sha.clone(),
            previous,
            entry,
        };
        match encode(&chained) {
            Ok(bytes) => {
                let hash = Hash::of(&bytes);
                previous = hash;
                rows.push(Row {
                    number,
                    actor: Arc::clone(&actor),
                    request: request.id.clone(),
                    part,
                    hash,
                    bytes,
                });
            }
            Err(error) => {
                state.truncate(tail.number);
                return Err(AppendError::Malformed(error.to_string()));
            }
        }
    }
    Ok(rows)
}

/// A time as entries carry it.
fn to_microsecond(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

fn tail_of(rows: &[Row]) -> Option<Head> {
    rows.last().map(|row| Head {
        number: row.number,
        hash: row.hash,
    })
}

fn receipt(rows: &[Row], repeated: bool) -> Receipt {
    Receipt {
        first: rows.first().map_or(0, |row| row.number),
        last: rows.last().map_or(0, |row| row.number),
        repeated,
    }
}

/// The answer to a request that was entered before.
fn repeated(request: &Request, rows: &[Row]) -> Result<Receipt, AppendError> {
    let said = |row: &Row| {
        crate::format::decode(&row.bytes)
            .ok()
            .map(|one| one.entry.draft)
    };
    let same = |(row, draft): (&Row, &Draft)| said(row).as_ref() == Some(draft);
    if rows.len() == request.drafts.len() && rows.iter().zip(&request.drafts).all(same) {
        return Ok(receipt(rows, true));
    }
    Err(AppendError::AnotherRequest(request.id.clone()))
}

/// Tells everybody that nothing can be entered.
fn give_up(batch: Vec<PendingRequest>, error: &impl std::fmt::Display) {
    for ask in batch {
        answer(ask, Err(AppendError::Store(error.to_string())));
    }
}

fn answer(ask: PendingRequest, answer: Result<Receipt, AppendError>) {
    // Whoever asked may be gone; what was entered is entered.
    let _ = ask.reply.send(answer);
}
