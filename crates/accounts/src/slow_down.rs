//! Slows down those who try passwords: for each name, and altogether.
//!
//! Names are counted whether they exist or not, so being slowed down says nothing about that. They are
//! counted in a table of fixed size by a keyed hash: nobody can fill the memory, or push a name out by
//! trying others. Two names may share a place; then one is slowed down for the other's sake.

use jiff::{SignedDuration, Timestamp};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Places for names.
const PLACES: usize = 4096;
/// Wrong passwords for a name before it is slowed down.
const FREE: u32 = 5;
/// The longest wait for a name. Longer ones would let a stranger lock somebody out.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);
/// Wrong passwords for a name are forgotten after this time without another.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(1);
/// Wrong passwords altogether that may come at once.
const BURST: f64 = 200.0;
/// How many more may come each second.
const PER_SECOND: f64 = 2.0;

/// Counts wrong passwords.
#[derive(Debug)]
pub(crate) struct SlowDown {
    hasher: RandomState,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    names: Vec<Count>,
    /// How many more wrong passwords may come now.
    left: f64,
    /// When that was counted.
    at: Timestamp,
}

/// The attempts with a name that were not successful, or are under way.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    attempts: u32,
    last: Option<Timestamp>,
}

impl SlowDown {
    pub(crate) fn new(now: Timestamp) -> SlowDown {
        SlowDown {
            hasher: RandomState::new(),
            counts: Mutex::new(Counts {
                names: vec![Count::default(); PLACES],
                left: BURST,
                at: now,
            }),
        }
    }

    /// Counts an attempt as unsuccessful before its password is looked at, so that many at the same time
    /// are counted too.
    ///
    /// # Errors
    /// It comes too soon: how long to wait.
    pub(crate) fn begin(&self, name: &str, now: Timestamp) -> Result<(), Duration> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.duration_since(counts.at).as_secs_f64().max(0.0);
        counts.left = (counts.left + passed * PER_SECOND).min(BURST);
        counts.at = now;
        if counts.left < 1.0 {
            return Err(Duration::from_secs(1));
        }
        let count = counts.of(self.place(name));
        let passed = count.last.map(|last| now.duration_since(last));
        if passed.is_some_and(|passed| passed >= FORGOTTEN) {
            *count = Count::default();
        }
        let wait = passed.map_or(SignedDuration::ZERO, |passed| {
            // A clock that was put back makes nobody wait longer than the longest wait.
            count.wait() - passed.max(SignedDuration::ZERO)
        });
        if wait > SignedDuration::ZERO {
            return Err(wait.unsigned_abs());
        }
        count.attempts = count.attempts.saturating_add(1);
        count.last = Some(now);
        counts.left -= 1.0;
        Ok(())
    }

    /// Forgets the attempts with a name: its password was right.
    pub(crate) fn succeeded(&self, name: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.of(self.place(name)) = Count::default();
        counts.left = (counts.left + 1.0).min(BURST);
    }

    fn place(&self, name: &str) -> usize {
        let hash = self.hasher.hash_one(name);
        usize::try_from(hash % PLACES as u64).unwrap_or_default()
    }
}

impl Counts {
    /// The count at a place.
    #[allow(
        clippy::indexing_slicing,
        reason = "there are PLACES counts, and the remainder is less"
    )]
    fn of(&mut self, place: usize) -> &mut Count {
        &mut self.names[place % PLACES]
    }
}

impl Count {
    /// How long the next attempt has to wait after the last: one second, then twice as long each time.
    fn wait(self) -> SignedDuration {
        let Some(more) = self.attempts.checked_sub(FREE) else {
            return SignedDuration::ZERO;
        };
        SignedDuration::from_secs(1_i64 << more.min(30)).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests may panic")]

    use super::*;

    fn second(number: i64) -> Timestamp {
        Timestamp::from_second(number).expect("a time")
    }

    #[test]
    fn a_name_is_slowed_down_twice_as_much_each_time() {
        let slow_down = SlowDown::new(second(0));
        for _ in 0..FREE {
            assert_eq!(slow_down.begin("a", second(0)), Ok(()));
        }
        let mut now = 0;
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
            let expected = Err(Duration::from_secs(wait));
            assert_eq!(slow_down.begin("a", second(now)), expected);
            now += i64::try_from(wait).expect("small");
            assert!(slow_down.begin("a", second(now - 1)).is_err());
            assert_eq!(slow_down.begin("a", second(now)), Ok(()));
        }
        assert!(slow_down.begin("a", second(now)).is_err());
        assert!(
            slow_down.begin("a", second(now + 3_600)).is_ok(),
            "forgotten"
        );
        assert!(slow_down.begin("a", second(now + 3_600)).is_ok());
    }

    #[test]
    fn a_right_password_is_never_counted() {
        let slow_down = SlowDown::new(second(0));
        for _ in 0..1_000 {
            assert_eq!(slow_down.begin("a", second(0)), Ok(()));
            slow_down.succeeded("a");
        }
    }

    #[test]
    fn many_names_together_are_slowed_down() {
        let slow_down = SlowDown::new(second(0));
        let tried = |now| {
            let names = 0..10_000;
            let mut tried =
                names.map(|name| slow_down.begin(&format!("{now} {name}"), second(now)));
            tried.by_ref().take_while(Result::is_ok).count()
        };
        assert_eq!(tried(0), 200);
        assert_eq!(tried(0), 0);
        assert_eq!(tried(10), 20);
        assert_eq!(tried(10_000), 200);
    }

    #[test]
    fn a_clock_that_is_put_back_locks_nobody_out() {
        let slow_down = SlowDown::new(second(10_000));
        for _ in 0..=FREE {
            let _ = slow_down.begin("a", second(10_000));
        }
        let wait = slow_down.begin("a", second(0)).expect_err("too soon");
        assert!(wait <= LONGEST.unsigned_abs(), "{wait:?}");
    }
}
