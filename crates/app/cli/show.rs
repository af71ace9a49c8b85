//! `wcc ledger show`: shows entries of the ledger.

use super::{Failure, print};
use crate::ledger_access;
use crate::settings::Settings;
use jiff::Timestamp;
use std::fmt::Write as _;
use std::sync::Arc;
use wcc_core::RecordId;
use wcc_core::framework::Methods;
use wcc_core::ledger::{EntryNote, Fact, Origin};
use wcc_core::words::all_of;
use wcc_ledger::format::{ChainedEntry, decode};
use wcc_ledger::store::Row;
use wcc_ledger::{Hash, Ledger};
use wcc_programme::Places;

/// Number of entries listed by default.
const LATEST: u32 = 20;
/// Number of entries read at a time.
const PAGE: u32 = 1_000;

/// The entries to show.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Number of an entry to show in full; by default the latest entries are listed
    #[arg(value_name = "NUMBER")]
    first: Option<u32>,
    /// Number of the last entry of a list that starts at the first
    last: Option<u32>,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    ledger_access::with_ledger(settings, false, async |ledger| {
        show(arguments, ledger).await
    })
    .await
}

async fn show(arguments: Arguments, ledger: &Ledger) -> Result<(), Failure> {
    let head = ledger.head().number;
    let existing = |number: u32| match number {
        1.. if number <= head => Ok(number),
        _ if head == 0 => Err(Failure::not_found("the ledger has no entry yet")),
        _ => Err(Failure::not_found(format!(
            "there is no entry {number}: the entries are 1 to {head}"
        ))),
    };
    match (arguments.first, arguments.last) {
        (None, _) if head == 0 => Ok(()),
        (None, _) => list(ledger, head.saturating_sub(LATEST) + 1, head).await,
        (Some(number), None) => show_entry(ledger, existing(number)?).await,
        (Some(first), Some(last)) if last < first => Err(Failure::refused(format!(
            "entry {last} comes before entry {first}: name the first, then the last"
        ))),
        (Some(first), Some(last)) => list(ledger, existing(first)?, last.min(head)).await,
    }
}

/// Lists entries, one per line.
async fn list(ledger: &Ledger, first: u32, last: u32) -> Result<(), Failure> {
    let mut after = first - 1;
    while after < last {
        let rows = rows(ledger, after, (last - after).min(PAGE)).await?;
        let mut text = String::new();
        for row in &rows {
            let (entry, note) = (read(row)?, note(ledger, row)?);
            write_line(ledger, &mut text, &entry, &note);
        }
        print(&text)?;
        after += rows.len().max(1) as u32;
    }
    Ok(())
}

fn write_line(ledger: &Ledger, text: &mut String, chained: &ChainedEntry, note: &EntryNote) {
    let entry = &chained.entry;
    let time = timestamp(entry.at);
    let summary = summary_of(ledger, &entry.draft.fact);
    let _ = write!(
        text,
        "{:>7}  {time}  {}  {summary}",
        entry.number, note.actor
    );
    if let Some(old) = note.supersedes {
        let _ = write!(text, "; in the place of {old}");
    }
    if let Some(new) = note.superseded_by {
        let _ = write!(text, "; {new} took its place");
    }
    text.push('\n');
}

/// The time of an entry with all of its digits, so that `ledger:TIME` includes the entry.
fn timestamp(at: Timestamp) -> String {
    match at.subsec_nanosecond() % 1_000 {
        0 => format!("{at:.6}"),
        _ => format!("{at:.9}"),
    }
}

/// Shows one entry in full.
async fn show_entry(ledger: &Ledger, number: u32) -> Result<(), Failure> {
    let rows = rows(ledger, number - 1, 1).await?;
    let row = rows.first().filter(|row| row.number == number);
    let row = row.ok_or_else(|| changed(number))?;
    let (chained, note) = (read(row)?, note(ledger, row)?);
    let entry = &chained.entry;
    let mut text = format!(
        "entry {number}: {}\n",
        summary_of(ledger, &entry.draft.fact)
    );
    let mut write_field = |what: &str, value: String| {
        let _ = writeln!(text, "  {what:<16}{value}");
    };
    write_field(
        "entered",
        format!("{} by {}", timestamp(entry.at), note.actor.person),
    );
    write_field("role", note.actor.role.to_string());
    if let Some(body) = &note.actor.body {
        write_field("for", body.to_string());
    }
    if let Some(cycle) = &note.actor.cycle {
        write_field("role limited to", format!("cycle {cycle}"));
    }
    write_field(
        "request",
        format!("{}, part {}", entry.request, entry.part + 1),
    );
    if let Fact::Record { cycle, .. } = &entry.draft.fact {
        write_field("cycle", cycle.to_string());
    }
    if let Some(origin) = &note.origin {
        write_field("written before", source(number, origin));
    }
    if let Some(old) = note.supersedes {
        write_field("in the place of", format!("entry {old}"));
    }
    if let Some(new) = note.superseded_by {
        write_field("superseded by", format!("entry {new}"));
    }
    write_field("hash", row.hash.to_string());
    let as_written = serde_json::from_slice::<serde_json::Value>(&row.bytes);
    let as_written = as_written.map_err(|_| changed(number))?;
    let fact = as_written.get("fact").ok_or_else(|| changed(number))?;
    print(&format!("{text}\n{fact:#}\n"))
}

/// The source of an entry, as shown everywhere.
fn source(number: u32, origin: &Origin) -> String {
    let file = Arc::from(&*origin.file);
    let places = Places::Entries([(number, (file, origin.row))].into());
    places.place(RecordId(number)).unwrap_or_default()
}

async fn rows(ledger: &Ledger, after: u32, count: u32) -> Result<Vec<Row>, Failure> {
    let read = ledger.store().read(after, count).await;
    read.map_err(|error| Failure::system(error.to_string()))
}

/// Decodes an entry and checks its hash.
fn read(row: &Row) -> Result<ChainedEntry, Failure> {
    match decode(&row.bytes) {
        Ok(chained) if Hash::of(&row.bytes) == row.hash => Ok(chained),
        _ => Err(changed(row.number)),
    }
}

fn note(ledger: &Ledger, row: &Row) -> Result<EntryNote, Failure> {
    let note = ledger.look(|state| state.entry(row.number));
    note.ok_or_else(|| changed(row.number))
}

fn changed(number: u32) -> Failure {
    Failure::refused(format!(
        "entry {number} was changed: run `wcc verify` for details"
    ))
}

/// A one-line summary of a fact.
fn summary_of(ledger: &Ledger, fact: &Fact) -> String {
    let summary = match fact {
        Fact::Framework(text) => format!("framework {}", text.id),
        Fact::Organisations(tables) => {
            let names = tables.tables.iter();
            let names = names.map(|table| table.file.rsplit('/').next().unwrap_or(&table.name));
            format!("bodies {}: {}", tables.id, all_of(names))
        }
        Fact::Cycle(cycle) => format!("cycle {}: {}", cycle.id, cycle.title),
        Fact::Rebase(rebase) => {
            let (cycle, bodies) = (&rebase.cycle, &rebase.organisations);
            let reason = rebase.reason.as_deref().map(|reason| format!(": {reason}"));
            format!(
                "cycle {cycle} moves to the bodies {bodies}{}",
                reason.unwrap_or_default()
            )
        }
        Fact::Record { cycle, record } => {
            let framework = ledger.look(|state| {
                let (cycle, _) = state.cycle_at(cycle, state.last())?;
                Some(Arc::clone(&cycle.framework))
            });
            match framework {
                Some(framework) => record.summary(&framework.methods),
                None => record.summary(&Methods::new(Vec::new())),
            }
        }
        Fact::Withdrawn { reason } => format!("withdrawal: {reason}"),
    };
    summary.replace(char::is_control, " ")
}
