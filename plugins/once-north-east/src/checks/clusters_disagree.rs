use crate::groups::{self, join_names};
use std::collections::BTreeMap;
use wcc_plugin::{Batch, Check, Findings, Judgement, Subject, kind, method};

pub(crate) const CHECK: Check = Check {
    id: "clusters-disagree",
    title: "Clusters disagree on a function",
    about: "delegation",
    what: "Several clusters judged the same function on the same measure by the same method, with \
           different values, and no calibration for the whole region has settled it.",
    why: "The whole region shares one function. Two levels mean that two panels saw different \
          evidence or read the measure differently. Each PCT is limited by its own cluster's \
          level, so the same function limits two PCTs differently.",
    example: "South of Tyne and Wear puts Specialised Commissioning at level 2 on 7a, Tees at 3.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    for group in groups::all() {
        let Some(function) = batch.body(&group.code) else {
            continue;
        };
        let mut by_subject: BTreeMap<(&str, &str), Vec<&Judgement<'_>>> = BTreeMap::new();
        let known = |judgement: &&Judgement<'_>| {
            judgement.value.is_some() && !is_of_region(batch, judgement)
        };
        for judgement in function.judgements.iter().filter(known) {
            by_subject
                .entry((&judgement.subject, &judgement.method))
                .or_default()
                .push(judgement);
        }
        let settled = |measure: &str| {
            function.judgements.iter().any(|judgement| {
                judgement.subject == *measure
                    && judgement.method == method::CALIBRATED
                    && judgement.value.is_some()
                    && is_of_region(batch, judgement)
            })
        };
        for ((measure, method), judgements) in by_subject {
            let values = judgements.iter().map(|judgement| &judgement.value);
            let differ = values
                .clone()
                .zip(values.skip(1))
                .any(|(one, next)| one != next);
            if differ && !settled(measure) {
                let title = &group.title;
                let values = describe_values(&judgements);
                let assessors = if method == method::PANEL {
                    "panels"
                } else {
                    method
                };
                let message = format!("On {measure} of {title}, {assessors} disagree: {values}.");
                let subject = match batch.framework.measure(measure) {
                    Some(_) => Subject::measure(measure),
                    None => Subject::component(measure),
                };
                findings.error(&group.code, message).about(subject);
            }
        }
    }
}

/// Whether a judgement applies to the whole region: it has no assessor, or the SHA made it.
fn is_of_region(batch: &Batch<'_>, judgement: &Judgement<'_>) -> bool {
    let assessor = judgement.assessor.as_deref();
    assessor.is_none_or(|code| batch.body(code).is_some_and(|body| body.kind == kind::SHA))
}

fn describe_values(judgements: &[&Judgement<'_>]) -> String {
    let mut values: Vec<String> = judgements
        .iter()
        .map(|judgement| {
            let assessor = judgement.assessor.as_deref().unwrap_or_default();
            format!(
                "{assessor} says {}",
                judgement.value.as_deref().unwrap_or_default()
            )
        })
        .collect();
    values.sort();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    join_names(&values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::region;

    #[test]
    fn different_levels_give_a_finding() {
        let levels = &[("7a", "2", "tees"), ("7a", "3", "north-of-tyne")];
        let findings = CHECK.findings(&region(&[], levels));
        assert_eq!(findings.len(), 1);
        assert_eq!(
            findings[0].1.message,
            "On 7a of Cancer Network, panels disagree: north-of-tyne says 3 and tees says 2."
        );
    }

    #[test]
    fn a_calibration_for_the_region_settles_the_difference() {
        let levels = &[
            ("7a", "2", "tees"),
            ("7a", "3", "north-of-tyne"),
            ("7a", "3", ""),
        ];
        let mut region = region(&[], levels);
        assert_eq!(CHECK.findings(&region).len(), 1);
        region.bodies[3].judgements[2].method = method::CALIBRATED.into();
        assert_eq!(CHECK.findings(&region), []);
    }

    #[test]
    fn equal_levels_give_no_finding() {
        let levels = &[
            ("7a", "2", "tees"),
            ("7a", "2", "north-of-tyne"),
            ("7b", "3", "tees"),
        ];
        assert_eq!(CHECK.findings(&region(&[], levels)), []);
    }
}
