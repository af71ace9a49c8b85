//! Any text as an `indicator_files.toml`, and any texts as the indicators that it refers to and the published
//! files that it names.
#![no_main]

mod files;
mod small;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use wcc_case::Settings;
use wcc_case::cycle::{CycleTable, INDICATOR_FILES, MAPPED, TABLES, build, published_files};

static SETTINGS: LazyLock<Settings> = LazyLock::new(small::cycle_settings);

fuzz_target!(|bytes: &[u8]| {
    let given = files::files(bytes);
    let published: Vec<String> = given
        .iter()
        .filter(|(name, _)| name == INDICATOR_FILES)
        .flat_map(|(_, text)| published_files(text))
        .collect();
    let tables = given.into_iter().filter_map(|(file, bytes)| {
        let known = TABLES.into_iter().find(|known| *known == file);
        let name = known.or(published.contains(&file).then_some(MAPPED))?;
        let content = bytes.into();
        Some(CycleTable { name, file, content })
    });
    let tables: Vec<CycleTable> = tables.collect();
    match build(&SETTINGS, &tables) {
        Ok(read) => drop(read.warnings.to_string()),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
});
