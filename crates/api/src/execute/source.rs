//! Corrects the text of a query before the parser reads it.
//!
//! If an input object gives a field twice, the parser silently keeps the last. It also supports
//! only one form of Unicode escape. This module rejects the first and rewrites the second, in one
//! pass.

use super::answer::RequestError;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Rewrites string escapes into the form that the parser supports.
///
/// # Errors
///
/// An input object gives a field twice, or an escape is not a valid character.
pub(crate) fn normalise_escapes(text: &str) -> Result<Cow<'_, str>, RequestError> {
    let mut reader = Reader {
        text,
        at: 0,
        open: Vec::new(),
        name: None,
    };
    let mut rewritten: Option<String> = None;
    let mut copied = 0;
    while let Some(token) = reader.next() {
        match token {
            Token::String { from, until } => {
                let string = text.get(from..until).unwrap_or_default();
                if string.contains("\\u") && !string.starts_with("\"\"\"") {
                    let unescaped =
                        unescape(string).map_err(|message| error_at(text, from, message))?;
                    let out = rewritten.get_or_insert_default();
                    out.push_str(text.get(copied..from).unwrap_or_default());
                    out.push_str(&unescaped);
                    copied = until;
                }
            }
            Token::Duplicate { name, at: offset } => {
                let shown: String = name.chars().take(60).collect();
                return Err(RequestError {
                    code: "GRAPHQL_VALIDATION_FAILED",
                    ..error_at(
                        text,
                        offset,
                        format!("the input object gives `{shown}` twice"),
                    )
                });
            }
        }
    }
    Ok(match rewritten {
        Some(mut out) => {
            out.push_str(text.get(copied..).unwrap_or_default());
            Cow::Owned(out)
        }
        None => Cow::Borrowed(text),
    })
}

fn error_at(text: &str, offset: usize, message: impl Into<String>) -> RequestError {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let in_line = before.rsplit('\n').next().unwrap_or_default();
    RequestError {
        message: message.into(),
        code: "GRAPHQL_PARSE_FAILED",
        positions: vec![(line, in_line.chars().count() + 1)],
    }
}

/// The tokens of a query that matter here.
enum Token<'t> {
    /// A string, including its quotation marks.
    String { from: usize, until: usize },
    /// The second field with the same name in one input object.
    Duplicate { name: &'t str, at: usize },
}

/// An open bracket.
enum Open<'t> {
    /// Arguments or variable definitions.
    Arguments,
    /// An input object, with the names of its fields so far.
    Object(Vec<&'t str>),
    /// Anything else.
    Other,
}

/// Reads the tokens of a query, which may be invalid.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    open: Vec<Open<'t>>,
    /// The preceding token, if it is a name.
    name: Option<(&'t str, usize)>,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<Token<'t>> {
        let bytes = self.text.as_bytes();
        loop {
            let from = self.at;
            let rest = bytes.get(from..)?;
            match rest.first()? {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => self.at += 1,
                b'#' => {
                    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                    self.at += end.unwrap_or(rest.len());
                }
                b'"' => {
                    self.at += crate::limits::string_length(rest);
                    self.name = None;
                    let until = self.at.min(bytes.len());
                    return Some(Token::String { from, until });
                }
                byte if byte.is_ascii_alphanumeric() || *byte == b'_' => {
                    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
                    let length = rest.iter().take_while(|byte| word(byte)).count();
                    self.at += length;
                    let name = self.text.get(from..self.at).unwrap_or_default();
                    // The name of a variable is not the name of a field.
                    let is_variable = from > 0 && bytes.get(from - 1) == Some(&b'$');
                    self.name = (!is_variable).then_some((name, from));
                }
                byte => {
                    self.at += 1;
                    if let Some(duplicate) = self.punctuation(*byte) {
                        return Some(duplicate);
                    }
                }
            }
        }
    }

    fn punctuation(&mut self, byte: u8) -> Option<Token<'t>> {
        let name = self.name.take();
        match byte {
            b'(' => self.open.push(Open::Arguments),
            // Within arguments, a brace opens an input object rather than a selection.
            b'{' if self.in_arguments() => self.open.push(Open::Object(Vec::new())),
            b'{' | b'[' => self.open.push(Open::Other),
            b')' | b'}' | b']' => drop(self.open.pop()),
            b':' => {
                if let (Some(Open::Object(names)), Some((name, at))) = (self.open.last_mut(), name)
                {
                    if names.contains(&name) {
                        return Some(Token::Duplicate { name, at });
                    }
                    names.push(name);
                }
            }
            _ => {}
        }
        None
    }

    fn in_arguments(&self) -> bool {
        self.open.iter().any(|open| matches!(open, Open::Arguments))
    }
}

/// Rewrites the Unicode escapes of a string.
fn unescape(string: &str) -> Result<String, String> {
    let mut out = String::with_capacity(string.len());
    let mut rest = string;
    while let Some(offset) = rest.find('\\') {
        let (before, escape) = rest.split_at(offset);
        out.push_str(before);
        let Some(digits) = escape.strip_prefix("\\u") else {
            // A backslash escapes the next character, whatever it is.
            let length = 1 + escape.chars().nth(1).map_or(0, char::len_utf8);
            let (pair, remaining) = escape.split_at(length);
            out.push_str(pair);
            rest = remaining;
            continue;
        };
        let (character, remaining) = character(digits)?;
        match u32::from(character) {
            code @ 0..0x80 => drop(write!(out, "\\u{code:04x}")),
            _ => out.push(character),
        }
        rest = remaining;
    }
    out.push_str(rest);
    Ok(out)
}

/// The character after `\u`, and the text that follows.
fn character(text: &str) -> Result<(char, &str), String> {
    if let Some(braced) = text.strip_prefix('{') {
        let message = || {
            let shown: String = text.chars().take(12).collect();
            format!(
                "syntax error: `\\u{shown}` is not a character: expected `\\u{{...}}` with the \
                 hexadecimal number of a Unicode character, such as `\\u{{1F600}}`"
            )
        };
        let (digits, remaining) = braced.split_once('}').ok_or_else(message)?;
        let is_hexadecimal =
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        // Any number of leading zeros is allowed.
        let digits = digits.trim_start_matches('0');
        let code = match digits {
            "" if is_hexadecimal => Some(0),
            digits if is_hexadecimal && digits.len() <= 6 => u32::from_str_radix(digits, 16).ok(),
            _ => None,
        };
        return match code.map(|code| (code, char::from_u32(code))) {
            Some((_, Some(character))) => Ok((character, remaining)),
            Some((code @ 0xd800..=0xdfff, None)) => Err(lone_surrogate(code)),
            _ => Err(message()),
        };
    }
    let message = "syntax error: `\\u` needs four hexadecimal digits, or `\\u{...}` with the number \
                 of a character";
    let (code, remaining) = four_digits(text).ok_or(message)?;
    match code {
        0xd800..=0xdbff => {
            let low = remaining.strip_prefix("\\u").and_then(four_digits);
            let Some((low @ 0xdc00..=0xdfff, remaining)) = low else {
                return Err(lone_surrogate(code));
            };
            let code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            let character = char::from_u32(code).ok_or(message)?;
            Ok((character, remaining))
        }
        _ => match char::from_u32(code) {
            Some(character) => Ok((character, remaining)),
            None => Err(lone_surrogate(code)),
        },
    }
}

fn four_digits(text: &str) -> Option<(u32, &str)> {
    let digits = text.get(..4)?;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16)
        .ok()
        .filter(|_| is_hexadecimal)?;
    Some((code, text.get(4..)?))
}

fn lone_surrogate(code: u32) -> String {
    format!("syntax error: {}", surrogate_in_words(code))
}

/// The message for a lone surrogate.
fn surrogate_in_words(code: u32) -> String {
    format!(
        "`\\u{code:04x}` is half of a surrogate pair, not a character: write both halves, such as \
         `\\ud83d\\ude00`, or the character itself"
    )
}

/// The message for JSON that is rejected because of a lone surrogate; `None` if it has none.
pub(crate) fn surrogate_in_json(json: &str) -> Option<String> {
    let mut rest = json;
    while let Some(offset) = rest.find('\\') {
        let escape = rest.get(offset + 1..)?;
        let remaining = escape.get(escape.chars().next().map_or(0, char::len_utf8)..)?;
        rest = remaining;
        if !escape.starts_with('u') {
            continue;
        }
        match four_digits(remaining) {
            Some((high @ 0xd800..=0xdbff, after)) => {
                match after.strip_prefix("\\u").and_then(four_digits) {
                    Some((0xdc00..=0xdfff, after)) => rest = after,
                    _ => return Some(surrogate_in_words(high)),
                }
            }
            Some((low @ 0xdc00..=0xdfff, _)) => return Some(surrogate_in_words(low)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalise(text: &str) -> String {
        match normalise_escapes(text) {
            Ok(text) => text.into_owned(),
            Err(error) => panic!("{text}: {error:?}"),
        }
    }

    #[test]
    fn every_form_of_escape_is_read() {
        for (written, expected) in [
            (r#"{ a(b: "\ud83d\ude00") }"#, "{ a(b: \"\u{1f600}\") }"),
            (r#"{ a(b: "\u{1F600}x") }"#, "{ a(b: \"\u{1f600}x\") }"),
            (r#"{ a(b: "\u{000000e9}") }"#, "{ a(b: \"\u{e9}\") }"),
            (r#"{ a(b: "\u{22}\u{5C}") }"#, r#"{ a(b: "\u0022\u005c") }"#),
            (r#"{ a(b: "\u{0}") }"#, r#"{ a(b: "\u0000") }"#),
            (
                r#"{ a(b: "\\ud83d \" \n") }"#,
                r#"{ a(b: "\\ud83d \" \n") }"#,
            ),
            (
                r#"{ a(b: """\ud83d""") } # "\ud83d""#,
                r#"{ a(b: """\ud83d""") } # "\ud83d""#,
            ),
        ] {
            assert_eq!(normalise(written), expected, "{written}");
        }
    }

    #[test]
    fn invalid_characters_are_rejected_with_their_position() {
        for (written, part) in [
            (r#"{ a(b: "\ud83d") }"#, "half of a surrogate pair"),
            (r#"{ a(b: "\ud83d\u0041") }"#, "half of a surrogate pair"),
            (r#"{ a(b: "\ude00") }"#, "half of a surrogate pair"),
            (r#"{ a(b: "\u{d83d}") }"#, "half of a surrogate pair"),
            (r#"{ a(b: "\u{110000}") }"#, "is not a character"),
            (r#"{ a(b: "\u{}") }"#, "is not a character"),
            (r#"{ a(b: "\u{1F600") }"#, "is not a character"),
            (r#"{ a(b: "\u12") }"#, "four hexadecimal digits"),
        ] {
            let error = normalise_escapes(written).unwrap_err();
            assert!(error.message.contains(part), "{written}: {error:?}");
            assert_eq!(error.positions, [(1, 8)], "{written}");
        }
    }

    #[test]
    fn duplicate_fields_of_input_objects_are_rejected() {
        for query in [
            "{ a(b: { c: 1, c: 2 }) }",
            "{ a(b: { c: 1, d: { e: 1 }, c: { e: 1 } }) }",
            "{ a(b: [{ c: 1 }, { c: $c, c: D }]) }",
            "query($v: In = { c: 1 c: 2 }) { a }",
            "{ a @d(b: { c: \"}\" c: 2 }) }",
        ] {
            let error = normalise_escapes(query).unwrap_err();
            assert!(error.message.contains("gives `c` twice"), "{error:?}");
            assert_eq!(error.code, "GRAPHQL_VALIDATION_FAILED");
        }
        for query in [
            "{ c: a c: a }",
            "{ a(b: { c: 1, d: { c: 2 } }) { c: x c: y } }",
            "{ a(b: [{ c: 1 }, { c: 2 }], e: { c: c }) }",
            "query($c: In = { c: $c }, $d: D) { c: a(d: { c: $c, d: $d }) }",
            "{ a(b: { c: \"c: 1, c: 2\" }) } # { c: 1 c: 2",
        ] {
            assert_eq!(normalise(query), query);
        }
    }

    #[test]
    fn lone_surrogates_in_json_are_reported() {
        for good in [
            r#""a""#,
            r#""\ud83d\ude00""#,
            r#""\\ud83d""#,
            r#"{"\n":"\u00e9"}"#,
        ] {
            assert_eq!(surrogate_in_json(good), None, "{good}");
        }
        for bad in [
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#"{"a":"\ude00"}"#,
            r#""\ud83d\ud83d""#,
        ] {
            assert!(surrogate_in_json(bad).is_some(), "{bad}");
        }
    }
}
