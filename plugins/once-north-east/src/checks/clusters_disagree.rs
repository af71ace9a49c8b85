use crate::groups::{self, joined};
use std::collections::BTreeMap;
use wcc_plugin::{Batch, Check, Findings, Judgement, Subject, kind, method};

pub(crate) const CHECK: Check = Check {
    id: "clusters-disagree",
    title: "Clusters disagree on a function",
    about: "delegation",
    what: "Judgements of several clusters on the same function and measure by the same method, as \
           long as no calibration of the whole region settles them: are they the same?",
    why: "There is one function for the whole region. Two levels mean that two panels saw \
          different evidence or read the measure differently. Each PCT is limited by its own \
          cluster's level, so the same function counts differently for two PCTs.",
    example: "South of Tyne and Wear puts Specialised Commissioning at level 2 on 7a, Tees at 3.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    for group in groups::all() {
        let Some(function) = batch.body(&group.code) else {
            continue;
        };
        let mut said: BTreeMap<(&str, &str), Vec<&Judgement<'_>>> = BTreeMap::new();
        let known = |one: &&Judgement<'_>| one.value.is_some() && !is_of_region(batch, one);
        for judgement in function.judgements.iter().filter(known) {
            said.entry((&judgement.subject, &judgement.method))
                .or_default()
                .push(judgement);
        }
        let settled = |measure: &str| {
            function.judgements.iter().any(|one| {
                one.subject == *measure
                    && one.method == method::CALIBRATED
                    && one.value.is_some()
                    && is_of_region(batch, one)
            })
        };
        for ((measure, method), judgements) in said {
            let differ = judgements
                .iter()
                .any(|one| one.value != judgements[0].value);
            if differ && !settled(measure) {
                let title = &group.title;
                let who = in_words(&judgements);
                let what = if method == method::PANEL {
                    "panels"
                } else {
                    method
                };
                let message = format!("On {measure} of {title} {what} disagree: {who}.");
                let subject = match batch.framework.measure(measure) {
                    Some(_) => Subject::measure(measure),
                    None => Subject::component(measure),
                };
                findings.error(&group.code, message).about(subject);
            }
        }
    }
}

/// Whether a judgement is one of the whole region: of no assessor, or of the SHA.
fn is_of_region(batch: &Batch<'_>, judgement: &Judgement<'_>) -> bool {
    let assessor = judgement.assessor.as_deref();
    assessor.is_none_or(|code| batch.body(code).is_some_and(|body| body.kind == kind::SHA))
}

fn in_words(judgements: &[&Judgement<'_>]) -> String {
    let mut who: Vec<String> = judgements
        .iter()
        .map(|judgement| {
            let assessor = judgement.assessor.as_deref().unwrap_or_default();
            format!(
                "{assessor} says {}",
                judgement.value.as_deref().unwrap_or_default()
            )
        })
        .collect();
    who.sort();
    let who: Vec<&str> = who.iter().map(String::as_str).collect();
    joined(&who)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::region;

    #[test]
    fn two_levels_are_a_contradiction() {
        let levels = &[("7a", "2", "tees"), ("7a", "3", "north-of-tyne")];
        let found = CHECK.findings(&region(&[], levels));
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].1.message,
            "On 7a of Cancer Network panels disagree: north-of-tyne says 3 and tees says 2."
        );
    }

    #[test]
    fn a_calibration_of_the_region_settles_it() {
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
    fn the_same_level_twice_is_none() {
        let levels = &[
            ("7a", "2", "tees"),
            ("7a", "2", "north-of-tyne"),
            ("7b", "3", "tees"),
        ];
        assert_eq!(CHECK.findings(&region(&[], levels)), []);
    }
}
