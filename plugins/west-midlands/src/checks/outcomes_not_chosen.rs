use std::collections::BTreeSet;
use wcc_plugin::{Batch, Check, Findings};

pub(crate) const CHECK: Check = Check {
    id: "outcomes-not-chosen",
    title: "Fewer outcomes chosen than asked for",
    about: "outcome",
    what: "The number of outcomes that a PCT chose, beside the number that the framework asks for \
           (ten). A PCT of which no outcome is recorded at all is left out: nothing is known of \
           its choice.",
    why: "Up to eight local outcomes say where a PCT means to make a difference. A free place is \
          a chance that was not taken, and the panel report prints it as n/a.",
    example: "South Staffordshire chose seven local outcomes; place 10 is free.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    let asked = batch.framework.outcomes_asked;
    for pct in batch.pcts() {
        let chosen: BTreeSet<u16> = pct.outcomes.iter().map(|outcome| outcome.slot).collect();
        let free: Vec<String> = (1..=asked)
            .filter(|slot| !chosen.contains(slot))
            .map(|slot| slot.to_string())
            .collect();
        if chosen.is_empty() || free.is_empty() {
            continue;
        }
        let places = match &free[..] {
            [only] => format!("place {only} is free"),
            several => format!("places {} are free", several.join(", ")),
        };
        let count = chosen.len();
        let message = format!("{count} of {asked} outcomes are chosen: {places}.");
        findings
            .note(&pct.code, message)
            .number("outcomes chosen", count as f64)
            .number("outcomes asked for", f64::from(asked));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::one_pct;

    #[test]
    fn free_places_are_named() {
        let found = CHECK.findings(&one_pct(
            r#""outcomes": [
                { "slot": 1, "outcome": "a", "series": "males", "better": "lower" },
                { "slot": 1, "outcome": "a", "series": "females", "better": "lower" },
                { "slot": 3, "outcome": "c", "series": "persons", "better": "lower" }]"#,
        ));
        assert_eq!(
            found[0].1.message,
            "2 of 3 outcomes are chosen: place 2 is free."
        );
    }

    #[test]
    fn nothing_recorded_is_not_the_same_as_nothing_chosen() {
        assert_eq!(CHECK.findings(&one_pct(r#""outcomes": []"#)), []);
    }
}
