//! The calibration board: whether panels, authorities and methods judge alike, and what a change would do
//! to every result before anybody makes it.

mod agreement;
mod proposal;

use super::heading::{Framework, Heading, acting_query};
use crate::address::Place;
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::{Parameters, with_query};
use crate::parts::definition::{
    AnyBody, GroupOfBodies, Name, Named, RatedMeasure, Titled, capitalised,
};
use crate::parts::filter::{choose, filter};
use crate::parts::role::Acts;
use crate::parts::spread::spread;
use crate::reader::Reader;
use crate::table::{Cell, Row, Table, columns};
use agreement::{MemberAgreement, MethodAgreement};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
    authorities: Vec<Named>,
}

#[derive(Deserialize)]
struct Cycle {
    #[serde(flatten)]
    heading: Heading<MeasuredFramework>,
    assurances: Vec<GroupOfBodies>,
    calibration: Option<Calibration>,
}

/// The rule book with its measures.
#[derive(Deserialize)]
struct MeasuredFramework {
    #[serde(flatten)]
    common: Framework,
    measures: Option<Vec<RatedMeasure>>,
}

impl AsRef<Framework> for MeasuredFramework {
    fn as_ref(&self) -> &Framework {
        &self.common
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Calibration {
    judged_count: u32,
    population_in_words: String,
    spreads: Vec<MeasureSpread>,
    agreements: Option<Vec<MethodAgreement>>,
    member_agreements: Option<Vec<MemberAgreement>>,
    unlike_pairs: Option<UnlikePairs>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MeasureSpread {
    measure: RatedMeasure,
    authority: Option<Name>,
    author: Option<String>,
    judgements: u32,
    counts: Vec<ValueCount>,
    not_known: u32,
    mean: Option<f64>,
    median: Option<String>,
    above_self: Share,
    above_evidence: Share,
}

#[derive(Deserialize)]
struct ValueCount {
    value: String,
    count: u32,
}

/// A part of a number.
#[derive(Deserialize)]
struct Share {
    count: u32,
    of: u32,
    percent: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnlikePairs {
    total_count: u32,
    pairs: Vec<UnlikePair>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnlikePair {
    measure: Titled,
    better: AnyBody,
    better_value: String,
    worse: AnyBody,
    worse_value: String,
    supported: Option<String>,
}

/// The ways in which judgements are grouped.
const GROUPS: [(&str, &str); 3] = [("", "all"), ("authority", "authority"), ("panel", "panel")];

impl Share {
    fn cell(&self) -> Cell {
        Cell {
            number: self.percent,
            ..Cell::text(self.in_words())
        }
    }

    fn in_words(&self) -> String {
        match self.percent {
            Some(percent) => format!("{} of {} ({percent:.0}%)", self.count, self.of),
            None => "none".to_owned(),
        }
    }
}

/// The page.
///
/// # Errors
/// There is no such cycle, measure or authority.
pub(super) async fn page(
    reader: &Reader,
    place: &Place,
    parameters: &Parameters,
) -> Result<Page, PageError> {
    let by = match parameters.get("by") {
        Some("authority") => "AUTHORITY",
        Some("panel") => "PANEL",
        _ => "ALL",
    };
    let shows_agreement = parameters.get("agreement").is_some();
    let query = acting_query!("calibration");
    let variables = json!({
        "cycle": place.cycle,
        "measure": parameters.get("measure"),
        "authority": parameters.get("authority"),
        "by": by,
        "agreement": shows_agreement,
    });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let mut page = cycle.heading.page(place, "Calibration");
    page.is_live = reader.is_for_somebody();
    let Some(calibration) = &cycle.calibration else {
        page.push(html! { p.wcc-none { "It is not open to you." } });
        return Ok(page);
    };
    let back = place.page(&["calibration"]);
    let acts = Acts::of(
        reader,
        &cycle.heading.framework.common.roles,
        &place.cycle,
        &back,
    );
    page.push(html! {
        p { (capitalised(&calibration.population_in_words)) "; " (calibration.judged_count) " judged on their own." }
        (choices(place, &cycle, &data.authorities, parameters))
    });
    proposal::propose(&mut page, reader, place, &cycle, &acts, parameters).await?;
    page.push(html! { h2.nhsuk-heading-m { "How levels are spread" } });
    page.table(spreads(by, &cycle, calibration));
    page.push(html! { h2.nhsuk-heading-m { "Like evidence, unlike levels" } });
    if let Some(pairs) = &calibration.unlike_pairs {
        page.push(html! { p { (pairs.total_count) " pairs; the furthest apart come first." } });
        page.table(unlike(place, &cycle, pairs));
    }
    page.push(html! { h2.nhsuk-heading-m { "Agreement" } });
    match (&calibration.agreements, &calibration.member_agreements) {
        (Some(methods), Some(members)) => {
            page.table(agreement::of_methods(
                &cycle.heading.framework.common,
                methods,
            ));
            page.table(agreement::of_members(
                &cycle.heading.framework.common,
                members,
            ));
        }
        _ => page.push(html! {
            p { "Between methods, and between members of panels before they agreed. "
                a href=(parameters.with(&back, "agreement", "1")) { "Work it out" }
                ": it takes some seconds for a nation." }
        }),
    }
    Ok(page)
}

fn choices(place: &Place, cycle: &Cycle, authorities: &[Named], parameters: &Parameters) -> Markup {
    let words = &cycle.heading.framework.common.words;
    let measures = cycle.heading.framework.measures.iter().flatten();
    let measures: Vec<(String, String)> = measures
        .filter(|measure| !measure.scale.is_text)
        .map(|measure| (measure.measure.code.clone(), measure.measure.in_full()))
        .collect();
    let measures = measures
        .iter()
        .map(|(code, title)| (code.as_str(), title.as_str()));
    let fields = html! {
        (choose("measure", &capitalised(&words.measure), [("", "all")].into_iter().chain(measures), parameters.get("measure")))
        (choose("by", "By", GROUPS, parameters.get("by")))
        @if authorities.len() > 1 {
            (choose("authority", &capitalised(words.authority.as_deref().unwrap_or("authority")),
                [("", "all")].into_iter().chain(authorities.iter().map(|named| (named.code.as_str(), named.name.as_str()))),
                parameters.get("authority")))
        }
    };
    filter(
        &place.page(&["calibration"]),
        &[("agreement", parameters.get("agreement"))],
        &fields,
    )
}

fn spreads(by: &str, cycle: &Cycle, calibration: &Calibration) -> Table {
    let words = &cycle.heading.framework.common.words;
    let group = match by {
        "AUTHORITY" => words.authority.as_deref().unwrap_or("authority"),
        "PANEL" => "recorded by",
        _ => "",
    };
    let rows = calibration.spreads.iter().map(|of| {
        let counts: Vec<(&str, u32)> = of
            .counts
            .iter()
            .map(|count| (count.value.as_str(), count.count))
            .collect();
        let in_words: Vec<String> = counts
            .iter()
            .map(|(value, count)| format!("{value}: {count}"))
            .collect();
        let mut cells = vec![Cell::text(of.measure.measure.in_full())];
        if !group.is_empty() {
            let name = of
                .authority
                .as_ref()
                .map(|authority| authority.name.as_str());
            cells.push(Cell::maybe(name.or(of.author.as_deref())));
        }
        cells.extend([
            Cell::count(of.judgements),
            Cell::shown(
                in_words.join(", "),
                spread(&of.measure.scale.scale, &counts),
            ),
            Cell::count(of.not_known),
            Cell::rounded(of.mean),
            Cell::maybe(of.median.as_deref()),
            of.above_self.cell(),
            of.above_evidence.cell(),
        ]);
        Row::new(cells)
    });
    let measure = capitalised(&words.measure);
    let group = capitalised(group);
    let mut titles = vec![measure.as_str()];
    if !group.is_empty() {
        titles.push(&group);
    }
    titles.extend([
        "Judged",
        "Spread",
        "Not known",
        "Mean",
        "Median",
        "Above self-assessment",
        "Above the evidence",
    ]);
    Table {
        name: "spreads".into(),
        caption: "The values that count, by measure".to_owned(),
        columns: columns(&titles),
        rows: rows.collect(),
        otherwise: "Nothing was judged yet, or nothing is open to you.",
        is_grid: false,
    }
}

fn unlike(place: &Place, cycle: &Cycle, pairs: &UnlikePairs) -> Table {
    let measure = capitalised(&cycle.heading.framework.common.words.measure);
    let rows = pairs.pairs.iter().map(|pair| {
        let why = |body: &AnyBody| match body.kind_id.as_str() {
            "body" => Cell::link(&body.name, place.reasons(&body.code, &pair.measure.code)),
            _ => Cell::body(body, place),
        };
        Row::new(vec![
            Cell::text(pair.measure.in_full()),
            why(&pair.better),
            Cell::text(&pair.better_value),
            why(&pair.worse),
            Cell::text(&pair.worse_value),
            Cell::maybe(pair.supported.as_deref()),
        ])
    });
    Table {
        name: "unlike".into(),
        caption: "Pairs with like evidence and unlike values".to_owned(),
        columns: columns(&[
            &measure,
            "Better",
            "Value",
            "Worse",
            "Value",
            "Evidence supports",
        ]),
        rows: rows.collect(),
        otherwise: "There are none.",
        is_grid: false,
    }
}

/// The address of the board with a change to look at.
fn with_change(place: &Place, body: &str, subject: &str, value: &str) -> String {
    let change = [("body", body), ("subject", subject), ("value", value)];
    with_query(&place.page(&["calibration"]), change)
}
