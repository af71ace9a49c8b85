//! Fewer outcomes than asked for.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "fewer-outcomes-than-asked",
    title: "Fewer outcomes than asked for",
    severity: Severity::Note,
    what: "The {body} has fewer outcomes than the framework asks for.",
    why: "The framework says on how many outcomes each {body} is assessed; with fewer, part of the picture is missing.",
    example: "Nine of ten outcomes are chosen; the tenth is n/a.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let required = view.cycle.framework.outcomes.asked;
    let mut slots: Vec<u16> = view.outcomes().map(|outcome| outcome.chosen.slot).collect();
    slots.sort_unstable();
    slots.dedup();
    if view.cycle.records.outcomes.is_empty() || slots.len() >= usize::from(required) {
        return;
    }
    let chosen = u16::try_from(slots.len()).unwrap_or(u16::MAX);
    let outcomes = &view.cycle.framework.words.outcome.many;
    let message = format!("{chosen} of the {required} {outcomes} asked for are chosen");
    let numbers = [
        ("chosen", f64::from(chosen)),
        ("asked for", f64::from(required)),
    ];
    findings.on_pct(crate::finding::About::Body, message, &numbers);
}
