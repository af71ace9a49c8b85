//! The program that prints PDFs from the side of its caller: one that takes too long, ends, or refuses
//! templates.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "test helpers may panic")]

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::RwLock;
use std::time::Duration;
use tempfile::TempDir;
use wcc_document::Document;
use wcc_render::pdf::{PdfError, PdfPrinter, PdfSetup};
use wcc_render::{Style, Templates};

/// Held while programs are written or started.
static STARTING: RwLock<()> = RwLock::new(());

/// A program that reads its set-up and then does something else.
fn program(folder: &TempDir, then: &str) -> PathBuf {
    let path = folder.path().join("wcc-pdf-of-test");
    let script = format!(
        "#!/bin/sh\nPATH=/usr/bin:/bin\n\
         message() {{ head -c \"$(head -c 4 | od -An -tu4 | tr -d ' ')\" >/dev/null; }}\n\
         message\n{then}\n"
    );
    // A process that is started while the file is open for writing has it open too, and then it cannot be run.
    let _nothing_starts = STARTING.write().expect("a lock");
    std::fs::write(&path, script).expect("a program");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a program");
    path
}

/// Starts a program; none is being written then.
fn start(program: &OsStr, setup: &PdfSetup) -> Result<PdfPrinter, PdfError> {
    let _nothing_is_written = STARTING.read().expect("a lock");
    PdfPrinter::start(program, setup)
}

fn document() -> Document {
    let text = include_str!("samples/empty.json");
    serde_json::from_str(text).expect("a document")
}

const READY: &str = "printf '\\003\\000\\000\\000R1.'";

#[test]
fn a_document_that_takes_too_long_is_given_up() {
    let folder = TempDir::new().expect("a folder");
    let program = program(&folder, &format!("{READY}\nexec sleep 600"));
    let setup = PdfSetup {
        patience: Duration::from_millis(1500),
        ..PdfSetup::default()
    };
    let mut printer = start(program.as_os_str(), &setup).expect("it is ready");
    let error = printer.print(&document()).expect_err("nobody answers");
    assert!(matches!(error, PdfError::TooLong(_)), "{error}");
}

#[test]
fn a_program_that_ends_is_said_to_have_ended() {
    let folder = TempDir::new().expect("a folder");
    let program = program(&folder, READY);
    let setup = PdfSetup::default();
    let mut printer = start(program.as_os_str(), &setup).expect("it is ready");
    let error = printer.print(&document()).expect_err("it has ended");
    assert!(matches!(error, PdfError::Ended), "{error}");
}

#[test]
fn faults_of_templates_have_their_paths_and_others_do_not() {
    let folder = TempDir::new().expect("a folder");
    let words = "style.typ:2:1: one\\nblocks.typ:7:3: two";
    let length = words.replace("\\n", "\n").len() + 1;
    let program = program(
        &folder,
        &format!("printf '\\{length:03o}\\000\\000\\000T{words}'"),
    );
    let style = Style {
        templates: Templates {
            folder: PathBuf::from("own/templates"),
            sources: [("style.typ".to_owned(), String::new())].into(),
            ..Templates::default()
        },
        ..Style::default()
    };
    let setup = PdfSetup::with_style(&style);
    let error = start(program.as_os_str(), &setup).expect_err("a refusal");
    assert!(matches!(error, PdfError::Templates(_)), "{error}");
    assert_eq!(
        error.to_string(),
        "own/templates/style.typ:2:1: one\nblocks.typ:7:3: two"
    );
}
