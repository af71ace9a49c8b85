//! Counted statements of published reports.

use super::rules::complete;
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, Method, RecordCodes, RecordId, RecordKind,
    RecordType, RuleContext, RuleViolation, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::{Framework, Methods};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// What a statement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

    /// The method with whose result the current one is compared, if results are counted.
    pub fn compared_method(self) -> Option<Method> {
        match self {
            StatementKind::MetSelfAssessment => Some(Method::SelfAssessment),
            StatementKind::ImprovedOnLastYear => Some(Method::Previous),
            StatementKind::OutcomesInBottomQuartile | StatementKind::OutcomesSlipped => None,
        }
    }

    /// The word that the files of a regime use: those of World Class Commissioning have names of
    /// their own.
    pub fn file_word(self, methods: &Methods) -> String {
        match self.compared_method() {
            Some(method) if methods.id(method) != method.name() => {
                let verb = match self {
                    StatementKind::MetSelfAssessment => "met",
                    _ => "improved-on",
                };
                format!("{verb}-{}", methods.id(method))
            }
            _ => self.name().to_owned(),
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

/// A counted statement of a published report, for comparison with the computed count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Its number.
    pub record: RecordId,
    /// The body.
    pub body: BodyIndex,
    /// What is counted.
    pub kind: StatementKind,
    /// The area whose components are counted, as position in the framework; `None` if outcomes
    /// are counted.
    pub area: Option<usize>,
    /// The stated number.
    pub count: u16,
    /// Where it is stated.
    pub source: Option<Box<str>>,
}

/// A [`Statement`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementFact {
    /// Code of the body.
    pub body: Box<str>,
    /// What is counted.
    pub kind: StatementKind,
    /// Identifier of the area whose components are counted; `None` if outcomes are counted.
    pub area: Option<Box<str>>,
    /// The stated number.
    pub count: u16,
    /// Where it is stated.
    pub source: Option<Box<str>>,
}

impl RecordCodes for StatementFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        let area = self.area.clone().unwrap_or_default();
        vec![self.kind.name().into(), area]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.source, &earlier.source);
    }

    fn summary(&self, methods: &Methods) -> String {
        let (kind, count) = (self.kind.file_word(methods), self.count);
        format!("statement of {}: {kind} {count}", self.body)
    }
}

impl CycleRecord for Statement {
    fn kind(&self) -> RecordKind {
        RecordKind::Statement
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body) && self.area.is_none_or(|area| bounds.has_area(area))
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let areas = || context.framework.areas.iter().map(|area| area.id.as_str());
        let message = match (self.kind.counts_outcomes(), self.area) {
            (true, Some(_)) => "an area is given, but this statement counts outcomes".to_owned(),
            (false, None) => {
                let known = crate::words::any_of(areas());
                format!("this statement counts the components of an area: give {known}")
            }
            _ => return Vec::new(),
        };
        vec![RuleViolation::new("area-of-statement", "area", message)]
    }
}

impl RecordType for Statement {
    type Fact = StatementFact;
    type Key = Infallible;
    type Claim<'a> = (BodyIndex, StatementKind, Option<usize>);
    type Order = RecordId;

    const NAME: &'static str = "statement";
    const ACT: &'static str = "record-statement";
    const CAN_CONFLICT: bool = true;

    fn claims(&self) -> impl IntoIterator<Item = Self::Claim<'_>> {
        [(self.body, self.kind, self.area)]
    }

    fn conflict(&self, _: &Self::Claim<'_>, _: &Statement, _: &Framework) -> Option<RuleViolation> {
        Some(RuleViolation::new(
            "repeated",
            "statement",
            "this statement is already recorded: give one count for each body, statement and area",
        ))
    }

    fn order(&self) -> RecordId {
        self.record
    }

    fn from_codes(fact: StatementFact, reader: &CodeReader<'_>) -> Result<Statement, UnknownCode> {
        let area = fact.area.map(|id| reader.area("area", &id));
        Ok(Statement {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            kind: fact.kind,
            area: area.transpose()?,
            count: fact.count,
            source: fact.source,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> StatementFact {
        StatementFact {
            body: writer.body(self.body),
            kind: self.kind,
            area: self.area.and_then(|area| writer.area(area)),
            count: self.count,
            source: self.source.clone(),
        }
    }
}
