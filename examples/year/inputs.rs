//! Facts as the inputs of mutations.

use serde_json::{Value, json};
use wcc_core::framework::{Framework, Methods};
use wcc_core::ledger::{CycleFact, Draft, Fact};
use wcc_core::record::{IndicatorFact, OutcomeFact, RecordFact, StatedPosition, SurveyFigures};

/// A mutation: its field, the type of its input, and the input without `requestId`.
pub(crate) struct Mutation {
    pub(crate) field: &'static str,
    pub(crate) input: Value,
}

impl Mutation {
    /// The type of its input.
    pub(crate) fn input_type(&self) -> String {
        let (initial, rest) = self.field.split_at(1);
        format!("{}{rest}Input", initial.to_ascii_uppercase())
    }
}

/// The mutation that enters a fact; `None` if the fact is not entered by an example.
pub(crate) fn mutation(draft: &Draft, framework: &Framework) -> Option<Mutation> {
    let (field, input) = match &draft.fact {
        Fact::Framework(text) => (
            "enterFramework",
            json!({ "id": text.id, "text": text.text, "format": text.format.0 }),
        ),
        Fact::Organisations(bodies) => {
            let tables = bodies.tables.iter();
            let tables: Vec<Value> = tables
                .map(|table| json!({ "name": table.name, "text": table.text, "shipped": table.shipped }))
                .collect();
            ("enterBodies", json!({ "id": bodies.id, "tables": tables }))
        }
        Fact::Cycle(cycle) => ("openCycle", opened(cycle)),
        Fact::Record { cycle, record } => {
            let (field, mut input) = record_input(record, &framework.methods)?;
            input["cycle"] = json!(cycle);
            (field, input)
        }
        Fact::Rebase(_) | Fact::Withdrawn { .. } => return None,
    };
    Some(Mutation { field, input })
}

fn opened(cycle: &CycleFact) -> Value {
    json!({
        "id": cycle.id,
        "title": cycle.title,
        "framework": cycle.framework,
        "bodies": cycle.organisations,
        "assured": cycle.pcts,
        "asOf": cycle.as_of.to_string(),
        "previous": cycle.previous,
        "review": cycle.review,
        "illustrative": cycle.illustrative,
    })
}

fn record_input(record: &RecordFact, methods: &Methods) -> Option<(&'static str, Value)> {
    Some(match record {
        RecordFact::Judgement(judgement) => {
            let details = &judgement.details;
            let input = json!({
                "body": judgement.body,
                "measure": judgement.subject,
                "methodId": methods.id(judgement.method),
                "value": details.text.as_ref().or(judgement.value.as_ref()),
                "assessor": judgement.assessor,
                "rationale": details.rationale,
                "evidence": details.evidence,
                "recordedBy": details.author,
                "date": details.date.map(|date| date.to_string()),
                "reason": details.reason,
                "inferred": details.inferred,
                "source": details.source,
            });
            ("recordJudgement", input)
        }
        RecordFact::Evidence(evidence) => {
            let dates = &evidence.dates;
            let rating = evidence.rating.as_ref();
            let input = json!({
                "id": evidence.id,
                "body": evidence.body,
                "kindId": evidence.kind.name(),
                "title": evidence.title,
                "measures": evidence.measures,
                "issuer": evidence.issuer,
                "dated": evidence.dated,
                "date": dates.date.map(|date| date.to_string()),
                "coversFrom": dates.covers_from.map(|date| date.to_string()),
                "validUntil": dates.valid_until.map(|date| date.to_string()),
                "rating": rating.map(|rating| json!({
                    "scheme": rating.scheme, "year": rating.year, "value": rating.value,
                })),
                "source": evidence.source,
            });
            ("fileEvidence", input)
        }
        RecordFact::Survey(survey) => {
            let input = json!({
                "body": survey.body,
                "survey": survey.survey,
                "measure": survey.measure,
                "question": survey.question,
                "score": survey.score,
                "wording": survey.wording,
                "source": survey.source,
                "figures": survey.figures.as_deref().map(figures),
            });
            ("recordSurveyResult", input)
        }
        RecordFact::Criterion(criterion) => {
            let input = json!({
                "body": criterion.body,
                "measure": criterion.measure,
                "kind": name(criterion.kind.name()),
                "supports": criterion.supports,
                "reason": criterion.reason,
                "evidence": criterion.evidence,
                "inferred": criterion.inferred,
                "source": criterion.source,
            });
            ("recordCriterion", input)
        }
        RecordFact::Outcome(outcome) => ("recordOutcome", outcome_input(outcome)),
        RecordFact::Answer(answer) => {
            let input = json!({
                "body": answer.body,
                "measure": answer.measure,
                "methodId": methods.id(answer.method),
                "reason": answer.reason,
            });
            ("answerChallenge", input)
        }
        RecordFact::Commentary(commentary) => {
            let input = json!({
                "body": commentary.body,
                "headings": commentary.headings,
                "text": commentary.text,
                "components": commentary.components,
            });
            ("recordCommentary", input)
        }
        RecordFact::Recommendation(recommendation) => {
            let follow_up = &recommendation.follow_up;
            let input = json!({
                "id": recommendation.id,
                "body": recommendation.body,
                "text": recommendation.text,
                "about": recommendation.about,
                "source": recommendation.source,
                "owner": follow_up.owner,
                "due": follow_up.due.map(|due| due.to_string()),
                "state": follow_up.state.map(|state| name(state.name())),
            });
            ("recordRecommendation", input)
        }
        RecordFact::Indicator(series) => ("recordIndicator", indicator_input(series)),
        RecordFact::Statement(statement) => {
            let input = json!({
                "body": statement.body,
                "kind": name(statement.kind.name()),
                "area": statement.area,
                "count": statement.count,
                "source": statement.source,
            });
            ("recordStatement", input)
        }
        _ => return None,
    })
}

fn outcome_input(outcome: &OutcomeFact) -> Value {
    let (rates, stated) = (&outcome.rates, &outcome.stated);
    let years = rates.historic_years.as_ref();
    let values = outcome.values.iter();
    let values: Vec<Value> = values
        .map(|value| {
            json!({ "year": value.year, "value": value.value, "breakBefore": value.break_before })
        })
        .collect();
    let position = stated.position.as_ref();
    json!({
        "body": outcome.pct,
        "slot": outcome.slot,
        "outcome": outcome.outcome,
        "title": outcome.title,
        "better": name(&format!("{:?}", outcome.better)),
        "scope": name(&format!("{:?}", outcome.scope)),
        "seriesId": outcome.series,
        "newlySelected": outcome.newly_selected,
        "selected": outcome.selection.date,
        "replaces": outcome.selection.replaces,
        "selectionReason": outcome.selection.reason,
        "rates": {
            "historic": rates.historic,
            "historicFrom": years.map(|years| years.from),
            "historicTo": years.map(|years| years.to),
            "national": rates.national,
            "peers": rates.ons_cluster,
            "topDecile": rates.top_decile,
            "aspiration": rates.aspiration,
        },
        "values": values,
        "stated": {
            "position": position.map(StatedPosition::name),
            "change": stated.change.as_ref().map(|change| change.percent),
            "changeSource": stated.change.as_ref().and_then(|change| change.source.as_ref()),
            "rateQuartile": stated.rate_quartile.current,
            "previousRateQuartile": stated.rate_quartile.previous,
            "levelQuartile": stated.level_quartile.current,
            "previousLevelQuartile": stated.level_quartile.previous,
        },
        "assessorView": outcome.panel_view,
        "inferred": outcome.inferred,
        "source": outcome.source,
    })
}

fn indicator_input(series: &IndicatorFact) -> Value {
    let values = series.values.iter();
    let values: Vec<Value> = values
        .map(|value| {
            let limits = value.limits.as_ref();
            json!({
                "period": series.form.period(value.year),
                "value": value.value,
                "lower": limits.map(|limits| limits.lower),
                "upper": limits.map(|limits| limits.upper),
                "breakBefore": value.break_before,
            })
        })
        .collect();
    let definition = series.definition.as_deref();
    json!({
        "body": series.body,
        "indicator": series.indicator,
        "seriesId": series.series,
        "role": name(series.role.name()),
        "values": values,
        "definition": definition.map(|defined| json!({
            "title": defined.title, "unit": defined.unit, "better": name(defined.better.name()),
            "outcome": defined.outcome, "min": defined.min, "max": defined.max,
            "source": defined.source,
        })),
        "confidence": series.confidence,
        "inferred": series.inferred,
        "source": series.source,
    })
}

/// The figures of a survey without its groups, which case files do not have.
fn figures(figures: &SurveyFigures) -> Value {
    json!({
        "answers": figures.answers,
        "spread": figures.spread,
        "counts": figures.counts,
        "invited": figures.response.invited,
        "responded": figures.response.responded,
        "imported": figures.response.imported,
    })
}

/// A word as a value of an enumeration.
fn name(word: &str) -> String {
    word.to_ascii_uppercase().replace('-', "_")
}
