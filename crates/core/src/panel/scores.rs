//! The scores that members of a panel gave before it agreed, beside the value on which it agreed.

use crate::body::BodyIndex;
use crate::calibration::Share;
use crate::cycle::CheckedCycle;
use crate::record::{Method, Score, Subject};
use crate::scale::{Scale, Step, Values};

/// The scores on one measure or component of a body.
#[derive(Clone, Debug)]
pub struct MemberScores<'a> {
    scale: &'a Scale,
    /// The scores, in the order in which they were given.
    pub scores: &'a [Score],
    /// The value on which the panel agreed, if it is known.
    pub agreed: Option<Step>,
}

impl<'a> MemberScores<'a> {
    /// The scores on the first of some bodies that has any: on a body itself, or on its group. `None`
    /// if there is none.
    pub fn of(
        cycle: &'a CheckedCycle,
        bodies: impl IntoIterator<Item = BodyIndex>,
        subject: Subject,
    ) -> Option<MemberScores<'a>> {
        let found = bodies.into_iter().find_map(|body| {
            let scores = scores_on(cycle, body, subject);
            (!scores.is_empty()).then_some((body, scores))
        });
        let (body, scores) = found?;
        let judgements = cycle.judgements_on(body, subject, Method::Panel);
        Some(MemberScores {
            scale: subject.scale(&cycle.framework),
            scores,
            agreed: judgements.iter().find_map(|judgement| judgement.value),
        })
    }

    /// How many levels a score is above the agreed value, or below it if negative. `None` if there is
    /// no agreed value, or if the scale has numbers, which are no levels.
    pub fn above_agreed(&self, score: &Score) -> Option<i32> {
        let agreed = self.agreed.filter(|_| self.has_levels())?;
        Some(i32::from(score.value.position()) - i32::from(agreed.position()))
    }

    /// How many levels the highest score is above the lowest; `None` if the scale has numbers.
    pub fn spread(&self) -> Option<u16> {
        let positions = || self.scores.iter().map(|score| score.value.position());
        let (lowest, highest) = (positions().min()?, positions().max()?);
        self.has_levels().then_some(highest - lowest)
    }

    /// The scores that are at most one level from the agreed value, of all; `None` if there is no
    /// agreed value, or if the scale has numbers.
    pub fn within_one(&self) -> Option<Share> {
        let mut share = Share::default();
        for score in self.scores {
            let difference = self.above_agreed(score)?;
            share.of += 1;
            share.count += u32::from(difference.abs() <= 1);
        }
        Some(share)
    }

    fn has_levels(&self) -> bool {
        matches!(self.scale.values, Values::Steps(_))
    }
}

/// The scores on a subject of a body, in the order in which they were given.
pub(crate) fn scores_on(cycle: &CheckedCycle, body: BodyIndex, subject: Subject) -> &[Score] {
    let scores = &cycle.records.scores;
    let key = |score: &Score| (score.body, score.subject);
    let from = scores.partition_point(|score| key(score) < (body, subject));
    let until = scores.partition_point(|score| key(score) <= (body, subject));
    scores.get(from..until).unwrap_or_default()
}
