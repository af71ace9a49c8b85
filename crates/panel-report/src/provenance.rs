//! Where each value came from: the content of `provenance.csv` and of the JSON report.

use crate::report::{Confidence, Report, numbers};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One value of the case with its origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The file of the case that has it.
    pub file: Cow<'static, str>,
    /// The record: `3a panel`, `4 persons`.
    pub record: String,
    /// The column: `value`.
    pub field: Cow<'static, str>,
    /// The value; `None` if it is not legible.
    pub value: Option<String>,
    /// How certain it is.
    pub confidence: Confidence,
    /// The lines of the source, from 1.
    pub lines: Vec<u32>,
    /// Why it is inferred or not legible.
    pub why: Option<String>,
}

impl Report {
    /// Every value with its origin.
    pub fn values(&self) -> Vec<Value> {
        let mut values = Vec::new();
        let read = |file: &'static str,
                    record: &str,
                    field: &'static str,
                    value: &str,
                    lines: &[usize]| Value {
            file: file.into(),
            record: record.to_owned(),
            field: field.into(),
            value: Some(value.to_owned()),
            confidence: Confidence::Read,
            lines: numbers(lines),
            why: None,
        };
        if let Some(name) = &self.body_name {
            values.push(Value {
                file: "case.toml".into(),
                record: self.body.clone().unwrap_or_default(),
                field: "body".into(),
                value: name.text.clone(),
                confidence: name.confidence,
                lines: numbers(&name.lines),
                why: name.why.clone(),
            });
        }
        if let Some((year, month, line)) = self.date {
            values.push(read(
                "case.toml",
                "",
                "month",
                &format!("{year:04}-{month:02}"),
                &[line],
            ));
        }
        for rating in &self.ratings {
            values.push(Value {
                file: "judgements.csv".into(),
                record: format!("{} {}", rating.subject, rating.method.name()),
                field: "value".into(),
                value: rating.value.clone(),
                confidence: rating.confidence,
                lines: numbers(&rating.lines),
                why: rating.why.clone(),
            });
        }
        for rationale in &self.rationales {
            values.push(Value {
                file: "rationales.md".into(),
                record: rationale.about.clone(),
                field: "rationale".into(),
                value: rationale.text.clone(),
                confidence: rationale.confidence,
                lines: numbers(&rationale.lines),
                why: rationale.why.clone(),
            });
        }
        for row in &self.outcomes {
            let record = format!("{} {}", row.slot, row.series);
            let title = read("outcomes.csv", &record, "title", &row.title, &row.lines);
            values.push(if row.title_legible {
                title
            } else {
                Value {
                    value: None,
                    confidence: Confidence::NotLegible,
                    why: Some("where the title ends and the rates begin cannot be told".to_owned()),
                    ..title
                }
            });
            if row.title_legible && row.in_catalogue {
                let outcome = read("outcomes.csv", &record, "outcome", &row.outcome, &row.lines);
                values.push(if row.as_in_catalogue {
                    outcome
                } else {
                    Value {
                        confidence: Confidence::Inferred,
                        why: Some(
                            "the title has the telling words of this outcome of the catalogue"
                                .to_owned(),
                        ),
                        ..outcome
                    }
                });
            }
            for rate in &row.rates {
                values.push(Value {
                    file: "outcomes.csv".into(),
                    record: record.clone(),
                    field: rate.column.into(),
                    value: rate.value.clone(),
                    confidence: rate.confidence,
                    lines: numbers(&row.lines),
                    why: rate.why.clone(),
                });
            }
            if let Some((position, lines)) = &row.stated_position {
                values.push(read(
                    "outcomes.csv",
                    &record,
                    "stated_position",
                    position,
                    lines,
                ));
            }
            if let Some((view, lines)) = &row.panel_view {
                values.push(read("outcomes.csv", &record, "panel_view", view, lines));
            }
        }
        for score in &self.scores {
            values.push(Value {
                file: "survey.csv".into(),
                record: format!("{} {}", score.measure, score.survey),
                field: "score".into(),
                value: score.score.clone(),
                confidence: score.confidence,
                lines: numbers(&score.lines),
                why: score.why.clone(),
            });
        }
        for section in &self.commentary {
            let heading = match &section.subheading {
                Some(below) => format!("{}: {below}", section.heading),
                None => section.heading.clone(),
            };
            values.push(read(
                "commentary.md",
                &heading,
                "text",
                &section.text.join("\n"),
                &section.lines,
            ));
        }
        for recommendation in &self.recommendations {
            let source = &recommendation.source;
            let value = read(
                "recommendations.csv",
                source,
                "text",
                &recommendation.text,
                &recommendation.lines,
            );
            values.push(match &recommendation.why {
                None => value,
                Some(why) => Value {
                    value: None,
                    confidence: Confidence::NotLegible,
                    why: Some(why.clone()),
                    ..value
                },
            });
        }
        for statement in &self.statements {
            let count = statement.count.to_string();
            values.push(read(
                "statements.csv",
                statement.statement,
                "count",
                &count,
                &statement.lines,
            ));
        }
        values
    }
}
