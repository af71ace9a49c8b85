//! Any texts as the tables of a cycle, as `wcc import` and a filled workbook give them.
#![no_main]

mod files;
mod small;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use wcc_case::Settings;
use wcc_case::cycle::{CycleTable, TABLES, build};

static SETTINGS: LazyLock<Settings> = LazyLock::new(small::cycle_settings);

fuzz_target!(|bytes: &[u8]| {
    let tables = files::files(bytes).into_iter().filter_map(|(name, bytes)| {
        let name = TABLES.into_iter().find(|known| *known == name)?;
        Some(CycleTable {
            name,
            file: name.to_owned(),
            content: bytes.into(),
        })
    });
    let tables: Vec<CycleTable> = tables.collect();
    match build(&SETTINGS, &tables) {
        Ok(read) => drop(read.warnings.to_string()),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
});
