//! Markdown of commentary and rationales as blocks: paragraphs, lists and emphasis. Nothing else
//! survives as markup; links become their text.

use crate::model::{Block, Run, Style, Text};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// How deep lists may be in each other; the items of deeper ones become paragraphs.
const MAX_DEPTH: usize = 5;

/// The blocks of a Markdown text.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut builder = Builder::default();
    for event in Parser::new_ext(markdown, Options::empty()) {
        builder.event(event);
    }
    builder.finish()
}

/// The text of a Markdown paragraph in one line, without its blocks.
pub fn line(markdown: &str) -> Text {
    let mut builder = Builder::default();
    for event in Parser::new_ext(markdown, Options::empty()) {
        match event {
            Event::Start(Tag::Paragraph | Tag::List(_) | Tag::Item)
                if !builder.text.0.is_empty() =>
            {
                builder.write(" ");
            }
            Event::Start(_) | Event::End(_) => builder.styles(&event),
            event => builder.inline(event),
        }
    }
    std::mem::take(&mut builder.text)
}

/// A list whose end has not come yet.
struct OpenList {
    first: Option<u64>,
    items: Vec<Vec<Block>>,
}

#[derive(Default)]
struct Builder {
    /// The blocks of the text, and those of each item that is open.
    blocks: Vec<Vec<Block>>,
    done: Vec<Block>,
    lists: Vec<OpenList>,
    /// Lists that are too deep.
    flattened: usize,
    text: Text,
    strong: usize,
    emphasis: usize,
    heading: usize,
    code: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        self.styles(&event);
        match event {
            Event::Start(Tag::List(first)) => {
                self.flush();
                if self.lists.len() == MAX_DEPTH {
                    self.flattened += 1;
                } else {
                    self.lists.push(OpenList {
                        first,
                        items: Vec::new(),
                    });
                }
            }
            Event::End(TagEnd::List(_)) => {
                self.flush();
                if self.flattened > 0 {
                    self.flattened -= 1;
                } else if let Some(list) = self.lists.pop() {
                    self.push(as_block(list));
                }
            }
            Event::Start(Tag::Item) => {
                self.flush();
                if self.flattened == 0 {
                    self.blocks.push(Vec::new());
                }
            }
            Event::End(TagEnd::Item) => {
                self.flush();
                if self.flattened == 0
                    && let (Some(item), Some(list)) = (self.blocks.pop(), self.lists.last_mut())
                {
                    list.items.push(item);
                }
            }
            Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::BlockQuote(_)
                | Tag::CodeBlock(_)
                | Tag::HtmlBlock,
            )
            | Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::BlockQuote(_)
                | TagEnd::CodeBlock
                | TagEnd::HtmlBlock,
            )
            | Event::Rule => self.flush(),
            event => self.inline(event),
        }
    }

    fn styles(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::Strong) => self.strong += 1,
            Event::End(TagEnd::Strong) => self.strong = self.strong.saturating_sub(1),
            Event::Start(Tag::Emphasis) => self.emphasis += 1,
            Event::End(TagEnd::Emphasis) => self.emphasis = self.emphasis.saturating_sub(1),
            Event::Start(Tag::Heading { .. }) => self.heading += 1,
            Event::End(TagEnd::Heading(_)) => {
                self.flush();
                self.heading = self.heading.saturating_sub(1);
            }
            Event::Start(Tag::CodeBlock(_)) => self.code += 1,
            Event::End(TagEnd::CodeBlock) => {
                self.flush();
                self.code = self.code.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn inline(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.write(&text),
            Event::Code(text) => self.push_run(&text, Style::Code),
            Event::SoftBreak | Event::HardBreak => self.write(" "),
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        let style = if self.code > 0 {
            Style::Code
        } else if self.strong > 0 || self.heading > 0 {
            Style::Strong
        } else if self.emphasis > 0 {
            Style::Emphasis
        } else {
            Style::Plain
        };
        self.push_run(text, style);
    }

    /// Adds text, joined to the run before it if the style is the same.
    fn push_run(&mut self, text: &str, style: Style) {
        let added = Text::styled(text, style);
        for run in added.0 {
            match self.text.0.last_mut() {
                Some(last) if last.style == style => last.text.push_str(&run.text),
                _ => self.text.0.push(run),
            }
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() {
            self.push(Block::Paragraph(trimmed(text)));
        }
    }

    fn push(&mut self, block: Block) {
        match self.blocks.last_mut() {
            Some(item) => item.push(block),
            None => self.done.push(block),
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.flush();
        self.done
    }
}

/// A text without white space at its ends.
fn trimmed(mut text: Text) -> Text {
    if let Some(first) = text.0.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = text.0.last_mut() {
        last.text = last.text.trim_end().to_owned();
    }
    text.0.retain(|run: &Run| !run.text.is_empty());
    text
}

fn as_block(list: OpenList) -> Block {
    let count = u64::try_from(list.items.len()).unwrap_or(u64::MAX);
    let markers = match list.first {
        // Renderers count from 1 themselves.
        None | Some(1) => Vec::new(),
        Some(first) => (first..first.saturating_add(count))
            .map(|number| format!("{number}."))
            .collect(),
    };
    Block::List {
        ordered: list.first.is_some(),
        markers,
        items: list.items,
    }
}
