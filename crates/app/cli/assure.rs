//! `wcc assure`: reads a case, assures it, prints the scorecards.

use super::{Failure, print};
use crate::load;
use crate::scorecard;
use crate::settings::Settings;
use crate::source::Source;
use wcc_case::nearest;
use wcc_core::BodyIndex;
use wcc_programme::{AssuredCycle, Programme};

/// Assure a case: each cluster once, then every PCT's scorecard
///
/// Prints the marks on their levels (● last year, □ self-assessment, ✓ panel, ◆ calibrated), what
/// the evidence supports, then challenges and findings. A plugin that fails leaves every output
/// standing, marked "not checked".
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case: case.toml, CSV tables, Markdown (see docs/case-files.md); or `ledger:`
    /// (`ledger:120` as it stood after entry 120, `ledger:2009-11-30T17:00:00Z` at that time)
    case: Source,
    /// Print this PCT alone, by its ODS code
    #[arg(long, value_name = "CODE")]
    pct: Option<String>,
    /// Print this cycle alone, where the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// Print JSON: the answer of the GraphQL API to the query of a whole cycle
    #[cfg(feature = "server")]
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.case).await?;
    let cycles = cycles(&programme, arguments.cycle.as_deref())?;
    let chosen = with_pct(&cycles, arguments.pct.as_deref())?;
    #[cfg(feature = "server")]
    if arguments.json {
        let ids: Vec<String> = chosen.iter().map(|(one, _)| one.cycle.id.clone()).collect();
        return json(programme, &ids, arguments.pct.as_deref()).await;
    }
    for (assured, pct) in chosen {
        print(&scorecard::render(assured, pct))?;
    }
    Ok(())
}

/// A cycle, and the PCT in it that was asked for, if one was.
type Chosen<'a> = (&'a AssuredCycle, Option<BodyIndex>);

/// The cycles in which a PCT is assured; all of them where none was asked for. It is an error only
/// if no cycle has it.
pub(super) fn with_pct<'a>(
    cycles: &[&'a AssuredCycle],
    code: Option<&str>,
) -> Result<Vec<Chosen<'a>>, Failure> {
    let found: Vec<Result<Chosen<'a>, Failure>> = cycles
        .iter()
        .map(|assured| pct(assured, code).map(|pct| (*assured, pct)))
        .collect();
    all_but_failures(found)
}

/// What was found; the first failure where nothing was.
pub(super) fn all_but_failures<T>(found: Vec<Result<T, Failure>>) -> Result<Vec<T>, Failure> {
    let mut first = None;
    let mut good = Vec::new();
    for one in found {
        match one {
            Ok(one) => good.push(one),
            Err(failure) => first = first.or(Some(failure)),
        }
    }
    match first {
        Some(failure) if good.is_empty() => Err(failure),
        _ => Ok(good),
    }
}

/// The cycles that were asked for.
pub(super) fn cycles<'a>(
    programme: &'a Programme,
    id: Option<&str>,
) -> Result<Vec<&'a AssuredCycle>, Failure> {
    let all = programme.cycles.iter().map(|one| &**one);
    let Some(id) = id else {
        return Ok(all.collect());
    };
    let named = |cycle: &AssuredCycle| {
        cycle.cycle.id == id || cycle.cycle.id.rsplit('/').next() == Some(id)
    };
    let found: Vec<&AssuredCycle> = all.filter(|one| named(one)).collect();
    if found.is_empty() {
        let ids: Vec<&str> = programme
            .cycles
            .iter()
            .map(|one| one.cycle.id.as_str())
            .collect();
        let ids = wcc_core::words::all_of(ids);
        return Err(Failure::not_found(format!(
            "no cycle `{id}` in this case; it has {ids}"
        )));
    }
    Ok(found)
}

/// The PCT with a code, which must be assured in the cycle.
fn pct(assured: &AssuredCycle, code: Option<&str>) -> Result<Option<BodyIndex>, Failure> {
    let Some(code) = code else { return Ok(None) };
    let cycle = &assured.cycle;
    let found = cycle
        .organisations
        .find(code)
        .filter(|pct| cycle.pcts.contains(pct));
    if found.is_some() {
        return Ok(found);
    }
    let codes = cycle
        .pcts
        .iter()
        .map(|pct| cycle.organisations.body(*pct).code.as_str());
    let hint = nearest(code, codes.clone())
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let some: Vec<&str> = codes.take(12).collect();
    Err(Failure::not_found(format!(
        "`{code}` is not assured in {}{hint} (assured are {}{})",
        cycle.id,
        some.join(", "),
        if cycle.pcts.len() > some.len() {
            ", ..."
        } else {
            ""
        },
    )))
}

#[cfg(feature = "server")]
/// Prints what the API answers, so that there is one JSON shape for all.
async fn json(programme: Programme, cycles: &[String], pct: Option<&str>) -> Result<(), Failure> {
    let pct = pct.map(wcc_api::Part::Pct);
    let api = wcc_api::Api::new(programme, wcc_api::Settings::default());
    for cycle in cycles {
        let mut answer = wcc_api::cycle_in_json(&api, cycle, pct).await;
        answer.push('\n');
        print(&answer)?;
    }
    Ok(())
}
