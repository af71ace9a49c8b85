//! Who acts: a person, in a role, for a body, in a cycle.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Anyone who reads or asks for a change. The [`Policy`] decides what they may do.
///
/// [`Policy`]: crate::policy::Policy
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The person, as their token or sign-in names them; at most [`Actor::MAX_BYTES`].
    pub person: Box<str>,
    /// Identifier of the role in which they act: [`Actor::OPERATOR`], [`Actor::PUBLIC`], or a role
    /// declared by the framework.
    pub role: Box<str>,
    /// Code of the body for which they act; `None` if they act for no particular body.
    pub body: Option<Box<str>>,
    /// Identifier of the cycle to which the role is limited; `None` if it applies to every cycle.
    pub cycle: Option<Box<str>>,
}

/// The person, with their role and body in brackets unless they are the operator.
impl fmt::Display for Actor {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Actor { person, role, .. } = self;
        match &self.body {
            Some(body) => write!(to, "{person} ({role} for {body})"),
            None if **role == *Actor::OPERATOR => to.write_str(person),
            None => write!(to, "{person} ({role})"),
        }
    }
}

impl Actor {
    /// The role of the person who runs the server and holds its token.
    pub const OPERATOR: &'static str = "operator";
    /// The role of a caller without credentials.
    pub const PUBLIC: &'static str = "public";
    /// Maximum size of each text of an actor, in bytes.
    pub const MAX_BYTES: usize = 200;

    /// The operator, under the given name.
    pub fn operator(person: impl Into<Box<str>>) -> Actor {
        Actor {
            person: person.into(),
            role: Actor::OPERATOR.into(),
            body: None,
            cycle: None,
        }
    }

    /// Somebody in a role who acts for a body, or for none in particular. The name is that of the role,
    /// for questions in which it does not matter who it is.
    pub fn in_role(role: &str, body: Option<&str>) -> Actor {
        Actor {
            person: role.into(),
            role: role.into(),
            body: body.map(Into::into),
            cycle: None,
        }
    }

    /// A caller without credentials.
    pub fn public() -> Actor {
        Actor {
            person: Actor::PUBLIC.into(),
            role: Actor::PUBLIC.into(),
            body: None,
            cycle: None,
        }
    }
}
