//! Asking the API as a client does, without a network.

use crate::cases;
use serde_json::Value;
use std::sync::OnceLock;
use wcc_api::{Api, Request, Settings};

/// The API over all cases; read once.
pub(crate) fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| Api::new(cases::programme(), Settings::default()))
}

/// The answer to a request, as it is sent.
pub(crate) fn text(request: Request) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let answer = runtime.block_on(api().execute(request));
    String::from_utf8(answer.bytes.to_vec()).expect("an answer is UTF-8")
}

/// The answer to a request.
pub(crate) fn answer(request: Request) -> Value {
    serde_json::from_str(&text(request)).expect("an answer is JSON")
}

/// The data of a query that must succeed.
pub(crate) fn data(query: &str) -> Value {
    let mut answer = answer(Request::new(query));
    assert_eq!(answer.get("errors"), None, "{query}");
    answer["data"].take()
}

/// The data of a query with variables that must succeed.
pub(crate) fn data_with(query: &str, variables: &str) -> Value {
    let mut answer = answer(Request::new(query).variables(variables));
    assert_eq!(answer.get("errors"), None, "{query} {variables}");
    answer["data"].take()
}

/// The first error's message and code.
pub(crate) fn error(query: &str, variables: &str) -> (String, String) {
    let answer = answer(Request::new(query).variables(variables));
    let error = &answer["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&error["message"]), text(&error["extensions"]["code"]))
}
