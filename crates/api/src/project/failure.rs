//! Errors of single fields, each with a stable code and, if there is one, the nearest valid value.

use std::fmt::Write as _;
use wcc_programme::nearest;

/// The stable error codes for clients, sent as `extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Nothing has this identifier or code.
    NotFound,
    /// The cycle exists but cannot be assured.
    NotAssured,
    /// A value that conforms to the schema but not to the data.
    BadInput,
    /// An internal error of the server.
    Internal,
    /// The ledger is temporarily unavailable; the same request may be sent again.
    Unavailable,
}

impl Code {
    /// The code as sent to clients.
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
    /// A failure with a message that is a complete sentence.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Failure {
        Failure(Box::new(Content {
            message: message.into(),
            code,
            nearest: None,
        }))
    }

    /// Nothing of the kind `what` has this name. The failure includes the nearest of the valid names.
    pub(crate) fn unknown<'a>(
        what: &str,
        name: &str,
        valid: impl IntoIterator<Item = &'a str>,
    ) -> Failure {
        Failure::unknown_in("", what, name, valid)
    }

    /// Like [`Failure::unknown`], with the place of the search: "in the cycle `england/2009-10`".
    pub(crate) fn unknown_in<'a>(
        place: &str,
        what: &str,
        name: &str,
        valid: impl IntoIterator<Item = &'a str>,
    ) -> Failure {
        let shown: String = name.chars().take(60).collect();
        // Writing to a string cannot fail.
        let mut message = format!("there is no {what} `{shown}`");
        if !place.is_empty() {
            let _ = write!(message, " {place}");
        }
        let nearest = nearest(name, valid).map(str::to_owned);
        if let Some(nearest) = &nearest {
            let _ = write!(message, ": did you mean `{nearest}`?");
        }
        Failure(Box::new(Content {
            message,
            code: Code::NotFound,
            nearest,
        }))
    }

    /// The message.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// The error code.
    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// The nearest valid value, if one is close.
    pub(crate) fn nearest(&self) -> Option<&str> {
        self.0.nearest.as_deref()
    }
}
