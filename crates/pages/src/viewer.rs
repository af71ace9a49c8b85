//! Whoever asks for a page: by a token, by the session of their browser, or nobody in particular.

use crate::cookies::{CookieName, Cookies, PublicOrigin};
use axum::http::{HeaderMap, header};
use wcc_accounts::{Accounts, Session};
use wcc_api::{Authenticator, CredentialsError};
use wcc_core::Actor;

/// Finds out who reads: by a token, or by the session of their browser. Only for what is read with a GET,
/// because a browser sends its cookie with whatever a page of another site asks for.
#[derive(Clone, Debug)]
pub struct Visitors {
    authenticator: Authenticator,
    accounts: Option<Accounts>,
    public_origin: PublicOrigin,
}

/// Why it is not known who reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VisitorError {
    /// The token is not accepted.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// Sessions cannot be read.
    #[error("sessions cannot be read at the moment; try again later")]
    Unavailable,
}

impl Visitors {
    /// Visitors with a token that `authenticator` knows, or with a session of these accounts.
    pub fn new(authenticator: Authenticator, accounts: Option<Accounts>) -> Visitors {
        let origin = accounts.as_ref().and_then(Accounts::public_origin);
        Visitors {
            authenticator,
            public_origin: origin.map(Into::into),
            accounts,
        }
    }

    /// Whether anybody can sign in.
    pub(crate) fn can_sign_in(&self) -> bool {
        self.accounts.is_some()
    }

    /// The accounts of those who sign in.
    pub(crate) fn accounts(&self) -> Option<&Accounts> {
        self.accounts.as_ref()
    }

    /// The origin by which browsers know this server, if the settings say so.
    pub(crate) fn public_origin(&self) -> &PublicOrigin {
        &self.public_origin
    }

    /// The cookies of a request.
    pub(crate) fn cookies<'h>(&self, headers: &'h HeaderMap) -> Cookies<'h> {
        Cookies::new(headers, &self.public_origin)
    }

    /// Whoever sent a request with these headers; the public if nothing says more.
    ///
    /// # Errors
    /// The token is refused, or sessions cannot be read.
    pub async fn identify(&self, headers: &HeaderMap) -> Result<Actor, VisitorError> {
        Ok(self.viewer(headers).await?.actor)
    }

    /// Whoever asks for a page. A session counts only if the request brings no token.
    pub(crate) async fn viewer(&self, headers: &HeaderMap) -> Result<Viewer, VisitorError> {
        let session = match (
            &self.accounts,
            self.cookies(headers).secret(CookieName::Session),
        ) {
            (Some(accounts), Some(secret)) if !headers.contains_key(header::AUTHORIZATION) => {
                accounts.session(&secret).await.map_err(|error| {
                    tracing::error!("sessions cannot be read: {error}");
                    VisitorError::Unavailable
                })?
            }
            _ => None,
        };
        if let Some(session) = session {
            let actor = session.chosen_actor().cloned();
            return Ok(Viewer {
                actor: actor.unwrap_or_else(Actor::public),
                session: Some(session),
                public_origin: self.public_origin.clone(),
            });
        }
        Ok(Viewer {
            actor: self.authenticator.identify(headers).await?,
            session: None,
            public_origin: self.public_origin.clone(),
        })
    }
}

/// Whoever asks for a page.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    pub(crate) actor: Actor,
    /// The session of their browser; `None` for the public and for programs with a token.
    pub(crate) session: Option<Session>,
    /// The origin by which browsers know this server, if the settings say so.
    pub(crate) public_origin: PublicOrigin,
}

impl Viewer {
    /// Somebody who has shown nothing.
    pub(crate) fn public() -> Viewer {
        Viewer {
            actor: Actor::public(),
            session: None,
            public_origin: None,
        }
    }

    /// Whether they are nobody in particular.
    pub(crate) fn is_public(&self) -> bool {
        *self.actor.role == *Actor::PUBLIC
    }
}
