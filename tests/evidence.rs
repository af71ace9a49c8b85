//! Evidence in use: what relies on each item, its age and origin, and what is still asked for.

#![allow(clippy::expect_used, clippy::panic, reason = "test helpers may panic")]

mod support;

use std::path::Path;
use support::{
    compare_with_file, printed, printed_with, refused_with, root, settings_with, stderr, wcc,
};

const CASE: &str = "tests/cases/evidence";

/// Compares what a command prints with a file of the case.
fn compare(file: &str, arguments: &[&str]) {
    let expected = root().join(CASE).join("expected").join(file);
    compare_with_file(&expected, &printed(arguments));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}

#[test]
fn each_item_shows_what_relies_on_it_and_each_measure_what_it_asks_for() {
    compare("evidence.txt", &["evidence", CASE, "--cycle", "2009-10"]);
    compare("body.json", &["evidence", CASE, "--body", "5KL", "--json"]);
    // Findings name what has expired.
    compare("findings.txt", &["assure", CASE, "--full", "--body", "5KL"]);
}

#[test]
fn age_and_expiry_are_those_of_the_day_that_is_given() {
    let on = |day: &str| {
        let arguments = [
            "evidence",
            CASE,
            "--cycle",
            "2009-10",
            "--body",
            "south-of-tyne-and-wear",
            "--on",
            day,
        ];
        printed(&arguments)
    };
    assert!(on("2010-02-28").contains("age           1 year 3 months; valid until 2010-02-28"));
    let next = on("2010-03-01");
    assert!(
        next.contains("EXPIRED, to be renewed: was valid until 2010-02-28"),
        "{next}"
    );
    assert!(
        next.contains("renewal of \"Review of the market\""),
        "{next}"
    );
    assert!(on("2008-10-30").contains("dated after 2008-10-30"));
    // An item of the year before that has expired cannot be used again.
    let reusable = |day| on(day).contains("procurement-plan: Procurement plan");
    assert!(reusable("2009-03-31"));
    assert!(!reusable("2009-04-01"));
}

#[test]
fn a_case_with_many_bodies_is_a_table() {
    let text = printed(&["evidence", "examples/england", "--cycle", "2009-10"]);
    assert!(text.contains("nothing more"), "{text}");
    assert!(text.lines().count() > 150, "{text}");
    assert!(
        text.ends_with("for one body add --body with its code\n"),
        "{text}"
    );
}

#[test]
fn mistakes_about_earlier_evidence_name_the_nearest() {
    let refused = |from: &str, to: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let case = folder.path().join("evidence");
        copy(&root().join(CASE), &case);
        let table = case.join("2009-10/evidence.csv");
        let text = std::fs::read_to_string(&table).expect("the table");
        assert!(text.contains(from), "{from}");
        std::fs::write(&table, text.replace(from, to)).expect("written");
        let output = wcc(&["assure", &case.display().to_string()]);
        assert_eq!(output.status.code(), Some(1));
        stderr(&output)
    };
    let row = "needs-assessment,south-of-tyne-and-wear,,,,,,,,,2008-09";
    let message = refused(
        row,
        "needs-assesment,south-of-tyne-and-wear,,,,,,,,,2008-09",
    );
    assert!(
        message.contains("did you mean \"needs-assessment\"?"),
        "{message}"
    );
    let message = refused(
        row,
        "needs-assessment,south-of-tyne-and-wear,,,,,,,,,2008-9",
    );
    assert!(
        message.contains("there is no earlier cycle \"2008-9\""),
        "{message}"
    );
    let message = refused(row, "needs-assessment,5KF,,,,,,,,,2008-09");
    assert!(message.contains("5KF has no evidence"), "{message}");
    let message = refused(row, "needs-assessment,south-of-tyne-and-wear,,,,,,,,,");
    assert!(message.contains("unless `carried_from` names"), "{message}");
    // Evidence of last year is not cited without carrying it over.
    let message = refused(&format!("{row}\n"), "");
    assert!(
        message.contains("is of evidence/2008-09: carry it over"),
        "{message}"
    );
    let message = refused("2008-10-31,,2010-02-28", "2008-10-31,,2008-02-28");
    assert!(
        message.contains("2008-02-28 is before the date of the evidence"),
        "{message}"
    );
    let message = refused("2009-03-31,2008-04-01,", ",2008-04-01,");
    assert!(message.contains("the period has no last day"), "{message}");
}

#[test]
fn an_item_of_last_year_is_imported_by_its_identifier_alone() {
    let settings = settings_with("");
    printed_with(&settings, &["ledger", "load", CASE]);
    let folder = tempfile::tempdir().expect("a folder");
    let table = folder.path().join("evidence.csv");
    let file = table.display().to_string();
    let import = |apply: &[&str]| {
        let mut arguments = vec!["import", &file, "--cycle", "evidence/2009-10"];
        arguments.extend(apply);
        printed_with(&settings, &arguments)
    };
    // The case has carried this one over already, and procurement-plan has not been.
    std::fs::write(
        &table,
        "id,body,carried_from\nneeds-assessment,south-of-tyne-and-wear,2008-09\n\
         procurement-plan,south-of-tyne-and-wear,2008-09\n",
    )
    .expect("written");
    let dry = import(&[]);
    assert!(dry.contains("1 new"), "{dry}");
    import(&["--apply"]);
    let again = import(&["--apply"]);
    assert!(again.contains("nothing to record"), "{again}");
    let shown = printed_with(&settings, &["evidence", "ledger:", "--cycle", "2009-10"]);
    assert!(
        shown.contains("carried over from evidence/2008-09"),
        "{shown}"
    );
    assert!(
        shown.contains("Procurement plan (procurement-plan; document"),
        "{shown}"
    );
    let (code, message) = refused_with(&settings, &["evidence", "ledger:", "--body", "5KX"]);
    assert_eq!(code, 4);
    assert!(message.contains("did you mean"), "{message}");
}

/// The same without a table: a mutation, which is also a command.
#[test]
fn items_of_last_year_are_carried_over_by_a_mutation() {
    let settings = settings_with("");
    printed_with(&settings, &["ledger", "load", CASE]);
    let carry = |items: &[&'static str]| {
        let mut arguments = vec!["enter", "carry-evidence", "--cycle", "evidence/2009-10"];
        arguments.extend([
            "--from",
            "evidence/2008-09",
            "--body",
            "south-of-tyne-and-wear",
        ]);
        arguments.extend(items.iter().flat_map(|item| ["--items", item]));
        arguments
    };
    // The case has carried the first one over already.
    let both = carry(&["needs-assessment", "procurement-plan"]);
    printed_with(&settings, &both);
    let shown = printed_with(&settings, &["evidence", "ledger:", "--cycle", "2009-10"]);
    assert!(
        shown.contains("Procurement plan (procurement-plan; document"),
        "{shown}"
    );
    let ledger = printed_with(&settings, &["ledger", "show"]);
    printed_with(&settings, &both);
    let again = printed_with(&settings, &["ledger", "show"]);
    assert_eq!(ledger, again, "carrying twice changes nothing");
    let (_, message) = refused_with(&settings, &carry(&["procurement-pla"]));
    assert!(
        message.contains("procurement-plan"),
        "the nearest: {message}"
    );
    assert_eq!(printed_with(&settings, &["ledger", "show"]), ledger);
}

#[test]
fn one_table_of_ratings_serves_all_bodies() {
    let settings = settings_with("");
    printed_with(&settings, &["ledger", "load", CASE]);
    let folder = tempfile::tempdir().expect("a folder");
    let table = folder.path().join("external_ratings.csv");
    let file = table.display().to_string();
    let import = ["import", &file, "--cycle", "evidence/2009-10", "--apply"];
    let write = |rows: &str| {
        let text = format!("body,scheme,year,rating,date\n{rows}");
        std::fs::write(&table, text).expect("written");
    };
    write(
        "5KF,use-of-resources-1.3,2008/09,3,2009-12-01\n\
         5KG,use-of-resources-1.3,2008/09,At minimum requirements,2009-12-01\n\
         5KL,use-of-resources-1.3,2008/09,2,2009-12-01\n\
         5KL,vital-signs,2008/09,94%,\n",
    );
    let first = printed_with(&settings, &import);
    assert!(first.contains("4 new, 0 changed, 0 unchanged"), "{first}");
    let again = printed_with(&settings, &import);
    assert!(again.contains("nothing to record"), "{again}");
    write("5KL,use-of-resources-1.3,2008/09,3,2009-12-01\n");
    let changed = printed_with(&settings, &import);
    assert!(
        changed.contains("0 new, 1 changed, 0 unchanged"),
        "{changed}"
    );
    let explained = printed_with(
        &settings,
        &[
            "explain",
            "ledger:",
            "5KL",
            "finance.2",
            "--cycle",
            "2009-10",
        ],
    );
    assert!(
        explained.contains(
            "\"Use of resources, KLOE 1.3\" (external rating, Audit Commission, 2008/09): rated 3"
        ),
        "{explained}"
    );
    // It is shown, and supports or limits nothing.
    assert!(!explained.contains("supports"), "{explained}");
    write(
        "5KZ,use-of-resources-1.3,2008/09,3,\n5KF,use-of-resorces,2008/09,3,\n5KG,use-of-resources,2008/09,5,\n",
    );
    let (code, message) = refused_with(&settings, &import);
    assert_eq!(code, 1);
    for expected in [
        "row 2, column body",
        "did you mean \"use-of-resources\"?",
        "\"5\" is not a rating of Use of resources; expected 1, 2, 3 or 4",
    ] {
        assert!(message.contains(expected), "{expected}: {message}");
    }
    write(
        "5KF,vital-signs,2008-09,90,\n5KG,vital-signs,last year,90,\n5KL,vital-signs,2008/10,90,\n",
    );
    let (_, message) = refused_with(&settings, &import);
    for expected in [
        "row 2, column year: `2008-09` is not a year of Vital Signs rated green: expected a financial \
         year such as 2008/09; did you mean \"2008/09\"?",
        "row 3, column year: `last year` is not a year",
        "row 4, column year: `2008/10` is not a year",
    ] {
        assert!(message.contains(expected), "{expected}: {message}");
    }
    write(
        "5KF,vital-signs,2008/09,90,\n5KG,vital-signs,2008/09,90,\n5KF,vital-signs,2008/09,91,\n",
    );
    let (_, message) = refused_with(&settings, &import);
    assert!(
        message.contains(
            "row 4, columns body, scheme and year: the same body, scheme and year are rated twice; the \
             first is in external_ratings.csv, row 2"
        ),
        "{message}"
    );
}
