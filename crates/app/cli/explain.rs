//! `wcc explain`: explains one result.

use super::assure::{all_but_failures, cycles, with_body};
use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use std::fmt::Write as _;
use wcc_case::nearest;
use wcc_core::explain::{Reason, ReasonKind, explain_measure, explain_outcome, explain_part};
use wcc_core::framework::FrameworkPart;
use wcc_core::{BodyIndex, BodyKind, Method, Output};
use wcc_programme::AssuredCycle;

/// Explain a result of a body, group or shared function
///
/// For a measure: what is looked for, who made each judgement, by which method, from which group
/// it is inherited, every ceiling, the evidence, challenges and answers. For a component, area or
/// the overall result: the rule, its inputs and which of them decided. For an
/// outcome: its figures and findings. Every item has the file and row that it comes from.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case; or `ledger:`, `ledger:120`, `ledger:2009-11-30T17:00:00Z`
    case: Source,
    /// Code of the body (5KF), group (south-of-tyne-and-wear) or shared function
    /// (specialised-commissioning)
    body: String,
    /// A measure (9b, board.5), component (9, strategy), area (governance), `overall`, or an
    /// outcome by its identifier
    measure: String,
    /// Explain only this cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.case).await?;
    let cycles = cycles(&programme, arguments.cycle.as_deref())?;
    let selected = with_body(&cycles, Some((None, &arguments.body)))?;
    let texts = selected
        .into_iter()
        .filter_map(|(assured, body)| Some((assured, body?)))
        .map(|(assured, body)| explain_body(assured, body, &arguments.measure))
        .collect();
    for text in all_but_failures(texts)? {
        print(&text)?;
    }
    Ok(())
}

/// Explains one item in each result of a body. A function has a result for each assessor.
fn explain_body(assured: &AssuredCycle, body: BodyIndex, id: &str) -> Result<String, Failure> {
    let assurance = &assured.assurance;
    let Some(function) = assurance.function(body) else {
        let output = assurance.output_of(body);
        let output = output.ok_or_else(|| Failure::not_found("this body has no result"))?;
        return write_explanation(assured, output, id);
    };
    let mut texts = Vec::new();
    for output in function.outputs() {
        texts.push(write_explanation(assured, output, id)?);
    }
    let organisations = &assured.cycle.organisations;
    // The SHA's judgement applies to the region, and is shown above as the SHA's.
    let sha = organisations.sha_of(body);
    let by_sha = sha.is_some()
        && function
            .by_assessor
            .iter()
            .any(|output| output.assessor == sha);
    if !function.is_regional() && !by_sha {
        let body = organisations.body(body);
        let framework = &assured.cycle.framework;
        let everyone = &framework.words.everyone;
        let region = everyone.replacen("the whole ", "the ", 1);
        let methods = &framework.methods;
        let moderated = if methods.has(Method::Calibrated) {
            format!(" or {}", methods.moderated)
        } else {
            String::new()
        };
        texts.push(format!(
            "{} ({}) has no result for {everyone}: it was not judged for {region}{moderated}\n",
            body.name, body.code
        ));
    }
    Ok(texts.concat())
}

fn write_explanation(assured: &AssuredCycle, output: &Output, id: &str) -> Result<String, Failure> {
    let cycle = &assured.cycle;
    let (title, reasons) = reasons(assured, output, id)?;
    let body = cycle.organisations.body(output.body);
    let mut text = format!("{} ({}), {}\n", body.name, body.code, cycle.title);
    if let Some(assessor) = output
        .assessor
        .map(|assessor| cycle.organisations.body(assessor))
    {
        let _ = writeln!(text, "as assessed by {} ({})", assessor.name, assessor.code);
    } else if output.kind == BodyKind::Function {
        let _ = writeln!(text, "for {}", cycle.framework.words.everyone);
    }
    let _ = writeln!(text, "{title}");
    if let Some(illustrative) = &cycle.illustrative {
        let _ = writeln!(text, "{illustrative}");
    }
    for reason in &reasons {
        write_reason(&mut text, assured, reason);
    }
    Ok(text)
}

/// The title of the item with an identifier, and its explanation.
fn reasons(
    assured: &AssuredCycle,
    output: &Output,
    id: &str,
) -> Result<(String, Vec<Reason>), Failure> {
    let (cycle, assurance) = (&assured.cycle, &assured.assurance);
    let framework = &cycle.framework;
    if let Some(index) = framework.find_measure(id) {
        let measure = framework.measure(index);
        let title = format!("{} {}", measure.id, measure.title);
        return Ok((title, explain_measure(cycle, assurance, output, index)));
    }
    if let Some(index) = framework.find_component(id) {
        let title = framework.component(index).numbered_label();
        return Ok((
            title,
            explain_part(cycle, assurance, output, FrameworkPart::Component(index)),
        ));
    }
    if let Some(area) = framework.find_area(id) {
        let title = framework.areas.get(area).map(|area| area.title.clone());
        let title = title.unwrap_or_else(|| id.to_owned());
        return Ok((
            title,
            explain_part(cycle, assurance, output, FrameworkPart::Area(area)),
        ));
    }
    if id.eq_ignore_ascii_case("overall") {
        let Some(overall) = &framework.overall else {
            let areas = framework.areas.iter().map(|area| area.id.as_str());
            return Err(Failure::not_found(format!(
                "{} has no overall result; it has the areas {}",
                framework.title,
                wcc_core::words::all_of(areas),
            )));
        };
        return Ok((
            overall.title.clone(),
            explain_part(cycle, assurance, output, FrameworkPart::Overall),
        ));
    }
    let reasons = explain_outcome(cycle, assurance, output, id);
    let title = framework
        .find_outcome(id)
        .map(|outcome| outcome.title.clone());
    match (reasons.is_empty(), title) {
        (false, title) => Ok((title.unwrap_or_else(|| id.to_owned()), reasons)),
        (true, Some(title)) => {
            let body = cycle.organisations.body(output.body);
            let (name, code) = (&body.name, &body.code);
            Err(Failure::not_found(format!(
                "{name} ({code}) has no {} `{id}` ({title}) in {}",
                framework.words.outcome.one, cycle.id
            )))
        }
        (true, None) => Err(no_such_measure(assured, output, id)),
    }
}

/// Writes one reason; evidence and inputs of the previous reason are indented.
fn write_reason(text: &mut String, assured: &AssuredCycle, reason: &Reason) {
    let indent = match reason.kind {
        ReasonKind::Evidence | ReasonKind::Inputs => "      ",
        _ => "  - ",
    };
    let _ = write!(text, "{indent}{}", reason.text);
    let place = reason
        .record
        .and_then(|record| assured.places.place(record));
    if let Some(place) = place {
        let _ = write!(text, " [{place}]");
    }
    text.push('\n');
}

fn no_such_measure(assured: &AssuredCycle, output: &Output, id: &str) -> Failure {
    let framework = &assured.cycle.framework;
    let measures = framework.measures.iter().map(|measure| measure.id.as_str());
    let components = framework
        .components
        .iter()
        .map(|component| component.id.as_str());
    let areas = framework.areas.iter().map(|area| area.id.as_str());
    let outcomes = output.outcomes.iter();
    let outcomes = outcomes.map(|outcome| &*outcome.record(&assured.cycle).outcome);
    let known = measures.chain(components).chain(areas).chain(outcomes);
    let overall = framework.overall.as_ref().map(|_| "overall");
    let components = framework.component_words().replace(" or ", ", ");
    let hint = nearest(id, known.chain(overall))
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Failure::not_found(format!(
        "`{id}` is not {}, {}, area or {} of {}{hint}",
        framework.words.measure.with_article(),
        components,
        framework.words.outcome.one,
        framework.title
    ))
}
