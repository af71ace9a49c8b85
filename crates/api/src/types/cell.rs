//! `Cell`: judgement measure of judgement PCT, and the marks in it.

use super::body::{Body, BodyView};
use super::challenge::Challenge;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::evidence::Evidence;
use super::measure::Measure;
use super::output::Output;
use super::panel::MemberScores;
use super::why::{Ceiling, Reason};
use crate::project::leaves::Id;
use crate::project::object;
use jiff::civil::Date;
use std::borrow::Cow;
use wcc_core::framework::YearOnYear;
use wcc_core::output::{self as core, Comparison, Origin};
use wcc_core::record::{Judgement, Method, Subject};
use wcc_core::scale::{Scale, Step};
use wcc_core::{BodyIndex, MeasureIndex, explain};

/// One measure of one PCT's scorecard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    /// The output.
    pub(crate) output: Output<'a>,
    /// The measure's index.
    pub(crate) index: MeasureIndex,
}

impl<'a> Cell<'a> {
    fn data(&self) -> &'a core::Cell {
        self.output.data.cell(self.index)
    }

    fn scale(&self) -> &'a Scale {
        self.output
            .cycle
            .assured
            .cycle
            .framework
            .scale_of(self.index)
    }

    fn mark(&self, method: Option<Method>) -> core::Mark {
        match method {
            Some(method) => self.data().mark(method),
            None => self.data().current_mark(),
        }
    }

    fn step(&self, method: Option<Method>) -> Option<Step> {
        self.mark(method).value
    }

    fn measure(&self) -> Measure<'a> {
        self.output.cycle.framework().measure(self.index)
    }

    fn change(&self) -> Option<YearOnYear> {
        let mapping = self.measure().data().mapping.as_ref();
        mapping.map(|mapping| mapping.change)
    }
}

/// The key of a step.
pub(crate) fn key(scale: &Scale, step: Option<Step>) -> Option<Cow<'_, str>> {
    step.map(|step| scale.key(step))
}

/// The value of a mark: its key, or the text of a measure that is judged in words.
pub(crate) fn value<'a>(
    cycle: Cycle<'a>,
    scale: &'a Scale,
    mark: core::Mark,
) -> Option<Cow<'a, str>> {
    if !scale.is_text() {
        return key(scale, mark.value);
    }
    let judgement = mark.judgement(&cycle.assured.cycle)?;
    judgement.details().text.as_deref().map(Cow::Borrowed)
}

/// The neutral name of the origin of a mark.
fn origin_id(origin: Origin) -> &'static str {
    match origin {
        Origin::Nobody => "nobody",
        Origin::Own => "own",
        Origin::Departure => "departure",
        Origin::Cluster => "group",
        Origin::Function => "function",
        Origin::LastYear => "previous",
    }
}

/// The title of a step.
pub(crate) fn title(scale: &Scale, step: Option<Step>) -> Option<&str> {
    let definition = scale.definition(step?)?;
    Some(definition.title.as_str())
}

object! {
    /// One measure of one PCT's scorecard: its value by each method, what the evidence supports,
    /// and why.
    Cell<'a> as "Cell" => |cell| {
        /// The measure.
        measure: Measure<'a> = cell.measure();
        /// The value: a level such as `3` or a rating such as `green`; null if it is not known.
        value(
            /// The method; the current value (calibrated, or else the panel's) if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): Option<Cow<'a, str>> = {
            let method = cell.output.cycle.method(method, methodId)?;
            value(cell.output.cycle, cell.scale(), cell.mark(method))
        };
        /// The value in words for people.
        title(
            /// The method; the current value if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): Option<&'a str> = {
            let method = cell.output.cycle.method(method, methodId)?;
            title(cell.scale(), cell.step(method))
        };
        /// Whether the measure does not apply to the body: it then counts in no result.
        notApplicable(
            /// The method; the current value if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): bool = {
            let method = cell.output.cycle.method(method, methodId)?;
            cell.mark(method).not_applicable()
        };
        /// One mark for each method, with who recorded it and why.
        marks(
            /// Only these methods; all if omitted.
            methods: Option<Vec<Method>>,
            /// Only these methods, by their identifiers in the framework, in place of `methods`.
            methodIds: Option<Vec<Id<'_>>>,
        ): [Mark<'a>; 3] = {
            let methods = cell.output.cycle.methods(methods, methodIds)?;
            let methods = methods.unwrap_or_else(|| Method::ALL.to_vec());
            methods.into_iter().map(|method| Mark { cycle: cell.output.cycle, scale: cell.scale(), method, data: cell.data().mark(method) })
        };
        /// The highest value that the evidence supports: the lowest of the ceilings. Null if
        /// nothing limits the measure.
        supported: Option<Cow<'a, str>> = key(cell.scale(), cell.data().supported);
        /// Whether the supported value is based only on inferred evidence.
        supportedInferred: bool = cell.data().supported_inferred;
        /// The limits on the measure: "supports level 2, because ...", lowest first.
        ceilings: [Ceiling<'a>; 1] = {
            let cycle = cell.output.cycle;
            explain::explain_ceilings(&cycle.assured.cycle, &cycle.assured.assurance, cell.output.data, cell.index)
                .map(move |(data, reason)| Ceiling { cycle, data, reason })
        };
        /// External ratings that bear on the measure. They set no ceiling.
        externalRatings: [Evidence<'a>; 1] = Evidence::ratings_on(cell.output, cell.index);
        /// The explanation of the cell: from each judgement through ceilings to challenges.
        why: [Reason<'a>; 5] = {
            let cycle = cell.output.cycle;
            explain::explain_measure(&cycle.assured.cycle, &cycle.assured.assurance, cell.output.data, cell.index)
                .into_iter()
                .map(move |data| Reason { cycle, data })
        };
        /// Values of this cell above what the evidence supports.
        challenges: [Challenge<'a>; 1] = Challenge::of_output(cell.output).filter(|challenge| challenge.data.measure == cell.index);
        /// The scores that members of the panel gave before it agreed; null if there are none, or if the
        /// viewer may see none.
        memberScores: Option<MemberScores<'a>> = MemberScores::of(cell.output, Subject::Measure(cell.index));
        /// The current value compared with the body's own view.
        againstOwnView: Comparison = cell.data().against_self();
        /// The current value compared with the self-assessment.
        #[deprecated = "Use `againstOwnView`."]
        againstSelf: Comparison = cell.data().against_self();
        /// The current value compared with the previous cycle's.
        againstPrevious: Comparison = cell.data().against_last_year(cell.measure().data());
        /// The current value compared with last year's.
        #[deprecated = "Use `againstPrevious`."]
        againstLastYear: Comparison = cell.data().against_last_year(cell.measure().data());
        /// How the measure itself relates to the previous year's; null if the framework does not
        /// say.
        change: Option<YearOnYear> = cell.change();
    }
}

/// One method's value, in a cell or for a component as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// The scale of the value.
    pub(crate) scale: &'a Scale,
    /// The method.
    pub(crate) method: Method,
    /// The mark.
    pub(crate) data: core::Mark,
}

impl<'a> Mark<'a> {
    fn judgement(&self) -> Option<&'a Judgement> {
        self.data.judgement(&self.cycle.assured.cycle)
    }

    fn body(&self, index: BodyIndex) -> Body<'a> {
        Body::of(BodyView::of_cycle(self.cycle, index))
    }
}

object! {
    /// One method's value, with who recorded it and why.
    Mark<'a> as "Mark" => |mark| {
        /// The method's purpose.
        method: Method = mark.method;
        /// Identifier of the method in the framework; null if the framework has none.
        methodId: Option<Id<'a>> = mark.cycle.method_id(mark.method);
        /// What sentences call the method.
        methodTitle: &'a str = mark.cycle.method_title(mark.method);
        /// The value: a level such as `3` or a rating such as `green`; null if it is not known.
        value: Option<Cow<'a, str>> = value(mark.cycle, mark.scale, mark.data);
        /// The value in words for people.
        title: Option<&'a str> = title(mark.scale, mark.data.value);
        /// Whether the measure does not apply to the body.
        notApplicable: bool = mark.data.not_applicable();
        /// The points of the value in means and sums.
        points: Option<f64> = mark.data.value.map(|step| mark.scale.points(step).to_f64());
        /// Where it comes from: `nobody`; `own`, the body's own; `departure` from its group's; `group`,
        /// inherited from it; `function`, inherited from a function to which the body delegates;
        /// `previous`, the result of the previous cycle.
        originId: &'static str = origin_id(mark.data.origin);
        /// Whether it is the body's own, inherited from its cluster or from a function, a departure
        /// from its cluster, or last year's result.
        #[deprecated = "Use `originId`."]
        origin: Origin = mark.data.origin;
        /// The judged body; null if nobody judged.
        body: Option<Body<'a>> = mark.judgement().map(|judgement| mark.body(judgement.body));
        /// The rationale in the assessor's words.
        rationale: Option<&'a str> = mark.judgement().and_then(|judgement| judgement.details().rationale.as_deref());
        /// Identifiers of the evidence that supports it.
        evidence: [Id<'a>; 2] = mark.judgement().into_iter().flat_map(|judgement| &judgement.details().evidence).map(|id| Id(id));
        /// Who recorded it.
        author: Option<&'a str> = mark.judgement().and_then(|judgement| judgement.details().author.as_deref());
        /// When.
        date: Option<Date> = mark.judgement().and_then(|judgement| judgement.details().date);
        /// Why a PCT departs from its cluster, or a panel from the framework's rule.
        reason: Option<&'a str> = mark.judgement().and_then(|judgement| judgement.details().reason.as_deref());
        /// If the value was inferred and not read: what it was inferred from.
        inferred: Option<&'a str> = mark.judgement().and_then(|judgement| judgement.details().inferred.as_deref());
        /// Whether the value was inferred and not read, or is last year's result based on such a
        /// value.
        isInferred: bool = mark.data.inferred();
        /// The source of the value.
        source: Option<&'a str> = mark.judgement().and_then(|judgement| judgement.details().source.as_deref());
        /// The ledger entry that recorded it, which a correction `supersedes`. Null if it was read
        /// from a file, or if nobody judged.
        entry: Option<i32> = mark.judgement().and_then(|judgement| mark.cycle.entry(judgement.record));
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = mark.judgement().and_then(|judgement| mark.cycle.entered_by(judgement));
        /// The file and row (or line) that it was read from, or the entry that recorded it.
        place: Option<String> = mark.judgement().and_then(|judgement| mark.cycle.source_of(judgement.record));
    }
}
