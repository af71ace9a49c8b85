//! From what is written to the core's facts.

use super::FormatError;
use super::v1::{self, Text, Texts};
use wcc_core::Method;
use wcc_core::ledger::{CycleFact, Fact, FrameworkText, OrganisationTable, OrganisationTables};
use wcc_core::outcome::{Better, OutcomeScope, Series, YearSpan, YearValue};
use wcc_core::record::{
    AnswerFact, CommentaryFact, CriterionFact, CriterionKind, EvidenceFact, EvidenceKind,
    JudgementDetails, JudgementFact, OutcomeFact, Rates, RecommendationFact, RecordFact, Selection,
    StatedChange, StatedPerformance, StatedPosition, StatedQuartiles, StatementFact, StatementKind,
    SurveyFact,
};

fn text(text: Text<'_>) -> Box<str> {
    text.into()
}

fn option(option: Option<Text<'_>>) -> Option<Box<str>> {
    option.map(text)
}

fn list(texts: Texts<'_>) -> Vec<Box<str>> {
    texts.into_iter().map(text).collect()
}

/// The one of `all` that a word names.
fn word<T: Copy>(
    field: &'static str,
    given: &Text<'_>,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    expected: &'static str,
) -> Result<T, FormatError> {
    let mut each = all.iter().copied();
    each.find(|one| name(*one) == given)
        .ok_or_else(|| FormatError::Value {
            field,
            given: given.to_string(),
            expected,
        })
}

fn method(given: &Text<'_>) -> Result<Method, FormatError> {
    let expected = "previous, self, analyst, panel or calibrated";
    word("method", given, &Method::ALL, Method::name, expected)
}

impl v1::Fact<'_> {
    pub(super) fn core(self, cycle: Option<Text<'_>>) -> Result<Fact, FormatError> {
        let record = match self {
            v1::Fact::Framework(one) => {
                return Ok(Fact::Framework(FrameworkText {
                    id: text(one.id),
                    text: text(one.text),
                }));
            }
            v1::Fact::Organisations(one) => return Ok(Fact::Organisations(organisations(one))),
            v1::Fact::Cycle(one) => return Ok(Fact::Cycle(of_cycle(one))),
            v1::Fact::Withdrawn(one) => {
                let reason = text(one.reason);
                return Ok(Fact::Withdrawn { reason });
            }
            v1::Fact::Judgement(one) => RecordFact::Judgement(judgement(one)?),
            v1::Fact::Evidence(one) => RecordFact::Evidence(evidence(one)?),
            v1::Fact::Survey(one) => RecordFact::Survey(survey(one)),
            v1::Fact::Criterion(one) => RecordFact::Criterion(criterion(one)?),
            v1::Fact::Outcome(one) => RecordFact::Outcome(outcome(*one)?),
            v1::Fact::Answer(one) => RecordFact::Answer(AnswerFact {
                method: method(&one.method)?,
                body: text(one.body),
                measure: text(one.measure),
                reason: text(one.reason),
            }),
            v1::Fact::Commentary(one) => RecordFact::Commentary(CommentaryFact {
                body: text(one.body),
                headings: list(one.headings),
                text: text(one.text),
                components: list(one.components),
            }),
            v1::Fact::Recommendation(one) => RecordFact::Recommendation(RecommendationFact {
                body: text(one.body),
                id: text(one.id),
                text: text(one.text),
                about: list(one.about),
                source: option(one.source),
            }),
            v1::Fact::Statement(one) => RecordFact::Statement(statement(one)?),
        };
        let cycle = cycle.ok_or_else(|| FormatError::Value {
            field: "cycle",
            given: String::new(),
            expected: "the cycle that the fact is recorded in",
        })?;
        Ok(Fact::Record {
            cycle: text(cycle),
            record,
        })
    }
}

fn organisations(one: v1::Organisations<'_>) -> OrganisationTables {
    let tables = one.tables.into_iter();
    OrganisationTables {
        id: text(one.id),
        tables: tables
            .map(|table| OrganisationTable {
                name: text(table.name),
                file: text(table.file),
                shipped: table.shipped,
                text: text(table.text),
            })
            .collect(),
    }
}

fn of_cycle(one: v1::Cycle<'_>) -> CycleFact {
    CycleFact {
        id: text(one.id),
        title: text(one.title),
        as_of: one.as_of,
        illustrative: option(one.illustrative),
        framework: text(one.framework),
        organisations: text(one.organisations),
        pcts: list(one.pcts),
        previous: option(one.previous),
    }
}

fn judgement(one: v1::Judgement<'_>) -> Result<JudgementFact, FormatError> {
    Ok(JudgementFact {
        method: method(&one.method)?,
        body: text(one.body),
        subject: text(one.subject),
        value: option(one.value),
        assessor: option(one.assessor),
        details: JudgementDetails {
            rationale: option(one.rationale),
            evidence: list(one.evidence),
            author: option(one.author),
            date: one.date,
            reason: option(one.reason),
            inferred: option(one.inferred),
            source: option(one.source),
        },
    })
}

fn evidence(one: v1::Evidence<'_>) -> Result<EvidenceFact, FormatError> {
    let expected = "document, survey, metric, external-rating or panel-day";
    Ok(EvidenceFact {
        kind: word(
            "kind",
            &one.kind,
            &EvidenceKind::ALL,
            EvidenceKind::name,
            expected,
        )?,
        id: text(one.id),
        body: text(one.body),
        title: text(one.title),
        measures: list(one.measures),
        issuer: option(one.issuer),
        dated: option(one.dated),
        source: option(one.source),
        document: option(one.document),
    })
}

fn survey(one: v1::Survey<'_>) -> SurveyFact {
    SurveyFact {
        body: text(one.body),
        survey: text(one.survey),
        measure: text(one.measure),
        question: option(one.question),
        score: one.score,
        wording: option(one.wording),
        source: option(one.source),
    }
}

fn criterion(one: v1::Criterion<'_>) -> Result<CriterionFact, FormatError> {
    Ok(CriterionFact {
        kind: word(
            "kind",
            &one.kind,
            &CriterionKind::ALL,
            CriterionKind::name,
            "criterion or metric",
        )?,
        body: text(one.body),
        measure: text(one.measure),
        supports: text(one.supports),
        reason: text(one.reason),
        evidence: list(one.evidence),
        inferred: option(one.inferred),
        source: option(one.source),
    })
}

fn outcome(one: v1::Outcome<'_>) -> Result<OutcomeFact, FormatError> {
    let better = [Better::Higher, Better::Lower];
    let scopes = [OutcomeScope::National, OutcomeScope::Local];
    let values = one.values.into_iter();
    Ok(OutcomeFact {
        better: word(
            "better",
            &one.better,
            &better,
            Better::name,
            "higher or lower",
        )?,
        scope: word(
            "scope",
            &one.scope,
            &scopes,
            OutcomeScope::name,
            "national or local",
        )?,
        series: word(
            "series",
            &one.series,
            &Series::ALL,
            Series::name,
            "persons, males or females",
        )?,
        pct: text(one.pct),
        slot: one.slot,
        outcome: text(one.outcome),
        title: text(one.title),
        newly_selected: one.newly_selected,
        rates: Rates {
            historic: one.historic,
            national: one.national,
            ons_cluster: one.ons_cluster,
            top_decile: one.top_decile,
            aspiration: one.aspiration,
            historic_years: one
                .historic_from
                .zip(one.historic_to)
                .map(|(from, to)| YearSpan { from, to }),
        },
        values: values
            .map(|value| YearValue {
                year: value.year,
                value: value.value,
                break_before: value.break_before,
            })
            .collect(),
        stated: StatedPerformance {
            position: one
                .stated_position
                .map(|words| StatedPosition::from_name(&words)),
            change: one.stated_change.map(|percent| StatedChange {
                percent,
                source: option(one.stated_change_source),
            }),
            rate_quartile: StatedQuartiles {
                current: one.rate_quartile,
                previous: one.previous_rate_quartile,
            },
            level_quartile: StatedQuartiles {
                current: one.level_quartile,
                previous: one.previous_level_quartile,
            },
        },
        selection: Selection {
            date: option(one.selected),
            replaces: list(one.replaces),
            reason: option(one.selection_reason),
        },
        panel_view: option(one.panel_view),
        inferred: option(one.inferred),
        source: option(one.source),
    })
}

fn statement(one: v1::Statement<'_>) -> Result<StatementFact, FormatError> {
    let expected = "met-self-assessment, improved-on-last-year, outcomes-in-bottom-quartile or \
                    outcomes-slipped";
    Ok(StatementFact {
        kind: word(
            "kind",
            &one.kind,
            &StatementKind::ALL,
            StatementKind::name,
            expected,
        )?,
        body: text(one.body),
        area: option(one.area),
        count: one.count,
        source: option(one.source),
    })
}
