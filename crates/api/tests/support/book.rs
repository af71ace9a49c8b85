//! A real ledger in a temporary file, as a server uses one.

#[path = "surveys.rs"]
mod surveys;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::task::Poll;
use std::time::Duration;
use surveys::FixedSurveys;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wcc_api::{
    Answer, Api, BoxFuture, Entered, History, HistoryError, ImportContent, ImportFailure,
    ImportRequest, ImportResult, Operation, Request, Settings, Subscription, SurveyRunner,
    TableText, TableToImport,
};
use wcc_case::{Frameworks, ShippedTables, case};
use wcc_core::ledger::{AsOf, Draft, EntryNote};
use wcc_core::policy::{Policy, Unrestricted};
use wcc_host::{Plugins, Worker};
use wcc_ledger::{Address, AppendError, Head, Ledger, LedgerOptions};
use wcc_programme::{
    Beside, FileFormats, Import, ImportBasis, MadeFrom, Programme, Standing, Start, entries_of,
};

/// The loaded cycle.
pub const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// Name of the file of a ledger.
const FILE: &str = "ledger.sqlite";

/// A ledger with the data that a programme of it needs.
struct Book {
    ledger: Ledger,
    frameworks: Frameworks,
    shipped: ShippedTables,
    plugins: Plugins,
    /// Removed on drop, because the API and the book refer to each other.
    api: Mutex<Option<Api>>,
    /// The served programme with its last entry; the next one is computed from it.
    served: tokio::sync::Mutex<Option<(Programme, u32)>>,
}

impl Book {
    async fn programme(&self, as_of: AsOf) -> Result<Programme, HistoryError> {
        self.programme_beside(as_of, None).await
    }

    async fn programme_beside(
        &self,
        as_of: AsOf,
        beside: Option<Beside<'_>>,
    ) -> Result<Programme, HistoryError> {
        let last = self.ledger.head().number;
        let standing = self.ledger.look(|state| {
            let number = state.number_at(as_of).min(last);
            Standing::gather_beside(state, number, beside)
        });
        Programme::assure_standing(standing, &self.frameworks, &self.shipped, &self.plugins)
            .await
            .map_err(|error| HistoryError::Failed(error.to_string()))
    }

    async fn show(&self) {
        let mut served = self.served.lock().await;
        let head = self.ledger.head();
        let beside = served.as_ref().map(|(programme, entry)| Beside {
            programme,
            entry: *entry,
        });
        let now = AsOf::Entry(head.number);
        let programme = self.programme_beside(now, beside).await.unwrap();
        *served = Some((programme.clone(), head.number));
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

    fn import(&self, request: ImportRequest) -> BoxFuture<'_, Result<ImportResult, ImportFailure>> {
        Box::pin(async move {
            let cycle = request.cycle.clone().unwrap_or_default();
            let tables = match request.content {
                ImportContent::Tables(tables) => tables,
                ImportContent::EarlierCycle { from, opens, .. } => {
                    let opens = opens.map(|opens| *opens);
                    let start = self.ledger.look_as(&request.actor, |permission| {
                        Start::at(permission, &cycle, &from, opens, permission.last())
                    })?;
                    return ImportResult::of(&Import::start(start)?);
                }
                ImportContent::Confirmation(entries) => {
                    let import = self.ledger.look_as(&request.actor, |permission| {
                        Import::confirm(permission, &cycle, &entries, permission.last())
                    })?;
                    let mut imported = ImportResult::of(&import)?;
                    let entered = self.enter(wcc_ledger::Request {
                        actor: request.actor,
                        id: request.id,
                        drafts: import.into_drafts(),
                    });
                    imported.entered = Some(entered.await?);
                    return Ok(imported);
                }
                _ => return Err(ImportFailure::unavailable()),
            };
            let tables = |_: &wcc_core::Framework| {
                let table = |table: TableToImport| {
                    let mut names = wcc_case::cycle::TABLES.into_iter();
                    let TableText::Given(text) = table.text else {
                        panic!("a text");
                    };
                    wcc_case::cycle::CycleTable {
                        name: names.find(|name| *name == table.name).unwrap(),
                        file: table.name,
                        content: text.into(),
                    }
                };
                tables.into_iter().map(table).collect()
            };
            let basis = self.ledger.look_as(&request.actor, |permission| {
                ImportBasis::of(permission, &cycle, MadeFrom::Nothing)
            })?;
            ImportResult::of(&Import::read(&basis, tables, &|_| None)?)
        })
    }

    fn surveys(&self) -> Option<&dyn SurveyRunner> {
        Some(&FixedSurveys)
    }

    fn head(&self) -> Head {
        self.ledger.head()
    }

    fn entry(&self, number: u32) -> Option<EntryNote> {
        self.ledger.look(|state| state.entry(number))
    }
}

/// A server's API over a ledger with one case.
pub struct LedgerApi {
    pub api: Api,
    pub ledger: Ledger,
    book: Arc<Book>,
    folder: TempDir,
}

/// The runtime is never shut down, because a ledger's writer may outlive its test.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

impl Drop for LedgerApi {
    fn drop(&mut self) {
        self.book.api.lock().unwrap().take();
    }
}

impl LedgerApi {
    /// A ledger with the case of South of Tyne and Wear: a cluster of three PCTs.
    pub fn new() -> LedgerApi {
        let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        LedgerApi::with(&root.join("examples/south-of-tyne-and-wear"))
    }

    /// A ledger with the case in a folder.
    pub fn with(case: &Path) -> LedgerApi {
        LedgerApi::with_all(&[case], Vec::new())
    }

    /// A ledger with the same case, and an API with these settings.
    pub fn with_settings(settings: Settings) -> LedgerApi {
        let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let case = root.join("examples/south-of-tyne-and-wear");
        LedgerApi::open(&[&case], Vec::new(), settings, Arc::new(Unrestricted))
    }

    /// A ledger with the same case, whose entries and answers a policy decides on.
    pub fn under(policy: Arc<dyn Policy>) -> LedgerApi {
        LedgerApi::under_with(policy, Settings::default())
    }

    /// The same with other settings.
    pub fn under_with(policy: Arc<dyn Policy>, settings: Settings) -> LedgerApi {
        let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let case = root.join("examples/south-of-tyne-and-wear");
        let ledger_api = LedgerApi::open(&[&case], Vec::new(), settings, policy.clone());
        ledger_api.api.set_policy(policy);
        ledger_api
    }

    /// A ledger with the cases in some folders, and further entries.
    pub fn with_all(cases: &[&Path], more: Vec<Draft>) -> LedgerApi {
        LedgerApi::open(cases, more, Settings::default(), Arc::new(Unrestricted))
    }

    fn open(
        cases: &[&Path],
        more: Vec<Draft>,
        settings: Settings,
        policy: Arc<dyn Policy>,
    ) -> LedgerApi {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let (api, ledger, book) = RUNTIME.block_on(open(&file, cases, more, settings, policy));
        LedgerApi {
            api,
            ledger,
            book,
            folder,
        }
    }

    /// The file of the ledger.
    pub fn ledger_file(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    /// Returns the number of the last entry.
    pub fn last(&self) -> u32 {
        self.ledger.head().number
    }

    /// Executes a request; returns the answer.
    pub fn answer(&self, request: Request) -> Answer {
        answer(&self.api, request)
    }

    /// Executes a request; returns the text of the answer.
    pub fn text(&self, request: Request) -> String {
        String::from_utf8(self.answer(request).bytes.to_vec()).unwrap()
    }

    /// Starts a subscription; `None` if it is refused.
    pub fn subscribe(&self, request: Request) -> Option<Subscription> {
        match RUNTIME.block_on(self.api.start(request)) {
            Operation::Subscription(subscription) => Some(subscription),
            Operation::Answer(_) => None,
        }
    }

    /// The next answer of a subscription, which must have one.
    pub fn next(&self, subscription: &mut Subscription) -> Answer {
        RUNTIME.block_on(subscription.next())
    }

    /// The first answer that any of some subscriptions gives soon; `None` if none does.
    pub fn first_within<'s>(
        &self,
        subscriptions: impl Iterator<Item = &'s mut Subscription>,
        soon: Duration,
    ) -> Option<Answer> {
        let next = subscriptions.map(|subscription| Box::pin(subscription.next()));
        let mut next: Vec<_> = next.collect();
        if next.is_empty() {
            return None;
        }
        let first = std::future::poll_fn(|context| {
            let mut ready = next.iter_mut().map(|next| next.as_mut().poll(context));
            ready.find(Poll::is_ready).unwrap_or(Poll::Pending)
        });
        RUNTIME.block_on(async { tokio::time::timeout(soon, first).await.ok() })
    }

    /// Another API that has just been started on the same ledger.
    pub fn another_api(&self) -> Api {
        Api::with_history(self.programme(), Settings::default(), self.book.clone())
    }

    /// The programme after the last entry.
    pub fn programme(&self) -> Programme {
        let now = AsOf::Entry(self.last());
        RUNTIME.block_on(self.book.programme(now)).unwrap()
    }

    /// Enters drafts in the operator's name, and has them served.
    pub fn enter(&self, id: &str, drafts: Vec<Draft>) {
        let request = wcc_ledger::Request {
            actor: wcc_core::Actor::operator("the operator"),
            id: id.to_owned(),
            drafts,
        };
        RUNTIME.block_on(self.book.enter(request)).unwrap();
    }

    /// Enters a request. What is served stays as it is.
    pub fn append(&self, request: wcc_ledger::Request) -> Result<wcc_ledger::Receipt, AppendError> {
        RUNTIME.block_on(self.ledger.append(request))
    }

    /// Executes a query anonymously.
    pub fn ask(&self, query: &str) -> serde_json::Value {
        serde_json::from_str(&self.text(Request::new(query))).unwrap()
    }

    /// Executes a request with variables as the clerk.
    pub fn change(&self, query: &str, variables: &serde_json::Value) -> serde_json::Value {
        let request = Request::new(query)
            .variables(variables.to_string())
            .actor(wcc_core::Actor::operator("the clerk"));
        serde_json::from_str(&self.text(request)).unwrap()
    }
}

/// An API's answer to a request.
pub fn answer(api: &Api, request: Request) -> Answer {
    RUNTIME.block_on(api.execute(request))
}

async fn open(
    file: &Path,
    cases: &[&Path],
    more: Vec<Draft>,
    settings: Settings,
    policy: Arc<dyn Policy>,
) -> (Api, Ledger, Arc<Book>) {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let frameworks = Frameworks::read(&root.join("configs/frameworks")).unwrap();
    let shipped = ShippedTables::read(&root.join("configs/organisations")).unwrap();
    let opening = LedgerOptions {
        address: Address::Sqlite(file.to_owned()),
        sha: "Q30".to_owned(),
        head_file: None,
        checkpoint: None,
        patience: Duration::from_secs(5),
        create: true,
        clock: Arc::new(wcc_ledger::SystemClock),
        policy,
    };
    let ledger = Ledger::open(opening, Arc::new(FileFormats)).await.unwrap();
    let enter = |id: String, drafts| {
        ledger.append(wcc_ledger::Request {
            actor: wcc_core::actor::Actor::operator("the operator"),
            id,
            drafts,
        })
    };
    for folder in cases {
        let case = case::read(folder, &frameworks, &shipped).unwrap();
        let drafts = ledger.look(|state| entries_of(&case, state)).unwrap();
        enter(folder.display().to_string(), drafts).await.unwrap();
    }
    if !more.is_empty() {
        enter("more".to_owned(), more).await.unwrap();
    }
    let book = Arc::new(Book {
        ledger: ledger.clone(),
        frameworks,
        shipped,
        plugins: Plugins::load(Vec::new(), Worker::this_program().unwrap()).await,
        api: Mutex::default(),
        served: tokio::sync::Mutex::default(),
    });
    let now = AsOf::Entry(ledger.head().number);
    let programme = book.programme(now).await.unwrap();
    let api = Api::with_history(programme.clone(), settings, book.clone());
    *book.served.lock().await = Some((programme, ledger.head().number));
    *book.api.lock().unwrap() = Some(api.clone());
    (api, ledger, book)
}
