//! Messages for people: what happened or is due, for whom, and whether it was sent to them.

use super::heading::{Heading, acting_query};
use super::navigation::{self, PageInfo};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::sentence;
use crate::page::Page;
use crate::parameters::Parameters;
use crate::parts::definition::Name;
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::respond::own_address;
use crate::table::{Cell, Row, Table, columns};
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
    messages: Option<Messages>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Messages {
    page_info: PageInfo,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    node: Message,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    role: String,
    body: Option<Name>,
    text: String,
    target: String,
    made_at: String,
    state: State,
    attempts: u32,
    next_attempt_at: Option<String>,
    problem: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum State {
    Waiting,
    Sent,
    Failed,
}

/// The page.
///
/// # Errors
/// There is no such cycle.
pub(super) async fn page(
    reader: &Reader,
    place: &Place,
    parameters: &Parameters,
) -> Result<Page, PageError> {
    let query = acting_query!("messages");
    let variables = json!({ "cycle": place.cycle, "after": parameters.get("after") });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let mut page = cycle.heading.page(place, "Messages");
    page.push(html! {
        p { "What was entered that concerns you, and what is due. They name the year, the body and what happened, and "
            "nothing of what was assessed." }
    });
    page.table(table(&cycle));
    if let Some(messages) = &cycle.messages {
        let address = place.page(&["messages"]);
        page.push(navigation::more(parameters, &address, &messages.page_info));
    }
    Ok(page)
}

fn table(cycle: &Cycle) -> Table {
    let framework = &cycle.heading.framework;
    let edges = cycle.messages.iter().flat_map(|messages| &messages.edges);
    let rows = edges.map(|edge| {
        let message = &edge.node;
        let target = own_address(Some(&message.target), "/desk");
        Row::new(vec![
            Cell::link(sentence(&message.text), target),
            Cell::maybe(message.body.as_ref().map(|body| body.name.as_str())),
            Cell::text(framework.role_title(&message.role)),
            Cell::text(minutes(&message.made_at)),
            message.sent(),
        ])
    });
    Table {
        name: "messages".into(),
        caption: "Newest first".to_owned(),
        columns: columns(&["Message", "About", "For", "Made", "Sent"]),
        rows: rows.collect(),
        otherwise: "There is no message here that you may read.",
        is_grid: false,
    }
}

impl Message {
    /// Whether it was sent; otherwise how often that was tried, and why it failed.
    fn sent(&self) -> Cell {
        let (word, colour) = match self.state {
            State::Waiting => ("Waiting", Colour::Blue),
            State::Sent => ("Sent", Colour::Green),
            State::Failed => ("Failed", Colour::Red),
        };
        let mut words = word.to_owned();
        if let Some(problem) = &self.problem {
            words = format!("{words}, {}: {problem}", tried(self.attempts));
        }
        let next = self.next_attempt_at.as_deref();
        let next = next.filter(|_| self.problem.is_some()).map(minutes);
        let markup = html! {
            (tag(word, colour))
            @if let Some(problem) = &self.problem { " " (tried(self.attempts)) ": " (problem) }
            @if let Some(next) = next { ", again at " (next) }
        };
        Cell::shown(words, markup)
    }
}

/// How often something was tried: "tried once", "tried twice", "tried 3 times".
fn tried(attempts: u32) -> String {
    match attempts {
        1 => "tried once".to_owned(),
        2 => "tried twice".to_owned(),
        often => format!("tried {often} times"),
    }
}

/// A time of the API to the minute: 2009-03-01 10:20 UTC.
fn minutes(time: &str) -> String {
    let minute = time.get(..16).unwrap_or(time).replace('T', " ");
    format!("{minute} UTC")
}

#[cfg(test)]
mod tests {
    use super::tried;

    #[test]
    fn attempts_are_said_in_words() {
        let said = [1, 2, 3].map(tried);
        assert_eq!(said, ["tried once", "tried twice", "tried 3 times"]);
    }
}
