//! The text of a query before the parser sees it: what the parser would get wrong.
//!
//! The parser keeps the last of two fields of an input object with one name and knows only one of
//! the forms in which a string can escape a character. Both are put right here, in one pass.

use super::answer::RequestError;
use std::borrow::Cow;
use std::fmt::Write as _;

/// A query that the parser can read: string escapes in a form that it knows.
///
/// # Errors
/// An input object that gives a field twice, or an escape that is no character.
pub(crate) fn readable(text: &str) -> Result<Cow<'_, str>, RequestError> {
    let mut reader = Reader {
        text,
        at: 0,
        open: Vec::new(),
        name: None,
    };
    let mut written: Option<String> = None;
    let mut copied = 0;
    while let Some(token) = reader.next() {
        match token {
            Token::String { from, until } => {
                let string = text.get(from..until).unwrap_or_default();
                if string.contains("\\u") && !string.starts_with("\"\"\"") {
                    let read = unescape(string).map_err(|wrong| at(text, from, wrong))?;
                    let out = written.get_or_insert_default();
                    out.push_str(text.get(copied..from).unwrap_or_default());
                    out.push_str(&read);
                    copied = until;
                }
            }
            Token::Twice { name, at: place } => {
                let shown: String = name.chars().take(60).collect();
                return Err(RequestError {
                    code: "GRAPHQL_VALIDATION_FAILED",
                    ..at(
                        text,
                        place,
                        format!("the input object gives `{shown}` twice"),
                    )
                });
            }
        }
    }
    Ok(match written {
        Some(mut out) => {
            out.push_str(text.get(copied..).unwrap_or_default());
            Cow::Owned(out)
        }
        None => Cow::Borrowed(text),
    })
}

fn at(text: &str, place: usize, message: impl Into<String>) -> RequestError {
    let before = text.get(..place).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let in_line = before.rsplit('\n').next().unwrap_or_default();
    RequestError {
        message: message.into(),
        code: "GRAPHQL_PARSE_FAILED",
        positions: vec![(line, in_line.chars().count() + 1)],
    }
}

/// What matters of a query's tokens.
enum Token<'t> {
    /// A string with its quotation marks.
    String { from: usize, until: usize },
    /// The second field of a name in one input object.
    Twice { name: &'t str, at: usize },
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

/// Walks over a query, which need not be valid.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    open: Vec<Open<'t>>,
    /// The name that was read last, if nothing came behind it yet.
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
                    // The name of a variable is no name of a field.
                    let variable = from > 0 && bytes.get(from - 1) == Some(&b'$');
                    self.name = (!variable).then_some((name, from));
                }
                byte => {
                    self.at += 1;
                    if let Some(twice) = self.punctuation(*byte) {
                        return Some(twice);
                    }
                }
            }
        }
    }

    fn punctuation(&mut self, byte: u8) -> Option<Token<'t>> {
        let name = self.name.take();
        match byte {
            b'(' => self.open.push(Open::Arguments),
            // Within arguments no bracket opens a selection.
            b'{' if self.in_arguments() => self.open.push(Open::Object(Vec::new())),
            b'{' | b'[' => self.open.push(Open::Other),
            b')' | b'}' | b']' => drop(self.open.pop()),
            b':' => {
                if let (Some(Open::Object(names)), Some((name, at))) = (self.open.last_mut(), name)
                {
                    if names.contains(&name) {
                        return Some(Token::Twice { name, at });
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

/// Writes the escapes of a string so that the parser knows them.
fn unescape(string: &str) -> Result<String, String> {
    let mut out = String::with_capacity(string.len());
    let mut rest = string;
    while let Some(place) = rest.find('\\') {
        let (before, escape) = rest.split_at(place);
        out.push_str(before);
        let Some(digits) = escape.strip_prefix("\\u") else {
            // The next character, whatever it is, belongs to the backslash.
            let length = 1 + escape.chars().nth(1).map_or(0, char::len_utf8);
            let (pair, behind) = escape.split_at(length);
            out.push_str(pair);
            rest = behind;
            continue;
        };
        let (character, behind) = character(digits)?;
        match u32::from(character) {
            code @ 0..0x80 => drop(write!(out, "\\u{code:04x}")),
            _ => out.push(character),
        }
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// The character behind `\u`, and what follows it.
fn character(text: &str) -> Result<(char, &str), String> {
    if let Some(braced) = text.strip_prefix('{') {
        let wrong = || {
            let shown: String = text.chars().take(12).collect();
            format!(
                "syntax error: `\\u{shown}` is not a character: expected `\\u{{...}}` with the \
                 hexadecimal number of a Unicode character, such as `\\u{{1F600}}`"
            )
        };
        let (digits, behind) = braced.split_once('}').ok_or_else(wrong)?;
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        // Leading noughts may be as many as somebody likes.
        let digits = digits.trim_start_matches('0');
        let code = match digits {
            "" if plain => Some(0),
            digits if plain && digits.len() <= 6 => u32::from_str_radix(digits, 16).ok(),
            _ => None,
        };
        return match code.map(|code| (code, char::from_u32(code))) {
            Some((_, Some(character))) => Ok((character, behind)),
            Some((code @ 0xd800..=0xdfff, None)) => Err(half_of_a_pair(code)),
            _ => Err(wrong()),
        };
    }
    let wrong = "syntax error: `\\u` needs four hexadecimal digits, or `\\u{...}` with the number \
                 of a character";
    let (code, behind) = four(text).ok_or(wrong)?;
    match code {
        0xd800..=0xdbff => {
            let low = behind.strip_prefix("\\u").and_then(four);
            let Some((low @ 0xdc00..=0xdfff, behind)) = low else {
                return Err(half_of_a_pair(code));
            };
            let code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            let character = char::from_u32(code).ok_or(wrong)?;
            Ok((character, behind))
        }
        _ => match char::from_u32(code) {
            Some(character) => Ok((character, behind)),
            None => Err(half_of_a_pair(code)),
        },
    }
}

fn four(text: &str) -> Option<(u32, &str)> {
    let digits = text.get(..4)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| plain)?;
    Some((code, text.get(4..)?))
}

fn half_of_a_pair(code: u32) -> String {
    format!("syntax error: {}", surrogate_in_words(code))
}

/// What to say of half of a surrogate pair.
fn surrogate_in_words(code: u32) -> String {
    format!(
        "`\\u{code:04x}` is half of a surrogate pair and no character: write both halves, such as \
         `\\ud83d\\ude00`, or the character itself"
    )
}

/// What to say of JSON that the reader of JSON refuses for an escape that is no character; `None`
/// if that is not the reason.
pub(crate) fn surrogate_in_json(json: &str) -> Option<String> {
    let mut rest = json;
    while let Some(place) = rest.find('\\') {
        let escape = rest.get(place + 1..)?;
        let behind = escape.get(escape.chars().next().map_or(0, char::len_utf8)..)?;
        rest = behind;
        if !escape.starts_with('u') {
            continue;
        }
        match four(behind) {
            Some((high @ 0xd800..=0xdbff, after)) => {
                match after.strip_prefix("\\u").and_then(four) {
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

    fn read(text: &str) -> String {
        match readable(text) {
            Ok(read) => read.into_owned(),
            Err(error) => panic!("{text}: {error:?}"),
        }
    }

    #[test]
    fn every_form_of_an_escape_is_read() {
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
            assert_eq!(read(written), expected, "{written}");
        }
    }

    #[test]
    fn what_is_no_character_is_refused_with_its_place() {
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
            let error = readable(written).unwrap_err();
            assert!(error.message.contains(part), "{written}: {error:?}");
            assert_eq!(error.positions, [(1, 8)], "{written}");
        }
    }

    #[test]
    fn a_field_that_an_input_object_gives_twice_is_found() {
        for twice in [
            "{ a(b: { c: 1, c: 2 }) }",
            "{ a(b: { c: 1, d: { e: 1 }, c: { e: 1 } }) }",
            "{ a(b: [{ c: 1 }, { c: $c, c: D }]) }",
            "query($v: In = { c: 1 c: 2 }) { a }",
            "{ a @d(b: { c: \"}\" c: 2 }) }",
        ] {
            let error = readable(twice).unwrap_err();
            assert!(error.message.contains("gives `c` twice"), "{error:?}");
            assert_eq!(error.code, "GRAPHQL_VALIDATION_FAILED");
        }
        for once in [
            "{ c: a c: a }",
            "{ a(b: { c: 1, d: { c: 2 } }) { c: x c: y } }",
            "{ a(b: [{ c: 1 }, { c: 2 }], e: { c: c }) }",
            "query($c: In = { c: $c }, $d: D) { c: a(d: { c: $c, d: $d }) }",
            "{ a(b: { c: \"c: 1, c: 2\" }) } # { c: 1 c: 2",
        ] {
            assert_eq!(read(once), once);
        }
    }

    #[test]
    fn half_pairs_in_json_are_told() {
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
