//! `wcc serve`: the GraphQL API over HTTP.

use super::{Failure, print};
use crate::ledger_access;
use crate::load;
use crate::settings::{LogFormat, Settings};
use crate::source::Source;
use crate::stop::StopSignals;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use wcc_ledger::SystemClock;
use wcc_mail::MailSender;
use wcc_render::pdf::HOW_TO_BUILD;
use wcc_server::{
    Configuration, ConfigurationError, ConfigurationSource, FactSource, LedgerSettings,
    MessageDelivery, PdfProgram, ReloadError, ReportSettings, Server, SnapshotError, StartError,
    SurveySettings,
};

/// Serve cases over GraphQL, with GraphiQL in the browser
///
/// Listens on this machine only, unless --listen or the settings say otherwise. On Ctrl-C or
/// SIGTERM, stops accepting requests, closes the subscriptions, finishes the requests in progress and
/// exits with 0. On SIGHUP, or on POST /plugins/reload with the operator's token, reads the settings,
/// plugins, tables and cases again and replaces them all at once; if any of them has an error, the
/// server keeps serving the old ones.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folders of cases; or `ledger:` alone, to serve the ledger and record new entries in it
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
    load::require_settings(settings)?;
    let mut signals = StopSignals::listen()?;
    let started = Server::start(
        server_settings(arguments.sources, config, settings)?,
        async {
            signals.next().await;
        },
    );
    let server = match started.await {
        Ok(server) => server,
        // Being stopped is not a failure.
        Err(StartError::Stopped) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let served = serve(&server, settings, &mut signals).await;
    server.close().await;
    served
}

/// What a server is started with.
pub(super) fn server_settings(
    sources: Vec<Source>,
    config: Option<PathBuf>,
    settings: &Settings,
) -> Result<wcc_server::Settings, Failure> {
    Ok(wcc_server::Settings {
        facts: facts(sources, settings)?,
        configuration: configuration(config),
        worker: load::worker()?,
        data: settings.data.clone(),
        api: api(settings),
        workbooks: Arc::new(crate::workbook_reader::ContainedReader),
        reports: reports(settings)?,
        accounts: Some(settings.accounts.clone()),
        clock: Arc::new(SystemClock),
        delivery: delivery(settings)?,
    })
}

/// How messages are sent to people, if there is a mail server.
fn delivery(settings: &Settings) -> Result<Option<MessageDelivery>, Failure> {
    let Some(mail) = &settings.mail else {
        return Ok(None);
    };
    let sender = MailSender::new(mail.server.clone());
    let sender = sender.map_err(|error| Failure::refused(error.to_string()))?;
    Ok(Some(MessageDelivery {
        sender: Arc::new(sender),
        signed_in_within: mail.signed_in_within,
    }))
}

/// How the server lays documents out. A style with a fault is refused before anything is served.
fn reports(settings: &Settings) -> Result<ReportSettings, Failure> {
    let mut reports = ReportSettings::with_style(settings.style.as_deref())
        .map_err(|error| Failure::refused(error.to_string()))?;
    reports.pdf = match &settings.pdf {
        Some(program) if !program.is_file() => {
            return Err(Failure::refused(format!(
                "setting `documents.pdf`: there is no program at {}; {HOW_TO_BUILD}, or leave the \
                 setting out",
                program.display()
            )));
        }
        Some(program) => PdfProgram::At(program.clone()),
        None => PdfProgram::Found,
    };
    reports
        .check_templates()
        .map_err(|error| Failure::refused(error.to_string()))?;
    Ok(reports)
}

/// Serves until asked to stop.
async fn serve(
    server: &Server,
    settings: &Settings,
    signals: &mut StopSignals,
) -> Result<(), Failure> {
    let listener = listen(settings).await?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::system(error.to_string()))?;
    // From here on a SIGHUP no longer ends the process.
    let hangups = signal(SignalKind::hangup())
        .map_err(|error| Failure::system(format!("cannot listen to SIGHUP: {error}")))?;
    // The programme is dropped soon, because holding it would keep it in memory while the server
    // runs.
    let programme = server.programme();
    let assured = programme
        .cycles
        .iter()
        .map(|assured| assured.cycle.id.clone());
    let not_assured = programme.not_assured.iter();
    let not_assured = not_assured.map(|cycle| format!("{} (not assured)", cycle.cycle.id));
    let cycles: Vec<String> = assured.chain(not_assured).collect();
    drop(programme);
    print(&format!(
        "serving {} at http://{address}/graphql\nopen http://{address}/ in a browser\n",
        if cycles.is_empty() {
            "an empty ledger".to_owned()
        } else {
            cycles.join(", ")
        },
    ))?;
    let (stop, stopping) = oneshot::channel::<()>();
    let serving = server.serve(listener, async move {
        let _ = stopping.await;
    });
    let stopped_twice = async {
        signals.next().await;
        let _ = stop.send(());
        signals.next().await;
    };
    tokio::select! {
        served = serving => served
            .map_err(|error| Failure::system(format!("the server stopped: {error}"))),
        () = stopped_twice => {
            tracing::warn!("second stop signal: dropping the requests in progress");
            Ok(())
        }
        () = reload_on_hangup(server, hangups) => Ok(()),
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

fn api(settings: &Settings) -> wcc_api::Settings {
    wcc_api::Settings {
        body_bytes: settings.body_bytes,
        answer_bytes: settings.answer_bytes,
        request_time: Duration::from_secs(settings.request_seconds),
        subscriptions: settings.subscriptions.clone(),
        ..wcc_api::Settings::default()
    }
}

/// The source of the facts: folders of cases, or the ledger.
fn facts(sources: Vec<Source>, settings: &Settings) -> Result<FactSource, Failure> {
    let mut folders = Vec::new();
    let is_only_source = sources.len() == 1;
    for source in sources {
        match source {
            Source::Case(folder) => folders.push(folder),
            Source::Ledger(None) if is_only_source => {
                return Ok(FactSource::Ledger(LedgerSettings {
                    opening: ledger_access::opening(settings, true),
                    documents: settings.ledger.documents.clone(),
                    surveys: Some(Box::new(SurveySettings {
                        address: settings.surveys.address.clone(),
                        keys: settings.surveys.keys.clone(),
                        sha: settings.ledger.sha.clone(),
                    })),
                }));
            }
            Source::Ledger(None) => {
                return Err(Failure::refused(
                    "the ledger cannot be served together with cases: enter the cases into it with `wcc ledger load`",
                ));
            }
            Source::Ledger(Some(_)) => {
                return Err(Failure::refused(
                    "only the current ledger can be served; queries can use @asOf to read an earlier \
                     point",
                ));
            }
        }
    }
    Ok(FactSource::Cases(folders))
}

/// The settings files, read again at every reload.
fn configuration(file: Option<PathBuf>) -> ConfigurationSource {
    ConfigurationSource::new(move || {
        let settings = Settings::read(file.as_deref(), &[]).map_err(ConfigurationError::new)?;
        load::require_settings(&settings)
            .map_err(|failure| ConfigurationError::new(failure.to_string()))?;
        Ok(Configuration {
            frameworks: settings.frameworks,
            organisations: settings.organisations,
            policies: settings.policies,
            plugins: settings.plugins,
            trust: settings.trust,
            tokens: settings.tokens,
        })
    })
}

/// Reloads at every SIGHUP, forever. The server logs the result of each reload.
async fn reload_on_hangup(server: &Server, mut hangups: Signal) {
    while hangups.recv().await.is_some() {
        if let Err(error @ (ReloadError::Busy | ReloadError::Stopping)) = server.reload().await {
            tracing::error!("reload rejected; still serving the previous configuration: {error}");
        }
    }
    std::future::pending().await
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

impl From<StartError> for Failure {
    fn from(error: StartError) -> Failure {
        match error {
            StartError::Ledger(error) => error.into(),
            StartError::Documents(error) => error.into(),
            StartError::Snapshot(error) => error.into(),
            error => Failure::system(error.to_string()),
        }
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Failure {
        Failure::refused(error.to_string())
    }
}
