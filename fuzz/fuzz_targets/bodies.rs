//! Any texts as tables of bodies.
#![no_main]

mod files;

use libfuzzer_sys::fuzz_target;
use wcc_case::organisations::{BodyTable, BodyTables};
use wcc_core::framework::Words;

fuzz_target!(|bytes: &[u8]| {
    let mut tables = BodyTables::default();
    for (file, bytes) in files::files(bytes) {
        let table = BodyTable {
            file: file.clone(),
            bytes: bytes.into(),
            shipped: false,
        };
        tables.set(&file, table);
    }
    if let Err(problems) = tables.organisations(&Words::world_class_commissioning()) {
        assert!(!problems.to_string().is_empty());
    }
});
