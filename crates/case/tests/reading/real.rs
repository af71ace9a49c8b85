//! The shipped configuration and the examples are read without a problem.

use std::path::{Path, PathBuf};
use wcc_case::{Frameworks, ShippedTables, case};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shipped() -> (Frameworks, ShippedTables) {
    let frameworks = Frameworks::read(&root().join("configs/frameworks"));
    let tables = ShippedTables::read(&root().join("configs/organisations"));
    (
        frameworks.unwrap_or_else(|problems| panic!("{problems}")),
        tables.unwrap_or_else(|problems| panic!("{problems}")),
    )
}

#[test]
fn shipped_frameworks_follow_one_another() {
    let (frameworks, _) = shipped();
    let (Some(first), Some(second)) = (
        frameworks.find("wcc-2008-09"),
        frameworks.find("wcc-2009-10"),
    ) else {
        panic!("both years ship");
    };
    assert_eq!(second.previous.as_deref(), Some(first.id.as_str()));
    let competency = |id: &str| id.starts_with(|first: char| first.is_ascii_digit());
    let counts = [first, second].map(|framework| {
        let ids = framework.measures.iter().map(|measure| &measure.id);
        ids.filter(|id| competency(id)).count()
    });
    assert_eq!(counts, [30, 33]);
}

#[test]
fn examples_are_read() {
    let (frameworks, tables) = shipped();
    let examples = std::fs::read_dir(root().join("examples")).expect("the examples are there");
    let folders: Vec<PathBuf> = examples
        .map(|entry| entry.expect("an entry").path())
        .filter(|folder| folder.join("case.toml").is_file())
        .collect();
    assert!(folders.len() >= 4, "only {folders:?}");
    for folder in folders {
        let case = case::read(&folder, &frameworks, &tables)
            .unwrap_or_else(|problems| panic!("{}:\n{problems}", folder.display()));
        assert!(!case.cycles.is_empty(), "{}", folder.display());
        for read in &case.cycles {
            let records = &read.cycle.records;
            // A regime that grades nothing has commentary alone.
            assert!(
                !records.judgements.is_empty()
                    || !records.indicators.is_empty()
                    || !records.commentary.is_empty(),
                "{}",
                read.cycle.id
            );
            assert_eq!(read.warnings.to_string(), "", "{}", read.cycle.id);
            for judgement in &read.cycle.records.judgements {
                assert!(read.places.place(judgement.record).is_some());
            }
        }
    }
}
