//! What is said in a cycle: judgements, evidence, chosen outcomes, commentary.

use crate::body::BodyIndex;
use crate::framework::{ComponentIndex, MeasureIndex};
use crate::scale::Step;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The number of the record that something came from: a row of a file, an entry of a ledger.
/// Whoever supplies the records knows what the number means; the engine only carries it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct RecordId(pub u32);

/// By which method a judgement was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Method {
    /// Last year's result.
    Previous,
    /// This year's self-assessment.
    SelfAssessment,
    /// The analysts' view before the panel day.
    Analyst,
    /// The panel's assessment.
    Panel,
    /// The result after calibration.
    Calibrated,
}

impl Method {
    /// Every method, in the order of the cycle.
    pub const ALL: [Method; 5] = [
        Method::Previous,
        Method::SelfAssessment,
        Method::Analyst,
        Method::Panel,
        Method::Calibrated,
    ];

    /// The word that files and queries use: `previous`, `self`, `analyst`, `panel`, `calibrated`.
    pub fn name(self) -> &'static str {
        match self {
            Method::Previous => "previous",
            Method::SelfAssessment => "self",
            Method::Analyst => "analyst",
            Method::Panel => "panel",
            Method::Calibrated => "calibrated",
        }
    }

    /// The method with this name.
    pub fn named(name: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Position in [`Method::ALL`].
    pub const fn position(self) -> usize {
        self as usize
    }

    /// The words that people read: "last year's rating", "panel assessment".
    pub fn in_words(self) -> &'static str {
        match self {
            Method::Previous => "last year's rating",
            Method::SelfAssessment => "self-assessment",
            Method::Analyst => "analysts' view",
            Method::Panel => "panel assessment",
            Method::Calibrated => "calibrated result",
        }
    }
}

/// What a judgement is about: a measure, or a component as a whole (an overall level or rating
/// that the panel records itself).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// One measure.
    Measure(MeasureIndex),
    /// A competency or governance strand as a whole.
    Component(ComponentIndex),
}

/// What commentary or a recommendation is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// A measure or component.
    Subject(Subject),
    /// The health outcomes as a whole.
    Outcomes,
    /// One health outcome, by its identifier.
    Outcome(Box<str>),
}

impl Topic {
    /// The word that stands for the health outcomes as a whole.
    pub const OUTCOMES: &'static str = "outcomes";
}

/// One judgement. Never overwritten: a later one supersedes it before it comes here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Where it was recorded.
    pub record: RecordId,
    /// The body that is judged.
    pub body: BodyIndex,
    /// What is judged.
    pub subject: Subject,
    /// By which method.
    pub method: Method,
    /// The value; `None` where the source says that there is one but not which.
    pub value: Option<Step>,
    /// For a function that several clusters assess: the body that made the judgement.
    pub assessor: Option<BodyIndex>,
    /// Everything else that was said. Apart, because the rules look at values alone, millions of
    /// them; and shared, because a list of judgements is copied when one of them changes.
    pub said: Option<Arc<Said>>,
}

impl Judgement {
    /// Everything else that was said; nothing where nothing was.
    pub fn said(&self) -> &Said {
        static NOTHING: Said = Said {
            rationale: None,
            evidence: Vec::new(),
            author: None,
            date: None,
            reason: None,
            inferred: None,
            source: None,
        };
        self.said.as_deref().unwrap_or(&NOTHING)
    }

    /// Everything else that was said, to be changed in this judgement alone.
    pub fn said_mut(&mut self) -> &mut Said {
        Arc::make_mut(self.said.get_or_insert_default())
    }
}

/// What was said with a judgement beside its value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Why, in the words of whoever judged.
    pub rationale: Option<Box<str>>,
    /// Evidence relied on, by its identifier.
    pub evidence: Vec<Box<str>>,
    /// Who recorded it.
    pub author: Option<Box<str>>,
    /// When.
    pub date: Option<Date>,
    /// Why a PCT departs from its cluster, or a panel from the framework's rule.
    pub reason: Option<Box<str>>,
    /// Set where the value was inferred rather than read: from what.
    pub inferred: Option<Box<str>>,
    /// Where the value comes from.
    pub source: Option<Box<str>>,
}

impl Said {
    /// To be shared; `None` where nothing was said.
    pub fn shared(self) -> Option<Arc<Said>> {
        (self != Said::default()).then(|| Arc::new(self))
    }
}

/// What kind of evidence an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EvidenceKind {
    /// A document.
    Document,
    /// A survey.
    Survey,
    /// A metric.
    Metric,
    /// Another body's rating, with its issuer and year.
    ExternalRating,
    /// What was said or shown on the panel day.
    PanelDay,
}

impl EvidenceKind {
    /// Every kind.
    pub const ALL: [EvidenceKind; 5] = [
        EvidenceKind::Document,
        EvidenceKind::Survey,
        EvidenceKind::Metric,
        EvidenceKind::ExternalRating,
        EvidenceKind::PanelDay,
    ];

    /// The word that files and queries use.
    pub fn name(self) -> &'static str {
        match self {
            EvidenceKind::Document => "document",
            EvidenceKind::Survey => "survey",
            EvidenceKind::Metric => "metric",
            EvidenceKind::ExternalRating => "external-rating",
            EvidenceKind::PanelDay => "panel-day",
        }
    }
}

/// One item of evidence; it may serve many measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where it was recorded.
    pub record: RecordId,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// The body that it is about.
    pub body: BodyIndex,
    /// Kind.
    pub kind: EvidenceKind,
    /// What it is.
    pub title: Box<str>,
    /// The measures it serves, as it says itself; judgements may name it too.
    pub measures: Vec<MeasureIndex>,
    /// Who issued it.
    pub issuer: Option<Box<str>>,
    /// Its date or year, in its own words.
    pub dated: Option<Box<str>>,
    /// Where it is told of.
    pub source: Option<Box<str>>,
    /// SHA-256 of the document, in lower-case hexadecimal, where it was filed.
    pub document: Option<Box<str>>,
}

/// The result of a survey on one measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurveyResult {
    /// Where it was recorded.
    pub record: RecordId,
    /// The body asked about.
    pub body: BodyIndex,
    /// Which survey: `key-stakeholder`, `mori`.
    pub survey: Box<str>,
    /// The measure that it bears on.
    pub measure: MeasureIndex,
    /// The question, in short.
    pub question: Option<Box<str>>,
    /// Mean score on the survey's own scale, where known.
    pub score: Option<f64>,
    /// The result in words: "somewhat agree".
    pub wording: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

/// A criterion or metric that holds a measure down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// Where it was recorded.
    pub record: RecordId,
    /// The body it was tested on.
    pub body: BodyIndex,
    /// The measure.
    pub measure: MeasureIndex,
    /// Whether it is a criterion of a level or a metric.
    pub kind: CriterionKind,
    /// The highest step that the evidence supports while this is unmet.
    pub supports: Step,
    /// Which criterion or metric, and why it is not met.
    pub reason: Box<str>,
    /// Evidence relied on, by its identifier.
    pub evidence: Vec<Box<str>>,
    /// Set where what it supports was inferred rather than read: from what.
    pub inferred: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

/// What kind of test a [`Criterion`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CriterionKind {
    /// A criterion of a level that was not met.
    Criterion,
    /// A metric below what the level asks.
    Metric,
}

impl CriterionKind {
    /// Both.
    pub const ALL: [CriterionKind; 2] = [CriterionKind::Criterion, CriterionKind::Metric];

    /// The word that files and queries use.
    pub fn name(self) -> &'static str {
        match self {
            CriterionKind::Criterion => "criterion",
            CriterionKind::Metric => "metric",
        }
    }
}

/// The answer to a challenge: why the value stands although the evidence supports less.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Where it was recorded.
    pub record: RecordId,
    /// The body that was challenged (a PCT, or its cluster for all of its PCTs).
    pub body: BodyIndex,
    /// The measure.
    pub measure: MeasureIndex,
    /// Whose value was challenged.
    pub method: Method,
    /// The reason given.
    pub reason: Box<str>,
}

/// A piece of commentary on a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Commentary {
    /// Where it was recorded.
    pub record: RecordId,
    /// The body (a cluster's commentary is shared by its PCTs).
    pub body: BodyIndex,
    /// Headings above it, outermost first.
    pub headings: Vec<Box<str>>,
    /// Markdown.
    pub text: Box<str>,
    /// The components and outcomes that it bears on.
    pub about: Vec<Topic>,
}

/// A recommendation; it lives at report level and is linked from many measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Where it was recorded.
    pub record: RecordId,
    /// The body (a cluster's recommendation is shared by its PCTs).
    pub body: BodyIndex,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// The text.
    pub text: Box<str>,
    /// The measures, components and outcomes that it is about; empty where it is about the whole.
    pub about: Vec<Topic>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

/// What a report counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatementKind {
    /// "met or went above its self-assessment on N competencies".
    MetSelfAssessment,
    /// "improved on last year in N competencies".
    ImprovedOnLastYear,
    /// "N outcomes are at the bottom quartile rate of improvement".
    OutcomesInBottomQuartile,
    /// "N outcomes have slipped".
    OutcomesSlipped,
}

impl StatementKind {
    /// All of them.
    pub const ALL: [StatementKind; 4] = [
        StatementKind::MetSelfAssessment,
        StatementKind::ImprovedOnLastYear,
        StatementKind::OutcomesInBottomQuartile,
        StatementKind::OutcomesSlipped,
    ];

    /// The word that files and queries use.
    pub fn name(self) -> &'static str {
        match self {
            StatementKind::MetSelfAssessment => "met-self-assessment",
            StatementKind::ImprovedOnLastYear => "improved-on-last-year",
            StatementKind::OutcomesInBottomQuartile => "outcomes-in-bottom-quartile",
            StatementKind::OutcomesSlipped => "outcomes-slipped",
        }
    }

    /// Whether outcomes are counted rather than the components of an area.
    pub fn counts_outcomes(self) -> bool {
        match self {
            StatementKind::OutcomesInBottomQuartile | StatementKind::OutcomesSlipped => true,
            StatementKind::MetSelfAssessment | StatementKind::ImprovedOnLastYear => false,
        }
    }
}

/// A counted statement as a published report makes it, to compare with what is counted here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Where it was recorded.
    pub record: RecordId,
    /// The body.
    pub body: BodyIndex,
    /// Which statement.
    pub kind: StatementKind,
    /// The area whose components are counted, as position in the framework; `None` if outcomes
    /// are counted.
    pub area: Option<usize>,
    /// The stated number.
    pub count: u16,
    /// Where it is stated.
    pub source: Option<Box<str>>,
}
