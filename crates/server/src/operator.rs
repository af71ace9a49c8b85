//! What the operator may ask of a running server with the operator's token.

use crate::reload::{ReloadError, ReloadQueue};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::json;
use wcc_api::{Authenticator, CredentialsError, json_response};
use wcc_core::Actor;

#[derive(Clone)]
struct OperatorRoutes {
    authenticator: Authenticator,
    reloads: ReloadQueue,
}

/// The operator's routes, to be merged with the API's. On a server without a token they answer 403.
pub(crate) fn routes(authenticator: Authenticator, reloads: ReloadQueue) -> Router {
    Router::new()
        .route("/plugins/reload", any(reload))
        .with_state(OperatorRoutes {
            authenticator,
            reloads,
        })
}

/// Why a request is refused.
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
        let refused = HttpError::new(error.status(), error.to_string());
        match error.challenge() {
            Some(challenge) => refused.with(header::WWW_AUTHENTICATE, challenge),
            None => refused,
        }
    }
}

/// Refuses any method but the expected one.
pub(crate) fn only(method: &Method, expected: &Method) -> Result<(), HttpError> {
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

/// Refuses a request that is not the operator's.
pub(crate) fn require_operator(
    authenticator: &Authenticator,
    headers: &HeaderMap,
) -> Result<(), HttpError> {
    let actor = authenticator.identify(headers)?;
    if *actor.role == *Actor::OPERATOR {
        return Ok(());
    }
    if *actor.role != *Actor::PUBLIC {
        let message = "only the operator may do this";
        return Err(HttpError::new(StatusCode::FORBIDDEN, message));
    }
    if !authenticator.has_tokens() {
        return Err(CredentialsError::NoTokens.into());
    }
    let message = "this needs `Authorization: Bearer` and the operator's token, whose file the \
                   server named in its log when it started";
    let error = HttpError::new(StatusCode::UNAUTHORIZED, message);
    Err(error.with(header::WWW_AUTHENTICATE, "Bearer"))
}

async fn reload(
    State(routes): State<OperatorRoutes>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    only(&method, &Method::POST)?;
    require_operator(&routes.authenticator, &headers)?;
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
