//! The JSON output of the command line: the API's answer to a stored query.

use super::pretty::pretty;
use super::request::Request;
use crate::api::Api;
use jiff::civil::Date;
use wcc_core::framework::Names;

/// The stored query for frameworks in format 1. Its operation `Cycle` requests a whole cycle; the
/// others request the part of one body.
const QUERY: &str = include_str!("../cycle.graphql");
/// The stored query for regimes in their own words.
const NEUTRAL_QUERY: &str = include_str!("../regime.graphql");
/// The stored query for evidence.
const EVIDENCE_QUERY: &str = include_str!("../evidence.graphql");

/// One body's part of a cycle, by the body's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// The output of a PCT.
    Pct(&'a str),
    /// The result of a cluster, with the outputs of its PCTs.
    Cluster(&'a str),
    /// A function, with one result for each assessor.
    Function(&'a str),
}

impl<'a> Part<'a> {
    /// The name of the operation in the stored query, and the code of the body.
    fn operation(self, names: Names) -> (&'static str, &'a str) {
        match (self, names) {
            (Part::Pct(code), Names::WorldClassCommissioning) => ("Pct", code),
            (Part::Pct(code), Names::Neutral) => ("Body", code),
            (Part::Cluster(code), Names::WorldClassCommissioning) => ("Cluster", code),
            (Part::Cluster(code), Names::Neutral) => ("Group", code),
            (Part::Function(code), _) => ("Function", code),
        }
    }
}

/// A whole cycle, or one body's part of it, as formatted JSON: the `data` of the API's answer to
/// the query in `src/cycle.graphql`, or in `src/regime.graphql` if the framework of the cycle has
/// neutral names. If the cycle or body does not exist, the output has `errors`.
#[allow(
    clippy::unused_async,
    reason = "reading an answer in pages will require waiting"
)]
pub async fn cycle_in_json(api: &Api, cycle_id: &str, part: Option<Part<'_>>) -> String {
    let methods = methods_if_neutral(api, cycle_id);
    let (query, names) = match methods {
        Some(_) => (NEUTRAL_QUERY, Names::Neutral),
        None => (QUERY, Names::WorldClassCommissioning),
    };
    let (operation, body) = match part.map(|part| part.operation(names)) {
        None => ("Cycle", None),
        Some((operation, code)) => (operation, Some(code)),
    };
    // A variable that the operation does not declare is ignored.
    let variables = serde_json::json!({ "cycle": cycle_id, "body": body, "methods": methods });
    let request = Request::new(query)
        .operation(operation)
        .variables(variables.to_string());
    data_of(api, &request)
}

/// The evidence of a whole cycle, or of one body, as formatted JSON: the `data` of the API's answer
/// to the query in `src/evidence.graphql`. Ages and expiries are those on the day `on`, or on the
/// cycle's. If the cycle or body does not exist, the output has `errors`.
#[allow(
    clippy::unused_async,
    reason = "reading an answer in pages will require waiting"
)]
pub async fn evidence_in_json(
    api: &Api,
    cycle_id: &str,
    part: Option<Part<'_>>,
    on: Option<Date>,
) -> String {
    let (operation, body) = match part.map(|part| part.operation(Names::Neutral)) {
        None => ("Cycle", None),
        Some((operation, code)) => (operation, Some(code)),
    };
    let on = on.map(|on| on.to_string());
    let variables = serde_json::json!({ "cycle": cycle_id, "body": body, "on": on });
    let request = Request::new(EVIDENCE_QUERY)
        .operation(operation)
        .variables(variables.to_string());
    data_of(api, &request)
}

/// The formatted `data` of an answer, or all of it if it has errors.
fn data_of(api: &Api, request: &Request) -> String {
    let answer = api.answer_unlimited(request);
    let text = String::from_utf8_lossy(&answer.bytes);
    let data = text
        .strip_prefix("{\"data\":")
        .and_then(|rest| rest.strip_suffix('}'));
    match data {
        // If the answer has errors, `data` is followed by more than a brace; then the whole answer
        // is shown.
        Some(data) if serde_json::from_str::<serde::de::IgnoredAny>(data).is_ok() => pretty(data),
        _ => pretty(&text),
    }
}

/// The identifiers of a framework's methods, if the framework of a cycle has neutral names.
fn methods_if_neutral(api: &Api, cycle_id: &str) -> Option<Vec<String>> {
    let picture = api.state().whole.picture_for_one_answer(None);
    let framework = &picture.cycle(cycle_id)?.cycle.framework;
    let is_neutral = framework.words.names == Names::Neutral;
    is_neutral.then(|| framework.methods.ids().map(str::to_owned).collect())
}
