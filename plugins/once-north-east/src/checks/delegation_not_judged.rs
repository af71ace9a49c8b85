use wcc_plugin::{Batch, Body, Check, Findings, Subject, method};

/// The governance measure "Delegation".
const DELEGATION: &str = "board.5";

pub(crate) const CHECK: Check = Check {
    id: "delegation-not-judged",
    title: "Delegates, and delegation is not judged",
    about: "governance",
    what: "Each PCT that delegates to a function: is there a judgement on board.5, Delegation, by \
           its panel or by its own assessment?",
    why: "The board stays responsible for what it delegates. Board measure 5 is where the \
          framework asks how it keeps hold of it.",
    example: "Darlington delegates to six functions; board.5 has neither a self mark nor a panel's.",
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
                "{} delegates to {count} {functions}, and nobody has judged delegation \
                 (board.5): neither its panel nor itself.",
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
        .filter_map(|method| batch.judged(pct, DELEGATION, method))
        .any(|(_, judgement)| judgement.value.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::region;

    #[test]
    fn each_pct_is_named() {
        let found = CHECK.findings(&region(&[], &[]));
        let bodies: Vec<&str> = found.iter().map(|(body, _)| body.as_str()).collect();
        assert_eq!(bodies, ["5D9", "5E1"]);
    }

    #[test]
    fn the_clusters_judgement_holds_for_its_pcts() {
        assert_eq!(CHECK.findings(&region(&[("board.5", "2")], &[])), []);
    }
}
