//! Compares what was read of a report with what it says.

use super::truth::Truth;
use super::{Score, plain};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use wcc_panel_report::{Report, Value};

/// Counts the values of each kind that were read, and lists those that are wrong.
pub(crate) fn compare(
    seed: u64,
    form: &str,
    truth: &Truth,
    report: &Report,
    scores: &mut BTreeMap<&'static str, Score>,
    wrong: &mut String,
) {
    let values = report.values();
    let find = |file: &str, record: &str, field: &str| -> Option<&Value> {
        values
            .iter()
            .find(|value| value.file == file && value.record == record && value.field == field)
    };
    let mut check = |kind: &'static str,
                     what: &str,
                     expected: &str,
                     legible: bool,
                     found: Option<&Value>,
                     same: &dyn Fn(&str, &str) -> bool| {
        let score = scores.entry(kind).or_default();
        let value = found.and_then(|found| found.value.as_deref());
        score.legible += usize::from(legible);
        match value {
            Some(value) if same(value, expected) => {
                if legible
                    && found
                        .is_some_and(|found| found.confidence == wcc_panel_report::Confidence::Read)
                {
                    score.read += 1;
                } else {
                    score.inferred += 1;
                }
            }
            Some(value) => {
                let short: String = value.chars().take(300).collect();
                let _ = writeln!(
                    wrong,
                    "seed {seed}: {what} is {short:?}, expected {expected:?}; lines {:?}",
                    found.map(|found| &found.lines)
                );
            }
            None if legible && std::env::var_os("MISSED").is_some() => {
                println!(
                    "{form}: seed {seed}: {what} missed: {:?}",
                    found.map(|found| (&found.lines, &found.why))
                );
            }
            None => {}
        }
    };
    let exact = |one: &str, other: &str| one == other;
    let alike = |one: &str, other: &str| plain(one) == plain(other);
    if report.framework != truth.framework {
        check(
            "framework",
            "the framework",
            truth.framework,
            true,
            None,
            &exact,
        );
        let _ = writeln!(
            wrong,
            "seed {seed}: framework {} for {}",
            report.framework, truth.framework
        );
        return;
    }
    check(
        "body",
        "the body",
        &truth.name,
        true,
        find("case.toml", &truth.code, "body"),
        &exact,
    );
    for component in &truth.components {
        for measure in &component.measures {
            for (at, method) in ["panel", "self", "previous"].iter().enumerate() {
                let found = find(
                    "judgements.csv",
                    &format!("{} {method}", measure.id),
                    "value",
                );
                let expected = component.steps()[measure.marks[at]];
                check(
                    ["panel", "self", "previous"][at],
                    &format!("{} {method}", measure.id),
                    expected,
                    measure.legible[at],
                    found,
                    &exact,
                );
            }
            let found = find("rationales.md", &measure.id, "rationale");
            check(
                "rationale",
                &format!("rationale {}", measure.id),
                &measure.rationale.value,
                measure.rationale.legible,
                found,
                &alike,
            );
            if let Some(score) = &measure.score {
                let found = find(
                    "survey.csv",
                    &format!("{} key-stakeholder", measure.id),
                    "score",
                );
                check(
                    "score",
                    &format!("score {}", measure.id),
                    &score.value,
                    score.legible,
                    found,
                    &exact,
                );
            }
        }
        if let Some((step, legible)) = component.overall {
            let found = find(
                "judgements.csv",
                &format!("{} panel", component.id),
                "value",
            );
            check(
                "overall",
                &format!("{} overall", component.id),
                component.steps()[step],
                legible,
                found,
                &exact,
            );
        }
    }
    for outcome in &truth.outcomes {
        for (series, rates) in &outcome.series {
            let record = format!("{} {series}", outcome.slot);
            check(
                "title",
                &format!("title of {record}"),
                &outcome.title,
                true,
                find("outcomes.csv", &record, "title"),
                &alike,
            );
            for (column, rate) in [
                "historic",
                "national",
                "ons_cluster",
                "top_decile",
                "aspiration",
            ]
            .iter()
            .zip(rates)
            {
                check(
                    "rate",
                    &format!("{column} of {record}"),
                    &rate.value,
                    rate.legible,
                    find("outcomes.csv", &record, column),
                    &exact,
                );
            }
        }
    }
    check(
        "count",
        "met",
        &truth.met.to_string(),
        true,
        find("statements.csv", "met-self-assessment", "count"),
        &exact,
    );
    check(
        "count",
        "improved",
        &truth.improved.to_string(),
        true,
        find("statements.csv", "improved-on-last-year", "count"),
        &exact,
    );
}
