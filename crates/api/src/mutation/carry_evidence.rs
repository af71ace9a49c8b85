//! `carryEvidence`.

use super::payload::ImportedRecord;
use super::{TablesOfRequest, mutation};
use crate::import::{ImportContent, TableText, TableToImport};
use crate::project::leaves::Id;
use crate::types::cycle::Cycle;
use wcc_csv_text::csv_text;

/// The table of a case that carries evidence over.
const TABLE: &str = "evidence.csv";

mutation! {
    /// Carries items of evidence over from an earlier cycle, with their documents, all or nothing: files
    /// each in this cycle, for the measures that have taken the place of the earlier ones. What the cycle
    /// has carried over already is left alone.
    carryEvidence: CarryEvidence {
        /// The items.
        input CarryEvidenceInput<'q> as "CarryEvidenceInput" {
            /// Identifier of the cycle.
            cycle: Id<'q>,
            /// Identifier of the earlier cycle.
            from: Id<'q>,
            /// Code of the body.
            body: Id<'q>,
            /// Identifiers of the items of the body in the earlier cycle, at most 200.
            items: Vec<Id<'q>>,
        }
        drafts |input, form| {
            let (body, from) = (form.code("body", input.body.0), form.code("from", input.from.0));
            let items = form.codes("items", Some(&input.items));
            if items.is_empty() {
                form.malformed("items", "there are none: give at least one");
            }
            let text = table(&body, &from, &items);
            form.import = Some(TablesOfRequest {
                cycle: Some(form.code("cycle", input.cycle.0)),
                content: ImportContent::Tables(vec![TableToImport {
                    name: TABLE.to_owned(),
                    text: TableText::Given(text),
                }]),
                apply: true,
            });
            Vec::new()
        };
        /// The result of carrying evidence over.
        payload CarryEvidencePayload as "CarryEvidencePayload" => |done| {
            /// What is filed.
            changes: [ImportedRecord<'a>; 20] = done.changes();
            /// How many items the cycle had already.
            unchanged: i32 = done.unchanged();
            /// The cycle including what was filed; null if `served` is false.
            cycle: Option<Cycle<'a>> = done.cycle();
        }
    }
}

/// The rows of a case's table of evidence that carry items over: files and requests follow one rule.
fn table(body: &str, from: &str, items: &[Box<str>]) -> String {
    let rows = items.iter().map(|item| [&**item, body, from]);
    csv_text(std::iter::once(["id", "body", "carried_from"]).chain(rows))
}
