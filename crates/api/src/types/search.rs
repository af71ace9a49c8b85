//! Search for PCTs that reach given levels or ratings.

use super::body::Pct;
use super::cell::{key, title};
use super::cycle::Cycle;
use super::measure::{Component, Measure};
use super::output::Output;
use crate::project::cursor::{After, ListId, ListItem, encode};
use crate::project::leaves::Id;
use crate::project::page::{Page, PageInfo};
use crate::project::{Code, Failure, input, object};
use std::borrow::Cow;
use std::sync::Arc;
use wcc_core::record::Method;
use wcc_core::scale::{Scale, Step};
use wcc_core::{BodyKind, Subject};

input! {
    /// A condition of a search: at least this value of one measure, component (a competency or
    /// strand) or area, or of the whole. Give exactly one of `measure`, `component`, `area` and
    /// `overall`.
    SearchCondition<'q> as "SearchCondition" {
        /// The measure: `5a`.
        measure: Option<Id<'q>>,
        /// The competency or strand: `5`, `strategy`.
        component: Option<Id<'q>>,
        /// The area, if its result is meant.
        area: Option<Id<'q>>,
        /// True if the overall result is meant.
        overall: Option<bool>,
        /// The lowest level or rating requested: `3`, `green`.
        atLeast: &'q str,
    }
}

/// A condition, resolved for a framework.
#[derive(Clone, Copy, Debug)]
struct ResolvedCondition {
    subject: Subject,
    at_least: Step,
}

impl ResolvedCondition {
    fn of(cycle: Cycle<'_>, condition: &SearchCondition<'_>) -> Result<ResolvedCondition, Failure> {
        let framework = cycle.framework();
        let subject = match (
            condition.measure,
            condition.component,
            condition.area,
            condition.overall,
        ) {
            (Some(id), None, None, None | Some(false)) => {
                Subject::Measure(framework.find_measure(id.0)?)
            }
            (None, Some(id), None, None | Some(false)) => {
                Subject::Component(framework.find_component(id.0)?)
            }
            (None, None, Some(id), None | Some(false)) => {
                let at = framework.find_area(id.0)?;
                Subject::Area(u16::try_from(at).unwrap_or(u16::MAX))
            }
            (None, None, None, Some(true)) if framework.data.overall.is_some() => Subject::Overall,
            (None, None, None, Some(true)) => {
                let message = "this framework has no overall result";
                return Err(Failure::new(Code::BadInput, message));
            }
            _ => {
                let message = "a condition needs exactly one of `measure`, `component`, `area` and \
                               `overall`";
                return Err(Failure::new(Code::BadInput, message));
            }
        };
        let scale = scale_of(cycle, subject);
        let is_rated = subject
            .part()
            .is_none_or(|part| framework.data.rating(part).scale().is_some());
        if scale.is_text() || !is_rated {
            let message = format!(
                "`{}` is not rated on a scale, so no value of it is at least another",
                cycle.assured.cycle.subject_id(subject),
            );
            return Err(Failure::new(Code::BadInput, message));
        }
        let Some(at_least) = scale.step(condition.atLeast) else {
            let value_given: String = condition.atLeast.chars().take(60).collect();
            let message = format!(
                "`atLeast` is `{value_given}`: on the scale of `{}` it must be {}",
                cycle.assured.cycle.subject_id(subject),
                scale.keys_in_words(),
            );
            return Err(Failure::new(Code::BadInput, message));
        };
        Ok(ResolvedCondition { subject, at_least })
    }
}

fn scale_of(cycle: Cycle<'_>, subject: Subject) -> &Scale {
    let framework = &cycle.assured.cycle.framework;
    subject.scale(framework)
}

fn value(output: Output<'_>, subject: Subject, method: Option<Method>) -> Option<Step> {
    match subject {
        Subject::Measure(index) => {
            let cell = output.data.cell(index);
            method.map_or_else(|| cell.current(), |method| cell.mark(method).value)
        }
        larger => {
            let result = output.data.part(larger.part()?)?;
            match method {
                Some(method) => result.result(method).value(),
                None => result.current().value(),
            }
        }
    }
}

/// A search, shared by all of its results.
#[derive(Debug)]
struct Search {
    conditions: Vec<ResolvedCondition>,
    method: Option<Method>,
}

/// The PCTs that a search found.
#[derive(Debug)]
pub(crate) struct SearchConnection<'a> {
    search: Arc<Search>,
    page: Page<Output<'a>>,
}

/// Maximum number of conditions in one search.
const MAX_CONDITIONS: usize = 100;

impl<'a> SearchConnection<'a> {
    /// Searches a cycle.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        conditions: &[SearchCondition<'_>],
        method: Option<Method>,
        sha: Option<Id<'_>>,
        (first, after): (i32, After<'_>),
    ) -> Result<SearchConnection<'a>, Failure> {
        if conditions.is_empty() || conditions.len() > MAX_CONDITIONS {
            let message = format!("give between 1 and {MAX_CONDITIONS} conditions");
            return Err(Failure::new(Code::BadInput, message));
        }
        let resolved = conditions
            .iter()
            .map(|condition| ResolvedCondition::of(cycle, condition));
        let search = Search {
            conditions: resolved.collect::<Result<_, _>>()?,
            method,
        };
        let scope = |sha: Id<'_>| cycle.scope(sha.0, Some(BodyKind::Sha));
        let scope = sha.map(scope).transpose()?;
        let matching = Output::all(cycle).filter(|output| {
            let mut conditions = search.conditions.iter();
            scope.is_none_or(|scope| scope.contains(output.data.body))
                && conditions.all(|condition| {
                    value(*output, condition.subject, method) >= Some(condition.at_least)
                })
        });
        let page = Page::of(matching, &cycle.list_parent(), first, after)?;
        Ok(SearchConnection {
            search: Arc::new(search),
            page,
        })
    }
}

object! {
    /// A page of the PCTs that meet every condition of a search, in the order of their codes.
    SearchConnection<'a> as "SearchConnection" => |search_connection| {
        /// The PCTs of this page, each with its cursor and the values that met the conditions.
        edges: [SearchEdge<'a>; 1] = search_connection.page.each().map(|output| SearchEdge { search: Arc::clone(&search_connection.search), output, list: search_connection.page.list });
        /// The position of this page in the list.
        pageInfo: PageInfo = search_connection.page.info();
        /// The number of PCTs that meet every condition.
        totalCount: i32 = search_connection.page.total();
    }
}

/// A PCT that a search found.
#[derive(Clone, Debug)]
pub(crate) struct SearchEdge<'a> {
    search: Arc<Search>,
    output: Output<'a>,
    list: ListId,
}

object! {
    /// One PCT that meets every condition.
    SearchEdge<'a> as "SearchEdge" => |search_edge| {
        /// The PCT's place in this list; give it as `after` to continue after it.
        cursor: String = encode(search_edge.list, &search_edge.output.place());
        /// The PCT.
        node: Pct<'a> = Pct(search_edge.output.body());
        /// Its whole output in the cycle.
        output: Output<'a> = search_edge.output;
        /// Its values for the conditions, in their order.
        met: [MetCondition<'a>; 2] = search_edge.search.conditions.iter().map(|condition| MetCondition { output: search_edge.output, method: search_edge.search.method, condition: *condition });
    }
}

/// A condition that a PCT meets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MetCondition<'a> {
    output: Output<'a>,
    method: Option<Method>,
    condition: ResolvedCondition,
}

impl<'a> MetCondition<'a> {
    fn scale(&self) -> &'a Scale {
        scale_of(self.output.cycle, self.condition.subject)
    }

    fn step(&self) -> Option<Step> {
        value(self.output, self.condition.subject, self.method)
    }
}

object! {
    /// A PCT's value for one condition of a search.
    MetCondition<'a> as "Met" => |met_condition| {
        /// Identifier of the measure, competency or strand.
        code: Id<'a> = Id(met_condition.output.cycle.assured.cycle.subject_id(met_condition.condition.subject));
        /// The measure; null if the condition is on a competency or strand.
        measure: Option<Measure<'a>> = match met_condition.condition.subject {
            Subject::Measure(index) => Some(met_condition.output.cycle.framework().measure(index)),
            _ => None,
        };
        /// The competency or strand; null if the condition is on a measure.
        component: Option<Component<'a>> = match met_condition.condition.subject {
            Subject::Component(index) => Some(met_condition.output.cycle.framework().component(index)),
            _ => None,
        };
        /// The PCT's value.
        value: Option<Cow<'a, str>> = key(met_condition.scale(), met_condition.step());
        /// Title for people.
        title: Option<&'a str> = title(met_condition.scale(), met_condition.step());
        /// The lowest value requested.
        atLeast: Cow<'a, str> = met_condition.scale().key(met_condition.condition.at_least);
    }
}
