//! Benchmark contradicted by the indicator.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::{a_year, to_one_decimal};

pub(super) static CHECK: Check = Check {
    id: "benchmark-contradicted",
    title: "Benchmark contradicted by the indicator",
    severity: Severity::Note,
    what: "A benchmark that a source gives for an outcome differs from the one computed from the \
           indicator's values of all {bodies}, as outputs show them, with one decimal.",
    why: "They may cover other {bodies} or years, or weigh them by population; a comparison should \
          say which of them it uses.",
    example: "The stated national rate is -2.1% a year; computed from 151 {bodies}, it is -1.8% a \
              year.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let words = &view.cycle.framework.words;
    for outcome in view.outcomes() {
        let Some(benchmarks) = outcome.result.benchmarks.as_deref() else {
            continue;
        };
        let rates = &outcome.chosen.rates;
        let peers = words.peers.one.as_str();
        let compared = [
            ("national", rates.national, benchmarks.national),
            (peers, rates.ons_cluster, benchmarks.peers),
            ("top decile", rates.top_decile, benchmarks.top_decile),
        ];
        for (name, stated, figures) in compared {
            let Some(computed) = figures.computed.map(to_one_decimal) else {
                continue;
            };
            for given in [stated, figures.given]
                .into_iter()
                .flatten()
                .map(to_one_decimal)
            {
                if given == computed {
                    continue;
                }
                let message = format!(
                    "{}: the {name} rate is given as {}; computed from {} {}, it is {}",
                    outcome.chosen.full_title(&view.cycle.framework),
                    a_year(given),
                    figures.among,
                    words.body.many,
                    a_year(computed),
                );
                let numbers = [("given, % a year", given), ("computed, % a year", computed)];
                findings.on_outcome(outcome.chosen, message, &numbers);
            }
        }
    }
}
