//! Survey for which the framework has no rule.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "survey-without-rule",
    title: "Survey without a rule",
    severity: Severity::Note,
    what: "A survey result is recorded for a measure, but the framework has no bands for a survey of this name.",
    why: "Such a result limits nothing. This is right for a survey that is only cited, and wrong if the name is misspelt.",
    example: "The results of \"key-stakholder\" limit nothing; the framework has bands for \"key-stakeholder\".",
    methods: &[],
    run,
};

use crate::finding::About;
use crate::framework::MeasureIndex;
use crate::words;
use std::collections::BTreeSet;

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let framework = &view.cycle.framework;
    // A framework without any bands does not use surveys.
    if framework.surveys.is_empty() {
        return;
    }
    let known = words::all_of(framework.surveys.iter().filter_map(|(id, _)| id.as_deref()));
    for body in [Some(view.output.body), view.output.cluster]
        .into_iter()
        .flatten()
    {
        let mut reported: Vec<&str> = Vec::new();
        for at in view.cycle.surveys_of(body) {
            let survey = &*view.cycle.records.surveys.at(at).survey;
            let is_reported = reported
                .iter()
                .any(|reported| reported.eq_ignore_ascii_case(survey));
            if framework.survey_rule(survey).is_some() || is_reported {
                continue;
            }
            reported.push(survey);
            let results = view
                .cycle
                .surveys_of(body)
                .map(|at| view.cycle.records.surveys.at(at));
            let measures: BTreeSet<MeasureIndex> = results
                .filter(|result| result.survey.eq_ignore_ascii_case(survey))
                .map(|result| result.measure)
                .collect();
            let ids = measures
                .iter()
                .map(|measure| framework.measure(*measure).id.as_str());
            let message = format!(
                "the survey \"{survey}\" on {} limits nothing: the framework has no bands for it \
                 (only for {known})",
                words::all_of(ids),
            );
            findings.on(body, About::Body, message, &[]);
        }
    }
}
