//! The GraphQL API over the assurance programme: schema, limits, execution, cached
//! answers, HTTP.
//!
//! One [`Api`] holds the current picture. Whoever asks (HTTP, the command line, tests) calls
//! [`Api::execute`]; [`router`] and [`serve`] put it on the network.
//!
//! How a query goes through: its tokens are counted; it is parsed; it is measured, each fragment
//! once ([`Limits`]); async-graphql validates it; variables are checked; the selection is
//! compiled and written straight from the picture as JSON. A document that passed once is not
//! parsed or validated again, and a finished answer is kept until a cycle changes that it was
//! written from.
//!
//! With a [`History`] queries can be asked `@asOf` an earlier moment, and mutations enter what
//! they are given in a ledger.

mod answer_keys;
mod api;
mod cache;
mod execute;
mod history;
mod http;
mod limits;
mod mutation;
mod picture;
mod project;
mod root;
mod sources;
mod types;
mod view;

pub use api::{Api, Settings};
pub use execute::answer::{Answer, Kind};
pub use execute::request::Request;
pub use execute::whole_cycle::{Part, cycle_in_json};
pub use history::{BoxFuture, Entered, History, HistoryError};
pub use http::{
    Authenticator, CredentialsError, json_response, router, routes, serve, serve_router,
    with_layers,
};
pub use limits::Limits;
pub use root::{federation_sdl, schema_sdl};
