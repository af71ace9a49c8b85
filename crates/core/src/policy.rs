//! Authorisation: who may read and change what.
//!
//! The core asks a [`Policy`], which is implemented elsewhere. The phases and roles of the
//! framework are passed along as data; they do not decide anything by themselves.

use crate::actor::Actor;
use crate::body::{Body, BodyIndex, BodyKind, Organisations};
use crate::framework::{Framework, Phase};
use crate::record::{Method, RecordGroup, RecordKind};
use jiff::civil::Date;

/// The object of an act. Fields that do not apply are `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resource<'a> {
    /// Identifier of the cycle.
    pub cycle: Option<&'a str>,
    /// The framework of the cycle, with its phases, roles and acts.
    pub framework: Option<&'a Framework>,
    /// The phase in which the body is, or the cycle as a whole.
    pub phase: Option<&'a Phase>,
    /// Whether somebody has opened a phase of the cycle: roles and phases then decide who sees what.
    pub is_governed: bool,
    /// The body concerned.
    pub body: Option<&'a Body>,
    /// Code of the body's cluster on the day of the cycle.
    pub cluster: Option<&'a str>,
    /// Code of the SHA of the body's region.
    pub sha: Option<&'a str>,
    /// The method of a judgement, or of a challenged value.
    pub method: Option<Method>,
    /// Identifier of the approval that is given or withdrawn.
    pub approval: Option<&'a str>,
    /// Set if a record is withdrawn: its kind, and whether the role of whoever asks enters such records.
    pub withdrawn: Option<WithdrawnRecord>,
    /// The kind of the records on the body that are read; `None` if it is about the body as such.
    pub record: Option<RecordKind>,
    /// Whether only the rationale of judgements is read, and not their values.
    pub rationale_only: bool,
    /// Set if the record that is read or entered is a person's own record.
    pub personal: Option<PersonalRecord>,
    /// Set if a message about the body is read: identifier of the role that it is for.
    pub recipient: Option<&'a str>,
    /// Whether the results of the body are released to the role of whoever asks.
    pub is_released: bool,
    /// Whether those of any body of the cycle are.
    pub has_releases: bool,
    /// Where the body is: its tables, its position in them, and the day of the memberships.
    pub place: Option<(&'a Organisations, BodyIndex, Date)>,
}

/// What is known of a record that is withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawnRecord {
    /// The act by which such records are entered.
    pub act: &'static str,
    /// Whether the framework opens this act to the role of whoever asks, in some phase.
    pub is_of_own_role: bool,
}

/// What is known of a person's own record, such as a score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonalRecord {
    /// Whether it belongs to whoever asks.
    pub is_own: bool,
    /// Whether whoever asks has given a score on the same subject of the same body.
    pub asker_has_scored: bool,
    /// Whether the panel has recorded its value for that subject.
    pub panel_has_agreed: bool,
}

impl<'a> Resource<'a> {
    /// The word for the rationale of judgements whose values are hidden.
    pub const RATIONALE: &'static str = "rationale";

    /// Codes of the bodies below the body: the PCTs of a cluster, those who delegate to a function,
    /// everything in the region of an SHA. Sorted; empty for a PCT.
    pub fn members(&self) -> Vec<&'a str> {
        let Some((organisations, body, day)) = self.place else {
            return Vec::new();
        };
        let code = |body| organisations.body(body).code.as_str();
        let mut members: Vec<&str> = match organisations.body(body).kind {
            BodyKind::Pct => Vec::new(),
            BodyKind::Cluster => organisations.members_of(body, day).map(code).collect(),
            BodyKind::Function => organisations.delegators_of(body, day).map(code).collect(),
            BodyKind::Sha => {
                let each = organisations.each().map(|(other, _)| other);
                let below = each
                    .filter(|other| *other != body && organisations.sha_of(*other) == Some(body));
                below.map(code).collect()
            }
        };
        members.sort_unstable();
        members
    }

    /// The word for the records that are read: their method, or the name of their kind.
    pub fn records(&self) -> Option<&'static str> {
        let (kind, method) = (self.record?, self.method);
        if self.rationale_only {
            return Some(Self::RATIONALE);
        }
        Some(RecordGroup { kind, method }.name())
    }

    /// A group of records on the body of this resource.
    #[must_use]
    pub fn with_records(self, group: RecordGroup) -> Resource<'a> {
        Resource {
            record: Some(group.kind),
            method: group.method,
            ..self
        }
    }

    /// The rationale of these judgements without their values.
    #[must_use]
    pub fn with_rationale_only(self) -> Resource<'a> {
        Resource {
            rationale_only: true,
            ..self
        }
    }

    /// This resource with a body as of a day, including the body's cluster and SHA. A body in a
    /// cycle is in the phase that [`CycleProgress`](crate::progress::CycleProgress) gives.
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
            place: Some((organisations, index, day)),
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
/// The act of reading a message for people about a body that the actor may read, and what has become of it.
pub const READ_MESSAGE: &str = "read-message";

/// Every reading act.
pub const READING_ACTS: [&str; 4] = [READ, READ_DOCUMENT, READ_PERSON, READ_MESSAGE];

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
/// The act of opening a phase of a cycle.
pub const OPEN_PHASE: &str = "open-phase";
/// The act of withdrawing an entry.
pub const WITHDRAW: &str = "withdraw";
/// The act of withdrawing an approval, which reopens what it froze.
pub const WITHDRAW_APPROVAL: &str = "withdraw-approval";

/// The act of opening a survey about a body, or moving its last day.
pub const OPEN_SURVEY: &str = "open-survey";
/// The act of inviting people to a survey.
pub const INVITE_TO_SURVEY: &str = "invite-to-survey";
/// The act of listing who was invited to a survey and has not answered.
pub const REMIND_OF_SURVEY: &str = "remind-of-survey";
/// The act of adding answers that were collected elsewhere to a survey.
pub const IMPORT_SURVEY_ANSWERS: &str = "import-survey-answers";
/// The act of giving a survey up, without results.
pub const DISCARD_SURVEY: &str = "discard-survey";
/// The act of closing a survey. Its results are entered as survey results, which is an act of its own.
pub const CLOSE_SURVEY: &str = "close-survey";
/// The act of following a survey: its questionnaire, its response rates, and its results once it is
/// closed.
pub const FOLLOW_SURVEY: &str = "follow-survey";

/// The acts of those who run surveys, which are outside the ledger.
pub const SURVEY_ACTS: [&str; 7] = [
    OPEN_SURVEY,
    INVITE_TO_SURVEY,
    REMIND_OF_SURVEY,
    IMPORT_SURVEY_ANSWERS,
    CLOSE_SURVEY,
    DISCARD_SURVEY,
    FOLLOW_SURVEY,
];

/// The act of having a message for people sent again to those whom it has not reached.
pub const SEND_MESSAGE_AGAIN: &str = "send-message-again";

/// The act of making and changing the accounts and tokens of people who are no operators.
pub const ADMINISTER_ACCOUNTS: &str = "administer-accounts";
/// The act of making and changing those of operators, and making somebody one.
pub const ADMINISTER_OPERATORS: &str = "administer-operators";

/// Every act that changes something, and those on surveys, messages and accounts, as named in policies and frameworks. Each
/// kind of record declares its own act.
pub fn acts() -> impl Iterator<Item = &'static str> {
    let records = RecordKind::ALL.iter().map(|kind| kind.act());
    let setup_acts = [ENTER_FRAMEWORK, ENTER_BODIES, OPEN_CYCLE, REBASE_CYCLE];
    let withdrawals = [WITHDRAW, WITHDRAW_APPROVAL];
    let entering = setup_acts.into_iter().chain(records).chain(withdrawals);
    let beside_the_ledger = SURVEY_ACTS.into_iter();
    entering.chain(beside_the_ledger.chain([
        SEND_MESSAGE_AGAIN,
        ADMINISTER_ACCOUNTS,
        ADMINISTER_OPERATORS,
    ]))
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
