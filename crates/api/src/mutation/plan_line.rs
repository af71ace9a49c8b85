//! `recordPlanLine`.

use super::form::{Form, SHORT};
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{MONTHS, PlanLineFact, RecordFact};

record_mutation! {
    /// Records a line of a plan that is profiled by month, or the figures of another month.
    recordPlanLine: RecordPlanLine {
        /// A line of a plan.
        input RecordPlanLineInput<'q> as "RecordPlanLineInput" {
            /// Identifier that the line gets within the cycle.
            id: Id<'q>,
            /// Code of the body: a PCT, or a cluster for all of its PCTs.
            body: Id<'q>,
            /// Identifier of the plan in the framework; one that has lines by month.
            plan: Id<'q>,
            /// What is counted.
            title: &'q str,
            /// The unit of its figures.
            unit: &'q str,
            /// The planned figure of each of the twelve months, from the first month of the plan.
            planned: Vec<f64>,
            /// The actual figure of each month so far; null where it is not known.
            actual: Option<Vec<Option<f64>>>,
        }
        record |input, form| RecordFact::PlanLine(PlanLineFact {
            id: form.code("id", input.id.0),
            body: form.code("body", input.body.0),
            plan: form.code("plan", input.plan.0),
            title: form.needed("title", input.title, SHORT),
            unit: form.needed("unit", input.unit, SHORT),
            planned: at_most_a_year(form, "planned", input.planned),
            actual: at_most_a_year(form, "actual", input.actual.unwrap_or_default()),
        });
        /// The result of recording a line of a plan.
        payload RecordPlanLinePayload as "RecordPlanLinePayload";
    }
}

/// The figures, unless there are more than months; whether there are too few is the ledger's to say.
fn at_most_a_year<T>(form: &mut Form, field: &str, figures: Vec<T>) -> Vec<T> {
    if figures.len() > MONTHS {
        let found = figures.len();
        form.malformed(
            field,
            format!("the list has {found} figures; a year has {MONTHS} months"),
        );
        return Vec::new();
    }
    figures
}
