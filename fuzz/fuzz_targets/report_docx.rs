//! Any parts as a panel report in `.docx`.
#![no_main]

mod files;
mod reader;
mod shipped;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let packed = if bytes.starts_with(b"PK") {
        bytes.to_vec()
    } else {
        files::archive(bytes)
    };
    reader::check(&packed, wcc_panel_report::DocumentKind::Docx);
});
