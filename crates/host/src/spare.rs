//! Spare workers: each is started, confined and has loaded its library before it is needed.
//!
//! A spare worker serves one call like any other; it only was ready earlier. Whoever expects
//! another call keeps a [`Place`], and one worker waits there at most.

use crate::process::{Order, Running};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// Where the spare worker of one library waits, as long as this value lives.
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
        // Where the thread has ended, so have its workers.
        let _ = self.orders.send(Order::Vacate(self.number));
    }
}

/// How long a spare worker waits: writes that come further apart can wait for a start.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The spare workers.
#[derive(Debug, Default)]
pub(crate) struct Spares(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    /// By the number of the place, each with its own number among all.
    by_place: HashMap<u64, (u64, Running)>,
    count: u64,
}

impl Spares {
    /// Takes the spare worker of a place, unless it has ended meanwhile.
    pub(crate) fn take(&self, place: &Place) -> Option<Running> {
        let (_, spare) = self.lock().by_place.remove(&place.number)?;
        Some(spare).filter(Running::is_alive)
    }

    /// Puts a spare worker into a place; one that waits there already is ended. Its number among
    /// all spare workers.
    pub(crate) fn put(&self, place: &Place, spare: Running) -> u64 {
        let mut waiting = self.lock();
        waiting.count += 1;
        let number = waiting.count;
        waiting.by_place.insert(place.number, (number, spare));
        number
    }

    /// Ends a spare worker by its number, if it still waits.
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

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
