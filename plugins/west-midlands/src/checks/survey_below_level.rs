use wcc_plugin::{Batch, Body, Check, Findings, Judgement, Subject, Survey, method};

pub(crate) const CHECK: Check = Check {
    id: "survey-below-level",
    title: "Survey does not support the level",
    about: "competency",
    what: "Each survey result beside the self mark and the panel's level on its measure: does the \
           level stand above what the survey supports by the framework's bands?",
    why: "Panels in this region stop at level 2 where partners only somewhat agree, however good \
          the panel day was. A level above the survey needs a reason that can be read later.",
    example: "Stakeholders give 3.88 out of 6 on 3a (somewhat agree, supports level 2), and the \
              PCT marks itself 3.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    for pct in batch.pcts() {
        for asked in batch.with_cluster(pct) {
            for survey in &asked.surveys {
                look_at(batch, pct, survey, findings);
            }
        }
    }
}

fn look_at(batch: &Batch<'_>, pct: &Body<'_>, survey: &Survey<'_>, findings: &mut Findings) {
    let Some(supports) = survey.supports.as_deref() else {
        return;
    };
    let limit = batch.framework.rank(&survey.measure, supports);
    let above = |judgement: &&Judgement<'_>| {
        let value = judgement.value.as_deref();
        let rank = value.and_then(|value| batch.framework.rank(&survey.measure, value));
        rank.zip(limit).is_some_and(|(rank, limit)| rank > limit)
    };
    let own = batch.judged(pct, &survey.measure, method::SELF);
    if let Some(judgement) = own.map(|(_, judgement)| judgement).filter(above) {
        let message = sentence("the self mark", judgement, survey, supports);
        add(findings.note(&pct.code, message), survey);
    }
    let standing = batch.standing(pct, &survey.measure);
    if let Some(judgement) = standing.map(|(_, judgement)| judgement).filter(above) {
        let whose = match judgement.method.as_str() {
            method::CALIBRATED => "the calibrated level",
            _ => "the panel's level",
        };
        let message = sentence(whose, judgement, survey, supports);
        add(findings.warning(&pct.code, message), survey);
    }
}

fn sentence(whose: &str, judgement: &Judgement<'_>, survey: &Survey<'_>, supports: &str) -> String {
    let Survey {
        survey: name,
        measure,
        ..
    } = survey;
    let level = judgement.value.as_deref().unwrap_or_default();
    let result = match (survey.score, survey.wording.as_deref()) {
        (Some(score), Some(wording)) => format!("{score:.2} ({wording})"),
        (Some(score), None) => format!("{score:.2}"),
        (None, wording) => wording.unwrap_or("no score").to_owned(),
    };
    format!(
        "On {measure} {whose} is {level}, and the {name} survey, {result}, supports no more than \
         {supports}."
    )
}

fn add(finding: &mut wcc_plugin::Finding, survey: &Survey<'_>) {
    finding.about(Subject::measure(&survey.measure));
    if let Some(score) = survey.score {
        finding.number("survey score", score);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::one_pct;
    use wcc_plugin::Severity;

    const SURVEY: &str = r#""surveys": [{ "survey": "key-stakeholder", "measure": "1b",
        "score": 4.14, "wording": "somewhat agree", "supports": "2" }]"#;

    fn judged(own: &str, panel: &str) -> Vec<(String, wcc_plugin::Finding)> {
        CHECK.findings(&one_pct(&format!(
            r#"{SURVEY}, "judgements": [
                {{ "subject": "1b", "method": "self", "value": "{own}" }},
                {{ "subject": "1b", "method": "panel", "value": "{panel}" }}]"#
        )))
    }

    #[test]
    fn a_self_mark_above_it_is_a_note_and_a_panel_above_it_a_warning() {
        let found = judged("3", "2");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Note);
        assert_eq!(
            found[0].1.message,
            "On 1b the self mark is 3, and the key-stakeholder survey, 4.14 (somewhat agree), \
             supports no more than 2."
        );
        assert_eq!(judged("2", "3")[0].1.severity, Severity::Warning);
    }

    #[test]
    fn a_level_that_is_supported_is_silent() {
        assert_eq!(judged("2", "2"), []);
    }
}
