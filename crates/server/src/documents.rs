//! Evidence documents over HTTP. The holder of the operator's token files them; clients fetch the
//! ones that they may read.
//!
//! A client sends a document first, and then names its SHA-256 in the evidence. The policy decides
//! who may read the document, by the records that name it. A document is returned as a download and
//! never shown in a page of this server.

use crate::downloads::download;
use crate::operator::{self, HttpError};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use serde_json::json;
use std::time::Duration;
use tower_http::timeout::RequestBodyTimeoutLayer;
use wcc_api::{Authenticator, json_response};
use wcc_ledger::documents::MAX_BYTES;
use wcc_ledger::{Document, DocumentError, DocumentKind, Documents, Hash, Ledger};

/// Maximum time between two parts of a document that is being sent.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct DocumentRoutes {
    authenticator: Authenticator,
    ledger: Ledger,
    documents: Documents,
}

/// `POST /documents` and `GET /documents/SHA256`.
pub(crate) fn routes(authenticator: Authenticator, ledger: Ledger, documents: Documents) -> Router {
    Router::new()
        .route("/documents", any(file))
        .route("/documents/{sha256}", any(fetch))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .with_state(DocumentRoutes {
            authenticator,
            ledger,
            documents,
        })
}

async fn file(
    State(routes): State<DocumentRoutes>,
    request: Request,
) -> Result<Response, HttpError> {
    operator::require_method(request.method(), &Method::POST)?;
    operator::require_operator(&routes.authenticator, request.headers()).await?;
    let media_type = request.headers().get(header::CONTENT_TYPE);
    let media_type = media_type
        .and_then(|media_type| media_type.to_str().ok())
        .unwrap_or_default();
    let kind = DocumentKind::of_media_type(media_type).ok_or_else(|| {
        let known = DocumentKind::ALL.map(DocumentKind::media_type).join(", ");
        let message = format!("`Content-Type` is `{media_type}`: expected one of {known}");
        HttpError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
    })?;
    let bytes = to_bytes(request.into_body(), MAX_BYTES)
        .await
        .map_err(|_| {
            let message = format!(
                "the document is larger than {MAX_BYTES} bytes, or the connection was lost"
            );
            HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, message)
        })?;
    let bytes = bytes.to_vec();
    let length = bytes.len();
    let hash = routes
        .documents
        .file(Document { kind, bytes })
        .await
        .map_err(|error| match error {
            DocumentError::Size(_) | DocumentError::Kind(_) => {
                HttpError::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
            }
            error => unavailable(&error),
        })?;
    let body = json!({ "sha256": hash.to_string(), "bytes": length, "type": kind.media_type() });
    Ok(json_response(StatusCode::CREATED, &body))
}

async fn fetch(
    State(routes): State<DocumentRoutes>,
    Path(sha256): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    operator::require_method(&method, &Method::GET)?;
    let actor = routes.authenticator.identify(&headers).await?;
    let missing = || {
        let message = "there is no document with this SHA-256";
        HttpError::new(StatusCode::NOT_FOUND, message)
    };
    let hash: Hash = sha256.parse().map_err(|_| missing())?;
    let sha256 = hash.to_string();
    let ledger = &routes.ledger;
    // A document that the client may not read looks absent.
    if !ledger.look_as(&actor, |permission| permission.reads_document(&sha256)) {
        return Err(missing());
    }
    let document = routes.documents.find(hash).await;
    let document = document
        .map_err(|error| unavailable(&error))?
        .ok_or_else(missing)?;
    let kind = document.kind;
    let name = format!("{hash}.{}", kind.ending());
    let (media_type, cache_control) = (kind.media_type(), "private, no-store");
    Ok(download(&name, media_type, cache_control, document.bytes))
}

/// Reports a failure of the document store. The client sees only a general message; the log has the
/// cause.
fn unavailable(error: &DocumentError) -> HttpError {
    tracing::error!("{error}");
    let message = "documents cannot be stored or read at the moment; try again later";
    HttpError::new(StatusCode::SERVICE_UNAVAILABLE, message)
}
