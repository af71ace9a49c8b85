//! A judgement: the value of a measure or component, by a method.

use super::rules::{complete, complete_list};
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, Method, RecordCodes, RecordId, RecordKind,
    RecordType, RuleContext, RuleViolation, Subject, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::{Methods, Rating};
use crate::scale::Step;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::sync::Arc;

/// A judgement. Superseded judgements are not part of a cycle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Its number.
    pub record: RecordId,
    /// The body that is judged.
    pub body: BodyIndex,
    /// The measure or component that is judged.
    pub subject: Subject,
    /// The method.
    pub method: Method,
    /// The value; `None` if the source says that there is a value, but not which, and if
    /// `not_applicable`.
    pub value: Option<Step>,
    /// Whether the assessor says that the subject does not apply to the body.
    pub not_applicable: bool,
    /// The body that made the judgement of a function that several clusters assess.
    pub assessor: Option<BodyIndex>,
    /// The other fields. They are separate because the rules read millions of values and no other
    /// field, and shared because the list of judgements is copied when one of them changes.
    pub details: Option<Arc<JudgementDetails>>,
}

impl Judgement {
    /// The fields other than the value; all are empty if none was given.
    pub fn details(&self) -> &JudgementDetails {
        static EMPTY: JudgementDetails = JudgementDetails {
            rationale: None,
            evidence: Vec::new(),
            author: None,
            date: None,
            reason: None,
            inferred: None,
            source: None,
            text: None,
            replaced: None,
        };
        self.details.as_deref().unwrap_or(&EMPTY)
    }

    /// The judgement with its rationale alone, as if its value were not known. The reason for a
    /// departure stays, because a departure must have one.
    pub(crate) fn without_value(&self) -> Judgement {
        let details = JudgementDetails {
            rationale: self.details().rationale.clone(),
            reason: self.details().reason.clone(),
            ..JudgementDetails::default()
        };
        Judgement {
            value: None,
            not_applicable: false,
            details: details.shared(),
            ..*self
        }
    }

    /// Notes the highest of the values that it and the judgements before it replaced.
    pub(crate) fn replaces(&mut self, earlier: &Judgement) {
        let before = earlier.details().replaced;
        let value = earlier.value.filter(|_| earlier.details().text.is_none());
        let value = value.map(|value| ReplacedValue {
            value,
            record: earlier.record,
            by: self.record,
        });
        let higher = match (before, value) {
            (Some(before), Some(value)) if value.value < before.value => Some(before),
            (before, value) => value.or(before),
        };
        if higher.is_some() {
            self.details_mut().replaced = higher;
        }
    }

    /// Mutable access to the fields other than the value. Other judgements with the same details do
    /// not change.
    pub fn details_mut(&mut self) -> &mut JudgementDetails {
        Arc::make_mut(self.details.get_or_insert_default())
    }
}

/// The fields of a judgement other than its value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JudgementDetails {
    /// The reasons, in the assessor's words.
    pub rationale: Option<Box<str>>,
    /// Evidence relied on, by its identifier.
    pub evidence: Vec<Box<str>>,
    /// Who recorded it.
    pub author: Option<Box<str>>,
    /// When.
    pub date: Option<Date>,
    /// Why a PCT departs from its cluster, or a panel from the framework's rule.
    pub reason: Option<Box<str>>,
    /// Set if the value was inferred rather than read: from what.
    pub inferred: Option<Box<str>>,
    /// Where the value comes from.
    pub source: Option<Box<str>>,
    /// The value, if the subject is judged in text.
    pub text: Option<Box<str>>,
    /// The highest value that it replaced; only a ledger knows it.
    pub replaced: Option<ReplacedValue>,
}

/// A value that a later judgement replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplacedValue {
    /// The value.
    pub value: Step,
    /// The record that had it.
    pub record: RecordId,
    /// The record that replaced it.
    pub by: RecordId,
}

impl JudgementDetails {
    /// The value of a judgement that says that the subject does not apply to the body.
    pub const NOT_APPLICABLE: &'static str = "n/a";

    /// Returns the details for sharing; `None` if all fields are empty.
    pub fn shared(self) -> Option<Arc<JudgementDetails>> {
        (self != JudgementDetails::default()).then(|| Arc::new(self))
    }
}

/// A [`Judgement`] in codes.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgementFact {
    /// Code of the body that is judged.
    pub body: Box<str>,
    /// Identifier of the measure or component.
    pub subject: Box<str>,
    /// The method.
    pub method: Method,
    /// Key of the step; `None` if there is a value, but it is unknown.
    pub value: Option<Box<str>>,
    /// Code of the body that judged a function.
    pub assessor: Option<Box<str>>,
    /// Everything else.
    pub details: JudgementDetails,
}

impl RecordCodes for JudgementFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        let assessor = self.assessor.clone().unwrap_or_default();
        vec![self.subject.clone(), self.method.name().into(), assessor]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.value, &earlier.value);
        let (own, earlier) = (&mut self.details, &earlier.details);
        complete(&mut own.rationale, &earlier.rationale);
        complete(&mut own.reason, &earlier.reason);
        complete(&mut own.inferred, &earlier.inferred);
        complete(&mut own.author, &earlier.author);
        complete(&mut own.date, &earlier.date);
        complete(&mut own.source, &earlier.source);
        complete_list(&mut own.evidence, &earlier.evidence);
    }

    fn method(&self) -> Option<Method> {
        Some(self.method)
    }

    fn summary(&self, methods: &Methods) -> String {
        let (method, body, subject) = (methods.title(self.method), &self.body, &self.subject);
        let value = self.value.as_deref().unwrap_or("not known");
        format!("{method} of {body} on {subject}: {value}")
    }
}

impl CycleRecord for Judgement {
    fn kind(&self) -> RecordKind {
        RecordKind::Judgement
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn method(&self) -> Option<Method> {
        Some(self.method)
    }

    fn cited_evidence(&self) -> &[Box<str>] {
        &self.details().evidence
    }

    fn cited_evidence_mut(&mut self) -> Option<&mut Vec<Box<str>>> {
        let details = self.details.as_mut()?;
        Some(&mut Arc::make_mut(details).evidence)
    }

    fn assessor(&self) -> Option<BodyIndex> {
        self.assessor
    }

    fn judged(&self) -> Option<Subject> {
        Some(self.subject)
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let framework = context.framework;
        let id = self.subject.id(framework);
        if !self.subject.takes_marks(framework) {
            let message = match self.subject.part().map(|level| framework.rating(level)) {
                Some(Rating::None) => format!("`{id}` is a heading and is not rated"),
                _ => format!("`{id}` is not judged: only its rule gives it a result"),
            };
            return vec![RuleViolation::new("is-judged", "measure", message)];
        }
        let may_not_apply = match self.subject {
            Subject::Measure(measure) => framework.measure(measure).may_not_apply,
            _ => false,
        };
        if self.not_applicable && !may_not_apply {
            let message = match self.subject {
                Subject::Measure(_) => format!(
                    "`{id}` cannot be judged n/a: the framework does not say \
                     not_applicable = true of it"
                ),
                _ => format!("`{id}` cannot be judged n/a: only measures can"),
            };
            return vec![RuleViolation::new("may-not-apply", "value", message)];
        }
        Vec::new()
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body)
            && bounds.has_subject(self.subject)
            && self
                .value
                .is_none_or(|step| bounds.has_step(self.subject, step))
            && self.assessor.is_none_or(|body| bounds.has_body(body))
    }
}

impl RecordType for Judgement {
    type Fact = JudgementFact;
    type Key = (BodyIndex, Subject, Method, Option<BodyIndex>);
    type Claim<'a> = Infallible;
    type Order = (BodyIndex, Subject, Method, Option<BodyIndex>, RecordId);

    const NAME: &'static str = "judgement";
    const ACT: &'static str = "record-judgement";

    fn key(&self) -> Option<Self::Key> {
        Some((self.body, self.subject, self.method, self.assessor))
    }

    fn order(&self) -> Self::Order {
        (
            self.body,
            self.subject,
            self.method,
            self.assessor,
            self.record,
        )
    }

    fn from_codes(
        mut fact: JudgementFact,
        reader: &CodeReader<'_>,
    ) -> Result<Judgement, UnknownCode> {
        let subject = reader.subject("measure", &fact.subject)?;
        let not_applicable = fact.value.as_deref() == Some(JudgementDetails::NOT_APPLICABLE);
        let key = fact.value.filter(|_| !not_applicable);
        let value = key.as_ref().map(|key| reader.step("value", key, subject));
        if subject.scale(reader.framework).is_text() {
            fact.details.text = key.clone();
        }
        let assessor = fact.assessor.map(|code| reader.body("assessor", &code));
        reader.check_evidence(&fact.details.evidence)?;
        Ok(Judgement {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            subject,
            method: fact.method,
            value: value.transpose()?,
            not_applicable,
            assessor: assessor.transpose()?,
            details: fact.details.shared(),
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> JudgementFact {
        JudgementFact {
            body: writer.body(self.body),
            subject: writer.subject(self.subject),
            method: self.method,
            value: if self.not_applicable {
                Some(JudgementDetails::NOT_APPLICABLE.into())
            } else if self.details().text.is_some() {
                self.details().text.clone()
            } else {
                self.value.map(|step| writer.step(step, self.subject))
            },
            assessor: self.assessor.map(|body| writer.body(body)),
            details: JudgementDetails {
                text: None,
                replaced: None,
                ..self.details().clone()
            },
        }
    }
}
