//! The overview of a region: all bodies by component, and how many are at each step.

use crate::context::Context;
use crate::front;
use crate::layout::{SectionContent, lay_out};
use crate::marks::result_words;
use crate::model::{
    Align, Block, Chart, Column, Row, Section, SpreadBar, SpreadChart, SpreadPart, Table,
    TableCell, Text,
};
use crate::source::Source;
use crate::tables::{cell, column, row};
use crate::words::{capitalised, lines, paragraph, step_label, tone, tone_of_colour};
use wcc_core::framework::{
    DocumentContent as Content, DocumentDefinition, DocumentSection, FrameworkPart,
};
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
        let content = SectionContent::blocks(self.content(definition));
        let inner = definition.sections.iter();
        let inner: Vec<Section> = inner.filter_map(|section| self.section(section)).collect();
        let filled = |text: &str| self.filled(text);
        lay_out(definition, self.framework(), content, inner, filled)
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
        let body = capitalised(&framework.words.body.one);
        let mut columns = vec![column(&body, Align::Start, 5)];
        columns.extend(parts.iter().map(|part| {
            let over = match part {
                FrameworkPart::Component(index) => Some(framework.area_of(*index).title.clone()),
                FrameworkPart::Area(_) | FrameworkPart::Overall => None,
            };
            Column {
                over,
                ..column(&column_heading(framework, *part), Align::Centre, 1)
            }
        }));
        columns.push(column("Open challenges", Align::End, 2));
        let rows = self
            .contexts
            .iter()
            .map(|context| self.body_row(context, &parts));
        vec![Block::Table(Table {
            caption: format!("Results of {}", self.counted_bodies()),
            columns,
            rows: rows.collect(),
            notes: self.notes(&parts),
        })]
    }

    /// "152 PCTs"; for a reader from whom some may be hidden, "12 PCTs that are shown".
    fn counted_bodies(&self) -> String {
        let bodies = self.framework().words.body.counted(self.contexts.len());
        match self.source.provenance.is_partial {
            true => format!("{bodies} that are shown"),
            false => bodies,
        }
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
        let values = parts.iter().map(|part| {
            let Some(result) = context.output.part(*part) else {
                return TableCell::default();
            };
            let current = result.current();
            let scale = context.framework().scale_at(*part);
            let words = if current.not_applicable() {
                "n/a".to_owned()
            } else if current.value().is_none() {
                "?".to_owned()
            } else {
                result_words(context, *part, current, result.current_method())
            };
            TableCell {
                tone: tone(scale, current.value()),
                number: words.parse().ok(),
                ..cell(words)
            }
        });
        let open = context.output.challenges_in(ChallengeState::Open);
        let challenges = TableCell {
            number: u32::try_from(open).ok().map(f64::from),
            ..cell(open.to_string())
        };
        let name = cell(context.name(context.output.body));
        row(name, values.chain([challenges]))
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
        let bodies = self.counted_bodies();
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
