//! The grid of a scorecard: a row for each measure, a column for each step of its scale.

use super::values::ShownResult;
use super::{Card, paragraph, put};
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;
use wcc_core::combine::RuleResult;
use wcc_core::explain::{possible_in_words, rule_and_limit_in_words};
use wcc_core::framework::{Component, FrameworkPart, Methods, ScaleIndex};
use wcc_core::output::{Cell, Comparison, Mark, Origin, PartResult};
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
        if scale.is_text() {
            if !title.is_empty() {
                put!(text, "{}", line.trim_end());
            }
            return;
        }
        if !has_columns(scale) {
            put!(text, "{line}values");
            return;
        }
        line.push_str(&centred("?", STEP));
        for step in scale.steps() {
            line.push_str(&centred(&step.key, width(scale)));
        }
        line.push_str(" supports");
    }
    put!(text, "{}", line.trim_end());
}

/// Whether each value of a scale has a column of its own: not for numbers and text, and not for
/// more steps than fit beside a title.
fn has_columns(scale: &Scale) -> bool {
    let steps = scale.steps().len();
    steps > 0 && STEP + steps * width(scale) + MIN_TITLE <= WIDTH
}

/// Width of each step's column: wide enough for the longest key.
fn width(scale: &Scale) -> usize {
    let longest = scale
        .steps()
        .iter()
        .map(|step| step.key.chars().count())
        .max();
    STEP.max(longest.unwrap_or(0) + 2)
}

/// Width of a measure's number and title: the space that the columns of a scale leave.
fn title_width(scale: &Scale) -> usize {
    let longest = scale.steps().iter().map(|step| step.key.chars().count());
    // Room for a space, the longest key and the sign of an inferred value.
    let supports = longest.max().unwrap_or(0).max("supports".len() - 1) + 2;
    let columns = STEP + scale.steps().len() * width(scale) + supports;
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
    let methods = &card.methods;
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
    if scale.is_text() {
        put!(text, "{}", line.trim_end());
        for rest in title {
            put!(text, "{rest}");
        }
        statements(card, text, cell);
        return;
    }
    if has_columns(scale) {
        line.push_str(&centred(&signs(methods, cell, None), STEP));
        for at in 0..scale.steps().len() {
            let step = u16::try_from(at).ok().map(Step::at);
            line.push_str(&centred(&signs(methods, cell, step), width(scale)));
        }
        if cell.current_mark().not_applicable() {
            line.push_str(" n/a");
        }
    } else {
        line.push_str(&values(card, scale, cell));
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

/// The value by each method in one line, for scales without columns: "□0.75 ✓0.5".
fn values(card: &Card<'_>, scale: &Scale, cell: &Cell) -> String {
    let mut values = Vec::new();
    for method in card.methods.each() {
        let mark = cell.mark(method.purpose);
        let Some(sign) = method.mark.filter(|_| mark.origin != Origin::Nobody) else {
            continue;
        };
        let value = match mark.value {
            _ if mark.not_applicable() => "n/a".to_owned(),
            Some(step) => scale.key(step).into_owned(),
            None => "?".to_owned(),
        };
        values.push(format!("{sign}{value}{}", signs_after(mark)));
    }
    if values.is_empty() {
        "?".to_owned()
    } else {
        values.join("  ")
    }
}

/// What each method says in text, under its measure.
fn statements(card: &Card<'_>, text: &mut String, cell: &Cell) {
    let methods = card.methods.each();
    let made = methods.filter(|method| cell.mark(method.purpose).origin != Origin::Nobody);
    let mut is_known = false;
    for method in made {
        let mark = cell.mark(method.purpose);
        let Some(sign) = method.mark else { continue };
        is_known = true;
        let judgement = mark.judgement(card.cycle);
        let statement = judgement.and_then(|judgement| judgement.details().text.as_deref());
        let statement = match statement {
            _ if mark.not_applicable() => "n/a",
            Some(statement) => statement,
            None => "?",
        };
        let first = format!("      {sign}{} ", signs_after(mark));
        paragraph(text, &first, statement);
    }
    if !is_known {
        put!(text, "      ?");
    }
}

/// The signs after a value: whether it was inferred, and whether a body departs from its group.
fn signs_after(mark: Mark) -> String {
    let departs = if mark.origin == Origin::Departure {
        "†"
    } else {
        ""
    };
    format!("{}{departs}", star(mark.inferred()))
}

/// The signs of the marks at a step; for `None`, of unknown marks.
fn signs(methods: &Methods, cell: &Cell, step: Option<Step>) -> String {
    let mut signs = String::new();
    for method in methods.each() {
        let mark = cell.mark(method.purpose);
        let Some(sign) = method.mark else { continue };
        let elsewhere = mark.value != step || mark.not_applicable();
        if mark.origin == Origin::Nobody || elsewhere {
            continue;
        }
        signs.push(sign);
        signs.push_str(star(mark.inferred()));
        if mark.origin == Origin::Departure {
            signs.push('†');
        }
    }
    signs
}

fn result(card: &Card<'_>, text: &mut String, output: &Output, index: ComponentIndex) {
    let level = FrameworkPart::Component(index);
    if card.cycle.framework.rating(level).scale().is_none() {
        return;
    }
    if let Some(line) = result_line(card, output, level) {
        paragraph(text, "    = ", &line);
    }
}

/// The current result of a part, with its rule and what it is compared with.
fn result_line(card: &Card<'_>, output: &Output, level: FrameworkPart) -> Option<String> {
    let methods = &card.cycle.framework.methods;
    let (result, part) = (
        ShownResult::current(card, output, level)?,
        output.part(level)?,
    );
    let mut line = result.in_words();
    line.push_str(&result.signs());
    line.push_str(&rule_text(card, output, level, part.current_method()));
    line.push_str(&comparison_text(
        result,
        methods.title(Method::SelfAssessment),
        part,
        Method::SelfAssessment,
    ));
    if part.against_last_year == Comparison::New {
        line.push_str(" · new this year");
    } else {
        line.push_str(&comparison_text(
            result,
            methods.label(Method::Previous),
            part,
            Method::Previous,
        ));
    }
    Some(line)
}

/// The rule with its unrounded figure, and the recorded value if there is one.
fn rule_text(card: &Card<'_>, output: &Output, level: FrameworkPart, method: Method) -> String {
    let framework = &card.cycle.framework;
    let Some(result) = output.part(level).map(|part| part.result(method)) else {
        return String::new();
    };
    let rule = rule_and_limit_in_words(framework, output, level, method).unwrap_or_default();
    let judgement = result.recorded.judgement(card.cycle);
    let Some(combination) = framework.combination(level) else {
        return judgement.map_or_else(String::new, |judgement| {
            let title = framework.methods.title(judgement.method);
            format!(" (recorded in the {title})")
        });
    };
    let Some(judgement) = judgement else {
        let is_unconfirmed = combination.confirm >= result.by_rule.step;
        let is_unconfirmed = is_unconfirmed && result.by_rule.step.is_some();
        let confirm = if is_unconfirmed {
            format!("; to be confirmed by {}", framework.methods.assessor())
        } else {
            String::new()
        };
        let scale = framework.scale(combination.scale);
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

fn comparison_text(
    result: ShownResult<'_>,
    name: &str,
    part: &PartResult,
    method: Method,
) -> String {
    let comparison = match method {
        Method::SelfAssessment => part.against_self,
        _ => part.against_last_year,
    };
    let other = result.by(method);
    if part.result(method).value().is_none() {
        return String::new();
    }
    let word = match comparison {
        Comparison::Above => ", above",
        Comparison::Level if method == Method::Previous => ", the same",
        Comparison::Level => ", met",
        Comparison::Below => ", below",
        Comparison::New | Comparison::Unknown => "",
    };
    format!(" · {name} {}{}{word}", other.key(), other.signs())
}

fn overall(card: &Card<'_>, text: &mut String, output: &Output) {
    let framework = &card.cycle.framework;
    let areas = (0..framework.areas.len()).map(FrameworkPart::Area);
    for level in areas.chain([FrameworkPart::Overall]) {
        if framework.rating(level).scale().is_none() {
            continue;
        }
        let Some(result) = ShownResult::current(card, output, level) else {
            continue;
        };
        put!(
            text,
            "\n{} = {}{}{}{}",
            framework.label_of(level),
            result.in_words(),
            result.signs(),
            super::brief::rule_text(card, output, level),
            previous_text(card, output, level),
        );
    }
}

/// What the result of an area or the overall result is compared with, if the cycle before has such
/// a result.
pub(super) fn previous_text(card: &Card<'_>, output: &Output, level: FrameworkPart) -> String {
    let (Some(result), Some(part)) = (
        ShownResult::current(card, output, level),
        output.part(level),
    ) else {
        return String::new();
    };
    if part.result(Method::Previous).recorded.origin != Origin::LastYear {
        return String::new();
    }
    let name = card.methods.label(Method::Previous);
    comparison_text(result, name, part, Method::Previous)
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
