//! A request, from HTTP, the command line or a test.

use crate::view::ViewId;
use jiff::civil::Date;
use std::sync::LazyLock;
use wcc_core::Actor;

/// One GraphQL request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The text of the document.
    pub query: String,
    /// Name of the operation to execute.
    pub operation: Option<String>,
    /// The variables as a JSON object; empty if there are none.
    pub variables: String,
    /// Rejects anything but a query, as HTTP GET requires.
    pub only_queries: bool,
    /// The authenticated actor; `None` for a caller without credentials. A mutation requires an
    /// actor, who is recorded in the ledger. The code that builds the request must have
    /// authenticated them.
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

    /// Sets the name of the operation.
    #[must_use]
    pub fn operation(self, name: impl Into<String>) -> Request {
        Request {
            operation: Some(name.into()),
            ..self
        }
    }

    /// Sets the actor.
    #[must_use]
    pub fn actor(self, actor: Actor) -> Request {
        Request {
            actor: Some(actor),
            ..self
        }
    }

    /// The actor of requests without credentials.
    pub(crate) fn public() -> &'static Actor {
        static PUBLIC: LazyLock<Actor> = LazyLock::new(Actor::public);
        &PUBLIC
    }

    /// The actor whose view of the data the request uses.
    pub(crate) fn viewer(&self) -> &Actor {
        self.actor.as_ref().unwrap_or(Request::public())
    }

    /// The cache key: everything that the answer to a query depends on, apart from the picture.
    /// Answers to mutations and rejections because of `only_queries` are never cached, so they need
    /// no part of the key.
    pub(crate) fn key(&self, scope: Scope<'_>) -> Box<[u8]> {
        self.key_of_kind(scope, b'r')
    }

    /// The key of a subscription's answers. It differs from that of a query, so that a transport that
    /// cannot deliver subscriptions finds none of them.
    pub(crate) fn subscription_key(&self, view: ViewId) -> Box<[u8]> {
        self.key_of_kind(Scope::View(view), b's')
    }

    fn key_of_kind(&self, scope: Scope<'_>, kind: u8) -> Box<[u8]> {
        let operation = self.operation.as_deref();
        let mut key = key(scope, kind, self.query.len() + self.variables.len() + 32);
        key.push(u8::from(operation.is_some()));
        for part in [&self.query, &self.variables, operation.unwrap_or_default()] {
            key.extend_from_slice(&part.len().to_le_bytes());
            key.extend_from_slice(part.as_bytes());
        }
        key.into_boxed_slice()
    }
}

/// An unparsed request from the network. Identical bytes are the same request, so a cached answer
/// is found without parsing them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RawRequest<'r> {
    /// The body of a POST.
    Body(&'r [u8]),
    /// The query string of a GET.
    QueryString(&'r str),
}

impl RawRequest<'_> {
    /// Everything that the answer depends on, apart from the picture.
    pub(crate) fn key(self, scope: Scope<'_>) -> Box<[u8]> {
        let (kind, bytes) = match self {
            RawRequest::Body(bytes) => (b'b', bytes),
            RawRequest::QueryString(text) => (b'l', text.as_bytes()),
        };
        let mut key = key(scope, kind, bytes.len());
        key.extend_from_slice(bytes);
        key.into_boxed_slice()
    }
}

/// The viewers to whom a cached answer applies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// Every viewer with this view of the programme.
    View(ViewId),
    /// One actor on one day, for an answer about an earlier point: actors with the same view of
    /// the current programme may have different views of an earlier one.
    Actor(&'a Actor, Date),
}

/// The start of a cache key, with capacity for the rest.
fn key(scope: Scope<'_>, kind: u8, capacity: usize) -> Vec<u8> {
    let mut key = Vec::with_capacity(capacity + 9);
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
            let texts = [Some(person), Some(role), body.as_ref(), cycle.as_ref()];
            let texts = texts.map(|text| text.map(AsRef::as_ref));
            for text in texts.into_iter().chain([Some(day.as_str())]) {
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
    fn different_requests_have_different_keys() {
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
        let [body, line] = [RawRequest::Body(b"{ a }"), RawRequest::QueryString("{ a }")]
            .map(|raw| raw.key(whole));
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
