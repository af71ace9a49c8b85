//! Survey that the framework has no rule for.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "survey-without-rule",
    title: "Survey without a rule",
    severity: Severity::Note,
    what: "A survey result bears on a measure, and the framework has no bands for a survey of that name.",
    why: "Such a result limits nothing. That is right for a survey that is told of beside others, and wrong where the name is mistyped.",
    example: "The results of \"key-stakholder\" support any level; the framework has bands for \"key-stakeholder\".",
    run,
};

use crate::finding::About;
use crate::framework::MeasureIndex;
use crate::words;
use std::collections::BTreeSet;

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let framework = &view.cycle.framework;
    // A framework without any bands asks nothing of surveys.
    if framework.surveys.is_empty() {
        return;
    }
    let known = words::all_of(framework.surveys.iter().filter_map(|(id, _)| id.as_deref()));
    for body in [Some(view.output.body), view.output.cluster]
        .into_iter()
        .flatten()
    {
        let mut told: Vec<&str> = Vec::new();
        for at in view.cycle.surveys_of(body) {
            let survey = &*view.cycle.records.surveys[at].survey;
            if framework.survey_rule(survey).is_some() || told.contains(&survey) {
                continue;
            }
            told.push(survey);
            let results = view
                .cycle
                .surveys_of(body)
                .map(|at| &view.cycle.records.surveys[at]);
            let measures: BTreeSet<MeasureIndex> = results
                .filter(|one| *one.survey == *survey)
                .map(|one| one.measure)
                .collect();
            let ids = measures
                .iter()
                .map(|one| framework.measure(*one).id.as_str());
            let message = format!(
                "the survey {survey} bears on {} and limits nothing: the framework has no bands for \
                 it (it has some for {known})",
                words::all_of(ids),
            );
            findings.on(body, About::Body, message, &[]);
        }
    }
}
