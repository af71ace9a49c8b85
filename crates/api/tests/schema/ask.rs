//! Queries to the API, as a client sends them, without a network.

use crate::cases;
use serde_json::Value;
use std::sync::OnceLock;
use wcc_api::{Api, Request, Settings};

/// Returns the API of all cases, which are read once.
pub(crate) fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| Api::new(cases::programme(), Settings::default()))
}

/// Executes a request; returns the text of the answer.
pub(crate) fn text(request: Request) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let answer = runtime.block_on(api().execute(request));
    String::from_utf8(answer.bytes.to_vec()).expect("an answer is UTF-8")
}

/// Executes a request; returns the answer.
pub(crate) fn answer(request: Request) -> Value {
    serde_json::from_str(&text(request)).expect("an answer is JSON")
}

/// Executes a query, which must succeed; returns the data.
pub(crate) fn data(query: &str) -> Value {
    let mut answer = answer(Request::new(query));
    assert_eq!(answer.get("errors"), None, "{query}");
    answer["data"].take()
}

/// Executes a query with variables, which must succeed; returns the data.
pub(crate) fn data_with(query: &str, variables: &str) -> Value {
    let mut answer = answer(Request::new(query).variables(variables));
    assert_eq!(answer.get("errors"), None, "{query} {variables}");
    answer["data"].take()
}

/// Executes a query, which must fail; returns the message and code of the first error.
pub(crate) fn error(query: &str, variables: &str) -> (String, String) {
    let answer = answer(Request::new(query).variables(variables));
    let error = &answer["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&error["message"]), text(&error["extensions"]["code"]))
}
