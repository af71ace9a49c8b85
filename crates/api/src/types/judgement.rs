//! `Judgement`: a judgement on one body's measure or component by one method.

use super::body::{Body, BodyView};
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::framework::Framework;
use super::measure::{Component, Measure};
use crate::project::leaves::Id;
use crate::project::object;
use jiff::civil::Date;
use std::borrow::Cow;
use wcc_core::record::{self as core, Method, Subject};
use wcc_core::scale::Scale;

/// A judgement of a cycle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judgement<'a> {
    cycle: Cycle<'a>,
    data: &'a core::Judgement,
}

impl<'a> Judgement<'a> {
    /// The judgement at a position among the judgements of a cycle.
    pub(crate) fn at(cycle: Cycle<'a>, at: u32) -> Option<Judgement<'a>> {
        let data = cycle.assured.cycle.records.judgements.get(at as usize)?;
        Some(Judgement { cycle, data })
    }

    /// All judgements on a body in a cycle; empty if the cycle does not have the body.
    pub(crate) fn of_body(cycle: Cycle<'a>, code: &str) -> impl Iterator<Item = Judgement<'a>> {
        let records = &cycle.assured.cycle;
        let range = records
            .organisations
            .find(code)
            .map_or(0..0, |body| records.judgements_of(body));
        let judgements = records.records.judgements.get(range).unwrap_or_default();
        judgements.iter().map(move |data| Judgement { cycle, data })
    }

    fn framework(&self) -> Framework<'a> {
        self.cycle.framework()
    }

    fn scale(&self) -> &'a Scale {
        let framework = self.framework().data;
        self.data.subject.scale(framework)
    }
}

object! {
    /// A judgement of one body on one measure, or on a competency or strand as a whole, by one
    /// method.
    Judgement<'a> as "Judgement" => |judgement| {
        /// The body that is judged.
        body: Body<'a> = Body::of(BodyView::of_cycle(judgement.cycle, judgement.data.body));
        /// The measure; null if a competency or strand is judged as a whole.
        measure: Option<Measure<'a>> = match judgement.data.subject {
            Subject::Measure(index) => Some(Measure { framework: judgement.framework(), index }),
            _ => None,
        };
        /// The competency or strand that is judged as a whole; null if a measure is judged.
        component: Option<Component<'a>> = match judgement.data.subject {
            Subject::Component(index) => Some(Component { framework: judgement.framework(), index }),
            _ => None,
        };
        /// The method's purpose.
        method: Method = judgement.data.method;
        /// Identifier of the method in the framework.
        methodId: Option<Id<'a>> = judgement.cycle.method_id(judgement.data.method);
        /// What sentences call the method.
        methodTitle: &'a str = judgement.cycle.method_title(judgement.data.method);
        /// The value: a level such as `3` or a rating such as `green`; null if the source says
        /// only that there is one.
        value: Option<Cow<'a, str>> = judgement.data.value.map(|step| judgement.scale().key(step));
        /// The value in words for people.
        title: Option<&'a str> = judgement.data.value.and_then(|step| judgement.scale().definition(step)).map(|step| step.title.as_str());
        /// For a function that several bodies assess: the body that made this judgement.
        assessor: Option<Body<'a>> = judgement.data.assessor.map(|body| Body::of(BodyView::of_cycle(judgement.cycle, body)));
        /// The rationale in the assessor's words.
        rationale: Option<&'a str> = judgement.data.details().rationale.as_deref();
        /// Identifiers of the evidence that supports it.
        evidence: [Id<'a>; 2] = judgement.data.details().evidence.iter().map(|id| Id(id));
        /// Who recorded it.
        author: Option<&'a str> = judgement.data.details().author.as_deref();
        /// When.
        date: Option<Date> = judgement.data.details().date;
        /// If the value was inferred and not read: what it was inferred from.
        inferred: Option<&'a str> = judgement.data.details().inferred.as_deref();
        /// The source of the value.
        source: Option<&'a str> = judgement.data.details().source.as_deref();
        /// The ledger entry that recorded it, which a correction `supersedes`. Null if it was read
        /// from a file.
        entry: Option<i32> = judgement.cycle.entry(judgement.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = judgement.cycle.entered_by(judgement.data);
        /// The file and row (or line) that it was read from, or the entry that recorded it.
        place: Option<String> = judgement.cycle.source_of(judgement.data.record);
    }
}
