//! `wcc import panel-report`: reads a published panel report into a case.

use crate::cli::{Failure, print};
use crate::settings::Settings;
use crate::{contained, load};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use wcc_core::BodyKind;
use wcc_core::words::counted;
use wcc_panel_report::{
    CaseSettings, Catalogue, Confidence, Contradiction, DocumentKind, KnownBody, LineCounts,
    LineUse, Report, Value, ValueCounts,
};
use wcc_programme::ReferenceData;

/// Read a published panel report into a case
///
/// Text, Markdown or .docx in the national template of World Class Commissioning, of any authority
/// and year. Without --out nothing is written: the values with the lines that they came from, what
/// is not legible, places that contradict each other, and the lines that fit nowhere are shown.
#[derive(clap::Args)]
#[command(after_help = "\
Every value is `read`, `inferred` (with the reason) or `not-legible`. A value in doubt is never
guessed; docs/importing.md has the rules. For a PDF, import its text: pdftotext -layout FILE.pdf")]
pub(crate) struct Arguments {
    /// The report: .txt, .md or .docx
    file: PathBuf,
    /// Write a case folder, with provenance.json and source.txt; an existing folder is left alone
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// The framework to read it by; default: the configured one that fits it best
    #[arg(long, value_name = "ID")]
    framework: Option<String>,
    /// Code of the body, if the report's name for it is not in the table of bodies: 5PK
    #[arg(long, value_name = "CODE")]
    body: Option<String>,
    /// Show everything as JSON, as in provenance.json
    #[arg(long)]
    json: bool,
}

/// The content of `provenance.json`.
#[derive(Serialize)]
struct Provenance<'a> {
    file: String,
    framework: &'a str,
    framework_reason: &'a str,
    body: Option<&'a str>,
    value_counts: ValueCounts,
    line_counts: LineCounts,
    values: Vec<Value>,
    contradictions: &'a [Contradiction],
    unplaced: Vec<UnplacedLine<'a>>,
    lines: Vec<NumberedLine<'a>>,
}

#[derive(Serialize)]
struct UnplacedLine<'a> {
    line: u32,
    text: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct NumberedLine<'a> {
    line: u32,
    #[serde(flatten)]
    line_use: &'a LineUse,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<(), Failure> {
    let name = arguments
        .file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let Some(kind) = DocumentKind::of(&name) else {
        return Err(in_file(
            &arguments.file,
            "this format is not read; expected .txt, .md or .docx (of a PDF, import the text that `pdftotext -layout` writes)",
        ));
    };
    let reference = load::reference(settings)?;
    let catalogues = catalogues(arguments, &reference)?;
    let text = contained::read_document(&arguments.file, kind)?;
    let bodies = bodies(&reference);
    let mut report = wcc_panel_report::read(&text, &catalogues, &bodies)
        .map_err(|error| in_file(&arguments.file, &error.to_string()))?;
    let values = report.value_counts();
    if values.read + values.inferred == 0 {
        return Err(in_file(
            &arguments.file,
            "nothing in it is a panel report in the national template",
        ));
    }
    if let Some(code) = &arguments.body {
        if !bodies.iter().any(|body| body.code == *code) {
            return Err(Failure::not_found(format!(
                "no PCT has the code {code}: see configs/organisations/pct.csv"
            )));
        }
        report.body = Some(code.clone());
    }
    let json = json(&report, &name)?;
    match &arguments.out {
        Some(folder) => write(folder, &report, &name, &json, &reference)?,
        None if arguments.json => return print(&json),
        None => {}
    }
    if arguments.json {
        return print(&json);
    }
    print(&summary(&report, arguments))
}

fn in_file(file: &Path, message: &str) -> Failure {
    Failure::refused(format!("{}: {message}", file.display()))
}

/// The framework that is given, or all whose competencies have numbers, as the template's do.
fn catalogues(arguments: &Arguments, reference: &ReferenceData) -> Result<Vec<Catalogue>, Failure> {
    if let Some(id) = &arguments.framework {
        let Some(framework) = reference.frameworks.find(id) else {
            let near = reference
                .frameworks
                .nearest(id)
                .map(|near| format!(" (did you mean {near}?)"));
            return Err(Failure::not_found(format!(
                "no framework is called {id}{}",
                near.unwrap_or_default()
            )));
        };
        return Ok(vec![Catalogue::of(framework)]);
    }
    let numbered = reference.frameworks.each().filter(|framework| {
        framework
            .components
            .iter()
            .any(|component| component.id == "1")
            && framework
                .components
                .iter()
                .any(|component| component.id == "strategy")
    });
    Ok(numbered.map(|framework| Catalogue::of(framework)).collect())
}

fn bodies(reference: &ReferenceData) -> Vec<KnownBody> {
    let all = reference.tables.organisations().each();
    all.filter(|(_, body)| body.kind == BodyKind::Pct)
        .map(|(_, body)| KnownBody {
            code: body.code.clone(),
            name: body.name.clone(),
        })
        .collect()
}

fn json(report: &Report, file: &str) -> Result<String, Failure> {
    let provenance = Provenance {
        file: file.to_owned(),
        framework: &report.framework,
        framework_reason: &report.framework_reason,
        body: report.body.as_deref(),
        value_counts: report.value_counts(),
        line_counts: report.line_counts(),
        values: report.values(),
        contradictions: &report.contradictions,
        unplaced: report
            .unplaced()
            .map(|(line, text, why)| UnplacedLine { line, text, why })
            .collect(),
        lines: report
            .lines
            .iter()
            .zip(1..)
            .map(|(line_use, line)| NumberedLine { line, line_use })
            .collect(),
    };
    let text = serde_json::to_string_pretty(&provenance);
    let text = text.map_err(|error| {
        Failure::system(format!("the report cannot be written as JSON: {error}"))
    })?;
    Ok(text + "\n")
}

/// Writes the case folder: all of it, or nothing.
fn write(
    folder: &Path,
    report: &Report,
    file: &str,
    json: &str,
    reference: &ReferenceData,
) -> Result<(), Failure> {
    if folder.exists() {
        return Err(in_file(
            folder,
            "it exists and is not overwritten; choose another folder",
        ));
    }
    let Some(body) = &report.body else {
        let name = report
            .body_name
            .as_ref()
            .and_then(|name| name.text.as_deref())
            .unwrap_or("not legible");
        return Err(Failure::refused(format!(
            "the body of the report ({name}) is not in the table of bodies: give its code with --body CODE"
        )));
    };
    let framework = reference.frameworks.find(&report.framework);
    let settings = CaseSettings {
        body: body.clone(),
        year: framework
            .map(|framework| framework.year.clone())
            .unwrap_or_default(),
        source: file.to_owned(),
    };
    let parent = folder
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| {
        Failure::system(format!("{} cannot be written: {error}", folder.display()))
    };
    std::fs::create_dir_all(parent).map_err(failed)?;
    let draft = tempfile::Builder::new()
        .prefix(".import-")
        .tempdir_in(parent)
        .map_err(failed)?;
    // The folder inside has the usual permissions; that of a temporary folder are narrower.
    let case = draft.path().join("case");
    std::fs::create_dir(&case).map_err(failed)?;
    let mut files = wcc_panel_report::case_files(report, &settings);
    files.push(("provenance.json", json.to_owned()));
    files.push(("source.txt", wcc_panel_report::source_text(report)));
    for (name, text) in &files {
        std::fs::write(case.join(name), text).map_err(failed)?;
    }
    let (frameworks, tables) = (&reference.frameworks, &reference.tables);
    let read = wcc_case::case::read(&case, frameworks, tables).map_err(|problems| {
        Failure::refused(format!(
            "the values of the report make no valid case, so nothing was written; see them without --out:\n{problems}"
        ))
    })?;
    for cycle in &read.cycles {
        load::warn(&cycle.warnings);
    }
    std::fs::rename(&case, folder).map_err(failed)
}

fn summary(report: &Report, arguments: &Arguments) -> String {
    let mut text = String::new();
    let name = report
        .body_name
        .as_ref()
        .and_then(|name| name.text.as_deref())
        .unwrap_or("body not legible");
    let code = report
        .body
        .as_deref()
        .map(|code| format!(" ({code})"))
        .unwrap_or_default();
    let month = report
        .date
        .map(|(year, month, _)| format!(", {year:04}-{month:02}"))
        .unwrap_or_default();
    let _ = writeln!(
        text,
        "{name}{code}{month}, read by {}: {}",
        report.framework, report.framework_reason
    );
    let values = report.value_counts();
    let _ = writeln!(
        text,
        "{}: {} read, {} inferred, {} not legible",
        counted(values.read + values.inferred + values.not_legible, "value"),
        values.read,
        values.inferred,
        values.not_legible
    );
    let lines = report.line_counts();
    let _ = writeln!(
        text,
        "{}: {} with values or text, {} headings and legends, {} furniture and blank, {} that fit nowhere",
        counted(lines.total, "line"),
        lines.assigned,
        lines.structure,
        lines.furniture,
        lines.unplaced
    );
    if arguments.out.is_none() {
        let _ = writeln!(text, "\nValues");
        for value in report.values() {
            let _ = writeln!(text, "  {}", value_line(&value));
        }
    }
    if !report.contradictions.is_empty() {
        let _ = writeln!(text, "\nContradictions, which are not resolved");
        for found in &report.contradictions {
            let _ = writeln!(text, "  {} ({})", found.sentence, places(&found.lines));
        }
    }
    if lines.unplaced > 0 {
        let _ = writeln!(text, "\nLines that fit nowhere");
        for (line, words, why) in report.unplaced() {
            let _ = writeln!(text, "  {line}: {} ({why})", shorten(words));
        }
    }
    match &arguments.out {
        Some(folder) => {
            let shown = folder.display();
            let _ = writeln!(
                text,
                "\nwrote {shown}; next: check {shown}/provenance.json, then `wcc assure {shown}`"
            );
        }
        None => {
            let _ = writeln!(text, "\nnothing was written; --out FOLDER writes a case");
        }
    }
    text
}

fn value_line(value: &Value) -> String {
    let record = if value.record.is_empty() {
        value.file
    } else {
        &value.record
    };
    let words = match (&value.value, value.confidence) {
        (None, _) => "not legible".to_owned(),
        (Some(words), Confidence::Inferred) => format!("{} (inferred)", shorten(words)),
        (Some(words), _) => shorten(words),
    };
    let why = value
        .why
        .as_deref()
        .map(|why| format!(": {why}"))
        .unwrap_or_default();
    format!(
        "{record}, {}: {words}{} [{}]",
        value.field,
        why,
        places(&value.lines)
    )
}

fn places(lines: &[u32]) -> String {
    let shown: Vec<String> = lines.iter().take(8).map(u32::to_string).collect();
    match lines.len() {
        0 => "no line".to_owned(),
        1 => format!("line {}", shown.join("")),
        count if count > 8 => format!("lines {} ...", shown.join(" ")),
        _ => format!("lines {}", shown.join(" ")),
    }
}

fn shorten(text: &str) -> String {
    let line: String = text
        .chars()
        .take(90)
        .map(|sign| if sign == '\n' { ' ' } else { sign })
        .collect();
    if line.len() < text.len() {
        format!("{line}...")
    } else {
        line
    }
}
