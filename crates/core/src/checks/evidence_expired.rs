//! Evidence that has expired.

use super::{Check, Findings, View};
use crate::finding::{About, Severity};
use crate::words::all_of;

pub(super) static CHECK: Check = Check {
    id: "evidence-expired",
    title: "Evidence has expired",
    severity: Severity::Warning,
    what: "An item of evidence was valid only until a day before that of the cycle.",
    why: "Judgements may rely on what no longer holds. Renew the evidence, or withdraw it if nothing relies on it.",
    example: "\"Procurement plan\" (plan-2008) was valid until 2009-03-31, before the day of the cycle, 2009-11-30: ask for a renewal.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let (cycle, day) = (view.cycle, view.cycle.as_of);
    for item in &cycle.records.evidence {
        let Some(last) = item.dates.valid_until.filter(|last| *last < day) else {
            continue;
        };
        if !view.output.bodies().any(|body| body == item.body) {
            continue;
        }
        let ids = item.measures.iter();
        let ids = ids.map(|measure| cycle.framework.measure(*measure).id.as_str());
        let filed_for = if item.measures.is_empty() {
            String::new()
        } else {
            format!(" (filed for {})", all_of(ids))
        };
        let message = format!(
            "\"{}\" ({}) was valid until {last}, before the day of the cycle, {day}: ask for a \
             renewal{filed_for}",
            item.title, item.id
        );
        findings.on(item.body, About::Body, message, &[]);
    }
}
