//! `wcc evidence`: what relies on the evidence of a cycle, and what is still asked for.

#[cfg(feature = "server")]
use super::assure::RequestedBody;
use super::assure::{cycles, with_body};
use super::{Failure, print};
use crate::load;
use crate::scorecard::{self, EvidenceView};
use crate::settings::Settings;
use crate::source::Source;
use jiff::civil::Date;
#[cfg(feature = "server")]
use wcc_programme::Programme;

/// Show the evidence of a cycle: what relies on each item, its age and origin, and what is still
/// asked for
///
/// For each item: the measures that it was filed for, the judgements and criteria that cite it with
/// all bodies that inherit them, its age, when it expires, who issued it and from which cycle it was
/// carried over. For each measure: whether its criteria are met, whether evidence is missing or has
/// to be renewed, or whether nothing more is asked. A case with many bodies is printed as a table.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case; or `ledger:`, `ledger:120`, `ledger:2009-11-30T17:00:00Z`
    case: Source,
    /// Code of a body (5KF), group (south-of-tyne-and-wear) or shared function
    #[arg(long, value_name = "CODE")]
    body: Option<String>,
    /// Only this cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// The day for ages and expiries; default: the day of each cycle
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Print JSON: the GraphQL API's answer to a query for the evidence
    #[cfg(feature = "server")]
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.case).await?;
    let cycles = cycles(&programme, arguments.cycle.as_deref())?;
    let requested = arguments.body.as_deref().map(|code| (None, code));
    let selected = with_body(&cycles, requested)?;
    #[cfg(feature = "server")]
    if arguments.json {
        let cycles: Vec<(String, Option<RequestedBody<'_>>)> = selected
            .iter()
            .map(|(assured, body)| {
                let kind = body.map(|body| assured.cycle.organisations.body(body).kind);
                let requested = requested.map(|(_, code)| (kind, code));
                (assured.cycle.id.clone(), requested)
            })
            .collect();
        return json(programme, &cycles, arguments.on).await;
    }
    for (at, (assured, body)) in selected.into_iter().enumerate() {
        if at > 0 {
            print("\n")?;
        }
        let view = EvidenceView {
            assured,
            previous: assured
                .previous
                .as_deref()
                .and_then(|id| programme.cycle(id))
                .map(|previous| &**previous),
            on: arguments.on.unwrap_or(assured.cycle.as_of),
        };
        print(&scorecard::evidence(&view, body))?;
    }
    Ok(())
}

/// Prints the API's answer, so that there is only one JSON format.
#[cfg(feature = "server")]
async fn json(
    programme: Programme,
    cycles: &[(String, Option<RequestedBody<'_>>)],
    on: Option<Date>,
) -> Result<(), Failure> {
    let api = wcc_api::Api::new(programme, wcc_api::Settings::default());
    for (cycle, requested) in cycles {
        let part = requested.map(super::assure::part_of);
        let mut answer = wcc_api::evidence_in_json(&api, cycle, part, on).await;
        answer.push('\n');
        print(&answer)?;
    }
    Ok(())
}
