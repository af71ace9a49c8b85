//! The grid of a scorecard: a row for each measure, a column for each step of its scale.

use super::{Card, paragraph, put};
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;
use wcc_core::combine::RuleResult;
use wcc_core::explain::{possible_in_words, rule_in_words};
use wcc_core::framework::{Component, Methods, RuleLevel, ScaleIndex};
use wcc_core::output::{Cell, Comparison, ComponentResult, Origin, current_method, current_result};
use wcc_core::{BodyKind, ComponentIndex, MeasureIndex, Method, Output, Scale, Step};

/// Width of the whole card, in columns of the terminal.
pub(super) const WIDTH: usize = 100;
/// Maximum width of a measure's number and title.
const TITLE: usize = 56;
/// Minimum width of a measure's number and title.
const MIN_TITLE: usize = 40;
/// Minimum width of the column of a step.
const STEP: usize = 7;

/// All cells of an output, with the result of each component.
pub(super) fn output(card: &Card<'_>, text: &mut String, output: &Output) {
    each_area(card, text, |card, text, columns, index, component| {
        let framework = &card.cycle.framework;
        let assessed = output.assesses(framework, index);
        if output.kind == BodyKind::Function && !assessed {
            return;
        }
        put!(text, "{}", component.numbered_label());
        if component.scored && !assessed {
            put!(text, "    assured for each {}", framework.words.body.one);
            return;
        }
        if !component.scored {
            put!(text, "    not assessed in this year's framework");
            return;
        }
        for measure in &component.measures {
            row(card, text, columns, *measure, output.cell(*measure));
        }
        result(card, text, output, index);
    });
    overall(card, text, output);
}

/// The scale whose steps currently head the columns.
type Columns = Option<ScaleIndex>;

fn each_area(
    card: &Card<'_>,
    text: &mut String,
    mut each: impl FnMut(&Card<'_>, &mut String, &mut Columns, ComponentIndex, &Component),
) {
    let framework = &card.cycle.framework;
    for (at, area) in framework.areas.iter().enumerate() {
        let first_measure = framework
            .measures
            .iter()
            .find(|measure| framework.component(measure.component).area == at);
        let mut columns = first_measure.map(|measure| measure.scale);
        put!(text, "");
        heading(card, text, &area.title.to_uppercase(), columns);
        for (index, component) in framework.each_component() {
            if component.area == at {
                each(card, text, &mut columns, index, component);
            }
        }
    }
}

/// A title, with the steps of a scale as headings of the columns.
fn heading(card: &Card<'_>, text: &mut String, title: &str, columns: Columns) {
    let wide = columns.map_or(TITLE, |scale| {
        title_width(card.cycle.framework.scale(scale))
    });
    let mut line = format!("{title:<wide$}");
    if let Some(scale) = columns {
        let scale = card.cycle.framework.scale(scale);
        line.push_str(&centred("?", STEP));
        for step in &scale.steps {
            line.push_str(&centred(&step.key, width(scale)));
        }
        line.push_str(" supports");
    }
    put!(text, "{}", line.trim_end());
}

/// Width of each step's column: wide enough for the longest key.
fn width(scale: &Scale) -> usize {
    let longest = scale
        .steps
        .iter()
        .map(|step| step.key.chars().count())
        .max();
    STEP.max(longest.unwrap_or(0) + 2)
}

/// Width of a measure's number and title: the space that the columns of a scale leave.
fn title_width(scale: &Scale) -> usize {
    let longest = scale.steps.iter().map(|step| step.key.chars().count());
    // Room for a space, the longest key and the sign of an inferred value.
    let supports = longest.max().unwrap_or(0).max("supports".len() - 1) + 2;
    let columns = STEP + scale.steps.len() * width(scale) + supports;
    WIDTH.saturating_sub(columns).clamp(MIN_TITLE, TITLE)
}

fn row(
    card: &Card<'_>,
    text: &mut String,
    columns: &mut Columns,
    measure: MeasureIndex,
    cell: &Cell,
) {
    let framework = &card.cycle.framework;
    let scale = framework.scale_of(measure);
    let methods = &framework.methods;
    let definition = framework.measure(measure);
    if *columns != Some(definition.scale) {
        *columns = Some(definition.scale);
        heading(card, text, "", *columns);
    }
    // A long title is wrapped; the marks are on its first line.
    let number = format!("  {} ", definition.id);
    let wide = title_width(scale);
    let options = textwrap::Options::new(wide - 1)
        .initial_indent(&number)
        .subsequent_indent("      ");
    let mut title = textwrap::wrap(&definition.title, options).into_iter();
    let mut line = format!("{:<wide$}", title.next().unwrap_or_default());
    line.push_str(&centred(&signs(methods, cell, None), STEP));
    for at in 0..scale.steps.len() {
        let step = u8::try_from(at).ok().map(Step);
        line.push_str(&centred(&signs(methods, cell, step), width(scale)));
    }
    if let Some(supported) = cell.supported {
        line.push_str(&format!(
            " {}{}",
            scale.key(supported),
            star(cell.supported_inferred)
        ));
    }
    put!(text, "{}", line.trim_end());
    for rest in title {
        put!(text, "{rest}");
    }
}

/// The signs of the marks at a step; for `None`, of unknown marks.
fn signs(methods: &Methods, cell: &Cell, step: Option<Step>) -> String {
    let mut signs = String::new();
    for method in methods.each() {
        let mark = cell.mark(method.purpose);
        let Some(sign) = method.mark else { continue };
        if mark.origin == Origin::Nobody || mark.value != step {
            continue;
        }
        signs.push(sign);
        signs.push_str(star(mark.inferred));
        if mark.origin == Origin::Departure {
            signs.push('†');
        }
    }
    signs
}

fn result(card: &Card<'_>, text: &mut String, output: &Output, index: ComponentIndex) {
    let framework = &card.cycle.framework;
    let result = output.component(index);
    let scale = framework.scale_of_component(index);
    let current = result.current();
    let mut line = value(scale, current.value());
    line.push_str(star(current.inferred()));
    line.push_str(by_rule_alone(current.is_by_rule_alone()));
    line.push_str(&rule_text(card, output, index, result.current_method()));
    line.push_str(&comparison_text(
        scale,
        framework.methods.title(Method::SelfAssessment),
        result,
        Method::SelfAssessment,
    ));
    if result.against_last_year == Comparison::New {
        line.push_str(" · new this year");
    } else {
        line.push_str(&comparison_text(
            scale,
            framework.methods.label(Method::Previous),
            result,
            Method::Previous,
        ));
    }
    paragraph(text, "    = ", &line);
}

/// The rule with its unrounded figure, and the recorded value if there is one.
fn rule_text(card: &Card<'_>, output: &Output, index: ComponentIndex, method: Method) -> String {
    let framework = &card.cycle.framework;
    let component = framework.component(index);
    let result = output.component(index).result(method);
    let level = RuleLevel::Component(index);
    let rule = rule_in_words(framework, output, level, method).unwrap_or_default();
    let Some(judgement) = result.recorded.judgement(card.cycle) else {
        let is_unconfirmed = component.combination.confirm >= result.by_rule.step;
        let is_unconfirmed = is_unconfirmed && result.by_rule.step.is_some();
        let confirm = if is_unconfirmed {
            format!("; to be confirmed by {}", framework.methods.assessor())
        } else {
            String::new()
        };
        let scale = framework.scale(component.combination.scale);
        let possible = possible(scale, &result.by_rule);
        return format!(" ({rule}{possible}{confirm})");
    };
    let title = framework.methods.title(judgement.method);
    if !result.is_override() {
        return format!(" ({rule}; recorded in the {title})");
    }
    let reason = judgement
        .details()
        .reason
        .as_deref()
        .unwrap_or("no reason given");
    format!(" (set in the {title}: {reason}; {rule})")
}

fn comparison_text(scale: &Scale, name: &str, result: &ComponentResult, method: Method) -> String {
    let comparison = match method {
        Method::SelfAssessment => result.against_self,
        _ => result.against_last_year,
    };
    let method_result = result.result(method);
    let Some(value) = method_result.value() else {
        return String::new();
    };
    let word = match comparison {
        Comparison::Above => ", above",
        Comparison::Level if method == Method::Previous => ", the same",
        Comparison::Level => ", met",
        Comparison::Below => ", below",
        Comparison::New | Comparison::Unknown => "",
    };
    let star = star(method_result.inferred());
    let alone = by_rule_alone(method_result.is_by_rule_alone());
    format!(" · {name} {}{star}{alone}{word}", scale.key(value))
}

fn overall(card: &Card<'_>, text: &mut String, output: &Output) {
    let framework = &card.cycle.framework;
    for (at, (area, results)) in framework.areas.iter().zip(&output.areas).enumerate() {
        if let Some(results) = results {
            let level = RuleLevel::Area(at);
            rule_result(card, text, output, &area.title, level, results);
        }
    }
    if let (Some(overall), Some(results)) = (&framework.overall, &output.overall) {
        let level = RuleLevel::Overall;
        rule_result(card, text, output, &overall.title, level, results);
    }
}

/// The result of an area or the overall result, which only a rule makes.
fn rule_result(
    card: &Card<'_>,
    text: &mut String,
    output: &Output,
    title: &str,
    level: RuleLevel,
    results: &[RuleResult; 5],
) {
    let framework = &card.cycle.framework;
    let Some(combination) = framework.combination(level) else {
        return;
    };
    let (method, result) = (current_method(results), current_result(results));
    let scale = framework.scale(combination.scale);
    put!(
        text,
        "\n{title} = {}{}{} ({}{})",
        value(scale, result.step),
        star(result.inferred),
        by_rule_alone(result.step.is_some()),
        rule_in_words(framework, output, level, method).unwrap_or_default(),
        possible(scale, result),
    );
}

/// The sign of a result that only a rule made and nobody recorded.
pub(super) fn by_rule_alone(alone: bool) -> &'static str {
    if alone { "°" } else { "" }
}

/// The results that are still possible, if the result is not known.
pub(super) fn possible(scale: &Scale, result: &RuleResult) -> String {
    possible_in_words(scale, result)
        .map_or_else(String::new, |steps| format!("; {steps} is possible"))
}

/// The sign of a value that was inferred or is based on an inferred mark.
pub(super) fn star(inferred: bool) -> &'static str {
    if inferred { "*" } else { "" }
}

/// "level 2", "rating AMBER": a value in words, in its colour if it has one.
pub(super) fn value(scale: &Scale, step: Option<Step>) -> String {
    let title = scale.title.to_lowercase();
    let Some(definition) = step.and_then(|step| scale.definition(step)) else {
        return format!("{title} not known");
    };
    let style = definition.colour.as_deref().map_or(Style::new(), style_of);
    format!("{title} {style}{}{style:#}", definition.key)
}

pub(super) fn style_of(colour: &str) -> Style {
    let colour = match colour {
        "red" => AnsiColor::Red,
        "amber" => AnsiColor::Yellow,
        "green" => AnsiColor::Green,
        "blue" => AnsiColor::Blue,
        _ => AnsiColor::BrightBlack,
    };
    colour.on_default().bold()
}

fn centred(text: &str, width: usize) -> String {
    format!("{text:^width$}")
}
