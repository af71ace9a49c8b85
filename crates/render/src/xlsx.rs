//! A document as a workbook: a sheet for each section, with numbers as numbers and charts that
//! software draws itself. Everything else is text, so nothing in a document can become a formula.

mod blocks;
mod charts;
mod names;
mod number;
mod sheet;
mod table;

use crate::RenderError;
use crate::format::Format as DocumentFormat;
use crate::style::Style;
use crate::words;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Url, Workbook, XlsxError};
use sheet::{Look, Sheet};
use std::collections::BTreeSet;
use wcc_document::Document;
use wcc_document::model::{Section, Text};

/// Lays a document out as a workbook. The same document and style give the same bytes.
///
/// # Errors
/// A cell has more characters than a workbook permits, or the file could not be put together.
pub fn xlsx(document: &Document, style: &Style) -> Result<Vec<u8>, RenderError> {
    let writer = Writer { document, style };
    writer.write().map_err(|error| match error {
        WriteError::Excel(error) => RenderError::failed(DocumentFormat::Xlsx, error),
        WriteError::TooLong { start, length } => RenderError::TooLong {
            format: DocumentFormat::Xlsx,
            most: sheet::MAX_CHARACTERS,
            start,
            length,
        },
    })
}

/// Why a workbook could not be written.
enum WriteError {
    Excel(XlsxError),
    TooLong { start: String, length: usize },
}

impl From<XlsxError> for WriteError {
    fn from(error: XlsxError) -> WriteError {
        WriteError::Excel(error)
    }
}

type Result<T, E = WriteError> = std::result::Result<T, E>;

/// What the sheets need to know of the whole.
struct Writer<'a> {
    document: &'a Document,
    style: &'a Style,
}

impl Writer<'_> {
    fn write(&self) -> Result<Vec<u8>> {
        let document = self.document;
        let mut workbook = Workbook::new();
        workbook.set_properties(&self.properties()?);
        let titles = document
            .sections
            .iter()
            .map(|section| section.title.as_str());
        let names = names::distinct(titles);
        self.cover(&mut workbook, &names)?;
        for (section, name) in document.sections.iter().zip(&names) {
            let mut sheet = Sheet::new(workbook.add_worksheet(), self, name)?;
            self.section(&mut sheet, section, 1)?;
            sheet.finish()?;
        }
        Ok(workbook.save_to_buffer()?)
    }

    /// Title, subject, status and where it comes from. The date is that of the results.
    fn properties(&self) -> Result<DocProperties> {
        let document = self.document;
        let date = document.as_of;
        let year = u16::try_from(date.year()).unwrap_or(1900);
        let month = u8::try_from(date.month()).unwrap_or(1);
        let day = u8::try_from(date.day()).unwrap_or(1);
        let mut properties = DocProperties::new()
            .set_title(words::title(document))
            .set_subject(&document.cycle)
            .set_status(words::status(&document.status))
            .set_creation_datetime(&ExcelDateTime::from_ymd(year, month, day)?)
            .set_custom_property("Code", document.code.as_str())
            .set_custom_property("Cycle", document.cycle_id.as_str())
            .set_custom_property("Version", date.to_string());
        if let Some(authority) = self.style.organisation_on(document) {
            properties = properties.set_author(authority);
        }
        let mut names =
            BTreeSet::from(["code".to_owned(), "cycle".to_owned(), "version".to_owned()]);
        for fact in &document.provenance {
            if names.insert(fact.name.to_lowercase()) {
                properties = properties.set_custom_property(&fact.name, fact.value.to_plain());
            }
        }
        Ok(properties)
    }

    /// The first sheet: what the document is, its cautions, its contents, where it comes from.
    fn cover(&self, workbook: &mut Workbook, names: &[String]) -> Result<()> {
        let document = self.document;
        let mut sheet = Sheet::new(workbook.add_worksheet(), self, names::COVER)?;
        if let Some(logo) = &self.style.logo {
            sheet.logo(logo)?;
        }
        if let Some(authority) = self.style.organisation_on(document) {
            sheet.line(authority, Look::Strong)?;
        }
        sheet.line(&document.cycle, Look::Quiet)?;
        sheet.line(&document.title, Look::Heading(2))?;
        sheet.line(&document.subject, Look::Title)?;
        sheet.line(words::status(&document.status), Look::Strong)?;
        let date = words::date(document);
        sheet.line(
            &format!("Results as of {date} · Code {}", document.code),
            Look::Quiet,
        )?;
        for notice in &document.notices {
            sheet.paragraph(&notice.text, Look::Notice, 0, None)?;
        }
        if !document.legend.is_empty() {
            sheet.line(words::LEGEND, Look::Heading(3))?;
            for entry in &document.legend {
                sheet.line(&words::legend_entry(entry), Look::Plain)?;
            }
        }
        if !names.is_empty() {
            sheet.line("Contents", Look::Heading(3))?;
        }
        for (section, name) in document.sections.iter().zip(names) {
            let quoted = name.replace('\'', "''");
            let url = Url::new(format!("internal:'{quoted}'!A1")).set_text(&section.title);
            sheet.link(url)?;
        }
        if !document.provenance.is_empty() {
            sheet.line(words::PROVENANCE, Look::Heading(3))?;
            self.facts(&mut sheet, &document.provenance)?;
        }
        sheet.finish()
    }

    fn section(&self, sheet: &mut Sheet<'_>, section: &Section, level: u8) -> Result<()> {
        sheet.paragraph(&Text::plain(&section.title), Look::Heading(level), 0, None)?;
        if level == 1 {
            sheet.freeze_here();
        }
        self.blocks(sheet, &section.blocks, 0)?;
        for inner in &section.sections {
            self.section(sheet, inner, level.saturating_add(1))?;
        }
        Ok(())
    }
}
