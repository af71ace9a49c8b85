//! Turns the bytes of a request into the bytes of an answer.

use crate::Plugin;
use crate::message::{Answer, AnswerError, Request, code};
use serde::Serialize;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Answers one request. Never panics: a panic of the plugin becomes the answer `panicked`.
pub fn respond(plugin: &impl Plugin, request: &[u8]) -> Vec<u8> {
    let answer = catch_unwind(AssertUnwindSafe(|| answer(plugin, request)));
    let answer = answer.unwrap_or_else(|panic| {
        let message = panic_message(panic.as_ref()).to_owned();
        encode_error(code::PANICKED, message)
    });
    answer.unwrap_or_else(|_| {
        br#"{"error":{"code":"failed","message":"the answer cannot be written as JSON"}}"#.to_vec()
    })
}

fn answer(plugin: &impl Plugin, request: &[u8]) -> serde_json::Result<Vec<u8>> {
    // Validating UTF-8 once for the whole request is faster than string by string.
    let request = match std::str::from_utf8(request) {
        Ok(request) => request,
        Err(error) => return encode_error(code::BAD_REQUEST, error.to_string()),
    };
    match serde_json::from_str(request) {
        Err(error) => encode_error(code::BAD_REQUEST, error.to_string()),
        Ok(Request::Describe) => encode(&Answer::Ok(plugin.manifest())),
        Ok(Request::Evaluate(batch)) => match plugin.evaluate(&batch) {
            Ok(contribution) => encode(&Answer::Ok(contribution)),
            Err(reason) => encode_error(code::FAILED, reason),
        },
    }
}

fn encode_error(code: &str, message: String) -> serde_json::Result<Vec<u8>> {
    let code = code.to_owned();
    encode(&Answer::<()>::Error(AnswerError { code, message }))
}

fn encode<T: Serialize>(answer: &Answer<T>) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(answer)
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
