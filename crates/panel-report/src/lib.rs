//! Reads a World Class Commissioning panel report, in the national template of any authority and
//! year, into values that name the lines they came from.
//!
//! [`read`] is pure: text in, [`Report`] out. A value that is in doubt is not legible, never guessed;
//! every line of the source is accounted for.

mod case_folder;
mod catalogue;
mod contradictions;
mod corrections;
mod counts;
mod document;
mod draft;
mod marks;
mod narrative;
mod outcomes;
mod outline;
mod pages;
mod prose;
mod provenance;
mod rationales;
mod reading;
mod report;
mod scores;
mod sentences;
mod signs;
mod table;
mod text;
mod title_page;
mod titles;

pub use case_folder::{CaseSettings, Citation, case_draft};
pub use catalogue::{Catalogue, KnownBody};
pub use corrections::{Addition, Correction, CorrectionErrors, Corrections, Removal, ReportName};
pub use document::{DocumentError, DocumentKind, text_of};
pub use draft::CaseDraft;
pub use provenance::Value;
pub use reading::{Reading, ReadingRequest, read_document};
pub use report::{
    Commentary, Confidence, Contradiction, LineCounts, LineUse, OutcomeRow, Prose, Rate, Rating,
    Recommendation, Report, Score, Statement, ValueCounts,
};
pub use signs::MarkMethod;

use outline::{Document, Section};
use prose::Wrapping;
use std::collections::HashMap;

/// The largest text that is read, in bytes. Published reports have less than 200 KiB.
pub const MAX_BYTES: usize = 1 << 20;
/// The largest number of lines that are read.
pub const MAX_LINES: usize = 8_000;

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It has more than [`MAX_BYTES`] bytes or more than [`MAX_LINES`] lines.
    TooLarge,
    /// There is no framework to read it by.
    NoFramework,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadError::TooLarge => write!(
                to,
                "the text is too large for a panel report: expected at most {MAX_LINES} lines and {} MiB",
                MAX_BYTES >> 20
            ),
            ReadError::NoFramework => to.write_str("there is no framework to read the report by"),
        }
    }
}

impl std::error::Error for ReadError {}

/// Refuses a text that [`read`] would refuse.
///
/// # Errors
/// If the text is too large.
pub fn check_size(text: &str) -> Result<(), ReadError> {
    let lines = text.bytes().filter(|byte| *byte == b'\n').count();
    if text.len() > MAX_BYTES || lines >= MAX_LINES {
        return Err(ReadError::TooLarge);
    }
    Ok(())
}

/// Reads a report by the one of several frameworks that it fits best.
///
/// # Errors
/// If the text is too large, or `catalogues` is empty.
pub fn read(
    text: &str,
    catalogues: &[Catalogue],
    bodies: &[KnownBody],
) -> Result<Report, ReadError> {
    check_size(text)?;
    let mut best: Option<(i64, Report)> = None;
    for catalogue in catalogues {
        let (mut report, fit) = read_by(text, catalogue, bodies);
        report.framework_reason = match catalogues.len() {
            1 => "given".to_owned(),
            _ => format!(
                "its measures and its year fit the report best, of {} frameworks",
                catalogues.len()
            ),
        };
        if best.as_ref().is_none_or(|(known, _)| fit > *known) {
            best = Some((fit, report));
        }
    }
    best.map(|(_, report)| report).ok_or(ReadError::NoFramework)
}

/// Reads a report by one framework, and says how well it fits: higher is better.
fn read_by(text: &str, catalogue: &Catalogue, bodies: &[KnownBody]) -> (Report, i64) {
    let mut document = Document::new(text::lines(text));
    let parts = outline::outline(&mut document, catalogue);
    let wrapping = Wrapping::of(&document);
    let title_page = title_page::read(&mut document, &parts, bodies);
    let (mut tables, mut rationales, mut recommendations) = (Vec::new(), Vec::new(), Vec::new());
    for component in 0..catalogue.components.len() {
        if parts
            .iter()
            .any(|part| part.section == Section::Component(component))
        {
            let page = pages::read(&mut document, catalogue, &wrapping, component, &parts);
            tables.extend(page.tables);
            rationales.extend(page.rationales);
            recommendations.extend(page.recommendations);
        }
    }
    let mut ratings = marks::read(catalogue, &tables);
    let body_name = title_page
        .body_name
        .as_ref()
        .and_then(|name| name.text.as_deref());
    let carded = narrative::scorecard(&mut document, catalogue, &parts, body_name);
    let mut contradictions = contradictions::merge_scorecard(&mut ratings, carded);
    add_missing(&mut ratings, catalogue);
    let scores = scores::read(&document, &rationales);
    let found = outcomes::read(&mut document, catalogue, &wrapping, &parts);
    let (mut commentary, told) = narrative::read(&mut document, &wrapping, &parts);
    commentary.extend(found.notes);
    let (statements, differing) = counts::read(&document, &commentary);
    let recommendations = merge([told, recommendations].concat());
    contradictions.extend(title_page.contradictions);
    contradictions.extend(differing);
    contradictions.extend(scores::contradictions(&scores));
    contradictions.extend(contradictions::find(
        &document,
        catalogue,
        &parts,
        &ratings,
        &rationales,
        &found.rows,
    ));
    let fit = fit(catalogue, &tables, &ratings, title_page.date);
    finish(&mut document);
    let texts = document
        .lines
        .iter()
        .map(|line| line.text.trim().to_owned())
        .collect();
    let lines = document
        .uses
        .into_iter()
        .map(|line| {
            line.unwrap_or_else(|| LineUse::Unplaced("it is in no part of the template".to_owned()))
        })
        .collect();
    let report = Report {
        framework: catalogue.framework.clone(),
        framework_reason: String::new(),
        body_name: title_page.body_name,
        body: title_page.body,
        date: title_page.date,
        ratings,
        rationales,
        outcomes: found.rows,
        selected: title_page.selected,
        scores,
        commentary,
        recommendations,
        statements,
        contradictions,
        advice: advice(&tables),
        lines,
        texts,
    };
    (report, fit)
}

/// What to do about a text whose rows mostly have cells that nothing separates.
fn advice(tables: &[marks::LegendTable]) -> Option<&'static str> {
    let rows = || tables.iter().flat_map(|table| &table.table.rows);
    let is_unseparated = |row: &&table::Row| matches!(&row.cells, table::Cells::Unclear(why) if why == table::UNSEPARATED);
    (rows().filter(is_unseparated).count() * 2 > rows().count()).then_some(
        "nothing separates the cells of most tables, so their marks and rates have no column. If this is the text of a \
         PDF, make it with `pdftotext -layout FILE.pdf` (part of poppler), which keeps the columns, and import that",
    )
}

/// Measures without a row are not legible either.
fn add_missing(ratings: &mut Vec<Rating>, catalogue: &Catalogue) {
    for measure in &catalogue.measures {
        for method in MarkMethod::ALL {
            let known = ratings
                .iter()
                .any(|rating| rating.subject == measure.id && rating.method == method);
            if known || (method == MarkMethod::Previous && measure.is_new) {
                continue;
            }
            ratings.push(Rating {
                subject: measure.id.clone(),
                method,
                value: None,
                confidence: Confidence::NotLegible,
                why: Some("no row of a table is on this measure".to_owned()),
                lines: Vec::new(),
            });
        }
    }
    let place = |id: &str| {
        let measure = catalogue
            .measures
            .iter()
            .position(|measure| measure.id == id);
        let component = catalogue
            .components
            .iter()
            .position(|component| component.id == id);
        (
            measure.unwrap_or(usize::MAX),
            component.unwrap_or(usize::MAX),
        )
    };
    ratings.sort_by_cached_key(|rating| (place(&rating.subject), rating.method));
}

/// Recommendations that are printed twice are one, about everything that they are printed under.
fn merge(found: Vec<Recommendation>) -> Vec<Recommendation> {
    let mut merged: Vec<Recommendation> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for recommendation in found {
        let place = *places
            .entry(text::key(&recommendation.text))
            .or_insert(merged.len());
        match merged.get_mut(place) {
            None => merged.push(recommendation),
            Some(known) => {
                let mut sources = known.source.split("; ");
                if !sources.any(|source| source == recommendation.source) {
                    known.source = format!("{}; {}", known.source, recommendation.source);
                }
                known.lines.extend(recommendation.lines);
                // One whole print is enough.
                known.why = known.why.take().filter(|_| recommendation.why.is_some());
                for about in recommendation.about {
                    if !known.about.contains(&about) {
                        known.about.push(about);
                    }
                }
            }
        }
    }
    merged
}

/// How well a framework fits: rows without a measure, measures with two rows in a table and measures without a row in a table count against it, and
/// so does a year that is not that of the report.
fn fit(
    catalogue: &Catalogue,
    tables: &[marks::LegendTable],
    ratings: &[Rating],
    date: Option<(i16, i8, usize)>,
) -> i64 {
    let strange = tables
        .iter()
        .flat_map(|table| &table.table.rows)
        .filter(|row| row.measure.is_none() || row.measure_inferred.is_some())
        .count();
    // Two rows of one table for one measure: one of them is another framework's.
    let doubled: usize = tables
        .iter()
        .map(|table| {
            let mut measures: Vec<usize> = table
                .table
                .rows
                .iter()
                .filter_map(|row| row.measure)
                .collect();
            let all = measures.len();
            measures.sort_unstable();
            measures.dedup();
            all - measures.len()
        })
        .sum();
    // A competency that is not in the report at all says nothing about the framework.
    let missing = tables
        .iter()
        .filter(|table| !table.table.rows.is_empty())
        .filter_map(|table| catalogue.components.get(table.table.component))
        .flat_map(|component| &component.measures)
        .filter_map(|at| catalogue.measures.get(*at))
        .filter(|measure| {
            ratings
                .iter()
                .any(|rating| rating.subject == measure.id && rating.lines.is_empty())
        })
        .count();
    let start: Option<i16> = catalogue.year.get(..4).and_then(|year| year.parse().ok());
    let other_year = match (date, start) {
        // Panels of an assurance year sit from autumn to the next summer.
        (Some((year, month, _)), Some(start)) => {
            (if month >= 9 { year } else { year - 1 }) != start
        }
        _ => false,
    };
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX / 4);
    -(count(strange) + count(missing) + count(doubled) + if other_year { 4 } else { 0 })
}

/// Bare numbers between blank lines are page numbers, unless a table used them.
fn finish(document: &mut Document) {
    for at in 0..document.lines.len() {
        let text = document.text(at).trim().to_owned();
        let number =
            !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        let blank = |at: Option<usize>| {
            at.and_then(|at| document.line(at))
                .is_none_or(text::Line::is_blank)
        };
        if number && document.is_free(at) && (blank(at.checked_sub(1)) || blank(Some(at + 1))) {
            document.note(at, LineUse::Furniture("page number".to_owned()));
        } else if document.is_free(at) && outline::is_pointer(&text) {
            document.structure(&[at], "pointer to another page");
        }
    }
}
