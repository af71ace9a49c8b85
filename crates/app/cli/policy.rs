//! `wcc policy`: checks the policies, and says what they decide.

mod question;
mod tests_file;

use super::places::unknown;
use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use jiff::civil::Date;
use question::{Step, Wish};
use std::fmt::Write as _;
use std::path::PathBuf;
use wcc_core::words::counted;
use wcc_policy::{CedarPolicy, PermissionTable, PolicyDescription, PolicyProblems};
use wcc_tokens::Grant;

/// Check who may do what and who sees what, as the policies decide it
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Check policies: say in sentences what each permits or forbids, or every error with its place
    ///
    /// Then run the tests that an authority wrote beside its policies, in `tests.toml`: who may do what,
    /// and who may not.
    Check {
        /// Folder of policies, `*.cedar` (see docs/policies.md); those in use if omitted
        folder: Option<PathBuf>,
    },
    Ask(Box<Ask>),
    Why(Box<Why>),
    /// Print who may do what and who sees what: every role, act, kind of record and phase of a framework
    ///
    /// A table in Markdown, from the framework and the policies. The two frameworks that ship have theirs
    /// in docs/permissions.
    Table {
        /// Identifier of the framework
        framework: String,
        /// Folder of policies; those in use if omitted
        #[arg(long, value_name = "FOLDER")]
        policies: Option<PathBuf>,
    },
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
    /// Identifier of the approval that is given or withdrawn, as the framework names it
    #[arg(long)]
    approval: Option<String>,
    /// Act by which the record was entered that is withdrawn: record-outcome
    #[arg(long, value_name = "ACT")]
    withdrawn: Option<String>,
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

/// Say why somebody may do something, or may not: the policies that decide, with file, line and sentence
#[derive(clap::Args)]
pub(crate) struct Why {
    /// Whoever acts: a role with its limits, ROLE;body=CODE;cycle=ID
    actor: String,
    /// What they want to do: read, record-judgement (see configs/policies/acts.cedarschema)
    act: String,
    /// To what: nothing, CYCLE, or CYCLE BODY (`-` as CYCLE for a body outside any cycle)
    #[arg(value_name = "SUBJECT", num_args = 0..=2)]
    subject: Vec<String>,
    /// Their name; the role's if omitted
    #[arg(long)]
    person: Option<String>,
    /// Method of the judgement, or of the value that is challenged, as the framework names it
    #[arg(long)]
    method: Option<String>,
    /// Identifier of the approval that is given or withdrawn, as the framework names it
    #[arg(long)]
    approval: Option<String>,
    /// Act by which the record was entered that is withdrawn: record-outcome
    #[arg(long, value_name = "ACT")]
    withdrawn: Option<String>,
    /// Day that gives the phase of the cycle; today if omitted
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Folder of a case, `ledger:` or a point in the ledger: where cycles and bodies are looked up
    #[arg(long = "in", value_name = "CASE", default_value = "ledger:")]
    source: Source,
    /// Folder of policies; those in use if omitted
    #[arg(long, value_name = "FOLDER")]
    policies: Option<PathBuf>,
}

pub(super) async fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Check { folder } => check(folder, settings).await,
        Command::Ask(asked) => ask(*asked, settings).await,
        Command::Why(asked) => why(*asked, settings).await,
        Command::Table {
            framework,
            policies,
        } => table(&framework, policies.as_ref(), settings),
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

async fn check(folder: Option<PathBuf>, settings: &Settings) -> Result<(), Failure> {
    let policies = read(folder.as_ref(), settings)?;
    let described = policies.descriptions();
    let mut text = format!("{}, all valid\n", counted(described.len(), "policy"));
    for policy in &described {
        let _ = writeln!(text, "\n{}", policy.name);
        write_description(&mut text, policy, "  ");
    }
    text.push_str(
        "\nWhat no policy permits is denied. A policy that forbids outweighs all that permit.\n",
    );
    print(&text)?;
    match folder.as_ref().or(settings.policies.as_ref()) {
        Some(folder) => print(&tests_file::run(folder, &policies, settings).await?),
        None => Ok(()),
    }
}

/// Writes a policy's sentence and its conditions.
fn write_description(text: &mut String, policy: &PolicyDescription, indent: &str) {
    let _ = write!(text, "{indent}{}", policy.sentence);
    if !policy.conditions.is_empty() {
        text.push_str(", if all of this holds:");
    }
    text.push('\n');
    for condition in &policy.conditions {
        let _ = writeln!(text, "{indent}  {condition}");
    }
}

async fn ask(asked: Ask, settings: &Settings) -> Result<(), Failure> {
    let policies = read(asked.policies.as_ref(), settings)?;
    let wish = Wish {
        person: asked.person,
        role: asked.role,
        body: asked.body,
        cycle: asked.cycle,
        act: asked.act,
        of_cycle: asked.of_cycle,
        on_body: asked.on_body,
        method: asked.method,
        approval: asked.approval,
        withdrawn: asked.withdrawn,
        on: asked.on,
    };
    let steps = question::ask(&wish, &policies, &asked.source, settings).await?;
    let mut text = verdict(&steps).to_owned();
    text.push('\n');
    for step in &steps {
        let Step {
            act,
            subject,
            explanation,
        } = step;
        let names = explanation.policies.iter().map(|name| format!("`{name}`"));
        let names = names.collect::<Vec<_>>().join(", ");
        let by = match (step.is_allowed(), names.is_empty()) {
            (true, _) => format!("permitted by {names}"),
            (false, true) => "no policy permits it".to_owned(),
            (false, false) => format!("forbidden by {names}"),
        };
        let _ = writeln!(text, "  {act} {subject}: {by}");
    }
    print(&text)
}

async fn why(asked: Why, settings: &Settings) -> Result<(), Failure> {
    let policies = read(asked.policies.as_ref(), settings)?;
    let grant = Grant::from_text(&asked.actor);
    let grant = grant.map_err(|error| Failure::refused(format!("`{}`: {error}", asked.actor)))?;
    let mut subject = asked.subject.into_iter();
    let wish = Wish {
        person: asked.person,
        role: grant.role,
        body: grant.body,
        cycle: grant.cycle,
        act: asked.act,
        of_cycle: subject.next(),
        on_body: subject.next(),
        method: asked.method,
        approval: asked.approval,
        withdrawn: asked.withdrawn,
        on: asked.on,
    };
    let steps = question::ask(&wish, &policies, &asked.source, settings).await?;
    let mut text = verdict(&steps).to_owned();
    text.push('\n');
    for step in &steps {
        explain(&mut text, step, &wish, &policies);
    }
    print(&text)
}

fn table(id: &str, policies: Option<&PathBuf>, settings: &Settings) -> Result<(), Failure> {
    let policies = read(policies, settings)?;
    let frameworks = load::reference(settings)?.frameworks;
    let found = frameworks.each().find(|framework| framework.id == id);
    let framework = found.ok_or_else(|| {
        let known = frameworks.each().map(|framework| framework.id.as_str());
        unknown("framework", id, known)
    })?;
    print(&PermissionTable::new(&policies, framework).to_markdown())
}

fn verdict(steps: &[Step]) -> &'static str {
    if steps.iter().all(Step::is_allowed) {
        "allowed"
    } else {
        "denied"
    }
}

/// Writes who may do what, or may not, and every policy that decides it.
fn explain(text: &mut String, step: &Step, wish: &Wish, policies: &CedarPolicy) {
    let is_allowed = step.is_allowed();
    let may = if is_allowed { "may" } else { "may not" };
    let _ = writeln!(
        text,
        "\nthe role `{}` {may} do `{}` {}",
        wish.role, step.act, step.subject
    );
    let decided = &step.explanation.policies;
    for name in decided {
        let does = if is_allowed { "permits" } else { "forbids" };
        let _ = write!(text, "  `{name}` {does} it");
        if let Some(place) = policies.place(name) {
            let _ = write!(text, " ({place})");
        }
        text.push_str(":\n");
        if let Some(policy) = policies.description(name) {
            write_description(text, &policy, "    ");
        }
    }
    if decided.is_empty() {
        let _ = writeln!(text, "  no policy permits it");
        for policy in policies.descriptions() {
            if policy.permits && policies.concerns(&policy.name, &wish.role, step.act) {
                let place = policies.place(&policy.name).unwrap_or_default();
                let _ = writeln!(
                    text,
                    "  `{}` would permit it ({place}), but not all of it holds:",
                    policy.name
                );
                write_description(text, &policy, "    ");
            }
        }
    }
}

impl From<PolicyProblems> for Failure {
    fn from(problems: PolicyProblems) -> Failure {
        Failure::refused(problems.to_string())
    }
}
