//! Reads the records about measures: `survey.csv`, `criteria.csv` and `answers.csv`.

use super::context::Context;
use super::fields::Fields;
use super::schemas::{ANSWERS, CRITERIA, SURVEY};
use crate::nearest::nearest;
use crate::problem::quoted;
use wcc_core::framework::SurveyRule;
use wcc_core::record::{Answer, Criterion, CriterionKind, SurveyResult};
use wcc_core::{Cycle, Method, Subject};

pub(super) fn surveys(context: &Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    context.read_rows(&SURVEY, bytes, |row| {
        cycle
            .records
            .surveys
            .extend(survey(&Fields::new(context, row)));
    })
}

fn survey(fields: &Fields<'_>) -> Option<SurveyResult> {
    let cells = &fields.cells;
    let body = fields.body("body");
    let measure = fields.measure("measure");
    let survey = fields.identifier("survey");
    if let Some(survey) = survey {
        warn_of_near_name(fields, survey);
    }
    let rule = survey.and_then(|survey| fields.context.framework.survey_rule(survey));
    let range = rule.map_or(f64::MIN..=f64::MAX, |rule| rule.lowest..=rule.highest);
    let score = cells.exact_number("score", range);
    let wording = wording(fields, rule);
    fields.sound(SurveyResult {
        record: fields.record(),
        question: cells.boxed("question"),
        source: cells.boxed("source"),
        figures: None,
        score,
        wording,
        body: body?,
        measure: measure?,
        survey: survey?.into(),
    })
}

/// Warns of a survey for which the framework has no bands if its name is close to one for which it
/// has. Any other survey is only cited and limits nothing.
fn warn_of_near_name(fields: &Fields<'_>, survey: &str) {
    let surveys = &fields.context.framework.surveys;
    let names = || surveys.iter().filter_map(|(id, _)| id.as_deref());
    if names().any(|name| name.eq_ignore_ascii_case(survey)) {
        return;
    }
    let Some(near) = nearest(survey, names()) else {
        return;
    };
    fields.warn(
        "survey",
        || format!("the framework has no bands for a survey {}", quoted(survey)),
        |problem| problem.expecting_one_of(names()).nearest_to(Some(near)),
    );
}

/// The wording, spelled as in the framework if it is one of its words.
fn wording(fields: &Fields<'_>, rule: Option<&SurveyRule>) -> Option<Box<str>> {
    let text = fields.cells.text("wording")?;
    let points = rule.map_or(&[][..], |rule| &rule.points);
    let mut words = points.iter().map(|point| point.wording.as_str());
    let known = words.find(|word| word.to_lowercase() == text.to_lowercase());
    Some(known.unwrap_or(text).into())
}

pub(super) fn criteria(context: &Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    context.read_rows(&CRITERIA, bytes, |row| {
        cycle
            .records
            .criteria
            .extend(criterion(&Fields::new(context, row)));
    })
}

fn criterion(fields: &Fields<'_>) -> Option<Criterion> {
    let cells = &fields.cells;
    let body = fields.body("body");
    let measure = fields.measure("measure");
    let kind = cells.word("kind", CriterionKind::ALL, |kind| kind.name());
    // Without a measure the scale of the step is not known.
    let supports = match cells.text("supports") {
        Some(_) => fields.step("supports", measure.map(Subject::Measure)),
        None => None,
    };
    let reason = cells.boxed("reason");
    fields.sound(Criterion {
        record: fields.record(),
        kind: kind.unwrap_or(CriterionKind::Criterion),
        evidence: fields.evidence("evidence"),
        inferred: cells.boxed("inferred"),
        source: cells.boxed("source"),
        body: body?,
        measure: measure?,
        supports: supports?,
        reason: reason?,
    })
}

pub(super) fn answers(context: &Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    context.read_rows(&ANSWERS, bytes, |row| {
        cycle
            .records
            .answers
            .extend(answer(&Fields::new(context, row)));
    })
}

fn answer(fields: &Fields<'_>) -> Option<Answer> {
    let body = fields.body("body");
    let measure = fields.measure("measure");
    let method = fields.method("method");
    let reason = fields.cells.boxed("reason");
    fields.sound(Answer {
        record: fields.record(),
        method: method.unwrap_or(Method::Panel),
        body: body?,
        measure: measure?,
        reason: reason?,
    })
}
