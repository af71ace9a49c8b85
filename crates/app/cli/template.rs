//! `wcc template`: writes a workbook that people fill in.

use super::assure::{cycles, with_body};
use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use crate::workbook_reader::template;
use std::io::Write;
use std::path::{Path, PathBuf};
use wcc_core::words::all_of;
use wcc_workbook::WorkbookKind;

/// Write an Excel workbook for a body to fill in: its own assessment, an assessor's judgements,
/// survey results, or metrics
///
/// The workbook has instructions, lists of values to choose from, and everything that is recorded
/// already; all other cells are protected. Read it back with `wcc import FILE`, which first shows
/// what would change.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What is filled in: self-assessment, assessment (or panel), survey or metrics
    kind: WorkbookKind,
    /// The ledger (`ledger:`), or the folder of a case
    #[arg(default_value = "ledger:")]
    case: Source,
    /// Code of the body (5KF), group (south-of-tyne-and-wear) or shared function
    #[arg(long, value_name = "CODE")]
    body: String,
    /// The cycle, if there are several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// The file to write; default: KIND-BODY.xlsx in this folder
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let kind = arguments.kind;
    if let Some(file) = &arguments.out
        && file
            .extension()
            .is_none_or(|extension| !extension.eq_ignore_ascii_case("xlsx"))
    {
        return Err(Failure::refused(format!(
            "{}: the name of the file must end with .xlsx",
            file.display()
        )));
    }
    let programme = load::programme(settings, &arguments.case).await?;
    let all = cycles(&programme, arguments.cycle.as_deref())?;
    let selected = with_body(&all, Some((None, &arguments.body)))?;
    let mut selected = selected
        .into_iter()
        .filter_map(|(assured, body)| Some((assured, body?)));
    let (Some((assured, body)), None) = (selected.next(), selected.next()) else {
        let ids = all_of(all.iter().map(|assured| assured.cycle.id.as_str()));
        return Err(Failure::refused(format!(
            "{} is in several cycles: choose one with --cycle ({ids})",
            arguments.body
        )));
    };
    let entry = match arguments.case {
        Source::Ledger(_) => {
            let records = assured.cycle.records_in_codes();
            records.iter().map(|(record, _)| record.0).max()
        }
        Source::Case(_) => None,
    };
    let template = template(kind, assured, body, entry);
    let template = template.map_err(|error| Failure::refused(error.to_string()))?;
    let file = arguments.out.clone();
    let file = file.unwrap_or_else(|| PathBuf::from(template.name));
    write_new(&file, &template.bytes)?;
    print(&format!(
        "{}: fill it in, then: wcc import {}\n",
        file.display(),
        file.display()
    ))
}

/// Writes a file that is not there yet: somebody may have filled in the old one.
fn write_new(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::refused(format!(
            "{} exists already: move it away, or give another name with --out",
            file.display()
        )),
        _ => Failure::system(format!("{} cannot be written: {error}", file.display())),
    };
    let mut opened = std::fs::File::create_new(file).map_err(failed)?;
    opened.write_all(bytes).map_err(failed)
}
