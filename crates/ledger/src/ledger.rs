//! The ledger as a server holds it: folded in memory, written by one thread.

use crate::chain::Head;
use crate::checkpoint::CheckpointFile;
use crate::clock::Clock;
use crate::head_file::{HeadFile, HeadFileError};
use crate::reading::{Broken, Fold, ReadError};
use crate::store::{Address, Store, StoreError};
use crate::writer::{self, PendingRequest};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use wcc_core::actor::Actor;
use wcc_core::ledger::{Draft, Permission, Refusals, RuleBooks, State};
use wcc_core::policy::Policy;

/// A request has at most this many entries.
pub const MOST_IN_REQUEST: usize = 1_000_000;
/// What a client calls a request is at most this long, in bytes.
pub const MOST_IN_REQUEST_ID: usize = 100;
/// Each word that names an actor is at most this long, in bytes.
const MOST_IN_ACTOR: usize = 200;
/// Requests that wait for the writer; a client whose request is one more is told to come again.
const QUEUE: usize = 10_000;

/// How to open a ledger.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Where it is kept.
    pub address: Address,
    /// Code of the authority that keeps it.
    pub sha: String,
    /// Where the head is written down beside the database, so that the removal of the newest
    /// entries shows; `None` to keep none.
    pub head_file: Option<PathBuf>,
    /// Where to keep what the entries came to, so that the next start need not read them all;
    /// `None` to read them all.
    pub checkpoint: Option<CheckpointFile>,
    /// How long the writer tries while the database does not answer.
    pub patience: Duration,
    /// Whether to make a database if there is no file.
    pub create: bool,
    /// What entries are dated by.
    pub clock: Arc<dyn Clock>,
    /// Decides who may enter what: [`Unrestricted`](wcc_core::policy::Unrestricted) for a program
    /// that runs with the rights of whoever started it.
    pub policy: Arc<dyn Policy>,
}

/// Why a ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The database.
    #[error("{address}: {error}")]
    Store {
        /// Where the ledger is kept.
        address: Address,
        /// What the database answered.
        error: StoreError,
    },
    /// An entry is not what it was.
    #[error("{address}: {broken}")]
    Broken {
        /// Where the ledger is kept.
        address: Address,
        /// Which, and what is wrong with it.
        broken: Broken,
    },
    /// The head that was written down.
    #[error(transparent)]
    Head(#[from] HeadFileError),
    /// There is no such file.
    #[error("there is no ledger at {0}")]
    Missing(Address),
    /// No thread for the writer.
    #[error("the ledger's writer cannot be started: {0}")]
    Thread(std::io::Error),
}

/// Entries to be made together: all or none.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub actor: Actor,
    /// What the actor calls the request. The same one again, with the same content, is answered
    /// as it was and enters nothing. What another actor calls a request does not matter.
    pub id: String,
    /// What to enter, in order.
    pub drafts: Vec<Draft>,
}

/// That a request was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Number of its first entry.
    pub first: u32,
    /// Number of its last entry.
    pub last: u32,
    /// Whether it had been entered before.
    pub repeated: bool,
}

/// Why a request is not entered. Nothing has changed then, except where the database went away in
/// the middle: the same request, sent again, tells.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// It is not admitted.
    #[error(transparent)]
    Refused(#[from] Refusals),
    /// The actor used the same identifier for another request.
    #[error(
        "the request `{0}` was entered before with other content: use a new identifier for each \
         request, and the same only to send it again"
    )]
    AnotherRequest(String),
    /// A request without an entry, with too many, or whose identifier is empty or too long.
    #[error("{0}")]
    Malformed(String),
    /// The database does not answer or refuses.
    #[error("{0}; nothing is known to be lost: send the same request again")]
    Store(String),
    /// More requests wait than the writer keeps.
    #[error("too many requests wait to be entered: send the same request again in a moment")]
    Busy,
    /// The server stops.
    #[error("the server is stopping: send the same request again to another")]
    Stopping,
}

/// A ledger.
#[derive(Clone, Debug)]
pub struct Ledger {
    shared: Arc<Shared>,
    asks: mpsc::Sender<PendingRequest>,
    /// Closed once the writer has ended.
    writing: watch::Receiver<()>,
}

/// What the writer and the readers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) store: Store,
    /// The last entry that was taken from the checkpoint.
    resumed: u32,
    /// The fold; what comes after the head was not committed.
    pub(crate) fold: RwLock<Fold>,
    pub(crate) head: watch::Sender<Head>,
    pub(crate) head_file: Option<HeadFile>,
    pub(crate) patience: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    policy: RwLock<Arc<dyn Policy>>,
    /// Tells the writer that the ledger is being closed.
    pub(crate) closing: watch::Sender<bool>,
}

impl Shared {
    pub(crate) fn policy(&self) -> Arc<dyn Policy> {
        let policy = self.policy.read();
        Arc::clone(&policy.unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Fold> {
        // A panic of the writer leaves entries in the fold that were not committed; they lie
        // beyond the head, where no reader looks.
        self.fold.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    /// Opens a ledger: goes on from the checkpoint, reads every entry behind it, checks the chain
    /// from there and the head that was written down, and folds them. What lies in front of the
    /// checkpoint is checked by [`crate::verify`].
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn open(opening: Opening, books: Arc<dyn RuleBooks>) -> Result<Ledger, OpenError> {
        let address = opening.address;
        let of_store = |error| OpenError::Store {
            address: address.clone(),
            error,
        };
        if let Address::Sqlite(path) = &address
            && !opening.create
            && !path.exists()
        {
            return Err(OpenError::Missing(address));
        }
        let store = Store::open(&address, &opening.sha)
            .await
            .map_err(of_store)?;
        if let Err(error) = store.migrate().await {
            store.close().await;
            return Err(of_store(error));
        }
        let head_file = opening.head_file.map(HeadFile::new);
        let read = read_all(&store, books, opening.checkpoint, head_file.as_ref()).await;
        let (resumed, mut fold) = match read {
            Ok(read) => read,
            Err(error) => {
                store.close().await;
                return Err(error.opening(&address));
            }
        };
        let checkpoint = fold.checkpoint.take();
        let shared = Arc::new(Shared {
            store,
            resumed,
            head: watch::Sender::new(fold.head()),
            fold: RwLock::new(fold),
            head_file,
            patience: opening.patience,
            clock: opening.clock,
            policy: RwLock::new(opening.policy),
            closing: watch::Sender::new(false),
        });
        let (asks, queue) = mpsc::channel(QUEUE);
        match writer::start(Arc::clone(&shared), queue, checkpoint, &address).await {
            Ok(writing) => Ok(Ledger {
                shared,
                asks,
                writing,
            }),
            Err(error) => {
                shared.store.close().await;
                Err(error)
            }
        }
    }

    /// Enters a request, and comes back once it is on disk.
    ///
    /// # Errors
    /// Why it is not entered.
    pub async fn append(&self, request: Request) -> Result<Receipt, AppendError> {
        check_form(&request)?;
        let (reply, answer) = oneshot::channel();
        self.asks
            .try_send(PendingRequest { request, reply })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => AppendError::Busy,
                mpsc::error::TrySendError::Closed(_) => AppendError::Stopping,
            })?;
        answer.await.unwrap_or(Err(AppendError::Stopping))
    }

    /// Lets another policy decide who may enter what, from the next batch on.
    pub fn set_policy(&self, policy: Arc<dyn Policy>) {
        let current = self.shared.policy.write();
        *current.unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// Closes the ledger, for every hold on it: what waits is entered, later requests are refused.
    /// Comes back once the checkpoint is kept and every connection to the database has ended, so
    /// that a copy of a SQLite file is complete. What was read stays readable.
    ///
    /// A ledger that is dropped instead closes by itself, some time later: the process must live
    /// until then.
    pub async fn close(self) {
        self.shared.closing.send_replace(true);
        self.ended().await;
        self.shared.store.close().await;
    }

    /// Ends when the ledger has been closed, or was dropped and has closed by itself.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut writing = self.writing.clone();
        async move { while writing.changed().await.is_ok() {} }
    }

    /// Where the chain ends.
    pub fn head(&self) -> Head {
        *self.shared.head.borrow()
    }

    /// Tells of every new head.
    pub fn heads(&self) -> watch::Receiver<Head> {
        self.shared.head.subscribe()
    }

    /// Looks at the state. Entries beyond the head were not committed: ask for what stood at
    /// [`Ledger::head`] or earlier. The writer waits meanwhile, so be short.
    pub fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        at(self.shared.read().state())
    }

    /// Asks what an actor may do and see now, under the condition of [`Ledger::look`].
    pub fn look_as<T>(&self, actor: &Actor, at: impl FnOnce(&Permission<'_>) -> T) -> T {
        let policy = self.shared.policy();
        let now = self.shared.clock.now();
        self.look(|state| at(&Permission::new(state, &*policy, actor, now)))
    }

    /// The last entry that came from the checkpoint when this was opened, unread; 0 where every one
    /// was read.
    pub fn resumed(&self) -> u32 {
        self.shared.resumed
    }

    /// The database, for readers of entries.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// What it answered instead.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.shared.store.head().await.map(drop)
    }
}

/// Reads every entry behind the checkpoint, and checks the head that was written down. Gives the
/// last entry of the checkpoint as well.
async fn read_all(
    store: &Store,
    books: Arc<dyn RuleBooks>,
    checkpoint: Option<CheckpointFile>,
    head_file: Option<&HeadFile>,
) -> Result<(u32, Fold), CheckError> {
    let fold = match checkpoint {
        None => Fold::new(store.sha(), books),
        Some(file) => Fold::resume(store, books, file)
            .await
            .map_err(ReadError::from)?,
    };
    let resumed = fold.head().number;
    let fold = fold.catch_up(store, |_| {}).await?;
    match head_file {
        None => Ok((resumed, fold)),
        Some(file) => Ok((resumed, check_head(file, fold, store).await?)),
    }
}

/// Checks what was read against the head that was written down.
async fn check_head(file: &HeadFile, mut fold: Fold, store: &Store) -> Result<Fold, CheckError> {
    let written = file.read()?;
    // Another process may have written entries and their head since they were read here.
    if written.is_some_and(|written| written.number > fold.head().number) {
        fold = fold.catch_up(store, |_| {}).await?;
    }
    let hash = match written.and_then(|written| written.number.checked_sub(1)) {
        None => None,
        Some(before) => {
            let rows = store.read(before, 1).await.map_err(ReadError::from)?;
            rows.first().map(|row| row.hash)
        }
    };
    let hash_of = |_| std::future::ready(hash);
    file.check(written, fold.head(), hash_of).await?;
    // Whoever wrote the newest may have been killed before it wrote this down.
    if written != Some(fold.head())
        && let Err(error) = file.write(fold.head())
    {
        if written.is_none() {
            return Err(error.into());
        }
        // One that may only be read still covers what it names.
        tracing::error!("the head is not written down: {error}");
    }
    Ok(fold)
}

/// Why what was read does not agree with the head that was written down.
enum CheckError {
    Read(ReadError),
    Head(HeadFileError),
}

impl From<ReadError> for CheckError {
    fn from(error: ReadError) -> CheckError {
        CheckError::Read(error)
    }
}

impl From<HeadFileError> for CheckError {
    fn from(error: HeadFileError) -> CheckError {
        CheckError::Head(error)
    }
}

impl CheckError {
    fn opening(self, address: &Address) -> OpenError {
        match self {
            CheckError::Read(error) => error.opening(address),
            CheckError::Head(error) => OpenError::Head(error),
        }
    }
}

fn check_form(request: &Request) -> Result<(), AppendError> {
    let malformed = |message: String| Err(AppendError::Malformed(message));
    if request.drafts.is_empty() {
        return malformed("the request has no entry".to_owned());
    }
    if request.drafts.len() > MOST_IN_REQUEST {
        let count = request.drafts.len();
        return malformed(format!(
            "the request has {count} entries, at most {MOST_IN_REQUEST} are allowed"
        ));
    }
    if request.id.is_empty() || request.id.len() > MOST_IN_REQUEST_ID {
        return malformed(format!(
            "the request's identifier has {} bytes: expected 1 to {MOST_IN_REQUEST_ID}",
            request.id.len()
        ));
    }
    if request.id.chars().any(char::is_control) {
        return malformed("the request's identifier has a control character".to_owned());
    }
    let Actor {
        person,
        role,
        body,
        cycle,
    } = &request.actor;
    let fields = [
        ("person", Some(person)),
        ("role", Some(role)),
        ("body that they act for", body.as_ref()),
        ("cycle of their role", cycle.as_ref()),
    ];
    for (what, text) in fields {
        let Some(text) = text else { continue };
        if text.is_empty() || text.len() > MOST_IN_ACTOR || text.chars().any(char::is_control) {
            return malformed(format!(
                "the actor's {what}, `{}`, has {} bytes: expected 1 to {MOST_IN_ACTOR}, without \
                 control characters",
                text.escape_debug(),
                text.len()
            ));
        }
    }
    Ok(())
}
