//! Drafts that are refused, although a replay accepts them from an old ledger.

#![allow(
    clippy::indexing_slicing,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod calibrations;
mod hidden;
mod panels;
mod permission;
mod phases;
mod planning;
#[path = "../support/mod.rs"]
mod support;
mod withdrawals;

use jiff::civil::date;
use std::sync::Arc;
use std::sync::Mutex;
use support::{CLUSTER, FUNCTION};
use wcc_core::Actor;
use wcc_core::ledger::{
    Command, CycleFact, Draft, Entry, EntryError, Fact, FileFormat, FrameworkText,
    OrganisationTable, OrganisationTables, Origin, Permission, RebaseFact, RefusalReason, Refusals,
    RuleBooks, State, admit,
};
use wcc_core::outcome::{Better, OutcomeScope, YearValue};
use wcc_core::policy::{Decision, Policy, Question, READ, READ_DOCUMENT, Unrestricted, acts};
use wcc_core::record::{
    AnswerFact, CommentaryFact, EvidenceFact, EvidenceKind, GroupAnswers, JudgementDetails,
    JudgementFact, OutcomeFact, Rates, RecordFact, ResponseCount, Selection, StatedPerformance,
    StatedPosition, SurveyFact, SurveyFigures, SurveyGroup,
};
use wcc_core::{CycleError, Framework, Method, Organisations};

/// Reads the bodies that the text of the first table selects: all of them, all and one more PCT,
/// or all with the cluster and the function ended.
#[derive(Debug)]
struct Fixture;

impl RuleBooks for Fixture {
    fn framework(&self, _: &FrameworkText) -> Result<Framework, String> {
        Ok(support::framework())
    }

    fn organisations(&self, tables: &OrganisationTables) -> Result<Organisations, String> {
        const ENDED: &str = "code,name,sha,until\nCODE,ended,Q30,2008-10-01\n";
        Ok(match &*tables.tables[0].text {
            "one more" => {
                let mut pcts = "code,name,sha\n".to_owned();
                for code in ["5KF", "5KG", "5KL", "5J9", "5D9", "5XX"] {
                    pcts += &format!("{code},name of {code},Q30\n");
                }
                support::organisations_with(&[("pct.csv", &pcts)])
            }
            "without" => without(&support::organisations(), "5KG"),
            "ended" => support::organisations_with(&[
                ("clusters.csv", &ENDED.replace("CODE", CLUSTER)),
                ("functions.csv", &ENDED.replace("CODE", FUNCTION)),
            ]),
            _ => support::organisations(),
        })
    }
}

/// A table as if a body had never been in it.
fn without(all: &Organisations, code: &str) -> Organisations {
    let absent = all.find(code).into_iter().collect();
    all.without(&absent)
}

fn bodies(text: &str) -> Draft {
    let table = OrganisationTable {
        name: "pct".into(),
        file: "pct.csv".into(),
        shipped: false,
        text: text.into(),
    };
    Draft::from(Fact::Organisations(OrganisationTables {
        format: FileFormat::FIRST,
        id: "all".into(),
        tables: vec![table],
    }))
}

fn cycle(id: &str, year: i16, pcts: &[&str], previous: Option<&str>) -> Draft {
    Draft::from(Fact::Cycle(CycleFact {
        id: id.into(),
        title: "Case".into(),
        as_of: date(year, 11, 30),
        illustrative: None,
        framework: "test-2".into(),
        organisations: "all".into(),
        pcts: pcts.iter().map(|code| (*code).into()).collect(),
        previous: previous.map(Into::into),
        review: None,
    }))
}

fn record(record: RecordFact) -> Draft {
    Draft::from(Fact::Record {
        cycle: "case".into(),
        record,
    })
}

fn judgement(body: &str, measure: &str) -> Draft {
    record(RecordFact::Judgement(JudgementFact {
        body: body.into(),
        subject: measure.into(),
        method: Method::Panel,
        value: Some("2".into()),
        assessor: None,
        details: JudgementDetails::default(),
    }))
}

fn commentary(body: &str) -> Draft {
    record(RecordFact::Commentary(CommentaryFact {
        body: body.into(),
        components: Vec::new(),
        headings: Vec::new(),
        text: "text".into(),
    }))
}

fn push(state: &mut State, draft: Draft) -> u32 {
    let number = state.last() + 1;
    let at = jiff::Timestamp::from_second(i64::from(number)).unwrap();
    let entry = Entry {
        number,
        at,
        actor: Arc::new(wcc_core::actor::Actor::operator("operator")),
        request: format!("request {number}").into(),
        part: 0,
        draft,
    };
    state
        .apply(entry)
        .unwrap_or_else(|refused| panic!("{refused}"));
    number
}

/// Returns a ledger with the cycle `case` of 5KF and 5KG and these bodies.
fn opened(text: &str) -> State {
    let mut state = State::new(Arc::new(Fixture));
    let framework = FrameworkText {
        format: FileFormat::FIRST,
        id: "test-2".into(),
        text: "as the fixture".into(),
    };
    let opening = [
        Fact::Framework(framework).into(),
        bodies(text),
        cycle("case", 2008, &["5KF", "5KG"], None),
    ];
    try_admit(&mut state, &Unrestricted, &opening).unwrap();
    state
}

/// Requests entries as a panel.
fn try_admit(state: &mut State, policy: &dyn Policy, drafts: &[Draft]) -> Result<(), Refusals> {
    let panel = Actor {
        role: "panel".into(),
        ..Actor::operator("Pat")
    };
    let now = jiff::Timestamp::from_second(0).unwrap();
    let command = Command {
        request: "request",
        drafts,
    };
    let before = state.last();
    let admitted = admit(state, policy, &panel, now, command);
    let entered = admitted
        .as_ref()
        .map_or(0, |admitted| admitted.entries(command).count());
    assert_eq!(state.last() - before, u32::try_from(entered).unwrap());
    admitted.map(drop)
}

/// Returns the contradictions of one more entry, and enters it, as if an earlier version of the
/// program had admitted it.
fn contradictions(state: &mut State, draft: Draft) -> Vec<CycleError> {
    let Err(refusals) = try_admit(state, &Unrestricted, std::slice::from_ref(&draft)) else {
        return Vec::new();
    };
    push(state, draft);
    let each = refusals.each();
    each.map(|refusal| match &refusal.reason {
        RefusalReason::Contradiction(error) => error.clone(),
        other => panic!("{other}"),
    })
    .collect()
}

#[test]
fn a_record_that_affects_no_pct_is_refused() {
    let mut state = opened("all");
    for seen in [
        judgement("5KF", "1a"),
        judgement(CLUSTER, "1b"),
        commentary(FUNCTION),
    ] {
        assert_eq!(contradictions(&mut state, seen), []);
    }
    for unseen in [judgement("5J9", "1a"), commentary("5KL"), commentary("5J9")] {
        let found = contradictions(&mut state, unseen);
        assert!(
            matches!(&found[..], [CycleError::NotAssured { .. }]),
            "{found:?}"
        );
    }
    // A judgement on an assured body may cite it.
    let evidence = EvidenceFact {
        id: "report".into(),
        body: "5J9".into(),
        kind: EvidenceKind::Document,
        title: "A neighbour's report".into(),
        measures: Vec::new(),
        issuer: None,
        dated: None,
        source: None,
        document: None,
        dates: wcc_core::record::EvidenceDates::default(),
        carried_from: None,
        rating: None,
    };
    assert_eq!(
        contradictions(&mut state, record(RecordFact::Evidence(evidence))),
        []
    );
    // A ledger with all of this can still be read.
    let (cycle, _) = state.cycle_at("case", state.last()).unwrap();
    cycle
        .check_entered()
        .expect("old entries contradict nothing");
}

#[test]
fn an_ended_body_is_not_judged_and_its_old_judgements_refuse_nothing_else() {
    let mut state = opened("ended");
    for ended in [
        judgement(CLUSTER, "1a"),
        judgement(FUNCTION, "1a"),
        commentary(CLUSTER),
    ] {
        let found = contradictions(&mut state, ended);
        assert!(
            matches!(&found[..], [CycleError::Ended { .. }]),
            "{found:?}"
        );
    }
    // They are entered as if by an earlier version: a new judgement beside them is admitted.
    assert_eq!(contradictions(&mut state, judgement("5KF", "1a")), []);
    let (cycle, _) = state.cycle_at("case", state.last()).unwrap();
    assert!(cycle.clone().check().is_err());
    cycle.check_entered().expect("the ledger can be shown");
}

#[test]
fn a_cycle_assures_pcts_of_its_own_tables() {
    let mut state = opened("all");
    let standing = state.cycle_entry("case").unwrap();
    push(
        &mut state,
        Draft {
            supersedes: Some(2),
            ..bodies("one more")
        },
    );
    let anew = |pcts: &[&str], supersedes| Draft {
        supersedes: Some(supersedes),
        ..cycle("case", 2008, pcts, None)
    };
    let found = contradictions(&mut state, anew(&["5KF", "5XX"], standing));
    assert!(
        matches!(&found[..], [CycleError::CannotBeAssured { .. }]),
        "{found:?}"
    );
    assert!(
        found[0].to_string().contains("`5XX` is not in the tables"),
        "{}",
        found[0]
    );
    let standing = state.last();
    for (code, part) in [("Q30", "of kind SHA"), (CLUSTER, "of kind cluster")] {
        let mut state = opened("all");
        let supersedes = state.cycle_entry("case").unwrap();
        let found = contradictions(&mut state, anew(&["5KF", code], supersedes));
        let cannot = |error: &&CycleError| matches!(error, CycleError::CannotBeAssured { .. });
        let found = found.iter().find(cannot).unwrap().to_string();
        assert!(found.contains(part), "{found}");
    }
    assert_eq!(
        contradictions(&mut state, anew(&["5KF", "5KL"], standing)),
        []
    );
}

#[test]
fn last_years_cycle_is_an_earlier_one() {
    let mut state = opened("all");
    assert_eq!(
        contradictions(&mut state, cycle("next", 2009, &["5KF"], Some("case"))),
        []
    );
    let supersedes = state.cycle_entry("case");
    for previous in ["case", "next"] {
        let mut state = opened("all");
        push(&mut state, cycle("next", 2009, &["5KF"], Some("case")));
        let ring = Draft {
            supersedes,
            ..cycle("case", 2008, &["5KF"], Some(previous))
        };
        let found = contradictions(&mut state, ring);
        assert!(
            matches!(&found[..], [CycleError::NotPrevious { .. }]),
            "{previous}: {found:?}"
        );
    }
}

fn outcome() -> OutcomeFact {
    OutcomeFact {
        pct: "5KF".into(),
        slot: 1,
        outcome: "stopping".into(),
        title: "Smoking quitters".into(),
        better: Better::Higher,
        scope: OutcomeScope::Local,
        newly_selected: false,
        series: "persons".into(),
        rates: Rates::default(),
        values: Vec::new(),
        stated: StatedPerformance::default(),
        selection: Selection::default(),
        panel_view: None,
        inferred: None,
        source: None,
    }
}

/// Returns the fields of the rules that one more entry breaks.
fn broken_fields(state: &mut State, fact: RecordFact) -> Vec<&'static str> {
    let found = contradictions(state, record(fact)).into_iter();
    found
        .map(|error| match error {
            CycleError::RuleViolation { broken, .. } => broken.field,
            other => panic!("{other}"),
        })
        .collect()
}

#[test]
fn an_outcome_is_refused_outside_the_bounds_of_its_fields() {
    let year = |year| YearValue {
        year,
        value: Some(1.0),
        break_before: false,
    };
    type Change = fn(&mut OutcomeFact, [YearValue; 3]);
    let cases: [(Change, &[&str]); 9] = [
        (|_, _| {}, &[]),
        (|outcome, _| outcome.slot = 0, &["slot"]),
        (|outcome, _| outcome.slot = 51, &["slot"]),
        (
            |outcome, _| outcome.rates.national = Some(1000.1),
            &["national"],
        ),
        (
            |outcome, _| outcome.rates.aspiration = Some(f64::NAN),
            &["aspiration"],
        ),
        (
            |outcome, [_, early, _]| outcome.values = vec![early],
            &["year"],
        ),
        (
            |outcome, [value, _, again]| outcome.values = vec![value, again],
            &["year"],
        ),
        (
            |outcome, _| outcome.stated.position = Some(StatedPosition::from_name("on course")),
            &["stated_position"],
        ),
        (
            |outcome, _| outcome.stated.rate_quartile.current = Some(5),
            &["rate_quartile"],
        ),
    ];
    for (change, expected) in cases {
        let mut fact = outcome();
        change(&mut fact, [year(2008), year(1899), year(2008)]);
        let mut state = opened("all");
        assert_eq!(
            broken_fields(&mut state, RecordFact::Outcome(fact)),
            expected
        );
    }
}

#[test]
fn outcomes_do_not_conflict() {
    let mut state = opened("all");
    let first = push(&mut state, record(RecordFact::Outcome(outcome())));
    type Change = fn(&mut OutcomeFact);
    let cases: [(Change, &[&str]); 5] = [
        (|_| {}, &["outcome"]),
        (|outcome| outcome.series = "males".into(), &[]),
        (|outcome| outcome.outcome = "stroke".into(), &["slot"]),
        (
            |outcome| (outcome.pct, outcome.better) = ("5KG".into(), Better::Lower),
            &["better"],
        ),
        (|outcome| outcome.pct = "5KG".into(), &[]),
    ];
    for (change, expected) in cases {
        let mut fact = outcome();
        change(&mut fact);
        assert_eq!(
            broken_fields(&mut state, RecordFact::Outcome(fact)),
            expected
        );
        state.truncate(first);
    }
    // A superseded outcome no longer conflicts.
    let again = Draft {
        supersedes: Some(first),
        ..record(RecordFact::Outcome(outcome()))
    };
    assert_eq!(contradictions(&mut state, again), []);
}

#[test]
fn a_challenge_is_answered_once() {
    let mut state = opened("all");
    let answer = |method| {
        RecordFact::Answer(AnswerFact {
            body: "5KF".into(),
            measure: "1a".into(),
            method,
            reason: "since put right".into(),
        })
    };
    assert!(broken_fields(&mut state, answer(Method::Panel)).is_empty());
    assert!(broken_fields(&mut state, answer(Method::Analyst)).is_empty());
    assert_eq!(
        broken_fields(&mut state, answer(Method::Panel)),
        ["measure"]
    );
}

#[test]
fn a_survey_result_has_a_score_or_a_wording() {
    let mut state = opened("all");
    let survey = SurveyFact {
        body: "5KF".into(),
        survey: "stakeholder".into(),
        measure: "1a".into(),
        question: None,
        score: None,
        wording: None,
        source: None,
        figures: None,
    };
    assert_eq!(
        broken_fields(&mut state, RecordFact::Survey(survey.clone())),
        ["score"]
    );
    for (score, expected) in [
        (1e300, "1e300 is not from 1 to 6"),
        (1e-300, "1e-300 is not from 1 to 6"),
        (7.5, "7.5 is not from 1 to 6"),
    ] {
        let scored = SurveyFact {
            score: Some(score),
            ..survey.clone()
        };
        let found = contradictions(&mut state, record(RecordFact::Survey(scored)));
        assert!(
            matches!(&found[..], [CycleError::RuleViolation { broken, .. }] if broken.message == expected),
            "{found:?}"
        );
    }
    let scored = SurveyFact {
        score: Some(4.0),
        ..survey
    };
    assert!(broken_fields(&mut state, RecordFact::Survey(scored)).is_empty());
}

#[test]
fn the_figures_of_a_survey_result_agree() {
    let mut state = opened("all");
    let answers = |answers, score, counts| GroupAnswers {
        answers,
        score,
        spread: 0.5,
        counts,
    };
    let group = |code: &str, shown| SurveyGroup {
        code: code.into(),
        title: "Partners".into(),
        response: ResponseCount::default(),
        shown,
    };
    let sound = SurveyFigures {
        answers: 8,
        spread: Some(1.05),
        counts: vec![1, 0, 0, 3, 4, 0],
        response: ResponseCount {
            invited: Some(20),
            responded: Some(6),
            imported: Some(2),
        },
        groups: vec![
            group("council", Some(answers(4, 4.5, vec![0, 0, 0, 2, 2, 0]))),
            group("public", None),
        ],
        pooled: Some(answers(4, 3.75, vec![1, 0, 0, 1, 2, 0])),
    };
    let mut broken = |change: &dyn Fn(&mut SurveyFigures)| {
        let mut figures = sound.clone();
        change(&mut figures);
        let survey = SurveyFact {
            body: "5KF".into(),
            survey: "stakeholder".into(),
            measure: "1a".into(),
            question: None,
            score: Some(4.13),
            wording: None,
            source: None,
            figures: Some(Arc::new(figures)),
        };
        broken_fields(&mut state, RecordFact::Survey(survey))
    };
    assert!(broken(&|_| {}).is_empty());
    assert_eq!(broken(&|figures| figures.answers = 9), ["counts", "groups"]);
    assert_eq!(broken(&|figures| figures.spread = Some(-1.0)), ["spread"]);
    assert_eq!(
        broken(&|figures| figures.spread = Some(f64::NAN)),
        ["spread"]
    );
    assert_eq!(broken(&|figures| figures.counts.truncate(5)), ["counts"]);
    let other_mean = |figures: &mut SurveyFigures| figures.counts = vec![0, 1, 0, 3, 4, 0];
    assert_eq!(broken(&other_mean), ["counts"]);
    assert_eq!(
        broken(&|figures| figures.response.responded = Some(21)),
        ["responded"]
    );
    assert_eq!(broken(&|figures| figures.pooled = None), ["groups"]);
    let twice = |figures: &mut SurveyFigures| figures.groups.push(group("public", None));
    assert_eq!(broken(&twice), ["groups"]);
}
