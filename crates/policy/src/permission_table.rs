//! Who may do what and who sees what, as a table: every role of a framework, every act and every
//! kind of record, in every phase, on every body to which whoever acts can stand in a relation.
//!
//! The policies are asked each question as the program asks it: about a body only if its cycle is
//! visible, about a record or an act only if the body is. Acts, kinds of records, roles and phases
//! come from their declarations, so the table has new ones by itself.

mod markdown;
mod questions;
mod situations;
mod subjects;

use crate::cedar::CedarPolicy;
use questions::Questions;
use situations::{Situation, situations};
use std::collections::BTreeSet;
use subjects::SubjectName;
use wcc_core::Actor;
use wcc_core::framework::Framework;

/// What policies decide for the roles of a framework, grouped to be read.
#[derive(Debug)]
pub struct PermissionTable<'f> {
    framework: &'f Framework,
    situations: Vec<Situation>,
    roles: Vec<RoleTable>,
    /// The policies that forbid, each combination once; a denial refers to one by its position.
    reasons: Vec<Vec<String>>,
}

/// What one role may do and see.
#[derive(Debug)]
struct RoleTable {
    role: String,
    title: String,
    acts: Vec<Row>,
    records: Vec<Row>,
    /// The acts that are denied in every case.
    denied: Vec<SubjectName>,
}

/// Acts, or kinds of records, on which the decisions are the same at some moments.
#[derive(Debug)]
struct Row {
    subjects: Vec<SubjectName>,
    moments: BTreeSet<Moment>,
    /// The decision for each target of each situation.
    decisions: Decisions,
}

type Decisions = Vec<Vec<Verdict>>;

/// The decision on one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// It is allowed.
    Allowed,
    /// It is denied, by the policies at this position of the reasons.
    Denied(usize),
    /// The program never asks about this.
    NotAsked,
}

/// When something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Moment {
    /// Whether somebody has opened a phase of the cycle.
    is_governed: bool,
    released: Released,
    /// Position of the phase; `None` if the body is in no phase.
    phase: Option<usize>,
}

impl Moment {
    /// Nobody has opened a phase of the cycle.
    const BEFORE_PHASES: Moment = Moment {
        is_governed: false,
        released: Released::Nothing,
        phase: None,
    };
}

/// Which results are released to whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Released {
    Nothing,
    OtherBodies,
    ThisBody,
}

impl<'f> PermissionTable<'f> {
    /// Asks policies everything about a cycle of a framework.
    pub fn new(policies: &CedarPolicy, framework: &'f Framework) -> PermissionTable<'f> {
        let situations = situations(framework);
        let mut roles = vec![
            (Actor::PUBLIC, "Whoever asks without a token"),
            (Actor::OPERATOR, "Whoever runs the server"),
        ];
        let declared = framework.roles.iter();
        roles.extend(declared.map(|role| (role.id.as_str(), role.title.as_str())));
        let mut questions = Questions::new(policies, framework, &roles, &situations);
        let roles = roles
            .into_iter()
            .map(|(role, title)| questions.role_table(role, title, &situations))
            .collect();
        PermissionTable {
            framework,
            situations,
            roles,
            reasons: questions.reasons,
        }
    }
}

impl Row {
    fn allows_something(&self) -> bool {
        let mut verdicts = self.decisions.iter().flatten();
        verdicts.any(|verdict| *verdict == Verdict::Allowed)
    }
}
