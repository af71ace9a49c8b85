//! From the core's facts to what is written.

use super::v1::{self, Text, Texts};
use std::borrow::Cow;
use wcc_core::ledger::Fact;
use wcc_core::record::{JudgementFact, OutcomeFact, RecordFact};

fn text(text: &str) -> Text<'_> {
    Cow::Borrowed(text)
}

fn option(text: &Option<Box<str>>) -> Option<Text<'_>> {
    text.as_deref().map(Cow::Borrowed)
}

fn list(texts: &[Box<str>]) -> Texts<'_> {
    texts.iter().map(|one| text(one)).collect()
}

impl<'a> v1::Fact<'a> {
    pub(super) fn of(fact: &'a Fact) -> v1::Fact<'a> {
        match fact {
            Fact::Framework(one) => v1::Fact::Framework(v1::FrameworkText {
                id: text(&one.id),
                text: text(&one.text),
            }),
            Fact::Organisations(one) => v1::Fact::Organisations(v1::Organisations {
                id: text(&one.id),
                tables: one
                    .tables
                    .iter()
                    .map(|table| v1::Table {
                        name: text(&table.name),
                        file: text(&table.file),
                        shipped: table.shipped,
                        text: text(&table.text),
                    })
                    .collect(),
            }),
            Fact::Cycle(one) => v1::Fact::Cycle(v1::Cycle {
                id: text(&one.id),
                title: text(&one.title),
                as_of: one.as_of,
                framework: text(&one.framework),
                organisations: text(&one.organisations),
                illustrative: option(&one.illustrative),
                previous: option(&one.previous),
                pcts: list(&one.pcts),
            }),
            Fact::Record { record, .. } => of_record(record),
            Fact::Withdrawn { reason } => v1::Fact::Withdrawn(v1::Withdrawn {
                reason: text(reason),
            }),
        }
    }
}

fn of_record(record: &RecordFact) -> v1::Fact<'_> {
    match record {
        RecordFact::Judgement(one) => v1::Fact::Judgement(of_judgement(one)),
        RecordFact::Evidence(one) => v1::Fact::Evidence(v1::Evidence {
            id: text(&one.id),
            body: text(&one.body),
            kind: text(one.kind.name()),
            title: text(&one.title),
            issuer: option(&one.issuer),
            dated: option(&one.dated),
            source: option(&one.source),
            document: option(&one.document),
            measures: list(&one.measures),
        }),
        RecordFact::Survey(one) => v1::Fact::Survey(v1::Survey {
            body: text(&one.body),
            survey: text(&one.survey),
            measure: text(&one.measure),
            question: option(&one.question),
            score: one.score,
            wording: option(&one.wording),
            source: option(&one.source),
        }),
        RecordFact::Criterion(one) => v1::Fact::Criterion(v1::Criterion {
            body: text(&one.body),
            measure: text(&one.measure),
            kind: text(one.kind.name()),
            supports: text(&one.supports),
            reason: text(&one.reason),
            inferred: option(&one.inferred),
            source: option(&one.source),
            evidence: list(&one.evidence),
        }),
        RecordFact::Outcome(one) => v1::Fact::Outcome(Box::new(of_outcome(one))),
        RecordFact::Answer(one) => v1::Fact::Answer(v1::Answer {
            body: text(&one.body),
            measure: text(&one.measure),
            method: text(one.method.name()),
            reason: text(&one.reason),
        }),
        RecordFact::Commentary(one) => v1::Fact::Commentary(v1::Commentary {
            body: text(&one.body),
            text: text(&one.text),
            headings: list(&one.headings),
            components: list(&one.components),
        }),
        RecordFact::Recommendation(one) => v1::Fact::Recommendation(v1::Recommendation {
            body: text(&one.body),
            id: text(&one.id),
            text: text(&one.text),
            source: option(&one.source),
            about: list(&one.about),
        }),
        RecordFact::Statement(one) => v1::Fact::Statement(v1::Statement {
            body: text(&one.body),
            kind: text(one.kind.name()),
            area: option(&one.area),
            count: one.count,
            source: option(&one.source),
        }),
    }
}

fn of_judgement(one: &JudgementFact) -> v1::Judgement<'_> {
    let details = &one.details;
    v1::Judgement {
        body: text(&one.body),
        subject: text(&one.subject),
        method: text(one.method.name()),
        value: option(&one.value),
        assessor: option(&one.assessor),
        rationale: option(&details.rationale),
        author: option(&details.author),
        date: details.date,
        reason: option(&details.reason),
        inferred: option(&details.inferred),
        source: option(&details.source),
        evidence: list(&details.evidence),
    }
}

fn of_outcome(one: &OutcomeFact) -> v1::Outcome<'_> {
    let values = one.values.iter();
    let change = one.stated.change.as_ref();
    v1::Outcome {
        pct: text(&one.pct),
        slot: one.slot,
        outcome: text(&one.outcome),
        title: text(&one.title),
        better: text(one.better.name()),
        scope: text(one.scope.name()),
        series: text(one.series.name()),
        values: values
            .map(|value| v1::Value {
                year: value.year,
                value: value.value,
                break_before: value.break_before,
            })
            .collect(),
        historic: one.rates.historic,
        national: one.rates.national,
        ons_cluster: one.rates.ons_cluster,
        top_decile: one.rates.top_decile,
        aspiration: one.rates.aspiration,
        stated_position: one.stated.position.as_ref().map(|word| text(word.name())),
        panel_view: option(&one.panel_view),
        inferred: option(&one.inferred),
        source: option(&one.source),
        historic_from: one.rates.historic_years.map(|years| years.from),
        historic_to: one.rates.historic_years.map(|years| years.to),
        stated_change: change.map(|change| change.percent),
        stated_change_source: change.and_then(|change| option(&change.source)),
        rate_quartile: one.stated.rate_quartile.current,
        previous_rate_quartile: one.stated.rate_quartile.previous,
        level_quartile: one.stated.level_quartile.current,
        previous_level_quartile: one.stated.level_quartile.previous,
        selected: option(&one.selection.date),
        selection_reason: option(&one.selection.reason),
        replaces: list(&one.selection.replaces),
        newly_selected: one.newly_selected,
    }
}
