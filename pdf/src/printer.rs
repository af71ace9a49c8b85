//! Prints one document after the other.

use crate::spill::{TopSection, spilling_sections};
use crate::world::PrintWorld;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use typst::diag::{EcoVec, Severity, SourceDiagnostic, Warned};
use typst::foundations::{Datetime, Smart};
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// How many documents the results of earlier layouts are kept for.
const KEPT: usize = 2;

/// A document with every kind of block, on which templates of an authority are tried out.
const SAMPLE: &[u8] = include_bytes!("../../crates/render/tests/samples/everything.json");

/// What of a document the properties of its PDF need.
#[derive(serde::Deserialize)]
struct Head {
    kind: String,
    code: String,
    cycle_id: String,
    as_of: String,
    #[serde(default)]
    sections: Vec<TopSection>,
}

/// The size of letters in which sections are printed that would leave a page almost empty, as a part of
/// the usual size.
const SMALLER: f64 = 0.95;

/// Prints documents.
pub(crate) struct Printer {
    world: PrintWorld,
    standards: PdfStandards,
}

impl Printer {
    /// A printer with templates and files that replace those of the program.
    ///
    /// # Errors
    ///
    /// What is wrong with a template or a file, in words.
    pub(crate) fn new(
        templates: BTreeMap<String, String>,
        files: BTreeMap<String, Vec<u8>>,
    ) -> Result<Printer, String> {
        let world = PrintWorld::new(templates, files)?;
        let standards =
            PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| error.message().to_string())?;
        Ok(Printer { world, standards })
    }

    /// Tries the templates out on a document with every kind of block.
    ///
    /// # Errors
    ///
    /// What is wrong, as for a document that is printed.
    pub(crate) fn try_out(&mut self) -> Result<(), String> {
        self.print(SAMPLE.to_vec()).map(drop)
    }

    /// Prints a document, given in JSON.
    ///
    /// # Errors
    ///
    /// What is wrong, in words: the template with its line, or what PDF/UA-1 does not allow.
    pub(crate) fn print(&mut self, json: Vec<u8>) -> Result<Vec<u8>, String> {
        let no_document = |error| format!("this is not a document: {error}");
        let head: Head = serde_json::from_slice(&json).map_err(no_document)?;
        let mut document: Value = serde_json::from_slice(&json).map_err(no_document)?;
        let json = if self.make_printable(&mut document) > 0 {
            document.to_string().into_bytes()
        } else {
            json
        };
        let date = date(&head.as_of)?;
        let ident = format!("wcc:{}/{}/{}", head.cycle_id, head.code, head.kind);
        self.world.set_document(json);
        let (document, warnings) = self.lay_out(&head.sections)?;
        let options = PdfOptions {
            ident: Smart::Custom(ident),
            creator: Smart::Custom(Some(concat!("wcc-pdf ", env!("CARGO_PKG_VERSION")).into())),
            timestamp: Some(Timestamp::new_utc(date)),
            standards: self.standards.clone(),
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options);
        let result = pdf.map_err(|errors| self.in_words(&errors));
        for warning in &warnings {
            eprintln!("wcc-pdf: {}", self.one_in_words(warning));
        }
        typst::comemo::evict(KEPT);
        result
    }

    /// Lays the document out. Sections that leave a page with a line or two are set smaller, if that
    /// saves the page.
    fn lay_out(
        &mut self,
        sections: &[TopSection],
    ) -> Result<(PagedDocument, EcoVec<SourceDiagnostic>), String> {
        let usual = self.compile(&BTreeMap::new())?;
        let spilling = spilling_sections(&usual.0, sections).into_iter();
        let fit: BTreeMap<String, f64> = spilling.map(|id| (id, SMALLER)).collect();
        if fit.is_empty() {
            return Ok(usual);
        }
        let smaller = self.compile(&fit)?;
        let saves = smaller.0.pages().len() < usual.0.pages().len();
        Ok(if saves { smaller } else { usual })
    }

    fn compile(
        &mut self,
        fit: &BTreeMap<String, f64>,
    ) -> Result<(PagedDocument, EcoVec<SourceDiagnostic>), String> {
        self.world.set_fit(fit);
        let Warned { output, warnings } = typst::compile::<PagedDocument>(&self.world);
        let document = output.map_err(|errors| self.in_words(&errors))?;
        Ok((document, warnings))
    }

    /// Replaces the characters that no font has, in every text of a value. Returns in how many
    /// texts there were any.
    fn make_printable(&self, value: &mut Value) -> usize {
        match value {
            Value::String(text) => match self.world.printable(text) {
                Some(printable) => {
                    *text = printable;
                    1
                }
                None => 0,
            },
            Value::Array(items) => items.iter_mut().map(|one| self.make_printable(one)).sum(),
            Value::Object(fields) => {
                let values = fields.iter_mut().map(|(_, value)| value);
                values.map(|one| self.make_printable(one)).sum()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        }
    }

    /// Diagnostics, one on each line.
    fn in_words<'a>(&self, all: impl IntoIterator<Item = &'a SourceDiagnostic>) -> String {
        let lines: Vec<String> = all.into_iter().map(|one| self.one_in_words(one)).collect();
        lines.join("\n")
    }

    /// A diagnostic with its file and line.
    fn one_in_words(&self, diagnostic: &SourceDiagnostic) -> String {
        let mut words = String::new();
        let span = diagnostic.span;
        let place = span.id().and_then(|id| {
            let source = self.world.source(id).ok()?;
            let range = self.world.range(span)?;
            let (line, column) = source.lines().byte_to_line_column(range.start)?;
            let name = id.vpath().get_without_slash().to_owned();
            Some((name, line + 1, column + 1))
        });
        if let Some((name, line, column)) = place {
            let _ = write!(words, "{name}:{line}:{column}: ");
        }
        if diagnostic.severity == Severity::Warning {
            words.push_str("warning: ");
        }
        words.push_str(&diagnostic.message);
        for hint in &diagnostic.hints {
            let _ = write!(words, "; {}", hint.v);
        }
        words
    }
}

/// The date at which the results stand, which is the date of the file.
fn date(text: &str) -> Result<Datetime, String> {
    let mut parts = text.split('-');
    let mut next = || parts.next()?.parse::<i32>().ok();
    let mut parsed = || {
        let (year, month, day) = (next()?, next()?, next()?);
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        Datetime::from_ymd_hms(year, month, day, 0, 0, 0)
    };
    parsed().ok_or_else(|| format!("`{text}` is not a date as 2010-05-31"))
}
