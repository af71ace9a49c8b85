//! `Judgement`: what was said of one body on one measure by one method.

use super::body::{Body, Seen};
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::framework::Framework;
use super::measure::{Component, Measure};
use crate::project::leaves::Id;
use crate::project::object;
use jiff::civil::Date;
use wcc_core::record::{self as core, Method, Subject};
use wcc_core::scale::Scale;

/// A judgement of a cycle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judgement<'a> {
    cycle: Cycle<'a>,
    it: &'a core::Judgement,
}

impl<'a> Judgement<'a> {
    /// Everything judged on a body in a cycle; nothing for a body that the cycle does not know.
    pub(crate) fn of_body(cycle: Cycle<'a>, code: &str) -> impl Iterator<Item = Judgement<'a>> {
        let said = &cycle.at.cycle;
        let range = said
            .organisations
            .find(code)
            .map_or(0..0, |body| said.judgements_of(body));
        let judgements = said.records.judgements.get(range).unwrap_or_default();
        judgements.iter().map(move |it| Judgement { cycle, it })
    }

    fn framework(&self) -> Framework<'a> {
        self.cycle.framework()
    }

    fn scale(&self) -> &'a Scale {
        let framework = self.framework().it;
        match self.it.subject {
            Subject::Measure(measure) => framework.scale_of(measure),
            Subject::Component(component) => framework.scale_of_component(component),
        }
    }
}

object! {
    /// A judgement of one body on one measure, or on a competency or strand as a whole, by one
    /// method.
    Judgement<'a> as "Judgement" => |it| {
        /// The body that is judged.
        body: Body<'a> = Body::of(Seen::of_cycle(it.cycle, it.it.body));
        /// The measure; null if a competency or strand is judged as a whole.
        measure: Option<Measure<'a>> = match it.it.subject {
            Subject::Measure(index) => Some(Measure { framework: it.framework(), index }),
            Subject::Component(_) => None,
        };
        /// The competency or strand that is judged as a whole; null if a measure is judged.
        component: Option<Component<'a>> = match it.it.subject {
            Subject::Component(index) => Some(Component { framework: it.framework(), index }),
            Subject::Measure(_) => None,
        };
        /// The method.
        method: Method = it.it.method;
        /// The value: a level such as `3` or a rating such as `green`; null if the source says
        /// only that there is one.
        value: Option<&'a str> = it.it.value.map(|step| it.scale().key(step));
        /// The value in words for people.
        title: Option<&'a str> = it.it.value.and_then(|step| it.scale().definition(step)).map(|step| step.title.as_str());
        /// For a function that several bodies assess: the body that made this judgement.
        assessor: Option<Body<'a>> = it.it.assessor.map(|body| Body::of(Seen::of_cycle(it.cycle, body)));
        /// The rationale in the assessor's words.
        rationale: Option<&'a str> = it.it.details().rationale.as_deref();
        /// Identifiers of the evidence that supports it.
        evidence: [Id<'a>; 2] = it.it.details().evidence.iter().map(|id| Id(id));
        /// Who recorded it.
        author: Option<&'a str> = it.it.details().author.as_deref();
        /// When.
        date: Option<Date> = it.it.details().date;
        /// If the value was inferred and not read: what it was inferred from.
        inferred: Option<&'a str> = it.it.details().inferred.as_deref();
        /// The source of the value.
        source: Option<&'a str> = it.it.details().source.as_deref();
        /// The ledger entry that recorded it, which a correction `supersedes`. Null if it was read
        /// from a file.
        entry: Option<i32> = it.cycle.entry(it.it.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = it.cycle.entered_by(it.it);
        /// The file and row (or line) that it was read from, or the entry that recorded it.
        place: Option<String> = it.cycle.place(it.it.record);
    }
}
