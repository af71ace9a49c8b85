//! Where each policy of a file starts, and what Cedar accepts but this program does not. Cedar's
//! reader gives neither places of whole policies nor of the functions that they call.

use crate::files::PolicyFile;
use crate::problem::PolicyProblem;

/// Maximum number of open brackets, and of `if` in one policy: each is a level of calls. Cedar's
/// parser calls itself for each level, so a file that is nested too deep would overflow the stack
/// and end the program.
const MAX_LEVELS: usize = 32;

/// Words before a bracket that does not hold the arguments of a function.
const KEYWORDS: [&str; 11] = [
    "permit", "forbid", "when", "unless", "if", "then", "else", "in", "is", "has", "like",
];

/// A line and a column, from 1.
type Place = (usize, usize);

/// The policies of a file, as far as their text shows them.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    /// The first sign of each policy, in order.
    pub(crate) starts: Vec<Place>,
    /// Every call of a function, with its name. Methods (`.contains(...)`) are not functions.
    pub(crate) calls: Vec<(Place, String)>,
}

impl Statements {
    /// Reads a file, which may be malformed.
    ///
    /// # Errors
    /// A policy is nested too deep.
    pub(crate) fn read(file: &PolicyFile) -> Result<Statements, PolicyProblem> {
        let mut statements = Statements::default();
        let (mut open, mut conditions) = (0_usize, 0_usize);
        let (mut line, mut column) = (1, 0);
        let (mut in_text, mut in_comment, mut escaped) = (false, false, false);
        // Whether the policy that is being read has begun.
        let mut has_begun = false;
        let mut word = Word::default();
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
            let is_comment = sign == '/' && signs.peek() == Some(&'/');
            if !has_begun && !sign.is_whitespace() && !is_comment {
                has_begun = true;
                statements.starts.push((line, column));
            }
            if sign.is_alphanumeric() || sign == '_' {
                word.push(sign, (line, column));
                continue;
            }
            if sign == '('
                && let Some(call) = word.function()
            {
                statements.calls.push(call);
            }
            if word.end() == "if" {
                conditions += 1;
            }
            if !is_comment {
                word.follow(sign);
            }
            match sign {
                '"' => in_text = true,
                '/' if is_comment => in_comment = true,
                '(' | '[' | '{' => open += 1,
                ')' | ']' | '}' => open = open.saturating_sub(1),
                ';' if open == 0 => (conditions, has_begun) = (0, false),
                _ => {}
            }
            if open > MAX_LEVELS || conditions > MAX_LEVELS {
                let message = format!("is nested more than {MAX_LEVELS} levels deep");
                let problem = PolicyProblem::at(&file.name, Some((line, column)), message);
                return Err(problem.with_help("write it as several policies"));
            }
        }
        Ok(statements)
    }
}

/// The last word that was read.
#[derive(Debug, Default)]
struct Word {
    text: String,
    place: Place,
    /// Whether it is complete, because a space follows.
    has_ended: bool,
    /// The last sign before it that is not a space.
    before: Option<char>,
    /// The last sign so far that is neither a space nor part of a word.
    last: Option<char>,
}

impl Word {
    fn push(&mut self, sign: char, place: Place) {
        if self.has_ended || self.text.is_empty() {
            // Two words in a row: nothing but the first precedes the second.
            self.before = if self.text.is_empty() {
                self.last
            } else {
                None
            };
            self.text.clear();
            self.place = place;
            self.has_ended = false;
        }
        self.text.push(sign);
    }

    /// The name of the function whose arguments follow, if the word is one.
    fn function(&self) -> Option<(Place, String)> {
        let is_part = matches!(self.before, Some('.' | '@'));
        let is_name = !self.text.is_empty() && !is_part && !KEYWORDS.contains(&&*self.text);
        is_name.then(|| (self.place, self.text.clone()))
    }

    /// Ends the word, and returns it the first time.
    fn end(&mut self) -> &str {
        if std::mem::replace(&mut self.has_ended, true) {
            ""
        } else {
            &self.text
        }
    }

    /// Notes a sign after the word.
    fn follow(&mut self, sign: char) {
        if !sign.is_whitespace() {
            self.text.clear();
            self.last = Some(sign);
        }
    }
}
