//! `wcc policy`: checks the policies, and says what they decide.

use super::places::{Places, unknown};
use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use jiff::civil::Date;
use std::fmt::Write as _;
use std::path::PathBuf;
use wcc_core::Actor;
use wcc_core::policy::{
    ENTER_BODIES, ENTER_FRAMEWORK, FILE_EVIDENCE, OPEN_CYCLE, Question, READ, READING_ACTS,
    REBASE_CYCLE, Resource, acts,
};
use wcc_core::record::RecordKind;
use wcc_core::words::counted;
use wcc_policy::{CedarPolicy, PolicyProblems};

/// In place of a cycle: the tables of bodies outside any cycle.
const NO_CYCLE: &str = "-";

/// Check who may do what and who sees what, as the policies decide it
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Check policies: say in sentences what each permits or forbids, or every error with its place
    Check {
        /// Folder of policies, `*.cedar` (see docs/policies.md); those in use if omitted
        folder: Option<PathBuf>,
    },
    Ask(Box<Ask>),
}

/// Ask whether somebody may do something: allowed or denied, and by which policy
///
/// An act on a body needs the body and its cycle to be visible to whoever acts, so these are asked
/// about first. What the act is done to must be given: a cycle to open one, a cycle and a body to
/// record something, neither to enter a framework.
#[derive(clap::Args)]
pub(crate) struct Ask {
    /// Role of whoever acts: operator, public, or one that a framework declares or a policy names
    #[arg(long)]
    role: String,
    /// Their name; the role's if omitted
    #[arg(long)]
    person: Option<String>,
    /// Code of the body that they act for
    #[arg(long, value_name = "CODE")]
    body: Option<String>,
    /// Identifier of the cycle that their role is limited to
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// Method of the judgement, or of the value that is challenged, as the framework names it
    #[arg(long)]
    method: Option<String>,
    /// Day that gives the phase of the cycle; today if omitted
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Folder of a case, `ledger:` or a point in the ledger: where cycles and bodies are looked up
    #[arg(long = "in", value_name = "CASE", default_value = "ledger:")]
    source: Source,
    /// Folder of policies; those in use if omitted
    #[arg(long, value_name = "FOLDER")]
    policies: Option<PathBuf>,
    /// What they want to do: read, record-judgement (see configs/policies/acts.cedarschema)
    act: String,
    /// Identifier of the cycle; `-` for the tables of bodies outside any cycle
    #[arg(value_name = "CYCLE")]
    of_cycle: Option<String>,
    /// Code of a body
    #[arg(value_name = "BODY", requires = "of_cycle")]
    on_body: Option<String>,
}

pub(super) async fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Check { folder } => check(folder, settings),
        Command::Ask(asked) => ask(&asked, settings).await,
    }
}

/// The policies of a folder, or those in use.
pub(super) fn read(folder: Option<&PathBuf>, settings: &Settings) -> Result<CedarPolicy, Failure> {
    let policies = match folder.or(settings.policies.as_ref()) {
        Some(folder) => CedarPolicy::read_folder(folder),
        None => CedarPolicy::shipped(),
    };
    Ok(policies?)
}

fn check(folder: Option<PathBuf>, settings: &Settings) -> Result<(), Failure> {
    let policies = read(folder.as_ref(), settings)?;
    let described = policies.descriptions();
    let mut text = format!("{}, all valid\n", counted(described.len(), "policy"));
    for policy in &described {
        let _ = write!(text, "\n{}\n  {}", policy.name, policy.sentence);
        if !policy.conditions.is_empty() {
            text.push_str(", if all of this holds:");
        }
        text.push('\n');
        for condition in &policy.conditions {
            let _ = writeln!(text, "    {condition}");
        }
    }
    text.push_str(
        "\nWhat no policy permits is denied. A policy that forbids outweighs all that permit.\n",
    );
    print(&text)
}

async fn ask(asked: &Ask, settings: &Settings) -> Result<(), Failure> {
    let policies = read(asked.policies.as_ref(), settings)?;
    let act = known_act(&asked.act)?;
    check_resource(act, asked)?;
    let reference = load::reference(settings)?;
    let mut places = Places {
        reference: &reference,
        programme: None,
    };
    // Without a cycle, a method is one of any framework.
    let names_cycle = asked.of_cycle.is_some() || asked.cycle.is_some();
    let programme = if names_cycle || actor(&places, asked, &policies).is_err() {
        match load::programme(settings, &asked.source).await {
            Ok(programme) => Some(programme),
            Err(failure) if names_cycle => return Err(failure),
            Err(_) => None,
        }
    } else {
        None
    };
    places.programme = programme.as_ref();
    let actor = actor(&places, asked, &policies)?;
    let mut questions = Vec::new();
    let mut resource = Resource::default();
    let mut of_cycle = None;
    if let (Some(programme), Some(cycle)) = (&programme, &asked.of_cycle) {
        let on = asked.on.unwrap_or_else(today);
        let tables = if cycle == NO_CYCLE {
            (&*programme.organisations, programme.day())
        } else {
            let cycle = places.cycle(cycle)?;
            of_cycle = Some(cycle);
            resource = Resource::of_cycle(&cycle.id, &cycle.framework, on);
            questions.push((READ, resource));
            (&*cycle.organisations, cycle.as_of)
        };
        if let Some(code) = &asked.on_body {
            let (organisations, day) = tables;
            let body = organisations.find(code).ok_or_else(|| {
                let codes = organisations.each().map(|(_, body)| body.code.as_str());
                unknown("body", code, codes)
            })?;
            resource = resource.with_body(organisations, body, day);
            questions.push((READ, resource));
        }
    }
    let method = asked.method.as_deref();
    let method = method.map(|given| places.method(given, of_cycle));
    resource.method = method.transpose()?;
    questions.retain(|(read, seen)| act != *read || !is_same(seen, &resource));
    questions.push((act, resource));
    let mut text = String::new();
    for (act, resource) in &questions {
        let question = Question {
            actor: &actor,
            act,
            resource: *resource,
        };
        let explanation = policies.explain(&question);
        let is_allowed = explanation.decision.is_allowed();
        let names: Vec<String> = explanation
            .policies
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let by = match (is_allowed, names.is_empty()) {
            (true, _) => format!("permitted by {}", names.join(", ")),
            (false, true) => "no policy permits it".to_owned(),
            (false, false) => format!("forbidden by {}", names.join(", ")),
        };
        let _ = writeln!(text, "  {act} {}: {by}", in_words(resource));
        if !is_allowed {
            return print(&format!("denied\n{text}"));
        }
    }
    print(&format!("allowed\n{text}"))
}

/// Whoever acts, if their role, body and cycle exist.
fn actor(places: &Places<'_>, asked: &Ask, policies: &CedarPolicy) -> Result<Actor, Failure> {
    let body = asked.body.as_deref().map(|code| places.body(code));
    let cycle = asked.cycle.as_deref().map(|id| places.cycle(id));
    Ok(Actor {
        person: asked.person.as_deref().unwrap_or(&asked.role).into(),
        role: places.role(&asked.role, policies)?.into(),
        body: body.transpose()?.map(Into::into),
        cycle: cycle.transpose()?.map(|cycle| cycle.id.as_str().into()),
    })
}

/// What an act is done to.
enum Target {
    /// What belongs to no cycle.
    Programme,
    /// A cycle as a whole.
    Cycle,
    /// A body in a cycle.
    Body,
    /// A cycle, or a body in a cycle or outside any.
    CycleOrBody,
    /// Any of these.
    Anything,
}

impl Target {
    fn of(act: &str) -> Target {
        if READING_ACTS.contains(&act) {
            return Target::CycleOrBody;
        }
        match act {
            ENTER_FRAMEWORK | ENTER_BODIES => Target::Programme,
            OPEN_CYCLE | REBASE_CYCLE => Target::Cycle,
            // A document that no record names yet belongs to no cycle.
            FILE_EVIDENCE => Target::Anything,
            _ if RecordKind::ALL.iter().any(|kind| kind.act() == act) => Target::Body,
            _ => Target::Anything,
        }
    }
}

/// Refuses a question that the program never asks, whose answer would mislead.
fn check_resource(act: &str, asked: &Ask) -> Result<(), Failure> {
    let cycle = asked.of_cycle.as_deref();
    let is_in_cycle = cycle.is_some_and(|cycle| cycle != NO_CYCLE);
    let has_body = asked.on_body.is_some();
    let (is_right, expected) = match Target::of(act) {
        Target::Programme => (
            cycle.is_none(),
            "is done to what belongs to no cycle: leave out CYCLE and BODY",
        ),
        Target::Cycle => (
            is_in_cycle && !has_body,
            "is done to a cycle: give CYCLE after it, and no BODY",
        ),
        Target::Body => (
            is_in_cycle && has_body,
            "is done to a body in a cycle: give CYCLE and BODY after it",
        ),
        Target::CycleOrBody => (
            is_in_cycle || has_body,
            "is done to a cycle or a body: give CYCLE, or CYCLE and BODY, after it (`-` as CYCLE for a body outside any cycle)",
        ),
        Target::Anything => (true, ""),
    };
    if is_right {
        return Ok(());
    }
    Err(Failure::refused(format!("`{act}` {expected}")))
}

/// Whether two resources are one, whatever the method.
fn is_same(first: &Resource<'_>, other: &Resource<'_>) -> bool {
    let code = |of: &Resource<'_>| of.body.map(|body| body.code.clone());
    first.cycle == other.cycle && code(first) == code(other)
}

fn in_words(resource: &Resource<'_>) -> String {
    let phase = resource
        .phase
        .map(|phase| format!(" (phase `{}`)", phase.id));
    let phase = phase.unwrap_or_default();
    match (resource.body, resource.cycle) {
        (Some(body), Some(cycle)) => {
            format!("on {} ({}) in `{cycle}`{phase}", body.name, body.code)
        }
        (Some(body), None) => format!("on {} ({}) outside any cycle", body.name, body.code),
        (None, Some(cycle)) => format!("on `{cycle}`{phase}"),
        (None, None) => "on what belongs to no cycle".to_owned(),
    }
}

fn known_act(given: &str) -> Result<&'static str, Failure> {
    let mut known = READING_ACTS.into_iter().chain(acts());
    let found = known.find(|act| *act == given);
    found.ok_or_else(|| unknown("act", given, READING_ACTS.into_iter().chain(acts())))
}

fn today() -> Date {
    let now = jiff::Timestamp::now();
    jiff::tz::TimeZone::UTC.to_datetime(now).date()
}

impl From<PolicyProblems> for Failure {
    fn from(problems: PolicyProblems) -> Failure {
        Failure::refused(problems.to_string())
    }
}
