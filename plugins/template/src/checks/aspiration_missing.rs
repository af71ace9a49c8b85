use wcc_plugin::{Batch, Check, Findings, Subject};

pub(crate) const CHECK: Check = Check {
    id: "aspiration-missing",
    title: "Outcome without an aspiration",
    about: "outcome",
    what: "Each outcome that a PCT chose: has it an aspiration?",
    why: "Without one nobody can say later whether the PCT got where it wanted to.",
    example: "Dementia register is chosen as outcome 9, and its aspiration is n/a.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    for pct in batch.pcts() {
        for outcome in &pct.outcomes {
            if outcome.aspiration.is_none() {
                let title = outcome.title.as_deref().unwrap_or(&outcome.outcome);
                let series = &outcome.series;
                let slot = outcome.slot;
                let message = format!("Outcome {slot}, {title} ({series}), has no aspiration.");
                findings
                    .warning(&pct.code, message)
                    .about(Subject::outcome(&outcome.outcome));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wcc_plugin::{Body, Outcome, kind};

    /// One PCT with one outcome.
    fn region(aspiration: Option<f64>) -> Batch<'static> {
        let outcome = Outcome {
            slot: 9,
            outcome: "dementia-register".into(),
            series: "persons".into(),
            aspiration,
            ..Outcome::default()
        };
        let pct = Body {
            code: "XXX".into(),
            kind: kind::PCT.into(),
            outcomes: vec![outcome],
            ..Body::default()
        };
        Batch {
            bodies: vec![pct],
            ..Batch::default()
        }
    }

    #[test]
    fn a_missing_aspiration_is_found() {
        let found = CHECK.findings(&region(None));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "XXX");
        assert_eq!(
            found[0].1.message,
            "Outcome 9, dementia-register (persons), has no aspiration."
        );
    }

    #[test]
    fn an_aspiration_is_silent() {
        assert_eq!(CHECK.findings(&region(Some(24.1))), []);
    }
}
