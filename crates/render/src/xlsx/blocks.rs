//! Paragraphs, lists, facts and notices.

use super::sheet::{Look, Sheet};
use super::{Result, Writer};
use wcc_document::model::{Block, Fact, Text};

impl Writer<'_> {
    /// Blocks; inside a list they have its depth.
    pub(super) fn blocks(&self, sheet: &mut Sheet<'_>, blocks: &[Block], depth: u8) -> Result<()> {
        for block in blocks {
            self.block(sheet, block, depth)?;
        }
        Ok(())
    }

    fn block(&self, sheet: &mut Sheet<'_>, block: &Block, depth: u8) -> Result<()> {
        match block {
            Block::Paragraph(text) => sheet.paragraph(text, Look::Plain, depth, None),
            Block::List {
                ordered,
                markers,
                items,
            } => self.list(sheet, *ordered, markers, items, depth),
            Block::Facts(facts) => self.facts(sheet, facts),
            Block::Table(table) => self.table(sheet, table),
            Block::Marks(grid) => self.marks(sheet, grid),
            Block::Chart(chart) => self.chart(sheet, chart),
            Block::Notice(notice) => sheet.paragraph(&notice.text, Look::Notice, 0, None),
            Block::Nothing(text) => sheet.paragraph(text, Look::Nothing, depth, None),
        }
    }

    fn list(
        &self,
        sheet: &mut Sheet<'_>,
        ordered: bool,
        markers: &[String],
        items: &[Vec<Block>],
        depth: u8,
    ) -> Result<()> {
        let inner = depth.saturating_add(1);
        for (at, item) in items.iter().enumerate() {
            let marker = match markers.get(at) {
                Some(own) => own.clone(),
                None if ordered => format!("{}.", at + 1),
                None => "•".to_owned(),
            };
            match item.split_first() {
                Some((Block::Paragraph(text), rest)) => {
                    sheet.paragraph(text, Look::Plain, inner, Some(&marker))?;
                    self.blocks(sheet, rest, inner)?;
                }
                _ => {
                    sheet.paragraph(&Text::default(), Look::Plain, inner, Some(&marker))?;
                    self.blocks(sheet, item, inner)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn facts(&self, sheet: &mut Sheet<'_>, facts: &[Fact]) -> Result<()> {
        for fact in facts {
            sheet.fact(&fact.name, &fact.value.to_plain(), fact.tone)?;
        }
        sheet.row += 1;
        Ok(())
    }
}
