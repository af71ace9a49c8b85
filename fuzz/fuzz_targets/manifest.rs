//! Any bytes as the answer to "describe": decoding and the host's checks never panic, and an accepted
//! manifest is still accepted after encoding and decoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wcc_host::conformance::read_manifest;
use wcc_plugin::Answer;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(manifest) = read_manifest(bytes) {
        let again = serde_json::to_vec(&Answer::Ok(&manifest)).expect("it can be written");
        assert_eq!(
            read_manifest(&again).expect("it is accepted again"),
            manifest
        );
    }
});
