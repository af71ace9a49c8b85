//! A questionnaire: what is asked, of whom, on which scale, and what the answers are for.

use crate::ceiling::survey_wording;
use crate::framework::{Framework, SurveyPoint, SurveyRule};

/// A questionnaire. The reader in `crates/case` makes sure that codes are unique, that there are
/// questions and groups, and that numbers are within their limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Questionnaire {
    /// Its code, unique among the surveys of a body and cycle: `partners-360`.
    pub code: Box<str>,
    /// Its title, for respondents.
    pub title: Box<str>,
    /// What its results are used for.
    pub purpose: Purpose,
    /// The smallest number of respondents whose answers are shown together; at least 2.
    pub minimum_group: u32,
    /// The answer scale, the same for every question.
    pub scale: AnswerScale,
    /// The groups of respondents, in the order in which they are shown.
    pub groups: Vec<RespondentGroup>,
    /// The questions, in the order in which they are asked.
    pub questions: Vec<Question>,
    /// Where the questions come from, for readers of the results.
    pub source: Option<Box<str>>,
}

/// What the results of a questionnaire are used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Each question's overall mean becomes a survey result on the question's measures, under this
    /// survey of the framework (`key-stakeholder`).
    SurveyResults(Box<str>),
    /// Each question's mean is compared with the level that the question expects, group by group:
    /// the training needs of each directorate. Nothing enters the ledger.
    TrainingNeeds,
}

/// The answer scale: every whole number from the lowest to the highest.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerScale {
    /// The lowest answer.
    pub lowest: i32,
    /// The wording of each answer, lowest first.
    pub wordings: Vec<Box<str>>,
}

/// A group of respondents: local authorities, a directorate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RespondentGroup {
    /// Its code, which invitations and tables name.
    pub code: Box<str>,
    /// Its title.
    pub title: Box<str>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its code, which answer sheets and tables name: `local-leader`.
    pub id: Box<str>,
    /// The text that respondents read.
    pub text: Box<str>,
    /// Identifiers of the measures that it bears on.
    pub measures: Vec<Box<str>>,
    /// Identifiers of the components that it bears on.
    pub components: Vec<Box<str>>,
    /// Whether respondents may add a comment.
    pub comment: bool,
    /// The answer that is expected of everybody, for training needs.
    pub expected: Option<i32>,
}

impl AnswerScale {
    /// The highest answer.
    pub fn highest(&self) -> i32 {
        let steps = i32::try_from(self.wordings.len()).unwrap_or(i32::MAX);
        self.lowest.saturating_add(steps.saturating_sub(1))
    }

    /// The position of an answer on the scale, from 0; `None` if it is not on the scale.
    pub fn position(&self, answer: i32) -> Option<u8> {
        let position = usize::try_from(answer.checked_sub(self.lowest)?).ok()?;
        if position >= self.wordings.len() {
            return None;
        }
        u8::try_from(position).ok()
    }

    /// The answer at a position.
    pub fn answer(&self, position: u8) -> i32 {
        self.lowest.saturating_add(i32::from(position))
    }

    /// The wording of the answer nearest to a mean score.
    pub fn wording(&self, mean: f64) -> Option<&str> {
        let points = self.points();
        let rule = SurveyRule {
            lowest: f64::from(self.lowest),
            highest: f64::from(self.highest()),
            points,
            bands: Vec::new(),
            scale: crate::framework::ScaleIndex(0),
            source: None,
        };
        let nearest = survey_wording(&rule, mean)?;
        self.wordings
            .iter()
            .map(|wording| &**wording)
            .find(|wording| *wording == nearest)
    }

    fn points(&self) -> Vec<SurveyPoint> {
        let numbered = (self.lowest..).zip(&self.wordings);
        let points = numbered.map(|(score, wording)| SurveyPoint {
            score: f64::from(score),
            wording: wording.to_string(),
        });
        points.collect()
    }
}

/// A contradiction between a questionnaire and the framework of a cycle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionnaireMismatch {
    /// A question names a measure that the framework does not have.
    #[error("question {question}: the framework {framework} has no measure {measure}")]
    NoMeasure {
        /// The question's code.
        question: Box<str>,
        /// The measure.
        measure: Box<str>,
        /// The framework.
        framework: String,
    },
    /// A question names a component that the framework does not have.
    #[error("question {question}: the framework {framework} has no component {component}")]
    NoComponent {
        /// The question's code.
        question: Box<str>,
        /// The component.
        component: Box<str>,
        /// The framework.
        framework: String,
    },
    /// The answer scale differs from that of the framework's survey.
    #[error(
        "the answer scale is {own}, but the framework {framework} reads the survey {survey} on \
         {ruled}"
    )]
    Scale {
        /// The questionnaire's scale.
        own: String,
        /// The framework's scale.
        ruled: String,
        /// The survey.
        survey: Box<str>,
        /// The framework.
        framework: String,
    },
}

impl Questionnaire {
    /// The position of the group with a code.
    pub fn find_group(&self, code: &str) -> Option<usize> {
        self.groups.iter().position(|group| &*group.code == code)
    }

    /// The position of the question with a code.
    pub fn find_question(&self, id: &str) -> Option<usize> {
        self.questions
            .iter()
            .position(|question| &*question.id == id)
    }

    /// The survey of the framework that the results feed, if any.
    pub fn survey(&self) -> Option<&str> {
        match &self.purpose {
            Purpose::SurveyResults(survey) => Some(survey),
            Purpose::TrainingNeeds => None,
        }
    }

    /// Every contradiction with a framework: unknown measures and components, and a scale other
    /// than that of the framework's survey.
    pub fn mismatches(&self, framework: &Framework) -> Vec<QuestionnaireMismatch> {
        let name = || framework.id.clone();
        let mut found = Vec::new();
        for question in &self.questions {
            for measure in &question.measures {
                if framework.find_measure(measure).is_none() {
                    found.push(QuestionnaireMismatch::NoMeasure {
                        question: question.id.clone(),
                        measure: measure.clone(),
                        framework: name(),
                    });
                }
            }
            for component in &question.components {
                if framework.find_component(component).is_none() {
                    found.push(QuestionnaireMismatch::NoComponent {
                        question: question.id.clone(),
                        component: component.clone(),
                        framework: name(),
                    });
                }
            }
        }
        let rule = self
            .survey()
            .and_then(|survey| Some((survey, framework.survey_rule(survey)?)));
        if let Some((survey, rule)) = rule
            && !self.scale.is_that_of(rule)
        {
            found.push(QuestionnaireMismatch::Scale {
                own: in_words(
                    f64::from(self.scale.lowest),
                    f64::from(self.scale.highest()),
                    &self.scale.points(),
                ),
                ruled: in_words(rule.lowest, rule.highest, &rule.points),
                survey: survey.into(),
                framework: name(),
            });
        }
        found
    }
}

impl AnswerScale {
    /// Whether the scale is that of a framework's survey. A rule without points has no words to
    /// compare.
    fn is_that_of(&self, rule: &SurveyRule) -> bool {
        let (lowest, highest) = (f64::from(self.lowest), f64::from(self.highest()));
        let has_ends = (rule.lowest, rule.highest) == (lowest, highest);
        has_ends && (rule.points.is_empty() || rule.points == self.points())
    }
}

/// "1 to 6 (strongly disagree, ..., strongly agree)".
fn in_words(lowest: f64, highest: f64, points: &[SurveyPoint]) -> String {
    let number = crate::words::number;
    let words: Vec<&str> = points.iter().map(|point| point.wording.as_str()).collect();
    let words = match words.as_slice() {
        [] => String::new(),
        words => format!(" ({})", words.join(", ")),
    };
    format!("{} to {}{words}", number(lowest), number(highest))
}
