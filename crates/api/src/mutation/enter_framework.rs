//! `enterFramework`.

use super::form::FILE;
use super::mutation;
use crate::project::leaves::Id;
use wcc_core::ledger::{Draft, Fact, FileFormat, FrameworkText};

mutation! {
    /// Enters a framework: an assurance year's rule book. Cycles that are opened from now on can use
    /// it; those that use an earlier wording keep it.
    enterFramework: EnterFramework {
        /// A framework file.
        input EnterFrameworkInput<'q> as "EnterFrameworkInput" {
            /// Its identifier, as the file has it: `wcc-2008-09`.
            id: Id<'q>,
            /// The text of the file; see `docs/framework-files.md`. At most 1,000,000 bytes.
            text: &'q str,
            /// The version of its format: the number that the file names in `format`, 1 if it names
            /// none.
            format: Option<i32>,
            /// Number of the entry whose wording this one replaces.
            supersedes: Option<i32>,
        }
        drafts |input, form| {
            let format = input.format.unwrap_or(1);
            vec![Draft {
                fact: Fact::Framework(FrameworkText {
                    id: form.code("id", input.id.0),
                    format: FileFormat(form.count("format", format)),
                    text: form.needed("text", input.text, FILE),
                }),
                supersedes: form.supersedes(input.supersedes),
                origin: None,
            }]
        };
        /// The result of entering a framework.
        payload EnterFrameworkPayload as "EnterFrameworkPayload" => |done| {}
    }
}
