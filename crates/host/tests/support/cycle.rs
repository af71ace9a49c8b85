//! A small cycle: the cluster `tees` of 5D9 and 5E1 in Q30, the cancer network to which both
//! delegate, and 5PK in Q34.

use std::sync::Arc;
use wcc_core::body::{Body, BodyIndex, BodyKind, Delegation, Membership, Organisations, Period};
use wcc_core::combine::{Combination, Rule};
use wcc_core::framework::{
    Area, Component, ComponentIndex, Framework, Measure, MeasureIndex, Methods, OutcomeRule, Reach,
    ScaleIndex, Words,
};
use wcc_core::record::{Judgement, Method, RecordId, Records, Subject};
use wcc_core::scale::{Scale, ScaleStep, Step};
use wcc_core::{CheckedCycle, Cycle};

pub(crate) const Q30: BodyIndex = BodyIndex(0);
pub(crate) const Q34: BodyIndex = BodyIndex(1);
pub(crate) const P5D9: BodyIndex = BodyIndex(2);
pub(crate) const P5E1: BodyIndex = BodyIndex(3);
pub(crate) const P5PK: BodyIndex = BodyIndex(4);
pub(crate) const TEES: BodyIndex = BodyIndex(5);
pub(crate) const CANCER: BodyIndex = BodyIndex(6);

/// Builds the cycle: on 5a, the panel gives Tees level 3 and the cancer network level 1.
pub(crate) fn cycle() -> CheckedCycle {
    cycle_of(vec![P5D9, P5E1, P5PK], "wcc-2009-10")
}

/// Builds a cycle of many PCTs outside any cluster, with 60 judgements each.
pub(crate) fn national(pcts: u32) -> CheckedCycle {
    let code = |at: u32| format!("P{at:03}");
    let mut bodies = vec![body("Q30", BodyKind::Sha, None)];
    bodies.extend((1..=pcts).map(|at| body(&code(at), BodyKind::Pct, Some(Q30))));
    bodies.push(body("cancer-network", BodyKind::Function, Some(Q30)));
    let function = BodyIndex(pcts + 1);
    let delegation = |pct| Delegation {
        function,
        pct: BodyIndex(pct),
        period: Period::default(),
        source: None,
    };
    let delegations = (1..=pcts).map(delegation).collect();
    let mut framework = framework_of("wcc-2009-10");
    framework.components = (0..10u16)
        .map(|at| component(&(at + 1).to_string(), &[3 * at, 3 * at + 1, 3 * at + 2]))
        .collect();
    framework.measures = (0..30u16)
        .map(|at| {
            measure(
                &format!("{}{}", at / 3 + 1, ["a", "b", "c"][usize::from(at % 3)]),
                at / 3,
            )
        })
        .collect();
    let mut judgements = Vec::new();
    for pct in 1..=pcts {
        for at in 0..30u16 {
            let step = |shift: u32| u8::try_from((pct + u32::from(at) + shift) % 4).unwrap_or(0);
            judgements.push(judgement(BodyIndex(pct), at, step(0)));
            judgements.push(Judgement {
                method: Method::SelfAssessment,
                ..judgement(BodyIndex(pct), at, step(1))
            });
        }
    }
    judgements.extend((0..30).map(|at| judgement(function, at, 1)));
    let mut cycle = empty(
        framework,
        Organisations::new(bodies, Vec::new(), delegations),
    );
    cycle.pcts = (1..=pcts).map(BodyIndex).collect();
    cycle.records.judgements = judgements.into();
    cycle.check().expect("the cycle is consistent")
}

/// Builds the cycle for these PCTs and a framework with this identifier.
pub(crate) fn cycle_of(pcts: Vec<BodyIndex>, framework: &str) -> CheckedCycle {
    let mut cycle = empty(framework_of(framework), organisations());
    cycle.pcts = pcts;
    let judgements = [judgement(TEES, 0, 2), judgement(CANCER, 0, 0)];
    let assured = judgements.into_iter();
    let assured = assured.filter(|judgement| cycle.assures(judgement.body));
    cycle.records.judgements = assured.collect::<Vec<_>>().into();
    cycle.check().expect("the cycle is consistent")
}

fn empty(framework: Framework, organisations: Organisations) -> Cycle {
    Cycle {
        id: "test/2009-10".to_owned(),
        title: "Test".to_owned(),
        as_of: jiff::civil::date(2010, 5, 31),
        illustrative: None,
        framework: Arc::new(framework),
        organisations: Arc::new(organisations),
        pcts: Vec::new(),
        records: Records::default(),
    }
}

fn judgement(body: BodyIndex, measure: u16, step: u8) -> Judgement {
    Judgement {
        record: RecordId(body.0),
        body,
        subject: Subject::Measure(MeasureIndex(measure)),
        method: Method::Panel,
        value: Some(Step(step)),
        assessor: None,
        details: None,
    }
}

fn body(code: &str, kind: BodyKind, sha: Option<BodyIndex>) -> Body {
    Body {
        code: code.to_owned(),
        name: code.to_owned(),
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

fn organisations() -> Organisations {
    let bodies = vec![
        body("Q30", BodyKind::Sha, None),
        body("Q34", BodyKind::Sha, None),
        body("5D9", BodyKind::Pct, Some(Q30)),
        body("5E1", BodyKind::Pct, Some(Q30)),
        body("5PK", BodyKind::Pct, Some(Q34)),
        body("tees", BodyKind::Cluster, Some(Q30)),
        body("cancer-network", BodyKind::Function, Some(Q30)),
    ];
    let membership = |pct| Membership {
        cluster: TEES,
        pct,
        period: Period::default(),
        source: None,
    };
    let delegation = |pct| Delegation {
        function: CANCER,
        pct,
        period: Period::default(),
        source: None,
    };
    let members = [P5D9, P5E1];
    Organisations::new(
        bodies,
        members.map(membership).to_vec(),
        members.map(delegation).to_vec(),
    )
}

fn measure(id: &str, component: u16) -> Measure {
    Measure {
        id: id.to_owned(),
        title: id.to_owned(),
        component: ComponentIndex(component),
        scale: ScaleIndex(0),
        reach: Reach::Cluster,
        looked_for: None,
        descriptors: Vec::new(),
        mapping: None,
        source: None,
    }
}

fn component(id: &str, measures: &[u16]) -> Component {
    Component {
        id: id.to_owned(),
        title: id.to_owned(),
        label: id.to_owned(),
        area: 0,
        measures: measures.iter().copied().map(MeasureIndex).collect(),
        scored: true,
        combination: Combination::new(Rule::Lowest, ScaleIndex(0)),
        mapping: None,
    }
}

fn framework_of(id: &str) -> Framework {
    let step = |points: i32| ScaleStep {
        key: points.to_string(),
        title: points.to_string(),
        points: points.into(),
        colour: None,
    };
    Framework {
        id: id.to_owned(),
        title: id.to_owned(),
        year: "2009/10".to_owned(),
        previous: None,
        note: None,
        words: Words::world_class_commissioning(),
        methods: Methods::world_class_commissioning(),
        scales: vec![Scale {
            id: "level".to_owned(),
            title: "Level".to_owned(),
            steps: (1..=4).map(step).collect(),
        }],
        areas: vec![Area {
            id: "competencies".to_owned(),
            title: "Competencies".to_owned(),
            component_word: "competency".to_owned(),
            combination: None,
        }],
        components: vec![component("5", &[0, 1]), component("6", &[2])],
        measures: vec![measure("5a", 0), measure("5b", 0), measure("6a", 1)],
        surveys: Default::default(),
        outcomes: OutcomeRule::default(),
        roles: Vec::new(),
        phases: Vec::new(),
        overall: None,
    }
}
