//! A small rule book and small tables of bodies, read once: a run is about the input, not about what ships.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use wcc_case::{Frameworks, ShippedTables};

fn configs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/case/tests/configs")
}

pub static FRAMEWORKS: LazyLock<Frameworks> = LazyLock::new(|| {
    Frameworks::read(&configs().join("frameworks")).expect("the small frameworks")
});

#[allow(dead_code, reason = "not every target needs them")]
pub static TABLES: LazyLock<ShippedTables> = LazyLock::new(|| {
    ShippedTables::read(&configs().join("organisations")).expect("the small tables")
});

/// The settings of a cycle of the small framework.
#[allow(dead_code, reason = "not every target needs them")]
pub fn cycle_settings() -> wcc_case::Settings {
    let framework = FRAMEWORKS.find("harbour-2002").expect("a small framework");
    wcc_case::Settings {
        id: "case/2002".to_owned(),
        title: "Fuzzed".to_owned(),
        as_of: jiff::civil::date(2002, 6, 1),
        illustrative: None,
        framework: framework.clone(),
        organisations: TABLES.organisations().clone(),
        local_outcomes: std::sync::Arc::from([]),
        indicators: Vec::new(),
        earlier: Vec::new(),
        pcts: None,
        recorded: wcc_case::cycle::RecordedOutcomes::default(),
        published: wcc_case::cycle::PublishedFiles::All,
    }
}
