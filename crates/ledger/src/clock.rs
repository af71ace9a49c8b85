//! The clock that dates entries.

use jiff::Timestamp;
use std::fmt::Debug;

/// Gives the current time. The ledger takes it as a value, so that tests need not wait for time to
/// pass.
pub trait Clock: Debug + Send + Sync {
    /// Returns the current time.
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
