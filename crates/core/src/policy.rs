//! Who may do what, and who sees what: the question that is asked, and whoever answers it.
//!
//! The core asks; an implementation outside it decides. What the framework says of phases and
//! roles is passed along as data and decides nothing by itself.

use crate::actor::Actor;
use crate::body::{Body, BodyIndex, BodyKind, Organisations};
use crate::framework::{Framework, Phase};
use crate::record::{Method, RecordKind};
use jiff::civil::Date;

/// What an act is done to. Everything that does not apply is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resource<'a> {
    /// Identifier of the cycle.
    pub cycle: Option<&'a str>,
    /// The framework of the cycle, with its phases, roles and acts.
    pub framework: Option<&'a Framework>,
    /// The phase that the cycle is in.
    pub phase: Option<&'a Phase>,
    /// The body that it is about.
    pub body: Option<&'a Body>,
    /// Code of the body's cluster on the day of the cycle.
    pub cluster: Option<&'a str>,
    /// Code of the SHA in whose region the body lies.
    pub sha: Option<&'a str>,
    /// The method of a judgement, or of the value that is challenged.
    pub method: Option<Method>,
}

impl<'a> Resource<'a> {
    /// A cycle as a whole, in the phase that its framework gives for a day.
    pub fn of_cycle(id: &'a str, framework: &'a Framework, today: Date) -> Resource<'a> {
        Resource {
            cycle: Some(id),
            framework: Some(framework),
            phase: framework.phase_on(today),
            ..Resource::default()
        }
    }

    /// A body of a table on a day, with its cluster and SHA: within the cycle that this resource
    /// names, or in no cycle.
    #[must_use]
    pub fn with_body(
        self,
        organisations: &'a Organisations,
        index: BodyIndex,
        day: Date,
    ) -> Resource<'a> {
        let code = |index| organisations.body(index).code.as_str();
        let body = organisations.body(index);
        let cluster = match body.kind {
            BodyKind::Cluster => Some(index),
            BodyKind::Pct => organisations.cluster_of(index, day),
            BodyKind::Sha | BodyKind::Function => None,
        };
        Resource {
            body: Some(body),
            cluster: cluster.map(code),
            sha: organisations.sha_of(index).map(code),
            ..self
        }
    }
}

/// One question: may this actor do this?
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// What: [`READ`] or another act of seeing, or the act of a command (`record-judgement`,
    /// `withdraw`, `open-cycle`).
    pub act: &'a str,
    /// On what.
    pub resource: Resource<'a>,
}

/// The act of seeing something.
pub const READ: &str = "read";
/// The act of reading the document of a record that the actor sees.
pub const READ_DOCUMENT: &str = "read-document";
/// The act of seeing the name of the person who made an entry that the actor sees.
pub const READ_PERSON: &str = "read-person";

/// Every act of seeing.
pub const READING_ACTS: [&str; 3] = [READ, READ_DOCUMENT, READ_PERSON];

/// The act of filing evidence.
pub const FILE_EVIDENCE: &str = "file-evidence";

/// The act of entering a framework, or a new wording of one.
pub const ENTER_FRAMEWORK: &str = "enter-framework";
/// The act of entering tables of bodies, or a new state of them.
pub const ENTER_BODIES: &str = "enter-bodies";
/// The act of opening a cycle, or describing one anew.
pub const OPEN_CYCLE: &str = "open-cycle";
/// The act of moving a cycle to other tables of bodies.
pub const REBASE_CYCLE: &str = "rebase-cycle";
/// The act of withdrawing an entry.
pub const WITHDRAW: &str = "withdraw";

/// Every act that changes something, in the words of policies and frameworks. Each kind of record
/// declares its own.
pub fn acts() -> impl Iterator<Item = &'static str> {
    let records = RecordKind::ALL.iter().map(|kind| kind.act());
    let before = [ENTER_FRAMEWORK, ENTER_BODIES, OPEN_CYCLE, REBASE_CYCLE];
    before.into_iter().chain(records).chain([WITHDRAW])
}

/// The answer to a [`Question`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Allowed,
    /// They may not. The reason is for people, and names nothing that they may not see.
    Denied {
        /// Why.
        reason: String,
    },
}

impl Decision {
    /// Why a role may not do an act, in the words of every denial: it names nothing else.
    pub fn reason_by_role(actor: &Actor, act: &str) -> String {
        format!("the role `{}` may not do this (`{act}`)", actor.role)
    }

    /// Whether the act is allowed.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Decision::Allowed)
    }
}

/// Decides who may do what, and who sees what. Default deny: what no rule allows is denied.
pub trait Policy: std::fmt::Debug + Send + Sync {
    /// Answers one question. Pure: the same question has the same answer.
    fn decide(&self, question: &Question<'_>) -> Decision;

    /// Answers the same question about many resources, in their order. An implementation may find
    /// out which are allowed at once instead of asking about each.
    fn decide_each(&self, actor: &Actor, act: &str, resources: &[Resource<'_>]) -> Vec<bool> {
        let allowed = |resource: &Resource<'_>| {
            let resource = *resource;
            let question = Question {
                actor,
                act,
                resource,
            };
            self.decide(&question).is_allowed()
        };
        resources.iter().map(allowed).collect()
    }
}

/// Allows everything: for a program that runs with the rights of whoever started it, and for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unrestricted;

impl Policy for Unrestricted {
    fn decide(&self, _: &Question<'_>) -> Decision {
        Decision::Allowed
    }
}
