//! Counts tokens and open brackets before the query is parsed.

use super::{Limits, Refusal};

/// Counts the tokens of a query. Rejects it, without reading further, once it has too many tokens
/// or too many brackets open at once.
pub(crate) fn scan(query: &str, limits: &Limits) -> Result<u32, Refusal> {
    let bytes = query.as_bytes();
    let mut at = 0;
    let mut tokens = 0_u32;
    let mut open = 0_u32;
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let (length, is_token) = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => (1, false),
            b'#' => (
                length_while(rest, |byte| byte != b'\n' && byte != b'\r'),
                false,
            ),
            b'"' => (string_length(rest), true),
            b'.' => (length_while(rest, |byte| byte == b'.').min(3), true),
            b'{' | b'(' | b'[' => {
                open += 1;
                (1, true)
            }
            b'}' | b')' | b']' => {
                open = open.saturating_sub(1);
                (1, true)
            }
            b'0'..=b'9' | b'-' => (
                length_while(rest, |byte| is_word(byte) || byte == b'.'),
                true,
            ),
            byte if is_word(*byte) => (length_while(rest, is_word), true),
            // Punctuation, and characters that the parser will reject.
            _ => (1, true),
        };
        at += length.max(1);
        tokens += u32::from(is_token);
        if tokens > limits.tokens {
            return Err(Refusal::Tokens(limits.tokens));
        }
        if open > limits.nesting {
            return Err(Refusal::Nesting(limits.nesting));
        }
    }
    Ok(tokens)
}

/// The bytes of names, and of numbers with their signs and exponents.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-') || byte >= 0x80
}

fn length_while(bytes: &[u8], matches_byte: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| matches_byte(**byte)).count()
}

/// Length of the string that starts here; if it is not terminated, the length up to where it breaks
/// off.
pub(crate) fn string_length(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\"\"\"") {
        let mut at = 3;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with(b"\\\"\"\"") {
                at += 4;
            } else if rest.starts_with(b"\"\"\"") {
                return at + 3;
            } else {
                at += 1;
            }
        }
        return at;
    }
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(query: &str) -> Result<u32, Refusal> {
        scan(query, &Limits::default())
    }

    #[test]
    fn tokens_are_counted_as_the_specification_defines_them() {
        assert_eq!(tokens("{ a }"), Ok(3));
        assert_eq!(
            tokens("{ a(b: \"x { y \\\" z\", c: -1.5e3) ...F } # { {{"),
            Ok(13)
        );
        assert_eq!(tokens("{ a(b: \"\"\"x \" { \\\"\"\" y\"\"\") }"), Ok(8));
        assert_eq!(tokens(""), Ok(0));
        assert_eq!(tokens("\"open"), Ok(1));
        assert_eq!(tokens("\"\\"), Ok(1));
    }

    #[test]
    fn too_many_tokens_or_brackets_are_rejected() {
        assert_eq!(tokens(&"a ".repeat(2_001)), Err(Refusal::Tokens(2_000)));
        assert_eq!(tokens(&"{".repeat(61)), Err(Refusal::Nesting(60)));
        assert!(tokens(&"{}".repeat(999)).is_ok());
    }
}
