//! The marks of one body: its own, those inherited from its cluster and from functions, and those
//! carried over from last year.

mod delegated;

use crate::assure::LastYear;
use crate::body::BodyIndex;
use crate::cycle::CheckedCycle;
use crate::framework::{Framework, FrameworkPart, Mapping, Measure, MeasureIndex, YearOnYear};
use crate::output::{Cell, Mark, Origin, Output, PartResult, cell_at, cell_at_mut};
use crate::record::{Judgement, Method, Subject};
use crate::scale::{Scale, Step};
use std::borrow::Cow;

/// One mark for each method.
pub(crate) type Marks = [Mark; 5];

/// The marks on everything larger than a measure.
#[derive(Clone)]
pub(crate) struct PartMarks {
    pub(crate) components: Vec<Marks>,
    pub(crate) areas: Vec<Marks>,
    pub(crate) overall: Marks,
}

impl PartMarks {
    fn each(&self) -> impl Iterator<Item = &Marks> {
        let parts = self.components.iter().chain(&self.areas);
        parts.chain(std::iter::once(&self.overall))
    }

    fn each_mut(&mut self) -> impl Iterator<Item = &mut Marks> {
        let parts = self.components.iter_mut().chain(&mut self.areas);
        parts.chain(std::iter::once(&mut self.overall))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "there is one entry for each component and area of the framework that the part \
                  is of"
    )]
    fn at(&self, level: FrameworkPart) -> &Marks {
        match level {
            FrameworkPart::Component(index) => &self.components[usize::from(index.0)],
            FrameworkPart::Area(area) => &self.areas[area],
            FrameworkPart::Overall => &self.overall,
        }
    }

    /// The same, to be changed.
    #[expect(clippy::indexing_slicing, reason = "as of `at`")]
    fn at_mut(&mut self, level: FrameworkPart) -> &mut Marks {
        match level {
            FrameworkPart::Component(index) => &mut self.components[usize::from(index.0)],
            FrameworkPart::Area(area) => &mut self.areas[area],
            FrameworkPart::Overall => &mut self.overall,
        }
    }
}

/// The marks of one body on every measure and every larger part.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    pub(crate) parts: PartMarks,
}

impl Row {
    fn empty(cycle: &CheckedCycle) -> Row {
        let cell = |measure: &Measure| {
            if measure.is_asked {
                Cell::default()
            } else {
                Cell {
                    marks: [Mark::not_asked(); 5],
                    ..Cell::default()
                }
            }
        };
        Row {
            cells: cycle.framework.measures.iter().map(cell).collect(),
            parts: PartMarks {
                components: vec![Marks::default(); cycle.framework.components.len()],
                areas: vec![Marks::default(); cycle.framework.areas.len()],
                overall: Marks::default(),
            },
        }
    }

    /// The judgements of a cluster, shared by all of its PCTs.
    pub(crate) fn shared(cycle: &CheckedCycle, cluster: BodyIndex) -> Row {
        let mut row = Row::empty(cycle);
        row.apply_judgements(cycle, cluster, |_, _| Origin::Cluster);
        row
    }

    /// A PCT's own judgements on top of those shared by its cluster.
    pub(crate) fn of_pct<'a>(
        cycle: &CheckedCycle,
        pct: BodyIndex,
        shared: Option<&'a Row>,
    ) -> Cow<'a, Row> {
        // Most PCTs of a cluster have no judgements of their own.
        let mut row = shared.map_or_else(|| Cow::Owned(Row::empty(cycle)), Cow::Borrowed);
        if !cycle.judgements_of(pct).is_empty() {
            row.to_mut().take_own(cycle, pct, shared);
        }
        if cycle.framework.has_optional_measures() {
            row.to_mut().leave_out(cycle, pct);
        }
        row
    }

    fn take_own(&mut self, cycle: &CheckedCycle, pct: BodyIndex, shared: Option<&Row>) {
        self.apply_judgements(cycle, pct, |shared, value| {
            if shared.origin == Origin::Cluster && shared.value != value {
                Origin::Departure
            } else {
                Origin::Own
            }
        });
        if let Some(shared) = shared {
            self.keep_departures(shared);
            self.drop_outdated_results(cycle, shared);
        }
    }

    /// The judgements on a function by one assessor, or, if `assessor` is `None`, those for the
    /// whole region.
    pub(crate) fn of_function(
        cycle: &CheckedCycle,
        function: BodyIndex,
        assessor: Option<BodyIndex>,
    ) -> Row {
        let mut row = Row::empty(cycle);
        let by_assessor = |judgement: &Judgement| judgement.assessor == assessor;
        row.apply_selected(cycle, function, by_assessor, |_, _| Origin::Own);
        row
    }

    /// Removes the cluster's calibration where the panel judged the PCT separately. Such a
    /// departure remains until the PCT itself is calibrated.
    fn keep_departures(&mut self, shared: &Row) {
        let shared_marks = shared.cells.iter().map(|cell| &cell.marks);
        let shared_marks = shared_marks.chain(shared.parts.each());
        let own = self.cells.iter_mut().map(|cell| &mut cell.marks);
        for (own, shared_marks) in own.chain(self.parts.each_mut()).zip(shared_marks) {
            if own[CALIBRATED].origin == Origin::Cluster && departs(own, shared_marks) {
                own[CALIBRATED] = Mark::default();
            }
        }
    }

    /// Drops a cluster's results for components of which the PCT departs on a measure: the cluster
    /// recorded them for its own measures.
    fn drop_outdated_results(&mut self, cycle: &CheckedCycle, shared: &Row) {
        let framework = &cycle.framework;
        for level in framework.parts() {
            for method in Method::ALL {
                let recorded = method.of(self.parts.at(level));
                if recorded.origin != Origin::Cluster {
                    continue;
                }
                let mut measures = framework.measures_of(level);
                let departs = measures.any(|measure| {
                    let own = &cell_at(&self.cells, measure).marks;
                    let shared_marks = &cell_at(&shared.cells, measure).marks;
                    method.of(own).origin == Origin::Departure
                        || (method == Method::Calibrated
                            && own[CALIBRATED].value.is_none()
                            && departs(own, shared_marks))
                });
                if departs {
                    *method.of_mut(self.parts.at_mut(level)) = Mark::default();
                }
            }
        }
    }

    /// Marks the measures that the framework does not ask of a body.
    fn leave_out(&mut self, cycle: &CheckedCycle, body: BodyIndex) {
        for (index, measure) in cycle.framework.each_measure() {
            if !cycle.organisations.body(body).is_asked(measure) {
                let cell = cell_at_mut(&mut self.cells, index);
                cell.marks = [Mark::not_asked(); 5];
            }
        }
    }

    /// Applies a body's judgements to the row. `origin` receives the existing mark and the new
    /// value.
    fn apply_judgements(
        &mut self,
        cycle: &CheckedCycle,
        body: BodyIndex,
        origin: impl Fn(&Mark, Option<Step>) -> Origin,
    ) {
        self.apply_selected(cycle, body, |_| true, origin);
    }

    fn apply_selected(
        &mut self,
        cycle: &CheckedCycle,
        body: BodyIndex,
        is_selected: impl Fn(&Judgement) -> bool,
        origin: impl Fn(&Mark, Option<Step>) -> Origin,
    ) {
        let positions = cycle.judgements_of(body);
        let judgements = cycle.records.judgements.slice(positions.clone());
        for (at, judgement) in positions.zip(judgements) {
            if !is_selected(judgement) {
                continue;
            }
            let marks = match judgement.subject {
                Subject::Measure(measure) => &mut cell_at_mut(&mut self.cells, measure).marks,
                Subject::Component(index) => self.parts.at_mut(FrameworkPart::Component(index)),
                Subject::Area(area) => self.parts.at_mut(FrameworkPart::Area(usize::from(area))),
                Subject::Overall => self.parts.at_mut(FrameworkPart::Overall),
            };
            let mark = judgement.method.of_mut(marks);
            *mark = Mark::judged(judgement, origin(mark, judgement.value), at);
        }
    }

    /// Whether it has the marks from which an output was computed.
    pub(crate) fn has_marks_of(&self, output: &Output) -> bool {
        let mut cells = self.cells.iter().zip(&output.cells);
        let mut parts = self.parts.each().zip(output.parts());
        let is_recorded = |marks: &Marks, part: &PartResult| {
            let mut recorded = part.results.iter().map(|result| result.recorded);
            marks.iter().all(|mark| recorded.next() == Some(*mark))
        };
        cells.all(|(cell, other)| cell.marks == other.marks)
            && parts.all(|(marks, part)| is_recorded(marks, part))
    }

    /// Fills in last year's ratings from `output`, the same body's result in last year's cycle,
    /// except those that this year's cycle records itself.
    pub(crate) fn take_last_year(
        &mut self,
        cycle: &CheckedCycle,
        last_year: LastYear<'_>,
        output: &Output,
    ) {
        let (this_year, previous) = (&cycle.framework, &last_year.cycle.framework);
        let same = this_year.id == previous.id;
        for (index, measure) in this_year.each_measure() {
            let mark = Method::Previous.of_mut(&mut cell_at_mut(&mut self.cells, index).marks);
            let Some(id) = carried(mark, measure.mapping.as_ref(), &measure.id, same) else {
                continue;
            };
            let Some(previous_measure) = previous.find_measure(id) else {
                continue;
            };
            let previous_mark = output.cell(previous_measure).current_mark();
            let value = previous_mark
                .value
                .map(|value| (value, previous_mark.inferred()));
            set_last_year(
                mark,
                value,
                previous.scale_of(previous_measure),
                this_year.scale_of(index),
            );
        }
        for (index, component) in this_year.each_component() {
            // If this year's cycle records last year's rating of a measure, the rule computes the
            // whole.
            let recorded = component.measures.iter().any(|measure| {
                let mark = cell_at(&self.cells, *measure).mark(Method::Previous);
                !matches!(mark.origin, Origin::Nobody | Origin::LastYear)
            });
            if recorded || is_narrowed(this_year, previous, component.measures.iter().copied()) {
                continue;
            }
            let mark = Method::Previous.of_mut(self.parts.at_mut(FrameworkPart::Component(index)));
            let Some(id) = carried(mark, component.mapping.as_ref(), &component.id, same) else {
                continue;
            };
            let Some(previous_component) = previous.find_component(id) else {
                continue;
            };
            let previous_result = output.component(previous_component).current();
            let value = previous_result
                .value()
                .map(|value| (value, previous_result.inferred()));
            let scale = previous.scale_of_component(previous_component);
            set_last_year(mark, value, scale, this_year.scale_of_component(index));
        }
        self.take_last_years_parts(cycle, last_year, output);
    }

    /// The results of areas and the whole, which both years must know by the same identifier.
    fn take_last_years_parts(
        &mut self,
        cycle: &CheckedCycle,
        last_year: LastYear<'_>,
        output: &Output,
    ) {
        let (this_year, previous) = (&cycle.framework, &last_year.cycle.framework);
        for level in this_year.parts() {
            if this_year.rating(level).scale().is_none() {
                continue;
            }
            let previous_level = match level {
                FrameworkPart::Component(_) => continue,
                FrameworkPart::Area(area) => {
                    let area = this_year.areas.get(area);
                    let area = area.and_then(|area| previous.find_area(&area.id));
                    let Some(area) = area else { continue };
                    FrameworkPart::Area(area)
                }
                FrameworkPart::Overall => FrameworkPart::Overall,
            };
            let mut measures = this_year.measures_of(level);
            let recorded = measures.any(|measure| {
                let mark = cell_at(&self.cells, measure).mark(Method::Previous);
                !matches!(mark.origin, Origin::Nobody | Origin::LastYear)
            });
            let is_narrowed = is_narrowed(this_year, previous, this_year.measures_of(level));
            let mark = Method::Previous.of_mut(self.parts.at_mut(level));
            if recorded || is_narrowed || mark.origin != Origin::Nobody {
                continue;
            }
            let result = output.part(previous_level).map(PartResult::current);
            let value = result.and_then(|result| Some((result.value()?, result.inferred())));
            let scale = previous.scale_at(previous_level);
            set_last_year(mark, value, scale, this_year.scale_at(level));
        }
    }
}

const CALIBRATED: usize = Method::Calibrated.position();

/// Whether the panel judged the PCT separately from its cluster.
fn departs(own: &Marks, shared: &Marks) -> bool {
    let panel = Method::Panel.of(own);
    let judged_alone =
        panel.origin == Origin::Own && Method::Panel.of(shared).origin == Origin::Nobody;
    panel.value.is_some() && (panel.origin == Origin::Departure || judged_alone)
}

/// Whether a review leaves out some of the measures on which last year's result rests. Then the rule computes
/// what last year came to on those that it asks for, and the result of them all is not compared with.
fn is_narrowed(
    this_year: &Framework,
    previous: &Framework,
    mut measures: impl Iterator<Item = MeasureIndex>,
) -> bool {
    let same = this_year.id == previous.id;
    measures.any(|index| {
        let measure = this_year.measure(index);
        let id = id_of_last_year(measure.mapping.as_ref(), &measure.id, same);
        let then = id.and_then(|id| previous.find_measure(id));
        !measure.is_asked && then.is_some_and(|then| previous.measure(then).is_asked)
    })
}

/// The identifier of last year's value, unless this year's cycle recorded a value itself.
fn carried<'a>(
    mark: &Mark,
    mapping: Option<&'a Mapping>,
    id: &'a str,
    same: bool,
) -> Option<&'a str> {
    if mark.origin != Origin::Nobody || mark.not_applicable() {
        return None;
    }
    id_of_last_year(mapping, id, same)
}

/// The identifier by which last year's framework knows something. The mapping leads to another framework;
/// under the same one, identifiers are the same.
fn id_of_last_year<'a>(mapping: Option<&'a Mapping>, id: &'a str, same: bool) -> Option<&'a str> {
    if same {
        return Some(id);
    }
    match mapping {
        Some(mapping) if mapping.change == YearOnYear::New => None,
        Some(mapping) => mapping.previous.as_deref(),
        None => None,
    }
}

/// Carries over a value (and whether it is based on an inferred mark) by its key, since the two
/// years' scales may differ.
fn set_last_year(mark: &mut Mark, value: Option<(Step, bool)>, from: &Scale, to: &Scale) {
    let Some((value, inferred)) = value else {
        return;
    };
    // A grade of last year is no number of this year, and less is not more.
    let is_comparable =
        from.better == to.better && from.numbers().is_some() == to.numbers().is_some();
    if !is_comparable {
        return;
    }
    if let Some(value) = to.step(&from.key(value)) {
        *mark = Mark::of_last_year(value, inferred);
    }
}
