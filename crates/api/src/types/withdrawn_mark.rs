//! `WithdrawnMark`: a mark that was withdrawn, with who did it and why.

use super::body::{Body, BodyView};
use super::cell::title;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use crate::project::leaves::Id;
use crate::project::{Failure, object};
use wcc_core::MeasureIndex;
use wcc_core::ledger::WithdrawnJudgement;
use wcc_core::record::{JudgementDetails, Method};

/// A mark that was withdrawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WithdrawnMark<'a> {
    cycle: Cycle<'a>,
    measure: MeasureIndex,
    data: &'a WithdrawnJudgement,
}

impl<'a> WithdrawnMark<'a> {
    /// The withdrawn marks of a measure of a body, the latest withdrawal first; `None` if they were not read for this
    /// answer.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        body: Id<'_>,
        measure: Id<'_>,
    ) -> Result<Option<impl Iterator<Item = WithdrawnMark<'a>> + use<'a>>, Failure> {
        let data = &cycle.assured.cycle;
        let body = cycle.body(body.0, None)?;
        let measure = cycle.framework().find_measure(measure.0)?;
        let organisations = &data.organisations;
        let functions = organisations.functions_of(body, data.as_of);
        let bodies = std::iter::once(body)
            .chain(organisations.cluster_of(body, data.as_of))
            .chain(functions);
        let codes = bodies.map(|body| organisations.body(body).code.as_str());
        let codes: Vec<&str> = codes.collect();
        let subject = data.framework.measure(measure).id.as_str();
        let Some(withdrawn) = cycle.picture.live().withdrawn.as_deref() else {
            return Ok(None);
        };
        let is_of_measure = move |mark: &&WithdrawnJudgement| {
            *mark.cycle == *cycle.code()
                && *mark.judgement.subject == *subject
                && codes.contains(&&*mark.judgement.body)
                && cycle.picture.includes_entry(mark.withdrawal)
        };
        let marks = withdrawn.iter().rev().filter(is_of_measure);
        Ok(Some(marks.map(move |data| WithdrawnMark {
            cycle,
            measure,
            data,
        })))
    }

    fn details(&self) -> &'a JudgementDetails {
        &self.data.judgement.details
    }

    fn not_applicable(&self) -> bool {
        self.data.judgement.value.as_deref() == Some(JudgementDetails::NOT_APPLICABLE)
    }

    fn value(&self) -> Option<&'a str> {
        let value = self.data.judgement.value.as_deref();
        value.filter(|_| !self.not_applicable())
    }

    fn title(&self) -> Option<&'a str> {
        let scale = self.cycle.assured.cycle.framework.scale_of(self.measure);
        title(scale, scale.step(self.value()?))
    }

    fn entered_by(&self, entry: u32) -> Option<EntryActor<'a>> {
        let (picture, body) = (self.cycle.picture, &self.data.judgement.body);
        let entered = picture.entered_by(entry, self.cycle.code(), body)?;
        Some(EntryActor::new(picture, entered))
    }
}

/// The number of an entry as the schema gives it.
fn number(entry: u32) -> Option<i32> {
    i32::try_from(entry).ok()
}

object! {
    /// A mark that was withdrawn: from then on it counts for nothing, and no other took its place.
    WithdrawnMark<'a> as "WithdrawnMark" => |mark| {
        /// The method's purpose.
        method: Method = mark.data.judgement.method;
        /// What sentences call the method.
        methodTitle: &'a str = mark.cycle.method_title(mark.data.judgement.method);
        /// The value: a level such as `3` or a rating such as `green`; null if it was not known.
        value: Option<&'a str> = mark.value();
        /// The value in words for people.
        title: Option<&'a str> = mark.title();
        /// Whether the measure was said not to apply to the body.
        notApplicable: bool = mark.not_applicable();
        /// Whether the value was inferred and not read.
        isInferred: bool = mark.details().inferred.is_some();
        /// The judged body; null if the cycle no longer has it.
        body: Option<Body<'a>> = {
            let view = BodyView::with_code(mark.cycle.picture, &mark.data.judgement.body);
            view.map(Body::of)
        };
        /// The rationale in the assessor's words.
        rationale: Option<&'a str> = mark.details().rationale.as_deref();
        /// Why it departed from the group's, or from the framework's rule.
        reason: Option<&'a str> = mark.details().reason.as_deref();
        /// The ledger entry that recorded it.
        entry: Option<i32> = number(mark.data.entry);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = mark.entered_by(mark.data.entry);
        /// The ledger entry that withdrew it.
        withdrawal: Option<i32> = number(mark.data.withdrawal);
        /// Who withdrew it.
        withdrawnBy: Option<EntryActor<'a>> = mark.entered_by(mark.data.withdrawal);
        /// Why it was withdrawn.
        withdrawalReason: &'a str = &*mark.data.reason;
    }
}
