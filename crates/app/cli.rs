//! The command line: one file for each command.

#[cfg(feature = "server")]
mod account;
mod assure;
#[cfg(feature = "server")]
mod bundle;
mod calibration;
#[cfg(feature = "server")]
mod config;
#[cfg(feature = "server")]
mod due;
#[cfg(feature = "server")]
mod enter;
mod evidence;
mod explain;
mod framework;
#[cfg(feature = "server")]
mod grants;
#[cfg(feature = "server")]
mod import;
mod indicators;
#[cfg(feature = "server")]
mod ledger;
#[cfg(feature = "server")]
mod outbox;
#[cfg(feature = "server")]
mod panel;
#[cfg(feature = "server")]
mod phase;
#[cfg(feature = "server")]
mod places;
#[cfg(feature = "server")]
mod planning;
mod plugin;
#[cfg(feature = "server")]
mod policy;
#[cfg(feature = "server")]
mod rebase;
#[cfg(feature = "server")]
mod release;
#[cfg(feature = "server")]
mod released;
mod report;
#[cfg(feature = "server")]
mod serve;
#[cfg(feature = "server")]
mod show;
mod standing;
#[cfg(feature = "server")]
mod survey;
#[cfg(feature = "server")]
mod template;
#[cfg(feature = "server")]
mod token;
mod what_if;
mod whole_file;

use crate::settings::{Settings, SettingsError};
#[cfg(feature = "server")]
use crate::stop::Stop;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  a case, framework, table, policy, setting or ledger has an error; the message says where
  2  invalid command line
  3  a plugin was refused
  4  there is no such cycle, body, measure or entry, or the ledger is empty
  5  a system error: a file, an address, a process
  6  completed, but documents that entries name are missing or changed; the message lists them
  130, 143  stopped by Ctrl-C or SIGTERM before completion (a server that is stopped exits with 0)";

/// Assures bodies by the rules of a framework: each group once, with an output for every body in it.
#[derive(Parser)]
#[command(name = "wcc", version, about, after_help = EXIT_CODES, max_term_width = 100)]
struct Arguments {
    /// Settings file; default: configs/wcc.toml here or in a folder above
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Assure(assure::Arguments),
    Explain(explain::Arguments),
    Indicators(indicators::Arguments),
    Calibration(calibration::Arguments),
    WhatIf(what_if::Arguments),
    Evidence(evidence::Arguments),
    Report(report::Arguments),
    Standing(standing::Arguments),
    #[command(subcommand)]
    Framework(framework::Command),
    #[command(subcommand)]
    Plugin(plugin::Command),
    #[cfg(feature = "server")]
    Serve(serve::Arguments),
    #[cfg(feature = "server")]
    Config(config::Arguments),
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Policy(policy::Command),
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Ledger(ledger::Command),
    #[cfg(feature = "server")]
    Verify(ledger::Verify),
    #[cfg(feature = "server")]
    Export(bundle::Export),
    #[cfg(feature = "server")]
    Import(import::Command),
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Enter(enter::Command),
    #[cfg(feature = "server")]
    Template(template::Arguments),
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Phase(phase::Command),
    #[cfg(feature = "server")]
    Planning(planning::Arguments),
    #[cfg(feature = "server")]
    Panel(panel::Arguments),
    #[cfg(feature = "server")]
    Due(due::Arguments),
    #[cfg(feature = "server")]
    Outbox(outbox::Arguments),
    #[cfg(feature = "server")]
    Release(release::Arguments),
    #[cfg(feature = "server")]
    Released(released::Arguments),
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Survey(survey::Command),
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Token(token::Command),
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Account(account::Command),
    #[cfg(feature = "server")]
    Backup(bundle::Backup),
}

/// Why a command failed, with its exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// The input has an error.
    pub(crate) fn refused(message: impl Into<String>) -> Failure {
        Failure {
            code: 1,
            message: message.into(),
        }
    }

    /// The command line is invalid in a way that the parser does not see.
    #[cfg(feature = "server")]
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure {
            code: 2,
            message: message.into(),
        }
    }

    /// A plugin was refused.
    pub(crate) fn plugin(message: impl Into<String>) -> Failure {
        Failure {
            code: 3,
            message: message.into(),
        }
    }

    /// No such cycle, body or measure.
    pub(crate) fn not_found(message: impl Into<String>) -> Failure {
        Failure {
            code: 4,
            message: message.into(),
        }
    }

    /// Completed, but documents that entries name are lost.
    #[cfg(feature = "server")]
    pub(crate) fn lost(message: impl Into<String>) -> Failure {
        Failure {
            code: 6,
            message: message.into(),
        }
    }

    /// Stopped before completion.
    #[cfg(feature = "server")]
    pub(crate) fn stopped(stop: Stop) -> Failure {
        Failure {
            code: stop.exit_code(),
            message:
                "stopped before completion; the ledger is closed and keeps everything entered \
                      so far: `wcc ledger show` lists it"
                    .to_owned(),
        }
    }

    /// A system error.
    pub(crate) fn system(message: impl Into<String>) -> Failure {
        Failure {
            code: 5,
            message: message.into(),
        }
    }
}

impl From<wcc_case::Problems> for Failure {
    fn from(problems: wcc_case::Problems) -> Failure {
        Failure {
            code: 1,
            message: problems.to_string(),
        }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Failure {
        Failure {
            code: 1,
            message: error.to_string(),
        }
    }
}

impl From<wcc_programme::ProgrammeError> for Failure {
    fn from(error: wcc_programme::ProgrammeError) -> Failure {
        Failure {
            code: 1,
            message: error.to_string(),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(self.message.trim_end())
    }
}

/// Runs the command given by the arguments.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let flags = match &arguments.command {
        #[cfg(feature = "server")]
        Command::Serve(serve) => serve.flags(),
        _ => Vec::new(),
    };
    let result = Settings::read(arguments.config.as_deref(), &flags)
        .map_err(Failure::from)
        .and_then(|settings| dispatch(arguments, &settings));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            anstream::eprintln!("{failure}");
            ExitCode::from(failure.code)
        }
    }
}

fn dispatch(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    match arguments.command {
        Command::Assure(arguments) => block_on(assure::run(arguments, settings)),
        Command::Explain(arguments) => block_on(explain::run(arguments, settings)),
        Command::Indicators(arguments) => block_on(indicators::run(arguments, settings)),
        Command::Calibration(arguments) => block_on(calibration::run(arguments, settings)),
        Command::WhatIf(arguments) => block_on(what_if::run(arguments, settings)),
        Command::Evidence(arguments) => block_on(evidence::run(arguments, settings)),
        Command::Report(arguments) => block_on(report::run(arguments, settings)),
        Command::Standing(arguments) => block_on(standing::run(arguments, settings)),
        Command::Framework(command) => framework::run(command, settings),
        Command::Plugin(command) => block_on(plugin::run(command, settings)),
        #[cfg(feature = "server")]
        Command::Serve(serve) => block_on(serve::run(serve, arguments.config, settings)),
        #[cfg(feature = "server")]
        Command::Config(arguments) => config::run(arguments, settings),
        #[cfg(feature = "server")]
        Command::Policy(command) => block_on(policy::run(command, settings)),
        #[cfg(feature = "server")]
        Command::Ledger(command) => block_on(ledger::run(command, settings)),
        #[cfg(feature = "server")]
        Command::Verify(arguments) => block_on(ledger::verify(arguments, settings)),
        #[cfg(feature = "server")]
        Command::Export(arguments) => block_on(bundle::export(arguments, settings)),
        #[cfg(feature = "server")]
        Command::Import(arguments) => block_on(import::run(arguments, settings)),
        #[cfg(feature = "server")]
        Command::Enter(command) => block_on(enter::run(command, arguments.config, settings)),
        #[cfg(feature = "server")]
        Command::Template(arguments) => block_on(template::run(arguments, settings)),
        #[cfg(feature = "server")]
        Command::Phase(command) => block_on(phase::run(command, settings)),
        #[cfg(feature = "server")]
        Command::Planning(arguments) => block_on(planning::run(arguments, settings)),
        #[cfg(feature = "server")]
        Command::Panel(arguments) => block_on(panel::run(arguments, settings)),
        #[cfg(feature = "server")]
        Command::Due(arguments) => block_on(due::run(arguments, settings)),
        #[cfg(feature = "server")]
        Command::Outbox(arguments) => block_on(outbox::run(arguments, settings)),
        #[cfg(feature = "server")]
        Command::Release(arguments) => block_on(release::run(arguments, settings)),
        #[cfg(feature = "server")]
        Command::Released(arguments) => block_on(released::run(arguments, settings)),
        #[cfg(feature = "server")]
        Command::Survey(command) => block_on(survey::run(command, settings)),
        #[cfg(feature = "server")]
        Command::Token(command) => block_on(token::run(command, settings)),
        #[cfg(feature = "server")]
        Command::Account(command) => block_on(account::run(command, settings)),
        #[cfg(feature = "server")]
        Command::Backup(arguments) => block_on(bundle::backup(arguments, settings)),
    }
}

/// Runs asynchronous work on a new runtime.
fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::system(format!("cannot start the runtime: {error}")))?;
    let result = runtime.block_on(work);
    // A reload in progress must not delay a server that stops.
    runtime.shutdown_background();
    result
}

/// Today, by the clock of this machine, in universal time.
fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date()
}

/// Prints to standard output. A closed pipe (`| head`) is not a failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::system(
            format!("cannot write to standard output: {error}"),
        )),
        _ => Ok(()),
    }
}
