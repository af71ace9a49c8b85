//! `wcc assure`: reads a case, assures it, prints the scorecards.

use super::{Failure, print};
use crate::load;
use crate::scorecard::{self, Detail, View};
use crate::settings::Settings;
use crate::source::Source;
use wcc_case::nearest;
use wcc_core::{BodyIndex, BodyKind};
use wcc_programme::{AssuredCycle, Programme};

/// Maximum number of codes listed in a message.
const MAX_LISTED: usize = 20;

/// Assure a case: each group of bodies once, then every body's scorecard
///
/// Prints about one screen for each body: outcomes, results and what changed, open challenges and
/// the most serious findings. A case with more than ten bodies is printed as a table, region by
/// region, one line for each body. `--full` prints everything: each mark on its level, commentary,
/// rationales, evidence, every challenge and finding. Output to a file or pipe is the same without
/// colours. If a plugin fails, the outputs are printed and marked "not checked".
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case: case.toml, CSV tables, Markdown (see docs/case-files.md); or `ledger:`
    /// (`ledger:120` for the ledger after entry 120, `ledger:2009-11-30T17:00:00Z` at that time)
    case: Source,
    /// Print only this body, given by its code: 5KF
    #[arg(long, alias = "pct", value_name = "CODE", group = "selected")]
    body: Option<String>,
    /// Print only the result of this group, assured once for several bodies: south-of-tyne-and-wear
    #[arg(long, alias = "cluster", value_name = "CODE", group = "selected")]
    group: Option<String>,
    /// Print only the result of this shared function: specialised-commissioning
    #[arg(long, value_name = "CODE", group = "selected")]
    function: Option<String>,
    /// Print everything that is known of each body
    #[arg(long)]
    full: bool,
    /// Print only this cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// Print JSON: the GraphQL API's answer to a query for the whole cycle
    #[cfg(feature = "server")]
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.case).await?;
    let cycles = cycles(&programme, arguments.cycle.as_deref())?;
    let requested = arguments.requested_body();
    let selected = with_body(&cycles, requested)?;
    #[cfg(feature = "server")]
    if arguments.json {
        let ids: Vec<String> = selected
            .iter()
            .map(|(assured, _)| assured.cycle.id.clone())
            .collect();
        return json(programme, &ids, requested).await;
    }
    let detail = if arguments.full {
        Detail::Full
    } else {
        Detail::Brief
    };
    for (at, (assured, body)) in selected.into_iter().enumerate() {
        let legend = at == 0;
        print(&scorecard::render(assured, body, View { detail, legend }))?;
    }
    Ok(())
}

impl Arguments {
    /// The requested body.
    fn requested_body(&self) -> Option<RequestedBody<'_>> {
        let options = [
            (BodyKind::Pct, &self.body),
            (BodyKind::Cluster, &self.group),
            (BodyKind::Function, &self.function),
        ];
        let mut requested = options
            .into_iter()
            .filter_map(|(kind, code)| Some((Some(kind), code.as_deref()?)));
        requested.next()
    }
}

/// A requested body: its kind, if given, and its code.
pub(super) type RequestedBody<'a> = (Option<BodyKind>, &'a str);

/// A cycle, and the requested body in it, if any.
type SelectedCycle<'a> = (&'a AssuredCycle, Option<BodyIndex>);

/// The cycles in which the requested body is assured; all cycles if no body was requested. It is
/// an error only if no cycle has the body.
pub(super) fn with_body<'a>(
    cycles: &[&'a AssuredCycle],
    requested: Option<RequestedBody<'_>>,
) -> Result<Vec<SelectedCycle<'a>>, Failure> {
    let Some(requested) = requested else {
        return Ok(cycles.iter().map(|assured| (*assured, None)).collect());
    };
    let results = cycles.iter();
    let results =
        results.map(|assured| body(assured, requested).map(|body| (*assured, Some(body))));
    all_but_failures(results.collect())
}

/// The successful results; the first failure if there are none.
pub(super) fn all_but_failures<T>(results: Vec<Result<T, Failure>>) -> Result<Vec<T>, Failure> {
    let mut first_failure = None;
    let mut successes = Vec::new();
    for result in results {
        match result {
            Ok(success) => successes.push(success),
            Err(failure) => first_failure = first_failure.or(Some(failure)),
        }
    }
    match first_failure {
        Some(failure) if successes.is_empty() => Err(failure),
        _ => Ok(successes),
    }
}

/// The requested cycles.
pub(super) fn cycles<'a>(
    programme: &'a Programme,
    id: Option<&str>,
) -> Result<Vec<&'a AssuredCycle>, Failure> {
    let all = programme.cycles.iter().map(|one| &**one);
    let Some(id) = id else {
        return Ok(all.collect());
    };
    let is_named = |code: &str| code == id || code.rsplit('/').next() == Some(id);
    let matching: Vec<&AssuredCycle> = all.filter(|assured| is_named(&assured.cycle.id)).collect();
    if matching.is_empty() {
        let mut not_assured = programme.not_assured.iter();
        if let Some(cycle) = not_assured.find(|cycle| is_named(&cycle.cycle.id)) {
            return Err(Failure::refused(cycle.to_string()));
        }
        let ids: Vec<&str> = programme
            .cycles
            .iter()
            .map(|assured| assured.cycle.id.as_str())
            .collect();
        let ids = wcc_core::words::all_of(ids);
        return Err(Failure::not_found(format!(
            "there is no cycle `{id}` in this case; it has {ids}"
        )));
    }
    Ok(matching)
}

/// The body with a code, which must be assured in the cycle.
fn body(assured: &AssuredCycle, (kind, code): RequestedBody<'_>) -> Result<BodyIndex, Failure> {
    let (cycle, assurance) = (&assured.cycle, &assured.assurance);
    let organisations = &cycle.organisations;
    let index = organisations
        .find(code)
        .filter(|body| assurance.output_of(*body).is_some());
    if let Some(index) = index {
        let body = organisations.body(index);
        if kind.is_none_or(|kind| kind == body.kind) {
            return Ok(index);
        }
        let (name, kind) = (&body.name, body.kind);
        let word = cycle.framework.words.kind(kind);
        return Err(Failure::not_found(format!(
            "`{code}` ({name}) is {}: use --{} {code}",
            wcc_core::words::with_article(word),
            cycle.framework.words.name(kind),
        )));
    }
    let pcts = cycle.pcts.iter().copied();
    let clusters = assurance
        .clusters
        .iter()
        .filter_map(|assurance| assurance.cluster);
    let functions = assurance
        .functions
        .iter()
        .map(|assurance| assurance.function);
    let is_of_kind =
        |body: &BodyIndex| kind.is_none_or(|kind| kind == organisations.body(*body).kind);
    let codes: Vec<&str> = pcts
        .chain(clusters)
        .chain(functions)
        .filter(is_of_kind)
        .map(|body| organisations.body(body).code.as_str())
        .collect();
    let hint = nearest(code, codes.iter().copied())
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let listed: Vec<&str> = codes.iter().copied().take(MAX_LISTED).collect();
    let ellipsis = if codes.len() > listed.len() {
        ", ..."
    } else {
        ""
    };
    Err(Failure::not_found(format!(
        "`{code}` is not assured in {}{hint} (assured bodies: {}{ellipsis})",
        cycle.id,
        listed.join(", "),
    )))
}

/// The part of a cycle that the API answers for a body.
#[cfg(feature = "server")]
pub(super) fn part_of((kind, code): RequestedBody<'_>) -> wcc_api::Part<'_> {
    match kind {
        Some(BodyKind::Cluster) => wcc_api::Part::Cluster(code),
        Some(BodyKind::Function) => wcc_api::Part::Function(code),
        _ => wcc_api::Part::Pct(code),
    }
}

/// Prints the API's answer, so that there is only one JSON format.
#[cfg(feature = "server")]
async fn json(
    programme: Programme,
    cycles: &[String],
    requested: Option<RequestedBody<'_>>,
) -> Result<(), Failure> {
    let part = requested.map(part_of);
    let api = wcc_api::Api::new(programme, wcc_api::Settings::default());
    for cycle in cycles {
        let mut answer = wcc_api::cycle_in_json(&api, cycle, part).await;
        answer.push('\n');
        print(&answer)?;
    }
    Ok(())
}
