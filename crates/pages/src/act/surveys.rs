//! The surveys of a cycle, for those who run or follow them: who has answered, what came out, and the
//! forms that open, invite, remind and close.

mod contacts;

use crate::address::Place;
use crate::error::PageError;
use crate::frame::long_date;
use crate::look::heading::{Heading, acting_query};
use crate::page::Page;
use crate::parameters::with_query;
use crate::parts::definition::{Named, Title, Words};
use crate::parts::role::Acts;
use crate::parts::tag::{Colour, tag};
use crate::respond::{PageRequest, Pages};
use crate::table::{Cell, Column, Row, Table};
use axum::Router;
use axum::routing::get;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

/// The routes of the forms whose answer is shown once, so that they cannot be sent on to another page.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route(
            "/surveys/invite",
            get(contacts::invite_form).post(contacts::invite),
        )
        .route(
            "/surveys/remind",
            get(contacts::remind_form).post(contacts::remind),
        )
}

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
}

#[derive(Deserialize)]
struct Cycle {
    #[serde(flatten)]
    heading: Heading,
    surveys: Option<Vec<Survey>>,
}

#[derive(Deserialize)]
struct Survey {
    code: String,
    body: Option<Named>,
    state: State,
    closes: Option<Date>,
    unreadable: bool,
    questionnaire: Option<Title>,
    groups: Vec<Group>,
    report: Option<Report>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum State {
    Open,
    Closing,
    Closed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    title: String,
    invited: u32,
    answered: u32,
    imported: u32,
    response_rate: Option<f64>,
}

#[derive(Deserialize)]
struct Report {
    questions: Vec<QuestionReport>,
}

#[derive(Deserialize)]
struct QuestionReport {
    text: String,
    overall: Option<Overall>,
}

#[derive(Deserialize)]
struct Overall {
    answers: u32,
    mean: f64,
    wording: Option<String>,
}

/// The page.
///
/// # Errors
/// There is no such cycle.
pub(crate) async fn page(asked: &PageRequest<'_>, place: &Place) -> Result<Page, PageError> {
    let query = acting_query!("surveys");
    let variables = json!({ "cycle": place.cycle });
    let data: Data = asked.reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let framework = &cycle.heading.framework;
    let mut page = cycle.heading.page(place, "Surveys");
    page.push(html! {
        p { "What partners and staff are asked. Answers are kept apart from the people who gave them, and nobody sees them: until a "
            "survey is closed, only how many of each group have answered." }
        p { "If you were invited to a survey, " a href="/survey" { "answer it with your invitation" } "." }
    });
    let Some(surveys) = &cycle.surveys else {
        page.push(html! { p.wcc-none { "Surveys are kept outside the ledger, so there are none as of an earlier day, nor on a server without a ledger." } });
        return Ok(page);
    };
    // The rule book opens an act to a role in some phase; the policies decide when it is used.
    let back = place.page(&["surveys"]);
    let acts = Acts::of(asked.reader, &framework.roles, &place.cycle, &back);
    if surveys.is_empty() {
        page.push(html! { p.wcc-none { "There is no survey here that you may follow." } });
    }
    for (number, survey) in surveys.iter().enumerate() {
        page.push(survey.heading(&framework.words));
        page.push(survey.forms(&back, &place.cycle, &acts));
        page.table(survey.responses(number));
        if let Some(report) = &survey.report {
            page.table(report.table(number));
        }
    }
    let body = asked.viewer.actor.body.as_deref();
    let body = body.map(|body| ("body", body));
    if let Some(open) = acts.address("openSurvey", body) {
        page.push(html! {
            h2.nhsuk-heading-m { "Another survey" }
            p { a href=(open) { "Open a survey" }
                ", or open one again with another last day to move that." }
        });
    }
    Ok(page)
}

impl Survey {
    fn heading(&self, words: &Words) -> Markup {
        let title = self.questionnaire.as_ref();
        let title = title.map_or(self.code.as_str(), |known| known.title.as_str());
        let body = self.body.as_ref();
        html! {
            h2.nhsuk-heading-m { (title) ", "
                @match body { Some(body) => (body.name), None => { "a " (words.body) } }
                " " (self.state()) }
            @if self.unreadable {
                p.wcc-waiting { "It cannot be read, for example because its key is lost. The log of the server says why." }
            }
            @if let Some(closes) = self.closes {
                p { @if self.state == State::Open { "Answers are taken until " } @else { "Its last day was " }
                    (long_date(closes)) "." }
            }
        }
    }

    fn state(&self) -> Markup {
        match self.state {
            State::Open => tag("Open", Colour::Blue),
            State::Closing => tag("Closing", Colour::Orange),
            State::Closed => tag("Closed", Colour::Green),
        }
    }

    /// What may be done to it.
    fn forms(&self, back: &str, cycle: &str, acts: &Acts<'_>) -> Markup {
        let form = |path: &str| {
            let given = [
                ("survey", self.code.as_str()),
                ("return", back),
                ("cycle", cycle),
            ];
            with_query(path, given)
        };
        let forms = [
            ("inviteToSurvey", "/surveys/invite", "Invite people"),
            ("remindOfSurvey", "/surveys/remind", "Who has not answered"),
            (
                "importSurveyAnswers",
                "/do/importSurveyAnswers",
                "Add answers on paper",
            ),
            ("closeSurvey", "/do/closeSurvey", "Close"),
            ("discardSurvey", "/do/discardSurvey", "Give up"),
        ];
        let open: Vec<_> = forms
            .into_iter()
            .filter(|(act, ..)| match self.state {
                State::Open => acts.has(act),
                State::Closing => *act == "closeSurvey" && acts.has(act),
                State::Closed => false,
            })
            .collect();
        html! {
            @if !open.is_empty() {
                ul.wcc-inline { @for (_, path, words) in open { li { a href=(form(path)) { (words) } } } }
            }
        }
    }

    fn responses(&self, number: usize) -> Table {
        let titles = ["Group", "Invited", "Answered", "Share", "On paper"];
        Table {
            name: format!("answered-{number}").into(),
            caption: "Who has answered".to_owned(),
            columns: titles.into_iter().map(Column::new).collect(),
            rows: self.groups.iter().map(Group::row).collect(),
            otherwise: "Who was invited is known while a survey is open.",
            is_grid: false,
        }
    }
}

impl Group {
    fn row(&self) -> Row {
        let rate = self.response_rate.map(|rate| format!("{rate:.1}%"));
        Row::new(vec![
            Cell::text(&self.title),
            Cell::count(self.invited),
            Cell::count(self.answered),
            Cell {
                number: self.response_rate,
                ..Cell::maybe(rate.as_deref())
            },
            Cell::count(self.imported),
        ])
    }
}

impl Report {
    fn table(&self, number: usize) -> Table {
        let rows = self.questions.iter().map(|question| {
            let overall = question.overall.as_ref();
            Row::new(vec![
                Cell::text(&question.text),
                overall.map_or_else(|| Cell::maybe(None), |all| Cell::count(all.answers)),
                overall.map_or_else(
                    || Cell::text("too few answers"),
                    |all| Cell::number(all.mean),
                ),
                Cell::maybe(overall.and_then(|all| all.wording.as_deref())),
            ])
        });
        let titles = ["Question", "Answers", "Mean", "In words"];
        Table {
            name: format!("results-{number}").into(),
            caption: "Results of everybody together".to_owned(),
            columns: titles.into_iter().map(Column::new).collect(),
            rows: rows.collect(),
            otherwise: "Nothing may be shown: too few people answered.",
            is_grid: false,
        }
    }
}
