//! What a cycle has from the one before: which measures are new, changed or unchanged, what was
//! carried into it, and what has become of that.

mod carry;
mod confirm;
mod disclosure;
mod successors;

pub use carry::{CarriedOver, LeftOut, carry_over};
pub use confirm::confirmed;
pub use successors::{UnknownBody, bodies_to_carry};

use crate::cycle::Cycle;
use crate::framework::{Framework, Mapping, Measure, MeasureIndex, YearOnYear};
use crate::record::{
    ActionState, CarriedKind, CarriedRecord, Criterion, CriterionKind, Method, OriginKind,
    RecordId, RecordType, Subject, Topic,
};
use crate::scale::Scale;

/// How a measure of a framework relates to an earlier framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureChange {
    /// The measure of the later framework.
    pub measure: MeasureIndex,
    /// The measure of the earlier framework; `None` if it is new.
    pub previous: Option<MeasureIndex>,
    /// Whether it is new, changed or the same. A measure that the framework calls the same counts as
    /// changed if its wording or its scale differs.
    pub change: YearOnYear,
    /// What is worded in another way: `title`, `looked_for`, `descriptors`, `scale`.
    pub differs: Vec<&'static str>,
    /// Whether other measures of the later framework come from the same one.
    pub is_split: bool,
}

/// The measures of a framework beside those of an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasureChanges {
    /// Every measure of the later framework, in order.
    pub measures: Vec<MeasureChange>,
    /// The measures of the earlier framework that no measure of the later one comes from.
    pub dropped: Vec<MeasureIndex>,
}

impl MeasureChanges {
    /// Compares two frameworks. Under the same framework every measure is the same; otherwise the
    /// later one says by `previous` what each measure comes from.
    pub fn between(later: &Framework, earlier: &Framework) -> MeasureChanges {
        let previous_of = |measure: &Measure| {
            let id = previous_id(later, earlier, measure.mapping.as_ref(), &measure.id)?;
            earlier.find_measure(id)
        };
        let previous: Vec<Option<MeasureIndex>> = later.measures.iter().map(previous_of).collect();
        let count_of = |wanted: MeasureIndex| {
            let from = previous.iter().flatten();
            from.filter(|index| **index == wanted).count()
        };
        let each = later.each_measure().zip(&previous);
        let measures = each.map(|((index, measure), previous)| {
            let Some(previous) = *previous else {
                return MeasureChange {
                    measure: index,
                    previous: None,
                    change: YearOnYear::New,
                    differs: Vec::new(),
                    is_split: false,
                };
            };
            let differs = differences(later, measure, earlier, earlier.measure(previous));
            let is_split = count_of(previous) > 1;
            let declared = measure.mapping.as_ref().map(|mapping| mapping.change);
            let is_declared_changed =
                later.id != earlier.id && declared == Some(YearOnYear::Changed);
            let changed = is_declared_changed || is_split || !differs.is_empty();
            MeasureChange {
                measure: index,
                previous: Some(previous),
                change: match changed {
                    true => YearOnYear::Changed,
                    false => YearOnYear::Same,
                },
                differs,
                is_split,
            }
        });
        let measures = measures.collect();
        let indices = earlier.each_measure().map(|(index, _)| index);
        MeasureChanges {
            measures,
            dropped: indices
                .filter(|index| !previous.contains(&Some(*index)))
                .collect(),
        }
    }

    /// The measures of the later framework that come from one of the earlier one.
    pub fn from_measure(&self, earlier: MeasureIndex) -> impl Iterator<Item = &MeasureChange> {
        let measures = self.measures.iter();
        measures.filter(move |change| change.previous == Some(earlier))
    }
}

/// The identifier in the earlier framework of what has a mapping to it. A mapping leads to the
/// framework that `previous` names; under the same framework, identifiers are the same.
fn previous_id<'a>(
    later: &Framework,
    earlier: &Framework,
    mapping: Option<&'a Mapping>,
    id: &'a str,
) -> Option<&'a str> {
    if later.id == earlier.id {
        return Some(id);
    }
    if later.previous.as_deref() != Some(earlier.id.as_str()) {
        return None;
    }
    let mapping = mapping.filter(|mapping| mapping.change != YearOnYear::New)?;
    mapping.previous.as_deref()
}

/// What two measures word in another way. What only one of the two frameworks says is not compared.
fn differences(
    later: &Framework,
    measure: &Measure,
    earlier: &Framework,
    previous: &Measure,
) -> Vec<&'static str> {
    let words = |text: &str| {
        let words = text.split_whitespace().map(str::to_lowercase);
        words.collect::<Vec<_>>()
    };
    let is_other = |left: &str, right: &str| words(left) != words(right);
    let mut differs = Vec::new();
    if is_other(&measure.title, &previous.title) {
        differs.push("title");
    }
    if let (Some(now), Some(before)) = (&measure.looked_for, &previous.looked_for)
        && is_other(now, before)
    {
        differs.push("looked_for");
    }
    let descriptor_differs = |(key, now): &(String, String)| {
        let mut before = previous.descriptors.iter();
        let before = before.find(|(known, _)| known == key);
        before.is_some_and(|(_, before)| is_other(now, before))
    };
    if measure.descriptors.iter().any(descriptor_differs) {
        differs.push("descriptors");
    }
    let (now, before) = (later.scale(measure.scale), earlier.scale(previous.scale));
    if scale_differs(now, before) {
        differs.push("scale");
    }
    differs
}

/// Whether two scales have other steps.
fn scale_differs(now: &Scale, before: &Scale) -> bool {
    let keys = |scale: &Scale| -> Vec<String> {
        let steps = scale.steps().iter();
        steps.map(|step| step.key.clone()).collect()
    };
    now.is_text() != before.is_text() || keys(now) != keys(before)
}

/// What has become of a record that was carried into a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CarriedState {
    /// Nobody has recorded it in this cycle yet.
    Unconfirmed,
    /// It was recorded in this cycle as it was.
    Confirmed,
    /// It was recorded in this cycle with another value, text or person.
    Changed,
}

impl CarriedState {
    /// All of them.
    pub const ALL: [CarriedState; 3] = [
        CarriedState::Unconfirmed,
        CarriedState::Confirmed,
        CarriedState::Changed,
    ];

    /// In words for people.
    pub fn in_words(self) -> &'static str {
        match self {
            CarriedState::Unconfirmed => "not confirmed",
            CarriedState::Confirmed => "confirmed",
            CarriedState::Changed => "changed",
        }
    }
}

/// The record of a cycle that confirms or changes a carried one, and how far it has come if it is an
/// action or a recommendation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarriedStatus {
    /// What has become of it.
    pub state: CarriedState,
    /// The record of this cycle.
    pub record: Option<RecordId>,
    /// How far the action of this cycle has come, or one that follows up the recommendation.
    pub progress: Option<ActionState>,
}

impl CarriedStatus {
    const NONE: CarriedStatus = CarriedStatus {
        state: CarriedState::Unconfirmed,
        record: None,
        progress: None,
    };

    fn new(record: RecordId, is_same: bool, progress: Option<ActionState>) -> CarriedStatus {
        CarriedStatus {
            state: match is_same {
                true => CarriedState::Confirmed,
                false => CarriedState::Changed,
            },
            record: Some(record),
            progress,
        }
    }
}

/// What has become of a record that was carried into a cycle.
pub fn status_of(cycle: &Cycle, carried: &CarriedRecord) -> CarriedStatus {
    let found = match carried.kind {
        CarriedKind::OwnJudgement => of_judgement(cycle, carried),
        CarriedKind::Criterion => of_criterion(cycle, carried),
        CarriedKind::Lead => of_lead(cycle, carried),
        CarriedKind::Recommendation => of_recommendation(cycle, carried),
        CarriedKind::Action => of_action(cycle, carried),
    };
    found.unwrap_or(CarriedStatus::NONE)
}

fn of_judgement(cycle: &Cycle, carried: &CarriedRecord) -> Option<CarriedStatus> {
    let subject = carried.subject()?;
    let mut judgements = cycle.records.judgements.iter();
    let judgement = judgements.find(|judgement| {
        judgement.body == carried.body
            && judgement.subject == subject
            && judgement.method == Method::SelfAssessment
            && judgement.assessor.is_none()
    })?;
    let codes = judgement.to_codes(&cycle.code_writer());
    let is_same = codes.value == carried.value && codes.details.rationale == carried.text;
    Some(CarriedStatus::new(judgement.record, is_same, None))
}

/// A carried criterion is confirmed or changed by the one that tests the same. One of this cycle that
/// answers to none of the carried ones on its measure has taken the place of one that is not recorded.
fn of_criterion(cycle: &Cycle, carried: &CarriedRecord) -> Option<CarriedStatus> {
    if let Some(criterion) = same_criterion(cycle, carried) {
        let scale = cycle.framework.scale_of(criterion.measure);
        let is_same = Some(&*scale.key(criterion.supports)) == carried.value.as_deref();
        return Some(CarriedStatus::new(criterion.record, is_same, None));
    }
    let subject = carried.subject()?;
    let others = cycle.records.carried.iter().filter(|other| {
        other.kind == CarriedKind::Criterion
            && other.body == carried.body
            && other.subject() == Some(subject)
    });
    let mut taken: Vec<RecordId> = Vec::new();
    let mut unrecorded = Vec::new();
    for other in others {
        match same_criterion(cycle, other) {
            Some(criterion) => taken.push(criterion.record),
            None => unrecorded.push(other.record),
        }
    }
    let at = unrecorded
        .iter()
        .position(|record| *record == carried.record)?;
    let criteria = cycle.records.criteria.iter();
    let mut replacing = criteria.filter(|criterion| {
        criterion.body == carried.body
            && Subject::Measure(criterion.measure) == subject
            && !taken.contains(&criterion.record)
    });
    let criterion = replacing.nth(at)?;
    Some(CarriedStatus::new(criterion.record, false, None))
}

/// The criterion of this cycle that tests what a carried one did: of the same kind, with the same
/// reason, on the same measure of the body.
fn same_criterion<'a>(cycle: &'a Cycle, carried: &CarriedRecord) -> Option<&'a Criterion> {
    let subject = carried.subject()?;
    let mut criteria = cycle.records.criteria.iter();
    criteria.find(|criterion| {
        criterion.body == carried.body
            && Subject::Measure(criterion.measure) == subject
            && Some(&criterion.reason) == carried.text.as_ref()
            && Some(criterion.kind) == criterion_kind(carried)
    })
}

/// Whether a criterion is one of a level or a metric; one that does not say is a criterion.
fn criterion_kind(carried: &CarriedRecord) -> Option<CriterionKind> {
    let detail = carried.detail.as_deref();
    let detail = detail.unwrap_or(CriterionKind::Criterion.name());
    CriterionKind::ALL
        .into_iter()
        .find(|kind| kind.name() == detail)
}

/// Whether a carried record is recorded in this cycle, so that confirming it would repeat it. A
/// criterion that has taken its place does not prevent it.
pub fn is_recorded(cycle: &Cycle, carried: &CarriedRecord) -> bool {
    match carried.kind {
        CarriedKind::Criterion => same_criterion(cycle, carried).is_some(),
        _ => status_of(cycle, carried).record.is_some(),
    }
}

fn of_lead(cycle: &Cycle, carried: &CarriedRecord) -> Option<CarriedStatus> {
    let mut leads = cycle.records.leads.iter();
    let lead = leads
        .find(|lead| lead.body == carried.body && lead.area.as_ref() == carried.about.first())?;
    let is_same = Some(&lead.person) == carried.owner.as_ref();
    Some(CarriedStatus::new(lead.record, is_same, None))
}

/// A recommendation is taken up by one of this cycle with the same identifier, or by an action that
/// refers to it as a finding of an earlier review.
fn of_recommendation(cycle: &Cycle, carried: &CarriedRecord) -> Option<CarriedStatus> {
    let mut recommendations = cycle.records.recommendations.iter();
    let again = recommendations.find(|given| given.body == carried.body && given.id == carried.id);
    if let Some(given) = again {
        let is_same = Some(&given.text) == carried.text.as_ref();
        let state = given.follow_up.state;
        return Some(CarriedStatus::new(given.record, is_same, state));
    }
    let mut actions = cycle.records.actions.iter();
    let action = actions.find(|action| {
        let origin = action.origin.as_ref();
        let reference = origin.filter(|origin| origin.kind == OriginKind::EarlierReview);
        let reference = reference.and_then(|origin| origin.reference.as_deref());
        action.body == carried.body && reference == Some(&*reference_to(carried))
    })?;
    Some(CarriedStatus::new(action.record, true, Some(action.state)))
}

/// How an action refers to a recommendation of an earlier cycle.
pub fn reference_to(carried: &CarriedRecord) -> String {
    format!("{}, {}", carried.from_cycle, carried.id)
}

fn of_action(cycle: &Cycle, carried: &CarriedRecord) -> Option<CarriedStatus> {
    let mut actions = cycle.records.actions.iter();
    let action = actions.find(|action| action.body == carried.body && action.id == carried.id)?;
    let is_same = Some(&action.text) == carried.text.as_ref()
        && action.owner == carried.owner
        && action.due == carried.due;
    let progress = Some(action.state);
    Some(CarriedStatus::new(action.record, is_same, progress))
}

/// The measures that a topic of an earlier framework has become.
fn topics_from(
    topic: &Topic,
    later: &Framework,
    earlier: &Framework,
    changes: &MeasureChanges,
) -> Vec<Topic> {
    let subjects: Vec<Subject> = match topic {
        Topic::Outcomes => return vec![Topic::Outcomes],
        Topic::Outcome(id) => {
            let known = later.find_outcome(id);
            return known.map(|_| topic.clone()).into_iter().collect();
        }
        Topic::Subject(Subject::Measure(measure)) => {
            let later = changes.from_measure(*measure);
            later
                .map(|change| Subject::Measure(change.measure))
                .collect()
        }
        Topic::Subject(Subject::Component(component)) => {
            let id = &earlier.component(*component).id;
            let components = later.each_component().filter(|(_, component)| {
                let mapping = component.mapping.as_ref();
                previous_id(later, earlier, mapping, &component.id)
                    .is_some_and(|previous| previous.eq_ignore_ascii_case(id))
            });
            components
                .map(|(index, _)| Subject::Component(index))
                .collect()
        }
        Topic::Subject(part) => Subject::find(later, part.id(earlier))
            .filter(|found| std::mem::discriminant(found) == std::mem::discriminant(part))
            .into_iter()
            .collect(),
    };
    subjects.into_iter().map(Topic::Subject).collect()
}
