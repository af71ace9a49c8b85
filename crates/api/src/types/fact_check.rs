//! `FactComment`: the check of facts in the draft of a report.

use super::body::Body;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::output::Output;
use crate::project::leaves::Id;
use crate::project::object;
use std::borrow::Cow;
use wcc_core::record;

/// A comment on the draft of a report.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FactComment<'a> {
    cycle: Cycle<'a>,
    data: &'a record::FactComment,
}

impl<'a> FactComment<'a> {
    /// The comments on the report of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = FactComment<'a>> {
        let cycle = output.cycle;
        let comments = cycle.assured.cycle.records.fact_comments.iter();
        let comments = comments.filter(move |comment| output.has(comment.body));
        comments.map(move |data| FactComment { cycle, data })
    }

    fn about(&self) -> impl Iterator<Item = Cow<'a, str>> {
        let framework = &self.cycle.assured.cycle.framework;
        let about = self.data.about.iter();
        about.map(move |topic| topic.code(framework))
    }

    fn reply(&self) -> Option<FactReply<'a>> {
        let cycle = self.cycle;
        let mut replies = cycle.assured.cycle.records.fact_replies.iter();
        let data = replies.find(|reply| reply.comment == self.data.id)?;
        Some(FactReply { cycle, data })
    }
}

object! {
    /// What a body says about a fact in the draft of its report.
    FactComment<'a> as "FactComment" => |comment| {
        /// Identifier within the cycle.
        code: Id<'a> = Id(&comment.data.id);
        /// The body whose report it is.
        body: Body<'a> = Body::of(comment.cycle.body_view(comment.data.body));
        /// Identifiers of the measures and components that it is about; `outcomes`, or `outcome:` and an
        /// identifier, for health outcomes. Empty if it is about the whole.
        about: [Cow<'a, str>; 1] = comment.about();
        /// The words of the draft that it is about.
        quoted: Option<&'a str> = comment.data.quoted.as_deref();
        /// What is wrong, and what is right instead.
        comment: &'a str = &*comment.data.comment;
        /// What the panel replied; null if it has not replied yet.
        reply: Option<FactReply<'a>> = comment.reply();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read from
        /// a file.
        entry: Option<i32> = comment.cycle.entry(comment.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = comment.cycle.entered_by(comment.data);
    }
}

/// A reply to a comment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FactReply<'a> {
    cycle: Cycle<'a>,
    data: &'a record::FactReply,
}

object! {
    /// What the panel replied to a comment on the draft of a report.
    FactReply<'a> as "FactReply" => |reply| {
        /// Whether the panel accepts the comment.
        accepted: bool = reply.data.accepted;
        /// What was changed, or why nothing is.
        reason: &'a str = &*reply.data.reason;
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read from
        /// a file.
        entry: Option<i32> = reply.cycle.entry(reply.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = reply.cycle.entered_by(reply.data);
    }
}
