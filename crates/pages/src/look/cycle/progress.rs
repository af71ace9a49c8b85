//! How far the bodies of a cycle are while it is under way: the phase that is open for each, and what is due next, by when and from whom.

use super::Cycle;
use crate::address::Place;
use crate::error::PageError;
use crate::frame::{long_date, quoted, sentence};
use crate::parts::definition::{AnyBody, Code, Title, capitalised};
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

/// That a phase is open for somebody.
#[derive(Deserialize)]
pub(super) struct Opening {
    phase: Code,
}

#[derive(Deserialize)]
struct Data {
    cycle: Option<Duties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Duties {
    due_by_body: Vec<BodyDuties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BodyDuties {
    body: AnyBody,
    phase: Option<Title>,
    due: u32,
    late: u32,
    next: Option<Duty>,
    next_role: Option<String>,
}

#[derive(Deserialize)]
struct Duty {
    what: String,
    by: Option<Date>,
    late: bool,
}

impl Cycle {
    /// Whether a phase before the last one is open for somebody.
    fn is_under_way(&self) -> bool {
        let last = self.phases.last().map(|phase| phase.code.as_str());
        let mut openings = self.phase_openings.iter();
        openings.any(|opening| Some(opening.phase.code.as_str()) != last)
    }
}

/// The table; `None` of a cycle that nobody works on, and of an earlier moment.
///
/// # Errors
/// The API does not answer.
pub(super) async fn table(
    reader: &Reader,
    place: &Place,
    cycle: &Cycle,
) -> Result<Option<Table>, PageError> {
    if place.as_of.is_some() || !cycle.is_under_way() {
        return Ok(None);
    }
    let query = include_str!("../../../queries/progress.graphql");
    let variables = json!({ "cycle": place.cycle, "today": reader.today() });
    let data: Data = reader.ask(query, variables).await?;
    let duties = data.cycle.into_iter().flat_map(|cycle| cycle.due_by_body);
    let rows: Vec<Row> = duties.map(|of| row(place, cycle, of)).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let words = &cycle.framework.words;
    let columns = ["Open phase", "Due next", "From", "By", "Due in all", "Late"];
    let columns = columns.into_iter().map(Column::new);
    Ok(Some(Table {
        name: "progress".into(),
        caption: format!("Where each {} is, and what is due next", words.body),
        columns: std::iter::once(Column::new(capitalised(&words.body)))
            .chain(columns)
            .collect(),
        rows,
        otherwise: "",
        is_grid: false,
    }))
}

fn row(place: &Place, cycle: &Cycle, of: BodyDuties) -> Row {
    let next = of.next.as_ref();
    let what = next.map(|duty| sentence(&quoted(&duty.what)));
    let by = match next.and_then(|duty| Some((long_date(duty.by?), duty.late))) {
        Some((day, true)) => Cell::shown(&*day, tag(&format!("Late: {day}"), Colour::Red)),
        Some((day, false)) => Cell::text(day),
        None => Cell::text(""),
    };
    let phase = of.phase.map(|phase| phase.title);
    let role = of.next_role.as_deref().map(|role| cycle.role_title(role));
    Row::new(vec![
        Cell::body(&of.body, place),
        Cell::text(phase.unwrap_or_else(|| "None".to_owned())),
        Cell::text(what.unwrap_or_else(|| "Nothing".to_owned())),
        Cell::text(role.unwrap_or_default()),
        by,
        Cell::count(of.due),
        Cell::count(of.late),
    ])
}
