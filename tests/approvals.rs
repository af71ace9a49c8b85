//! A self-assessment is submitted, ratified and frozen: who approves what, when it is out of date,
//! and how it is reopened.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use serde_json::{Value, json};
use server::Server;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use support::{CopiedCase, printed_with, refused_with, settings_with};
use tokens::send;

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
const CLUSTER: &str = "south-of-tyne-and-wear";

/// A server on a ledger with a case, in the phase of self-assessment.
struct Year {
    settings: PathBuf,
    server: Server,
    requests: AtomicU32,
}

impl Year {
    fn of(folder: &str) -> Year {
        let settings = settings_with("");
        printed_with(&settings, &["ledger", "load", folder]);
        for phase in ["toolkit", "self-assessment"] {
            printed_with(&settings, &["phase", "open", CYCLE, phase]);
        }
        let server = Server::on_ledger(&settings);
        Year {
            settings,
            server,
            requests: AtomicU32::new(0),
        }
    }

    fn example() -> Year {
        Year::of("examples/south-of-tyne-and-wear")
    }

    fn token(&self, person: &str, role: &str, body: &str) -> String {
        let who = ["--person", person, "--role", role, "--body", body];
        tokens::issue(&self.settings, &who)
    }

    /// Carries out a mutation, and returns its payload.
    fn enter(&self, token: &str, field: &str, input: &str) -> Value {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        let query = format!(
            "mutation {{ {field}(input: {{ requestId: \"r{request}\", {input} }}) \
             {{ entry served userErrors {{ code field message }} }} }}"
        );
        let answer = send(&self.server, Some(token), None, &query);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"][field].clone()
    }

    fn entered(&self, token: &str, field: &str, input: &str) -> i64 {
        let payload = self.enter(token, field, input);
        assert_eq!(payload["userErrors"], json!([]), "{input}");
        assert_eq!(payload["served"], true);
        payload["entry"].as_i64().expect("an entry")
    }

    /// The code and the message of a refusal.
    fn refused(&self, token: &str, field: &str, input: &str) -> (String, String) {
        let payload = self.enter(token, field, input);
        let error = &payload["userErrors"][0];
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(payload["entry"], Value::Null, "{input}: {payload}");
        (text("code"), text("message"))
    }

    /// An approval of a body as somebody sees it; null if they do not see it.
    fn approval(&self, token: &str, body: &str, code: &str) -> Value {
        let fields = "approvals { code body { code } state digest approvedDigest entry note \
                      givenFor { code } enteredBy { person role } \
                      missing { body { code } measures { code } } }";
        let query = match body {
            CLUSTER => format!("{{ found: cycle(id: \"{CYCLE}\") {{ {fields} }} }}"),
            pct => {
                format!("{{ found: output(cycle: \"{CYCLE}\", body: \"{pct}\") {{ {fields} }} }}")
            }
        };
        let answer = send(&self.server, Some(token), None, &query);
        assert_eq!(answer.status, 200, "{answer:?}");
        let approvals = answer.body["data"]["found"]["approvals"].as_array();
        let approvals = approvals.unwrap_or_else(|| panic!("{answer:?}"));
        let mut approvals = approvals.iter();
        let is_it =
            |approval: &&Value| approval["code"] == code && approval["body"]["code"] == body;
        approvals.find(is_it).cloned().unwrap_or_default()
    }

    fn state(&self, token: &str, body: &str, code: &str) -> String {
        let approval = self.approval(token, body, code);
        approval["state"].as_str().unwrap_or_default().to_owned()
    }

    fn digest(&self, token: &str, body: &str, code: &str) -> String {
        let approval = self.approval(token, body, code);
        approval["digest"].as_str().expect("a digest").to_owned()
    }

    /// Approves what is recorded now.
    fn approve(&self, token: &str, body: &str, code: &str) -> i64 {
        let digest = self.digest(token, body, code);
        self.entered(token, "approve", &approving(body, code, &digest))
    }

    /// The entry of the self-assessment on a measure.
    fn judged(&self, token: &str, body: &str, measure: &str) -> i64 {
        let query = format!(
            "{{ output(cycle: \"{CYCLE}\", body: \"{body}\") {{ cells(measures: [\"{measure}\"]) \
             {{ marks(methods: [SELF]) {{ entry }} }} }} }}"
        );
        let answer = send(&self.server, Some(token), None, &query);
        let entry = &answer.body["data"]["output"]["cells"][0]["marks"][0]["entry"];
        entry.as_i64().unwrap_or_else(|| panic!("{answer:?}"))
    }
}

fn approving(body: &str, code: &str, digest: &str) -> String {
    format!("cycle: \"{CYCLE}\", body: \"{body}\", approval: \"{code}\", digest: \"{digest}\"")
}

fn judging(body: &str, measure: &str, value: &str, supersedes: i64) -> String {
    format!(
        "cycle: \"{CYCLE}\", body: \"{body}\", measure: \"{measure}\", method: SELF, \
         value: \"{value}\", supersedes: {supersedes}"
    )
}

#[test]
fn a_self_assessment_is_submitted_ratified_frozen_and_reopened() {
    let year = Year::example();
    let executive = year.token("Ann Executive", "executive", "5KF");
    let board = year.token("Board of Gateshead", "board", "5KF");
    let other = year.token("Ola Executive", "executive", "5KG");
    let cluster = year.token("Clu Executive", "executive", CLUSTER);

    // The board ratifies what was submitted, and only the executive submits.
    let digest = year.digest(&board, "5KF", "ratified");
    assert_eq!(year.state(&board, "5KF", "ratified"), "NOT_GIVEN");
    let (_, early) = year.refused(&board, "approve", &approving("5KF", "ratified", &digest));
    assert!(
        early.contains("comes after `Self-assessment submitted`"),
        "{early}"
    );
    assert!(
        early.contains("by the PCT executive or strategic lead"),
        "{early}"
    );
    let (code, _) = year.refused(&board, "approve", &approving("5KF", "submitted", &digest));
    assert_eq!(code, "NOT_PERMITTED");
    let (code, _) = year.refused(&other, "approve", &approving("5KF", "submitted", &digest));
    assert_ne!(code, "");
    let submitted = year.approve(&executive, "5KF", "submitted");
    assert_eq!(year.state(&board, "5KF", "submitted"), "APPROVED");

    // A change puts the submission out of date, and nobody ratifies what they did not read.
    let judged = year.judged(&executive, "5KF", "finance.1");
    let changed = year.entered(
        &executive,
        "recordJudgement",
        &judging("5KF", "finance.1", "amber", judged),
    );
    assert_eq!(year.state(&board, "5KF", "submitted"), "OUT_OF_DATE");
    let (_, stale) = year.refused(&board, "approve", &approving("5KF", "ratified", &digest));
    assert!(stale.contains("it is given again first"), "{stale}");
    let (_, stale) = year.refused(
        &executive,
        "approve",
        &format!(
            "{}, supersedes: {submitted}",
            approving("5KF", "submitted", &digest)
        ),
    );
    let named = format!(
        "has changed since: entry {changed} (self-assessment of 5KF on finance.1: amber; \
         by Ann Executive, PCT executive for 5KF, on "
    );
    assert!(stale.contains(&named), "{stale}");
    let now = year.digest(&executive, "5KF", "submitted");
    year.entered(
        &executive,
        "approve",
        &format!(
            "{}, supersedes: {submitted}",
            approving("5KF", "submitted", &now)
        ),
    );
    let ratified = year.approve(&board, "5KF", "ratified");

    // From then on neither the PCT's own nor its cluster's self-assessment changes.
    let frozen =
        format!("is frozen by entry {ratified} (`Self-assessment ratified by the board`; by");
    let again = judging("5KF", "finance.1", "green", changed);
    let (code, message) = year.refused(&executive, "recordJudgement", &again);
    assert_eq!(code, "CONTRADICTION");
    assert!(message.contains(&frozen), "{message}");
    assert!(message.contains("withdraw that entry first"), "{message}");
    let withdrawal = format!("entry: {changed}, reason: \"mistyped\"");
    let (_, message) = year.refused(&executive, "withdraw", &withdrawal);
    assert!(message.contains(&frozen), "{message}");
    let shared = year.judged(&cluster, "5KF", "1a");
    let of_cluster = judging(CLUSTER, "1a", "3", shared);
    let (_, message) = year.refused(&cluster, "recordJudgement", &of_cluster);
    assert!(message.contains(&frozen), "{message}");
    // Another PCT of the cluster is free to change what is its own.
    let others = year.judged(&other, "5KG", "finance.1");
    year.entered(
        &other,
        "recordJudgement",
        &judging("5KG", "finance.1", "amber", others),
    );

    // The board reopens it with a reason; the executive may not.
    let reopening = format!("entry: {ratified}, reason: \"finance restated\"");
    let (code, _) = year.refused(&executive, "withdraw", &reopening);
    assert_eq!(code, "NOT_PERMITTED");
    let (code, _) = year.refused(
        &board,
        "withdraw",
        &format!("entry: {ratified}, reason: \" \""),
    );
    assert_eq!(code, "MALFORMED");
    year.entered(&board, "withdraw", &reopening);
    year.entered(&executive, "recordJudgement", &again);
    assert_eq!(year.state(&executive, "5KF", "ratified"), "NOT_GIVEN");

    let shown = printed_with(&year.settings, &["phase", "show", "ledger:"]);
    assert!(
        shown.contains("Self-assessment submitted (submitted)"),
        "{shown}"
    );
    assert!(
        shown.contains("out of date, what it covers has changed since: Gateshead PCT (5KF)"),
        "{shown}"
    );
    assert!(shown.contains("not given: all 3 PCTs"), "{shown}");
}

#[test]
fn an_approval_of_a_cluster_is_one_of_each_of_its_pcts() {
    let year = Year::example();
    let cluster = year.token("Clu Executive", "executive", CLUSTER);
    let gateshead = year.token("Ann Executive", "executive", "5KF");
    let board = year.token("Board of Gateshead", "board", "5KF");
    let tyneside = year.token("Ola Executive", "executive", "5KG");

    year.approve(&cluster, CLUSTER, "submitted");
    let seen = year.approval(&gateshead, "5KF", "submitted");
    assert_eq!(seen["state"], "APPROVED");
    assert_eq!(seen["givenFor"]["code"], CLUSTER);
    let ratified = year.approve(&board, "5KF", "ratified");
    assert_eq!(year.state(&cluster, CLUSTER, "ratified"), "NOT_GIVEN");

    // What a PCT changes puts the cluster's approval out of date, also for those who do not see it.
    let judged = year.judged(&tyneside, "5KG", "finance.1");
    year.entered(
        &tyneside,
        "recordJudgement",
        &judging("5KG", "finance.1", "amber", judged),
    );
    assert_eq!(year.state(&gateshead, CLUSTER, "submitted"), "OUT_OF_DATE");
    let of_board = year.approval(&board, "5KF", "ratified");
    assert_eq!(of_board["state"], "APPROVED");
    assert_eq!(of_board["entry"], ratified);

    // The authority sees how far everybody is.
    let assurer = year.token("Sha Assurer", "assurer", "Q30");
    let query =
        format!("{{ cycle(id: \"{CYCLE}\") {{ approvals {{ code state body {{ code }} }} }} }}");
    let answer = send(&year.server, Some(&assurer), None, &query);
    let all = answer.body["data"]["cycle"]["approvals"].as_array();
    let all = all.unwrap_or_else(|| panic!("{answer:?}"));
    let of = |body: &str, code: &str| {
        let mut all = all.iter();
        let found = all.find(|one| one["body"]["code"] == body && one["code"] == code);
        found.expect("an approval")["state"].clone()
    };
    assert_eq!(of("5KF", "ratified"), "APPROVED");
    assert_eq!(of("5KL", "ratified"), "NOT_GIVEN");
    assert_eq!(of(CLUSTER, "submitted"), "OUT_OF_DATE");
}

#[test]
fn an_approval_waits_for_what_is_missing_and_says_who_can_supply_it() {
    let case = CopiedCase::of("south-of-tyne-and-wear");
    case.edit("judgements.csv", |table| {
        let kept = table.lines().filter(|line| !line.contains(",2b,self,"));
        kept.collect::<Vec<_>>().join("\n") + "\n"
    });
    let year = Year::of(&case.path().display().to_string());
    let executive = year.token("Ann Executive", "executive", "5KF");
    let approval = year.approval(&executive, "5KF", "submitted");
    assert_eq!(approval["missing"][0]["measures"][0]["code"], "2b");
    let digest = year.digest(&executive, "5KF", "submitted");
    let (_, early) = year.refused(
        &executive,
        "approve",
        &approving("5KF", "submitted", &digest),
    );
    assert!(
        early.contains("`Self-assessment submitted` cannot be given for Gateshead PCT (5KF) yet"),
        "{early}"
    );
    assert!(
        early.contains("on 2b, by the PCT executive or strategic lead"),
        "{early}"
    );
}

#[test]
fn whoever_edits_what_another_has_changed_is_told_what_and_by_whom() {
    let year = Year::example();
    let first = year.token("Ann Executive", "executive", "5KF");
    let second = year.token("Leo Lead", "lead", "5KF");
    let judged = year.judged(&first, "5KF", "finance.1");
    let changed = year.entered(
        &first,
        "recordJudgement",
        &judging("5KF", "finance.1", "amber", judged),
    );
    let stale = judging("5KF", "finance.1", "red", judged);
    let (code, message) = year.refused(&second, "recordJudgement", &stale);
    assert_eq!(code, "NOT_SUPERSEDED");
    let named = format!(
        "entry {judged} cannot be superseded: entry {changed} (self-assessment of 5KF on \
         finance.1: amber; by Ann Executive, PCT executive for 5KF, on "
    );
    assert!(message.starts_with(&named), "{message}");
    let fresh = stale.replace(&format!(", supersedes: {judged}"), "");
    let (code, message) = year.refused(&second, "recordJudgement", &fresh);
    assert_eq!(code, "ALREADY_SAID");
    assert!(
        message.contains("by Ann Executive, PCT executive for 5KF"),
        "{message}"
    );
}

#[test]
fn a_phase_waits_for_the_approvals_that_it_requires() {
    let settings = settings_with("");
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-staffordshire"],
    );
    let cycle = "south-staffordshire/2009-10";
    for phase in ["toolkit", "self-assessment"] {
        printed_with(&settings, &["phase", "open", cycle, phase]);
    }
    let early = refused_with(&settings, &["phase", "open", cycle, "panel-days"]).1;
    assert!(
        early.contains(
            "`Self-assessment ratified by the board` of South Staffordshire PCT (5PK) (given by the \
             PCT board)"
        ),
        "{early}"
    );
    let shown = printed_with(
        &settings,
        &["phase", "show", "ledger:", "--cycle", "2009-10"],
    );
    assert!(
        shown.contains("missing: `Self-assessment ratified by the board` of"),
        "{shown}"
    );
}

#[test]
fn everybody_is_told_what_is_due_and_by_when() {
    let case = CopiedCase::of("south-of-tyne-and-wear");
    case.edit("judgements.csv", |table| {
        let kept = table
            .lines()
            .filter(|line| !line.starts_with("5KG,finance.1,self,"));
        kept.collect::<Vec<_>>().join("\n") + "\n"
    });
    let year = Year::of(&case.path().display().to_string());
    let due = |role: &str, on: &str| {
        let arguments = ["due", CYCLE, "--role", role, "--on", on];
        printed_with(&year.settings, &arguments)
    };
    let submit = "approve `Self-assessment submitted` of Gateshead PCT (5KF)";
    let executive = due("executive;body=5KF", "2008-09-20");
    assert!(
        executive.contains(&format!("by 2008-09-30: {submit}")),
        "{executive}"
    );
    assert!(!executive.contains("5KG"), "{executive}");
    let late = due("executive;body=5KF", "2008-10-02");
    assert!(
        late.contains(&format!("LATE (was due 2008-09-30): {submit}")),
        "{late}"
    );
    // What is not complete cannot be submitted.
    let tyneside = due("executive;body=5KG", "2008-09-20");
    assert!(
        tyneside.contains("record the self-assessment of South Tyneside PCT (5KG) on finance.1"),
        "{tyneside}"
    );
    assert!(!tyneside.contains("approve"), "{tyneside}");
    assert!(due("board;body=5KF", "2008-09-20").contains("nothing is due"));
    let unknown = refused_with(&year.settings, &["due", CYCLE, "--role", "bord"]).1;
    assert!(unknown.contains("did you mean `board`?"), "{unknown}");

    // The authority moves the phase, for everybody or for one.
    let assurer = year.token("Sha Assurer", "assurer", "Q30");
    let timetable = |body: &str, to: &str| {
        format!("cycle: \"{CYCLE}\", body: \"{body}\", phase: \"self-assessment\", to: \"{to}\"")
    };
    year.entered(&assurer, "setTimetable", &timetable("Q30", "2008-10-10"));
    year.entered(&assurer, "setTimetable", &timetable("5KF", "2008-10-20"));
    let moved = due("executive;body=5KF", "2008-10-02");
    assert!(
        moved.contains(&format!("by 2008-10-20: {submit}")),
        "{moved}"
    );
    let others = due("executive;body=5KG", "2008-10-02");
    assert!(others.contains("by 2008-10-10: record"), "{others}");
    let shown = printed_with(&year.settings, &["phase", "show", "ledger:"]);
    assert!(
        shown.contains("set for Gateshead PCT (5KF): to 2008-10-20"),
        "{shown}"
    );
    let executive = year.token("Ann Executive", "executive", "5KF");
    let (code, _) = year.refused(&executive, "setTimetable", &timetable("5KF", "2008-12-01"));
    assert_eq!(code, "NOT_PERMITTED");

    // Once it is submitted, the board's ratification is due; GraphQL says the same.
    year.approve(&executive, "5KF", "submitted");
    let board = year.token("Board of Gateshead", "board", "5KF");
    let query = format!(
        "{{ cycle(id: \"{CYCLE}\") {{ due(role: \"board\", body: \"5KF\", on: \"2008-10-21\") \
         {{ kind what by late body {{ code }} }} }} }}"
    );
    let answer = send(&year.server, Some(&board), None, &query);
    let expected = json!([{
        "kind": "APPROVE",
        "what": "approve `Self-assessment ratified by the board` of Gateshead PCT (5KF)",
        "by": "2008-10-20", "late": true, "body": { "code": "5KF" },
    }]);
    assert_eq!(answer.body["data"]["cycle"]["due"], expected, "{answer:?}");
}

#[test]
fn a_role_withdraws_what_it_enters_and_the_cycle_stays_governed() {
    let year = Year::example();
    let executive = year.token("Ann Executive", "executive", "5KF");
    let assurer = year.token("Sha Assurer", "assurer", "Q30");
    // What the authority enters on a body is not the body's to withdraw.
    let dated = year.entered(
        &assurer,
        "setTimetable",
        &format!("cycle: \"{CYCLE}\", body: \"5KF\", phase: \"panel-days\", from: \"2008-11-10\", to: \"2008-11-11\""),
    );
    let opened = year.entered(
        &assurer,
        "openPhase",
        &format!(
            "cycle: \"{CYCLE}\", body: \"5KF\", phase: \"self-assessment\", reason: \"for its board\""
        ),
    );
    let withdrawing = |entry: i64| format!("entry: {entry}, reason: \"not wanted\"");
    for entry in [dated, opened] {
        let (code, _) = year.refused(&executive, "withdraw", &withdrawing(entry));
        assert_eq!(code, "NOT_PERMITTED");
    }
    for entry in [dated, opened] {
        year.entered(&assurer, "withdraw", &withdrawing(entry));
    }
    let own = year.entered(
        &executive,
        "fileEvidence",
        &format!(
            "cycle: \"{CYCLE}\", body: \"5KF\", id: \"draft\", kind: DOCUMENT, title: \"Draft\""
        ),
    );
    year.entered(&executive, "withdraw", &withdrawing(own));

    // Without an open phase the cycle would be public again.
    let query = format!("{{ cycle(id: \"{CYCLE}\") {{ phaseOpenings {{ entry }} }} }}");
    let answer = send(&year.server, Some(&assurer), None, &query);
    let openings = answer.body["data"]["cycle"]["phaseOpenings"].as_array();
    let openings = openings.unwrap_or_else(|| panic!("{answer:?}"));
    assert_eq!(openings.len(), 1, "{answer:?}");
    let only = openings[0]["entry"].as_i64().expect("an entry");
    let operator = tokens::issue(
        &year.settings,
        &[
            "--person",
            "Opal Operator",
            "--role",
            "operator",
            "--body",
            "Q30",
        ],
    );
    for token in [&assurer, &operator] {
        let (code, message) = year.refused(token, "withdraw", &withdrawing(only));
        assert_eq!(code, "CONTRADICTION");
        assert!(message.contains("the only phase that is open"), "{message}");
    }
}
