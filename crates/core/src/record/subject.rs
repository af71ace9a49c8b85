//! What records are about: measures, components and health outcomes.

use super::{RuleBroken, RuleContext};
use crate::framework::{ComponentIndex, Framework, MeasureIndex};
use crate::scale::Scale;
use serde::{Deserialize, Serialize};

/// The subject of a judgement: a measure, or a component as a whole (an overall level or rating
/// that the panel records itself).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// One measure.
    Measure(MeasureIndex),
    /// A competency or governance strand as a whole.
    Component(ComponentIndex),
}

impl Subject {
    /// Identifier of the measure or component.
    pub fn id(self, framework: &Framework) -> &str {
        match self {
            Subject::Measure(measure) => &framework.measure(measure).id,
            Subject::Component(component) => &framework.component(component).id,
        }
    }

    /// The scale that it is judged on.
    pub fn scale(self, framework: &Framework) -> &Scale {
        match self {
            Subject::Measure(measure) => framework.scale_of(measure),
            Subject::Component(component) => framework.scale_of_component(component),
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
}

/// Outcomes among the topics of a new record that neither the framework nor the cycle has.
pub(super) fn unknown_outcomes(
    field: &'static str,
    topics: &[Topic],
    context: &RuleContext<'_>,
) -> Vec<RuleBroken> {
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
        let broken = RuleBroken::new("known-outcome", field, message).of_item(item);
        Some(broken.choosing(id, catalogue.iter().map(|outcome| outcome.id.as_str())))
    });
    unknown.collect()
}
