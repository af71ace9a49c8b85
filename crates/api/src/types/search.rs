//! Search: which PCTs stand at or above a level or rating.

use super::body::Pct;
use super::cell::{key, title};
use super::cycle::Cycle;
use super::measure::{Component, Measure};
use super::output::Output;
use super::results::ComponentResult;
use crate::project::cursor::{After, ListId, Listed, encode};
use crate::project::leaves::Id;
use crate::project::page::{Page, PageInfo};
use crate::project::{Code, Failure, input, object};
use std::sync::Arc;
use wcc_core::record::Method;
use wcc_core::scale::{Scale, Step};
use wcc_core::{BodyKind, Subject};

input! {
    /// A condition of a search: at least this level or rating on one measure, competency or
    /// strand. Give exactly one of `measure` and `component`.
    SearchCondition<'q> as "SearchCondition" {
        /// The measure: `5a`.
        measure: Option<Id<'q>>,
        /// The competency or strand: `5`, `strategy`.
        component: Option<Id<'q>>,
        /// The lowest level or rating requested: `3`, `green`.
        atLeast: &'q str,
    }
}

/// A condition, looked up in a framework.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    subject: Subject,
    at_least: Step,
}

impl Wanted {
    fn of(cycle: Cycle<'_>, condition: &SearchCondition<'_>) -> Result<Wanted, Failure> {
        let framework = cycle.framework();
        let subject = match (condition.measure, condition.component) {
            (Some(id), None) => Subject::Measure(framework.find_measure(id.0)?),
            (None, Some(id)) => Subject::Component(framework.find_component(id.0)?),
            _ => {
                let message = "a condition needs exactly one of `measure` and `component`";
                return Err(Failure::new(Code::BadInput, message));
            }
        };
        let scale = scale_of(cycle, subject);
        let Some(at_least) = scale.step(condition.atLeast) else {
            let given: String = condition.atLeast.chars().take(60).collect();
            let message = format!(
                "`atLeast` is `{given}`: on the scale of `{}` it must be {}",
                cycle.at.cycle.subject_id(subject),
                scale.keys_in_words(),
            );
            return Err(Failure::new(Code::BadInput, message));
        };
        Ok(Wanted { subject, at_least })
    }
}

fn scale_of(cycle: Cycle<'_>, subject: Subject) -> &Scale {
    let framework = &cycle.at.cycle.framework;
    match subject {
        Subject::Measure(index) => framework.scale_of(index),
        Subject::Component(index) => framework.scale_of_component(index),
    }
}

fn value(output: Output<'_>, subject: Subject, method: Option<Method>) -> Option<Step> {
    match subject {
        Subject::Measure(index) => {
            let cell = output.it.cell(index);
            method.map_or_else(|| cell.current(), |method| cell.mark(method).value)
        }
        Subject::Component(index) => ComponentResult { output, index }.step(method),
    }
}

/// What was searched for, shared by every PCT that was found.
#[derive(Debug)]
struct Search {
    conditions: Vec<Wanted>,
    method: Option<Method>,
}

/// The PCTs that were found.
#[derive(Debug)]
pub(crate) struct SearchConnection<'a> {
    search: Arc<Search>,
    page: Page<Output<'a>>,
}

/// How many conditions one search may have.
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
        let wanted = conditions
            .iter()
            .map(|condition| Wanted::of(cycle, condition));
        let search = Search {
            conditions: wanted.collect::<Result<_, _>>()?,
            method,
        };
        let scope = |sha: Id<'_>| cycle.scope(sha.0, Some(BodyKind::Sha));
        let scope = sha.map(scope).transpose()?;
        let found = Output::all(cycle).filter(|output| {
            let mut conditions = search.conditions.iter();
            scope.is_none_or(|scope| scope.holds(output.it.body))
                && conditions.all(|condition| {
                    value(*output, condition.subject, method) >= Some(condition.at_least)
                })
        });
        let page = Page::of(found, &cycle.list_parent(), first, after)?;
        Ok(SearchConnection {
            search: Arc::new(search),
            page,
        })
    }
}

object! {
    /// A page of the PCTs that meet every condition of a search, in the order of their codes.
    SearchConnection<'a> as "SearchConnection" => |it| {
        /// The PCTs of this page, each with its cursor and the values that met the conditions.
        edges: [SearchEdge<'a>; 1] = it.page.each().map(|output| SearchEdge { search: Arc::clone(&it.search), output, list: it.page.list });
        /// The position of this page in the list.
        pageInfo: PageInfo = it.page.info();
        /// The number of PCTs that meet every condition.
        totalCount: i32 = it.page.total();
    }
}

/// A PCT that was found.
#[derive(Clone, Debug)]
pub(crate) struct SearchEdge<'a> {
    search: Arc<Search>,
    output: Output<'a>,
    list: ListId,
}

object! {
    /// One PCT that meets every condition.
    SearchEdge<'a> as "SearchEdge" => |it| {
        /// The PCT's place in this list; give it as `after` to continue after it.
        cursor: String = encode(it.list, &it.output.place());
        /// The PCT.
        node: Pct<'a> = Pct(it.output.body());
        /// Its whole output in the cycle.
        output: Output<'a> = it.output;
        /// Its values for the conditions, in their order.
        met: [Met<'a>; 2] = it.search.conditions.iter().map(|condition| Met { output: it.output, method: it.search.method, wanted: *condition });
    }
}

/// A condition that was met.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met<'a> {
    output: Output<'a>,
    method: Option<Method>,
    wanted: Wanted,
}

impl<'a> Met<'a> {
    fn scale(&self) -> &'a Scale {
        scale_of(self.output.cycle, self.wanted.subject)
    }

    fn step(&self) -> Option<Step> {
        value(self.output, self.wanted.subject, self.method)
    }
}

object! {
    /// A PCT's value for one condition of a search.
    Met<'a> as "Met" => |it| {
        /// Identifier of the measure, competency or strand.
        code: Id<'a> = Id(it.output.cycle.at.cycle.subject_id(it.wanted.subject));
        /// The measure; null if the condition is on a competency or strand.
        measure: Option<Measure<'a>> = match it.wanted.subject {
            Subject::Measure(index) => Some(it.output.cycle.framework().measure(index)),
            Subject::Component(_) => None,
        };
        /// The competency or strand; null if the condition is on a measure.
        component: Option<Component<'a>> = match it.wanted.subject {
            Subject::Component(index) => Some(it.output.cycle.framework().component(index)),
            Subject::Measure(_) => None,
        };
        /// The PCT's value.
        value: Option<&'a str> = key(it.scale(), it.step());
        /// Title for people.
        title: Option<&'a str> = title(it.scale(), it.step());
        /// The lowest value requested.
        atLeast: &'a str = it.scale().key(it.wanted.at_least);
    }
}
