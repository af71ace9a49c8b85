use wcc_plugin::{Batch, Body, Check, Component, Findings, Subject, method};

/// The area whose components are competencies.
const COMPETENCIES: &str = "competencies";

pub(crate) const CHECK: Check = Check {
    id: "below-self-without-commentary",
    title: "Below self-assessment without a commentary",
    about: "competency",
    what: "The panel result of a competency is below the self-assessment, but neither commentary nor \
           a recommendation is about the competency. If a result is not known, its measures are \
           compared instead.",
    why: "A PCT that is marked below its own assessment should learn why, and what to do.",
    example: "The panel puts competency 3 at level 2, the PCT at level 3, and the report does not \
              mention competency 3.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    for pct in batch.pcts() {
        let competencies = batch.framework.components.iter();
        for competency in competencies.filter(|component| component.area == COMPETENCIES) {
            let has_commentary = batch
                .with_cluster(pct)
                .any(|body| body.commentary.contains(&competency.id));
            if !has_commentary && let Some(difference) = below_self(batch, pct, competency) {
                let id = &competency.id;
                let message = format!(
                    "{difference}, but neither commentary nor a recommendation is about competency {id}."
                );
                findings
                    .warning(&pct.code, message)
                    .about(Subject::component(id));
            }
        }
    }
}

/// Describes what is below the self-assessment: the competency's result if both results are known,
/// else its measures.
fn below_self(batch: &Batch<'_>, pct: &Body<'_>, competency: &Component<'_>) -> Option<String> {
    let result = pct
        .results
        .iter()
        .find(|result| result.component == *competency.id);
    let results = result.and_then(|result| {
        let (method, panel) = match (&result.calibrated, &result.panel) {
            (Some(calibrated), _) => (method::CALIBRATED, calibrated),
            (None, Some(panel)) => (method::PANEL, panel),
            (None, None) => return None,
        };
        Some((result, result.self_assessment.as_deref()?, method, panel))
    });
    if let Some((result, own, method, panel)) = results {
        let id = &competency.id;
        let is_below = is_below(batch, id, own, panel);
        return is_below.then(|| {
            let panel = result.format_value(method, panel);
            let own = result.format_value(method::SELF, own);
            format!("The panel result of competency {id} is {panel}, the self-assessment {own}")
        });
    }
    let below: Vec<&str> = competency
        .measures
        .iter()
        .map(|measure| measure.id.as_str())
        .filter(|measure| measure_below_self(batch, pct, measure))
        .collect();
    match &below[..] {
        [] => None,
        [only] => Some(format!("Measure {only} is below the self-assessment")),
        several => {
            let several = several.join(", ");
            Some(format!("Measures {several} are below the self-assessment"))
        }
    }
}

fn measure_below_self(batch: &Batch<'_>, pct: &Body<'_>, measure: &str) -> bool {
    let own = batch.applicable_judgement(pct, measure, method::SELF);
    let own = own.and_then(|(_, judgement)| judgement.value.as_deref());
    let panel = batch.final_judgement(pct, measure);
    let panel = panel.and_then(|(_, judgement)| judgement.value.as_deref());
    own.zip(panel)
        .is_some_and(|(own, panel)| is_below(batch, measure, own, panel))
}

fn is_below(batch: &Batch<'_>, subject: &str, own: &str, panel: &str) -> bool {
    let rank = |value| batch.framework.rank(subject, value);
    rank(own)
        .zip(rank(panel))
        .is_some_and(|(own, panel)| panel < own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::one_pct;

    const RESULTS: &str = r#""results": [{ "component": "1", "self": "3", "panel": "2" }]"#;
    const MEASURES: &str = r#""judgements": [
        { "subject": "1a", "method": "self", "value": "3" },
        { "subject": "1a", "method": "panel", "value": "2" },
        { "subject": "1b", "method": "self", "value": "2" }]"#;

    #[test]
    fn a_result_below_is_found() {
        let findings = CHECK.findings(&one_pct(RESULTS));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].1.message.starts_with(
            "The panel result of competency 1 is 2, the self-assessment 3, but neither"
        ));
    }

    #[test]
    fn inferred_results_have_an_asterisk() {
        let inferred = RESULTS.replace("}]", r#", "inferred": ["self"] }]"#);
        let findings = CHECK.findings(&one_pct(&inferred));
        assert!(
            findings[0]
                .1
                .message
                .contains("is 2, the self-assessment 3*,")
        );
    }

    #[test]
    fn measures_count_if_the_result_is_not_known() {
        let findings = CHECK.findings(&one_pct(MEASURES));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].1.message.starts_with("Measure 1a is below"));
    }

    #[test]
    fn commentary_prevents_the_finding() {
        let same_competency = format!(r#"{RESULTS}, "commentary": ["1"]"#);
        assert_eq!(CHECK.findings(&one_pct(&same_competency)), []);
        let other_competency = format!(r#"{RESULTS}, "commentary": ["2"]"#);
        assert_eq!(CHECK.findings(&one_pct(&other_competency)).len(), 1);
    }
}
