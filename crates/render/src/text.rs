//! A document as plain text for terminals and pipes, with the signs of the scorecard.

mod table;

use crate::figures::Figures;
use crate::grid::{column, key, remarks};
use crate::words;
use textwrap::core::display_width;
use wcc_document::Document;
use wcc_document::model::{Align, Block, Chart, Fact, MarkGrid, RowLevel, Section, Table, Text};

/// A document is never laid out narrower.
const NARROWEST: usize = 40;
/// The widest column of names beside values.
const NAMES: usize = 30;
/// The narrowest column of a step.
const STEP: usize = 5;

/// Lays a document out as text, wrapped at a width in columns of a terminal.
pub fn text(document: &Document, width: usize) -> String {
    let mut page = Page {
        document,
        width: width.max(NARROWEST),
        text: String::new(),
    };
    page.first_page();
    for section in &document.sections {
        page.section(section, 1);
    }
    if !document.provenance.is_empty() {
        page.heading(words::PROVENANCE, 1);
        page.facts(&document.provenance);
    }
    page.text
}

/// The text so far.
struct Page<'a> {
    document: &'a Document,
    width: usize,
    text: String,
}

impl Page<'_> {
    /// A line as it is, without control characters and without spaces at its end.
    fn put(&mut self, line: &str) {
        let line = line.trim_end();
        self.text
            .extend(line.chars().filter(|one| !one.is_control()));
        self.text.push('\n');
    }

    /// An empty line, unless there is one already.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A paragraph with what its first line begins with; the others are indented as far.
    fn paragraph(&mut self, first: &str, text: &str) {
        let indent = " ".repeat(display_width(first));
        self.wrapped(first, &indent, text);
    }

    fn wrapped(&mut self, first: &str, others: &str, text: &str) {
        let options = textwrap::Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(others);
        for line in textwrap::wrap(text, options) {
            self.put(&line);
        }
    }

    fn first_page(&mut self) {
        let document = self.document;
        self.paragraph("", &words::title(document));
        self.paragraph("", &document.cycle);
        if let Some(authority) = &document.authority {
            self.paragraph("", authority);
        }
        let (status, date) = (words::status(&document.status), words::date(document));
        self.paragraph(
            "",
            &format!("{status} · results as of {date} · code {}", document.code),
        );
        self.gap();
        for notice in &document.notices {
            self.paragraph("! ", &notice.text.to_plain());
        }
        if !document.legend.is_empty() {
            self.gap();
            self.put(words::LEGEND);
            let entries = document.legend.iter().map(words::legend_entry);
            let entries: Vec<String> = entries.collect();
            self.paragraph("  ", &entries.join("   "));
        }
    }

    fn heading(&mut self, title: &str, level: usize) {
        self.gap();
        let start = self.text.len();
        self.paragraph("", title);
        let lines = self.text.get(start..).unwrap_or_default().lines();
        let longest = lines.map(display_width).max().unwrap_or(0);
        match level {
            1 => self.put(&"═".repeat(longest)),
            2 => self.put(&"─".repeat(longest)),
            _ => {}
        }
        self.gap();
    }

    fn section(&mut self, section: &Section, level: usize) {
        self.heading(&section.title, level);
        self.blocks(&section.blocks, "");
        for inner in &section.sections {
            self.section(inner, level.saturating_add(1));
        }
    }

    /// Blocks with an indentation.
    fn blocks(&mut self, blocks: &[Block], indent: &str) {
        for block in blocks {
            self.block(block, indent);
        }
    }

    fn block(&mut self, block: &Block, indent: &str) {
        match block {
            Block::Paragraph(text) | Block::Nothing(text) => {
                self.paragraph(indent, &text.to_plain());
                self.gap();
            }
            Block::List {
                ordered,
                markers,
                items,
            } => self.list(*ordered, markers, items, indent),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Marks(grid) => self.marks(grid),
            Block::Chart(chart) => self.chart(chart),
            Block::Notice(notice) => {
                self.paragraph("! ", &notice.text.to_plain());
                self.gap();
            }
        }
    }

    fn list(&mut self, ordered: bool, markers: &[String], items: &[Vec<Block>], indent: &str) {
        for (at, item) in items.iter().enumerate() {
            let marker = match markers.get(at) {
                Some(own) => own.clone(),
                None if ordered => format!("{}.", at + 1),
                None => "-".to_owned(),
            };
            let first = format!("{indent}{marker} ");
            let inner = " ".repeat(display_width(&first));
            match item.split_first() {
                Some((Block::Paragraph(text), rest)) => {
                    self.paragraph(&first, &text.to_plain());
                    self.blocks(rest, &inner);
                }
                _ => {
                    self.put(&first);
                    self.blocks(item, &inner);
                }
            }
        }
        self.gap();
    }

    fn facts(&mut self, facts: &[Fact]) {
        let names = facts.iter().map(|fact| display_width(&fact.name));
        let wide = names.max().unwrap_or(0).min(NAMES) + 2;
        for fact in facts {
            let value = fact.value.to_plain();
            if display_width(&fact.name) + 2 > wide {
                self.paragraph("", &fact.name);
                self.paragraph(&" ".repeat(wide), &value);
            } else {
                self.paragraph(&padded(&fact.name, wide, Align::Start), &value);
            }
        }
        self.gap();
    }

    fn table(&mut self, table: &Table) {
        self.paragraph("", &table.caption);
        for line in table::of_table(table, self.width) {
            self.put(&line);
        }
        for note in &table.notes {
            self.paragraph("  ", &note.to_plain());
        }
        self.gap();
    }

    fn chart(&mut self, chart: &Chart) {
        let figures = Figures::of(chart);
        self.paragraph("", &figures.caption);
        self.paragraph("  ", figures.alternative);
        if !figures.rows.is_empty() {
            for line in table::of_figures(&figures, self.width) {
                self.put(&line);
            }
        }
        self.gap();
    }

    /// A row for each measure; what has no column stands under it.
    fn marks(&mut self, grid: &MarkGrid) {
        self.paragraph("", &grid.caption);
        let titles = grid.steps.iter().filter(|step| step.title != step.label);
        let titles = titles.filter(|step| !step.title.is_empty());
        let titles: Vec<String> = titles
            .map(|step| format!("{} {}", step.label, step.title))
            .collect();
        if !titles.is_empty() {
            self.paragraph(&format!("{}: ", grid.scale), &titles.join(" · "));
        }
        let widths: Vec<usize> = step_widths(grid);
        let steps: usize = widths.iter().sum();
        let name = self.width.saturating_sub(steps).max(NARROWEST / 2);
        let mut head = padded(&grid.row_heading, name, Align::Start);
        for (step, width) in grid.steps.iter().zip(&widths) {
            head.push_str(&padded(&step.label, *width, Align::Centre));
        }
        if titles.is_empty() {
            self.put(&format!(
                "{}{}",
                " ".repeat(name),
                padded(&grid.scale, steps, Align::Centre)
            ));
        }
        self.put(&head);
        for row in &grid.rows {
            let code = match (&row.code, row.level) {
                (Some(code), _) => format!("{code} "),
                (None, RowLevel::Result) => "= ".to_owned(),
                (None, RowLevel::Item) => String::new(),
            };
            let code = padded(&code, display_width(&code).max(4), Align::Start);
            let indent = " ".repeat(display_width(&code));
            let options = textwrap::Options::new(name.saturating_sub(1))
                .initial_indent(&code)
                .subsequent_indent(&indent);
            let mut label = textwrap::wrap(&row.label, options).into_iter();
            let mut line = padded(&label.next().unwrap_or_default(), name, Align::Start);
            for (at, width) in widths.iter().enumerate() {
                let marks = row
                    .marks
                    .iter()
                    .filter(|mark| column(grid, mark) == Some(at));
                let marks: String = marks
                    .map(|mark| format!("{}{}", words::character(mark.kind), words::signs(mark)))
                    .collect();
                line.push_str(&padded(&marks, *width, Align::Centre));
            }
            self.put(&line);
            for rest in label {
                self.put(&rest);
            }
            let below = remarks(grid, row);
            if !below.is_empty() {
                self.paragraph(&indent, &below.join(" · "));
            }
            if let Some(note) = &row.note {
                self.paragraph(&indent, &note.to_plain());
            }
        }
        let key = key(&self.document.legend, grid);
        if !key.is_empty() {
            self.paragraph("  ", &key.join("   "));
        }
        self.gap();
    }
}

/// The widths of the columns of steps: wide enough for their labels and for each cell.
fn step_widths(grid: &MarkGrid) -> Vec<usize> {
    let width = |(at, label): (usize, &String)| {
        let cells = grid.rows.iter().map(|row| {
            let marks = row
                .marks
                .iter()
                .filter(|mark| column(grid, mark) == Some(at));
            marks.map(|mark| 1 + mark.qualifiers.len()).sum()
        });
        let widest: usize = cells.max().unwrap_or(0);
        widest.max(display_width(label)).max(STEP) + 2
    };
    let labels = grid.steps.iter().map(|step| &step.label);
    labels.enumerate().map(width).collect()
}

/// Text padded to a width of a terminal.
fn padded(text: &str, width: usize, align: Align) -> String {
    let missing = width.saturating_sub(display_width(text));
    let before = match align {
        Align::Start => 0,
        Align::Centre => missing / 2,
        Align::End => missing,
    };
    format!(
        "{}{text}{}",
        " ".repeat(before),
        " ".repeat(missing - before)
    )
}

/// A cell of a table, with its second line.
fn cell_text(text: &Text, aside: Option<&str>) -> String {
    let words = text.to_plain();
    match aside {
        Some(aside) if words.is_empty() => aside.to_owned(),
        Some(aside) => format!("{words} ({aside})"),
        None => words,
    }
}
