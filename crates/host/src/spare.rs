//! Spare workers: each is started, confined and has loaded its library before it is needed.
//!
//! A spare worker serves one call like any other; it only was ready earlier. Whoever expects
//! another call keeps a [`Place`], and one worker waits there at most.

use crate::process::{Order, Running};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// The spare workers by the number of their places.
#[derive(Debug, Default)]
pub(crate) struct Spares(Mutex<HashMap<u64, Running>>);

impl Spares {
    /// Takes the spare worker of a place, unless it has ended meanwhile.
    pub(crate) fn take(&self, place: &Place) -> Option<Running> {
        self.lock().remove(&place.number).filter(Running::is_alive)
    }

    /// Puts a spare worker into a place; one that waits there already is ended.
    pub(crate) fn put(&self, place: &Place, spare: Running) {
        self.lock().insert(place.number, spare);
    }

    /// Ends the spare worker of a place.
    pub(crate) fn end(&self, place: u64) {
        self.lock().remove(&place);
    }

    /// Ends every spare worker.
    pub(crate) fn end_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
