//! `wcc outbox`: the messages for people, and what has become of each.

use super::{Failure, print};
use crate::ledger_access::with_store;
use crate::settings::Settings;
use jiff::tz::TimeZone;
use std::fmt::Write as _;
use wcc_ledger::{MessageState, StoredMessage};

/// Show the messages for people: what happened or is due, for whom, and whether it was sent
///
/// A server makes them from what is entered while it runs, and once a day from what is due.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only for this role
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Only about this body, by code
    #[arg(long, value_name = "CODE")]
    body: Option<String>,
    /// Only those that wait to be sent
    #[arg(long)]
    waiting: bool,
}

impl Arguments {
    fn wants(&self, stored: &StoredMessage) -> bool {
        let message = &stored.message;
        let is = |wanted: &Option<String>, found: &str| {
            let wanted = wanted.as_deref();
            wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
        };
        is(&self.role, &message.role)
            && is(&self.body, &message.body)
            && (!self.waiting || stored.state == MessageState::Waiting)
    }
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let messages = with_store(settings, async |store| Ok(store.messages().await)).await?;
    let messages = messages.map_err(|error| Failure::system(error.to_string()))?;
    let mut text = String::new();
    for stored in messages.iter().filter(|stored| arguments.wants(stored)) {
        let message = &stored.message;
        let made = TimeZone::UTC.to_datetime(stored.made).date();
        let attempts = match stored.attempts {
            0 => String::new(),
            1 => ", tried once".to_owned(),
            2 => ", tried twice".to_owned(),
            often => format!(", tried {often} times"),
        };
        let problem = stored.problem.as_deref();
        let problem = problem.map_or_else(String::new, |problem| format!(": {problem}"));
        let _ = writeln!(
            text,
            "{made}  {}{attempts}{problem}  {} of {}: {} ({})",
            stored.state.name(),
            message.role,
            message.body,
            message.text,
            message.kind.name()
        );
    }
    if text.is_empty() {
        text.push_str("there are no such messages\n");
    }
    print(&text)
}
