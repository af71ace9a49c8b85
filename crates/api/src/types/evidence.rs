//! Records other than judgements: evidence, surveys, criteria, commentary, recommendations.

use super::body::Body;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::enums::CeilingKind;
use super::external_rating::ExternalRating;
use super::measure::{Component, Measure};
use super::outcome::OutcomeReference;
use super::output::Output;
use super::planning::PlannedAction;
use super::reliance::{EvidenceAge, EvidenceReliance};
use super::survey_figures::SurveyFigures;
use crate::project::leaves::Id;
use crate::project::object;
use jiff::civil::Date;
use std::borrow::Cow;
use wcc_core::framework::SurveyRule;
use wcc_core::record::{self as core, ActionState, CriterionKind, EvidenceKind, Subject, Topic};
use wcc_core::reliance::{self, reliance_on, reusable};
use wcc_core::{BodyIndex, MeasureIndex, ceiling};

/// Declares a view of one record of a cycle.
macro_rules! record {
    ($(#[doc = $doc:literal])* $view:ident of $core:ty) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $view<'a> {
            cycle: Cycle<'a>,
            data: &'a $core,
        }

        impl<'a> $view<'a> {
            fn body(&self) -> Body<'a> {
                Body::of(self.cycle.body_view(self.data.body))
            }

            /// The records of a table that belong to an output.
            fn matching(
                output: Output<'a>,
                table: &'a [$core],
                is_wanted: impl Fn(BodyIndex) -> bool + 'a,
            ) -> impl Iterator<Item = $view<'a>> + 'a {
                let matching = table.iter().filter(move |record| is_wanted(record.body));
                matching.map(move |data| $view { cycle: output.cycle, data })
            }
        }
    };
}

pub(crate) use record;

record! {
    /// An item of evidence.
    Evidence of core::Evidence
}

impl<'a> Evidence<'a> {
    /// The item at a position among the evidence of a cycle.
    pub(crate) fn at(cycle: Cycle<'a>, at: u32) -> Option<Evidence<'a>> {
        let data = cycle.assured.cycle.records.evidence.get(at as usize)?;
        Some(Evidence { cycle, data })
    }

    /// The item of a cycle with an identifier.
    pub(crate) fn with_id(cycle: Cycle<'a>, id: &str) -> Option<Evidence<'a>> {
        let mut evidence = cycle.assured.cycle.records.evidence.iter();
        let data = evidence.find(|item| *item.id == *id)?;
        Some(Evidence { cycle, data })
    }

    /// The evidence of the previous cycle that an output can use again on a day.
    pub(crate) fn reusable_for(
        output: Output<'a>,
        on: Option<Date>,
    ) -> impl Iterator<Item = Evidence<'a>> {
        let this = &output.cycle.assured.cycle;
        let on = on.unwrap_or(this.as_of);
        output.cycle.previous().into_iter().flat_map(move |cycle| {
            let bodies = output.data.bodies();
            let items = bodies.flat_map(move |body| reusable(this, &cycle.assured.cycle, body, on));
            items.map(move |data| Evidence { cycle, data })
        })
    }

    fn relied_on_by(&self) -> impl Iterator<Item = EvidenceReliance<'a>> {
        let (cycle, assured) = (self.cycle, self.cycle.assured);
        let citations = assured.citations();
        let all = reliance_on(&assured.cycle, &assured.assurance, citations, self.data);
        all.into_iter()
            .map(move |data| EvidenceReliance { cycle, data })
    }

    fn age(&self, on: Option<Date>) -> Option<EvidenceAge> {
        let on = on.unwrap_or(self.cycle.assured.cycle.as_of);
        reliance::EvidenceAge::of(self.data, on).map(EvidenceAge)
    }

    fn is_expired(&self, on: Option<Date>) -> bool {
        let on = on.unwrap_or(self.cycle.assured.cycle.as_of);
        self.data.dates.is_expired_on(on)
    }

    fn rating(&self) -> Option<ExternalRating<'a>> {
        let data = self.data.rating.as_ref()?;
        let framework = self.cycle.framework();
        Some(ExternalRating { framework, data })
    }

    /// The ratings that bear on a measure of an output.
    pub(crate) fn ratings_on(
        output: Output<'a>,
        measure: MeasureIndex,
    ) -> impl Iterator<Item = Evidence<'a>> {
        let rates = move |evidence: &Evidence<'a>| {
            let data = evidence.data;
            data.rating.is_some() && data.measures.contains(&measure)
        };
        Evidence::of_output(output).filter(rates)
    }

    fn carried_from(&self) -> Option<Cycle<'a>> {
        Cycle::with_code(self.cycle.picture, self.data.carried_from.as_deref()?)
    }

    /// The evidence of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Evidence<'a>> {
        let is_wanted = move |body| output.has(body) || output.data.functions.contains(&body);
        Evidence::matching(
            output,
            &output.cycle.assured.cycle.records.evidence,
            is_wanted,
        )
    }
}

object! {
    /// One item of evidence; it may be about several measures.
    Evidence<'a> as "Evidence" => |evidence| {
        /// Identifier within the cycle, used by judgements and criteria.
        code: Id<'a> = Id(&evidence.data.id);
        /// The kind of evidence, as files of the regime write it: `document`, `hearing`.
        kindId: String = evidence.data.kind.file_word(&evidence.cycle.assured.cycle.framework.words);
        /// What sentences call the kind.
        kindTitle: &'a str = evidence.data.kind.title(&evidence.cycle.assured.cycle.framework.words);
        /// The kind of evidence.
        #[deprecated = "Use `kindId`."]
        kind: EvidenceKind = evidence.data.kind;
        /// What it is.
        title: &'a str = evidence.data.title.as_ref();
        /// The body that it is about.
        body: Body<'a> = evidence.body();
        /// The measures that it lists.
        measures: [Measure<'a>; 2] = evidence.data.measures.iter().map(|index| evidence.cycle.framework().measure(*index));
        /// Who issued it.
        issuer: Option<&'a str> = evidence.data.issuer.as_deref();
        /// Its date or year, as printed on it.
        dated: Option<&'a str> = evidence.data.dated.as_deref();
        /// Its date, or the last day of the period that it covers.
        date: Option<Date> = evidence.data.dates.date;
        /// The first day of the period that it covers.
        coversFrom: Option<Date> = evidence.data.dates.covers_from;
        /// The last day on which it may be relied on.
        validUntil: Option<Date> = evidence.data.dates.valid_until;
        /// Its age; null if its `date` is not recorded.
        age(
            /// The day on which it is that old; default: the cycle's.
            on: Option<Date>,
        ): Option<EvidenceAge> = evidence.age(on);
        /// Whether it has expired and has to be renewed.
        expired(
            /// The day on which it may have expired; default: the cycle's.
            on: Option<Date>,
        ): bool = evidence.is_expired(on);
        /// The rating, if it is one by a scheme of the framework.
        rating: Option<ExternalRating<'a>> = evidence.rating();
        /// What relies on it: one entry for each judgement or criterion that cites it.
        reliedOnBy: [EvidenceReliance<'a>; 2] = evidence.relied_on_by();
        /// The cycle in which it was filed.
        cycle: Cycle<'a> = evidence.cycle;
        /// The earlier cycle from which it was carried over; null if it was filed in this one, or
        /// if you may not see that cycle.
        carriedFrom: Option<Cycle<'a>> = evidence.carried_from();
        /// Where it is cited.
        source: Option<&'a str> = evidence.data.source.as_deref();
        /// SHA-256 of the document, if it was filed.
        document: Option<&'a str> = evidence.data.document.as_deref();
        /// The ledger entry that filed it, which a correction `supersedes`. Null if it was read
        /// from a file.
        entry: Option<i32> = evidence.cycle.entry(evidence.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = evidence.cycle.entered_by(evidence.data);
        /// The file and row that it was read from, or the entry that filed it.
        place: Option<String> = evidence.cycle.source_of(evidence.data.record);
    }
}

record! {
    /// A survey result.
    SurveyResult of core::SurveyResult
}

impl<'a> SurveyResult<'a> {
    /// The result at a position among the survey results of a cycle.
    pub(crate) fn at(cycle: Cycle<'a>, at: u32) -> Option<SurveyResult<'a>> {
        let data = cycle.assured.cycle.records.surveys.get(at as usize)?;
        Some(SurveyResult { cycle, data })
    }

    /// The survey results of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = SurveyResult<'a>> {
        let is_wanted = move |body| output.has(body);
        SurveyResult::matching(
            output,
            &output.cycle.assured.cycle.records.surveys,
            is_wanted,
        )
    }

    /// The framework's rule for the survey.
    fn rule(&self) -> Option<&'a SurveyRule> {
        let framework = &self.cycle.assured.cycle.framework;
        framework.survey_rule(&self.data.survey)
    }

    /// The wording of the result: as stated, or else the wording nearest to the score.
    fn wording(&self) -> Option<&'a str> {
        let rule = self.rule();
        let stated = self.data.wording.as_deref();
        stated.or_else(|| ceiling::survey_wording(rule?, self.data.score?))
    }

    fn supports(&self) -> Option<Cow<'a, str>> {
        let framework = &self.cycle.assured.cycle.framework;
        let step = ceiling::survey_supports(framework, self.data)?;
        Some(framework.scale_of(self.data.measure).key(step))
    }

    fn highest(&self) -> Option<f64> {
        Some(self.rule()?.highest)
    }

    fn figures(&self) -> Option<SurveyFigures<'a>> {
        let data = self.data.figures.as_deref()?;
        let rule = self.rule();
        Some(SurveyFigures { data, rule })
    }
}

object! {
    /// The result of a survey on one measure. A survey can only limit a measure, never raise it.
    SurveyResult<'a> as "SurveyResult" => |survey_result| {
        /// Identifier of the survey: `key-stakeholder`.
        survey: Id<'a> = Id(&survey_result.data.survey);
        /// The measure that it is about.
        measure: Measure<'a> = survey_result.cycle.framework().measure(survey_result.data.measure);
        /// The body that the survey is about.
        body: Body<'a> = survey_result.body();
        /// The question, in short.
        question: Option<&'a str> = survey_result.data.question.as_deref();
        /// Mean score on the survey's own scale; null if it is not known.
        score: Option<f64> = survey_result.data.score;
        /// The highest possible score; null if the framework has no rule for the survey.
        outOf: Option<f64> = survey_result.highest();
        /// The result in words: "somewhat agree".
        wording: Option<&'a str> = survey_result.wording();
        /// The highest value that the result supports on the measure.
        supports: Option<Cow<'a, str>> = survey_result.supports();
        /// Its source.
        source: Option<&'a str> = survey_result.data.source.as_deref();
        /// The figures behind the score; null if they are not known.
        figures: Option<SurveyFigures<'a>> = survey_result.figures();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = survey_result.cycle.entry(survey_result.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = survey_result.cycle.entered_by(survey_result.data);
        /// The file and row that it was read from, or the entry that recorded it.
        place: Option<String> = survey_result.cycle.source_of(survey_result.data.record);
    }
}

record! {
    /// An unmet criterion or metric.
    Criterion of core::Criterion
}

impl<'a> Criterion<'a> {
    /// The criterion at a position among the criteria of a cycle.
    pub(crate) fn at(cycle: Cycle<'a>, at: u32) -> Option<Criterion<'a>> {
        let data = cycle.assured.cycle.records.criteria.get(at as usize)?;
        Some(Criterion { cycle, data })
    }

    /// The unmet criteria of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Criterion<'a>> {
        let is_wanted = move |body| output.has(body);
        Criterion::matching(
            output,
            &output.cycle.assured.cycle.records.criteria,
            is_wanted,
        )
    }
}

object! {
    /// A criterion of a level that is not met, or a metric below what the level requires.
    Criterion<'a> as "Criterion" => |criterion| {
        /// Criterion or metric.
        kind: CeilingKind = match criterion.data.kind {
            CriterionKind::Criterion => CeilingKind::Criterion,
            CriterionKind::Metric => CeilingKind::Metric,
        };
        /// The measure that it limits.
        measure: Measure<'a> = criterion.cycle.framework().measure(criterion.data.measure);
        /// The body that it was tested on.
        body: Body<'a> = criterion.body();
        /// The highest value that the evidence supports while the criterion is not met.
        supports: Cow<'a, str> = criterion.cycle.assured.cycle.framework.scale_of(criterion.data.measure).key(criterion.data.supports);
        /// The criterion or metric, and why it is not met.
        reason: &'a str = criterion.data.reason.as_ref();
        /// Identifiers of the evidence that supports it.
        evidence: [Id<'a>; 1] = criterion.data.evidence.iter().map(|id| Id(id));
        /// If the supported value was inferred and not read: what it was inferred from.
        inferred: Option<&'a str> = criterion.data.inferred.as_deref();
        /// Its source.
        source: Option<&'a str> = criterion.data.source.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = criterion.cycle.entry(criterion.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = criterion.cycle.entered_by(criterion.data);
        /// The file and row that it was read from, or the entry that recorded it.
        place: Option<String> = criterion.cycle.source_of(criterion.data.record);
    }
}

record! {
    /// A piece of commentary.
    Commentary of core::Commentary
}

impl<'a> Commentary<'a> {
    /// The commentary of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Commentary<'a>> {
        let is_wanted = move |body| output.has(body);
        Commentary::matching(
            output,
            &output.cycle.assured.cycle.records.commentary,
            is_wanted,
        )
    }
}

object! {
    /// A piece of commentary in the panel's report.
    Commentary<'a> as "Commentary" => |commentary| {
        /// The body that it is on; a cluster's commentary is shared by its PCTs.
        body: Body<'a> = commentary.body();
        /// Headings above it, outermost first.
        headings: [&'a str; 2] = commentary.data.headings.iter().map(AsRef::as_ref);
        /// The text, in Markdown.
        text: &'a str = commentary.data.text.as_ref();
        /// The competencies and strands that it is about.
        components: [Component<'a>; 1] = components(commentary.cycle, &commentary.data.about);
        /// Whether it is about the health outcomes as a whole.
        bearsOnOutcomes: bool = commentary.data.about.contains(&Topic::Outcomes);
        /// The individual health outcomes that it is about.
        outcomes: [OutcomeReference<'a>; 1] = OutcomeReference::all(commentary.cycle, &commentary.data.about);
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = commentary.cycle.entry(commentary.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = commentary.cycle.entered_by(commentary.data);
        /// The file and line that it was read from, or the entry that recorded it.
        place: Option<String> = commentary.cycle.source_of(commentary.data.record);
    }
}

record! {
    /// A recommendation.
    Recommendation of core::Recommendation
}

impl<'a> Recommendation<'a> {
    /// A recommendation of a cycle.
    pub(crate) fn of(cycle: Cycle<'a>, data: &'a core::Recommendation) -> Recommendation<'a> {
        Recommendation { cycle, data }
    }

    /// The recommendation of a cycle with an identifier.
    pub(crate) fn with_id(cycle: Cycle<'a>, id: &str) -> Option<Recommendation<'a>> {
        let mut all = cycle.assured.cycle.records.recommendations.iter();
        let data = all.find(|recommendation| *recommendation.id == *id)?;
        Some(Recommendation { cycle, data })
    }

    /// The recommendations of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = Recommendation<'a>> {
        let is_wanted = move |body| output.has(body);
        Recommendation::matching(
            output,
            &output.cycle.assured.cycle.records.recommendations,
            is_wanted,
        )
    }

    fn measures(&self) -> impl Iterator<Item = Measure<'a>> + use<'a> {
        let framework = self.cycle.framework();
        let about = self.data.about.iter();
        about.filter_map(move |topic| match topic {
            Topic::Subject(Subject::Measure(index)) => Some(framework.measure(*index)),
            _ => None,
        })
    }
}

/// The components named by topics.
pub(crate) fn components<'a>(
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
    Recommendation<'a> as "Recommendation" => |recommendation| {
        /// Identifier within the cycle.
        code: Id<'a> = Id(&recommendation.data.id);
        /// The text.
        text: &'a str = recommendation.data.text.as_ref();
        /// The body to which it is addressed; a cluster's recommendation is shared by its PCTs.
        body: Body<'a> = recommendation.body();
        /// The measures that it is about.
        measures: [Measure<'a>; 1] = recommendation.measures();
        /// The competencies and strands that it is about. Without a measure, component or outcome
        /// it is about the body as a whole.
        components: [Component<'a>; 1] = components(recommendation.cycle, &recommendation.data.about);
        /// Whether it is about the health outcomes as a whole.
        aboutOutcomes: bool = recommendation.data.about.contains(&Topic::Outcomes);
        /// The individual health outcomes that it is about.
        outcomes: [OutcomeReference<'a>; 1] = OutcomeReference::all(recommendation.cycle, &recommendation.data.about);
        /// Who is responsible for following it up.
        owner: Option<&'a str> = recommendation.data.follow_up.owner.as_deref();
        /// The last day on which it is to be done.
        due: Option<Date> = recommendation.data.follow_up.due;
        /// How far it has come; null if nobody said.
        state: Option<ActionState> = recommendation.data.follow_up.state;
        /// Whether it should have been done before a day and is not.
        late(
            /// The day; default: the cycle's.
            on: Option<Date>,
        ): bool = recommendation.data.follow_up.is_late_on(on.unwrap_or(recommendation.cycle.assured.cycle.as_of));
        /// The actions that take it up.
        actions: [PlannedAction<'a>; 1] = PlannedAction::on(recommendation.cycle, &recommendation.data.id);
        /// Its source.
        source: Option<&'a str> = recommendation.data.source.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = recommendation.cycle.entry(recommendation.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = recommendation.cycle.entered_by(recommendation.data);
        /// The file and row that it was read from, or the entry that recorded it.
        place: Option<String> = recommendation.cycle.source_of(recommendation.data.record);
    }
}
