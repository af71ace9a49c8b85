//! The JSON of the command line: what the API answers to one stored query.

use super::pretty::pretty;
use super::request::Request;
use crate::api::Api;

/// The stored query: its operation `Cycle` asks for all of a cycle, `Pct` for one PCT's part.
const QUERY: &str = include_str!("../cycle.graphql");

/// A whole cycle, or one PCT's part of it, as laid-out JSON: the `data` of the API's answer to
/// the query in `src/cycle.graphql`. Where the cycle or PCT does not exist, the answer says so in
/// `errors`.
#[allow(
    clippy::unused_async,
    reason = "an answer that is read page by page will have to wait"
)]
pub async fn cycle_in_json(api: &Api, cycle_id: &str, pct: Option<&str>) -> String {
    let variables = serde_json::json!({ "cycle": cycle_id, "pct": pct });
    let operation = if pct.is_some() { "Pct" } else { "Cycle" };
    let mut variables = variables;
    if let (None, Some(given)) = (pct, variables.as_object_mut()) {
        given.remove("pct");
    }
    let request = Request::new(QUERY)
        .operation(operation)
        .variables(variables.to_string());
    let answer = api.answer_own(&request);
    let text = String::from_utf8_lossy(&answer.bytes);
    let data = text
        .strip_prefix("{\"data\":")
        .and_then(|rest| rest.strip_suffix('}'));
    match data {
        // With errors there is more behind the data than one bracket; then all of it is shown.
        Some(data) if serde_json::from_str::<serde::de::IgnoredAny>(data).is_ok() => pretty(data),
        _ => pretty(&text),
    }
}
