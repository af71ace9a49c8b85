//! `wcc token`: issues, lists and revokes the server's own tokens.

use super::grants::GrantArguments;
use super::{Failure, print};
use crate::settings::Settings;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use wcc_case::nearest;
use wcc_core::words::counted;
use wcc_tokens::{Grant, IssuedToken, NewToken, Register, RegisterError, TOKEN_DAYS, TokenState};

/// Issue, list and revoke bearer tokens for people (see docs/tokens.md)
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Issue(Box<Issue>),
    List(List),
    Revoke(Revoke),
    /// The keys that sign tokens
    #[command(subcommand)]
    Key(KeyCommand),
}

/// Issue a token: print it, or write it to a file that only you can read
///
/// The token says who holds it and in which roles, for how long. Whoever has it can use it, and it
/// is shown only this once. A running server accepts it at once.
#[derive(clap::Args)]
pub(crate) struct Issue {
    /// Name of whoever will hold it
    #[arg(long, value_name = "NAME")]
    person: String,
    #[command(flatten)]
    grants: GrantArguments,
    /// First day, in UTC; from now on if omitted
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Number of days for which it is valid
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(i64).range(TOKEN_DAYS))]
    days: i64,
    /// File to write it to, which must not exist yet; standard output if omitted
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// List issued tokens by identifier, with their holders, roles and dates
#[derive(clap::Args)]
pub(crate) struct List {
    /// Also those that are expired or revoked
    #[arg(long)]
    all: bool,
    /// Only those of this person
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
}

/// Revoke tokens: a running server refuses them from its next request on
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Revoke {
    /// Identifier of a token, or its first digits
    id: Option<String>,
    /// All tokens of this person
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
}

/// The keys that sign tokens
#[derive(clap::Subcommand)]
pub(crate) enum KeyCommand {
    /// List the keys, and until when tokens signed with them are valid
    List,
    /// Make a new key that signs from now on; tokens of the old one stay valid for a while
    Rotate {
        /// Number of days for which tokens of the old key stay valid; 0 to refuse them at once
        #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(i64).range(0..=400))]
        days: i64,
    },
}

pub(super) async fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Issue(issue) => run_issue(*issue, settings).await,
        Command::List(list) => run_list(&list, settings),
        Command::Revoke(revoke) => run_revoke(&revoke, settings),
        Command::Key(KeyCommand::List) => run_key_list(settings),
        Command::Key(KeyCommand::Rotate { days }) => rotate(days, settings),
    }
}

async fn run_issue(issue: Issue, settings: &Settings) -> Result<(), Failure> {
    let grants = issue.grants.known(Grant::from_text, settings).await?;
    let now = Timestamp::now();
    let token = NewToken::for_days(&issue.person, grants, issue.from, issue.days, now);
    let token = token.map_err(|error| Failure::refused(error.to_string()))?;
    // Before the token is issued, so that none is entered that nobody received.
    let out = issue.out.as_deref().map(create_private).transpose()?;
    let issued = Register::issue(&settings.data, token, now);
    let delivered = issued.map_err(Failure::from).and_then(|(token, issued)| {
        match out {
            Some(mut file) => writeln!(file, "{token}")
                .and_then(|()| file.sync_all())
                .map_err(|error| Failure::system(format!("cannot write the token: {error}")))?,
            None => print(&format!("{token}\n"))?,
        }
        Ok(issued)
    });
    match delivered {
        Ok(issued) => {
            anstream::eprintln!("issued {}", in_words(&issued));
            Ok(())
        }
        Err(failure) => {
            // Nothing was there before.
            if let Some(path) = &issue.out {
                let _ = std::fs::remove_file(path);
            }
            Err(failure)
        }
    }
}

fn create_private(path: &Path) -> Result<std::fs::File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
        .open(path)
        .map_err(|error| Failure::system(format!("cannot create {}: {error}", path.display())))
}

fn run_list(list: &List, settings: &Settings) -> Result<(), Failure> {
    let now = Timestamp::now();
    let register = Register::open_or_create(&settings.data, now)?;
    let mut text = String::new();
    let (mut shown, mut hidden) = (0, 0);
    for token in register.tokens() {
        if list
            .person
            .as_ref()
            .is_some_and(|person| *person != token.person)
        {
            continue;
        }
        let state = register.state(token, now);
        let is_over = matches!(state, TokenState::Expired | TokenState::Revoked);
        if is_over && !list.all {
            hidden += 1;
            continue;
        }
        shown += 1;
        let revoked = token.revoked.map(|at| format!(" on {}", minutes(at)));
        let state = match state {
            TokenState::Valid => "",
            TokenState::NotYet => ", not valid yet",
            TokenState::Expired => ", expired",
            TokenState::Revoked => ", revoked",
        };
        let _ = writeln!(
            text,
            "{}{state}{}",
            in_words(token),
            revoked.unwrap_or_default()
        );
    }
    let _ = write!(text, "{}", counted(shown, "token"));
    if hidden > 0 {
        let _ = write!(text, "; {hidden} more expired or revoked (--all)");
    }
    text.push('\n');
    print(&text)
}

fn run_revoke(revoke: &Revoke, settings: &Settings) -> Result<(), Failure> {
    let now = Timestamp::now();
    let register = Register::open_or_create(&settings.data, now)?;
    let revoked = match (&revoke.id, &revoke.person) {
        (Some(id), _) => {
            let token = register.find(id, |id, ids| nearest(id, ids))?;
            let id = token.id.clone();
            Register::revoke(&settings.data, |token| token.id == id, now)?
        }
        (None, Some(person)) => {
            let mut tokens = register.tokens().iter();
            if !tokens.any(|token| token.person == *person) {
                let persons = register.tokens().iter().map(|token| token.person.as_str());
                return Err(super::places::unknown(
                    "person with a token named",
                    person,
                    persons,
                ));
            }
            Register::revoke(&settings.data, |token| token.person == *person, now)?
        }
        (None, None) => Vec::new(),
    };
    let mut text = String::new();
    for token in &revoked {
        let _ = writeln!(text, "revoked {}", in_words(token));
    }
    if revoked.is_empty() {
        text.push_str("already revoked\n");
    }
    print(&text)
}

fn run_key_list(settings: &Settings) -> Result<(), Failure> {
    let now = Timestamp::now();
    let register = Register::open_or_create(&settings.data, now)?;
    let mut text = String::new();
    for key in register.keys() {
        let state = match key.until {
            None => "signs new tokens".to_owned(),
            Some(until) if now < until => format!("its tokens are valid until {}", minutes(until)),
            Some(until) => format!("its tokens are refused since {}", minutes(until)),
        };
        let _ = writeln!(
            text,
            "{}  made on {}, {state}",
            key.id,
            minutes(key.created)
        );
    }
    print(&text)
}

fn rotate(days: i64, settings: &Settings) -> Result<(), Failure> {
    let now = Timestamp::now();
    Register::open_or_create(&settings.data, now)?;
    let until = days_after(now, days)?;
    let key = Register::rotate_key(&settings.data, until, now)?;
    let old = if days == 0 {
        "tokens of earlier keys are refused from now on".to_owned()
    } else {
        format!(
            "tokens of earlier keys are valid until {} at most",
            minutes(until)
        )
    };
    print(&format!("key {} signs new tokens; {old}\n", key.id))
}

/// `1f2e3d4c5b6a7988  A. Person (panel;body=Q30), from 2009-03-01 00:00 to 2009-05-30 00:00`.
fn in_words(token: &IssuedToken) -> String {
    let grants: Vec<String> = token.grants.iter().map(ToString::to_string).collect();
    format!(
        "{}  {} ({}), from {} to {}",
        token.id,
        token.person,
        grants.join(", "),
        minutes(token.from),
        minutes(token.until)
    )
}

/// A time to the minute, in UTC.
fn minutes(time: Timestamp) -> String {
    let time = TimeZone::UTC.to_datetime(time);
    format!(
        "{} {:02}:{:02} UTC",
        time.date(),
        time.hour(),
        time.minute()
    )
}

fn days_after(time: Timestamp, days: i64) -> Result<Timestamp, Failure> {
    let after = time.checked_add(SignedDuration::from_hours(24 * days));
    after.map_err(|_| Failure::refused("the last day is outside the range of dates"))
}

impl From<RegisterError> for Failure {
    fn from(error: RegisterError) -> Failure {
        match error {
            RegisterError::Unknown { .. } => Failure::not_found(error.to_string()),
            error => Failure::system(error.to_string()),
        }
    }
}
