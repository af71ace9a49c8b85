//! The overview of a region: all bodies by component, and how many are at each step.

use crate::context::Context;
use crate::front;
use crate::marks::result_words;
use crate::model::{
    Align, Block, Chart, Column, Row, Section, SpreadBar, SpreadChart, SpreadPart, Table,
    TableCell, Text,
};
use crate::source::Source;
use crate::titles::{nothing_recorded, usual_title};
use crate::words::{capitalised, lines, nothing, paragraph, step_label, tone, tone_of_colour};
use wcc_core::framework::{
    DocumentContent as Content, DocumentDefinition, DocumentSection, FrameworkPart,
};
use wcc_core::words::counted;
use wcc_core::{BodyIndex, ChallengeState, Framework, Output, Scale};

/// The longest identifier of a component that heads a column.
const LONGEST_ID: usize = 3;

/// The bodies of a region, or all of a cycle.
pub(crate) fn outputs<'a>(source: &Source<'a>, region: Option<BodyIndex>) -> Vec<&'a Output> {
    let organisations = &source.cycle.organisations;
    let outputs = source.assurance.outputs.iter().map(|output| &**output);
    let within = |output: &&Output| {
        region.is_none_or(|region| organisations.sha_of(output.body) == Some(region))
    };
    outputs.filter(within).collect()
}

/// The sections of an overview.
pub(crate) fn sections(
    source: &Source<'_>,
    definition: &DocumentDefinition,
    outputs: &[&Output],
    region: Option<BodyIndex>,
) -> Vec<Section> {
    let contexts: Vec<Context<'_>> = outputs
        .iter()
        .map(|output| Context::new(source, output))
        .collect();
    let region = Region {
        source,
        contexts,
        outputs,
        body: region,
    };
    let sections = definition.sections.iter();
    sections
        .filter_map(|section| region.section(section))
        .collect()
}

struct Region<'a> {
    source: &'a Source<'a>,
    contexts: Vec<Context<'a>>,
    outputs: &'a [&'a Output],
    body: Option<BodyIndex>,
}

impl Region<'_> {
    fn framework(&self) -> &Framework {
        &self.source.cycle.framework
    }

    fn section(&self, definition: &DocumentSection) -> Option<Section> {
        let words = &self.framework().words;
        let mut blocks = Vec::new();
        if let Some(text) = &definition.text {
            blocks.extend(crate::markdown::blocks(&self.filled(text)));
        }
        let content = self.content(definition);
        let is_empty = content.is_empty();
        blocks.extend(content);
        let inner = definition.sections.iter();
        let inner: Vec<Section> = inner.filter_map(|section| self.section(section)).collect();
        if is_empty && inner.is_empty() && definition.optional {
            return None;
        }
        if is_empty && !definition.optional {
            let words = match &definition.otherwise {
                Some(otherwise) => Some(self.filled(otherwise)),
                None => nothing_recorded(definition.content, self.framework()),
            };
            blocks.extend(words.map(nothing));
        }
        let title = match &definition.title {
            Some(title) => self.filled(title),
            None => usual_title(definition.content, words),
        };
        Some(Section {
            title,
            new_page: definition.new_page,
            blocks,
            sections: inner,
            ..Section::default()
        })
    }

    fn filled(&self, text: &str) -> String {
        let (cycle, framework) = (self.source.cycle, self.framework());
        let region = self.body.map(|body| cycle.organisations.body(body));
        DocumentSection::filled(text, |name| match name {
            "body" | "authority" => {
                Some(region.map_or_else(|| cycle.title.clone(), |body| body.name.clone()))
            }
            "code" => Some(region.map_or_else(String::new, |body| body.code.clone())),
            "cycle" => Some(cycle.title.clone()),
            "year" => Some(framework.year.clone()),
            "assessor" => Some(framework.methods.assessor().to_owned()),
            "group" => Some(framework.words.group.one.clone()),
            _ => None,
        })
    }

    fn content(&self, definition: &DocumentSection) -> Vec<Block> {
        match definition.content {
            Content::Bodies => self.bodies(),
            Content::Spread => self.spread(),
            Content::NotChecked => {
                let not_checked = front::not_checked(self.source, self.outputs);
                match not_checked.is_empty() {
                    true => Vec::new(),
                    false => vec![lines(not_checked)],
                }
            }
            Content::Inferred => {
                let illustrative = self.source.cycle.illustrative.as_deref();
                illustrative.map(paragraph).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The parts that have a column: rated components, areas, the whole.
    fn parts(&self) -> Vec<FrameworkPart> {
        let framework = self.framework();
        let parts = framework.parts();
        let rated = parts.filter(|part| {
            let is_scored = match part {
                FrameworkPart::Component(index) => framework.component(*index).scored,
                FrameworkPart::Area(_) | FrameworkPart::Overall => true,
            };
            is_scored && framework.rating(*part).scale().is_some()
        });
        rated.collect()
    }

    /// A row for each body, a column for each component.
    fn bodies(&self) -> Vec<Block> {
        if self.contexts.is_empty() {
            return Vec::new();
        }
        let framework = self.framework();
        let parts = self.parts();
        let mut columns = vec![Column {
            heading: capitalised(&framework.words.body.one),
            over: None,
            align: Align::Start,
            width: 5,
        }];
        columns.extend(parts.iter().map(|part| {
            let over = match part {
                FrameworkPart::Component(index) => Some(framework.area_of(*index).title.clone()),
                FrameworkPart::Area(_) | FrameworkPart::Overall => None,
            };
            Column {
                heading: column_heading(framework, *part),
                over,
                align: Align::Centre,
                width: 1,
            }
        }));
        columns.push(Column {
            heading: "Open challenges".to_owned(),
            over: None,
            align: Align::End,
            width: 2,
        });
        let rows = self
            .contexts
            .iter()
            .map(|context| self.body_row(context, &parts));
        vec![Block::Table(Table {
            caption: format!(
                "Results of {}",
                framework.words.body.counted(self.contexts.len())
            ),
            columns,
            rows: rows.collect(),
            notes: self.notes(&parts),
        })]
    }

    /// What the short headings of columns stand for.
    fn notes(&self, parts: &[FrameworkPart]) -> Vec<Text> {
        let framework = self.framework();
        let shortened = parts.iter().filter_map(|part| {
            let FrameworkPart::Component(index) = part else {
                return None;
            };
            let component = framework.component(*index);
            (component.id.chars().count() <= LONGEST_ID)
                .then(|| format!("{} {}", component.id, component.label))
        });
        let shortened: Vec<String> = shortened.collect();
        match shortened.is_empty() {
            true => Vec::new(),
            false => vec![Text::plain(format!("{}.", shortened.join("; ")))],
        }
    }

    fn body_row(&self, context: &Context<'_>, parts: &[FrameworkPart]) -> Row {
        let body = context.cycle().organisations.body(context.output.body);
        let name = TableCell {
            text: Text::plain(body.name_and_code()),
            ..TableCell::default()
        };
        let values = parts.iter().map(|part| {
            let Some(result) = context.output.part(*part) else {
                return TableCell::default();
            };
            let current = result.current();
            let scale = context.framework().scale_at(*part);
            let words = result_words(context, *part, current, result.current_method());
            let words = match words.as_str() {
                "not known" | "not legible" => "?".to_owned(),
                "not applicable" => "n/a".to_owned(),
                _ => words,
            };
            TableCell {
                tone: tone(scale, current.value()),
                number: words.parse().ok(),
                text: Text::plain(words),
                aside: None,
            }
        });
        let open = context.output.challenges_in(ChallengeState::Open);
        let challenges = TableCell {
            text: Text::plain(open.to_string()),
            number: u32::try_from(open).ok().map(f64::from),
            ..TableCell::default()
        };
        Row {
            cells: std::iter::once(name)
                .chain(values)
                .chain([challenges])
                .collect(),
            heading: false,
        }
    }

    /// A chart for each run of parts on one scale of steps.
    fn spread(&self) -> Vec<Block> {
        if self.contexts.is_empty() {
            return Vec::new();
        }
        let framework = self.framework();
        let parts: Vec<FrameworkPart> = self
            .parts()
            .into_iter()
            .filter(|part| !framework.scale_at(*part).steps().is_empty())
            .collect();
        let area = |part: &FrameworkPart| match part {
            FrameworkPart::Component(index) => Some(framework.component(*index).area),
            FrameworkPart::Area(_) | FrameworkPart::Overall => None,
        };
        let runs = parts.chunk_by(|left, right| {
            area(left) == area(right)
                && std::ptr::eq(framework.scale_at(*left), framework.scale_at(*right))
        });
        let charts = runs.filter_map(|run| {
            let first = run.first()?;
            let title = match first {
                FrameworkPart::Component(index) => framework.area_of(*index).title.clone(),
                FrameworkPart::Area(_) | FrameworkPart::Overall => "Results as a whole".to_owned(),
            };
            Some(self.spread_chart(title, framework.scale_at(*first), run))
        });
        charts
            .map(|chart| Block::Chart(Chart::Spread(chart)))
            .collect()
    }

    fn spread_chart(&self, title: String, scale: &Scale, parts: &[FrameworkPart]) -> SpreadChart {
        let steps = scale.steps();
        let bars: Vec<SpreadBar> = parts
            .iter()
            .map(|part| {
                let mut counts = vec![0_u32; steps.len()];
                let mut unknown = 0;
                for context in &self.contexts {
                    let result = context.output.part(*part);
                    let step = result.and_then(|result| result.current().value());
                    let at = step.map(|step| usize::from(step.position()));
                    match at.and_then(|at| counts.get_mut(at)) {
                        Some(count) => *count += 1,
                        None => unknown += 1,
                    }
                }
                SpreadBar {
                    name: self.framework().label_of(*part),
                    parts: counts
                        .into_iter()
                        .map(|count| SpreadPart { count })
                        .collect(),
                    unknown,
                }
            })
            .collect();
        let alternative = bars.iter().map(|bar| {
            let known = steps
                .iter()
                .zip(&bar.parts)
                .filter(|(_, part)| part.count > 0);
            let known = known.map(|(step, part)| format!("{} at {}", part.count, step_label(step)));
            let unknown = (bar.unknown > 0).then(|| format!("{} not known", bar.unknown));
            let counts: Vec<String> = known.chain(unknown).collect();
            format!("{}: {}", bar.name, counts.join(", "))
        });
        let alternative: Vec<String> = alternative.collect();
        let bodies = counted(self.contexts.len(), &self.framework().words.body.one);
        SpreadChart {
            title,
            alternative: format!("Of {bodies}. {}.", alternative.join("; ")),
            steps: steps
                .iter()
                .map(|step| {
                    let tone = tone_of_colour(step.colour.as_deref());
                    (step_label(step).to_owned(), tone)
                })
                .collect(),
            bars,
        }
    }
}

fn column_heading(framework: &Framework, part: FrameworkPart) -> String {
    match part {
        FrameworkPart::Component(index) => {
            let component = framework.component(index);
            match component.id.chars().count() <= LONGEST_ID {
                true => component.id.clone(),
                false => component.label.clone(),
            }
        }
        part => framework.label_of(part),
    }
}
