//! What may be published of a closed survey. It holds nothing that may not be shown to whoever may follow
//! the survey: groups that are too small are missing, by themselves and in every difference.

/// The results of a closed survey.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyReport {
    /// The lowest answer of the scale.
    pub lowest: i32,
    /// The wording of each answer, lowest first.
    pub wordings: Vec<Box<str>>,
    /// The questions.
    pub questions: Vec<QuestionReport>,
    /// The training needs of each directorate; none if the survey is not about them.
    pub needs: Vec<TrainingNeed>,
}

/// The results of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionReport {
    /// Its code.
    pub code: Box<str>,
    /// Its text.
    pub text: Box<str>,
    /// The measures that it bears on.
    pub measures: Vec<Box<str>>,
    /// The components that it bears on.
    pub components: Vec<Box<str>>,
    /// The answer that is expected of everybody, for training needs.
    pub expected: Option<i32>,
    /// The figures of everybody; `None` if they are too few.
    pub overall: Option<AnswerFigures>,
    /// The levels that the overall mean supports.
    pub supports: Vec<SupportedLevel>,
    /// The figures of groups, or of several that are shown together because one of them is too small.
    pub groups: Vec<AnswerFigures>,
    /// The comments of groups that are shown by themselves.
    pub comments: Vec<GroupComments>,
}

/// A level that a result supports on a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportedLevel {
    /// The measure.
    pub measure: Box<str>,
    /// The key of the level.
    pub level: Box<str>,
}

/// Figures of a set of answers.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerFigures {
    /// Codes of the groups; none for everybody.
    pub groups: Vec<Box<str>>,
    /// The number of answers.
    pub answers: u64,
    /// The mean, with as many decimals as it takes to see on which side of a boundary it lies.
    pub mean: f64,
    /// The standard deviation of these answers.
    pub spread: f64,
    /// The wording of the answer nearest to the mean.
    pub wording: Option<Box<str>>,
    /// Whether the mean is below the answer that is expected, for training needs.
    pub is_below_expected: Option<bool>,
    /// The number of answers at each point of the scale, lowest first.
    pub counts: Vec<u64>,
}

/// The comments of a group on a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupComments {
    /// Code of the group.
    pub group: Box<str>,
    /// The comments, in alphabetical order.
    pub comments: Vec<Box<str>>,
}

/// The need of a directorate, or of several shown together, in one competency.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingNeed {
    /// Codes of the directorates; none for everybody.
    pub groups: Vec<Box<str>>,
    /// Code of the question.
    pub question: Box<str>,
    /// Its text.
    pub text: Box<str>,
    /// The components that it bears on.
    pub components: Vec<Box<str>>,
    /// The answer that is expected of everybody.
    pub expected: i32,
    /// The mean.
    pub mean: f64,
    /// The number of answers.
    pub answers: u64,
    /// How many of them are below the expected one.
    pub below: u64,
    /// Whether the mean is below the expected answer.
    pub is_needed: bool,
}
