//! Training needs: where the answers of a directorate are below what is expected.

use super::{PublishedFigures, PublishedResults};
use serde::Serialize;

/// The need of a directorate, or of several shown together, in one competency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrainingNeed<'a> {
    /// Codes of the directorates; empty for everybody.
    pub groups: Vec<&'a str>,
    /// The code of the question.
    pub question: &'a str,
    /// Its text.
    pub text: &'a str,
    /// The components that it bears on.
    pub components: &'a [String],
    /// The answer that is expected of everybody.
    pub expected: i32,
    /// The mean, with as many decimals as it takes to see on which side of the expected answer it
    /// lies.
    pub mean: &'a str,
    /// The number of answers.
    pub answers: u64,
    /// How many of them are below the expected one.
    pub below: u64,
    /// Whether the mean is below the expected answer.
    pub needs_training: bool,
}

impl PublishedResults {
    /// The training needs by directorate, in the order of the questionnaire; everybody comes last.
    pub fn training_needs(&self) -> Vec<TrainingNeed<'_>> {
        let mut needs = Vec::new();
        for question in &self.questions {
            let Some(expected) = question.expected else {
                continue;
            };
            for figures in question.groups.iter().chain(&question.overall) {
                needs.push(TrainingNeed {
                    groups: figures.groups.iter().map(String::as_str).collect(),
                    question: &question.id,
                    text: &question.text,
                    components: &question.components,
                    expected,
                    mean: &figures.mean,
                    answers: figures.answers,
                    below: answers_below(figures, expected, self.lowest),
                    needs_training: figures.below_expected.unwrap_or_default(),
                });
            }
        }
        needs.sort_by_cached_key(|need| {
            let groups = need.groups.iter();
            let places =
                groups.map(|code| self.groups.iter().position(|group| group.code == *code));
            let places: Vec<Option<usize>> = places.collect();
            (places.is_empty(), places)
        });
        needs
    }
}

fn answers_below(figures: &PublishedFigures, expected: i32, lowest: i32) -> u64 {
    let numbered = (lowest..).zip(&figures.distribution);
    let below = numbered.filter(|(answer, _)| *answer < expected);
    below.map(|(_, count)| count).sum()
}
