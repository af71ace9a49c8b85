//! The serialised form of facts, the same in formats 1 and 2, with one declaration for each kind.
//!
//! A declaration lists the fields in the order in which they are written. Fields in `optional` are
//! omitted if they are empty. If a field's name or place differs from the core's, the expression
//! after `=` gives the value to write, and the declaration ends with the fact to construct when
//! reading. Published fields never change; optional fields may be added.

use super::FormatError;
use super::field::{Absent, Field, Text};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use wcc_core::Method;
use wcc_core::indicator::{IndicatorDefinition, IndicatorValue, Limits, PeriodForm, SeriesRole};
use wcc_core::ledger::{
    CycleFact, Fact as CoreFact, FileFormat, FrameworkText, OrganisationTable, OrganisationTables,
    RebaseFact,
};
use wcc_core::outcome::{Better, OutcomeScope, YearSpan, YearValue};
use wcc_core::record::{
    ActionFact, ActionOrigin, ActionState, AnswerFact, ApprovalFact, AreaOfConcernFact,
    CarriedFact, CarriedKind, CommentaryFact, ConsequenceFact, ConsequenceKind, CriterionFact,
    CriterionKind, EvidenceDates, EvidenceFact, EvidenceKind, ExternalRating, FactCommentFact,
    FactReplyFact, FollowUp, GroupAnswers, Horizon, IndicatorFact, Interest,
    InterestDeclarationFact, Interview, JudgementDetails, JudgementFact, LeadFact, OriginKind,
    OutcomeFact, PanelDayFact, PanelMemberFact, PhaseDatesFact, PhaseFact, PlanFact, PlanLineFact,
    Rates, RecommendationFact, RecordFact, ReleaseFact, ReleasedOutputFact, ResponseCount,
    ScoreFact, Selection, StatedChange, StatedPerformance, StatedPosition, StatedQuartiles,
    StatementFact, StatementKind, SupportFact, SupportState, SurveyFact, SurveyFigures,
    SurveyGroup,
};

type Words = Box<str>;

/// Declares the serialised form of a structure, with conversions in both directions.
macro_rules! form {
    (@source $fact:ident $name:ident) => { Field::form(&$fact.$name) };
    (@source $fact:ident $name:ident $source:expr) => { $source };
    (
        $form:ident($fact:ident: $core:ident)
        { $($field:ident: $type:ty $(= $source:expr)?),* $(,)? }
        optional { $($option:ident: $of:ty $(= $from:expr)?),* $(,)? }
    ) => {
        form! {
            $form($fact: $core)
            { $($field: $type $(= $source)?),* }
            optional { $($option: $of $(= $from)?),* }
            read $core { $($field,)* $($option,)* }
        }
    };
    (
        $form:ident($fact:ident: $core:ident)
        { $($field:ident: $type:ty $(= $source:expr)?),* $(,)? }
        optional { $($option:ident: $of:ty $(= $from:expr)?),* $(,)? }
        read $read:expr
    ) => {
        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $form<'a> {
            $($field: <$type as Field>::Form<'a>,)*
            $(#[serde(default, skip_serializing_if = "Absent::is_absent")]
            $option: <$of as Field>::Form<'a>,)*
        }

        impl Field for $core {
            type Form<'a> = $form<'a>;

            fn form(&self) -> $form<'_> {
                let $fact = self;
                $form {
                    $($field: form!(@source $fact $field $($source)?),)*
                    $($option: form!(@source $fact $option $($from)?),)*
                }
            }

            fn read(form: $form<'_>, _: &'static str) -> Result<$core, FormatError> {
                $(let $field = <$type as Field>::read(form.$field, stringify!($field))?;)*
                $(let $option = <$of as Field>::read(form.$option, stringify!($option))?;)*
                Ok($read)
            }
        }
    };
}

/// Declares every kind of fact: independent facts, and the records of a cycle.
macro_rules! kinds {
    (
        facts {
            $($fact:ident $fact_core:tt $fact_fields:tt optional $fact_options:tt
                $(read $fact_read:expr)?;)*
        }
        records {
            $($record:ident $core:tt $fields:tt optional $options:tt $(read $read:expr)?;)*
        }
    ) => {
        $(form! { $fact $fact_core $fact_fields optional $fact_options $(read $fact_read)? })*
        $(form! { $record $core $fields optional $options $(read $read)? })*

        /// The fact of an entry.
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields)]
        pub(super) enum Fact<'a> {
            $($fact($fact<'a>),)*
            $($record($record<'a>),)*
            Withdrawn(Withdrawn<'a>),
        }

        impl<'a> Fact<'a> {
            /// The serialised form of a fact.
            pub(super) fn of(fact: &'a CoreFact) -> Fact<'a> {
                match fact {
                    $(CoreFact::$fact(fact) => Fact::$fact(fact.form()),)*
                    $(CoreFact::Record { record: RecordFact::$record(record), .. } => {
                        Fact::$record(record.form())
                    })*
                    CoreFact::Withdrawn { reason } => Fact::Withdrawn(Withdrawn {
                        reason: reason.form(),
                    }),
                }
            }

            /// The fact. A record needs the cycle to which it belongs.
            pub(super) fn read(self, cycle: Option<Text<'_>>) -> Result<CoreFact, FormatError> {
                let record = match self {
                    $(Fact::$fact(form) => return Ok(CoreFact::$fact(Field::read(form, "fact")?)),)*
                    Fact::Withdrawn(form) => {
                        let reason = form.reason.into();
                        return Ok(CoreFact::Withdrawn { reason });
                    }
                    $(Fact::$record(form) => RecordFact::$record(Field::read(form, "fact")?),)*
                };
                let cycle = cycle.ok_or_else(|| FormatError::Value {
                    field: "cycle",
                    given: String::new(),
                    expected: "the cycle to which the record belongs",
                })?;
                Ok(CoreFact::Record { cycle: cycle.into(), record })
            }
        }
    };
}

kinds! {
    facts {
        Framework(text: FrameworkText)
        { id: Words, text: Words }
        optional { format: FileFormat };

        Organisations(set: OrganisationTables)
        { id: Words, tables: Vec<OrganisationTable> }
        optional { format: FileFormat };

        Cycle(cycle: CycleFact)
        { id: Words, title: Words, as_of: Date, framework: Words, organisations: Words }
        optional {
            illustrative: Option<Words>,
            previous: Option<Words>,
            pcts: Vec<Words>,
            review: Option<Words>,
        };

        Rebase(rebase: RebaseFact)
        { cycle: Words, organisations: Words }
        optional { pcts: Vec<Words>, reason: Option<Words> };
    }
    records {
        Judgement(judgement: JudgementFact)
        { body: Words, subject: Words, method: Method }
        optional {
            value: Option<Words>,
            assessor: Option<Words>,
            rationale: Option<Words> = judgement.details.rationale.form(),
            author: Option<Words> = judgement.details.author.form(),
            date: Option<Date> = judgement.details.date,
            reason: Option<Words> = judgement.details.reason.form(),
            inferred: Option<Words> = judgement.details.inferred.form(),
            source: Option<Words> = judgement.details.source.form(),
            evidence: Vec<Words> = judgement.details.evidence.form(),
        }
        read JudgementFact {
            body,
            subject,
            method,
            value,
            assessor,
            details: JudgementDetails { rationale, evidence, author, date, reason, inferred, source, text: None, replaced: None },
        };

        Evidence(evidence: EvidenceFact)
        { id: Words, body: Words, kind: EvidenceKind, title: Words }
        optional {
            issuer: Option<Words>,
            dated: Option<Words>,
            source: Option<Words>,
            document: Option<Words>,
            measures: Vec<Words>,
            covers_from: Option<Date> = evidence.dates.covers_from,
            date: Option<Date> = evidence.dates.date,
            valid_until: Option<Date> = evidence.dates.valid_until,
            carried_from: Option<Words>,
            rating_scheme: Option<Words> =
                evidence.rating.as_ref().map(|rating| rating.scheme.form()),
            rating_year: Option<Words> = evidence.rating.as_ref().map(|rating| rating.year.form()),
            rating_value: Option<Words> =
                evidence.rating.as_ref().map(|rating| rating.value.form()),
        }
        read EvidenceFact {
            id,
            body,
            kind,
            title,
            measures,
            issuer,
            dated,
            dates: EvidenceDates { covers_from, date, valid_until },
            source,
            document,
            carried_from,
            rating: rating_scheme
                .zip(rating_year)
                .zip(rating_value)
                .map(|((scheme, year), value)| ExternalRating { scheme, year, value }),
        };

        Survey(survey: SurveyFact)
        { body: Words, survey: Words, measure: Words }
        optional {
            question: Option<Words>,
            score: Option<f64>,
            wording: Option<Words>,
            source: Option<Words>,
            figures: Option<Arc<SurveyFigures>>,
        };

        Criterion(criterion: CriterionFact)
        { body: Words, measure: Words, kind: CriterionKind, supports: Words, reason: Words }
        optional { inferred: Option<Words>, source: Option<Words>, evidence: Vec<Words> };

        Outcome(outcome: OutcomeFact)
        {
            pct: Words,
            slot: u16,
            outcome: Words,
            title: Words,
            better: Better,
            scope: OutcomeScope,
            series: Words,
            values: Vec<YearValue>,
        }
        optional {
            historic: Option<f64> = outcome.rates.historic.form(),
            national: Option<f64> = outcome.rates.national.form(),
            ons_cluster: Option<f64> = outcome.rates.ons_cluster.form(),
            top_decile: Option<f64> = outcome.rates.top_decile.form(),
            aspiration: Option<f64> = outcome.rates.aspiration.form(),
            stated_position: Option<StatedPosition> = outcome.stated.position.form(),
            panel_view: Option<Words>,
            inferred: Option<Words>,
            source: Option<Words>,
            historic_from: Option<i16> = outcome.rates.historic_years.map(|years| years.from),
            historic_to: Option<i16> = outcome.rates.historic_years.map(|years| years.to),
            stated_change: Option<f64> =
                outcome.stated.change.as_ref().map(|change| change.percent.form()),
            stated_change_source: Option<Words> =
                outcome.stated.change.as_ref().and_then(|change| change.source.form()),
            rate_quartile: Option<u8> = outcome.stated.rate_quartile.current,
            previous_rate_quartile: Option<u8> = outcome.stated.rate_quartile.previous,
            level_quartile: Option<u8> = outcome.stated.level_quartile.current,
            previous_level_quartile: Option<u8> = outcome.stated.level_quartile.previous,
            selected: Option<Words> = outcome.selection.date.form(),
            selection_reason: Option<Words> = outcome.selection.reason.form(),
            replaces: Vec<Words> = outcome.selection.replaces.form(),
            newly_selected: bool,
            aim: Option<Words> = outcome.selection.aim.form(),
            goal: Option<Words> = outcome.selection.goal.form(),
        }
        read OutcomeFact {
            pct,
            slot,
            outcome,
            title,
            better,
            scope,
            newly_selected,
            series,
            rates: Rates {
                historic,
                national,
                ons_cluster,
                top_decile,
                aspiration,
                historic_years: historic_from
                    .zip(historic_to)
                    .map(|(from, to)| YearSpan { from, to }),
            },
            values,
            stated: StatedPerformance {
                position: stated_position,
                change: stated_change.map(|percent| StatedChange {
                    percent,
                    source: stated_change_source,
                }),
                rate_quartile: StatedQuartiles {
                    current: rate_quartile,
                    previous: previous_rate_quartile,
                },
                level_quartile: StatedQuartiles {
                    current: level_quartile,
                    previous: previous_level_quartile,
                },
            },
            selection: Selection { date: selected, replaces, reason: selection_reason, aim, goal },
            panel_view,
            inferred,
            source,
        };

        Answer(answer: AnswerFact)
        { body: Words, measure: Words, method: Method, reason: Words }
        optional {};

        Commentary(commentary: CommentaryFact)
        { body: Words, text: Words }
        optional { headings: Vec<Words>, components: Vec<Words> };

        Recommendation(recommendation: RecommendationFact)
        { body: Words, id: Words, text: Words }
        optional {
            source: Option<Words>,
            about: Vec<Words>,
            owner: Option<Words> = recommendation.follow_up.owner.form(),
            due: Option<Date> = recommendation.follow_up.due,
            state: Option<ActionState> = recommendation.follow_up.state.form(),
        }
        read RecommendationFact {
            body,
            id,
            text,
            about,
            source,
            follow_up: FollowUp { owner, due, state },
        };

        Statement(statement: StatementFact)
        { body: Words, kind: StatementKind, count: u16 }
        optional { area: Option<Words>, source: Option<Words> };

        Indicator(series: IndicatorFact)
        { body: Words, indicator: Words, series: Words, role: SeriesRole, values: Arc<[IndicatorValue]> }
        optional {
            financial: bool = series.form.financial,
            pooled: Option<u8> = (series.form.years != 1).then_some(series.form.years),
            definition: Option<Arc<IndicatorDefinition>>,
            confidence: Option<f64>,
            inferred: Option<Words>,
            source: Option<Words>,
        }
        read IndicatorFact {
            body,
            indicator,
            series,
            role,
            form: PeriodForm { financial, years: pooled.unwrap_or(1) },
            values,
            definition,
            confidence,
            inferred,
            source,
        };

        Phase(opened: PhaseFact)
        { body: Words, phase: Words }
        optional { reason: Option<Words> };

        Release(release: ReleaseFact)
        { body: Words, to: Vec<Words>, from: Date }
        optional { uses: Option<Words> };

        ReleasedOutput(output: ReleasedOutputFact)
        { body: Words, release: u32, document: Words, engine: Words, framework: Words, plugins: Vec<Words> }
        optional {};
        Lead(lead: LeadFact)
        { body: Words, person: Words }
        optional { area: Option<Words>, job_title: Option<Words>, staff: Vec<Words> };

        Action(action: ActionFact)
        { body: Words, id: Words, text: Words, state: ActionState }
        optional {
            about: Vec<Words>,
            owner: Option<Words>,
            due: Option<Date>,
            progress: Option<Words>,
            horizon: Option<Horizon>,
            origin: Option<OriginKind> = action.origin.as_ref().map(|origin| origin.kind.form()),
            origin_reference: Option<Words> =
                action.origin.as_ref().and_then(|origin| origin.reference.form()),
        }
        read ActionFact {
            body,
            id,
            text,
            state,
            about,
            owner,
            due,
            progress,
            horizon,
            origin: origin.map(|kind| ActionOrigin { kind, reference: origin_reference }),
        };

        Plan(plan: PlanFact)
        { body: Words, plan: Words, version: Words, date: Date }
        optional { document: Option<Words>, vision: Option<Words>, note: Option<Words> };

        PlanLine(line: PlanLineFact)
        { body: Words, plan: Words, id: Words, title: Words, unit: Words, planned: Vec<f64> }
        optional { actual: Vec<Option<f64>> };

        AreaOfConcern(area: AreaOfConcernFact)
        { body: Words, id: Words, text: Words }
        optional { about: Vec<Words> };

        Support(option: SupportFact)
        { body: Words, id: Words, area_of_concern: Words, text: Words, state: SupportState }
        optional { provider: Option<Words>, follow_up: Option<Words> };

        Consequence(consequence: ConsequenceFact)
        { body: Words, id: Words, kind: ConsequenceKind, text: Words }
        optional { rule: Option<Words> };

        PanelMember(member: PanelMemberFact)
        { body: Words, person: Words, name: Words, category: Words }
        optional { chairs: bool, organisation: Option<Words> };

        InterestDeclaration(declared: InterestDeclarationFact)
        { body: Words, person: Words }
        optional { interests: Vec<Interest>, nothing_to_declare: bool };

        PanelDay(day: PanelDayFact)
        { body: Words, date: Date }
        optional { venue: Option<Words>, interviews: Vec<Interview> };

        Score(score: ScoreFact)
        { body: Words, subject: Words, member: Words, value: Words }
        optional { rationale: Option<Words> };

        FactComment(comment: FactCommentFact)
        { body: Words, id: Words, comment: Words }
        optional { about: Vec<Words>, quoted: Option<Words> };

        FactReply(reply: FactReplyFact)
        { body: Words, comment: Words, accepted: bool, reason: Words }
        optional {};

        Approval(approval: ApprovalFact)
        { body: Words, approval: Words, digest: Words }
        optional { note: Option<Words> };

        PhaseDates(dates: PhaseDatesFact)
        { body: Words, phase: Words }
        optional { from: Option<Date>, to: Option<Date>, note: Option<Words> };

        CarriedRecord(carried: CarriedFact)
        { body: Words, kind: CarriedKind, id: Words, from_cycle: Words, from_entry: u32 }
        optional {
            about: Vec<Words>,
            value: Option<Words>,
            text: Option<Words>,
            detail: Option<Words>,
            owner: Option<Words>,
            due: Option<Date>,
            horizon: Option<Horizon>,
            evidence: Vec<Words>,
        };
    }
}

form! {
    Table(table: OrganisationTable)
    { name: Words, file: Words, shipped: bool, text: Words }
    optional {}
}

form! {
    DeclaredInterest(interest: Interest)
    { organisation: Words, nature: Words }
    optional {}
}

form! {
    PlannedInterview(interview: Interview)
    { starts: Time, with: Words }
    optional { topic: Option<Words> }
}

form! {
    Value(value: YearValue)
    { year: i16 }
    optional { value: Option<f64>, break_before: bool }
}

form! {
    Measured(value: IndicatorValue)
    { year: i16 }
    optional {
        value: Option<f64>,
        lower: Option<f64> = value.limits.map(|limits| limits.lower).form(),
        upper: Option<f64> = value.limits.map(|limits| limits.upper).form(),
        break_before: bool,
    }
    read IndicatorValue {
        year,
        break_before,
        value,
        limits: lower.zip(upper).map(|(lower, upper)| Limits { lower, upper }),
    }
}

form! {
    Definition(definition: IndicatorDefinition)
    { title: Words, unit: Words, better: Better }
    optional {
        outcome: Option<Words>,
        min: Option<f64>,
        max: Option<f64>,
        source: Option<Words>,
    }
}

form! {
    Figures(figures: SurveyFigures)
    { answers: u32 }
    optional {
        spread: Option<f64>,
        counts: Vec<u32>,
        invited: Option<u32> = figures.response.invited,
        responded: Option<u32> = figures.response.responded,
        imported: Option<u32> = figures.response.imported,
        groups: Vec<SurveyGroup>,
        pooled: Option<GroupAnswers>,
    }
    read SurveyFigures {
        answers,
        spread,
        counts,
        response: ResponseCount { invited, responded, imported },
        groups,
        pooled,
    }
}

form! {
    Group(group: SurveyGroup)
    { code: Words, title: Words }
    optional {
        invited: Option<u32> = group.response.invited,
        responded: Option<u32> = group.response.responded,
        imported: Option<u32> = group.response.imported,
        shown: Option<GroupAnswers>,
    }
    read SurveyGroup {
        code,
        title,
        response: ResponseCount { invited, responded, imported },
        shown,
    }
}

form! {
    Answers(answers: GroupAnswers)
    { answers: u32, score: f64, spread: f64 }
    optional { counts: Vec<u32> }
}

/// A withdrawal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Withdrawn<'a> {
    reason: Text<'a>,
}
