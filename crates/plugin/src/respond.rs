//! From the bytes of a request to the bytes of an answer: everything but the pointers.

use crate::Plugin;
use crate::message::{Answer, AnswerError, Request, code};
use serde::Serialize;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Answers one request. Never panics: a panic of the plugin becomes the answer `panicked`.
pub fn respond(plugin: &impl Plugin, request: &[u8]) -> Vec<u8> {
    let answered = catch_unwind(AssertUnwindSafe(|| answer(plugin, request)));
    let answered =
        answered.unwrap_or_else(|panic| error(code::PANICKED, in_words(panic.as_ref()).to_owned()));
    answered.unwrap_or_else(|_| {
        br#"{"error":{"code":"failed","message":"the answer cannot be written as JSON"}}"#.to_vec()
    })
}

fn answer(plugin: &impl Plugin, request: &[u8]) -> serde_json::Result<Vec<u8>> {
    // Looked at once as a whole: quicker than string by string.
    let request = match std::str::from_utf8(request) {
        Ok(request) => request,
        Err(fault) => return error(code::BAD_REQUEST, fault.to_string()),
    };
    match serde_json::from_str(request) {
        Err(fault) => error(code::BAD_REQUEST, fault.to_string()),
        Ok(Request::Describe) => write(&Answer::Ok(plugin.manifest())),
        Ok(Request::Evaluate(batch)) => match plugin.evaluate(&batch) {
            Ok(contribution) => write(&Answer::Ok(contribution)),
            Err(reason) => error(code::FAILED, reason),
        },
    }
}

fn error(code: &str, message: String) -> serde_json::Result<Vec<u8>> {
    let code = code.to_owned();
    write(&Answer::<()>::Error(AnswerError { code, message }))
}

fn write<T: Serialize>(answer: &Answer<T>) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(answer)
}

fn in_words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
