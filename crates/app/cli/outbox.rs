//! `wcc outbox`: the messages for people and their delivery, and sending one again.

use super::{Failure, print};
use crate::ledger_access::with_store;
use crate::settings::Settings;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use wcc_ledger::{MessageState, SendAgain, Store, StoreError, StoredMessage};

/// How much of a message's identifier is shown: enough to tell messages apart.
const SHOWN: usize = 12;
/// The shortest beginning of an identifier that is accepted.
const SHORTEST: usize = 8;

/// Show the messages for people: what happened or is due, for whom, and whether it was sent
///
/// A server makes them from what is entered while it runs, and once a day from what is due.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    filter: Filter,
}

#[derive(clap::Subcommand)]
enum Command {
    SendAgain(Again),
}

/// Which messages.
#[derive(clap::Args)]
struct Filter {
    /// Only for this role
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Only about this body, by code
    #[arg(long, value_name = "CODE")]
    body: Option<String>,
    /// Only those that wait to be sent
    #[arg(long)]
    waiting: bool,
    /// Only those that did not reach everybody and are not tried again, without those left out on purpose
    #[arg(long, conflicts_with = "waiting")]
    failed: bool,
}

/// Send messages again to those whom they have not reached
///
/// Nobody who has a message gets it a second time. A running server sends it within a few minutes.
#[derive(clap::Args)]
struct Again {
    /// Identifiers of messages, as `wcc outbox` shows them
    #[arg(value_name = "ID", required_unless_present = "failed")]
    ids: Vec<String>,
    /// Every message that did not reach everybody and is not tried again, without those left out on purpose
    #[arg(long, conflicts_with = "ids")]
    failed: bool,
    /// The person who has them sent again
    #[arg(long, default_value = "operator")]
    author: String,
}

impl Filter {
    fn includes(&self, stored: &StoredMessage) -> bool {
        let message = &stored.message;
        let is = |wanted: &Option<String>, found: &str| {
            let wanted = wanted.as_deref();
            wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
        };
        is(&self.role, &message.role)
            && is(&self.body, &message.body)
            && (!self.waiting || stored.state == MessageState::Waiting)
            && (!self.failed || has_failed(stored))
    }
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let listed = with_store(settings, async |store| {
        if let Some(Command::SendAgain(again)) = &arguments.command {
            return send_again(again, store).await;
        }
        let messages = store.messages().await.map_err(unreadable)?;
        let listed = messages.iter();
        let listed = listed.filter(|stored| arguments.filter.includes(stored));
        print_some(&listed.map(line).collect::<String>())
    });
    listed.await
}

fn print_some(text: &str) -> Result<(), Failure> {
    print(if text.is_empty() {
        "there are no such messages\n"
    } else {
        text
    })
}

/// Whether a message did not reach everybody, and was not left out on purpose.
fn has_failed(stored: &StoredMessage) -> bool {
    stored.can_be_sent_again() && stored.state != MessageState::NotSent
}

fn unreadable(error: StoreError) -> Failure {
    Failure::system(error.to_string())
}

/// Has messages sent again, and prints each as soon as this is noted. One that cannot be sent again does not keep the
/// others.
async fn send_again(again: &Again, store: &Store) -> Result<(), Failure> {
    store.migrate().await.map_err(unreadable)?;
    let messages = store.messages().await.map_err(unreadable)?;
    let wanted: Vec<&StoredMessage> = if again.failed {
        let failed = messages.iter();
        failed.filter(|stored| has_failed(stored)).collect()
    } else {
        let ids = again.ids.iter();
        ids.map(|id| find(id, &messages))
            .collect::<Result<_, _>>()?
    };
    let request = SendAgain {
        at: Timestamp::now(),
        by: again.author.clone(),
    };
    let mut is_any = false;
    let mut problems = Vec::new();
    for stored in wanted {
        let id = &stored.message.id;
        let is_sent = store.send_message_again(id, &request).await;
        if is_sent.map_err(unreadable)? {
            print(&format!("{} is sent again\n", shown(stored)))?;
            is_any = true;
        } else if !again.failed {
            let state = match stored.state {
                MessageState::Waiting => "waits to be sent already",
                _ => "was sent to everybody for whom it is",
            };
            problems.push(format!("the message {} {state}", shown(stored)));
        }
        // Of those that had failed, somebody else was quicker.
    }
    if !problems.is_empty() {
        return Err(Failure::refused(problems.join("; ")));
    }
    if is_any { Ok(()) } else { print_some("") }
}

/// The message whose identifier begins in this way.
fn find<'m>(id: &str, messages: &'m [StoredMessage]) -> Result<&'m StoredMessage, Failure> {
    if id.len() < SHORTEST {
        return Err(Failure::refused(format!(
            "`{id}` is too short: give at least {SHORTEST} characters of the identifier that `wcc outbox` shows"
        )));
    }
    let begins = id.to_ascii_lowercase();
    let mut found = messages.iter();
    let mut found = found
        .by_ref()
        .filter(|stored| stored.message.id.starts_with(&begins));
    match (found.next(), found.next()) {
        (Some(stored), None) => Ok(stored),
        (Some(_), Some(_)) => Err(Failure::refused(format!(
            "several messages begin with `{id}`: give more characters"
        ))),
        (None, _) => Err(Failure::not_found(format!(
            "there is no message `{id}`; `wcc outbox` shows all"
        ))),
    }
}

fn shown(stored: &StoredMessage) -> &str {
    let id = &stored.message.id;
    id.get(..SHOWN).unwrap_or(id)
}

/// A message in one line: identifier, day, state, and what it is about.
fn line(stored: &StoredMessage) -> String {
    let message = &stored.message;
    let made = TimeZone::UTC.to_datetime(stored.made).date();
    format!(
        "{}  {made}  {}  {} of {}: {} ({})\n",
        shown(stored),
        delivery(stored),
        message.role,
        message.body,
        message.text,
        message.kind.name()
    )
}

/// What became of a message: "waiting, tried twice: 1 address: ..., next attempt 2009-03-01 10:20 UTC".
fn delivery(stored: &StoredMessage) -> String {
    let mut words = stored.state.name().to_owned();
    if stored.sent_to > 0 {
        words.push_str(&match stored.sent_to {
            1 => " to 1 person".to_owned(),
            many => format!(" to {many} people"),
        });
    }
    match stored.attempts {
        0 => {}
        1 => words.push_str(", tried once"),
        2 => words.push_str(", tried twice"),
        often => words.push_str(&format!(", tried {often} times")),
    }
    if let Some(problem) = &stored.problem {
        words.push_str(": ");
        words.push_str(problem);
        if stored.state == MessageState::Waiting {
            let next = stored.next_attempt.strftime("%Y-%m-%d %H:%M UTC");
            words.push_str(&format!(", next attempt {next}"));
        }
    }
    if let Some(again) = &stored.sent_again {
        let at = again.at.strftime("%Y-%m-%d %H:%M UTC");
        words.push_str(&format!(", sent again by {} on {at}", again.by));
    }
    words
}
