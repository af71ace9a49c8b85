//! `wcc survey`: surveys from the questionnaire to the results.

mod answer;
mod close;
mod collect;
mod discard;
mod open;
mod show;

use super::Failure;
use super::today;
use crate::settings::Settings;
use crate::stop::StopSignals;
use std::path::Path;
use wcc_survey::{KeyFolder, SurveyError, SurveyStore, Surveys};

/// Run a survey: of partners, of practice-based commissioning clusters, of staff
///
/// Answers stay outside the ledger and apart from the people who gave them. While a survey is open,
/// only response rates are shown. Closing it records the overall results in the ledger, and destroys
/// invitations and answers. Groups with fewer respondents than the questionnaire's minimum are never
/// shown by themselves. docs/surveys.md describes the process and its limits.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Check(open::Check),
    Open(open::Open),
    Invite(collect::Invite),
    Remind(collect::Remind),
    Answer(answer::Answer),
    ImportAnswers(collect::ImportAnswers),
    Status(show::Status),
    Close(close::Close),
    Discard(discard::Discard),
    Results(show::Results),
    Needs(show::Needs),
}

pub(super) async fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Check(arguments) => open::check(&arguments, settings),
        Command::Open(arguments) => open::open(arguments, settings).await,
        Command::Invite(arguments) => collect::invite(&arguments, settings).await,
        Command::Remind(arguments) => collect::remind(&arguments, settings).await,
        Command::Answer(arguments) => answer::answer(&arguments, settings).await,
        Command::ImportAnswers(arguments) => collect::import_answers(&arguments, settings).await,
        Command::Status(arguments) => show::status(&arguments, settings).await,
        Command::Close(arguments) => close::close(&arguments, settings).await,
        Command::Discard(arguments) => discard::discard(&arguments, settings).await,
        Command::Results(arguments) => show::results(&arguments, settings).await,
        Command::Needs(arguments) => show::needs(&arguments, settings).await,
    }
}

/// The survey that a command is about.
#[derive(clap::Args)]
struct SurveyArgument {
    /// The survey: CYCLE/BODY/QUESTIONNAIRE, or the end of it if that fits only one:
    /// 5KF/partners-360
    #[arg(value_name = "SURVEY")]
    name: String,
}

/// Opens the database of surveys, runs some work and closes it, even if the work fails or the
/// process is asked to stop.
async fn with_surveys<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(Surveys<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut signals = StopSignals::listen()?;
    let surveys = &settings.surveys;
    let store = SurveyStore::open(&surveys.address, &settings.ledger.sha)
        .await
        .map_err(|error| {
            let error = SurveyError::from(error);
            Failure::system(format!("{} (surveys.address): {error}", surveys.address))
        })?;
    let keys = KeyFolder::new(&surveys.keys);
    let result = signals
        .unless_stopped(work(Surveys::new(&store, &keys)))
        .await;
    store.close().await;
    signals.end_the_process();
    result
}

fn in_file(file: &Path, message: &str) -> Failure {
    Failure::refused(format!("{}: {message}", file.display()))
}

/// The name of a file as problems show it.
fn name_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Opens a file for reading.
fn opened(file: &Path) -> Result<std::fs::File, Failure> {
    crate::contained::open_regular(file)
}

/// Creates a file that only its owner can read and that must not be there yet.
fn create_private(file: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

impl From<SurveyError> for Failure {
    fn from(error: SurveyError) -> Failure {
        let message = error.to_string();
        match error {
            SurveyError::NoSurvey { .. }
            | SurveyError::NoCycle { .. }
            | SurveyError::NoBody { .. } => Failure::not_found(message),
            SurveyError::Key(_)
            | SurveyError::Store(_)
            | SurveyError::Busy
            | SurveyError::Random(_) => Failure::system(message),
            _ => Failure::refused(message),
        }
    }
}
