//! `Act-As`: in which of their roles somebody sends a request.

use super::credentials::CredentialsError;
use axum::http::{HeaderMap, HeaderName};
use wcc_core::Actor;

/// Name of the header. Its value is `ROLE`, or `ROLE;body=CODE;cycle=ID` with one or both of them.
pub const ACT_AS: &str = "Act-As";

/// The same name, as one of a map of headers.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("act-as");

/// A role that a request names. A part that is not given is any.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NamedRole {
    role: String,
    body: Option<String>,
    cycle: Option<String>,
}

/// Reads the header; `None` if it is absent.
pub(crate) fn read(headers: &HeaderMap) -> Result<Option<NamedRole>, CredentialsError> {
    let mut values = headers.get_all(ACT_AS).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(CredentialsError::Repeated(ACT_AS));
    }
    let malformed = || {
        CredentialsError::ActAs(
            "is malformed: expected ROLE, or ROLE;body=CODE;cycle=ID with one or both of them",
        )
    };
    // Identifiers of roles and cycles may have letters beyond ASCII.
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| malformed())?;
    let mut parts = text.split(';').map(str::trim);
    let role = parts
        .next()
        .filter(|role| !role.is_empty())
        .ok_or_else(malformed)?;
    let mut named = NamedRole {
        role: role.to_owned(),
        body: None,
        cycle: None,
    };
    for part in parts {
        let (name, value) = part.split_once('=').ok_or_else(malformed)?;
        let slot = match name.trim() {
            "body" => &mut named.body,
            "cycle" => &mut named.cycle,
            _ => return Err(malformed()),
        };
        if slot.replace(value.trim().to_owned()).is_some() {
            return Err(malformed());
        }
    }
    Ok(Some(named))
}

/// The actor of the role that is named, or the only one.
pub(crate) fn choose(
    mut actors: Vec<Actor>,
    named: Option<&NamedRole>,
) -> Result<Actor, CredentialsError> {
    let Some(named) = named else {
        return match actors.pop() {
            Some(actor) if actors.is_empty() => Ok(actor),
            Some(actor) => {
                actors.push(actor);
                Err(CredentialsError::ManyRoles(in_words(&actors)))
            }
            None => Err(CredentialsError::OtherRole("none".to_owned())),
        };
    };
    let mut matching: Vec<Actor> = actors
        .iter()
        .filter(|actor| named.is(actor))
        .cloned()
        .collect();
    match matching.pop() {
        None => Err(CredentialsError::OtherRole(in_words(&actors))),
        Some(actor) if matching.is_empty() => Ok(actor),
        Some(actor) => {
            // A role without limits is meant if just that is named.
            matching.push(actor);
            let whole = matching
                .iter()
                .find(|actor| named.is_exactly(actor))
                .cloned();
            whole.ok_or_else(|| CredentialsError::ManyRoles(in_words(&matching)))
        }
    }
}

impl NamedRole {
    fn is(&self, actor: &Actor) -> bool {
        let is_or_any = |named: &Option<String>, given: &Option<Box<str>>| {
            named.is_none() || is_same(named, given)
        };
        *self.role == *actor.role
            && is_or_any(&self.body, &actor.body)
            && is_or_any(&self.cycle, &actor.cycle)
    }

    fn is_exactly(&self, actor: &Actor) -> bool {
        is_same(&self.body, &actor.body) && is_same(&self.cycle, &actor.cycle)
    }
}

/// Whether two codes are the same; codes of bodies are often written in small letters.
fn is_same(named: &Option<String>, given: &Option<Box<str>>) -> bool {
    match (named, given) {
        (Some(named), Some(given)) => named.eq_ignore_ascii_case(given),
        (None, None) => true,
        _ => false,
    }
}

/// The roles of a token, as the header names them.
fn in_words(actors: &[Actor]) -> String {
    let names = actors.iter().map(|actor| {
        let body = actor.body.as_ref().map(|body| format!(";body={body}"));
        let cycle = actor.cycle.as_ref().map(|cycle| format!(";cycle={cycle}"));
        format!(
            "`{}{}{}`",
            actor.role,
            body.unwrap_or_default(),
            cycle.unwrap_or_default()
        )
    });
    names.collect::<Vec<_>>().join(", ")
}
