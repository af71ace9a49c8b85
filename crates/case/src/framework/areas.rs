//! Reads the `[[area]]` tables with their components and measures.

use super::builder::{
    FrameworkBuilder, TEXT, UNKNOWN_SCALE, UniqueIds, identifier, optional_identifier,
};
use super::rules::{self, Inputs, WrittenRule};
use super::{overall, ratings};
use crate::format::Version;
use crate::toml_reader::{Located, Reader};
use wcc_core::combine::{Combination, Rule};
use wcc_core::framework::{Area, Component, Measure, Rating, Reach, RuleInputs, ScaleIndex};
use wcc_core::{ComponentIndex, MeasureIndex};
use wcc_core::{Step, Subject};

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
struct Inherited<'a> {
    scale: Option<ScaleIndex>,
    reach: Reach,
    may_not_apply: bool,
    only_for: Option<&'a str>,
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
    let is_first = build.version == Version::First;
    table.only(&keys(
        build,
        &[
            "id",
            "title",
            "component_word",
            "scale",
            "reach",
            "confirm",
            "result",
            "component",
        ],
        &["weight", "not_applicable", "only_for"],
    ));
    let id = identifier(table, "id");
    if let Some(id) = &id {
        if is_first {
            ids.take(table, id, &table.spot);
        } else {
            // Judgements and limits may name areas, components and measures alike.
            refuse_reserved(table, id);
            build.subjects.take(table, id, &table.spot);
        }
    }
    for key in ["scale", "rule"] {
        if is_first && !table.has(key) {
            table.missing(key);
        }
    }
    let rule = rules::read_rule(build, table);
    let nothing = Inherited {
        scale: None,
        reach: Reach::Cluster,
        may_not_apply: false,
        only_for: None,
    };
    let inherited = overridden(build, table, nothing);
    let first = build.components.len();
    let component_word = if is_first || table.has("component_word") {
        table.required_owned("component_word")
    } else {
        "component".to_owned()
    };
    // The area is added first, because its components refer to it.
    build.areas.push(Area {
        id: id.map_or_else(String::new, |id| id.value.to_owned()),
        title: table.required_owned("title"),
        component_word,
        rating: Rating::None,
        over: RuleInputs::Components,
        weight: ratings::weight(table),
    });
    let components = table.tables("component");
    if components.is_empty() && !table.has("component") {
        table.missing("component");
    }
    for component_table in &components {
        component(build, component_table, &rule, inherited);
    }
    let (rating, over) = area_result(build, table, first);
    if rating == Rating::None && table.has("result") {
        build.reported_areas.push(build.areas.len() - 1);
    }
    if let Some(area) = build.areas.last_mut() {
        (area.rating, area.over) = (rating, over);
    }
}

/// The keys of a table with a rule, with those that later versions add.
fn keys(
    build: &FrameworkBuilder,
    own: &[&'static str],
    later: &[&'static str],
) -> Vec<&'static str> {
    let mut keys = rules::with_rule_keys(own);
    if build.version != Version::First {
        keys.extend(later);
    }
    keys
}

/// The `[area.result]` table: how the area is rated as a whole.
fn area_result(
    build: &mut FrameworkBuilder,
    table: &Reader<'_>,
    first: usize,
) -> (Rating, RuleInputs) {
    let none = (Rating::None, RuleInputs::Components);
    let Some(result) = table.table("result") else {
        return none;
    };
    let is_first = build.version == Version::First;
    if is_first {
        result.only(&rules::KEYS);
    } else {
        result.only(&rules::with_rule_keys(&[
            "over",
            "confirm",
            "judged",
            "judged_on",
        ]));
    }
    if !result.has("rule") {
        if is_first {
            result.missing("rule");
        } else {
            return (ratings::rating_without_rule(build, &result), none.1);
        }
    }
    let kinds = [
        ("components", RuleInputs::Components),
        ("measures", RuleInputs::Measures),
    ];
    let over = result
        .word("over", &kinds)
        .map_or(RuleInputs::Components, |over| over.value);
    let area = build.areas.len() - 1;
    let each = overall::input_scales(build, over, &[area]);
    // An area without components was already reported.
    let is_reported = is_first
        && !build
            .components
            .iter()
            .skip(first)
            .any(|component| !component.scored);
    if each.is_empty() && !is_reported {
        result.document.add(&result.spot, |at| {
            let message = "no component of the area is scored, so it cannot have a result";
            let problem = at(message.to_owned());
            if is_first {
                problem
            } else {
                problem.expecting("components with a rule or `judged_on`, or over = \"measures\"")
            }
        });
    }
    let inputs = Inputs {
        usual_result: each.first().map(|(scale, _)| *scale),
        each,
    };
    let combination = rules::read_rule(build, &result).resolve(build, &result, &inputs);
    let rating = combination.map_or(Rating::None, |combination| {
        ratings::rating_of_rule(build, &result, combination, !is_first)
    });
    (rating, over)
}

fn component(
    build: &mut FrameworkBuilder,
    table: &Reader<'_>,
    area: &WrittenRule<'_>,
    from_area: Inherited<'_>,
) {
    let is_first = build.version == Version::First;
    table.only(&keys(
        build,
        &[
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
        ],
        &[
            "weight",
            "not_applicable",
            "only_for",
            "judged",
            "judged_on",
            "rated",
        ],
    ));
    let id = subject_id(build, table);
    let title = table.required_owned("title");
    let flag = table.flag("scored");
    let scored_is_reported = flag.is_none() && (table.has("scored") || table.is_misspelt("scored"));
    let scored = flag.is_none_or(|scored| scored.value);
    let inherited = overridden(build, table, from_area);
    let rule = rules::read_rule(build, table).or(area, build, table);
    let mapping = build.mapping(table, true);
    let component = ComponentIndex(u16::try_from(build.components.len()).unwrap_or(u16::MAX));
    let first = build.measures.len();
    let measures = table.tables("measure");
    // Malformed measures were already reported.
    let count = table.count("measure").unwrap_or_default();
    if !scored_is_reported && (count > 0 || !table.has("measure")) {
        check_scored(build, table, scored, count);
    }
    for measure_table in &measures {
        measure(build, measure_table, component, inherited);
    }
    let own = build.measures.get(first..).unwrap_or_default();
    let counted = own.iter().filter(|measure| {
        is_first
            || build
                .scale(measure.scale)
                .is_none_or(|scale| !scale.is_text())
    });
    let inputs = Inputs {
        each: counted
            .map(|measure| (measure.scale, measure.weight))
            .collect(),
        usual_result: inherited.scale,
    };
    let last = build.measures.len();
    let of_measures = ["not_applicable", "only_for"];
    if let Some(key) = of_measures
        .into_iter()
        .find(|key| !is_first && table.has(key))
        && first == last
    {
        table.document.add(&table.spot_of(key), |at| {
            at("only measures can be left out, and there is none here".to_owned())
                .expecting("a measure, or no such key")
        });
    }
    let rating = component_rating(build, table, rule, &inputs, from_area);
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
        rating,
        weight: ratings::weight(table),
        mapping,
    });
}

/// How a component is rated: by its own rule, by its area's, or as `judged_on` and `rated` say.
fn component_rating(
    build: &mut FrameworkBuilder,
    table: &Reader<'_>,
    rule: WrittenRule<'_>,
    inputs: &Inputs,
    from_area: Inherited<'_>,
) -> Rating {
    let is_first = build.version == Version::First;
    let is_rated = table.flag("rated").is_none_or(|rated| rated.value);
    if !is_first {
        if !is_rated && table.has("rule") {
            table.document.add(&table.spot_of("rated"), |at| {
                at("the component has a rule, so it is rated".to_owned())
                    .expecting("either a `rule`, or rated = false")
            });
            return Rating::None;
        }
        if !is_rated || !rule.is_some() || !table.has("rule") && table.has("judged_on") {
            return ratings::rating_without_rule(build, table);
        }
        // The area's rule is not for headings without anything to count.
        if inputs.each.is_empty() && !table.has("rule") {
            return Rating::None;
        }
    }
    // A problem in the area's rule is reported once, unless this component changes the rule.
    let component_keys = rules::with_rule_keys(&["confirm", "scale"]);
    let differs = component_keys.into_iter().any(|key| table.has(key))
        || inputs
            .each
            .iter()
            .any(|(scale, _)| Some(*scale) != from_area.scale);
    let rule = if differs {
        rule.reported_at(table)
    } else {
        rule
    };
    let combination = rule.resolve(build, table, inputs);
    // In the first version, a component that is not assessed has a rule as well.
    let combination = combination.or_else(|| is_first.then(placeholder_rule));
    combination.map_or(Rating::None, |combination| {
        ratings::rating_of_rule(build, table, combination, true)
    })
}

/// Replaces a rule that has a problem.
fn placeholder_rule() -> Combination {
    Combination::new(Rule::Lowest, UNKNOWN_SCALE)
}

fn check_scored(build: &FrameworkBuilder, table: &Reader<'_>, scored: bool, measures: usize) {
    // Later versions have headings that nothing is judged under.
    if scored && measures == 0 && build.version == Version::First {
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

fn overridden<'a>(
    build: &mut FrameworkBuilder,
    table: &Reader<'a>,
    above: Inherited<'a>,
) -> Inherited<'a> {
    let is_first = build.version == Version::First;
    let scale = table.text("scale").and_then(|name| {
        if name.value == TEXT && !is_first {
            build.text_scale()
        } else {
            build.scale_named(table, &name)
        }
    });
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
        may_not_apply: table
            .flag("not_applicable")
            .map_or(above.may_not_apply, |flag| flag.value),
        only_for: optional_identifier(table, "only_for")
            .map_or(above.only_for, |feature| Some(feature.value)),
    }
}

fn subject_id(build: &mut FrameworkBuilder, table: &Reader<'_>) -> String {
    let Some(id) = identifier(table, "id") else {
        return String::new();
    };
    if build.version != Version::First {
        refuse_reserved(table, &id);
    }
    build.subjects.take(table, &id, &table.spot);
    id.value.to_owned()
}

/// Refuses the identifier that means the overall result.
fn refuse_reserved(table: &Reader<'_>, id: &Located<&str>) {
    if id.value.eq_ignore_ascii_case(Subject::OVERALL) {
        table.document.add(&id.spot, |at| {
            at("this identifier means the overall result".to_owned()).expecting("another one")
        });
    }
}

fn measure(
    build: &mut FrameworkBuilder,
    table: &Reader<'_>,
    component: ComponentIndex,
    above: Inherited<'_>,
) {
    let is_first = build.version == Version::First;
    let keys = [
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
    ];
    let later = ["weight", "not_applicable", "only_for"];
    table.only(&[&keys[..], if is_first { &[] } else { &later }].concat());
    let id = subject_id(build, table);
    let inherited = overridden(build, table, above);
    if inherited.scale.is_none() && !is_first {
        table.document.add(&table.spot, |at| {
            at("the measure has no scale".to_owned()).expecting(
                "`scale` here, in its component or in its area; scale = \"text\" if it is judged \
                 in words",
            )
        });
    }
    let scale = inherited.scale.unwrap_or(UNKNOWN_SCALE);
    let measure = Measure {
        id,
        title: table.required_owned("title"),
        component,
        scale,
        reach: inherited.reach,
        weight: ratings::weight(table),
        may_not_apply: inherited.may_not_apply,
        is_asked: true,
        only_for: inherited.only_for.map(str::to_lowercase),
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
            .map_or_else(String::new, |scale| scale.key(step).into_owned())
    };
    texts
        .into_iter()
        .map(|(step, text)| (key_of(step), text))
        .collect()
}
