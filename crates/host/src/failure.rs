//! Why a plugin has no answer, in words for people.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use wcc_core::PluginIdentity;

/// A plugin that has no answer: which one, and why. It never stops an assessment: the outputs
/// that it covers say "not checked" with these words.
#[derive(Clone, Debug, thiserror::Error)]
#[error("plugin `{}` ({}): {cause}", self.plugin.id, self.path.display())]
pub struct Failure {
    /// Which plugin, as far as it is known.
    pub plugin: PluginIdentity,
    /// The configured path.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub cause: Cause,
}

/// Why a plugin has no answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The library cannot be read.
    #[error("the library cannot be read: {0}")]
    Unreadable(Arc<io::Error>),
    /// The path leads to something that is not a file.
    #[error("the path does not lead to a file but to a {0}")]
    NotAFile(&'static str),
    /// The file is larger than a library may be.
    #[error("the file is larger than {} MiB", .limit >> 20)]
    LibraryTooLarge {
        /// The most bytes.
        limit: u64,
    },
    /// The configured digest is none.
    #[error("`sha256` must be 64 hexadecimal digits, not `{0}`")]
    NoDigest(String),
    /// The file is not the configured one.
    #[error("another file than the one configured: its SHA-256 is {found}, expected {expected}")]
    Digest {
        /// As configured.
        expected: String,
        /// Of the file.
        found: String,
    },
    /// Nobody who is trusted signed it.
    #[error("{0}")]
    Signature(String),
    /// The loader refuses the library.
    #[error("the library cannot be loaded: {0}")]
    Load(String),
    /// The library needs other libraries, which its digest does not cover.
    #[error("its SHA-256 does not cover everything that would be loaded: {0}")]
    Dependency(String),
    /// The library has another interface.
    #[error("it was built for interface {found}; this host has interface {expected}")]
    Abi {
        /// The host's number.
        expected: u32,
        /// The library's number.
        found: u32,
    },
    /// What it says of itself is not acceptable.
    #[error("its manifest is refused: {0}")]
    Manifest(String),
    /// Another plugin claims the same.
    #[error("{0}")]
    Conflict(String),
    /// Its settings do not fit.
    #[error("its settings are refused: {0}")]
    Settings(String),
    /// The worker process could not be started or prepared.
    #[error("its worker could not be started: {0}")]
    Start(String),
    /// It took too long.
    #[error("timed out after {}", seconds(*.0))]
    TimedOut(Duration),
    /// It used too much processor time.
    #[error("used more than {} of processor time", seconds(*.0))]
    CpuTime(Duration),
    /// It answered too much.
    #[error("answered {length} bytes, more than the {limit} allowed")]
    TooLarge {
        /// Length of the answer.
        length: u64,
        /// The most bytes.
        limit: usize,
    },
    /// Its process ended without an answer.
    #[error("its process {how}{}", and_said(.last_words))]
    Died {
        /// How: "was ended by signal 11 (segmentation fault)".
        how: String,
        /// The last line that it wrote to standard error, or empty.
        last_words: String,
    },
    /// It tried what no plugin may: "start a process".
    #[error("tried to {0}, which no plugin may")]
    Forbidden(&'static str),
    /// It printed too much.
    #[error("printed more than {} MiB, so it was ended", .0 >> 20)]
    TooMuchPrinted(usize),
    /// It returned without an answer.
    #[error("returned {0} and no answer")]
    NoAnswer(i32),
    /// It says itself that it has no answer.
    #[error("{}", said(.code, .message))]
    Said {
        /// The code: `bad_request`, `failed`, `panicked`.
        code: String,
        /// Its words.
        message: String,
    },
    /// It must not be called again in this process.
    #[error("not called again after it {0}; it will be at the next start")]
    Poisoned(&'static str),
    /// The answer is no JSON of the expected shape.
    #[error("its answer cannot be read: {0}")]
    Malformed(String),
    /// The answer can be read and says something that it must not.
    #[error("its answer is refused: {0}")]
    Invalid(String),
}

impl Cause {
    /// A short word for programs; does not change with the wording.
    pub fn code(&self) -> &str {
        match self {
            Cause::Unreadable(_) | Cause::NotAFile(_) | Cause::LibraryTooLarge { .. } => {
                "unreadable"
            }
            Cause::NoDigest(_) | Cause::Digest { .. } => "digest",
            Cause::Signature(_) => "signature",
            Cause::Load(_) => "load",
            Cause::Dependency(_) => "dependency",
            Cause::Abi { .. } => "abi",
            Cause::Manifest(_) => "manifest",
            Cause::Conflict(_) => "conflict",
            Cause::Settings(_) => "settings",
            Cause::Start(_) => "start",
            Cause::TimedOut(_) | Cause::CpuTime(_) => "timed_out",
            Cause::TooLarge { .. } => "too_large",
            Cause::Died { .. } => "died",
            Cause::Forbidden(_) => "forbidden",
            Cause::TooMuchPrinted(_) => "too_large",
            Cause::NoAnswer(_) => "no_answer",
            Cause::Said { code, .. } => code,
            Cause::Poisoned(_) => "poisoned",
            Cause::Malformed(_) => "malformed",
            Cause::Invalid(_) => "invalid_contribution",
        }
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Cause::Unreadable(Arc::new(error))
    }
}

fn seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

fn and_said(words: &str) -> String {
    if words.is_empty() {
        String::new()
    } else {
        format!("; its last words: {words}")
    }
}

fn said(code: &str, message: &str) -> String {
    match code {
        wcc_plugin::code::PANICKED => format!("panicked: {message}"),
        wcc_plugin::code::FAILED => format!("says: {message}"),
        wcc_plugin::code::BAD_REQUEST => format!("did not understand the request: {message}"),
        other => format!("says {other}: {message}"),
    }
}
