//! The files of a case folder with what was read.

use crate::report::{Confidence, Report, numbers};
use std::fmt::Write as _;

/// What a case needs that a report may not say.
#[derive(Clone, Debug)]
pub struct CaseSettings {
    /// Code of the body.
    pub body: String,
    /// Year of the framework: `2009/10`.
    pub year: String,
    /// Name of the source, as citations give it.
    pub source: String,
}

/// Names and contents of the files of a case. The reader of case folders accepts them.
pub fn case_files(report: &Report, settings: &CaseSettings) -> Vec<(&'static str, String)> {
    let writer = Writer { report, settings };
    let mut files = vec![
        ("case.toml", writer.case()),
        ("judgements.csv", writer.judgements()),
        ("rationales.md", writer.rationales()),
        ("outcomes.csv", writer.outcomes()),
        ("survey.csv", writer.survey()),
        ("commentary.md", writer.commentary()),
        ("recommendations.csv", writer.recommendations()),
        ("statements.csv", writer.statements()),
    ];
    files.retain(|(_, text)| !text.is_empty());
    files
}

struct Writer<'a> {
    report: &'a Report,
    settings: &'a CaseSettings,
}

impl Writer<'_> {
    fn case(&self) -> String {
        let report = self.report;
        let name = report.body_name.as_ref().and_then(|name| name.text.clone());
        let name = name.unwrap_or_else(|| self.settings.body.clone());
        let year = &self.settings.year;
        let month = report.date.map(|(year, month, _)| (year, month));
        let (day, note) = match month.and_then(|(year, month)| last_day(year, month)) {
            Some(day) => (day, "The last day of the month that the report names."),
            None => (
                format!(
                    "{}-03-31",
                    year.get(..4)
                        .and_then(|year| year.parse::<i32>().ok())
                        .map_or(2000, |year| year + 1)
                ),
                "The report names no month: the end of the assurance year.",
            ),
        };
        let id = year.replace('/', "-");
        format!(
            "# Written by `wcc import panel-report`; provenance.json has the lines of source.txt behind each value.\n\
             title = {}\nsource = {}\n\n[[cycle]]\nid = {}\ntitle = {}\nframework = {}\n# {note}\nas_of = {day}\nbodies = [{}]\n",
            quoted(&format!("{name}, panel report {year}")),
            quoted(&self.settings.source),
            quoted(&id),
            quoted(&format!("{name}, {year}")),
            quoted(&report.framework),
            quoted(&self.settings.body),
        )
    }

    fn place(&self, lines: &[usize]) -> String {
        let lines = numbers(lines);
        let shown: Vec<String> = lines.iter().map(u32::to_string).collect();
        match shown.as_slice() {
            [] => self.settings.source.clone(),
            [line] => format!("{}, line {line}", self.settings.source),
            many => format!("{}, lines {}", self.settings.source, many.join(" ")),
        }
    }

    fn judgements(&self) -> String {
        let mut table = Table::new(&["body", "measure", "method", "value", "inferred", "source"]);
        for rating in &self.report.ratings {
            let is_panel = rating.method == crate::MarkMethod::Panel;
            // A rationale needs a judgement, even if its mark is not legible.
            let has_rationale = self
                .report
                .rationales
                .iter()
                .any(|rationale| rationale.about == rating.subject && rationale.text.is_some());
            if rating.value.is_none() && !(is_panel && has_rationale) {
                continue;
            }
            let inferred = match rating.confidence {
                Confidence::Inferred => rating.why.clone().unwrap_or_default(),
                Confidence::Read | Confidence::NotLegible => String::new(),
            };
            let source = match (&rating.value, &rating.why) {
                (None, Some(why)) => format!("{}: {why}", self.place(&rating.lines)),
                _ => self.place(&rating.lines),
            };
            table.row([
                self.settings.body.clone(),
                rating.subject.clone(),
                rating.method.name().to_owned(),
                rating.value.clone().unwrap_or_default(),
                inferred,
                source,
            ]);
        }
        table.text()
    }

    fn rationales(&self) -> String {
        let judged = |id: &str| {
            self.report
                .ratings
                .iter()
                .any(|rating| rating.subject == id)
        };
        let mut text = String::new();
        for rationale in self
            .report
            .rationales
            .iter()
            .filter(|rationale| judged(&rationale.about))
        {
            let Some(words) = &rationale.text else {
                continue;
            };
            if text.is_empty() {
                let _ = writeln!(text, "# {}", self.settings.body);
            }
            let _ = write!(text, "\n## {}\n\n{}\n", rationale.about, markdown(words));
        }
        text
    }

    fn outcomes(&self) -> String {
        let mut table = Table::new(&[
            "body",
            "slot",
            "outcome",
            "title",
            "series",
            "better",
            "scope",
            "newly_selected",
            "selected",
            "historic",
            "national",
            "ons_cluster",
            "top_decile",
            "aspiration",
            "stated_position",
            "panel_view",
            "inferred",
            "source",
        ]);
        let mut written: Vec<(&str, &str)> = Vec::new();
        for row in &self.report.outcomes {
            let key = (row.outcome.as_str(), row.series);
            let known = row.in_catalogue || row.better.is_some();
            if !known || !row.title_legible || row.outcome.is_empty() || written.contains(&key) {
                continue;
            }
            written.push(key);
            let rate = |column: &str| {
                let rate = row.rates.iter().find(|rate| rate.column == column);
                let value = rate
                    .and_then(|rate| rate.value.clone())
                    .filter(|value| value != "n/a");
                value.unwrap_or_default()
            };
            let lost: Vec<&str> = row
                .rates
                .iter()
                .filter(|rate| rate.value.is_none())
                .map(|rate| rate.column)
                .collect();
            let mut source = self.place(&row.lines);
            if !lost.is_empty() {
                let _ = write!(source, "; not legible: {}", lost.join(" "));
            }
            let inferred = if row.in_catalogue {
                String::new()
            } else {
                "better: the top decile is on the better side of the national rate".to_owned()
            };
            table.row([
                self.settings.body.clone(),
                row.slot.to_string(),
                row.outcome.clone(),
                row.title.clone(),
                row.series.to_owned(),
                row.better.unwrap_or_default().to_owned(),
                row.scope.unwrap_or_default().to_owned(),
                if row.newly_selected { "yes" } else { "no" }.to_owned(),
                self.report
                    .selected
                    .as_ref()
                    .map(|(date, _)| date.clone())
                    .unwrap_or_default(),
                rate("historic"),
                rate("national"),
                rate("ons_cluster"),
                rate("top_decile"),
                rate("aspiration"),
                row.stated_position
                    .as_ref()
                    .map(|(position, _)| (*position).to_owned())
                    .unwrap_or_default(),
                row.panel_view
                    .as_ref()
                    .map(|(view, _)| view.clone())
                    .unwrap_or_default(),
                inferred,
                source,
            ]);
        }
        table.text()
    }

    fn survey(&self) -> String {
        let mut table = Table::new(&[
            "body", "survey", "measure", "question", "score", "wording", "source",
        ]);
        for score in &self.report.scores {
            let Some(value) = &score.score else { continue };
            table.row([
                self.settings.body.clone(),
                score.survey.to_owned(),
                score.measure.clone(),
                score.question.clone(),
                value.clone(),
                score.wording.unwrap_or_default().to_owned(),
                self.place(&score.lines),
            ]);
        }
        table.text()
    }

    fn commentary(&self) -> String {
        let mut text = String::new();
        let mut heading = "";
        for section in &self.report.commentary {
            if text.is_empty() {
                let _ = writeln!(text, "# {}", self.settings.body);
            }
            if section.heading != heading {
                let _ = write!(text, "\n## {}\n", section.heading);
                heading = &section.heading;
            }
            if let Some(below) = &section.subheading {
                let _ = write!(text, "\n### {below}\n");
            }
            text.push('\n');
            let mut listed = false;
            for (at, paragraph) in section.text.iter().enumerate() {
                let item = paragraph.trim_start().starts_with("- ");
                if at > 0 && !(item && listed) {
                    text.push('\n');
                }
                listed = item;
                let _ = writeln!(text, "{}", markdown(paragraph));
            }
        }
        text
    }

    fn recommendations(&self) -> String {
        let mut table = Table::new(&["id", "body", "text", "about", "source"]);
        let all = self.report.recommendations.iter();
        let legible = all.filter(|recommendation| recommendation.why.is_none());
        for (recommendation, number) in legible.zip(1..) {
            table.row([
                format!("recommendation-{number}"),
                self.settings.body.clone(),
                recommendation.text.clone(),
                recommendation.about.join(" "),
                format!(
                    "{}: {}",
                    self.place(&recommendation.lines),
                    recommendation.source
                ),
            ]);
        }
        table.text()
    }

    fn statements(&self) -> String {
        let mut table = Table::new(&["body", "statement", "area", "count", "source"]);
        for statement in &self.report.statements {
            let area = if statement.statement.starts_with("outcomes") {
                ""
            } else {
                "competencies"
            };
            table.row([
                self.settings.body.clone(),
                statement.statement.to_owned(),
                area.to_owned(),
                statement.count.to_string(),
                format!(
                    "{} (\"{}\")",
                    self.place(&statement.lines),
                    statement.sentence
                ),
            ]);
        }
        table.text()
    }
}

fn last_day(year: i16, month: i8) -> Option<String> {
    let first = jiff::civil::Date::new(year, month, 1).ok()?;
    Some(first.last_of_month().to_string())
}

/// A string of a TOML file.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Prose that no line of which is read as a heading, code or a comment.
fn markdown(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let start = line.trim_start();
        let heads = start.starts_with(['#', '=', '~', '<', '>', '|'])
            || start.starts_with("```")
            || start.starts_with("---")
            || start.starts_with("***");
        if heads {
            format!("\\{start}")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A table as CSV.
struct Table {
    text: String,
    rows: usize,
}

impl Table {
    fn new(columns: &[&str]) -> Table {
        Table {
            text: format!("{}\n", columns.join(",")),
            rows: 0,
        }
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        let cells = cells.map(|cell| {
            let cell = cell.replace(['\n', '\t'], " ");
            if cell.contains([',', '"']) || cell.starts_with(' ') || cell.ends_with(' ') {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell
            }
        });
        self.text.push_str(&cells.join(","));
        self.text.push('\n');
        self.rows += 1;
    }

    /// Nothing if the table has no rows.
    fn text(self) -> String {
        if self.rows == 0 {
            String::new()
        } else {
            self.text
        }
    }
}
