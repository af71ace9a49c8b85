//! The start of the year after those that a case holds.

use crate::client::{Result, Server};
use crate::inputs::Mutation;
use crate::play::{Print, digest};
use serde_json::{Value, json};
use wcc_core::CheckedCycle;
use wcc_core::ledger::{CycleFact, Draft, Fact};
use wcc_programme::ReferenceData;

/// Opens the next cycle, under the framework that follows if there is one, and takes over what the last
/// one leaves to it. A regime without phases has no years.
pub(crate) fn start(
    server: &Server,
    operator: &str,
    last: &CheckedCycle,
    drafts: &[Draft],
    reference: &ReferenceData,
    print: Print<'_>,
) -> Result<()> {
    let opened = drafts.iter().find_map(|draft| match &draft.fact {
        Fact::Cycle(cycle) if *cycle.id == *last.id => Some(cycle),
        _ => None,
    });
    let (Some(opened), false) = (opened, last.framework.phases.is_empty()) else {
        return Ok(());
    };
    let mut frameworks = reference.frameworks.each();
    let follows = |previous: Option<&String>| previous == Some(&last.framework.id);
    let next = frameworks.find(|framework| follows(framework.previous.as_ref()));
    let start = next.map_or(&last.framework.start, |next| &next.start);
    let next = next.map_or(&last.framework.id, |next| &next.id);
    if start.carries.is_empty() {
        print(format!(
            "{:<28} the next year: {next} says of nothing that it is carried over",
            "left out"
        ));
        return Ok(());
    }
    let is_entered = drafts.iter().any(|draft| match &draft.fact {
        Fact::Framework(entered) => *entered.id == **next,
        _ => false,
    });
    if let (Some(source), false) = (reference.frameworks.source(next), is_entered) {
        let input = json!({ "id": next, "text": &*source.text, "format": source.format.0 });
        enter(server, operator, "enterFramework", input)?;
    }
    let id = format!("{}/next", last.id);
    let input = json!({
        "cycle": id, "from": last.id, "apply": true, "open": described(last, opened, next)?,
    });
    let taken_over = take_over(server, operator, input)?;
    print(format!(
        "{:<28} opens {id} by {next}: {taken_over} (invented)",
        "operator"
    ));
    Ok(())
}

fn described(last: &CheckedCycle, opened: &CycleFact, framework: &str) -> Result<Value> {
    let as_of = last.as_of.checked_add(jiff::Span::new().years(1))?;
    // A body that has been succeeded by then is not assured any more.
    let exists = |code: &str| {
        let body = last.organisations.find(code);
        body.is_some_and(|body| last.organisations.body(body).period.holds_on(as_of))
    };
    let assured: Vec<&str> = opened.pcts.iter().map(|pct| &**pct).collect();
    let assured: Vec<&str> = assured.into_iter().filter(|code| exists(code)).collect();
    Ok(json!({
        "title": format!("{}, the year after", last.title), "framework": framework,
        "bodies": opened.organisations, "assured": assured, "asOf": as_of.to_string(),
        "illustrative": "The start of a year that is played.",
    }))
}

fn enter(server: &Server, operator: &str, field: &'static str, input: Value) -> Result<()> {
    let request = digest(&input.to_string());
    let mutation = Mutation { field, input };
    let entered = server.enter(operator, None, &request, &mutation)?;
    entered.map_err(|why| format!("{field}: {why}"))?;
    Ok(())
}

/// Starts a cycle from the one before, and says how much it takes over.
fn take_over(server: &Server, operator: &str, mut input: Value) -> Result<String> {
    input["requestId"] = json!("the next year");
    let query = "mutation($input: StartFromPreviousCycleInput!) {
        startFromPreviousCycle(input: $input) {
            changes { kind } leftOut { reason } userErrors { message }
        }
    }";
    let body = json!({ "query": query, "variables": { "input": input } });
    let data = server.ask(operator, None, &body)?;
    let started = &data["startFromPreviousCycle"];
    if let Some(error) = started["userErrors"][0]["message"].as_str() {
        return Err(format!("the next year does not start: {error}").into());
    }
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    Ok(format!(
        "{} records taken over, {} left out",
        count(&started["changes"]),
        count(&started["leftOut"])
    ))
}
