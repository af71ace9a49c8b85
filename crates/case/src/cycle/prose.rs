//! Reads `rationales.md`, `commentary.md`, `recommendations.csv` and `statements.csv`.

use super::context::Context;
use super::fields::Fields;
use super::markdown::{Section, sections};
use super::schemas::{JUDGEMENTS, RECOMMENDATIONS, STATEMENTS};
use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use std::collections::HashMap;
use wcc_core::record::{
    ActionState, Commentary, FollowUp, Recommendation, Statement, StatementKind, Topic,
};
use wcc_core::{BodyIndex, Cycle, Method, Subject};

fn report(context: &Context<'_>, line: u32, message: String, expected: &str) {
    context
        .collector
        .add(|| Problem::at(&context.file, Place::Line(line), message).expecting(expected));
}

fn body_of(context: &Context<'_>, section: &Section) -> Option<BodyIndex> {
    let body = context.body(&section.heading);
    if body.is_none() {
        let unknown = context.no_body(&section.heading);
        unknown.report_at_line(context.collector, &context.file, section.line);
    }
    let body = body?;
    let warning = context
        .left_out(body)
        .or_else(|| context.not_delegated(body));
    if let Some(warning) = warning {
        warning.report_at_line(&context.warnings, &context.file, section.line);
    }
    Some(body)
}

/// The positions of the judgements on a body and subject by a method.
type JudgementPositions = HashMap<(BodyIndex, Subject, Method), Vec<usize>>;

pub(super) fn rationales(context: &Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    let names_judgement = |line: &str| {
        let (id, method) = id_and_method(line);
        let known = method.is_none_or(|word| Method::named(&word.to_ascii_lowercase()).is_some());
        known && context.subject(id).is_some() || context.organisations.find(line).is_some()
    };
    let (sections, last) = sections(bytes, &context.file, context.collector, 2, &names_judgement);
    let mut judged = JudgementPositions::new();
    for (at, judgement) in cycle.records.judgements.iter().enumerate() {
        let key = (judgement.body, judgement.subject, judgement.method);
        judged.entry(key).or_default().push(at);
    }
    let mut written = HashMap::new();
    let mut body = None;
    let mut before_body = true;
    for section in &sections {
        if section.level == 1 {
            before_body = false;
            body = body_of(context, section);
            if !section.text.is_empty() {
                let message = format!(
                    "there is text between {} and a measure",
                    quoted(&section.heading)
                );
                report(
                    context,
                    section.line,
                    message,
                    "a level-2 heading for the measure, as in ## 1a",
                );
            }
        } else if before_body {
            let message = format!(
                "{} is not under the heading of a body",
                quoted(&section.heading)
            );
            report(
                context,
                section.line,
                message,
                "a level-1 heading with the body's code above it",
            );
        } else {
            let subject = subject_and_method(context, section);
            if let (Some(body), Some((subject, method))) = (body, subject) {
                let place = (body, subject, method);
                let at = judged.get(&place).map(Vec::as_slice);
                let first = *written.entry(place).or_insert(section.line);
                attach(context, section, at.unwrap_or(&[]), first, cycle);
            }
        }
    }
    last
}

/// Splits `1a (self)`.
fn id_and_method(heading: &str) -> (&str, Option<&str>) {
    match heading
        .strip_suffix(')')
        .and_then(|rest| rest.split_once('('))
    {
        Some((id, method)) => (id.trim(), Some(method.trim())),
        None => (heading, None),
    }
}

/// Reads `1a` or `1a (self)`.
fn subject_and_method(context: &Context<'_>, section: &Section) -> Option<(Subject, Method)> {
    let (id, method) = id_and_method(&section.heading);
    let method = match method {
        None => Some(Method::Panel),
        Some(word) => {
            let methods = &context.framework.methods;
            let named = methods.named(word);
            let names = || methods.ids();
            if named.is_none() {
                context.collector.add(|| {
                    let message = format!("{} is not a method", quoted(word));
                    Problem::at(&context.file, Place::Line(section.line), message)
                        .expecting_one_of(names())
                        .nearest_to(nearest(word, names()))
                });
            }
            named
        }
    };
    let subject = context.subject(id);
    if subject.is_none() {
        let unknown = context.no_subject(id);
        unknown.report_at_line(context.collector, &context.file, section.line);
    }
    Some((subject?, method?))
}

/// Gives a judgement its rationale.
fn attach(context: &Context<'_>, section: &Section, at: &[usize], first: u32, cycle: &mut Cycle) {
    let heading = quoted(&section.heading);
    if section.text.is_empty() {
        let message = format!("{heading} has no text");
        return report(
            context,
            section.line,
            message,
            "the rationale, or no heading",
        );
    }
    if first != section.line {
        let message = format!("{heading} is already on line {first}");
        return report(
            context,
            section.line,
            message,
            "one rationale for each judgement",
        );
    }
    match at {
        [] if context.is_broken(JUDGEMENTS.file) => {}
        [] => report(
            context,
            section.line,
            format!("{heading} has no judgement"),
            "a row for it in judgements.csv (the value may be empty)",
        ),
        [at] => {
            let Some(judgement) = cycle.records.judgements.get_mut(*at) else {
                return;
            };
            if judgement.details().rationale.is_some() {
                let message = format!("{heading} has a rationale in judgements.csv as well");
                return report(
                    context,
                    section.line,
                    message,
                    "the rationale in one of the two places",
                );
            }
            judgement.details_mut().rationale = Some(section.text.as_str().into());
        }
        _ => report(
            context,
            section.line,
            format!("{heading} is judged by several assessors"),
            "the rationales in the column `rationale` of judgements.csv",
        ),
    }
}

pub(super) fn commentary(context: &Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    let names_body = |line: &str| context.organisations.find(line).is_some();
    let (sections, last) = sections(bytes, &context.file, context.collector, 3, &names_body);
    let mut under = HeadingPath::default();
    for section in &sections {
        let (linked, text) = bears_on(context, section);
        warn_of_missed_links(context, section, text);
        under.enter(context, section, linked);
        let Some(body) = under.body else {
            continue;
        };
        if !text.is_empty() {
            cycle.records.commentary.push(Commentary {
                record: context.record(section.line),
                body,
                headings: under.within_body().map(Box::from).collect(),
                text: text.into(),
                about: under.about(),
            });
        }
    }
    last
}

/// The headings above a piece of commentary.
#[derive(Default)]
struct HeadingPath {
    any_body: bool,
    body: Option<BodyIndex>,
    /// Level, heading and linked topics of each heading; the body's own heading comes first.
    headings: Vec<(u8, String, Vec<Topic>)>,
}

impl HeadingPath {
    fn enter(&mut self, context: &Context<'_>, section: &Section, linked: Vec<Topic>) {
        if section.level == 1 {
            self.any_body = true;
            self.body = body_of(context, section);
        } else if !self.any_body {
            let message = format!(
                "{} is not under the heading of a body",
                quoted(&section.heading)
            );
            report(
                context,
                section.line,
                message,
                "a level-1 heading with the body's code above it",
            );
        }
        self.headings.retain(|(level, _, _)| *level < section.level);
        self.headings
            .push((section.level, section.heading.clone(), linked));
    }

    /// The headings below the body's own.
    fn within_body(&self) -> impl Iterator<Item = &str> {
        let inner = self.headings.iter().filter(|(level, _, _)| *level > 1);
        inner.map(|(_, heading, _)| heading.as_str())
    }

    /// The topics of the innermost heading that has any.
    fn about(&self) -> Vec<Topic> {
        let named = self
            .headings
            .iter()
            .rev()
            .find(|heading| !heading.2.is_empty());
        named.map_or_else(Vec::new, |heading| heading.2.clone())
    }
}

/// Reads the line `Bears on: 3 5 6 outcomes` at the top of a section; returns the topics and the
/// rest of the text.
fn bears_on<'a>(context: &Context<'_>, section: &'a Section) -> (Vec<Topic>, &'a str) {
    const START: &str = "bears on:";
    let (line, rest) = section.text.split_once('\n').unwrap_or((&section.text, ""));
    let ids = match line.get(..START.len()) {
        Some(start) if start.eq_ignore_ascii_case(START) => line.get(START.len()..).unwrap_or(""),
        _ => return (Vec::new(), &section.text),
    };
    let mut about = Vec::new();
    for id in ids.split_whitespace() {
        match context.topic(id) {
            Some(topic) if Commentary::may_bear_on(&topic) => about.push(topic),
            _ => report_no_topic(context, section.line, id),
        }
    }
    (about, rest.trim())
}

/// Warns of a line that was probably meant to link the section but does not.
fn warn_of_missed_links(context: &Context<'_>, section: &Section, text: &str) {
    let is_meant = |line: &&str| {
        let letters: String = line
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect();
        letters.to_lowercase().starts_with("bearson")
            && line.chars().any(|letter| letter.is_numeric())
    };
    if let Some(line) = text.lines().find(is_meant) {
        let place = Place::Line(section.line);
        let message = format!(
            "{} does not link the section {}",
            quoted(line.trim()),
            quoted(&section.heading)
        );
        let file = &context.file;
        context
            .warnings
            .report(file, Some(place), message, |problem| {
                problem.expecting("`Bears on: 3 5 6` as the first line under a heading")
            });
    }
}

fn report_no_topic(context: &Context<'_>, line: u32, id: &str) {
    let framework = context.framework;
    let parent = framework.find_measure(id).map(|measure| {
        let component = framework.measure(measure).component;
        framework.component(component).id.as_str()
    });
    context.collector.add(|| {
        let components = || {
            framework
                .components
                .iter()
                .map(|component| component.id.as_str())
        };
        let ids = || components().chain(context.ids_of_outcomes());
        let message = match parent {
            Some(_) => format!("`Bears on` names {}, which is a measure", quoted(id)),
            None => format!(
                "`Bears on` names {}, which is neither a component nor an outcome",
                quoted(id)
            ),
        };
        Problem::at(&context.file, Place::Line(line), message)
            .expecting("components, outcomes or `outcomes`, separated by spaces")
            .nearest_to(parent.or_else(|| nearest(id, ids())))
    });
}

pub(super) fn recommendations(context: &Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    context.read_rows(&RECOMMENDATIONS, bytes, |row| {
        let recommendation = recommendation(&Fields::new(context, row));
        cycle.records.recommendations.extend(recommendation);
    })
}

fn recommendation(fields: &Fields<'_>) -> Option<Recommendation> {
    let id = fields.identifier("id");
    let body = fields.body("body");
    let text = fields.cells.boxed("text");
    let follow_up = FollowUp {
        owner: fields.cells.boxed("owner"),
        due: fields.cells.date("due"),
        state: fields
            .cells
            .word("state", ActionState::ALL, |state| state.name()),
    };
    fields.sound(Recommendation {
        record: fields.record(),
        about: fields.topics("about"),
        source: fields.cells.boxed("source"),
        follow_up,
        id: id?.into(),
        body: body?,
        text: text?,
    })
}

pub(super) fn statements(context: &Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    context.read_rows(&STATEMENTS, bytes, |row| {
        let statement = statement(&Fields::new(context, row));
        cycle.records.statements.extend(statement);
    })
}

fn statement(fields: &Fields<'_>) -> Option<Statement> {
    let cells = &fields.cells;
    let body = fields.body("body");
    // Any cycle may follow another.
    let methods = &fields.context.framework.methods.with_previous();
    let kinds = StatementKind::ALL.iter().filter(|kind| {
        let compared = kind.compared_method();
        compared.is_none_or(|method| methods.has(method))
    });
    let kinds: Vec<(String, StatementKind)> =
        kinds.map(|kind| (kind.file_word(methods), *kind)).collect();
    let kind = cells.word("statement", &kinds, |(word, _)| word);
    let kind = kind.map(|(_, kind)| *kind);
    let area = area(fields);
    let count = cells.whole("count", 0..=u16::MAX);
    fields.sound(Statement {
        record: fields.record(),
        source: cells.boxed("source"),
        body: body?,
        kind: kind?,
        area: area?,
        count: count?,
    })
}

/// The area of a statement; `Some(None)` if none is given, or the word for outcomes.
fn area(fields: &Fields<'_>) -> Option<Option<usize>> {
    let cells = &fields.cells;
    let id = cells.text("area");
    let Some(id) = id.filter(|id| !id.eq_ignore_ascii_case(Topic::OUTCOMES)) else {
        return Some(None);
    };
    let framework = fields.context.framework;
    let areas = || framework.areas.iter().map(|area| area.id.as_str());
    let position = framework.find_area(id);
    if position.is_none() {
        let message = || format!("there is no area {}", quoted(id));
        cells.wrong("area", message, |problem| {
            problem
                .expecting_one_of(areas())
                .nearest_to(nearest(id, areas()))
        });
    }
    position.map(Some)
}
