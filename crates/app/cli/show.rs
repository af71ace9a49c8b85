//! `wcc ledger show`: what was entered, by whom and when.

use super::{Failure, print};
use crate::ledger_access;
use crate::settings::Settings;
use jiff::Timestamp;
use std::fmt::Write as _;
use std::sync::Arc;
use wcc_core::RecordId;
use wcc_core::ledger::{EntryNote, Fact, Origin};
use wcc_core::words::all_of;
use wcc_ledger::format::{ChainedEntry, decode};
use wcc_ledger::store::Row;
use wcc_ledger::{Hash, Ledger};
use wcc_programme::Places;

/// Entries that are listed where none are named.
const LATEST: u32 = 20;
/// Entries that are read at once.
const PAGE: u32 = 1_000;

/// Which entries.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// An entry, to be shown whole; the latest are listed where none is named
    #[arg(value_name = "NUMBER")]
    first: Option<u32>,
    /// The last of several, to be listed from the first on
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
    let there = |number: u32| match number {
        1.. if number <= head => Ok(number),
        _ if head == 0 => Err(Failure::not_found("the ledger has no entry yet")),
        _ => Err(Failure::not_found(format!(
            "there is no entry {number}: the entries are 1 to {head}"
        ))),
    };
    match (arguments.first, arguments.last) {
        (None, _) if head == 0 => Ok(()),
        (None, _) => list(ledger, head.saturating_sub(LATEST) + 1, head).await,
        (Some(number), None) => whole(ledger, there(number)?).await,
        (Some(first), Some(last)) if last < first => Err(Failure::refused(format!(
            "entry {last} comes before entry {first}: name the first, then the last"
        ))),
        (Some(first), Some(last)) => list(ledger, there(first)?, last.min(head)).await,
    }
}

/// Lists entries, one a line.
async fn list(ledger: &Ledger, first: u32, last: u32) -> Result<(), Failure> {
    let mut after = first - 1;
    while after < last {
        let rows = rows(ledger, after, (last - after).min(PAGE)).await?;
        let mut text = String::new();
        for row in &rows {
            let (written, note) = (read(row)?, note(ledger, row)?);
            line(&mut text, &written, &note);
        }
        print(&text)?;
        after += rows.len().max(1) as u32;
    }
    Ok(())
}

fn line(text: &mut String, written: &ChainedEntry, note: &EntryNote) {
    let entry = &written.entry;
    let at = moment(entry.at);
    let said = said(&entry.draft.fact);
    let _ = write!(text, "{:>7}  {at}  {}  {said}", entry.number, note.actor);
    if let Some(old) = note.supersedes {
        let _ = write!(text, "; in the place of {old}");
    }
    if let Some(new) = note.superseded_by {
        let _ = write!(text, "; {new} took its place");
    }
    text.push('\n');
}

/// The time of an entry, to its last digit: as `ledger:TIME` it includes the entry.
fn moment(at: Timestamp) -> String {
    match at.subsec_nanosecond() % 1_000 {
        0 => format!("{at:.6}"),
        _ => format!("{at:.9}"),
    }
}

/// Shows one entry with everything that it says.
async fn whole(ledger: &Ledger, number: u32) -> Result<(), Failure> {
    let rows = rows(ledger, number - 1, 1).await?;
    let row = rows.first().filter(|row| row.number == number);
    let row = row.ok_or_else(|| changed(number))?;
    let (written, note) = (read(row)?, note(ledger, row)?);
    let entry = &written.entry;
    let mut text = format!("entry {number}: {}\n", said(&entry.draft.fact));
    let mut put = |what: &str, value: String| {
        let _ = writeln!(text, "  {what:<16}{value}");
    };
    put(
        "entered",
        format!("{} by {}", moment(entry.at), note.actor.person),
    );
    put("role", note.actor.role.to_string());
    if let Some(body) = &note.actor.body {
        put("for", body.to_string());
    }
    if let Some(cycle) = &note.actor.cycle {
        put("role limited to", format!("cycle {cycle}"));
    }
    put(
        "request",
        format!("{}, part {}", entry.request, entry.part + 1),
    );
    if let Fact::Record { cycle, .. } = &entry.draft.fact {
        put("cycle", cycle.to_string());
    }
    if let Some(origin) = &note.origin {
        put("written before", place(number, origin));
    }
    if let Some(old) = note.supersedes {
        put("in the place of", format!("entry {old}"));
    }
    if let Some(new) = note.superseded_by {
        put("superseded by", format!("entry {new}"));
    }
    put("hash", row.hash.to_string());
    let as_written = serde_json::from_slice::<serde_json::Value>(&row.bytes);
    let as_written = as_written.map_err(|_| changed(number))?;
    print(&format!("{text}\n{:#}\n", as_written["fact"]))
}

/// Where an entry was written before, as every face says it.
fn place(number: u32, origin: &Origin) -> String {
    let file = Arc::from(&*origin.file);
    let places = Places::Entries([(number, (file, origin.row))].into());
    places.place(RecordId(number)).unwrap_or_default()
}

async fn rows(ledger: &Ledger, after: u32, count: u32) -> Result<Vec<Row>, Failure> {
    let read = ledger.store().read(after, count).await;
    read.map_err(|error| Failure::system(error.to_string()))
}

/// An entry as it was written.
fn read(row: &Row) -> Result<ChainedEntry, Failure> {
    match decode(&row.bytes) {
        Ok(written) if Hash::of(&row.bytes) == row.hash => Ok(written),
        _ => Err(changed(row.number)),
    }
}

fn note(ledger: &Ledger, row: &Row) -> Result<EntryNote, Failure> {
    let note = ledger.look(|state| state.entry(row.number));
    note.ok_or_else(|| changed(row.number))
}

fn changed(number: u32) -> Failure {
    Failure::refused(format!(
        "entry {number} is not what it was: `wcc verify` tells what is wrong"
    ))
}

/// What an entry says, in a line.
fn said(fact: &Fact) -> String {
    let said = match fact {
        Fact::Framework(text) => format!("framework {}", text.id),
        Fact::Organisations(tables) => {
            let names = tables.tables.iter().map(|table| &*table.name);
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
        Fact::Record { record, .. } => record.summary(),
        Fact::Withdrawn { reason } => format!("withdrawal: {reason}"),
    };
    said.replace(char::is_control, " ")
}
