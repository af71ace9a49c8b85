//! Every folder below `tests/cases` is a case; its `expected.txt` has the expected problems or
//! content. `UPDATE=1 cargo test -p wcc-case` rewrites them.

use crate::support;
use wcc_case::case;
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope};

#[test]
fn cases_are_read_as_expected() {
    let (frameworks, shipped) = (support::frameworks(), support::shipped());
    let differences: Vec<String> = support::entries("cases", "")
        .iter()
        .filter_map(|folder| {
            let actual = match case::read(folder, &frameworks, &shipped) {
                Ok(case) => support::describe(&case),
                Err(problems) => problems.to_string(),
            };
            let actual = actual.replace(&folder.display().to_string(), "CASE");
            support::compare(&folder.join("expected.txt"), &actual)
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_missing_folder_is_reported() {
    let read = case::read(
        std::path::Path::new("no/such/case"),
        &support::frameworks(),
        &support::shipped(),
    );
    let problems = read.expect_err("there is no such folder").to_string();
    let expected = "no/such/case: there is no such folder; expected the folder of a case, with a \
                    case.toml in it";
    assert_eq!(problems, expected);
}

/// While a plugin is loaded, a case need not repeat the title and direction of its outcomes.
#[test]
fn an_outcome_that_a_plugin_declares_is_not_repeated() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    write(
        "case.toml",
        "title = \"t\"\n[[cycle]]\nid = \"c\"\nframework = \"harbour-2002\"\nas_of = 2002-06-01\n",
    );
    write(
        "outcomes.csv",
        "body,slot,outcome,historic\nP03,1,Pier-Lamps,-1.5\n",
    );
    let declared = OutcomeDefinition {
        id: "pier-lamps".to_owned(),
        title: "Lamps lit on the pier".to_owned(),
        unit: "%".to_owned(),
        better: Better::Higher,
        scope: OutcomeScope::Local,
        series: vec!["persons".to_owned()],
        min: None,
        max: None,
        vital_signs: None,
        source: None,
    };
    let (frameworks, shipped) = (support::frameworks(), support::shipped());
    let read = |local: Vec<OutcomeDefinition>| {
        let frameworks = frameworks.clone().with_local_outcomes(local);
        case::read(folder.path(), &frameworks, &shipped)
    };
    let case = read(vec![declared]).expect("the plugin defines the outcome");
    let chosen = &case.cycles[0].cycle.records.outcomes[0];
    assert_eq!(&*chosen.outcome, "pier-lamps");
    assert_eq!(&*chosen.title, "Lamps lit on the pier");
    assert_eq!(chosen.better, Better::Higher);
    let refused = read(Vec::new())
        .expect_err("nothing defines the outcome")
        .to_string();
    assert!(refused.contains("of a loaded plugin"), "{refused}");
}
