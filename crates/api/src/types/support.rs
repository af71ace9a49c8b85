//! Areas of concern, support in them, and what results mean for a body.

use super::body::Body;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::evidence::{components, record};
use super::measure::{Component, Measure};
use super::outcome::OutcomeReference;
use super::output::Output;
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::BodyIndex;
use wcc_core::planning::{is_supported, support_in};
use wcc_core::record::{self as core, ConsequenceKind, Subject, SupportState, Topic};

record! {
    /// An area of concern.
    AreaOfConcern of core::AreaOfConcern
}

impl<'a> AreaOfConcern<'a> {
    /// An area of concern of a cycle.
    pub(crate) fn of(cycle: Cycle<'a>, data: &'a core::AreaOfConcern) -> AreaOfConcern<'a> {
        AreaOfConcern { cycle, data }
    }

    /// The areas of concern of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = AreaOfConcern<'a>> {
        let areas = &output.cycle.assured.cycle.records.areas_of_concern;
        AreaOfConcern::matching(output, areas, move |body| output.has(body))
    }

    fn measures(&self) -> impl Iterator<Item = Measure<'a>> + use<'a> {
        let framework = self.cycle.framework();
        let about = self.data.about.iter();
        about.filter_map(move |topic| match topic {
            Topic::Subject(Subject::Measure(index)) => Some(framework.measure(*index)),
            _ => None,
        })
    }

    fn options(&self) -> impl Iterator<Item = SupportOption<'a>> + use<'a> {
        let cycle = self.cycle;
        let options = support_in(&cycle.assured.cycle, &self.data.id);
        options.map(move |data| SupportOption { cycle, data })
    }
}

object! {
    /// An area in which a body considers itself weak, and which it shares with those who assure it.
    AreaOfConcern<'a> as "AreaOfConcern" => |area| {
        /// Identifier within the cycle.
        code: Id<'a> = Id(&area.data.id);
        /// What is of concern, and what would help.
        text: &'a str = area.data.text.as_ref();
        /// The body; a cluster's area of concern is that of its PCTs.
        body: Body<'a> = area.body();
        /// The measures that it is about.
        measures: [Measure<'a>; 1] = area.measures();
        /// The competencies and strands that it is about. Without a measure, component or outcome
        /// it is about the body as a whole.
        components: [Component<'a>; 1] = components(area.cycle, &area.data.about);
        /// Whether it is about the health outcomes as a whole.
        aboutOutcomes: bool = area.data.about.contains(&Topic::Outcomes);
        /// The individual health outcomes that it is about.
        outcomes: [OutcomeReference<'a>; 1] = OutcomeReference::all(area.cycle, &area.data.about);
        /// The options of support, in the order in which they were entered.
        support: [SupportOption<'a>; 2] = area.options();
        /// Whether support was chosen or given.
        supported: bool = is_supported(&area.cycle.assured.cycle, area.data);
        /// Number of the ledger's entry; give it as `supersedes` to correct it.
        entry: Option<i32> = area.cycle.entry(area.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = area.cycle.entered_by(area.data);
    }
}

record! {
    /// An option of support.
    SupportOption of core::SupportOption
}

impl<'a> SupportOption<'a> {
    /// The options for the body of an output and its cluster.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = SupportOption<'a>> {
        let options = &output.cycle.assured.cycle.records.support;
        SupportOption::matching(output, options, move |body: BodyIndex| output.has(body))
    }

    fn area(&self) -> Option<AreaOfConcern<'a>> {
        let cycle = self.cycle;
        let mut areas = cycle.assured.cycle.records.areas_of_concern.iter();
        let data = areas.find(|area| area.id == self.data.area_of_concern)?;
        Some(AreaOfConcern { cycle, data })
    }
}

object! {
    /// An option to support a body in an area of concern, and its result.
    SupportOption<'a> as "SupportOption" => |option| {
        /// Identifier within the cycle.
        code: Id<'a> = Id(&option.data.id);
        /// The body.
        body: Body<'a> = option.body();
        /// The area of concern; null if it was withdrawn.
        areaOfConcern: Option<AreaOfConcern<'a>> = option.area();
        /// What the support is.
        text: &'a str = option.data.text.as_ref();
        /// Who provides it.
        provider: Option<&'a str> = option.data.provider.as_deref();
        /// How far it has come.
        state: SupportState = option.data.state;
        /// Its result, or why it was declined.
        followUp: Option<&'a str> = option.data.follow_up.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it.
        entry: Option<i32> = option.cycle.entry(option.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = option.cycle.entered_by(option.data);
    }
}

record! {
    /// An incentive or a consequence.
    Consequence of core::Consequence
}

impl<'a> Consequence<'a> {
    /// What the results mean for the body of an output and its cluster.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Consequence<'a>> {
        let all = &output.cycle.assured.cycle.records.consequences;
        Consequence::matching(output, all, move |body: BodyIndex| output.has(body))
    }
}

object! {
    /// An incentive or a consequence that follows from a body's results.
    Consequence<'a> as "Consequence" => |consequence| {
        /// Identifier within the cycle.
        code: Id<'a> = Id(&consequence.data.id);
        /// The body.
        body: Body<'a> = consequence.body();
        /// Whether it is an incentive or a consequence.
        kind: ConsequenceKind = consequence.data.kind;
        /// What it is.
        text: &'a str = consequence.data.text.as_ref();
        /// The rule that links it to the results.
        rule: Option<&'a str> = consequence.data.rule.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it.
        entry: Option<i32> = consequence.cycle.entry(consequence.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = consequence.cycle.entered_by(consequence.data);
    }
}
