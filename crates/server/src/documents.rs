//! Evidence documents over HTTP. The holder of the operator's token files them, and people file theirs in
//! the pages; clients and browsers fetch the ones that they may read.
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
use wcc_api::{Authenticator, BoxFuture, json_response};
use wcc_core::policy::FILE_EVIDENCE;
use wcc_ledger::documents::MAX_BYTES;
use wcc_ledger::{Document, DocumentError, DocumentKind, Documents, Hash, Ledger};
use wcc_pages::{DocumentFiler, FilingError, SentDocument, Visitors};

/// Maximum time between two parts of a document that is being sent.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct DocumentRoutes {
    authenticator: Authenticator,
    visitors: Visitors,
    ledger: Ledger,
    documents: Documents,
}

/// `POST /documents` and `GET /documents/SHA256`.
pub(crate) fn routes(
    authenticator: Authenticator,
    visitors: Visitors,
    ledger: Ledger,
    documents: Documents,
) -> Router {
    Router::new()
        .route("/documents", any(file))
        .route("/documents/{sha256}", any(fetch))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .with_state(DocumentRoutes {
            authenticator,
            visitors,
            ledger,
            documents,
        })
}

/// Files documents for people who have signed in.
pub(crate) struct EvidenceFiler {
    pub(crate) ledger: Ledger,
    pub(crate) documents: Documents,
}

impl DocumentFiler for EvidenceFiler {
    fn max_bytes(&self) -> usize {
        MAX_BYTES
    }

    fn endings(&self) -> Vec<&'static str> {
        DocumentKind::ALL.map(DocumentKind::ending).to_vec()
    }

    fn file(&self, document: SentDocument) -> BoxFuture<'_, Result<String, FilingError>> {
        Box::pin(async move {
            let SentDocument {
                actor,
                cycle,
                body,
                ending,
                bytes,
            } = document;
            // Before anything is stored.
            let permitted = self.ledger.look_as(&actor, |permission| {
                permission.check_act_on_body(FILE_EVIDENCE, &cycle, &body)
            });
            permitted.map_err(|reason| FilingError::Refused(reason.to_string()))?;
            // The other ending of the same kind.
            let ending = if ending == "jpeg" { "jpg" } else { &ending };
            let kind = DocumentKind::of_ending(ending).ok_or_else(|| {
                let known = self.endings().join(", ");
                FilingError::Refused(format!(
                    "this kind of file is not taken: expected one of {known}"
                ))
            })?;
            let filed = self.documents.file(Document { kind, bytes }).await;
            match filed {
                Ok(hash) => Ok(hash.to_string()),
                Err(error @ (DocumentError::Size(_) | DocumentError::Kind(_))) => {
                    Err(FilingError::Refused(error.to_string()))
                }
                Err(error) => {
                    tracing::error!("{error}");
                    Err(FilingError::Unavailable)
                }
            }
        })
    }
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
    let actor = routes.visitors.identify(&headers).await?;
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
