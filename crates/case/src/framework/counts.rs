//! Reads and checks the conditions of the rule `counts`.

use super::builder::FrameworkBuilder;
use super::rules::{Inputs, distinct};
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader, Spot};
use wcc_core::combine::{Condition, Counting};
use wcc_core::framework::ScaleIndex;

/// Maximum of `at_least`: the most measures that a framework may have.
const MAX_COUNT: i64 = 2_000;
const EXPECTED: &str =
    "conditions = [ { at_least = 2, at_or_below = \"amber\", gives = \"amber\" }, ... ]";

/// A condition as written, before its scales are known.
#[derive(Clone)]
pub(super) struct WrittenCondition<'a> {
    at_least: Located<i64>,
    at_or_below: Located<&'a str>,
    gives: Located<&'a str>,
}

/// Reads the list of conditions in a table.
pub(super) fn conditions<'a>(table: &Reader<'a>) -> Located<Vec<WrittenCondition<'a>>> {
    let rows = table.tables("conditions");
    let conditions = rows.iter().filter_map(|row| {
        row.only(&["at_least", "at_or_below", "gives"]);
        if !row.has("at_least") {
            row.missing("at_least");
        }
        let at_least = row.integer("at_least", 1..=MAX_COUNT);
        let at_or_below = row.required_text("at_or_below");
        let gives = row.required_text("gives");
        Some(WrittenCondition {
            at_least: at_least?,
            at_or_below: at_or_below?,
            gives: gives?,
        })
    });
    Located {
        value: conditions.collect(),
        spot: table.spot_of("conditions"),
    }
}

/// The conditions of one rule, with their places.
pub(super) struct LocatedConditions<'a> {
    /// The place of the rule's name.
    pub(super) rule_spot: &'a Spot,
    /// The conditions.
    pub(super) conditions: &'a [WrittenCondition<'a>],
    /// The place of the conditions, if there are any.
    pub(super) written_at: Option<&'a Spot>,
    /// The result if no condition holds; by default the best step of the result's scale.
    pub(super) otherwise: Option<&'a Located<&'a str>>,
}

impl LocatedConditions<'_> {
    /// Looks up the steps of the conditions: counted steps on the scale of the inputs, results on
    /// the scale of the result.
    pub(super) fn resolve(
        &self,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
        result: ScaleIndex,
        inputs: &Inputs,
    ) -> Option<Counting> {
        if self.conditions.is_empty() {
            // Problems within the list were already reported.
            let is_empty = self.written_at.is_none() || table.tables("conditions").is_empty();
            if is_empty {
                let spot = self.written_at.unwrap_or(self.rule_spot);
                table.document.add(spot, |at| {
                    at("the rule counts has no conditions".to_owned()).expecting(EXPECTED)
                });
            }
            return None;
        }
        let scales = distinct(build, inputs);
        if let [first, second, ..] = scales[..] {
            table.document.add(self.rule_spot, |at| {
                at(format!(
                    "the rule counts combines steps of the scales {} and {}",
                    first.title, second.title
                ))
                .expecting("inputs of one scale, or a rule with bands")
            });
            return None;
        }
        let (scale, _) = *inputs.each.first()?;
        let best = build.scale(result)?.best();
        let mut resolved: Vec<Condition> = Vec::new();
        for written in self.conditions {
            let at_or_below_step = build.step_named(table, scale, &written.at_or_below);
            let gives_step = build.step_named(table, result, &written.gives);
            let (Some(at_or_below), Some(gives)) = (at_or_below_step, gives_step) else {
                continue;
            };
            let condition = Condition {
                at_least: u16::try_from(written.at_least.value).unwrap_or(u16::MAX),
                at_or_below,
                gives,
            };
            check_against_earlier(table, written, condition, &resolved);
            if usize::from(condition.at_least) > inputs.each.len() {
                table.document.warn(&written.at_least.spot, |at| {
                    at(format!(
                        "this condition never holds: the number of values is {}",
                        inputs.each.len()
                    ))
                    .expecting("at most this number")
                });
            }
            resolved.push(condition);
        }
        let otherwise = match self.otherwise {
            Some(otherwise) => {
                let step = build.step_named(table, result, otherwise)?;
                if resolved.last().is_some_and(|last| step < last.gives) {
                    table.document.add(&otherwise.spot, |at| {
                        at("the result is worse if no condition holds than if one does".to_owned())
                            .expecting("the same step as the last condition gives, or a better one")
                    });
                }
                step
            }
            None => best,
        };
        Some(Counting {
            scale,
            conditions: resolved,
            otherwise,
        })
    }
}

/// The first condition that holds decides: later conditions may not give a worse result, and must
/// be able to hold when the earlier ones do not.
fn check_against_earlier(
    table: &Reader<'_>,
    written: &WrittenCondition<'_>,
    condition: Condition,
    earlier: &[Condition],
) {
    if earlier
        .last()
        .is_some_and(|last| condition.gives < last.gives)
    {
        table.document.add(&written.gives.spot, |at| {
            at(format!(
                "{} is worse than the result of the previous condition",
                quoted(written.gives.value)
            ))
            .expecting("the worst result first, because the first condition that holds decides")
        });
        return;
    }
    let covered = earlier.iter().position(|other| {
        other.at_least <= condition.at_least && other.at_or_below >= condition.at_or_below
    });
    if let Some(position) = covered {
        table.document.add(&written.at_least.spot, |at| {
            at(format!(
                "whenever this holds, condition {} holds too and decides first",
                position + 1
            ))
            .expecting("a smaller number, or a better step")
        });
    }
}
