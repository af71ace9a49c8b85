//! Paragraphs, lists, facts and notices.

use super::{Page, shapes, tone};
use crate::words;
use maud::{Markup, html};
use wcc_document::model::{Block, Fact, Notice, NoticeKind};

impl Page<'_> {
    pub(super) fn blocks(&self, blocks: &[Block]) -> Markup {
        html! { @for block in blocks { (self.block(block)) } }
    }

    fn block(&self, block: &Block) -> Markup {
        match block {
            Block::Paragraph(text) => html! { p dir="auto" { (self.text(text)) } },
            Block::List {
                ordered,
                markers,
                items,
            } => self.list(*ordered, markers, items),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Marks(grid) => self.marks(grid),
            Block::Chart(chart) => self.chart(chart),
            Block::Notice(notice) => self.notice(notice),
            Block::Nothing(text) => html! { p.nothing dir="auto" { (self.text(text)) } },
        }
    }

    /// A list. Markers of its own are text, because a style sheet cannot know them.
    fn list(&self, ordered: bool, markers: &[String], items: &[Vec<Block>]) -> Markup {
        let entries = html! {
            @for (at, item) in items.iter().enumerate() {
                li dir="auto" {
                    @if let Some(marker) = markers.get(at) { span.marker { (marker) " " } }
                    (self.item(item))
                }
            }
        };
        match (markers.is_empty(), ordered) {
            // Without its bullets a list has no role in some browsers.
            (false, _) => html! { ol.marked role="list" { (entries) } },
            (true, true) => html! { ol { (entries) } },
            (true, false) => html! { ul { (entries) } },
        }
    }

    /// The content of an item; a single paragraph is not made a paragraph.
    fn item(&self, blocks: &[Block]) -> Markup {
        match blocks.split_first() {
            Some((Block::Paragraph(text), rest)) => html! {
                div.first { (self.text(text)) }
                (self.blocks(rest))
            },
            _ => self.blocks(blocks),
        }
    }

    pub(super) fn facts(&self, facts: &[Fact]) -> Markup {
        html! {
            @if !facts.is_empty() {
                dl.facts {
                    @for fact in facts {
                        div {
                            dt dir="auto" { (fact.name) }
                            dd class=(tone(fact.tone)) dir="auto" { (self.text(&fact.value)) }
                        }
                    }
                }
            }
        }
    }

    pub(super) fn notice(&self, notice: &Notice) -> Markup {
        let class = match notice.kind {
            NoticeKind::Illustrative => "illustrative",
            NoticeKind::NotChecked => "not-checked",
            NoticeKind::Use => "use",
            NoticeKind::Note => "remark",
        };
        html! {
            div.notice.(class) {
                (shapes::notice(notice.kind, words::notice(notice.kind)))
                p dir="auto" { (self.text(&notice.text)) }
            }
        }
    }
}
