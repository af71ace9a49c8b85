//! Draws records of every kind, most of them sound, with faults of every rule.

use crate::LEFT_OUT;
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;
use wcc_core::Method;
use wcc_core::indicator::{IndicatorDefinition, IndicatorValue, Limits, PeriodForm, SeriesRole};
use wcc_core::outcome::{Better, OutcomeScope, YearSpan, YearValue};
use wcc_core::record::{
    AnswerFact, CommentaryFact, CriterionFact, CriterionKind, EvidenceFact, EvidenceKind, FollowUp,
    IndicatorFact, JudgementDetails, JudgementFact, OutcomeFact, Rates, RecommendationFact,
    RecordFact, Selection, StatedChange, StatedPerformance, StatedPosition, StatedQuartiles,
    StatementFact, StatementKind, SurveyFact,
};

/// Mostly a sound value, and now and then one of the others.
fn mostly<T: Clone + std::fmt::Debug + 'static>(
    sound: &[T],
    faulty: &[T],
) -> impl Strategy<Value = T> + use<T> {
    prop_oneof![
        24 => select(sound.to_vec()),
        1 => select(faulty.to_vec()),
    ]
}

fn boxed(text: &str) -> Box<str> {
    text.into()
}

fn optional(text: &str) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}

fn list(text: &str) -> Vec<Box<str>> {
    text.split_whitespace().map(Into::into).collect()
}

fn body() -> impl Strategy<Value = Box<str>> {
    mostly(
        &["P01", "P02", "P03", "twin-ports", "dredging"],
        &["R01", "X99", "old-ports", "no-ports"],
    )
    .prop_map(boxed)
}

/// A body that exists, for a heading of commentary.
fn known_body() -> impl Strategy<Value = Box<str>> {
    mostly(
        &["P01", "P03", "twin-ports", "R01"],
        &["old-ports", "no-ports"],
    )
    .prop_map(boxed)
}

fn measure() -> impl Strategy<Value = Box<str>> {
    mostly(&["s1.lamps", "s1.flags", "s2.depth", "m1.dues"], &["z9"]).prop_map(boxed)
}

fn method() -> impl Strategy<Value = Method> {
    select(Method::ALL.to_vec())
}

fn cited() -> impl Strategy<Value = Vec<Box<str>>> {
    mostly(&["", "", "e1", "e1 e2"], &["e9"]).prop_map(list)
}

fn judgement() -> impl Strategy<Value = RecordFact> {
    let subject = mostly(
        &["s1.lamps", "s1.flags", "s2.depth", "m1.dues", "s1"],
        &["z9"],
    );
    let value = mostly(&["", "good", "fair", "red"], &["great"]);
    let assessor = mostly(&["", "", ""], &["P01", "X99"]);
    let reason = select(vec!["", "differs", "differs"]);
    (body(), subject, method(), value, assessor, reason, cited()).prop_map(
        |(body, subject, method, value, assessor, reason, evidence)| {
            RecordFact::Judgement(JudgementFact {
                body,
                subject: subject.into(),
                method,
                value: optional(value),
                assessor: optional(assessor),
                details: JudgementDetails {
                    reason: optional(reason),
                    evidence,
                    ..JudgementDetails::default()
                },
            })
        },
    )
}

/// A cluster's value, or one of its PCT that may depart from it without a reason.
fn shared_or_departing() -> impl Strategy<Value = RecordFact> {
    let body = select(vec!["P01", "twin-ports"]);
    let value = select(vec!["good", "fair"]);
    (body, value, select(vec!["", "differs"])).prop_map(|(body, value, reason)| {
        RecordFact::Judgement(JudgementFact {
            body: body.into(),
            subject: "s1.lamps".into(),
            method: Method::Panel,
            value: Some(value.into()),
            assessor: None,
            details: JudgementDetails {
                reason: optional(reason),
                ..JudgementDetails::default()
            },
        })
    })
}

fn evidence() -> impl Strategy<Value = RecordFact> {
    let id = mostly(&["e1", "e2", "e3", "e4"], &["e 5"]);
    (id, body(), measure()).prop_map(|(id, body, measure)| {
        RecordFact::Evidence(EvidenceFact {
            id: id.into(),
            body,
            kind: EvidenceKind::Document,
            title: "Log".into(),
            measures: vec![measure],
            issuer: None,
            dated: None,
            source: None,
            document: None,
            dates: wcc_core::record::EvidenceDates::default(),
            carried_from: None,
            rating: None,
        })
    })
}

fn survey() -> impl Strategy<Value = RecordFact> {
    let survey = mostly(&["crews", "guests"], &["the guests"]);
    let score = mostly(
        &[Some(3.5), Some(1.0), None],
        &[Some(0.5), Some(-3.0), Some(11.0)],
    );
    let wording = mostly(&["", "agree", "Disagree"], &["perhaps"]);
    (body(), survey, measure(), score, wording).prop_map(
        |(body, survey, measure, score, wording)| {
            RecordFact::Survey(SurveyFact {
                body,
                survey: survey.into(),
                measure,
                question: None,
                score,
                wording: optional(wording),
                source: None,
                figures: None,
            })
        },
    )
}

fn criterion() -> impl Strategy<Value = RecordFact> {
    (body(), cited(), mostly(&["poor", "fair"], &["great"])).prop_map(
        |(body, evidence, supports)| {
            RecordFact::Criterion(CriterionFact {
                body,
                measure: "s1.lamps".into(),
                kind: CriterionKind::Metric,
                supports: supports.into(),
                reason: "Too few lamps".into(),
                evidence,
                inferred: None,
                source: None,
            })
        },
    )
}

fn answer() -> impl Strategy<Value = RecordFact> {
    (body(), measure(), method()).prop_map(|(body, measure, method)| {
        RecordFact::Answer(AnswerFact {
            body,
            measure,
            method,
            reason: "Since lit".into(),
        })
    })
}

fn left_out() -> impl Strategy<Value = RecordFact> {
    select(vec![1_u16, 9]).prop_map(|count| {
        RecordFact::Statement(StatementFact {
            body: LEFT_OUT.into(),
            kind: StatementKind::OutcomesSlipped,
            area: None,
            count,
            source: None,
        })
    })
}

fn statement() -> impl Strategy<Value = RecordFact> {
    let of_areas = [StatementKind::MetSelfAssessment];
    let of_outcomes = [StatementKind::OutcomesSlipped];
    let sound = [
        (of_areas[0], "safety"),
        (of_areas[0], "money"),
        (of_outcomes[0], ""),
    ];
    let faulty = [
        (of_areas[0], ""),
        (of_outcomes[0], "safety"),
        (of_areas[0], "z"),
    ];
    (body(), mostly(&sound, &faulty), 0..9_u16).prop_map(|(body, (kind, area), count)| {
        RecordFact::Statement(StatementFact {
            body,
            kind,
            area: optional(area),
            count,
            source: None,
        })
    })
}

fn topics() -> impl Strategy<Value = Vec<Box<str>>> {
    mostly(
        &[
            "",
            "s1",
            "s1 outcomes",
            "outcome:turnaround",
            "outcome:sailors s2",
        ],
        &["outcome:tides", "outcome:nets"],
    )
    .prop_map(list)
}

fn commentary() -> impl Strategy<Value = RecordFact> {
    let topics = prop_oneof![9 => topics(), 1 => Just(vec![boxed("s1.lamps")])];
    (known_body(), topics).prop_map(|(body, components)| {
        RecordFact::Commentary(CommentaryFact {
            body,
            headings: vec!["Remarks".into()],
            text: "Seen by night.".into(),
            components,
        })
    })
}

fn recommendation() -> impl Strategy<Value = RecordFact> {
    let id = mostly(&["r1", "r2", "r3", "r4", "r5"], &["r 6"]);
    (id, body(), topics()).prop_map(|(id, body, about)| {
        RecordFact::Recommendation(RecommendationFact {
            body,
            id: id.into(),
            text: "Light them".into(),
            about,
            source: None,
            follow_up: FollowUp::default(),
        })
    })
}

fn rate() -> impl Strategy<Value = Option<f64>> {
    mostly(
        &[None, Some(-1.5), Some(12.0)],
        &[Some(-100.5), Some(1001.0)],
    )
}

fn quartile() -> impl Strategy<Value = Option<u8>> {
    mostly(&[None, Some(1), Some(4)], &[Some(0), Some(5), Some(255)])
}

fn outcome() -> impl Strategy<Value = RecordFact> {
    let which = mostly(
        &[
            ("turnaround", Better::Lower),
            ("sailors", Better::Higher),
            ("nets", Better::Higher),
        ],
        &[
            ("turnaround", Better::Higher),
            ("nets", Better::Lower),
            ("the nets", Better::Higher),
        ],
    );
    let slot = mostly(&[1_u16, 2], &[0, 3, 65_535]);
    let years = mostly(
        &[None, Some((1998, 2001))],
        &[Some((2001, 2001)), Some((1899, 2101))],
    );
    let value = (
        mostly(&[1999_i16, 2000, 2001], &[1899, 2101]),
        select(vec![None, Some(7.5)]),
    );
    let values = prop::collection::vec(value, 0..3);
    let position = mostly(&["", "improved", "little change"], &["worse"]);
    let place = (
        mostly(&["P01", "P02", "P03"], &["twin-ports", "X99"]),
        slot,
        which,
    );
    let stated = (position, rate(), quartile(), quartile());
    let rates = ([rate(), rate(), rate()], years);
    (
        place,
        select(vec!["persons", "males", "females"]),
        rates,
        values,
        stated,
    )
        .prop_map(
            |((pct, slot, (outcome, better)), series, (rates, years), values, stated)| {
                let [historic, national, aspiration] = rates;
                let (position, change, current, previous) = stated;
                let mut values: Vec<YearValue> = values
                    .into_iter()
                    .map(|(year, value)| YearValue {
                        year,
                        value,
                        break_before: false,
                    })
                    .collect();
                values.sort_by_key(|value| value.year);
                RecordFact::Outcome(OutcomeFact {
                    pct: pct.into(),
                    slot,
                    outcome: outcome.into(),
                    title: "Title".into(),
                    better,
                    scope: OutcomeScope::Local,
                    newly_selected: false,
                    series: series.into(),
                    rates: Rates {
                        historic,
                        historic_years: years.map(|(from, to)| YearSpan { from, to }),
                        national,
                        aspiration,
                        ..Rates::default()
                    },
                    values,
                    stated: StatedPerformance {
                        position: (!position.is_empty())
                            .then(|| StatedPosition::from_name(position)),
                        change: change.map(|percent| StatedChange {
                            percent,
                            source: None,
                        }),
                        rate_quartile: StatedQuartiles { current, previous },
                        level_quartile: StatedQuartiles::default(),
                    },
                    selection: Selection::default(),
                    panel_view: None,
                    inferred: None,
                    source: None,
                })
            },
        )
}

/// The definition of the only indicator that the tables define.
fn catch() -> Arc<IndicatorDefinition> {
    Arc::new(IndicatorDefinition {
        title: "Fish landed".into(),
        unit: "tons".into(),
        better: Better::Higher,
        outcome: None,
        min: Some(0.0),
        max: Some(100.0),
        source: None,
    })
}

fn indicator_value() -> impl Strategy<Value = IndicatorValue> {
    let year = mostly(&[1999_i16, 2000, 2001], &[1899, 2101]);
    let value = mostly(&[None, Some(7.5), Some(60.0)], &[Some(-0.5), Some(101.0)]);
    let limits = mostly(
        &[None, None, None],
        &[Some((0.0, 100.0)), Some((70.0, 71.0))],
    );
    let limits = limits.prop_map(|limits| limits.map(|(lower, upper)| Limits { lower, upper }));
    (year, value, limits, any::<bool>()).prop_map(|(year, value, limits, break_before)| {
        IndicatorValue {
            year,
            break_before,
            value,
            limits,
        }
    })
}

fn indicator() -> impl Strategy<Value = RecordFact> {
    let id = mostly(&["catch", "sailors"], &["tides"]);
    let body = mostly(&["P01", "P02", "R01", "twin-ports"], &["X99"]);
    let role = select(SeriesRole::ALL.to_vec());
    let form = mostly(&[(false, 1_u8)], &[(true, 1), (false, 3)]);
    let values = prop::collection::vec(indicator_value(), 1..4);
    let series = select(vec!["persons", "males"]);
    (id, body, role, form, values, series).prop_map(
        |(id, body, role, (financial, years), mut values, series)| {
            values.sort_by_key(|value| value.year);
            let has_limits = values.iter().any(|value| value.limits.is_some());
            RecordFact::Indicator(IndicatorFact {
                body: body.into(),
                indicator: id.into(),
                series: series.into(),
                role,
                form: PeriodForm { financial, years },
                values: values.into(),
                definition: (id == "catch").then(catch),
                confidence: has_limits.then_some(95.0),
                inferred: None,
                source: None,
            })
        },
    )
}

pub(crate) fn any_records() -> impl Strategy<Value = Vec<RecordFact>> {
    let record = prop_oneof![
        3 => judgement(),
        1 => shared_or_departing(),
        2 => evidence(),
        2 => survey(),
        1 => criterion(),
        2 => answer(),
        3 => outcome(),
        2 => commentary(),
        2 => recommendation(),
        2 => statement(),
        1 => left_out(),
        3 => indicator(),
    ];
    prop::collection::vec(record, 0..9)
}
