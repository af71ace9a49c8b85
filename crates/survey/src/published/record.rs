//! Published results of a question as the figures of a record.

use super::{PublishedFigures, PublishedQuestion, PublishedResults};
use crate::surveys::GroupStatus;
use wcc_core::record::{GroupAnswers, ResponseCount, SurveyFigures, SurveyGroup};

impl PublishedResults {
    /// The figures of a question that enter the ledger with its mean: those that may be shown to
    /// everybody, and nothing else. `None` if the question is not shown, or if a number is beyond
    /// what a record holds.
    pub(crate) fn figures_of(&self, question: &PublishedQuestion) -> Option<SurveyFigures> {
        let overall = answers_of(question.overall.as_ref()?)?;
        let group = |group: &GroupStatus| {
            let mut blocks = question.groups.iter();
            let alone = blocks.find(|block| block.groups.as_slice() == [group.code.as_str()]);
            Some(SurveyGroup {
                code: group.code.as_str().into(),
                title: group.title.as_str().into(),
                response: response([group]),
                shown: match alone {
                    Some(block) => Some(answers_of(block)?),
                    None => None,
                },
            })
        };
        let mut blocks = question.groups.iter();
        let pooled = blocks.find(|block| block.groups.len() > 1);
        Some(SurveyFigures {
            answers: overall.answers,
            spread: Some(overall.spread),
            counts: overall.counts,
            response: response(&self.groups),
            groups: self.groups.iter().map(group).collect::<Option<_>>()?,
            pooled: match pooled {
                Some(block) => Some(answers_of(block)?),
                None => None,
            },
        })
    }
}

/// The figures of a set of answers; `None` if a record cannot hold them.
fn answers_of(figures: &PublishedFigures) -> Option<GroupAnswers> {
    let counts = figures.distribution.iter().copied().map(u32::try_from);
    Some(GroupAnswers {
        answers: u32::try_from(figures.answers).ok()?,
        score: figures.mean.parse().ok()?,
        spread: figures.spread.parse().ok()?,
        counts: counts.collect::<Result<_, _>>().ok()?,
    })
}

/// The numbers of people of several groups.
fn response<'a>(groups: impl IntoIterator<Item = &'a GroupStatus>) -> ResponseCount {
    let (mut invited, mut responded, mut imported) = (0, 0, 0);
    for group in groups {
        invited += group.invited;
        responded += group.answered;
        imported += group.imported;
    }
    let held = |number: u64| u32::try_from(number).ok();
    ResponseCount {
        invited: held(invited),
        responded: held(responded),
        imported: held(imported),
    }
}
