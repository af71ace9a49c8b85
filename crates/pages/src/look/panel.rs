//! A panel and its day: who sits on it, whom it meets, and the scores of its members side by side with what
//! they agreed. What a member gave is shown to those to whom the policy opens it, so the page fills up as
//! the day goes on.

use super::heading::{Framework, Heading, acting_query};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::long_date;
use crate::page::Page;
use crate::parameters::with_query;
use crate::parts::definition::{
    MeasureScale, Name, Named, Purpose, Scale, Title, Titled, capitalised, with_code,
};
use crate::parts::mark::{Value, mark, words};
use crate::parts::role::Acts;
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Heading>,
    assurance: Option<Assurance>,
}

#[derive(Deserialize)]
struct Assurance {
    group: Option<Named>,
    result: Option<Output>,
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    body: Named,
    review: Option<Review>,
    cells: Option<Vec<MeasureCell>>,
}

#[derive(Deserialize)]
struct Review {
    body: Named,
    size: Option<u32>,
    gaps: Vec<String>,
    day: Option<Day>,
    members: Vec<Member>,
}

#[derive(Deserialize)]
struct Day {
    date: Date,
    venue: Option<String>,
    interviews: Vec<Interview>,
}

#[derive(Deserialize)]
struct Interview {
    starts: String,
    with: String,
    topic: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    name: String,
    category: Title,
    chairs: bool,
    organisation: Option<String>,
    interests: Option<Declaration>,
    entry: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Declaration {
    nothing_to_declare: bool,
    interests: Vec<Interest>,
}

#[derive(Deserialize)]
struct Interest {
    organisation: String,
    nature: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MeasureCell {
    measure: Measure,
    marks: Vec<Mark>,
    supported: Option<String>,
    member_scores: Option<Scores>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Measure {
    code: String,
    title: String,
    reach_id: String,
    component: Titled,
    scale: MeasureScale,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    method_id: Option<String>,
    value: Option<String>,
    is_inferred: bool,
    not_applicable: bool,
}

#[derive(Deserialize)]
struct Scores {
    scores: Vec<Score>,
    agreed: Option<String>,
    spread: Option<u32>,
}

#[derive(Deserialize)]
struct Score {
    member: Option<Name>,
    value: String,
    rationale: Option<String>,
}

/// The page.
///
/// # Errors
/// There is no such body in the cycle.
pub(super) async fn page(reader: &Reader, place: &Place, code: &str) -> Result<Page, PageError> {
    let query = acting_query!("panel");
    let variables = json!({ "cycle": place.cycle, "body": code });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let assurance = data.assurance.ok_or(PageError::Missing)?;
    let group = assurance.group.filter(|group| group.code != code);
    let is_group = assurance
        .result
        .as_ref()
        .is_some_and(|result| result.body.code == code);
    // Only a body has pages of reasons; those of what a group shares are the same for each.
    let explained = assurance.outputs.iter();
    let explained = explained
        .filter(|output| is_group || output.body.code == code)
        .map(|output| output.body.code.clone())
        .next();
    let mut outputs = assurance.outputs.into_iter();
    let output = if is_group {
        assurance.result
    } else {
        outputs.find(|output| output.body.code == code)
    };
    let output = output.ok_or(PageError::Missing)?;
    let mut page = if is_group {
        cycle.page(place, "Panel")
    } else {
        cycle.body_page(place, "Panel", &output.body)
    };
    page.caption = Some(format!("{}, {}", output.body.name, cycle.title));
    page.is_live = reader.is_for_somebody();
    let Some(review) = &output.review else {
        page.push(html! { p { "The rule book has no panels." } });
        return Ok(page);
    };
    let back = place.page(&["bodies", code, "panel"]);
    let acts = Acts::of(reader, &cycle.framework.roles, &place.cycle, &back);
    page.push(day(&acts, review));
    page.push(html! { h2.nhsuk-heading-m { "Members" } });
    page.push(gaps(review));
    page.table(members(&acts, review));
    page.push(html! {
        p { (acts.link("Appoint a member", "appointPanelMember", [("body", review.body.code.as_str())])) " "
            (acts.link("Declare interests", "declareInterests", [("body", review.body.code.as_str())])) }
    });
    page.push(scoring(
        place,
        &acts,
        &cycle.framework,
        &output,
        is_group,
        group.as_ref(),
    ));
    let scope = PanelScope {
        is_group,
        is_member: group.is_some(),
        explained: explained.as_deref().unwrap_or(code),
    };
    for table in tables(place, &cycle.framework, review, &output, scope) {
        page.table(table);
    }
    page.push(html! {
        p.wcc-note { "Members give their scores before they see those of others. "
            "The spread is how many levels the highest score is above the lowest." }
    });
    Ok(page)
}

fn day(acts: &Acts<'_>, review: &Review) -> Markup {
    let body = [("body", review.body.code.as_str())];
    html! {
        h2.nhsuk-heading-m { "The day" }
        @match &review.day {
            None => p.wcc-none { "No day is planned." },
            Some(day) => {
                p { strong { (long_date(day.date)) } @if let Some(venue) = &day.venue { ", " (venue) } }
                @if !day.interviews.is_empty() {
                    ol.wcc-interviews {
                        @for interview in &day.interviews {
                            li { strong { (interview.starts) } " " (interview.with)
                                @if let Some(topic) = &interview.topic { ": " (topic) } }
                        }
                    }
                }
            },
        }
        p { (acts.link("Plan the day", "planPanelDay", body)) }
    }
}

fn gaps(review: &Review) -> Markup {
    html! {
        @if let Some(size) = review.size { p { "A panel has " (size) " members." } }
        @if !review.gaps.is_empty() {
            p.wcc-waiting { "What it lacks: " (review.gaps.join(", ")) "." }
        }
    }
}

fn members(acts: &Acts<'_>, review: &Review) -> Table {
    let rows = review.members.iter().map(|member| {
        let interests = match &member.interests {
            None => Cell::shown("Not declared yet", tag("Not declared yet", Colour::Orange)),
            Some(declared) if declared.nothing_to_declare => Cell::text("Nothing to declare"),
            Some(declared) => {
                let interests = declared.interests.iter();
                let interests =
                    interests.map(|one| format!("{} ({})", one.nature, one.organisation));
                Cell::text(interests.collect::<Vec<String>>().join("; "))
            }
        };
        let entry = member.entry.map(|entry| entry.to_string());
        let entry = entry.as_deref().map(|entry| ("entry", entry));
        let withdraw = html! {
            @if entry.is_some() { (acts.link("Withdraw", "withdraw", entry)) }
        };
        Row::new(vec![
            Cell::text(&member.name),
            Cell::text(capitalised(&member.category.title)),
            Cell::text(if member.chairs { "Chair" } else { "" }),
            Cell::maybe(member.organisation.as_deref()),
            interests,
            Cell::shown("", withdraw),
        ])
    });
    Table {
        name: "members".into(),
        caption: format!("The panel for {}", review.body.name),
        columns: crate::table::columns(&["Name", "For", "Chair", "Organisation", "Interests", ""]),
        rows: rows.collect(),
        otherwise: "Nobody is appointed yet.",
        is_grid: false,
    }
}

fn scoring(
    place: &Place,
    acts: &Acts<'_>,
    framework: &Framework,
    output: &Output,
    is_group: bool,
    group: Option<&Named>,
) -> Markup {
    let code = output.body.code.as_str();
    let assess = |code: &str, method: &str| {
        with_query(
            &place.page(&["bodies", code, "assess"]),
            [("method", method)],
        )
    };
    let panel = framework.method(Purpose::Panel);
    html! {
        h2.nhsuk-heading-m { "Scores" }
        @if let Some(group) = group {
            p { "These are " (output.body.name) "'s own. What it shares is on "
                a href=(place.page(&["bodies", &group.code, "panel"])) { "the page of " (group.name) } "." }
        } @else if is_group {
            p { "These are the " (framework.words.measure) "s that its " (framework.words.bodies) " share." }
        }
        ul.wcc-inline.wcc-no-print {
            @if acts.has("scoreMeasure") { li { a href=(assess(code, "score")) { "Give your scores" } } }
            @if let Some(panel) = panel.filter(|_| acts.has("recordJudgement")) {
                li { a href=(assess(code, &panel.code)) { "Record what the panel agreed" } }
            }
        }
    }
}

/// Which measures a panel judges for a body.
#[derive(Clone, Copy)]
struct PanelScope<'a> {
    is_group: bool,
    /// Whose pages have the reasons.
    explained: &'a str,
    /// Whether it is one of a group.
    is_member: bool,
}

impl PanelScope<'_> {
    fn has(self, measure: &Measure) -> bool {
        let is_shared = measure.reach_id == "group";
        let is_own = !self.is_member || !is_shared;
        !measure.scale.is_text && if self.is_group { is_shared } else { is_own }
    }
}

/// A table for each component: every measure, with each member's score beside the others'.
fn tables<'t>(
    place: &'t Place,
    framework: &'t Framework,
    review: &'t Review,
    output: &'t Output,
    scope: PanelScope<'t>,
) -> impl Iterator<Item = Table> + 't {
    let cells = output.cells.iter().flatten();
    let cells: Vec<&MeasureCell> = cells.filter(|cell| scope.has(&cell.measure)).collect();
    let mut components: Vec<(usize, Vec<&MeasureCell>)> = Vec::new();
    for cell in cells {
        match components.last_mut() {
            Some((_, last))
                if last.first().is_some_and(|first| {
                    first.measure.component.code == cell.measure.component.code
                }) =>
            {
                last.push(cell);
            }
            _ => components.push((components.len(), vec![cell])),
        }
    }
    components.into_iter().filter_map(move |(number, cells)| {
        table(place, framework, review, scope.explained, number, &cells)
    })
}

fn table(
    place: &Place,
    framework: &Framework,
    review: &Review,
    explained: &str,
    number: usize,
    cells: &[&MeasureCell],
) -> Option<Table> {
    let component = &cells.first()?.measure.component;
    let own = framework.method(Purpose::Own);
    let panel = framework.method(Purpose::Panel);
    let mut columns = vec![Column::new(capitalised(&framework.words.measure))];
    columns.extend(own.map(|own| Column::short(capitalised(&own.short), capitalised(&own.title))));
    columns.push(Column::short("Evidence", "What the evidence supports"));
    columns.extend(review.members.iter().map(|member| {
        let chair = if member.chairs { ", chair" } else { "" };
        Column::short(initials(&member.name), format!("{}{chair}", member.name))
    }));
    columns.push(Column::short(
        "Spread",
        "Levels between the lowest and the highest score",
    ));
    columns.push(Column::new("Agreed"));
    let rows = cells.iter().map(|cell| {
        let scale = &cell.measure.scale.scale;
        let shown = |value: Option<&str>| {
            let value = Value {
                value,
                ..Value::default()
            };
            Cell::shown(words(scale, value), mark(scale, value))
        };
        let code = cell.measure.code.as_str();
        let title = with_code(code, &cell.measure.title);
        let mut row = vec![Cell::link(title, place.reasons(explained, code))];
        row.extend(own.map(|own| of_method(cell, scale, &own.code)));
        row.push(shown(cell.supported.as_deref()));
        let scores = cell.member_scores.as_ref();
        row.extend(review.members.iter().map(|member| {
            let mut given = scores.iter().flat_map(|scores| &scores.scores);
            let score = given.find(|score| {
                score
                    .member
                    .as_ref()
                    .is_some_and(|of| of.name == member.name)
            });
            score.map_or_else(|| Cell::text(""), |score| of_member(scale, score))
        }));
        row.push(
            scores
                .and_then(|scores| scores.spread)
                .map_or_else(|| Cell::text(""), Cell::count),
        );
        row.push(
            match (scores.and_then(|scores| scores.agreed.as_deref()), panel) {
                (Some(agreed), _) => shown(Some(agreed)),
                (None, Some(panel)) => of_method(cell, scale, &panel.code),
                (None, None) => Cell::text(""),
            },
        );
        Row::new(row)
    });
    Some(Table {
        name: format!("scores-{number}").into(),
        caption: component.in_full(),
        columns,
        rows: rows.collect(),
        otherwise: "",
        is_grid: true,
    })
}

/// What a method gave.
fn of_method(cell: &MeasureCell, scale: &Scale, method: &str) -> Cell {
    let mut marks = cell.marks.iter();
    let found = marks.find(|mark| mark.method_id.as_deref() == Some(method));
    let Some(found) = found else {
        return Cell::text("");
    };
    let value = Value {
        value: found.value.as_deref(),
        is_inferred: found.is_inferred,
        not_applicable: found.not_applicable,
        ..Value::default()
    };
    Cell::shown(words(scale, value), mark(scale, value))
}

/// A member's score, with the reasons behind it.
fn of_member(scale: &Scale, score: &Score) -> Cell {
    let value = Value {
        value: Some(&score.value),
        ..Value::default()
    };
    let shown = html! {
        (mark(scale, value))
        @if let Some(rationale) = &score.rationale {
            details.wcc-why { summary { "why" } p { (rationale) } }
        }
    };
    Cell::shown(words(scale, value), shown)
}

/// A short form of a name for the head of a narrow column.
fn initials(name: &str) -> String {
    let words = name.split_whitespace();
    words
        .filter_map(|word| word.chars().next())
        .filter(|sign| sign.is_alphabetic())
        .collect()
}
