//! Criteria and metrics that were not met.

use super::rules::{complete, complete_list};
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, Subject, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::{Framework, MeasureIndex, Methods};
use crate::scale::Step;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// What kind of test a [`Criterion`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CriterionKind {
    /// A criterion of a level that was not met.
    Criterion,
    /// A metric that does not reach the level.
    Metric,
}

impl CriterionKind {
    /// Both kinds.
    pub const ALL: [CriterionKind; 2] = [CriterionKind::Criterion, CriterionKind::Metric];

    /// The word that files and queries use.
    pub fn name(self) -> &'static str {
        match self {
            CriterionKind::Criterion => "criterion",
            CriterionKind::Metric => "metric",
        }
    }
}

/// A criterion or metric that limits a measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// Its number.
    pub record: RecordId,
    /// The body that was tested.
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
    /// Set if the step was inferred rather than read: from what.
    pub inferred: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

/// A [`Criterion`] in codes.
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
    /// Which criterion or metric, and why it is not met.
    pub reason: Box<str>,
    /// Evidence relied on, by its identifier.
    pub evidence: Vec<Box<str>>,
    /// Set if the step was inferred rather than read: from what.
    pub inferred: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

impl RecordCodes for CriterionFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![
            self.measure.clone(),
            self.kind.name().into(),
            self.reason.clone(),
        ]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete_list(&mut self.evidence, &earlier.evidence);
        complete(&mut self.inferred, &earlier.inferred);
        complete(&mut self.source, &earlier.source);
    }

    fn summary(&self, _: &Methods) -> String {
        let (kind, body) = (self.kind.name(), &self.body);
        let (measure, supports) = (&self.measure, &self.supports);
        format!("{kind} not met by {body} on {measure}, supports {supports}")
    }
}

impl CycleRecord for Criterion {
    fn kind(&self) -> RecordKind {
        RecordKind::Criterion
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn cited_evidence(&self) -> &[Box<str>] {
        &self.evidence
    }

    fn cited_evidence_mut(&mut self) -> Option<&mut Vec<Box<str>>> {
        Some(&mut self.evidence)
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let framework = context.framework;
        if !framework.scale_of(self.measure).is_text() {
            return Vec::new();
        }
        let id = &framework.measure(self.measure).id;
        let message = format!("`{id}` is judged in text, which no criterion or metric can limit");
        vec![RuleViolation::new("may-be-limited", "measure", message)]
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body)
            && bounds.has_measure(self.measure)
            && bounds.has_step(Subject::Measure(self.measure), self.supports)
    }
}

impl RecordType for Criterion {
    type Fact = CriterionFact;
    type Key = Infallible;
    type Claim<'a> = (BodyIndex, MeasureIndex, CriterionKind, &'a str);
    type Order = (BodyIndex, MeasureIndex, RecordId);

    const NAME: &'static str = "criterion";
    const ACT: &'static str = "record-criterion";
    const CAN_CONFLICT: bool = true;

    fn claims(&self) -> impl IntoIterator<Item = Self::Claim<'_>> {
        [(self.body, self.measure, self.kind, &*self.reason)]
    }

    fn conflict(&self, _: &Self::Claim<'_>, _: &Criterion, _: &Framework) -> Option<RuleViolation> {
        let message = format!(
            "this {} is recorded already with the same reason: correct that record, or give another \
             reason",
            self.kind.name()
        );
        Some(RuleViolation::new("repeated", "reason", message))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.measure, self.record)
    }

    fn from_codes(fact: CriterionFact, reader: &CodeReader<'_>) -> Result<Criterion, UnknownCode> {
        let measure = reader.measure("measure", &fact.measure)?;
        reader.check_evidence(&fact.evidence)?;
        Ok(Criterion {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            measure,
            supports: reader.step("supports", &fact.supports, Subject::Measure(measure))?,
            kind: fact.kind,
            reason: fact.reason,
            evidence: fact.evidence,
            inferred: fact.inferred,
            source: fact.source,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> CriterionFact {
        CriterionFact {
            body: writer.body(self.body),
            measure: writer.measure(self.measure),
            kind: self.kind,
            supports: writer.step(self.supports, Subject::Measure(self.measure)),
            reason: self.reason.clone(),
            evidence: self.evidence.clone(),
            inferred: self.inferred.clone(),
            source: self.source.clone(),
        }
    }
}
