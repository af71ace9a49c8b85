//! The API over a real ledger: writing, and asking how things stood.

#![allow(
    unreachable_pub,
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail them"
)]

#[path = "../support/book.rs"]
mod book;
#[path = "../support/client.rs"]
mod client;
#[path = "../support/england.rs"]
mod england;
#[path = "../support/server.rs"]
mod server;

mod as_of;
mod bodies;
mod cached;
mod examples;
mod kinds;
mod network;
mod paging;
mod views;
mod writing;
