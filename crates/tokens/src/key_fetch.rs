//! Reads an issuer's keys from a file or over HTTP.

use crate::http::{self, HttpError};
use crate::issuer::KeyLocation;
use crate::key_set::{KeySet, KeySetError};
use crate::signature::Algorithm;
use std::fs::File;

/// Why keys cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error(transparent)]
    KeySet(#[from] KeySetError),
    #[error("internal error while reading it")]
    Panicked,
}

/// Reads keys. Blocks for some seconds at most, if the location is a URL.
pub(crate) fn fetch(
    location: &KeyLocation,
    algorithms: &[Algorithm],
) -> Result<KeySet, FetchError> {
    let bytes = match location {
        KeyLocation::File(path) => http::read_at_most(File::open(path).map_err(HttpError::from)?)?,
        KeyLocation::Url(url) => http::get(url, None)?,
    };
    Ok(KeySet::from_json(&bytes, algorithms)?)
}
