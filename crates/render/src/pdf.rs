//! PDF, printed by a program of its own: its libraries are heavy, and templates of an authority
//! render in a process that has limits and can be ended.

use crate::{Style, Templates};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;
use wcc_document::Document;
use wcc_document::model::FORMAT;

/// The name of the program.
pub const PROGRAM: &str = if cfg!(windows) {
    "wcc-pdf.exe"
} else {
    "wcc-pdf"
};

/// Where a checkout builds it.
const BUILT: &str = "pdf/target/release";

/// How to get the program, for those who lack it.
pub const HOW_TO_BUILD: &str =
    "build it with `cargo build --release --manifest-path pdf/Cargo.toml`";

/// The longest answer that is read, in bytes.
const LONGEST: u32 = 256 << 20;

/// Memory of the program, in bytes, unless told otherwise.
const MEMORY: u64 = 2 << 30;

/// How long a document may take, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a PDF was not printed.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The program does not exist.
    #[error("the program that prints PDFs is not at {}", program.display())]
    Missing {
        /// Where it was looked for.
        program: PathBuf,
    },
    /// It cannot be started, or the connection with it failed.
    #[error("the program that prints PDFs failed: {0}")]
    Io(#[from] io::Error),
    /// It refused the document, and says why: with the template's line.
    #[error("{0}")]
    Refused(String),
    /// It refused the templates of the authority, and says why: with the line.
    #[error("{0}")]
    Templates(String),
    /// It ended, by itself or because it reached a limit.
    #[error(
        "the program that prints PDFs ended: a template may need more memory than it is allowed, or it is not wcc-pdf"
    )]
    Ended,
    /// It took too long, and was ended.
    #[error("printing took longer than {} seconds and was ended", .0.as_secs())]
    TooLong(Duration),
    /// The document cannot be written as JSON.
    #[error("the document cannot be written: {0}")]
    Document(#[from] serde_json::Error),
}

/// Where the program is: beside the running one, in the build folder of a checkout, or in a folder
/// of `PATH`. `None` if it is nowhere.
pub fn find() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok();
    let beside = beside.as_deref().and_then(Path::parent);
    // `target/release/wcc` and `pdf/target/release/wcc-pdf`.
    let checkout = beside.and_then(|folder| Some(folder.parent()?.parent()?.join(BUILT)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path);
    let folders = beside
        .map(Path::to_owned)
        .into_iter()
        .chain(checkout)
        .chain(on_path);
    let mut programs = folders.map(|folder| folder.join(PROGRAM));
    programs.find(|program| program.is_file())
}

/// What the program is given before the first document.
#[derive(Clone, Debug)]
pub struct PdfSetup {
    /// Templates of an authority. Each replaces the one of that name.
    pub templates: Templates,
    /// What the templates read besides, by name: `logo.svg`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Memory that the program may use, in bytes.
    pub memory: u64,
    /// How long one document may take.
    pub patience: Duration,
}

impl Default for PdfSetup {
    fn default() -> PdfSetup {
        PdfSetup {
            templates: Templates::default(),
            files: BTreeMap::new(),
            memory: MEMORY,
            patience: PATIENCE,
        }
    }
}

impl PdfSetup {
    /// A set-up that prints in a style.
    pub fn with_style(style: &Style) -> PdfSetup {
        let mut setup = PdfSetup {
            templates: style.templates.clone(),
            ..PdfSetup::default()
        };
        let logo = style.logo.as_ref();
        let file = logo.map(|logo| match &logo.drawing {
            Some(drawing) => ("logo.svg", drawing),
            None => ("logo.png", &logo.picture),
        });
        let colours = style.colours.named().into_iter();
        let colours = colours.map(|(name, colour)| (name, colour.to_string()));
        let mut chosen = serde_json::json!({
            "colours": colours.collect::<BTreeMap<&str, String>>(),
            "organisation": style.organisation,
            "footer": style.footer,
            "logo": file.map(|(name, _)| name),
            "logo_alternative": logo.map(|logo| &logo.alternative),
        });
        if let Some(chosen) = chosen.as_object_mut() {
            chosen.retain(|_, value| !value.is_null());
        }
        setup
            .files
            .insert("style.json".to_owned(), chosen.to_string().into_bytes());
        if let Some((name, bytes)) = file {
            setup.files.insert(name.to_owned(), bytes.clone());
        }
        setup
    }
}

/// A running program that prints one document after the other.
#[derive(Debug)]
pub struct PdfPrinter {
    child: Child,
    input: ChildStdin,
    answers: Receiver<io::Result<Answer>>,
    templates: Templates,
    patience: Duration,
}

/// An answer of the program: its kind, and what follows.
type Answer = (u8, Vec<u8>);

impl PdfPrinter {
    /// Starts the program. `program` is its path, or its name if it is to be looked for in the
    /// folders of `PATH`. Templates of an authority are tried out on a sample document.
    ///
    /// # Errors
    ///
    /// If the program is missing, does not start, or refuses the templates.
    pub fn start(program: &OsStr, setup: &PdfSetup) -> Result<PdfPrinter, PdfError> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .env_clear()
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => PdfError::Missing {
                    program: program.into(),
                },
                _ => PdfError::Io(error),
            })?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(PdfError::Ended);
        };
        if let Some(warnings) = child.stderr.take() {
            pass_on(warnings);
        }
        let mut printer = PdfPrinter {
            child,
            input,
            answers: answers(output),
            templates: setup.templates.clone(),
            patience: setup.patience,
        };
        let files = setup.files.iter().chain(&setup.templates.files);
        let files = files.map(|(name, bytes)| (name.as_str(), STANDARD.encode(bytes)));
        let message = serde_json::json!({
            "format": FORMAT,
            "templates": setup.templates.sources,
            "files": files.collect::<BTreeMap<&str, String>>(),
            "memory": setup.memory,
        });
        printer.ask(&serde_json::to_vec(&message)?)?;
        Ok(printer)
    }

    /// Prints a document. After an error other than [`PdfError::Refused`] the program has ended:
    /// start another.
    ///
    /// # Errors
    ///
    /// If the program refuses the document, takes too long, or ends.
    pub fn print(&mut self, document: &Document) -> Result<Vec<u8>, PdfError> {
        self.ask(&serde_json::to_vec(document)?)
    }

    /// Sends a message and waits for its answer.
    fn ask(&mut self, message: &[u8]) -> Result<Vec<u8>, PdfError> {
        let ended = |error: io::Error| match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => PdfError::Ended,
            _ => PdfError::Io(error),
        };
        let length = u32::try_from(message.len())
            .map_err(|_| PdfError::Refused("the document is longer than 4 GB".to_owned()))?;
        self.input.write_all(&length.to_le_bytes()).map_err(ended)?;
        self.input.write_all(message).map_err(ended)?;
        self.input.flush().map_err(ended)?;
        match self.answers.recv_timeout(self.patience) {
            Ok(Ok((b'R' | b'P', bytes))) => Ok(bytes),
            Ok(Ok((kind @ (b'E' | b'T'), bytes))) => {
                let words = String::from_utf8_lossy(&bytes);
                let words = self.templates.with_paths(&words);
                Err(match kind {
                    b'T' => PdfError::Templates(words),
                    _ => PdfError::Refused(words),
                })
            }
            Ok(Ok(_)) => Err(PdfError::Ended),
            Ok(Err(error)) => Err(ended(error)),
            Err(RecvTimeoutError::Disconnected) => Err(PdfError::Ended),
            Err(RecvTimeoutError::Timeout) => {
                let _ = self.child.kill();
                Err(PdfError::TooLong(self.patience))
            }
        }
    }
}

impl Drop for PdfPrinter {
    fn drop(&mut self) {
        // It may be in the middle of a document that nobody waits for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads answers on a thread of its own, because a pipe cannot be read with a time limit.
fn answers(mut output: ChildStdout) -> Receiver<io::Result<Answer>> {
    let (sender, receiver) = sync_channel(1);
    std::thread::spawn(move || {
        loop {
            let answer = read_answer(&mut output);
            let failed = answer.is_err();
            if sender.send(answer).is_err() || failed {
                return;
            }
        }
    });
    receiver
}

/// Passes warnings on to where this program writes its own. The program that prints may not write
/// files, so that it would be ended by its first warning if standard error were one.
fn pass_on(mut warnings: ChildStderr) {
    std::thread::spawn(move || {
        // Whoever closes standard error does not want them.
        let _ = io::copy(&mut warnings, &mut io::stderr());
    });
}

/// Reads one answer.
fn read_answer(output: &mut impl Read) -> io::Result<Answer> {
    let mut head = [0; 5];
    output.read_exact(&mut head)?;
    let [a, b, c, d, kind] = head;
    let length = u32::from_le_bytes([a, b, c, d]);
    if length == 0 || length > LONGEST {
        let message = format!("an answer of {length} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let rest = u64::from(length.saturating_sub(1));
    let mut bytes = Vec::new();
    output.take(rest).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != rest {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((kind, bytes))
}
