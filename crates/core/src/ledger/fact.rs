//! What an entry may say. Bodies, measures and steps stand in it by their codes, so that an entry
//! can be read without anything else.

use crate::judgement::{CriterionKind, EvidenceKind, Method, Said, StatementKind};
use crate::outcome::{
    Better, OutcomeScope, Rates, Selection, Series, StatedPerformance, YearValue,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What an entry says.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A rule book comes into use, or a new wording of one.
    Framework(FrameworkText),
    /// A set of bodies comes into use, or a new state of one.
    Organisations(OrganisationTables),
    /// A cycle is opened, or described anew.
    Cycle(CycleFact),
    /// Something is recorded in a cycle.
    Record {
        /// Identifier of the cycle.
        cycle: Box<str>,
        /// What is recorded.
        record: Record,
    },
    /// An entry is withdrawn: it supersedes without putting anything in its place.
    Withdrawn {
        /// Why.
        reason: Box<str>,
    },
}

/// The version of the grammar that a framework file or a set of tables is written in. Its text is
/// always read by the reader of that version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileFormat(pub u16);

impl FileFormat {
    /// The first grammar: that of files and entries that name no version.
    pub const FIRST: FileFormat = FileFormat(1);
}

impl Default for FileFormat {
    fn default() -> FileFormat {
        FileFormat::FIRST
    }
}

/// A framework file as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameworkText {
    /// Identifier: `wcc-2009-10`.
    pub id: Box<str>,
    /// The grammar of the text.
    pub format: FileFormat,
    /// The file's text.
    pub text: Box<str>,
}

/// Tables of bodies as they were written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationTables {
    /// What cycles call this set.
    pub id: Box<str>,
    /// The grammar of the tables.
    pub format: FileFormat,
    /// The tables.
    pub tables: Vec<OrganisationTable>,
}

/// One table of bodies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationTable {
    /// Which table: `pct.csv`.
    pub name: Box<str>,
    /// Its name in problems: `2009-10/pct.csv`.
    pub file: Box<str>,
    /// Whether it is one that ships with the configuration.
    pub shipped: bool,
    /// CSV.
    pub text: Box<str>,
}

/// A cycle as it is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleFact {
    /// Identifier: `south-staffordshire/2009-10`.
    pub id: Box<str>,
    /// Title as printed.
    pub title: Box<str>,
    /// The day on which memberships and delegations are looked at.
    pub as_of: Date,
    /// Set where figures are invented: the sentence that every output shows.
    pub illustrative: Option<Box<str>>,
    /// Identifier of the framework.
    pub framework: Box<str>,
    /// Identifier of the set of bodies.
    pub organisations: Box<str>,
    /// Codes of the PCTs that are assured.
    pub pcts: Vec<Box<str>>,
    /// Identifier of last year's cycle.
    pub previous: Option<Box<str>>,
}

/// What can be recorded in a cycle.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// A judgement.
    Judgement(JudgementFact),
    /// An item of evidence.
    Evidence(EvidenceFact),
    /// The result of a survey.
    Survey(SurveyFact),
    /// An unmet criterion or metric.
    Criterion(CriterionFact),
    /// A series of a chosen outcome.
    Outcome(Box<OutcomeFact>),
    /// The answer to a challenge.
    Answer(AnswerFact),
    /// Commentary.
    Commentary(CommentaryFact),
    /// A recommendation.
    Recommendation(RecommendationFact),
    /// A counted statement as published.
    Statement(StatementFact),
}

impl Record {
    /// Code of the body that it is recorded for.
    pub fn body(&self) -> &str {
        match self {
            Record::Judgement(fact) => &fact.body,
            Record::Evidence(fact) => &fact.body,
            Record::Survey(fact) => &fact.body,
            Record::Criterion(fact) => &fact.body,
            Record::Outcome(fact) => &fact.pct,
            Record::Answer(fact) => &fact.body,
            Record::Commentary(fact) => &fact.body,
            Record::Recommendation(fact) => &fact.body,
            Record::Statement(fact) => &fact.body,
        }
    }
}

/// See [`crate::judgement::Judgement`].
#[derive(Clone, Debug, PartialEq)]
pub struct JudgementFact {
    /// Code of the body that is judged.
    pub body: Box<str>,
    /// Identifier of the measure or component.
    pub subject: Box<str>,
    /// By which method.
    pub method: Method,
    /// Key of the step; `None` where there is a value but nobody knows which.
    pub value: Option<Box<str>>,
    /// Code of the body that judged a function.
    pub assessor: Option<Box<str>>,
    /// Everything else that was said.
    pub said: Said,
}

/// See [`crate::judgement::Evidence`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceFact {
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// Code of the body.
    pub body: Box<str>,
    /// Kind.
    pub kind: EvidenceKind,
    /// What it is.
    pub title: Box<str>,
    /// Identifiers of the measures that it serves.
    pub measures: Vec<Box<str>>,
    /// Who issued it.
    pub issuer: Option<Box<str>>,
    /// Its date or year, in its own words.
    pub dated: Option<Box<str>>,
    /// Where it is told of.
    pub source: Option<Box<str>>,
    /// SHA-256 of the document, in lower-case hexadecimal, where it was filed.
    pub document: Option<Box<str>>,
}

/// See [`crate::judgement::SurveyResult`].
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Which survey.
    pub survey: Box<str>,
    /// Identifier of the measure.
    pub measure: Box<str>,
    /// The question, in short.
    pub question: Option<Box<str>>,
    /// Mean score on the survey's own scale.
    pub score: Option<f64>,
    /// The result in words.
    pub wording: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

/// See [`crate::judgement::Criterion`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriterionFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier of the measure.
    pub measure: Box<str>,
    /// Criterion or metric.
    pub kind: CriterionKind,
    /// Key of the highest step that the evidence supports.
    pub supports: Box<str>,
    /// Which, and why it is not met.
    pub reason: Box<str>,
    /// Evidence relied on, by its identifier.
    pub evidence: Vec<Box<str>>,
    /// Set where it was inferred rather than read: from what.
    pub inferred: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

/// See [`crate::outcome::ChosenOutcome`].
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeFact {
    /// Code of the PCT.
    pub pct: Box<str>,
    /// Its number in the PCT's list, from 1.
    pub slot: u16,
    /// Identifier of the outcome.
    pub outcome: Box<str>,
    /// Title as the PCT prints it.
    pub title: Box<str>,
    /// Direction.
    pub better: Better,
    /// National or local.
    pub scope: OutcomeScope,
    /// Whether it was newly selected this year.
    pub newly_selected: bool,
    /// The people counted.
    pub series: Series,
    /// Rates as stated, in percent a year.
    pub rates: Rates,
    /// Values by year.
    pub values: Vec<YearValue>,
    /// What the report states of its performance, beside the rates.
    pub stated: StatedPerformance,
    /// How it came into the list.
    pub selection: Selection,
    /// What the panel said of the aspiration.
    pub panel_view: Option<Box<str>>,
    /// What was inferred, and from what.
    pub inferred: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

/// See [`crate::judgement::Answer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFact {
    /// Code of the body that was challenged.
    pub body: Box<str>,
    /// Identifier of the measure.
    pub measure: Box<str>,
    /// Whose value was challenged.
    pub method: Method,
    /// The reason given.
    pub reason: Box<str>,
}

/// See [`crate::judgement::Commentary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentaryFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Headings above it, outermost first.
    pub headings: Vec<Box<str>>,
    /// Markdown.
    pub text: Box<str>,
    /// Identifiers of the components that it bears on; `outcomes`, or `outcome:` and an
    /// identifier, for health outcomes.
    pub components: Vec<Box<str>>,
}

/// See [`crate::judgement::Recommendation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecommendationFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// The text.
    pub text: Box<str>,
    /// Identifiers of the measures and components that it is about; `outcomes`, or `outcome:`
    /// and an identifier, for health outcomes.
    pub about: Vec<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

/// See [`crate::judgement::Statement`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Which statement.
    pub kind: StatementKind,
    /// Identifier of the area whose components are counted; `None` if outcomes are counted.
    pub area: Option<Box<str>>,
    /// The stated number.
    pub count: u16,
    /// Where it is stated.
    pub source: Option<Box<str>>,
}
