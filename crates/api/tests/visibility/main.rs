//! Hidden looks absent, through every field and argument of the schema.
//!
//! The files in `files` are a programme in which everything hidden is marked with the word
//! `zanzibar` or the code `5ZX`. It is read twice: whole, under a policy that hides these things
//! from the public, and without them, as if they had never existed. Whatever the public asks of
//! the first must be answered as the second answers it, byte for byte.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends by panicking"
)]

mod every_query;
mod fixture;
mod generate;
mod ledger;
