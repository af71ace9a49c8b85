//! A change, and its effect on every result before it is made.

use super::{Cycle, with_change};
use crate::address::Place;
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::Parameters;
use crate::parts::definition::{AnyBody, Method, Purpose, capitalised};
use crate::parts::filter::{choose, filter};
use crate::parts::role::Acts;
use crate::reader::Reader;
use crate::table::{Cell, Row, Table, columns};
use maud::html;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Changed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    what_if: Option<WhatIf>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WhatIf {
    already_so: Vec<String>,
    compared: u32,
    bodies: Vec<Difference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Difference {
    body: AnyBody,
    results: Vec<ResultDifference>,
    new_challenges: Vec<ChallengeDifference>,
    closed_challenges: Vec<ChallengeDifference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResultDifference {
    subject: String,
    method_id: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Deserialize)]
struct ChallengeDifference {
    measure: String,
    value: String,
    supported: String,
}

/// The form for a change, and what the one that the address gives would do.
///
/// # Errors
/// There is no such body, measure or value.
pub(super) async fn propose(
    page: &mut Page,
    reader: &Reader,
    place: &Place,
    cycle: &Cycle,
    acts: &Acts<'_>,
    parameters: &Parameters,
) -> Result<(), PageError> {
    let framework = &cycle.heading.framework;
    let Some(method) = framework.common.method(Purpose::Calibrated) else {
        return Ok(());
    };
    let given = ["body", "subject", "value"].map(|name| parameters.get(name));
    page.push(html! {
        h2.nhsuk-heading-m id="change" { "What would change" }
        p { "Choose a change to see its effect on every result. Nothing is recorded." }
        (form(place, cycle, parameters))
    });
    let [Some(body), Some(subject), Some(value)] = given else {
        return Ok(());
    };
    let query = include_str!("../../../queries/what_if.graphql");
    let change =
        json!({ "body": body, "subject": subject, "value": value, "methodId": method.code });
    let variables = json!({ "cycle": place.cycle, "changes": [change] });
    let effect = match reader.ask::<Data>(query, variables).await {
        Ok(data) => data.cycle.and_then(|cycle| cycle.what_if),
        Err(PageError::Refused(words) | PageError::NotFound(words)) => {
            page.push(html! { p.wcc-waiting role="alert" { (capitalised(&words)) } });
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let Some(effect) = effect else {
        return Err(PageError::Missing);
    };
    page.push(html! {
        @for already in &effect.already_so { p.wcc-waiting { (capitalised(already)) " is so already." } }
        p role="status" { strong { (effect.bodies.len()) } " of " (effect.compared) " results would change." }
    });
    page.table(differences(place, method, &effect));
    let back = with_change(place, body, subject, value);
    let values = [
        ("body", body),
        ("measure", subject),
        ("methodId", method.code.as_str()),
        ("value", value),
    ];
    page.push(html! {
        @if acts.has("recordJudgement") {
            p { (acts.link("Record this value, with the reason", "recordJudgement", values)) " "
                a.wcc-no-print href=(back) { "Look again" } }
        }
    });
    Ok(())
}

fn form(place: &Place, cycle: &Cycle, parameters: &Parameters) -> maud::Markup {
    let framework = &cycle.heading.framework;
    let words = &framework.common.words;
    let mut bodies = Vec::new();
    for assurance in &cycle.assurances {
        bodies.extend(
            assurance
                .each()
                .map(|body| (body.code.as_str(), body.name.as_str())),
        );
    }
    let measures = framework.measures.iter().flatten();
    let measures: Vec<_> = measures.filter(|measure| !measure.scale.is_text).collect();
    let titles: Vec<String> = measures
        .iter()
        .map(|measure| measure.measure.in_full())
        .collect();
    let mut steps: Vec<&str> = Vec::new();
    for step in measures
        .iter()
        .flat_map(|measure| &measure.scale.scale.steps)
    {
        if !steps.contains(&step.key.as_str()) {
            steps.push(&step.key);
        }
    }
    let options = measures.iter().zip(&titles);
    let options = options.map(|(measure, title)| (measure.measure.code.as_str(), title.as_str()));
    let nothing = || [("", "Choose one")].into_iter();
    let fields = html! {
        (choose("body", &format!("{} or {}", capitalised(&words.body), words.group), nothing().chain(bodies), parameters.get("body")))
        (choose("subject", &capitalised(&words.measure), nothing().chain(options), parameters.get("subject")))
        (choose("value", "Calibrated value", nothing().chain(steps.iter().map(|key| (*key, *key))), parameters.get("value")))
    };
    let kept = ["measure", "by", "authority", "agreement"].map(|name| (name, parameters.get(name)));
    filter(&place.page(&["calibration"]), &kept, &fields)
}

fn differences(place: &Place, method: &Method, effect: &WhatIf) -> Table {
    let mut rows = Vec::new();
    for difference in &effect.bodies {
        let body = || Cell::body(&difference.body, place);
        for result in &difference.results {
            let is_own = result.method_id.as_deref() == Some(method.code.as_str());
            let what = match &result.method_id {
                _ if is_own => result.subject.clone(),
                Some(other) => format!("{} ({other})", result.subject),
                None => format!("{} (what the evidence supports)", result.subject),
            };
            rows.push(Row::new(vec![
                body(),
                Cell::text(what),
                Cell::text(result.before.as_deref().unwrap_or("not known")),
                Cell::text(result.after.as_deref().unwrap_or("not known")),
            ]));
        }
        let challenges = difference.new_challenges.iter().map(|one| (one, true));
        let closed = difference.closed_challenges.iter().map(|one| (one, false));
        for (challenge, is_new) in challenges.chain(closed) {
            let ChallengeDifference {
                measure,
                value,
                supported,
            } = challenge;
            let words = format!("challenged: {value} where the evidence supports {supported}");
            let (before, after) = if is_new {
                ("not challenged", words.as_str())
            } else {
                (words.as_str(), "not challenged")
            };
            rows.push(Row::new(vec![
                body(),
                Cell::text(measure),
                Cell::text(before),
                Cell::text(after),
            ]));
        }
    }
    Table {
        name: "effect".into(),
        caption: "Every result that would change".to_owned(),
        columns: columns(&["Body", "What", "Now", "With the change"]),
        rows,
        otherwise: "No result would change.",
        is_grid: false,
    }
}
