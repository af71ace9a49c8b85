//! The pages beside and above a page.

use crate::address::Place;
use crate::page::Link;
use crate::parameters::Parameters;
use crate::parts::definition::{Words, capitalised};
use maud::{Markup, html};
use serde::Deserialize;

/// The pages of a cycle.
pub(crate) fn of_cycle(place: &Place, words: &Words) -> Vec<Link> {
    vec![
        Link::new(capitalised(&words.bodies), place.page(&[])),
        Link::new("Search", place.page(&["search"])),
        Link::new("Challenges", place.page(&["challenges"])),
        Link::new("Findings", place.page(&["findings"])),
        Link::new("Functions", place.page(&["functions"])),
        Link::new("Surveys", place.page(&["surveys"])),
        Link::new("Indicators", place.page(&["indicators"])),
        Link::new("Calibration", place.page(&["calibration"])),
        Link::new("Timetable", place.page(&["timetable"])),
    ]
}

/// The pages of a body in a cycle.
pub(super) fn of_body(place: &Place, body: &str) -> Vec<Link> {
    vec![
        Link::new("Scorecard", place.body(body)),
        Link::new("Outcomes", place.page(&["bodies", body, "outcomes"])),
        Link::new("This year and last", place.page(&["bodies", body, "since"])),
        Link::new("Evidence", place.page(&["bodies", body, "evidence"])),
        Link::new("Plans", place.page(&["bodies", body, "plans"])),
        Link::new("Panel", place.page(&["bodies", body, "panel"])),
        Link::new("Check of facts", place.page(&["bodies", body, "facts"])),
    ]
}

/// The pages above one of a cycle.
pub(super) fn above_cycle() -> Vec<Link> {
    vec![Link::new("All years", "/")]
}

/// The pages above one of a body or group.
pub(crate) fn above_body(place: &Place, title: &str) -> Vec<Link> {
    let mut above = above_cycle();
    above.push(Link::new(title, place.page(&[])));
    above
}

/// Where a list goes on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    /// The cursor of the next part of the list.
    fn next(&self) -> Option<&str> {
        self.end_cursor.as_deref().filter(|_| self.has_next_page)
    }
}

/// A link to the next part of a list; nothing if it ends here.
pub(super) fn more(parameters: &Parameters, address: &str, list: &PageInfo) -> Markup {
    html! {
        @if let Some(cursor) = list.next() {
            nav.nhsuk-pagination aria-label="Pagination" {
                a href=(parameters.with(address, "after", cursor)) rel="next" { "Next page" }
            }
        }
    }
}
