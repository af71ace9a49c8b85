//! The sheet of a group: its bodies side by side, shared and own judgements told apart.

use crate::context::Context;
use crate::marks::mark_words;
use crate::model::{Align, Block, Row, Table, TableCell};
use crate::tables::{cell, column, heading_row, mark_cell, result_cell, row};
use crate::words::{capitalised, lines, nothing, strong, value};
use wcc_core::framework::FrameworkPart;
use wcc_core::output::{Mark, Origin};
use wcc_core::record::CycleRecord;
use wcc_core::{MeasureIndex, Method};

/// The members of the group of a context, in its order.
fn members<'a>(context: &Context<'a>) -> Vec<Context<'a>> {
    let assurance = context.source.assurance;
    let Some(group) = assurance.cluster_assurance(context.output.body) else {
        return Vec::new();
    };
    let outputs = assurance.outputs_in(group);
    outputs
        .map(|output| Context::new(context.source, output))
        .collect()
}

/// A row for each measure and result, a column for each member.
pub(crate) fn side_by_side(context: &Context<'_>) -> Vec<Block> {
    let members = members(context);
    if members.is_empty() {
        return Vec::new();
    }
    let framework = context.framework();
    let measure = capitalised(&framework.words.measure.one);
    let mut columns = vec![column(&measure, Align::Start, 5)];
    let organisations = &context.cycle().organisations;
    columns.extend(members.iter().map(|member| {
        let name = &organisations.body(member.output.body).name;
        column(name, Align::Centre, 2)
    }));
    let mut blocks = Vec::new();
    for (at, area) in framework.areas.iter().enumerate() {
        let mut rows = Vec::new();
        for (index, component) in framework.each_component() {
            if component.area != at || !component.scored {
                continue;
            }
            rows.push(heading_row(component.numbered_label()));
            let measures = component.measures.iter();
            rows.extend(measures.map(|measure| measure_row(&members, *measure)));
            let part = FrameworkPart::Component(index);
            if framework.rating(part).scale().is_some() {
                rows.push(result_row(&members, part, "Result"));
            }
        }
        let part = FrameworkPart::Area(at);
        if framework.rating(part).scale().is_some() {
            rows.push(result_row(&members, part, &area.title));
        }
        if !rows.is_empty() {
            blocks.push(Block::Table(Table {
                caption: area.title.clone(),
                columns: columns.clone(),
                rows,
                notes: Vec::new(),
            }));
        }
    }
    let part = FrameworkPart::Overall;
    if framework.rating(part).scale().is_some() {
        let title = framework.title_of(part);
        blocks.push(Block::Table(Table {
            caption: title.to_owned(),
            columns,
            rows: vec![result_row(&members, part, title)],
            notes: Vec::new(),
        }));
    }
    blocks
}

fn measure_row(members: &[Context<'_>], measure: MeasureIndex) -> Row {
    let values = members.iter().map(|member| {
        let mark = member.output.cell(measure).current_mark();
        let scale = member.framework().scale_of(measure);
        let value_in_cell = mark.value.filter(|_| !scale.is_text());
        TableCell {
            aside: whose(member, &mark),
            number: value_in_cell.and_then(|step| value(scale, step).parse().ok()),
            ..mark_cell(member, measure)
        }
    });
    let name = members.first().map_or_else(TableCell::default, |member| {
        let definition = member.framework().measure(measure);
        cell(format!("{} {}", definition.id, definition.title))
    });
    row(name, values)
}

/// Whether a judgement is shared, the body's own, or departs from the group's.
fn whose(member: &Context<'_>, mark: &Mark) -> Option<String> {
    let words = &member.framework().words;
    let origin = match mark.origin {
        Origin::Cluster => "shared".to_owned(),
        Origin::Own => "own".to_owned(),
        Origin::Departure => format!("departs from its {}", words.group.one),
        Origin::Function => format!("from {}", words.function.with_article()),
        Origin::Nobody | Origin::LastYear => return None,
    };
    Some(match mark.inferred() {
        true => format!("{origin}, inferred"),
        false => origin,
    })
}

fn result_row(members: &[Context<'_>], part: FrameworkPart, title: &str) -> Row {
    let values = members.iter().map(|member| result_cell(member, part));
    row(cell(strong(title)), values)
}

/// Each judgement with which a member departs from the group, with the reason.
pub(crate) fn departures(context: &Context<'_>) -> Option<Block> {
    let mut items = Vec::new();
    for member in members(context) {
        let framework = member.framework();
        for (index, measure) in framework.each_measure() {
            let scale = framework.scale_of(index);
            let cell = member.output.cell(index);
            for method in Method::ALL {
                let mark = cell.mark(method);
                if mark.origin != Origin::Departure {
                    continue;
                }
                let shared = context.output.cell(index).mark(method);
                let judgement = mark.judgement(member.cycle());
                let reason =
                    judgement.and_then(|judgement| member.cycle().reason_of(judgement.id()));
                let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
                items.push(format!(
                    "{}, {} {}: {} {}, while the {} has {}{reason}",
                    member.name(member.output.body),
                    measure.id,
                    measure.title,
                    member.methods.title(method),
                    mark_words(scale, &mark),
                    framework.words.group.one,
                    mark_words(scale, &shared),
                ));
            }
        }
    }
    if items.is_empty() && context.source.provenance.is_partial {
        let words = &context.framework().words;
        let (body, group) = (&words.body.one, &words.group.one);
        return Some(nothing(format!(
            "No {body} that is shown departs from its {group}."
        )));
    }
    (!items.is_empty()).then(|| lines(items))
}
