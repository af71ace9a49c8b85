//! Paragraphs, lists, facts and notices.

use super::{Writer, paragraph};
use crate::words;
use maud::{Markup, html};
use wcc_document::model::{Block, Fact, Notice, NoticeKind, Text};

/// Indentation of a level of a list, in twentieths of a point.
pub(super) const INDENT: usize = 397;

/// How an item of a list begins.
enum Marker<'a> {
    /// A bullet or a number of a list that the word processor keeps.
    Numbering(usize),
    /// A marker of its own.
    Text(&'a str),
}

impl Writer<'_> {
    /// Blocks; inside a list they have its depth.
    pub(super) fn blocks(&self, blocks: &[Block], depth: usize) -> Markup {
        html! { @for block in blocks { (self.block(block, depth)) } }
    }

    fn block(&self, block: &Block, depth: usize) -> Markup {
        match block {
            Block::Paragraph(text) if depth > 0 => self.item_paragraph(text, depth, None),
            Block::Paragraph(text) => self.paragraph("Normal", text),
            Block::List {
                ordered,
                markers,
                items,
            } => self.list(*ordered, markers, items, depth),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Marks(grid) => self.marks(grid),
            Block::Chart(chart) => self.chart(chart),
            Block::Notice(notice) => self.notice(notice),
            Block::Nothing(text) => self.paragraph("Nothing", text),
        }
    }

    fn list(
        &self,
        ordered: bool,
        markers: &[String],
        items: &[Vec<Block>],
        depth: usize,
    ) -> Markup {
        let number = if ordered && markers.is_empty() {
            self.lists.set(self.lists.get() + 1);
            // The first is the one of bullets.
            self.lists.get() + 1
        } else {
            1
        };
        html! {
            @for (at, item) in items.iter().enumerate() {
                @let marker = markers.get(at).map_or(Marker::Numbering(number), |own| Marker::Text(own));
                @match item.split_first() {
                    Some((Block::Paragraph(text), rest)) => {
                        (self.item_paragraph(text, depth + 1, Some(marker)))
                        (self.blocks(rest, depth + 1))
                    },
                    _ => {
                        (self.item_paragraph(&Text::default(), depth + 1, Some(marker)))
                        (self.blocks(item, depth + 1))
                    },
                }
            }
        }
    }

    /// A paragraph of an item; the first one has its marker.
    fn item_paragraph(&self, text: &Text, depth: usize, marker: Option<Marker<'_>>) -> Markup {
        let left = INDENT * depth;
        html! {
            w:p {
                w:pPr {
                    w:pStyle w:val="ListParagraph" {}
                    @if let Some(Marker::Numbering(number)) = marker {
                        w:numPr {
                            w:ilvl w:val=(depth.saturating_sub(1).min(8)) {}
                            w:numId w:val=(number) {}
                        }
                    }
                    @if let Some(Marker::Text(_)) = marker {
                        w:tabs { w:tab w:val="left" w:pos=(left) {} }
                    }
                    (paragraph::direction(&text.to_plain()))
                    @match marker {
                        Some(Marker::Text(_)) => w:ind w:left=(left) w:hanging=(INDENT) {},
                        Some(Marker::Numbering(_)) => {},
                        None => w:ind w:left=(left) {},
                    }
                }
                @if let Some(Marker::Text(own)) = marker {
                    (paragraph::runs(own, &html! { w:rStyle w:val="Marker" {} }))
                    w:r { w:tab {} }
                }
                (self.text(text))
            }
        }
    }

    pub(super) fn notice(&self, notice: &Notice) -> Markup {
        let style = match notice.kind {
            NoticeKind::Illustrative | NoticeKind::NotChecked => "NoticeCaution",
            NoticeKind::Use | NoticeKind::Note => "Notice",
        };
        self.paragraph(style, &notice.text)
    }

    /// What the shapes mean.
    pub(super) fn legend(&self) -> Markup {
        let entries = self.document.legend.iter().map(words::legend_entry);
        let entries: Vec<String> = entries.collect();
        html! {
            (self.line("ContentsTitle", words::LEGEND))
            (self.line("Key", &entries.join("    ")))
        }
    }

    /// Names with their values, as a table whose first column names its rows.
    pub(super) fn facts(&self, facts: &[Fact]) -> Markup {
        let name = self.width() * 3 / 10;
        let value = self.width() - name;
        html! {
            @if !facts.is_empty() {
                w:tbl {
                    (self.table_properties(None, false))
                    w:tblGrid { w:gridCol w:w=(name) {} w:gridCol w:w=(value) {} }
                    @for fact in facts {
                        w:tr {
                            w:trPr { w:cantSplit {} }
                            w:tc {
                                w:tcPr { w:tcW w:w=(name) w:type="dxa" {} }
                                (self.line("TableQuiet", &fact.name))
                            }
                            w:tc {
                                w:tcPr { w:tcW w:w=(value) w:type="dxa" {} }
                                (self.cell_paragraph("TableText", &fact.value, fact.tone, None))
                            }
                        }
                    }
                }
                (self.line("AfterTable", ""))
            }
        }
    }
}
