//! A report as it is read in one process for another: what the reader needs beside the file, and what it
//! returns.

use crate::case_folder::{CaseSettings, Citation, case_draft};
use crate::catalogue::{Catalogue, KnownBody};
use crate::document::{DocumentKind, text_of};
use crate::draft::CaseDraft;
use crate::provenance::Value;
use crate::report::{Contradiction, LineCounts, LineUse, ValueCounts};
use serde::{Deserialize, Serialize};

/// What a reader needs beside the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReadingRequest {
    /// The frameworks that may fit the report.
    pub catalogues: Vec<Catalogue>,
    /// The bodies that the report may be about.
    pub bodies: Vec<KnownBody>,
    /// Code of the body, if it is known.
    pub body: Option<String>,
    /// Name of the report, as citations give it.
    pub source: String,
    /// What citations name.
    pub citation: Citation,
}

/// Everything that was read from a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reading {
    /// Identifier of the framework that it was read by.
    pub framework: String,
    /// Why this framework.
    pub framework_reason: String,
    /// Name of the body as printed, if it is legible.
    pub body_name: Option<String>,
    /// Code of the body: the one that was given, or that of the printed name.
    pub body: Option<String>,
    /// Month of the report: `2010-05`.
    pub month: Option<String>,
    /// How many values have which confidence.
    pub value_counts: ValueCounts,
    /// How many lines became what.
    pub line_counts: LineCounts,
    /// Every value with its lines and its confidence.
    pub values: Vec<Value>,
    /// Places that contradict each other.
    pub contradictions: Vec<Contradiction>,
    /// What to do so that more is read, if the text shows it.
    pub advice: Option<String>,
    /// What became of each line, in order.
    pub lines: Vec<LineUse>,
    /// The lines themselves, cleaned.
    pub texts: Vec<String>,
    /// The files of a case; none if the body is not known.
    pub case: CaseDraft,
}

impl Reading {
    /// The lines that fit nowhere: number, text and why.
    pub fn unplaced(&self) -> impl Iterator<Item = (u32, &str, &str)> {
        let lines = self.lines.iter().zip(&self.texts).zip(1_u32..);
        lines.filter_map(|((line, text), number)| match line {
            LineUse::Unplaced(why) => Some((number, text.as_str(), why.as_str())),
            _ => None,
        })
    }

    /// The source as it was read, so that the numbers of its lines can be looked up.
    pub fn source_text(&self) -> String {
        let mut text = self.texts.join("\n");
        text.push('\n');
        text
    }
}

/// Reads a document, in whichever format it is.
///
/// # Errors
/// The document is too large or damaged, or nothing in it is a panel report; the message says what to do.
pub fn read_document(
    bytes: &[u8],
    kind: DocumentKind,
    request: &ReadingRequest,
) -> Result<Reading, String> {
    let text = text_of(bytes, kind).map_err(|error| error.to_string())?;
    let report = crate::read(&text, &request.catalogues, &request.bodies)
        .map_err(|error| error.to_string())?;
    let value_counts = report.value_counts();
    if value_counts.read + value_counts.inferred == 0 {
        return Err("nothing in it is a panel report in the national template".to_owned());
    }
    let body = request.body.clone().or_else(|| report.body.clone());
    let catalogue = request
        .catalogues
        .iter()
        .find(|catalogue| catalogue.framework == report.framework);
    let case = match (&body, catalogue) {
        (Some(body), Some(catalogue)) => case_draft(
            &report,
            catalogue,
            &CaseSettings {
                body: body.clone(),
                year: catalogue.year.clone(),
                source: request.source.clone(),
                citation: request.citation,
            },
        ),
        _ => CaseDraft::default(),
    };
    Ok(Reading {
        body_name: report.body_name.as_ref().and_then(|name| name.text.clone()),
        body,
        month: report
            .date
            .map(|(year, month, _)| format!("{year:04}-{month:02}")),
        value_counts,
        line_counts: report.line_counts(),
        values: report.values(),
        case,
        framework: report.framework,
        framework_reason: report.framework_reason,
        contradictions: report.contradictions,
        advice: report.advice.map(str::to_owned),
        lines: report.lines,
        texts: report.texts,
    })
}
