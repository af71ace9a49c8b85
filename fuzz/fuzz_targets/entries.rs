//! Any lines as entries of a ledger, of every version. An entry that is decoded can be encoded, and says the
//! same again; folding entries in any order never panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use wcc_core::ledger::State;
use wcc_ledger::format::{decode, encode};
use wcc_programme::FileFormats;

fuzz_target!(|bytes: &[u8]| {
    let mut state = State::new(Arc::new(FileFormats));
    for line in bytes.split(|byte| *byte == b'\n') {
        let Ok(chained) = decode(line) else { continue };
        if let Ok(encoded) = encode(&chained) {
            let again = decode(&encoded).expect("what was encoded is decoded");
            assert_eq!(encode(&again).expect("it is encoded again"), encoded);
        }
        let _ = state.apply(chained.entry);
    }
});
