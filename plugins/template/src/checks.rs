//! The checks, each in its own file.

pub(crate) mod aspiration_missing;
