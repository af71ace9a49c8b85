//! Reads how a component, an area or the whole is rated.

use super::builder::FrameworkBuilder;
use crate::toml_reader::Reader;
use wcc_core::Fraction;
use wcc_core::combine::Combination;
use wcc_core::framework::Rating;

/// Maximum weight, in whole units.
const MAX_WEIGHT: i32 = 10_000;
/// Maximum number of decimals of a weight.
const MAX_DECIMALS: u32 = 4;

/// The rating of a part without a rule: by marks on the scale `judged_on`, or none.
pub(super) fn rating_without_rule(build: &FrameworkBuilder, table: &Reader<'_>) -> Rating {
    let judged_on = table
        .text("judged_on")
        .and_then(|name| build.scale_named(table, &name));
    if let Some(judged) = table.flag("judged")
        && judged.value != table.has("judged_on")
    {
        table.document.add(&judged.spot, |at| {
            at("there is no rule, so `judged` says nothing more".to_owned())
                .expecting("judged_on = \"...\", the scale of its judgements, or neither key")
        });
    }
    judged_on.map_or(Rating::None, Rating::Marks)
}

/// The rating of a part with a rule. `usual` is whether marks can be recorded too, unless `judged`
/// says otherwise.
pub(super) fn rating_of_rule(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    rule: Combination,
    usual: bool,
) -> Rating {
    if table.has("judged_on") {
        let scale = build.scale(rule.scale).map_or("", |scale| &scale.title);
        table.document.add(&table.spot_of("judged_on"), |at| {
            at("a part with a rule is judged on the scale of the rule's result".to_owned())
                .expecting(format!("no `judged_on`: the scale is {scale}"))
        });
    }
    let judged = table.flag("judged");
    Rating::Rule {
        rule,
        marks: judged.map_or(usual, |judged| judged.value),
    }
}

/// How much a part counts: 1 unless the table says otherwise.
pub(super) fn weight(table: &Reader<'_>) -> Fraction {
    let usual = Fraction::from(1);
    let Some(weight) = table.exact("weight") else {
        return usual;
    };
    let decimals = weight.value.decimals().unwrap_or(u32::MAX);
    let is_valid = weight.value > Fraction::default()
        && weight.value <= Fraction::from(MAX_WEIGHT)
        && decimals <= MAX_DECIMALS;
    if is_valid {
        return weight.value;
    }
    table.document.add(&weight.spot, |at| {
        at(format!("{} cannot be a weight", weight.value)).expecting(format!(
            "a number above 0 and up to {MAX_WEIGHT}, with up to {MAX_DECIMALS} decimals"
        ))
    });
    usual
}
