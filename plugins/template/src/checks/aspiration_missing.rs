use wcc_plugin::{Batch, Check, Findings, Subject};

pub(crate) const CHECK: Check = Check {
    id: "aspiration-missing",
    title: "Outcome without an aspiration",
    about: "outcome",
    what: "A chosen outcome has no aspiration.",
    why: "Without an aspiration, nobody can say later whether the PCT reached it.",
    example: "Dementia register is chosen as outcome 9, but its aspiration is n/a.",
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

    /// Builds a batch of one PCT with one outcome.
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
        let findings = CHECK.findings(&region(None));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].0, "XXX");
        assert_eq!(
            findings[0].1.message,
            "Outcome 9, dementia-register (persons), has no aspiration."
        );
    }

    #[test]
    fn an_aspiration_gives_no_finding() {
        assert_eq!(CHECK.findings(&region(Some(24.1))), []);
    }
}
