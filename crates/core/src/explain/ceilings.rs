//! The reason for each kind of ceiling: a survey, a criterion, a delegated function, a plugin.

use super::{Explanation, Reason, ReasonKind, append, survey_name, without_stop};
use crate::ceiling;
use crate::output::{Ceiling, CeilingBasis};
use crate::record::CriterionKind;
use crate::scale::Scale;

impl Explanation<'_> {
    /// Why a ceiling supports no more than its step.
    pub(super) fn ceiling(&self, ceiling: &Ceiling) -> Reason {
        let scale = self.cycle.framework.scale_of(ceiling.measure);
        let supports = self.step(scale, Some(ceiling.supports));
        let mut reason = Reason::new(ReasonKind::Ceiling, String::new());
        let because = match ceiling.basis {
            CeilingBasis::Survey(at) => self.survey(at, &mut reason),
            CeilingBasis::Criterion(at) => self.criterion(at, &mut reason),
            CeilingBasis::Function { judgement, plugin } => {
                self.function(judgement, plugin, scale, &mut reason)
            }
            CeilingBasis::Plugin { plugin, ceiling } => {
                self.plugin_ceiling(plugin, ceiling, &mut reason)
            }
        };
        reason.text = format!("supports {supports}, because {because}");
        reason
    }

    pub(super) fn survey(&self, at: u32, reason: &mut Reason) -> String {
        let result = self.cycle.records.surveys.at(at as usize);
        reason.body = Some(result.body);
        reason.record = Some(result.record);
        let rule = self.cycle.framework.survey_rule(&result.survey);
        let wording = result
            .wording
            .as_deref()
            .or_else(|| rule.and_then(|rule| ceiling::survey_wording(rule, result.score?)));
        let mut text = format!(
            "the {} of {} ",
            survey_name(&result.survey),
            self.name(result.body)
        );
        match (result.score, rule) {
            (Some(score), Some(rule)) => {
                let score = ceiling::score_in_words(score);
                text.push_str(&format!("scores {score} out of {}", rule.highest));
            }
            (Some(score), None) => {
                text.push_str(&format!("scores {}", ceiling::score_in_words(score)));
            }
            (None, _) => text.push_str("gives no score"),
        }
        if let Some(wording) = wording {
            text.push_str(&format!(" (\"{wording}\")"));
        }
        append(&mut text, "asked:", result.question.as_deref());
        append(&mut text, "source:", result.source.as_deref());
        text
    }

    fn criterion(&self, at: u32, reason: &mut Reason) -> String {
        let criterion = self.cycle.records.criteria.at(at as usize);
        reason.body = Some(criterion.body);
        reason.record = Some(criterion.record);
        let what = match criterion.kind {
            CriterionKind::Criterion => "a criterion is not met",
            CriterionKind::Metric => "a metric is below the requirement",
        };
        let mut text = format!("{what}: {}", without_stop(&criterion.reason));
        append(&mut text, "inferred:", criterion.inferred.as_deref());
        append(&mut text, "source:", criterion.source.as_deref());
        text
    }

    fn function(&self, at: u32, plugin: Option<u16>, scale: &Scale, reason: &mut Reason) -> String {
        let judgement = self.cycle.records.judgements.at(at as usize);
        reason.body = Some(judgement.body);
        reason.record = Some(judgement.record);
        reason.judgement = Some(at);
        reason.method = Some(judgement.method);
        reason.plugin = plugin;
        let assessor = judgement.assessor.map_or_else(String::new, |assessor| {
            format!(" by {}", self.name(assessor))
        });
        let mut inferred = String::new();
        append(
            &mut inferred,
            "inferred:",
            judgement.details().inferred.as_deref(),
        );
        let words = &self.cycle.framework.words;
        let measure = &words.measure.one;
        let applies = match plugin {
            Some(plugin) => {
                let plugin = self.plugin(plugin);
                format!("{plugin} says that it applies to this {measure}")
            }
            None => format!(
                "it performs this {measure} for the {} that delegate to it",
                words.body.many
            ),
        };
        format!(
            "the {} {} was assured at {}{assessor}; {applies}{inferred}",
            words.function_in_full.one,
            self.name(judgement.body),
            self.step(scale, judgement.value),
        )
    }

    fn plugin_ceiling(&self, plugin: u16, ceiling: u32, reason: &mut Reason) -> String {
        reason.plugin = Some(plugin);
        let run = self.assurance.plugin_run(plugin);
        let contribution = run.result.as_ref().ok();
        let ceiling = contribution.and_then(|all| all.ceilings.get(ceiling as usize));
        let Some(ceiling) = ceiling else {
            return self.plugin(plugin);
        };
        reason.body = Some(ceiling.body);
        let check = run.checks.iter().find(|check| *check.id == *ceiling.check);
        format!(
            "{} (\"{}\", a check of {})",
            without_stop(&ceiling.reason),
            check.map_or(&*ceiling.check, |check| &check.title),
            self.plugin(plugin)
        )
    }

    pub(super) fn plugin(&self, plugin: u16) -> String {
        let identity = &self.assurance.plugin_run(plugin).plugin;
        if identity.title.is_empty() {
            return format!("the plugin {}", identity.id);
        }
        format!("the plugin {} {}", identity.title, identity.version)
    }
}
