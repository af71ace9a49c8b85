//! What the claims of a verified token say: who holds it, and which roles it gives.

use crate::grant::{Grant, is_value};
use crate::refusal::Refusal;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

/// The claims of a token, by name.
pub type Claims = Map<String, Value>;

/// Maximum number of roles in a token.
pub(crate) const MAX_GRANTS: usize = 32;

/// The claims that give a person and their role. A name with points leads into objects
/// (`realm_access.roles`), unless a claim has it as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNames {
    /// The person; must be present.
    pub person: String,
    /// A role, or a list of roles; must be present unless `grants` is.
    pub role: String,
    /// Code of the body for which they act; may be absent.
    pub body: String,
    /// Identifier of the cycle to which the role is limited; may be absent.
    pub cycle: String,
    /// First day of the role, `2009-04-01`; may be absent.
    pub from: String,
    /// Several roles, each with limits of its own: a list of objects with `role`, `body`, `cycle`,
    /// `from` and `until`. If it is present, `role`, `body`, `cycle` and `from` are ignored.
    pub grants: String,
}

impl Default for ClaimNames {
    fn default() -> ClaimNames {
        ClaimNames {
            person: "sub".to_owned(),
            role: "role".to_owned(),
            body: "body".to_owned(),
            cycle: "cycle".to_owned(),
            from: "valid_from".to_owned(),
            grants: "grants".to_owned(),
        }
    }
}

/// The claims of one token with the names that its issuer gives them.
pub(crate) struct ClaimReader<'c> {
    pub(crate) issuer: &'c str,
    pub(crate) names: &'c ClaimNames,
    pub(crate) claims: &'c Claims,
}

impl ClaimReader<'_> {
    /// The person.
    pub(crate) fn person(&self) -> Result<String, Refusal> {
        let name = &self.names.person;
        let person = self.text(name)?;
        person.ok_or_else(|| self.refusal(name, "is missing"))
    }

    /// Every role, whether it is in force or not.
    pub(crate) fn grants(&self) -> Result<Vec<Grant>, Refusal> {
        let grants = match self.find(&self.names.grants) {
            Some(listed) => self.listed_grants(listed)?,
            None => self.simple_grants()?,
        };
        if grants.len() > MAX_GRANTS {
            return Err(self.refusal(&self.names.role, "has too many roles"));
        }
        Ok(grants)
    }

    fn listed_grants(&self, listed: &Value) -> Result<Vec<Grant>, Refusal> {
        let name = &self.names.grants;
        let malformed = || {
            self.refusal(
                name,
                "is not a list of objects with `role`, `body`, `cycle`, `from` and `until`",
            )
        };
        let grants = listed.as_array().ok_or_else(malformed)?;
        if grants.len() > MAX_GRANTS {
            return Err(self.refusal(name, "has too many roles"));
        }
        let grants: Result<Vec<Grant>, _> = grants.iter().map(Grant::deserialize_from).collect();
        let grants = grants.map_err(|_| malformed())?;
        if grants.iter().any(|grant| grant.check().is_err()) {
            return Err(self.refusal(name, "has an empty, overlong or invisible value"));
        }
        Ok(grants)
    }

    fn simple_grants(&self) -> Result<Vec<Grant>, Refusal> {
        let name = &self.names.role;
        let role = self
            .find(name)
            .ok_or_else(|| self.refusal(name, "is missing"))?;
        let malformed = || self.refusal(name, "is neither a role nor a list of roles");
        let roles = match role {
            Value::String(role) => vec![role.clone()],
            Value::Array(roles) => {
                let roles = roles.iter().map(|role| role.as_str().map(str::to_owned));
                roles
                    .collect::<Option<Vec<String>>>()
                    .ok_or_else(malformed)?
            }
            _ => return Err(malformed()),
        };
        if roles.iter().any(|role| !is_value(role)) {
            return Err(malformed());
        }
        let (body, cycle) = (self.text(&self.names.body)?, self.text(&self.names.cycle)?);
        let from = self.day(&self.names.from)?;
        let grants = roles.into_iter().map(|role| Grant {
            role,
            body: body.clone(),
            cycle: cycle.clone(),
            from,
            until: None,
        });
        Ok(grants.collect())
    }

    /// A point in time, as seconds since 1970.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        let Some(value) = self.claims.get(name) else {
            return Ok(None);
        };
        let malformed = || self.refusal(name, "is not a time in seconds since 1970");
        // A fraction of a second is cut off. Numbers outside what a time can be become its ends, and are
        // refused.
        let seconds = match value.as_i64() {
            Some(seconds) => seconds,
            None => value
                .as_f64()
                .filter(|seconds| seconds.is_finite())
                .ok_or_else(malformed)? as i64,
        };
        let time = Timestamp::from_second(seconds).map_err(|_| malformed())?;
        Ok(Some(time))
    }

    fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.find(name) {
            None => Ok(None),
            Some(Value::String(text)) if is_value(text) => Ok(Some(text.clone())),
            Some(_) => Err(self.refusal(
                name,
                "is not a text of 1 to 200 bytes without invisible characters",
            )),
        }
    }

    /// A day: `2009-04-01`, or the day in UTC of a time in seconds.
    fn day(&self, name: &str) -> Result<Option<Date>, Refusal> {
        let malformed = || {
            self.refusal(
                name,
                "is neither a day (2009-04-01) nor a time in seconds since 1970",
            )
        };
        match self.find(name) {
            None => Ok(None),
            Some(Value::String(text)) => text.parse().map(Some).map_err(|_| malformed()),
            Some(Value::Number(seconds)) => {
                let seconds = seconds.as_i64().ok_or_else(malformed)?;
                let time = Timestamp::from_second(seconds).map_err(|_| malformed())?;
                Ok(Some(TimeZone::UTC.to_datetime(time).date()))
            }
            Some(_) => Err(malformed()),
        }
    }

    fn find(&self, name: &str) -> Option<&Value> {
        find_claim(self.claims, name)
    }

    fn refusal(&self, claim: &str, problem: &'static str) -> Refusal {
        Refusal::Claim {
            issuer: self.issuer.to_owned(),
            claim: claim.to_owned(),
            problem,
        }
    }
}

/// A claim that is present and not null. A name with points leads into objects, unless a claim has it as
/// a whole.
pub fn find_claim<'c>(claims: &'c Claims, name: &str) -> Option<&'c Value> {
    let whole = claims.get(name);
    let found = whole.or_else(|| {
        let mut steps = name.split('.');
        let first = claims.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    });
    found.filter(|value| !value.is_null())
}

impl Grant {
    fn deserialize_from(value: &Value) -> Result<Grant, serde_json::Error> {
        serde::Deserialize::deserialize(value)
    }
}
