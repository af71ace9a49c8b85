//! Everything that a document says, so that a renderer that leaves something out is found.

use wcc_document::Document;
use wcc_document::model::{Block, Chart, Fact, MarkGrid, Section, Status, Table, Text};

/// Each text of a document: no renderer may lose one.
pub(crate) fn texts(document: &Document) -> Vec<String> {
    let mut texts = Texts(Vec::new());
    let (Status::Draft { words } | Status::Released { words }) = &document.status;
    for text in [&document.title, &document.subject, &document.cycle, words] {
        texts.add(text);
    }
    texts.0.extend(document.authority.clone());
    for notice in &document.notices {
        texts.text(&notice.text);
    }
    for entry in &document.legend {
        texts.add(&entry.words);
    }
    texts.sections(&document.sections);
    texts.facts(&document.provenance);
    texts.0.retain(|text| !text.trim().is_empty());
    texts.0
}

struct Texts(Vec<String>);

impl Texts {
    fn add(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }

    fn text(&mut self, text: &Text) {
        self.add(&text.to_plain());
    }

    fn sections(&mut self, sections: &[Section]) {
        for section in sections {
            self.add(&section.title);
            self.blocks(&section.blocks);
            self.sections(&section.sections);
        }
    }

    fn facts(&mut self, facts: &[Fact]) {
        for fact in facts {
            self.add(&fact.name);
            self.text(&fact.value);
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Paragraph(text) | Block::Nothing(text) => self.text(text),
                Block::List { markers, items, .. } => {
                    self.0.extend(markers.iter().cloned());
                    for item in items {
                        self.blocks(item);
                    }
                }
                Block::Facts(facts) => self.facts(facts),
                Block::Table(table) => self.table(table),
                Block::Marks(grid) => self.marks(grid),
                Block::Chart(chart) => self.chart(chart),
                Block::Notice(notice) => self.text(&notice.text),
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.add(&table.caption);
        for column in &table.columns {
            self.add(&column.heading);
            self.0.extend(column.over.clone());
        }
        for cell in table.rows.iter().flat_map(|row| &row.cells) {
            self.text(&cell.text);
            self.0.extend(cell.aside.clone());
        }
        for note in &table.notes {
            self.text(note);
        }
    }

    fn marks(&mut self, grid: &MarkGrid) {
        for text in [&grid.caption, &grid.row_heading, &grid.scale] {
            self.add(text);
        }
        for step in &grid.steps {
            self.add(&step.label);
            self.add(&step.title);
        }
        for row in &grid.rows {
            self.add(&row.label);
            self.0.extend(row.code.clone());
            self.0.extend(row.change.clone());
            for mark in &row.marks {
                self.add(&mark.words);
            }
            if let Some(note) = &row.note {
                self.text(note);
            }
        }
    }

    fn chart(&mut self, chart: &Chart) {
        match chart {
            Chart::Lines(chart) => {
                for text in [&chart.title, &chart.unit, &chart.alternative] {
                    self.add(text);
                }
                for line in &chart.lines {
                    self.add(&line.name);
                    let points = line.points.iter();
                    self.0.extend(points.map(|point| point.words.clone()));
                }
            }
            Chart::Spread(chart) => {
                self.add(&chart.title);
                self.add(&chart.alternative);
                self.0
                    .extend(chart.steps.iter().map(|(step, _)| step.clone()));
                self.0.extend(chart.bars.iter().map(|bar| bar.name.clone()));
            }
        }
    }
}
