//! Reads files that other people sent in a process of its own, with limits on memory and time.
//!
//! A damaged or hostile file can then cost no more than its own import: everything about it happens
//! there, and only the result comes back. The process is this program again, recognised in `main`
//! before any thread exists. Its input is a request, preceded by its length in a line, and the file.

use crate::cli::Failure;
use std::fs::File;
use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wcc_panel_report::{DocumentKind, Reading, ReadingRequest};
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

    /// What to do with a file that cannot be read within the limits.
    fn advice(self) -> &'static str {
        match self {
            Kind::Spreadsheet(_) => "copy its values into a new workbook from `wcc template`",
            Kind::Document(_) => {
                "save the pages of the report alone as plain text, and import that"
            }
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

/// The workbook or the panel report that was read, as JSON.
fn read_standard_input(kind: Kind) -> Result<Vec<u8>, String> {
    limit_this_process().map_err(|error| format!("the reader cannot limit itself: {error}"))?;
    let unreadable = |error: std::io::Error| format!("it cannot be read: {error}");
    let mut input = std::io::stdin().lock();
    let mut length = String::new();
    input.read_line(&mut length).map_err(unreadable)?;
    let length: u64 = length
        .trim_end()
        .parse()
        .map_err(|_| "the reader was started without a request".to_owned())?;
    let mut request = Vec::new();
    let reading = (&mut input).take(length).read_to_end(&mut request);
    reading.map_err(unreadable)?;
    let mut bytes = Vec::new();
    let reading = input.take(SIZE + 1).read_to_end(&mut bytes);
    reading.map_err(unreadable)?;
    if bytes.len() as u64 > SIZE {
        return Err(format!("it has more than {} MB", SIZE >> 20));
    }
    let answer = match kind {
        Kind::Spreadsheet(kind) => {
            let book = wcc_workbook::read(&bytes, kind).map_err(|error| error.to_string())?;
            serde_json::to_vec(&book)
        }
        Kind::Document(kind) => {
            let request: ReadingRequest = serde_json::from_slice(&request)
                .map_err(|error| format!("the reader's request is malformed: {error}"))?;
            let reading = wcc_panel_report::read_document(&bytes, kind, &request)?;
            serde_json::to_vec(&reading)
        }
    };
    answer.map_err(|error| error.to_string())
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

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContainedError {
    /// The file is damaged, hostile or not of its kind; the sentence is about "it".
    #[error("{0}")]
    Refused(String),
    /// No reader could be started.
    #[error("a reader cannot be started: {0}")]
    NotStarted(std::io::Error),
}

impl ContainedError {
    fn of_file(self, path: &Path) -> Failure {
        match self {
            ContainedError::Refused(message) => {
                Failure::refused(format!("{}: {message}", path.display()))
            }
            ContainedError::NotStarted(_) => Failure::system(self.to_string()),
        }
    }
}

/// Reads a spreadsheet file in a process of its own.
///
/// # Errors
/// The file cannot be opened or read, or reading it takes more memory or time than permitted.
pub(crate) fn read_spreadsheet(path: &Path, kind: FileKind) -> Result<RawWorkbook, Failure> {
    let answer = answer(open_regular(path)?, Kind::Spreadsheet(kind), Vec::new());
    answer
        .and_then(|answer| decode(&answer))
        .map_err(|error| error.of_file(path))
}

/// Reads a spreadsheet from anything that has its bytes, in a process of its own.
///
/// # Errors
/// As [`read_spreadsheet`].
pub(crate) fn read_spreadsheet_from(
    input: impl Read + Send + 'static,
    kind: FileKind,
) -> Result<RawWorkbook, ContainedError> {
    let answer = answer(input, Kind::Spreadsheet(kind), Vec::new());
    answer.and_then(|answer| decode(&answer))
}

/// Reads a panel report in a process of its own.
///
/// # Errors
/// The file cannot be opened or read, it is not a panel report, or reading it takes more memory or time
/// than permitted.
pub(crate) fn read_report(
    path: &Path,
    kind: DocumentKind,
    request: &ReadingRequest,
) -> Result<Reading, Failure> {
    read_report_from(open_regular(path)?, kind, request).map_err(|error| error.of_file(path))
}

/// Reads a panel report from anything that has its bytes, in a process of its own.
///
/// # Errors
/// As [`read_report`].
pub(crate) fn read_report_from(
    input: impl Read + Send + 'static,
    kind: DocumentKind,
    request: &ReadingRequest,
) -> Result<Reading, ContainedError> {
    let request = serde_json::to_vec(request)
        .map_err(|error| ContainedError::NotStarted(std::io::Error::other(error)))?;
    answer(input, Kind::Document(kind), request).and_then(|answer| decode(&answer))
}

fn decode<T: serde::de::DeserializeOwned>(answer: &[u8]) -> Result<T, ContainedError> {
    serde_json::from_slice(answer).map_err(|_| {
        ContainedError::Refused(format!(
            "the reader's answer is incomplete, or has more than {} MB",
            SIZE >> 20
        ))
    })
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
fn answer(
    input: impl Read + Send + 'static,
    kind: Kind,
    request: Vec<u8>,
) -> Result<Vec<u8>, ContainedError> {
    let mut child = Command::new("/proc/self/exe")
        .env_clear()
        .env(VARIABLE, kind.name())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(ContainedError::NotStarted)?;
    let (to_child, from_child) = (child.stdin.take(), child.stdout.take());
    // A reader that ends early closes its input and leaves an incomplete answer; its exit status says so.
    let sending = std::thread::spawn(move || -> std::io::Result<()> {
        if let Some(mut to_child) = to_child {
            writeln!(to_child, "{}", request.len())?;
            to_child.write_all(&request)?;
            std::io::copy(&mut input.take(SIZE + 1), &mut to_child)?;
        }
        Ok(())
    });
    let receiving = std::thread::spawn(move || {
        let mut answer = Vec::new();
        if let Some(from_child) = from_child {
            drop(from_child.take(SIZE).read_to_end(&mut answer));
        }
        answer
    });
    let deadline = Instant::now() + TIME;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(ContainedError::NotStarted)? {
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
    let answer = receiving.join().unwrap_or_default();
    // Half a file might look like a whole one.
    if let Ok(Err(error)) = sending.join()
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        return Err(ContainedError::Refused(format!(
            "it cannot be read: {error}"
        )));
    }
    match status.and_then(|status| status.code()) {
        Some(0) => Ok(answer),
        Some(1) => Err(ContainedError::Refused(
            String::from_utf8_lossy(&answer).into_owned(),
        )),
        Some(_) => Err(ContainedError::Refused(format!(
            "it cannot be read: it is damaged, or not {}",
            kind.expected()
        ))),
        None => Err(ContainedError::Refused(format!(
            "reading it takes more than {} seconds or {} MB of memory: it is damaged, or not {}; {}",
            TIME.as_secs(),
            MEMORY >> 20,
            kind.expected(),
            kind.advice()
        ))),
    }
}
