//! The results of a survey: what may be published of a tally.

use super::disclosure::{RespondentCount, blocks};
use super::{Questionnaire, Tally};
use crate::Fraction;

/// The results of a survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyResults {
    /// The number of sheets of each group of the questionnaire.
    pub sheets: Vec<u64>,
    /// The results of each question of the questionnaire.
    pub questions: Vec<QuestionResults>,
}

/// The results of one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionResults {
    /// The figures of everybody who answered; `None` if they are fewer than the minimum.
    pub overall: Option<Figures>,
    /// The figures of groups, or of groups pooled because some of them are too small. Empty if all
    /// groups are one block, whose figures are the overall ones.
    pub groups: Vec<GroupFigures>,
    /// The comments of groups that are shown by themselves.
    pub comments: Vec<GroupComments>,
}

/// The figures of one group or several pooled ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFigures {
    /// Positions of the groups in the questionnaire; several if they are pooled.
    pub groups: Vec<usize>,
    /// Their figures.
    pub figures: Figures,
}

/// The comments of one group on one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupComments {
    /// Position of the group in the questionnaire.
    pub group: usize,
    /// The comments in alphabetical order, so that the order says nothing about who wrote which.
    pub comments: Vec<Box<str>>,
}

/// Figures of a set of answers; there is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The number of answers.
    pub answers: u64,
    /// The mean, exactly.
    pub mean: Fraction,
    /// The standard deviation of these answers (dividing by their number) in hundredths, rounded;
    /// halfway rounds up.
    pub spread_hundredths: u64,
    /// The number of answers at each point of the scale.
    pub distribution: Vec<u64>,
}

impl SurveyResults {
    /// What may be published of the answers that people gave themselves and of those that were
    /// imported: see [`super::disclosure`].
    pub fn of(questionnaire: &Questionnaire, own: &Tally, imported: &Tally) -> SurveyResults {
        let questions = 0..questionnaire.questions.len();
        let mut tally = own.clone();
        tally.merge(imported.clone());
        let count = |of: &Tally, question, group| of.distribution(question, group).iter().sum();
        let groups = || 0..questionnaire.groups.len();
        let counts = |question| {
            let counts = groups().map(|group| RespondentCount {
                own: count(own, question, group),
                imported: count(imported, question, group),
            });
            counts.collect::<Vec<_>>()
        };
        SurveyResults {
            sheets: tally.sheets().to_vec(),
            questions: questions
                .map(|question| {
                    let blocks = blocks(&counts(question), questionnaire.minimum_group);
                    QuestionResults::of(questionnaire, &tally, question, &blocks)
                })
                .collect(),
        }
    }
}

impl QuestionResults {
    fn of(
        questionnaire: &Questionnaire,
        tally: &Tally,
        question: usize,
        blocks: &[Vec<usize>],
    ) -> QuestionResults {
        let lowest = questionnaire.scale.lowest;
        let figures = |groups: &[usize]| {
            let mut sum = vec![0; questionnaire.scale.wordings.len()];
            for group in groups {
                let distribution = tally.distribution(question, *group);
                for (sum, count) in sum.iter_mut().zip(distribution) {
                    *sum += count;
                }
            }
            Figures::of(lowest, sum)
        };
        let everybody: Vec<usize> = blocks.iter().flatten().copied().collect();
        let shown = blocks.iter().filter(|block| block.len() == 1);
        let comments = shown.flatten().filter_map(|group| {
            let own = tally.comments().iter();
            let own = own.filter(|(on, by, _)| (on, by) == (&question, group));
            let mut comments: Vec<Box<str>> = own.map(|(_, _, text)| text.clone()).collect();
            comments.sort_unstable();
            (!comments.is_empty()).then_some(GroupComments {
                group: *group,
                comments,
            })
        });
        QuestionResults {
            overall: figures(&everybody),
            comments: comments.collect(),
            groups: match blocks {
                [pool] if pool.len() > 1 => Vec::new(),
                blocks => blocks
                    .iter()
                    .filter_map(|block| {
                        Some(GroupFigures {
                            groups: block.clone(),
                            figures: figures(block)?,
                        })
                    })
                    .collect(),
            },
        }
    }
}

impl Figures {
    /// The figures of a distribution on a scale that starts at `lowest`; `None` if it has no
    /// answers, or more than can be counted exactly.
    pub fn of(lowest: i32, distribution: Vec<u64>) -> Option<Figures> {
        let answers: u64 = distribution.iter().sum();
        let (mut sum, mut squares) = (0_i128, 0_i128);
        for (score, count) in (i128::from(lowest)..).zip(&distribution) {
            sum += score * i128::from(*count);
            squares += score * score * i128::from(*count);
        }
        let count = i128::from(answers);
        let mean =
            Fraction::from_decimal(&sum.to_string())?.divided(i64::try_from(answers).ok()?)?;
        // n * sum of squares - square of the sum = n² * variance.
        let scaled = u128::try_from(count * squares - sum * sum).ok()?;
        let by = u128::from(answers).checked_mul(u128::from(answers))?;
        // Twice the deviation in hundredths, rounded down.
        let doubled = (scaled.checked_mul(40_000)? / by).isqrt();
        Some(Figures {
            answers,
            mean: mean.reduced(),
            spread_hundredths: u64::try_from(doubled.div_ceil(2)).ok()?,
            distribution,
        })
    }

    /// The mean as a decimal: two decimals, and more only if it would otherwise seem to reach one
    /// of the boundaries that it does not reach.
    pub fn mean_in_decimals(&self, boundaries: impl Iterator<Item = Fraction> + Clone) -> String {
        self.mean.to_decimal_apart(2, 2, boundaries)
    }

    /// The standard deviation with two decimals.
    pub fn spread_in_decimals(&self) -> String {
        let hundredths = self.spread_hundredths;
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }
}
