//! A ledger in use by a server: its state in memory, and one thread that writes.

use crate::chain::Head;
use crate::checkpoint::CheckpointFile;
use crate::clock::Clock;
use crate::head_file::{HeadFile, HeadFileError};
use crate::reading::{Fold, InvalidEntry, ReadError};
use crate::store::{Address, Store, StoreError};
use crate::writer::{self, PendingRequest};
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use wcc_core::actor::Actor;
use wcc_core::ledger::{Command, Draft, Fact, Permission, Refusals, RuleBooks, State, admit};
use wcc_core::policy::Policy;

/// Maximum number of entries in a request.
pub const MAX_IN_REQUEST: usize = 1_000_000;
/// Maximum length of a request's identifier in bytes.
pub const MAX_IN_REQUEST_ID: usize = 100;
/// Maximum number of requests that wait for the writer. Further requests are rejected as busy.
const QUEUE: usize = 10_000;

/// How to open a ledger.
#[derive(Clone, Debug)]
pub struct LedgerOptions {
    /// Address of the database.
    pub address: Address,
    /// Code of the authority that keeps it.
    pub sha: String,
    /// File for the head beside the database, which shows if the newest entries were removed;
    /// `None` for no file.
    pub head_file: Option<PathBuf>,
    /// File for the checkpoint, so that the next start need not read every entry; `None` for no
    /// checkpoint.
    pub checkpoint: Option<CheckpointFile>,
    /// How long the writer retries while the database does not respond.
    pub patience: Duration,
    /// Whether to create a database if the file does not exist.
    pub create: bool,
    /// The clock that dates entries.
    pub clock: Arc<dyn Clock>,
    /// Decides who may enter what. Use [`Unrestricted`](wcc_core::policy::Unrestricted) for a
    /// program that runs with the rights of its user.
    pub policy: Arc<dyn Policy>,
}

/// Why a ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The database reported an error.
    #[error("{address}: {error}")]
    Store {
        /// Address of the database.
        address: Address,
        /// The database's error.
        error: StoreError,
    },
    /// An entry is invalid.
    #[error("{address}: {broken}")]
    InvalidEntry {
        /// Address of the database.
        address: Address,
        /// The entry and its fault.
        broken: InvalidEntry,
    },
    /// The head file does not match.
    #[error(transparent)]
    Head(#[from] HeadFileError),
    /// The file does not exist.
    #[error("there is no ledger at {0}")]
    Missing(Address),
    /// The writer's thread cannot be started.
    #[error("the ledger's writer cannot be started: {0}")]
    Thread(std::io::Error),
}

/// A request to enter facts, all or none.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who sends the request.
    pub actor: Actor,
    /// The actor's identifier for the request. If the same actor sends the same request again, it
    /// gets the same answer and nothing is entered. Other actors may use the same identifier.
    pub id: String,
    /// The facts to enter, in order.
    pub drafts: Vec<Draft>,
}

impl Request {
    /// The request with its actor as the author of personal records, such as scores, that name nobody.
    fn signed(mut self) -> Request {
        for draft in &mut self.drafts {
            if let Fact::Record { record, .. } = &mut draft.fact {
                record.sign_as(&self.actor.person);
            }
        }
        self
    }
}

/// The answer to a request that was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Number of its first entry.
    pub first: u32,
    /// Number of its last entry.
    pub last: u32,
    /// Whether the request had been entered before.
    pub repeated: bool,
}

/// Why a request was not entered. Nothing has changed, unless the connection to the database was
/// lost during the write; send the same request again to find out.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The request is not admitted.
    #[error(transparent)]
    Refused(#[from] Refusals),
    /// The actor used the same identifier for another request.
    #[error(
        "the request `{0}` was already entered with different content: use a new identifier for each \
         request, and reuse it only to send the same request again"
    )]
    AnotherRequest(String),
    /// The request has no entry or too many, or an invalid identifier or actor.
    #[error("{0}")]
    Malformed(String),
    /// The database does not respond, or refuses the write.
    #[error("{0}; send the same request again")]
    Store(String),
    /// Too many requests are waiting.
    #[error("too many requests are waiting; send the same request again in a moment")]
    Busy,
    /// The server is stopping.
    #[error("the server is stopping; send the same request to another server")]
    Stopping,
}

/// An open ledger. All clones share it.
#[derive(Clone, Debug)]
pub struct Ledger {
    shared: Arc<Shared>,
    sender: mpsc::Sender<PendingRequest>,
    /// Closed when the writer has ended.
    writing: watch::Receiver<()>,
}

/// The data that the writer and the readers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) store: Store,
    /// The last entry loaded from the checkpoint.
    resumed: u32,
    /// The folded state. Entries after the head are not committed.
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
        // If the writer panicked, the fold may have uncommitted entries. They come after the head,
        // so no reader uses them.
        self.fold.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    /// Opens a ledger: loads the checkpoint, reads and folds every entry after it, and checks their
    /// chain and the head file. [`crate::verify`] checks the entries before the checkpoint.
    ///
    /// # Errors
    /// Why the ledger cannot be opened.
    pub async fn open(
        opening: LedgerOptions,
        books: Arc<dyn RuleBooks>,
    ) -> Result<Ledger, OpenError> {
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
        let (sender, queue) = mpsc::channel(QUEUE);
        match writer::start(Arc::clone(&shared), queue, checkpoint, &address).await {
            Ok(writing) => Ok(Ledger {
                shared,
                sender,
                writing,
            }),
            Err(error) => {
                shared.store.close().await;
                Err(error)
            }
        }
    }

    /// Enters a request, and returns once it is on disk.
    ///
    /// # Errors
    /// Why it was not entered.
    pub async fn append(&self, request: Request) -> Result<Receipt, AppendError> {
        check_form(&request)?;
        let request = request.signed();
        let (reply, answer) = oneshot::channel();
        self.sender
            .try_send(PendingRequest { request, reply })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => AppendError::Busy,
                mpsc::error::TrySendError::Closed(_) => AppendError::Stopping,
            })?;
        answer.await.unwrap_or(Err(AppendError::Stopping))
    }

    /// Replaces the policy that decides who may enter what, from the next batch on.
    pub fn set_policy(&self, policy: Arc<dyn Policy>) {
        let current = self.shared.policy.write();
        *current.unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// Closes the ledger for all clones. Waiting requests are entered; later requests are rejected.
    /// It returns once the checkpoint is written and every connection to the database is closed, so
    /// that a copy of a SQLite file is complete. The state in memory stays readable.
    ///
    /// A ledger that is dropped instead closes itself some time later, if the process still runs.
    pub async fn close(self) {
        self.shared.closing.send_replace(true);
        self.ended().await;
        self.shared.store.close().await;
    }

    /// Returns when the ledger has closed.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut writing = self.writing.clone();
        async move { while writing.changed().await.is_ok() {} }
    }

    /// The head of the ledger.
    pub fn head(&self) -> Head {
        *self.shared.head.borrow()
    }

    /// Returns a receiver for every new head.
    pub fn heads(&self) -> watch::Receiver<Head> {
        self.shared.head.subscribe()
    }

    /// Passes the state to a function. Entries after [`Ledger::head`] are not committed, so use
    /// only the state at the head or earlier. The writer waits, so the function must be quick.
    pub fn look<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(self.shared.read().state())
    }

    /// Passes the permissions of an actor to a function, under the conditions of [`Ledger::look`].
    pub fn look_as<T>(&self, actor: &Actor, read: impl FnOnce(&Permission<'_>) -> T) -> T {
        let policy = self.shared.policy();
        let now = self.shared.clock.now();
        self.look(|state| read(&Permission::new(state, &*policy, actor, now)))
    }

    /// Asks whether a request would be admitted now, without entering it.
    ///
    /// # Errors
    /// Why it would be refused.
    pub fn rehearse(&self, request: &Request) -> Result<(), AppendError> {
        check_form(request)?;
        let request = &request.clone().signed();
        let (policy, now) = (self.shared.policy(), self.shared.clock.now());
        let fold = self.shared.fold.write();
        let mut fold = fold.unwrap_or_else(PoisonError::into_inner);
        let state = fold.state_mut();
        let before = state.last();
        let command = Command {
            request: &request.id,
            drafts: &request.drafts,
        };
        let admitted = admit(state, &*policy, &request.actor, now, command);
        state.truncate(before);
        admitted?;
        Ok(())
    }

    /// The last entry that was loaded from the checkpoint when the ledger was opened; 0 if every
    /// entry was read.
    pub fn resumed(&self) -> u32 {
        self.shared.resumed
    }

    /// The time by the clock that dates entries.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// The database, for readers of entries.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// Checks that the database responds.
    ///
    /// # Errors
    /// The database's error.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.shared.store.head().await.map(drop)
    }
}

/// Reads every entry after the checkpoint, and checks the head file. Also returns the last entry of
/// the checkpoint.
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

/// Checks the entries against the head file.
async fn check_head(file: &HeadFile, mut fold: Fold, store: &Store) -> Result<Fold, CheckError> {
    let written = file.read()?;
    // Another process may have written entries and their head in the meantime.
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
    // A writer may have been killed before it updated the file.
    if written != Some(fold.head())
        && let Err(error) = file.write(fold.head())
    {
        if written.is_none() {
            return Err(error.into());
        }
        // A read-only file still protects the entries that it covers.
        tracing::error!("the head file cannot be updated: {error}");
    }
    Ok(fold)
}

/// Why the entries cannot be read, or do not match the head file.
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
    if request.drafts.len() > MAX_IN_REQUEST {
        let count = request.drafts.len();
        return malformed(format!(
            "the request has {count} entries; at most {MAX_IN_REQUEST} are allowed"
        ));
    }
    if request.id.is_empty() || request.id.len() > MAX_IN_REQUEST_ID {
        return malformed(format!(
            "the request's identifier has {} bytes: expected 1 to {MAX_IN_REQUEST_ID}",
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
        if text.is_empty() || text.len() > Actor::MAX_BYTES || text.chars().any(char::is_control) {
            return malformed(format!(
                "the actor's {what}, `{}`, has {} bytes: expected 1 to {}, without \
                 control characters",
                text.escape_debug(),
                text.len(),
                Actor::MAX_BYTES
            ));
        }
    }
    Ok(())
}
