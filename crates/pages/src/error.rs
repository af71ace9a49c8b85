//! Why a page cannot be shown, in words.

use crate::viewer::VisitorError;
use axum::http::StatusCode;

/// Why a page cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PageError {
    /// There is no such page, or whoever asks may not see it: the two look the same.
    #[error("there is no such page, or it is not open to you")]
    Missing,
    /// Something that the address names does not exist, in the words of the API.
    #[error("{0}")]
    NotFound(String),
    /// Something in the address cannot be used.
    #[error("{0}")]
    Refused(String),
    /// What a form asks for is not done, for this reason.
    #[error("{0}")]
    NotDone(String),
    /// What was sent is too large.
    #[error("{0}")]
    TooLarge(String),
    /// Nobody is signed in, and this page is somebody's own.
    #[error("this page is for people who are signed in")]
    NotSignedIn,
    /// The credentials of the request are not accepted.
    #[error("{message}")]
    Credentials { status: StatusCode, message: String },
    /// The answer was not ready in time.
    #[error("this page takes too long at the moment; try again in a minute")]
    TooSlow,
    /// The ledger cannot be read.
    #[error("the records cannot be read at the moment; try again in a minute")]
    Unavailable,
    /// A fault of the program.
    #[error("something went wrong on our side; the server's log says what")]
    Failed,
}

impl From<VisitorError> for PageError {
    fn from(error: VisitorError) -> PageError {
        match error {
            VisitorError::Credentials(error) => PageError::Credentials {
                status: error.status(),
                message: error.to_string(),
            },
            VisitorError::Unavailable => PageError::Unavailable,
        }
    }
}

impl PageError {
    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            PageError::Missing | PageError::NotFound(_) => StatusCode::NOT_FOUND,
            PageError::Refused(_) | PageError::NotDone(_) => StatusCode::BAD_REQUEST,
            PageError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            PageError::NotSignedIn => StatusCode::UNAUTHORIZED,
            PageError::Credentials { status, .. } => *status,
            PageError::TooSlow | PageError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            PageError::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The heading of the page that says so.
    pub(crate) fn heading(&self) -> &'static str {
        match self {
            PageError::Missing | PageError::NotFound(_) => "Page not found",
            PageError::Refused(_) => "This address cannot be used",
            PageError::NotDone(_) => "Nothing was changed",
            PageError::TooLarge(_) => "Too large",
            PageError::NotSignedIn => "Sign in first",
            PageError::Credentials { .. } => "Not signed in",
            PageError::TooSlow | PageError::Unavailable => "Not available at the moment",
            PageError::Failed => "Sorry, there is a problem",
        }
    }
}
