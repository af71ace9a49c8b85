//! `wcc due`: what each role must do next in a cycle, by when, and what is late.

use super::places::{body_in, unknown};
use super::{Failure, print, today};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use jiff::civil::Date;
use std::fmt::Write as _;
use wcc_core::Actor;
use wcc_core::due::{Duty, duties_of, summary_of_bodies};
use wcc_programme::AssuredCycle;
use wcc_tokens::Grant;

/// Show what is due in a cycle: what each role must do next, by when, and what is late
///
/// It follows what the framework opens to each role in the phase of each body. The last day of a
/// phase is that of its timetable, if one was set (`setTimetable`).
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The cycle: south-of-tyne-and-wear/2008-09
    cycle: String,
    /// Only for this role, with the body that it acts for: ROLE or ROLE;body=CODE. A cycle of the
    /// role (ROLE;cycle=ID) must be this one
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// A summary of each body: its phase, how much is due and late, and what comes first for which role
    #[arg(long, conflicts_with = "role")]
    bodies: bool,
    /// The day; default: today in UTC
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Folder of a case, `ledger:` or a point in the ledger
    #[arg(long = "in", value_name = "CASE", default_value = "ledger:")]
    source: Source,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.source).await?;
    let assured = programme.cycle(&arguments.cycle).ok_or_else(|| {
        let known = programme
            .cycles
            .iter()
            .map(|assured| assured.cycle.id.as_str());
        unknown("cycle", &arguments.cycle, known)
    })?;
    let today = arguments.on.unwrap_or_else(today);
    if arguments.bodies {
        return print(&bodies(assured, today));
    }
    let actors = match &arguments.role {
        Some(text) => vec![actor(assured, text)?],
        None => {
            let roles = assured.cycle.framework.roles.iter();
            roles.map(|role| Actor::in_role(&role.id, None)).collect()
        }
    };
    let (cycle, assurance) = (&assured.cycle, &assured.assurance);
    let mut text = format!("{} ({}), {today}\n", cycle.title, cycle.id);
    let mut nothing = true;
    for actor in &actors {
        let duties = duties_of(cycle, assurance, actor, today);
        if duties.is_empty() {
            continue;
        }
        nothing = false;
        let role = cycle.framework.find_role(&actor.role);
        let title = role.map_or(&*actor.role, |role| role.title.as_str());
        let _ = writeln!(text, "\n  {title} ({})", actor.role);
        for duty in &duties {
            let _ = writeln!(text, "    {}", in_words(duty));
        }
    }
    if nothing {
        text.push_str("\n  nothing is due\n");
    }
    print(&text)
}

/// A summary of what is due for each body.
fn bodies(assured: &AssuredCycle, today: Date) -> String {
    let cycle = &assured.cycle;
    let framework = &cycle.framework;
    let mut text = format!("{} ({}), {today}\n", cycle.title, cycle.id);
    for summary in summary_of_bodies(cycle, &assured.assurance, today) {
        let name = cycle.organisations.body(summary.body).name_and_code();
        let phase = summary.phase.map(|phase| framework.phase(phase));
        let phase = phase.map_or("no phase is open", |phase| phase.title.as_str());
        let _ = write!(text, "\n  {name}: {phase}");
        let Some(next) = &summary.next else {
            text.push_str("; nothing is due\n");
            continue;
        };
        let role = framework.find_role(&next.role);
        let title = role.map_or(next.role.as_str(), |role| role.title.as_str());
        let _ = writeln!(
            text,
            "; {} due, {} late\n    next: {title}: {}",
            summary.due,
            summary.late,
            in_words(&next.duty)
        );
    }
    text
}

/// Somebody in a role of the cycle's framework.
fn actor(assured: &AssuredCycle, text: &str) -> Result<Actor, Failure> {
    let grant = Grant::from_text(text);
    let grant = grant.map_err(|error| Failure::refused(format!("`{text}`: {error}")))?;
    let cycle = &assured.cycle;
    let roles = cycle.framework.roles.iter().map(|role| role.id.as_str());
    if !roles.clone().any(|known| known == grant.role) {
        return Err(unknown("role", &grant.role, roles));
    }
    if let Some(code) = &grant.body {
        body_in(cycle, code)?;
    }
    match &grant.cycle {
        Some(id) if *id != cycle.id => Err(Failure::refused(format!(
            "`{text}` is a role in the cycle `{id}`, and this is what is due in `{}`",
            cycle.id
        ))),
        _ => Ok(Actor::in_role(&grant.role, grant.body.as_deref())),
    }
}

fn in_words(duty: &Duty) -> String {
    match duty.by {
        Some(by) if duty.is_late => format!("LATE (was due {by}): {}", duty.what),
        Some(by) => format!("by {by}: {}", duty.what),
        None => duty.what.clone(),
    }
}
