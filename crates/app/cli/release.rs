//! `wcc release`: releases results of a cycle.

use super::ledger::request_in;
use super::places::{chosen_bodies, ledger_cycle, unknown};
use super::{Failure, print, today};
use crate::ledger_access;
use crate::settings::Settings;
use jiff::civil::Date;
use wcc_core::BodyIndex;
use wcc_core::actor::Actor;
use wcc_core::ledger::{Draft, Fact, State};
use wcc_core::record::{RecordFact, ReleaseFact};
use wcc_core::words::all_of;
use wcc_ledger::Ledger;

/// Release results to people in some roles, from a day on
///
/// In a cycle whose phases are opened, some roles see the panel's and later results only once they
/// are released to them, and the public sees nothing before (docs/policies.md). A later release of the
/// same body replaces an earlier one.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The cycle: south-of-tyne-and-wear/2008-09
    cycle: String,
    /// A role of the framework, or `public` for everybody; repeat for each
    #[arg(long = "to", value_name = "ROLE", required = true)]
    to: Vec<String>,
    /// Code of a region, group, shared function or body; by default everybody in the cycle
    #[arg(long = "for", value_name = "CODE")]
    body: Option<String>,
    /// The first day; default: today in UTC
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// What the results may be used for
    #[arg(long, value_name = "TEXT")]
    uses: Option<String>,
    /// The person who releases them
    #[arg(long, default_value = "operator")]
    author: String,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    ledger_access::with_ledger(settings, false, async |ledger| {
        release(&arguments, ledger).await
    })
    .await
}

async fn release(arguments: &Arguments, ledger: &Ledger) -> Result<(), Failure> {
    let from = arguments.from.unwrap_or_else(today);
    let (drafts, names) = ledger.look(|state| drafts(state, arguments, from))?;
    let (cycle, author) = (&arguments.cycle, &arguments.author);
    let request = request_in("release", cycle, author, ledger, drafts);
    let receipt = ledger.append(request).await?;
    print(&format!(
        "{}: results of {} are released to {} from {from}, by entry {}\n",
        arguments.cycle,
        all_of(names.iter().map(String::as_str)),
        all_of(arguments.to.iter().map(String::as_str)),
        receipt.last
    ))
}

/// The entries that release the results, and the names of the bodies.
fn drafts(
    state: &State,
    arguments: &Arguments,
    from: Date,
) -> Result<(Vec<Draft>, Vec<String>), Failure> {
    let cycle = ledger_cycle(state, &arguments.cycle)?;
    let roles = || {
        let roles = cycle.framework.roles.iter().map(|role| role.id.as_str());
        roles.chain([Actor::PUBLIC])
    };
    if let Some(given) = arguments
        .to
        .iter()
        .find(|to| roles().all(|role| role != **to))
    {
        return Err(unknown("role", given, roles()));
    }
    let bodies = chosen_bodies(&cycle, arguments.body.as_deref())?;
    let draft = |body: &BodyIndex| {
        let mut releases = cycle.records.releases.iter();
        let current = releases.find(|release| release.body == *body);
        Draft {
            fact: Fact::Record {
                cycle: arguments.cycle.as_str().into(),
                record: RecordFact::Release(ReleaseFact {
                    body: cycle.organisations.body(*body).code.as_str().into(),
                    to: arguments
                        .to
                        .iter()
                        .map(|role| role.as_str().into())
                        .collect(),
                    from,
                    uses: arguments.uses.as_deref().map(Into::into),
                }),
            },
            supersedes: current.map(|current| current.record.0),
            origin: None,
        }
    };
    let name = |body: &BodyIndex| cycle.organisations.body(*body).name_and_code();
    let names = bodies.iter().map(name).collect();
    Ok((bodies.iter().map(draft).collect(), names))
}
