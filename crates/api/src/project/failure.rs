//! Why a field has no value: errors with a stable code and, where there is one, the nearest
//! valid value.

use std::fmt::Write as _;
use wcc_programme::nearest;

/// The codes that a client can rely on, as `extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// There is nothing with this identifier or code.
    NotFound,
    /// The cycle exists, and cannot be assured.
    NotAssured,
    /// A value that the schema admits but the data do not.
    BadInput,
    /// A defect of the server.
    Internal,
    /// What answers is not there just now; the same request may be sent again.
    Unavailable,
}

impl Code {
    /// The code as it is sent.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Code::NotFound => "NOT_FOUND",
            Code::NotAssured => "NOT_ASSURED",
            Code::BadInput => "BAD_USER_INPUT",
            Code::Internal => "INTERNAL_SERVER_ERROR",
            Code::Unavailable => "SERVICE_UNAVAILABLE",
        }
    }
}

/// Why a field has no value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure(Box<Content>);

#[derive(Clone, Debug, PartialEq)]
struct Content {
    message: String,
    code: Code,
    nearest: Option<String>,
}

impl Failure {
    /// A failure with a whole sentence.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Failure {
        Failure(Box::new(Content {
            message: message.into(),
            code,
            nearest: None,
        }))
    }

    /// There is no `what` called `given`; names the nearest of those that there are.
    pub(crate) fn unknown<'a>(
        what: &str,
        given: &str,
        valid: impl IntoIterator<Item = &'a str>,
    ) -> Failure {
        Failure::unknown_in("", what, given, valid)
    }

    /// The same, with the place that was looked in: "in the cycle `england/2009-10`".
    pub(crate) fn unknown_in<'a>(
        place: &str,
        what: &str,
        given: &str,
        valid: impl IntoIterator<Item = &'a str>,
    ) -> Failure {
        let shown: String = given.chars().take(60).collect();
        // Writing to a string cannot fail.
        let mut message = format!("there is no {what} `{shown}`");
        if !place.is_empty() {
            let _ = write!(message, " {place}");
        }
        let nearest = nearest(given, valid).map(str::to_owned);
        if let Some(nearest) = &nearest {
            let _ = write!(message, ": did you mean `{nearest}`?");
        }
        Failure(Box::new(Content {
            message,
            code: Code::NotFound,
            nearest,
        }))
    }

    /// The sentence.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// The code.
    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// The nearest valid value, if one is close.
    pub(crate) fn nearest(&self) -> Option<&str> {
        self.0.nearest.as_deref()
    }
}
