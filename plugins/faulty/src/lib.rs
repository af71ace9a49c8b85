//! A plugin that fails in the way named in its settings: `{ "fault": "abort" }`. Without a fault it
//! answers normally.
//!
//! It covers only Q34, so that tests can check that other regions are unaffected.

#![allow(
    unsafe_code,
    reason = "some faults are impossible in safe code, and the SDK's interface cannot send faulty answers"
)]

mod answers;
mod faults;

use std::ptr;
use wcc_plugin::{Answer, Batch, CheckDocumentation, Manifest, OutcomeDeclaration, Request};

/// The faulty calls, by their names in the settings.
pub const CALLS: &[(&str, fn())] = &[
    ("panic", faults::panic),
    ("abort", faults::abort),
    ("segmentation-fault", faults::segmentation_fault),
    ("stack-overflow", faults::stack_overflow),
    ("exit", faults::exit),
    ("endless-loop", faults::endless_loop),
    ("sleep", faults::sleep),
    ("memory-bomb", faults::memory_bomb),
    ("fork-bomb", faults::fork_bomb),
    ("thread-bomb", faults::thread_bomb),
    ("run-a-program", faults::run_a_program),
    ("connect", faults::connect),
    ("signal-the-parent", faults::signal_the_parent),
    ("read-a-file", faults::read_a_file),
    ("write-a-file", faults::write_a_file),
    ("leave-the-group", faults::leave_the_group),
    ("outlive", faults::outlive),
    ("drip", faults::drip),
    ("flood-descriptors", faults::flood_descriptors),
    ("close-descriptors", faults::close_descriptors),
    ("noise", faults::noise),
    ("endless-noise", faults::endless_noise),
    ("raise-limits", faults::raise_limits),
    ("drop-signals", faults::drop_signals),
    ("slow", faults::slow),
];

// SAFETY: nothing else in this library has these names.
/// Returns the version number of the interface.
#[unsafe(no_mangle)]
pub extern "C" fn wcc_plugin_abi() -> u32 {
    wcc_plugin::ABI
}

/// Answers one request, or fails.
///
/// # Safety
/// As in `wcc_plugin.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wcc_plugin_call(
    input: *const u8,
    input_length: usize,
    output: *mut *mut u8,
    output_length: *mut usize,
) -> i32 {
    // SAFETY: the host passes `input_length` bytes, which stay valid during the call.
    let request = unsafe { std::slice::from_raw_parts(input, input_length) };
    let Some(answer) = answer(request) else {
        return 7;
    };
    let answer = answer.into_boxed_slice();
    // SAFETY: the host passes two valid pointers.
    unsafe {
        output_length.write(answer.len());
        output.write(Box::into_raw(answer).cast());
    }
    0
}

/// Frees an answer.
///
/// # Safety
/// As in `wcc_plugin.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wcc_plugin_free(output: *mut u8, output_length: usize) {
    if !output.is_null() {
        // SAFETY: `wcc_plugin_call` created it from a boxed slice of this length.
        drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(output, output_length)) });
    }
}

fn answer(request: &[u8]) -> Option<Vec<u8>> {
    match serde_json::from_slice(request) {
        Ok(Request::Describe) => serde_json::to_vec(&Answer::Ok(manifest())).ok(),
        Ok(Request::Evaluate(batch)) => evaluate(&batch),
        Err(_) => None,
    }
}

fn evaluate(batch: &Batch<'_>) -> Option<Vec<u8>> {
    let fault = batch.settings.get("fault").and_then(|fault| fault.as_str());
    let fault = fault.unwrap_or_default();
    if let Some((_, fail)) = CALLS.iter().find(|(name, _)| *name == fault) {
        fail();
    }
    answers::answer_with(fault, batch)
}

fn manifest() -> Manifest {
    let names = CALLS.iter().map(|(name, _)| *name);
    let names: Vec<&str> = names.chain(answers::NAMES.iter().copied()).collect();
    Manifest {
        regions: vec!["Q34".to_owned()],
        frameworks: ["wcc-2008-09", "wcc-2009-10"].map(str::to_owned).to_vec(),
        outcomes: vec![OutcomeDeclaration {
            min: Some(0.0),
            max: Some(100.0),
            ..OutcomeDeclaration::new("faults", "Faults", "faults", wcc_plugin::Better::Lower)
        }],
        checks: vec![CheckDocumentation {
            id: "fails".to_owned(),
            title: "Fails".to_owned(),
            about: "governance".to_owned(),
            what: "Nothing.".to_owned(),
            why: "It exercises the host's handling of failures.".to_owned(),
            example: "Every body.".to_owned(),
        }],
        needs: vec!["judgements".to_owned()],
        settings: Some(serde_json::json!({
            "type": "object",
            "properties": {
                "fault": { "type": "string", "enum": names },
                "times": { "type": "integer", "minimum": 1 }
            },
            "additionalProperties": false
        })),
        ..Manifest::new("faulty", "Fails in every way", env!("CARGO_PKG_VERSION"))
    }
}
