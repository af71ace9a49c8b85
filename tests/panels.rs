//! A panel day over the API: members score blind and then agree, and the body checks the facts of the
//! draft. What somebody may not see yet is absent whichever way they look.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/ratified.rs"]
mod ratified;
#[path = "support/server.rs"]
mod server;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use serde_json::{Value, json};
use server::Server;
use std::path::PathBuf;
use support::{printed_with, settings_with};
use tokens::send;

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// A server on the example, in which the panel days have begun.
struct PanelDays {
    settings: PathBuf,
    server: Server,
    requests: u32,
}

impl PanelDays {
    fn new() -> PanelDays {
        // Each reader has a view of their own, which a busy machine may take long to build.
        let settings = settings_with("[server]\nrequest_seconds = 120\n");
        printed_with(
            &settings,
            &["ledger", "load", "examples/south-of-tyne-and-wear"],
        );
        ratified::ratify(&settings, CYCLE);
        for phase in ["toolkit", "self-assessment", "panel-days"] {
            printed_with(&settings, &["phase", "open", CYCLE, phase]);
        }
        let server = Server::on_ledger(&settings);
        PanelDays {
            settings,
            server,
            requests: 0,
        }
    }

    fn token(&self, person: &str, role: &str, body: &str) -> String {
        let who = ["--person", person, "--role", role, "--body", body];
        tokens::issue(&self.settings, &who)
    }

    /// Enters something; the entry, or the messages that refuse it.
    fn enter(&mut self, token: &str, field: &str, input: &str) -> Result<u64, String> {
        self.requests += 1;
        let cycle = match field {
            "withdraw" => String::new(),
            _ => format!("cycle: \"{CYCLE}\", "),
        };
        let mutation = format!(
            "mutation {{ {field}(input: {{ requestId: \"{}\", {cycle}{input} }}) {{ entry served userErrors {{ message }} }} }}",
            self.requests
        );
        let answer = send(&self.server, Some(token), None, &mutation);
        assert_eq!(answer.status, 200, "{answer:?}");
        let payload = &answer.body["data"][field];
        match payload["entry"].as_u64() {
            Some(entry) => {
                assert_eq!(payload["served"], true, "{answer:?}");
                Ok(entry)
            }
            None => Err(payload["userErrors"].to_string()),
        }
    }

    fn entered(&mut self, token: &str, field: &str, input: &str) -> u64 {
        self.enter(token, field, input).expect("entered")
    }

    /// Appoints somebody to the panel of Gateshead, who declares that there is nothing to declare.
    fn member(&mut self, assurer: &str, person: &str, category: &str, role: &str) -> String {
        let token = self.token(person, role, "5KF");
        let chairs = role == "chair";
        self.entered(
            assurer,
            "appointPanelMember",
            &format!(
                "body: \"5KF\", person: \"{person}\", name: \"{person} (illustrative)\", category: \"{category}\", chairs: {chairs}"
            ),
        );
        self.entered(
            &token,
            "declareInterests",
            "body: \"5KF\", nothingToDeclare: true",
        );
        token
    }

    fn score(&mut self, token: &str, measure: &str, value: &str) -> Result<u64, String> {
        let input = format!("body: \"5KF\", measure: \"{measure}\", value: \"{value}\"");
        self.enter(token, "scoreMeasure", &input)
    }

    /// Opens a phase for everybody after the one that is open.
    fn open_phase(&mut self, assurer: &str, phase: &str) {
        let query = format!("{{ cycle(id: \"{CYCLE}\") {{ phaseOpenings {{ entry }} }} }}");
        let answer = send(&self.server, Some(assurer), None, &query);
        let open = &answer.body["data"]["cycle"]["phaseOpenings"][0]["entry"];
        let input = format!("body: \"Q30\", phase: \"{phase}\", supersedes: {open}");
        self.entered(assurer, "openPhase", &input);
    }

    /// Part of what somebody reads of Gateshead's result, after an entry if one is given.
    fn output(&self, token: Option<&str>, selection: &str, as_of: Option<u64>) -> Value {
        let as_of = as_of.map_or_else(String::new, |entry| format!("@asOf(entry: {entry})"));
        let query = format!(
            "query {as_of} {{ output(cycle: \"{CYCLE}\", body: \"5KF\") {{ {selection} }} }}"
        );
        let answer = send(&self.server, token, None, &query);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"]["output"].clone()
    }

    /// The scores on 1a that somebody sees.
    fn scores(&self, token: Option<&str>, as_of: Option<u64>) -> Vec<String> {
        let cells = "cells(measures: [\"1a\"]) { memberScores { scores { value } } }";
        let output = self.output(token, cells, as_of);
        let scores = &output["cells"][0]["memberScores"]["scores"];
        let scores = scores.as_array().cloned().unwrap_or_default();
        let values = scores.iter().map(|score| score["value"].as_str());
        values
            .map(|value| value.unwrap_or_default().to_owned())
            .collect()
    }

    /// The number of members whose scores are compared in statistics, as somebody sees them.
    fn compared(&self, token: &str) -> Value {
        let query = format!(
            "{{ cycle(id: \"{CYCLE}\") {{ calibration(measure: \"1a\") {{ memberAgreements {{ members }} }} }} }}"
        );
        let answer = send(&self.server, Some(token), None, &query);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"]["cycle"]["calibration"]["memberAgreements"].clone()
    }
}

#[test]
fn scores_are_blind_until_ones_own_is_given() {
    let mut day = PanelDays::new();
    let assurer = day.token("sam", "assurer", "Q30");
    let executive = day.token("eve", "executive", "5KF");
    let ann = day.member(&assurer, "ann", "peer", "member");
    let ben = day.member(&assurer, "ben", "local-authority", "member");
    let chair = day.member(&assurer, "cho", "sha", "chair");

    let first = day.score(&ann, "1a", "3").expect("a score");
    assert_eq!(day.scores(Some(&ann), None), ["3"]);
    for (who, token) in [
        ("ben", &ben),
        ("the chair", &chair),
        ("the SHA", &assurer),
        ("the PCT", &executive),
    ] {
        assert!(day.scores(Some(token), None).is_empty(), "{who}");
        assert!(day.scores(Some(token), Some(first)).is_empty(), "{who}");
        assert_eq!(day.compared(token), json!([]), "{who}");
    }
    assert!(day.scores(None, None).is_empty());
    // Nor is it there for those who would correct or withdraw it.
    let correction = format!("body: \"5KF\", measure: \"1a\", value: \"2\", supersedes: {first}");
    let refused = day.enter(&ben, "scoreMeasure", &correction).unwrap_err();
    assert!(refused.contains("there is no such entry"), "{refused}");
    let withdrawal = format!("entry: {first}, reason: \"Too high.\"");
    let refused = day.enter(&chair, "withdraw", &withdrawal).unwrap_err();
    let nothing = "entry: 999999, reason: \"Too high.\"";
    let of_nothing = day.enter(&chair, "withdraw", nothing).unwrap_err();
    assert_eq!(refused, of_nothing);
    // Nobody scores in the name of another, and the SHA does not score.
    let forged = "body: \"5KF\", measure: \"1a\", member: \"ann\", value: \"1\"";
    let refused = day.enter(&ben, "scoreMeasure", forged).unwrap_err();
    assert!(refused.contains("may not do this"), "{refused}");
    let refused = day.score(&assurer, "1a", "1").unwrap_err();
    assert!(refused.contains("may not do this"), "{refused}");

    // On another measure it opens nothing.
    day.score(&ben, "1b", "2").expect("a score");
    assert!(day.scores(Some(&ben), None).is_empty());
    day.score(&ben, "1a", "1").expect("a score");
    assert_eq!(day.scores(Some(&ben), None), ["3", "1"]);
    assert_eq!(day.scores(Some(&ben), Some(first)), ["3"]);
    assert_eq!(day.scores(Some(&ann), None), ["3", "1"]);
    assert_eq!(day.compared(&ben), json!([{ "members": 2 }]));
    assert!(day.scores(Some(&chair), None).is_empty());
    assert!(day.scores(Some(&assurer), None).is_empty());
    // Ann has seen Ben's score by now.
    let refused = day.enter(&ann, "scoreMeasure", &correction).unwrap_err();
    assert!(refused.contains("cannot be changed"), "{refused}");
}

#[test]
fn scores_stay_beside_the_value_on_which_the_panel_agreed() {
    let mut day = PanelDays::new();
    let assurer = day.token("sam", "assurer", "Q30");
    let executive = day.token("eve", "executive", "5KF");
    let operator = day.token("olu", "operator", "Q30");
    let ann = day.member(&assurer, "ann", "peer", "member");
    let ben = day.member(&assurer, "ben", "local-authority", "member");
    let chair = day.member(&assurer, "cho", "sha", "chair");
    day.score(&ann, "1a", "4").expect("a score");
    day.score(&ben, "1a", "2").expect("a score");
    let agreed = "body: \"5KF\", measure: \"1a\", method: PANEL, value: \"2\", reason: \"Local.\"";
    day.entered(&chair, "recordJudgement", agreed);

    let cells = "cells(measures: [\"1a\"]) { memberScores { agreed spread withinOneLevel { count of } \
                 scores { value aboveAgreed member { name } } } marks(methods: [PANEL]) { value } }";
    let expected = json!({ "cells": [{
        "memberScores": {
            "agreed": "2",
            "spread": 2,
            "withinOneLevel": { "count": 1, "of": 2 },
            "scores": [
                { "value": "4", "aboveAgreed": 2, "member": { "name": "ann (illustrative)" } },
                { "value": "2", "aboveAgreed": 0, "member": { "name": "ben (illustrative)" } },
            ],
        },
        "marks": [{ "value": "2" }],
    }] });
    for token in [&chair, &assurer, &ann] {
        assert_eq!(day.output(Some(token), cells, None), expected);
    }
    let refused = day.score(&chair, "1a", "3").unwrap_err();
    assert!(refused.contains("scores on it are closed"), "{refused}");

    // Neither the PCT nor the public ever sees the scores of members.
    let release = "body: \"Q30\", to: [\"public\", \"executive\"], from: \"2009-03-01\"";
    day.entered(&operator, "releaseResults", release);
    for token in [Some(&*executive), None] {
        assert!(day.scores(token, None).is_empty());
        let marks = "cells(measures: [\"1a\"]) { marks(methods: [PANEL]) { value } }";
        let output = day.output(token, marks, None);
        assert_eq!(output["cells"][0]["marks"][0]["value"], "2");
    }
}

#[test]
fn a_panel_shows_what_it_lacks() {
    let mut day = PanelDays::new();
    let assurer = day.token("sam", "assurer", "Q30");
    let review = "review { members { name interests { nothingToDeclare } } gaps day { date } }";
    day.member(&assurer, "cho", "sha", "chair");
    let appoint = "body: \"5KF\", person: \"dee\", name: \"D. Peer\", category: \"peer\", organisation: \"Leeds PCT\"";
    day.entered(&assurer, "appointPanelMember", appoint);
    let plan = "body: \"5KF\", date: \"2008-11-18\", interviews: [{ starts: \"09:30\", with: \"The board\" }]";
    day.entered(&assurer, "planPanelDay", plan);
    let shown = day.output(Some(&assurer), review, None);
    assert_eq!(
        shown["review"],
        json!({
            "members": [
                { "name": "D. Peer", "interests": null },
                { "name": "cho (illustrative)", "interests": { "nothingToDeclare": true } },
            ],
            "gaps": [
                "2 of 5 members",
                "no local authority representative",
                "no external analyst",
                "D. Peer has not declared any interests",
            ],
            "day": { "date": "2008-11-18" },
        })
    );
    let dee = day.token("dee", "member", "5KF");
    let conflict = "body: \"5KF\", interests: [{ organisation: \"Gateshead PCT\", nature: \"worked there until 2006\" }]";
    day.entered(&dee, "declareInterests", conflict);
    let shown = day.output(Some(&assurer), review, None);
    assert_eq!(
        shown["review"]["gaps"][3],
        "D. Peer declares an interest in Gateshead PCT (5KF): worked there until 2006"
    );
}

#[test]
fn a_pct_checks_the_facts_of_its_own_draft_only() {
    let mut day = PanelDays::new();
    let assurer = day.token("sam", "assurer", "Q30");
    let chair = day.token("cho", "chair", "5KF");
    let executive = day.token("eve", "executive", "5KF");
    let other = day.token("oda", "executive", "5KG");
    let draft = "cells(measures: [\"1a\"]) { marks(methods: [PANEL, CALIBRATED]) { value rationale } } \
                 commentary { text } recommendations { text }";
    let judged = day.output(Some(&assurer), draft, None);
    let rationale = &judged["cells"][0]["marks"][0]["rationale"];
    assert!(rationale.is_string(), "{judged}");
    assert!(judged["commentary"][0]["text"].is_string(), "{judged}");

    // Before the check of facts nothing of the draft is there, and nobody comments on it.
    let hidden = day.output(Some(&executive), draft, None);
    let nothing = json!({ "value": null, "rationale": null });
    assert_eq!(hidden["cells"][0]["marks"], json!([nothing, nothing]));
    assert_eq!(hidden["commentary"], json!([]));
    let comment = "body: \"5KF\", id: \"reviews\", about: [\"1a\"], comment: \"There were two.\"";
    assert!(day.enter(&executive, "commentOnFacts", comment).is_err());

    day.open_phase(&assurer, "calibration");
    let seen = day.output(Some(&executive), draft, None);
    assert_eq!(
        seen["cells"][0]["marks"],
        json!([{ "value": null, "rationale": rationale }, nothing])
    );
    assert_eq!(seen["commentary"], judged["commentary"]);
    assert_eq!(seen["recommendations"], judged["recommendations"]);

    day.entered(&executive, "commentOnFacts", comment);
    let foreign = "body: \"5KF\", id: \"others\", comment: \"Theirs is wrong.\"";
    assert!(day.enter(&other, "commentOnFacts", foreign).is_err());
    let answer = "body: \"5KF\", comment: \"reviews\", accepted: true, reason: \"Corrected.\"";
    assert!(day.enter(&executive, "replyToComment", answer).is_err());
    day.entered(&chair, "replyToComment", answer);
    let comments = "factComments { code comment reply { accepted reason } }";
    let expected = json!([{
        "code": "reviews", "comment": "There were two.",
        "reply": { "accepted": true, "reason": "Corrected." },
    }]);
    for token in [&executive, &assurer, &chair] {
        let shown = day.output(Some(token), comments, None);
        assert_eq!(shown["factComments"], expected);
    }
    assert_eq!(day.output(Some(&other), comments, None), Value::Null);
    // Neither the public nor people of other bodies see it, even once the results are released.
    let operator = day.token("olu", "operator", "Q30");
    let release = "body: \"Q30\", to: [\"public\"], from: \"2009-03-01\"";
    day.entered(&operator, "releaseResults", release);
    for token in [None, Some(&*other)] {
        let shown = day.output(token, comments, None);
        assert_eq!(shown["factComments"], json!([]));
    }
}

/// Whoever may enter something on a body now may take it back now, but not what somebody has relied on, and
/// not what is open to others.
#[test]
fn what_one_may_enter_now_one_may_withdraw_now() {
    let mut day = PanelDays::new();
    let assurer = day.token("sam", "assurer", "Q30");
    let chair = day.token("cho", "chair", "5KF");
    let executive = day.token("eve", "executive", "5KF");
    let other = day.token("oda", "executive", "5KG");
    let withdraw = |day: &mut PanelDays, token: &str, entry: u64| {
        let input = format!("entry: {entry}, reason: \"entered by mistake\"");
        day.enter(token, "withdraw", &input)
    };
    let action = "body: \"5KF\", id: \"council\", text: \"Agree the plan.\", owner: \"D. Director\", due: \"2008-12-01\"";
    let action = day.entered(&executive, "recordAction", action);
    let evidence = "body: \"5KF\", id: \"minutes\", kind: DOCUMENT, title: \"Minutes\"";
    let evidence = day.entered(&executive, "fileEvidence", evidence);
    for token in [&other, &chair] {
        withdraw(&mut day, token, action).expect_err("it is not theirs");
    }
    for entry in [action, evidence] {
        withdraw(&mut day, &executive, entry).expect("the same phase");
    }
    let evidence = "body: \"5KF\", id: \"pack\", kind: DOCUMENT, title: \"Board pack\"";
    let evidence = day.entered(&executive, "fileEvidence", evidence);

    day.open_phase(&assurer, "calibration");
    withdraw(&mut day, &executive, evidence).expect_err("nobody files evidence any more");
    let comment = |id: &str| format!("body: \"5KF\", id: \"{id}\", comment: \"There were two.\"");
    let taken_back = day.entered(&executive, "commentOnFacts", &comment("first"));
    withdraw(&mut day, &executive, taken_back).expect("the same phase");
    let answered = day.entered(&executive, "commentOnFacts", &comment("second"));
    let answer = "body: \"5KF\", comment: \"second\", accepted: true, reason: \"Corrected.\"";
    let answer = day.entered(&chair, "replyToComment", answer);
    let refused = withdraw(&mut day, &executive, answered).expect_err("it has a reply");
    assert!(
        refused.contains("the panel has replied to `second`"),
        "{refused}"
    );
    withdraw(&mut day, &chair, answer).expect("the chair replies now");
    withdraw(&mut day, &executive, answered).expect("nobody relies on it");
}
