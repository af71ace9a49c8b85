//! Filing the documents of evidence. The server does it; pages bring what a browser sent.

use std::fmt;
use wcc_api::BoxFuture;
use wcc_core::Actor;

/// A document that a browser sent, for evidence about a body.
#[derive(Clone, PartialEq, Eq)]
pub struct SentDocument {
    /// Whoever sent it.
    pub actor: Actor,
    /// The cycle of the evidence.
    pub cycle: String,
    /// The code of the body that the evidence is about.
    pub body: String,
    /// The ending of its file's name, in small letters, without the point. Nothing else of the name is kept.
    pub ending: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for SentDocument {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("SentDocument")
            .field("cycle", &self.cycle)
            .field("body", &self.body)
            .field("ending", &self.ending)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Why a document is not filed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilingError {
    /// Whoever sent it may not file evidence about this body now, or it cannot be a document of evidence.
    #[error("{0}")]
    Refused(String),
    /// Documents cannot be stored at the moment.
    #[error("documents cannot be stored at the moment; try again later")]
    Unavailable,
}

/// Files documents for people who have signed in.
pub trait DocumentFiler: Send + Sync {
    /// The largest document, in bytes.
    fn max_bytes(&self) -> usize;

    /// The endings of the files that can be filed.
    fn endings(&self) -> Vec<&'static str>;

    /// Files a document, if the policy permits its sender to file evidence about the body; returns its
    /// SHA-256 in hexadecimal. The same document can be filed again.
    fn file(&self, document: SentDocument) -> BoxFuture<'_, Result<String, FilingError>>;
}
