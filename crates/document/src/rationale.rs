//! Why measures and results were judged as they were, in the words of those who judged.

use crate::context::Context;
use crate::markdown;
use crate::marks::mark_words;
use crate::model::{Block, Style, Text};
use crate::words::{capitalised, paragraph, quiet, strong};
use wcc_core::framework::FrameworkPart;
use wcc_core::output::{Mark, Origin};
use wcc_core::record::CycleRecord;
use wcc_core::{BodyIndex, BodyKind, ComponentIndex, MeasureIndex, Method, RecordId, Scale};

/// The rationales of a component's measures as a list with the measures' letters; `None` if there is
/// none. The records behind them are added to `shown`.
pub(crate) fn of_component(
    context: &Context<'_>,
    index: ComponentIndex,
    shown: &mut Vec<RecordId>,
) -> Option<Block> {
    let framework = context.framework();
    let component = framework.component(index);
    let (mut markers, mut items) = (Vec::new(), Vec::new());
    for measure in &component.measures {
        let blocks = of_measure(context, *measure, shown);
        if blocks.is_empty() {
            continue;
        }
        markers.push(format!(
            "{}.",
            short_id(&framework.measure(*measure).id, &component.id)
        ));
        items.push(blocks);
    }
    let part = FrameworkPart::Component(index);
    let result = of_part(context, part, shown);
    if !result.is_empty() {
        markers.push("=".to_owned());
        items.push(result);
    }
    (!items.is_empty()).then_some(Block::List {
        ordered: false,
        markers,
        items,
    })
}

/// The identifier of a measure without that of its component: "a" of "9a", "3" of "strategy.3".
pub(crate) fn short_id<'m>(measure: &'m str, component: &str) -> &'m str {
    let rest = measure.strip_prefix(component);
    let rest = rest.map(|rest| rest.trim_start_matches(['.', '-', '_']));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(measure)
}

fn of_measure(context: &Context<'_>, index: MeasureIndex, shown: &mut Vec<RecordId>) -> Vec<Block> {
    let framework = context.framework();
    let (cell, scale) = (context.output.cell(index), framework.scale_of(index));
    let marks = Method::ALL.map(|method| (method, cell.mark(method)));
    let blocks = of_marks(context, scale, &marks, shown);
    if scale.is_text() && !blocks.is_empty() {
        let measure = framework.measure(index);
        let title = paragraph(strong(&measure.title));
        return std::iter::once(title).chain(blocks).collect();
    }
    blocks
}

/// The rationale of a result that somebody recorded.
pub(crate) fn of_part(
    context: &Context<'_>,
    part: FrameworkPart,
    shown: &mut Vec<RecordId>,
) -> Vec<Block> {
    let Some(result) = context.output.part(part) else {
        return Vec::new();
    };
    let scale = context.framework().scale_at(part);
    let marks = Method::ALL.map(|method| (method, result.result(method).recorded));
    of_marks(context, scale, &marks, shown)
}

fn of_marks(
    context: &Context<'_>,
    scale: &Scale,
    marks: &[(Method, Mark)],
    shown: &mut Vec<RecordId>,
) -> Vec<Block> {
    let cycle = context.cycle();
    let with_words = marks.iter().filter_map(|(method, mark)| {
        let judgement = mark.judgement(cycle)?;
        let details = judgement.details();
        let says =
            details.rationale.is_some() || details.reason.is_some() || details.text.is_some();
        // The mark of a method without a shape is seen nowhere else.
        let is_seen = context.methods.mark(*method).is_some() || scale.is_text();
        (says || !is_seen).then_some((*method, mark, judgement))
    });
    let with_words: Vec<_> = with_words.collect();
    let only_result = with_words
        .iter()
        .all(|(method, _, _)| *method == Method::Panel);
    let mut blocks = Vec::new();
    for (method, mark, judgement) in with_words {
        shown.push(judgement.id());
        let details = judgement.details();
        let mut own = Vec::new();
        for text in [&details.text, &details.rationale].into_iter().flatten() {
            own.extend(markdown::blocks(text));
        }
        if let Some(reason) = &details.reason {
            let label = Text::styled("Reason: ", Style::Quiet);
            own.push(paragraph(label.followed_by(markdown::line(reason))));
        }
        own.extend(origin(context, mark, judgement.body).map(quiet));
        if !only_result {
            let title = capitalised(context.methods.title(method));
            let value = match scale.is_text() {
                true => String::new(),
                false => format!(", {}", mark_words(scale, mark)),
            };
            introduce(&mut own, &format!("{title}{value}: "));
        }
        blocks.extend(own);
    }
    blocks
}

/// Puts words before the first paragraph.
fn introduce(blocks: &mut Vec<Block>, words: &str) {
    match blocks.first_mut() {
        Some(Block::Paragraph(text)) => {
            *text = strong(words).followed_by(std::mem::take(text));
        }
        _ => blocks.insert(0, paragraph(strong(words.trim_end_matches([':', ' '])))),
    }
}

/// From whom a judgement was taken over, if it is not the body's own.
fn origin(context: &Context<'_>, mark: &Mark, body: BodyIndex) -> Option<String> {
    let words = &context.framework().words;
    let name = context.name(body);
    match mark.origin {
        Origin::Cluster if context.output.kind != BodyKind::Cluster => {
            Some(format!("Judged once for {name}."))
        }
        Origin::Function => Some(format!(
            "Judged for {name}, {}.",
            words.function.with_article()
        )),
        Origin::Departure => Some(format!(
            "The {} departs from its {}.",
            words.body.one, words.group.one
        )),
        _ => None,
    }
}
