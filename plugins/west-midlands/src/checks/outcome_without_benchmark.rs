use std::collections::BTreeMap;
use wcc_plugin::{Batch, Check, Findings, Outcome, Subject};

pub(crate) const CHECK: Check = Check {
    id: "outcome-without-benchmark",
    title: "Outcome without any benchmark",
    about: "outcome",
    what: "Each chosen outcome: is there a national, ONS cluster or top decile rate for any of its \
           series?",
    why: "Without a benchmark nobody can say whether an aspiration is ambitious, or whether a \
          change is the PCT's doing or everybody's.",
    example: "The dementia register has an aspiration of 24.1% a year, and nothing to hold it \
              against.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    for pct in batch.pcts() {
        let mut by_slot: BTreeMap<u16, Vec<&Outcome<'_>>> = BTreeMap::new();
        for outcome in &pct.outcomes {
            by_slot.entry(outcome.slot).or_default().push(outcome);
        }
        for (slot, series) in by_slot {
            if !series.iter().any(|outcome| has_benchmark(outcome)) {
                let outcome = series[0];
                let title = outcome.title.as_deref().unwrap_or(&outcome.outcome);
                let message = format!(
                    "Outcome {slot}, {title}, has no benchmark: neither national nor ONS cluster \
                     nor top decile."
                );
                let finding = findings.warning(&pct.code, message);
                finding.about(Subject::outcome(&outcome.outcome));
                if let Some(aspiration) = outcome.aspiration {
                    finding.number("aspiration, % a year", aspiration);
                }
            }
        }
    }
}

fn has_benchmark(outcome: &Outcome<'_>) -> bool {
    let rates = [outcome.national, outcome.ons_cluster, outcome.top_decile];
    rates.iter().any(Option::is_some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::one_pct;

    #[test]
    fn one_series_with_a_benchmark_is_enough() {
        let found = CHECK.findings(&one_pct(
            r#""outcomes": [
                { "slot": 1, "outcome": "life-expectancy", "series": "males", "better": "higher" },
                { "slot": 1, "outcome": "life-expectancy", "series": "females",
                  "better": "higher", "national": 0.3 },
                { "slot": 9, "outcome": "dementia-register", "title": "Dementia register",
                  "series": "persons", "better": "higher", "aspiration": 24.1 }]"#,
        ));
        assert_eq!(found.len(), 1);
        assert!(
            found[0]
                .1
                .message
                .starts_with("Outcome 9, Dementia register, has no benchmark")
        );
        assert_eq!(found[0].1.numbers[0].value, 24.1);
    }
}
