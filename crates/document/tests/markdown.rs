//! Markdown becomes paragraphs, lists and emphasis; nothing else survives as markup.

use wcc_document::markdown::{blocks, line};
use wcc_document::model::{Block, Style};

fn plain(blocks: &[Block]) -> String {
    let each = blocks.iter().map(|block| match block {
        Block::Paragraph(text) => text.to_plain(),
        Block::List {
            items,
            ordered,
            markers,
        } => {
            let items: Vec<String> = items.iter().map(|item| plain(item)).collect();
            format!(
                "[{}{}{}]",
                if *ordered { "1 " } else { "" },
                markers.concat(),
                items.join(" | ")
            )
        }
        other => format!("{other:?}"),
    });
    each.collect::<Vec<_>>().join(" / ")
}

#[test]
fn paragraphs_lists_and_emphasis() {
    let text = "First *line*\ncontinued.\n\n- one\n- two\n  - inner\n\n3. third\n4. fourth";
    assert_eq!(
        plain(&blocks(text)),
        "First line continued. / [one | two / [inner]] / [1 3.4.third | fourth]"
    );
    let Some(Block::Paragraph(first)) = blocks(text).into_iter().next() else {
        unreachable!("a paragraph");
    };
    let styles: Vec<Style> = first.0.iter().map(|run| run.style).collect();
    assert_eq!(styles, [Style::Plain, Style::Emphasis, Style::Plain]);
}

#[test]
fn markup_of_other_kinds_becomes_text() {
    let text = "# Heading\n\nA [link](https://example.org) ![picture](x.png) <b>html</b>\n\n> quoted\n\n    code";
    assert_eq!(
        plain(&blocks(text)),
        "Heading / A link picture <b>html</b> / quoted / code"
    );
    assert_eq!(line("one\n\ntwo *three*").to_plain(), "one two three");
}

#[test]
fn lists_that_are_too_deep_lose_no_words() {
    let deep: String = (0..40)
        .map(|depth| format!("{}- item {depth}\n", "  ".repeat(depth)))
        .collect();
    let shown = plain(&blocks(&deep));
    for depth in 0..40 {
        assert!(shown.contains(&format!("item {depth}")), "{depth}: {shown}");
    }
    assert!(shown.matches('[').count() < 10, "{shown}");
}
