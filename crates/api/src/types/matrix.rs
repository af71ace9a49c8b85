//! `Matrix`: every PCT's values in one table, for overviews.

use super::cell::value;
use super::cycle::Cycle;
use super::measure::{Component, Measure};
use super::output::Output;
use super::results::PartResult;
use crate::project::leaves::Id;
use crate::project::{Failure, object};
use std::borrow::Cow;
use wcc_core::framework::FrameworkPart;
use wcc_core::record::Method;
use wcc_core::{BodyKind, MeasureIndex};

/// The kind of columns of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatrixOf {
    /// One for each measure.
    Measures,
    /// One for each competency or strand.
    Components,
    /// One for each part that is rated: components, areas and the whole.
    Results,
}

/// The subject of a column.
#[derive(Clone, Copy, Debug)]
enum Column {
    Measure(MeasureIndex),
    Part(FrameworkPart),
}

/// A table of every PCT's values.
#[derive(Debug)]
pub(crate) struct Matrix<'a> {
    cycle: Cycle<'a>,
    method: Option<Method>,
    columns: Vec<Column>,
    rows: Vec<Output<'a>>,
}

impl<'a> Matrix<'a> {
    /// Selects the columns and rows.
    pub(crate) fn new(
        cycle: Cycle<'a>,
        method: Option<Method>,
        subjects: MatrixOf,
        areas: Option<Vec<Id<'_>>>,
        sha: Option<Id<'_>>,
    ) -> Result<Matrix<'a>, Failure> {
        let framework = cycle.framework();
        let columns = match subjects {
            MatrixOf::Measures => {
                let measures = framework.selected_measures(None, areas)?.each();
                measures.map(Column::Measure).collect()
            }
            MatrixOf::Components => {
                let components = framework.components_of(framework.find_areas(areas)?);
                let parts = components.map(FrameworkPart::Component);
                parts.map(Column::Part).collect()
            }
            MatrixOf::Results => {
                let areas = framework.find_areas(areas)?;
                let framework = framework.data;
                let chosen = |area: usize| areas.as_ref().is_none_or(|all| all.contains(&area));
                let parts = framework.parts().filter(|level| {
                    let is_chosen = match level {
                        FrameworkPart::Component(index) => chosen(framework.component(*index).area),
                        FrameworkPart::Area(area) => chosen(*area),
                        FrameworkPart::Overall => areas.is_none(),
                    };
                    is_chosen && framework.rating(*level).scale().is_some()
                });
                parts.map(Column::Part).collect()
            }
        };
        let scope = |sha: Id<'_>| cycle.scope(sha.0, Some(BodyKind::Sha));
        let scope = sha.map(scope).transpose()?;
        let is_in_scope =
            |output: &Output<'a>| scope.is_none_or(|scope| scope.contains(output.data.body));
        Ok(Matrix {
            cycle,
            method,
            columns,
            rows: Output::all(cycle).filter(is_in_scope).collect(),
        })
    }

    fn value(&self, output: Output<'a>, column: Column) -> Option<Cow<'a, str>> {
        match column {
            Column::Measure(index) => {
                let cell = output.data.cell(index);
                let mark = match self.method {
                    Some(method) => cell.mark(method),
                    None => cell.current_mark(),
                };
                let scale = self.cycle.assured.cycle.framework.scale_of(index);
                value(self.cycle, scale, mark)
            }
            Column::Part(level) => PartResult::of(output, level)?.value(self.method),
        }
    }
}

object! {
    /// Every PCT's values in one table: a national overview in one compact answer.
    Matrix<'a> as "Matrix" => |matrix| {
        /// The cycle.
        cycle: Cycle<'a> = matrix.cycle;
        /// The purpose of the method of the values; null for the current values.
        method: Option<Method> = matrix.method;
        /// Identifier of the method in the framework; null for the current values.
        methodId: Option<Id<'a>> = matrix.method.and_then(|method| matrix.cycle.method_id(method));
        /// The columns, in order.
        columns: [MatrixColumn<'a>; 50] = matrix.columns.iter().map(|column| MatrixColumn { cycle: matrix.cycle, column: *column });
        /// One row for each PCT, in the order of their codes.
        rows: [MatrixRow<'_>; 152] = matrix.rows.iter().map(|output| MatrixRow { matrix, output: *output });
    }
}

/// A column of a matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatrixColumn<'a> {
    cycle: Cycle<'a>,
    column: Column,
}

impl<'a> MatrixColumn<'a> {
    fn measure(&self) -> Option<Measure<'a>> {
        match self.column {
            Column::Measure(index) => Some(self.cycle.framework().measure(index)),
            Column::Part(_) => None,
        }
    }

    fn component(&self) -> Option<Component<'a>> {
        let framework = self.cycle.framework();
        match self.column {
            Column::Measure(index) => {
                Some(framework.component(framework.data.measure(index).component))
            }
            Column::Part(FrameworkPart::Component(index)) => Some(framework.component(index)),
            Column::Part(_) => None,
        }
    }

    fn area(&self) -> Option<&'a str> {
        let framework = self.cycle.framework().data;
        let area = match self.column {
            Column::Measure(index) => framework.component(framework.measure(index).component).area,
            Column::Part(FrameworkPart::Component(index)) => framework.component(index).area,
            Column::Part(FrameworkPart::Area(area)) => area,
            Column::Part(FrameworkPart::Overall) => return None,
        };
        framework.areas.get(area).map(|area| area.id.as_str())
    }

    fn code(&self) -> &'a str {
        let framework = self.cycle.framework().data;
        match self.column {
            Column::Measure(index) => &framework.measure(index).id,
            Column::Part(level) => level.subject().id(framework),
        }
    }

    fn title(&self) -> &'a str {
        let framework = self.cycle.framework().data;
        match self.column {
            Column::Measure(index) => &framework.measure(index).title,
            Column::Part(level) => framework.title_of(level),
        }
    }
}

object! {
    /// A column of a matrix: a measure, a competency or strand, an area or the overall result.
    MatrixColumn<'a> as "MatrixColumn" => |matrix_column| {
        /// Identifier of the measure, component or area: `5a`, `strategy`; `overall` for the overall
        /// result.
        code: Id<'a> = Id(matrix_column.code());
        /// Its title.
        title: &'a str = matrix_column.title();
        /// Identifier of its area: `competencies`, `governance`; null for the overall result.
        area: Option<Id<'a>> = matrix_column.area().map(Id);
        /// The competency or strand: the column itself, or the one that its measure belongs to; null
        /// for an area and for the overall result.
        component: Option<Component<'a>> = matrix_column.component();
        /// The measure; null in a matrix of results.
        measure: Option<Measure<'a>> = matrix_column.measure();
    }
}

/// A row of a matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatrixRow<'a> {
    matrix: &'a Matrix<'a>,
    output: Output<'a>,
}

object! {
    /// A row of a matrix: one PCT's values.
    MatrixRow<'a> as "MatrixRow" => |matrix_row| {
        /// Code of the PCT.
        code: Id<'a> = Id(matrix_row.output.code());
        /// Name of the PCT.
        name: &'a str = matrix_row.output.body().data().name.as_str();
        /// Code of its group; null for a body that is assured on its own.
        group: Option<Id<'a>> = matrix_row.output.data.cluster.map(|cluster| Id(&matrix_row.output.cycle.body_view(cluster).data().code));
        /// Code of its cluster; null for a PCT without a recorded cluster.
        #[deprecated = "Use `group`."]
        cluster: Option<Id<'a>> = matrix_row.output.data.cluster.map(|cluster| Id(&matrix_row.output.cycle.body_view(cluster).data().code));
        /// Its values, aligned with the columns; null if a value is not known.
        values: [Option<Cow<'a, str>>; 1] = matrix_row.matrix.columns.iter().map(|column| matrix_row.matrix.value(matrix_row.output, *column));
        /// The PCT's whole output.
        output: Output<'a> = matrix_row.output;
    }
}
