//! Processes that are killed, and processes that do the same at once.

use super::privacy::execute;
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
    assert!(survey.wcc(&["status"]).contains("2 of 2 answered"));
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

/// Closing that stops after the ledger has the results, and is completed by somebody else, records
/// them once.
#[test]
fn closing_is_completed_by_another_person_and_records_once() {
    let survey = Survey::open("", PARTNERS);
    let people = survey.invite("partners-360", &[("local-authorities", 3)]);
    for person in &people {
        survey.submit(person, &sheet(5, ""));
    }
    let file = survey.file("data/surveys.db");
    let fails = "CREATE TRIGGER fails BEFORE UPDATE ON wcc_survey WHEN NEW.state = 'closed' \
                 BEGIN SELECT RAISE(ABORT, 'fails'); END";
    execute(&file, fails);
    let close = |author: &str| {
        let close = ["close", "partners-360", "--early", "--author", author];
        close.map(str::to_owned)
    };
    let first = close("Ann");
    let (code, message) = survey.refused(&first.each_ref().map(String::as_str));
    assert!(code != 0 && message.contains("fails"), "{message}");
    let (_, message) = survey.refused(&["results", "partners-360"]);
    assert!(
        message.contains("run `wcc survey close` again"),
        "{message}"
    );
    let (_, message) = survey.refused(&["discard", "partners-360", "--yes"]);
    assert!(
        message.contains("complete that with `wcc survey close`"),
        "{message}"
    );
    execute(&file, "DROP TRIGGER fails");
    let second = close("Bob");
    let closed = survey.wcc(&second.each_ref().map(String::as_str));
    assert!(closed.contains("by Ann, who began to close it"), "{closed}");
    let ledger = printed_with(&survey.settings, &["ledger", "show"]);
    let recorded = ledger.lines().filter(|line| line.contains("Ann"));
    assert_eq!(recorded.count(), 2, "{ledger}");
    assert!(!ledger.contains("Bob"), "{ledger}");
}

#[test]
fn a_survey_whose_key_is_lost_hides_no_other_and_can_be_given_up() {
    let survey = Survey::open("", PARTNERS);
    let keys = survey.file("data/survey-keys");
    let key = std::fs::read_dir(&keys).expect("the folder").next();
    std::fs::remove_file(key.expect("a key").expect("a file").path()).expect("the key is lost");
    survey.open_again(super::STAFF);
    let status = survey.wcc(&["status"]);
    assert!(
        status.contains("staff-competencies: ") && status.contains("cannot be read: the key"),
        "{status}"
    );
    let (code, message) = survey.refused(&["discard", "partners-360"]);
    assert!(code == 1 && message.contains("With --yes"), "{message}");
    let discarded = survey.wcc(&["discard", "partners-360", "--yes"]);
    assert!(discarded.contains("nothing was recorded"), "{discarded}");
    assert!(!survey.wcc(&["status"]).contains("partners-360"));
    assert!(survey.open_again(PARTNERS).starts_with("opened "));
}
