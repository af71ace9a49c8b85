//! Reads `judgements.csv`.

use super::context::Context;
use super::fields::Fields;
use super::schemas::JUDGEMENTS;
use wcc_core::record::JudgementDetails;
use wcc_core::{Cycle, Judgement};

pub(super) fn judgements(context: &Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    context.read_rows(&JUDGEMENTS, bytes, |row| {
        cycle
            .records
            .judgements
            .extend(judgement(context, &Fields::new(context, row)));
    })
}

fn judgement(context: &Context<'_>, fields: &Fields<'_>) -> Option<Judgement> {
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
        replaced: None,
        text: cells
            .boxed("value")
            .filter(|_| subject.is_some_and(|subject| subject.scale(context.framework).is_text())),
    };
    let value = cells.text("value");
    let not_applicable = value == Some(JudgementDetails::NOT_APPLICABLE);
    // A value that could not be read must not count as unknown.
    fields.sound(Judgement {
        record: fields.record(),
        value: if not_applicable {
            None
        } else {
            fields.step("value", subject)
        },
        not_applicable,
        assessor: fields.any_body("assessor"),
        details: details.shared(),
        body: body?,
        subject: subject?,
        method: method?,
    })
}
