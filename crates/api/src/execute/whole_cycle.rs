//! The JSON of the command line: what the API answers to one stored query.

use super::pretty::pretty;
use super::request::Request;
use crate::api::Api;

/// The stored query: its operation `Cycle` asks for all of a cycle, the others for one body's part.
const QUERY: &str = include_str!("../cycle.graphql");

/// A body whose part of a cycle is asked for, by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// A PCT's output.
    Pct(&'a str),
    /// A cluster's own result, with the outputs of its PCTs.
    Cluster(&'a str),
    /// A function, with one result for each assessor.
    Function(&'a str),
}

impl<'a> Part<'a> {
    /// The operation of the stored query, and the code of the body.
    fn operation(self) -> (&'static str, &'a str) {
        match self {
            Part::Pct(code) => ("Pct", code),
            Part::Cluster(code) => ("Cluster", code),
            Part::Function(code) => ("Function", code),
        }
    }
}

/// A whole cycle, or one body's part of it, as laid-out JSON: the `data` of the API's answer to
/// the query in `src/cycle.graphql`. Where the cycle or body does not exist, the answer says so in
/// `errors`.
#[allow(
    clippy::unused_async,
    reason = "an answer that is read page by page will have to wait"
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
