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
use wcc_workbook::{FileKind, RawWorkbook};

/// Set for the process that reads.
const VARIABLE: &str = "WCC_READS_SPREADSHEET";
/// Maximum memory of that process, in bytes.
const MEMORY: u64 = 256 << 20;
/// Maximum time for reading a file.
const TIME: Duration = Duration::from_secs(10);
/// Maximum size of a file, and of what is read from it, in bytes.
const SIZE: u64 = 64 << 20;

/// Reads a file and ends the process, if this process was started for that.
pub(crate) fn become_reader_if_asked() {
    let Some(kind) = std::env::var_os(VARIABLE) else {
        return;
    };
    let kind = if kind == "ods" {
        FileKind::Ods
    } else {
        FileKind::Xlsx
    };
    let code = match read_standard_input(kind) {
        Ok(book) => match serde_json::to_writer(std::io::stdout().lock(), &book) {
            Ok(()) => 0,
            Err(_) => 2,
        },
        Err(message) => {
            // The parent shows the message; if it is gone, nobody reads it.
            let _ = std::io::stdout().write_all(message.as_bytes());
            1
        }
    };
    std::process::exit(code);
}

fn read_standard_input(kind: FileKind) -> Result<RawWorkbook, String> {
    limit_this_process().map_err(|error| format!("the reader cannot limit itself: {error}"))?;
    let mut bytes = Vec::new();
    let input = std::io::stdin().lock();
    let read = input.take(SIZE).read_to_end(&mut bytes);
    read.map_err(|error| format!("it cannot be read: {error}"))?;
    wcc_workbook::read(&bytes, kind).map_err(|error| error.to_string())
}

fn limit_this_process() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = |amount| Rlimit {
        current: Some(amount),
        maximum: Some(amount),
    };
    setrlimit(Resource::As, limit(MEMORY))?;
    setrlimit(Resource::Cpu, limit(TIME.as_secs()))?;
    setrlimit(Resource::Core, limit(0))?;
    setrlimit(Resource::Fsize, limit(SIZE))?;
    Ok(())
}

/// Reads a spreadsheet file in a process of its own.
///
/// # Errors
/// The file cannot be opened or read, or reading it takes more memory or time than permitted.
pub(crate) fn read_spreadsheet(path: &Path, kind: FileKind) -> Result<RawWorkbook, Failure> {
    let in_file = |message: &str| Failure::refused(format!("{}: {message}", path.display()));
    let file = File::open(path)
        .map_err(|error| Failure::system(format!("{}: {error}", path.display())))?;
    let cannot_start =
        |error: std::io::Error| Failure::system(format!("a reader cannot be started: {error}"));
    let mut child = Command::new("/proc/self/exe")
        .env_clear()
        .env(
            VARIABLE,
            match kind {
                FileKind::Xlsx => "xlsx",
                FileKind::Ods => "ods",
            },
        )
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
        "reading it takes more than {} seconds or {} MB of memory: it is damaged, or not a workbook \
         of this program",
        TIME.as_secs(),
        MEMORY >> 20
    );
    match status.and_then(|status| status.code()) {
        Some(0) => serde_json::from_slice(&answer)
            .map_err(|_| in_file("the reader's answer is incomplete")),
        Some(1) => Err(in_file(&String::from_utf8_lossy(&answer))),
        _ => Err(in_file(&too_much)),
    }
}
