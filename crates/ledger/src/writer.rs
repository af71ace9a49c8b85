//! The writer of a process: turns waiting requests into entries, and commits them together.
//!
//! The writer has its own thread, so that a client that disconnects never cancels a transaction
//! half-way, and folding does not delay other tasks.

use crate::chain::Head;
use crate::checkpoint::{self, Checkpoint};
use crate::encoding::{RequestRows, command};
use crate::ledger::{AppendError, OpenError, Receipt, Request, Shared};
use crate::reading::{Fold, ReadError};
use crate::store::{Address, Row, RowIterator, Store, StoreError};
use jiff::Timestamp;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, PoisonError, RwLockWriteGuard};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use wcc_core::actor::Actor;
use wcc_core::ledger::{self, Draft};
use wcc_core::policy::Policy;

/// Maximum number of entries committed together.
const BATCH: usize = 4_000;
/// Delay before the first retry.
const FIRST_WAIT: Duration = Duration::from_millis(5);
/// Maximum delay between retries.
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// A request and the channel for its answer.
#[derive(Debug)]
pub(crate) struct PendingRequest {
    pub(crate) request: Request,
    pub(crate) reply: oneshot::Sender<Result<Receipt, AppendError>>,
}

impl PendingRequest {
    /// The key of the request. Two actors may use the same identifier.
    fn key(&self) -> (Actor, String) {
        (self.request.actor.clone(), self.request.id.clone())
    }
}

/// A request whose entries are folded but not yet committed.
struct PreparedRequest {
    pending: PendingRequest,
    receipt: Receipt,
    rows: RequestRows,
}

/// A batch of requests, divided into those to commit and those refused.
#[derive(Default)]
struct PreparedBatch {
    prepared: Vec<PreparedRequest>,
    refused: Vec<(PendingRequest, AppendError)>,
    /// The head after the prepared requests; `None` if there are none.
    head: Option<Head>,
}

/// What is known about the database while a batch is prepared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    /// No other writer is known to have written.
    Presumed,
    /// All entries were read after the requests arrived.
    CaughtUp,
}

struct Writer {
    shared: Arc<Shared>,
    store: Store,
    queue: mpsc::Receiver<PendingRequest>,
    checkpoint: Option<Checkpoint>,
    /// Requests postponed because another request in the batch has the same actor and identifier.
    later: VecDeque<PendingRequest>,
}

/// Starts the writer on its own thread and runtime, with its own connections, so that a batch is
/// finished even if the caller's runtime ends. The writer ends when the last [`crate::Ledger`] is
/// dropped.
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
                // Callers that wait for this learn that the database is closed.
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
                Some(pending) => pending,
                None => {
                    tokio::select! {
                        biased;
                        pending = self.queue.recv() => match pending {
                            Some(pending) => pending,
                            None => break,
                        },
                        () = wait_for_close(&mut closing), if !closed => {
                            closed = true;
                            // Waiting requests are still entered, but no new ones are accepted.
                            self.queue.close();
                            continue;
                        }
                        () = self.store.changed() => {
                            self.read_new_entries().await;
                            self.update_checkpoint();
                            continue;
                        }
                    }
                }
            };
            let batch = self.batch(first);
            self.enter(batch).await;
            self.update_checkpoint();
        }
        self.store.close().await;
        if !closed {
            // Every handle of the ledger was dropped, so nobody else can close its store.
            self.shared.store.close().await;
        }
    }

    fn update_checkpoint(&mut self) {
        let fold = self.shared.read();
        // The checkpoint must not contain uncommitted entries.
        checkpoint::update(&mut self.checkpoint, fold.state(), fold.head());
    }

    /// Collects waiting requests into a batch. A batch has no two requests with the same actor and
    /// identifier.
    fn batch(&mut self, first: PendingRequest) -> Vec<PendingRequest> {
        let mut entries = first.request.drafts.len();
        let mut keys = HashSet::from([first.key()]);
        let mut batch = vec![first];
        while entries < BATCH
            && let Ok(pending) = self.queue.try_recv()
        {
            if keys.insert(pending.key()) {
                entries += pending.request.drafts.len();
                batch.push(pending);
            } else {
                self.later.push_back(pending);
            }
        }
        batch
    }

    /// Reads the entries of other writers.
    async fn read_new_entries(&self) {
        match self.store.head().await {
            Ok(head) if head == *self.shared.head.borrow() => {}
            Ok(_) => {
                if let Err(error) = self.catch_up().await {
                    tracing::error!("entries of another writer cannot be read: {error}");
                    // The error will not disappear within a moment.
                    tokio::time::sleep(LONGEST_WAIT).await;
                }
            }
            Err(error) => {
                tracing::warn!("{error}");
                tokio::time::sleep(LONGEST_WAIT).await;
            }
        }
    }

    /// Reads page by page, so that readers of the state do not wait for the database.
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
                    fold.add(row)?;
                }
            }
            self.publish(false);
        }
    }

    fn fold(&self) -> RwLockWriteGuard<'_, Fold> {
        let fold = self.shared.fold.write();
        fold.unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a batch, and starts over as often as the database or another writer makes it
    /// necessary.
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
                // Another writer has written, or a presumption must be checked. There is no reason
                // to wait.
                match self.catch_up().await {
                    Ok(()) => {
                        let presumed = view == View::Presumed;
                        view = View::CaughtUp;
                        // A presumption is checked once, even after the time limit.
                        if presumed || Instant::now() < until {
                            continue;
                        }
                    }
                    Err(ReadError::Store(store_error)) => error = store_error,
                    Err(ReadError::InvalidEntry(invalid)) => {
                        tracing::error!("the ledger is damaged: {invalid}");
                        return give_up(batch, &invalid);
                    }
                }
            }
            match error {
                StoreError::Unavailable(message) if Instant::now() < until => {
                    tracing::warn!("retrying: {message}");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                    // The write may have succeeded.
                    view = View::Presumed;
                }
                error => {
                    tracing::error!("{} requests were not entered: {error}", batch.len());
                    return give_up(batch, &error);
                }
            }
        }
    }

    /// Tries to enter a batch once. Requests that are refused or were entered before are answered;
    /// if the database fails, the others are returned. At first it presumes that nobody else has
    /// written and that no request was entered before; the database reports a conflict if a number
    /// or request already exists. A request is never refused because of a presumption; it is
    /// returned as a conflict instead.
    async fn try_once(
        &self,
        batch: Vec<PendingRequest>,
        view: View,
    ) -> Result<(), (Vec<PendingRequest>, StoreError)> {
        let batch = match view {
            View::Presumed => batch,
            View::CaughtUp => self.without_repeated(batch).await?,
        };
        let PreparedBatch {
            prepared,
            refused,
            head,
        } = self.prepare(batch);
        if view == View::Presumed && !refused.is_empty() {
            self.fold().forget_uncommitted();
            let admitted = prepared.into_iter().map(|prepared| prepared.pending);
            let all = admitted.chain(refused.into_iter().map(|(pending, _)| pending));
            return Err((all.collect(), StoreError::Conflict));
        }
        for (pending, error) in refused {
            answer(pending, Err(error));
        }
        let Some(head) = head else {
            return Ok(());
        };
        if let Err(error) = self.store.append_each(rows_of_requests(&prepared)).await {
            self.fold().forget_uncommitted();
            let batch = prepared
                .into_iter()
                .map(|prepared| prepared.pending)
                .collect();
            return Err(match (error, view) {
                // A database that refuses writes may still be readable.
                (StoreError::Refused(_), View::Presumed) => (batch, StoreError::Conflict),
                (error, _) => (batch, error),
            });
        }
        self.fold().commit(head);
        self.publish(true);
        for PreparedRequest {
            pending, receipt, ..
        } in prepared
        {
            answer(pending, Ok(receipt));
        }
        self.store.announce().await;
        Ok(())
    }

    /// Answers the requests that were entered before, and returns the others.
    async fn without_repeated(
        &self,
        batch: Vec<PendingRequest>,
    ) -> Result<Vec<PendingRequest>, (Vec<PendingRequest>, StoreError)> {
        let requests = batch.iter().map(|pending| &pending.request);
        let requests = requests.map(|request| (&*request.actor.person, request.id.as_str()));
        let requests: Vec<(&str, &str)> = requests.collect();
        let mut known = match self.store.of_requests(&requests).await {
            Ok(known) => known,
            Err(error) => return Err((batch, error)),
        };
        // Databases sort text in their own order.
        known.sort_by(|left, right| (left.key(), left.part).cmp(&(right.key(), right.part)));
        let mut new = Vec::new();
        for pending in batch {
            let key = (&pending.request.actor, pending.request.id.as_str());
            let from = known.partition_point(|row| row.key() < key);
            let to = known.partition_point(|row| row.key() <= key);
            match known.get(from..to) {
                None | Some([]) => new.push(pending),
                Some(rows) => {
                    let receipt = repeated(&pending.request, rows);
                    answer(pending, receipt);
                }
            }
        }
        Ok(new)
    }

    /// Admits each request by itself and encodes its entries, which are then in the state.
    fn prepare(&self, batch: Vec<PendingRequest>) -> PreparedBatch {
        let policy = self.shared.policy();
        let mut fold = self.fold();
        fold.forget_uncommitted();
        let mut tail = fold.head();
        let now = to_microsecond(self.shared.clock.now());
        let mut all = PreparedBatch::default();
        for pending in batch {
            match write(&mut fold, tail, &*policy, now, &pending.request) {
                Ok((rows, head)) => {
                    let receipt = Receipt {
                        first: tail.number.saturating_add(1),
                        last: head.number,
                        repeated: false,
                    };
                    tail = head;
                    all.head = Some(head);
                    all.prepared.push(PreparedRequest {
                        pending,
                        receipt,
                        rows,
                    });
                }
                Err(error) => all.refused.push((pending, error)),
            }
        }
        all
    }

    /// Writes the head file and notifies readers. The file is written before any entry is
    /// acknowledged.
    fn publish(&self, own: bool) {
        let head = self.fold().head();
        if let Some(file) = &self.shared.head_file
            && let Err(error) = file.write(head)
        {
            // The entries are safe; only their second record in the head file is missing.
            tracing::error!(own, "the head file cannot be updated: {error}");
        }
        self.shared.head.send_replace(head);
    }
}

/// Returns when the ledger is closed.
async fn wait_for_close(closing: &mut watch::Receiver<bool>) {
    // The sender exists as long as the writer.
    let _ = closing.wait_for(|closing| *closing).await;
}

/// The rows of prepared requests, in order.
fn rows_of_requests(prepared: &[PreparedRequest]) -> RowIterator<'_> {
    let requests = prepared.iter();
    Box::new(requests.flat_map(|prepared| prepared.rows.each(&prepared.pending.request)))
}

/// Admits a request and encodes its entries, which follow `tail`; also returns the head after them. If it
/// is refused, the state does not change.
fn write(
    fold: &mut Fold,
    tail: Head,
    policy: &dyn Policy,
    now: Timestamp,
    request: &Request,
) -> Result<(RequestRows, Head), AppendError> {
    let sha = fold.sha().to_owned();
    let state = fold.state_mut();
    let admitted = ledger::admit(state, policy, &request.actor, now, command(request))?;
    RequestRows::of(request, admitted, &sha, tail).map_err(|error| {
        state.truncate(tail.number);
        AppendError::Malformed(error.to_string())
    })
}

/// Rounds a time to the precision of entries.
fn to_microsecond(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// Returns the answer to a request that was entered before.
fn repeated(request: &Request, rows: &[Row]) -> Result<Receipt, AppendError> {
    let draft_of = |row: &Row| {
        crate::format::decode(&row.bytes)
            .ok()
            .map(|chained| chained.entry.draft)
    };
    let same = |(row, draft): (&Row, &Draft)| draft_of(row).as_ref() == Some(draft);
    if rows.len() == request.drafts.len() && rows.iter().zip(&request.drafts).all(same) {
        return Ok(Receipt {
            first: rows.first().map_or(0, |row| row.number),
            last: rows.last().map_or(0, |row| row.number),
            repeated: true,
        });
    }
    Err(AppendError::AnotherRequest(request.id.clone()))
}

/// Answers every request with the same error.
fn give_up(batch: Vec<PendingRequest>, error: &impl std::fmt::Display) {
    for pending in batch {
        answer(pending, Err(AppendError::Store(error.to_string())));
    }
}

fn answer(pending: PendingRequest, answer: Result<Receipt, AppendError>) {
    // The client may be gone; the entries are recorded anyway.
    let _ = pending.reply.send(answer);
}
