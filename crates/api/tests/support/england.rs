//! A made-up England: any number of PCTs in two cycles, with a judgement on every measure and
//! rationales of about 500 characters. The same numbers give the same programme.

use jiff::civil::{Date, date};
use std::sync::Arc;
use wcc_core::body::{Body, BodyIndex, BodyKind, Membership, Organisations, Period};
use wcc_core::combine::{Combination, Rule};
use wcc_core::cycle::Cycle;
use wcc_core::framework::{
    Area, Component, ComponentIndex, Framework, Mapping, Measure, MeasureIndex, Methods,
    OutcomeRule, Reach, ScaleIndex, Words, YearOnYear,
};
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope, Series};
use wcc_core::record::{
    ChosenOutcome, Judgement, Method, Rates, RecordId, Records, Selection, StatedPerformance,
    Subject,
};
use wcc_core::scale::{Scale, ScaleStep, Step};
use wcc_core::{LastYear, assure};
use wcc_programme::{AssuredCycle, Places, Programme};

/// A small deterministic generator of numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn step(key: &str, title: &str, points: i32) -> ScaleStep {
    ScaleStep {
        key: key.into(),
        title: title.into(),
        points: points.into(),
        colour: None,
    }
}

fn combination(rule: Rule, scale: u8) -> Combination {
    Combination::new(rule, ScaleIndex(scale))
}

/// Returns a framework of eleven competencies with three measures each, and three governance
/// strands.
pub fn framework(id: &str, year: &str, previous: Option<&str>) -> Framework {
    let mut framework = Framework {
        id: id.into(),
        title: format!("World Class Commissioning {year}"),
        year: year.into(),
        previous: previous.map(str::to_owned),
        note: Some("A made-up rule book for tests.".into()),
        words: Words::world_class_commissioning(),
        methods: Methods::world_class_commissioning(),
        scales: vec![
            Scale {
                id: "level".into(),
                title: "Level".into(),
                steps: (1..=4)
                    .map(|n| step(&n.to_string(), &format!("Level {n}"), n))
                    .collect(),
            },
            Scale {
                id: "rating".into(),
                title: "Rating".into(),
                steps: vec![
                    step("red", "Red", 1),
                    step("amber", "Amber", 2),
                    step("green", "Green", 3),
                ],
            },
        ],
        areas: vec![
            area("competencies", "Competencies", "competency"),
            area("governance", "Governance", "strand"),
        ],
        components: Vec::new(),
        measures: Vec::new(),
        surveys: Default::default(),
        outcomes: OutcomeRule {
            asked: 10,
            span_years: 3,
            little_change: None,
            large_swing: None,
            catalogue: (1..=10).map(outcome_definition).collect(),
        },
        roles: Vec::new(),
        phases: Vec::new(),
        overall: None,
    };
    for competency in 1..=11 {
        let letters = ["a", "b", "c"].map(|letter| format!("{competency}{letter}"));
        let title = format!("Competency number {competency} in its full title");
        component(&mut framework, &competency.to_string(), &title, 0, &letters);
    }
    for (strand, count) in [("strategy", 5), ("finance", 5), ("board", 6)] {
        let measures: Vec<String> = (1..=count).map(|n| format!("{strand}.{n}")).collect();
        component(&mut framework, strand, strand, 1, &measures);
    }
    framework
}

fn area(id: &str, title: &str, word: &str) -> Area {
    Area {
        id: id.into(),
        title: title.into(),
        component_word: word.into(),
        combination: None,
    }
}

fn component(framework: &mut Framework, id: &str, title: &str, area: usize, measures: &[String]) {
    let index = ComponentIndex(framework.components.len() as u16);
    let mapping = framework.previous.as_ref().map(|_| Mapping {
        previous: Some(id.to_owned()),
        change: YearOnYear::Same,
        note: None,
    });
    let mut indices = Vec::new();
    for measure in measures {
        indices.push(MeasureIndex(framework.measures.len() as u16));
        framework.measures.push(Measure {
            id: measure.clone(),
            title: format!("What measure {measure} asks for"),
            component: index,
            scale: ScaleIndex(area as u8),
            reach: if id == "finance" {
                Reach::Pct
            } else {
                Reach::Cluster
            },
            looked_for: Some("What the panel looks for".into()),
            descriptors: vec![("1".into(), "A beginning".into())],
            mapping: mapping.as_ref().map(|_| Mapping {
                previous: Some(measure.clone()),
                change: YearOnYear::Same,
                note: None,
            }),
            source: None,
        });
    }
    framework.components.push(Component {
        id: id.into(),
        title: title.into(),
        label: title.into(),
        area,
        measures: indices,
        scored: true,
        combination: if area == 0 {
            combination(Rule::MeanNearest, 0)
        } else {
            combination(Rule::WorstOf, 1)
        },
        mapping,
    });
}

fn outcome_definition(number: u16) -> OutcomeDefinition {
    OutcomeDefinition {
        id: format!("outcome-{number}"),
        title: format!("Outcome number {number}"),
        unit: "per 100,000 DSR".into(),
        better: Better::Lower,
        scope: if number <= 2 {
            OutcomeScope::National
        } else {
            OutcomeScope::Local
        },
        series: vec![Series::Persons],
        min: None,
        max: None,
        vital_signs: None,
        source: None,
    }
}

fn body(code: String, name: String, kind: BodyKind, sha: Option<BodyIndex>) -> Body {
    Body {
        code,
        name,
        kind,
        sha,
        period: Period::default(),
        ons_code: None,
        ons_cluster: None,
        population: None,
        commissions: true,
        succeeded_by: None,
        note: None,
        source: None,
    }
}

/// Returns ten SHAs and `pcts` PCTs, of which the first six are in two clusters of three.
pub fn organisations(pcts: usize) -> Organisations {
    let mut bodies: Vec<Body> = (0..10)
        .map(|n| {
            body(
                format!("Q{}", 30 + n),
                format!("Region {n}"),
                BodyKind::Sha,
                None,
            )
        })
        .collect();
    for n in 0..pcts {
        let sha = BodyIndex((n * 10 / pcts) as u32);
        let name = format!("Primary Care Trust number {n}");
        bodies.push(body(format!("5{n:03}"), name, BodyKind::Pct, Some(sha)));
    }
    let mut memberships = Vec::new();
    for n in 0..2_u32 {
        let cluster = BodyIndex(bodies.len() as u32);
        let code = format!("cluster-{n}");
        bodies.push(body(
            code,
            format!("Cluster {n}"),
            BodyKind::Cluster,
            Some(BodyIndex(0)),
        ));
        for member in 0..3 {
            memberships.push(Membership {
                cluster,
                pct: BodyIndex(10 + n * 3 + member),
                period: Period::default(),
                source: None,
            });
        }
    }
    Organisations::new(bodies, memberships, Vec::new())
}

const RATIONALE: &str = "The panel saw clear evidence of engagement with clinicians, the local \
authority and patients; plans were \"owned\" by the board and tested against need. There was less \
evidence that contracts followed the plans, and the PCT agreed that its monitoring of quality in \
community services has to improve. The panel read the joint strategic needs assessment, the \
stakeholder survey and the minutes of the professional executive committee, and spoke to the \
chair, the chief executive and two practice leads on the day.";

fn cycle(
    id: &str,
    as_of: Date,
    framework: &Arc<Framework>,
    organisations: &Arc<Organisations>,
    seed: u64,
) -> Cycle {
    let pcts: Vec<BodyIndex> = organisations
        .each()
        .filter(|(_, body)| body.kind == BodyKind::Pct)
        .map(|(index, _)| index)
        .collect();
    let mut cycle = Cycle {
        id: id.into(),
        title: format!("England {}", framework.year),
        as_of,
        illustrative: Some("Every figure here is made up.".into()),
        framework: Arc::clone(framework),
        organisations: Arc::clone(organisations),
        pcts: pcts.clone(),
        records: Records::default(),
    };
    let mut numbers = Numbers(seed);
    for pct in pcts {
        judge(&mut cycle, pct, &mut numbers);
        choose(&mut cycle, pct, &mut numbers);
    }
    cycle
}

fn judge(cycle: &mut Cycle, pct: BodyIndex, numbers: &mut Numbers) {
    let framework = Arc::clone(&cycle.framework);
    for (index, measure) in framework.each_measure() {
        for method in [Method::SelfAssessment, Method::Panel] {
            let body = match cycle.organisations.cluster_of(pct, cycle.as_of) {
                Some(cluster) if measure.reach == Reach::Cluster => cluster,
                _ => pct,
            };
            let known = cycle.records.judgements.iter().rev().take(400);
            let mut repeated =
                known.filter(|judgement| judgement.body == body && judgement.body != pct);
            if repeated.any(|judgement| {
                judgement.subject == Subject::Measure(index) && judgement.method == method
            }) {
                continue;
            }
            let steps = framework.scale_of(index).steps.len() as u64;
            let record = RecordId(cycle.records.judgements.len() as u32);
            cycle.records.judgements.push(Judgement {
                record,
                body,
                subject: Subject::Measure(index),
                method,
                value: Some(Step(numbers.below(steps) as u8)),
                assessor: None,
                details: wcc_core::record::JudgementDetails {
                    rationale: Some(RATIONALE.into()),
                    author: Some("the panel".into()),
                    date: Some(cycle.as_of),
                    ..Default::default()
                }
                .shared(),
            });
        }
    }
}

fn choose(cycle: &mut Cycle, pct: BodyIndex, numbers: &mut Numbers) {
    for slot in 1..=10_u16 {
        let mut rate = || Some(-(numbers.below(80) as f64) / 10.0);
        let record = RecordId(100_000 + cycle.records.outcomes.len() as u32);
        cycle.records.outcomes.push(ChosenOutcome {
            record,
            pct,
            slot,
            outcome: format!("outcome-{slot}").into(),
            title: format!("Outcome number {slot}").into(),
            better: Better::Lower,
            scope: if slot <= 2 {
                OutcomeScope::National
            } else {
                OutcomeScope::Local
            },
            newly_selected: slot == 10,
            series: Series::Persons,
            rates: Rates {
                historic: rate(),
                national: rate(),
                ons_cluster: rate(),
                top_decile: rate(),
                aspiration: rate(),
                historic_years: None,
            },
            values: Vec::new(),
            stated: StatedPerformance::default(),
            selection: Selection::default(),
            panel_view: None,
            inferred: None,
            source: None,
        });
    }
}

/// Returns two years of an England with this many PCTs.
pub fn programme(pcts: usize) -> Programme {
    let organisations = Arc::new(organisations(pcts));
    let first = Arc::new(framework("wcc-2008-09", "2008/09", None));
    let second = Arc::new(framework("wcc-2009-10", "2009/10", Some("wcc-2008-09")));
    let checked = |cycle: Cycle| cycle.check().unwrap_or_else(|errors| panic!("{errors:?}"));
    let first_cycle = checked(cycle(
        "england/2008-09",
        date(2009, 3, 31),
        &first,
        &organisations,
        1,
    ));
    let second_cycle = checked(cycle(
        "england/2009-10",
        date(2010, 3, 31),
        &second,
        &organisations,
        2,
    ));
    let first_assurance = assure(&first_cycle, Vec::new(), None);
    let last_year = LastYear {
        cycle: &first_cycle,
        assurance: &first_assurance,
    };
    let second_assurance = assure(&second_cycle, Vec::new(), Some(last_year));
    let first_year = AssuredCycle::new(first_cycle, first_assurance, None, Places::default());
    let previous = Some("england/2008-09".to_owned());
    let second_year =
        AssuredCycle::new(second_cycle, second_assurance, previous, Places::default());
    let cycles = vec![Arc::new(first_year), Arc::new(second_year)];
    let frameworks = vec![first, second];
    let programme = Programme::of_assured(frameworks, organisations, Vec::new(), cycles);
    let mut programme = programme.unwrap_or_else(|error| panic!("{error}"));
    programme.revision = "0123456789abcdef".into();
    programme
}
