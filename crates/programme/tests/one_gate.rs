//! Case files and the ledger go through the same gate: whatever is written in a case's tables is
//! accepted or refused, row by row and rule by rule, as the same records offered to `admit`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
)]

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use wcc_case::cycle::{self, CycleTable};
use wcc_case::organisations::{BodyTable, BodyTables};
use wcc_case::{Frameworks, Place, Problems, Settings, ShippedTables};
use wcc_core::ledger::{
    Command, CycleFact, Draft, Fact, FrameworkText, OrganisationTable, OrganisationTables, Origin,
    RefusalReason, Refused, State, admit,
};
use wcc_core::outcome::{Better, OutcomeScope, Series, YearSpan, YearValue};
use wcc_core::policy::Unrestricted;
use wcc_core::record::{
    AnswerFact, CommentaryFact, CriterionFact, CriterionKind, EvidenceFact, EvidenceKind,
    JudgementDetails, JudgementFact, OutcomeFact, Rates, RecommendationFact, RecordFact,
    RecordKind, Selection, StatedChange, StatedPerformance, StatedPosition, StatedQuartiles,
    StatementFact, StatementKind, SurveyFact,
};
use wcc_core::{Actor, Method};
use wcc_programme::FileFormats;

const FRAMEWORK: &str = "harbour-2002";
const CYCLE: &str = "gate/2002";
/// The PCTs of the cycle.
const PCTS: [&str; 3] = ["P01", "P02", "P03"];
/// A PCT that the cycle leaves out. Files may name it, with a warning that its rows are not used.
const LEFT_OUT: &str = "P04";

fn day() -> jiff::civil::Date {
    jiff::civil::date(2002, 6, 1)
}

struct Fixture {
    settings: Settings,
    framework: FrameworkText,
    organisations: OrganisationTables,
}

/// The invented harbours of the case reader's tests, with a cluster that has ended and one that has
/// no members.
static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../case/tests/configs");
    let frameworks = Frameworks::read(&configs.join("frameworks")).unwrap();
    let shipped = ShippedTables::read(&configs.join("organisations")).unwrap();
    let mut tables = shipped.tables().clone();
    let clusters = "code,name,sha,from,until\n\
                    twin-ports,Twin Ports,R01,,\n\
                    old-ports,Old Ports,R01,1990-01-01,2001-01-01\n\
                    no-ports,No Ports,R01,,\n";
    let clusters = BodyTable {
        file: "clusters.csv".to_owned(),
        bytes: clusters.as_bytes().into(),
        shipped: false,
    };
    assert!(tables.set("clusters.csv", clusters));
    let organisations = Arc::new(tables.organisations().unwrap());
    let source = frameworks.source(FRAMEWORK).unwrap();
    let recorded = tables.each().map(|(name, table)| OrganisationTable {
        name: name.into(),
        file: table.file.as_str().into(),
        shipped: false,
        text: std::str::from_utf8(&table.bytes).unwrap().into(),
    });
    Fixture {
        framework: FrameworkText {
            id: FRAMEWORK.into(),
            format: source.format,
            text: (*source.text).into(),
        },
        organisations: OrganisationTables {
            id: "harbours".into(),
            format: BodyTables::FORMAT,
            tables: recorded.collect(),
        },
        settings: Settings {
            id: CYCLE.to_owned(),
            title: "Gate".to_owned(),
            as_of: day(),
            illustrative: None,
            framework: Arc::clone(frameworks.find(FRAMEWORK).unwrap()),
            pcts: Some(
                PCTS.iter()
                    .map(|code| organisations.find(code).unwrap())
                    .collect(),
            ),
            organisations,
            local_outcomes: Arc::default(),
        },
    }
});

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
    (place, select(Series::ALL.to_vec()), rates, values, stated).prop_map(
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
                series,
                rates: Rates {
                    historic,
                    historic_years: years.map(|(from, to)| YearSpan { from, to }),
                    national,
                    aspiration,
                    ..Rates::default()
                },
                values,
                stated: StatedPerformance {
                    position: (!position.is_empty()).then(|| StatedPosition::from_name(position)),
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

fn any_records() -> impl Strategy<Value = Vec<RecordFact>> {
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
    ];
    prop::collection::vec(record, 0..9)
}

/// The tables of a case, and where each record is in them.
#[derive(Default)]
struct Tables {
    texts: BTreeMap<&'static str, String>,
    origins: Vec<(RecordFact, Origin)>,
    /// The outcomes whose values are in the table: the first of each PCT, outcome and series.
    with_values: BTreeSet<String>,
}

impl Tables {
    fn add(&mut self, mut fact: RecordFact) {
        let (file, row) = match &mut fact {
            RecordFact::Commentary(commentary) => self.commentary(commentary),
            RecordFact::Outcome(outcome) => self.outcome(outcome),
            other => {
                let (file, header, cells) = cells(other);
                (file, self.row(file, header, &cells))
            }
        };
        let file = file.into();
        self.origins.push((fact, Origin { file, row }));
    }

    /// Adds a row; its number.
    fn row(&mut self, file: &'static str, header: &str, cells: &[String]) -> u32 {
        let text = self
            .texts
            .entry(file)
            .or_insert_with(|| format!("{header}\n"));
        text.push_str(&cells.join(","));
        text.push('\n');
        u32::try_from(text.lines().count()).unwrap()
    }

    fn commentary(&mut self, commentary: &CommentaryFact) -> (&'static str, u32) {
        let file = "commentary.md";
        let text = self.texts.entry(file).or_default();
        text.push_str(&format!("# {}\n\n", commentary.body));
        let line = text.lines().count() + 1;
        text.push_str(&format!("## {}\n\n", commentary.headings[0]));
        if !commentary.components.is_empty() {
            text.push_str(&format!(
                "Bears on: {}\n\n",
                in_files(&commentary.components)
            ));
        }
        text.push_str(&format!("{}\n\n", commentary.text));
        (file, u32::try_from(line).unwrap())
    }

    fn outcome(&mut self, outcome: &mut OutcomeFact) -> (&'static str, u32) {
        let file = "outcomes.csv";
        let key = format!(
            "{} {} {}",
            outcome.pct,
            outcome.outcome,
            outcome.series.name()
        );
        if !self.with_values.insert(key) {
            outcome.values.clear();
        }
        for value in &outcome.values {
            let cells = [
                outcome.pct.to_string(),
                outcome.outcome.to_string(),
                outcome.series.name().to_owned(),
                value.year.to_string(),
                number(value.value),
            ];
            self.row(
                "outcome_values.csv",
                "body,outcome,series,year,value",
                &cells,
            );
        }
        let years = outcome.rates.historic_years;
        let stated = &outcome.stated;
        let cells = [
            outcome.pct.to_string(),
            outcome.slot.to_string(),
            outcome.outcome.to_string(),
            outcome.title.to_string(),
            outcome.series.name().to_owned(),
            outcome.better.name().to_owned(),
            number(outcome.rates.historic),
            years.map_or_else(String::new, |years| years.from.to_string()),
            years.map_or_else(String::new, |years| years.to.to_string()),
            number(outcome.rates.national),
            number(outcome.rates.aspiration),
            stated
                .position
                .as_ref()
                .map_or("", |position| position.name())
                .to_owned(),
            number(stated.change.as_ref().map(|change| change.percent)),
            stated
                .rate_quartile
                .current
                .map_or_else(String::new, |at| at.to_string()),
            stated
                .rate_quartile
                .previous
                .map_or_else(String::new, |at| at.to_string()),
        ];
        let header = "body,slot,outcome,title,series,better,historic,historic_from,historic_to,\
                      national,aspiration,stated_position,stated_change,rate_quartile,\
                      previous_rate_quartile";
        (file, self.row(file, header, &cells))
    }
}

fn number(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// Topics as files write them.
fn in_files(topics: &[Box<str>]) -> String {
    let topics = topics.iter();
    let topics: Vec<&str> = topics
        .map(|topic| topic.strip_prefix("outcome:").unwrap_or(topic))
        .collect();
    topics.join(" ")
}

/// The file, header and cells of a record.
fn cells(fact: &RecordFact) -> (&'static str, &'static str, Vec<String>) {
    let text = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
    match fact {
        RecordFact::Judgement(fact) => (
            "judgements.csv",
            "body,measure,method,value,assessor,reason,evidence",
            vec![
                fact.body.to_string(),
                fact.subject.to_string(),
                fact.method.name().to_owned(),
                text(&fact.value),
                text(&fact.assessor),
                text(&fact.details.reason),
                fact.details.evidence.join(" "),
            ],
        ),
        RecordFact::Evidence(fact) => (
            "evidence.csv",
            "id,body,kind,title,measures",
            vec![
                fact.id.to_string(),
                fact.body.to_string(),
                fact.kind.name().to_owned(),
                fact.title.to_string(),
                fact.measures.join(" "),
            ],
        ),
        RecordFact::Survey(fact) => (
            "survey.csv",
            "body,survey,measure,score,wording",
            vec![
                fact.body.to_string(),
                fact.survey.to_string(),
                fact.measure.to_string(),
                number(fact.score),
                text(&fact.wording),
            ],
        ),
        RecordFact::Criterion(fact) => (
            "criteria.csv",
            "body,measure,kind,supports,reason,evidence",
            vec![
                fact.body.to_string(),
                fact.measure.to_string(),
                fact.kind.name().to_owned(),
                fact.supports.to_string(),
                fact.reason.to_string(),
                fact.evidence.join(" "),
            ],
        ),
        RecordFact::Answer(fact) => (
            "answers.csv",
            "body,measure,method,reason",
            vec![
                fact.body.to_string(),
                fact.measure.to_string(),
                fact.method.name().to_owned(),
                fact.reason.to_string(),
            ],
        ),
        RecordFact::Recommendation(fact) => (
            "recommendations.csv",
            "id,body,text,about",
            vec![
                fact.id.to_string(),
                fact.body.to_string(),
                fact.text.to_string(),
                in_files(&fact.about),
            ],
        ),
        RecordFact::Statement(fact) => (
            "statements.csv",
            "body,statement,area,count",
            vec![
                fact.body.to_string(),
                fact.kind.name().to_owned(),
                text(&fact.area),
                fact.count.to_string(),
            ],
        ),
        RecordFact::Outcome(_) | RecordFact::Commentary(_) => unreachable!("written apart"),
    }
}

/// What is wrong, by file and row: the names of the rules, and an empty one for a cell that could
/// not be read.
type Faults = BTreeMap<(String, u32), BTreeSet<&'static str>>;

fn faults_of_files(problems: &Problems, tables: &Tables) -> Faults {
    assert_eq!(problems.more, 0);
    let mut faults = Faults::new();
    for problem in &problems.problems {
        let row = match &problem.place {
            Some(Place::Row { row, .. }) | Some(Place::Line(row)) => *row,
            other => panic!("{other:?}: {problem}"),
        };
        let repeats = &problem.repeats;
        assert_eq!(
            repeats.count,
            repeats.first.len(),
            "few enough to be listed"
        );
        for row in std::iter::once(row).chain(repeats.first.iter().copied()) {
            let place = match problem.file.as_str() {
                "outcome_values.csv" => place_of_value(tables, row),
                file => (file.to_owned(), row),
            };
            let rules = faults.entry(place).or_default();
            rules.insert(problem.rule.unwrap_or_default());
        }
    }
    faults
}

/// The row of the outcome that a row of values belongs to.
fn place_of_value(tables: &Tables, row: u32) -> (String, u32) {
    let mut last = 1;
    for (fact, origin) in &tables.origins {
        if let RecordFact::Outcome(outcome) = fact {
            last += u32::try_from(outcome.values.len()).unwrap();
            if row <= last {
                return (origin.file.to_string(), origin.row);
            }
        }
    }
    panic!("no outcome has row {row}");
}

fn read(tables: &Tables) -> Result<(), Problems> {
    let tables: Vec<CycleTable> = cycle::TABLES
        .iter()
        .filter_map(|name| {
            Some(CycleTable {
                name,
                file: (*name).to_owned(),
                bytes: tables.texts.get(name)?.clone().into_bytes(),
            })
        })
        .collect();
    cycle::build(&FIXTURE.settings, &tables).map(drop)
}

fn opened() -> State {
    let mut state = State::new(Arc::new(FileFormats));
    let cycle = CycleFact {
        id: CYCLE.into(),
        title: "Gate".into(),
        as_of: day(),
        illustrative: None,
        framework: FRAMEWORK.into(),
        organisations: FIXTURE.organisations.id.clone(),
        pcts: PCTS.iter().map(|code| (*code).into()).collect(),
        previous: None,
    };
    let drafts = [
        Fact::Framework(FIXTURE.framework.clone()).into(),
        Fact::Organisations(FIXTURE.organisations.clone()).into(),
        Fact::Cycle(cycle).into(),
    ];
    offer(&mut state, &drafts).unwrap();
    state
}

/// Whether drafts are admitted; otherwise what is wrong with them, and whether this is everything.
fn offer(state: &mut State, drafts: &[Draft]) -> Result<(), (Faults, bool)> {
    let command = Command {
        request: "gate",
        drafts,
    };
    let operator = Actor::operator("operator");
    let admitted = admit(
        state,
        &Unrestricted,
        &operator,
        Timestamp::UNIX_EPOCH,
        command,
    );
    let Err(refusals) = admitted else {
        return Ok(());
    };
    let mut faults = Faults::new();
    let mut is_all = true;
    for refusal in refusals.each() {
        let rule = match &refusal.reason {
            RefusalReason::Contradiction(error) => error.rule(),
            RefusalReason::Refused(Refused::AlreadySaid { .. }) => "repeated",
            RefusalReason::Refused(Refused::Unknown(_)) => "",
            other => panic!("{other}"),
        };
        is_all &= matches!(refusal.reason, RefusalReason::Contradiction(_));
        let origin = refusal.origin.as_ref().expect("a draft is at fault");
        let place = (origin.file.to_string(), origin.row);
        faults.entry(place).or_default().insert(rule);
    }
    Err((faults, is_all))
}

fn drafts(tables: &Tables) -> Vec<Draft> {
    let mut records = tables.origins.clone();
    // What others cite comes first, as when a case is loaded.
    records.sort_by_key(|(fact, _)| fact.kind() != RecordKind::Evidence);
    records.retain(|(fact, _)| fact.kind().is_cited() || fact.body() != LEFT_OUT);
    let each = records.into_iter().map(|(record, origin)| Draft {
        fact: Fact::Record {
            cycle: CYCLE.into(),
            record,
        },
        supersedes: None,
        origin: Some(origin),
    });
    each.collect()
}

fn compare(records: Vec<RecordFact>) -> Result<Option<Faults>, TestCaseError> {
    let mut tables = Tables::default();
    for record in records {
        tables.add(record);
    }
    let from_files = read(&tables);
    let admitted = offer(&mut opened(), &drafts(&tables));
    let shown = || format!("{:?}\n{from_files:?}\n{admitted:?}", tables.texts);
    prop_assert_eq!(from_files.is_ok(), admitted.is_ok(), "{}", shown());
    let (Err(problems), Err((faults, is_all))) = (&from_files, &admitted) else {
        return Ok(None);
    };
    let of_files = faults_of_files(problems, &tables);
    let unread = of_files.values().any(|rules| rules.contains(""));
    if *is_all && !unread {
        prop_assert_eq!(&of_files, faults, "{}", shown());
    } else if !unread {
        // A key that is taken ends the admission: what comes after it is not looked at.
        for (place, rules) in faults {
            let found = of_files.get(place);
            prop_assert!(
                found.is_some_and(|found| rules.is_subset(found)),
                "{}",
                shown()
            );
        }
    }
    // A row that cannot be read is not compared with others, and one unknown code is reported once.
    Ok(Some(of_files))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn case_files_and_the_ledger_take_the_same_decision(records in any_records()) {
        compare(records)?;
    }
}

/// The cases that are drawn break every rule of a record.
#[test]
fn the_cases_drawn_reach_every_rule() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let (mut reached, mut accepted, mut compared) = (BTreeSet::new(), 0, 0);
    for _ in 0..3_000 {
        let records = any_records().new_tree(&mut runner).unwrap().current();
        match compare(records).unwrap() {
            None => accepted += 1,
            Some(faults) => {
                let rules: BTreeSet<&str> = faults.into_values().flatten().collect();
                compared += u32::from(!rules.contains(""));
                reached.extend(rules);
            }
        }
    }
    assert!(accepted > 200 && compared > 300, "{accepted} {compared}");
    let expected = BTreeSet::from([
        "",
        "area-of-statement",
        "assessor-of-function",
        "assured-for-each-pct",
        "body-exists",
        "body-is-assured",
        "cluster-with-members",
        "departure-with-reason",
        "direction",
        "kind-of-body",
        "known-position",
        "known-wording",
        "one-direction",
        "one-outcome-a-slot",
        "one-value-a-year",
        "quartile-in-range",
        "rate-in-range",
        "rate-with-years",
        "repeated",
        "score-in-range",
        "score-or-wording",
        "sha-is-not-judged",
        "slot-in-range",
        "year-in-range",
        "years-in-order",
    ]);
    assert_eq!(reached, expected);
}
