//! The check of facts: a reply is to a comment, and a comment that has a reply stays as it is.

use super::contradictions::NewEntries;
use crate::cycle::CycleError;
use crate::record::{FactComment, FactReply, RecordId, RuleViolation, newer_than};

impl NewEntries<'_> {
    /// The comments and replies among the new entries that are refused, each with the reason.
    pub(super) fn refused_fact_check(&self) -> Vec<CycleError> {
        let after = RecordId(self.after);
        let records = self.opened.records();
        let comments = newer_than(&records.fact_comments, after).iter();
        let comments =
            comments.filter_map(|comment| Some((comment.record, self.has_reply(comment)?)));
        let replies = newer_than(&records.fact_replies, after).iter();
        let replies =
            replies.filter_map(|reply| Some((reply.record, self.replies_to_none(reply)?)));
        comments
            .chain(replies)
            .chain(self.withdrawals_of_comments())
            .map(|(record, broken)| CycleError::rule_broken(record, broken))
            .collect()
    }

    /// Refuses to withdraw a comment to which there is a reply, which would then reply to nothing.
    fn withdrawals_of_comments(&self) -> impl Iterator<Item = (RecordId, RuleViolation)> {
        let new = self.after.saturating_add(1)..=self.state.last();
        new.filter_map(|entry| {
            let withdrawn = self.state.superseded_by_entry(entry)?;
            let records = self.opened.records();
            let mut comments = records.fact_comments.iter();
            let comment = comments.find(|comment| comment.record.0 == withdrawn)?;
            // A new wording of a comment supersedes it too.
            if records
                .fact_comments
                .iter()
                .any(|other| other.record.0 == entry)
            {
                return None;
            }
            let mut replies = records.fact_replies.iter();
            replies.find(|reply| reply.comment == comment.id && self.stands(reply.record))?;
            let message = format!(
                "the panel has replied to `{}`, so it stays: withdraw the reply first, or make \
                 another comment",
                comment.id
            );
            let broken = RuleViolation::new("comment-without-reply", "entry", message);
            Some((RecordId(entry), broken))
        })
    }

    /// Refuses to change a comment to which there is a reply, which was to its first wording.
    fn has_reply(&self, comment: &FactComment) -> Option<RuleViolation> {
        let mut replies = self.opened.records().fact_replies.iter();
        replies.find(|reply| {
            reply.comment == comment.id
                && reply.record < comment.record
                && self.stands(reply.record)
        })?;
        let message = format!(
            "the panel has replied to `{}`: make another comment, with an identifier of its own",
            comment.id
        );
        Some(RuleViolation::new("comment-without-reply", "id", message))
    }

    fn replies_to_none(&self, reply: &FactReply) -> Option<RuleViolation> {
        let comments = self.opened.records().fact_comments.iter();
        let known: Vec<&str> = comments
            .filter(|comment| comment.body == reply.body && self.stands(comment.record))
            .map(|comment| &*comment.id)
            .collect();
        if known.contains(&&*reply.comment) {
            return None;
        }
        let message = format!(
            "{} has made no comment `{}` on its draft report",
            self.opened.organisations().body(reply.body).name_and_code(),
            crate::text::visible(&reply.comment)
        );
        let broken = RuleViolation::new("reply-to-comment", "comment", message);
        Some(broken.choosing(&reply.comment, known))
    }
}
