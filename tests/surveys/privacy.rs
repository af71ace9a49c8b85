//! Attacks on the privacy of a survey, with everything that it leaves behind in hand.

use super::cluster::Cluster;
use super::support::printed_with;
use super::{PARTNERS, Survey, sheet};
use std::collections::BTreeSet;
use std::path::Path;

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
            stored.contains("wcc_survey_box"),
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

/// Runs a statement on the database of surveys.
pub(crate) fn execute(file: &Path, statement: &str) {
    use sqlx::{Connection, sqlite::SqliteConnectOptions};
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(file);
        let mut connection = sqlx::SqliteConnection::connect_with(&options)
            .await
            .expect("the file");
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
            .execute(&mut connection)
            .await
            .expect("the statement");
        connection.close().await.expect("the file is closed");
    });
}

/// Keys and sizes of the rows of a table of the database of surveys.
fn rows(file: &Path, table: &str) -> Vec<(Vec<u8>, i64)> {
    use sqlx::{Connection, sqlite::SqliteConnectOptions};
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let select = format!("SELECT key, length(sealed) FROM wcc_survey_{table}");
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(file);
        let mut connection = sqlx::SqliteConnection::connect_with(&options)
            .await
            .expect("the file");
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(select))
            .fetch_all(&mut connection)
            .await
            .expect("the rows");
        connection.close().await.expect("the file is closed");
        rows
    })
}

/// An attacker who has the list of reminders and a copy of the database after each answer knows who
/// answered when. The sheets are in no order that would join them to that: they are one row, written
/// anew each time, of a size that not even a long comment changes.
#[test]
fn submitted_sheets_are_one_row_of_one_size() {
    let survey = Survey::open("", PARTNERS);
    let people = survey.invite("partners-360", &[("local-authorities", 10)]);
    let file = survey.file("data/surveys.db");
    let mut seen = BTreeSet::new();
    for (at, person) in people.iter().enumerate() {
        let remark = if at == 4 {
            "z".repeat(3_900)
        } else {
            "a remark".to_owned()
        };
        survey.submit(person, &sheet(1 + at % 6, &remark));
        let rows = rows(&file, "box");
        assert_eq!(rows.len(), 1, "after {at} answers");
        seen.extend(rows);
    }
    assert_eq!(seen.len(), 1, "the same key and size each time: {seen:?}");
    let closed = survey.wcc(&["close", "partners-360", "--early"]);
    assert!(closed.contains("2 survey results recorded"), "{closed}");
    let results = survey.wcc(&["results", "partners-360"]);
    assert!(results.contains("10 answers"), "{results}");
}

/// A saved sheet is found with its token. A submitted one is not: not even the token leads to it.
#[test]
fn a_submitted_sheet_is_where_no_token_leads() {
    let survey = Survey::open("", PARTNERS);
    let people = survey.invite("partners-360", &[("local-authorities", 1)]);
    let file = survey.file("data/surveys.db");
    drop(survey.answer(&people[0], &["-"], &sheet(3, "")));
    let saved = rows(&file, "draft");
    drop(survey.answer(&people[0], &["-"], &sheet(4, "")));
    assert_eq!(rows(&file, "draft"), saved, "the same sheet is saved again");
    survey.submit(&people[0], &sheet(5, ""));
    assert_eq!(rows(&file, "draft"), [], "the saved sheet is gone");
    assert_eq!(rows(&file, "box").len(), 1);
}

/// Answers of a short table could be found by trying, if the digest of its file were stored.
#[test]
fn the_digest_of_an_imported_file_is_not_stored() {
    let survey = Survey::open("", PARTNERS);
    let text = "group,local-leader\npublic,3\n";
    let table = survey.write("paper.csv", text);
    let import = ["import-answers", "partners-360", &table];
    survey.wcc(&import);
    let mut reader = wcc_survey::DigestReader::new(text.as_bytes());
    std::io::copy(&mut reader, &mut std::io::sink()).expect("the text is read");
    let digest = reader.finish();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let stored = std::fs::read(survey.file("data/surveys.db")).expect("the database");
    for part in [&digest[..], hex.as_bytes()] {
        assert!(!stored.windows(part.len()).any(|window| window == part));
    }
    assert!(survey.wcc(&import).contains("imported already"));
}

/// Whoever can write the database, and has no key, changes nothing unnoticed: not the rule of
/// disclosure, nor the last day, nor which answers count.
#[test]
fn a_database_that_was_changed_is_refused() {
    let survey = Survey::open("", PARTNERS);
    let people = survey.invite("partners-360", &[("local-authorities", 4)]);
    let file = survey.file("data/surveys.db");
    for person in &people {
        survey.submit(person, &sheet(4, ""));
    }
    let table = survey.write("paper.csv", "group,local-leader\npublic,3\n");
    survey.wcc(&["import-answers", "partners-360", &table]);
    let sound = std::fs::read(&file).expect("the database");
    for change in [
        "UPDATE wcc_survey SET questionnaire = replace(questionnaire, 'minimum_group = 3', 'minimum_group = 2')",
        "UPDATE wcc_survey SET closes = '2000-01-01'",
        "UPDATE wcc_survey SET body = '5PE'",
        "UPDATE wcc_survey SET revision = revision - 1",
        "DELETE FROM wcc_survey_box",
        "DELETE FROM wcc_survey_import",
    ] {
        execute(&file, change);
        let (code, message) = survey.refused(&["close", "partners-360", "--early"]);
        assert!(
            code == 1 && message.contains("changed by something other than wcc"),
            "{change}: {message}"
        );
        std::fs::write(&file, &sound).expect("the database is restored");
    }
    survey.wcc(&["close", "partners-360", "--early"]);
}
