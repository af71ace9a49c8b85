//! `wcc released`: the outputs as they were released, and what today's calculation would change.

use super::places::ledger_cycle;
use super::{Failure, print};
use crate::ledger_access;
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use similar::TextDiff;
use std::collections::BTreeMap;
use wcc_api::{Api, Part, cycle_in_json};
use wcc_core::ledger::AsOf;
use wcc_ledger::{Documents, Hash, Ledger};

/// How many lines of a difference are printed.
const LINES: usize = 40;

/// Show outputs as they were released, and what today's calculation would change in them
///
/// A server keeps each output that is released as a document, with the versions of the program, the
/// framework and the plugins. Later versions may calculate it differently; what was released stays.
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
    let mut calculated: BTreeMap<u32, Api> = BTreeMap::new();
    for output in &kept {
        let api = match calculated.remove(&output.release) {
            Some(api) => api,
            None => {
                let source = Source::Ledger(Some(AsOf::Entry(output.release)));
                let programme = load::programme(settings, &source).await?;
                Api::new(programme, wcc_api::Settings::default())
            }
        };
        let part = Some(Part::Pct(&output.code));
        let today = cycle_in_json(&api, &arguments.cycle, part).await;
        calculated.insert(output.release, api);
        print(&compared(output, &today))?;
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

/// A kept output compared with that of today.
fn compared(kept: &KeptOutput, today: &str) -> String {
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
    if text.trim_end() == today.trim_end() {
        shown.push_str("  calculated today: the same\n");
        return shown;
    }
    let difference = TextDiff::from_lines(text.as_str(), today);
    let mut difference = difference.unified_diff();
    let difference = difference.context_radius(1).to_string();
    let lines = difference.lines().count();
    shown.push_str("  calculated today (+) and as released (-):\n");
    for line in difference.lines().take(LINES) {
        shown.push_str(&format!("    {line}\n"));
    }
    if let Some(more @ 1..) = lines.checked_sub(LINES) {
        shown.push_str(&format!("    and {more} more lines\n"));
    }
    shown
}
