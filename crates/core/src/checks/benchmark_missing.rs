//! Benchmark missing.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "benchmark-missing",
    title: "Benchmark missing",
    severity: Severity::Note,
    what: "An outcome lacks one or more of its benchmarks: national, {peers}, top decile. A \
           benchmark counts if it is stated or an indicator that measures the outcome gives it.",
    why: "Without benchmarks it is impossible to say whether the aspiration is ambitious.",
    example: "Patient experience has no {peers} rate.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        let chosen = outcome.chosen;
        let benchmarks = [
            ("national", outcome.shown.national),
            (
                &*view.cycle.framework.words.peers.one,
                outcome.shown.ons_cluster,
            ),
            ("top decile", outcome.shown.top_decile),
        ];
        let missing: Vec<&str> = benchmarks
            .into_iter()
            .filter(|(_, benchmark)| benchmark.is_none())
            .map(|(name, _)| name)
            .collect();
        if !missing.is_empty() {
            let message = format!(
                "{}: no benchmark for {}",
                chosen.full_title(&view.cycle.framework),
                crate::words::any_of(missing.iter().copied()),
            );
            findings.on_outcome(chosen, message, &[]);
        }
    }
}
