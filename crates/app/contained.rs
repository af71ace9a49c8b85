//! Reads files that other people sent in a process of its own, with limits on memory and time.
//!
//! A damaged or hostile file can then cost no more than its own import. The process is this program
//! again, recognised in `main` before any thread exists.

use crate::cli::Failure;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wcc_panel_report::DocumentKind;
use wcc_workbook::{FileKind, RawWorkbook};

/// Set for the process that reads: the kind of the file.
const VARIABLE: &str = "WCC_READS_FILE";
/// Maximum memory of that process, in bytes.
const MEMORY: u64 = 256 << 20;
/// Maximum time for reading a file.
const TIME: Duration = Duration::from_secs(10);
/// Maximum size of a file, and of what is read from it, in bytes.
const SIZE: u64 = 64 << 20;

/// The kinds of files that are read in a process of their own.
#[derive(Clone, Copy)]
enum Kind {
    Spreadsheet(FileKind),
    Document(DocumentKind),
}

impl Kind {
    const ALL: [Kind; 4] = [
        Kind::Spreadsheet(FileKind::Xlsx),
        Kind::Spreadsheet(FileKind::Ods),
        Kind::Document(DocumentKind::Text),
        Kind::Document(DocumentKind::Docx),
    ];

    fn name(self) -> &'static str {
        match self {
            Kind::Spreadsheet(FileKind::Xlsx) => "xlsx",
            Kind::Spreadsheet(FileKind::Ods) => "ods",
            Kind::Document(DocumentKind::Text) => "text",
            Kind::Document(DocumentKind::Docx) => "docx",
        }
    }

    /// What a file of this kind should be, for messages.
    fn expected(self) -> &'static str {
        match self {
            Kind::Spreadsheet(_) => "a workbook of this program",
            Kind::Document(_) => "a report",
        }
    }
}

/// Reads a file and ends the process, if this process was started for that.
pub(crate) fn become_reader_if_asked() {
    let Some(name) = std::env::var_os(VARIABLE).filter(|_| std::env::args_os().len() == 1) else {
        return;
    };
    let kind = Kind::ALL.into_iter().find(|kind| name == kind.name());
    let answer = match kind {
        Some(kind) => read_standard_input(kind),
        None => Err("this kind of file is not read".to_owned()),
    };
    let mut output = std::io::stdout();
    let code = match answer {
        Ok(answer) => match output.write_all(&answer).and_then(|()| output.flush()) {
            Ok(()) => 0,
            Err(_) => 2,
        },
        Err(message) => {
            // The parent shows the message; if it is gone, nobody reads it.
            let _ = output.write_all(message.as_bytes());
            1
        }
    };
    std::process::exit(code);
}

/// A workbook as JSON, or the text of a document.
fn read_standard_input(kind: Kind) -> Result<Vec<u8>, String> {
    limit_this_process().map_err(|error| format!("the reader cannot limit itself: {error}"))?;
    let mut bytes = Vec::new();
    let input = std::io::stdin().lock();
    let read = input.take(SIZE).read_to_end(&mut bytes);
    read.map_err(|error| format!("it cannot be read: {error}"))?;
    match kind {
        Kind::Spreadsheet(kind) => {
            let book = wcc_workbook::read(&bytes, kind).map_err(|error| error.to_string())?;
            serde_json::to_vec(&book).map_err(|error| error.to_string())
        }
        Kind::Document(kind) => {
            let text =
                wcc_panel_report::text_of(&bytes, kind).map_err(|error| error.to_string())?;
            wcc_panel_report::check_size(&text).map_err(|error| error.to_string())?;
            Ok(text.into_bytes())
        }
    }
}

fn limit_this_process() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limits = [
        (Resource::As, MEMORY),
        (Resource::Cpu, TIME.as_secs()),
        (Resource::Core, 0),
        (Resource::Fsize, SIZE),
    ];
    for (resource, amount) in limits {
        // A stricter limit of the user stays.
        let strictest = getrlimit(resource).maximum;
        let amount = strictest.map_or(amount, |strictest| strictest.min(amount));
        let limit = Rlimit {
            current: Some(amount),
            maximum: Some(amount),
        };
        setrlimit(resource, limit)?;
    }
    Ok(())
}

/// Reads a spreadsheet file in a process of its own.
///
/// # Errors
/// The file cannot be opened or read, or reading it takes more memory or time than permitted.
pub(crate) fn read_spreadsheet(path: &Path, kind: FileKind) -> Result<RawWorkbook, Failure> {
    let answer = answer(path, Kind::Spreadsheet(kind))?;
    serde_json::from_slice(&answer).map_err(|_| incomplete(path))
}

/// Reads the text of a document in a process of its own.
///
/// # Errors
/// The file cannot be opened or read, or reading it takes more memory or time than permitted.
pub(crate) fn read_document(path: &Path, kind: DocumentKind) -> Result<String, Failure> {
    let answer = answer(path, Kind::Document(kind))?;
    String::from_utf8(answer).map_err(|_| incomplete(path))
}

fn incomplete(path: &Path) -> Failure {
    Failure::refused(format!(
        "{}: the reader's answer is incomplete",
        path.display()
    ))
}

/// Opens a file that is not a pipe, a device or a folder, which might never end.
///
/// # Errors
/// It cannot be opened, or is something else.
pub(crate) fn open_regular(path: &Path) -> Result<File, Failure> {
    let failed = |error: std::io::Error| {
        Failure::system(format!("{} cannot be read: {error}", path.display()))
    };
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Failure::refused(format!(
            "{} is not a file",
            path.display()
        )));
    }
    File::open(path).map_err(failed)
}

/// Runs a reader and returns its answer.
fn answer(path: &Path, kind: Kind) -> Result<Vec<u8>, Failure> {
    let in_file = |message: &str| Failure::refused(format!("{}: {message}", path.display()));
    let file = open_regular(path)?;
    let cannot_start =
        |error: std::io::Error| Failure::system(format!("a reader cannot be started: {error}"));
    let mut child = Command::new("/proc/self/exe")
        .env_clear()
        .env(VARIABLE, kind.name())
        .stdin(Stdio::from(file))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(cannot_start)?;
    let output = child.stdout.take();
    let reading = std::thread::spawn(move || {
        let mut answer = Vec::new();
        if let Some(output) = output {
            // A reader that dies leaves an incomplete answer, which its exit status shows.
            let _ = output.take(SIZE).read_to_end(&mut answer);
        }
        answer
    });
    let deadline = Instant::now() + TIME;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(cannot_start)? {
            break Some(status);
        }
        if Instant::now() > deadline {
            // It may have ended in between.
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let answer = reading.join().unwrap_or_default();
    let too_much = format!(
        "reading it takes more than {} seconds or {} MB of memory: it is damaged, or not {}",
        TIME.as_secs(),
        MEMORY >> 20,
        kind.expected()
    );
    match status.and_then(|status| status.code()) {
        Some(0) => Ok(answer),
        Some(1) => Err(in_file(&String::from_utf8_lossy(&answer))),
        Some(_) => Err(in_file(&format!(
            "it cannot be read: it is damaged, or not {}",
            kind.expected()
        ))),
        None => Err(in_file(&too_much)),
    }
}
