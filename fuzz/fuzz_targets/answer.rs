//! Any bytes as the answer to a batch: decoding and the host's checks never panic, and an accepted
//! answer is still accepted after encoding and decoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use wcc_host::conformance::{read_contribution, read_manifest};
use wcc_plugin::{Answer, Batch, Manifest, Request};

static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    let text = include_bytes!("../../tests/protocol/1.0/describe-answer-every-field.json");
    read_manifest(text).expect("the recorded manifest")
});

static BATCH: LazyLock<Batch<'static>> = LazyLock::new(|| {
    let text = include_str!("../../tests/protocol/1.0/evaluate-request-every-field.json");
    match serde_json::from_str(text).expect("the recorded request") {
        Request::Evaluate(batch) => batch,
        Request::Describe => unreachable!("it is a batch"),
    }
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(contribution) = read_contribution(bytes, &MANIFEST, &BATCH) {
        let again = serde_json::to_vec(&Answer::Ok(&contribution)).expect("it can be written");
        let again = read_contribution(&again, &MANIFEST, &BATCH).expect("it is accepted again");
        assert_eq!(again, contribution);
    }
});
