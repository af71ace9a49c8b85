use wcc_plugin::{Batch, Body, Check, Findings, Subject, method};

/// The governance measure "Delegation".
const DELEGATION: &str = "board.5";

pub(crate) const CHECK: Check = Check {
    id: "delegation-not-judged",
    title: "Delegation not judged",
    about: "governance",
    what: "A PCT delegates to a function, but neither its panel nor its self-assessment has a \
           judgement on board.5, Delegation.",
    why: "The board remains responsible for what it delegates. Board measure 5 asks how it \
          keeps control.",
    example: "Darlington delegates to six functions; board.5 has neither a self-assessed mark nor a \
              panel mark.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    if batch.framework.measure(DELEGATION).is_none() {
        return;
    }
    for pct in batch.pcts().filter(|pct| !pct.delegations.is_empty()) {
        if !is_judged(batch, pct) {
            let count = pct.delegations.len();
            let functions = if count == 1 { "function" } else { "functions" };
            let message = format!(
                "{} delegates to {count} {functions}, but neither its panel nor the PCT itself has \
                 judged delegation (board.5).",
                pct.code
            );
            findings
                .error(&pct.code, message)
                .about(Subject::measure(DELEGATION))
                .number("functions delegated to", count as f64);
        }
    }
}

fn is_judged(batch: &Batch<'_>, pct: &Body<'_>) -> bool {
    [method::SELF, method::PANEL, method::CALIBRATED]
        .into_iter()
        .filter_map(|method| batch.applicable_judgement(pct, DELEGATION, method))
        .any(|(_, judgement)| judgement.value.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::region;

    #[test]
    fn each_pct_is_named() {
        let findings = CHECK.findings(&region(&[], &[]));
        let bodies: Vec<&str> = findings.iter().map(|(body, _)| body.as_str()).collect();
        assert_eq!(bodies, ["5D9", "5E1"]);
    }

    #[test]
    fn the_clusters_judgement_applies_to_its_pcts() {
        assert_eq!(CHECK.findings(&region(&[("board.5", "2")], &[])), []);
    }
}
