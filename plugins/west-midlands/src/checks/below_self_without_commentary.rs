use wcc_plugin::{Batch, Body, Check, Component, Findings, Subject, method};

/// The area whose components are competencies.
const COMPETENCIES: &str = "competencies";

pub(crate) const CHECK: Check = Check {
    id: "below-self-without-commentary",
    title: "Below self-assessment without a commentary",
    about: "competency",
    what: "Each competency whose panel result is below the self-assessment, or, where a result is \
           not known, any of whose measures is: does commentary or a recommendation bear on it?",
    why: "A PCT that is told it is not as good as it thought is owed the reason, and what to do.",
    example: "The panel puts competency 3 at level 2 where the PCT said 3, and the report has no \
              word on competency 3.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    for pct in batch.pcts() {
        let competencies = batch.framework.components.iter();
        for competency in competencies.filter(|component| component.area == COMPETENCIES) {
            let commented = batch
                .with_cluster(pct)
                .any(|body| body.commentary.contains(&competency.id));
            if !commented && let Some(what) = below_self(batch, pct, competency) {
                let id = &competency.id;
                let message = format!(
                    "{what}, and neither commentary nor a recommendation bears on competency {id}."
                );
                findings
                    .warning(&pct.code, message)
                    .about(Subject::component(id));
            }
        }
    }
}

/// What is below: the competency's result where both are known, else its measures.
fn below_self(batch: &Batch<'_>, pct: &Body<'_>, competency: &Component<'_>) -> Option<String> {
    let result = pct
        .results
        .iter()
        .find(|result| result.component == *competency.id);
    let results = result.and_then(|result| {
        let (method, standing) = match (&result.calibrated, &result.panel) {
            (Some(calibrated), _) => (method::CALIBRATED, calibrated),
            (None, Some(panel)) => (method::PANEL, panel),
            (None, None) => return None,
        };
        Some((result, result.self_assessment.as_deref()?, method, standing))
    });
    if let Some((result, own, method, standing)) = results {
        let id = &competency.id;
        let is_below = is_below(batch, id, own, standing);
        return is_below.then(|| {
            let standing = result.marked(method, standing);
            let own = result.marked(method::SELF, own);
            format!("Competency {id} is at {standing}, the self-assessment at {own}")
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
    let own = batch.judged(pct, measure, method::SELF);
    let own = own.and_then(|(_, judgement)| judgement.value.as_deref());
    let standing = batch.standing(pct, measure);
    let standing = standing.and_then(|(_, judgement)| judgement.value.as_deref());
    own.zip(standing)
        .is_some_and(|(own, standing)| is_below(batch, measure, own, standing))
}

fn is_below(batch: &Batch<'_>, subject: &str, own: &str, standing: &str) -> bool {
    let rank = |value| batch.framework.rank(subject, value);
    rank(own)
        .zip(rank(standing))
        .is_some_and(|(own, standing)| standing < own)
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
        let found = CHECK.findings(&one_pct(RESULTS));
        assert_eq!(found.len(), 1);
        assert!(
            found[0]
                .1
                .message
                .starts_with("Competency 1 is at 2, the self-assessment at 3, and neither")
        );
    }

    #[test]
    fn what_was_inferred_has_an_asterisk() {
        let inferred = RESULTS.replace("}]", r#", "inferred": ["self"] }]"#);
        let found = CHECK.findings(&one_pct(&inferred));
        assert!(
            found[0]
                .1
                .message
                .contains("is at 2, the self-assessment at 3*,")
        );
    }

    #[test]
    fn measures_speak_where_the_result_is_not_known() {
        let found = CHECK.findings(&one_pct(MEASURES));
        assert_eq!(found.len(), 1);
        assert!(found[0].1.message.starts_with("Measure 1a is below"));
    }

    #[test]
    fn commentary_answers_it() {
        let commented = format!(r#"{RESULTS}, "commentary": ["1"]"#);
        assert_eq!(CHECK.findings(&one_pct(&commented)), []);
        let other = format!(r#"{RESULTS}, "commentary": ["2"]"#);
        assert_eq!(CHECK.findings(&one_pct(&other)).len(), 1);
    }
}
