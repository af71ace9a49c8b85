//! Surveys through the binary: the whole process, and attacks on its privacy.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "../crates/ledger/tests/support/cluster.rs"]
mod cluster;
mod support;

use cluster::Cluster;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::Duration;
use support::{command, printed_with, refused_with, root, settings_with, stderr, stdout};

const CYCLE: &str = "south-staffordshire/2009-10";
const PARTNERS: &str = "configs/surveys/partners-360.toml";
const STAFF: &str = "configs/surveys/staff-competencies.toml";
const FAR: &str = "2099-12-31";

/// A ledger with a cycle, and a survey in it.
struct Survey {
    settings: PathBuf,
}

/// An invitation.
#[derive(Clone)]
struct Invitation {
    group: String,
    contact: String,
    token: String,
}

impl Survey {
    fn open(entries: &str, questionnaire: &str) -> Survey {
        let settings = settings_with(entries);
        printed_with(
            &settings,
            &["ledger", "load", "examples/south-staffordshire"],
        );
        let survey = Survey { settings };
        let opened = survey.open_again(questionnaire);
        assert!(opened.starts_with("opened "), "{opened}");
        survey
    }

    fn open_again(&self, questionnaire: &str) -> String {
        self.wcc(&[
            "open",
            CYCLE,
            "5PK",
            "--questionnaire",
            questionnaire,
            "--closes",
            FAR,
        ])
    }

    fn wcc(&self, arguments: &[&str]) -> String {
        printed_with(&self.settings, &[&["survey"], arguments].concat())
    }

    fn refused(&self, arguments: &[&str]) -> (i32, String) {
        refused_with(&self.settings, &[&["survey"], arguments].concat())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.settings.with_file_name(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.file(name);
        std::fs::write(&path, text).expect("the file can be written");
        path.display().to_string()
    }

    /// Invites people of groups: (group, how many).
    fn invite(&self, survey: &str, groups: &[(&str, usize)]) -> Vec<Invitation> {
        let mut contacts = "group,contact\n".to_owned();
        for (group, count) in groups {
            for at in 0..*count {
                contacts.push_str(&format!("{group},{group}.{at}@partner.example\n"));
            }
        }
        let contacts = self.write("contacts.csv", &contacts);
        let links = self.file("links.csv").display().to_string();
        self.wcc(&["invite", survey, &contacts, "--out", &links]);
        let text = std::fs::read_to_string(&links).expect("the links");
        std::fs::remove_file(&links).expect("the links can be removed");
        let rows = text.lines().skip(1);
        rows.map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            Invitation {
                group: cells[0].to_owned(),
                contact: cells[1].to_owned(),
                token: cells[2].to_owned(),
            }
        })
        .collect()
    }

    fn start(&self, invitation: &Invitation, arguments: &[&str], sheet: &str) -> Child {
        let mut child = command()
            .arg("--config")
            .arg(&self.settings)
            .args(["survey", "answer"])
            .args(arguments)
            .env("WCC_SURVEY_TOKEN", &invitation.token)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("wcc starts");
        let mut input = child.stdin.take().expect("its input");
        // It may have ended already.
        let _ = input.write_all(sheet.as_bytes());
        child
    }

    fn answer(&self, invitation: &Invitation, arguments: &[&str], sheet: &str) -> Output {
        let child = self.start(invitation, arguments, sheet);
        child.wait_with_output().expect("wcc ends")
    }

    fn submit(&self, invitation: &Invitation, sheet: &str) {
        let output = self.answer(invitation, &["-", "--submit"], sheet);
        assert!(output.status.success(), "{}", stderr(&output));
    }

    /// Every file that surveys and the ledger leave, except the keys of open surveys.
    fn everything_stored(&self) -> String {
        let data = self.file("data");
        let mut bytes = Vec::new();
        let bundle = self.file(&format!("export-{}.tar", bytes.len()));
        let _ = std::fs::remove_file(&bundle);
        printed_with(
            &self.settings,
            &["export", bundle.to_str().expect("a path")],
        );
        bytes.extend(std::fs::read(&bundle).expect("the bundle"));
        bytes.extend(printed_with(&self.settings, &["ledger", "show"]).into_bytes());
        for entry in std::fs::read_dir(&data).expect("the data") {
            let path = entry.expect("a file").path();
            if path.is_file() {
                bytes.extend(std::fs::read(&path).expect("a file"));
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn sheet(score: usize, comment: &str) -> String {
    format!("question,score,comment\nlocal-leader,{score},{comment}\npartner,{score},\n")
}

/// The whole process, on any database.
fn runs_from_opening_to_results(entries: &str) {
    let survey = Survey::open(entries, PARTNERS);
    assert!(survey.open_again(PARTNERS).contains("is open already"));
    let groups = [
        ("local-authorities", 3),
        ("pbc-clusters", 5),
        ("foundation-trusts", 2),
    ];
    let people = survey.invite("partners-360", &groups);
    assert_eq!(people.len(), 10);
    // Save, resume, change, submit.
    let first = &people[0];
    let saved = survey.answer(first, &["-"], &sheet(2, "saved only"));
    assert!(
        stdout(&saved).starts_with("saved: 2 of 6"),
        "{}",
        stderr(&saved)
    );
    let resumed = stdout(&survey.answer(first, &[], ""));
    assert!(resumed.contains("local-leader,2,saved only,"), "{resumed}");
    survey.submit(first, &sheet(5, "submitted"));
    let again = survey.answer(first, &["-", "--submit"], &sheet(1, "again"));
    assert_eq!(again.status.code(), Some(1));
    assert!(
        stderr(&again).contains("were submitted already"),
        "{}",
        stderr(&again)
    );
    for (at, person) in people.iter().enumerate().skip(1).take(8) {
        survey.submit(person, &sheet(1 + at % 6, &format!("comment {at}")));
    }
    // Only response rates are shown.
    let status = survey.wcc(&["status", "partners-360"]);
    assert!(
        status.contains("Foundation trusts: 1 of 2 answered"),
        "{status}"
    );
    let reminders = survey.wcc(&["remind", "partners-360"]);
    assert_eq!(
        reminders,
        format!("group,contact\n{},{}\n", people[9].group, people[9].contact)
    );
    for arguments in [&["results", "partners-360"][..], &["close", "partners-360"]] {
        let (code, message) = survey.refused(arguments);
        assert_eq!(code, 1, "{message}");
        assert!(message.contains(FAR), "{message}");
    }
    let imported = survey.write(
        "paper.csv",
        "group,local-leader,partner,local-leader.comment\npublic,3,,\npublic,4,4,on paper\npublic,4,2,\n",
    );
    let import = ["import-answers", "partners-360", &imported];
    assert_eq!(
        survey.wcc(&import),
        "imported the answers of 3 respondents\n"
    );
    assert!(survey.wcc(&import).contains("imported already"));
    let corrected = survey.write(
        "corrected.csv",
        "group,local-leader,partner,local-leader.comment\npublic,3,,\npublic,5,4,on paper\npublic,4,2,\n",
    );
    let correct = ["import-answers", "partners-360", &corrected, "--replace"];
    assert_eq!(
        survey.wcc(&correct),
        "imported the answers of 3 respondents\n"
    );
    assert!(survey.wcc(&correct).contains("imported already"));
    assert!(survey.wcc(&["status"]).contains("and 3 imported"));
    // Close, twice.
    let closed = survey.wcc(&["close", "partners-360", "--early"]);
    assert!(closed.contains("2 survey results recorded"), "{closed}");
    assert!(
        survey
            .wcc(&["close", "partners-360"])
            .contains("closed already")
    );
    let results = survey.wcc(&["results", "partners-360"]);
    // One foundation trust answered: it joins the smallest other group, and its comment is gone.
    let pooled = "Local authorities, Foundation trusts and Voluntary sector, together: ";
    assert!(results.contains(pooled), "{results}");
    assert!(!results.contains("comment 8"), "{results}");
    assert!(
        results.contains("Practice-based commissioning clusters: \"comment 3\""),
        "{results}"
    );
    // Two of the public answered the second question: too few to be shown by themselves.
    let (_, second) = results
        .split_once("\npartner:")
        .expect("the second question");
    assert!(!second.contains("  Public: "), "{results}");
    let explained = printed_with(&survey.settings, &["explain", "ledger:", "5PK", "1a"]);
    assert!(explained.contains("4."), "{explained}");
    let (_, message) = survey.refused(&["invite", "partners-360", &imported, "--out", "x.csv"]);
    assert!(message.contains("is closed"), "{message}");
    let (_, message) = survey.refused(&[
        "open",
        CYCLE,
        "5PK",
        "--questionnaire",
        PARTNERS,
        "--closes",
        FAR,
    ]);
    assert!(message.contains("closed"), "{message}");
}

/// Every file of a PostgreSQL cluster, its log of changes included, has no contact, token or comment
/// while a survey is open; and no comment that is not published, once it is closed.
#[test]
fn the_files_of_postgresql_say_nothing_about_people() {
    let cluster = Cluster::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let address = runtime.block_on(cluster.database());
    let survey = Survey::open(&format!("[ledger]\naddress = '{address}'\n"), PARTNERS);
    let people = survey.invite("partners-360", &[("local-authorities", 4), ("public", 2)]);
    for (at, person) in people.iter().enumerate() {
        survey.submit(
            person,
            &sheet(1 + at, &format!("remark number {at} of somebody")),
        );
    }
    let files = || {
        cluster.stop_immediately();
        let mut bytes = Vec::new();
        read_all(&cluster.data(), &mut bytes);
        cluster.start_again();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let check = |stored: &str, shown: &dyn Fn(&str) -> bool| {
        assert!(
            stored.contains("wcc_survey_sheet"),
            "the files of the database were read"
        );
        for (at, person) in people.iter().enumerate() {
            let (_, secret) = person.token.split_once('-').expect("a token");
            assert!(!stored.contains(secret) && !stored.contains(&person.contact));
            let remark = format!("remark number {at} ");
            assert!(!stored.contains(&remark) || shown(&remark), "{remark}");
        }
    };
    check(&files(), &|_| false);
    survey.wcc(&["close", "partners-360", "--early"]);
    let published = survey.wcc(&["results", "partners-360", "--json"]);
    check(&files(), &|remark| published.contains(remark));
}

fn read_all(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_all(&path, bytes);
        } else if let Ok(file) = std::fs::read(&path) {
            bytes.extend(file);
        }
    }
}

#[test]
fn the_closing_date_can_be_moved() {
    let survey = Survey::open("", PARTNERS);
    let open = |closes: &str| {
        survey.wcc(&[
            "open",
            CYCLE,
            "5PK",
            "--questionnaire",
            PARTNERS,
            "--closes",
            closes,
        ])
    };
    assert!(open("2099-11-30").contains("is now open until 2099-11-30"));
    assert!(open("2099-11-30").contains("is open already"));
    assert!(survey.wcc(&["status"]).contains("open until 2099-11-30"));
    let other = std::fs::read_to_string(root().join(PARTNERS)).expect("the questionnaire");
    let other = survey.write(
        "other.toml",
        &other.replace("our decisions", "most of our decisions"),
    );
    let arguments = [
        "open",
        CYCLE,
        "5PK",
        "--questionnaire",
        &other,
        "--closes",
        FAR,
    ];
    let (code, message) = survey.refused(&arguments);
    assert!(
        code == 1 && message.contains("needs a code of its own"),
        "{message}"
    );
}

#[test]
fn a_survey_runs_from_opening_to_results_on_sqlite() {
    runs_from_opening_to_results("");
}

#[test]
fn a_survey_runs_from_opening_to_results_on_postgresql() {
    let cluster = Cluster::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let address = runtime.block_on(cluster.database());
    runs_from_opening_to_results(&format!("[ledger]\naddress = '{address}'\n"));
}

#[test]
fn staff_assess_themselves_and_directorates_see_their_needs() {
    let survey = Survey::open("", STAFF);
    let mut table = "group,competency-1,competency-9\n".to_owned();
    for (group, scores) in [
        ("commissioning", &[(3, 2), (4, 3), (3, 2), (3, 3)][..]),
        ("finance", &[(1, 4), (2, 3), (2, 4)]),
        ("quality", &[(4, 1), (4, 1)]),
    ] {
        for (first, second) in scores {
            table.push_str(&format!("{group},{first},{second}\n"));
        }
    }
    let table = survey.write("staff.csv", &table);
    survey.wcc(&["import-answers", "staff-competencies", &table]);
    let closed = survey.wcc(&["close", "staff-competencies", "--early"]);
    assert!(
        closed.contains("nothing recorded in the ledger"),
        "{closed}"
    );
    let needs = survey.wcc(&["needs", "staff-competencies", "--csv"]);
    let rows = |start: &str| {
        let rows = needs.lines().filter(|row| row.starts_with(start));
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    let own = rows("commissioning,competency-1,");
    assert!(own[0].ends_with(",1,3,3.25,4,0,no"), "{needs}");
    assert!(
        rows("commissioning,competency-9,")[0].ends_with(",9,3,2.50,4,2,yes"),
        "{needs}"
    );
    // Two people of nursing and quality: shown with finance, the smallest other directorate.
    let pooled = rows("public-health + finance + quality + corporate,competency-9,");
    assert!(pooled[0].ends_with(",9,3,2.60,5,2,yes"), "{needs}");
    assert!(
        rows("finance,").is_empty() && rows("quality,").is_empty(),
        "{needs}"
    );
}

#[test]
fn the_database_says_nothing_about_people() {
    let survey = Survey::open("", PARTNERS);
    let people = survey.invite(
        "partners-360",
        &[("local-authorities", 6), ("pbc-clusters", 6), ("public", 2)],
    );
    for (at, person) in people.iter().enumerate() {
        let own = sheet(1 + at % 6, &format!("remark number {at} of somebody"));
        match at % 3 {
            0 => drop(survey.answer(person, &["-"], &own)),
            _ => survey.submit(person, &own),
        }
    }
    let secrets = |stored: &str, stage: &str| {
        for (at, person) in people.iter().enumerate() {
            let (_, secret) = person.token.split_once('-').expect("a token");
            for text in [
                person.contact.as_str(),
                secret,
                &format!("remark number {at} "),
            ] {
                assert!(!stored.contains(text), "{stage}: {text}");
            }
        }
    };
    secrets(&survey.everything_stored(), "open");
    survey.wcc(&["close", "partners-360", "--early"]);
    let published = survey.wcc(&["results", "partners-360", "--json"]);
    // What is published has remarks of groups, but nobody's name.
    for (at, person) in people.iter().enumerate() {
        assert!(!published.contains(&person.contact));
        let is_shown = published.contains(&format!("remark number {at} "));
        assert!(
            !is_shown || person.group != "public" && at % 3 != 0,
            "{at}: {published}"
        );
    }
    let stored = survey.everything_stored();
    for (at, person) in people.iter().enumerate() {
        let (_, secret) = person.token.split_once('-').expect("a token");
        assert!(
            !stored.contains(secret) && !stored.contains(&person.contact),
            "closed"
        );
        let remark = format!("remark number {at} ");
        assert!(
            !stored.contains(&remark) || published.contains(&remark),
            "closed: {remark}"
        );
    }
    let keys = std::fs::read_dir(survey.file("data/survey-keys")).expect("the folder");
    assert_eq!(keys.count(), 0, "the key is destroyed");
    let ledger = printed_with(&survey.settings, &["ledger", "show"]);
    assert!(
        !ledger.contains("remark number"),
        "no comment enters the ledger"
    );
}

/// Rows of the database of surveys: keys and sizes of sheets in their physical order.
fn sheets(file: &Path) -> Vec<(Vec<u8>, usize)> {
    use sqlx::{Connection, sqlite::SqliteConnectOptions};
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(file);
        let mut connection = sqlx::SqliteConnection::connect_with(&options)
            .await
            .expect("the file");
        let rows: Vec<(Vec<u8>, i64)> =
            sqlx::query_as("SELECT key, length(sealed) FROM wcc_survey_sheet")
                .fetch_all(&mut connection)
                .await
                .expect("the sheets");
        connection.close().await.expect("the file is closed");
        rows.into_iter()
            .map(|(key, size)| (key, size as usize))
            .collect()
    })
}

/// An attacker who copies the database after each answer, and so knows which row came when, finds
/// that the rows are in no such order, and that no two differ in size.
#[test]
fn neither_the_order_nor_the_size_of_rows_says_anything() {
    let survey = Survey::open("", PARTNERS);
    let people = survey.invite("partners-360", &[("local-authorities", 30)]);
    let file = survey.file("data/surveys.db");
    let mut known = BTreeSet::new();
    let mut order = Vec::new();
    for (at, person) in people.iter().enumerate() {
        survey.submit(person, &sheet(1 + at % 6, "a remark"));
        let rows = sheets(&file);
        assert_eq!(rows.len(), at + 1, "one row for each answer");
        let new = rows
            .iter()
            .find(|(key, _)| !known.contains(key))
            .expect("a new row");
        order.push(new.0.clone());
        known.extend(rows.into_iter().map(|(key, _)| key));
    }
    let rows = sheets(&file);
    let sizes: BTreeSet<usize> = rows.iter().map(|(_, size)| *size).collect();
    assert_eq!(sizes.len(), 1, "{sizes:?}");
    // Spearman's rank correlation of the order of answers and the order of rows. By chance its
    // standard deviation is 0.19, so this fails for one in a million runs.
    let rank = |key: &Vec<u8>| {
        rows.iter()
            .position(|(own, _)| own == key)
            .expect("the row")
    };
    let squares = order.iter().enumerate().map(|(at, key)| {
        let distance = at as f64 - rank(key) as f64;
        distance * distance
    });
    let count = order.len() as f64;
    let correlation = 1.0 - 6.0 * squares.sum::<f64>() / (count * (count * count - 1.0));
    assert!(correlation.abs() < 0.9, "{correlation}");
}

/// A saved sheet is found with its token. A submitted one is not: not even the token leads to it.
#[test]
fn a_submitted_sheet_is_under_a_key_that_no_token_gives() {
    let survey = Survey::open("", PARTNERS);
    let people = survey.invite("partners-360", &[("local-authorities", 1)]);
    let file = survey.file("data/surveys.db");
    drop(survey.answer(&people[0], &["-"], &sheet(3, "")));
    let saved = sheets(&file);
    drop(survey.answer(&people[0], &["-"], &sheet(4, "")));
    assert_eq!(
        sheets(&file)[0].0,
        saved[0].0,
        "the same sheet is saved again"
    );
    survey.submit(&people[0], &sheet(5, ""));
    let submitted = sheets(&file);
    assert_eq!(submitted.len(), 1);
    assert_ne!(submitted[0].0, saved[0].0, "it has another key");
}

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

#[test]
fn questionnaires_that_ship_are_sound_and_others_are_refused_with_places() {
    let settings = settings_with("");
    for file in std::fs::read_dir(root().join("configs/surveys")).expect("the folder") {
        let file = file.expect("a file").path();
        let file = file.to_str().expect("a path");
        for framework in ["wcc-2008-09", "wcc-2009-10"] {
            let checked = printed_with(
                &settings,
                &["survey", "check", file, "--framework", framework],
            );
            assert!(
                checked.contains("no problems") && checked.contains("Illustrative"),
                "{checked}"
            );
        }
    }
    let path = settings.with_file_name("broken.toml");
    let text = std::fs::read_to_string(root().join(PARTNERS)).expect("the questionnaire");
    let text = text
        .replace("minimum_group = 3", "minimum_group = 1")
        .replace(
            "produces = \"survey-results\"",
            "produces = \"survey-result\"",
        )
        .replacen("id = \"influence\"", "id = \"local-leader\"", 1)
        .replacen("measures = [\"2b\"]", "measure = [\"2b\"]", 1);
    std::fs::write(&path, text).expect("the file can be written");
    let path = path.to_str().expect("a path");
    let (code, message) = refused_with(&settings, &["survey", "check", path]);
    assert_eq!(code, 1);
    for part in [
        "broken.toml, line 8, column 17, key minimum_group: 1 is out of range; expected a whole \
         number from 2 to 1000",
        "did you mean \"survey-results\"?",
        "key question[2].id: \"local-leader\" is already used by question[1]",
        "key question[3].measure: \"measure\" is not a key here",
    ] {
        assert!(message.contains(part), "{part}\n{message}");
    }
}
