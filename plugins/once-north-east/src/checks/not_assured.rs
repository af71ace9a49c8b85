use crate::groups::{self, join_names};
use wcc_plugin::{Batch, Check, Findings, FunctionDeclaration, Subject};

pub(crate) const CHECK: Check = Check {
    id: "not-assured",
    title: "Delegated function not assured",
    about: "delegation",
    what: "PCTs delegate to a commissioning function that no panel has judged on all measures that \
           it affects.",
    why: "A delegated function is assured once for all PCTs. If nobody assures it, no PCT that \
          delegates knows how well that part of its commissioning is done.",
    example: "Twelve PCTs delegate to the Cancer Network, but no panel has given it a level.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    let any_is_judged = groups::commissioning().any(|group| {
        let body = batch.body(&group.code);
        body.is_some_and(|body| !body.judgements.is_empty())
    });
    for group in groups::commissioning() {
        let delegators: Vec<&str> = batch
            .delegators(&group.code)
            .map(|pct| pct.code.as_str())
            .collect();
        // The host would reject findings on a function that is not among the bodies.
        if !delegators.is_empty() && batch.body(&group.code).is_some() {
            check_group(batch, &group, &delegators, any_is_judged, findings);
        }
    }
}

fn check_group(
    batch: &Batch<'_>,
    group: &FunctionDeclaration,
    delegators: &[&str],
    any_is_judged: bool,
    findings: &mut Findings,
) {
    let measures: Vec<&str> = batch
        .framework
        .measures_of(&group.reaches)
        .map(|measure| measure.id.as_str())
        .collect();
    let missing: Vec<&str> = measures
        .iter()
        .copied()
        .filter(|measure| !groups::is_judged(batch, &group.code, measure))
        .collect();
    let title = &group.title;
    let pcts = delegators.len();
    let finding = if missing.is_empty() {
        return;
    } else if missing.len() == measures.len() {
        let message = format!(
            "{title} is not assured: {pcts} PCTs delegate to it, but no panel has judged it on any \
             measure that it affects."
        );
        // A case that judges no function at all probably does not cover delegation.
        if any_is_judged {
            findings.error(&group.code, message)
        } else {
            findings.note(&group.code, message)
        }
    } else {
        let missing = join_names(&missing);
        let message =
            format!("{title} is only partly assured: no panel has judged it on {missing}.");
        findings.warning(&group.code, message)
    };
    finding
        .about(Subject::function(&group.code))
        .number("measures judged", (measures.len() - missing.len()) as f64)
        .number("measures affected", measures.len() as f64)
        .number("PCTs that delegate", pcts as f64);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::region;
    use wcc_plugin::Severity;

    #[test]
    fn a_function_without_a_level_is_an_error_if_others_have_one() {
        let mut region = region(&[], &[]);
        let findings = CHECK.findings(&region);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].0, "cancer-network");
        assert_eq!(findings[0].1.severity, Severity::Note);

        let mut other = region.bodies[3].clone();
        other.code = "prison-health".into();
        other.judgements = crate::checks::region(&[], &[("5a", "2", "")]).bodies[3]
            .judgements
            .clone();
        region.bodies.push(other);
        let findings = CHECK.findings(&region);
        assert_eq!(findings[0].0, "cancer-network");
        assert_eq!(findings[0].1.severity, Severity::Error);
    }

    #[test]
    fn missing_measures_are_named() {
        let findings = CHECK.findings(&region(&[], &[("5a", "2", "")]));
        assert_eq!(findings[0].1.severity, Severity::Warning);
        assert!(findings[0].1.message.ends_with("on 7a and 7b."));
    }

    #[test]
    fn an_assured_function_gives_no_finding() {
        let levels = &[("5a", "2", ""), ("7a", "1", ""), ("7b", "3", "")];
        assert_eq!(CHECK.findings(&region(&[], levels)), []);
    }

    #[test]
    fn a_function_without_delegators_gives_no_finding() {
        let mut region = region(&[], &[]);
        for body in &mut region.bodies {
            body.delegations.clear();
        }
        assert_eq!(CHECK.findings(&region), []);
    }
}
