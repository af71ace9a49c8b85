//! Problems of policy files, each with its file and line.

use std::fmt;

/// One problem of a policy file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PolicyProblem {
    /// Name of the file.
    pub file: String,
    /// Line and column in it, from 1; `None` for the file as a whole.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
    /// What to do, if that is known.
    pub help: Option<String>,
}

/// All problems of a set of policies. If there is one, none of the set is used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct PolicyProblems(pub Vec<PolicyProblem>);

impl PolicyProblem {
    /// Creates a problem of a file as a whole.
    pub(crate) fn of_file(file: impl Into<String>, message: impl Into<String>) -> PolicyProblem {
        PolicyProblem {
            file: file.into(),
            place: None,
            message: message.into(),
            help: None,
        }
    }

    /// Creates a problem at a line and column of a file, if they are known.
    pub(crate) fn at(
        file: impl Into<String>,
        place: Option<(usize, usize)>,
        message: impl Into<String>,
    ) -> PolicyProblem {
        PolicyProblem {
            place,
            ..PolicyProblem::of_file(file, message)
        }
    }

    /// Adds what to do.
    pub(crate) fn with_help(self, help: impl Into<String>) -> PolicyProblem {
        PolicyProblem {
            help: Some(help.into()),
            ..self
        }
    }

    /// Creates a problem from a diagnostic of Cedar.
    pub(crate) fn of_diagnostic(
        file: &str,
        text: &str,
        diagnostic: &dyn miette::Diagnostic,
    ) -> PolicyProblem {
        let label = diagnostic.labels().and_then(|mut labels| labels.next());
        let mut message = diagnostic.to_string();
        // The text of a label says what was expected there.
        if let Some(expected) = label.as_ref().and_then(|label| label.label()) {
            message = format!("{message}: {expected}");
        }
        PolicyProblem {
            file: file.to_owned(),
            place: label.map(|label| line_and_column(text, label.offset())),
            message,
            help: diagnostic.help().map(|help| help.to_string()),
        }
    }
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.file)?;
        if let Some((line, column)) = self.place {
            write!(out, ", line {line}, column {column}")?;
        }
        write!(out, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(out, " ({help})"),
            None => Ok(()),
        }
    }
}

/// Returns the line and column of a byte offset, from 1.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let in_line = before.rsplit('\n').next().unwrap_or_default();
    (line, in_line.chars().count() + 1)
}
