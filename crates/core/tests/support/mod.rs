//! A small framework and small cycles for the tests of the engine.

#![allow(dead_code, reason = "each test file uses its own part of the fixture")]
#![allow(
    clippy::expect_used,
    reason = "a fixture that cannot be built fails its test"
)]

use jiff::civil::date;
use std::sync::Arc;
use wcc_core::body::{Body, Delegation, Membership, Period};
use wcc_core::combine::{Combination, Rule};
use wcc_core::framework::{
    Area, Component, Framework, Mapping, Measure, Methods, OutcomeRule, Reach, ScaleIndex,
    SurveyBand, SurveyPoint, SurveyRule, Words, YearOnYear,
};
use wcc_core::record::{Criterion, CriterionKind, Records, SurveyResult};
use wcc_core::scale::ScaleStep;
use wcc_core::{
    BodyIndex, BodyKind, CheckedCycle, ComponentIndex, Cycle, Judgement, MeasureIndex, Method,
    Organisations, RecordId, Scale, Step, Subject,
};

pub(crate) fn scale(id: &str, keys: &[(&str, i32)]) -> Scale {
    let step = |(key, points): &(&str, i32)| ScaleStep {
        key: (*key).to_owned(),
        title: (*key).to_owned(),
        points: (*points).into(),
        colour: None,
    };
    Scale {
        id: id.to_owned(),
        title: id.to_owned(),
        steps: keys.iter().map(step).collect(),
    }
}

pub(crate) fn level() -> Scale {
    scale("level", &[("1", 1), ("2", 2), ("3", 3), ("4", 4)])
}

pub(crate) fn rating() -> Scale {
    scale("rating", &[("red", 0), ("amber", 1), ("green", 2)])
}

pub(crate) fn combination(rule: Rule, scale: u8) -> Combination {
    Combination::new(rule, ScaleIndex(scale))
}

/// Competencies 1 (1a 1b 1c) and 2 (2a 2b 2c), which take the lowest of their measures, and the
/// strand finance, which takes the worst of two measures that are assured for each PCT.
pub(crate) fn framework() -> Framework {
    let mapping = |id: &str| {
        Some(Mapping {
            previous: Some(id.to_owned()),
            change: YearOnYear::Same,
            note: None,
        })
    };
    let component = |id: &str, area, scale, measures: std::ops::Range<u16>| Component {
        id: id.to_owned(),
        title: id.to_owned(),
        label: id.to_owned(),
        area,
        measures: measures.map(MeasureIndex).collect(),
        scored: true,
        combination: combination(
            if area == 0 {
                Rule::Lowest
            } else {
                Rule::WorstOf
            },
            scale,
        ),
        mapping: mapping(id),
    };
    let measure = |id: &str, component: u16, scale: u8, reach| Measure {
        id: id.to_owned(),
        title: id.to_owned(),
        component: ComponentIndex(component),
        scale: ScaleIndex(scale),
        reach,
        looked_for: None,
        descriptors: Vec::new(),
        mapping: mapping(id),
        source: None,
    };
    let area = |id: &str| Area {
        id: id.to_owned(),
        title: id.to_owned(),
        component_word: id.to_owned(),
        combination: None,
    };
    let point = |score: f64, wording: &str| SurveyPoint {
        score,
        wording: wording.to_owned(),
    };
    let band = |from: f64, key: &str| SurveyBand {
        from,
        supports: key.to_owned(),
    };
    Framework {
        id: "test-2".to_owned(),
        title: "Test".to_owned(),
        year: "2".to_owned(),
        previous: Some("test-1".to_owned()),
        note: None,
        words: Words::world_class_commissioning(),
        methods: Methods::world_class_commissioning(),
        scales: vec![level(), rating()],
        areas: vec![area("competencies"), area("governance")],
        components: vec![
            component("1", 0, 0, 0..3),
            component("2", 0, 0, 3..6),
            component("finance", 1, 1, 6..8),
        ],
        measures: vec![
            measure("1a", 0, 0, Reach::Cluster),
            measure("1b", 0, 0, Reach::Cluster),
            measure("1c", 0, 0, Reach::Cluster),
            measure("2a", 1, 0, Reach::Cluster),
            measure("2b", 1, 0, Reach::Cluster),
            measure("2c", 1, 0, Reach::Cluster),
            measure("finance.1", 2, 1, Reach::Pct),
            measure("finance.2", 2, 1, Reach::Pct),
        ],
        surveys: vec![(
            Some("stakeholder".to_owned()),
            SurveyRule {
                lowest: 1.0,
                highest: 6.0,
                points: vec![point(4.0, "somewhat agree"), point(5.0, "agree")],
                bands: vec![
                    band(1.0, "1"),
                    band(3.5, "2"),
                    band(4.5, "3"),
                    band(5.5, "4"),
                ],
                scale: ScaleIndex(0),
                source: None,
            },
        )],
        outcomes: OutcomeRule {
            asked: 10,
            span_years: 3,
            little_change: None,
            large_swing: None,
            catalogue: Vec::new(),
        },
        roles: Vec::new(),
        phases: Vec::new(),
        overall: None,
    }
}

pub(crate) const CLUSTER: &str = "cluster";
pub(crate) const FUNCTION: &str = "function";

/// SHA `Q30`, a cluster of `5KF`, `5KG` and `5KL`, `5J9` in no cluster, and a function that
/// `5KF` alone delegates to. `5D9` is in no cluster either, and not assured unless a test adds it.
pub(crate) fn organisations() -> Organisations {
    let body = |code: &str, kind, sha: Option<u32>| Body {
        code: code.to_owned(),
        name: format!("name of {code}"),
        kind,
        sha: sha.map(BodyIndex),
        period: Period::default(),
        ons_code: None,
        ons_cluster: None,
        population: None,
        commissions: true,
        succeeded_by: None,
        note: None,
        source: None,
    };
    let bodies = vec![
        body("Q30", BodyKind::Sha, None),
        body(CLUSTER, BodyKind::Cluster, Some(0)),
        body("5KF", BodyKind::Pct, Some(0)),
        body("5KG", BodyKind::Pct, Some(0)),
        body("5KL", BodyKind::Pct, Some(0)),
        body("5J9", BodyKind::Pct, Some(0)),
        body(FUNCTION, BodyKind::Function, Some(0)),
        body("5D9", BodyKind::Pct, Some(0)),
    ];
    let member = |pct: u32| Membership {
        cluster: BodyIndex(1),
        pct: BodyIndex(pct),
        period: Period::default(),
        source: None,
    };
    let delegation = Delegation {
        function: BodyIndex(6),
        pct: BodyIndex(2),
        period: Period::default(),
        source: None,
    };
    Organisations::new(
        bodies,
        vec![member(2), member(3), member(4)],
        vec![delegation],
    )
}

/// Builds a cycle.
pub(crate) struct Making {
    pub(crate) cycle: Cycle,
}

impl Making {
    pub(crate) fn new() -> Making {
        Making::with(framework(), organisations())
    }

    pub(crate) fn with(framework: Framework, organisations: Organisations) -> Making {
        let pcts = ["5KF", "5KG", "5KL", "5J9"]
            .iter()
            .filter_map(|code| organisations.find(code))
            .collect();
        Making {
            cycle: Cycle {
                id: "test/2".to_owned(),
                title: "Test".to_owned(),
                as_of: date(2009, 3, 1),
                illustrative: None,
                framework: Arc::new(framework),
                organisations: Arc::new(organisations),
                pcts,
                records: Records::default(),
            },
        }
    }

    pub(crate) fn body(&self, code: &str) -> BodyIndex {
        self.cycle
            .organisations
            .find(code)
            .expect("a body of the fixture")
    }

    pub(crate) fn measure(&self, id: &str) -> MeasureIndex {
        self.cycle
            .framework
            .find_measure(id)
            .expect("a measure of the fixture")
    }

    fn subject(&self, id: &str) -> Subject {
        match self.cycle.framework.find_measure(id) {
            Some(measure) => Subject::Measure(measure),
            None => Subject::Component(
                self.cycle
                    .framework
                    .find_component(id)
                    .expect("a component of the fixture"),
            ),
        }
    }

    pub(crate) fn record(&self) -> RecordId {
        let cycle = &self.cycle;
        let count = cycle.records.judgements.len()
            + cycle.records.surveys.len()
            + cycle.records.criteria.len();
        RecordId(u32::try_from(count + 1).expect("few records"))
    }

    /// Records a judgement; the value is a key of the subject's scale, or empty for unknown.
    pub(crate) fn judge(
        &mut self,
        body: &str,
        subject: &str,
        method: Method,
        value: &str,
    ) -> &mut Judgement {
        let subject = self.subject(subject);
        let framework = &self.cycle.framework;
        let scale = match subject {
            Subject::Measure(measure) => framework.scale_of(measure),
            Subject::Component(component) => framework.scale_of_component(component),
        };
        let judgement = Judgement {
            record: self.record(),
            body: self.body(body),
            subject,
            method,
            value: scale.step(value),
            assessor: None,
            details: None,
        };
        self.cycle.records.judgements.push(judgement);
        self.cycle
            .records
            .judgements
            .last_mut()
            .expect("just pushed")
    }

    /// Judges every measure of competencies 1 and 2 for the cluster at one level.
    pub(crate) fn judge_cluster(&mut self, method: Method, level: &str) {
        for measure in ["1a", "1b", "1c", "2a", "2b", "2c"] {
            self.judge(CLUSTER, measure, method, level);
        }
    }

    pub(crate) fn survey(&mut self, body: &str, measure: &str, score: f64) {
        let result = SurveyResult {
            record: self.record(),
            body: self.body(body),
            survey: "stakeholder".into(),
            measure: self.measure(measure),
            question: None,
            score: Some(score),
            wording: None,
            source: None,
        };
        self.cycle.records.surveys.push(result);
    }

    pub(crate) fn criterion(&mut self, body: &str, measure: &str, supports: Step) {
        let criterion = Criterion {
            inferred: None,
            record: self.record(),
            body: self.body(body),
            measure: self.measure(measure),
            kind: CriterionKind::Criterion,
            supports,
            reason: "no sustained improvement".into(),
            evidence: Default::default(),
            source: None,
        };
        self.cycle.records.criteria.push(criterion);
    }

    pub(crate) fn checked(self) -> CheckedCycle {
        self.cycle.check().expect("a cycle without contradictions")
    }
}
