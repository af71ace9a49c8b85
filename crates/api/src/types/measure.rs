//! `Component` and `Measure`: the subjects of assessment.

use super::framework::{Area, Framework};
use super::ids::{Kind, NodeId};
use super::rulebook::{CombinationRule, Descriptor, Mapping, Scale};
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::framework::{self as core, Reach};
use wcc_core::{ComponentIndex, MeasureIndex};

/// A measure of a framework.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure<'a> {
    /// The framework.
    pub(crate) framework: Framework<'a>,
    /// The measure's index.
    pub(crate) index: MeasureIndex,
}

impl<'a> Measure<'a> {
    /// The measure's data.
    pub(crate) fn data(&self) -> &'a core::Measure {
        self.framework.data.measure(self.index)
    }
}

object! {
    /// One measure, the subject of a judgement. A competency has three measures; a governance
    /// strand has three to six.
    Measure<'a> as "Measure", implements [Node] => |measure| {
        /// Global identifier; give it to `node` to ask for the measure again.
        id: NodeId<'a> = NodeId::new(Kind::Measure, [&measure.framework.data.id, &measure.data().id]);
        /// Identifier used in files and by people: `5a`, `board.5`.
        code: Id<'a> = Id(&measure.data().id);
        /// Title as printed.
        title: &'a str = measure.data().title.as_str();
        /// The competency or strand that it belongs to.
        component: Component<'a> = measure.framework.component(measure.data().component);
        /// The scale of its judgements.
        scale: Scale<'a> = Scale(measure.framework.data.scale_of(measure.index));
        /// Whether it is assured once for a group, `group`, or for each body, `body`.
        reachId: &'static str = match measure.data().reach {
            Reach::Cluster => "group",
            Reach::Pct => "body",
        };
        /// Whether it is assured once for a cluster or for each PCT.
        #[deprecated = "Use `reachId`."]
        reach: Reach = measure.data().reach;
        /// What the panel looks for.
        lookedFor: Option<&'a str> = measure.data().looked_for.as_deref();
        /// The requirements of each step of the scale, if the framework gives them.
        descriptors: [Descriptor<'a>; 4] = measure.data().descriptors.iter().map(|(key, text)| Descriptor { scale: measure.framework.data.scale_of(measure.index), key, text });
        /// How it relates to the previous year's measure; null if the framework does not say.
        mapping: Option<Mapping<'a>> = measure.data().mapping.as_ref().map(Mapping);
        /// The source of its wording.
        source: Option<&'a str> = measure.data().source.as_deref();
    }
}

/// A component of a framework.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Component<'a> {
    /// The framework.
    pub(crate) framework: Framework<'a>,
    /// The component's index.
    pub(crate) index: ComponentIndex,
}

impl<'a> Component<'a> {
    /// The component's data.
    pub(crate) fn data(&self) -> &'a core::Component {
        self.framework.data.component(self.index)
    }
}

object! {
    /// A competency or governance strand: several measures that combine into one result.
    Component<'a> as "Component", implements [Node] => |component| {
        /// Global identifier; give it to `node` to ask for the component again.
        id: NodeId<'a> = NodeId::new(Kind::Component, [&component.framework.data.id, &component.data().id]);
        /// Identifier used in files and by people: `5`, `strategy`.
        code: Id<'a> = Id(&component.data().id);
        /// Full title.
        title: &'a str = component.data().title.as_str();
        /// The short label of the scorecard.
        label: &'a str = component.data().label.as_str();
        /// The area that it belongs to.
        area: Area<'a> = Area { framework: component.framework, at: component.data().area };
        /// Its measures, in order; none if it is not assessed in this year.
        measures: [Measure<'a>; 4] = component.data().measures.iter().map(|index| component.framework.measure(*index));
        /// False if the framework names it but does not assess it in this year.
        scored: bool = component.data().scored;
        /// The scale of its result; null if it is a heading without a rating.
        scale: Option<Scale<'a>> = component.data().rating.scale().map(|scale| Scale(component.framework.data.scale(scale)));
        /// How its measures combine into its result; null if no rule does.
        rule: Option<CombinationRule<'a>> = component.data().rating.rule().map(|data| CombinationRule { framework: component.framework.data, data });
        /// Whether it can be judged as a whole.
        judged: bool = component.data().rating.takes_marks();
        /// How much it counts in results over components; 1 unless the framework says otherwise.
        weight: f64 = component.data().weight.to_f64();
        /// How it relates to the previous year's; null if the framework does not say.
        mapping: Option<Mapping<'a>> = component.data().mapping.as_ref().map(Mapping);
    }
}
