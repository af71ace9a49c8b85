//! Counted statement contradicted.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "statement-contradicted",
    title: "Counted statement contradicted",
    severity: Severity::Warning,
    what: "The published report counts more or fewer {components}, or outcomes, than the recorded marks allow.",
    why: "Boards quote these counts, so they must follow from the marks.",
    example: "The report says that 7 {components} met their {own view}; the marks show 8.",
    methods: &[],
    run,
};

use crate::finding::About;
use crate::record::{Method, StatedPosition, Statement, StatementKind};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for statement in &view.cycle.records.statements {
        if statement.body != view.output.body && Some(statement.body) != view.output.cluster {
            continue;
        }
        let (least, most, what) = if statement.kind.counts_outcomes() {
            outcomes(view, statement.kind)
        } else {
            match components(view, statement) {
                Some(bounds) => bounds,
                None => continue,
            }
        };
        if (least..=most).contains(&statement.count) {
            continue;
        }
        let message = format!(
            "the report states {} {what}; the recorded marks allow {least} to {most}",
            statement.count,
        );
        let numbers = [
            ("stated", f64::from(statement.count)),
            ("at least", f64::from(least)),
            ("at most", f64::from(most)),
        ];
        findings.on_pct(About::Body, message, &numbers);
    }
}

/// The fewest and most components that a statement can count, and the words for them.
fn components(view: &View<'_>, statement: &Statement) -> Option<(u16, u16, String)> {
    let area = statement.area?;
    let counts = view.output.counts.get(area)?;
    let methods = &view.cycle.framework.methods;
    let (least, open, words) = match statement.kind {
        StatementKind::MetSelfAssessment => (
            counts.met_self,
            counts.self_unknown,
            format!(
                "met or went above the {}",
                methods.title(Method::SelfAssessment)
            ),
        ),
        _ => (
            counts.improved,
            counts.last_year_unknown,
            format!("improved on {}", methods.previous),
        ),
    };
    let area = view.cycle.framework.areas.get(area)?;
    let what = format!(
        "{} that {words}",
        crate::words::plural(&area.component_word)
    );
    Some((least, least + open, what))
}

/// The fewest and most outcomes that a statement can count, and the words for them. A report may
/// count outcomes or their series, so the fewest are outcomes and the most are series.
fn outcomes(view: &View<'_>, kind: StatementKind) -> (u16, u16, String) {
    let mut certain: Vec<u16> = Vec::new();
    let mut possible = 0_u16;
    for outcome in view.outcomes() {
        let stated = &outcome.chosen.stated;
        // Whether it counts; `None` if this is not recorded.
        let counts = if kind == StatementKind::OutcomesSlipped {
            let position = stated.position.as_ref();
            position.map(|position| *position == StatedPosition::Slipped)
        } else {
            stated.rate_quartile.current.map(|quartile| quartile == 4)
        };
        if counts == Some(true) {
            certain.push(outcome.chosen.slot);
        }
        if counts != Some(false) {
            possible = possible.saturating_add(1);
        }
    }
    certain.sort_unstable();
    certain.dedup();
    let least = u16::try_from(certain.len()).unwrap_or(u16::MAX);
    let what = if kind == StatementKind::OutcomesSlipped {
        "outcomes that slipped over the last year"
    } else {
        "outcomes in the bottom quartile of the rate of improvement"
    };
    (least, possible, what.to_owned())
}
