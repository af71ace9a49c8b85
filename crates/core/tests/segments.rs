//! The layout of the segments of a state. Checkpoints consist of them: a checkpoint that was
//! written with another layout must not be read.

#![allow(
    clippy::indexing_slicing,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic"
)]

#[path = "segments/planning.rs"]
mod planning;
mod support;

use jiff::Timestamp;
use jiff::civil::{date, time};
use std::sync::Arc;
use wcc_core::indicator::{IndicatorDefinition, IndicatorValue, Limits, PeriodForm, SeriesRole};
use wcc_core::ledger::{
    CycleFact, Draft, Entry, Fact, FileFormat, FrameworkText, OrganisationTable,
    OrganisationTables, Origin, RebaseFact, RuleBooks, Segment, SegmentError, State,
};
use wcc_core::outcome::{Better, OutcomeScope, YearSpan, YearValue};
use wcc_core::record::{
    AnswerFact, ApprovalFact, CommentaryFact, CriterionFact, CriterionKind, EvidenceFact,
    EvidenceKind, FactCommentFact, FactReplyFact, GroupAnswers, IndicatorFact, Interest,
    InterestDeclarationFact, Interview, JudgementDetails, JudgementFact, OutcomeFact, PanelDayFact,
    PanelMemberFact, PhaseDatesFact, PhaseFact, Rates, RecordFact, RecordKind, ReleaseFact,
    ReleasedOutputFact, ResponseCount, ScoreFact, Selection, StatedChange, StatedPerformance,
    StatedPosition, StatedQuartiles, StatementFact, StatementKind, SurveyFact, SurveyFigures,
    SurveyGroup,
};
use wcc_core::{Framework, Method, Organisations};

#[derive(Debug)]
struct Fixture;

impl RuleBooks for Fixture {
    fn framework(&self, _: &FrameworkText) -> Result<Framework, String> {
        Ok(support::framework())
    }

    fn organisations(&self, _: &OrganisationTables) -> Result<Organisations, String> {
        Ok(support::organisations())
    }
}

fn some(text: &str) -> Option<Box<str>> {
    Some(text.into())
}

fn books() -> Vec<Fact> {
    let table = OrganisationTable {
        name: "pct.csv".into(),
        file: "bodies/pct.csv".into(),
        shipped: true,
        text: "code,name\n".into(),
    };
    vec![
        Fact::Framework(FrameworkText {
            format: FileFormat::FIRST,
            id: "test-2".into(),
            text: "as the fixture".into(),
        }),
        Fact::Organisations(OrganisationTables {
            format: FileFormat::FIRST,
            id: "all".into(),
            tables: vec![table],
        }),
        Fact::Cycle(CycleFact {
            id: "case/2".into(),
            title: "Case".into(),
            as_of: date(2008, 11, 30),
            illustrative: some("illustrative"),
            framework: "test-2".into(),
            organisations: "all".into(),
            pcts: vec!["5KF".into(), "5KG".into()],
            previous: None,
            review: None,
        }),
    ]
}

fn judgements() -> Vec<RecordFact> {
    let details = JudgementDetails {
        rationale: some("seen"),
        evidence: vec!["plan".into()],
        author: some("the chair"),
        date: Some(date(2008, 11, 29)),
        reason: some("local"),
        inferred: some("the total"),
        source: some("p. 3"),
        text: None,
        replaced: None,
    };
    vec![
        RecordFact::Evidence(EvidenceFact {
            id: "plan".into(),
            body: "5KF".into(),
            kind: EvidenceKind::ExternalRating,
            title: "The plan".into(),
            measures: vec!["1a".into(), "2c".into()],
            issuer: some("the auditor"),
            dated: some("2008"),
            source: some("p. 1"),
            document: some("ab"),
            dates: wcc_core::record::EvidenceDates {
                covers_from: Some(date(2008, 4, 1)),
                date: Some(date(2008, 9, 30)),
                valid_until: Some(date(2009, 9, 30)),
            },
            carried_from: some("another/2007-08"),
            rating: Some(wcc_core::record::ExternalRating {
                scheme: "use-of-resources".into(),
                year: "2008/09".into(),
                value: "3".into(),
            }),
        }),
        RecordFact::Judgement(JudgementFact {
            body: "5KF".into(),
            subject: "1a".into(),
            method: Method::Calibrated,
            value: some("3"),
            assessor: None,
            details,
        }),
        RecordFact::Judgement(JudgementFact {
            body: "5KG".into(),
            subject: "finance".into(),
            method: Method::Panel,
            value: None,
            assessor: None,
            details: JudgementDetails::default(),
        }),
        RecordFact::Survey(SurveyFact {
            body: "5KF".into(),
            survey: "stakeholder".into(),
            measure: "1a".into(),
            question: some("heard?"),
            score: Some(4.25),
            wording: some("somewhat agree"),
            source: some("p. 2"),
            figures: None,
        }),
        RecordFact::Criterion(CriterionFact {
            body: "5KF".into(),
            measure: "1b".into(),
            kind: CriterionKind::Metric,
            supports: "2".into(),
            reason: "below".into(),
            evidence: vec!["plan".into()],
            inferred: some("the text"),
            source: some("p. 4"),
        }),
        RecordFact::Answer(AnswerFact {
            body: "5KF".into(),
            measure: "1b".into(),
            method: Method::Analyst,
            reason: "since put right".into(),
        }),
    ]
}

fn other_records() -> Vec<RecordFact> {
    let outcome = OutcomeFact {
        pct: "5KG".into(),
        slot: 2,
        outcome: "smoking".into(),
        title: "Smoking quitters".into(),
        better: Better::Lower,
        scope: OutcomeScope::Local,
        newly_selected: true,
        series: "females".into(),
        rates: Rates {
            historic: Some(-1.5),
            national: None,
            ons_cluster: Some(0.25),
            top_decile: None,
            aspiration: Some(2.0),
            historic_years: Some(YearSpan {
                from: 2005,
                to: 2008,
            }),
        },
        values: vec![YearValue {
            year: 2007,
            value: Some(19.75),
            break_before: true,
        }],
        stated: StatedPerformance {
            position: Some(StatedPosition::Improved),
            change: Some(StatedChange {
                percent: -1.0,
                source: some("p. 6"),
            }),
            rate_quartile: StatedQuartiles {
                current: Some(4),
                previous: Some(1),
            },
            level_quartile: StatedQuartiles::default(),
        },
        selection: Selection {
            date: some("2009/10"),
            replaces: vec!["stroke-care".into()],
            reason: some("feedback"),
            aim: some("better-health"),
            goal: some("Longer lives"),
        },
        panel_view: some("stretching"),
        inferred: some("the chart"),
        source: some("p. 5"),
    };
    let recommendation = planning::recommendation();
    vec![
        RecordFact::Outcome(outcome),
        RecordFact::Commentary(CommentaryFact {
            body: "5KF".into(),
            headings: vec!["Strengths".into()],
            text: "Good work.".into(),
            components: vec!["2".into()],
        }),
        recommendation,
        RecordFact::Statement(StatementFact {
            body: "5KF".into(),
            kind: StatementKind::ImprovedOnLastYear,
            area: some("governance"),
            count: 3,
            source: some("p. 7"),
        }),
    ]
}

/// Returns a state with every kind of entry and every field set; the last record is withdrawn.
fn state() -> State {
    state_of(
        judgements()
            .into_iter()
            .chain(other_records())
            .map(in_cycle),
    )
}

/// Returns the kinds of entries that were added later, with every field set, and the file of
/// `tests/recorded` for each.
fn later_kinds() -> Vec<(&'static str, Vec<Fact>)> {
    let mut tables = books().remove(1);
    if let Fact::Organisations(tables) = &mut tables {
        tables.id = "new".into();
    }
    let rebase = Fact::Rebase(RebaseFact {
        cycle: "case/2".into(),
        organisations: "new".into(),
        pcts: vec!["5KF".into()],
        reason: some("merged"),
    });
    vec![
        ("segment-rebase.txt", vec![tables, rebase]),
        ("segment-indicator.txt", vec![in_cycle(indicator())]),
        ("segment-phase.txt", vec![in_cycle(phase())]),
        ("segment-release.txt", vec![in_cycle(release())]),
        ("segment-panel.txt", panel()),
        ("segment-approval.txt", vec![in_cycle(approval())]),
        ("segment-phase-dates.txt", vec![in_cycle(phase_dates())]),
        (
            "segment-carried-record.txt",
            vec![in_cycle(planning::carried())],
        ),
        (
            "segment-released-output.txt",
            vec![in_cycle(released_output())],
        ),
        (
            "segment-survey-figures.txt",
            vec![in_cycle(survey_with_figures())],
        ),
        ("segment-planning.txt", planning::planning()),
        ("segment-support.txt", planning::support()),
    ]
}

fn phase() -> RecordFact {
    RecordFact::Phase(PhaseFact {
        body: "5KF".into(),
        phase: "visit".into(),
        reason: some("as agreed"),
    })
}

fn release() -> RecordFact {
    RecordFact::Release(ReleaseFact {
        body: "5KF".into(),
        to: vec!["public".into()],
        from: date(2009, 3, 1),
        uses: some("development, not ranking"),
    })
}

fn released_output() -> RecordFact {
    RecordFact::ReleasedOutput(ReleasedOutputFact {
        body: "5KF".into(),
        release: 3,
        document: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        engine: "0.1.0".into(),
        framework: "wcc-2008-09 9f86d081".into(),
        plugins: vec!["once-north-east 0.1.0".into()],
    })
}

fn panel() -> Vec<Fact> {
    let records = [
        RecordFact::PanelMember(PanelMemberFact {
            body: "5KF".into(),
            person: "a.member".into(),
            name: "A. Member".into(),
            category: "other".into(),
            chairs: true,
            organisation: some("the council"),
        }),
        RecordFact::InterestDeclaration(InterestDeclarationFact {
            body: "5KF".into(),
            person: "a.member".into(),
            interests: vec![Interest {
                organisation: "5KF".into(),
                nature: "worked there until 2006".into(),
            }],
            nothing_to_declare: true,
        }),
        RecordFact::PanelDay(PanelDayFact {
            body: "5KF".into(),
            date: date(2008, 11, 18),
            venue: some("the town hall"),
            interviews: vec![Interview {
                starts: time(9, 30, 0, 0),
                with: "the board".into(),
                topic: some("strategy"),
            }],
        }),
        RecordFact::Score(ScoreFact {
            body: "5KF".into(),
            subject: "1a".into(),
            member: "a.member".into(),
            value: "3".into(),
            rationale: some("seen"),
        }),
        RecordFact::FactComment(FactCommentFact {
            body: "5KF".into(),
            id: "staff".into(),
            about: vec!["1a".into()],
            quoted: some("one review"),
            comment: "There were two.".into(),
        }),
        RecordFact::FactReply(FactReplyFact {
            body: "5KF".into(),
            comment: "staff".into(),
            accepted: true,
            reason: "Corrected.".into(),
        }),
    ];
    records.map(in_cycle).into()
}

fn phase_dates() -> RecordFact {
    RecordFact::PhaseDates(PhaseDatesFact {
        body: "Q30".into(),
        phase: "visit".into(),
        from: Some(date(2008, 11, 10)),
        to: Some(date(2008, 11, 28)),
        note: some("a fortnight later"),
    })
}

fn approval() -> RecordFact {
    RecordFact::Approval(ApprovalFact {
        body: "5KF".into(),
        approval: "ratified".into(),
        digest: "0123456789abcdef".repeat(4).into(),
        note: some("minute 7"),
    })
}

fn survey_with_figures() -> RecordFact {
    let response = ResponseCount {
        invited: Some(9),
        responded: Some(4),
        imported: Some(1),
    };
    let answers = GroupAnswers {
        answers: 5,
        score: 4.25,
        spread: 0.5,
        counts: vec![0, 1, 4],
    };
    RecordFact::Survey(SurveyFact {
        body: "5KF".into(),
        survey: "stakeholder".into(),
        measure: "1a".into(),
        question: None,
        score: Some(4.25),
        wording: None,
        source: None,
        figures: Some(Arc::new(SurveyFigures {
            answers: 5,
            spread: Some(0.5),
            counts: vec![0, 1, 4],
            response,
            groups: vec![SurveyGroup {
                code: "council".into(),
                title: "The council".into(),
                response,
                shown: Some(answers.clone()),
            }],
            pooled: Some(answers),
        })),
    })
}

fn indicator() -> RecordFact {
    RecordFact::Indicator(IndicatorFact {
        body: "5KF".into(),
        indicator: "admissions".into(),
        series: "persons".into(),
        role: SeriesRole::Target,
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
                upper: 14.0,
            }),
        }]
        .into(),
        definition: Some(Arc::new(IndicatorDefinition {
            title: "Admissions".into(),
            unit: "per 100,000".into(),
            better: Better::Lower,
            outcome: some("smoking"),
            min: Some(0.0),
            max: Some(100_000.0),
            source: some("p. 8"),
        })),
        confidence: Some(95.0),
        inferred: some("the chart"),
        source: some("p. 9"),
    })
}

fn in_cycle(record: RecordFact) -> Fact {
    Fact::Record {
        cycle: "case/2".into(),
        record,
    }
}

/// Returns a state with these facts; the last one is withdrawn if it is a record.
fn state_of(facts: impl IntoIterator<Item = Fact>) -> State {
    let mut state = State::new(Arc::new(Fixture));
    let mut is_record = false;
    for fact in books().into_iter().chain(facts) {
        is_record = matches!(fact, Fact::Record { .. });
        let row = state.last();
        let origin = Origin {
            file: "case.csv".into(),
            row,
        };
        push(&mut state, fact, None, (row > 0).then_some(origin));
    }
    if is_record {
        let reason = "entered twice".into();
        let last = state.last();
        push(&mut state, Fact::Withdrawn { reason }, Some(last), None);
    }
    state
}

fn push(state: &mut State, fact: Fact, supersedes: Option<u32>, origin: Option<Origin>) {
    let number = state.last() + 1;
    let entry = Entry {
        number,
        at: Timestamp::from_second(1_000_000 + i64::from(number)).unwrap(),
        actor: Arc::new(wcc_core::actor::Actor::operator("operator")),
        request: "all".into(),
        part: number,
        draft: Draft {
            fact,
            supersedes,
            origin,
        },
    };
    state.apply(entry).unwrap();
}

fn hexadecimal(bytes: &[u8]) -> String {
    let lines = bytes.chunks(40).map(|line| {
        let digits: String = line.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{digits}\n")
    });
    lines.collect()
}

#[test]
fn the_layout_is_the_recorded_one() {
    let later = later_kinds().into_iter();
    let later = later.map(|(file, facts)| (file, state_of(facts)));
    for (file, state) in later.chain([("segment.txt", state())]) {
        let bytes = postcard::to_stdvec(&state.segment(0, state.last())).unwrap();
        let file = format!("{}/tests/recorded/{file}", env!("CARGO_MANIFEST_DIR"));
        let layout = hexadecimal(&bytes);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &layout).unwrap();
        }
        let recorded = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            layout == recorded,
            "{file}: a file that is missing is written with UPDATE=1. If segments are laid out \
             in another way, give `LAYOUT` in crates/ledger/src/checkpoint.rs the next number first"
        );
    }
}

#[test]
fn every_kind_of_record_is_laid_out() {
    let later = later_kinds().into_iter().flat_map(|(_, facts)| facts);
    let records = judgements()
        .into_iter()
        .chain(other_records())
        .map(in_cycle);
    let kinds: Vec<RecordKind> = records
        .chain(later)
        .filter_map(|fact| match fact {
            Fact::Record { record, .. } => Some(record.kind()),
            _ => None,
        })
        .collect();
    for kind in RecordKind::ALL {
        assert!(kinds.contains(kind), "{kind:?}");
    }
}

#[test]
fn a_segment_is_read_back_from_its_bytes() {
    let state = state();
    let segment = state.segment(0, state.last());
    let bytes = postcard::to_stdvec(&segment).unwrap();
    let read: Segment = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(format!("{read:?}"), format!("{segment:?}"));
    let mut again = State::new(Arc::new(Fixture));
    again.resume(read).unwrap();
    assert_eq!(again.entry(1), state.entry(1));
    assert_eq!(again.entry(again.last()), state.entry(state.last()));
}

/// Changed bytes are refused, or give a state that can be read.
#[test]
fn a_changed_byte_of_a_segment_is_refused_or_readable() {
    let state = state();
    let bytes = postcard::to_stdvec(&state.segment(0, state.last())).unwrap();
    let (mut refused, mut dangling) = (0, 0);
    for at in 0..bytes.len() {
        for value in [0, 1, 127, 255] {
            let mut bytes = bytes.clone();
            bytes[at] = value;
            let Ok(segment) = postcard::from_bytes::<Segment>(&bytes) else {
                refused += 1;
                continue;
            };
            let mut again = State::new(Arc::new(Fixture));
            match again.resume(segment) {
                Ok(()) => read_everything(&again),
                Err(SegmentError::Dangling(_)) => dangling += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 0 && dangling > 0, "{refused} {dangling}");
}

fn read_everything(state: &State) {
    for number in 0..=state.last() {
        for id in state.cycles_at(number) {
            if let Some((cycle, _)) = state.cycle_at(id, number)
                && let Ok(checked) = cycle.check()
            {
                let assurance = wcc_core::assure(&checked, Vec::new(), None);
                assert!(!format!("{assurance:?}").is_empty());
            }
        }
    }
}
