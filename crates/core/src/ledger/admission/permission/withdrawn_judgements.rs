//! Judgements that were withdrawn, as an actor may see them.

use super::Permission;
use crate::record::{JudgementDetails, JudgementFact};

/// A judgement that was withdrawn: no other took its place.
#[derive(Clone, Debug, PartialEq)]
pub struct WithdrawnJudgement {
    /// Identifier of its cycle.
    pub cycle: Box<str>,
    /// The entry that recorded it.
    pub entry: u32,
    /// The judgement, without the evidence that it cited: whether the actor may see that is another question.
    pub judgement: JudgementFact,
    /// The entry that withdrew it.
    pub withdrawal: u32,
    /// Why it was withdrawn.
    pub reason: Box<str>,
}

impl Permission<'_> {
    /// The withdrawn judgements that the actor would see today if they were current, in the order of the
    /// withdrawals.
    pub fn withdrawn_judgements(&self) -> Vec<WithdrawnJudgement> {
        let withdrawn = self.state.withdrawn_judgements();
        let shown = withdrawn.filter(|(entry, _, _)| self.shows_entry(*entry));
        shown
            .filter_map(|(entry, withdrawal, reason)| {
                let (cycle, _) = self.state.about(entry)?;
                let fact = cycle.judgement_fact(entry)?;
                Some(WithdrawnJudgement {
                    cycle: cycle.id.clone(),
                    entry,
                    judgement: JudgementFact {
                        details: JudgementDetails {
                            evidence: Vec::new(),
                            ..fact.details
                        },
                        ..fact
                    },
                    withdrawal,
                    reason: reason.into(),
                })
            })
            .collect()
    }
}
