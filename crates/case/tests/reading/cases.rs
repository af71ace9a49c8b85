//! Every folder below `tests/cases` is a case with the problems, or the content, that is expected
//! of it in `expected.txt`. `UPDATE=1 cargo test -p wcc-case` writes them anew.

use crate::support;
use wcc_case::case;

#[test]
fn cases_are_read_as_expected() {
    let (frameworks, shipped) = (support::frameworks(), support::shipped());
    let differences: Vec<String> = support::entries("cases", "")
        .iter()
        .filter_map(|folder| {
            let actual = match case::read(folder, &frameworks, &shipped) {
                Ok(case) => support::told(&case),
                Err(problems) => problems.to_string(),
            };
            let actual = actual.replace(&folder.display().to_string(), "CASE");
            support::compare(&folder.join("expected.txt"), &actual)
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_folder_that_is_not_there_is_told() {
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
