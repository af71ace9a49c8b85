//! `Message`: a message for people, and what has become of it.

use super::body::{Body, BodyView};
use super::count;
use super::cycle::Cycle;
use crate::history::ReadableMessage;
use crate::project::cursor::{After, ListItem, Part, Place};
use crate::project::leaves::Id;
use crate::project::{Failure, connection, enumeration, object};
use jiff::Timestamp;
use wcc_core::outbox::MessageKind;
use wcc_ledger::{MessageState, StoredMessage};

enumeration! {
    /// What a message for people is about.
    MessageKind as "MessageKind" {
        /// A phase was opened.
        PHASE_OPENED = MessageKind::PhaseOpened,
        /// A draft report can be checked for facts.
        CHECK_OF_FACTS = MessageKind::CheckOfFacts,
        /// An approval was given.
        APPROVED = MessageKind::Approved,
        /// The next approval can be given.
        APPROVAL_ASKED = MessageKind::ApprovalAsked,
        /// An approval was withdrawn.
        APPROVAL_WITHDRAWN = MessageKind::ApprovalWithdrawn,
        /// Somebody was appointed to a panel.
        PANEL_INVITATION = MessageKind::PanelInvitation,
        /// A panel day was set.
        PANEL_DAY = MessageKind::PanelDay,
        /// A comment on a draft report waits for a reply.
        COMMENT_TO_REPLY = MessageKind::CommentToReply,
        /// A comment on a draft report was replied to.
        REPLIED = MessageKind::Replied,
        /// Results were released.
        RELEASED = MessageKind::Released,
        /// A challenge waits for an answer.
        CHALLENGE = MessageKind::Challenge,
        /// A day comes near on which something is due.
        DEADLINE_NEAR = MessageKind::DeadlineNear,
        /// A day has passed on which something was due.
        DEADLINE_PASSED = MessageKind::DeadlinePassed,
    }
}

enumeration! {
    /// Whether a message has reached its recipients.
    MessageState as "MessageState" {
        /// It is to be sent.
        WAITING = MessageState::Waiting,
        /// It was sent to at least one recipient, and is not tried again.
        SENT = MessageState::Sent,
        /// It reached nobody, and is not tried again.
        FAILED = MessageState::Failed,
        /// It is not sent, for example because it is no longer due.
        NOT_SENT = MessageState::NotSent,
    }
}

/// A message for people.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    cycle: Cycle<'a>,
    data: &'a StoredMessage,
    can_be_sent_again: bool,
}

impl<'a> Message<'a> {
    /// A message about a body of a cycle.
    pub(crate) fn new(cycle: Cycle<'a>, message: &'a ReadableMessage) -> Message<'a> {
        Message {
            cycle,
            data: &message.stored,
            can_be_sent_again: message.can_be_sent_again,
        }
    }
}

impl ListItem for Message<'_> {
    /// Newest first.
    fn place(&self) -> Place {
        let age = i64::MAX - self.data.made.as_microsecond();
        Place::of(vec![
            Part::Text(format!("{age:020}")),
            Part::Text(self.data.message.id.clone()),
        ])
    }
}

connection! {
    /// A page of messages, newest first.
    MessageConnection as "MessageConnection", MessageEdge as "MessageEdge" of Message
}

impl<'a> MessageConnection<'a> {
    /// The messages about bodies of a cycle; `None` if they were not read for this answer.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        first: i32,
        after: After<'_>,
    ) -> Result<Option<MessageConnection<'a>>, Failure> {
        let Some(messages) = cycle.picture.live().messages.as_deref() else {
            return Ok(None);
        };
        let of_cycle = messages
            .iter()
            .filter(|message| message.stored.message.cycle == cycle.code());
        let messages = of_cycle.map(|message| Message::new(cycle, message));
        MessageConnection::page(messages, &cycle.list_parent(), first, after).map(Some)
    }
}

object! {
    /// A message for the people in a role who act for a body, for one above it or for one below it. It says
    /// nothing of what was assessed.
    Message<'a> as "Message" => |message| {
        /// Its identifier.
        id: Id<'a> = Id(&message.data.message.id);
        /// What it is about.
        kind: MessageKind = message.data.message.kind;
        /// Identifier of the role that it is for.
        role: Id<'a> = Id(&message.data.message.role);
        /// The body that it is about.
        body: Option<Body<'a>> = {
            let view = BodyView::with_code(message.cycle.picture, &message.data.message.body);
            view.map(Body::of)
        };
        /// What happened or is due, in one line.
        text: &'a str = message.data.message.text.as_str();
        /// What to open: a path below the address of the server.
        target: &'a str = message.data.message.target.as_str();
        /// When it was made.
        madeAt: Timestamp = message.data.made;
        /// Whether it was sent.
        state: MessageState = message.data.state;
        /// To how many people it was sent.
        sentTo: i32 = count(u64::from(message.data.sent_to));
        /// How many addresses refuse it for good.
        refusedBy: i32 = count(u64::from(message.data.refused_by));
        /// How often it was tried, since it was last sent again if it was. Attempts that failed because no message at all
        /// could be sent do not count.
        attempts: i32 = count(u64::from(message.data.attempts));
        /// When it is tried next, if it is waiting.
        nextAttemptAt: Option<Timestamp> = {
            let is_waiting = message.data.state == MessageState::Waiting;
            is_waiting.then_some(message.data.next_attempt)
        };
        /// Why it has not reached everybody, if it has not.
        problem: Option<&'a str> = message.data.problem.as_deref();
        /// When it was last sent again, if it was.
        sentAgainAt: Option<Timestamp> = message.data.sent_again.as_ref().map(|again| again.at);
        /// Who had it sent again; null if you may not see who did something about its body.
        sentAgainBy: Option<&'a str> = {
            let again = message.data.sent_again.as_ref();
            let body = &message.data.message.body;
            let picture = message.cycle.picture;
            let again = again.filter(|_| picture.shows_persons_on(message.cycle.code(), body));
            again.map(|again| again.by.as_str())
        };
        /// Whether you may have it sent again now: it has not reached everybody, and is not tried again by itself.
        canBeSentAgain: bool = message.can_be_sent_again;
    }
}
