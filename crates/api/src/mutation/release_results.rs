//! `releaseResults`.

use super::form::LONG;
use super::record_mutation;
use crate::project::leaves::Id;
use jiff::civil::Date;
use wcc_core::record::{RecordFact, ReleaseFact};

record_mutation! {
    /// Releases the results of a body, or of everything below it, to people in some roles.
    releaseResults: ReleaseResults {
        /// Whose results to release, to whom, and from when.
        input ReleaseResultsInput<'q> as "ReleaseResultsInput" {
            /// Code of the body: an SHA for its whole region, a cluster for its PCTs, or a PCT.
            body: Id<'q>,
            /// Identifiers of the roles; `public` for everybody. A later release of the same body
            /// replaces this one.
            to: Vec<Id<'q>>,
            /// The first day.
            from: Date,
            /// What the results may be used for. At most 20,000 bytes.
            uses: Option<&'q str>,
        }
        record |input, form| RecordFact::Release(ReleaseFact {
            body: form.code("body", input.body.0),
            to: form.codes("to", Some(&input.to)),
            from: input.from,
            uses: form.text("uses", input.uses, LONG),
        });
        /// The result of releasing results.
        payload ReleaseResultsPayload as "ReleaseResultsPayload";
    }
}
