//! Authenticates requests. All routes use this module.

use super::act_as::{self, ACT_AS};
use axum::http::{HeaderMap, StatusCode, header};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use wcc_core::Actor;

/// The result of looking up a token: whoever holds it, once for each role that it gives; at least one.
pub type Holder<'t> = Pin<Box<dyn Future<Output = Result<Vec<Actor>, TokenError>> + Send + 't>>;

/// Looks up who holds a token. Its running time must not reveal anything about valid tokens.
pub trait TokenHolders: Send + Sync {
    /// Whether there is any token.
    fn has_tokens(&self) -> bool {
        true
    }

    /// Looks up who holds a token.
    fn holder<'t>(&'t self, token: &'t str) -> Holder<'t>;
}

/// Authenticates requests. Cheap to clone; all clones share one state.
#[derive(Clone)]
pub struct Authenticator(Option<Arc<dyn TokenHolders>>);

/// Why a token is refused, as far as its sender may know. What a stranger could use to find out which
/// issuers, keys or algorithms a server accepts is [`TokenError::Unknown`]; the others are said only of
/// tokens whose signature is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token is unknown, for whatever reason.
    #[error(
        "the token is not accepted: expected `Authorization: Bearer` and a token that this server or one \
         of its issuers made, or the operator's token, whose file the server named in its log when it \
         started; the log also says why a token is refused"
    )]
    Unknown,
    /// Its time is over.
    #[error("the token has expired: ask whoever issued it for a new one")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It was withdrawn.
    #[error("the token was revoked: ask whoever issued it for a new one")]
    Revoked,
    /// It is somebody's, but not for this server, or does not say who they are.
    #[error(
        "the token is not made for this server, or does not say who holds it and in which role; the \
         server's log says what is missing"
    )]
    Unsuitable,
}

/// Why the credentials of a request are rejected. Such a request is never answered as if it had no
/// credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// A header is given twice, so it is ambiguous.
    #[error("`{0}` is given twice: send it once")]
    Repeated(&'static str),
    /// The header has bytes that no token contains.
    #[error("`Authorization` is malformed: expected `Bearer` and a token in plain ASCII")]
    Malformed,
    /// Another scheme, or no token.
    #[error(
        "`Authorization` is not accepted: expected `Bearer` and a token, such as the operator's, whose \
         file the server named in its log when it started"
    )]
    Scheme,
    /// The token is refused.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The server has no tokens at all.
    #[error("this server accepts no tokens; see its log for the reason")]
    NoTokens,
    /// `Act-As` is malformed, or there is no token whose roles it could choose from.
    #[error("`{ACT_AS}` {0}")]
    ActAs(&'static str),
    /// The token gives several roles, and the request does not say which.
    #[error(
        "the token gives several roles: name the one in which you act as `{ACT_AS}`, one of {0}"
    )]
    ManyRoles(String),
    /// The token does not give the role that the request names.
    #[error("the token does not give the role that `{ACT_AS}` names: it gives {0}")]
    OtherRole(String),
}

impl CredentialsError {
    /// The HTTP status of the response.
    pub fn status(&self) -> StatusCode {
        match self {
            CredentialsError::Repeated(_)
            | CredentialsError::Malformed
            | CredentialsError::ActAs(_)
            | CredentialsError::ManyRoles(_) => StatusCode::BAD_REQUEST,
            CredentialsError::Scheme | CredentialsError::Token(_) => StatusCode::UNAUTHORIZED,
            CredentialsError::NoTokens | CredentialsError::OtherRole(_) => StatusCode::FORBIDDEN,
        }
    }

    /// The value of `WWW-Authenticate`, as defined by RFC 6750; `None` if no credentials would
    /// help.
    pub fn challenge(&self) -> Option<&'static str> {
        match self {
            CredentialsError::Scheme | CredentialsError::Token(_) => {
                Some("Bearer error=\"invalid_token\"")
            }
            CredentialsError::NoTokens => None,
            CredentialsError::OtherRole(_) => Some("Bearer error=\"insufficient_scope\""),
            _ => Some("Bearer error=\"invalid_request\""),
        }
    }
}

impl Authenticator {
    /// Authenticates bearer tokens of people, each in one of the roles that their token gives.
    pub fn new(holders: impl TokenHolders + 'static) -> Authenticator {
        Authenticator(Some(Arc::new(holders)))
    }

    /// Authenticates bearer tokens with a function that knows the one actor of each. Its running time
    /// must not reveal anything about valid tokens.
    pub fn of_tokens(
        actor_of: impl Fn(&str) -> Option<Actor> + Send + Sync + 'static,
    ) -> Authenticator {
        Authenticator::new(KnownTokens(actor_of))
    }

    /// Accepts no tokens: requests without credentials are public, all others are rejected.
    pub fn without_tokens() -> Authenticator {
        Authenticator(None)
    }

    /// Whether it accepts any token.
    pub fn has_tokens(&self) -> bool {
        self.0.as_ref().is_some_and(|holders| holders.has_tokens())
    }

    /// The actor who sent a request with these headers: the public if there is no `Authorization`. A
    /// token that gives several roles needs `Act-As`, which says in which of them the request is made.
    ///
    /// # Errors
    ///
    /// The credentials are malformed, given twice or refused, or the role is not one that they give.
    pub async fn identify(&self, headers: &HeaderMap) -> Result<Actor, CredentialsError> {
        let act_as = act_as::read(headers)?;
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return match act_as {
                None => Ok(Actor::public()),
                Some(_) => Err(CredentialsError::ActAs(
                    "needs a token: send `Authorization` as well",
                )),
            };
        };
        if values.next().is_some() {
            return Err(CredentialsError::Repeated("Authorization"));
        }
        let holders = self.0.as_ref().filter(|holders| holders.has_tokens());
        let Some(holders) = holders else {
            return Err(CredentialsError::NoTokens);
        };
        let text = value.to_str().map_err(|_| CredentialsError::Malformed)?;
        let (scheme, token) = text
            .trim()
            .split_once(' ')
            .ok_or(CredentialsError::Scheme)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(CredentialsError::Scheme);
        }
        let actors = holders.holder(token.trim()).await?;
        act_as::choose(actors, act_as.as_ref())
    }
}

/// Tokens of which a function knows the one actor.
struct KnownTokens<F>(F);

impl<F: Fn(&str) -> Option<Actor> + Send + Sync> TokenHolders for KnownTokens<F> {
    fn holder<'t>(&'t self, token: &'t str) -> Holder<'t> {
        let actor = (self.0)(token).ok_or(TokenError::Unknown);
        Box::pin(std::future::ready(actor.map(|actor| vec![actor])))
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Authenticator")
            .field("has_tokens", &self.has_tokens())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::{Context, Poll, Waker};

    /// The result of work that does not wait.
    fn now<T>(work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => panic!("it waits"),
        }
    }

    fn identify(
        authenticator: &Authenticator,
        headers: &[(&'static str, &[u8])],
    ) -> Result<Actor, CredentialsError> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, (*value).try_into().unwrap());
        }
        now(authenticator.identify(&map))
    }

    #[test]
    fn bad_credentials_are_never_public() {
        let known =
            Authenticator::of_tokens(|token| (token == "a").then(|| Actor::operator("clerk")));
        let nobody = Authenticator::without_tokens();
        let identify = |authenticator: &Authenticator, values: &[&[u8]]| {
            let headers: Vec<_> = values
                .iter()
                .map(|value| ("authorization", *value))
                .collect();
            identify(authenticator, &headers)
        };
        assert_eq!(identify(&known, &[]), Ok(Actor::public()));
        assert_eq!(identify(&nobody, &[]), Ok(Actor::public()));
        for value in ["Bearer a", "bearer a", " BEARER   a "] {
            let actor = identify(&known, &[value.as_bytes()]);
            assert_eq!(actor, Ok(Actor::operator("clerk")), "{value}");
        }
        for (values, expected) in [
            (&[&b""[..]][..], CredentialsError::Scheme),
            (&[b"a"], CredentialsError::Scheme),
            (&[b"Bearer"], CredentialsError::Scheme),
            (&[b"Basic a"], CredentialsError::Scheme),
            (&[b"Bearer b"], TokenError::Unknown.into()),
            (&[b"Bearer a b"], TokenError::Unknown.into()),
            (&[b"Bearer \xc3\xa4"], CredentialsError::Malformed),
            (
                &[b"Bearer a", b"Bearer a"],
                CredentialsError::Repeated("Authorization"),
            ),
            (
                &[b"Bearer a", b""],
                CredentialsError::Repeated("Authorization"),
            ),
        ] {
            assert_eq!(identify(&known, values), Err(expected), "{values:?}");
        }
        assert_eq!(
            identify(&nobody, &[b"Bearer a"]),
            Err(CredentialsError::NoTokens)
        );
    }

    fn actor(role: &str, body: Option<&str>, cycle: Option<&str>) -> Actor {
        Actor {
            person: "A. Person".into(),
            role: role.into(),
            body: body.map(Into::into),
            cycle: cycle.map(Into::into),
        }
    }

    struct Roles(Vec<Actor>);

    impl TokenHolders for Roles {
        fn holder<'t>(&'t self, _: &'t str) -> Holder<'t> {
            Box::pin(std::future::ready(Ok(self.0.clone())))
        }
    }

    #[test]
    fn a_person_acts_in_one_of_their_roles() {
        let lead = actor("lead", Some("5KF"), Some("c/1"));
        let other_lead = actor("lead", Some("5KG"), None);
        let panel = actor("panel", None, None);
        let person = Authenticator::new(Roles(vec![lead.clone(), other_lead, panel.clone()]));
        let token = ("authorization", &b"Bearer t"[..]);
        let acting = |act_as: &'static [u8]| identify(&person, &[token, ("act-as", act_as)]);
        assert_eq!(acting(b"panel"), Ok(panel.clone()));
        assert_eq!(acting(b"lead;body=5KF"), Ok(lead.clone()));
        assert_eq!(acting(b" lead ; body=5kf "), Ok(lead.clone()));
        assert_eq!(acting(b"lead;cycle=c/1;body=5KF"), Ok(lead));
        let refused = |act_as: &'static [u8]| acting(act_as).unwrap_err().to_string();
        let many = "`lead;body=5KF;cycle=c/1`, `lead;body=5KG`";
        assert!(refused(b"lead").ends_with(many), "{}", refused(b"lead"));
        for (act_as, status) in [
            (&b"lead"[..], 400),
            (b"chair", 403),
            (b"panel;body=5KF", 403),
            (b"panel;cycle=c/1", 403),
            (b"", 400),
            (b";body=5KF", 400),
            (b"lead;5KF", 400),
            (b"lead;sha=Q30", 400),
            (b"lead;body=a;body=b", 400),
            (b"\xff", 400),
        ] {
            let error = acting(act_as).unwrap_err();
            assert_eq!(error.status(), status, "{act_as:?}: {error}");
        }
        assert_eq!(identify(&person, &[token]).unwrap_err().status(), 400);
        let twice = identify(
            &person,
            &[token, ("act-as", b"panel"), ("act-as", b"panel")],
        );
        assert_eq!(twice, Err(CredentialsError::Repeated(ACT_AS)));
        let alone = Authenticator::new(Roles(vec![panel.clone()]));
        assert_eq!(identify(&alone, &[token]), Ok(panel.clone()));
        assert_eq!(identify(&alone, &[token, ("act-as", b"panel")]), Ok(panel));
        let without = identify(&alone, &[("act-as", b"panel")]);
        assert_eq!(without.unwrap_err().status(), 400, "never public");
    }
}
