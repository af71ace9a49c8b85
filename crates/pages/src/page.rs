//! A page: what stands between the header and the footer.

use crate::table::{Order, Table};
use maud::Markup;

/// A link.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) text: String,
    pub(crate) address: String,
}

impl Link {
    pub(crate) fn new(text: impl Into<String>, address: impl Into<String>) -> Link {
        Link {
            text: text.into(),
            address: address.into(),
        }
    }
}

/// A part of a page.
pub(crate) enum Block {
    Markup(Markup),
    /// A table, which can be downloaded too.
    Table(Table),
}

/// What has just been done, and what it was done to or what comes next.
pub(crate) struct Notice {
    pub(crate) words: &'static str,
    pub(crate) details: String,
}

/// A page.
pub(crate) struct Page {
    /// The heading, which is the title of the page too.
    pub(crate) title: String,
    /// What the heading is about: the cycle, or what kind of body it is.
    pub(crate) caption: Option<String>,
    /// The pages above this one, from the top.
    pub(crate) above: Vec<Link>,
    /// The pages beside this one; the one that is shown has this address.
    pub(crate) beside: Vec<Link>,
    /// A sentence about invented figures.
    pub(crate) illustrative: Option<String>,
    /// What has just been done, if that was something else than recording.
    pub(crate) notice: Option<Notice>,
    /// Whether it shows what others do while they do it.
    pub(crate) is_live: bool,
    /// Whether it shows a form again, with what is wrong with it.
    pub(crate) is_refused: bool,
    /// The parts, in order.
    pub(crate) blocks: Vec<Block>,
}

impl Page {
    pub(crate) fn new(title: impl Into<String>) -> Page {
        Page {
            title: title.into(),
            caption: None,
            above: Vec::new(),
            beside: Vec::new(),
            illustrative: None,
            notice: None,
            is_live: false,
            is_refused: false,
            blocks: Vec::new(),
        }
    }

    /// Adds a part.
    pub(crate) fn push(&mut self, markup: Markup) {
        self.blocks.push(Block::Markup(markup));
    }

    /// Adds a table. Whoever has nothing to do in it gets no column for that.
    pub(crate) fn table(&mut self, mut table: Table) {
        table.drop_unused_acts();
        self.blocks.push(Block::Table(table));
    }

    /// Sorts the table that an order is for.
    pub(crate) fn sort(&mut self, order: Option<&Order>) {
        let Some(order) = order else { return };
        for block in &mut self.blocks {
            if let Block::Table(table) = block {
                table.sort(order);
            }
        }
    }

    /// The table of this name.
    pub(crate) fn table_named(&self, name: &str) -> Option<&Table> {
        self.blocks.iter().find_map(|block| match block {
            Block::Table(table) if table.name == name => Some(table),
            _ => None,
        })
    }
}
