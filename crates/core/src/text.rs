//! Which characters a text may contain, and how to display invisible ones.
//!
//! The same rules apply to files and to the API.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// The use of a text, which determines the characters it may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// A code, an identifier, a number, a date or a list of these. Spaces are the only invisible
    /// characters allowed.
    Code,
    /// One line, such as a title or a source. Tabs are allowed, line breaks are not.
    Line,
    /// Longer text, such as a rationale or a reason. Tabs and line feeds are allowed.
    Prose,
}

/// A text contains a character that its kind does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextError {
    /// The first such character.
    pub character: char,
    /// The position of the character, in bytes from the start.
    pub offset: usize,
}

impl TextKind {
    /// Whether a text of this kind may contain the character.
    pub fn allows(self, character: char) -> bool {
        match (self, character) {
            (TextKind::Prose, '\n') | (TextKind::Prose | TextKind::Line, '\t') => true,
            (TextKind::Line, '\u{2028}' | '\u{2029}') => false,
            (TextKind::Code, _) => !character.is_control() && !is_invisible(character),
            _ => !character.is_control() && !turns_direction(character),
        }
    }

    /// Checks every character of a text.
    ///
    /// # Errors
    ///
    /// The first character that is not allowed.
    pub fn check(self, text: &str) -> Result<(), TextError> {
        let mut characters = text.char_indices();
        match characters.find(|(_, character)| !self.allows(*character)) {
            None => Ok(()),
            Some((offset, character)) => Err(TextError { character, offset }),
        }
    }

    /// The text without the characters that are not allowed.
    pub fn strip(self, text: &str) -> String {
        text.chars()
            .filter(|character| self.allows(*character))
            .collect()
    }
}

impl std::error::Error for TextError {}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let character = self.character;
        match character {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => f.write_str("a line break")?,
            _ if character.is_control() => f.write_str("a control character")?,
            _ if turns_direction(character) => {
                f.write_str("a character that changes the direction of the text")?;
            }
            _ => f.write_str("an invisible character")?,
        }
        write!(f, ", {}", code_point(character))?;
        match name_of(character) {
            Some(name) => write!(f, " ({name})"),
            None => Ok(()),
        }
    }
}

/// The code point of a character, such as `U+200B`.
pub fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// Whether a character takes up no space when displayed, or changes how its neighbours are
/// displayed. Control characters and spaces do not count.
pub fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether a character changes the direction of the text that follows, so that the text may be
/// displayed in a different order.
pub fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text displays nothing: white space and invisible characters only.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_whitespace() || is_invisible(character))
}

/// The text for a message, with every invisible character written as its code point: `<U+200B>`.
pub fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |character: char| {
        character.is_control()
            || is_invisible(character)
            || character != ' ' && character.is_whitespace()
    };
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if hidden(character) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "<{}>", code_point(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// The names of the characters that most often get into files by accident.
fn name_of(character: char) -> Option<&'static str> {
    let name = match character {
        '\0' => "null",
        '\u{7}' => "bell",
        '\u{8}' => "backspace",
        '\t' => "tab",
        '\n' => "line feed",
        '\u{B}' => "vertical tab",
        '\u{C}' => "form feed",
        '\r' => "carriage return",
        '\u{1A}' => "end of file",
        '\u{1B}' => "escape",
        '\u{7F}' => "delete",
        '\u{85}' => "next line",
        '\u{AD}' => "soft hyphen",
        '\u{200B}' => "zero width space",
        '\u{200C}' => "zero width non-joiner",
        '\u{200D}' => "zero width joiner",
        '\u{200E}' => "left-to-right mark",
        '\u{200F}' => "right-to-left mark",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{202A}' => "left-to-right embedding",
        '\u{202B}' => "right-to-left embedding",
        '\u{202C}' => "pop directional formatting",
        '\u{202D}' => "left-to-right override",
        '\u{202E}' => "right-to-left override",
        '\u{2060}' => "word joiner",
        '\u{FEFF}' => "byte order mark",
        _ => return None,
    };
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::{TextKind, is_blank, visible};

    #[test]
    fn each_kind_allows_what_it_should() {
        let cases = [
            ("5KF", "", "", ""),
            ("e\u{301}", "", "", ""),
            ("a\tb", "a control character, U+0009 (tab)", "", ""),
            (
                "a\nb",
                "a line break, U+000A (line feed)",
                "a line break, U+000A (line feed)",
                "",
            ),
            (
                "a\rb",
                "a line break, U+000D (carriage return)",
                "a line break, U+000D (carriage return)",
                "a line break, U+000D (carriage return)",
            ),
            (
                "\u{7}",
                "a control character, U+0007 (bell)",
                "a control character, U+0007 (bell)",
                "a control character, U+0007 (bell)",
            ),
            (
                "5KF\u{200B}",
                "an invisible character, U+200B (zero width space)",
                "",
                "",
            ),
            (
                "\u{202E}",
                "a character that changes the direction of the text, U+202E (right-to-left override)",
                "a character that changes the direction of the text, U+202E (right-to-left override)",
                "a character that changes the direction of the text, U+202E (right-to-left override)",
            ),
        ];
        let message_of = |kind: TextKind, text| {
            kind.check(text)
                .map_or_else(|error| error.to_string(), |()| String::new())
        };
        for (text, code, line, prose) in cases {
            assert_eq!(message_of(TextKind::Code, text), code, "{text:?}");
            assert_eq!(message_of(TextKind::Line, text), line, "{text:?}");
            assert_eq!(message_of(TextKind::Prose, text), prose, "{text:?}");
        }
    }

    #[test]
    fn invisible_characters_are_shown() {
        assert_eq!(visible("5KF"), "5KF");
        assert_eq!(visible("5KF\u{200B}"), "5KF<U+200B>");
        assert_eq!(visible("a\u{A0}b\n"), "a<U+00A0>b<U+000A>");
        assert!(is_blank(" \t\u{A0}\u{FEFF}\u{200B}"));
        assert!(!is_blank("\u{200B}x"));
    }
}
