//! Sample entries of every kind: one with every field, and one with as few as possible.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of a test may fail it"
)]

mod panels;
mod planning;
mod running;
mod steering;
mod surveys;

use jiff::civil::date;
use std::sync::Arc;
use wcc_core::Method;
use wcc_core::actor::Actor;
use wcc_core::indicator::{IndicatorDefinition, IndicatorValue, Limits, PeriodForm, SeriesRole};
use wcc_core::ledger::{
    CycleFact, Draft, Entry, Fact, FileFormat, FrameworkText, OrganisationTable,
    OrganisationTables, Origin, RebaseFact,
};
use wcc_core::outcome::{Better, OutcomeScope, YearValue};
use wcc_core::record::{
    AnswerFact, CommentaryFact, CriterionFact, CriterionKind, EvidenceDates, EvidenceFact,
    EvidenceKind, ExternalRating, FollowUp, IndicatorFact, JudgementDetails, JudgementFact,
    OutcomeFact, PhaseFact, Rates, RecommendationFact, RecordFact, ReleaseFact, ReleasedOutputFact,
    Selection, StatedPerformance, StatedPosition, StatementFact, StatementKind, SurveyFact,
};
use wcc_ledger::Hash;
use wcc_ledger::format::ChainedEntry;

/// Text with every kind of character that JSON must escape.
const ODD: &str = "\"quoted\" \\ \u{8}\u{c}\n\r\t\u{1}\u{7f} é ☃ \u{1f600} </script>";

/// Returns the entries recorded in format 1, which has only an author.
pub(crate) fn version_1() -> Vec<Entry> {
    let actor = Arc::new(Actor::operator("An Author"));
    entries(drafts(), |_| Arc::clone(&actor))
}

/// Returns chained entries of format 2: with and without the optional fields of an actor, and with
/// files of a later format.
pub(crate) fn samples() -> Vec<ChainedEntry> {
    let mut drafts = drafts();
    drafts.extend(later_books());
    chained(drafts)
}

/// The entries of the kinds that format 2 was given later, in the same way: a file for each.
pub(crate) fn samples_of_later_kinds() -> Vec<(&'static str, Vec<ChainedEntry>)> {
    vec![
        ("v2-rebase.jsonl", chained(rebases())),
        ("v2-indicator.jsonl", chained(indicators())),
        ("v2-phase.jsonl", chained(running::phases())),
        ("v2-release.jsonl", chained(running::releases())),
        (
            "v2-released-output.jsonl",
            chained(running::released_outputs()),
        ),
        ("v2-lead.jsonl", chained(planning::leads())),
        ("v2-action.jsonl", chained(planning::actions())),
        ("v2-plan.jsonl", chained(planning::plans())),
        ("v2-support.jsonl", chained(planning::support())),
        ("v2-follow-up.jsonl", chained(planning::follow_ups())),
        ("v2-panel.jsonl", chained(panels::panel())),
        ("v2-fact-check.jsonl", chained(panels::fact_check())),
        ("v2-approval.jsonl", chained(steering::approvals())),
        ("v2-phase-dates.jsonl", chained(steering::phase_dates())),
        ("v2-carried-record.jsonl", chained(steering::carried())),
        ("v2-evidence-days.jsonl", chained(evidence_with_days())),
        ("v2-external-rating.jsonl", chained(external_ratings())),
        ("v2-survey-figures.jsonl", chained(surveys::with_figures())),
        ("v2-review.jsonl", chained(reviews())),
    ]
}

/// A cycle that is a review of its framework.
fn reviews() -> Vec<Draft> {
    vec![Draft::from(Fact::Cycle(CycleFact {
        id: "case/2010-11".into(),
        title: "A case".into(),
        as_of: date(2010, 11, 30),
        illustrative: None,
        framework: "wcc-2009-10".into(),
        organisations: "case".into(),
        pcts: vec!["5KF".into()],
        previous: some("case/2009-10"),
        review: some("annual-review"),
    }))]
}

/// Evidence that has a rating.
fn external_ratings() -> Vec<Draft> {
    let RecordFact::Evidence(fact) = evidence(EvidenceKind::ExternalRating) else {
        unreachable!("it is evidence");
    };
    vec![full(RecordFact::Evidence(EvidenceFact {
        rating: Some(ExternalRating {
            scheme: "use-of-resources".into(),
            year: "2008/09".into(),
            value: "3".into(),
        }),
        ..fact
    }))]
}

/// Evidence with the fields that it was given later.
fn evidence_with_days() -> Vec<Draft> {
    let days = EvidenceDates {
        covers_from: Some(date(2008, 4, 1)),
        date: Some(date(2009, 3, 31)),
        valid_until: Some(date(2010, 3, 31)),
    };
    let with = |dates: EvidenceDates, carried_from: Option<Box<str>>| {
        let RecordFact::Evidence(fact) = evidence(EvidenceKind::Document) else {
            unreachable!("it is evidence");
        };
        full(RecordFact::Evidence(EvidenceFact {
            dates,
            carried_from,
            ..fact
        }))
    };
    vec![
        with(days, some("another/2008-09")),
        with(
            EvidenceDates {
                covers_from: None,
                ..days
            },
            None,
        ),
        with(EvidenceDates::default(), some("another/2008-09")),
    ]
}

fn chained(drafts: Vec<Draft>) -> Vec<ChainedEntry> {
    let operator = Arc::new(Actor::operator("An Author"));
    let panel = Arc::new(Actor {
        person: ODD.into(),
        role: "panel".into(),
        body: some("5KF"),
        cycle: some("case/2009-10"),
    });
    let actor = |number: u32| {
        Arc::clone(if number.is_multiple_of(3) {
            &operator
        } else {
            &panel
        })
    };
    let mut previous = Hash::START;
    let chain = entries(drafts, actor).into_iter().map(|entry| {
        let chained = ChainedEntry {
            sha: "Q30".to_owned(),
            previous,
            entry,
        };
        previous = Hash::of(&wcc_ledger::format::encode(&chained).unwrap());
        chained
    });
    chain.collect()
}

fn entries(drafts: Vec<Draft>, actor: impl Fn(u32) -> Arc<Actor>) -> Vec<Entry> {
    let entries = (1u32..).zip(drafts).map(|(number, draft)| {
        let second = 1_259_600_400 + i64::from(number);
        Entry {
            number,
            at: jiff::Timestamp::new(second, 123_456_000 * i32::from(number > 1)).unwrap(),
            actor: actor(number),
            request: format!("request {number}").into(),
            part: number % 3,
            draft,
        }
    });
    entries.collect()
}

/// Returns files of a later format, which format 1 could not express.
fn later_books() -> Vec<Draft> {
    let format = FileFormat(2);
    vec![
        Draft::from(Fact::Framework(FrameworkText {
            id: "wcc-2010-11".into(),
            format,
            text: "format = 2\n".into(),
        })),
        Draft::from(Fact::Organisations(OrganisationTables {
            id: "later".into(),
            format,
            tables: Vec::new(),
        })),
    ]
}

/// Moves of a cycle to other bodies.
fn rebases() -> Vec<Draft> {
    vec![
        Draft::from(Fact::Rebase(RebaseFact {
            cycle: "case/2009-10".into(),
            organisations: "case/2009-10".into(),
            pcts: vec!["5KF".into(), "5KG".into()],
            reason: some(ODD),
        })),
        Draft::from(Fact::Rebase(RebaseFact {
            cycle: "c".into(),
            organisations: "shipped".into(),
            pcts: Vec::new(),
            reason: None,
        })),
    ]
}

/// Series of indicators.
fn indicators() -> Vec<Draft> {
    let series = IndicatorFact {
        body: "5KF".into(),
        indicator: "admissions".into(),
        series: "persons".into(),
        role: SeriesRole::Peers,
        form: PeriodForm {
            financial: true,
            years: 3,
        },
        values: vec![IndicatorValue {
            year: 2009,
            break_before: true,
            value: Some(12.5),
            limits: Some(Limits {
                lower: 11.0,
                upper: 14.25,
            }),
        }]
        .into(),
        definition: Some(Arc::new(IndicatorDefinition {
            title: ODD.into(),
            unit: "per 100,000".into(),
            better: Better::Lower,
            outcome: some("smoking-quitters"),
            min: Some(0.0),
            max: Some(100_000.0),
            source: some("p. 21"),
        })),
        confidence: Some(99.8),
        inferred: some("the chart"),
        source: some("p. 22"),
    };
    let least = IndicatorFact {
        role: SeriesRole::Own,
        form: PeriodForm::CALENDAR,
        values: vec![IndicatorValue {
            year: 2009,
            break_before: false,
            value: None,
            limits: None,
        }]
        .into(),
        definition: None,
        confidence: None,
        inferred: None,
        source: None,
        ..series.clone()
    };
    let bare_definition = IndicatorFact {
        definition: series.definition.clone().map(|definition| {
            Arc::new(IndicatorDefinition {
                outcome: None,
                min: None,
                max: None,
                source: None,
                ..IndicatorDefinition::clone(&definition)
            })
        }),
        ..least.clone()
    };
    vec![
        full(RecordFact::Indicator(series)),
        bare(RecordFact::Indicator(bare_definition)),
        bare(RecordFact::Indicator(least)),
    ]
}

fn full(record: RecordFact) -> Draft {
    Draft {
        fact: Fact::Record {
            cycle: "case/2009-10".into(),
            record,
        },
        supersedes: Some(7),
        origin: Some(Origin {
            file: "judgements.csv".into(),
            row: 4_294_967_295,
        }),
    }
}

fn bare(record: RecordFact) -> Draft {
    Draft::from(Fact::Record {
        cycle: "c".into(),
        record,
    })
}

fn some(text: &str) -> Option<Box<str>> {
    Some(text.into())
}

fn drafts() -> Vec<Draft> {
    let mut all: Vec<Draft> = books();
    for method in Method::ALL {
        all.push(full(judgement(method)));
    }
    all.push(bare(RecordFact::Judgement(JudgementFact {
        body: "5KF".into(),
        subject: "1a".into(),
        method: Method::Panel,
        value: None,
        assessor: None,
        details: JudgementDetails::default(),
    })));
    for kind in EvidenceKind::ALL {
        all.push(full(evidence(kind)));
    }
    all.push(bare(RecordFact::Evidence(EvidenceFact {
        id: "e".into(),
        body: "5KF".into(),
        kind: EvidenceKind::Document,
        title: "".into(),
        measures: Vec::new(),
        issuer: None,
        dated: None,
        source: None,
        document: None,
        dates: wcc_core::record::EvidenceDates::default(),
        carried_from: None,
        rating: None,
    })));
    all.extend(surveys_and_criteria());
    all.extend(outcomes());
    all.extend(texts());
    all.push(Draft {
        supersedes: Some(4_294_967_295),
        ..Draft::from(Fact::Withdrawn { reason: ODD.into() })
    });
    all
}

fn books() -> Vec<Draft> {
    let table = |name: &str, shipped| OrganisationTable {
        name: name.into(),
        file: format!("2009-10/{name}").into(),
        shipped,
        text: "code,name\n5KF,\"Gateshead\"\n".into(),
    };
    let cycle = CycleFact {
        id: "case/2009-10".into(),
        title: "A case".into(),
        as_of: date(2009, 11, 30),
        illustrative: some("Invented."),
        framework: "wcc-2009-10".into(),
        organisations: "case".into(),
        pcts: vec!["5KF".into(), "5KG".into()],
        previous: some("case/2008-09"),
        review: None,
    };
    let least = CycleFact {
        illustrative: None,
        previous: None,
        pcts: Vec::new(),
        ..cycle.clone()
    };
    vec![
        Draft::from(Fact::Framework(FrameworkText {
            format: FileFormat::FIRST,
            id: "wcc-2009-10".into(),
            text: "id = \"wcc-2009-10\"\n".into(),
        })),
        Draft::from(Fact::Organisations(OrganisationTables {
            format: FileFormat::FIRST,
            id: "case".into(),
            tables: vec![table("pct.csv", true), table("sha.csv", false)],
        })),
        Draft::from(Fact::Organisations(OrganisationTables {
            format: FileFormat::FIRST,
            id: "none".into(),
            tables: Vec::new(),
        })),
        Draft {
            supersedes: Some(1),
            ..Draft::from(Fact::Cycle(cycle))
        },
        Draft::from(Fact::Cycle(least)),
    ]
}

fn judgement(method: Method) -> RecordFact {
    RecordFact::Judgement(JudgementFact {
        body: "board".into(),
        subject: "finance.1".into(),
        method,
        value: some("green"),
        assessor: some("5KF"),
        details: JudgementDetails {
            rationale: some(ODD),
            evidence: vec!["strategy".into(), "minutes".into()],
            author: some("A. N. Other"),
            date: Some(date(2010, 2, 28)),
            reason: some("Another population."),
            inferred: some("from the total"),
            source: some("report, p. 3"),
            text: None,
            replaced: None,
        },
    })
}

fn evidence(kind: EvidenceKind) -> RecordFact {
    RecordFact::Evidence(EvidenceFact {
        id: "strategy".into(),
        body: "5KF".into(),
        kind,
        title: "Strategy".into(),
        measures: vec!["1a".into()],
        issuer: some("The board"),
        dated: some("spring 2009"),
        source: some("p. 4"),
        document: some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        dates: wcc_core::record::EvidenceDates::default(),
        carried_from: None,
        rating: None,
    })
}

fn surveys_and_criteria() -> Vec<Draft> {
    let survey = SurveyFact {
        body: "5KF".into(),
        survey: "partners".into(),
        measure: "2a".into(),
        question: some("Do they listen?"),
        score: Some(3.1),
        wording: some("mostly"),
        source: some("table 2"),
        figures: None,
    };
    let least = SurveyFact {
        question: None,
        score: None,
        wording: None,
        source: None,
        ..survey.clone()
    };
    let criterion = |kind| CriterionFact {
        body: "5KF".into(),
        measure: "2a".into(),
        kind,
        supports: "2".into(),
        reason: "No plan.".into(),
        evidence: vec!["strategy".into()],
        inferred: some("the rationale of 2a"),
        source: some("p. 9"),
    };
    let least_criterion = CriterionFact {
        evidence: Vec::new(),
        inferred: None,
        source: None,
        ..criterion(CriterionKind::Metric)
    };
    let mut all = vec![
        full(RecordFact::Survey(survey)),
        bare(RecordFact::Survey(least)),
    ];
    let kinds = CriterionKind::ALL.into_iter();
    all.extend(kinds.map(|kind| full(RecordFact::Criterion(criterion(kind)))));
    all.push(bare(RecordFact::Criterion(least_criterion)));
    all
}

fn outcomes() -> Vec<Draft> {
    let value = |year, value, break_before| YearValue {
        year,
        value,
        break_before,
    };
    let outcome = |better, scope, series| {
        RecordFact::Outcome(OutcomeFact {
            pct: "5KF".into(),
            slot: 65_535,
            outcome: "smoking".into(),
            title: "Smoking quitters".into(),
            better,
            scope,
            newly_selected: true,
            series: Box::<str>::from(series),
            rates: Rates {
                historic: Some(-0.1),
                national: Some(1e-7),
                ons_cluster: Some(1e21),
                top_decile: Some(2.0),
                aspiration: Some(0.30000000000000004),
                historic_years: None,
            },
            values: vec![
                value(-2009, Some(123.456_789_012_345_67), false),
                value(2008, None, true),
            ],
            stated: StatedPerformance {
                position: Some(StatedPosition::from_name("on course")),
                ..StatedPerformance::default()
            },
            selection: Selection::default(),
            panel_view: some("stretching"),
            inferred: some("from the chart"),
            source: some("p. 12"),
        })
    };
    let least = RecordFact::Outcome(OutcomeFact {
        pct: "5KF".into(),
        slot: 1,
        outcome: "o".into(),
        title: "t".into(),
        better: Better::Lower,
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
    });
    let mut all = vec![bare(least)];
    for better in [Better::Higher, Better::Lower] {
        for scope in [OutcomeScope::National, OutcomeScope::Local] {
            for series in ["persons", "males", "females"] {
                all.push(full(outcome(better, scope, series)));
            }
        }
    }
    all
}

fn texts() -> Vec<Draft> {
    let recommendation = RecommendationFact {
        body: "5KF".into(),
        id: "r1".into(),
        text: "Do better.".into(),
        about: vec!["1a".into(), "1".into()],
        source: some("p. 20"),
        follow_up: FollowUp::default(),
    };
    let least = RecommendationFact {
        about: Vec::new(),
        source: None,
        ..recommendation.clone()
    };
    let commentary = CommentaryFact {
        body: "5KF".into(),
        headings: vec!["Panel".into(), "Strengths".into()],
        text: ODD.into(),
        components: vec!["1".into()],
    };
    let bare_commentary = CommentaryFact {
        headings: Vec::new(),
        components: Vec::new(),
        ..commentary.clone()
    };
    let statement = |kind, source| StatementFact {
        body: "5KF".into(),
        kind,
        area: some("competencies"),
        count: 11,
        source,
    };
    let mut all = vec![
        full(RecordFact::Answer(AnswerFact {
            body: "5KF".into(),
            measure: "1a".into(),
            method: Method::Calibrated,
            reason: "As before.".into(),
        })),
        full(RecordFact::Commentary(commentary)),
        bare(RecordFact::Commentary(bare_commentary)),
        full(RecordFact::Recommendation(recommendation)),
        bare(RecordFact::Recommendation(least)),
    ];
    for kind in [
        StatementKind::MetSelfAssessment,
        StatementKind::ImprovedOnLastYear,
    ] {
        all.push(full(RecordFact::Statement(statement(kind, some("p. 1")))));
        all.push(bare(RecordFact::Statement(statement(kind, None))));
    }
    all
}
