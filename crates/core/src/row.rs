//! The marks of one body: what it judged itself, what it inherits, what last year left.

use crate::assure::LastYear;
use crate::body::BodyIndex;
use crate::cycle::CheckedCycle;
use crate::framework::{Mapping, YearOnYear};
use crate::output::{Cell, Mark, Origin, Output};
use crate::record::{Judgement, Method, Subject};
use crate::scale::{Scale, Step};

/// One mark for each method.
pub(crate) type Marks = [Mark; 5];

/// The marks of one body on every measure and component.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    pub(crate) components: Vec<Marks>,
}

impl Row {
    fn empty(cycle: &CheckedCycle) -> Row {
        Row {
            cells: vec![Cell::default(); cycle.framework.measures.len()],
            components: vec![Marks::default(); cycle.framework.components.len()],
        }
    }

    /// What a cluster judged, for all of its PCTs.
    pub(crate) fn shared(cycle: &CheckedCycle, cluster: BodyIndex) -> Row {
        let mut row = Row::empty(cycle);
        row.lay(cycle, cluster, |_, _| Origin::Cluster);
        row
    }

    /// What a PCT judged itself, on top of what its cluster shares.
    pub(crate) fn of_pct(cycle: &CheckedCycle, pct: BodyIndex, shared: Option<&Row>) -> Row {
        let mut row = shared.cloned().unwrap_or_else(|| Row::empty(cycle));
        if cycle.judgements_of(pct).is_empty() {
            // Most PCTs of a cluster judge nothing themselves: they have what it shares.
            return row;
        }
        row.lay(cycle, pct, |below, value| {
            if below.origin == Origin::Cluster && below.value != value {
                Origin::Departure
            } else {
                Origin::Own
            }
        });
        if let Some(shared) = shared {
            row.keep_departures(shared);
            row.drop_overtaken(cycle, shared);
        }
        row
    }

    /// What was judged of a function by one assessor, or (for `None`) for the whole region.
    pub(crate) fn of_function(
        cycle: &CheckedCycle,
        function: BodyIndex,
        assessor: Option<BodyIndex>,
    ) -> Row {
        let mut row = Row::empty(cycle);
        let by_assessor = |judgement: &Judgement| judgement.assessor == assessor;
        row.lay_chosen(cycle, function, by_assessor, |_, _| Origin::Own);
        row
    }

    /// Takes a calibration of the cluster out where the panel judged the PCT by itself and otherwise
    /// than the cluster: such a departure stands until the PCT itself is calibrated.
    fn keep_departures(&mut self, shared: &Row) {
        let below = shared.cells.iter().map(|cell| &cell.marks);
        let below = below.chain(&shared.components);
        let own = self.cells.iter_mut().map(|cell| &mut cell.marks);
        for (own, below) in own.chain(&mut self.components).zip(below) {
            if own[CALIBRATED].origin == Origin::Cluster && departs(own, below) {
                own[CALIBRATED] = Mark::default();
            }
        }
    }

    /// Drops overall values of the cluster where the PCT departs on one of their measures: the
    /// cluster set them for its own measures.
    fn drop_overtaken(&mut self, cycle: &CheckedCycle, shared: &Row) {
        for (index, component) in cycle.framework.each_component() {
            for method in Method::ALL {
                let at = method.position();
                let departs = component.measures.iter().any(|measure| {
                    let own = &self.cells[usize::from(measure.0)].marks;
                    let below = &shared.cells[usize::from(measure.0)].marks;
                    own[at].origin == Origin::Departure
                        || (method == Method::Calibrated
                            && own[CALIBRATED].value.is_none()
                            && departs(own, below))
                });
                let overall = &mut self.components[usize::from(index.0)][at];
                if departs && overall.origin == Origin::Cluster {
                    *overall = Mark::default();
                }
            }
        }
    }

    /// Lays a body's judgements over the row; `origin` sees the mark below and the new value.
    fn lay(
        &mut self,
        cycle: &CheckedCycle,
        body: BodyIndex,
        origin: impl Fn(&Mark, Option<Step>) -> Origin,
    ) {
        self.lay_chosen(cycle, body, |_| true, origin);
    }

    fn lay_chosen(
        &mut self,
        cycle: &CheckedCycle,
        body: BodyIndex,
        chosen: impl Fn(&Judgement) -> bool,
        origin: impl Fn(&Mark, Option<Step>) -> Origin,
    ) {
        for at in cycle.judgements_of(body) {
            let judgement = &cycle.records.judgements[at];
            if !chosen(judgement) {
                continue;
            }
            let marks = match judgement.subject {
                Subject::Measure(measure) => &mut self.cells[usize::from(measure.0)].marks,
                Subject::Component(component) => &mut self.components[usize::from(component.0)],
            };
            let mark = &mut marks[judgement.method.position()];
            *mark = Mark::judged(judgement, origin(mark, judgement.value), at);
        }
    }

    /// Fills last year's ratings from `output`, the same body's result in last year's cycle,
    /// wherever this year records none.
    pub(crate) fn take_last_year(
        &mut self,
        cycle: &CheckedCycle,
        last_year: LastYear<'_>,
        output: &Output,
    ) {
        let (now, before) = (&cycle.framework, &last_year.cycle.framework);
        for (index, measure) in now.each_measure() {
            let mark = &mut self.cells[usize::from(index.0)].marks[Method::Previous.position()];
            let Some(id) = carried(mark, measure.mapping.as_ref()) else {
                continue;
            };
            let Some(old) = before.find_measure(id) else {
                continue;
            };
            let then = output.cell(old).standing();
            let value = then.value.map(|value| (value, then.inferred));
            set_last_year(mark, value, before.scale_of(old), now.scale_of(index));
        }
        for (index, component) in now.each_component() {
            // Where this year says itself what a measure was, the rule makes the whole.
            let recorded = component.measures.iter().any(|measure| {
                let mark = self.cells[usize::from(measure.0)].mark(Method::Previous);
                !matches!(mark.origin, Origin::Nobody | Origin::LastYear)
            });
            if recorded {
                continue;
            }
            let mark = &mut self.components[usize::from(index.0)][Method::Previous.position()];
            let Some(id) = carried(mark, component.mapping.as_ref()) else {
                continue;
            };
            let Some(old) = before.find_component(id) else {
                continue;
            };
            let then = output.components[usize::from(old.0)].current();
            let value = then.value().map(|value| (value, then.inferred()));
            let scale = before.scale_of_component(old);
            set_last_year(mark, value, scale, now.scale_of_component(index));
        }
    }
}

const CALIBRATED: usize = Method::Calibrated.position();

/// Whether the panel judged the PCT by itself, and otherwise than its cluster.
fn departs(own: &Marks, below: &Marks) -> bool {
    let panel = &own[Method::Panel.position()];
    let judged_alone =
        panel.origin == Origin::Own && below[Method::Panel.position()].origin == Origin::Nobody;
    panel.value.is_some() && (panel.origin == Origin::Departure || judged_alone)
}

/// The identifier that last year's value is found by, where this year recorded none itself.
fn carried<'a>(mark: &Mark, mapping: Option<&'a Mapping>) -> Option<&'a str> {
    let mapping = mapping.filter(|mapping| mapping.change != YearOnYear::New)?;
    if mark.origin == Origin::Nobody {
        mapping.previous.as_deref()
    } else {
        None
    }
}

/// Carries a value (and whether it rests on an inferred mark) over by its key, since the two
/// years' scales need not be the same.
fn set_last_year(mark: &mut Mark, value: Option<(Step, bool)>, from: &Scale, to: &Scale) {
    let Some((value, inferred)) = value else {
        return;
    };
    if let Some(value) = to.step(from.key(value)) {
        *mark = Mark::of_last_year(value, inferred);
    }
}
