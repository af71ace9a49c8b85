//! Columns, rows and cells that several tables have.

use crate::context::Context;
use crate::markdown;
use crate::marks::{mark_words, result_words};
use crate::model::{Align, Column, Row, TableCell, Text};
use crate::words::tone;
use wcc_core::MeasureIndex;
use wcc_core::framework::FrameworkPart;

/// A column without a heading over it.
pub(crate) fn column(heading: &str, align: Align, width: u8) -> Column {
    Column {
        heading: heading.to_owned(),
        over: None,
        align,
        width,
    }
}

/// A cell of words.
pub(crate) fn cell(text: impl Into<Text>) -> TableCell {
    TableCell {
        text: text.into(),
        ..TableCell::default()
    }
}

/// A row: its name, then its values.
pub(crate) fn row(name: TableCell, values: impl IntoIterator<Item = TableCell>) -> Row {
    Row {
        cells: std::iter::once(name).chain(values).collect(),
        heading: false,
    }
}

/// A heading of the rows under it.
pub(crate) fn heading_row(text: impl Into<Text>) -> Row {
    Row {
        cells: vec![cell(text)],
        heading: true,
    }
}

/// The current mark on a measure: its value, its text on a scale of text, or why there is none.
pub(crate) fn mark_cell(context: &Context<'_>, measure: MeasureIndex) -> TableCell {
    let scale = context.framework().scale_of(measure);
    let mark = context.output.cell(measure).current_mark();
    let judgement = mark.judgement(context.cycle());
    let text = judgement.and_then(|judgement| judgement.details().text.as_deref());
    TableCell {
        tone: tone(scale, mark.value),
        ..cell(match text {
            Some(text) => markdown::line(text),
            None => Text::plain(mark_words(scale, &mark)),
        })
    }
}

/// The current result of a part, and whether it is only the rule's; empty if it has none.
pub(crate) fn result_cell(context: &Context<'_>, part: FrameworkPart) -> TableCell {
    let Some(result) = context.output.part(part) else {
        return TableCell::default();
    };
    let current = result.current();
    TableCell {
        tone: tone(context.framework().scale_at(part), current.value()),
        aside: current
            .is_by_rule_alone()
            .then(|| "by the rule alone".to_owned()),
        ..cell(result_words(
            context,
            part,
            current,
            result.current_method(),
        ))
    }
}
