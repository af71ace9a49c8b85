//! Turns a batch back into a cycle of the core, as far as checking an answer needs it.

use std::collections::BTreeSet;
use std::sync::Arc;
use wcc_core::body::{Body, BodyIndex, BodyKind, Organisations, Period};
use wcc_core::combine::{Combination, Rule};
use wcc_core::framework::{
    Area, Component, ComponentIndex, Framework, Measure, MeasureIndex, Methods, OutcomeRule,
    PanelRule, Rating, Reach, RuleInputs, ScaleIndex, StartRule, Words,
};
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope, Series};
use wcc_core::record::Records;
use wcc_core::scale::{Scale, ScaleStep, Values};
use wcc_core::{CheckedCycle, Cycle, Fraction};
use wcc_plugin::{self as message, Batch, kind};

/// Builds the cycle of a batch, and lists the bodies that were sent.
///
/// # Errors
/// If the batch contradicts itself.
pub(super) fn from_batch(batch: &Batch<'_>) -> Result<(CheckedCycle, Vec<BodyIndex>), String> {
    let mut codes = BTreeSet::new();
    for body in &batch.bodies {
        if !codes.insert(body.code.to_ascii_uppercase()) {
            return Err(format!("the batch has the body `{}` twice", body.code));
        }
    }
    let cycle = Cycle {
        id: "conformance".to_owned(),
        title: String::new(),
        as_of: batch
            .as_of
            .parse()
            .map_err(|error| format!("`as_of` of the batch: {error}"))?,
        illustrative: None,
        framework: Arc::new(framework(batch)?),
        organisations: Arc::new(organisations(batch)),
        pcts: Vec::new(),
        records: Records::default(),
        partly_seen_approvals: std::collections::BTreeMap::new(),
        unseen_groups: std::collections::BTreeSet::new(),
    };
    let count = u32::try_from(batch.bodies.len()).map_err(|error| error.to_string())?;
    let cycle = cycle.check();
    let cycle = cycle.map_err(|errors| match errors.first() {
        Some(error) => format!("the batch contradicts itself: {error}"),
        None => "the batch contradicts itself".to_owned(),
    })?;
    Ok((cycle, (0..count).map(BodyIndex).collect()))
}

fn organisations(batch: &Batch<'_>) -> Organisations {
    let sha = batch.bodies.iter().position(|body| body.kind == kind::SHA);
    let sha = sha.and_then(|at| u32::try_from(at).ok()).map(BodyIndex);
    let body = |body: &message::Body<'_>| Body {
        code: body.code.to_string(),
        name: body.code.to_string(),
        kind: match body.kind.as_str() {
            kind::SHA => BodyKind::Sha,
            kind::CLUSTER => BodyKind::Cluster,
            kind::PCT => BodyKind::Pct,
            // Bodies of unknown kinds count as functions: they may have findings, but nothing else.
            _ => BodyKind::Function,
        },
        sha,
        period: Period::default(),
        ons_code: None,
        ons_cluster: None,
        population: None,
        commissions: true,
        succeeded_by: None,
        work: Default::default(),
        features: Vec::new(),
        note: None,
        source: None,
    };
    let bodies = batch.bodies.iter().map(body).collect();
    Organisations::new(bodies, Vec::new(), Vec::new())
}

fn framework(batch: &Batch<'_>) -> Result<Framework, String> {
    let from = &batch.framework;
    let scale = |id: &str| {
        let position = from.scales.iter().position(|scale| scale.id == id);
        let index = position
            .and_then(|position| u16::try_from(position).ok())
            .map(ScaleIndex);
        index.ok_or_else(|| format!("the batch's framework has no scale `{id}`"))
    };
    let mut areas: Vec<Area> = Vec::new();
    let mut components = Vec::new();
    let mut measures: Vec<Measure> = Vec::new();
    for (at, component) in (0..).zip(&from.components) {
        let area = areas.iter().position(|area| component.area == *area.id);
        let area = area.unwrap_or_else(|| {
            areas.push(self::area(&component.area));
            areas.len() - 1
        });
        let first = measures.len();
        for measure in &component.measures {
            measures.push(self::measure(measure, at, scale(&measure.scale)?));
        }
        let own = (first..measures.len()).filter_map(|at| u16::try_from(at).ok());
        components.push(Component {
            id: component.id.to_string(),
            title: component.id.to_string(),
            label: component.id.to_string(),
            area,
            measures: own.map(MeasureIndex).collect(),
            scored: first < measures.len(),
            rating: match scale(&component.scale) {
                // The scale of a calculated figure has no name, and a heading no scale.
                Err(_) if component.scale.is_empty() => Rating::None,
                scale => Rating::Rule {
                    rule: Combination::new(Rule::Lowest, scale?),
                    marks: true,
                },
            },
            weight: Fraction::from(1),
            mapping: None,
        });
    }
    Ok(Framework {
        id: from.id.to_string(),
        title: from.id.to_string(),
        year: String::new(),
        previous: None,
        note: None,
        words: Words::world_class_commissioning(),
        methods: Methods::world_class_commissioning(),
        scales: from.scales.iter().map(self::scale).collect(),
        areas,
        components,
        measures,
        rating_schemes: Vec::new(),
        surveys: Default::default(),
        series: Series::by_sex(),
        outcomes: OutcomeRule {
            asked: from.outcomes_asked,
            span_years: 3,
            little_change: None,
            large_swing: None,
            aims: Vec::new(),
            catalogue: catalogue(batch),
        },
        roles: Vec::new(),
        phases: Vec::new(),
        panel: PanelRule::default(),
        approvals: Vec::new(),
        overall: None,
        limits: Vec::new(),
        areas_to_lead: Vec::new(),
        plans: Vec::new(),
        start: StartRule::default(),
        reviews: Vec::new(),
        review: None,
        documents: Vec::new(),
        text_sha256: String::new(),
    })
}

fn scale(from: &message::Scale<'_>) -> Scale {
    let step = |(points, key): (i32, &message::Text<'_>)| ScaleStep {
        key: key.to_string(),
        title: key.to_string(),
        points: points.into(),
        colour: None,
    };
    Scale {
        id: from.id.to_string(),
        title: from.id.to_string(),
        better: Better::Higher,
        values: Values::Steps((1..).zip(&from.steps).map(step).collect()),
    }
}

fn area(id: &str) -> Area {
    Area {
        id: id.to_owned(),
        title: id.to_owned(),
        component_word: "component".to_owned(),
        rating: Rating::None,
        over: RuleInputs::Components,
        weight: Fraction::from(1),
    }
}

fn measure(from: &message::Measure<'_>, component: u16, scale: ScaleIndex) -> Measure {
    Measure {
        id: from.id.to_string(),
        title: from.id.to_string(),
        component: ComponentIndex(component),
        scale,
        reach: match from.reach.as_str() {
            "pct" => Reach::Pct,
            _ => Reach::Cluster,
        },
        weight: Fraction::from(1),
        may_not_apply: false,
        is_asked: true,
        only_for: None,
        looked_for: None,
        descriptors: Vec::new(),
        mapping: None,
        source: None,
    }
}

/// Defines every outcome that any body of the batch has.
fn catalogue(batch: &Batch<'_>) -> Vec<OutcomeDefinition> {
    let outcomes = batch.bodies.iter().flat_map(|body| &body.outcomes);
    let ids: BTreeSet<&str> = outcomes.map(|outcome| outcome.outcome.as_str()).collect();
    let definition = |id: &str| OutcomeDefinition {
        id: id.to_owned(),
        title: id.to_owned(),
        unit: String::new(),
        better: Better::Higher,
        scope: OutcomeScope::Local,
        series: vec!["persons".to_owned()],
        min: None,
        max: None,
        vital_signs: None,
        source: None,
    };
    ids.into_iter().map(definition).collect()
}
