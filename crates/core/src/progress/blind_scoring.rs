//! Blind scoring: what a member of a panel has scored, and on what panels have agreed.

use crate::body::{BodyIndex, Organisations};
use crate::cycle::Cycle;
use crate::policy::PersonalRecord;
use crate::record::{Method, RecordId, Records, Score, Subject};
use std::collections::BTreeSet;

/// What somebody has scored, and on what panels have agreed: policies decide by this who sees the
/// scores of others.
#[derive(Clone, Debug, Default)]
pub struct BlindScoring {
    given: BTreeSet<(BodyIndex, Subject)>,
    agreed: BTreeSet<(BodyIndex, Subject)>,
}

impl BlindScoring {
    /// Reads the current records of a cycle. `counts` says which records are current.
    pub fn of(records: &Records, counts: &dyn Fn(RecordId) -> bool, person: &str) -> BlindScoring {
        let scores = records.scores.iter();
        let scored: BTreeSet<_> = scores.map(|score| (score.body, score.subject)).collect();
        if scored.is_empty() {
            return BlindScoring::default();
        }
        let own = records.scores.iter();
        let own = own.filter(|score| *score.member == *person && counts(score.record));
        let agreed = records.judgements.iter().filter(|judgement| {
            judgement.method == Method::Panel
                && scored.contains(&(judgement.body, judgement.subject))
                && counts(judgement.record)
        });
        BlindScoring {
            given: own.map(|score| (score.body, score.subject)).collect(),
            agreed: agreed
                .map(|judgement| (judgement.body, judgement.subject))
                .collect(),
        }
    }

    /// The same for a cycle whose records are all current, in the positions of other tables of
    /// bodies.
    pub fn of_cycle(now: &Cycle, person: &str, tables: &Organisations) -> BlindScoring {
        let scoring = BlindScoring::of(&now.records, &|_| true, person);
        scoring.moved(&now.organisations, tables)
    }

    /// The same in the positions of other tables of bodies, without the bodies that these lack.
    #[must_use]
    pub fn moved(self, from: &Organisations, to: &Organisations) -> BlindScoring {
        if std::ptr::eq(from, to) {
            return self;
        }
        let moved = |subjects: BTreeSet<(BodyIndex, Subject)>| {
            let moved = subjects.into_iter().filter_map(|(body, subject)| {
                let body = to.find(&from.body(body).code)?;
                Some((body, subject))
            });
            moved.collect()
        };
        BlindScoring {
            given: moved(self.given),
            agreed: moved(self.agreed),
        }
    }

    /// What a policy is told of a score on a subject of a body.
    pub fn personal_record(
        &self,
        body: BodyIndex,
        subject: Subject,
        is_own: bool,
    ) -> PersonalRecord {
        PersonalRecord {
            is_own,
            asker_has_scored: self.given.contains(&(body, subject)),
            panel_has_agreed: self.agreed.contains(&(body, subject)),
        }
    }
}

/// The scores of a cycle, and what decides who sees them.
#[derive(Clone, Copy, Debug)]
pub struct ScoresOfCycle<'a> {
    /// The scores.
    pub scores: &'a [Score],
    /// What whoever asks has scored, in the positions of the tables of the scores.
    pub scoring: &'a BlindScoring,
}
