//! The evidence behind marks and ceilings, and surveys that limit nothing.

use super::{Explanation, Reason, ReasonKind, append};
use crate::framework::{Framework, MeasureIndex};
use crate::output::CeilingBasis;
use crate::record::Evidence;

/// The name of a survey: its identifier in words.
pub fn survey_name(survey: &str) -> String {
    let words = survey.replace(['-', '_'], " ");
    if words.to_lowercase().contains("survey") {
        words
    } else {
        format!("{words} survey")
    }
}

impl Explanation<'_> {
    /// One reason for each identifier: the item of evidence, or a notice that no item has it.
    pub(super) fn named_evidence(&self, ids: &[Box<str>]) -> Vec<Reason> {
        let named = ids.iter().map(|id| {
            let item = self
                .cycle
                .records
                .evidence
                .iter()
                .find(|item| item.id == *id);
            match item {
                Some(item) => self.item("relies on", item),
                None => Reason::new(
                    ReasonKind::Evidence,
                    format!("relies on `{id}`, which is not among the evidence of this cycle"),
                ),
            }
        });
        named.collect()
    }

    /// The evidence that a judgement relies on.
    pub(super) fn evidence_of_judgement(&self, judgement: Option<u32>) -> Vec<Reason> {
        let judgement = judgement.and_then(|at| self.cycle.records.judgements.get(at as usize));
        judgement.map_or_else(Vec::new, |judgement| {
            self.named_evidence(&judgement.details().evidence)
        })
    }

    /// The evidence behind a ceiling.
    pub(super) fn evidence_of_ceiling(&self, basis: CeilingBasis) -> Vec<Reason> {
        match basis {
            CeilingBasis::Criterion(at) => {
                self.named_evidence(&self.cycle.records.criteria.at(at as usize).evidence)
            }
            CeilingBasis::Function { judgement, .. } => self.evidence_of_judgement(Some(judgement)),
            CeilingBasis::Survey(_) | CeilingBasis::Plugin { .. } => Vec::new(),
        }
    }

    /// Evidence that lists the measure itself, except items already named by other reasons.
    pub(super) fn evidence_on(&self, measure: MeasureIndex, named: &[Reason]) -> Vec<Reason> {
        let belongs_to_output = |item: &&Evidence| {
            let functions = &self.output.functions;
            self.output.bodies().any(|body| body == item.body) || functions.contains(&item.body)
        };
        let on_measure = |item: &&Evidence| item.measures.contains(&measure);
        let items = self.cycle.records.evidence.iter().filter(belongs_to_output);
        let items = items.filter(on_measure);
        let new = items.filter(|item| {
            !named
                .iter()
                .any(|reason| reason.record == Some(item.record))
        });
        new.map(|item| self.item("evidence:", item)).collect()
    }

    fn item(&self, word: &str, item: &Evidence) -> Reason {
        let kind = item.kind.title(&self.cycle.framework.words);
        let mut text = format!("{word} \"{}\" ({kind}", item.title);
        let parts = [&item.issuer, &item.dated].into_iter().flatten();
        for part in parts.filter(|part| !part.eq_ignore_ascii_case(kind)) {
            text.push_str(&format!(", {part}"));
        }
        text.push(')');
        if let Some(rating) = &item.rating {
            let value = rating.in_words(&self.cycle.framework);
            text.push_str(&format!(": rated {value}"));
        }
        if !self.output.bodies().any(|body| body == item.body) {
            text.push_str(&format!(" on {}", self.name(item.body)));
        }
        if let Some(document) = &item.document {
            text.push_str(&format!("; document with SHA-256 {document}"));
        }
        append(&mut text, "source:", item.source.as_deref());
        let mut reason = Reason::new(ReasonKind::Evidence, text);
        reason.body = Some(item.body);
        reason.record = Some(item.record);
        reason
    }

    /// Survey results on a measure that limit nothing, because the framework has no rule for the
    /// survey or the result has no score.
    pub(super) fn surveys_without_limit(&self, measure: MeasureIndex) -> Vec<Reason> {
        let framework: &Framework = &self.cycle.framework;
        let mut reasons = Vec::new();
        for at in self
            .output
            .bodies()
            .flat_map(|body| self.cycle.surveys_of(body))
        {
            let result = self.cycle.records.surveys.at(at);
            let is_limit = crate::ceiling::survey_supports(framework, result).is_some();
            if result.measure != measure || is_limit {
                continue;
            }
            let cause = match framework.survey_rule(&result.survey) {
                Some(_) => "it gives no score",
                None => "the framework has no rule for it",
            };
            let mut reason = Reason::new(ReasonKind::Survey, String::new());
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            let survey = self.survey(at, &mut reason);
            reason.text = format!("limits nothing, because {cause}: {survey}");
            reasons.push(reason);
        }
        reasons
    }
}
