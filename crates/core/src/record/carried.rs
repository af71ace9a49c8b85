//! Records carried from an earlier cycle, which wait until the body confirms or changes them.

use super::rules::{complete, complete_list};
use super::{
    ActionState, Bounds, CodeReader, CodeWriter, CriterionKind, CycleRecord, Horizon,
    JudgementDetails, RecordCodes, RecordId, RecordKind, RecordType, RuleContext, RuleViolation,
    Subject, Topic, UnknownCode, subject::unknown_outcomes,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// What kind of record was carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CarriedKind {
    /// The body's own judgement of itself.
    OwnJudgement,
    /// A criterion or metric that was not met.
    Criterion,
    /// The allocation of an area to a strategic lead.
    Lead,
    /// A recommendation.
    Recommendation,
    /// An action that was not finished.
    Action,
}

impl CarriedKind {
    /// All of them.
    pub const ALL: [CarriedKind; 5] = [
        CarriedKind::OwnJudgement,
        CarriedKind::Criterion,
        CarriedKind::Lead,
        CarriedKind::Recommendation,
        CarriedKind::Action,
    ];

    /// The word that entries use.
    pub fn name(self) -> &'static str {
        match self {
            CarriedKind::OwnJudgement => "own-judgement",
            CarriedKind::Criterion => "criterion",
            CarriedKind::Lead => "lead",
            CarriedKind::Recommendation => "recommendation",
            CarriedKind::Action => "action",
        }
    }

    /// The kind of the record that confirms it.
    pub fn record_kind(self) -> RecordKind {
        match self {
            CarriedKind::OwnJudgement => RecordKind::Judgement,
            CarriedKind::Criterion => RecordKind::Criterion,
            CarriedKind::Lead => RecordKind::Lead,
            CarriedKind::Recommendation => RecordKind::Recommendation,
            CarriedKind::Action => RecordKind::Action,
        }
    }
}

/// What an earlier cycle recorded on a body, carried into this one. It is not a record of its kind in
/// this cycle: no result, readiness or approval counts it until somebody records it anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarriedRecord {
    /// Its number.
    pub record: RecordId,
    /// The body; after a merger, the body that succeeded the one of the earlier record.
    pub body: BodyIndex,
    /// What kind of record was carried.
    pub kind: CarriedKind,
    /// Identifier among the carried records of the body and kind: of a recommendation or action its
    /// own, of a judgement or lead the measure or area.
    pub id: Box<str>,
    /// The measures, components and outcomes of this cycle's framework that it is about.
    pub about: Vec<Topic>,
    /// The key of the step: of a judgement its value, of a criterion what the evidence supports. Of
    /// an action or recommendation how far it had come.
    pub value: Option<Box<str>>,
    /// The rationale, reason or text.
    pub text: Option<Box<str>>,
    /// Of a criterion whether it is one or a metric; of a lead the job title.
    pub detail: Option<Box<str>>,
    /// Who is responsible; of a lead the person.
    pub owner: Option<Box<str>>,
    /// The last day on which it was to be done.
    pub due: Option<Date>,
    /// The term in which an action is to improve something.
    pub horizon: Option<Horizon>,
    /// Identifiers of the evidence in the earlier cycle that it relied on.
    pub evidence: Vec<Box<str>>,
    /// Identifier of the earlier cycle.
    pub from_cycle: Box<str>,
    /// The entry that recorded it there.
    pub from_entry: u32,
}

impl CarriedRecord {
    /// The measure or component of a judgement, and the measure of a criterion.
    pub fn subject(&self) -> Option<Subject> {
        match (self.kind, self.about.first()) {
            (CarriedKind::OwnJudgement | CarriedKind::Criterion, Some(Topic::Subject(subject))) => {
                Some(*subject)
            }
            _ => None,
        }
    }
}

/// What each kind needs, and the values that it can have.
impl CarriedRecord {
    fn check_judgement(&self, context: &RuleContext<'_>, broken: &mut Vec<RuleViolation>) {
        let Some(subject) = self.subject() else {
            let message = "say which measure or component it is about";
            broken.push(RuleViolation::new("carried-with-measure", "about", message));
            return;
        };
        let not_applicable = JudgementDetails::NOT_APPLICABLE;
        if self.value.as_deref() != Some(not_applicable) {
            self.check_step(subject, context, broken);
        }
        if self.value.is_none() && self.text.is_none() {
            let message = "give its value, its rationale or both";
            broken.push(RuleViolation::new("carried-is-complete", "value", message));
        }
    }

    fn check_criterion(&self, context: &RuleContext<'_>, broken: &mut Vec<RuleViolation>) {
        match self.subject() {
            Some(subject @ Subject::Measure(_)) => self.check_step(subject, context, broken),
            _ => {
                let message = "say which measure it is about";
                broken.push(RuleViolation::new("carried-with-measure", "about", message));
            }
        }
        self.check_text("say what is not met, and why", broken);
        let kinds = CriterionKind::ALL.map(CriterionKind::name);
        self.check_word("detail", self.detail.as_deref(), &kinds, broken);
    }

    fn check_follow_up(&self, broken: &mut Vec<RuleViolation>) {
        self.check_text("say what is to be done", broken);
        let states = ActionState::ALL.map(ActionState::name);
        self.check_word("value", self.value.as_deref(), &states, broken);
    }

    fn check_text(&self, message: &str, broken: &mut Vec<RuleViolation>) {
        if self.text.is_none() {
            broken.push(RuleViolation::new("carried-is-complete", "text", message));
        }
    }

    fn check_step(
        &self,
        subject: Subject,
        context: &RuleContext<'_>,
        broken: &mut Vec<RuleViolation>,
    ) {
        let Some(value) = self.value.as_deref() else {
            return;
        };
        let scale = subject.scale(context.framework);
        if scale.step(value).is_some() {
            return;
        }
        let message = format!(
            "`{}` is not a value of {}",
            crate::text::visible(value),
            subject.id(context.framework)
        );
        let steps = scale.steps().iter().map(|step| step.key.as_str());
        let violation = RuleViolation::new("carried-value", "value", message);
        broken.push(violation.choosing(value, steps));
    }

    fn check_word(
        &self,
        field: &'static str,
        given: Option<&str>,
        known: &[&str],
        broken: &mut Vec<RuleViolation>,
    ) {
        let Some(given) = given.filter(|given| !known.contains(given)) else {
            return;
        };
        let message = format!(
            "`{}` is not a word for a carried {}: expected one of {}",
            crate::text::visible(given),
            self.kind.name(),
            known.join(", ")
        );
        let violation = RuleViolation::new("carried-value", field, message);
        broken.push(violation.choosing(given, known.iter().copied()));
    }
}

/// A [`CarriedRecord`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedFact {
    /// Code of the body.
    pub body: Box<str>,
    /// What kind of record was carried.
    pub kind: CarriedKind,
    /// Identifier among the carried records of the body and kind.
    pub id: Box<str>,
    /// Identifiers of the measures and components; `outcomes`, or `outcome:` and an identifier, for
    /// health outcomes.
    pub about: Vec<Box<str>>,
    /// The key of the step, or how far it had come.
    pub value: Option<Box<str>>,
    /// The rationale, reason or text.
    pub text: Option<Box<str>>,
    /// Of a criterion whether it is one or a metric; of a lead the job title.
    pub detail: Option<Box<str>>,
    /// Who is responsible; of a lead the person.
    pub owner: Option<Box<str>>,
    /// The last day on which it was to be done.
    pub due: Option<Date>,
    /// The term in which an action is to improve something.
    pub horizon: Option<Horizon>,
    /// Identifiers of the evidence in the earlier cycle that it relied on.
    pub evidence: Vec<Box<str>>,
    /// Identifier of the earlier cycle.
    pub from_cycle: Box<str>,
    /// The entry that recorded it there.
    pub from_entry: u32,
}

impl RecordCodes for CarriedFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.kind.name().into(), self.id.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.value, &earlier.value);
        complete(&mut self.text, &earlier.text);
        complete(&mut self.detail, &earlier.detail);
        complete(&mut self.owner, &earlier.owner);
        complete(&mut self.due, &earlier.due);
        complete(&mut self.horizon, &earlier.horizon);
        complete_list(&mut self.about, &earlier.about);
        complete_list(&mut self.evidence, &earlier.evidence);
    }

    fn summary(&self, methods: &Methods) -> String {
        let kind = match self.kind {
            CarriedKind::OwnJudgement => methods.title(super::Method::SelfAssessment),
            kind => kind.name(),
        };
        let (id, body) = (&self.id, &self.body);
        format!(
            "{kind} {id} of {body}, carried from {}, entry {}",
            self.from_cycle, self.from_entry
        )
    }
}

impl CycleRecord for CarriedRecord {
    fn kind(&self) -> RecordKind {
        RecordKind::CarriedRecord
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        let mut topics = self.about.iter();
        bounds.has_body(self.body) && topics.all(|topic| bounds.has_topic(topic))
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let mut broken = unknown_outcomes("about", &self.about, context);
        if self.from_entry == 0 {
            let message = "say which entry of the earlier cycle recorded it: entries count from 1";
            broken.push(RuleViolation::new(
                "carried-from-entry",
                "from_entry",
                message,
            ));
        }
        match self.kind {
            CarriedKind::OwnJudgement => self.check_judgement(context, &mut broken),
            CarriedKind::Criterion => self.check_criterion(context, &mut broken),
            CarriedKind::Lead if self.owner.is_none() => {
                let message = "say who leads the area";
                broken.push(RuleViolation::new("carried-is-complete", "owner", message));
            }
            CarriedKind::Lead => {}
            CarriedKind::Recommendation | CarriedKind::Action => self.check_follow_up(&mut broken),
        }
        broken
    }
}

impl RecordType for CarriedRecord {
    type Fact = CarriedFact;
    type Key = (BodyIndex, CarriedKind, Box<str>);
    type Claim<'a> = Infallible;
    type Order = (BodyIndex, CarriedKind, RecordId);

    const NAME: &'static str = "carried-record";
    const ACT: &'static str = "carry-record";

    fn key(&self) -> Option<Self::Key> {
        Some((self.body, self.kind, self.id.clone()))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.kind, self.record)
    }

    fn from_codes(fact: CarriedFact, reader: &CodeReader<'_>) -> Result<Self, UnknownCode> {
        Ok(CarriedRecord {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            kind: fact.kind,
            id: fact.id,
            about: reader.topics("about", &fact.about)?,
            value: fact.value,
            text: fact.text,
            detail: fact.detail,
            owner: fact.owner,
            due: fact.due,
            horizon: fact.horizon,
            evidence: fact.evidence,
            from_cycle: fact.from_cycle,
            from_entry: fact.from_entry,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> CarriedFact {
        CarriedFact {
            body: writer.body(self.body),
            kind: self.kind,
            id: self.id.clone(),
            about: writer.topics(&self.about),
            value: self.value.clone(),
            text: self.text.clone(),
            detail: self.detail.clone(),
            owner: self.owner.clone(),
            due: self.due,
            horizon: self.horizon,
            evidence: self.evidence.clone(),
            from_cycle: self.from_cycle.clone(),
            from_entry: self.from_entry,
        }
    }
}
