//! The operator's routes, and the checks that protect them.

use crate::reload::{ReloadError, ReloadQueue};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::json;
use wcc_api::{Authenticator, CredentialsError, json_response};
use wcc_core::Actor;
use wcc_pages::VisitorError;

#[derive(Clone)]
struct OperatorRoutes {
    authenticator: Authenticator,
    reloads: ReloadQueue,
}

/// Builds the operator's routes, which are merged with the API's. A server without a token answers
/// them with 403.
pub(crate) fn routes(authenticator: Authenticator, reloads: ReloadQueue) -> Router {
    Router::new()
        .route("/plugins/reload", any(reload))
        .with_state(OperatorRoutes {
            authenticator,
            reloads,
        })
}

/// An error response.
pub(crate) struct HttpError {
    status: StatusCode,
    message: String,
    header: Option<(HeaderName, &'static str)>,
}

impl HttpError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> HttpError {
        HttpError {
            status,
            message: message.into(),
            header: None,
        }
    }

    fn with(self, name: HeaderName, value: &'static str) -> HttpError {
        HttpError {
            header: Some((name, value)),
            ..self
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = json_response(self.status, &json!({ "error": self.message }));
        if let Some((name, value)) = self.header {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<CredentialsError> for HttpError {
    fn from(error: CredentialsError) -> HttpError {
        let response = HttpError::new(error.status(), error.to_string());
        match error.challenge() {
            Some(challenge) => response.with(header::WWW_AUTHENTICATE, challenge),
            None => response,
        }
    }
}

impl From<VisitorError> for HttpError {
    fn from(error: VisitorError) -> HttpError {
        match error {
            VisitorError::Credentials(error) => error.into(),
            VisitorError::Unavailable => {
                HttpError::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
            }
        }
    }
}

/// Rejects any method except the expected one.
pub(crate) fn require_method(method: &Method, expected: &Method) -> Result<(), HttpError> {
    if method == expected {
        return Ok(());
    }
    let allow = if *expected == Method::GET {
        "GET"
    } else {
        "POST"
    };
    let message = format!("method not allowed: use {allow}");
    Err(HttpError::new(StatusCode::METHOD_NOT_ALLOWED, message).with(header::ALLOW, allow))
}

/// Rejects a request that does not come from the operator.
pub(crate) async fn require_operator(
    authenticator: &Authenticator,
    headers: &HeaderMap,
) -> Result<(), HttpError> {
    let actor = authenticator.identify(headers).await?;
    // A role that is limited to a body or a cycle does not reach what belongs to none.
    if *actor.role == *Actor::OPERATOR && actor.body.is_none() && actor.cycle.is_none() {
        return Ok(());
    }
    if actor != Actor::public() {
        let message = "only the operator may do this";
        return Err(HttpError::new(StatusCode::FORBIDDEN, message));
    }
    if !authenticator.has_tokens() {
        return Err(CredentialsError::NoTokens.into());
    }
    let message = "send the operator's token as `Authorization: Bearer TOKEN`; the server's log \
                   names the token's file at start-up";
    let error = HttpError::new(StatusCode::UNAUTHORIZED, message);
    Err(error.with(header::WWW_AUTHENTICATE, "Bearer"))
}

async fn reload(
    State(routes): State<OperatorRoutes>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    require_method(&method, &Method::POST)?;
    require_operator(&routes.authenticator, &headers).await?;
    let report = routes.reloads.reload().await?;
    Ok(json_response(StatusCode::OK, &json!(report)))
}

impl From<ReloadError> for HttpError {
    fn from(error: ReloadError) -> HttpError {
        let status = match error {
            ReloadError::Plugins(_) => StatusCode::CONFLICT,
            ReloadError::Snapshot(_) => StatusCode::UNPROCESSABLE_ENTITY,
            ReloadError::Busy | ReloadError::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            ReloadError::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let message = format!("reload rejected; still serving the previous configuration: {error}");
        HttpError::new(status, message)
    }
}
