//! What the engine needs of a framework for each body, read once for the whole cycle.

use crate::body::BodyKind;
use crate::framework::{Component, ComponentIndex, Framework, Measure, MeasureIndex, RuleInputs};
use crate::output::{Output, is_assured_for_clusters};

/// What is the same for every body of a cycle.
pub(crate) struct Plan {
    /// Whether anything depends on the results of components, and so on the exact figures behind
    /// them.
    pub(super) is_combined: bool,
    /// For each component, whether the result is the lowest mark as it stands.
    takes_lowest: Vec<bool>,
    /// For each measure, whether the framework says that it is new.
    new_measures: Vec<bool>,
    /// The components that are counted, in order.
    counted: Vec<CountedComponent>,
}

/// A component that counts in the statements of its area.
struct CountedComponent {
    index: ComponentIndex,
    area: usize,
    /// Whether clusters are assured on any of its measures.
    is_of_clusters: bool,
}

impl Plan {
    /// Reads a framework.
    pub(crate) fn of(framework: &Framework) -> Plan {
        let is_combined = components_are_combined(framework);
        let takes_lowest = |component: &Component| {
            let Some(combination) = component.rating.rule() else {
                return false;
            };
            let mut measures = component.measures.iter();
            !is_combined
                && combination.takes_lowest()
                && !framework.scale(combination.scale).is_text()
                && measures.all(|measure| framework.measure(*measure).scale == combination.scale)
        };
        let counted = framework
            .each_component()
            .filter(|(_, component)| component.scored && component.rating.scale().is_some())
            .map(|(index, component)| CountedComponent {
                index,
                area: component.area,
                is_of_clusters: is_assured_for_clusters(framework, component),
            });
        Plan {
            is_combined,
            takes_lowest: framework.components.iter().map(takes_lowest).collect(),
            new_measures: framework.measures.iter().map(Measure::is_new).collect(),
            counted: counted.collect(),
        }
    }

    pub(super) fn takes_lowest(&self, component: ComponentIndex) -> bool {
        let takes_lowest = self.takes_lowest.get(usize::from(component.0));
        takes_lowest.copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn is_new(&self, measure: MeasureIndex) -> bool {
        let is_new = self.new_measures.get(usize::from(measure.0));
        is_new.copied().unwrap_or_default()
    }

    /// The components that are counted for the body of an output, each with its area.
    pub(super) fn counted<'a>(
        &'a self,
        framework: &'a Framework,
        output: &'a Output,
    ) -> impl Iterator<Item = (ComponentIndex, usize)> + 'a {
        let counted = self.counted.iter().filter(|counted| match output.kind {
            BodyKind::Pct | BodyKind::Sha => true,
            BodyKind::Cluster => counted.is_of_clusters,
            BodyKind::Function => output.assesses(framework, counted.index),
        });
        counted.map(|counted| (counted.index, counted.area))
    }
}

/// Whether anything depends on the results of components, and so on the exact figures behind them.
fn components_are_combined(framework: &Framework) -> bool {
    let mut areas = framework.areas.iter();
    areas.any(|area| area.rating.rule().is_some())
        || !framework.limits.is_empty()
        || framework
            .overall
            .as_ref()
            .is_some_and(|overall| overall.over == RuleInputs::Components)
}
