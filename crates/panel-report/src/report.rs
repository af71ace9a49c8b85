//! What was read from a report: values with the lines that they came from.

use crate::signs::MarkMethod;
use serde::{Deserialize, Serialize};

/// How certain a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The report says it.
    Read,
    /// It follows from what the report says; the reason is given.
    Inferred,
    /// The report has a place for it, but what it says there cannot be told.
    NotLegible,
}

/// A mark on a measure, or the rating of a component.
#[derive(Clone, Debug, PartialEq)]
pub struct Rating {
    /// Identifier of the measure or component: `3a`, `strategy`.
    pub subject: String,
    /// Whose mark.
    pub method: MarkMethod,
    /// Key of the step; `None` if it is not legible.
    pub value: Option<String>,
    /// How certain it is.
    pub confidence: Confidence,
    /// Why it is inferred or not legible.
    pub why: Option<String>,
    /// Its lines. Within this crate positions from 0; numbers from 1 once the report is read.
    pub(crate) lines: Vec<usize>,
}

/// A piece of prose with its lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Prose {
    /// What it is about: a measure, or the heading above it.
    pub about: String,
    /// The text; `None` if it cannot be told which part of the source it is.
    pub text: Option<String>,
    /// How certain it is.
    pub confidence: Confidence,
    /// Why it is inferred or not legible.
    pub why: Option<String>,
    pub(crate) lines: Vec<usize>,
}

/// One series of a health outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeRow {
    /// Its number in the table.
    pub slot: u32,
    /// Title as printed, without the series.
    pub title: String,
    /// Whether the title can be told from the rates beside it.
    pub title_legible: bool,
    /// Identifier in the framework's catalogue, or one made of the title.
    pub outcome: String,
    /// Whether its title is printed as in the catalogue.
    pub as_in_catalogue: bool,
    /// Whether the catalogue has it.
    pub in_catalogue: bool,
    /// `persons`, `males` or `females`
    pub series: &'static str,
    /// `national`, `local`, or nothing if the table does not say.
    pub scope: Option<&'static str>,
    /// Whether the table tags it as newly selected.
    pub newly_selected: bool,
    /// Rates by column: `historic`, `national`, `ons_cluster`, `top_decile`, `aspiration`.
    pub rates: Vec<Rate>,
    /// `higher` or `lower`, for an outcome that the catalogue does not have.
    pub better: Option<&'static str>,
    /// What the text says of its last year: `improved`, `slipped`, `little change`.
    pub stated_position: Option<(&'static str, Vec<usize>)>,
    /// What the text says of its aspiration.
    pub panel_view: Option<(String, Vec<usize>)>,
    pub(crate) lines: Vec<usize>,
}

/// One rate of an outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Column of `outcomes.csv`.
    pub column: &'static str,
    /// The number as printed, with an ordinary minus; `n/a` if the report says so.
    pub value: Option<String>,
    /// How certain it is.
    pub confidence: Confidence,
    /// Why it is not legible.
    pub why: Option<String>,
}

/// A survey score that the text quotes.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The measure in whose rationale it is quoted.
    pub measure: String,
    /// Identifier of the survey.
    pub survey: &'static str,
    /// The score as printed; `None` if it is not legible.
    pub score: Option<String>,
    /// The word of the answer scale: `somewhat agree`.
    pub wording: Option<&'static str>,
    /// The sentence that quotes it.
    pub question: String,
    /// How certain it is.
    pub confidence: Confidence,
    /// Why it is inferred or not legible.
    pub why: Option<String>,
    pub(crate) lines: Vec<usize>,
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// The text.
    pub text: String,
    /// Components or outcomes that it is about; `outcomes` for all of them.
    pub about: Vec<String>,
    /// Where the report has it, in words.
    pub source: String,
    /// Why its text may not be whole: then it is not legible.
    pub why: Option<String>,
    pub(crate) lines: Vec<usize>,
}

/// A section of commentary.
#[derive(Clone, Debug, PartialEq)]
pub struct Commentary {
    /// The heading.
    pub heading: String,
    /// The heading below it, if there is one.
    pub subheading: Option<String>,
    /// Its paragraphs and items, each with a leading `- ` if it is an item.
    pub text: Vec<String>,
    pub(crate) lines: Vec<usize>,
}

/// A count that the text states.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Word in `statements.csv`.
    pub statement: &'static str,
    /// The number.
    pub count: u32,
    /// The sentence.
    pub sentence: String,
    pub(crate) lines: Vec<usize>,
}

/// Two places of the report that do not agree. Neither is changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contradiction {
    /// What does not agree, in a sentence.
    pub sentence: String,
    /// The lines, from 1.
    pub lines: Vec<u32>,
}

/// What became of a line of the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "as", rename_all = "lowercase")]
pub enum LineUse {
    /// It has a value or a text of the case: which.
    Assigned(String),
    /// A heading, a legend, the heading of a table or a pointer to another page.
    Structure(String),
    /// A running header, a page number, a rule or a blank line.
    Furniture(String),
    /// It fits nowhere.
    Unplaced(String),
}

/// How many lines became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineCounts {
    /// Lines of the source.
    pub total: usize,
    /// Lines with values or texts of the case.
    pub assigned: usize,
    /// Headings, legends, headings of tables, pointers.
    pub structure: usize,
    /// Running headers, page numbers, rules and blank lines.
    pub furniture: usize,
    /// Lines that fit nowhere.
    pub unplaced: usize,
}

/// How many values have which confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueCounts {
    /// Values that the report says.
    pub read: usize,
    /// Values that follow from it.
    pub inferred: usize,
    /// Values that it has a place for, but which cannot be told.
    pub not_legible: usize,
}

/// Everything that was read from a report.
#[derive(Clone, Debug)]
pub struct Report {
    /// Identifier of the framework that it was read by.
    pub framework: String,
    /// Why this framework.
    pub framework_reason: String,
    /// Name of the body as printed.
    pub body_name: Option<Prose>,
    /// Code of the body, if its name is in the table of bodies.
    pub body: Option<String>,
    /// Month of the report: year and month.
    pub date: Option<(i16, i8, usize)>,
    /// Marks and ratings.
    pub ratings: Vec<Rating>,
    /// Rationales by measure.
    pub rationales: Vec<Prose>,
    /// The outcomes table.
    pub outcomes: Vec<OutcomeRow>,
    /// When the outcomes were selected, as printed.
    pub selected: Option<(String, usize)>,
    /// Survey scores quoted in rationales.
    pub scores: Vec<Score>,
    /// Commentary, potential for improvement, organisational development, notes.
    pub commentary: Vec<Commentary>,
    /// Recommendations.
    pub recommendations: Vec<Recommendation>,
    /// Counts that the text states.
    pub statements: Vec<Statement>,
    /// Places that do not agree.
    pub contradictions: Vec<Contradiction>,
    /// What to do so that more is read, if the text shows it.
    pub advice: Option<&'static str>,
    /// What became of each line, in order.
    pub lines: Vec<LineUse>,
    /// The lines themselves, cleaned.
    pub(crate) texts: Vec<String>,
}

/// Numbers of lines, from 1, in order.
pub(crate) fn numbers(positions: &[usize]) -> Vec<u32> {
    let mut numbers: Vec<u32> = positions
        .iter()
        .filter_map(|at| u32::try_from(at + 1).ok())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

impl Report {
    /// How many lines became what. The four parts add up to the total.
    pub fn line_counts(&self) -> LineCounts {
        let mut counts = LineCounts {
            total: self.lines.len(),
            ..LineCounts::default()
        };
        for line in &self.lines {
            match line {
                LineUse::Assigned(_) => counts.assigned += 1,
                LineUse::Structure(_) => counts.structure += 1,
                LineUse::Furniture(_) => counts.furniture += 1,
                LineUse::Unplaced(_) => counts.unplaced += 1,
            }
        }
        counts
    }

    /// How many values have which confidence.
    pub fn value_counts(&self) -> ValueCounts {
        let mut counts = ValueCounts::default();
        for value in self.values() {
            match value.confidence {
                Confidence::Read => counts.read += 1,
                Confidence::Inferred => counts.inferred += 1,
                Confidence::NotLegible => counts.not_legible += 1,
            }
        }
        counts
    }

    /// The lines that fit nowhere: number, text and why.
    pub fn unplaced(&self) -> impl Iterator<Item = (u32, &str, &str)> {
        let lines = self.lines.iter().zip(&self.texts).zip(1_u32..);
        lines.filter_map(|((line, text), number)| match line {
            LineUse::Unplaced(why) => Some((number, text.as_str(), why.as_str())),
            _ => None,
        })
    }
}
