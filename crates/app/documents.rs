//! Evidence documents over HTTP: filed and fetched by the holder of the operator's token.
//!
//! A document is sent on its own, then named by its SHA-256 in the evidence that is filed with it.
//! It is given back as a download, never shown within a page of this server.

use crate::operator::{self, Stopped};
use crate::token::Token;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::json;
use wcc_api::json_response;
use wcc_ledger::documents::MOST_BYTES;
use wcc_ledger::{Document, DocumentError, DocumentKind, Documents, Hash};

#[derive(Clone)]
struct Desk {
    token: Option<Token>,
    documents: Documents,
}

/// `POST /documents` and `GET /documents/SHA256`.
pub(crate) fn routes(token: Option<Token>, documents: Documents) -> Router {
    Router::new()
        .route("/documents", any(file))
        .route("/documents/{sha256}", any(fetch))
        .with_state(Desk { token, documents })
}

fn stopped(status: StatusCode, message: impl Into<String>) -> Stopped {
    Stopped::new(status, message)
}

async fn file(State(desk): State<Desk>, request: Request) -> Response {
    let headers = request.headers().clone();
    let filed = match operator::only(request.method(), &Method::POST)
        .and_then(|()| operator::authorise(desk.token.as_ref(), &headers))
    {
        Ok(()) => filed(&desk, &headers, request).await,
        Err(stopped) => Err(stopped),
    };
    match filed {
        Ok(response) => response,
        Err(stopped) => stopped.response(&headers),
    }
}

async fn filed(desk: &Desk, headers: &HeaderMap, request: Request) -> Result<Response, Stopped> {
    let named = headers.get(header::CONTENT_TYPE);
    let named = named
        .and_then(|named| named.to_str().ok())
        .unwrap_or_default();
    let kind = DocumentKind::of_media_type(named).ok_or_else(|| {
        let known = DocumentKind::ALL.map(DocumentKind::media_type).join(", ");
        let message = format!("`Content-Type` is `{named}`: expected one of {known}");
        stopped(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
    })?;
    let bytes = to_bytes(request.into_body(), MOST_BYTES)
        .await
        .map_err(|_| {
            let message = format!("the document is larger than {MOST_BYTES} bytes, or broke off");
            stopped(StatusCode::PAYLOAD_TOO_LARGE, message)
        })?;
    let bytes = bytes.to_vec();
    let length = bytes.len();
    let hash = desk
        .documents
        .file(Document { kind, bytes })
        .await
        .map_err(|error| {
            let status = match error {
                DocumentError::Size(_) | DocumentError::Kind(_) => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            };
            told(error, status)
        })?;
    let body = json!({ "sha256": hash.to_string(), "bytes": length, "type": kind.media_type() });
    Ok(json_response(headers, StatusCode::CREATED, &body))
}

async fn fetch(
    State(desk): State<Desk>,
    Path(sha256): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let permitted = operator::only(&method, &Method::GET)
        .and_then(|()| operator::authorise(desk.token.as_ref(), &headers));
    let fetched = match permitted {
        Ok(()) => fetched(&desk, &sha256).await,
        Err(stopped) => Err(stopped),
    };
    fetched.unwrap_or_else(|stopped| stopped.response(&headers))
}

async fn fetched(desk: &Desk, sha256: &str) -> Result<Response, Stopped> {
    let missing = || {
        stopped(
            StatusCode::NOT_FOUND,
            "there is no document with this SHA-256",
        )
    };
    let hash: Hash = sha256.parse().map_err(|_| missing())?;
    let found = desk.documents.find(hash).await;
    let found = found.map_err(|error| told(error, StatusCode::SERVICE_UNAVAILABLE))?;
    let document = found.ok_or_else(missing)?;
    let name = format!("attachment; filename=\"{hash}.{}\"", document.kind.ending());
    let headers = [
        (header::CONTENT_TYPE, document.kind.media_type()),
        (header::CONTENT_DISPOSITION, &name),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, document.bytes).into_response())
}

/// What the client may know of an error; the rest is in the log.
fn told(error: DocumentError, status: StatusCode) -> Stopped {
    if status == StatusCode::UNPROCESSABLE_ENTITY {
        return stopped(status, error.to_string());
    }
    tracing::error!("{error}");
    stopped(status, "documents cannot be kept or read at the moment")
}
