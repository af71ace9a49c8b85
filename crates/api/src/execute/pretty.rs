//! Formats JSON for people, with the same values in the same order and an indentation of two
//! spaces.

/// Formats valid JSON.
pub(crate) fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut level = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        if in_string {
            out.push(character);
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match character {
            '{' | '[' => {
                out.push(character);
                if let Some(close @ ('}' | ']')) = characters.peek().copied() {
                    characters.next();
                    out.push(close);
                } else {
                    level += 1;
                    new_line(level, &mut out);
                }
            }
            '}' | ']' => {
                level = level.saturating_sub(1);
                new_line(level, &mut out);
                out.push(character);
            }
            ',' => {
                out.push(',');
                new_line(level, &mut out);
            }
            ':' => out.push_str(": "),
            character if character.is_whitespace() => {}
            character => {
                in_string = character == '"';
                out.push(character);
            }
        }
    }
    out
}

fn new_line(level: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", level));
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn output_equals_that_of_serde() {
        let value = serde_json::json!({
            "a": [1, -2.5, true, null, "x,{}:\\\" y"], "b": {}, "c": [], "d": {"e": [[{"f": 1}]]},
        });
        let expected = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(pretty(&value.to_string()), expected);
        assert_eq!(pretty(&expected), expected);
    }
}
