//! The fields of a row of a cycle's tables.

use super::context::{Context, NameProblem, column_of};
use super::evidence::earlier_with;
use super::schemas::EVIDENCE;
use crate::cells::Cells;
use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::spreadsheet::code_meant;
use crate::table::Row;
use wcc_core::framework::MeasureIndex;
use wcc_core::outcome::SeriesIndex;
use wcc_core::record::{
    CycleRecord, JudgementDetails, MAX_IDENTIFIER, RuleContext, Topic, is_identifier,
};
use wcc_core::{BodyIndex, Method, RecordId, Scale, Step, Subject};

/// One row of a cycle's table.
pub(super) struct Fields<'a> {
    pub(super) cells: Cells<'a>,
    pub(super) context: &'a Context<'a>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(context: &'a Context<'a>, row: &'a Row<'a>) -> Self {
        Self {
            cells: Cells::new(&context.file, row, context.collector),
            context,
        }
    }

    pub(super) fn record(&self) -> RecordId {
        self.context.record(self.cells.row_number())
    }

    /// The record of this row, if its cells have no problem. Otherwise the rules are asked of the
    /// cells that could be read, so that all problems of the row are reported together.
    pub(super) fn sound<R: CycleRecord>(&self, record: R) -> Option<R> {
        if self.cells.are_sound() {
            return Some(record);
        }
        let context = RuleContext::new(self.context.framework, &|_| true);
        for broken in record.broken_rules(&context) {
            let column = column_of(broken.field);
            if !self.cells.is_wrong(column) {
                self.cells
                    .wrong(column, || broken.message, |problem| problem);
            }
        }
        None
    }

    /// The value that a word names; if there is none, reports the problem from `unknown`.
    fn look_up<T>(
        &self,
        column: &str,
        word: &str,
        value: Option<T>,
        unknown: impl FnOnce(&str) -> NameProblem<'a>,
    ) -> Option<T> {
        if value.is_none() {
            let (message, more) = unknown(word).parts();
            self.cells.wrong(column, || message, more);
        }
        value
    }

    fn named_measure(&self, column: &str, id: &str) -> Option<MeasureIndex> {
        let measure = self.context.framework.find_measure(id);
        self.look_up(column, id, measure, |id| self.context.no_measure(id))
    }

    fn named_subject(&self, column: &str, id: &str) -> Option<Subject> {
        let subject = self.context.subject(id);
        self.look_up(column, id, subject, |id| self.context.no_subject(id))
    }

    /// The body that a row is about.
    pub(super) fn body(&self, column: &str) -> Option<BodyIndex> {
        let body = self.any_body(column)?;
        let context = self.context;
        let warning = context
            .left_out(body)
            .or_else(|| context.not_delegated(body));
        if let Some(warning) = warning {
            let (message, more) = warning.parts();
            self.warn(column, || message, more);
        }
        Some(body)
    }

    /// A body, whether or not it is assured.
    pub(super) fn any_body(&self, column: &str) -> Option<BodyIndex> {
        let code = self.cells.text(column)?;
        let body = self.context.body(code);
        if body.is_none() && self.context.is_reported_elsewhere(code) {
            self.cells.follow_on();
            return None;
        }
        self.look_up(column, code, body, |code| self.context.no_body(code))
    }

    /// Warns of a cell that is allowed but probably a mistake.
    pub(super) fn warn(
        &self,
        column: &str,
        message: impl FnOnce() -> String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        let place = Place::Row {
            row: self.cells.row_number(),
            column: Some(self.cells.shown(column).to_owned()),
        };
        let context = self.context;
        context
            .warnings
            .report(&context.file, Some(place), message(), more);
    }

    pub(super) fn measure(&self, column: &str) -> Option<MeasureIndex> {
        self.named_measure(column, self.cells.text(column)?)
    }

    pub(super) fn subject(&self, column: &str) -> Option<Subject> {
        self.named_subject(column, self.cells.text(column)?)
    }

    pub(super) fn measures(&self, column: &str) -> Vec<MeasureIndex> {
        let each = self.cells.list(column);
        each.filter_map(|id| self.named_measure(column, id))
            .collect()
    }

    pub(super) fn topics(&self, column: &str) -> Vec<Topic> {
        let each = self.cells.list(column);
        let context = self.context;
        each.filter_map(|id| self.look_up(column, id, context.topic(id), |id| context.no_topic(id)))
            .collect()
    }

    pub(super) fn method(&self, column: &str) -> Option<Method> {
        let methods = self.context.framework.methods.each();
        let definition = self
            .cells
            .word(column, methods, |method| method.id.as_str());
        definition.map(|definition| definition.purpose)
    }

    /// The series that a cell names.
    pub(super) fn series(&self, column: &str) -> Option<SeriesIndex> {
        let series = (0..).map(SeriesIndex).zip(&self.context.framework.series);
        let named = self
            .cells
            .word(column, series, |(_, series)| series.id.as_str());
        named.map(|(index, _)| index)
    }

    /// A step of the scale on which a subject is judged.
    pub(super) fn step(&self, column: &str, subject: Option<Subject>) -> Option<Step> {
        let text = self.cells.text(column)?;
        let (framework, subject) = (self.context.framework, subject?);
        let scale = subject.scale(framework);
        let step = scale.step(text);
        if step.is_none() {
            let may_not_apply = match subject {
                Subject::Measure(measure) => framework.measure(measure).may_not_apply,
                _ => false,
            };
            self.wrong_step(column, text, scale, may_not_apply);
        }
        step
    }

    fn wrong_step(&self, column: &str, text: &str, scale: &Scale, may_not_apply: bool) {
        let keys = || scale.steps().iter().map(|step| step.key.as_str());
        let by_title = || {
            let mut steps = scale.steps().iter();
            let titled = steps.find(|step| step.title.eq_ignore_ascii_case(text));
            titled.map(|step| step.key.as_str())
        };
        self.cells.wrong(
            column,
            || {
                let what = if scale.steps().is_empty() {
                    "value"
                } else {
                    "step"
                };
                format!(
                    "{} is not a {what} of the scale {}",
                    quoted(text),
                    scale.title
                )
            },
            |problem| {
                let mut expected = scale.keys_in_words();
                if may_not_apply {
                    expected.push_str(", or ");
                    expected.push_str(JudgementDetails::NOT_APPLICABLE);
                }
                problem.expecting(expected).nearest_to(
                    by_title()
                        .or_else(|| code_meant(text, keys()))
                        .or_else(|| nearest(text, keys())),
                )
            },
        );
    }

    /// Identifiers of evidence, each of which must exist.
    pub(super) fn evidence(&self, column: &str) -> Vec<Box<str>> {
        let known = &self.context.evidence;
        let mut list = Vec::new();
        for id in self.cells.list(column) {
            if known.contains(id) || self.context.is_broken(EVIDENCE.file) {
                list.push(Box::from(id));
                continue;
            }
            let earlier = earlier_with(self.context.earlier, id);
            self.cells.wrong(
                column,
                || match earlier {
                    Some(cycle) => format!(
                        "the evidence {} is of {cycle}: carry it over with a row in evidence.csv \
                         that has its id and body, and {cycle} in `carried_from`",
                        quoted(id)
                    ),
                    None => format!("there is no evidence {}", quoted(id)),
                },
                |problem| {
                    problem
                        .expecting("an identifier from evidence.csv")
                        .nearest_to(nearest(id, known.iter().map(String::as_str)))
                },
            );
        }
        list
    }

    /// The identifier of a row, without spaces, because lists are separated by spaces.
    pub(super) fn identifier(&self, column: &str) -> Option<&'a str> {
        let id = self.cells.text(column)?;
        if !is_identifier(id) {
            self.cells.wrong(
                column,
                || format!("{} is not an identifier", quoted(id)),
                |problem| {
                    problem.expecting(format!("up to {MAX_IDENTIFIER} characters without spaces"))
                },
            );
            return None;
        }
        Some(id)
    }
}
