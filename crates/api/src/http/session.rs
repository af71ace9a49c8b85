//! Who a connection belongs to, verified again while it is open.

use super::credentials::{Authenticator, CredentialsError};
use axum::http::{HeaderMap, header};
use wcc_core::Actor;

/// The actor of an open connection, with the credentials that say so.
#[derive(Debug)]
pub(crate) struct Session {
    authenticator: Authenticator,
    headers: HeaderMap,
    actor: Actor,
}

/// Why a connection no longer belongs to its actor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SessionEnd {
    /// The credentials are no longer accepted.
    #[error(transparent)]
    Refused(#[from] CredentialsError),
    /// They give another role now.
    #[error("the token gives another role than before: connect again")]
    OtherRole,
}

impl Session {
    /// Identifies the actor by the headers of a request.
    ///
    /// # Errors
    /// The credentials are refused.
    pub(crate) async fn open(
        authenticator: Authenticator,
        headers: HeaderMap,
    ) -> Result<Session, CredentialsError> {
        let actor = authenticator.identify(&headers).await?;
        Ok(Session {
            authenticator,
            headers,
            actor,
        })
    }

    /// The actor.
    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Verifies the credentials again: a token may have expired or been revoked, and its roles have
    /// dates.
    ///
    /// # Errors
    /// They no longer give this actor.
    pub(crate) async fn verify(&self) -> Result<(), SessionEnd> {
        if !self.headers.contains_key(header::AUTHORIZATION) {
            return Ok(());
        }
        let actor = self.authenticator.identify(&self.headers).await?;
        if actor == self.actor {
            Ok(())
        } else {
            Err(SessionEnd::OtherRole)
        }
    }
}

/// The credentials among the headers of a request.
pub(crate) fn credentials(headers: &HeaderMap) -> HeaderMap {
    let mut credentials = HeaderMap::new();
    for name in [header::AUTHORIZATION, super::act_as::HEADER] {
        for value in headers.get_all(&name) {
            credentials.append(name.clone(), value.clone());
        }
    }
    credentials
}
