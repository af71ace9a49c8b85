//! The standing result of each body, group and function, with the cycle that it comes from.

use super::values::ShownResult;
use super::{Card, Detail, paragraph, put};
use jiff::civil::Date;
use std::fmt::Write as _;
use wcc_core::framework::FrameworkPart;
use wcc_core::latest::{LatestResult, StandingLine};
use wcc_core::{BodyKind, Output};
use wcc_programme::{AssuredCycle, Programme};

/// Width of the column of titles.
const TITLE: usize = 50;

/// Writes the standing results on a day, one line of frameworks after another.
pub(crate) fn standing(programme: &Programme, on: Date) -> String {
    let mut text = String::new();
    let lines = programme.latest_results(on);
    if lines.is_empty() {
        put!(text, "no cycle is dated {on} or earlier");
    }
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            put!(text, "");
        }
        write_line(programme, &mut text, line, on);
    }
    text
}

fn write_line(programme: &Programme, text: &mut String, line: &StandingLine<'_>, on: Date) {
    let Some(latest) = programme.cycles.get(line.cycle) else {
        return;
    };
    put!(text, "{} · results on {on}", latest.cycle.framework.title);
    let mut notices: Vec<&str> = Vec::new();
    for (at, _) in line.each().filter_map(|body| body.result) {
        let cycle = programme.cycles.get(at);
        let notice = cycle.and_then(|assured| assured.cycle.illustrative.as_deref());
        notices.extend(notice.filter(|notice| !notices.contains(notice)));
    }
    for notice in notices {
        paragraph(text, "", notice);
    }
    for body in line.each() {
        write_body(programme, text, body);
    }
}

fn write_body(programme: &Programme, text: &mut String, body: &LatestResult<'_>) {
    put!(text, "");
    let found = body.result;
    let found = found.and_then(|(at, output)| Some((programme.cycles.get(at)?, output)));
    let Some((assured, output)) = found else {
        put!(text, "{} ({}) · no result yet", body.name, body.code);
        return;
    };
    let cycle = &assured.cycle;
    let kind = match output.kind {
        BodyKind::Pct => String::new(),
        kind => format!(" · {}", cycle.framework.words.kind(kind)),
    };
    put!(
        text,
        "{} ({}){kind} · {} · as of {} · {}",
        body.name,
        body.code,
        cycle.title,
        cycle.as_of,
        cycle.id
    );
    write_results(text, assured, output);
}

fn write_results(text: &mut String, assured: &AssuredCycle, output: &Output) {
    let card = Card {
        methods: assured.cycle.framework.methods.clone(),
        cycle: &assured.cycle,
        assurance: &assured.assurance,
        detail: Detail::Brief,
    };
    let framework = &assured.cycle.framework;
    let mut write = |level: FrameworkPart, indent: &str| {
        if framework.rating(level).scale().is_none() {
            return;
        }
        if let Some(result) = ShownResult::current(&card, output, level) {
            let title = format!("{indent}{}", framework.label_of(level));
            put!(text, "{title:<TITLE$} {}{}", result.key(), result.signs());
        }
    };
    if framework.overall.is_some() {
        write(FrameworkPart::Overall, "  ");
    }
    for at in 0..framework.areas.len() {
        write(FrameworkPart::Area(at), "  ");
        for (index, component) in framework.each_component() {
            // A function is assured on some components only.
            let is_assessed = output.kind == BodyKind::Pct || output.assesses(framework, index);
            if component.area == at && component.scored && is_assessed {
                write(FrameworkPart::Component(index), "    ");
            }
        }
    }
}
