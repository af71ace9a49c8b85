//! What several pages of a body share.

use crate::address::Place;
use crate::moment::Moment;
use maud::{Markup, html};
use serde::Deserialize;

/// What the signs beside values mean.
pub(super) fn legend() -> Markup {
    html! {
        p.wcc-note { "* inferred, or based on an inferred mark. ° computed by the rule, not recorded by anyone. "
            "\"own\": departs from what the group shares. Each value opens its reasons." }
    }
}

/// A form that shows a page as it was on another day.
pub(super) fn as_of(place: &Place, body: &str) -> Markup {
    html! {
        details.nhsuk-details.wcc-no-print {
            summary.nhsuk-details__summary {
                span.nhsuk-details__summary-text { "As it was on another day" }
            }
            div.nhsuk-details__text {
                form method="get" action=(crate::address::of_cycle(&place.cycle, &["bodies", body])) {
                    div.nhsuk-form-group {
                        label.nhsuk-label for="as-of" { "Day" }
                        input.nhsuk-input.nhsuk-input--width-10 id="as-of" name="as-of" type="date"
                            value=[place.as_of.and_then(Moment::day).map(|day| day.to_string())];
                    }
                    button.nhsuk-button.nhsuk-button--secondary.nhsuk-button--small type="submit" { "Show" }
                }
            }
        }
    }
}

/// A document that is made on request.
#[derive(Deserialize)]
pub(super) struct DocumentLink {
    pub(super) kind: String,
    pub(super) format: String,
    pub(super) url: String,
}

/// What people call a kind of document.
pub(super) fn document_title(kind: &str) -> &str {
    match kind {
        "panel-report" => "Panel report",
        "scorecard" => "Scorecard",
        "cluster" => "Sheet of the group",
        "function" => "Sheet of the function",
        "region" => "Overview of the region",
        other => other,
    }
}
