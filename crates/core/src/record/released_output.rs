//! Outputs as they were released, which are kept as documents.

use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use serde::{Deserialize, Serialize};

/// The output of a body as it was released, kept as a document together with the versions of
/// everything that it was calculated with. Later versions may calculate it differently; the document
/// stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleasedOutput {
    /// Its number.
    pub record: RecordId,
    /// The body whose output it is.
    pub body: BodyIndex,
    /// Number of the entry that released it.
    pub release: u32,
    /// SHA-256 of the output in JSON, in lower-case hexadecimal.
    pub document: Box<str>,
    /// Version of the program.
    pub engine: Box<str>,
    /// The framework, with the SHA-256 of its text.
    pub framework: Box<str>,
    /// The plugins that were asked, each with its version and the SHA-256 of its library.
    pub plugins: Vec<Box<str>>,
}

/// A [`ReleasedOutput`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedOutputFact {
    /// Code of the body whose output it is.
    pub body: Box<str>,
    /// Number of the entry that released it.
    pub release: u32,
    /// SHA-256 of the output in JSON, in lower-case hexadecimal.
    pub document: Box<str>,
    /// Version of the program.
    pub engine: Box<str>,
    /// The framework, with the SHA-256 of its text.
    pub framework: Box<str>,
    /// The plugins that were asked, each with its version and the SHA-256 of its library.
    pub plugins: Vec<Box<str>>,
}

impl RecordCodes for ReleasedOutputFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn document(&self) -> Option<&str> {
        Some(&self.document)
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.release.to_string().into()]
    }

    fn summary(&self, _: &Methods) -> String {
        format!(
            "output of {} as released by entry {}",
            self.body, self.release
        )
    }
}

impl CycleRecord for ReleasedOutput {
    fn kind(&self) -> RecordKind {
        RecordKind::ReleasedOutput
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn document(&self) -> Option<&str> {
        Some(&self.document)
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body)
    }
}

impl RecordType for ReleasedOutput {
    type Fact = ReleasedOutputFact;
    type Key = (BodyIndex, u32);
    type Claim<'a> = std::convert::Infallible;
    type Order = (BodyIndex, RecordId);

    const NAME: &'static str = "released-output";
    const ACT: &'static str = "keep-released-output";

    fn key(&self) -> Option<(BodyIndex, u32)> {
        Some((self.body, self.release))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.record)
    }

    fn from_codes(
        fact: ReleasedOutputFact,
        reader: &CodeReader<'_>,
    ) -> Result<ReleasedOutput, UnknownCode> {
        Ok(ReleasedOutput {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            release: fact.release,
            document: fact.document,
            engine: fact.engine,
            framework: fact.framework,
            plugins: fact.plugins,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> ReleasedOutputFact {
        ReleasedOutputFact {
            body: writer.body(self.body),
            release: self.release,
            document: self.document.clone(),
            engine: self.engine.clone(),
            framework: self.framework.clone(),
            plugins: self.plugins.clone(),
        }
    }
}
