//! Messages for people: what happened or is due, for whom, and whether it was sent to them.

use super::heading::{Framework, Heading, acting_query};
use super::navigation::{self, PageInfo};
use crate::act::send_again::{SENT_AGAIN, button};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::sentence;
use crate::page::{Notice, Page};
use crate::parts::definition::{Name, capitalised};
use crate::parts::tag::{Colour, tag};
use crate::respond::{PageRequest, own_address};
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
    id: String,
    role: String,
    body: Option<Name>,
    text: String,
    target: String,
    made_at: String,
    state: State,
    sent_to: u32,
    attempts: u32,
    next_attempt_at: Option<String>,
    problem: Option<String>,
    sent_again_at: Option<String>,
    sent_again_by: Option<String>,
    can_be_sent_again: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum State {
    Waiting,
    Sent,
    Failed,
    NotSent,
}

/// The page.
///
/// # Errors
/// There is no such cycle.
pub(crate) async fn page(asked: &PageRequest<'_>, place: &Place) -> Result<Page, PageError> {
    let parameters = asked.parameters;
    let query = acting_query!("messages");
    let variables = json!({ "cycle": place.cycle, "after": parameters.get("after") });
    let data: Data = asked.reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let mut page = cycle.heading.page(place, "Messages");
    page.push(html! {
        p { "What has happened and what is due, for the people in each role. Messages contain no assessment results." }
        @if asked.viewer.session.is_some() {
            p { "If this server sends mail, messages for your role also go to the e-mail address in " a href="/account" { "your account" } "." }
        }
    });
    let address = place.page(&["messages"]);
    page.notice = notice(&cycle, parameters.get(SENT_AGAIN));
    page.table(table(asked, &cycle, &parameters.address(&address))?);
    if let Some(messages) = &cycle.messages {
        page.push(navigation::more(parameters, &address, &messages.page_info));
    }
    Ok(page)
}

fn table(asked: &PageRequest<'_>, cycle: &Cycle, back: &str) -> Result<Table, PageError> {
    let framework = &cycle.heading.framework;
    let edges = cycle.messages.iter().flat_map(|messages| &messages.edges);
    let rows = edges.map(|edge| edge.node.row(asked, framework, back));
    Ok(Table {
        name: "messages".into(),
        caption: "Newest first".to_owned(),
        columns: columns(&["Message", "About", "For", "Date", "Delivery", ""]),
        rows: rows.collect::<Result<_, _>>()?,
        otherwise: "There are no messages for you in this year yet.",
        is_grid: false,
    })
}

/// What has become of the message that somebody has just had sent again.
fn notice(cycle: &Cycle, sent_again: Option<&str>) -> Option<Notice> {
    let id = sent_again?;
    let mut edges = cycle.messages.iter().flat_map(|messages| &messages.edges);
    let message = &edges.find(|edge| edge.node.id == id)?.node;
    message.sent_again_at.as_ref()?;
    let words = match message.state {
        State::Waiting => "The message will be sent again within a few minutes",
        State::Sent if message.problem.is_none() => "Everybody for whom the message is has got it",
        State::Sent | State::Failed | State::NotSent => {
            "The message was sent again, and has not reached everybody"
        }
    };
    let whom = match message.state {
        State::Waiting => " It goes only to those who have not got it.",
        State::Sent | State::Failed | State::NotSent => "",
    };
    Some(Notice {
        words,
        details: format!("{}{whom}", sentence(&message.text)),
    })
}

impl Message {
    fn row(
        &self,
        asked: &PageRequest<'_>,
        framework: &Framework,
        back: &str,
    ) -> Result<Row, PageError> {
        let again = if self.can_be_sent_again && asked.viewer.session.is_some() {
            let since = self.sent_again_at.as_ref().unwrap_or(&self.made_at);
            button(asked.viewer, &self.id, &self.text, since, back)?
        } else {
            html! {}
        };
        let target = own_address(Some(&self.target), "/desk");
        Ok(Row::new(vec![
            Cell::link(sentence(&self.text), target),
            Cell::maybe(self.body.as_ref().map(|body| body.name.as_str())),
            Cell::text(capitalised(framework.role_title(&self.role))),
            Cell::text(minutes(&self.made_at)),
            self.sent(),
            Cell::shown("", again),
        ]))
    }

    /// Its delivery: to how many people it was sent, why not to others, and what happens next.
    fn sent(&self) -> Cell {
        let (word, colour) = match self.state {
            State::Waiting => ("Waiting", Colour::Blue),
            State::Sent if self.problem.is_some() => ("Sent in part", Colour::Orange),
            State::Sent => ("Sent", Colour::Green),
            State::Failed => ("Failed", Colour::Red),
            State::NotSent => ("Not sent", Colour::Grey),
        };
        let details = self.details();
        let mut words = word.to_owned();
        for detail in &details {
            words.push_str("; ");
            words.push_str(detail);
        }
        let markup = html! {
            (tag(word, colour))
            @for detail in &details { div { (sentence(detail)) } }
        };
        Cell::shown(words, markup)
    }

    /// What there is to say besides the state, one statement each.
    fn details(&self) -> Vec<String> {
        let mut details = Vec::new();
        match self.sent_to {
            0 => {}
            1 => details.push("sent to 1 person".to_owned()),
            many => details.push(format!("sent to {many} people")),
        }
        details.extend(self.problem.clone());
        let next = self.next_attempt_at.as_deref();
        match (self.attempts, next.filter(|_| self.problem.is_some())) {
            (0, None) => {}
            (0, Some(next)) => details.push(format!("next attempt: {}", minutes(next))),
            (attempts, Some(next)) => {
                let next = minutes(next);
                details.push(format!("{}, next attempt: {next}", tried(attempts)));
            }
            (1, None) => {}
            (attempts, None) => details.push(tried(attempts)),
        }
        if let Some(at) = &self.sent_again_at {
            let by = self.sent_again_by.as_ref();
            let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
            details.push(format!("sent again{by} on {}", minutes(at)));
        }
        details
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
