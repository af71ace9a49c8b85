//! A hidden object looks absent through every field and argument of the schema.
//!
//! The files in `files` are a programme in which everything hidden is marked with the word
//! `zanzibar` or the code `5ZX`. It is read twice: whole, under a policy that hides these things
//! from the public, and without them, as if they had never existed. To every query of the public,
//! both must give the same answer, byte for byte.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends by panicking"
)]

mod every_query;
mod fixture;
mod generate;
mod ledger;
