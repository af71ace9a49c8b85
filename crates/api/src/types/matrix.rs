//! `Matrix`: every PCT's values in one table, for overviews.

use super::cell::key;
use super::cycle::Cycle;
use super::measure::{Component, Measure};
use super::output::Output;
use super::results::ComponentResult;
use crate::project::leaves::Id;
use crate::project::{Failure, object};
use wcc_core::record::Method;
use wcc_core::{BodyKind, ComponentIndex, MeasureIndex};

/// The kind of columns of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatrixOf {
    /// One for each measure.
    Measures,
    /// One for each competency or strand.
    Components,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug)]
enum Column {
    Measure(MeasureIndex),
    Component(ComponentIndex),
}

/// A matrix.
#[derive(Debug)]
pub(crate) struct Matrix<'a> {
    cycle: Cycle<'a>,
    method: Option<Method>,
    columns: Vec<Column>,
    rows: Vec<Output<'a>>,
}

impl<'a> Matrix<'a> {
    /// Chooses the columns and rows.
    pub(crate) fn new(
        cycle: Cycle<'a>,
        method: Option<Method>,
        of: MatrixOf,
        areas: Option<Vec<Id<'_>>>,
        sha: Option<Id<'_>>,
    ) -> Result<Matrix<'a>, Failure> {
        let framework = cycle.framework();
        let columns = match of {
            MatrixOf::Measures => {
                let measures = framework.selected_measures(None, areas)?.each();
                measures.map(Column::Measure).collect()
            }
            MatrixOf::Components => {
                let components = framework.components_of(framework.find_areas(areas)?);
                components.map(Column::Component).collect()
            }
        };
        let scope = |sha: Id<'_>| cycle.scope(sha.0, Some(BodyKind::Sha));
        let scope = sha.map(scope).transpose()?;
        let wanted = |output: &Output<'a>| scope.is_none_or(|scope| scope.holds(output.it.body));
        Ok(Matrix {
            cycle,
            method,
            columns,
            rows: Output::all(cycle).filter(wanted).collect(),
        })
    }

    fn value(&self, output: Output<'a>, column: Column) -> Option<&'a str> {
        match column {
            Column::Measure(index) => {
                let cell = output.it.cell(index);
                let step = match self.method {
                    Some(method) => cell.mark(method).value,
                    None => cell.current(),
                };
                key(self.cycle.at.cycle.framework.scale_of(index), step)
            }
            Column::Component(index) => ComponentResult { output, index }.value(self.method),
        }
    }
}

object! {
    /// Every PCT's values in one table: a national overview in one compact answer.
    Matrix<'a> as "Matrix" => |it| {
        /// The cycle.
        cycle: Cycle<'a> = it.cycle;
        /// The method of the values; null for the current values.
        method: Option<Method> = it.method;
        /// The columns, in order.
        columns: [MatrixColumn<'a>; 50] = it.columns.iter().map(|column| MatrixColumn { cycle: it.cycle, column: *column });
        /// One row for each PCT, in the order of their codes.
        rows: [MatrixRow<'_>; 152] = it.rows.iter().map(|output| MatrixRow { matrix: it, output: *output });
    }
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatrixColumn<'a> {
    cycle: Cycle<'a>,
    column: Column,
}

impl<'a> MatrixColumn<'a> {
    fn measure(&self) -> Option<Measure<'a>> {
        match self.column {
            Column::Measure(index) => Some(self.cycle.framework().measure(index)),
            Column::Component(_) => None,
        }
    }

    fn component(&self) -> Component<'a> {
        let framework = self.cycle.framework();
        match self.column {
            Column::Measure(index) => framework.component(framework.it.measure(index).component),
            Column::Component(index) => framework.component(index),
        }
    }
}

object! {
    /// A column of a matrix: a measure, or a competency or strand.
    MatrixColumn<'a> as "MatrixColumn" => |it| {
        /// Identifier of the measure or component: `5a`, `strategy`.
        code: Id<'a> = it.measure().map_or_else(|| Id(&it.component().it().id), |measure| Id(&measure.it().id));
        /// Its title.
        title: &'a str = it.measure().map_or_else(|| it.component().it().title.as_str(), |measure| measure.it().title.as_str());
        /// Identifier of its area: `competencies`, `governance`.
        area: Id<'a> = Id(&it.cycle.at.cycle.framework.area_of(it.component().index).id);
        /// The competency or strand: the column itself, or the one that its measure belongs to.
        component: Component<'a> = it.component();
        /// The measure; null in a matrix of competencies and strands.
        measure: Option<Measure<'a>> = it.measure();
    }
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatrixRow<'a> {
    matrix: &'a Matrix<'a>,
    output: Output<'a>,
}

object! {
    /// A row of a matrix: one PCT's values.
    MatrixRow<'a> as "MatrixRow" => |it| {
        /// Code of the PCT.
        code: Id<'a> = Id(it.output.code());
        /// Name of the PCT.
        name: &'a str = it.output.body().it().name.as_str();
        /// Code of its cluster; null for a PCT without a recorded cluster.
        cluster: Option<Id<'a>> = it.output.it.cluster.map(|cluster| Id(&it.output.cycle.seen(cluster).it().code));
        /// Its values, aligned with the columns; null if a value is not known.
        values: [Option<&'a str>; 1] = it.matrix.columns.iter().map(|column| it.matrix.value(it.output, *column));
        /// The PCT's whole output.
        output: Output<'a> = it.output;
    }
}
