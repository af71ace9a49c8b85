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

#[test]
fn a_missing_folder_is_reported() {
    let problems = organisations::read(std::path::Path::new("no/such/folder"));
    assert_eq!(
        problems.expect_err("there is no such folder").to_string(),
        "no/such/folder: there is no such folder; expected a folder of tables of bodies (sha.csv, \
         pct.csv, ...)"
    );
}
