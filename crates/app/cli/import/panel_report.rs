//! `wcc import panel-report`: reads a published panel report into a case.

use crate::cli::{Failure, print};
use crate::settings::Settings;
use crate::{contained, load};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use wcc_core::BodyKind;
use wcc_core::words::counted;
use wcc_panel_report::{
    Catalogue, Confidence, Contradiction, Corrections, DocumentKind, KnownBody, LineCounts,
    LineUse, Reading, ReadingRequest, Value, ValueCounts,
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
    /// Apply the reviewed corrections of a file, all or none; docs/importing.md has their form
    #[arg(long, value_name = "FILE")]
    corrections: Option<PathBuf>,
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
    values: &'a [Value],
    contradictions: &'a [Contradiction],
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'a str>,
    unplaced: Vec<UnplacedLine<'a>>,
    lines: Vec<NumberedLine<'a>>,
    /// The corrections that were applied to the values above.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrections: Option<&'a Corrections>,
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
        let is_pdf = arguments
            .file
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"));
        let message = if is_pdf {
            let text = arguments.file.with_extension("txt");
            format!(
                "a PDF is not read; import its text: pdftotext -layout '{}' '{}' (pdftotext is part of poppler)",
                arguments.file.display(),
                text.display()
            )
        } else {
            "this format is not read; expected .txt, .md or .docx: save it as one of them"
                .to_owned()
        };
        return Err(in_file(&arguments.file, &message));
    };
    let reference = load::reference(settings)?;
    let bodies = bodies(&reference);
    if let Some(code) = &arguments.body
        && !bodies.iter().any(|body| body.code == *code)
    {
        return Err(Failure::not_found(format!(
            "no PCT has the code {code}: see configs/organisations/pct.csv"
        )));
    }
    let corrections = match &arguments.corrections {
        Some(file) => Some(corrections(file)?),
        None => None,
    };
    let report = corrections.as_ref().map(|corrections| &corrections.report);
    let request = ReadingRequest {
        catalogues: catalogues(arguments, &reference)?,
        bodies,
        body: arguments.body.clone(),
        source: report
            .and_then(|report| report.name.clone())
            .unwrap_or_else(|| name.clone()),
        citation: report.map(|report| report.cite).unwrap_or_default(),
    };
    let mut reading = contained::read_report(&arguments.file, kind, &request)?;
    if let (Some(corrections), Some(file)) = (&corrections, &arguments.corrections) {
        body_is_known(&reading)?;
        let lines = reading.texts.len();
        let applied = corrections.apply(&mut reading.case, lines);
        applied.map_err(|errors| in_file(file, &errors.to_string()))?;
    }
    let json = json(&reading, &name, corrections.as_ref())?;
    if let Some(folder) = &arguments.out {
        write(folder, &reading, &json, &reference)?;
    }
    if arguments.json {
        return print(&json);
    }
    print(&summary(&reading, arguments, corrections.as_ref()))
}

/// The largest file of corrections, in bytes.
const MAX_CORRECTIONS: u64 = 4 << 20;

fn corrections(file: &Path) -> Result<Corrections, Failure> {
    let mut text = String::new();
    let mut opened = contained::open_regular(file)?.take(MAX_CORRECTIONS + 1);
    opened
        .read_to_string(&mut text)
        .map_err(|error| in_file(file, &format!("it cannot be read as text: {error}")))?;
    if text.len() as u64 > MAX_CORRECTIONS {
        let most = MAX_CORRECTIONS >> 20;
        return Err(in_file(file, &format!("it has more than {most} MB")));
    }
    Corrections::parse(&text).map_err(|errors| in_file(file, &errors.to_string()))
}

fn body_is_known(reading: &Reading) -> Result<(), Failure> {
    if reading.body.is_some() {
        return Ok(());
    }
    let name = reading.body_name.as_deref().unwrap_or("not legible");
    Err(Failure::refused(format!(
        "the body of the report ({name}) is not in the table of bodies: give its code with --body CODE"
    )))
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

fn json(
    reading: &Reading,
    file: &str,
    corrections: Option<&Corrections>,
) -> Result<String, Failure> {
    let provenance = Provenance {
        file: file.to_owned(),
        framework: &reading.framework,
        framework_reason: &reading.framework_reason,
        body: reading.body.as_deref(),
        value_counts: reading.value_counts,
        line_counts: reading.line_counts,
        values: &reading.values,
        contradictions: &reading.contradictions,
        advice: reading.advice.as_deref(),
        unplaced: reading
            .unplaced()
            .map(|(line, text, why)| UnplacedLine { line, text, why })
            .collect(),
        lines: reading
            .lines
            .iter()
            .zip(1..)
            .map(|(line_use, line)| NumberedLine { line, line_use })
            .collect(),
        corrections,
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
    reading: &Reading,
    json: &str,
    reference: &ReferenceData,
) -> Result<(), Failure> {
    if folder.exists() {
        return Err(in_file(
            folder,
            "it exists and is not overwritten; choose another folder",
        ));
    }
    body_is_known(reading)?;
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
    let source = reading.source_text();
    let case_files = reading.case.files();
    let case_files = case_files.iter();
    let case_files = case_files.map(|(name, text)| (name.as_str(), text.as_str()));
    for (name, text) in case_files.chain([("provenance.json", json), ("source.txt", &source)]) {
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

fn summary(reading: &Reading, arguments: &Arguments, corrections: Option<&Corrections>) -> String {
    let mut text = String::new();
    let name = reading.body_name.as_deref().unwrap_or("body not legible");
    let code = reading.body.as_deref();
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    let month = reading.month.as_deref();
    let month = month.map(|month| format!(", {month}")).unwrap_or_default();
    let _ = writeln!(
        text,
        "{name}{code}{month}, read by {}: {}",
        reading.framework, reading.framework_reason
    );
    let values = reading.value_counts;
    let _ = writeln!(
        text,
        "{}: {} read, {} inferred, {} not legible",
        counted(values.read + values.inferred + values.not_legible, "value"),
        values.read,
        values.inferred,
        values.not_legible
    );
    let lines = reading.line_counts;
    let _ = writeln!(
        text,
        "{}: {} with values or text, {} headings and legends, {} furniture and blank, {} that fit nowhere",
        counted(lines.total, "line"),
        lines.assigned,
        lines.structure,
        lines.furniture,
        lines.unplaced
    );
    if let Some(corrections) = corrections {
        let _ = writeln!(
            text,
            "{} applied: {} corrected, {} removed, {} added; the values are those before",
            counted(corrections.count(), "correction"),
            corrections.correction.len(),
            corrections.removal.len(),
            corrections.addition.len()
        );
    }
    if arguments.out.is_none() {
        let _ = writeln!(text, "\nValues");
        for value in &reading.values {
            let _ = writeln!(text, "  {}", value_line(value));
        }
    }
    if !reading.contradictions.is_empty() {
        let _ = writeln!(text, "\nContradictions, which are not resolved");
        for found in &reading.contradictions {
            let _ = writeln!(text, "  {} ({})", found.sentence, places(&found.lines));
        }
    }
    if let Some(advice) = &reading.advice {
        let _ = writeln!(text, "\nWhat to do\n  {advice}");
    }
    if lines.unplaced > 0 {
        let _ = writeln!(text, "\nLines that fit nowhere");
        for (line, words, why) in reading.unplaced() {
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
        &*value.file
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
