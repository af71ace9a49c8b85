//! A request, as HTTP, the command line and tests ask it.

use crate::view::ViewId;
use jiff::civil::Date;
use std::sync::LazyLock;
use wcc_core::Actor;

/// One GraphQL request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The document.
    pub query: String,
    /// Which of its operations.
    pub operation: Option<String>,
    /// The variables as a JSON object; empty for none.
    pub variables: String,
    /// Refuses anything but a query before it is looked at: HTTP's GET.
    pub only_queries: bool,
    /// Who asks; `None` for somebody without credentials. A mutation needs one, and the ledger
    /// notes it. Whoever builds the request must have made sure of it.
    pub actor: Option<Actor>,
}

impl Request {
    /// A request without variables.
    pub fn new(query: impl Into<String>) -> Request {
        Request {
            query: query.into(),
            ..Request::default()
        }
    }

    /// Sets the variables, as a JSON object.
    #[must_use]
    pub fn variables(self, json: impl Into<String>) -> Request {
        Request {
            variables: json.into(),
            ..self
        }
    }

    /// Names the operation.
    #[must_use]
    pub fn operation(self, name: impl Into<String>) -> Request {
        Request {
            operation: Some(name.into()),
            ..self
        }
    }

    /// Says who asks.
    #[must_use]
    pub fn actor(self, actor: Actor) -> Request {
        Request {
            actor: Some(actor),
            ..self
        }
    }

    /// Whoever asks without credentials.
    pub(crate) fn anybody() -> &'static Actor {
        static PUBLIC: LazyLock<Actor> = LazyLock::new(Actor::public);
        &PUBLIC
    }

    /// Whose view the request is answered from.
    pub(crate) fn viewer(&self) -> &Actor {
        self.actor.as_ref().unwrap_or(Request::anybody())
    }

    /// Everything that the answer to a query depends on beside the picture, so that two requests
    /// with the same key have the same answer; answers to mutations are never kept. What `only_queries` refuses is never kept, so it is not
    /// part of the key.
    pub(crate) fn key(&self, scope: Scope<'_>) -> Box<[u8]> {
        let operation = self.operation.as_deref();
        let mut key = key(scope, b'r', self.query.len() + self.variables.len() + 32);
        key.push(u8::from(operation.is_some()));
        for part in [&self.query, &self.variables, operation.unwrap_or_default()] {
            key.extend_from_slice(&part.len().to_le_bytes());
            key.extend_from_slice(part.as_bytes());
        }
        key.into_boxed_slice()
    }
}

/// A request as it came over the network, before anything has read it. The same bytes are the
/// same request, so that a kept answer is found without reading them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Raw<'r> {
    /// The body of a POST.
    Body(&'r [u8]),
    /// The query string of a GET.
    Line(&'r str),
}

impl Raw<'_> {
    /// Everything that the answer depends on beside the picture.
    pub(crate) fn key(self, scope: Scope<'_>) -> Box<[u8]> {
        let (kind, bytes) = match self {
            Raw::Body(bytes) => (b'b', bytes),
            Raw::Line(text) => (b'l', text.as_bytes()),
        };
        let mut key = key(scope, kind, bytes.len());
        key.extend_from_slice(bytes);
        key.into_boxed_slice()
    }
}

/// Whom a cached answer is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// Everybody with this view of the programme.
    View(ViewId),
    /// One actor on one day: an answer of an earlier moment. Two who see the same of the programme
    /// now need not see the same of an earlier one.
    Actor(&'a Actor, Date),
}

/// The start of a key, with room for the rest.
fn key(scope: Scope<'_>, kind: u8, room: usize) -> Vec<u8> {
    let mut key = Vec::with_capacity(room + 9);
    match scope {
        Scope::View(view) => key.extend_from_slice(&view.to_bytes()),
        Scope::Actor(actor, day) => {
            let Actor {
                person,
                role,
                body,
                cycle,
            } = actor;
            // No view has this number.
            key.extend_from_slice(&[u8::MAX; 8]);
            let day = day.to_string();
            let known = [Some(person), Some(role), body.as_ref(), cycle.as_ref()];
            let known = known.map(|text| text.map(AsRef::as_ref));
            for text in known.into_iter().chain([Some(day.as_str())]) {
                let length = text.map_or(u64::MAX, |text| text.len() as u64);
                key.extend_from_slice(&length.to_le_bytes());
                key.extend_from_slice(text.unwrap_or_default().as_bytes());
            }
        }
    }
    key.push(kind);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_where_requests_do() {
        let request = Request::new("{ a }");
        let others = [
            Request::new("{ a } "),
            Request::new("{ a }").variables("{}"),
            Request::new("{ a }").operation(""),
            Request::new("{ a").variables(" }"),
            Request::new("").operation("{ a }"),
        ];
        let whole = Scope::View(ViewId::WHOLE);
        let key = |request: &Request| request.key(whole);
        for other in &others {
            assert_ne!(key(&request), key(other), "{other:?}");
        }
        assert_eq!(key(&request), key(&request.clone()));
        let [body, line] = [Raw::Body(b"{ a }"), Raw::Line("{ a }")].map(|raw| raw.key(whole));
        assert_ne!(body, line);
        assert_ne!(body, key(&request));
        let today = Date::constant(2010, 3, 31);
        let actors = [
            Actor::public(),
            Actor::operator("public"),
            Actor {
                body: Some("".into()),
                ..Actor::public()
            },
            Actor {
                cycle: Some("".into()),
                ..Actor::public()
            },
        ];
        let mut keys: Vec<_> = actors
            .iter()
            .map(|actor| request.key(Scope::Actor(actor, today)))
            .collect();
        keys.push(request.key(Scope::Actor(&actors[0], Date::ZERO)));
        keys.push(key(&request));
        let distinct: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }
}
