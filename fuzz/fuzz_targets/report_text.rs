//! Any bytes as a panel report in plain text or Markdown.
#![no_main]

mod reader;
mod shipped;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| reader::check(bytes, wcc_panel_report::DocumentKind::Text));
