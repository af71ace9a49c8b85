//! What a cycle takes over from an earlier one, and what it does not, and why.

use super::disclosure::reason_to_withhold;
use super::successors::{Successors, successors};
use super::{MeasureChanges, scale_differs, topics_from};
use crate::body::{BodyIndex, BodyKind};
use crate::cycle::Cycle;
use crate::framework::{ChangedAnswers, YearOnYear};
use crate::record::{
    CarriedFact, CarriedKind, Judgement, JudgementDetails, Method, RecordId, RecordType, Subject,
    Topic,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What a cycle takes over from an earlier one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CarriedOver {
    /// What is carried, in the order of kinds and then of the earlier records.
    pub records: Vec<CarriedFact>,
    /// What is not carried, and why.
    pub left_out: Vec<LeftOut>,
}

/// A record of an earlier cycle that is not carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// What kind of record it is.
    pub kind: CarriedKind,
    /// Code of its body in the earlier cycle.
    pub body: Box<str>,
    /// Identifier of the measure, area, recommendation or action there.
    pub id: Box<str>,
    /// The entry that recorded it.
    pub entry: u32,
    /// Why it is not carried.
    pub reason: String,
}

/// Carries the records of an earlier cycle into a later one, as the later one's framework says.
/// Nothing is copied that settles something: no result, approval, release or score, and of judgements
/// only the body's own. What was released by `today` decides whether the panel's findings are carried.
/// `bodies` limits it to records on these bodies of the earlier cycle; `None` carries those of all.
pub fn carry_over(
    later: &Cycle,
    earlier: &Cycle,
    bodies: Option<&BTreeSet<BodyIndex>>,
    today: Date,
) -> CarriedOver {
    let carrying = CarryOver {
        later,
        earlier,
        bodies,
        today,
        changes: MeasureChanges::between(&later.framework, &earlier.framework),
        successors: successors(later, earlier),
    };
    let mut over = CarriedOver::default();
    for kind in &later.framework.start.carries {
        match kind {
            CarriedKind::OwnJudgement => carrying.judgements(&mut over),
            CarriedKind::Criterion => carrying.criteria(&mut over),
            CarriedKind::Lead => carrying.leads(&mut over),
            CarriedKind::Recommendation => carrying.recommendations(&mut over),
            CarriedKind::Action => carrying.actions(&mut over),
        }
    }
    over
}

struct CarryOver<'a> {
    later: &'a Cycle,
    earlier: &'a Cycle,
    /// The bodies of the earlier cycle whose records are carried; `None` for all.
    bodies: Option<&'a BTreeSet<BodyIndex>>,
    today: Date,
    changes: MeasureChanges,
    successors: Successors,
}

/// A record of the earlier cycle.
#[derive(Clone)]
struct EarlierRecord {
    kind: CarriedKind,
    body: BodyIndex,
    id: Box<str>,
    record: RecordId,
}

impl CarryOver<'_> {
    fn leave(&self, over: &mut CarriedOver, source: EarlierRecord, reason: impl Into<String>) {
        over.left_out.push(LeftOut {
            kind: source.kind,
            body: self
                .earlier
                .organisations
                .body(source.body)
                .code
                .as_str()
                .into(),
            id: source.id,
            entry: source.record.0,
            reason: reason.into(),
        });
    }

    /// The body in the later cycle.
    fn body_of(&self, source: &EarlierRecord) -> Result<BodyIndex, String> {
        match self.successors.get(&source.body) {
            Some(Ok(body)) => Ok(*body),
            Some(Err(reason)) => Err(reason.clone()),
            None => Err("its body is not known".to_owned()),
        }
    }

    /// The body in the later cycle of something of which a body has only one. After a merger it is
    /// carried only if the new body has it from one body alone.
    fn sole_body_of(
        &self,
        source: &EarlierRecord,
        rivals: &[BodyIndex],
    ) -> Result<BodyIndex, String> {
        let body = self.body_of(source)?;
        let (earlier, later) = (&self.earlier.organisations, &self.later.organisations);
        let code_of = |body: BodyIndex| earlier.body(body).code.as_str();
        let is_same = |of: BodyIndex| code_of(of).eq_ignore_ascii_case(&later.body(body).code);
        if is_same(source.body) {
            return Ok(body);
        }
        let goes_there = |of: &BodyIndex| self.successors.get(of) == Some(&Ok(body));
        let others = rivals.iter().filter(|of| **of != source.body);
        let others: BTreeSet<&str> = others
            .filter(|of| goes_there(of))
            .map(|of| code_of(*of))
            .collect();
        if others.is_empty() {
            return Ok(body);
        }
        Err(format!(
            "{} succeeded several bodies that each have one ({} and {}): record it anew",
            later.body(body).name_and_code(),
            code_of(source.body),
            crate::words::all_of(others)
        ))
    }

    /// Whether the records of a body of the earlier cycle are asked for.
    fn is_wanted(&self, body: BodyIndex) -> bool {
        self.bodies.is_none_or(|bodies| bodies.contains(&body))
    }

    /// The body in the later cycle of something that the panel found, if everybody who would see it
    /// there may see it in the earlier cycle.
    fn disclosed_body_of(&self, source: &EarlierRecord) -> Result<BodyIndex, String> {
        let body = self.body_of(source)?;
        let kind = source.kind.record_kind();
        let reason = reason_to_withhold(self.later, self.earlier, kind, source.body, self.today);
        match reason {
            Some(reason) => Err(reason),
            None => Ok(body),
        }
    }

    fn fact(&self, source: &EarlierRecord, body: BodyIndex) -> CarriedFact {
        CarriedFact {
            body: self.later.organisations.body(body).code.as_str().into(),
            kind: source.kind,
            id: source.id.clone(),
            about: Vec::new(),
            value: None,
            text: None,
            detail: None,
            owner: None,
            due: None,
            horizon: None,
            evidence: Vec::new(),
            from_cycle: self.earlier.id.as_str().into(),
            from_entry: source.record.0,
        }
    }

    fn topics(&self, topic: &Topic) -> Vec<Topic> {
        let (later, earlier) = (&self.later.framework, &self.earlier.framework);
        topics_from(topic, later, earlier, &self.changes)
    }

    fn codes(&self, topics: &[Topic]) -> Vec<Box<str>> {
        let mut codes: Vec<Box<str>> = Vec::new();
        for topic in topics {
            for later in self.topics(topic) {
                let code: Box<str> = later.code(&self.later.framework).into();
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
        }
        codes
    }

    /// How a subject of the later framework relates to the one of the earlier framework that it comes
    /// from, and whether others come from the same one.
    fn change_of(&self, subject: Subject, previous: Subject) -> (YearOnYear, bool) {
        let Subject::Measure(measure) = subject else {
            return self.change_of_part(subject, previous);
        };
        let mut changes = self.changes.measures.iter();
        let change = changes.find(|change| change.measure == measure);
        change.map_or((YearOnYear::New, false), |change| {
            (change.change, change.is_split)
        })
    }

    fn change_of_part(&self, subject: Subject, previous: Subject) -> (YearOnYear, bool) {
        let (later, earlier) = (&self.later.framework, &self.earlier.framework);
        let mapping = match subject {
            Subject::Component(component) => later.component(component).mapping.as_ref(),
            _ => None,
        };
        let mapping = mapping.filter(|_| later.id != earlier.id);
        let is_split = self.topics(&Topic::Subject(previous)).len() > 1;
        let has_changed = mapping.is_some_and(|mapping| mapping.change == YearOnYear::Changed)
            || is_split
            || scale_differs(subject.scale(later), previous.scale(earlier));
        match has_changed {
            true => (YearOnYear::Changed, is_split),
            false => (YearOnYear::Same, false),
        }
    }

    /// The key of a value on the scale of a subject of the later framework.
    fn key_in_later(&self, key: &str, subject: Subject) -> Option<Box<str>> {
        let scale = subject.scale(&self.later.framework);
        let is_known = key == JudgementDetails::NOT_APPLICABLE || scale.step(key).is_some();
        is_known.then(|| key.into())
    }

    fn judgements(&self, over: &mut CarriedOver) {
        let own: Vec<&Judgement> = self
            .earlier
            .records
            .judgements
            .iter()
            .filter(|judgement| {
                judgement.method == Method::SelfAssessment && judgement.assessor.is_none()
            })
            .collect();
        for judgement in own.iter().filter(|own| self.is_wanted(own.body)) {
            let source = EarlierRecord {
                kind: CarriedKind::OwnJudgement,
                body: judgement.body,
                id: judgement.subject.id(&self.earlier.framework).into(),
                record: judgement.record,
            };
            let rivals = own
                .iter()
                .filter(|other| other.subject == judgement.subject)
                .map(|other| other.body);
            let rivals: Vec<BodyIndex> = rivals.collect();
            let body = match self.sole_body_of(&source, &rivals) {
                Ok(body) => body,
                Err(reason) => {
                    self.leave(over, source, reason);
                    continue;
                }
            };
            let codes = judgement.to_codes(&self.earlier.code_writer());
            let subjects = self.subjects(judgement.subject);
            if subjects.is_empty() {
                let reason = self.dropped_in_words();
                self.leave(over, source, reason);
                continue;
            }
            for subject in subjects {
                let change = self.change_of(subject, judgement.subject);
                self.judgement(over, &source, body, subject, change, &codes);
            }
        }
    }

    fn judgement(
        &self,
        over: &mut CarriedOver,
        source: &EarlierRecord,
        body: BodyIndex,
        subject: Subject,
        (change, is_split): (YearOnYear, bool),
        codes: &crate::record::JudgementFact,
    ) {
        let again = source.clone();
        let measure = subject.id(&self.later.framework);
        let judged = self.later.organisations.body(body);
        if let Some(reason) = self.not_in_review(subject) {
            return self.leave(over, again, reason);
        }
        if let Subject::Measure(index) = subject
            && judged.kind == BodyKind::Pct
            && !judged.is_asked(self.later.framework.measure(index))
        {
            return self.leave(over, again, format!("{measure} is not asked of this body"));
        }
        let rule = self.later.framework.start.of_changed;
        if change == YearOnYear::Changed && rule == ChangedAnswers::Nothing {
            let reason = format!("{measure} has changed: answer it anew");
            return self.leave(over, again, reason);
        }
        let keeps_value = match change {
            YearOnYear::Changed => rule == ChangedAnswers::Everything && !is_split,
            YearOnYear::Same | YearOnYear::New => true,
        };
        let key = codes.value.as_deref().filter(|_| keeps_value);
        let value = key.and_then(|key| self.key_in_later(key, subject));
        let text = codes.details.rationale.clone();
        if value.is_none() && text.is_none() {
            let reason = format!("{measure} has changed, and there is no rationale to carry");
            return self.leave(over, again, reason);
        }
        over.records.push(CarriedFact {
            id: measure.into(),
            about: vec![measure.into()],
            value,
            text,
            evidence: codes.details.evidence.clone(),
            ..self.fact(source, body)
        });
    }

    fn dropped_in_words(&self) -> String {
        format!("no measure of {} comes from it", self.later.framework.id)
    }

    /// The subjects of the later framework that one of the earlier framework has become, as far as
    /// they are judged.
    fn subjects(&self, subject: Subject) -> Vec<Subject> {
        let topics = self.topics(&Topic::Subject(subject)).into_iter();
        let subjects = topics.filter_map(|topic| match topic {
            Topic::Subject(subject) => Some(subject),
            _ => None,
        });
        subjects
            .filter(|subject| subject.takes_marks(&self.later.framework))
            .collect()
    }

    /// Why a judgement or criterion on a subject is left out, if the later cycle is a review without it.
    fn not_in_review(&self, subject: Subject) -> Option<String> {
        let framework = &self.later.framework;
        let review = framework
            .own_review()
            .filter(|_| !framework.asks(subject))?;
        Some(format!(
            "{} does not ask for {}",
            review.title,
            subject.id(framework)
        ))
    }

    fn criteria(&self, over: &mut CarriedOver) {
        let criteria = self.earlier.records.criteria.iter();
        for criterion in criteria.filter(|criterion| self.is_wanted(criterion.body)) {
            let source = EarlierRecord {
                kind: CarriedKind::Criterion,
                body: criterion.body,
                id: self
                    .earlier
                    .framework
                    .measure(criterion.measure)
                    .id
                    .as_str()
                    .into(),
                record: criterion.record,
            };
            let body = match self.disclosed_body_of(&source) {
                Ok(body) => body,
                Err(reason) => {
                    self.leave(over, source, reason);
                    continue;
                }
            };
            let previous = Subject::Measure(criterion.measure);
            let mut subjects = self.subjects(previous).into_iter();
            let same =
                subjects.find(|subject| self.change_of(*subject, previous).0 == YearOnYear::Same);
            let Some(subject) = same else {
                let reason = "the measure has changed or was dropped, and its criteria with it";
                self.leave(over, source, reason);
                continue;
            };
            if let Some(reason) = self.not_in_review(subject) {
                self.leave(over, source, reason);
                continue;
            }
            let scale = self.earlier.framework.scale_of(criterion.measure);
            let key = scale.key(criterion.supports);
            let measure = subject.id(&self.later.framework);
            over.records.push(CarriedFact {
                id: format!("{measure}.{}", criterion.record.0).into(),
                about: vec![measure.into()],
                value: self.key_in_later(&key, subject),
                text: Some(criterion.reason.clone()),
                detail: Some(criterion.kind.name().into()),
                evidence: criterion.evidence.clone(),
                ..self.fact(&source, body)
            });
        }
    }

    fn leads(&self, over: &mut CarriedOver) {
        let leads = &*self.earlier.records.leads;
        for lead in leads.iter().filter(|lead| self.is_wanted(lead.body)) {
            let area = lead.area.as_ref();
            let id = area.map_or(COORDINATOR.into(), |area| {
                area.code(&self.earlier.framework)
            });
            let source = EarlierRecord {
                kind: CarriedKind::Lead,
                body: lead.body,
                id: id.into(),
                record: lead.record,
            };
            let rivals = leads.iter().filter(|other| other.area == lead.area);
            let rivals: Vec<BodyIndex> = rivals.map(|other| other.body).collect();
            let body = match self.sole_body_of(&source, &rivals) {
                Ok(body) => body,
                Err(reason) => {
                    self.leave(over, source, reason);
                    continue;
                }
            };
            let areas = area.map(|area| self.topics(area));
            let to_lead = &self.later.framework.areas_to_lead;
            let areas = areas.map(|mut areas| {
                areas.retain(|area| to_lead.contains(area));
                areas
            });
            let carried = |about: Vec<Box<str>>, id: Box<str>| CarriedFact {
                id,
                about,
                detail: lead.job_title.clone(),
                owner: Some(lead.person.clone()),
                ..self.fact(&source, body)
            };
            match areas {
                None => over.records.push(carried(Vec::new(), COORDINATOR.into())),
                Some(areas) if areas.is_empty() => {
                    let reason = format!("{} has no such area to lead", self.later.framework.id);
                    self.leave(over, source, reason);
                }
                Some(areas) => {
                    for area in areas {
                        let code: Box<str> = area.code(&self.later.framework).into();
                        over.records.push(carried(vec![code.clone()], code));
                    }
                }
            }
        }
    }

    fn recommendations(&self, over: &mut CarriedOver) {
        let recommendations = self.earlier.records.recommendations.iter();
        for given in recommendations.filter(|given| self.is_wanted(given.body)) {
            let source = EarlierRecord {
                kind: CarriedKind::Recommendation,
                body: given.body,
                id: given.id.clone(),
                record: given.record,
            };
            let follow_up = &given.follow_up;
            match self.disclosed_body_of(&source) {
                Err(reason) => self.leave(over, source, reason),
                Ok(_) if follow_up.state.is_some_and(|state| !state.is_open()) => {
                    self.leave(over, source, "it is done or was given up");
                }
                Ok(body) => over.records.push(CarriedFact {
                    about: self.codes(&given.about),
                    value: follow_up.state.map(|state| state.name().into()),
                    text: Some(given.text.clone()),
                    owner: follow_up.owner.clone(),
                    due: follow_up.due,
                    ..self.fact(&source, body)
                }),
            }
        }
    }

    fn actions(&self, over: &mut CarriedOver) {
        let actions = self.earlier.records.actions.iter();
        for action in actions.filter(|action| self.is_wanted(action.body)) {
            let source = EarlierRecord {
                kind: CarriedKind::Action,
                body: action.body,
                id: action.id.clone(),
                record: action.record,
            };
            match self.body_of(&source) {
                Err(reason) => self.leave(over, source, reason),
                Ok(_) if !action.state.is_open() => {
                    self.leave(over, source, "it is done or was given up");
                }
                Ok(body) => over.records.push(CarriedFact {
                    about: self.codes(&action.about),
                    value: Some(action.state.name().into()),
                    text: Some(action.text.clone()),
                    owner: action.owner.clone(),
                    due: action.due,
                    horizon: action.horizon,
                    ..self.fact(&source, body)
                }),
            }
        }
    }
}

/// The identifier of the coordinator among the leads of a body.
const COORDINATOR: &str = "coordinator";
