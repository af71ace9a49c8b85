//! Marks on measures and on results: one grid for each scale, in words where there is no value.

use crate::context::Context;
use crate::front::SHOWN;
use crate::model::{
    Align, Block, Mark, MarkGrid, MarkKind, MarkRow, MarkStep, Qualifier, RowLevel, Table,
    TableCell, Text,
};
use crate::rationale::short_id;
use crate::tables::{self, cell, column};
use crate::words::{capitalised, nothing, step_label, tone_of_colour, value};
use wcc_core::explain::{
    ReasonKind, ceiling_in_short, explain_part, figure_beside_step, value_in_words,
};
use wcc_core::framework::FrameworkPart;
use wcc_core::output::{Cell, Comparison, Mark as CoreMark, MethodResult, Origin, PartResult};
use wcc_core::{BodyKind, MeasureIndex, Method, Scale, Step};

/// What a row of marks is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RowSubject {
    Measure(MeasureIndex),
    Part(FrameworkPart),
}

/// Which marks a section shows, and under which headings.
pub(crate) struct MarkSelection<'r> {
    /// What the marks are on, in order.
    pub(crate) subjects: Vec<RowSubject>,
    /// What they show.
    pub(crate) caption: String,
    /// Heading of the column that names the rows.
    pub(crate) row_heading: String,
    /// The methods whose marks are shown; empty for all.
    pub(crate) methods: &'r [Method],
    /// Whether a row links to the section of its component.
    pub(crate) linked: bool,
    /// Whether rows have notes.
    pub(crate) notes: bool,
}

/// The marks of a selection: a grid for each run of rows on the same scale. Rows on a scale of numbers
/// make a table, and those on text none, because their text is printed as a rationale.
pub(crate) fn marks(context: &Context<'_>, selection: &MarkSelection<'_>) -> Vec<Block> {
    let scale_of = |subject: &RowSubject| context.scale_of(*subject);
    let runs = selection
        .subjects
        .chunk_by(|left, right| std::ptr::eq(scale_of(left), scale_of(right)));
    let mut blocks = Vec::new();
    for run in runs {
        let Some(scale) = run.first().map(scale_of) else {
            continue;
        };
        if !scale.steps().is_empty() {
            let mut grid = grid(context, selection, scale, run);
            let absent = take_absent(context, &mut grid.rows);
            blocks.push(Block::Marks(grid));
            blocks.extend(absent.map(nothing));
        } else if scale.numbers().is_some() {
            blocks.push(Block::Table(table(context, selection, run)));
        }
    }
    blocks
}

fn grid(
    context: &Context<'_>,
    selection: &MarkSelection<'_>,
    scale: &Scale,
    subjects: &[RowSubject],
) -> MarkGrid {
    MarkGrid {
        caption: selection.caption.clone(),
        row_heading: selection.row_heading.clone(),
        scale: scale.title.clone(),
        steps: steps(scale),
        rows: subjects
            .iter()
            .map(|subject| row(context, selection, *subject))
            .collect(),
    }
}

/// Takes out the marks of methods that have the same reason for no value in every row, and says so
/// in one line: "Last year's rating: not known." A result without a value follows from its rows.
fn take_absent(context: &Context<'_>, rows: &mut [MarkRow]) -> Option<String> {
    let mut lines = Vec::new();
    for (method, kind) in SHOWN {
        let marks = rows
            .iter()
            .flat_map(|row| row.marks.iter().map(move |mark| (row.level, mark)));
        let marks: Vec<(RowLevel, &Mark)> = marks.filter(|(_, mark)| mark.kind == kind).collect();
        let items = marks.iter().filter(|(level, _)| *level == RowLevel::Item);
        let mut words = items.chain(&marks).map(|(_, mark)| mark.words.clone());
        let Some(first) = words.next().filter(|_| marks.len() > 1) else {
            continue;
        };
        let same = |(level, mark): &(RowLevel, &Mark)| {
            let follows = *level == RowLevel::Result && mark.words == UNKNOWN;
            mark.step.is_none() && (mark.words == first || follows)
        };
        if !marks.iter().all(same) {
            continue;
        }
        lines.push(format!(
            "{}: {first}.",
            capitalised(context.methods.title(method))
        ));
        for row in rows.iter_mut() {
            row.marks.retain(|mark| mark.kind != kind);
        }
    }
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// The words for a value that nobody gave.
const UNKNOWN: &str = "not known";

/// The columns of a scale.
pub(crate) fn steps(scale: &Scale) -> Vec<MarkStep> {
    let steps = scale.steps().iter();
    let steps = steps.map(|step| MarkStep {
        label: step_label(step).to_owned(),
        title: step.title.clone(),
        tone: tone_of_colour(step.colour.as_deref()),
    });
    steps.collect()
}

/// The methods that a selection asks for and that belong to the regime.
fn shown_methods(
    context: &Context<'_>,
    selection: &MarkSelection<'_>,
) -> impl Iterator<Item = (Method, MarkKind)> {
    SHOWN.into_iter().filter(|(method, _)| {
        let is_asked = selection.methods.is_empty() || selection.methods.contains(method);
        is_asked && context.methods.has(*method)
    })
}

fn row(context: &Context<'_>, selection: &MarkSelection<'_>, subject: RowSubject) -> MarkRow {
    let shown = shown_methods(context, selection);
    match subject {
        RowSubject::Measure(index) => measure_row(context, selection, index, shown),
        RowSubject::Part(part) => part_row(context, selection, part, shown),
    }
}

fn measure_row(
    context: &Context<'_>,
    selection: &MarkSelection<'_>,
    index: MeasureIndex,
    shown: impl Iterator<Item = (Method, MarkKind)>,
) -> MarkRow {
    let measure = context.framework().measure(index);
    let cell = context.output.cell(index);
    let mut marks: Vec<Mark> = shown
        .filter_map(|(method, kind)| measure_mark(context, index, method, kind))
        .collect();
    if selection.methods.is_empty() {
        marks.extend(supported(context.framework().scale_of(index), cell));
    }
    MarkRow {
        code: Some(code(context, index).to_owned()),
        label: measure.title.clone(),
        level: RowLevel::Item,
        marks,
        change: cell
            .against_last_year(measure)
            .in_words(&context.methods.previous)
            .filter(|_| context.methods.has(Method::Previous)),
        note: measure_note(context, index).filter(|_| selection.notes),
        link: None,
    }
}

/// The code of a measure in a row: without that of its component if it is long, because that heads
/// the rows: "1" of "strategy.1".
fn code<'a>(context: &Context<'a>, index: MeasureIndex) -> &'a str {
    let framework = context.framework();
    let measure = framework.measure(index);
    match measure.id.chars().count() <= LONGEST_CODE {
        true => &measure.id,
        false => short_id(&measure.id, &framework.component(measure.component).id),
    }
}

/// The longest code of a measure that stands in a row as it is.
const LONGEST_CODE: usize = 4;

fn part_row(
    context: &Context<'_>,
    selection: &MarkSelection<'_>,
    part: FrameworkPart,
    shown: impl Iterator<Item = (Method, MarkKind)>,
) -> MarkRow {
    let framework = context.framework();
    let mut row = MarkRow {
        code: None,
        label: framework.label_of(part),
        level: RowLevel::Result,
        marks: Vec::new(),
        change: None,
        note: None,
        link: None,
    };
    if let FrameworkPart::Component(index) = part {
        let component = framework.component(index);
        row.label.clone_from(&component.label);
        if selection.linked {
            let repeats = component.numbered_label() == component.label;
            row.code = (!repeats).then(|| component.id.clone());
            row.link = Some(context.component_section(index));
        } else {
            row.label.push_str(", result");
        }
    }
    if let Some(words) = context.not_assessed(part) {
        row.note = Some(Text::plain(words));
        return row;
    }
    let Some(result) = context.output.part(part) else {
        return row;
    };
    row.marks = shown
        .filter_map(|(method, kind)| part_mark(context, part, result, method, kind))
        .collect();
    let has_previous =
        result.against_last_year != Comparison::New || context.output.kind != BodyKind::Function;
    row.change = result
        .against_last_year
        .in_words(&context.methods.previous)
        .filter(|_| has_previous && context.methods.has(Method::Previous));
    row.note = part_note(context, part, result).filter(|_| selection.notes);
    row
}

fn measure_mark(
    context: &Context<'_>,
    index: MeasureIndex,
    method: Method,
    kind: MarkKind,
) -> Option<Mark> {
    let framework = context.framework();
    let mark = context.output.cell(index).mark(method);
    let nobody = mark.origin == Origin::Nobody && !mark.not_applicable();
    let is_new = || {
        let measure = framework.measure(index);
        context.output.cell(index).is_new(measure)
    };
    // A value that nobody expects is not missing.
    if nobody && (method == Method::Calibrated || method == Method::Previous && is_new()) {
        return None;
    }
    let scale = framework.scale_of(index);
    Some(Mark {
        kind,
        step: position(scale, mark.value),
        words: mark_words(scale, &mark),
        qualifiers: qualifiers(context, &mark),
    })
}

/// A mark in words: its value, or why it has none.
pub(crate) fn mark_words(scale: &Scale, mark: &CoreMark) -> String {
    match (mark.value, mark.absence()) {
        (Some(step), _) => value(scale, step),
        (None, Some(absence)) => absence.to_owned(),
        (None, None) => String::new(),
    }
}

fn position(scale: &Scale, step: Option<Step>) -> Option<u8> {
    let step = step.filter(|_| !scale.steps().is_empty())?;
    u8::try_from(step.position()).ok()
}

fn qualifiers(context: &Context<'_>, mark: &CoreMark) -> Vec<Qualifier> {
    let origin = match mark.origin {
        Origin::Cluster if context.output.kind != BodyKind::Cluster => Some(Qualifier::FromGroup),
        Origin::Function => Some(Qualifier::FromFunction),
        Origin::Departure => Some(Qualifier::Departure),
        _ => None,
    };
    let inferred = mark.inferred().then_some(Qualifier::Inferred);
    inferred.into_iter().chain(origin).collect()
}

/// The mark of the highest value that the evidence supports, if it limits the measure.
fn supported(scale: &Scale, cell: &Cell) -> Option<Mark> {
    let step = cell.supported?;
    let inferred = cell.supported_inferred.then_some(Qualifier::Inferred);
    Some(Mark {
        kind: MarkKind::Supported,
        step: position(scale, Some(step)),
        words: value(scale, step),
        qualifiers: inferred.into_iter().collect(),
    })
}

fn part_mark(
    context: &Context<'_>,
    part: FrameworkPart,
    result: &PartResult,
    method: Method,
    kind: MarkKind,
) -> Option<Mark> {
    let own = result.result(method);
    let is_new = result.against_last_year == Comparison::New;
    let is_optional = method == Method::Calibrated || method == Method::Previous && is_new;
    if own.value().is_none() && is_optional {
        return None;
    }
    let framework = context.framework();
    let scale = framework.scale_at(part);
    let mut qualifiers = match own.recorded.value {
        Some(_) => qualifiers(context, &own.recorded),
        None => Vec::new(),
    };
    if own.is_by_rule_alone() {
        qualifiers.extend(own.inferred().then_some(Qualifier::Inferred));
        qualifiers.push(Qualifier::ByRule);
    }
    Some(Mark {
        kind,
        step: position(scale, own.value()),
        words: result_words(context, part, own, method),
        qualifiers,
    })
}

/// A result in words: its value, with the exact figure of its rule if it has one; or why there is
/// none.
pub(crate) fn result_words(
    context: &Context<'_>,
    part: FrameworkPart,
    result: &MethodResult,
    method: Method,
) -> String {
    let framework = context.framework();
    let scale = framework.scale_at(part);
    if result.not_applicable() {
        return "not applicable".to_owned();
    }
    let Some(step) = result.value() else {
        let absence = result.recorded.absence();
        return absence.unwrap_or(UNKNOWN).to_owned();
    };
    if scale.numbers().is_some() {
        let figure = value_in_words(framework, context.output, part, method);
        return figure.map_or_else(|| value(scale, step), |figure| figure.into_owned());
    }
    let figure = figure_beside_step(framework, context.output, part, method)
        .filter(|_| result.is_by_rule_alone());
    match figure {
        Some(figure) => format!("{} ({figure})", value(scale, step)),
        None => value(scale, step),
    }
}

/// What a reader must know beside the marks on a measure: from whom they were taken over, what limits
/// them.
fn measure_note(context: &Context<'_>, index: MeasureIndex) -> Option<Text> {
    let cell = context.output.cell(index);
    let mut parts = Vec::new();
    for (method, _) in SHOWN {
        let mark = cell.mark(method);
        let Some(judgement) = mark.judgement(context.cycle()) else {
            continue;
        };
        let title = context.methods.title(method);
        let body = context.name(judgement.body);
        match mark.origin {
            Origin::Departure => {
                let reason = judgement.details().reason.as_deref();
                let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
                let group = &context.framework().words.group.one;
                parts.push(format!("the {title} departs from the {group}{reason}"));
            }
            Origin::Function => parts.push(format!("the {title} is that of {body}")),
            _ => {}
        }
    }
    if let Some(supported) = cell.supported {
        let scale = context.framework().scale_of(index);
        let ceilings = context.output.ceilings_on(index).iter();
        let deciding = ceilings.filter(|ceiling| ceiling.supports == supported);
        let (cycle, assurance) = (context.cycle(), context.source.assurance);
        let reasons: Vec<String> = deciding
            .map(|ceiling| ceiling_in_short(cycle, assurance, ceiling))
            .collect();
        let highest = cell.current().max(cell.mark(Method::SelfAssessment).value);
        // A limit that is above every value explains nothing.
        if highest >= Some(supported) {
            let title = scale.title.to_lowercase();
            parts.push(format!(
                "the evidence supports {title} {}: {}",
                value(scale, supported),
                reasons.join("; ")
            ));
        }
    }
    note(parts)
}

/// The rule behind a result with its exact figure, whether anybody recorded it, and why.
fn part_note(context: &Context<'_>, part: FrameworkPart, result: &PartResult) -> Option<Text> {
    let (cycle, assurance) = (context.cycle(), context.source.assurance);
    let method = result.current_method();
    let reasons = explain_part(cycle, assurance, context.output, part).into_iter();
    let rules = reasons.filter(|reason| reason.kind == ReasonKind::Rule);
    let rules = rules.filter(|reason| reason.method.is_none_or(|of| of == method));
    let mut parts: Vec<String> = rules.map(|reason| reason.text).collect();
    let recorded = &result.result(method).recorded;
    if let Some(judgement) = recorded.judgement(cycle) {
        let title = context.methods.title(judgement.method);
        let details = judgement.details();
        let reason = details.reason.as_deref();
        parts.insert(
            0,
            match reason {
                Some(reason) => format!("recorded in the {title}: {reason}"),
                None => format!("recorded in the {title}"),
            },
        );
    }
    note(parts)
}

fn note(parts: Vec<String>) -> Option<Text> {
    let text = parts.join("; ");
    (!text.is_empty()).then(|| Text::plain(capitalised(&text)))
}

/// The values on a scale of numbers: one column for each method.
fn table(context: &Context<'_>, selection: &MarkSelection<'_>, subjects: &[RowSubject]) -> Table {
    let rows: Vec<MarkRow> = subjects
        .iter()
        .map(|subject| row(context, selection, *subject))
        .collect();
    let shown = shown_methods(context, selection);
    let mut kinds: Vec<(MarkKind, String)> = shown
        .map(|(method, kind)| (kind, capitalised(context.methods.title(method))))
        .collect();
    kinds.push((MarkKind::Supported, "Supported by evidence".to_owned()));
    kinds.retain(|(kind, _)| {
        rows.iter()
            .flat_map(|row| &row.marks)
            .any(|mark| mark.kind == *kind)
    });
    let mut columns = vec![column(&selection.row_heading, Align::Start, 4)];
    columns.extend(kinds.iter().map(|(_, title)| column(title, Align::End, 1)));
    let rows = rows.into_iter().map(|row| {
        let label = match &row.code {
            Some(code) => format!("{code} {}", row.label),
            None => row.label.clone(),
        };
        let name = TableCell {
            aside: row.note.map(|note| note.to_plain()),
            ..cell(label)
        };
        let values = kinds.iter().map(|(kind, _)| {
            let mark = row.marks.iter().find(|mark| mark.kind == *kind);
            mark.map_or_else(TableCell::default, |mark| TableCell {
                number: mark.words.parse().ok(),
                ..cell(mark.words.as_str())
            })
        });
        tables::row(name, values)
    });
    Table {
        caption: selection.caption.clone(),
        columns,
        rows: rows.collect(),
        notes: Vec::new(),
    }
}
