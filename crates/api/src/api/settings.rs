//! The settings of the API.

use crate::limits::Limits;
use std::sync::Arc;
use std::time::Duration;
use wcc_ledger::{Clock, SystemClock};

/// The settings of the API.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Maximum request size in bytes.
    pub body_bytes: usize,
    /// Maximum size of the answer cache in bytes; 0 turns it off.
    pub answer_bytes: usize,
    /// Maximum size of one answer in bytes.
    pub largest_answer: usize,
    /// Maximum time for one request.
    pub request_time: Duration,
    /// Whether errors name the nearest field of the schema.
    pub suggestions: bool,
    /// Maximum cost of one query.
    pub limits: Limits,
    /// The clock, used to reject points in the future and to find the current phase of a cycle.
    pub clock: Arc<dyn Clock>,
    /// Limits and times of subscriptions.
    pub subscriptions: SubscriptionSettings,
    /// The formats in which whoever serves this API offers documents at `/reports`, as the endings
    /// of files; none if it offers no documents.
    pub document_formats: Vec<&'static str>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            body_bytes: 100_000,
            answer_bytes: 32 * 1024 * 1024,
            largest_answer: 16 * 1024 * 1024,
            request_time: Duration::from_secs(10),
            suggestions: false,
            limits: Limits::default(),
            clock: Arc::new(SystemClock),
            subscriptions: SubscriptionSettings::default(),
            document_formats: Vec::new(),
        }
    }
}

/// Limits and times of subscriptions, over WebSocket and as server-sent events. A connection is a
/// WebSocket, or one stream of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionSettings {
    /// Maximum number of connections.
    pub connections: usize,
    /// Maximum number of connections with the tokens of one person.
    pub connections_per_person: usize,
    /// Maximum number of connections without a token.
    pub connections_without_token: usize,
    /// Maximum number of operations that run on one WebSocket at a time.
    pub operations_per_connection: usize,
    /// Further origins, such as `https://assurance.example`, whose pages may open a WebSocket. Those of
    /// this server itself always may.
    pub origins: Vec<String>,
    /// How long a client may take to send `connection_init`.
    pub init_time: Duration,
    /// How often a connection without traffic is kept alive. One that does not answer two times is
    /// dropped.
    pub ping_time: Duration,
    /// How often the token of an open connection is verified again, and how often a new day is looked
    /// for.
    pub check_time: Duration,
    /// How long a client may take to accept a message before it is dropped.
    pub send_time: Duration,
}

impl Default for SubscriptionSettings {
    fn default() -> SubscriptionSettings {
        SubscriptionSettings {
            connections: 2_000,
            connections_per_person: 20,
            connections_without_token: 1_000,
            operations_per_connection: 50,
            origins: Vec::new(),
            init_time: Duration::from_secs(10),
            ping_time: Duration::from_secs(25),
            check_time: Duration::from_secs(5),
            send_time: Duration::from_secs(10),
        }
    }
}
