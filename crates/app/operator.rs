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
struct Stopped {
    status: StatusCode,
    message: &'static str,
    header: Option<(header::HeaderName, &'static str)>,
}

/// Whether a request is the operator's.
fn authorise(token: Option<&Token>, headers: &HeaderMap) -> Result<(), Stopped> {
    let Some(token) = token else {
        return Err(Stopped {
            status: StatusCode::FORBIDDEN,
            message: "this server has no operator's token; its log says why",
            header: None,
        });
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
    Err(Stopped {
        status: StatusCode::UNAUTHORIZED,
        message: "this needs `Authorization: Bearer` and the operator's token, whose file the \
                  server named in its log when it started",
        header: Some((header::WWW_AUTHENTICATE, challenge)),
    })
}

async fn reload(State(operator): State<Operator>, method: Method, headers: HeaderMap) -> Response {
    let permitted = if method == Method::POST {
        authorise(operator.token.as_ref(), &headers)
    } else {
        Err(Stopped {
            status: StatusCode::METHOD_NOT_ALLOWED,
            message: "only POST reloads",
            header: Some((header::ALLOW, "POST")),
        })
    };
    if let Err(stopped) = permitted {
        let mut response = error(&headers, stopped.status, stopped.message);
        if let Some((name, value)) = stopped.header {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        return response;
    }
    match operator.reloads.ask().await {
        Ok(reloaded) => json_response(&headers, StatusCode::OK, &json!(reloaded)),
        Err(refused) => {
            let status = match refused {
                Refused::Plugins(_) => StatusCode::CONFLICT,
                Refused::Input(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Refused::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            let message = format!("not reloaded, the old stays: {refused}");
            error(&headers, status, &message)
        }
    }
}

fn error(headers: &HeaderMap, status: StatusCode, message: &str) -> Response {
    let body: Value = json!({ "error": message });
    json_response(headers, status, &body)
}
