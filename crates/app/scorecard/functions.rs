//! Delegated functions, in short and one by one.

use super::brief::{concerns, cut, hang, marks, more};
use super::grid::WIDTH;
use super::values::ShownResult;
use super::{Card, paragraph, put};
use std::fmt::Write as _;
use wcc_core::framework::{Framework, FrameworkPart};
use wcc_core::{FunctionAssurance, Method, Output};

/// Functions, one line for each assessor: the result of each component.
pub(super) fn functions<'a>(
    card: &Card<'_>,
    text: &mut String,
    functions: impl Iterator<Item = &'a FunctionAssurance>,
) {
    let framework = &card.cycle.framework;
    let mut heading = Some(format!(
        "{}: results by {}",
        framework.words.function_in_full.many.to_uppercase(),
        framework.component_words()
    ));
    for function in functions {
        if let Some(heading) = heading.take() {
            put!(text, "\n{}\n{heading}", "═".repeat(WIDTH));
        }
        put!(text, " {}", card.name(function.function));
        for output in function.outputs() {
            let assessor_label = output.assessor.map_or_else(
                || format!("for {}", framework.words.everyone),
                |assessor| format!("by {}", card.name(assessor)),
            );
            let components = framework.each_component();
            let assessed = components.filter(|(index, _)| output.assesses(framework, *index));
            let results: Vec<String> = assessed
                .map(|(index, component)| {
                    let level = FrameworkPart::Component(index);
                    let result = ShownResult::current(card, output, level);
                    let result =
                        result.map_or_else(String::new, |result| result.key() + &result.signs());
                    format!("{}✓{result}", component.id)
                })
                .collect();
            let first = format!("   {:<50}", cut(&assessor_label, 49));
            hang(text, &first, 53, &results);
        }
    }
    if heading.is_none() {
        put!(
            text,
            "  for each {}: add --function with the code",
            framework.words.measure.one
        );
    }
}

/// Why a function that several bodies assess has no result for all of them: "the region: it was
/// not judged for the whole region or calibrated".
pub(crate) fn without_common_result(framework: &Framework) -> String {
    let (everyone, methods) = (&framework.words.everyone, &framework.methods);
    let moderated = if methods.has(Method::Calibrated) {
        format!(" or {}", methods.moderated)
    } else {
        String::new()
    };
    let common = everyone.replacen("the whole ", "the ", 1);
    format!("{common}: it was not judged for {everyone}{moderated}")
}

/// A delegated function: a row for each measure that was judged, a column for each assessor.
pub(super) fn function(card: &Card<'_>, text: &mut String, function: &FunctionAssurance) {
    let framework = &card.cycle.framework;
    let outputs: Vec<&Output> = function.outputs().collect();
    if outputs.is_empty() {
        put!(text, "\nnot judged in this cycle");
    } else {
        put!(text, "");
    }
    for (letter, output) in ('A'..).zip(&outputs) {
        let assessor_label = output.assessor.map_or_else(
            || match &framework.words.authority {
                Some(authority) => format!("for {} ({})", framework.words.everyone, authority.one),
                None => format!("for {}", framework.words.everyone),
            },
            |assessor| format!("as assessed by {}", card.name(assessor)),
        );
        put!(text, "  {letter}  {assessor_label}");
    }
    if !outputs.is_empty() && !function.is_regional() {
        paragraph(
            text,
            "  ",
            &format!("no result for {}", without_common_result(framework)),
        );
    }
    let columns: String = ('A'..)
        .zip(&outputs)
        .map(|(letter, _)| format!("{letter:<14}"))
        .collect();
    let width = 56_usize
        .saturating_sub(14 * outputs.len().saturating_sub(3))
        .max(30);
    let mut heading = Some(format!(
        "\n{:<width$}{}",
        framework.words.measure.many.to_uppercase(),
        columns.trim_end()
    ));
    for (index, component) in framework.each_component() {
        if !outputs
            .iter()
            .any(|output| output.assesses(framework, index))
        {
            continue;
        }
        if let Some(heading) = heading.take() {
            put!(text, "{heading}");
        }
        let level = FrameworkPart::Component(index);
        let results: String = outputs
            .iter()
            .filter_map(|output| Some(ShownResult::current(card, output, level)?.padded(14)))
            .collect();
        let label = format!(" {}, result", component.numbered_label());
        put!(
            text,
            "{:<width$}{}",
            cut(&label, width - 1),
            results.trim_end()
        );
        for measure in &component.measures {
            let definition = framework.measure(*measure);
            let scale = framework.scale_of(*measure);
            let cells: Vec<String> = outputs
                .iter()
                .map(|output| marks(framework, "", scale, output.cell(*measure)))
                .collect();
            if cells.iter().all(|cell| cell == "?") {
                continue;
            }
            let cells: String = cells.iter().map(|cell| format!("{cell:<14}")).collect();
            let label = format!("   {} {}", definition.id, definition.title);
            put!(
                text,
                "{:<width$}{}",
                cut(&label, width - 1),
                cells.trim_end()
            );
        }
    }
    concerns(card, text, &function.output, true);
    more(card, text, &function.output);
}
