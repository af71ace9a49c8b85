//! A token to issue, checked before anything is entered.

use crate::grant::Grant;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use wcc_core::Actor;
use wcc_core::text::{TextKind, is_blank};

/// The number of days for which a token may be valid.
pub const TOKEN_DAYS: std::ops::RangeInclusive<i64> = 1..=400;

/// A token to issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Who will hold it.
    pub person: String,
    /// The roles that it gives; at least one.
    pub grants: Vec<Grant>,
    /// Start of its validity.
    pub from: Timestamp,
    /// When it expires.
    pub until: Timestamp,
}

/// Why a token is not issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NewTokenError {
    /// The name of its holder cannot be one.
    #[error(
        "the name of the person is empty, longer than {max} bytes, or has an invisible character",
        max = Actor::MAX_BYTES
    )]
    Person,
    /// It gives no role.
    #[error("a token gives at least one role")]
    NoGrant,
    /// It would be valid for too short or too long.
    #[error("a token is valid for {} to {} days", TOKEN_DAYS.start(), TOKEN_DAYS.end())]
    Days,
    /// A day that clocks do not know.
    #[error("a day is outside the range of dates")]
    Range,
    /// It would have expired already.
    #[error("the token would have expired already, at {}", minutes(*.0))]
    Expired(Timestamp),
}

impl NewToken {
    /// A token for some days, which begin on a day in UTC, or now.
    ///
    /// # Errors
    /// The person, the roles or the days cannot be those of a token.
    pub fn for_days(
        person: &str,
        grants: Vec<Grant>,
        from: Option<Date>,
        days: i64,
        now: Timestamp,
    ) -> Result<NewToken, NewTokenError> {
        let person = person.trim();
        let is_name = !is_blank(person) && person.len() <= Actor::MAX_BYTES;
        if !is_name || TextKind::Code.check(person).is_err() {
            return Err(NewTokenError::Person);
        }
        if grants.is_empty() {
            return Err(NewTokenError::NoGrant);
        }
        if !TOKEN_DAYS.contains(&days) {
            return Err(NewTokenError::Days);
        }
        let from = match from {
            Some(day) => {
                let start = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
                start.map_err(|_| NewTokenError::Range)?
            }
            None => now,
        };
        let until = from.checked_add(SignedDuration::from_hours(24 * days));
        let until = until.map_err(|_| NewTokenError::Range)?;
        if until <= now {
            return Err(NewTokenError::Expired(until));
        }
        Ok(NewToken {
            person: person.to_owned(),
            grants,
            from,
            until,
        })
    }
}

/// A time to the minute, in UTC.
fn minutes(time: Timestamp) -> String {
    let time = TimeZone::UTC.to_datetime(time);
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
