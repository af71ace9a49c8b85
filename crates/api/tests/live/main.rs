//! Subscriptions over real sockets: `graphql-transport-ws`, and server-sent events.

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

mod close_codes;
mod events;
mod fixture;
mod limits;
mod sessions;
mod sharing;
mod socket;
mod subscriptions;
