//! What stands beside the judgements: evidence, surveys, criteria, commentary, recommendations.

use super::body::Body;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::enums::CeilingKind;
use super::measure::{Component, Measure};
use super::outcome::OutcomeReference;
use super::output::Output;
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::record::{self as core, CriterionKind, EvidenceKind, Subject, Topic};
use wcc_core::{BodyIndex, ceiling};

/// Declares a view of one record of a cycle.
macro_rules! record {
    ($(#[doc = $doc:literal])* $view:ident of $core:ty) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $view<'a> {
            cycle: Cycle<'a>,
            it: &'a $core,
        }

        impl<'a> $view<'a> {
            fn body(&self) -> Body<'a> {
                Body::of(self.cycle.seen(self.it.body))
            }

            /// Those of a table that belong to an output.
            fn chosen(
                output: Output<'a>,
                table: &'a [$core],
                wanted: impl Fn(BodyIndex) -> bool + 'a,
            ) -> impl Iterator<Item = $view<'a>> + 'a {
                let chosen = table.iter().filter(move |item| wanted(item.body));
                chosen.map(move |it| $view { cycle: output.cycle, it })
            }
        }
    };
}

record! {
    /// An item of evidence.
    Evidence of core::Evidence
}

impl<'a> Evidence<'a> {
    /// The evidence of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Evidence<'a>> {
        let wanted = move |body| output.has(body) || output.it.functions.contains(&body);
        Evidence::chosen(output, &output.cycle.at.cycle.records.evidence, wanted)
    }
}

object! {
    /// One item of evidence; it may be about several measures.
    Evidence<'a> as "Evidence" => |it| {
        /// Identifier within the cycle, used by judgements and criteria.
        code: Id<'a> = Id(&it.it.id);
        /// The kind of evidence.
        kind: EvidenceKind = it.it.kind;
        /// What it is.
        title: &'a str = it.it.title.as_ref();
        /// The body that it is about.
        body: Body<'a> = it.body();
        /// The measures that it lists.
        measures: [Measure<'a>; 2] = it.it.measures.iter().map(|index| it.cycle.framework().measure(*index));
        /// Who issued it.
        issuer: Option<&'a str> = it.it.issuer.as_deref();
        /// Its date or year, as printed on it.
        dated: Option<&'a str> = it.it.dated.as_deref();
        /// Where it is cited.
        source: Option<&'a str> = it.it.source.as_deref();
        /// SHA-256 of the document, if it was filed.
        document: Option<&'a str> = it.it.document.as_deref();
        /// The ledger entry that filed it, which a correction `supersedes`. Null if it was read
        /// from a file.
        entry: Option<i32> = it.cycle.entry(it.it.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = it.cycle.entered_by(it.it);
        /// The file and row that it was read from, or the entry that filed it.
        place: Option<String> = it.cycle.place(it.it.record);
    }
}

record! {
    /// A survey result.
    SurveyResult of core::SurveyResult
}

impl<'a> SurveyResult<'a> {
    /// The survey results of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = SurveyResult<'a>> {
        let wanted = move |body| output.has(body);
        SurveyResult::chosen(output, &output.cycle.at.cycle.records.surveys, wanted)
    }

    /// The words of the result: as stated, else those nearest to the score.
    fn wording(&self) -> Option<&'a str> {
        let rule = self.cycle.at.cycle.framework.survey_rule(&self.it.survey);
        let stated = self.it.wording.as_deref();
        stated.or_else(|| ceiling::survey_wording(rule?, self.it.score?))
    }

    fn supports(&self) -> Option<&'a str> {
        let framework = &self.cycle.at.cycle.framework;
        let step = ceiling::survey_supports(framework, self.it)?;
        Some(framework.scale_of(self.it.measure).key(step))
    }

    fn highest(&self) -> Option<f64> {
        let rule = self.cycle.at.cycle.framework.survey_rule(&self.it.survey)?;
        Some(rule.highest)
    }
}

object! {
    /// The result of a survey on one measure. A survey can only limit a measure, never raise it.
    SurveyResult<'a> as "SurveyResult" => |it| {
        /// Identifier of the survey: `key-stakeholder`.
        survey: Id<'a> = Id(&it.it.survey);
        /// The measure that it is about.
        measure: Measure<'a> = it.cycle.framework().measure(it.it.measure);
        /// The body that the survey is about.
        body: Body<'a> = it.body();
        /// The question, in short.
        question: Option<&'a str> = it.it.question.as_deref();
        /// Mean score on the survey's own scale; null if it is not known.
        score: Option<f64> = it.it.score;
        /// The highest possible score; null if the framework has no rule for the survey.
        outOf: Option<f64> = it.highest();
        /// The result in words: "somewhat agree".
        wording: Option<&'a str> = it.wording();
        /// The highest value that the result supports on the measure.
        supports: Option<&'a str> = it.supports();
        /// Its source.
        source: Option<&'a str> = it.it.source.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = it.cycle.entry(it.it.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = it.cycle.entered_by(it.it);
        /// The file and row that it was read from, or the entry that recorded it.
        place: Option<String> = it.cycle.place(it.it.record);
    }
}

record! {
    /// An unmet criterion or metric.
    Criterion of core::Criterion
}

impl<'a> Criterion<'a> {
    /// The unmet criteria of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Criterion<'a>> {
        let wanted = move |body| output.has(body);
        Criterion::chosen(output, &output.cycle.at.cycle.records.criteria, wanted)
    }
}

object! {
    /// A criterion of a level that is not met, or a metric below what the level requires.
    Criterion<'a> as "Criterion" => |it| {
        /// Criterion or metric.
        kind: CeilingKind = match it.it.kind {
            CriterionKind::Criterion => CeilingKind::Criterion,
            CriterionKind::Metric => CeilingKind::Metric,
        };
        /// The measure that it limits.
        measure: Measure<'a> = it.cycle.framework().measure(it.it.measure);
        /// The body that it was tested on.
        body: Body<'a> = it.body();
        /// The highest value that the evidence supports while the criterion is not met.
        supports: &'a str = it.cycle.at.cycle.framework.scale_of(it.it.measure).key(it.it.supports);
        /// The criterion or metric, and why it is not met.
        reason: &'a str = it.it.reason.as_ref();
        /// Identifiers of the evidence that supports it.
        evidence: [Id<'a>; 1] = it.it.evidence.iter().map(|id| Id(id));
        /// If the supported value was inferred and not read: what it was inferred from.
        inferred: Option<&'a str> = it.it.inferred.as_deref();
        /// Its source.
        source: Option<&'a str> = it.it.source.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = it.cycle.entry(it.it.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = it.cycle.entered_by(it.it);
        /// The file and row that it was read from, or the entry that recorded it.
        place: Option<String> = it.cycle.place(it.it.record);
    }
}

record! {
    /// A piece of commentary.
    Commentary of core::Commentary
}

impl<'a> Commentary<'a> {
    /// The commentary of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Commentary<'a>> {
        let wanted = move |body| output.has(body);
        Commentary::chosen(output, &output.cycle.at.cycle.records.commentary, wanted)
    }
}

object! {
    /// A piece of commentary in the panel's report.
    Commentary<'a> as "Commentary" => |it| {
        /// The body that it is on; a cluster's commentary is shared by its PCTs.
        body: Body<'a> = it.body();
        /// Headings above it, outermost first.
        headings: [&'a str; 2] = it.it.headings.iter().map(AsRef::as_ref);
        /// The text, in Markdown.
        text: &'a str = it.it.text.as_ref();
        /// The competencies and strands that it is about.
        components: [Component<'a>; 1] = components(it.cycle, &it.it.about);
        /// Whether it is about the health outcomes as a whole.
        bearsOnOutcomes: bool = it.it.about.contains(&Topic::Outcomes);
        /// The individual health outcomes that it is about.
        outcomes: [OutcomeReference<'a>; 1] = OutcomeReference::all(it.cycle, &it.it.about);
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = it.cycle.entry(it.it.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = it.cycle.entered_by(it.it);
        /// The file and line that it was read from, or the entry that recorded it.
        place: Option<String> = it.cycle.place(it.it.record);
    }
}

record! {
    /// A recommendation.
    Recommendation of core::Recommendation
}

impl<'a> Recommendation<'a> {
    /// The recommendations of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Recommendation<'a>> {
        let wanted = move |body| output.has(body);
        Recommendation::chosen(
            output,
            &output.cycle.at.cycle.records.recommendations,
            wanted,
        )
    }

    fn measures(&self) -> impl Iterator<Item = Measure<'a>> + use<'a> {
        let framework = self.cycle.framework();
        let about = self.it.about.iter();
        about.filter_map(move |topic| match topic {
            Topic::Subject(Subject::Measure(index)) => Some(framework.measure(*index)),
            _ => None,
        })
    }
}

/// The components among topics.
fn components<'a>(
    cycle: Cycle<'a>,
    about: &'a [Topic],
) -> impl Iterator<Item = Component<'a>> + use<'a> {
    let framework = cycle.framework();
    about.iter().filter_map(move |topic| match topic {
        Topic::Subject(Subject::Component(index)) => Some(framework.component(*index)),
        _ => None,
    })
}

object! {
    /// A recommendation of the panel.
    Recommendation<'a> as "Recommendation" => |it| {
        /// Identifier within the cycle.
        code: Id<'a> = Id(&it.it.id);
        /// The text.
        text: &'a str = it.it.text.as_ref();
        /// The body to which it is addressed; a cluster's recommendation is shared by its PCTs.
        body: Body<'a> = it.body();
        /// The measures that it is about.
        measures: [Measure<'a>; 1] = it.measures();
        /// The competencies and strands that it is about. Without a measure, component or outcome
        /// it is about the body as a whole.
        components: [Component<'a>; 1] = components(it.cycle, &it.it.about);
        /// Whether it is about the health outcomes as a whole.
        aboutOutcomes: bool = it.it.about.contains(&Topic::Outcomes);
        /// The individual health outcomes that it is about.
        outcomes: [OutcomeReference<'a>; 1] = OutcomeReference::all(it.cycle, &it.it.about);
        /// Its source.
        source: Option<&'a str> = it.it.source.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = it.cycle.entry(it.it.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = it.cycle.entered_by(it.it);
        /// The file and row that it was read from, or the entry that recorded it.
        place: Option<String> = it.cycle.place(it.it.record);
    }
}
