//! Writes records as the tables of a case.

use std::collections::{BTreeMap, BTreeSet};
use wcc_core::ledger::Origin;
use wcc_core::record::{CommentaryFact, IndicatorFact, OutcomeFact, RecordFact};

/// The tables of a case, and where each record is in them.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) texts: BTreeMap<&'static str, String>,
    pub(crate) origins: Vec<(RecordFact, Origin)>,
    /// The outcomes whose values are in the table: the first of each PCT, outcome and series.
    with_values: BTreeSet<String>,
    /// The series of indicators that are in the table: rows of one series cannot be told apart.
    indicators: BTreeSet<String>,
}

impl Tables {
    pub(crate) fn add(&mut self, mut fact: RecordFact) {
        if let RecordFact::Indicator(fact) = &fact {
            let (body, role) = (&fact.body, fact.role.name());
            let series = format!("{body} {} {} {role}", fact.indicator, fact.series);
            if !self.indicators.insert(series) {
                return;
            }
        }
        let (file, row) = match &mut fact {
            RecordFact::Commentary(commentary) => self.commentary(commentary),
            RecordFact::Outcome(outcome) => self.outcome(outcome),
            RecordFact::Indicator(indicator) => self.indicator(indicator),
            other => {
                let (file, header, cells) = cells(other);
                (file, self.row(file, header, &cells))
            }
        };
        let file = file.into();
        self.origins.push((fact, Origin { file, row }));
    }

    /// Adds a row; its number.
    fn row(&mut self, file: &'static str, header: &str, cells: &[String]) -> u32 {
        let text = self
            .texts
            .entry(file)
            .or_insert_with(|| format!("{header}\n"));
        text.push_str(&cells.join(","));
        text.push('\n');
        u32::try_from(text.lines().count()).unwrap()
    }

    fn commentary(&mut self, commentary: &CommentaryFact) -> (&'static str, u32) {
        let file = "commentary.md";
        let text = self.texts.entry(file).or_default();
        text.push_str(&format!("# {}\n\n", commentary.body));
        let line = text.lines().count() + 1;
        text.push_str(&format!("## {}\n\n", commentary.headings[0]));
        if !commentary.components.is_empty() {
            text.push_str(&format!(
                "Bears on: {}\n\n",
                in_files(&commentary.components)
            ));
        }
        text.push_str(&format!("{}\n\n", commentary.text));
        (file, u32::try_from(line).unwrap())
    }

    fn outcome(&mut self, outcome: &mut OutcomeFact) -> (&'static str, u32) {
        let file = "outcomes.csv";
        let key = format!("{} {} {}", outcome.pct, outcome.outcome, outcome.series);
        if !self.with_values.insert(key) {
            outcome.values.clear();
        }
        for value in &outcome.values {
            let cells = [
                outcome.pct.to_string(),
                outcome.outcome.to_string(),
                outcome.series.to_string(),
                value.year.to_string(),
                number(value.value),
            ];
            self.row(
                "outcome_values.csv",
                "body,outcome,series,year,value",
                &cells,
            );
        }
        let years = outcome.rates.historic_years;
        let stated = &outcome.stated;
        let cells = [
            outcome.pct.to_string(),
            outcome.slot.to_string(),
            outcome.outcome.to_string(),
            outcome.title.to_string(),
            outcome.series.to_string(),
            outcome.better.name().to_owned(),
            number(outcome.rates.historic),
            years.map_or_else(String::new, |years| years.from.to_string()),
            years.map_or_else(String::new, |years| years.to.to_string()),
            number(outcome.rates.national),
            number(outcome.rates.aspiration),
            stated
                .position
                .as_ref()
                .map_or("", |position| position.name())
                .to_owned(),
            number(stated.change.as_ref().map(|change| change.percent)),
            stated
                .rate_quartile
                .current
                .map_or_else(String::new, |at| at.to_string()),
            stated
                .rate_quartile
                .previous
                .map_or_else(String::new, |at| at.to_string()),
        ];
        let header = "body,slot,outcome,title,series,better,historic,historic_from,historic_to,\
                      national,aspiration,stated_position,stated_change,rate_quartile,\
                      previous_rate_quartile";
        (file, self.row(file, header, &cells))
    }
}

impl Tables {
    /// Adds a row for each value; the number of the first.
    fn indicator(&mut self, fact: &IndicatorFact) -> (&'static str, u32) {
        if let Some(definition) = &fact.definition
            && !self.texts.contains_key("indicators.csv")
        {
            let cells = [
                fact.indicator.to_string(),
                definition.title.to_string(),
                definition.unit.to_string(),
                definition.better.name().to_owned(),
                number(definition.min),
                number(definition.max),
            ];
            self.row("indicators.csv", "id,title,unit,better,min,max", &cells);
        }
        let file = "indicator_values.csv";
        let header = "indicator,body,series,of,period,value,lower,upper,confidence,break";
        let rows = fact.values.iter().map(|value| {
            let limits = value.limits;
            [
                fact.indicator.to_string(),
                fact.body.to_string(),
                fact.series.to_string(),
                fact.role.name().to_owned(),
                fact.form.period(value.year),
                number(value.value),
                number(limits.map(|limits| limits.lower)),
                number(limits.map(|limits| limits.upper)),
                number(limits.and(fact.confidence)),
                if value.break_before { "yes" } else { "" }.to_owned(),
            ]
        });
        let numbers: Vec<u32> = rows.map(|cells| self.row(file, header, &cells)).collect();
        (file, numbers[0])
    }
}

fn number(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// Topics as files write them.
fn in_files(topics: &[Box<str>]) -> String {
    let topics = topics.iter();
    let topics: Vec<&str> = topics
        .map(|topic| topic.strip_prefix("outcome:").unwrap_or(topic))
        .collect();
    topics.join(" ")
}

/// The file, header and cells of a record.
fn cells(fact: &RecordFact) -> (&'static str, &'static str, Vec<String>) {
    let text = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
    match fact {
        RecordFact::Judgement(fact) => (
            "judgements.csv",
            "body,measure,method,value,assessor,reason,evidence",
            vec![
                fact.body.to_string(),
                fact.subject.to_string(),
                fact.method.name().to_owned(),
                text(&fact.value),
                text(&fact.assessor),
                text(&fact.details.reason),
                fact.details.evidence.join(" "),
            ],
        ),
        RecordFact::Evidence(fact) => (
            "evidence.csv",
            "id,body,kind,title,measures",
            vec![
                fact.id.to_string(),
                fact.body.to_string(),
                fact.kind.name().to_owned(),
                fact.title.to_string(),
                fact.measures.join(" "),
            ],
        ),
        RecordFact::Survey(fact) => (
            "survey.csv",
            "body,survey,measure,score,wording",
            vec![
                fact.body.to_string(),
                fact.survey.to_string(),
                fact.measure.to_string(),
                number(fact.score),
                text(&fact.wording),
            ],
        ),
        RecordFact::Criterion(fact) => (
            "criteria.csv",
            "body,measure,kind,supports,reason,evidence",
            vec![
                fact.body.to_string(),
                fact.measure.to_string(),
                fact.kind.name().to_owned(),
                fact.supports.to_string(),
                fact.reason.to_string(),
                fact.evidence.join(" "),
            ],
        ),
        RecordFact::Answer(fact) => (
            "answers.csv",
            "body,measure,method,reason",
            vec![
                fact.body.to_string(),
                fact.measure.to_string(),
                fact.method.name().to_owned(),
                fact.reason.to_string(),
            ],
        ),
        RecordFact::Recommendation(fact) => (
            "recommendations.csv",
            "id,body,text,about",
            vec![
                fact.id.to_string(),
                fact.body.to_string(),
                fact.text.to_string(),
                in_files(&fact.about),
            ],
        ),
        RecordFact::Statement(fact) => (
            "statements.csv",
            "body,statement,area,count",
            vec![
                fact.body.to_string(),
                fact.kind.name().to_owned(),
                text(&fact.area),
                fact.count.to_string(),
            ],
        ),
        RecordFact::Phase(_)
        | RecordFact::PhaseDates(_)
        | RecordFact::CarriedRecord(_)
        | RecordFact::Approval(_)
        | RecordFact::Release(_)
        | RecordFact::ReleasedOutput(_)
        | RecordFact::Lead(_)
        | RecordFact::Action(_)
        | RecordFact::Plan(_)
        | RecordFact::PlanLine(_)
        | RecordFact::AreaOfConcern(_)
        | RecordFact::Support(_)
        | RecordFact::Consequence(_)
        | RecordFact::PanelMember(_)
        | RecordFact::InterestDeclaration(_)
        | RecordFact::PanelDay(_)
        | RecordFact::Score(_)
        | RecordFact::FactComment(_)
        | RecordFact::FactReply(_) => {
            unreachable!("case folders have no record of how a cycle is run")
        }
        RecordFact::Outcome(_) | RecordFact::Commentary(_) | RecordFact::Indicator(_) => {
            unreachable!("written apart")
        }
    }
}
