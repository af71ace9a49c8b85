//! The reasons why a plugin has no answer, with messages for people.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use wcc_core::PluginIdentity;

/// A plugin that has no answer, and why. A failure never stops an assurance: the outputs that the
/// plugin covers say "not checked" with this message.
#[derive(Clone, Debug, thiserror::Error)]
#[error("plugin `{}` ({}): {cause}", self.plugin.id, self.path.display())]
pub struct Failure {
    /// The plugin, as far as it is known.
    pub plugin: PluginIdentity,
    /// The configured path.
    pub path: PathBuf,
    /// Why it has no answer.
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
        /// The maximum number of bytes.
        limit: u64,
    },
    /// The configured digest is malformed.
    #[error("`sha256` must be 64 hexadecimal digits, not `{0}`")]
    MalformedDigest(String),
    /// The file's digest is not the configured one.
    #[error("the file is not the configured one: its SHA-256 is {found}, expected {expected}")]
    Digest {
        /// As configured.
        expected: String,
        /// Of the file.
        found: String,
    },
    /// No trusted key signed it.
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
    /// Its manifest is not valid.
    #[error("its manifest is rejected: {0}")]
    Manifest(String),
    /// It declares something that another plugin or a framework already declares.
    #[error("{0}")]
    Conflict(String),
    /// Its settings do not fit.
    #[error("its settings are rejected: {0}")]
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
    /// Its answer is too long.
    #[error("answered {length} bytes, more than the {limit} allowed")]
    TooLarge {
        /// Length of the answer.
        length: u64,
        /// The maximum number of bytes.
        limit: usize,
    },
    /// Its process ended without an answer.
    #[error("its process {how}{}", last_words_suffix(.last_words))]
    Died {
        /// How: "was ended by signal 11 (segmentation fault)".
        how: String,
        /// The last line that it wrote to standard error, or empty.
        last_words: String,
    },
    /// It tried something that no plugin may do: "start a process".
    #[error("tried to {0}, which no plugin may do")]
    Forbidden(&'static str),
    /// It printed too much.
    #[error("was stopped because it printed more than {} MiB", .0 >> 20)]
    TooMuchPrinted(usize),
    /// It returned without an answer.
    #[error("returned {0} without an answer")]
    NoAnswer(i32),
    /// It reported an error instead of an answer.
    #[error("{}", describe_error(.code, .message))]
    ReportedError {
        /// The code: `bad_request`, `failed`, `panicked`.
        code: String,
        /// Its message.
        message: String,
    },
    /// It must not be called again in this process.
    #[error("not called again because it {0}; restart the server to call it again")]
    Poisoned(&'static str),
    /// The answer is not JSON of the expected form.
    #[error("its answer cannot be read: {0}")]
    Malformed(String),
    /// The answer can be read, but its content is not allowed.
    #[error("its answer is rejected: {0}")]
    Invalid(String),
}

impl Cause {
    /// Returns a short code for programs. It does not change with the wording of messages.
    pub fn code(&self) -> &str {
        match self {
            Cause::Unreadable(_) | Cause::NotAFile(_) | Cause::LibraryTooLarge { .. } => {
                "unreadable"
            }
            Cause::MalformedDigest(_) | Cause::Digest { .. } => "digest",
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
            Cause::ReportedError { code, .. } => code,
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

fn last_words_suffix(words: &str) -> String {
    if words.is_empty() {
        String::new()
    } else {
        format!("; its last words: {words}")
    }
}

fn describe_error(code: &str, message: &str) -> String {
    match code {
        wcc_plugin::code::PANICKED => format!("panicked: {message}"),
        wcc_plugin::code::FAILED => format!("reported: {message}"),
        wcc_plugin::code::BAD_REQUEST => format!("did not understand the request: {message}"),
        other => format!("reported {other}: {message}"),
    }
}
