//! Counting answers.

use super::Questionnaire;

/// One respondent's answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerSheet {
    /// For each question, the position of the answer on the scale; `None` if it was not answered.
    pub answers: Vec<Option<u8>>,
    /// For each question, the comment; empty if there is none.
    pub comments: Vec<Box<str>>,
}

impl AnswerSheet {
    /// A sheet without answers.
    pub fn blank(questionnaire: &Questionnaire) -> AnswerSheet {
        AnswerSheet {
            answers: vec![None; questionnaire.questions.len()],
            comments: vec![Box::default(); questionnaire.questions.len()],
        }
    }

    /// Whether no question is answered.
    pub fn is_blank(&self) -> bool {
        self.answers.iter().all(Option::is_none)
    }
}

/// Answers counted by question, group and point of the scale. It has no respondents, and comments
/// are only attached to a question and a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    groups: usize,
    questions: usize,
    points: usize,
    /// By question, then group, then point.
    counts: Vec<u64>,
    /// The number of sheets by group.
    sheets: Vec<u64>,
    /// Question, group and text of each comment.
    comments: Vec<(usize, usize, Box<str>)>,
}

impl Tally {
    /// A tally without answers.
    pub fn new(questionnaire: &Questionnaire) -> Tally {
        let groups = questionnaire.groups.len();
        let questions = questionnaire.questions.len();
        let points = questionnaire.scale.wordings.len();
        Tally {
            groups,
            questions,
            points,
            counts: vec![0; groups * questions * points],
            sheets: vec![0; groups],
            comments: Vec::new(),
        }
    }

    /// Counts one respondent's sheet. Positions outside the questionnaire are ignored.
    pub fn add(&mut self, group: usize, sheet: &AnswerSheet) {
        self.add_answers(group, &sheet.answers);
        for (question, comment) in sheet.comments.iter().enumerate() {
            if !comment.trim().is_empty() {
                self.add_comment(question, group, comment);
            }
        }
    }

    /// Counts one respondent's answers, without comments.
    pub fn add_answers(&mut self, group: usize, answers: &[Option<u8>]) {
        let Some(sheets) = self.sheets.get_mut(group) else {
            return;
        };
        *sheets += 1;
        for (question, answer) in answers.iter().enumerate().take(self.questions) {
            let Some(point) = answer.map(usize::from).filter(|at| *at < self.points) else {
                continue;
            };
            let at = self.at(question, group) + point;
            if let Some(count) = self.counts.get_mut(at) {
                *count += 1;
            }
        }
    }

    /// Adds a comment on a question.
    pub fn add_comment(&mut self, question: usize, group: usize, text: &str) {
        if question < self.questions && group < self.groups {
            self.comments.push((question, group, text.trim().into()));
        }
    }

    /// Adds the answers of another tally of the same questionnaire.
    pub fn merge(&mut self, other: Tally) {
        for (own, other) in self.counts.iter_mut().zip(other.counts) {
            *own += other;
        }
        for (own, other) in self.sheets.iter_mut().zip(other.sheets) {
            *own += other;
        }
        self.comments.extend(other.comments);
    }

    /// A tally from the parts of [`Tally::counts`], [`Tally::sheets`] and [`Tally::comments`];
    /// `None` if they do not fit the questionnaire.
    pub fn from_parts(
        questionnaire: &Questionnaire,
        counts: Vec<u64>,
        sheets: Vec<u64>,
        comments: Vec<(usize, usize, Box<str>)>,
    ) -> Option<Tally> {
        let mut tally = Tally::new(questionnaire);
        if counts.len() != tally.counts.len() || sheets.len() != tally.sheets.len() {
            return None;
        }
        tally.counts = counts;
        tally.sheets = sheets;
        for (question, group, text) in comments {
            tally.add_comment(question, group, &text);
        }
        Some(tally)
    }

    /// All counts: by question, then group, then point of the scale.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The number of sheets of each group.
    pub fn sheets(&self) -> &[u64] {
        &self.sheets
    }

    /// Question, group and text of each comment.
    pub fn comments(&self) -> &[(usize, usize, Box<str>)] {
        &self.comments
    }

    /// The number of answers of a group to a question, by point of the scale.
    pub fn distribution(&self, question: usize, group: usize) -> &[u64] {
        let start = self.at(question, group);
        let counts = self.counts.get(start..start + self.points);
        counts.unwrap_or_default()
    }

    fn at(&self, question: usize, group: usize) -> usize {
        (question * self.groups + group) * self.points
    }
}
