//! What entries are dated by.

use jiff::Timestamp;
use std::fmt::Debug;

/// Tells the time. Given to the ledger, so that tests and deadlines need not wait for it to pass.
pub trait Clock: Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
