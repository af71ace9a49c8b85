//! `planPanelDay`.

use super::form::{Form, SHORT};
use super::record_mutation;
use crate::project::input;
use crate::project::leaves::Id;
use jiff::civil::{Date, Time};
use wcc_core::record::{Interview, PanelDayFact, RecordFact};

input! {
    /// An interview on a panel day.
    InterviewInput<'q> as "InterviewInput" {
        /// When it begins: `09:30`.
        starts: &'q str,
        /// With whom.
        with: &'q str,
        /// What about.
        topic: Option<&'q str>,
    }
}

record_mutation! {
    /// Plans the day on which a panel reviews a body, or changes the plan.
    planPanelDay: PlanPanelDay {
        /// A panel day.
        input PlanPanelDayInput<'q> as "PlanPanelDayInput" {
            /// Code of the body that is reviewed.
            body: Id<'q>,
            /// The day.
            date: Date,
            /// Where the panel meets.
            venue: Option<&'q str>,
            /// Whom the panel meets, at most 200.
            interviews: Option<Vec<InterviewInput<'q>>>,
        }
        record |input, form| RecordFact::PanelDay(PanelDayFact {
            body: form.code("body", input.body.0),
            date: input.date,
            venue: form.text("venue", input.venue, SHORT),
            interviews: interviews(input.interviews.as_deref(), form),
        });
        /// The result of planning a panel day.
        payload PlanPanelDayPayload as "PlanPanelDayPayload";
    }
}

fn interviews(given: Option<&[InterviewInput<'_>]>, form: &mut Form) -> Vec<Interview> {
    let given = form.limited("interviews", given.unwrap_or_default());
    let each = given.iter().enumerate().map(|(at, interview)| {
        let field = |name: &str| format!("interviews[{at}].{name}");
        Interview {
            starts: time(&field("starts"), interview.starts, form),
            with: form.needed(&field("with"), interview.with, SHORT),
            topic: form.text(&field("topic"), interview.topic, SHORT),
        }
    });
    each.collect()
}

fn time(field: &str, given: &str, form: &mut Form) -> Time {
    Time::strptime("%H:%M", given).unwrap_or_else(|_| {
        let found = wcc_core::text::visible(given);
        form.malformed(
            field,
            format!("`{found}` is not a time of day such as 09:30"),
        );
        Time::midnight()
    })
}
