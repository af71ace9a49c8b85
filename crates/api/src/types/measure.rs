//! `Component` and `Measure`: what is assessed.

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
    /// Which one.
    pub(crate) index: MeasureIndex,
}

impl<'a> Measure<'a> {
    /// The measure itself.
    pub(crate) fn it(&self) -> &'a core::Measure {
        self.framework.it.measure(self.index)
    }
}

object! {
    /// One measure, the subject of a judgement. A competency has three measures; a governance
    /// strand has three to six.
    Measure<'a> as "Measure", implements [Node] => |it| {
        /// Global identifier; give it to `node` to ask for the measure again.
        id: NodeId<'a> = NodeId::new(Kind::Measure, [&it.framework.it.id, &it.it().id]);
        /// Identifier used in files and by people: `5a`, `board.5`.
        code: Id<'a> = Id(&it.it().id);
        /// Title as printed.
        title: &'a str = it.it().title.as_str();
        /// The competency or strand that it belongs to.
        component: Component<'a> = it.framework.component(it.it().component);
        /// The scale of its judgements.
        scale: Scale<'a> = Scale(it.framework.it.scale_of(it.index));
        /// Whether it is assured once for a cluster or for each PCT.
        reach: Reach = it.it().reach;
        /// What the panel looks for.
        lookedFor: Option<&'a str> = it.it().looked_for.as_deref();
        /// The requirements of each step of the scale, if the framework gives them.
        descriptors: [Descriptor<'a>; 4] = it.it().descriptors.iter().map(|(key, text)| Descriptor { scale: it.framework.it.scale_of(it.index), key, text });
        /// How it relates to the previous year's measure; null if the framework does not say.
        mapping: Option<Mapping<'a>> = it.it().mapping.as_ref().map(Mapping);
        /// The source of its wording.
        source: Option<&'a str> = it.it().source.as_deref();
    }
}

/// A component of a framework.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Component<'a> {
    /// The framework.
    pub(crate) framework: Framework<'a>,
    /// Which one.
    pub(crate) index: ComponentIndex,
}

impl<'a> Component<'a> {
    /// The component itself.
    pub(crate) fn it(&self) -> &'a core::Component {
        self.framework.it.component(self.index)
    }
}

object! {
    /// A competency or governance strand: several measures that combine into one result.
    Component<'a> as "Component", implements [Node] => |it| {
        /// Global identifier; give it to `node` to ask for the component again.
        id: NodeId<'a> = NodeId::new(Kind::Component, [&it.framework.it.id, &it.it().id]);
        /// Identifier used in files and by people: `5`, `strategy`.
        code: Id<'a> = Id(&it.it().id);
        /// Full title.
        title: &'a str = it.it().title.as_str();
        /// The short label of the scorecard.
        label: &'a str = it.it().label.as_str();
        /// The area that it belongs to.
        area: Area<'a> = Area { framework: it.framework, at: it.it().area };
        /// Its measures, in order; none if it is not assessed in this year.
        measures: [Measure<'a>; 4] = it.it().measures.iter().map(|index| it.framework.measure(*index));
        /// False if the framework names it but does not assess it in this year.
        scored: bool = it.it().scored;
        /// The scale of its result.
        scale: Scale<'a> = Scale(it.framework.it.scale_of_component(it.index));
        /// How its measures combine into its result.
        rule: CombinationRule<'a> = CombinationRule { framework: it.framework.it, it: &it.it().combination };
        /// How it relates to the previous year's; null if the framework does not say.
        mapping: Option<Mapping<'a>> = it.it().mapping.as_ref().map(Mapping);
    }
}
