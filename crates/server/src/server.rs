//! One server: starting, serving, reloading and closing it.

use crate::accounts;
use crate::changes::ChangeListener;
use crate::configuration::ConfigurationSource;
use crate::facts::{FactSource, LedgerSettings, OpenFacts, OpenLedgerError, open_ledger};
use crate::history::LedgerHistory;
use crate::message_sender::MessageDelivery;
use crate::metrics::Metrics;
use crate::outbox::{Outbox, TIME_TO_STOP};
use crate::readiness::{Obstacle, Readiness};
use crate::released_outputs::OutputKeeper;
use crate::reload::{Publisher, ReloadError, ReloadQueue, ReloadReport, SnapshotError};
use crate::reports::{self, ReportSettings};
use crate::surveys::{LedgerSurveys, SurveySettings};
use crate::token::{Token, TokenError};
use crate::token_holders::ServerTokens;
use crate::watch::watch_ledger;
use crate::workbooks::WorkbookReader;
use crate::{documents, operator, templates};
use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use wcc_accounts::{AccountError, AccountSettings, Accounts};
use wcc_api::{Api, Authenticator};
use wcc_host::Worker;
use wcc_ledger::{Clock, DocumentError, Documents, Ledger};
use wcc_pages::{DocumentFiler, Visitors};
use wcc_programme::Programme;
use wcc_tokens::{RegisterError, TokenVerifier};

/// After how long a server that stops says that it waits for the message that it is sending.
const MESSAGE_PATIENCE: Duration = Duration::from_secs(2);

/// The settings of a server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The source of the facts.
    pub facts: FactSource,
    /// Frameworks, tables of bodies and plugins: read now and at every reload.
    pub configuration: ConfigurationSource,
    /// The program that runs plugins.
    pub worker: Worker,
    /// Reads the workbooks that clients send.
    pub workbooks: Arc<dyn WorkbookReader>,
    /// Folder of the operator's token and of the register of issued tokens; created if it is missing.
    pub data: PathBuf,
    /// How documents of results are laid out.
    pub reports: ReportSettings,
    /// Where the accounts are with which people sign in; `None` if nobody signs in.
    pub accounts: Option<AccountSettings>,
    /// Limits of the API. Its clock and its formats of documents are not used.
    pub api: wcc_api::Settings,
    /// The clock of the whole server: for the dates of entries, the current phase of a cycle, and
    /// whether a time is in the past. It replaces the clocks in `facts` and `api`.
    pub clock: Arc<dyn Clock>,
    /// How messages are sent to people; without it they are made and wait.
    pub delivery: Option<MessageDelivery>,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The operator's token cannot be used.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The register of issued tokens cannot be used.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The accounts cannot be opened.
    #[error(transparent)]
    Accounts(#[from] AccountError),
    /// The ledger cannot be opened.
    #[error(transparent)]
    Ledger(#[from] OpenLedgerError),
    /// The evidence documents cannot be opened.
    #[error(transparent)]
    Documents(#[from] DocumentError),
    /// The first snapshot cannot be built.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The server was told to stop before it had started.
    #[error("stopped while starting")]
    Stopped,
}

/// A running server. It answers requests as soon as [`Server::serve`] is given a listener, and must
/// be closed with [`Server::close`].
pub struct Server {
    api: Api,
    publisher: Arc<Publisher>,
    readiness: Readiness,
    reloads: ReloadQueue,
    router: Router,
    /// Background tasks, which end with the server.
    background: JoinSet<()>,
    /// What makes and sends messages to people while the server serves, if it has a ledger.
    outbox: Option<Outbox>,
    /// The surveys beside the ledger.
    surveys: Option<LedgerSurveys>,
    /// The accounts beside the ledger.
    accounts: Option<Accounts>,
}

/// What a server does beside serving its programme.
struct Services {
    workbooks: Arc<dyn WorkbookReader>,
    reports: ReportSettings,
    surveys: Option<SurveySettings>,
    accounts: Option<Accounts>,
    delivery: Option<MessageDelivery>,
    /// The folder of the register of issued tokens.
    data: PathBuf,
}

impl fmt::Debug for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Server").finish_non_exhaustive()
    }
}

impl Server {
    /// Opens the ledger, reads everything else and assures it. Call it on a multi-threaded runtime.
    /// If `stop` ends first, it closes everything that it opened.
    ///
    /// # Errors
    /// Something cannot be opened or read, or `stop` ended first.
    pub async fn start(
        mut settings: Settings,
        stop: impl Future<Output = ()>,
    ) -> Result<Server, StartError> {
        let accounts = settings.accounts.take();
        let accounts = accounts::open(accounts, &settings.facts, &settings.clock).await?;
        let opened = accounts.clone();
        let started = Server::start_with(settings, accounts, stop).await;
        if let (Err(_), Some(accounts)) = (&started, opened) {
            accounts.close().await;
        }
        started
    }

    async fn start_with(
        settings: Settings,
        accounts: Option<Accounts>,
        stop: impl Future<Output = ()>,
    ) -> Result<Server, StartError> {
        let token = Token::open_or_create(&settings.data)?;
        if let Some(token) = &token {
            tracing::info!("the operator's token is in {}", token.path().display());
        }
        let tokens = ServerTokens::open(token, &settings.data, Arc::clone(&settings.clock))?;
        let Settings {
            facts,
            configuration,
            worker,
            mut api,
            clock,
            workbooks,
            reports,
            delivery,
            data,
            ..
        } = settings;
        api.clock = Arc::clone(&clock);
        api.document_formats = reports.formats();
        let surveys = match &facts {
            FactSource::Ledger(ledger) => ledger.surveys.as_deref().cloned(),
            FactSource::Cases(_) => None,
        };
        let compose = async |facts: OpenFacts| {
            let people = Arc::clone(tokens.people());
            let publisher = Publisher::start(configuration, facts, worker, people).await?;
            let services = Services {
                workbooks,
                reports,
                surveys,
                accounts,
                delivery,
                data,
            };
            Ok(Server::compose(publisher, api, tokens, services))
        };
        match facts {
            FactSource::Cases(folders) => {
                unless_stopped(compose(OpenFacts::Cases(folders)), stop).await
            }
            FactSource::Ledger(LedgerSettings {
                mut opening,
                documents,
                ..
            }) => {
                opening.clock = clock;
                if let Some(exposure) = opening.address.exposure() {
                    warn_of_exposure(&opening.address, &exposure);
                }
                let checkpoint = opening.checkpoint.clone();
                let ledger = open_ledger(opening).await?;
                let opened = ledger.clone();
                let started = async {
                    let documents = Documents::open(&documents)?;
                    let mut server = compose(OpenFacts::Ledger(opened.clone(), documents)).await?;
                    let readiness = server.readiness.clone();
                    let watching = watch_ledger(readiness, opened, checkpoint);
                    server.background.spawn(watching);
                    Ok(server)
                };
                let started = unless_stopped(started, stop).await;
                if started.is_err() {
                    ledger.close().await;
                }
                started
            }
        }
    }

    fn compose(
        publisher: Publisher,
        settings: wcc_api::Settings,
        tokens: ServerTokens,
        services: Services,
    ) -> Server {
        let Services {
            workbooks,
            reports,
            surveys,
            accounts,
            delivery,
            data,
        } = services;
        let publisher = Arc::new(publisher);
        log_plugins(&publisher);
        let facts = publisher.facts().clone();
        let (api, keepers, surveys) = api(&publisher, settings, Arc::clone(&workbooks), surveys);
        let keepers = keepers.map(|(keeper, outbox)| {
            (
                keeper,
                Outbox {
                    accounts: accounts.clone(),
                    delivery,
                    ..outbox
                },
            )
        });
        let readiness = Readiness::new(api.clone(), publisher.changes().clone());
        let reloads = ReloadQueue::start(Arc::clone(&publisher), api.clone(), readiness.clone());
        let mut background = JoinSet::new();
        let people = Arc::clone(tokens.people());
        background.spawn(show_key_problems(api.clone(), Arc::clone(&people)));
        background.spawn(async move { people.refresh_keys().await });
        let outbox = keepers.map(|(keeper, outbox)| {
            background.spawn(keeper.run(api.clone()));
            outbox
        });
        let authenticator = Authenticator::new(tokens);
        let heads = facts.ledger().map(Ledger::heads);
        let readers = (api.clone(), authenticator.clone());
        let metrics = Metrics::new(heads, publisher.snapshots(), readers);
        let visitors = Visitors::new(authenticator.clone(), accounts.clone());
        let documents = reports::routes(api.clone(), visitors.clone(), reports);
        let pages = wcc_pages::routes(
            api.clone(),
            visitors.clone(),
            wcc_pages::Services {
                filer: filer(&facts),
                data: Some(data),
            },
        );
        let router = router(
            api.clone(),
            authenticator,
            visitors,
            reloads.clone(),
            &facts,
            workbooks,
        );
        let can_sign_in = accounts.is_some();
        let nothing = move |headers| nothing(headers, can_sign_in);
        let router = router.merge(documents).merge(pages).fallback(nothing);
        Server {
            api,
            publisher,
            readiness,
            reloads,
            router: wcc_api::with_layers(metrics.over(router)),
            background,
            outbox,
            surveys,
            accounts,
        }
    }

    /// The programme that is currently served.
    pub fn programme(&self) -> Programme {
        self.publisher.programme()
    }

    /// The API, for requests that do not come over the network.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The accounts of people who sign in.
    pub fn accounts(&self) -> Option<&Accounts> {
        self.accounts.as_ref()
    }

    /// Returns a listener for all changes from now on.
    pub fn changes(&self) -> ChangeListener {
        self.publisher.changes().listen()
    }

    /// Returns every route of the server, for use with another listener.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Reads settings, plugins, tables and cases again and serves them. Waits for its turn in the
    /// queue of reloads.
    ///
    /// # Errors
    /// Something cannot be read or assured; the previous configuration is still served.
    pub async fn reload(&self) -> Result<ReloadReport, ReloadError> {
        self.reloads.reload().await
    }

    /// Answers requests until `stop` ends. Then `/readyz` says that the server is stopping, no more
    /// connections are accepted, and running requests may finish within 30 seconds. The message that is being sent to
    /// somebody is finished, however long its sender may take.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn serve(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        if let Some(accounts) = &self.accounts {
            accounts::decide_on_demonstration(accounts, listener.local_addr().ok()).await;
        }
        let readiness = self.readiness.clone();
        let (stop_messages, messages_stopping) = watch::channel(false);
        let stop_messages = Arc::new(stop_messages);
        let stopping = {
            let stop_messages = Arc::clone(&stop_messages);
            async move {
                stop.await;
                // Load balancers then send requests elsewhere.
                let why = "this server is stopping".to_owned();
                readiness.set(Obstacle::Stopping, Some(why));
                stop_messages.send_replace(true);
            }
        };
        // Ends when this function does.
        let mut messages = JoinSet::new();
        if let Some(outbox) = &self.outbox {
            messages.spawn(outbox.clone().run(messages_stopping));
        }
        let served = wcc_api::serve_router(listener, self.router(), stopping).await;
        stop_messages.send_replace(true);
        // Whatever is sent and not noted is sent again after a restart.
        if timeout(MESSAGE_PATIENCE, messages.join_next())
            .await
            .is_err()
        {
            tracing::info!(
                "waiting for the message that is being sent, at most {} s",
                TIME_TO_STOP.as_secs()
            );
            if timeout(TIME_TO_STOP, messages.join_next()).await.is_err() {
                tracing::warn!(
                    "a message was still being sent and was given up; it may arrive twice"
                );
            }
        }
        served
    }

    /// Ends all background tasks and closes the ledger, the surveys and the accounts, so that their files
    /// are complete.
    pub async fn close(mut self) {
        self.background.shutdown().await;
        if let Some(surveys) = &self.surveys {
            surveys.close().await;
        }
        if let Some(accounts) = &self.accounts {
            accounts.close().await;
        }
        if let Some(ledger) = self.publisher.facts().ledger().cloned() {
            // Requests and refreshes that still run have nothing more to write.
            ledger.close().await;
        }
    }
}

/// Runs some work, and cancels it when `stop` ends.
async fn unless_stopped<T>(
    work: impl Future<Output = Result<T, StartError>>,
    stop: impl Future<Output = ()>,
) -> Result<T, StartError> {
    tokio::select! {
        result = work => result,
        () = stop => Err(StartError::Stopped),
    }
}

/// The API; and if the facts come from a ledger, what keeps released outputs, and the surveys beside it.
fn api(
    publisher: &Publisher,
    settings: wcc_api::Settings,
    workbooks: Arc<dyn WorkbookReader>,
    surveys: Option<SurveySettings>,
) -> (Api, Option<(OutputKeeper, Outbox)>, Option<LedgerSurveys>) {
    let programme = publisher.programme();
    let (api, keepers, surveys) = match publisher.facts() {
        OpenFacts::Cases(_) => (Api::new(programme, settings), None, None),
        OpenFacts::Ledger(ledger, documents) => {
            let (ledger, documents) = (ledger.clone(), documents.clone());
            let snapshots = publisher.snapshots();
            let clock = &settings.clock;
            let history = Arc::new_cyclic(|history| {
                let surveys = surveys.map(|surveys| {
                    let (ledger, clock) = (ledger.clone(), Arc::clone(clock));
                    LedgerSurveys::new(ledger, clock, surveys, Weak::clone(history))
                });
                LedgerHistory::new(
                    ledger.clone(),
                    documents.clone(),
                    snapshots.clone(),
                    workbooks,
                    surveys,
                )
            });
            let outbox = Outbox {
                ledger: ledger.clone(),
                snapshots: snapshots.clone(),
                changes: publisher.changes().clone(),
                clock: Arc::clone(clock),
                accounts: None,
                delivery: None,
            };
            let keeper = OutputKeeper {
                ledger,
                documents,
                history: Arc::clone(&history),
                snapshots,
                changes: publisher.changes().clone(),
            };
            let surveys = history.surveys.clone();
            let api = Api::with_history(programme, settings, history);
            (api, Some((keeper, outbox)), surveys)
        }
    };
    publisher.apply_policy(&api);
    (api, keepers, surveys)
}

/// An address that there is not.
async fn nothing(headers: HeaderMap, can_sign_in: bool) -> Response {
    wcc_pages::missing_page(&headers, can_sign_in).unwrap_or_else(wcc_api::not_found)
}

/// What files documents of evidence, if the facts come from a ledger.
fn filer(facts: &OpenFacts) -> Option<Arc<dyn DocumentFiler>> {
    match facts {
        OpenFacts::Ledger(ledger, documents) => Some(Arc::new(documents::EvidenceFiler {
            ledger: ledger.clone(),
            documents: documents.clone(),
        })),
        OpenFacts::Cases(_) => None,
    }
}

fn router(
    api: Api,
    authenticator: Authenticator,
    visitors: Visitors,
    reloads: ReloadQueue,
    facts: &OpenFacts,
    workbooks: Arc<dyn WorkbookReader>,
) -> Router {
    let templates = templates::routes(api.clone(), visitors.clone(), workbooks);
    let router = wcc_api::routes(api, authenticator.clone())
        .merge(operator::routes(authenticator.clone(), reloads));
    match facts {
        OpenFacts::Ledger(ledger, documents) => {
            let (ledger, documents) = (ledger.clone(), documents.clone());
            let documents = documents::routes(authenticator, visitors, ledger, documents);
            router.merge(documents).merge(templates)
        }
        OpenFacts::Cases(_) => router,
    }
}

/// Keeps `/readyz` up to date with the issuers whose keys cannot be read. Never ends.
async fn show_key_problems(api: Api, people: Arc<TokenVerifier>) {
    let mut problems = people.key_problems();
    loop {
        let sentences = problems.borrow_and_update().values().cloned().collect();
        api.set_warnings(sentences);
        if problems.changed().await.is_err() {
            return;
        }
    }
}

/// Warns the operator that the database connection is not protected.
fn warn_of_exposure(address: &impl fmt::Display, exposure: &impl fmt::Display) {
    tracing::warn!(
        "the ledger's database {address}: {exposure}; add `sslmode=verify-full` to \
         ledger.address, and `sslrootcert=FILE` if your own CA signed its certificate"
    );
}

fn log_plugins(publisher: &Publisher) {
    let context = publisher.context();
    let confinement = context.plugins.confinement();
    if confinement.is_whole() {
        tracing::info!("{confinement}");
    } else {
        tracing::warn!("{confinement}");
    }
    for failure in context.plugins.failures() {
        tracing::warn!("{failure}; the outputs that it covers say \"not checked\"");
    }
}
