//! Counted statement contradicted.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "statement-contradicted",
    title: "Counted statement contradicted",
    severity: Severity::Warning,
    what: "The published report counts more or fewer competencies than the marks allow.",
    why: "The two counted statements are what boards quote; they have to follow from the marks.",
    example: "The report says that 7 competencies met their self-assessment; the marks show 8 that do.",
    run,
};

use crate::finding::About;
use crate::judgement::StatementKind;

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for statement in &view.cycle.statements {
        if statement.body != view.output.body && Some(statement.body) != view.output.cluster {
            continue;
        }
        let counts = &view.output.counts[statement.area];
        let (least, open, words) = match statement.kind {
            StatementKind::MetSelfAssessment => (
                counts.met_self,
                counts.self_unknown,
                "met or went above the self-assessment",
            ),
            StatementKind::ImprovedOnLastYear => (
                counts.improved,
                counts.last_year_unknown,
                "improved on last year",
            ),
        };
        let most = least + open;
        if (least..=most).contains(&statement.count) {
            continue;
        }
        let area = &view.cycle.framework.areas[statement.area];
        let message = format!(
            "the report states that {} of {} {words}; the marks allow {least} to {most}",
            statement.count,
            crate::words::plural(&area.component_word),
        );
        let numbers = [
            ("stated", f64::from(statement.count)),
            ("at least", f64::from(least)),
            ("at most", f64::from(most)),
        ];
        findings.on_pct(About::Body, message, &numbers);
    }
}
