//! Workbooks: written, filled in, imported; and files that were made to do harm.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

mod support;

#[path = "workbooks/archive.rs"]
mod archive;
#[path = "workbooks/hostile.rs"]
mod hostile;
#[path = "workbooks/office.rs"]
mod office;

use archive::{Archive, cell};
use office::{CLUSTER, CYCLE, Office};
use support::{printed_with, refused_with, settings_with};

#[test]
fn a_workbook_that_nobody_changed_changes_nothing() {
    let office = Office::open();
    for (kind, body, records) in [
        ("self-assessment", CLUSTER, 35),
        ("panel", CLUSTER, 39),
        ("panel", "5KF", 10),
        ("survey", CLUSTER, 6),
        ("metrics", CLUSTER, 1),
        // Twelve series, and no criterion of its own.
        ("metrics", "5KF", 12),
    ] {
        let file = office.template(kind, body);
        let printed = office.import(&file, &["--apply"]);
        assert_eq!(
            printed,
            format!("{CYCLE}: 0 new, 0 changed, {records} unchanged\nnothing to record\n"),
            "{kind} of {body}"
        );
    }
}

#[test]
fn another_regime_has_workbooks_in_its_own_words() {
    let settings = settings_with("");
    let case = "tests/cases/regimes/letters";
    printed_with(&settings, &["ledger", "load", case]);
    let office = Office {
        settings,
        folder: tempfile::tempdir().expect("a folder"),
    };
    let file = office.template("assessment", "QKK");
    assert_eq!(
        office.import(&file, &[]),
        "letters/2024: 0 new, 0 changed, 2 unchanged\nnothing to record\n"
    );
    let written = Archive::read(&file);
    let strings = written.text("xl/sharedStrings.xml");
    assert!(strings.contains("assessment") && !strings.contains("panel"));
}

#[test]
fn a_changed_cell_is_an_entry_once() {
    let office = Office::open();
    let file = office.template("self-assessment", CLUSTER);
    Archive::read(&file)
        .with_cell("xl/worksheets/sheet2.xml", "E3", "4")
        .write(&file);
    let change = "changed  self-assessment of south-of-tyne-and-wear on 1b: 4; before: \
                  self-assessment of south-of-tyne-and-wear on 1b: 2 (entry 21) \
                  [self-assessment-south-of-tyne-and-wear.xlsx, sheet Judgements, row 3]\n\
                  south-of-tyne-and-wear/2008-09: 0 new, 1 changed, 34 unchanged\n";
    let before = office.head();
    assert_eq!(
        office.import(&file, &[]),
        format!("{change}nothing is recorded yet: add --apply to record this\n")
    );
    assert_eq!(office.head(), before, "a dry run left an entry");
    assert_eq!(
        office.import(&file, &["--apply"]),
        format!("{change}recorded by entry 305\n")
    );
    assert_eq!(
        office.import(&file, &["--apply"]),
        format!("{CYCLE}: 0 new, 0 changed, 35 unchanged\nnothing to record\n")
    );
}

#[test]
fn what_others_changed_since_is_not_overwritten() {
    let office = Office::open();
    let file = office.template("self-assessment", CLUSTER);
    let table = office.file("judgements.csv");
    let row = format!("body,measure,method,value\n{CLUSTER},1b,self,3\n");
    std::fs::write(&table, row).expect("a file");
    let arguments = ["--cycle", CYCLE, "--author", "anna", "--apply"];
    office.import(&table, &arguments);
    assert_eq!(
        office.import(&file, &["--apply"]),
        format!("{CYCLE}: 0 new, 0 changed, 35 unchanged\nnothing to record\n"),
        "a row that nobody touched reverted a newer entry"
    );
    Archive::read(&file)
        .with_cell("xl/worksheets/sheet2.xml", "E3", "4")
        .write(&file);
    assert_eq!(
        office.refuse(&file),
        "self-assessment-south-of-tyne-and-wear.xlsx, sheet Judgements, row 3: anna has changed \
         this since the workbook was made (entry 305)\n\
         make a new workbook with `wcc template`, and enter your changes there\n"
    );
}

#[test]
fn tables_of_a_case_that_is_in_the_ledger_change_nothing() {
    let office = Office::open();
    let case = support::root().join("examples/south-of-tyne-and-wear");
    for table in [
        "judgements.csv",
        "survey.csv",
        "criteria.csv",
        "answers.csv",
        "recommendations.csv",
        "evidence.csv",
        "outcomes.csv",
        "outcome_values.csv",
    ] {
        let printed = office.import(&case.join(table), &["--cycle", CYCLE, "--apply"]);
        assert!(
            printed.contains(": 0 new, 0 changed, ") && printed.ends_with("nothing to record\n"),
            "{table}: {printed}"
        );
    }
    let values = case.join("outcome_values.csv").display().to_string();
    let printed = office.import(&case.join("outcomes.csv"), &[&values, "--cycle", CYCLE]);
    assert!(printed.ends_with("nothing to record\n"), "{printed}");
}

#[test]
fn a_changed_outcome_or_value_is_an_entry_once() {
    let office = Office::open();
    let file = office.template("metrics", "5KF");
    Archive::read(&file)
        .with_cell("xl/worksheets/sheet2.xml", "Q2", "0.9")
        .with_cell("xl/worksheets/sheet3.xml", "D3", "103.5")
        .write(&file);
    let printed = office.import(&file, &["--apply"]);
    assert!(
        printed.contains(": 0 new, 2 changed, 10 unchanged\n"),
        "{printed}"
    );
    let value = "2005: 103.5, before 104.1 [metrics-5KF.xlsx, sheet Values, row 3, column value]";
    for expected in ["[metrics-5KF.xlsx, sheet Outcomes, row 2]", value] {
        assert!(printed.contains(expected), "{printed}");
    }
    let again = office.import(&file, &["--apply"]);
    assert!(again.ends_with("nothing to record\n"), "{again}");
    let shown = printed_with(&office.settings, &["ledger", "show", "306"]);
    assert!(
        shown.contains("\"value\": 103.5") && shown.contains("\"value\": 97.6"),
        "{shown}"
    );
}

#[test]
fn values_alone_leave_the_rest_of_an_outcome_as_it_is() {
    let office = Office::open();
    let values = office.file("outcome_values.csv");
    let write = |text: &str| std::fs::write(&values, text).expect("a file");
    write("body,outcome,year,value\n5KF,cvd-mortality,2007,91.0\n5KF,cvd-mortality,2008,90.1\n");
    let printed = office.import(&values, &["--cycle", CYCLE, "--apply"]);
    assert!(
        printed.contains("0 new, 1 changed, 0 unchanged"),
        "{printed}"
    );
    for cell in [
        "2007: 91, before 92.3 [outcome_values.csv, row 2, column value]",
        "2008: 90.1, new [outcome_values.csv, row 3, column value]",
    ] {
        assert!(printed.contains(cell), "{cell}: {printed}");
    }
    let shown = printed_with(&office.settings, &["ledger", "show", "305"]);
    for kept in [
        "112.4",
        "91.0",
        "90.1",
        "\"aspiration\"",
        "\"source\": \"illustrative\"",
    ] {
        assert!(shown.contains(kept), "{kept}: {shown}");
    }
    // An empty cell and a missing column leave a value and its break as they are.
    write("body,outcome,year,value,break\n5KF,cvd-mortality,2008,,yes\n");
    office.import(&values, &["--cycle", CYCLE, "--apply"]);
    let broken = printed_with(&office.settings, &["ledger", "show", "306"]);
    assert!(broken.contains("\"value\": 90.1"), "{broken}");
    assert!(broken.contains("\"break_before\": true"), "{broken}");
    for rows in [
        "body,outcome,year,value\n5KF,cvd-mortality,2008,\n",
        "body,outcome,year,source\n5KF,cvd-mortality,2008,a report\n",
    ] {
        write(rows);
        let same = office.import(&values, &["--cycle", CYCLE, "--apply"]);
        assert!(same.ends_with("nothing to record\n"), "{same}");
    }
    write("body,outcome,year,value\n5KF,cvd-mortalty,2008,4\n");
    let message = office.refused(&values, &["--cycle", CYCLE]);
    assert!(
        message.contains("5KF has no row for \"cvd-mortalty\"")
            && message.contains("did you mean \"cvd-mortality\"?"),
        "{message}"
    );
    write("body,outcome,series,year,value\n5KF,cvd-mortality,males,2008,4\n");
    let message = office.refused(&values, &["--cycle", CYCLE]);
    assert!(message.contains("column series"), "{message}");
    assert!(message.contains("expected persons"), "{message}");
}

#[test]
fn recommendations_alone_may_be_about_an_outcome_that_the_ledger_has() {
    let office = Office::open();
    let outcomes = office.file("outcomes.csv");
    let local = "body,slot,outcome,title,better,scope\n5KF,9,sea-swimming,Swimmers,higher,local\n";
    std::fs::write(&outcomes, local).expect("a file");
    office.import(&outcomes, &["--cycle", CYCLE, "--apply"]);
    let file = office.file("recommendations.csv");
    let row = "id,body,about,text\nr9,5KF,sea-swimming,Swim more\n";
    std::fs::write(&file, row).expect("a file");
    let printed = office.import(&file, &["--cycle", CYCLE, "--apply"]);
    assert!(printed.contains("1 new, 0 changed"), "{printed}");
    let text = office.file("commentary.md");
    std::fs::write(
        &text,
        "# 5KF\n\n## Health\nBears on: sea-swimming\n\nMany swim.\n",
    )
    .expect("a file");
    std::fs::write(
        &file,
        row.replace("r9", "r10")
            .replace("sea-swimming", "sea-swiming"),
    )
    .expect("a file");
    let message = office.refused(&file, &["--cycle", CYCLE]);
    assert!(
        message.contains("did you mean \"sea-swimming\"?"),
        "{message}"
    );
}

#[test]
fn columns_that_a_table_of_outcomes_lacks_stay_as_they_are() {
    let office = Office::open();
    let file = office.file("outcomes.csv");
    std::fs::write(
        &file,
        "body,slot,outcome,series,aspiration\n5KF,1,life-expectancy,males,0.7\n\
         5KF,1,life-expectancy,females,0.4\n",
    )
    .expect("a file");
    let printed = office.import(&file, &["--cycle", CYCLE, "--apply"]);
    assert!(
        printed.contains("0 new, 1 changed, 1 unchanged"),
        "{printed}"
    );
    let shown = printed_with(&office.settings, &["ledger", "show", "305"]);
    for kept in [
        "\"aspiration\": 0.7",
        "\"historic\": 0.4",
        "\"series\": \"males\"",
    ] {
        assert!(shown.contains(kept), "{kept}: {shown}");
    }
}

#[test]
fn outcomes_that_others_changed_since_are_not_overwritten() {
    let office = Office::open();
    let file = office.template("metrics", "5KF");
    let values = office.file("outcome_values.csv");
    std::fs::write(
        &values,
        "body,outcome,year,value\n5KF,cvd-mortality,2007,91.0\n",
    )
    .expect("a file");
    office.import(&values, &["--cycle", CYCLE, "--apply"]);
    // What was not touched reverts nothing.
    let untouched = office.import(&file, &["--apply"]);
    assert!(untouched.ends_with("nothing to record\n"), "{untouched}");
    Archive::read(&file)
        .with_cell("xl/worksheets/sheet3.xml", "D2", "113")
        .write(&file);
    let message = office.refuse(&file);
    assert!(
        message.contains("operator has changed this since"),
        "{message}"
    );
}

#[test]
fn several_files_are_tables_of_one_cycle() {
    let office = Office::open();
    let file = office.template("metrics", "5KF");
    let table = office.file("outcomes.csv");
    std::fs::write(&table, "body,slot,outcome\n").expect("a file");
    let other = table.display().to_string();
    let message = office.refused(&file, &[&other, "--cycle", CYCLE]);
    assert!(
        message.contains("only be imported together if all are tables"),
        "{message}"
    );
    let message = office.refused(&table, &[&other, "--cycle", CYCLE]);
    assert!(message.contains("outcomes.csv is given twice"), "{message}");
}

#[test]
fn what_is_not_a_file_is_refused_at_once() {
    let office = Office::open();
    for name in ["pipe.xlsx", "judgements.csv", "pipe.txt"] {
        let path = office.file(name);
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        let message = office.refused(&path, &["--cycle", CYCLE]);
        assert!(message.contains("is not a file"), "{message}");
    }
}

#[test]
fn an_error_names_sheet_row_and_column_and_nothing_is_recorded() {
    let office = Office::open();
    let file = office.template("self-assessment", CLUSTER);
    let page = "xl/worksheets/sheet2.xml";
    let filled = Archive::read(&file)
        .with_cell(page, "E2", "4")
        .with_cell(page, "E3", "five")
        .with_cell(page, "G4", "no-such-evidence")
        .with_cell(page, "J5", "30/11/2009");
    filled.write(&file);
    let message = office.refuse(&file);
    let sheet = "self-assessment-south-of-tyne-and-wear.xlsx, sheet Judgements";
    for expected in [
        format!(
            "{sheet}, row 3, column value: \"five\" is not a step of the scale Level; expected 1, \
             2, 3 or 4"
        ),
        format!("{sheet}, row 4, column evidence: "),
        format!("{sheet}, row 5, column date: "),
    ] {
        assert!(message.contains(&expected), "{message}");
    }
}

#[test]
fn text_that_looks_like_a_formula_stays_text() {
    let office = Office::open();
    let file = office.template("self-assessment", CLUSTER);
    let formula = "=HYPERLINK(\"http://example.org\",\"click\")";
    Archive::read(&file)
        .with_cell("xl/worksheets/sheet2.xml", "F3", formula)
        .write(&file);
    office.import(&file, &["--apply"]);
    std::fs::remove_file(&file).expect("removed");
    let again = Archive::read(&office.template("self-assessment", CLUSTER));
    let pages: Vec<&String> = again
        .texts()
        .filter(|(name, _)| name.starts_with("xl/worksheets/"))
        .map(|(_, text)| text)
        .collect();
    assert!(pages.iter().all(|page| !page.contains("<f>")));
    let strings = again.text("xl/sharedStrings.xml");
    assert!(strings.contains("=HYPERLINK("), "the text was lost");
}

#[test]
fn a_workbook_of_another_program_is_refused() {
    let office = Office::open();
    let file = office.file("plain.xlsx");
    Archive::with_page(&cell("A1", "Measure")).write(&file);
    assert_eq!(
        office.refuse(&file).trim_end(),
        format!(
            "{}: there is no sheet About, so this is not a workbook of this program; expected one \
             made with `wcc template`",
            file.display()
        )
    );
}

#[test]
fn a_heading_that_was_changed_is_named_with_its_cell() {
    let office = Office::open();
    let file = office.template("survey", CLUSTER);
    Archive::read(&file)
        .with_cell("xl/worksheets/sheet2.xml", "D1", "Scoer")
        .write(&file);
    let message = office.refuse(&file);
    assert!(
        message.contains("sheet Survey results, row 1: there is no column Score")
            && message.contains("sheet Survey results, cell D1: \"Scoer\" is not a column"),
        "{message}"
    );
}

#[test]
fn a_table_is_imported_under_its_name() {
    let office = Office::open();
    let file = office.file("survey.csv");
    std::fs::write(
        &file,
        "body,survey,measure,question,score\n5KF,mori,3a,Trust in the PCT,4.6\n",
    )
    .expect("a file");
    let arguments = ["--cycle", CYCLE, "--apply"];
    assert_eq!(
        office.import(&file, &arguments),
        "new      survey mori of 5KF on 3a [survey.csv, row 2]\n\
         south-of-tyne-and-wear/2008-09: 1 new, 0 changed, 0 unchanged\nrecorded by entry 305\n"
    );
    let other = office.file("surveys.csv");
    std::fs::copy(&file, &other).expect("a copy");
    let (code, message) = refused_with(
        &office.settings,
        &["import", &other.display().to_string(), "--cycle", CYCLE],
    );
    assert_eq!(code, 1);
    assert!(message.contains("did you mean survey.csv?"), "{message}");
}
