//! The API with a real ledger: mutations, and queries of earlier states.

#![allow(
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
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
mod change_of_mind;
mod every_kind;
mod examples;
mod kinds;
mod markers;
mod network;
mod paging;
mod panel_kinds;
mod played;
mod seen_by_role;
mod views;
mod writing;
