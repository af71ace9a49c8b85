//! Actions of an action plan.

use super::rules::{complete, complete_list};
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, Topic, UnknownCode, subject::unknown_outcomes,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// How far an action has come, or what was recommended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ActionState {
    /// Nobody has started.
    #[default]
    NotStarted,
    /// Somebody works on it.
    Started,
    /// It is done.
    Done,
    /// It was given up.
    Stopped,
}

impl ActionState {
    /// All of them.
    pub const ALL: [ActionState; 4] = [
        ActionState::NotStarted,
        ActionState::Started,
        ActionState::Done,
        ActionState::Stopped,
    ];

    /// The word that files and entries use.
    pub fn name(self) -> &'static str {
        match self {
            ActionState::NotStarted => "not-started",
            ActionState::Started => "started",
            ActionState::Done => "done",
            ActionState::Stopped => "stopped",
        }
    }

    /// Whether work remains.
    pub fn is_open(self) -> bool {
        matches!(self, ActionState::NotStarted | ActionState::Started)
    }
}

/// The term in which an action is to improve something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Horizon {
    /// The short term.
    Short,
    /// The medium term.
    Medium,
    /// The long term.
    Long,
}

impl Horizon {
    /// All of them.
    pub const ALL: [Horizon; 3] = [Horizon::Short, Horizon::Medium, Horizon::Long];

    /// The word that entries use.
    pub fn name(self) -> &'static str {
        match self {
            Horizon::Short => "short",
            Horizon::Medium => "medium",
            Horizon::Long => "long",
        }
    }
}

/// The kind of reason for an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OriginKind {
    /// A recommendation of the cycle.
    Recommendation,
    /// An area for development, as a report or self-assessment names it.
    AreaForDevelopment,
    /// A finding of an earlier review, such as Fitness for Purpose.
    EarlierReview,
    /// A gap that the lead of the area found.
    Gap,
}

impl OriginKind {
    /// All of them.
    pub const ALL: [OriginKind; 4] = [
        OriginKind::Recommendation,
        OriginKind::AreaForDevelopment,
        OriginKind::EarlierReview,
        OriginKind::Gap,
    ];

    /// The word that entries use.
    pub fn name(self) -> &'static str {
        match self {
            OriginKind::Recommendation => "recommendation",
            OriginKind::AreaForDevelopment => "area-for-development",
            OriginKind::EarlierReview => "earlier-review",
            OriginKind::Gap => "gap",
        }
    }
}

/// Why there is an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionOrigin {
    /// The kind.
    pub kind: OriginKind,
    /// Identifier of the recommendation; otherwise what was found, and where, in words.
    pub reference: Option<Box<str>>,
}

impl ActionOrigin {
    /// Identifier of the recommendation, if it is one.
    pub fn recommendation(&self) -> Option<&str> {
        let reference = self.reference.as_deref()?;
        (self.kind == OriginKind::Recommendation).then_some(reference)
    }
}

/// An action of a body's action plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedAction {
    /// Its number.
    pub record: RecordId,
    /// The body (a cluster's action is shared by its PCTs).
    pub body: BodyIndex,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// What is to be done.
    pub text: Box<str>,
    /// The measures, components and outcomes that it is about; empty if it is about the whole.
    pub about: Vec<Topic>,
    /// Who is responsible for it.
    pub owner: Option<Box<str>>,
    /// The last day on which it is to be done.
    pub due: Option<Date>,
    /// How far it has come.
    pub state: ActionState,
    /// A note on its progress; of a stopped action, why it was given up.
    pub progress: Option<Box<str>>,
    /// The term in which it is to improve something.
    pub horizon: Option<Horizon>,
    /// Why there is such an action.
    pub origin: Option<ActionOrigin>,
}

impl PlannedAction {
    /// Whether it should have been done before a day and is not.
    pub fn is_late_on(&self, day: Date) -> bool {
        self.state.is_open() && self.due.is_some_and(|due| due < day)
    }
}

/// A [`PlannedAction`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// What is to be done.
    pub text: Box<str>,
    /// Identifiers of the measures and components that it is about; `outcomes`, or `outcome:`
    /// and an identifier, for health outcomes.
    pub about: Vec<Box<str>>,
    /// Who is responsible for it.
    pub owner: Option<Box<str>>,
    /// The last day on which it is to be done.
    pub due: Option<Date>,
    /// How far it has come.
    pub state: ActionState,
    /// A note on its progress; of a stopped action, why it was given up.
    pub progress: Option<Box<str>>,
    /// The term in which it is to improve something.
    pub horizon: Option<Horizon>,
    /// Why there is such an action.
    pub origin: Option<ActionOrigin>,
}

impl RecordCodes for ActionFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.id.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete_list(&mut self.about, &earlier.about);
        complete(&mut self.owner, &earlier.owner);
        complete(&mut self.due, &earlier.due);
        complete(&mut self.progress, &earlier.progress);
        complete(&mut self.horizon, &earlier.horizon);
        complete(&mut self.origin, &earlier.origin);
    }

    fn summary(&self, _: &Methods) -> String {
        format!("action {} of {}: {}", self.id, self.body, self.state.name())
    }
}

impl CycleRecord for PlannedAction {
    fn kind(&self) -> RecordKind {
        RecordKind::Action
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn identifier(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn cited_record(&self) -> Option<(RecordKind, &str)> {
        let id = self.origin.as_ref()?.recommendation()?;
        Some((RecordKind::Recommendation, id))
    }

    fn forget_cited_record(&mut self) {
        self.origin = None;
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        let mut topics = self.about.iter();
        bounds.has_body(self.body) && topics.all(|topic| bounds.has_topic(topic))
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let mut broken = unknown_outcomes("about", &self.about, context);
        if self.state.is_open() && self.due.is_none() && self.horizon.is_none() {
            let message = "say by when it is to be done: give a day in `due`, or a horizon";
            broken.push(RuleViolation::new("action-by-when", "due", message));
        }
        if self.state == ActionState::Stopped && self.progress.is_none() {
            let message = "say why the action was stopped";
            broken.push(RuleViolation::new(
                "stopped-with-reason",
                "progress",
                message,
            ));
        }
        if let Some(origin) = &self.origin
            && origin.reference.is_none()
        {
            let missing = match origin.kind {
                OriginKind::Recommendation => "name the recommendation by its identifier",
                OriginKind::EarlierReview => "name the review and what it found",
                OriginKind::AreaForDevelopment | OriginKind::Gap => "say what was found",
            };
            broken.push(RuleViolation::new(
                "origin-with-reference",
                "reference",
                missing,
            ));
        }
        broken
    }
}

impl RecordType for PlannedAction {
    type Fact = ActionFact;
    type Key = Box<str>;
    type Claim<'a> = Infallible;
    type Order = RecordId;

    const NAME: &'static str = "action";
    const ACT: &'static str = "record-action";

    fn key(&self) -> Option<Box<str>> {
        Some(self.id.clone())
    }

    fn order(&self) -> RecordId {
        self.record
    }

    fn from_codes(fact: ActionFact, reader: &CodeReader<'_>) -> Result<PlannedAction, UnknownCode> {
        if let Some(id) = fact.origin.as_ref().and_then(ActionOrigin::recommendation) {
            reader.check_record("reference", RecordKind::Recommendation, id)?;
        }
        Ok(PlannedAction {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            about: reader.topics("about", &fact.about)?,
            id: fact.id,
            text: fact.text,
            owner: fact.owner,
            due: fact.due,
            state: fact.state,
            progress: fact.progress,
            horizon: fact.horizon,
            origin: fact.origin,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> ActionFact {
        ActionFact {
            body: writer.body(self.body),
            id: self.id.clone(),
            text: self.text.clone(),
            about: writer.topics(&self.about),
            owner: self.owner.clone(),
            due: self.due,
            state: self.state,
            progress: self.progress.clone(),
            horizon: self.horizon,
            origin: self.origin.clone(),
        }
    }
}
