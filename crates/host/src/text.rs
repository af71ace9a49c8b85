//! Checks and cleans text from outside before people see it.
//!
//! Plugins' texts reach terminals, logs and pages, so all of their characters must be visible and
//! must not move other text. Accents, and letters of every script in either direction, are allowed.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The maximum number of combining marks on one letter. Vietnamese needs two, pointed Hebrew and
/// Arabic up to four.
const MAX_MARKS: usize = 4;

/// Returns whether a text can be shown anywhere.
pub(crate) fn is_plain(text: &str) -> bool {
    fault_in(text).is_none()
}

/// Describes the first character that may not be shown: "a control character (U+001B)".
pub(crate) fn fault_in(text: &str) -> Option<String> {
    // Fast path: nearly all text is printable ASCII.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return None;
    }
    let mut marks = Marks::default();
    text.chars().find_map(|character| {
        let what = match Kind::of(character) {
            Kind::Control => "a control character",
            Kind::Invisible => "an invisible or direction-changing character",
            Kind::Mark | Kind::Visible if marks.count(character) => return None,
            Kind::Mark | Kind::Visible => "too many combining marks on one letter",
        };
        Some(format!("{what} (U+{:04X})", u32::from(character)))
    })
}

/// Cleans outside text for an error message: at most 80 characters, all of them plain.
pub(crate) fn shown(text: &str) -> String {
    shown_up_to(text, 80)
}

/// Cleans outside text and shortens it to at most `max` characters.
pub(crate) fn shown_up_to(text: &str, max: usize) -> String {
    let mut marks = Marks::default();
    let plain = |character: &char| {
        matches!(Kind::of(*character), Kind::Mark | Kind::Visible) && marks.count(*character)
    };
    text.chars().filter(plain).take(max).collect()
}

/// The combining marks since the last letter.
#[derive(Default)]
struct Marks(usize);

impl Marks {
    /// Counts a character, and returns whether the letter has at most [`MAX_MARKS`] marks.
    fn count(&mut self, character: char) -> bool {
        self.0 = match Kind::of(character) {
            Kind::Mark => self.0 + 1,
            _ => 0,
        };
        self.0 <= MAX_MARKS
    }
}

#[derive(PartialEq, Eq)]
enum Kind {
    /// Moves the cursor, ends a line, or has no meaning.
    Control,
    /// Takes no space, or changes the direction of the text around it.
    Invisible,
    /// Is written on the letter before it.
    Mark,
    /// Everything else.
    Visible,
}

impl Kind {
    fn of(character: char) -> Kind {
        if (' '..='~').contains(&character) {
            return Kind::Visible;
        }
        match character {
            // Letters and marks by category that are in fact invisible: Hangul fillers, Khmer
            // inherent vowels, the combining grapheme joiner, variation selectors, the blank
            // Braille pattern.
            '\u{115f}'
            | '\u{1160}'
            | '\u{3164}'
            | '\u{ffa0}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{34f}'
            | '\u{180b}'..='\u{180f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0100}'..='\u{e01ef}'
            | '\u{2800}' => return Kind::Invisible,
            _ => {}
        }
        match character.general_category() {
            GeneralCategory::Control
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned => Kind::Control,
            GeneralCategory::Format => Kind::Invisible,
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark => Kind::Mark,
            _ => Kind::Visible,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_every_script_is_plain() {
        for text in [
            "Life expectancy, +0.4% a year",
            "Hôpital de Besançon, Łódź, Ελλάδα, Здоровье",
            "Vie\u{302}\u{323}t Nam",
            "בריאות הציבור",
            "\u{5d1}\u{5bc}\u{5b0}\u{5bf}",
            "الصحة العامة",
            "स्वास्थ्य",
            "健康 “quoted” – £12 ≥ ½ 🏥",
        ] {
            assert_eq!(fault_in(text), None, "{text}");
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn invisible_and_moving_characters_are_not_plain() {
        for hidden in [
            '\u{0}',
            '\n',
            '\t',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2028}',
            '\u{2029}',
            '\u{2060}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{e000}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffff}',
            '\u{e0041}',
            '\u{e0100}',
        ] {
            let text = format!("one{hidden}two");
            assert!(!is_plain(&text), "U+{:04X}", u32::from(hidden));
            assert_eq!(shown(&text), "onetwo");
        }
    }

    #[test]
    fn marks_do_not_stack() {
        let tower = format!("e{}", "\u{301}".repeat(1_990));
        assert_eq!(
            fault_in(&tower).as_deref(),
            Some("too many combining marks on one letter (U+0301)")
        );
        assert_eq!(shown(&tower), format!("e{}", "\u{301}".repeat(4)));
    }
}
