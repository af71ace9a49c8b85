//! Attacks with the places where a database keeps its rows: page, position, transaction numbers.
//!
//! Two surveys whose respondents answered in another order, and of whom other people answered, must
//! leave the same places behind: then nothing about a place can join an invitation to an answer.

use super::cluster::Cluster;
use super::{Invitation, PARTNERS, Survey, sheet};
use sqlx::Connection;
use std::collections::BTreeMap;
use std::path::Path;

/// The tables of surveys that hold rows of a survey, with their sealed columns.
const TABLES: [(&str, &str); 4] = [
    ("wcc_survey", "roster"),
    ("wcc_survey_draft", "sealed"),
    ("wcc_survey_box", "sealed"),
    ("wcc_survey_import", "sealed"),
];

/// What somebody does with an invitation.
#[derive(Clone, Copy)]
enum Act {
    Save(usize),
    Submit(usize),
}

/// Two histories with the same acts in the same order, by different people.
const HISTORIES: [[Act; 8]; 2] = [
    [
        Act::Save(0),
        Act::Submit(1),
        Act::Save(2),
        Act::Submit(0),
        Act::Submit(3),
        Act::Save(5),
        Act::Submit(4),
        Act::Submit(6),
    ],
    [
        Act::Save(6),
        Act::Submit(4),
        Act::Save(1),
        Act::Submit(6),
        Act::Submit(2),
        Act::Save(3),
        Act::Submit(5),
        Act::Submit(0),
    ],
];

fn play(survey: &Survey, history: &[Act]) {
    let groups = [("local-authorities", 4), ("public", 3)];
    let people = survey.invite("partners-360", &groups);
    let remark = |person: &Invitation| format!("I am {}", person.contact);
    for act in history {
        match act {
            Act::Save(at) => {
                let own = sheet(1 + at % 6, &remark(&people[*at]));
                let saved = survey.answer(&people[*at], &["-"], &own);
                assert!(saved.status.success());
            }
            Act::Submit(at) => {
                survey.submit(&people[*at], &sheet(1 + at % 6, &remark(&people[*at])));
            }
        }
    }
}

/// The places of all rows in PostgreSQL: for each table, in the order of the rows on their pages, the
/// rank of the transaction that wrote a row, whether it replaced another, and the size of what it seals.
async fn places_in_postgresql(address: &str) -> Vec<String> {
    let mut connection = sqlx::PgConnection::connect(address)
        .await
        .expect("PostgreSQL");
    let mut rows: Vec<(&str, i64, String, i64)> = Vec::new();
    for (table, sealed) in TABLES {
        let select = format!(
            "SELECT xmin::text::bigint, CASE xmax::text WHEN '0' THEN 'kept' WHEN xmin::text THEN 'written again' \
             ELSE 'replaced' END, \
             coalesce(octet_length({sealed}), -1)::bigint FROM {table} ORDER BY ctid"
        );
        let found: Vec<(i64, String, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(select))
            .fetch_all(&mut connection)
            .await
            .expect("the rows");
        let found = found.into_iter();
        rows.extend(found.map(|(written, state, size)| (table, written, state, size)));
    }
    let no_clock: (i64,) = sqlx::query_as(
        "SELECT count(*) FROM information_schema.columns WHERE table_name LIKE 'wcc_survey%' \
         AND (data_type LIKE '%time%' OR data_type = 'date' OR column_default LIKE 'nextval%')",
    )
    .fetch_one(&mut connection)
    .await
    .expect("the columns");
    assert_eq!(no_clock.0, 0, "no column holds a time or a serial number");
    connection.close().await.expect("the connection is closed");
    let mut ranks: BTreeMap<i64, usize> = rows.iter().map(|row| (row.1, 0)).collect();
    for (rank, own) in ranks.values_mut().enumerate() {
        *own = rank;
    }
    let places = rows.into_iter();
    places
        .map(|(table, written, state, size)| {
            format!(
                "{table}: transaction {}, {state}, {size} bytes",
                ranks[&written]
            )
        })
        .collect()
}

#[test]
fn the_places_of_rows_in_postgresql_say_nothing_about_who_answered() {
    let cluster = Cluster::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let places = HISTORIES.map(|history| {
        let address = runtime.block_on(cluster.database());
        let survey = Survey::open(&format!("[ledger]\naddress = '{address}'\n"), PARTNERS);
        play(&survey, &history);
        runtime.block_on(places_in_postgresql(&address))
    });
    assert_eq!(places[0], places[1]);
    // Two saved sheets remain, and everything else is one row that the last answer wrote.
    let of = |table: &str| {
        let start = format!("{table}: ");
        let rows = places[0].iter().filter(move |row| row.starts_with(&start));
        rows.cloned().collect::<Vec<String>>()
    };
    assert_eq!(of("wcc_survey_draft").len(), 2, "{places:?}");
    let (all, boxes) = (of("wcc_survey"), of("wcc_survey_box"));
    assert!(all.len() == 1 && boxes.len() == 1, "{places:?}");
    let transaction = |row: &str| {
        let (_, rest) = row.split_once(": ").expect("a table");
        let (transaction, _) = rest.split_once(',').expect("a transaction");
        transaction.to_owned()
    };
    assert_eq!(transaction(&all[0]), transaction(&boxes[0]), "{places:?}");
}

/// The skeleton of a SQLite file: the header's counters, and for each page its kind and number of
/// cells. What differs between two files with the same skeleton is what is sealed.
fn skeleton(file: &Path) -> Vec<String> {
    let bytes = std::fs::read(file).expect("the database");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let page = match u16::from_be_bytes([bytes[16], bytes[17]]) {
        1 => 65_536,
        size => usize::from(size),
    };
    let mut skeleton = vec![format!(
        "{} changes, {} pages, {} free",
        number(24),
        number(28),
        number(36)
    )];
    for (at, page) in bytes.chunks(page).enumerate() {
        let start = if at == 0 { 100 } else { 0 };
        // A page of a tree begins with its kind; a page of overflow with the number of the next.
        skeleton.push(match page[start] {
            kind @ (2 | 5 | 10 | 13) => {
                format!(
                    "tree {kind}: {} cells",
                    u16::from_be_bytes([page[start + 3], page[start + 4]])
                )
            }
            _ => format!("overflow, then {:?}", &page[start..start + 4]),
        });
    }
    skeleton
}

#[test]
fn the_pages_of_sqlite_say_nothing_about_who_answered() {
    let skeletons = HISTORIES.map(|history| {
        let survey = Survey::open("", PARTNERS);
        play(&survey, &history);
        let file = survey.file("data/surveys.db");
        for kept in ["data/surveys.db-journal", "data/surveys.db-wal"] {
            assert!(!survey.file(kept).exists(), "{kept}");
        }
        skeleton(&file)
    });
    assert!(skeletons[0].len() > 10, "{:?}", skeletons[0]);
    assert_eq!(skeletons[0], skeletons[1]);
}

/// Rows have no number of SQLite's own, which would grow with each of them.
#[test]
fn no_table_in_sqlite_numbers_its_rows() {
    let survey = Survey::open("", PARTNERS);
    let file = survey.file("data/surveys.db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file);
        let mut connection = sqlx::SqliteConnection::connect_with(&options)
            .await
            .expect("the file");
        for (table, _) in TABLES {
            let select = format!("SELECT rowid FROM {table}");
            let refused = sqlx::query(sqlx::AssertSqlSafe(select))
                .fetch_all(&mut connection)
                .await;
            let refused = refused.expect_err(table).to_string();
            assert!(refused.contains("no such column: rowid"), "{refused}");
        }
        connection.close().await.expect("the file is closed");
    });
}
