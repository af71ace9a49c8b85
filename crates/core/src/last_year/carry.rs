//! What a cycle takes over from an earlier one, and what it does not, and why.

use super::{MeasureChanges, topics_from};
use crate::body::{BodyIndex, BodyKind};
use crate::cycle::Cycle;
use crate::framework::{ChangedAnswers, YearOnYear};
use crate::progress::bodies_above;
use crate::record::{
    CarriedFact, CarriedKind, CodeWriter, Judgement, JudgementDetails, Method, RecordId,
    RecordType, Subject, Topic,
};
use std::collections::{BTreeMap, BTreeSet};

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
/// only the body's own.
pub fn carry_over(later: &Cycle, earlier: &Cycle) -> CarriedOver {
    let carrying = Carrying {
        later,
        earlier,
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

/// For each body of the earlier cycle its body in the later one, or why it has none.
type Successors = BTreeMap<BodyIndex, Result<BodyIndex, String>>;

fn successors(later: &Cycle, earlier: &Cycle) -> Successors {
    let bodies = earlier.organisations.each();
    let bodies = bodies.map(|(index, _)| (index, successor(later, earlier, index)));
    bodies.collect()
}

/// The body of the later cycle that has a body's code, or that succeeded it.
fn successor(later: &Cycle, earlier: &Cycle, body: BodyIndex) -> Result<BodyIndex, String> {
    let words = &later.framework.words;
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut code = earlier.organisations.body(body).code.as_str();
    let name = earlier.organisations.body(body).name_and_code();
    while seen.insert(code) {
        let found = later.organisations.find(code);
        if let Some(found) = found.filter(|found| later.assures(*found)) {
            return Ok(found);
        }
        let now = found.and_then(|found| later.organisations.body(found).succeeded_by.as_deref());
        let then = || {
            let before = earlier.organisations.find(code)?;
            earlier.organisations.body(before).succeeded_by.as_deref()
        };
        let Some(next) = now.or_else(then) else {
            return Err(match found {
                Some(_) => format!("{name} is not assured in this {}", words.cycle.one),
                None => format!(
                    "{name} is not in the tables of this {}, and no body is named that succeeded it",
                    words.cycle.one
                ),
            });
        };
        code = next;
    }
    Err(format!("the bodies that succeeded {name} form a circle"))
}

struct Carrying<'a> {
    later: &'a Cycle,
    earlier: &'a Cycle,
    changes: MeasureChanges,
    successors: Successors,
}

/// A record of the earlier cycle.
struct Source {
    kind: CarriedKind,
    body: BodyIndex,
    id: Box<str>,
    record: RecordId,
}

impl Carrying<'_> {
    fn leave(&self, over: &mut CarriedOver, source: Source, reason: impl Into<String>) {
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
    fn body_of(&self, source: &Source) -> Result<BodyIndex, String> {
        match self.successors.get(&source.body) {
            Some(Ok(body)) => Ok(*body),
            Some(Err(reason)) => Err(reason.clone()),
            None => Err("its body is not known".to_owned()),
        }
    }

    /// The body in the later cycle of something of which a body has only one. After a merger it is
    /// carried only if the new body has it from one body alone.
    fn sole_body_of(&self, source: &Source, rivals: &[BodyIndex]) -> Result<BodyIndex, String> {
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

    /// Whether what the panel found on a body may be shown to it: nobody opened a phase of the
    /// earlier cycle, or its results were released.
    fn is_disclosed(&self, body: BodyIndex) -> bool {
        let records = &self.earlier.records;
        if records.phases.is_empty() {
            return true;
        }
        let above = bodies_above(&self.earlier.organisations, body, self.earlier.as_of);
        let mut releases = records.releases.iter();
        releases.any(|release| release.body == body || above.contains(&Some(release.body)))
    }

    fn fact(&self, source: &Source, body: BodyIndex) -> CarriedFact {
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

    /// How a judgement or criterion on a subject is carried to one of the later framework.
    fn change_of(&self, subject: Subject) -> (YearOnYear, bool) {
        let Subject::Measure(measure) = subject else {
            return (YearOnYear::Same, false);
        };
        let mut changes = self.changes.measures.iter();
        let change = changes.find(|change| change.measure == measure);
        change.map_or((YearOnYear::New, false), |change| {
            (change.change, change.is_split)
        })
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
        for judgement in &own {
            let source = Source {
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
            let codes = judgement.to_codes(&CodeWriter {
                framework: &self.earlier.framework,
                organisations: &self.earlier.organisations,
            });
            let subjects = self.subjects(judgement.subject);
            if subjects.is_empty() {
                let reason = self.dropped_in_words();
                self.leave(over, source, reason);
                continue;
            }
            for subject in subjects {
                self.judgement(over, &source, body, subject, &codes);
            }
        }
    }

    fn judgement(
        &self,
        over: &mut CarriedOver,
        source: &Source,
        body: BodyIndex,
        subject: Subject,
        codes: &crate::record::JudgementFact,
    ) {
        let again = Source {
            id: source.id.clone(),
            ..*source
        };
        let measure = subject.id(&self.later.framework);
        let judged = self.later.organisations.body(body);
        if let Subject::Measure(index) = subject
            && judged.kind == BodyKind::Pct
            && !judged.is_asked(self.later.framework.measure(index))
        {
            return self.leave(over, again, format!("{measure} is not asked of this body"));
        }
        let (change, is_split) = self.change_of(subject);
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

    fn criteria(&self, over: &mut CarriedOver) {
        for criterion in &*self.earlier.records.criteria {
            let source = Source {
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
            let body = match self.body_of(&source) {
                Ok(_) if !self.is_disclosed(criterion.body) => Err(NOT_RELEASED.to_owned()),
                body => body,
            };
            let body = match body {
                Ok(body) => body,
                Err(reason) => {
                    self.leave(over, source, reason);
                    continue;
                }
            };
            let subjects = self.subjects(Subject::Measure(criterion.measure));
            let same = subjects
                .into_iter()
                .find(|subject| self.change_of(*subject).0 == YearOnYear::Same);
            let Some(subject) = same else {
                let reason = "the measure has changed or was dropped, and its criteria with it";
                self.leave(over, source, reason);
                continue;
            };
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
        for lead in leads {
            let area = lead.area.as_ref();
            let id = area.map_or(COORDINATOR.into(), |area| {
                area.code(&self.earlier.framework)
            });
            let source = Source {
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
        for given in &*self.earlier.records.recommendations {
            let source = Source {
                kind: CarriedKind::Recommendation,
                body: given.body,
                id: given.id.clone(),
                record: given.record,
            };
            let body = self.body_of(&source);
            let follow_up = &given.follow_up;
            match body {
                Err(reason) => self.leave(over, source, reason),
                Ok(_) if follow_up.state.is_some_and(|state| !state.is_open()) => {
                    self.leave(over, source, "it is done or was given up");
                }
                Ok(_) if !self.is_disclosed(given.body) => self.leave(over, source, NOT_RELEASED),
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
        for action in &*self.earlier.records.actions {
            let source = Source {
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

const NOT_RELEASED: &str = "the results that it belongs to were not released";
