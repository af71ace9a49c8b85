//! `wcc released`: the outputs as they were released, and what today's calculation would change.

use super::places::ledger_cycle;
use super::{Failure, policy, print};
use crate::ledger_access;
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use std::collections::btree_map::{BTreeMap, Entry};
use std::sync::Arc;
use wcc_api::OutputDifference;
use wcc_core::ledger::AsOf;
use wcc_core::policy::Policy;
use wcc_ledger::{Documents, Hash, Ledger};
use wcc_server::{ReleaseReader, differences};

/// How many differences of an output are printed.
const DIFFERENCES: usize = 20;
/// How many characters of a value are printed.
const WIDTH: usize = 60;

/// Show outputs as they were released, and what today's calculation would change in them
///
/// A server keeps each output that is released as a document: what everybody sees to whom it was
/// released. With it are the versions of the program, the framework and the plugins. Later versions
/// may calculate it differently; what was released stays.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The cycle: south-of-tyne-and-wear/2008-09
    cycle: String,
    /// Code of a body; by default every body in the cycle
    #[arg(long, value_name = "CODE")]
    body: Option<String>,
    /// Print the kept output of the body in JSON, from the latest release
    #[arg(long, requires = "body")]
    json: bool,
}

/// A kept output.
struct KeptOutput {
    code: String,
    name: String,
    release: u32,
    document: String,
    versions: String,
    text: String,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let kept = ledger_access::with_ledger(settings, false, async |ledger| {
        kept_outputs(&arguments, ledger, settings).await
    })
    .await?;
    if arguments.json {
        let newest = kept.iter().max_by_key(|kept| kept.release);
        return match newest {
            Some(kept) => print(&format!("{}\n", kept.text.trim_end())),
            None => Err(nothing(&arguments)),
        };
    }
    if kept.is_empty() {
        return Err(nothing(&arguments));
    }
    let policy: Arc<dyn Policy> = Arc::new(policy::read(None, settings)?);
    let mut readers: BTreeMap<u32, ReleaseReader> = BTreeMap::new();
    for output in &kept {
        let reader = match readers.entry(output.release) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => {
                let source = Source::Ledger(Some(AsOf::Entry(output.release)));
                let programme = Arc::new(load::programme(settings, &source).await?);
                let (policy, cycle) = (Arc::clone(&policy), &arguments.cycle);
                let reader = ReleaseReader::new(programme, policy, cycle, output.release);
                vacant.insert(reader.ok_or_else(|| {
                    Failure::refused(format!(
                        "{} is kept as released by entry {}, which released nothing",
                        output.name, output.release
                    ))
                })?)
            }
        };
        let today = reader.output(&output.code).await;
        print(&compared(output, today.as_deref()))?;
    }
    Ok(())
}

fn nothing(arguments: &Arguments) -> Failure {
    Failure::not_found(format!(
        "no released output of {} is kept: a server keeps them when results are released \
         (`wcc release`, then `wcc serve ledger:`)",
        arguments.body.as_deref().unwrap_or(&arguments.cycle)
    ))
}

async fn kept_outputs(
    arguments: &Arguments,
    ledger: &Ledger,
    settings: &Settings,
) -> Result<Vec<KeptOutput>, Failure> {
    let cycle = ledger.look(|state| ledger_cycle(state, &arguments.cycle))?;
    let Some(documents) = Documents::open_existing(&settings.ledger.documents)? else {
        return Ok(Vec::new());
    };
    let wanted = |code: &str| {
        let body = arguments.body.as_deref();
        body.is_none_or(|body| body.eq_ignore_ascii_case(code))
    };
    let mut all = Vec::new();
    for kept in cycle.records.released_outputs.iter() {
        let body = cycle.organisations.body(kept.body);
        if !wanted(&body.code) {
            continue;
        }
        let lost = || {
            Failure::lost(format!(
                "the document {} with the output of {} is missing or changed",
                kept.document, body.code
            ))
        };
        let hash: Hash = kept.document.parse().map_err(|_| lost())?;
        let document = documents.find(hash).await?.ok_or_else(lost)?;
        all.push(KeptOutput {
            code: body.code.clone(),
            name: body.name_and_code(),
            release: kept.release,
            document: kept.document.to_string(),
            versions: format!("{}, {}", kept.engine, kept.framework),
            text: String::from_utf8_lossy(&document.bytes).into_owned(),
        });
    }
    Ok(all)
}

/// A kept output compared with that of today; `None` if those to whom it was released would see none.
fn compared(kept: &KeptOutput, today: Option<&str>) -> String {
    let KeptOutput {
        name,
        release,
        document,
        versions,
        text,
        ..
    } = kept;
    let mut shown =
        format!("{name}, released by entry {release}: document {document}\n  {versions}\n");
    let Some(today) = today else {
        shown.push_str("  calculated today: nothing that its readers may see\n");
        return shown;
    };
    let differences = differences(text, Some(today));
    if differences.is_empty() {
        shown.push_str("  calculated today: the same\n");
        return shown;
    }
    shown.push_str("  as released -> calculated today:\n");
    for difference in differences.iter().take(DIFFERENCES) {
        let OutputDifference {
            path,
            released,
            today,
        } = difference;
        let (released, today) = (short(released.as_deref()), short(today.as_deref()));
        shown.push_str(&format!("    {path}: {released} -> {today}\n"));
    }
    if let Some(more @ 1..) = differences.len().checked_sub(DIFFERENCES) {
        shown.push_str(&format!("    and {more} more\n"));
    }
    shown
}

/// The beginning of a value.
fn short(value: Option<&str>) -> String {
    let Some(value) = value else {
        return "nothing".to_owned();
    };
    match value.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}...", value.get(..end).unwrap_or(value)),
        None => value.to_owned(),
    }
}
