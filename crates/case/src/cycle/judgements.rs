//! Reads `judgements.csv`.

use super::context::{Context, Fields};
use super::schemas::JUDGEMENTS;
use wcc_core::record::JudgementDetails;
use wcc_core::{Cycle, Judgement};

pub(super) fn judgements(context: &Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    context.read_rows(&JUDGEMENTS, bytes, |row| {
        cycle
            .records
            .judgements
            .extend(judgement(&Fields::new(context, row)));
    })
}

fn judgement(fields: &Fields<'_>) -> Option<Judgement> {
    let cells = &fields.cells;
    let body = fields.body("body");
    let subject = fields.subject("measure");
    let method = fields.method("method");
    let details = JudgementDetails {
        reason: cells.boxed("reason"),
        inferred: cells.boxed("inferred"),
        rationale: cells.boxed("rationale"),
        evidence: fields.evidence("evidence"),
        author: cells.boxed("author"),
        date: cells.date("date"),
        source: cells.boxed("source"),
    };
    // A value that could not be read must not count as unknown.
    fields.sound(Judgement {
        record: fields.record(),
        value: fields.step("value", subject),
        assessor: fields.any_body("assessor"),
        details: details.shared(),
        body: body?,
        subject: subject?,
        method: method?,
    })
}
