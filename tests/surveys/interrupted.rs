//! Processes that are killed, and processes that do the same at once.

use super::privacy::sheets;
use super::support::{command, printed_with, stderr, stdout};
use super::{PARTNERS, Survey, sheet};
use std::process::{Child, Output, Stdio};
use std::time::Duration;

#[test]
fn a_save_that_is_killed_leaves_the_sheet_before_or_after() {
    let survey = Survey::open("", PARTNERS);
    let people = survey.invite("partners-360", &[("local-authorities", 1)]);
    let person = &people[0];
    assert!(
        survey
            .answer(person, &["-"], &sheet(1, "before"))
            .status
            .success()
    );
    for round in 0..12_u64 {
        let score = 1 + (round as usize) % 6;
        let mut child = survey.start(person, &["-"], &sheet(score, "after"));
        std::thread::sleep(Duration::from_millis(round * 2));
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        let resumed = survey.answer(person, &[], "");
        assert!(resumed.status.success(), "{}", stderr(&resumed));
        let table = stdout(&resumed);
        let score_of = |question: &str| {
            let row = table
                .lines()
                .find(|row| row.starts_with(question))
                .expect("a row");
            row.split(',').nth(1).expect("a score").to_owned()
        };
        assert_eq!(
            score_of("local-leader"),
            score_of("partner"),
            "all of it or nothing"
        );
    }
    survey.submit(person, &sheet(6, ""));
    assert!(survey.wcc(&["status"]).contains("1 of 1 answered"));
}

#[test]
fn of_submissions_at_once_only_one_counts() {
    let survey = Survey::open("", PARTNERS);
    let people = survey.invite("partners-360", &[("local-authorities", 2)]);
    let children: Vec<Child> = (0..6)
        .map(|at| survey.start(&people[at % 2], &["-", "--submit"], &sheet(1 + at, "")))
        .collect();
    let outputs = children
        .into_iter()
        .map(|child| child.wait_with_output().expect("it ends"));
    let outputs: Vec<Output> = outputs.collect();
    let accepted = outputs.iter().filter(|output| output.status.success());
    let messages: Vec<String> = outputs.iter().map(stderr).collect();
    assert_eq!(accepted.count(), 2, "{messages:?}");
    assert_eq!(sheets(&survey.file("data/surveys.db")).len(), 2);
}

#[test]
fn closing_that_is_killed_is_completed_and_records_once() {
    for delay in [5_u64, 15, 25, 35, 50, 80] {
        let survey = Survey::open("", PARTNERS);
        let people = survey.invite("partners-360", &[("local-authorities", 4)]);
        for person in &people {
            survey.submit(person, &sheet(5, ""));
        }
        let recorded = || {
            let ledger = printed_with(&survey.settings, &["ledger", "show"]);
            let lines = ledger.lines();
            lines
                .filter(|line| line.contains("survey key-stakeholder of 5PK"))
                .count()
        };
        let before = recorded();
        let mut child = command()
            .arg("--config")
            .arg(&survey.settings)
            .args(["survey", "close", "partners-360", "--early"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("wcc starts");
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        survey.wcc(&["close", "partners-360", "--early"]);
        assert_eq!(recorded(), before + 2, "after {delay} ms");
        assert!(
            survey
                .wcc(&["results", "partners-360"])
                .contains("5.00 (agree), 4 answers")
        );
        let keys = std::fs::read_dir(survey.file("data/survey-keys")).expect("the folder");
        assert_eq!(keys.count(), 0, "the key is destroyed");
    }
}
