//! Any text as a framework file: it is read or refused with problems that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(problems) = wcc_case::framework::parse(text, "framework.toml") {
        assert!(!problems.to_string().is_empty());
    }
});
