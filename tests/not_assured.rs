//! A ledger of an earlier version with a cycle whose records contradict each other: the cycle is "not
//! assured", and everything else is served.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/ledger.rs"]
mod ledger;
#[path = "support/server.rs"]
mod server;
mod support;

use ledger::write_unchecked;
use serde_json::{Value, json};
use server::Server;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::{printed_with, settings_with, stderr, stdout, wcc_with};
use tokio::runtime::Runtime;
use wcc_core::ledger::{CycleFact, Draft, Fact, FileFormat, FrameworkText, OrganisationTables};
use wcc_core::record::{JudgementDetails, JudgementFact, Method, PhaseFact, RecordFact};
use wcc_ledger::{Address, OutboxPosition, Store};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
const OTHER: &str = "south-staffordshire/2009-10";

/// Writes a settings file with a ledger of a valid cycle and a contradictory one; returns the entry of
/// the contradiction too.
fn contradictory() -> (PathBuf, u32) {
    let settings = settings_with("");
    let cases =
        ["south-of-tyne-and-wear", "south-staffordshire"].map(|case| format!("examples/{case}"));
    let output = wcc_with(&settings, &["ledger", "load", &cases[0], &cases[1]]);
    assert!(output.status.success(), "{}", stderr(&output));
    // A PCT departs from its cluster without a reason.
    let departure = Draft::from(Fact::Record {
        cycle: CYCLE.into(),
        record: RecordFact::Judgement(JudgementFact {
            body: "5KF".into(),
            subject: "1a".into(),
            method: Method::SelfAssessment,
            value: Some("4".into()),
            assessor: None,
            details: JudgementDetails::default(),
        }),
    });
    let entry = write_unchecked(&settings, vec![departure]);
    (settings, entry)
}

fn token(settings: &Path) -> String {
    let file = settings.with_file_name("data").join("operator.token");
    let text = std::fs::read_to_string(file).expect("the token");
    format!("Authorization: Bearer {}", text.trim())
}

fn mutate(server: &Server, token: &str, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    let answer = server.send(
        "POST /graphql",
        &["Content-Type: application/json", token],
        &body,
    );
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"].clone()
}

/// Returns the identifiers of the assured cycles, and of those that are not assured.
fn cycles(server: &Server, moment: &str) -> (Vec<String>, Vec<String>) {
    let all = server.ask(&format!(
        "query {moment} {{ cycles {{ code }} notAssured {{ code }} }}"
    ));
    let codes = |list: &Value| -> Vec<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|cycle| cycle["code"].as_str().expect("a code").to_owned())
            .collect()
    };
    (codes(&all["cycles"]), codes(&all["notAssured"]))
}

fn names(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[test]
fn a_contradictory_cycle_is_not_assured_until_it_is_corrected() {
    let (settings, entry) = contradictory();
    let server = Server::on_ledger(&settings);
    let (both, bad) = (names(&[CYCLE, OTHER]), names(&[CYCLE]));
    let log = server.log_with("not assured: the cycle");
    assert!(
        log.contains(&format!("`{CYCLE}`: entry {entry}: ")),
        "{log}"
    );
    assert!(server.raw("GET /readyz", &[]).starts_with("HTTP/1.1 200"));
    assert_eq!(cycles(&server, ""), (names(&[OTHER]), bad.clone()));
    // The state before the contradiction is assured, the state after it is not.
    let before = format!("@asOf(entry: {})", entry - 1);
    assert_eq!(cycles(&server, &before), (both.clone(), Vec::new()));

    let shown = server.ask("{ notAssured { code title year reasons { message entry place } } }");
    let shown = &shown["notAssured"][0];
    assert_eq!(shown["reasons"][0]["entry"], entry, "{shown}");
    let reason = shown["reasons"][0]["message"].as_str().expect("a reason");
    assert!(reason.contains("departs from its cluster"), "{reason}");

    let body = json!({ "query": format!("{{ cycle(id: \"{CYCLE}\") {{ title }} }}") }).to_string();
    let answer = server.send("POST /graphql", &["Content-Type: application/json"], &body);
    let error = &answer.body["errors"][0];
    assert_eq!(error["extensions"]["code"], "NOT_ASSURED", "{error}");
    let message = error["message"].as_str().expect("a message");
    assert!(message.starts_with("not assured: "), "{message}");

    // The other cycle accepts entries, which are served.
    let token = token(&settings);
    let remark = format!(
        "mutation {{ recordCommentary(input: {{ cycle: \"{OTHER}\", body: \"5PK\",
           text: \"Seen.\", requestId: \"remark\" }}) {{ entry served userErrors {{ message }} }} }}"
    );
    let entered = &mutate(&server, &token, &remark)["recordCommentary"];
    assert_eq!(entered["served"], true, "{entered}");
    assert_eq!(cycles(&server, "").1, bad);

    let withdrawal = format!(
        "mutation {{ withdraw(input: {{ entry: {entry}, reason: \"mistyped\",
           requestId: \"mend\" }}) {{ entry served userErrors {{ message }} }} }}"
    );
    let mended = &mutate(&server, &token, &withdrawal)["withdraw"];
    assert_eq!(mended["served"], true, "{mended}");
    assert_eq!(cycles(&server, ""), (both, Vec::new()));
    server.log_with(&format!("the cycle `{CYCLE}` is assured again"));
    let then = format!("@asOf(entry: {entry})");
    assert_eq!(cycles(&server, &then), (names(&[OTHER]), bad));
}

/// A settings file whose ledger has two cycles of a later version of the program, one by its
/// rule book and one by its bodies, with the entries of those two.
fn of_a_later_version() -> (PathBuf, [u32; 2]) {
    let settings = settings_with("[ledger]\ncheckpoint_entries = 50\n");
    let loaded = wcc_with(
        &settings,
        &["ledger", "load", "examples/south-staffordshire"],
    );
    assert!(loaded.status.success(), "{}", stderr(&loaded));
    let framework = FrameworkText {
        id: "wcc-2030-31".into(),
        format: FileFormat(3),
        text: "a grammar that nobody knows yet".into(),
    };
    let organisations = OrganisationTables {
        id: "boards".into(),
        format: FileFormat(9),
        tables: Vec::new(),
    };
    let cycle = |id: &str, framework: &str, organisations: &str| {
        Draft::from(Fact::Cycle(CycleFact {
            id: id.into(),
            title: "A later year".into(),
            as_of: jiff::civil::date(2030, 11, 30),
            illustrative: None,
            framework: framework.into(),
            organisations: organisations.into(),
            pcts: vec!["5PK".into()],
            previous: Some(OTHER.into()),
            review: None,
        }))
    };
    let judgement = |body: &str| {
        Draft::from(Fact::Record {
            cycle: LATER[0].into(),
            record: RecordFact::Judgement(JudgementFact {
                body: body.into(),
                subject: "12z".into(),
                method: Method::Panel,
                value: Some("excellent".into()),
                assessor: None,
                details: JudgementDetails::default(),
            }),
        })
    };
    let last = write_unchecked(
        &settings,
        vec![
            Fact::Framework(framework).into(),
            Fact::Organisations(organisations).into(),
            cycle(LATER[0], "wcc-2030-31", "shipped"),
            cycle(LATER[1], "wcc-2009-10", "boards"),
            judgement("5PK"),
            judgement("X99"),
        ],
    );
    let corrections = vec![
        Draft {
            supersedes: Some(last),
            ..judgement("5PK")
        },
        Draft {
            supersedes: Some(last - 1),
            ..Draft::from(Fact::Withdrawn {
                reason: "mistyped".into(),
            })
        },
    ];
    write_unchecked(&settings, corrections);
    (settings, [last - 5, last - 4])
}

const LATER: [&str; 2] = ["south-staffordshire/2030-31", "south-staffordshire/2031-32"];

#[test]
fn a_cycle_of_a_later_version_is_not_assured_and_stops_no_other() {
    let (settings, entries) = of_a_later_version();
    for command in [&["verify"][..], &["assure", "ledger:", "--pct", "5PK"][..]] {
        let output = wcc_with(&settings, command);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let later = names(&LATER);
    // The second start resumes from the checkpoint of the first.
    for _ in 0..2 {
        let server = Server::on_ledger(&settings);
        assert!(server.raw("GET /readyz", &[]).starts_with("HTTP/1.1 200"));
        assert_eq!(cycles(&server, ""), (names(&[OTHER]), later.clone()));
        let shown = server.ask("{ notAssured { code title year reasons { message entry } } }");
        let shown = shown["notAssured"].as_array().expect("a list").clone();
        for (cycle, entry) in shown.iter().zip(entries) {
            assert_eq!(cycle["title"], "A later year", "{cycle}");
            assert_eq!(cycle["reasons"][0]["entry"], entry, "{cycle}");
        }
        assert_eq!(shown[0]["year"], "not known");
        assert_eq!(shown[1]["year"], "2009/10");
        assert_eq!(
            shown[0]["reasons"][0]["message"],
            "the framework `wcc-2030-31` cannot be read: wcc-2030-31.toml: this version of wcc \
             cannot read format 3; expected format 1 or 2: upgrade wcc to read a newer format"
        );

        let token = token(&settings);
        let remark = |cycle: &str| {
            let mutation = format!(
                "mutation {{ recordCommentary(input: {{ cycle: \"{cycle}\", body: \"5PK\",
                   text: \"Seen.\", requestId: \"{cycle} {}\" }}) {{ served userErrors {{ message }} }} }}",
                server.address()
            );
            mutate(&server, &token, &mutation)["recordCommentary"].clone()
        };
        assert_eq!(remark(OTHER)["served"], true);
        for cycle in LATER {
            let refused = remark(cycle);
            let message = refused["userErrors"][0]["message"]
                .as_str()
                .expect("an error");
            assert!(message.contains("upgrade wcc"), "{refused}");
        }
    }
}

#[test]
fn commands_warn_of_the_cycle_and_process_the_others() {
    let (settings, entry) = contradictory();
    let verified = wcc_with(&settings, &["verify"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
    let number = entry.to_string();
    let shown = wcc_with(&settings, &["ledger", "show", &number]);
    assert!(shown.status.success(), "{}", stderr(&shown));

    let assured = wcc_with(&settings, &["assure", "ledger:", "--pct", "5PK"]);
    assert!(assured.status.success(), "{}", stderr(&assured));
    assert!(stdout(&assured).contains("5PK"));
    let warning = format!("warning: not assured: the cycle `{CYCLE}`: entry {entry}: ");
    assert!(stderr(&assured).contains(&warning), "{}", stderr(&assured));
    let refused = wcc_with(&settings, &["assure", "ledger:", "--cycle", CYCLE]);
    assert!(!refused.status.success());
    assert!(
        stderr(&refused).contains("\nnot assured: "),
        "{}",
        stderr(&refused)
    );
}

/// Runs something on the store of a ledger.
fn on_store<T>(settings: &Path, run: impl AsyncFnOnce(&Store) -> T) -> T {
    let file = settings.with_file_name("data").join("ledger.db");
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&Address::Sqlite(file), "england").await;
        let store = store.expect("the database opens");
        let result = run(&store).await;
        store.close().await;
        result
    })
}

/// Messages for people were made up to an entry, long ago.
fn messages_were_made(settings: &Path, entry: u32) {
    let began = jiff::civil::date(2000, 1, 1);
    let (position, made) = (OutboxPosition { entry, began }, jiff::Timestamp::UNIX_EPOCH);
    let added = on_store(settings, async |store| {
        store.add_messages(&[], made, position).await
    });
    added.expect("the position is stored");
}

/// Waits for something that a server does soon.
fn wait_for<T>(mut find: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(Instant::now() < until, "it does not come");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn what_happens_in_a_contradictory_cycle_is_said_to_people() {
    let (settings, entry) = contradictory();
    let opening = Draft::from(Fact::Record {
        cycle: CYCLE.into(),
        record: RecordFact::Phase(PhaseFact {
            body: "5KF".into(),
            phase: "self-assessment".into(),
            reason: None,
        }),
    });
    write_unchecked(&settings, vec![opening]);
    messages_were_made(&settings, entry);
    let _server = Server::on_ledger(&settings);
    wait_for(|| {
        printed_with(&settings, &["outbox"])
            .contains("(phase-opened)")
            .then_some(())
    });
}

/// A program that can read them makes their messages.
#[test]
fn the_messages_of_a_cycle_of_a_later_version_are_left_to_that_version() {
    let (settings, entries) = of_a_later_version();
    messages_were_made(&settings, entries[0] - 1);
    let _server = Server::on_ledger(&settings);
    let position = wait_for(|| {
        let position = on_store(&settings, async |store| store.outbox_position().await);
        let position = position.expect("it is read").expect("there is one");
        (position.entry >= entries[0]).then_some(position)
    });
    // Two sets, two cycles, and then the first record that is not understood.
    assert_eq!(position.entry, entries[0] + 3);
}
