//! Authorisation: who may read and change what.
//!
//! The core asks a [`Policy`], which is implemented elsewhere. The phases and roles of the
//! framework are passed along as data; they do not decide anything by themselves.

use crate::actor::Actor;
use crate::body::{Body, BodyIndex, BodyKind, Organisations};
use crate::framework::{Framework, Phase};
use crate::record::{Method, RecordKind};
use jiff::civil::Date;

/// The object of an act. Fields that do not apply are `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resource<'a> {
    /// Identifier of the cycle.
    pub cycle: Option<&'a str>,
    /// The framework of the cycle, with its phases, roles and acts.
    pub framework: Option<&'a Framework>,
    /// The current phase of the cycle.
    pub phase: Option<&'a Phase>,
    /// The body concerned.
    pub body: Option<&'a Body>,
    /// Code of the body's cluster on the day of the cycle.
    pub cluster: Option<&'a str>,
    /// Code of the SHA of the body's region.
    pub sha: Option<&'a str>,
    /// The method of a judgement, or of a challenged value.
    pub method: Option<Method>,
}

impl<'a> Resource<'a> {
    /// A cycle as a whole, in the phase in which its framework places it today.
    pub fn of_cycle(id: &'a str, framework: &'a Framework, today: Date) -> Resource<'a> {
        Resource {
            cycle: Some(id),
            framework: Some(framework),
            phase: framework.phase_on(today),
            ..Resource::default()
        }
    }

    /// This resource with a body as of a day, including the body's cluster and SHA. The resource
    /// may name a cycle or none.
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

/// A question to a policy: may this actor do this?
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who acts.
    pub actor: &'a Actor,
    /// The act: [`READ`] or another reading act, or the act of a command (`record-judgement`,
    /// `withdraw`, `open-cycle`).
    pub act: &'a str,
    /// The object of the act.
    pub resource: Resource<'a>,
}

/// The act of reading something.
pub const READ: &str = "read";
/// The act of reading the document of a record that the actor may read.
pub const READ_DOCUMENT: &str = "read-document";
/// The act of reading the name of the person who made an entry that the actor may read.
pub const READ_PERSON: &str = "read-person";

/// Every reading act.
pub const READING_ACTS: [&str; 3] = [READ, READ_DOCUMENT, READ_PERSON];

/// The act of filing evidence.
pub const FILE_EVIDENCE: &str = "file-evidence";

/// The act of entering a framework or a new version of one.
pub const ENTER_FRAMEWORK: &str = "enter-framework";
/// The act of entering tables of bodies or a new version of them.
pub const ENTER_BODIES: &str = "enter-bodies";
/// The act of opening a cycle or changing its description.
pub const OPEN_CYCLE: &str = "open-cycle";
/// The act of moving a cycle to other tables of bodies.
pub const REBASE_CYCLE: &str = "rebase-cycle";
/// The act of withdrawing an entry.
pub const WITHDRAW: &str = "withdraw";

/// Every act that changes something, as named in policies and frameworks. Each kind of record
/// declares its own act.
pub fn acts() -> impl Iterator<Item = &'static str> {
    let records = RecordKind::ALL.iter().map(|kind| kind.act());
    let setup_acts = [ENTER_FRAMEWORK, ENTER_BODIES, OPEN_CYCLE, REBASE_CYCLE];
    setup_acts.into_iter().chain(records).chain([WITHDRAW])
}

/// The answer to a [`Question`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The act is allowed.
    Allowed,
    /// The act is denied.
    Denied {
        /// The reason, for people. It must not name anything that the actor may not see.
        reason: String,
    },
}

impl Decision {
    /// The standard reason for denying an act to a role. It names nothing but the role and the act.
    pub fn reason_by_role(actor: &Actor, act: &str) -> String {
        format!("the role `{}` may not do this (`{act}`)", actor.role)
    }

    /// Whether the act is allowed.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Decision::Allowed)
    }
}

/// Decides who may do and read what. Everything that no rule allows is denied.
pub trait Policy: std::fmt::Debug + Send + Sync {
    /// Answers one question. Pure: the same question always has the same answer.
    fn decide(&self, question: &Question<'_>) -> Decision;

    /// Answers the same question about many resources, in order. An implementation may decide for
    /// all of them together instead of one at a time.
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

/// Allows everything: for programs that run with the rights of the user who started them, and for
/// tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unrestricted;

impl Policy for Unrestricted {
    fn decide(&self, _: &Question<'_>) -> Decision {
        Decision::Allowed
    }
}
