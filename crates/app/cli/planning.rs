//! `wcc planning`: how far the planning of each body has come, and what is missing.

use super::places::body_in;
use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use jiff::civil::Date;
use std::fmt::Write as _;
use wcc_core::planning::{BodyPlanning, PlanStatus};
use wcc_core::{BodyKind, Cycle};
use wcc_programme::Programme;

/// Show what is missing of each body's planning: leads, plans, late actions, open recommendations
///
/// One line for each body and for the authority above it; then, of a few bodies or of one, what is
/// missing by name (docs/planning.md).
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case; or `ledger:`, `ledger:120`, `ledger:2009-11-30T17:00:00Z`
    case: Source,
    /// Only this cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// Only this body: a code
    #[arg(long = "for", value_name = "CODE")]
    body: Option<String>,
    /// The day on which something may be late; default: the day of the cycle
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme: Programme = load::programme(settings, &arguments.case).await?;
    let cycles = super::assure::cycles(&programme, arguments.cycle.as_deref())?;
    let texts = cycles.into_iter().map(|assured| {
        let cycle = &assured.cycle;
        let on = arguments.on.unwrap_or(cycle.as_of);
        in_words(cycle, arguments.body.as_deref(), on)
    });
    print(&texts.collect::<Result<Vec<_>, _>>()?.join("\n"))
}

/// Up to how many bodies are shown in full.
const MAX_IN_FULL: usize = 12;

/// How wide the name of a body is in the table.
const NAME_WIDTH: usize = 44;

/// The planning of a cycle in words.
fn in_words(cycle: &Cycle, body: Option<&str>, on: Date) -> Result<String, Failure> {
    let mut text = format!("{} ({}), on {on}\n", cycle.title, cycle.id);
    let framework = &cycle.framework;
    if framework.areas_to_lead.is_empty() && framework.plans.is_empty() {
        let _ = writeln!(text, "  {} asks for no leads and no plans", framework.title);
    }
    let each: Vec<BodyPlanning<'_>> = match body {
        None => BodyPlanning::of_each(cycle, on).collect(),
        Some(code) => vec![BodyPlanning::of(cycle, body_in(cycle, code)?, on)],
    };
    let _ = writeln!(
        text,
        "\n{:NAME_WIDTH$}{:>8}{:>8}{:>8}{:>9}{:>8}{:>14}",
        "", "leads", "plans", "(late)", "actions", "(late)", "not taken up"
    );
    for planning in &each {
        row(cycle, planning, &mut text);
    }
    text.push_str("\n\"not taken up\": recommendations without an action\n");
    let incomplete = each.iter().filter(|planning| !planning.is_complete());
    if each.len() <= MAX_IN_FULL {
        for planning in incomplete {
            details(cycle, planning, &mut text);
        }
    }
    Ok(text)
}

fn row(cycle: &Cycle, planning: &BodyPlanning<'_>, text: &mut String) {
    let body = cycle.organisations.body(planning.body);
    let of = |done: usize, all: usize| match all {
        0 => "-".to_owned(),
        _ => format!("{done}/{all}"),
    };
    let missing = planning.missing_plans().count();
    let areas = planning.areas.len();
    let plans = planning.plans.len();
    let actions = &planning.actions;
    let is_authority = body.kind == BodyKind::Sha;
    let or_none = |count: usize| match is_authority {
        true => "-".to_owned(),
        false => count.to_string(),
    };
    let _ = writeln!(
        text,
        "{:NAME_WIDTH$}{:>8}{:>8}{:>8}{:>9}{:>8}{:>14}",
        cut(&body.name_and_code()),
        of(planning.allocated_count(), areas),
        of(plans - missing, plans),
        planning.late_plans().count(),
        or_none(actions.not_started + actions.started),
        or_none(actions.late),
        or_none(planning.without_action.len()),
    );
}

/// A name that fits into the table.
fn cut(name: &str) -> String {
    if name.chars().count() < NAME_WIDTH {
        return name.to_owned();
    }
    let short: String = name.chars().take(NAME_WIDTH - 2).collect();
    format!("{short}…")
}

/// What is missing of one body, by name.
fn details(cycle: &Cycle, planning: &BodyPlanning<'_>, text: &mut String) {
    let framework = &cycle.framework;
    let body = cycle.organisations.body(planning.body);
    let _ = writeln!(text, "\n{}", body.name_and_code());
    let mut line = |what: &str, names: Vec<String>| {
        if !names.is_empty() {
            let _ = writeln!(text, "  {what}: {}", names.join("; "));
        }
    };
    let areas = planning.areas_without_lead();
    line(
        "without a lead",
        areas.map(|area| area.title(framework)).collect(),
    );
    let missing = planning.missing_plans();
    line("plans not filed", missing.map(plan_in_words).collect());
    let late = planning.late_plans().filter(|plan| !plan.is_missing());
    line(
        "plans late on this day, filed since",
        late.map(plan_in_words).collect(),
    );
    let open = planning.without_action.iter();
    line(
        "recommendations that no action takes up",
        open.map(|recommendation| recommendation.id.to_string())
            .collect(),
    );
    let late = planning.late_recommendations.iter();
    line(
        "late recommendations",
        late.map(|recommendation| recommendation.id.to_string())
            .collect(),
    );
    let without = planning.without_support.iter();
    line(
        "areas of concern without support",
        without.map(|area| area.id.to_string()).collect(),
    );
    let late = wcc_core::planning::actions_of(cycle, planning.body);
    let late = late.filter(|action| action.is_late_on(planning.on));
    line(
        "late actions",
        late.map(|action| {
            let due = action
                .due
                .map_or_else(String::new, |due| format!(" (due {due})"));
            format!("{}{due}", action.id)
        })
        .collect(),
    );
}

fn plan_in_words(plan: &PlanStatus<'_>) -> String {
    let definition = plan.definition;
    match definition.due {
        Some(due) => format!("{} (due {due})", definition.title),
        None => definition.title.clone(),
    }
}
