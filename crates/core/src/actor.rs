//! Who acts: a person, in a role, for a body, in a cycle.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Whoever asks for a change or reads something. What they may do is the [`Policy`]'s to decide.
///
/// [`Policy`]: crate::policy::Policy
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The person, as their token or sign-in names them; at most 200 bytes.
    pub person: Box<str>,
    /// Identifier of the role in which they act: [`Actor::OPERATOR`], [`Actor::PUBLIC`], or one
    /// that the framework declares.
    pub role: Box<str>,
    /// Code of the body that they act for; `None` if they act for no body in particular.
    pub body: Option<Box<str>>,
    /// Identifier of the cycle that the role is limited to; `None` if it holds in every cycle.
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
    /// The role of whoever runs the server and holds its token.
    pub const OPERATOR: &'static str = "operator";
    /// The role of whoever asks without credentials.
    pub const PUBLIC: &'static str = "public";

    /// The operator, under a name.
    pub fn operator(person: impl Into<Box<str>>) -> Actor {
        Actor {
            person: person.into(),
            role: Actor::OPERATOR.into(),
            body: None,
            cycle: None,
        }
    }

    /// Somebody without credentials.
    pub fn public() -> Actor {
        Actor {
            person: Actor::PUBLIC.into(),
            role: Actor::PUBLIC.into(),
            body: None,
            cycle: None,
        }
    }
}
