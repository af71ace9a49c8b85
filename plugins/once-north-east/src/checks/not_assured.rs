use crate::groups::{self, joined};
use wcc_plugin::{Batch, Check, Findings, FunctionDeclaration, Subject};

pub(crate) const CHECK: Check = Check {
    id: "not-assured",
    title: "Delegated function not assured",
    about: "delegation",
    what: "Each commissioning function that a PCT delegates to: has a panel judged it on the \
           measures that it reaches?",
    why: "What is delegated is assured once for everyone. If nobody did, no PCT that delegated \
          knows how well that part of its commissioning is done.",
    example: "Twelve PCTs delegate to the Cancer Network, and no panel has given it a level.",
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
        // A function that is not among the bodies has no findings: the host knows nothing of it.
        if !delegators.is_empty() && batch.body(&group.code).is_some() {
            look_at(batch, &group, &delegators, any_is_judged, findings);
        }
    }
}

fn look_at(
    batch: &Batch<'_>,
    group: &FunctionDeclaration,
    delegators: &[&str],
    any_is_judged: bool,
    findings: &mut Findings,
) {
    let reached: Vec<&str> = batch
        .framework
        .reached(&group.reaches)
        .map(|measure| measure.id.as_str())
        .collect();
    let missing: Vec<&str> = reached
        .iter()
        .copied()
        .filter(|measure| !groups::is_judged(batch, &group.code, measure))
        .collect();
    let title = &group.title;
    let who = delegators.len();
    let finding = if missing.is_empty() {
        return;
    } else if missing.len() == reached.len() {
        let message = format!(
            "{title} is not assured: no panel has judged it on any measure that it reaches, \
             and {who} PCTs delegate to it."
        );
        // A case that judges no function at all is about something else.
        if any_is_judged {
            findings.error(&group.code, message)
        } else {
            findings.note(&group.code, message)
        }
    } else {
        let missing = joined(&missing);
        let message = format!("{title} is assured in part: no panel has judged it on {missing}.");
        findings.warning(&group.code, message)
    };
    finding
        .about(Subject::function(&group.code))
        .number("measures judged", (reached.len() - missing.len()) as f64)
        .number("measures reached", reached.len() as f64)
        .number("PCTs that delegate", who as f64);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::region;
    use wcc_plugin::Severity;

    #[test]
    fn a_function_without_any_level_is_an_error_where_others_have_one() {
        let mut region = region(&[], &[]);
        let found = CHECK.findings(&region);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "cancer-network");
        assert_eq!(found[0].1.severity, Severity::Note);

        let mut other = region.bodies[3].clone();
        other.code = "prison-health".into();
        other.judgements = crate::checks::region(&[], &[("5a", "2", "")]).bodies[3]
            .judgements
            .clone();
        region.bodies.push(other);
        let found = CHECK.findings(&region);
        assert_eq!(found[0].0, "cancer-network");
        assert_eq!(found[0].1.severity, Severity::Error);
    }

    #[test]
    fn missing_measures_are_named() {
        let found = CHECK.findings(&region(&[], &[("5a", "2", "")]));
        assert_eq!(found[0].1.severity, Severity::Warning);
        assert!(found[0].1.message.ends_with("on 7a and 7b."));
    }

    #[test]
    fn a_function_that_is_assured_is_silent() {
        let levels = &[("5a", "2", ""), ("7a", "1", ""), ("7b", "3", "")];
        assert_eq!(CHECK.findings(&region(&[], levels)), []);
    }

    #[test]
    fn nobody_delegates_nobody_asks() {
        let mut region = region(&[], &[]);
        for body in &mut region.bodies {
            body.delegations.clear();
        }
        assert_eq!(CHECK.findings(&region), []);
    }
}
