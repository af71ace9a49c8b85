//! A real ledger in a file that goes away, as a server holds one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wcc_api::{Api, BoxFuture, Entered, History, HistoryError, Request, Settings};
use wcc_case::{Frameworks, ShippedTables, case};
use wcc_core::ledger::AsOf;
use wcc_host::{Plugins, Worker};
use wcc_ledger::{Address, AppendError, Head, Ledger, Opening};
use wcc_programme::{FileFormats, Programme, Standing, entries_of};

/// The cycle that is loaded.
pub const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// A ledger with what is needed to show it.
struct Book {
    ledger: Ledger,
    frameworks: Frameworks,
    shipped: ShippedTables,
    plugins: Plugins,
    /// Taken away at the end: the two would keep each other.
    api: Mutex<Option<Api>>,
    /// One picture after the other.
    turn: tokio::sync::Mutex<()>,
}

impl Book {
    async fn programme(&self, as_of: AsOf) -> Result<Programme, HistoryError> {
        let last = self.ledger.head().number;
        let standing = self.ledger.look(|state| {
            let number = state.number_at(as_of).min(last);
            Standing::gather(state, number)
        });
        Programme::assure_standing(standing, &self.frameworks, &self.shipped, &self.plugins)
            .await
            .map_err(|error| HistoryError::Failed(error.to_string()))
    }

    async fn show(&self) {
        let _turn = self.turn.lock().await;
        let head = self.ledger.head();
        let programme = self.programme(AsOf::Entry(head.number)).await.unwrap();
        let api = self.api.lock().unwrap().clone();
        api.unwrap().replace_at(programme, head);
    }
}

impl History for Book {
    fn programme_at(&self, as_of: AsOf) -> BoxFuture<'_, Result<Arc<Programme>, HistoryError>> {
        Box::pin(async move { self.programme(as_of).await.map(Arc::new) })
    }

    fn enter(&self, request: wcc_ledger::Request) -> BoxFuture<'_, Result<Entered, AppendError>> {
        Box::pin(async move {
            let receipt = self.ledger.append(request).await?;
            let note = self.ledger.look(|state| state.entry(receipt.last));
            self.show().await;
            Ok(Entered {
                served: true,
                receipt,
                at: note.unwrap().at,
            })
        })
    }

    fn head(&self) -> Head {
        self.ledger.head()
    }
}

/// A server's API over a ledger with one case.
pub struct Kept {
    pub api: Api,
    pub ledger: Ledger,
    book: Arc<Book>,
    _folder: TempDir,
}

/// Never shut down: a ledger's writer may outlive its test by a moment.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

impl Drop for Kept {
    fn drop(&mut self) {
        self.book.api.lock().unwrap().take();
    }
}

impl Kept {
    /// A ledger with the case of South of Tyne and Wear: a cluster of three PCTs.
    pub fn new() -> Kept {
        let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        Kept::with(&root.join("examples/south-of-tyne-and-wear"))
    }

    /// A ledger with the case in a folder.
    pub fn with(case: &Path) -> Kept {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ledger.sqlite");
        let (api, ledger, book) = RUNTIME.block_on(open(&file, case));
        Kept {
            api,
            ledger,
            book,
            _folder: folder,
        }
    }

    /// The number of the last entry.
    pub fn last(&self) -> u32 {
        self.ledger.head().number
    }

    /// The answer to a request, as text.
    pub fn text(&self, request: Request) -> String {
        let answer = RUNTIME.block_on(self.api.execute(request));
        String::from_utf8(answer.bytes.to_vec()).unwrap()
    }

    /// The answer to a request in nobody's name.
    pub fn ask(&self, query: &str) -> serde_json::Value {
        serde_json::from_str(&self.text(Request::new(query))).unwrap()
    }

    /// The answer to a request in the clerk's name, with variables.
    pub fn change(&self, query: &str, variables: &serde_json::Value) -> serde_json::Value {
        let request = Request::new(query)
            .variables(variables.to_string())
            .actor(wcc_core::Actor::operator("the clerk"));
        serde_json::from_str(&self.text(request)).unwrap()
    }
}

async fn open(file: &Path, folder: &Path) -> (Api, Ledger, Arc<Book>) {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let frameworks = Frameworks::read(&root.join("configs/frameworks")).unwrap();
    let shipped = ShippedTables::read(&root.join("configs/organisations")).unwrap();
    let case = case::read(folder, &frameworks, &shipped).unwrap();
    let opening = Opening {
        address: Address::Sqlite(file.to_owned()),
        sha: "Q30".to_owned(),
        head_file: None,
        checkpoint: None,
        patience: Duration::from_secs(5),
        create: true,
        clock: Arc::new(wcc_ledger::SystemClock),
        policy: Arc::new(wcc_core::policy::Unrestricted),
    };
    let ledger = Ledger::open(opening, Arc::new(FileFormats)).await.unwrap();
    let drafts = ledger.look(|state| entries_of(&case, state)).unwrap();
    let loading = wcc_ledger::Request {
        actor: wcc_core::actor::Actor::operator("the operator"),
        id: "the case".to_owned(),
        drafts,
    };
    ledger.append(loading).await.unwrap();
    let book = Arc::new(Book {
        ledger: ledger.clone(),
        frameworks,
        shipped,
        plugins: Plugins::load(Vec::new(), Worker::this_program().unwrap()).await,
        api: Mutex::default(),
        turn: tokio::sync::Mutex::default(),
    });
    let now = AsOf::Entry(ledger.head().number);
    let programme = book.programme(now).await.unwrap();
    let api = Api::with_history(programme, Settings::default(), book.clone());
    *book.api.lock().unwrap() = Some(api.clone());
    (api, ledger, book)
}
