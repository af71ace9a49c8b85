//! What the operator may ask of a running server with the operator's token.

use crate::reload::{ReloadError, ReloadQueue};
use crate::token::Token;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use serde_json::json;
use wcc_api::json_response;

#[derive(Clone)]
struct OperatorRoutes {
    token: Option<Token>,
    reloads: ReloadQueue,
}

/// The operator's routes, to be merged with the API's. Without a token they answer 403.
pub(crate) fn routes(token: Option<Token>, reloads: ReloadQueue) -> Router {
    Router::new()
        .route("/plugins/reload", any(reload))
        .with_state(OperatorRoutes { token, reloads })
}

/// Why a request is refused.
pub(crate) struct HttpError {
    status: StatusCode,
    message: String,
    header: Option<(header::HeaderName, &'static str)>,
}

impl HttpError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> HttpError {
        HttpError {
            status,
            message: message.into(),
            header: None,
        }
    }

    fn with(self, name: header::HeaderName, value: &'static str) -> HttpError {
        HttpError {
            header: Some((name, value)),
            ..self
        }
    }

    /// The response to the request.
    pub(crate) fn response(&self, request: &HeaderMap) -> Response {
        let body = json!({ "error": self.message });
        let mut response = json_response(request, self.status, &body);
        if let Some((name, value)) = &self.header {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
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
pub(crate) fn authorise(token: Option<&Token>, headers: &HeaderMap) -> Result<(), HttpError> {
    let Some(token) = token else {
        let message = "this server has no operator's token; its log says why";
        return Err(HttpError::new(StatusCode::FORBIDDEN, message));
    };
    let given = headers.get(header::AUTHORIZATION);
    let permitted = given
        .and_then(|given| given.to_str().ok())
        .is_some_and(|given| token.permits(given));
    if permitted {
        return Ok(());
    }
    let challenge = match given {
        None => "Bearer",
        Some(_) => "Bearer error=\"invalid_token\"",
    };
    let message = "this needs `Authorization: Bearer` and the operator's token, whose file the \
                   server named in its log when it started";
    let error = HttpError::new(StatusCode::UNAUTHORIZED, message);
    Err(error.with(header::WWW_AUTHENTICATE, challenge))
}

async fn reload(
    State(operator): State<OperatorRoutes>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let permitted =
        only(&method, &Method::POST).and_then(|()| authorise(operator.token.as_ref(), &headers));
    if let Err(error) = permitted {
        return error.response(&headers);
    }
    match operator.reloads.reload().await {
        Ok(report) => json_response(&headers, StatusCode::OK, &json!(report)),
        Err(error) => {
            let status = match error {
                ReloadError::Plugins(_) => StatusCode::CONFLICT,
                ReloadError::Snapshot(_) => StatusCode::UNPROCESSABLE_ENTITY,
                ReloadError::Busy | ReloadError::Stopping => StatusCode::SERVICE_UNAVAILABLE,
                ReloadError::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            };
            let message =
                format!("reload rejected; still serving the previous configuration: {error}");
            HttpError::new(status, message).response(&headers)
        }
    }
}
