//! Reads surveys, outcomes and the overall result.

use super::builder::{FrameworkBuilder, UniqueIds, identifier, optional_identifier};
use super::rules;
use super::series::{self, DeclaredSeries};
use crate::toml_reader::{Located, Reader};
use wcc_core::framework::{
    OutcomeAim, OutcomeRule, ScaleIndex, SurveyBand, SurveyPoint, SurveyRule,
};
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope};
use wcc_core::words::number;

pub(super) fn surveys(
    build: &FrameworkBuilder,
    root: &Reader<'_>,
) -> Vec<(Option<String>, SurveyRule)> {
    let mut ids = UniqueIds::default();
    let mut general: Option<&Reader<'_>> = None;
    let tables = root.tables("survey");
    let mut surveys = Vec::new();
    for table in &tables {
        table.only(&[
            "id", "lowest", "highest", "scale", "points", "bands", "source",
        ]);
        let id = optional_identifier(table, "id");
        if let Some(id) = &id {
            ids.take(table, id, &table.spot);
        } else if !table.has("id") && general.replace(table).is_some() {
            table.document.add(&table.spot, |at| {
                at("a second rule without `id`".to_owned())
                    .expecting("at most one rule without `id`: it is the default for all surveys")
            });
        }
        surveys.push((id.map(|id| id.value.to_owned()), survey(build, table)));
    }
    surveys
}

fn survey(build: &FrameworkBuilder, table: &Reader<'_>) -> SurveyRule {
    for key in ["lowest", "highest", "scale", "bands"] {
        if !table.has(key) {
            table.missing(key);
        }
    }
    let lowest = table.number("lowest");
    let highest = table.number("highest");
    let (low, high) = (
        lowest.as_ref().map_or(f64::MIN, |score| score.value),
        highest.as_ref().map_or(f64::MAX, |score| score.value),
    );
    if let Some(highest) = &highest
        && high <= low
    {
        table.document.add(&highest.spot, |at| {
            let (high, low) = (number(high), number(low));
            at(format!("{high} is not above `lowest`, {low}")).expecting("a higher number")
        });
    }
    let scale = table
        .text("scale")
        .and_then(|name| build.scale_named(table, &name));
    let is_range = low < high;
    let check_range = |score: &Located<f64>| {
        if is_range && !(low..=high).contains(&score.value) {
            table.document.add(&score.spot, |at| {
                at(format!(
                    "{} is outside the survey's range of scores",
                    number(score.value)
                ))
                .expecting(format!(
                    "a number from {} to {}",
                    number(low),
                    number(high)
                ))
            });
        }
    };
    SurveyRule {
        lowest: low,
        highest: high,
        points: survey_points(table, check_range),
        bands: survey_bands(build, table, scale, lowest.as_ref(), check_range),
        scale: scale.unwrap_or(ScaleIndex(0)),
        source: table.owned("source"),
    }
}

fn survey_points(table: &Reader<'_>, check_range: impl Fn(&Located<f64>)) -> Vec<SurveyPoint> {
    let mut wordings = UniqueIds::default();
    let mut points: Vec<SurveyPoint> = Vec::new();
    for row in &table.tables("points") {
        row.only(&["score", "wording"]);
        if !row.has("score") {
            row.missing("score");
        }
        let wording = row.required_text("wording");
        if let Some(wording) = &wording {
            wordings.take(row, wording, &row.spot);
        }
        let (Some(score), Some(wording)) = (row.number("score"), wording) else {
            continue;
        };
        check_range(&score);
        if let Some(previous_point) = points.last()
            && score.value <= previous_point.score
        {
            row.document.add(&score.spot, |at| {
                at(format!(
                    "{} does not come after {}",
                    number(score.value),
                    number(previous_point.score)
                ))
                .expecting("the points lowest first, each once")
            });
        }
        points.push(SurveyPoint {
            score: score.value,
            wording: wording.value.trim().to_owned(),
        });
    }
    points
}

fn survey_bands(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    scale: Option<ScaleIndex>,
    lowest: Option<&Located<f64>>,
    check_range: impl Fn(&Located<f64>),
) -> Vec<SurveyBand> {
    let rows = table.tables("bands");
    if table.count("bands") == Some(0) {
        table.document.add(&table.spot_of("bands"), |at| {
            at("there are no bands".to_owned())
                .expecting("bands = [ { from = ..., supports = \"...\" }, ... ]")
        });
    }
    let mut before = None;
    let mut bands = Vec::new();
    for row in &rows {
        row.only(&["from", "supports"]);
        if !row.has("from") {
            row.missing("from");
        }
        let supports = row.required_text("supports");
        let (Some(from), Some(supports)) = (row.number("from"), supports) else {
            continue;
        };
        let step = scale.and_then(|scale| build.step_named(row, scale, &supports));
        check_range(&from);
        if let (None, Some(lowest)) = (before, lowest)
            && from.value != lowest.value
        {
            row.document.add(&from.spot, |at| {
                at(format!("the first band starts at {}", number(from.value)))
                    .expecting(format!("{}, the survey's `lowest`", number(lowest.value)))
            });
        }
        let order = rules::BandOrder {
            better: Better::Higher,
            step_spot: &supports.spot,
        };
        rules::check_order(row, &mut before, &from, step, &order);
        let key = scale.and_then(|scale| Some(build.scale(scale)?.key(step?).into_owned()));
        bands.push(SurveyBand {
            from: from.value,
            supports: key.unwrap_or_default(),
        });
    }
    bands
}

pub(super) fn outcomes(table: &Reader<'_>, declared: &DeclaredSeries) -> OutcomeRule {
    table.only(&[
        "asked",
        "span_years",
        "little_change",
        "large_swing",
        "aim",
        "outcome",
    ]);
    for key in ["asked", "span_years"] {
        if !table.has(key) {
            table.missing(key);
        }
    }
    let number = |key, range| {
        table
            .integer(key, range)
            .and_then(|number| u16::try_from(number.value).ok())
            .unwrap_or(0)
    };
    let (mut ids, mut aims) = (UniqueIds::default(), UniqueIds::default());
    OutcomeRule {
        asked: number("asked", 0..=50),
        span_years: number("span_years", 1..=50),
        little_change: threshold(table, "little_change"),
        large_swing: threshold(table, "large_swing"),
        aims: table
            .tables("aim")
            .iter()
            .map(|row| aim(row, &mut aims))
            .collect(),
        catalogue: table
            .tables("outcome")
            .iter()
            .map(|row| outcome(row, &mut ids, declared))
            .collect(),
    }
}

fn aim(row: &Reader<'_>, ids: &mut UniqueIds) -> OutcomeAim {
    row.only(&["id", "title", "source"]);
    let id = identifier(row, "id");
    if let Some(id) = &id {
        ids.take(row, id, &row.spot);
    }
    OutcomeAim {
        id: id.map_or_else(String::new, |id| id.value.to_owned()),
        title: row.required_owned("title"),
        source: row.text("source").map(|source| source.value.to_owned()),
    }
}

/// A threshold of the checks, in percentage points a year.
fn threshold(table: &Reader<'_>, key: &str) -> Option<f64> {
    let threshold = table.number(key)?;
    if threshold.value > 0.0 && threshold.value <= 1000.0 {
        return Some(threshold.value);
    }
    table.document.add(&threshold.spot, |at| {
        at(format!("{} is not a threshold", number(threshold.value)))
            .expecting("percentage points a year, above 0 and at most 1000")
    });
    None
}

fn outcome(row: &Reader<'_>, ids: &mut UniqueIds, declared: &DeclaredSeries) -> OutcomeDefinition {
    row.only(&[
        "id",
        "title",
        "unit",
        "better",
        "scope",
        "series",
        "vital_signs",
        "source",
    ]);
    let id = identifier(row, "id");
    if let Some(id) = &id {
        ids.take(row, id, &row.spot);
    }
    for key in ["better", "scope"] {
        if !row.has(key) {
            row.missing(key);
        }
    }
    let better = [Better::Higher, Better::Lower].map(|better| (better.name(), better));
    let scope = [OutcomeScope::National, OutcomeScope::Local].map(|scope| (scope.name(), scope));
    OutcomeDefinition {
        id: id.map_or_else(String::new, |id| id.value.to_owned()),
        title: row.required_owned("title"),
        unit: row.required_owned("unit"),
        better: row
            .word("better", &better)
            .map_or(Better::Higher, |better| better.value),
        scope: row
            .word("scope", &scope)
            .map_or(OutcomeScope::Local, |scope| scope.value),
        series: series::of_outcome(row, declared),
        min: None,
        max: None,
        vital_signs: row.owned("vital_signs"),
        source: row.owned("source"),
    }
}
