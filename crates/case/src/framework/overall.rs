//! Reads the `[overall]` table.

use super::builder::{FrameworkBuilder, UniqueIds};
use super::ratings;
use super::rules::{self, Inputs};
use crate::format::Version;
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::Reader;
use wcc_core::Fraction;
use wcc_core::framework::{Overall, RuleInputs, ScaleIndex};

/// What a rule over some areas can count.
const RULE_INPUTS: [(&str, RuleInputs); 3] = [
    ("areas", RuleInputs::Areas),
    ("components", RuleInputs::Components),
    ("measures", RuleInputs::Measures),
];

pub(super) fn overall(build: &mut FrameworkBuilder, table: &Reader<'_>) -> Option<Overall> {
    let is_first = build.version == Version::First;
    let own: &[&str] = if is_first {
        &["title", "over", "areas"]
    } else {
        &["title", "over", "areas", "confirm", "judged", "judged_on"]
    };
    table.only(&rules::with_rule_keys(own));
    // An overall result without a rule is only judged.
    let has_rule = is_first || ["rule", "over"].iter().any(|key| table.has(key));
    for key in ["over", "rule"] {
        if has_rule && !table.has(key) {
            table.missing(key);
        }
    }
    let title = table.required_owned("title");
    let over = table.word("over", &RULE_INPUTS);
    let areas = overall_areas(build, table);
    if !has_rule {
        return Some(Overall {
            title,
            over: RuleInputs::Measures,
            areas,
            rating: ratings::rating_without_rule(build, table),
        });
    }
    let written = rules::read_rule(build, table);
    let over = over?.value;
    if over == RuleInputs::Areas {
        require_results(build, table, &areas);
    }
    let each = input_scales(build, over, &areas);
    let is_reported = !build.components.iter().any(|component| !component.scored);
    if each.is_empty() && !areas.is_empty() && over != RuleInputs::Areas && !is_reported {
        table.document.add(&table.spot_of("over"), |at| {
            at("nothing in these areas is scored, so there is no result".to_owned())
        });
    }
    let inputs = Inputs {
        usual_result: each.first().map(|(scale, _)| *scale),
        each,
    };
    let combination = written.resolve(build, table, &inputs)?;
    Some(Overall {
        title,
        over,
        rating: ratings::rating_of_rule(build, table, combination, !is_first),
        areas,
    })
}

fn overall_areas(build: &FrameworkBuilder, table: &Reader<'_>) -> Vec<usize> {
    let Some(names) = table.texts("areas") else {
        return (0..build.areas.len()).collect();
    };
    if table.count("areas") == Some(0) {
        table.document.add(&table.spot_of("areas"), |at| {
            at("the list is empty".to_owned()).expecting("an area, or no `areas` for all of them")
        });
    }
    let ids = || build.areas.iter().map(|area| area.id.as_str());
    let mut repeated = UniqueIds::default();
    let mut positions = Vec::new();
    for name in &names {
        repeated.take(table, name, &name.spot);
        match build.areas.iter().position(|area| area.id == name.value) {
            Some(at) => positions.push(at),
            // The area meant may be one whose identifier could not be read.
            None if ids().any(str::is_empty) => {}
            None => table.document.add(&name.spot, |at| {
                at(format!("there is no area {}", quoted(name.value)))
                    .expecting_one_of(ids())
                    .nearest_to(nearest(name.value, ids()))
            }),
        }
    }
    positions.sort_unstable();
    positions.dedup();
    positions
}

fn require_results(build: &FrameworkBuilder, table: &Reader<'_>, areas: &[usize]) {
    for at in areas {
        let Some(area) = build.areas.get(*at) else {
            continue;
        };
        if area.rating.scale().is_none() && !build.reported_areas.contains(at) {
            table.document.add(&table.spot_of("over"), |at| {
                let id = quoted(&area.id);
                at(format!("the area {id} has no result to combine"))
                    .expecting("an [area.result] in it, other `areas`, or over = \"components\"")
            });
        }
    }
}

/// The scale and weight of everything that a rule over some areas counts.
pub(super) fn input_scales(
    build: &FrameworkBuilder,
    over: RuleInputs,
    areas: &[usize],
) -> Vec<(ScaleIndex, Fraction)> {
    let is_included = |component: u16| {
        let component = build.components.get(usize::from(component));
        component.is_some_and(|component| component.scored && areas.contains(&component.area))
    };
    match over {
        RuleInputs::Areas => areas
            .iter()
            .filter_map(|at| {
                let area = build.areas.get(*at)?;
                Some((area.rating.scale()?, area.weight))
            })
            .collect(),
        RuleInputs::Components => (0..)
            .zip(&build.components)
            .filter(|(at, _)| is_included(*at))
            .filter_map(|(_, component)| Some((component.rating.scale()?, component.weight)))
            .collect(),
        RuleInputs::Measures => build
            .measures
            .iter()
            .filter(|measure| is_included(measure.component.0))
            .filter(|measure| {
                build
                    .scale(measure.scale)
                    .is_none_or(|scale| !scale.is_text())
            })
            .map(|measure| (measure.scale, measure.weight))
            .collect(),
    }
}
