//! What an operator may ask of a running server, with the operator's token.

use crate::reload::{Refused, Reloads};
use crate::token::Token;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use serde_json::{Value, json};
use wcc_api::json_response;

#[derive(Clone)]
struct Operator {
    token: Option<Token>,
    reloads: Reloads,
}

/// The operator's routes, to be merged with the API's. Without a token they answer 403.
pub(crate) fn routes(token: Option<Token>, reloads: Reloads) -> Router {
    Router::new()
        .route("/plugins/reload", any(reload))
        .with_state(Operator { token, reloads })
}

/// Why a request goes no further.
pub(crate) struct Stopped {
    status: StatusCode,
    message: String,
    header: Option<(header::HeaderName, &'static str)>,
}

impl Stopped {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Stopped {
        Stopped {
            status,
            message: message.into(),
            header: None,
        }
    }

    fn with(self, name: header::HeaderName, value: &'static str) -> Stopped {
        Stopped {
            header: Some((name, value)),
            ..self
        }
    }

    /// The answer to the request.
    pub(crate) fn response(&self, request: &HeaderMap) -> Response {
        let mut response = error(request, self.status, &self.message);
        if let Some((name, value)) = &self.header {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Lets a request through that has the one method that its route is for.
pub(crate) fn only(method: &Method, expected: &Method) -> Result<(), Stopped> {
    if method == expected {
        return Ok(());
    }
    let allow = if *expected == Method::GET {
        "GET"
    } else {
        "POST"
    };
    let message = format!("only {allow} is for this");
    Err(Stopped::new(StatusCode::METHOD_NOT_ALLOWED, message).with(header::ALLOW, allow))
}

/// Whether a request is the operator's.
pub(crate) fn authorise(token: Option<&Token>, headers: &HeaderMap) -> Result<(), Stopped> {
    let Some(token) = token else {
        let message = "this server has no operator's token; its log says why";
        return Err(Stopped::new(StatusCode::FORBIDDEN, message));
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
    let stopped = Stopped::new(StatusCode::UNAUTHORIZED, message);
    Err(stopped.with(header::WWW_AUTHENTICATE, challenge))
}

async fn reload(State(operator): State<Operator>, method: Method, headers: HeaderMap) -> Response {
    let permitted =
        only(&method, &Method::POST).and_then(|()| authorise(operator.token.as_ref(), &headers));
    if let Err(stopped) = permitted {
        return stopped.response(&headers);
    }
    match operator.reloads.ask().await {
        Ok(reloaded) => json_response(&headers, StatusCode::OK, &json!(reloaded)),
        Err(refused) => {
            let status = match refused {
                Refused::Plugins(_) => StatusCode::CONFLICT,
                Refused::Input(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Refused::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
                Refused::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            };
            let message =
                format!("reload rejected; still serving the previous configuration: {refused}");
            error(&headers, status, &message)
        }
    }
}

fn error(headers: &HeaderMap, status: StatusCode, message: &str) -> Response {
    let body: Value = json!({ "error": message });
    json_response(headers, status, &body)
}
