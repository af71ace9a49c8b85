//! Remarks on a health outcome: what its row in a table of rates does not show.

use crate::cycle::Cycle;
use crate::outcome::HistoricRate;
use crate::output::{BenchmarkOrigin, OutcomeResult, Output};
use crate::percent;
use crate::record::{ChosenOutcome, QUARTILES, StatedPerformance, StatedPosition, StatedQuartiles};
use crate::words;

/// The sign of a historic rate over a span other than the framework's.
pub const OTHER_SPAN: &str = "‡";

/// What is known of an outcome besides its rates and benchmarks: its selection, the years of its
/// rate, its placings, what the report states. `dated` says when it was selected, too.
pub fn outcome_remarks(cycle: &Cycle, outcome: &OutcomeResult, dated: bool) -> Vec<String> {
    let chosen = outcome.record(cycle);
    let mut remarks = Vec::new();
    remarks.extend(selected(cycle, chosen, dated));
    match outcome.historic {
        Err(reason) => remarks.push(format!("historic rate n/a: {reason}")),
        Ok(historic) => remarks.extend(years_of_history(cycle, &historic)),
    }
    let benchmarks = outcome.benchmarks_for(&chosen.rates);
    let mut origins = benchmarks.into_iter().flatten().map(|(_, origin)| origin);
    if origins.any(|origin| origin != BenchmarkOrigin::Stated) {
        remarks.push("benchmarks that are not stated are those of the indicator".to_owned());
    }
    let pcts = &cycle.framework.words.body.many;
    let placings = [outcome.improvement, outcome.level].into_iter().flatten();
    let placings: Vec<String> = placings.map(|placing| placing.in_short()).collect();
    if !placings.is_empty() {
        let placings = placings.join(", ");
        remarks.push(format!(
            "rank among the {pcts} of this case with this outcome (1 is best): {placings}"
        ));
    }
    let stated = &chosen.stated;
    if let Some(position) = &stated.position {
        remarks.push(format!("reported over the last year: {}", position.name()));
    }
    if let Some(change) = &stated.change {
        let source = change.source.as_deref();
        let source = source.map_or_else(String::new, |source| format!(" ({source})"));
        let percent = percent::signed(change.percent);
        remarks.push(format!(
            "stated change over the last year: {percent}{source}"
        ));
    }
    remarks.extend(quartile("rate of improvement", stated.rate_quartile));
    remarks.extend(quartile("level", stated.level_quartile));
    remarks.extend(serves(cycle, chosen));
    if let Some(view) = &chosen.panel_view {
        let assessor = cycle.framework.methods.assessor();
        remarks.push(format!("{assessor}: \"{view}\""));
    }
    if let Some(from) = &chosen.inferred {
        remarks.push(format!("* inferred: {from}"));
    }
    remarks
}

/// Which aim and which goal it serves.
fn serves(cycle: &Cycle, chosen: &ChosenOutcome) -> Option<String> {
    let selection = &chosen.selection;
    let outcomes = &cycle.framework.outcomes;
    let aim = selection.aim.as_deref();
    let aim = aim.and_then(|id| outcomes.find_aim(id));
    let aim = aim.map(|aim| format!("serves {}", aim.title));
    let goal = selection.goal.as_ref();
    let goal = goal.map(|goal| format!("goal of the strategic plan: {goal}"));
    let parts: Vec<String> = aim.into_iter().chain(goal).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The date on which all outcomes of a PCT were selected, if it is the same for all.
pub fn shared_selection_date<'a>(cycle: &'a Cycle, output: &Output) -> Option<&'a str> {
    let date = |outcome: &OutcomeResult| {
        let chosen = outcome.record(cycle);
        chosen.selection.date.as_deref()
    };
    let first = output.outcomes.first().and_then(date)?;
    let mut all = output.outcomes.iter().map(date);
    all.all(|date| date == Some(first)).then_some(first)
}

/// If the outcome is new: when it was selected (if `dated`), what it replaced, and why.
fn selected(cycle: &Cycle, chosen: &ChosenOutcome, dated: bool) -> Option<String> {
    let selection = &chosen.selection;
    let mut parts = Vec::new();
    if chosen.newly_selected {
        parts.push("newly selected".to_owned());
    }
    if let Some(date) = selection.date.as_ref().filter(|_| dated) {
        parts.push(format!("selected {date}"));
    }
    if !selection.replaces.is_empty() {
        let replaced = selection.replaces.iter();
        let replaced: Vec<&str> = replaced
            .map(|id| cycle.framework.outcome_title(id))
            .collect();
        parts.push(format!(
            "one of the replacements for {}",
            replaced.join(" and ")
        ));
    }
    let mut line = parts.join(", ");
    if let Some(reason) = &selection.reason {
        let start = if line.is_empty() { "selected" } else { "" };
        line.push_str(&format!("{start} ({reason})"));
    }
    (!line.is_empty()).then_some(line)
}

/// The years that a historic rate covers, unless they are clear from the column's heading.
pub fn years_of_history(cycle: &Cycle, historic: &HistoricRate) -> Option<String> {
    let years = historic.years?;
    if historic.comparable {
        let source = if historic.computed {
            "computed"
        } else {
            "stated"
        };
        return Some(format!(
            "historic rate {source}, {} to {}",
            years.from, years.to
        ));
    }
    let span = i32::from(cycle.framework.outcomes.span_years.max(1));
    Some(format!(
        "{OTHER_SPAN} historic rate {}, not over {}: not compared or ranked",
        years.in_words(),
        words::years(span),
    ))
}

/// Whether what the report states of an outcome is good: its worst quartile is the first one, or it
/// improved. It is bad in the last quartile, or if it slipped. `None` for neither.
pub fn is_good_as_stated(stated: &StatedPerformance) -> Option<bool> {
    let quartiles = [stated.rate_quartile, stated.level_quartile];
    let worst = quartiles.iter().filter_map(|marks| marks.current).max();
    let position = stated.position.as_ref();
    if worst == Some(*QUARTILES.end()) || position == Some(&StatedPosition::Slipped) {
        return Some(false);
    }
    let is_best = match worst {
        Some(worst) => worst == *QUARTILES.start(),
        None => position == Some(&StatedPosition::Improved),
    };
    is_best.then_some(true)
}

/// The quartile marks that the report prints.
fn quartile(quantity: &str, stated: StatedQuartiles) -> Option<String> {
    let marks = [
        ("this year", stated.current),
        ("last year", stated.previous),
    ];
    let marks: Vec<String> = marks
        .into_iter()
        .filter_map(|(year, mark)| Some(format!("{} {year}", mark?)))
        .collect();
    let marks = (!marks.is_empty()).then(|| marks.join(", "))?;
    Some(format!(
        "reported quartile of the {quantity}: {marks} (1 is best)"
    ))
}
