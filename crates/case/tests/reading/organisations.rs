//! Every folder below `tests/organisations` has tables of bodies, with their expected problems in
//! `expected.txt`.

use crate::support;
use wcc_case::organisations;

#[test]
fn problems_of_tables_of_bodies_are_reported() {
    let differences: Vec<String> = support::entries("organisations", "")
        .iter()
        .filter_map(|folder| {
            let actual = match organisations::read(folder) {
                Ok(_) => "no problems".to_owned(),
                Err(problems) => problems.to_string(),
            };
            support::compare(&folder.join("expected.txt"), &actual)
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn bodies_are_read() {
    let shipped = support::shipped();
    let read = format!("{:#?}", shipped.organisations().each().collect::<Vec<_>>());
    let links = format!(
        "{:#?}\n{:#?}",
        shipped.organisations().memberships(),
        shipped.organisations().delegations()
    );
    let expected = support::tests_folder("configs/organisations.txt");
    if let Some(difference) = support::compare(&expected, &format!("{read}\n{links}")) {
        panic!("{difference}");
    }
}

/// The limits are those that docs/case-files.md names.
#[test]
fn a_table_has_a_maximum_number_of_rows() {
    let read = |rows: usize| {
        let folder = tempfile::tempdir().expect("a folder");
        // Blank rows count, as they do in a spreadsheet.
        let text = format!("code,name{}Q30,North East", "\n".repeat(rows - 1));
        std::fs::write(folder.path().join("sha.csv"), text).expect("written");
        organisations::read(folder.path()).map_err(|problems| problems.to_string())
    };
    assert!(read(2_000_000).is_ok());
    assert_eq!(
        read(2_000_001).map(drop),
        Err(
            "sha.csv, row 2000001: the table has more than 2000000 rows; expected at most 2000000 \
             rows"
                .to_owned()
        )
    );
    let docs = support::tests_folder("../../../docs/case-files.md");
    let docs = std::fs::read_to_string(docs).expect("the documentation");
    assert!(docs.contains("at most 64 MiB, 2,000,000 rows and 200 columns"));
}

#[test]
fn a_missing_folder_is_reported() {
    let problems = organisations::read(std::path::Path::new("no/such/folder"));
    assert_eq!(
        problems.expect_err("there is no such folder").to_string(),
        "no/such/folder: there is no such folder; expected a folder of tables of bodies (bodies.csv, \
         memberships.csv, ...)"
    );
}
