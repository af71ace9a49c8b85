//! Text for terminals: nothing lost, nothing too wide, nothing that a terminal would obey.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "samples/read.rs"]
mod read;
#[path = "samples/texts.rs"]
mod texts;

use read::sample;
use textwrap::core::display_width;

#[test]
fn every_text_is_in_the_text() {
    for name in read::NAMES {
        let document = sample(name);
        // So wide that nothing is wrapped.
        let text = wcc_render::text(&document, 10_000);
        for expected in texts::texts(&document) {
            assert!(
                text.contains(expected.trim_end()),
                "{name} lacks {expected:?}"
            );
        }
    }
}

#[test]
fn no_line_is_wider_than_asked() {
    for name in read::NAMES {
        for width in [60, 80, 100, 140] {
            let text = wcc_render::text(&sample(name), width);
            for line in text.lines() {
                assert!(display_width(line) <= width, "{name} at {width}: {line:?}");
                assert_eq!(line, line.trim_end(), "{name} at {width}");
            }
        }
    }
}

/// Words of a wrapped text are in their order, whatever the width: at 40 columns wide tables are
/// printed as one row after the other.
#[test]
fn a_narrow_terminal_loses_no_word() {
    for name in read::NAMES {
        let document = sample(name);
        let text = wcc_render::text(&document, 40);
        for expected in texts::texts(&document) {
            // Longer ones, and those with signs, may be broken.
            let whole =
                |word: &&str| word.chars().count() < 12 && word.chars().all(char::is_alphanumeric);
            let short = expected.split_whitespace().filter(whole);
            for word in short {
                assert!(text.contains(word), "{name} lacks {word:?} of {expected:?}");
            }
        }
    }
}

#[test]
fn marks_stand_in_the_columns_of_their_steps() {
    let text = wcc_render::text(&sample("everything"), 100);
    let row = text
        .lines()
        .find(|line| line.contains("1a  Reputation"))
        .expect("the row");
    let head = text
        .lines()
        .rfind(|line| line.starts_with("Measure ") && line.contains('4'));
    let head = head.expect("the head");
    let place = |line: &str, sign: char| line.chars().position(|one| one == sign).expect("a sign");
    assert_eq!(
        place(row, '●').abs_diff(place(head, '2')),
        0,
        "{head}\n{row}"
    );
    assert!(
        place(row, '✓').abs_diff(place(head, '3')) <= 1,
        "{head}\n{row}"
    );
    assert!(text.contains("✓°"), "a result of a rule");
    assert!(text.contains("* inferred") && text.contains("† departs from the group"));
}

#[test]
fn a_terminal_gets_no_commands() {
    let mut document = sample("empty");
    document.subject = "red \u{1b}[31m\u{7}".to_owned();
    let text = wcc_render::text(&document, 80);
    assert!(text.contains("red [31m"), "{text:?}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
}
