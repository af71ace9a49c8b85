//! The schema: its SDL, its rules, example queries on the real cases, and the projection that
//! writes the answers.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends by panicking"
)]

mod ask;
mod cases;
mod equivalence;
mod lint;
mod paging;
mod projection;
mod queries;
mod sdl;
mod values;
