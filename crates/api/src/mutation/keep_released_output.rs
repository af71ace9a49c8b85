//! `keepReleasedOutput`.

use super::form::SHORT;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{RecordFact, ReleasedOutputFact};

record_mutation! {
    /// Keeps the output of a body as it was released, as a document that was sent to `/documents`
    /// before. A server does this by itself for each release. Whoever the output is released to reads the
    /// document, so it must have nothing that one of them may not see.
    keepReleasedOutput: KeepReleasedOutput {
        /// An output as it was released, and the versions that it was calculated with.
        input KeepReleasedOutputInput<'q> as "KeepReleasedOutputInput" {
            /// Code of the body whose output it is.
            body: Id<'q>,
            /// Number of the entry that released it.
            release: i32,
            /// SHA-256 of the output in JSON.
            document: &'q str,
            /// Version of the program.
            engine: &'q str,
            /// The framework, with the SHA-256 of its text.
            framework: &'q str,
            /// The plugins that were asked, each with its version and the SHA-256 of its library.
            plugins: Option<Vec<Id<'q>>>,
        }
        record |input, form| RecordFact::ReleasedOutput(ReleasedOutputFact {
            body: form.code("body", input.body.0),
            release: form.entry("release", input.release),
            document: form.digest("document", input.document),
            engine: form.needed("engine", input.engine, SHORT),
            framework: form.needed("framework", input.framework, SHORT),
            plugins: form.codes("plugins", input.plugins.as_deref()),
        });
        /// The result of keeping a released output.
        payload KeepReleasedOutputPayload as "KeepReleasedOutputPayload";
    }
}
