//! How deep the expressions of a policy are nested. Cedar's parser calls itself for each level, so a
//! file that is nested too deep would overflow the stack and end the program.

use crate::files::PolicyFile;
use crate::problem::PolicyProblem;

/// Maximum number of open brackets, and of `if` in one policy: each is a level of calls.
const MAX_LEVELS: usize = 32;

/// The problem of a file with a policy that is nested too deep.
pub(crate) fn too_deep(file: &PolicyFile) -> Option<PolicyProblem> {
    let (mut open, mut conditions) = (0_usize, 0_usize);
    let (mut line, mut column) = (1, 0);
    let (mut in_text, mut in_comment, mut escaped) = (false, false, false);
    let mut word = String::new();
    let mut signs = file.text.chars().peekable();
    while let Some(sign) = signs.next() {
        column += 1;
        if sign == '\n' {
            (line, column, in_comment) = (line + 1, 0, false);
        }
        if in_comment {
            continue;
        }
        if in_text {
            in_text = escaped || sign != '"';
            escaped = !escaped && sign == '\\';
            continue;
        }
        if sign.is_alphanumeric() || sign == '_' {
            word.push(sign);
            continue;
        }
        if std::mem::take(&mut word) == "if" {
            conditions += 1;
        }
        match sign {
            '"' => in_text = true,
            '/' if signs.peek() == Some(&'/') => in_comment = true,
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            ';' if open == 0 => conditions = 0,
            _ => {}
        }
        if open > MAX_LEVELS || conditions > MAX_LEVELS {
            return Some(PolicyProblem {
                file: file.name.clone(),
                place: Some((line, column)),
                message: format!("is nested more than {MAX_LEVELS} levels deep"),
                help: Some("write it as several policies".to_owned()),
            });
        }
    }
    None
}
