//! Reads the `[[area]]` tables with their components and measures.

use super::builder::{FrameworkBuilder, UNKNOWN_SCALE, UniqueIds, identifier};
use super::rules::{self, Inputs, WrittenRule};
use crate::format::Version;
use crate::toml_reader::Reader;
use wcc_core::Step;
use wcc_core::combine::{Combination, Rule};
use wcc_core::framework::{Area, Component, Measure, Reach, ScaleIndex};
use wcc_core::{ComponentIndex, MeasureIndex};

const MAX_COMPONENTS: usize = 200;
const MAX_MEASURES: usize = 2_000;

/// The words for whether a measure is assured once for a group or for each body.
fn reaches(version: Version) -> [(&'static str, Reach); 2] {
    match version {
        Version::First => [("cluster", Reach::Cluster), ("pct", Reach::Pct)],
        Version::Second => [("group", Reach::Cluster), ("body", Reach::Pct)],
    }
}

/// The settings that measures inherit from the tables above them.
#[derive(Clone, Copy)]
struct Inherited {
    scale: Option<ScaleIndex>,
    reach: Reach,
}

pub(super) fn areas(build: &mut FrameworkBuilder, root: &Reader<'_>) {
    let tables = root.tables("area");
    if tables.is_empty() && !root.has("area") {
        root.missing("area");
    }
    let mut ids = UniqueIds::default();
    for table in tables.iter().take(MAX_COMPONENTS) {
        area(build, table, &mut ids);
    }
    let counts = [
        (tables.len(), MAX_COMPONENTS, "areas"),
        (build.components.len(), MAX_COMPONENTS, "components"),
        (build.measures.len(), MAX_MEASURES, "measures"),
    ];
    for (count, limit, what) in counts {
        if count > limit {
            root.document.add(&root.spot_of("area"), |at| {
                at(format!("there are {count} {what}")).expecting(format!("at most {limit}"))
            });
        }
    }
}

fn area(build: &mut FrameworkBuilder, table: &Reader<'_>, ids: &mut UniqueIds) {
    table.only(&rules::with_rule_keys(&[
        "id",
        "title",
        "component_word",
        "scale",
        "reach",
        "confirm",
        "result",
        "component",
    ]));
    let id = identifier(table, "id");
    if let Some(id) = &id {
        ids.take(table, id, &table.spot);
    }
    for key in ["scale", "rule"] {
        if !table.has(key) {
            table.missing(key);
        }
    }
    let rule = rules::read_rule(build, table);
    let inherited = Inherited {
        scale: table
            .text("scale")
            .and_then(|name| build.scale_named(table, &name)),
        reach: table
            .word("reach", &reaches(build.version))
            .map_or(Reach::Cluster, |reach| reach.value),
    };
    let first = build.components.len();
    // The area is added first, because its components refer to it.
    build.areas.push(Area {
        id: id.map_or_else(String::new, |id| id.value.to_owned()),
        title: table.required_owned("title"),
        component_word: table.required_owned("component_word"),
        combination: None,
    });
    let components = table.tables("component");
    if components.is_empty() && !table.has("component") {
        table.missing("component");
    }
    for component_table in &components {
        component(build, component_table, &rule, inherited);
    }
    let combination = area_result(build, table, first);
    if combination.is_none() && table.has("result") {
        build.reported_areas.push(build.areas.len() - 1);
    }
    if let Some(area) = build.areas.last_mut() {
        area.combination = combination;
    }
}

/// The `[area.result]` table: how the components from `first` on combine into a result.
fn area_result(build: &FrameworkBuilder, table: &Reader<'_>, first: usize) -> Option<Combination> {
    let result = table.table("result")?;
    result.only(&rules::KEYS);
    if !result.has("rule") {
        result.missing("rule");
    }
    let scales: Vec<ScaleIndex> = build
        .components
        .iter()
        .skip(first)
        .filter(|component| component.scored)
        .map(|component| component.combination.scale)
        .collect();
    // An area without components was already reported.
    let is_reported = !build
        .components
        .iter()
        .skip(first)
        .any(|component| !component.scored);
    if scales.is_empty() && !is_reported {
        result.document.add(&result.spot, |at| {
            at("no component of the area is scored, so it cannot have a result".to_owned())
        });
    }
    let inputs = Inputs {
        usual_result: scales.first().copied(),
        scales,
    };
    rules::read_rule(build, &result).resolve(build, &result, &inputs)
}

fn component(
    build: &mut FrameworkBuilder,
    table: &Reader<'_>,
    area: &WrittenRule<'_>,
    from_area: Inherited,
) {
    table.only(&rules::with_rule_keys(&[
        "id",
        "title",
        "label",
        "scored",
        "confirm",
        "scale",
        "reach",
        "previous",
        "change",
        "change_note",
        "measure",
    ]));
    let id = subject_id(build, table);
    let title = table.required_owned("title");
    let flag = table.flag("scored");
    let scored_is_reported = flag.is_none() && (table.has("scored") || table.is_misspelt("scored"));
    let scored = flag.is_none_or(|scored| scored.value);
    let inherited = overridden(build, table, from_area);
    let rule = rules::read_rule(build, table).or(area, table);
    let mapping = build.mapping(table, true);
    let component = ComponentIndex(u16::try_from(build.components.len()).unwrap_or(u16::MAX));
    let first = build.measures.len();
    let measures = table.tables("measure");
    // Malformed measures were already reported.
    let count = table.count("measure").unwrap_or_default();
    if !scored_is_reported && (count > 0 || !table.has("measure")) {
        check_scored(table, scored, count);
    }
    for measure_table in &measures {
        measure(build, measure_table, component, inherited);
    }
    let inputs = Inputs {
        scales: build
            .measures
            .iter()
            .skip(first)
            .map(|measure| measure.scale)
            .collect(),
        usual_result: inherited.scale,
    };
    // A problem in the area's rule is reported once, unless this component changes the rule.
    let component_keys = rules::with_rule_keys(&["confirm", "scale"]);
    let differs = component_keys.into_iter().any(|key| table.has(key))
        || inputs
            .scales
            .iter()
            .any(|scale| Some(*scale) != from_area.scale);
    let rule = if differs {
        rule.reported_at(table)
    } else {
        rule
    };
    let combination = rule.resolve(build, table, &inputs);
    let last = build.measures.len();
    build.components.push(Component {
        id,
        label: table.owned("label").unwrap_or_else(|| title.clone()),
        title,
        area: build.areas.len() - 1,
        measures: (first..last)
            .filter_map(|at| u16::try_from(at).ok())
            .map(MeasureIndex)
            .collect(),
        scored,
        combination: combination.unwrap_or_else(placeholder_rule),
        mapping,
    });
}

/// Replaces a rule that has a problem.
fn placeholder_rule() -> Combination {
    Combination::new(Rule::Lowest, UNKNOWN_SCALE)
}

fn check_scored(table: &Reader<'_>, scored: bool, measures: usize) {
    if scored && measures == 0 {
        table.document.add(&table.spot, |at| {
            at("the component has no measures".to_owned())
                .expecting("a [[area.component.measure]], or scored = false if it is not assessed")
        });
    }
    if !scored && measures > 0 {
        table.document.add(&table.spot_of("scored"), |at| {
            at("the component is not scored but has measures".to_owned())
                .expecting("scored = true, or no measures")
        });
    }
}

fn overridden(build: &FrameworkBuilder, table: &Reader<'_>, above: Inherited) -> Inherited {
    let scale = table
        .text("scale")
        .and_then(|name| build.scale_named(table, &name));
    let scale = if table.has("scale") || table.is_misspelt("scale") {
        Some(scale.unwrap_or(UNKNOWN_SCALE))
    } else {
        above.scale
    };
    Inherited {
        scale,
        reach: table
            .word("reach", &reaches(build.version))
            .map_or(above.reach, |reach| reach.value),
    }
}

fn subject_id(build: &mut FrameworkBuilder, table: &Reader<'_>) -> String {
    let Some(id) = identifier(table, "id") else {
        return String::new();
    };
    build.subjects.take(table, &id, &table.spot);
    id.value.to_owned()
}

fn measure(
    build: &mut FrameworkBuilder,
    table: &Reader<'_>,
    component: ComponentIndex,
    above: Inherited,
) {
    table.only(&[
        "id",
        "title",
        "reach",
        "scale",
        "looked_for",
        "descriptors",
        "previous",
        "change",
        "change_note",
        "source",
    ]);
    let id = subject_id(build, table);
    let inherited = overridden(build, table, above);
    let scale = inherited.scale.unwrap_or(UNKNOWN_SCALE);
    let measure = Measure {
        id,
        title: table.required_owned("title"),
        component,
        scale,
        reach: inherited.reach,
        looked_for: table.owned("looked_for"),
        descriptors: descriptors(build, table, scale),
        mapping: build.mapping(table, false),
        source: table.owned("source"),
    };
    build.measures.push(measure);
}

/// The requirements of each step, worst step first.
fn descriptors(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    scale: ScaleIndex,
) -> Vec<(String, String)> {
    let Some(written) = table.table("descriptors") else {
        return Vec::new();
    };
    let mut keys = UniqueIds::default();
    let mut texts: Vec<(Step, String)> = Vec::new();
    for (key, text) in written.every_text() {
        keys.take(table, &key, &key.spot);
        if let Some(step) = build.step_named(table, scale, &key) {
            texts.push((step, text.value.to_owned()));
        }
    }
    texts.sort_by_key(|(step, _)| *step);
    let key_of = |step| {
        build
            .scale(scale)
            .map_or_else(String::new, |scale| scale.key(step).to_owned())
    };
    texts
        .into_iter()
        .map(|(step, text)| (key_of(step), text))
        .collect()
}
