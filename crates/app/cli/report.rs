//! `wcc report`: writes the documents that an authority hands over.

mod rendering;
mod selection;
mod writing;

use super::assure::cycles;
use super::{Failure, print};
use crate::load::{self, LedgerPoint};
use crate::settings::Settings;
use crate::source::Source as CaseSource;
use rendering::Renderer;
use selection::{Job, Selection};
use std::path::PathBuf;
use wcc_core::RecordId;
use wcc_core::words::{all_of, counted};
use wcc_document::{DocumentKind, LedgerHead, Provenance, Source};
use wcc_programme::AssuredCycle;
use wcc_render::Format;

/// Write documents: the panel report or scorecard of a body, the sheet of a group or function, the
/// overview of a region
///
/// The framework says which sections they have, and in which order (docs/framework-files.md). Files
/// are named after the body, the kind and the cycle, as in 5PK-panel-report-2009-10.html; a file that
/// an earlier run wrote is replaced. The same results make the same files, byte for byte. Results
/// that are not released are marked as a draft on every page.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case: case.toml, CSV tables, Markdown (see docs/case-files.md); or `ledger:`
    /// (`ledger:120` for the ledger after entry 120, `ledger:2009-11-30T17:00:00Z` at that time)
    case: CaseSource,
    /// Only of this body, given by its code: 5KF
    #[arg(long, alias = "pct", value_name = "CODE", group = "selected")]
    body: Option<String>,
    /// Only of this group, assured once for several bodies: south-of-tyne-and-wear
    #[arg(long, alias = "cluster", value_name = "CODE", group = "selected")]
    group: Option<String>,
    /// Only of this shared function: specialised-commissioning
    #[arg(long, value_name = "CODE", group = "selected")]
    function: Option<String>,
    /// Only of this authority's region: Q30
    #[arg(long, alias = "sha", value_name = "CODE", group = "selected")]
    authority: Option<String>,
    /// Of everything that documents of the kind are about
    #[arg(long, group = "selected")]
    all: bool,
    /// What to write: panel-report, scorecard, cluster (or group), function or region; default: what
    /// suits the body
    #[arg(long, value_parser = selection::kind)]
    kind: Option<DocumentKind>,
    /// Formats, separated by commas: pdf, html, docx, xlsx, text
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', default_value = rendering::DEFAULT)]
    format: Vec<Format>,
    /// The program that prints PDFs; default: that of the settings, or else wcc-pdf beside this
    /// program, where its build puts it, or in PATH
    #[arg(long, value_name = "FILE")]
    pdf_program: Option<PathBuf>,
    /// Folder with an authority's own style: names, colours, logo (docs/documents.md); default: that of
    /// the settings
    #[arg(long, value_name = "FOLDER")]
    style: Option<PathBuf>,
    /// Folder for the files, which is created if necessary; default: this folder. Text alone is
    /// printed without it
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Only of this cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let (programme, point) = load::programme_and_point(settings, &arguments.case, true).await?;
    let all = cycles(&programme, arguments.cycle.as_deref())?;
    let selection = Selection::new(&arguments);
    let jobs = selection.jobs(&all)?;
    let sources: Vec<Source<'_>> = all
        .iter()
        .map(|assured| {
            Source::new(
                &assured.cycle,
                &assured.assurance,
                provenance(assured, &arguments, point.as_ref()),
            )
        })
        .collect();
    let renderer = Renderer::new(
        arguments.format.clone(),
        arguments.style.as_deref().or(settings.style.as_deref()),
        arguments.pdf_program.as_deref().or(settings.pdf.as_deref()),
    )?;
    if arguments.out.is_none() && renderer.is_text_alone() {
        return print_text(&sources, &jobs, &renderer);
    }
    let folder = arguments.out.unwrap_or_else(|| PathBuf::from("."));
    let written = writing::write(&sources, &jobs, &renderer, &folder)?;
    let kinds = counted_kinds(&jobs);
    let formats = all_of(renderer.formats().iter().map(|format| format.name()));
    print(&format!(
        "wrote {kinds} as {formats} ({}) to {}\n",
        counted(written, "file"),
        folder.display()
    ))
}

/// What was written: "1 group sheet and 2 panel reports".
fn counted_kinds(jobs: &[Job]) -> String {
    let each = DocumentKind::ALL.into_iter().filter_map(|kind| {
        let count = jobs.iter().filter(|job| job.kind == kind).count();
        let noun = kind.name().replace('-', " ");
        (count > 0).then(|| match kind {
            DocumentKind::PanelReport | DocumentKind::Scorecard => counted(count, &noun),
            DocumentKind::Cluster => counted(count, "group sheet"),
            DocumentKind::Function => counted(count, "function sheet"),
            DocumentKind::Region => counted(count, "overview"),
        })
    });
    let each: Vec<String> = each.collect();
    all_of(each.iter().map(String::as_str))
}

fn print_text(sources: &[Source<'_>], jobs: &[Job], renderer: &Renderer) -> Result<(), Failure> {
    let mut printer = renderer.printer()?;
    for job in jobs {
        let document = job.document(sources)?;
        let bytes = printer.render(Format::Text, &document)?;
        print(&String::from_utf8_lossy(&bytes))?;
    }
    Ok(())
}

/// What only the command line knows about the results.
fn provenance(
    assured: &AssuredCycle,
    arguments: &Arguments,
    point: Option<&LedgerPoint>,
) -> Provenance {
    let authors = point.map_or(&[][..], |point| &point.authors);
    let author = |RecordId(number): RecordId, _| {
        let entries = authors.binary_search_by_key(&number, |(entry, _)| *entry);
        let (_, author) = authors.get(entries.ok()?)?;
        Some(author.clone())
    };
    let known = Provenance::of(&assured.cycle, super::today(), author);
    match &arguments.case {
        CaseSource::Case(folder) => {
            let name = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            let name = name.file_name().map(|name| name.to_string_lossy());
            match name {
                Some(name) => known.of_case(&name),
                None => known,
            }
        }
        CaseSource::Ledger(_) => known.of_ledger(point.map(|point| LedgerHead {
            entry: u64::from(point.entry),
            hash: point.hash.clone(),
        })),
    }
}
