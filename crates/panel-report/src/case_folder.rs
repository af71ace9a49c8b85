//! The files of a case folder with what was read.

use crate::catalogue::Catalogue;
use crate::draft::{CaseDraft, Table};
use crate::report::{Confidence, Rating, Report, numbers};
use crate::signs::MarkMethod;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt::Write as _;

/// What the sources of a case's records name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Citation {
    /// The lines of the text that was read: `report.txt, line 366`.
    #[default]
    Lines,
    /// The sections of the report: `Panel report, Competency 3`.
    Sections,
}

/// What a case needs that a report may not say.
#[derive(Clone, Debug)]
pub struct CaseSettings {
    /// Code of the body.
    pub body: String,
    /// Year of the framework: `2009/10`.
    pub year: String,
    /// Name of the source, as citations give it.
    pub source: String,
    /// What citations name.
    pub citation: Citation,
}

/// The files of a case. The reader of case folders accepts them.
pub fn case_draft(report: &Report, catalogue: &Catalogue, settings: &CaseSettings) -> CaseDraft {
    let writer = Writer {
        report,
        catalogue,
        settings,
    };
    let mut draft = CaseDraft::default();
    draft.set_text("case.toml", writer.case());
    draft.set_table("judgements.csv", writer.judgements());
    draft.set_text("rationales.md", writer.rationales());
    draft.set_table("outcomes.csv", writer.outcomes());
    draft.set_table("survey.csv", writer.survey());
    draft.set_text("commentary.md", writer.commentary());
    draft.set_table("recommendations.csv", writer.recommendations());
    draft.set_table("statements.csv", writer.statements());
    draft
}

struct Writer<'a> {
    report: &'a Report,
    catalogue: &'a Catalogue,
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

    fn place(&self, lines: &[usize], section: Option<&str>) -> String {
        let source = &self.settings.source;
        if self.settings.citation == Citation::Sections {
            return section.map_or(source.clone(), |section| format!("{source}, {section}"));
        }
        let lines = numbers(lines);
        let shown: Vec<String> = lines.iter().map(u32::to_string).collect();
        match shown.as_slice() {
            [] => source.clone(),
            [line] => format!("{source}, line {line}"),
            many => format!("{source}, lines {}", many.join(" ")),
        }
    }

    /// The section of the report on a measure or component: `Competency 3`, `Governance: Strategy`.
    fn section(&self, subject: &str) -> Option<String> {
        let component = self.catalogue.component_of(subject)?;
        Some(match component.number {
            Some(number) => format!("Competency {number}"),
            None => format!("Governance: {}", component.label),
        })
    }

    /// Ratings as people read them: governance before competencies, the rating of a strand after those of
    /// all measures, the body's own before the panel's.
    fn ordered_ratings(&self) -> Vec<&Rating> {
        let mut ratings: Vec<&Rating> = self.report.ratings.iter().collect();
        ratings.sort_by_cached_key(|rating| {
            let is_measure = self.catalogue.is_measure(&rating.subject);
            let component = self.catalogue.component_of(&rating.subject);
            let is_competency = component.is_some_and(|component| component.number.is_some());
            let group = match (is_competency, is_measure) {
                (false, true) => 0,
                (false, false) => 1,
                (true, _) => 2,
            };
            let method = match rating.method {
                MarkMethod::Own => 0,
                MarkMethod::Panel => 1,
                MarkMethod::Previous => 2,
            };
            // Sorting keeps the order of the framework within a group.
            (group, self.catalogue.place_of(&rating.subject), method)
        });
        ratings
    }

    fn judgements(&self) -> Table {
        let mut table = Table::new(&["body", "measure", "method", "value", "inferred", "source"]);
        for rating in self.ordered_ratings() {
            let is_panel = rating.method == MarkMethod::Panel;
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
            let section = self.section(&rating.subject);
            let place = self.place(&rating.lines, section.as_deref());
            let source = match (&rating.value, &rating.why, self.settings.citation) {
                (None, _, Citation::Sections) => format!("{place}: marks not legible"),
                (None, Some(why), Citation::Lines) => format!("{place}: {why}"),
                _ => place,
            };
            let method = rating.method.name();
            table.push(
                format!("{} {method}", rating.subject),
                [
                    &self.settings.body,
                    &rating.subject,
                    method,
                    rating.value.as_deref().unwrap_or_default(),
                    &inferred,
                    &source,
                ],
            );
        }
        table
    }

    fn rationales(&self) -> String {
        let judged = |id: &str| {
            self.report
                .ratings
                .iter()
                .any(|rating| rating.subject == id)
        };
        let mut text = String::new();
        let rationales = self.report.rationales.iter();
        let mut rationales: Vec<_> = rationales
            .filter(|rationale| judged(&rationale.about))
            .collect();
        rationales.sort_by_key(|rationale| {
            let component = self.catalogue.component_of(&rationale.about);
            let is_competency = component.is_some_and(|component| component.number.is_some());
            (is_competency, self.catalogue.place_of(&rationale.about))
        });
        for rationale in rationales {
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

    fn outcomes(&self) -> Table {
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
            "replaces",
            "selection_reason",
            "historic",
            "national",
            "ons_cluster",
            "top_decile",
            "aspiration",
            "stated_position",
            "stated_change",
            "stated_change_source",
            "panel_view",
            "inferred",
            "source",
        ]);
        let mut written: HashSet<(&str, &str)> = HashSet::new();
        for row in &self.report.outcomes {
            let key = (row.outcome.as_str(), row.series);
            let known = row.in_catalogue || row.better.is_some();
            if !known || !row.title_legible || row.outcome.is_empty() || !written.insert(key) {
                continue;
            }
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
            let mut source = self.place(&row.lines, Some("Outcomes"));
            if !lost.is_empty() {
                let _ = write!(source, "; not legible: {}", lost.join(" "));
            }
            let inferred = if row.in_catalogue {
                String::new()
            } else {
                "better: the top decile is on the better side of the national rate".to_owned()
            };
            let empty = String::new;
            table.push(
                format!("{} {}", row.slot, row.series),
                [
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
                    empty(),
                    empty(),
                    rate("historic"),
                    rate("national"),
                    rate("ons_cluster"),
                    rate("top_decile"),
                    rate("aspiration"),
                    row.stated_position
                        .as_ref()
                        .map(|(position, _)| (*position).to_owned())
                        .unwrap_or_default(),
                    empty(),
                    empty(),
                    row.panel_view
                        .as_ref()
                        .map(|(view, _)| view.clone())
                        .unwrap_or_default(),
                    inferred,
                    source,
                ],
            );
        }
        table
    }

    fn survey(&self) -> Table {
        let mut table = Table::new(&[
            "body", "survey", "measure", "question", "score", "wording", "source",
        ]);
        for score in &self.report.scores {
            let Some(value) = &score.score else { continue };
            let section = self.section(&score.measure);
            table.push(
                format!("{} {}", score.measure, score.survey),
                [
                    &self.settings.body,
                    score.survey,
                    &score.measure,
                    &score.question,
                    value,
                    score.wording.unwrap_or_default(),
                    &self.place(&score.lines, section.as_deref()),
                ],
            );
        }
        table
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

    fn recommendations(&self) -> Table {
        let mut table = Table::new(&["id", "body", "text", "about", "source"]);
        let all = self.report.recommendations.iter();
        let legible = all.filter(|recommendation| recommendation.why.is_none());
        for (recommendation, number) in legible.zip(1..) {
            let id = format!("recommendation-{number}");
            let section = recommendation
                .source
                .replace(", Recommendations going forward", "");
            let source = match self.settings.citation {
                Citation::Sections => self.place(&[], Some(&section)),
                Citation::Lines => {
                    let place = self.place(&recommendation.lines, None);
                    format!("{place}: {}", recommendation.source)
                }
            };
            table.push(
                id.clone(),
                [
                    &id,
                    &self.settings.body,
                    &recommendation.text,
                    &recommendation.about.join(" "),
                    &source,
                ],
            );
        }
        table
    }

    fn statements(&self) -> Table {
        const ORDER: [&str; 4] = [
            "met-self-assessment",
            "improved-on-last-year",
            "outcomes-in-bottom-quartile",
            "outcomes-slipped",
        ];
        let mut table = Table::new(&["body", "statement", "area", "count", "source"]);
        let mut statements: Vec<_> = self.report.statements.iter().collect();
        statements
            .sort_by_key(|statement| ORDER.iter().position(|known| *known == statement.statement));
        for statement in statements {
            let is_outcomes = statement.statement.starts_with("outcomes");
            let area = if is_outcomes { "" } else { "competencies" };
            let section = if is_outcomes {
                "Outcomes"
            } else {
                "Competencies"
            };
            table.push(
                statement.statement.to_owned(),
                [
                    &self.settings.body,
                    statement.statement,
                    area,
                    &statement.count.to_string(),
                    &format!(
                        "{} (\"{}\")",
                        self.place(&statement.lines, Some(section)),
                        statement.sentence
                    ),
                ],
            );
        }
        table
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
