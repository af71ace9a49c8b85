//! Prints documents as tagged PDF. Reads frames from standard input and answers each on standard
//! output, so that one warm process prints many; `crates/render/src/pdf.rs` runs it.
//!
//! The first frame is a [`Setup`]: the templates and pictures of an authority, if it has any. Every
//! other frame is a document in the form of `crates/document`. The process opens no file: fonts and
//! templates are part of the program, and those of an authority arrive in the first frame.

mod frames;
mod limits;
mod printer;
mod spill;
mod world;

use frames::{Answer, Frame};
use printer::Printer;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;
use world::TEMPLATES;

/// The version of the document model that the templates read.
const FORMAT: u64 = 1;

/// The first frame.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setup {
    /// Version of the document model.
    format: u64,
    /// Templates that replace those of the program, by their name: `document.typ`.
    #[serde(default)]
    templates: BTreeMap<String, String>,
    /// Pictures and other files that templates read, by name, in base 64.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Memory that the process may use, in bytes.
    memory: Option<u64>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if let Some(argument) = arguments.next() {
        return explain(&argument, arguments.next().as_deref());
    }
    let input = BufReader::new(io::stdin().lock());
    let output = BufWriter::new(io::stdout().lock());
    match serve(input, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wcc-pdf: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Answers somebody who runs the program by hand.
fn explain(argument: &str, name: Option<&str>) -> ExitCode {
    match (argument, name) {
        ("--version" | "-V", _) => println!("wcc-pdf {}", env!("CARGO_PKG_VERSION")),
        ("--template", Some(name)) => return show_template(name),
        _ => println!(
            "wcc-pdf prints documents as PDF for `wcc report --format pdf` and for the server, which \
             run it themselves: it reads documents from standard input and writes PDFs to standard \
             output.\n\nwcc-pdf --template style.typ shows a template, to be copied and changed \
             (docs/documents.md)."
        ),
    }
    ExitCode::SUCCESS
}

/// Prints a template of the program.
fn show_template(name: &str) -> ExitCode {
    if let Some((_, text)) = TEMPLATES.iter().find(|(own, _)| *own == name) {
        print!("{text}");
        return ExitCode::SUCCESS;
    }
    let names: Vec<&str> = TEMPLATES.iter().map(|(name, _)| *name).collect();
    eprintln!(
        "wcc-pdf: there is no template {name}: expected one of {}",
        names.join(", ")
    );
    ExitCode::FAILURE
}

/// Answers every frame until the input ends.
fn serve(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let Some(first) = frames::read(&mut input)? else {
        return Ok(());
    };
    let (mut printer, answer) = match set_up(&first) {
        Ok(printer) => (
            Some(printer),
            Answer::Ready(env!("CARGO_PKG_VERSION").into()),
        ),
        Err(answer) => (None, answer),
    };
    frames::write(&mut output, &answer)?;
    let Some(printer) = &mut printer else {
        return Ok(());
    };
    while let Some(document) = frames::read(&mut input)? {
        let answer = match printer.print(document) {
            Ok(pdf) => Answer::Pdf(pdf),
            Err(problem) => Answer::Problem(problem),
        };
        frames::write(&mut output, &answer)?;
    }
    Ok(())
}

/// A printer with the authority's templates, which are tried out.
fn set_up(frame: &Frame) -> Result<Printer, Answer> {
    let setup: Setup = serde_json::from_slice(frame)
        .map_err(|error| Answer::Problem(format!("the first message is not a set-up: {error}")))?;
    if setup.format != FORMAT {
        return Err(Answer::Problem(format!(
            "documents have format {}, but this program prints format {FORMAT}: use `wcc` and \
             `wcc-pdf` of one version",
            setup.format
        )));
    }
    limits::limit(setup.memory)
        .map_err(|error| Answer::Problem(format!("limits cannot be set: {error}")))?;
    let mut files = BTreeMap::new();
    for (name, content) in &setup.files {
        let bytes = data_encoding::BASE64
            .decode(content.as_bytes())
            .map_err(|error| Answer::Problem(format!("{name} is not in base 64: {error}")))?;
        files.insert(name.clone(), bytes);
    }
    let is_own = !setup.templates.is_empty();
    let mut printer = Printer::new(setup.templates, files).map_err(Answer::Templates)?;
    if is_own {
        printer.try_out().map_err(Answer::Templates)?;
    }
    Ok(printer)
}
