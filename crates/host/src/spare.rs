//! Spare workers, which are started and confined and have loaded their library before they are
//! needed.
//!
//! A spare worker serves one call like any other worker. A caller that expects further calls keeps
//! a [`Place`], in which a worker waits for each call that was made at the same time.

use crate::process::{Order, Running};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// The place in which the spare workers of one library wait. Dropping it ends them.
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

/// Maximum number of workers that wait in a place. An entry concerns its cycle and often that of the next
/// year, and the plugin is asked about both at the same time.
const MAX_WAITING: usize = 2;

/// How long a spare worker waits. Calls further apart than this can wait for a new worker to start.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The spare workers of a host.
#[derive(Debug, Default)]
pub(crate) struct Spares(Mutex<SpareTable>);

#[derive(Debug, Default)]
struct SpareTable {
    /// By the number of the place, the oldest first; each worker has its own number, too.
    by_place: HashMap<u64, Vec<(u64, Running)>>,
    count: u64,
}

impl Spares {
    /// Takes a spare worker of a place that has not ended.
    pub(crate) fn take(&self, place: &Place) -> Option<Running> {
        let mut waiting = self.lock();
        let spares = waiting.by_place.get_mut(&place.number)?;
        std::iter::from_fn(|| spares.pop())
            .map(|(_, spare)| spare)
            .find(Running::is_alive)
    }

    /// Puts a spare worker into a place, ends the oldest if too many wait there, and returns the
    /// number of the new worker.
    pub(crate) fn put(&self, place: &Place, spare: Running) -> u64 {
        let mut waiting = self.lock();
        waiting.count += 1;
        let number = waiting.count;
        let spares = waiting.by_place.entry(place.number).or_default();
        spares.push((number, spare));
        let too_many = spares.len().saturating_sub(MAX_WAITING);
        spares.drain(..too_many);
        number
    }

    /// Ends the spare worker with this number, if it still waits.
    pub(crate) fn end_unused(&self, number: u64) {
        self.lock().by_place.retain(|_, spares| {
            spares.retain(|(waiting, _)| *waiting != number);
            !spares.is_empty()
        });
    }

    /// Ends the spare workers of a place.
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
