//! Any bytes as a bundle of a ledger, of either version.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use tokio::runtime::Runtime;
use wcc_programme::FileFormats;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
});

fuzz_target!(|bytes: &[u8]| {
    let mut from = bytes;
    let check = wcc_ledger::bundle::check("Q30", Arc::new(FileFormats), &mut from, |_, _| {});
    if let Err(error) = RUNTIME.block_on(check) {
        assert!(!error.to_string().is_empty());
    }
});
