//! `wcc explain`: the chain behind one cell.

use super::assure::{all_but_failures, cycles, with_pct};
use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use std::fmt::Write as _;
use wcc_case::nearest;
use wcc_core::Output;
use wcc_core::explain::{
    Reason, explain_area, explain_component, explain_measure, explain_overall,
};
use wcc_programme::AssuredCycle;

/// Say why a PCT's measure, competency or strand is what it is
///
/// Prints each link of the chain: whose judgement, by which method, inherited from which cluster
/// or function, every ceiling with its evidence, the rule, and from which plugin at which version.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case; or `ledger:`, `ledger:120`, `ledger:2009-11-30T17:00:00Z`
    case: Source,
    /// ODS code of the PCT: 5KF
    pct: String,
    /// A measure (9b, board.5), competency (9) or strand (strategy); where the framework makes a
    /// result of them, an area, or `overall`
    measure: String,
    /// Explain this cycle alone, where the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.case).await?;
    let cycles = cycles(&programme, arguments.cycle.as_deref())?;
    let chosen = with_pct(&cycles, Some(&arguments.pct))?;
    let explained = chosen
        .into_iter()
        .filter_map(|(assured, pct)| Some((assured, assured.assurance.output(pct?)?)))
        .map(|(assured, output)| explained(assured, output, &arguments.measure))
        .collect();
    for text in all_but_failures(explained)? {
        print(&text)?;
    }
    Ok(())
}

fn explained(assured: &AssuredCycle, output: &Output, id: &str) -> Result<String, Failure> {
    let (cycle, assurance) = (&assured.cycle, &assured.assurance);
    let framework = &cycle.framework;
    let (title, reasons) = if let Some(measure) = framework.find_measure(id) {
        let title = format!(
            "{} {}",
            framework.measure(measure).id,
            framework.measure(measure).title
        );
        (title, explain_measure(cycle, assurance, output, measure))
    } else if let Some(component) = framework.find_component(id) {
        let definition = framework.component(component);
        let title = definition.numbered_label();
        (
            title,
            explain_component(cycle, assurance, output, component),
        )
    } else if let Some((title, reasons)) = whole(assured, output, id) {
        (title, reasons)
    } else {
        return Err(no_such_measure(assured, id));
    };
    let body = cycle.organisations.body(output.body);
    let mut text = format!("{} ({}), {}\n{title}\n", body.name, body.code, cycle.title);
    if let Some(illustrative) = &cycle.illustrative {
        let _ = writeln!(text, "{illustrative}");
    }
    for reason in &reasons {
        write_reason(&mut text, assured, reason);
    }
    Ok(text)
}

/// The area with an identifier, or the overall result, where the framework makes one.
fn whole(assured: &AssuredCycle, output: &Output, id: &str) -> Option<(String, Vec<Reason>)> {
    let (cycle, assurance) = (&assured.cycle, &assured.assurance);
    let framework = &cycle.framework;
    if let Some(area) = framework.find_area(id) {
        let definition = &framework.areas[area];
        definition.combination.as_ref()?;
        let reasons = explain_area(cycle, assurance, output, area);
        return Some((definition.title.clone(), reasons));
    }
    let overall = framework.overall.as_ref()?;
    id.eq_ignore_ascii_case("overall").then(|| {
        let reasons = explain_overall(cycle, assurance, output);
        (overall.title.clone(), reasons)
    })
}

fn write_reason(text: &mut String, assured: &AssuredCycle, reason: &Reason) {
    let _ = write!(text, "  - {}", reason.text);
    let judgement = reason
        .judgement
        .map(|at| &assured.cycle.judgements[at as usize]);
    if let Some(place) = judgement.and_then(|one| assured.places.place(one.record)) {
        let _ = write!(text, " [{place}]");
    }
    text.push('\n');
}

fn no_such_measure(assured: &AssuredCycle, id: &str) -> Failure {
    let framework = &assured.cycle.framework;
    let measures = framework.measures.iter().map(|measure| measure.id.as_str());
    let components = framework
        .components
        .iter()
        .map(|component| component.id.as_str());
    let areas = framework
        .areas
        .iter()
        .filter(|area| area.combination.is_some())
        .map(|area| area.id.as_str());
    let hint = nearest(id, measures.chain(components).chain(areas))
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Failure::not_found(format!(
        "`{id}` is no measure or component of {}{hint}",
        framework.title
    ))
}
