//! What only members of a panel may say: their interests, and scores, which they give once, before the
//! panel agrees.

use super::contradictions::NewEntries;
use crate::body::BodyIndex;
use crate::cycle::CycleError;
use crate::record::{Method, RecordId, RecordType, RuleViolation, Score, newer_than};

impl NewEntries<'_> {
    /// The interests and scores among the new entries that are refused, each with the reason.
    pub(super) fn refused_panel_records(&self) -> Vec<CycleError> {
        let after = RecordId(self.after);
        let records = self.opened.records();
        let interests = newer_than(&records.interests, after).iter();
        let interests = interests.filter_map(|declared| {
            let broken = self.not_a_member("person", declared.body, &declared.person)?;
            Some((declared.record, broken))
        });
        let scores = newer_than(&records.scores, after).iter();
        let scores = scores.filter_map(|score| Some((score.record, self.refused_score(score)?)));
        let refused = interests.chain(scores);
        refused
            .map(|(record, broken)| CycleError::rule_broken(record, broken))
            .collect()
    }

    pub(super) fn name(&self, body: BodyIndex) -> String {
        self.opened.organisations().body(body).name_and_code()
    }

    fn not_a_member(
        &self,
        field: &'static str,
        body: BodyIndex,
        person: &str,
    ) -> Option<RuleViolation> {
        let mut members = self.opened.records().panel_members.iter();
        let is_member = members.any(|member| {
            member.body == body && *member.person == *person && self.stands(member.record)
        });
        if is_member {
            return None;
        }
        let message = format!(
            "`{}` is not a member of the panel of {}: they must be appointed to it first",
            crate::text::visible(person),
            self.name(body)
        );
        Some(RuleViolation::new("member-of-panel", field, message))
    }

    fn refused_score(&self, score: &Score) -> Option<RuleViolation> {
        self.not_a_member("member", score.body, &score.member)
            .or_else(|| self.interests_not_declared(score))
            .or_else(|| self.already_agreed(score))
            .or_else(|| self.seen_other_scores(score))
    }

    fn interests_not_declared(&self, score: &Score) -> Option<RuleViolation> {
        let mut declared = self.opened.records().interests.iter();
        let has_declared = declared.any(|declared| {
            declared.body == score.body
                && declared.person == score.member
                && self.stands(declared.record)
        });
        if has_declared {
            return None;
        }
        let message = format!(
            "`{}` has not declared any interests in {}: a member does so before they score, even if \
             there is nothing to declare",
            crate::text::visible(&score.member),
            self.name(score.body)
        );
        Some(RuleViolation::new("interests-declared", "member", message))
    }

    /// Refuses a score after the panel's value, by which it could be influenced, also if that was
    /// withdrawn since: whoever read it has read the scores of the others too.
    fn already_agreed(&self, score: &Score) -> Option<RuleViolation> {
        let mut judgements = self.opened.records().judgements.iter();
        judgements.find(|judgement| {
            judgement.method == Method::Panel
                && judgement.body == score.body
                && judgement.subject == score.subject
                && judgement.record < score.record
        })?;
        let framework = &self.cycle.framework;
        let message = format!(
            "the {} of `{}` was recorded before, for {}, so scores on it are closed",
            framework.methods.title(Method::Panel),
            score.subject.id(framework),
            self.name(score.body)
        );
        Some(RuleViolation::new(
            "score-before-agreement",
            "measure",
            message,
        ))
    }

    /// Refuses to change a score once the member has seen those of others: they see them from their
    /// first score on.
    fn seen_other_scores(&self, score: &Score) -> Option<RuleViolation> {
        let key = score.key();
        let scores = &self.opened.records().scores;
        let on_subject = || {
            let others = scores.iter();
            others.filter(|other| other.body == score.body && other.subject == score.subject)
        };
        // Also if it was withdrawn since.
        let mut earlier = on_subject();
        earlier.find(|own| own.key() == key && own.record < score.record)?;
        let mut others = on_subject();
        others.find(|other| other.member != score.member)?;
        let framework = &self.cycle.framework;
        let message = format!(
            "your score on `{}` of {} cannot be changed: others have scored, and you can see their scores. \
             The panel's value may differ from it",
            score.subject.id(framework),
            self.name(score.body)
        );
        Some(RuleViolation::new("first-score-stays", "value", message))
    }
}
