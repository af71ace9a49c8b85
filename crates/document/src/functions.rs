//! Delegated functions: what they mean for a body, and the sheet of a function itself.

use crate::context::Context;
use crate::marks::result_words;
use crate::model::{Align, Block, Column, Row, Table, TableCell};
use crate::source::Source;
use crate::tables::{cell, column, heading_row, mark_cell, result_cell, row};
use crate::words::{capitalised, lines, nothing, paragraph, value};
use wcc_core::explain::explain_ceilings;
use wcc_core::framework::FrameworkPart;
use wcc_core::output::CeilingBasis;
use wcc_core::words::all_of;
use wcc_core::{BodyIndex, FunctionAssurance, MeasureIndex, Output, Subject};

/// The functions to which a body delegates: their results, what it takes over from them, and how
/// they limit it.
pub(crate) fn of_body(context: &Context<'_>) -> Vec<Block> {
    if context.output.functions.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![results(context)];
    let inherited = context.output.inherited_from_functions(context.cycle());
    let inherited: Vec<String> = inherited
        .into_iter()
        .map(|(function, subjects)| {
            let subjects = subjects.into_iter();
            let subjects = subjects.map(|subject| context.cycle().subject_id(subject));
            format!(
                "Judgements taken over from {}: {}",
                context.name(function),
                all_of(subjects)
            )
        })
        .collect();
    let limits = limits(context);
    if !inherited.is_empty() {
        blocks.push(lines(inherited));
    }
    if !limits.is_empty() {
        blocks.push(paragraph("What they support at most:"));
        blocks.push(lines(limits));
    }
    blocks
}

/// The ceilings that functions set for a body.
fn limits(context: &Context<'_>) -> Vec<String> {
    let framework = context.framework();
    let measures = framework.each_measure().flat_map(|(index, measure)| {
        let ceilings = explain_ceilings(
            context.cycle(),
            context.source.assurance,
            context.output,
            index,
        );
        let of_functions =
            ceilings.filter(|(ceiling, _)| matches!(ceiling.basis, CeilingBasis::Function { .. }));
        of_functions.map(|(_, reason)| format!("{} {}", measure.id, reason.text))
    });
    measures.collect()
}

/// One row for each function and assessor.
fn results(context: &Context<'_>) -> Block {
    let words = &context.framework().words;
    let rows = context.output.functions.iter().flat_map(|function| {
        let assurance = context.source.assurance.function(*function);
        let outputs = assurance.into_iter().flat_map(FunctionAssurance::outputs);
        let mut rows: Vec<Row> = outputs
            .map(|output| function_row(context.source, *function, Some(output)))
            .collect();
        if rows.is_empty() {
            rows.push(function_row(context.source, *function, None));
        }
        rows
    });
    Block::Table(Table {
        caption: capitalised(&words.function_in_full.many),
        columns: vec![
            column(&capitalised(&words.function.one), Align::Start, 3),
            column("Assessed by", Align::Start, 2),
            column("Results", Align::Start, 4),
        ],
        rows: rows.collect(),
        notes: Vec::new(),
    })
}

fn function_row(source: &Source<'_>, function: BodyIndex, output: Option<&Output>) -> Row {
    let body = source.cycle.organisations.body(function);
    let name = cell(body.name_and_code());
    let (assessor, results) = match output {
        None => (String::new(), "not judged in this cycle".to_owned()),
        Some(output) => {
            let context = Context::new(source, output);
            (assessor(&context), results_in_words(&context))
        }
    };
    row(name, [cell(assessor), cell(results)])
}

/// Who assessed a function: a body, or everybody's authority for all that it serves.
fn assessor(context: &Context<'_>) -> String {
    match context.output.assessor {
        Some(assessor) => context.name(assessor),
        None => format!("for {}", context.framework().words.everyone),
    }
}

fn results_in_words(context: &Context<'_>) -> String {
    let components = context.components();
    let each = components.filter_map(|index| {
        let part = FrameworkPart::Component(index);
        let result = context.output.part(part)?;
        let method = result.current_method();
        let words = result_words(context, part, result.current(), method);
        let label = context.framework().component(index).numbered_label();
        Some(format!("{label}: {words}"))
    });
    let each: Vec<String> = each.collect();
    match each.is_empty() {
        true => "no result".to_owned(),
        false => each.join("; "),
    }
}

/// The sheet of a function: a row for each measure that was judged, a column for each assessor.
pub(crate) fn by_assessor(source: &Source<'_>, function: &FunctionAssurance) -> Vec<Block> {
    let framework = &source.cycle.framework;
    let contexts: Vec<Context<'_>> = function
        .outputs()
        .map(|output| Context::new(source, output))
        .collect();
    if contexts.is_empty() {
        let word = &framework.words.cycle.one;
        return vec![nothing(format!("Not judged in this {word}."))];
    }
    let measure = capitalised(&framework.words.measure.one);
    let mut columns = vec![column(&measure, Align::Start, 4)];
    columns.extend(contexts.iter().map(|context| Column {
        over: Some("Assessed".to_owned()).filter(|_| contexts.len() > 1),
        ..column(&capitalised(&assessor(context)), Align::Centre, 2)
    }));
    let mut rows = Vec::new();
    for (index, component) in framework.each_component() {
        let judged = |context: &Context<'_>| context.output.assesses(framework, index);
        if !contexts.iter().any(judged) {
            continue;
        }
        rows.push(heading_row(component.numbered_label()));
        for measure in &component.measures {
            rows.extend(measure_row(&contexts, *measure));
        }
        if component.rating.scale().is_some() {
            let part = FrameworkPart::Component(index);
            let values = contexts.iter().map(|context| result_cell(context, part));
            rows.push(row(cell("Result"), values));
        }
    }
    vec![Block::Table(Table {
        caption: "Marks by assessor".to_owned(),
        columns,
        rows,
        notes: Vec::new(),
    })]
}

/// The current marks of all assessors on a measure; `None` if nobody judged it.
fn measure_row(contexts: &[Context<'_>], measure: MeasureIndex) -> Option<Row> {
    let framework = contexts.first()?.framework();
    let mark = |context: &Context<'_>| context.output.cell(measure).current_mark();
    if !contexts.iter().any(|context| mark(context).is_decided()) {
        return None;
    }
    let values = contexts.iter().map(|context| TableCell {
        aside: mark(context).inferred().then(|| "inferred".to_owned()),
        ..mark_cell(context, measure)
    });
    let definition = framework.measure(measure);
    let name = cell(format!("{} {}", definition.id, definition.title));
    Some(row(name, values))
}

/// Who delegates to a function, and the ceilings and judgements that it causes for them.
pub(crate) fn effects(source: &Source<'_>, function: &FunctionAssurance) -> Vec<Block> {
    let cycle = source.cycle;
    let organisations = &cycle.organisations;
    let words = &cycle.framework.words;
    let names = function.delegated_by.iter();
    let names: Vec<String> = names
        .map(|body| organisations.body(*body).name_and_code())
        .collect();
    // Of bodies that the reader does not see nothing is said, not even that there are none.
    let shown = match source.provenance.is_partial {
        true => " that is shown",
        false => "",
    };
    if names.is_empty() {
        let none = format!("No {}{shown} delegates to it.", words.body.one);
        return vec![nothing(none)];
    }
    let mut blocks = vec![paragraph(format!(
        "{} to it: {}.",
        if names.len() == 1 {
            "Delegates"
        } else {
            "Delegate"
        },
        names.join(", ")
    ))];
    let effects: Vec<String> = function
        .delegated_by
        .iter()
        .filter_map(|body| effect_on(source, function.function, *body))
        .collect();
    blocks.push(match effects.is_empty() {
        true => nothing(format!(
            "It limits no {body}{shown}, and no {body}{shown} takes over its judgements.",
            body = words.body.one
        )),
        false => lines(effects),
    });
    blocks
}

fn effect_on(source: &Source<'_>, function: BodyIndex, body: BodyIndex) -> Option<String> {
    let (cycle, framework) = (source.cycle, &source.cycle.framework);
    let output = source.assurance.output(body)?;
    let is_its = |judgement: u32| {
        let judgement = cycle.records.judgements.get(judgement as usize);
        judgement.is_some_and(|judgement| judgement.body == function)
    };
    let ceilings = output.ceilings.iter().filter_map(|ceiling| {
        let CeilingBasis::Function { judgement, .. } = ceiling.basis else {
            return None;
        };
        let scale = framework.scale_of(ceiling.measure);
        is_its(judgement).then(|| {
            format!(
                "{} at most {}",
                framework.measure(ceiling.measure).id,
                value(scale, ceiling.supports)
            )
        })
    });
    let mut effects: Vec<String> = ceilings.collect();
    effects.dedup();
    let inherited = output.inherited_from_functions(cycle).into_iter();
    let inherited = inherited.filter(|(from, _)| *from == function);
    let inherited = inherited.flat_map(|(_, subjects)| subjects);
    let ids: Vec<&str> = inherited
        .map(|subject: Subject| subject.id(framework))
        .collect();
    if !ids.is_empty() {
        effects.push(format!("takes over {}", all_of(ids)));
    }
    (!effects.is_empty()).then(|| {
        let name = cycle.organisations.body(body).name_and_code();
        format!("{name}: {}", effects.join(", "))
    })
}
