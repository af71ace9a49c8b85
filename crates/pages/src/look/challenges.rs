//! Challenges: values above what the evidence supports, and how they were answered.

use super::heading::{Framework, Heading, headed_query};
use super::navigation::{self, PageInfo};
use crate::address::Place;
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::Parameters;
use crate::parts::definition::{Named, Titled, capitalised};
use crate::parts::filter::{choose, filter};
use crate::parts::tag::ChallengeState;
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use maud::html;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
}

#[derive(Deserialize)]
struct Cycle {
    #[serde(flatten)]
    heading: Heading,
    challenges: Option<Challenges>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Challenges {
    total_count: u32,
    page_info: PageInfo,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    node: Challenge,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Challenge {
    body: Named,
    measure: Titled,
    method_title: String,
    value: String,
    supported: String,
    state: ChallengeState,
    shared: bool,
    answer: Option<String>,
}

/// The states that can be chosen.
const STATES: [(&str, &str); 4] = [
    ("", "all"),
    ("open", "open"),
    ("answered", "answered"),
    ("settled", "settled by another value"),
];

/// The page.
///
/// # Errors
/// There is no such cycle, or no such body in it.
pub(super) async fn page(
    reader: &Reader,
    place: &Place,
    parameters: &Parameters,
) -> Result<Page, PageError> {
    let states = match parameters.get("state") {
        Some("open") => Some(["OPEN"].as_slice()),
        Some("answered") => Some(["ANSWERED"].as_slice()),
        Some("settled") => Some(["CORRECTED", "CHANGED"].as_slice()),
        _ => None,
    };
    let query = headed_query!("challenges");
    let variables = json!({
        "cycle": place.cycle,
        "body": parameters.get("body"),
        "states": states,
        "after": parameters.get("after"),
    });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let challenges = cycle.challenges.ok_or(PageError::Missing)?;
    let mut page = cycle.heading.page(place, "Challenges");
    page.push(html! {
        p { "A value above what the evidence supports is challenged, never changed. The panel answers with a reason, or "
            "with another value." }
        (filter(&place.page(&["challenges"]), &[("body", parameters.get("body"))], &html! {
            (choose("state", "State", STATES, parameters.get("state")))
        }))
        p { (challenges.total_count) " in all." }
    });
    page.table(table(place, &cycle.heading.framework, &challenges.edges));
    page.push(navigation::more(
        parameters,
        &place.page(&["challenges"]),
        &challenges.page_info,
    ));
    Ok(page)
}

fn table(place: &Place, framework: &Framework, edges: &[Edge]) -> Table {
    let words = &framework.words;
    let rows = edges.iter().map(|edge| {
        let challenge = &edge.node;
        let body = &challenge.body;
        let measure = format!("{} {}", challenge.measure.code, challenge.measure.title);
        let why = place.reasons(&body.code, &challenge.measure.code);
        Row::new(vec![
            Cell::link(&body.name, place.body(&body.code)),
            Cell::text(measure).to(why),
            Cell::text(capitalised(&challenge.method_title)),
            Cell::text(&challenge.value),
            Cell::text(&challenge.supported),
            Cell::shown(challenge.state.words(), challenge.state.tag()),
            Cell::text(if challenge.shared { "shared" } else { "" }),
            Cell::maybe(challenge.answer.as_deref()),
        ])
    });
    Table {
        name: "challenges".into(),
        caption: "Values above what the evidence supports".to_owned(),
        columns: vec![
            Column::new(capitalised(&words.body)),
            Column::new(capitalised(&words.measure)),
            Column::new("Given by"),
            Column::new("Value"),
            Column::new("Supports"),
            Column::new("State"),
            Column::new("Reach"),
            Column::new("Answer"),
        ],
        rows: rows.collect(),
        otherwise: "There are none.",
        is_grid: false,
    }
}
