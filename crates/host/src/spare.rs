//! Spare workers, which are started and confined and have loaded their library before they are
//! needed.
//!
//! A spare worker serves one call like any other worker. A caller that expects further calls keeps
//! a [`Place`], in which at most one worker waits.

use crate::process::{Order, Running};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// The place in which the spare worker of one library waits. Dropping it ends the worker.
#[derive(Debug)]
pub(crate) struct Place {
    number: u64,
    orders: mpsc::UnboundedSender<Order>,
}

impl Place {
    pub(crate) fn new(orders: mpsc::UnboundedSender<Order>) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { number, orders })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // If the thread has ended, its workers have ended too.
        let _ = self.orders.send(Order::Vacate(self.number));
    }
}

/// How long a spare worker waits. Calls further apart than this can wait for a new worker to start.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The spare workers of a host.
#[derive(Debug, Default)]
pub(crate) struct Spares(Mutex<SpareTable>);

#[derive(Debug, Default)]
struct SpareTable {
    /// By the number of the place; each worker has its own number, too.
    by_place: HashMap<u64, (u64, Running)>,
    count: u64,
}

impl Spares {
    /// Takes the spare worker of a place, unless it has ended.
    pub(crate) fn take(&self, place: &Place) -> Option<Running> {
        let (_, spare) = self.lock().by_place.remove(&place.number)?;
        Some(spare).filter(Running::is_alive)
    }

    /// Puts a spare worker into a place, ends any worker that already waits there, and returns the
    /// number of the new worker.
    pub(crate) fn put(&self, place: &Place, spare: Running) -> u64 {
        let mut waiting = self.lock();
        waiting.count += 1;
        let number = waiting.count;
        waiting.by_place.insert(place.number, (number, spare));
        number
    }

    /// Ends the spare worker with this number, if it still waits.
    pub(crate) fn end_unused(&self, number: u64) {
        self.lock()
            .by_place
            .retain(|_, (waiting, _)| *waiting != number);
    }

    /// Ends the spare worker of a place.
    pub(crate) fn end(&self, place: u64) {
        self.lock().by_place.remove(&place);
    }

    /// Ends every spare worker.
    pub(crate) fn end_all(&self) {
        self.lock().by_place.clear();
    }

    fn lock(&self) -> MutexGuard<'_, SpareTable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
