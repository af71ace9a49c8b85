//! What records are about: measures, components and health outcomes.

use super::codes::OUTCOME_PREFIX;
use super::{RuleContext, RuleViolation};
use crate::framework::{ComponentIndex, Framework, FrameworkPart, MeasureIndex};
use crate::scale::Scale;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The subject of a judgement: a measure, or a larger part as a whole (a level or rating that the
/// panel records itself).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// One measure.
    Measure(MeasureIndex),
    /// A competency or governance strand as a whole.
    Component(ComponentIndex),
    /// An area as a whole, by its position in [`Framework::areas`].
    Area(u16),
    /// The overall result.
    Overall,
}

impl Subject {
    /// The identifier of the overall result.
    pub const OVERALL: &'static str = "overall";

    /// The measure, component, area or overall result with this identifier, ignoring case. A
    /// smaller part comes first where two have the same identifier.
    pub fn find(framework: &Framework, id: &str) -> Option<Subject> {
        let measure = framework.find_measure(id).map(Subject::Measure);
        let component = || framework.find_component(id).map(Subject::Component);
        let area = || {
            let area = framework.find_area(id)?;
            u16::try_from(area).ok().map(Subject::Area)
        };
        let overall = || {
            let is_overall = id.eq_ignore_ascii_case(Subject::OVERALL);
            (is_overall && framework.overall.is_some()).then_some(Subject::Overall)
        };
        measure.or_else(component).or_else(area).or_else(overall)
    }

    /// Every subject that takes judgements.
    pub fn all(framework: &Framework) -> impl Iterator<Item = Subject> {
        let measures = framework.each_measure();
        let measures = measures.map(|(index, _)| Subject::Measure(index));
        let parts = framework
            .parts()
            .filter(|level| framework.rating(*level).takes_marks());
        measures.chain(parts.map(FrameworkPart::subject))
    }

    /// The part, if it is larger than a measure.
    pub fn part(self) -> Option<FrameworkPart> {
        match self {
            Subject::Measure(_) => None,
            Subject::Component(component) => Some(FrameworkPart::Component(component)),
            Subject::Area(area) => Some(FrameworkPart::Area(usize::from(area))),
            Subject::Overall => Some(FrameworkPart::Overall),
        }
    }

    /// Whether judgements can be made on it.
    pub fn takes_marks(self, framework: &Framework) -> bool {
        self.part()
            .is_none_or(|level| framework.rating(level).takes_marks())
    }

    /// Its identifier.
    pub fn id(self, framework: &Framework) -> &str {
        match self {
            Subject::Measure(measure) => &framework.measure(measure).id,
            Subject::Component(component) => &framework.component(component).id,
            Subject::Area(area) => framework
                .areas
                .get(usize::from(area))
                .map_or("", |area| &area.id),
            Subject::Overall => Subject::OVERALL,
        }
    }

    /// The scale that it is judged on.
    pub fn scale(self, framework: &Framework) -> &Scale {
        match self {
            Subject::Measure(measure) => framework.scale_of(measure),
            Subject::Component(component) => framework.scale_of_component(component),
            Subject::Area(area) => framework.scale_at(FrameworkPart::Area(usize::from(area))),
            Subject::Overall => framework.scale_at(FrameworkPart::Overall),
        }
    }
}

/// The topic of commentary or a recommendation.
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
    /// The word for the health outcomes as a whole.
    pub const OUTCOMES: &'static str = "outcomes";

    /// Its code: `9a`, `outcomes`, `outcome:smoking`.
    pub fn code<'a>(&'a self, framework: &'a Framework) -> Cow<'a, str> {
        match self {
            Topic::Subject(subject) => subject.id(framework).into(),
            Topic::Outcomes => Topic::OUTCOMES.into(),
            Topic::Outcome(id) => format!("{OUTCOME_PREFIX}{id}").into(),
        }
    }

    /// Its identifier, as used in files.
    pub fn id<'a>(&'a self, framework: &'a Framework) -> &'a str {
        match self {
            Topic::Subject(subject) => subject.id(framework),
            Topic::Outcomes => Topic::OUTCOMES,
            Topic::Outcome(id) => id,
        }
    }

    /// What it is called in a sentence: "9 Procurement", "health outcomes".
    pub fn title(&self, framework: &Framework) -> String {
        match self {
            Topic::Subject(Subject::Measure(measure)) => {
                let measure = framework.measure(*measure);
                format!("{} {}", measure.id, measure.title)
            }
            Topic::Subject(subject) => subject
                .part()
                .map_or_else(String::new, |part| framework.label_of(part)),
            Topic::Outcomes => framework.words.all_outcomes.clone(),
            Topic::Outcome(id) => framework.outcome_title(id).to_owned(),
        }
    }
}

/// Outcomes among the topics of a new record that neither the framework nor the cycle has.
pub(super) fn unknown_outcomes(
    field: &'static str,
    topics: &[Topic],
    context: &RuleContext<'_>,
) -> Vec<RuleViolation> {
    let unknown = topics.iter().enumerate().filter_map(|(item, topic)| {
        let Topic::Outcome(id) = topic else {
            return None;
        };
        let catalogue = &context.framework.outcomes.catalogue;
        if context.framework.find_outcome(id).is_some() || (context.has_outcome)(id) {
            return None;
        }
        let message = format!(
            "`{id}` is neither in the catalogue of {} nor an outcome of this cycle",
            context.framework.id
        );
        let broken = RuleViolation::new("known-outcome", field, message).of_item(item);
        Some(broken.choosing(id, catalogue.iter().map(|outcome| outcome.id.as_str())))
    });
    unknown.collect()
}
