//! `wcc phase`: the phases of a cycle, and opening the next.

use super::ledger::request_in;
use super::places::{chosen_bodies, ledger_cycle, unknown};
use super::{Failure, print};
use crate::settings::Settings;
use crate::source::Source;
use crate::{ledger_access, load};
use std::fmt::Write as _;
use wcc_core::approval::{ApprovalState, Approvals};
use wcc_core::framework::{Phase, PhaseIndex};
use wcc_core::ledger::{Draft, Fact, State};
use wcc_core::progress::CycleProgress;
use wcc_core::readiness::{approvals_missing_before, missing_before};
use wcc_core::record::{PhaseDates, PhaseFact, RecordFact};
use wcc_core::words::all_of;
use wcc_core::{BodyIndex, Cycle};
use wcc_ledger::Ledger;
use wcc_programme::{AssuredCycle, Programme};

/// Show the phases and approvals of a cycle and what is missing before each phase, and open the next
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Show which phase is open for whom, what is missing before the others open, and what is approved
    Show(Show),
    /// Open a phase: for everybody, or for one region, group or body
    ///
    /// A phase opens once the phase before it was opened and what the framework requires of it is
    /// complete. An earlier phase opens again with a reason. Once a phase of a cycle was opened,
    /// roles and phases decide who sees and does what in it (docs/policies.md).
    Open(Open),
}

/// Which cycle.
#[derive(clap::Args)]
pub(crate) struct Show {
    /// Folder of the case; or `ledger:`, `ledger:120`, `ledger:2009-11-30T17:00:00Z`
    case: Source,
    /// Only this cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
}

/// Which phase to open, and for whom.
#[derive(clap::Args)]
pub(crate) struct Open {
    /// The cycle: south-of-tyne-and-wear/2008-09
    cycle: String,
    /// The phase: self-assessment
    phase: String,
    /// Code of a region, group or body; by default everybody in the cycle
    #[arg(long = "for", value_name = "CODE")]
    body: Option<String>,
    /// Why; needed to open an earlier phase again
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The person who opens it
    #[arg(long, default_value = "operator")]
    author: String,
}

pub(super) async fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Show(arguments) => show(&arguments, settings).await,
        Command::Open(arguments) => {
            ledger_access::with_ledger(settings, false, async |ledger| {
                open(&arguments, ledger).await
            })
            .await
        }
    }
}

async fn show(arguments: &Show, settings: &Settings) -> Result<(), Failure> {
    let programme: Programme = load::programme(settings, &arguments.case).await?;
    let cycles = super::assure::cycles(&programme, arguments.cycle.as_deref())?;
    let texts: Vec<String> = cycles.into_iter().map(in_words).collect();
    print(&texts.join("\n"))
}

/// The phases of a cycle in words.
fn in_words(assured: &AssuredCycle) -> String {
    let cycle = &assured.cycle;
    let framework = &cycle.framework;
    let mut text = format!("{} ({})\n", cycle.title, cycle.id);
    if framework.phases.is_empty() {
        let _ = writeln!(text, "  {} has no phases", framework.title);
    }
    let open = Openings::of(cycle);
    for (index, phase) in (0..).map(PhaseIndex).zip(&framework.phases) {
        let _ = writeln!(text, "\n  {} ({}){}", phase.title, phase.id, dates(phase));
        for dates in cycle.records.timetable.iter() {
            if dates.phase == index {
                let body = cycle.organisations.body(dates.body).name_and_code();
                let _ = writeln!(text, "    set for {body}:{}", set_dates(dates));
            }
        }
        let open = open.in_phase(index);
        if !open.is_empty() {
            let _ = writeln!(text, "    open for {}", shown(cycle, &open));
        }
        let missing = missing_before(cycle, &assured.assurance, phase);
        for one in missing.iter().take(MAX_SHOWN) {
            let ids = one.measures.iter();
            let ids = ids.map(|measure| framework.measure(*measure).id.as_str());
            let _ = writeln!(
                text,
                "    missing: {} of {} on {}",
                framework.methods.title(one.method),
                cycle.organisations.body(one.body).name_and_code(),
                all_of(ids)
            );
        }
        if let Some(more @ 1..) = missing.len().checked_sub(MAX_SHOWN) {
            let _ = writeln!(text, "    and {more} more");
        }
        let approvals = approvals_missing_before(cycle, &assured.assurance, phase);
        for one in approvals.iter().take(MAX_SHOWN) {
            let _ = writeln!(text, "    missing: {}", one.in_words(cycle));
        }
        if let Some(more @ 1..) = approvals.len().checked_sub(MAX_SHOWN) {
            let _ = writeln!(text, "    and {more} more");
        }
        let requires = !(phase.requires.is_empty() && phase.requires_approvals.is_empty());
        if missing.is_empty() && approvals.is_empty() && requires {
            text.push_str("    everything that it requires is complete\n");
        }
    }
    text.push_str(&approvals_in_words(assured));
    text
}

/// How far the approvals of a cycle have got, one paragraph for each.
fn approvals_in_words(assured: &AssuredCycle) -> String {
    const STATES: [(ApprovalState, &str); 3] = [
        (ApprovalState::Approved, "approved"),
        (
            ApprovalState::OutOfDate,
            "out of date, what it covers has changed since",
        ),
        (ApprovalState::NotGiven, "not given"),
    ];
    let cycle = &assured.cycle;
    let approvals = Approvals::of(cycle);
    let mut text = String::new();
    for (index, definition) in cycle.framework.each_approval() {
        let _ = writeln!(text, "\n  {} ({})", definition.title, definition.id);
        let each = cycle.pcts.iter();
        let each: Vec<_> = each.map(|pct| approvals.status(index, *pct)).collect();
        for (state, words) in STATES {
            let of_state = each.iter().filter(|status| status.state == state);
            let bodies: Vec<BodyIndex> = of_state.map(|status| status.body).collect();
            if !bodies.is_empty() {
                let _ = writeln!(text, "    {words}: {}", shown(cycle, &bodies));
            }
        }
    }
    text
}

/// How many bodies a line names, and how many lines say what is missing.
const MAX_SHOWN: usize = 12;

fn dates(phase: &Phase) -> String {
    match &phase.as_stated {
        Some(stated) => format!(": {stated}"),
        None => String::new(),
    }
}

fn set_dates(dates: &PhaseDates) -> String {
    let from = dates.from.map(|from| format!(" from {from}"));
    let to = dates.to.map(|to| format!(" to {to}"));
    from.unwrap_or_default() + &to.unwrap_or_default()
}

fn shown(cycle: &Cycle, bodies: &[BodyIndex]) -> String {
    if bodies.len() == cycle.pcts.len() {
        return format!("all {}", cycle.framework.words.body.counted(bodies.len()));
    }
    let mut names: Vec<String> = bodies
        .iter()
        .take(MAX_SHOWN)
        .map(|body| cycle.organisations.body(*body).name_and_code())
        .collect();
    if let Some(more @ 1..) = bodies.len().checked_sub(MAX_SHOWN) {
        names.push(format!("{more} more"));
    }
    all_of(names.iter().map(String::as_str))
}

/// Which phase was opened for each body of a cycle.
struct Openings(Vec<(BodyIndex, Option<PhaseIndex>)>);

impl Openings {
    fn of(cycle: &Cycle) -> Openings {
        // Dates open nothing, so the day does not matter.
        let phases = CycleProgress::of(cycle, "", cycle.as_of);
        let each = cycle.pcts.iter().map(|pct| {
            let opening = phases.opening_of(&cycle.organisations, *pct, cycle.as_of);
            (*pct, opening.map(|(_, phase)| phase))
        });
        Openings(each.collect())
    }

    fn in_phase(&self, phase: PhaseIndex) -> Vec<BodyIndex> {
        let each = self.0.iter().filter(|(_, open)| *open == Some(phase));
        each.map(|(body, _)| *body).collect()
    }
}

async fn open(arguments: &Open, ledger: &Ledger) -> Result<(), Failure> {
    let (drafts, names) = ledger.look(|state| drafts(state, arguments))?;
    let (cycle, author) = (&arguments.cycle, &arguments.author);
    let request = request_in("phase", cycle, author, ledger, drafts);
    let receipt = ledger.append(request).await?;
    print(&format!(
        "{}: {} is open for {}, by entry {}\n",
        arguments.cycle,
        arguments.phase,
        all_of(names.iter().map(String::as_str)),
        receipt.last
    ))
}

/// The entries that open the phase, and the names of those for whom it opens.
fn drafts(state: &State, arguments: &Open) -> Result<(Vec<Draft>, Vec<String>), Failure> {
    let cycle = ledger_cycle(state, &arguments.cycle)?;
    let framework = &cycle.framework;
    if framework.find_phase(&arguments.phase).is_none() {
        let known = framework.phases.iter().map(|phase| phase.id.as_str());
        return Err(unknown("phase", &arguments.phase, known));
    }
    let bodies = chosen_bodies(&cycle, arguments.body.as_deref())?;
    let draft = |body: &BodyIndex| {
        let mut opened = cycle.records.phases.iter();
        let current = opened.find(|opened| opened.body == *body);
        Draft {
            fact: Fact::Record {
                cycle: arguments.cycle.as_str().into(),
                record: RecordFact::Phase(PhaseFact {
                    body: cycle.organisations.body(*body).code.as_str().into(),
                    phase: arguments.phase.as_str().into(),
                    reason: arguments.reason.as_deref().map(Into::into),
                }),
            },
            supersedes: current.map(|current| current.record.0),
            origin: None,
        }
    };
    let name = |body: &BodyIndex| cycle.organisations.body(*body).name_and_code();
    let names = bodies.iter().map(name).collect();
    Ok((bodies.iter().map(draft).collect(), names))
}
