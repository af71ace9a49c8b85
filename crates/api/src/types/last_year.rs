//! What a cycle has from the one before: its measures beside last year's, and what was carried.

use super::body::Body;
use super::count;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::evidence::{Evidence, components, record};
use super::ledger::number;
use super::measure::{Component, Measure};
use super::output::Output;
use crate::project::leaves::Id;
use crate::project::{Failure, object};
use jiff::civil::Date;
use std::collections::BTreeMap;
use wcc_core::BodyIndex;
use wcc_core::framework::YearOnYear;
use wcc_core::last_year::{self, CarriedState, CarriedStatus, MeasureChanges};
use wcc_core::record::{self as core, ActionState, CarriedKind, Horizon, Subject, Topic};

record! {
    /// A record carried from an earlier cycle.
    CarriedRecord of core::CarriedRecord
}

impl<'a> CarriedRecord<'a> {
    /// What was carried for the body of an output and its cluster.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = CarriedRecord<'a>> {
        let all = &output.cycle.assured.cycle.records.carried;
        CarriedRecord::matching(output, all, move |body: BodyIndex| output.has(body))
    }

    fn outcome(&self) -> CarriedStatus {
        last_year::status_of(&self.cycle.assured.cycle, self.data)
    }

    fn measures(&self) -> impl Iterator<Item = Measure<'a>> + use<'a> {
        let framework = self.cycle.framework();
        let about = self.data.about.iter();
        about.filter_map(move |topic| match topic {
            Topic::Subject(Subject::Measure(index)) => Some(framework.measure(*index)),
            _ => None,
        })
    }

    fn earlier_cycle(&self) -> Option<Cycle<'a>> {
        Cycle::with_code(self.cycle.picture, &self.data.from_cycle)
    }

    fn evidence(&self) -> impl Iterator<Item = Evidence<'a>> + use<'a> {
        let ids = self.data.evidence.iter();
        let cycle = self.earlier_cycle();
        ids.filter_map(move |id| Evidence::with_id(cycle?, id))
    }
}

object! {
    /// What an earlier cycle recorded on a body, carried into this one. It is not a record of its kind in
    /// this cycle: no result and no approval counts it until it is confirmed or changed.
    CarriedRecord<'a> as "CarriedRecord" => |carried| {
        /// What kind of record it is.
        kind: CarriedKind = carried.data.kind;
        /// Identifier among the carried records of the body and kind: of a recommendation or action its
        /// own, of a judgement or lead the measure or area.
        code: Id<'a> = Id(&carried.data.id);
        /// The body in this cycle.
        body: Body<'a> = carried.body();
        /// The measures of this cycle that it is about.
        measures: [Measure<'a>; 1] = carried.measures();
        /// The competencies and strands that it is about.
        components: [Component<'a>; 1] = components(carried.cycle, &carried.data.about);
        /// The key of the step of a judgement or criterion; of an action or recommendation how far it
        /// had come. Null if the value was not carried, because the measure has changed.
        value: Option<&'a str> = carried.data.value.as_deref();
        /// The rationale, reason or text.
        text: Option<&'a str> = carried.data.text.as_deref();
        /// Of a criterion `criterion` or `metric`; of a lead the job title.
        detail: Option<&'a str> = carried.data.detail.as_deref();
        /// Who is responsible; of a lead the person.
        owner: Option<&'a str> = carried.data.owner.as_deref();
        /// The last day on which it was to be done.
        due: Option<Date> = carried.data.due;
        /// The term in which an action is to improve something.
        horizon: Option<Horizon> = carried.data.horizon;
        /// The evidence in the earlier cycle that it relied on, as far as the viewer may see it.
        evidence: [Evidence<'a>; 2] = carried.evidence();
        /// Identifier of the earlier cycle.
        fromCycle: Id<'a> = Id(&carried.data.from_cycle);
        /// The entry that recorded it there.
        fromEntry: i32 = number(carried.data.from_entry);
        /// What has become of it in this cycle.
        state: CarriedState = carried.outcome().state;
        /// The entry of this cycle that confirms or changes it.
        recordedAs: Option<i32> = carried.outcome().record.and_then(|record| carried.cycle.entry(record));
        /// How far the action of this cycle has come, or one that follows up the recommendation.
        progress: Option<ActionState> = carried.outcome().progress;
        /// Number of the ledger's entry; give it to `confirmCarried` to confirm it.
        entry: Option<i32> = carried.cycle.entry(carried.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = carried.cycle.entered_by(carried.data);
    }
}

/// A cycle beside the one before.
#[derive(Clone, Debug)]
pub(crate) struct SincePreviousCycle<'a> {
    cycle: Cycle<'a>,
    previous: Option<Cycle<'a>>,
    changes: MeasureChanges,
    bodies: BTreeMap<BodyIndex, Vec<CarriedRecord<'a>>>,
}

impl<'a> SincePreviousCycle<'a> {
    /// A cycle beside the one before; of the records only those of a body and what belongs to it.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        body: Option<&str>,
    ) -> Result<SincePreviousCycle<'a>, Failure> {
        let scope = body.map(|code| cycle.scope(code, None)).transpose()?;
        let previous = cycle.previous();
        let changes = previous.map(|previous| {
            let (later, earlier) = (&cycle.assured.cycle, &previous.assured.cycle);
            MeasureChanges::between(&later.framework, &earlier.framework)
        });
        let mut bodies: BTreeMap<BodyIndex, Vec<CarriedRecord<'a>>> = BTreeMap::new();
        for data in cycle.assured.cycle.records.carried.iter() {
            if scope.is_none_or(|scope| scope.contains(data.body)) {
                let carried = bodies.entry(data.body).or_default();
                carried.push(CarriedRecord { cycle, data });
            }
        }
        Ok(SincePreviousCycle {
            cycle,
            previous,
            changes: changes.unwrap_or_default(),
            bodies,
        })
    }

    fn measures(&self) -> impl Iterator<Item = MeasureSincePreviousCycle<'a>> {
        let (cycle, previous) = (self.cycle, self.previous);
        let changes = self.changes.measures.iter();
        changes.map(move |data| MeasureSincePreviousCycle {
            cycle,
            previous,
            data: data.clone(),
        })
    }

    fn dropped(&self) -> impl Iterator<Item = Measure<'a>> {
        let framework = self.previous.map(|previous| previous.framework());
        let dropped = self.changes.dropped.iter();
        dropped.filter_map(move |index| Some(framework?.measure(*index)))
    }

    fn bodies(&self) -> impl Iterator<Item = BodySincePreviousCycle<'a>> {
        let cycle = self.cycle;
        let bodies = self.bodies.iter();
        bodies.map(move |(body, carried)| BodySincePreviousCycle {
            cycle,
            body: *body,
            carried: carried.clone(),
        })
    }
}

object! {
    /// A cycle beside the one before.
    SincePreviousCycle<'a> as "SincePreviousCycle" => |since| {
        /// The cycle before, if it is served and the viewer may see it.
        previous: Option<Cycle<'a>> = since.previous;
        /// Every measure beside last year's; empty without a cycle before.
        measures: [MeasureSincePreviousCycle<'a>; 50] = since.measures();
        /// The measures of last year that no measure comes from.
        dropped: [Measure<'a>; 5] = since.dropped();
        /// What was carried for each body for which anything was.
        bodies: [BodySincePreviousCycle<'a>; 20] = since.bodies();
    }
}

/// A measure beside last year's.
#[derive(Clone, Debug)]
pub(crate) struct MeasureSincePreviousCycle<'a> {
    cycle: Cycle<'a>,
    previous: Option<Cycle<'a>>,
    data: last_year::MeasureChange,
}

object! {
    /// A measure beside the one of last year's framework that it comes from.
    MeasureSincePreviousCycle<'a> as "MeasureSincePreviousCycle" => |since| {
        /// The measure.
        measure: Measure<'a> = since.cycle.framework().measure(since.data.measure);
        /// The measure of last year's framework; null if it is new.
        previous: Option<Measure<'a>> = since.previous.and_then(|previous| Some(previous.framework().measure(since.data.previous?)));
        /// Whether it is new, changed or the same. One that the framework calls the same counts as
        /// changed if it is worded in another way.
        change: YearOnYear = since.data.change;
        /// What is worded in another way: `title`, `looked_for`, `descriptors`, `scale`.
        differs: [&'static str; 1] = since.data.differs.iter().copied();
        /// Whether other measures come from the same one.
        isSplit: bool = since.data.is_split;
    }
}

/// What was carried for a body.
#[derive(Clone, Debug)]
pub(crate) struct BodySincePreviousCycle<'a> {
    cycle: Cycle<'a>,
    body: BodyIndex,
    carried: Vec<CarriedRecord<'a>>,
}

impl BodySincePreviousCycle<'_> {
    fn count(&self, state: CarriedState) -> i32 {
        let carried = self.carried.iter();
        count(
            carried
                .filter(|carried| carried.outcome().state == state)
                .count(),
        )
    }
}

object! {
    /// What was carried for a body, and what has become of it.
    BodySincePreviousCycle<'a> as "BodySincePreviousCycle" => |since| {
        /// The body.
        body: Body<'a> = Body::of(since.cycle.body_view(since.body));
        /// How many carried records nobody has recorded in this cycle yet.
        unconfirmed: i32 = since.count(CarriedState::Unconfirmed);
        /// How many were recorded as they were.
        confirmed: i32 = since.count(CarriedState::Confirmed);
        /// How many were recorded with another value, text or person.
        changed: i32 = since.count(CarriedState::Changed);
        /// The carried records.
        carried(
            /// Only those of these kinds; all if omitted.
            kinds: Option<Vec<CarriedKind>>,
            /// Only those in one of these states; all if omitted.
            states: Option<Vec<CarriedState>>,
        ): [CarriedRecord<'a>; 50] = {
            let all = since.carried.iter().copied();
            all.filter(move |carried| {
                kinds.as_ref().is_none_or(|kinds| kinds.contains(&carried.data.kind))
                    && states.as_ref().is_none_or(|states| states.contains(&carried.outcome().state))
            })
        };
    }
}
