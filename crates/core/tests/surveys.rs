//! Surveys for which the framework has no bands.

mod support;

use support::{CLUSTER, CycleBuilder};
use wcc_core::{Assurance, assure};

fn findings(assurance: &Assurance) -> Vec<&str> {
    let found = assurance.findings.iter();
    let found = found.filter(|finding| &*finding.check == "survey-without-rule");
    found.map(|finding| &*finding.message).collect()
}

fn named(making: &mut CycleBuilder, survey: &str) {
    for result in &mut making.cycle.records.surveys {
        result.survey = survey.into();
    }
}

#[test]
fn a_survey_without_bands_is_reported_once_for_the_body() {
    let mut making = CycleBuilder::new();
    making.survey(CLUSTER, "1b", 4.0);
    making.survey(CLUSTER, "1a", 4.0);
    named(&mut making, "stakehoder");
    let assurance = assure(&making.checked(), Vec::new(), None);
    assert_eq!(
        findings(&assurance),
        [
            "the survey \"stakehoder\" on 1a and 1b limits nothing: the framework has no bands for \
             it (only for stakeholder)"
        ]
    );
}

#[test]
fn surveys_are_compared_ignoring_case() {
    let mut making = CycleBuilder::new();
    making.survey(CLUSTER, "1b", 4.0);
    making.survey(CLUSTER, "1a", 4.0);
    for (result, survey) in making
        .cycle
        .records
        .surveys
        .iter_mut()
        .zip(["MORI", "Mori"])
    {
        result.survey = survey.into();
    }
    let assurance = assure(&making.checked(), Vec::new(), None);
    assert_eq!(findings(&assurance).len(), 1, "{:?}", findings(&assurance));
    assert!(findings(&assurance)[0].contains("on 1a and 1b limits nothing"));
    let mut making = CycleBuilder::new();
    making.survey(CLUSTER, "1a", 4.0);
    named(&mut making, "Stakeholder");
    assert!(findings(&assure(&making.checked(), Vec::new(), None)).is_empty());
}

#[test]
fn a_survey_with_bands_or_in_a_framework_without_any_is_not() {
    let mut making = CycleBuilder::new();
    making.survey(CLUSTER, "1a", 4.0);
    assert!(findings(&assure(&making.checked(), Vec::new(), None)).is_empty());
    let mut framework = support::framework();
    framework.surveys.clear();
    let mut making = CycleBuilder::with(framework, support::organisations());
    making.survey(CLUSTER, "1a", 4.0);
    assert!(findings(&assure(&making.checked(), Vec::new(), None)).is_empty());
}
