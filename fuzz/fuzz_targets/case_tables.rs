//! Any texts as the tables of a cycle, as `wcc import` and a filled workbook give them.
#![no_main]

mod files;
mod shipped;

use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use wcc_case::Settings;
use wcc_case::cycle::{CycleTable, TABLES, build};
use wcc_core::Framework;

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let framework: &Framework = shipped::FRAMEWORKS
        .find("wcc-2009-10")
        .expect("a shipped framework");
    Settings {
        id: "case/2009-10".to_owned(),
        title: "Fuzzed".to_owned(),
        as_of: jiff::civil::date(2010, 5, 31),
        illustrative: None,
        framework: Arc::new(framework.clone()),
        organisations: shipped::TABLES.organisations().clone(),
        local_outcomes: Arc::from([]),
        earlier: Vec::new(),
        pcts: None,
    }
});

fuzz_target!(|bytes: &[u8]| {
    let tables = files::files(bytes).into_iter().filter_map(|(name, bytes)| {
        let name = TABLES.into_iter().find(|known| *known == name)?;
        Some(CycleTable {
            name,
            file: name.to_owned(),
            bytes,
        })
    });
    let tables: Vec<CycleTable> = tables.collect();
    match build(&SETTINGS, &tables) {
        Ok(read) => drop(read.warnings.to_string()),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
});
