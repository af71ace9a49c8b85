//! A body on about one screen: outcomes, results and what changed, and concerns.

use super::grid::{WIDTH, possible, previous_text, star};
use super::values::ShownResult;
use super::{Card, details, outcomes, paragraph, put, report};
use std::fmt::Write as _;
use wcc_core::challenge::Challenge;
use wcc_core::concern::Concern;
use wcc_core::explain::{about_in_words, ceiling_in_short, rule_and_limit_in_words};
use wcc_core::finding::About;
use wcc_core::framework::{Component, Framework, FrameworkPart, MethodDefinition};
use wcc_core::output::{Cell, Comparison, Origin, PartResult};
use wcc_core::words::counted;
use wcc_core::{BodyKind, ChallengeState, ComponentIndex, Method, Output, Scale};

/// Maximum number of concerns printed for one body.
const MAX_CONCERNS: usize = 6;
/// Widths of the columns before the measures.
const LABEL: usize = 31;
const RESULT: usize = 10;
const COMPARED: usize = 14;

/// A body's result in short. If it is printed `alone`, concerns that it shares with its cluster
/// are included.
pub(super) fn output(card: &Card<'_>, text: &mut String, output: &Output, alone: bool) {
    if !card.cycle.framework.rates_anything() {
        // The text is the result.
        results(card, text, output);
        report::commentary(card, text, output, alone);
        report::recommendations(card, text, output);
        return;
    }
    outcomes::brief(card, text, output);
    outcomes::regional_values(card, text, output);
    results(card, text, output);
    if output.kind != BodyKind::Function {
        details::statements(card, text, output);
    }
    concerns(card, text, output, alone);
    more(card, text, output);
}

/// One line for each competency or strand.
fn results(card: &Card<'_>, text: &mut String, output: &Output) {
    let framework = &card.cycle.framework;
    let compared: String = compared_methods(card)
        .map(|method| format!("{:<COMPARED$}", cut(&method.short, COMPARED - 1)))
        .collect();
    for (at, area) in framework.areas.iter().enumerate() {
        let mut title = area.title.to_uppercase();
        if title.chars().count() >= LABEL {
            title.push_str(&format!("\n{}", " ".repeat(LABEL)));
        }
        let mut components = framework.components.iter().filter(|part| part.area == at);
        let columns = if components.clone().any(|part| part.rating.scale().is_some()) {
            let measures = &framework.words.measure.many;
            format!("{:<RESULT$}{compared}{measures}", "result")
        } else if components.any(|part| !part.measures.is_empty()) {
            format!(" {}", framework.words.measure.many)
        } else {
            String::new()
        };
        let first = format!("\n{title:<LABEL$}{columns}");
        let mut heading = Some(first.trim_end().to_owned());
        for (index, component) in framework.each_component() {
            if component.area != at {
                continue;
            }
            if output.kind == BodyKind::Function && !output.assesses(framework, index) {
                continue;
            }
            if let Some(heading) = heading.take() {
                put!(text, "{heading}");
            }
            line(card, text, output, index, component);
        }
        whole_area(card, text, output, at);
    }
    overall(card, text, output);
}

fn line(
    card: &Card<'_>,
    text: &mut String,
    output: &Output,
    index: ComponentIndex,
    component: &Component,
) {
    let framework = &card.cycle.framework;
    if component.rating.scale().is_none() && component.measures.is_empty() && component.scored {
        put!(text, " {}", component.numbered_label());
        return;
    }
    let label = cut(&component.numbered_label(), LABEL - 2);
    if !component.scored {
        put!(text, " {label:<LABEL$}not assessed this year");
        return;
    }
    if !output.assesses(framework, index) {
        let pct = &framework.words.body.one;
        put!(text, " {label:<LABEL$}assured for each {pct}");
        return;
    }
    let level = FrameworkPart::Component(index);
    let (mut first, mut width) = (format!(" {label:<LABEL$}"), LABEL + 1);
    if let (Some(result), Some(part), true) = (
        ShownResult::current(card, output, level),
        output.part(level),
        component.rating.scale().is_some(),
    ) {
        first = format!(
            " {label:<width$}{}",
            result.padded(RESULT),
            width = LABEL - 1
        );
        width = LABEL + RESULT;
        for method in compared_methods(card) {
            let compared = compared(result, part, method.purpose);
            // A long key still ends before the next column.
            let narrow = COMPARED - 1;
            first.push_str(&format!("{compared:<narrow$} "));
            width += COMPARED;
        }
    }
    let measures: Vec<String> = component
        .measures
        .iter()
        .map(|measure| {
            let id = &framework.measure(*measure).id;
            let short = id.strip_prefix(&component.id);
            let short = short.and_then(|rest| rest.strip_prefix('.'));
            let scale = framework.scale_of(*measure);
            marks(framework, short.unwrap_or(id), scale, output.cell(*measure))
        })
        .collect();
    hang(text, &first, width, &measures);
}

/// The methods whose results have a column beside the current result.
fn compared_methods<'a>(card: &'a Card<'_>) -> impl Iterator<Item = &'a MethodDefinition> {
    let compared = [Method::SelfAssessment, Method::Previous];
    compared
        .into_iter()
        .filter_map(|method| card.methods.get(method))
}

/// Writes items after a first part, whose width is given because of its colours; wraps items that
/// do not fit.
pub(super) fn hang(text: &mut String, first: &str, width: usize, items: &[String]) {
    let mut line = first.to_owned();
    let mut used = width;
    for item in items {
        let long = item.chars().count() + 2;
        if used + long > WIDTH + 2 && used > width {
            put!(text, "{}", line.trim_end());
            line = " ".repeat(width);
            used = width;
        }
        line.push_str(item);
        line.push_str("  ");
        used += long;
    }
    put!(text, "{}", line.trim_end());
}

/// "3, below": another value of a component and how the result compares with it.
fn compared(result: ShownResult<'_>, part: &PartResult, method: Method) -> String {
    let comparison = match method {
        Method::SelfAssessment => part.against_self,
        _ => part.against_last_year,
    };
    if comparison == Comparison::New {
        return "new".to_owned();
    }
    let other = part.result(method);
    if other.value().is_none() {
        return if other.not_applicable() {
            "n/a".to_owned()
        } else {
            "not known".to_owned()
        };
    }
    let word = match (comparison, method) {
        (Comparison::Above, Method::Previous) => ", up",
        (Comparison::Below, Method::Previous) => ", down",
        (Comparison::Level, Method::Previous) => ", same",
        (Comparison::Above, _) => ", above",
        (Comparison::Below, _) => ", below",
        (Comparison::Level, _) => ", met",
        (Comparison::New | Comparison::Unknown, _) => "",
    };
    format!(
        "{}{}{word}",
        result.by(method).key(),
        star(other.inferred())
    )
}

/// "1a✓2□3": the current value, and the self-assessment if it differs.
pub(super) fn marks(framework: &Framework, id: &str, scale: &Scale, cell: &Cell) -> String {
    let calibrated = cell.mark(Method::Calibrated).is_decided();
    let current = cell.current_mark();
    let sign = |method| framework.methods.mark(method).unwrap_or(' ');
    let mut text = match current.value {
        Some(_) if scale.is_text() => format!("{id}✓"),
        Some(step) => {
            let sign = sign(if calibrated {
                Method::Calibrated
            } else {
                Method::Panel
            });
            format!("{id}{sign}{}{}", scale.key(step), star(current.inferred()))
        }
        None if current.not_applicable() => format!("{id} n/a"),
        None => format!("{id}?"),
    };
    if current.origin == Origin::Departure {
        text.push('†');
    }
    if current.value > cell.supported && cell.supported.is_some() {
        text.push('!');
    }
    let own = cell.mark(Method::SelfAssessment);
    if let Some(step) = own.value.filter(|_| own.value != current.value) {
        let sign = sign(Method::SelfAssessment);
        text.push_str(&format!(
            "{sign}{}{}",
            scale.key(step),
            star(own.inferred())
        ));
    }
    text
}

fn whole_area(card: &Card<'_>, text: &mut String, output: &Output, at: usize) {
    let Some(area) = card.cycle.framework.areas.get(at) else {
        return;
    };
    let level = FrameworkPart::Area(at);
    if area.rating.scale().is_none() {
        return;
    }
    if let Some(result) = ShownResult::current(card, output, level) {
        put!(
            text,
            " {:<width$}{}{}{}{}",
            cut(&area.title, LABEL - 2),
            result.key(),
            result.signs(),
            rule_text(card, output, level),
            previous_text(card, output, level),
            width = LABEL - 1
        );
    }
}

fn overall(card: &Card<'_>, text: &mut String, output: &Output) {
    let level = FrameworkPart::Overall;
    let framework = &card.cycle.framework;
    if let (Some(overall), Some(result)) = (
        &framework.overall,
        ShownResult::current(card, output, level),
    ) && overall.rating.scale().is_some()
    {
        put!(
            text,
            "\n{}: {}{}{}{}",
            overall.title,
            result.in_words(),
            result.signs(),
            rule_text(card, output, level),
            previous_text(card, output, level),
        );
    }
}

/// The rule with its exact figure, or with the results that are still possible, and the limit that
/// decides, in brackets.
pub(super) fn rule_text(card: &Card<'_>, output: &Output, level: FrameworkPart) -> String {
    let framework = &card.cycle.framework;
    let (Some(combination), Some(part)) = (framework.combination(level), output.part(level)) else {
        return String::new();
    };
    let method = part.current_method();
    let rule = rule_and_limit_in_words(framework, output, level, method).unwrap_or_default();
    let possible = possible(framework.scale(combination.scale), &part.current().by_rule);
    let recorded = part.current().recorded.value.is_some();
    let recorded = if recorded { "recorded; " } else { "" };
    format!(" ({recorded}{rule}{possible})")
}

/// Challenges and findings, merged by subject, the most serious first.
pub(super) fn concerns(card: &Card<'_>, text: &mut String, output: &Output, alone: bool) {
    let all = card.assurance.concerns(output);
    let (shared, own): (Vec<&Concern<'_>>, Vec<&Concern<'_>>) =
        all.iter().partition(|concern| concern.shared && !alone);
    let serious: Vec<&&Concern<'_>> = own
        .iter()
        .filter(|concern| concern.is_serious())
        .take(MAX_CONCERNS)
        .collect();
    if !serious.is_empty() {
        put!(text, "\nOPEN CHALLENGES AND MOST SERIOUS FINDINGS");
    } else {
        put!(text, "");
    }
    for serious_concern in &serious {
        concern(card, text, output, serious_concern);
    }
    let omitted = own.len() - serious.len();
    let mut notes = Vec::new();
    if omitted > 0 {
        let word = if serious.is_empty() { "" } else { "more " };
        notes.push(format!("{omitted} {word}of lower severity"));
    }
    if !shared.is_empty() {
        let cluster = &card.cycle.framework.words.group.one;
        notes.push(format!(
            "{} shared with its {cluster} and printed there",
            shared.len()
        ));
    }
    let methods = &card.cycle.framework.methods;
    let corrected = output.challenges_in(ChallengeState::Corrected);
    if corrected > 0 {
        notes.push(format!(
            "{} closed because {} corrected the {}",
            counted(corrected, "challenge"),
            methods.assessor(),
            methods.title(Method::SelfAssessment)
        ));
    }
    let changed = output.challenges_in(ChallengeState::Changed);
    if changed > 0 {
        notes.push(format!(
            "{} closed because the value was changed",
            counted(changed, "challenge")
        ));
    }
    if !notes.is_empty() {
        paragraph(text, "  also ", &notes.join("; "));
    }
}

fn concern(card: &Card<'_>, text: &mut String, output: &Output, concern: &Concern<'_>) {
    let mut parts = Vec::new();
    if !concern.challenges.is_empty() {
        parts.push(challenge(card, output, &concern.challenges));
    }
    let challenged = !concern.challenges.is_empty();
    let mut findings = concern.findings.iter();
    if !challenged && let Some(first) = findings.next() {
        parts.push(details::finding_in_words(card, output, first));
    }
    let more = findings.count();
    if more > 0 {
        let word = if more == 1 { "finding" } else { "findings" };
        parts.push(format!("{more} more {word} about it"));
    }
    let first = format!("  {:<8}", concern.severity().name());
    let about = about_in_words(card.cycle, &concern.about);
    let repeated = parts
        .first()
        .is_some_and(|part| part.contains(about.as_str()));
    let about = match concern.about {
        About::Measure(_) | About::Component(_) => format!("{about}: "),
        About::Outcome(_) | About::Function(_) if !repeated => format!("{about}: "),
        About::Outcome(_) | About::Function(_) | About::Body => String::new(),
    };
    paragraph(text, &first, &format!("{about}{}", parts.join("; ")));
}

/// "self-assessment 3 and panel assessment 3; the evidence supports level 2 (...); not answered".
fn challenge(card: &Card<'_>, output: &Output, challenges: &[&Challenge]) -> String {
    let Some(first) = challenges.first() else {
        return String::new();
    };
    let scale = card.cycle.framework.scale_of(first.measure);
    let cell = output.cell(first.measure);
    let values = details::challenged_values(card, output, challenges.iter().copied());
    let ceilings = output.ceilings_on(first.measure).iter();
    let deciding = ceilings.filter(|ceiling| ceiling.supports == first.supported);
    let reasons: Vec<String> = deciding
        .map(|ceiling| ceiling_in_short(card.cycle, card.assurance, ceiling))
        .collect();
    let more = match reasons.len() {
        0 | 1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let is_open = challenges
        .iter()
        .any(|challenge| challenge.state() == ChallengeState::Open);
    let state = if is_open { "not answered" } else { "answered" };
    format!(
        "{values}, but the evidence supports {}{} ({}{more}); {state}",
        scale.key(first.supported),
        star(cell.supported_inferred),
        reasons.first().map_or("", String::as_str),
    )
}

/// The other records of a body, and how to see them.
pub(super) fn more(card: &Card<'_>, text: &mut String, output: &Output) {
    let has = |body| output.bodies().any(|own| own == body);
    let counts = [
        (
            card.cycle
                .records
                .recommendations
                .iter()
                .filter(|record| has(record.body))
                .count(),
            "recommendation",
            "recommendations",
        ),
        (
            card.cycle
                .records
                .commentary
                .iter()
                .filter(|record| has(record.body))
                .count(),
            "piece of commentary",
            "pieces of commentary",
        ),
        (
            card.cycle
                .records
                .evidence
                .iter()
                .filter(|record| has(record.body))
                .count(),
            "item of evidence",
            "items of evidence",
        ),
    ];
    let mut parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, singular, plural)| match count {
            1 => format!("1 {singular}"),
            _ => format!("{count} {plural}"),
        })
        .collect();
    let code = &card.cycle.organisations.body(output.body).code;
    let flag = card.cycle.framework.words.name(output.kind);
    parts.push("everything above in detail".to_owned());
    paragraph(
        text,
        "  ",
        &format!(
            "{}: add --{flag} {code} --full; to explain a result: wcc explain CASE {code} {}",
            parts.join(", "),
            card.cycle
                .framework
                .words
                .measure
                .one
                .to_uppercase()
                .replace(' ', "-"),
        ),
    );
}

/// A text truncated to a width, with an ellipsis.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}
