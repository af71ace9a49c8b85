//! `recordStatement`.

use super::form::SHORT;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{RecordFact, StatementFact, StatementKind};

record_mutation! {
    /// Records a counted statement of a published report, or corrects one.
    recordStatement: RecordStatement {
        /// A count as a published report states it, to compare with what is counted here.
        input RecordStatementInput<'q> as "RecordStatementInput" {
            /// Code of the body.
            body: Id<'q>,
            /// What is counted.
            kind: StatementKind,
            /// Identifier of the area whose competencies or strands are counted; leave it out if
            /// outcomes are counted.
            area: Option<Id<'q>>,
            /// The stated number.
            count: i32,
            /// Where it is stated.
            source: Option<&'q str>,
        }
        record |input, form| RecordFact::Statement(StatementFact {
            body: form.code("body", input.body.0),
            kind: input.kind,
            area: input.area.map(|area| form.code("area", area.0)),
            count: form.count("count", input.count),
            source: form.text("source", input.source, SHORT),
        });
        /// The result of recording a statement.
        payload RecordStatementPayload as "RecordStatementPayload";
    }
}
