//! The definitions of indicators.

use super::KnownIndicator;
use crate::cycle::fields::Fields;
use crate::cycle::outcomes::Outcomes;
use crate::cycle::schemas::OUTCOMES;
use crate::nearest::nearest;
use crate::problem::quoted;
use std::sync::Arc;
use wcc_core::indicator::IndicatorDefinition;
use wcc_core::outcome::{Better, OutcomeDefinition};
use wcc_core::words::number;

/// The definition in a row.
pub(super) fn definition(fields: &Fields<'_>, outcomes: &Outcomes<'_>) -> Option<KnownIndicator> {
    let cells = &fields.cells;
    let id = fields.identifier("id");
    let title = cells.boxed("title");
    let unit = cells.boxed("unit");
    let better = cells.word("better", [Better::Higher, Better::Lower], |better| {
        better.name()
    });
    let limit = |column: &str| cells.number(column, f64::MIN..=f64::MAX);
    let (min, max) = (limit("min"), limit("max"));
    if let (Some(least), Some(most)) = (min, max)
        && least > most
    {
        cells.wrong(
            "max",
            || format!("{} is below `min`, {}", number(most), number(least)),
            |problem| problem.expecting("`min` or more"),
        );
    }
    let outcome = measured(fields, outcomes, better);
    let definition = IndicatorDefinition {
        outcome,
        min,
        max,
        source: cells.boxed("source"),
        title: title?,
        unit: unit?,
        better: better?,
    };
    if !cells.are_sound() {
        return None;
    }
    Some(KnownIndicator {
        id: id?.into(),
        definition: Some(Arc::new(definition)),
    })
}

/// The outcome that an indicator measures: of the framework, of a plugin, or one that a PCT chose.
/// Both have the same direction.
fn measured(
    fields: &Fields<'_>,
    outcomes: &Outcomes<'_>,
    better: Option<Better>,
) -> Option<Box<str>> {
    let (cells, context) = (&fields.cells, fields.context);
    let given = fields.identifier("outcome")?;
    let catalogue = context.framework.outcomes.catalogue.iter();
    let defined = || {
        let defined = catalogue.clone().chain(context.local_outcomes);
        defined.map(|outcome| (outcome.id.as_str(), outcome.better))
    };
    let known = || defined().chain(outcomes.directions());
    let Some((id, direction)) = known().find(|(id, _)| id.eq_ignore_ascii_case(given)) else {
        if context.is_broken(OUTCOMES.file) {
            cells.follow_on();
            return None;
        }
        cells.wrong(
            "outcome",
            || format!("there is no outcome {}", quoted(given)),
            |problem| {
                problem
                    .expecting(
                        "an outcome of the framework, of a plugin or of outcomes.csv, or an empty \
                         cell if the indicator measures none of them",
                    )
                    .nearest_to(nearest(given, known().map(|(id, _)| id)))
            },
        );
        return None;
    };
    if let Some(better) = better.filter(|better| *better != direction) {
        cells.wrong(
            "better",
            || {
                let (better, direction) = (better.name(), direction.name());
                format!(
                    "{better} is better here, but for the outcome {} {direction} is",
                    quoted(id)
                )
            },
            |problem| problem.expecting(direction.name()),
        );
    }
    Some(id.into())
}

/// The indicator that a local outcome of a plugin is.
pub(super) fn of_plugin(outcome: &OutcomeDefinition) -> KnownIndicator {
    KnownIndicator {
        id: outcome.id.as_str().into(),
        definition: Some(Arc::new(IndicatorDefinition {
            title: outcome.title.as_str().into(),
            unit: outcome.unit.as_str().into(),
            better: outcome.better,
            outcome: None,
            min: outcome.min,
            max: outcome.max,
            source: outcome.source.as_deref().map(Into::into),
        })),
    }
}
