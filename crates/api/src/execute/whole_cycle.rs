//! The JSON output of the command line: the API's answer to a stored query.

use super::pretty::pretty;
use super::request::Request;
use crate::api::Api;

/// The stored query. Its operation `Cycle` requests a whole cycle; the others request the part of
/// one body.
const QUERY: &str = include_str!("../cycle.graphql");

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
    fn operation(self) -> (&'static str, &'a str) {
        match self {
            Part::Pct(code) => ("Pct", code),
            Part::Cluster(code) => ("Cluster", code),
            Part::Function(code) => ("Function", code),
        }
    }
}

/// A whole cycle, or one body's part of it, as formatted JSON: the `data` of the API's answer to
/// the query in `src/cycle.graphql`. If the cycle or body does not exist, the output has `errors`.
#[allow(
    clippy::unused_async,
    reason = "reading an answer in pages will require waiting"
)]
pub async fn cycle_in_json(api: &Api, cycle_id: &str, part: Option<Part<'_>>) -> String {
    let (operation, variables) = match part.map(Part::operation) {
        None => ("Cycle", serde_json::json!({ "cycle": cycle_id })),
        Some((operation, code)) => {
            let variables = serde_json::json!({ "cycle": cycle_id, "body": code });
            (operation, variables)
        }
    };
    let request = Request::new(QUERY)
        .operation(operation)
        .variables(variables.to_string());
    let answer = api.answer_unlimited(&request);
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
