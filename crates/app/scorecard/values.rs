//! The results of components, areas and the whole, as the scorecard prints them.

use super::Card;
use super::grid::{by_rule_alone, star, style_of};
use anstyle::Style;
use std::borrow::Cow;
use wcc_core::explain::{figure_beside_step, value_in_words};
use wcc_core::framework::FrameworkPart;
use wcc_core::output::{MethodResult, PartResult};
use wcc_core::{Method, Output, Scale, Step};

/// One method's result of a part of an output.
#[derive(Clone, Copy)]
pub(super) struct ShownResult<'a> {
    card: &'a Card<'a>,
    output: &'a Output,
    level: FrameworkPart,
    method: Method,
    data: &'a MethodResult,
}

impl<'a> ShownResult<'a> {
    /// The current result of a part; `None` if the framework has no such part.
    pub(super) fn current(
        card: &'a Card<'a>,
        output: &'a Output,
        level: FrameworkPart,
    ) -> Option<ShownResult<'a>> {
        let part: &PartResult = output.part(level)?;
        let method = part.current_method();
        Some(ShownResult {
            card,
            output,
            level,
            method,
            data: part.result(method),
        })
    }

    /// The result of the same part by another method.
    pub(super) fn by(self, method: Method) -> ShownResult<'a> {
        let part = self.output.part(self.level);
        let data = part.map_or(self.data, |part| part.result(method));
        ShownResult {
            method,
            data,
            ..self
        }
    }

    fn scale(self) -> &'a Scale {
        self.card.cycle.framework.scale_at(self.level)
    }

    /// The result without signs: `2`, `green`, the figure `1.3333`, `n/a`, or `?` if it is unknown.
    pub(super) fn key(self) -> String {
        if self.data.not_applicable() {
            return "n/a".to_owned();
        }
        let framework = &self.card.cycle.framework;
        value_in_words(framework, self.output, self.level, self.method)
            .map_or_else(|| "?".to_owned(), Cow::into_owned)
    }

    /// The figure behind a step that a rule calculated, in brackets: ` (0.875)`, ` (62.96%)`.
    pub(super) fn figure(self) -> String {
        if !self.data.is_by_rule_alone() {
            return String::new();
        }
        let framework = &self.card.cycle.framework;
        figure_beside_step(framework, self.output, self.level, self.method)
            .map_or_else(String::new, |figure| format!(" ({figure})"))
    }

    /// The signs after the result.
    pub(super) fn signs(self) -> String {
        let alone = by_rule_alone(self.data.is_by_rule_alone());
        format!("{}{alone}", star(self.data.inferred()))
    }

    fn style(self) -> Style {
        let step = self.data.value();
        let definition = step.and_then(|step| self.scale().definition(step));
        let colour = definition.and_then(|definition| definition.colour.as_deref());
        colour.map_or(Style::new(), style_of)
    }

    /// The result with signs and figure in its colour, padded to a width.
    pub(super) fn padded(self, width: usize) -> String {
        let plain = format!("{}{}{}", self.key(), self.signs(), self.figure());
        let space = width.saturating_sub(plain.chars().count()).max(1);
        let style = self.style();
        format!("{style}{plain}{style:#}{}", " ".repeat(space))
    }

    /// "level 2", "rating AMBER", in its colour if it has one.
    pub(super) fn in_words(self) -> String {
        let title = self.scale().title.to_lowercase();
        let key = self.key();
        if key == "?" {
            return format!("{title} not known");
        }
        let style = self.style();
        format!("{title} {style}{key}{style:#}")
    }
}

/// "level 2", "rating AMBER": a step in words, in its colour if it has one.
pub(super) fn step_in_words(scale: &Scale, step: Step) -> String {
    let title = scale.title.to_lowercase();
    let definition = scale.definition(step);
    let colour = definition.and_then(|definition| definition.colour.as_deref());
    let style = colour.map_or(Style::new(), style_of);
    format!("{title} {style}{}{style:#}", scale.key(step))
}
