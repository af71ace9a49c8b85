//! The pages that show something, one file each.

pub(crate) mod accessibility;
mod body;
mod calibration;
mod challenges;
mod cycle;
mod evidence;
mod facts;
mod findings;
mod functions;
mod group;
pub(crate) mod heading;
mod history;
pub(crate) mod home;
mod indicators;
pub(crate) mod messages;
pub(crate) mod navigation;
mod outcomes;
mod panel;
mod plans;
pub(crate) mod plugins;
mod reasons;
pub(crate) mod rule_book;
mod scorecard;
mod search;
mod since;
mod timetable;

use crate::address::Place;
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::Parameters;
use crate::reader::Reader;

/// The page of a cycle with these segments after the cycle's code.
///
/// # Errors
/// There is no such page, or it cannot be shown.
pub(crate) async fn cycle_page(
    reader: &Reader,
    place: &Place,
    rest: &[&str],
    parameters: &Parameters,
) -> Result<Page, PageError> {
    match rest {
        [] => cycle::page(reader, place, parameters).await,
        ["search"] => search::page(reader, place, parameters).await,
        ["challenges"] => challenges::page(reader, place, parameters).await,
        ["findings"] => findings::page(reader, place, parameters).await,
        ["functions"] => functions::all(reader, place).await,
        ["functions", code] => functions::page(reader, place, code).await,
        ["calibration"] => calibration::page(reader, place, parameters).await,
        ["timetable"] => timetable::page(reader, place).await,
        ["indicators"] => indicators::all(reader, place, parameters).await,
        ["indicators", code] => indicators::page(reader, place, code, parameters).await,
        ["groups", code] => group::page(reader, place, code).await,
        ["bodies", code] => scorecard::page(reader, place, code).await,
        ["bodies", code, "outcomes"] => outcomes::page(reader, place, code).await,
        ["bodies", code, "panel"] => panel::page(reader, place, code).await,
        ["bodies", code, "facts"] => facts::page(reader, place, code).await,
        ["bodies", code, "plans"] => plans::page(reader, place, code).await,
        ["bodies", code, "since"] => since::page(reader, place, code).await,
        ["bodies", code, "evidence"] => evidence::page(reader, place, code).await,
        ["bodies", code, "history", subject] => history::page(reader, place, code, subject).await,
        ["bodies", code, "why", subject] => reasons::page(reader, place, code, subject).await,
        _ => Err(PageError::Missing),
    }
}
