//! Messages for people: what happened in a cycle, and what is due, said to those whom it concerns.
//!
//! Pure: what an entry says to whom follows from the entry and the cycle; what is due follows from the
//! cycle and the day. A message names titles, bodies, cycles and days, and nothing of what was assessed. It
//! is identified by a digest of what it follows from and whom it is for, so it is made once however often
//! it is derived.

use crate::actor::Actor;
use crate::body::BodyIndex;
use crate::cycle::{CheckedCycle, Cycle};
use crate::due::{ChallengedValue, DutyKind, duties_of};
use crate::framework::{Framework, Role};
use crate::output::Assurance;
use crate::policy::WITHDRAW_APPROVAL;
use crate::record::{Method, RecordFact, RecordKind};
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageKind {
    /// A phase was opened.
    PhaseOpened,
    /// A draft report can be checked for facts.
    CheckOfFacts,
    /// An approval was given.
    Approved,
    /// The next approval can be given.
    ApprovalAsked,
    /// An approval was withdrawn.
    ApprovalWithdrawn,
    /// Somebody was appointed to a panel.
    PanelInvitation,
    /// A panel day was set.
    PanelDay,
    /// A comment on a draft report waits for a reply.
    CommentToReply,
    /// A comment on a draft report was replied to.
    Replied,
    /// Results were released.
    Released,
    /// A challenge waits for an answer.
    Challenge,
    /// A day comes near on which something is due.
    DeadlineNear,
    /// A day has passed on which something was due.
    DeadlinePassed,
}

impl MessageKind {
    /// All of them.
    pub const ALL: [MessageKind; 13] = [
        MessageKind::PhaseOpened,
        MessageKind::CheckOfFacts,
        MessageKind::Approved,
        MessageKind::ApprovalAsked,
        MessageKind::ApprovalWithdrawn,
        MessageKind::PanelInvitation,
        MessageKind::PanelDay,
        MessageKind::CommentToReply,
        MessageKind::Replied,
        MessageKind::Released,
        MessageKind::Challenge,
        MessageKind::DeadlineNear,
        MessageKind::DeadlinePassed,
    ];

    /// Its name: `phase-opened`.
    pub fn name(self) -> &'static str {
        match self {
            MessageKind::PhaseOpened => "phase-opened",
            MessageKind::CheckOfFacts => "check-of-facts",
            MessageKind::Approved => "approved",
            MessageKind::ApprovalAsked => "approval-asked",
            MessageKind::ApprovalWithdrawn => "approval-withdrawn",
            MessageKind::PanelInvitation => "panel-invitation",
            MessageKind::PanelDay => "panel-day",
            MessageKind::CommentToReply => "comment-to-reply",
            MessageKind::Replied => "replied",
            MessageKind::Released => "released",
            MessageKind::Challenge => "challenge",
            MessageKind::DeadlineNear => "deadline-near",
            MessageKind::DeadlinePassed => "deadline-passed",
        }
    }

    /// The kind with a name.
    pub fn named(name: &str) -> Option<MessageKind> {
        let mut kinds = MessageKind::ALL.into_iter();
        kinds.find(|kind| kind.name() == name)
    }
}

/// A message for people in a role who act for a body, for one above it or for one below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// A digest of what it follows from and whom it is for. Two messages with the same identifier are one.
    pub id: String,
    /// What it is about.
    pub kind: MessageKind,
    /// Identifier of the role.
    pub role: String,
    /// Code of the body.
    pub body: String,
    /// Identifier of the cycle.
    pub cycle: String,
    /// What happened or is due, in one line.
    pub text: String,
    /// What to open: a path below the address of the server.
    pub target: String,
}

/// The key of a message at an address: a digest of both, by which it is known whether it was sent there. Upper and
/// lower case do not matter.
pub fn recipient_key(message: &Message, address: &str) -> String {
    digest(&format!("{}\n{}", message.id, address.to_ascii_lowercase()))
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Whether a message is one of those that [`messages_of`] makes of an entry. A message about what is due never is.
pub fn follows_from(message: &Message, entry: u32, framework: &Framework) -> bool {
    let source = source_of_entry(entry);
    let is_of = |source: &str| {
        let Message {
            kind,
            role,
            body,
            cycle,
            ..
        } = message;
        identifier(source, *kind, role, body, cycle) == message.id
    };
    match message.kind {
        MessageKind::ApprovalAsked => {
            let mut approvals = framework.approvals.iter();
            approvals.any(|next| is_of(&asking_source(&source, &next.id)))
        }
        _ => is_of(&source),
    }
}

fn source_of_entry(entry: u32) -> String {
    format!("entry {entry}")
}

/// Several approvals may follow on the one that an entry gives.
fn asking_source(source: &str, next: &str) -> String {
    format!("{source} asks for {next}")
}

/// The identifier of a message. What it follows from may be confidential, so only a digest of it is kept.
fn identifier(source: &str, kind: MessageKind, role: &str, body: &str, cycle: &str) -> String {
    digest(&[source, kind.name(), role, body, cycle].join("\n"))
}

/// How many days before its day something that is due is announced.
const DAYS_BEFORE: i64 = 7;

/// The messages that follow from an entry that records something in a cycle. `withdrawn` is the record
/// that the entry withdraws, if it withdraws one. The cycle is the one after the entry.
pub fn messages_of(
    entry: u32,
    recorded: Option<&RecordFact>,
    withdrawn: Option<&RecordFact>,
    cycle: &Cycle,
) -> Vec<Message> {
    let mut post = Post::new(cycle, source_of_entry(entry));
    if let Some(RecordFact::Approval(approval)) = withdrawn {
        let framework = &cycle.framework;
        let title = approval_title(framework, &approval.approval);
        let concerned = roles_of_approval(framework, &approval.approval);
        for role in concerned {
            let what = format!("{title} was withdrawn");
            post.send(MessageKind::ApprovalWithdrawn, role, &approval.body, &what);
        }
    }
    if let Some(record) = recorded {
        of_record(record, &mut post);
    }
    post.messages
}

fn of_record(record: &RecordFact, post: &mut Post<'_>) {
    let framework = &post.cycle.framework;
    match record {
        RecordFact::Phase(opened) => {
            let Some(phase) = framework
                .phases
                .iter()
                .find(|phase| phase.id == *opened.phase)
            else {
                return;
            };
            for role in &framework.roles {
                if phase.acts_of(&role.id).next().is_none() {
                    continue;
                }
                let what = format!("the phase \"{}\" was opened", phase.title);
                post.send(MessageKind::PhaseOpened, role, &opened.body, &what);
                if phase
                    .acts_of(&role.id)
                    .any(|act| act == RecordKind::FactComment.act())
                {
                    let what = "the draft of the report can be checked for facts";
                    post.send(MessageKind::CheckOfFacts, role, &opened.body, what);
                }
            }
        }
        RecordFact::Approval(approval) => {
            let title = approval_title(framework, &approval.approval);
            for role in roles_of_approval(framework, &approval.approval) {
                let what = format!("{title}: given");
                post.send(MessageKind::Approved, role, &approval.body, &what);
            }
            let next = framework.approvals.iter();
            let next = next.filter(|next| next.after.as_deref() == Some(&*approval.approval));
            for next in next {
                let mut asked = post.with_source(asking_source(&post.source, &next.id));
                for role in framework.roles_approving(&next.id) {
                    let what = format!("{}: can be given", next.title);
                    asked.send(MessageKind::ApprovalAsked, role, &approval.body, &what);
                }
                post.messages.append(&mut asked.messages);
            }
        }
        RecordFact::Release(release) => {
            for role in &framework.roles {
                if release
                    .to
                    .iter()
                    .any(|to| **to == *role.id || &**to == Actor::PUBLIC)
                {
                    let what = format!("results are released from {}", release.from);
                    post.send(MessageKind::Released, role, &release.body, &what);
                }
            }
        }
        RecordFact::PanelMember(member) => {
            let act = RecordKind::InterestDeclaration.act();
            let what = format!("{} was appointed to the panel", member.name);
            post.send_to(MessageKind::PanelInvitation, act, &member.body, &what);
        }
        RecordFact::PanelDay(day) => {
            let what = format!("the panel meets on {}", day.date);
            post.send_to(
                MessageKind::PanelDay,
                RecordKind::Score.act(),
                &day.body,
                &what,
            );
            let reviewed = framework.roles.iter();
            let reviewed = reviewed.filter(|role| role.methods.contains(&Method::SelfAssessment));
            for role in reviewed {
                post.send(MessageKind::PanelDay, role, &day.body, &what);
            }
        }
        RecordFact::FactComment(comment) => {
            let act = RecordKind::FactReply.act();
            let what = "a comment on the draft of the report waits for a reply";
            post.send_to(MessageKind::CommentToReply, act, &comment.body, what);
        }
        RecordFact::FactReply(reply) => {
            let act = RecordKind::FactComment.act();
            let what = "a comment on the draft of the report was replied to";
            post.send_to(MessageKind::Replied, act, &reply.body, what);
        }
        _ => {}
    }
}

/// The messages about what is due in a cycle as of a day: for each role, body, kind of duty and day by which it is due
/// one a week before and one once it is late; and one for each challenge that waits for an answer. What was late already on
/// the day on which messages began, `began`, is not announced; what has come since is, however late it comes.
pub fn messages_due(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    began: Date,
    today: Date,
) -> Vec<Message> {
    let soon = today.checked_add(within()).unwrap_or(today);
    let mut messages = Vec::new();
    for role in &cycle.framework.roles {
        let actor = Actor {
            person: role.id.as_str().into(),
            role: role.id.as_str().into(),
            body: None,
            cycle: None,
        };
        let mut by_day: BTreeMap<(BodyIndex, DutyKind, Date, bool), usize> = BTreeMap::new();
        for duty in duties_of(cycle, assurance, &actor, today) {
            if let Some(by) = duty.by.filter(|by| began <= *by && *by <= soon) {
                let key = (duty.body, duty.kind, by, duty.is_late);
                *by_day.entry(key).or_default() += 1;
            }
            if let Some(challenged) = duty.challenged {
                let mut post = Post::new(cycle, source_of(&cycle.framework, challenged));
                let body = &cycle.organisations.body(duty.body).code;
                let what = "a challenge waits for an answer";
                post.send(MessageKind::Challenge, role, body, what);
                messages.append(&mut post.messages);
            }
        }
        for ((body, kind, by, is_late), count) in by_day {
            let mut post = Post::new(cycle, format!("{kind:?} by {by}"));
            let (message, when) = match is_late {
                true => (MessageKind::DeadlinePassed, "was due"),
                false => (MessageKind::DeadlineNear, "is due"),
            };
            let what = what_is_due(kind);
            let count = if count > 1 {
                format!(" ({count})")
            } else {
                String::new()
            };
            let what = format!("{what}{count} {when} by {by}");
            let body = &cycle.organisations.body(body).code;
            post.send(message, role, body, &what);
            messages.append(&mut post.messages);
        }
    }
    messages
}

/// What the message about a challenge follows from: the challenged value, whatever words are said of it.
fn source_of(framework: &Framework, challenged: ChallengedValue) -> String {
    let judgement = challenged.judgement.map_or(0, |record| record.0);
    let measure = &framework.measure(challenged.measure).id;
    let method = framework.methods.id(challenged.method);
    format!("challenge to {judgement} on {measure} by {method}")
}

fn within() -> Span {
    DAYS_BEFORE.days()
}

fn what_is_due(kind: DutyKind) -> &'static str {
    match kind {
        DutyKind::Judge => "an assessment",
        DutyKind::AnswerChallenge => "an answer to a challenge",
        DutyKind::Approve => "an approval",
        DutyKind::RenewEvidence => "evidence to renew",
        DutyKind::OpenPhase => "the opening of a phase",
        DutyKind::AllocateLead => "the allocation of a lead",
        DutyKind::FilePlan => "a plan",
        DutyKind::FinishAction => "an action",
        DutyKind::ChooseSupport => "a choice of support",
        DutyKind::AppointPanel => "the appointment of a panel",
        DutyKind::PlanPanelDay => "the date of a panel day",
        DutyKind::DeclareInterests => "a declaration of interests",
        DutyKind::ReplyToComment => "a reply to a comment",
        DutyKind::ConfirmCarried => "what was carried from the year before",
    }
}

/// Those whom an approval concerns: who gives it, and who may withdraw it.
fn roles_of_approval<'a>(framework: &'a Framework, id: &'a str) -> impl Iterator<Item = &'a Role> {
    let roles = framework.roles.iter();
    roles.filter(move |role| {
        let withdraws = role.acts.iter().any(|act| act == WITHDRAW_APPROVAL);
        role.approvals.iter().any(|approval| approval == id)
            && (withdraws
                || framework
                    .roles_approving(id)
                    .any(|other| other.id == role.id))
    })
}

fn approval_title(framework: &Framework, id: &str) -> String {
    let mut approvals = framework.approvals.iter();
    let found = approvals.find(|approval| approval.id == id);
    found.map_or_else(|| id.to_owned(), |approval| approval.title.clone())
}

/// Messages that follow from one source.
struct Post<'a> {
    cycle: &'a Cycle,
    source: String,
    messages: Vec<Message>,
}

impl<'a> Post<'a> {
    fn new(cycle: &'a Cycle, source: String) -> Post<'a> {
        Post {
            cycle,
            source,
            messages: Vec::new(),
        }
    }

    /// Messages of the same cycle that follow from another source.
    fn with_source(&self, source: String) -> Post<'a> {
        Post::new(self.cycle, source)
    }

    fn send(&mut self, kind: MessageKind, role: &Role, body: &str, what: &str) {
        let cycle = self.cycle;
        let found = cycle.organisations.find(body);
        let name = found.map_or_else(
            || body.to_owned(),
            |found| cycle.organisations.body(found).name_and_code(),
        );
        let id = identifier(&self.source, kind, &role.id, body, &cycle.id);
        self.messages.push(Message {
            id,
            kind,
            role: role.id.clone(),
            body: body.to_owned(),
            cycle: cycle.id.clone(),
            text: format!("{name}, {}: {what}", cycle.title),
            target: format!("/cycles/{}/bodies/{body}", cycle.id),
        });
    }

    /// Sends a message to each role to which an act is open in any phase.
    fn send_to(&mut self, kind: MessageKind, act: &str, body: &str, what: &str) {
        let framework = std::sync::Arc::clone(&self.cycle.framework);
        for role in &framework.roles {
            let mut phases = framework.phases.iter();
            let in_phase = phases.any(|phase| phase.acts_of(&role.id).any(|open| open == act));
            if in_phase || role.acts.iter().any(|open| open == act) {
                self.send(kind, role, body, what);
            }
        }
    }
}
