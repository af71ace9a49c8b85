//! One role that a token gives, with its limits.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use wcc_core::Actor;
use wcc_core::text::{TextKind, is_blank};

/// A role that a token gives to its holder, limited to a body, a cycle and days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Identifier of the role.
    pub role: String,
    /// Code of the body for which the holder acts; `None` for no particular body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Identifier of the cycle to which the role is limited; `None` for every cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycle: Option<String>,
    /// First day of the role, in UTC; `None` if it has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day of the role, in UTC; `None` if it does not end before the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Why a text or a claim is not a grant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// A part is not `name=value`, or its name is unknown.
    #[error(
        "`{0}` is not a part of a grant: expected ROLE;body=CODE;cycle=ID, where the last two may be left out"
    )]
    Part(String),
    /// A part of a grant with days is not `name=value`, or its name is unknown.
    #[error(
        "`{0}` is not a part of a grant: expected ROLE;body=CODE;cycle=ID;from=DATE;until=DATE, where all but the role may be left out"
    )]
    PartWithDays(String),
    /// A part is given twice.
    #[error("`{0}` is given twice")]
    Twice(&'static str),
    /// A day is malformed.
    #[error("`{0}` is not a day: expected one like 2009-04-01")]
    Day(String),
    /// The last day is before the first.
    #[error("the role ends on {until}, before it begins on {from}")]
    NoDay {
        /// The first day.
        from: Date,
        /// The last day.
        until: Date,
    },
    /// A value is empty, too long or has an invisible character.
    #[error("the {0} is empty, longer than {max} bytes, or has an invisible character", max = Actor::MAX_BYTES)]
    Value(&'static str),
}

impl Grant {
    /// A role without limits.
    pub fn of_role(role: impl Into<String>) -> Grant {
        Grant {
            role: role.into(),
            body: None,
            cycle: None,
            from: None,
            until: None,
        }
    }

    /// Reads `ROLE;body=CODE;cycle=ID`, as [`Display`](fmt::Display) writes it.
    ///
    /// # Errors
    /// The text has another form, or a value cannot be one.
    pub fn from_text(text: &str) -> Result<Grant, GrantError> {
        let grant = Grant::parse(text, GrantError::Part)?;
        match (grant.from, grant.until) {
            (None, None) => Ok(grant),
            (Some(day), _) => Err(GrantError::Part(format!("from={day}"))),
            (None, Some(day)) => Err(GrantError::Part(format!("until={day}"))),
        }
    }

    /// Reads `ROLE;body=CODE;cycle=ID;from=DATE;until=DATE`, as [`Display`](fmt::Display) writes it.
    ///
    /// # Errors
    /// The text has another form, a value cannot be one, or the last day is before the first.
    pub fn from_text_with_days(text: &str) -> Result<Grant, GrantError> {
        let grant = Grant::parse(text, GrantError::PartWithDays)?;
        grant.check_days()?;
        Ok(grant)
    }

    fn parse(text: &str, no_part: fn(String) -> GrantError) -> Result<Grant, GrantError> {
        let mut parts = text.split(';').map(str::trim);
        let mut grant = Grant::of_role(parts.next().unwrap_or_default());
        let excerpt = |text: &str| text.chars().take(Actor::MAX_BYTES).collect::<String>();
        let day = |text: &str| {
            let day = text.parse::<Date>();
            day.map_err(|_| GrantError::Day(excerpt(text)))
        };
        for part in parts {
            let unknown = || no_part(excerpt(part));
            let (name, value) = part.split_once('=').ok_or_else(unknown)?;
            let value = value.trim();
            let (name, is_repeated) = match name.trim() {
                "body" => ("body", grant.body.replace(value.to_owned()).is_some()),
                "cycle" => ("cycle", grant.cycle.replace(value.to_owned()).is_some()),
                "from" => ("from", grant.from.replace(day(value)?).is_some()),
                "until" => ("until", grant.until.replace(day(value)?).is_some()),
                _ => return Err(unknown()),
            };
            if is_repeated {
                return Err(GrantError::Twice(name));
            }
        }
        grant.check()?;
        Ok(grant)
    }

    /// Checks the size and the characters of each value.
    ///
    /// # Errors
    /// The first value that cannot be one.
    pub fn check(&self) -> Result<(), GrantError> {
        let values = [
            ("role", Some(&self.role)),
            ("body", self.body.as_ref()),
            ("cycle", self.cycle.as_ref()),
        ];
        for (name, value) in values {
            if value.is_some_and(|value| !is_value(value)) {
                return Err(GrantError::Value(name));
            }
        }
        Ok(())
    }

    /// Checks that it has a day on which it is in force.
    ///
    /// # Errors
    /// Its last day is before its first.
    pub fn check_days(&self) -> Result<(), GrantError> {
        match (self.from, self.until) {
            (Some(from), Some(until)) if until < from => Err(GrantError::NoDay { from, until }),
            _ => Ok(()),
        }
    }

    /// Whether it is in force on a day.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.period_on(day) == Period::Current
    }

    /// Whether it is in force on a day: before its first day `NotYet`, after its last `Over`.
    pub(crate) fn period_on(&self, day: Date) -> Period {
        if self.from.is_some_and(|from| day < from) {
            Period::NotYet
        } else if self.until.is_some_and(|until| until < day) {
            Period::Over
        } else {
            Period::Current
        }
    }

    /// The actor that a person is in this role.
    pub fn actor(&self, person: &str) -> Actor {
        Actor {
            person: person.into(),
            role: self.role.as_str().into(),
            body: self.body.as_deref().map(Into::into),
            cycle: self.cycle.as_deref().map(Into::into),
        }
    }
}

/// Where a day lies relative to a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    /// The grant has not begun.
    NotYet,
    /// It is in force.
    Current,
    /// It is over.
    Over,
}

/// Whether a text may be a person, a role, a body or a cycle of an actor.
pub(crate) fn is_value(text: &str) -> bool {
    !is_blank(text) && text.len() <= Actor::MAX_BYTES && TextKind::Code.check(text).is_ok()
}

impl fmt::Display for Grant {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.role)?;
        if let Some(body) = &self.body {
            write!(to, ";body={body}")?;
        }
        if let Some(cycle) = &self.cycle {
            write!(to, ";cycle={cycle}")?;
        }
        if let Some(from) = self.from {
            write!(to, ";from={from}")?;
        }
        if let Some(until) = self.until {
            write!(to, ";until={until}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_written_as_it_is_read() {
        for text in [
            "panel",
            "panel;body=Q30",
            "panel;body=Q30;cycle=ne/2009-10",
            "lead;cycle=a=b",
        ] {
            assert_eq!(Grant::from_text(text).unwrap().to_string(), text);
        }
        let spaced = Grant::from_text(" panel ; cycle = c ; body = B ").unwrap();
        assert_eq!(spaced.to_string(), "panel;body=B;cycle=c");
    }

    #[test]
    fn a_grant_with_days_is_written_as_it_is_read() {
        let text = "panel;body=Q30;from=2009-04-01;until=2010-03-31";
        let grant = Grant::from_text_with_days(text).unwrap();
        assert_eq!(grant.to_string(), text);
        for (text, expected) in [
            ("panel;from=April", GrantError::Day("April".to_owned())),
            (
                "panel;sha=Q30",
                GrantError::PartWithDays("sha=Q30".to_owned()),
            ),
            (
                "panel;until=2009-03-31;from=2009-04-01",
                GrantError::NoDay {
                    from: Date::constant(2009, 4, 1),
                    until: Date::constant(2009, 3, 31),
                },
            ),
        ] {
            assert_eq!(Grant::from_text_with_days(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let long = "r".repeat(Actor::MAX_BYTES + 1);
        for (text, expected) in [
            ("", GrantError::Value("role")),
            (";body=Q30", GrantError::Value("role")),
            (&long, GrantError::Value("role")),
            ("panel;body=", GrantError::Value("body")),
            ("panel;body=Q\u{200b}30", GrantError::Value("body")),
            ("panel;body=a;body=a", GrantError::Twice("body")),
            ("panel;Q30", GrantError::Part("Q30".to_owned())),
            ("panel;sha=Q30", GrantError::Part("sha=Q30".to_owned())),
            ("panel;", GrantError::Part(String::new())),
            (
                "panel;from=2009-04-01",
                GrantError::Part("from=2009-04-01".to_owned()),
            ),
        ] {
            assert_eq!(Grant::from_text(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_grant_holds_from_its_first_day_to_its_last() {
        let day = |day| Date::constant(2009, 3, day);
        let grant = Grant {
            from: Some(day(2)),
            until: Some(day(3)),
            ..Grant::of_role("panel")
        };
        let periods = [1, 2, 3, 4].map(|number| grant.period_on(day(number)));
        use Period::{Current, NotYet, Over};
        assert_eq!(periods, [NotYet, Current, Current, Over]);
        assert_eq!(Grant::of_role("panel").period_on(day(1)), Current);
    }
}
