//! The checks, one file each.

pub(crate) mod aspiration_missing;
