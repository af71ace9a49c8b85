//! A cycle is started from the one before: what is taken over, what is not and why, and what has
//! become of it.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "next_year/mistakes.rs"]
mod mistakes;
#[path = "support/server.rs"]
mod server;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use serde_json::{Value, json};
use server::Server;
use std::path::{Path, PathBuf};
use support::{printed_with, refused_with, root, settings_with};
use tokens::send;

const FROM: &str = "next-year/2024";
const CYCLE: &str = "next-year/2025";

/// A ledger with the first cycle, and with the framework and the bodies of the second.
fn ledger() -> PathBuf {
    let case = root().join("tests/cases/next-year");
    let settings = settings_with("");
    printed_with(&settings, &["ledger", "load", "tests/cases/next-year"]);
    let read = |file: &str| std::fs::read_to_string(case.join(file)).expect("a file of the case");
    let text = read("2025/library-2025.toml");
    let framework = ["--id", "library-2025", "--format", "2", "--text", &text];
    enter(&settings, "enter-framework", &framework);
    let tables = json!({ "name": "bodies.csv", "text": read("2025/bodies.csv") }).to_string();
    let bodies = ["--id", "libraries-2025", "--tables", &tables];
    enter(&settings, "enter-bodies", &bodies);
    settings
}

fn enter(settings: &Path, command: &str, options: &[&str]) -> String {
    printed_with(settings, &[&["enter", command], options].concat())
}

const OPEN: &str = r#"{"title": "Reviews of libraries", "framework": "library-2025",
    "bodies": "libraries-2025", "assured": ["HILL", "DALE", "QUAY"], "asOf": "2025-06-30"}"#;

fn start(settings: &Path, options: &[&str]) -> String {
    let cycles = ["--cycle", CYCLE, "--from", FROM];
    enter(
        settings,
        "start-from-previous-cycle",
        &[&cycles, options].concat(),
    )
}

const TAKEN_OVER: &str = "\
self-evaluation users.2 of HILL, carried from next-year/2024, entry N
self-evaluation users.1 of HILL, carried from next-year/2024, entry N
self-evaluation stock.1 of HILL, carried from next-year/2024, entry N
self-evaluation stock.2 of HILL, carried from next-year/2024, entry N
self-evaluation stock.3 of HILL, carried from next-year/2024, entry N
self-evaluation stock.3 of DALE, carried from next-year/2024, entry N
self-evaluation stock.3 of QUAY, carried from next-year/2024, entry N
criterion stock.3.N of HILL, carried from next-year/2024, entry N
recommendation desk of HILL, carried from next-year/2024, entry N
recommendation papers of DALE, carried from next-year/2024, entry N
left out: own-judgement stock.2 of HILL: no measure of library-2025 comes from it
left out: own-judgement readers.2 of LAKE: Dale Library (DALE) succeeded several bodies that each \
have one (LAKE and MILL): record it anew
left out: own-judgement readers.2 of MILL: Dale Library (DALE) succeeded several bodies that each \
have one (MILL and LAKE): record it anew
left out: own-judgement stock.3 of SHUT: Shut Library (SHUT) is not in the tables of this cycle, and \
no body is named that succeeded it
left out: criterion stock.1 of HILL: the measure has changed or was dropped, and its criteria with it
left out: recommendation doors of MILL: it is done or was given up
";

/// The lines of a report with `N` for the number of each entry.
fn without_numbers(report: &str) -> String {
    let is_number = |word: &str| !word.is_empty() && word.chars().all(|sign| sign.is_ascii_digit());
    let lines = report.lines().map(|line| {
        let words = line.split(' ').map(|word| {
            let (stem, last) = word.rsplit_once('.').unwrap_or(("", word));
            match (is_number(last), stem.contains('.'), stem.is_empty()) {
                (true, true, _) => format!("{stem}.N"),
                (true, _, true) => "N".to_owned(),
                _ => word.to_owned(),
            }
        });
        words.collect::<Vec<_>>().join(" ") + "\n"
    });
    lines.collect()
}

#[test]
fn what_is_taken_over_is_shown_then_recorded_once() {
    let settings = ledger();
    let head = printed_with(&settings, &["verify"]);
    let shown = start(&settings, &["--open", OPEN]);
    let expected = format!(
        "{}N new, N already there, N left out; not recorded yet\n\
         nothing was entered; add --apply to record what is new\n",
        TAKEN_OVER
    );
    assert_eq!(without_numbers(&shown), expected, "{shown}");
    assert!(
        shown.contains("10 new, 0 already there, 6 left out"),
        "{shown}"
    );
    assert_eq!(printed_with(&settings, &["verify"]), head);

    let apply = ["--open", OPEN, "--apply", "--request-id", "start"];
    let recorded = start(&settings, &apply);
    assert!(
        without_numbers(&recorded).starts_with(TAKEN_OVER),
        "{recorded}"
    );
    let entry = recorded.trim().rsplit(' ').next().expect("a number");
    assert!(
        recorded.ends_with(&format!("; recorded\nentered as entry {entry}\n")),
        "{recorded}"
    );
    let again = start(&settings, &apply);
    assert!(
        again.ends_with(&format!(
            "this request was entered before, as entry {entry}\n"
        )),
        "{again}"
    );
    let filled = start(&settings, &["--apply"]);
    assert!(
        filled.contains("0 new, 10 already there, 6 left out"),
        "{filled}"
    );
    let reused = ["--apply", "--request-id", "start"];
    let cycles = ["--cycle", CYCLE, "--from", FROM];
    let command = [
        &["enter", "start-from-previous-cycle"],
        &cycles[..],
        &reused,
    ]
    .concat();
    let (_, message) = refused_with(&settings, &command);
    assert!(message.contains("start"), "{message}");
}

#[test]
fn what_cannot_be_started_is_refused_with_its_reason() {
    let settings = ledger();
    let refused = |cycle: &str, from: &str| {
        let command = [
            "enter",
            "start-from-previous-cycle",
            "--cycle",
            cycle,
            "--from",
            from,
        ];
        refused_with(&settings, &command).1
    };
    let unknown = refused(CYCLE, FROM);
    assert!(
        unknown.contains("--cycle: there is no cycle `next-year/2025`"),
        "{unknown}"
    );
    let unknown = refused(CYCLE, "next-year/2023");
    assert!(
        unknown.contains("did you mean `next-year/2024`?"),
        "{unknown}"
    );
    let opened = |open: &str| {
        let cycles = ["--cycle", CYCLE, "--from", FROM, "--open", open];
        let command = [&["enter", "start-from-previous-cycle"], &cycles[..]].concat();
        refused_with(&settings, &command).1
    };
    let unknown = opened(&OPEN.replace("library-2025", "library-2052"));
    assert!(
        unknown.contains("this cycle cannot be opened") && unknown.contains("library-2052"),
        "{unknown}"
    );
    start(&settings, &["--open", OPEN, "--apply"]);
    let twice = opened(OPEN);
    assert!(
        twice.contains("there is a cycle with its identifier"),
        "{twice}"
    );
    let negative = [
        "enter",
        "confirm-carried",
        "--cycle",
        CYCLE,
        "--entries",
        "0",
    ];
    let (_, negative) = refused_with(&settings, &negative);
    assert!(negative.contains("entries count from 1"), "{negative}");
    let backwards = refused(FROM, CYCLE);
    assert!(
        backwards.contains("is not earlier than next-year/2024"),
        "{backwards}"
    );
}

/// The cycle as a client sees it.
fn since(server: &Server) -> Value {
    let query = format!(
        "{{ cycle(id: \"{CYCLE}\") {{ sincePreviousCycle {{
            measures {{ measure {{ code }} previous {{ code }} change differs isSplit }}
            dropped {{ code }}
            bodies {{ body {{ code }} unconfirmed confirmed changed
                carried {{ kind code value text fromEntry state recordedAs entry measures {{ code }} }} }}
        }} }} }}"
    );
    server.ask(&query)["cycle"]["sincePreviousCycle"].take()
}

#[test]
fn measures_are_marked_and_answers_count_once_they_are_confirmed() {
    let settings = ledger();
    start(&settings, &["--open", OPEN, "--apply"]);
    let server = Server::on_ledger(&settings);
    let shown = since(&server);
    let measures = shown["measures"].as_array().expect("a list").iter();
    let measures = measures.map(|measure| {
        let previous = measure["previous"]["code"].as_str().unwrap_or("-");
        let differs = measure["differs"].as_array().expect("a list").iter();
        let differs: Vec<&str> = differs.filter_map(Value::as_str).collect();
        let (code, change) = (&measure["measure"]["code"], &measure["change"]);
        let (code, change) = (
            code.as_str().expect("a code"),
            change.as_str().expect("a word"),
        );
        format!(
            "{code} {previous} {change} {} {}",
            differs.join(","),
            measure["isSplit"]
        )
    });
    let expected = [
        "users.1 readers.2 SAME  false",
        "users.2 readers.1 CHANGED looked_for false",
        "stock.1 stock.1 CHANGED title true",
        "stock.2 stock.1 CHANGED title true",
        "stock.3 stock.3 SAME  false",
        "stock.4 - NEW  false",
    ];
    assert_eq!(measures.collect::<Vec<_>>(), expected);
    assert_eq!(shown["dropped"], json!([{ "code": "stock.2" }]));

    // A changed measure keeps its rationale and loses its value.
    let hill = &shown["bodies"].as_array().expect("a list")[0];
    let carried = |code: &str| {
        let mut carried = hill["carried"].as_array().expect("a list").iter();
        let found = carried.find(|record| record["code"] == code);
        found.cloned().unwrap_or_else(|| panic!("{code}: {hill}"))
    };
    assert_eq!(carried("users.1")["value"], "strong");
    assert_eq!(carried("users.2")["value"], Value::Null);
    assert_eq!(carried("users.2")["text"], "Open until six.");
    assert_eq!(
        [&hill["unconfirmed"], &hill["confirmed"]],
        [&json!(7), &json!(0)]
    );
    // Nothing that was carried is a judgement.
    let own = "{ output(cycle: \"next-year/2025\", body: \"HILL\") { cells(measures: [\"users.1\"]) \
               { marks(methods: [SELF]) { value } } recommendations { code } } }";
    let before = server.ask(own);
    assert_eq!(
        before["output"]["cells"][0]["marks"][0]["value"],
        Value::Null
    );
    assert_eq!(before["output"]["recommendations"], json!([]));
    assert_eq!(server.terminate(), Some(0));

    let number = |code: &str| carried(code)["entry"].to_string();
    let cycle = ["--cycle", CYCLE];
    let (help, hours, stock) = (number("users.1"), number("users.2"), number("stock.3"));
    let confirm = [
        &["enter", "confirm-carried"],
        &cycle[..],
        &["--entries", &hours],
    ]
    .concat();
    let (_, message) = refused_with(&settings, &confirm);
    assert!(
        message.contains("users.2 was carried without a value"),
        "{message}"
    );
    let both = ["--entries", &help, "--entries", &number("desk")];
    enter(&settings, "confirm-carried", &[&cycle[..], &both].concat());
    let other = [
        "--body",
        "HILL",
        "--measure",
        "stock.3",
        "--method-id",
        "own",
        "--value",
        "weak",
    ];
    enter(
        &settings,
        "record-judgement",
        &[&cycle[..], &other].concat(),
    );

    let server = Server::on_ledger(&settings);
    let after = since(&server);
    let hill = &after["bodies"][0];
    assert_eq!(
        [&hill["unconfirmed"], &hill["confirmed"], &hill["changed"]],
        [&json!(4), &json!(2), &json!(1)],
        "{hill}"
    );
    let states = hill["carried"].as_array().expect("a list").iter();
    let changed = states.filter(|record| record["state"] == "CHANGED");
    let changed: Vec<String> = changed.map(|record| record["entry"].to_string()).collect();
    assert_eq!(changed, [stock]);
    let now = server.ask(own);
    assert_eq!(now["output"]["cells"][0]["marks"][0]["value"], "strong");
    assert_eq!(
        now["output"]["recommendations"],
        json!([{ "code": "desk" }])
    );
    assert_eq!(server.terminate(), Some(0));
}

const REGION: &str = "south-of-tyne-and-wear";

/// The authority takes last year's answers over; the executive confirms them once the
/// self-assessment is open; a partner sees nothing of it.
#[test]
fn each_role_does_and_sees_its_part() {
    let settings = settings_with("");
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-of-tyne-and-wear"],
    );
    let (last, this) = (
        "south-of-tyne-and-wear/2008-09",
        "south-of-tyne-and-wear/2009-10",
    );
    let text = root().join("configs/frameworks/wcc-2009-10.toml");
    let text = std::fs::read_to_string(text).expect("the framework");
    enter(
        &settings,
        "enter-framework",
        &["--id", "wcc-2009-10", "--text", &text],
    );
    let open = [
        "--id",
        this,
        "--title",
        "The second year",
        "--framework",
        "wcc-2009-10",
    ];
    let bodies = [
        "--bodies",
        last,
        "--as-of",
        "2009-12-01",
        "--previous",
        last,
    ];
    let assured = ["--assured", "5KF", "--assured", "5KG", "--assured", "5KL"];
    enter(
        &settings,
        "open-cycle",
        &[&open[..], &bodies, &assured].concat(),
    );
    for (cycle, phase) in [(last, "toolkit"), (this, "toolkit")] {
        printed_with(&settings, &["phase", "open", cycle, phase]);
    }
    let token = |person: &str, role: &str, body: &str| {
        let who = ["--person", person, "--role", role, "--body", body];
        tokens::issue(&settings, &who)
    };
    let assurer = token("P. Assurer", "assurer", "Q30");
    let executive = token("E. Executive", "executive", REGION);
    let partner = token("L. Partner", "partner", REGION);
    let server = Server::on_ledger(&settings);
    let started = |token: &str, request: &str, apply: bool| {
        let query = format!(
            "mutation {{ startFromPreviousCycle(input: {{ requestId: \"{request}\", cycle: \"{this}\", \
             from: \"{last}\", apply: {apply} }}) {{ entry changes {{ kind }} leftOut {{ kind reason }} \
             userErrors {{ code }} }} }}"
        );
        let answer = send(&server, Some(token), None, &query);
        answer.body["data"]["startFromPreviousCycle"].clone()
    };
    let refused = started(&executive, "one", true);
    assert_eq!(
        refused["userErrors"][0]["code"], "NOT_PERMITTED",
        "{refused}"
    );
    let taken = started(&assurer, "two", true);
    assert_eq!(taken["userErrors"], json!([]), "{taken}");
    assert!(taken["entry"].is_number(), "{taken}");
    // The results of the year before were not released, so its recommendations stay there.
    let left = taken["leftOut"].as_array().expect("a list").iter();
    let mut held_back = left.filter(|left| left["kind"] == "RECOMMENDATION");
    let is_held_back =
        |left: &Value| left["reason"] == "the results that it belongs to were not released";
    assert!(held_back.any(is_held_back), "{taken}");

    let carried = |token: &str| {
        let query = format!(
            "{{ cycle(id: \"{this}\") {{ sincePreviousCycle {{ bodies {{ body {{ code }} unconfirmed \
             carried {{ entry code value }} }} }} }} }}"
        );
        let answer = send(&server, Some(token), None, &query);
        let bodies = answer.body["data"]["cycle"]["sincePreviousCycle"]["bodies"].clone();
        let mut bodies = bodies.as_array().expect("a list").clone().into_iter();
        bodies
            .find(|body| body["body"]["code"] == REGION)
            .unwrap_or_default()
    };
    assert_eq!(carried(&partner), Value::Null);
    let seen = carried(&executive);
    let records = seen["carried"].as_array().expect("a list").iter();
    let mut with_value = records.filter(|record| !record["value"].is_null());
    let entry = with_value.next().expect("a value")["entry"].clone();
    let confirm = |request: &str| {
        let query = format!(
            "mutation {{ confirmCarried(input: {{ requestId: \"{request}\", cycle: \"{this}\", \
             entries: [{entry}] }}) {{ entry changes {{ kind }} userErrors {{ code }} }} }}"
        );
        let answer = send(&server, Some(&executive), None, &query);
        answer.body["data"]["confirmCarried"].clone()
    };
    let early = confirm("early");
    assert_eq!(early["userErrors"][0]["code"], "NOT_PERMITTED", "{early}");
    let opened = format!("{{ cycle(id: \"{this}\") {{ phaseOpenings {{ entry }} }} }}");
    let opened = send(&server, Some(&assurer), None, &opened);
    let opened = &opened.body["data"]["cycle"]["phaseOpenings"][0]["entry"];
    let open = format!(
        "mutation {{ openPhase(input: {{ requestId: \"p\", cycle: \"{this}\", body: \"Q30\", \
         phase: \"self-assessment\", supersedes: {opened} }}) {{ served userErrors {{ message }} }} }}"
    );
    let opened = send(&server, Some(&assurer), None, &open);
    assert_eq!(
        opened.body["data"]["openPhase"]["served"], true,
        "{opened:?}"
    );
    // What nobody has confirmed is due for those who may, and for nobody else.
    let waiting = |token: &str, role: &str| {
        let query = format!(
            "{{ cycle(id: \"{this}\") {{ due(role: \"{role}\", body: \"{REGION}\", on: \"2009-12-01\") {{ kind what }} }} }}"
        );
        let answer = send(&server, Some(token), None, &query);
        let due = answer.body["data"]["cycle"]["due"].as_array().cloned();
        let due = due.expect("a list").into_iter();
        let due = due.filter(|duty| duty["kind"] == "CONFIRM_CARRIED");
        let of_group = due.filter_map(|duty| duty["what"].as_str().map(str::to_owned));
        of_group
            .filter(|what| what.contains(&format!("({REGION})")))
            .collect::<Vec<_>>()
    };
    let answers = |count: i64| {
        format!(
            "confirm or change {count} answers of South of Tyne and Wear ({REGION}) carried from {last}"
        )
    };
    let before = seen["unconfirmed"].as_i64().expect("a number");
    assert_eq!(waiting(&executive, "executive"), [answers(before)]);
    assert_eq!(waiting(&executive, "board"), Vec::<String>::new());
    let confirmed = confirm("now");
    assert_eq!(confirmed["userErrors"], json!([]), "{confirmed}");
    assert_eq!(carried(&executive)["unconfirmed"], json!(before - 1));
    assert_eq!(waiting(&executive, "executive"), [answers(before - 1)]);
    assert_eq!(server.terminate(), Some(0));
}
