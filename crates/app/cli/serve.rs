//! `wcc serve`: the GraphQL API over HTTP.

use super::{Failure, print};
use crate::documents;
use crate::history::LedgerHistory;
use crate::metrics::Metrics;
use crate::operator;
use crate::readiness::{Obstacle, Readiness};
use crate::reload::{Refused, Reloads, Said, Serving};
use crate::settings::{LogFormat, Settings};
use crate::source::{self, Source};
use crate::stop::StopSignals;
use crate::token::Token;
use crate::watch;
use axum::Router;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wcc_api::Api;
use wcc_ledger::{Documents, Ledger};

/// In whose name entries are made that come with the operator's token.
const OPERATOR: &str = "operator";

/// Serve cases over GraphQL, with GraphiQL in the browser
///
/// Listens on this machine only unless --listen or the settings say otherwise. Stops on
/// Ctrl-C or SIGTERM: takes no new request, finishes those under way, exits with 0. On SIGHUP, or on
/// POST /plugins/reload with the operator's token, it reads settings, plugins, tables and cases
/// again and swaps them in whole; whatever is wrong with them leaves the old ones serving.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folders of cases; or `ledger:` alone, to serve the ledger and take entries into it
    #[arg(required = true, value_name = "CASE")]
    sources: Vec<Source>,
    /// Address and port
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

impl Arguments {
    /// The settings that these arguments override.
    pub(super) fn flags(&self) -> Vec<(&'static str, String)> {
        self.listen
            .iter()
            .map(|listen| ("server.listen", listen.clone()))
            .collect()
    }
}

pub(super) async fn run(
    arguments: Arguments,
    config: Option<PathBuf>,
    settings: &Settings,
) -> Result<(), Failure> {
    log_to_stderr(settings)?;
    let token = Token::open_or_create(&settings.data)?;
    if let Some(token) = &token {
        tracing::info!("the operator's token is in {}", token.path().display());
    }
    let mut signals = StopSignals::listen()?;
    let said = said(arguments.sources, settings).await?;
    let ledger = said.ledger().cloned();
    let served = serve(said, token, config, settings, &mut signals).await;
    if let Some(ledger) = ledger {
        // Whatever is still being answered or rebuilt has nothing more to write.
        ledger.close().await;
    }
    served
}

/// Serves until asked to stop. Being asked while everything is still being read is no failure
/// either.
async fn serve(
    said: Said,
    token: Option<Token>,
    config: Option<PathBuf>,
    settings: &Settings,
    signals: &mut StopSignals,
) -> Result<(), Failure> {
    let ledger = said.ledger().cloned();
    if ledger.is_some() {
        tell_of_exposure(settings);
    }
    let documents = match &ledger {
        Some(_) => Some(Documents::open(&settings.ledger.documents)?),
        None => None,
    };
    let starting = Serving::start(config, said, settings);
    let serving = tokio::select! {
        started = starting => Arc::new(started?),
        _ = signals.next() => return Ok(()),
    };
    let programme = serving.programme();
    let metrics = Metrics::new(ledger.as_ref().map(Ledger::heads), serving.made());
    tell_of_plugins(&serving);
    let cycles: Vec<String> = programme
        .cycles
        .iter()
        .map(|one| one.cycle.id.clone())
        .collect();
    let api_settings = wcc_api::Settings {
        body_bytes: settings.body_bytes,
        answer_bytes: settings.answer_bytes,
        request_time: Duration::from_secs(settings.request_seconds),
        ..wcc_api::Settings::default()
    };
    let api = match (&ledger, &documents) {
        (Some(ledger), Some(documents)) => {
            let (ledger, documents) = (ledger.clone(), documents.clone());
            let history = LedgerHistory::new(ledger, documents, serving.made());
            Api::with_history(programme, api_settings, Arc::new(history))
        }
        _ => Api::new(programme, api_settings),
    };
    let readiness = Readiness::new(api.clone());
    let listener = listen(settings).await?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::system(error.to_string()))?;
    let reloads = Reloads::of(serving, api.clone(), readiness.clone());
    let background = [
        reload_on_hangup(reloads.clone())?,
        tokio::spawn(watch::ledger(
            readiness.clone(),
            ledger,
            settings.ledger.checkpoint.clone(),
        )),
    ];
    print(&format!(
        "serving {} at http://{address}/graphql\nopen http://{address}/ in a browser\n",
        if cycles.is_empty() {
            "an empty ledger".to_owned()
        } else {
            cycles.join(", ")
        },
    ))?;
    let router = routes(api, token, reloads, documents);
    let (stop, stopping) = oneshot::channel();
    let drained = async move {
        let _ = stopping.await;
    };
    let serving = wcc_api::serve_router(listener, metrics.over(router), drained);
    let stopped_twice = async {
        signals.next().await;
        // Whoever sends requests here learns that it is time to send them elsewhere.
        let why = "this server is stopping".to_owned();
        readiness.set(Obstacle::Stopping, Some(why));
        let _ = stop.send(());
        signals.next().await;
    };
    let served = tokio::select! {
        served = serving => served
            .map_err(|error| Failure::system(format!("the server stopped: {error}"))),
        () = stopped_twice => {
            tracing::warn!("asked to stop again: requests under way are dropped");
            Ok(())
        }
    };
    background.iter().for_each(JoinHandle::abort);
    served
}

/// Tells whoever runs it what the way to the database is open to.
fn tell_of_exposure(settings: &Settings) {
    let address = &settings.ledger.address;
    if let Some(exposure) = address.exposure() {
        tracing::warn!(
            "the ledger's database {address}: {exposure}; write `sslmode=verify-full` into \
             ledger.address, and `sslrootcert=FILE` where its certificate is of a CA of your own"
        );
    }
}

fn tell_of_plugins(serving: &Serving) {
    let means = serving.means();
    let confinement = means.plugins.confinement();
    if confinement.is_whole() {
        tracing::info!("{confinement}");
    } else {
        tracing::warn!("{confinement}");
    }
    for failure in means.plugins.failures() {
        tracing::warn!("{failure}; the outputs that it covers say \"not checked\"");
    }
}

async fn listen(settings: &Settings) -> Result<TcpListener, Failure> {
    TcpListener::bind(&settings.listen).await.map_err(|error| {
        Failure::system(format!(
            "cannot listen on {}: {error}; choose another address with --listen",
            settings.listen
        ))
    })
}

fn routes(
    api: Api,
    token: Option<Token>,
    reloads: Reloads,
    documents: Option<Documents>,
) -> Router {
    let graphql = match token.clone() {
        Some(token) => {
            let known = move |given: &str| token.permits(given).then(|| OPERATOR.to_owned());
            wcc_api::router_with(api, Arc::new(known))
        }
        None => wcc_api::router(api),
    };
    let router = graphql.merge(operator::routes(token.clone(), reloads));
    match documents {
        Some(documents) => router.merge(documents::routes(token, documents)),
        None => router,
    }
}

/// What is to be served: folders of cases, or the ledger.
async fn said(sources: Vec<Source>, settings: &Settings) -> Result<Said, Failure> {
    let mut cases = Vec::new();
    for source in &sources {
        match source {
            Source::Case(folder) => cases.push(folder.clone()),
            Source::Ledger(None) if sources.len() == 1 => {
                return Ok(Said::Ledger(source::ledger(settings, true).await?));
            }
            Source::Ledger(None) => {
                return Err(Failure::refused(
                    "the ledger is served alone: enter the cases into it with `wcc ledger load`",
                ));
            }
            Source::Ledger(Some(_)) => {
                return Err(Failure::refused(
                    "the ledger is served as it stands; a query asks with @asOf how it stood",
                ));
            }
        }
    }
    Ok(Said::Cases(cases))
}

/// Takes in what changed on disk at every SIGHUP; the outcome is in the log.
fn reload_on_hangup(reloads: Reloads) -> Result<JoinHandle<()>, Failure> {
    // Listened to before anybody knows of the server: until then a SIGHUP ends it.
    let mut asked = signal(SignalKind::hangup())
        .map_err(|error| Failure::system(format!("cannot listen to SIGHUP: {error}")))?;
    Ok(tokio::spawn(async move {
        while asked.recv().await.is_some() {
            if let Err(Refused::Busy(why)) = reloads.ask().await {
                tracing::error!("reload rejected; still serving the previous configuration: {why}");
            }
        }
    }))
}

fn log_to_stderr(settings: &Settings) -> Result<(), Failure> {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.log).map_err(|error| {
        Failure::system(format!(
            "setting `log.level` is `{}`: {error}",
            settings.log
        ))
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
