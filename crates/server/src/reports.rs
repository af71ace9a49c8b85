//! Documents of results over HTTP: reports, scorecards and overviews, built on request from what the
//! client may see.
//!
//! A document of results that are hidden from a client is absent, like one that does not exist. A
//! document is returned as a download and never shown in a page of this server.

mod address;
mod layout;

use crate::operator::{self, HttpError};
use address::Address;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use layout::{Layout, LayoutError};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use wcc_api::{Api, Authenticator, Seen};
use wcc_core::RecordId;
use wcc_document::{Document, DocumentKind, LedgerHead, Provenance, Source};

pub use layout::{PdfProgram, ReportSettings};

/// How many documents are made at once. Others wait for their turn.
const AT_ONCE: usize = 2;

/// How long a client waits for its turn.
const TURN: Duration = Duration::from_secs(20);

#[derive(Clone)]
struct ReportRoutes {
    api: Api,
    authenticator: Authenticator,
    layout: Arc<Layout>,
    turns: Arc<Semaphore>,
}

/// `GET /reports/CYCLE/BODY/KIND.FORMAT`. The code of a cycle may have slashes.
pub(crate) fn routes(api: Api, authenticator: Authenticator, settings: ReportSettings) -> Router {
    Router::new()
        .route("/reports/{*address}", any(fetch))
        .with_state(ReportRoutes {
            api,
            authenticator,
            layout: Arc::new(Layout::new(settings)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        })
}

async fn fetch(
    State(routes): State<ReportRoutes>,
    Path(address): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    operator::require_method(&method, &Method::GET)?;
    let actor = routes.authenticator.identify(&headers).await?;
    let address = Address::parse(&address).ok_or_else(missing)?;
    let seen = routes.api.seen_by(&actor).await.ok_or_else(busy)?;
    let turn = Arc::clone(&routes.turns).acquire_owned();
    let turn = tokio::time::timeout(TURN, turn).await;
    let turn = turn.ok().and_then(Result::ok).ok_or_else(busy)?;
    let layout = Arc::clone(&routes.layout);
    // Held until the document is made, even if the client has gone.
    let making = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        make(&seen, &address, &layout)
    });
    let made = making.await.map_err(|error| {
        tracing::error!("making a document failed: {error}");
        HttpError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal error; see the server log",
        )
    })?;
    let made = made?;
    Ok(respond(made, &headers))
}

/// A document as a file.
struct Made {
    bytes: Vec<u8>,
    media_type: &'static str,
    name: String,
}

fn make(seen: &Seen, address: &Address, layout: &Layout) -> Result<Made, HttpError> {
    if !layout.has(address.format) {
        return Err(missing());
    }
    let (document, name) = build(seen, address).ok_or_else(missing)?;
    let bytes = layout.lay_out(&document, address.format).map_err(|error| {
        tracing::error!("{name}.{}: {error}", address.format.extension());
        let message = match error {
            LayoutError::NoPdf => error.to_string(),
            _ => format!(
                "the document cannot be made as {} at the moment; another format may do",
                address.format
            ),
        };
        HttpError::new(StatusCode::SERVICE_UNAVAILABLE, message)
    })?;
    Ok(Made {
        bytes,
        media_type: address.format.media_type(),
        name: format!("{name}.{}", address.format.extension()),
    })
}

/// The document, and the name of its file. `None` if there is none that the client may see.
fn build(seen: &Seen, address: &Address) -> Option<(Document, String)> {
    let assured = seen.programme.cycle(&address.cycle)?;
    let (cycle, assurance) = (&assured.cycle, &assured.assurance);
    let body = match address.body.as_str() {
        ALL if address.kind == DocumentKind::Region => None,
        code => Some(cycle.organisations.find(code)?),
    };
    // Tables of bodies are public. Whether there are results is not.
    if address.kind == DocumentKind::Region {
        let organisations = &cycle.organisations;
        let mut outputs = assurance.outputs.iter();
        let has_results = outputs
            .any(|output| body.is_none_or(|body| organisations.sha_of(output.body) == Some(body)));
        if !has_results {
            return None;
        }
    }
    let source = Source::new(cycle, assurance, provenance(seen, &address.cycle));
    let document = wcc_document::build(address.kind, &source, body).ok()?;
    let name = source.file_name(&document.code, address.kind);
    Some((document, name))
}

/// In the place of a code: all bodies of the cycle.
const ALL: &str = "all";

fn provenance(seen: &Seen, cycle: &str) -> Provenance {
    let mut approvers = BTreeMap::new();
    if let Some(assured) = seen.programme.cycle(cycle) {
        for approval in &assured.cycle.records.approvals {
            let RecordId(entry) = approval.record;
            let body = assured.cycle.organisations.body(approval.body);
            if let Some(author) = seen.author(entry, cycle, &body.code) {
                approvers.insert(approval.record, author);
            }
        }
    }
    Provenance {
        program: format!("wcc {}", env!("CARGO_PKG_VERSION")),
        framework: None,
        records: Some("the ledger".to_owned()).filter(|_| seen.head.is_some()),
        ledger: seen.head.map(|head| LedgerHead {
            entry: u64::from(head.number),
            hash: Some(head.hash.to_string()),
        }),
        approvers,
        on: Some(seen.today),
    }
}

/// The file as a download. A client that has it already is told so.
fn respond(made: Made, headers: &HeaderMap) -> Response {
    let digest = Sha256::digest(&made.bytes);
    let tag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&digest));
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut known = known.filter_map(|known| known.to_str().ok());
    let is_known = known.any(|known| known.contains(&tag));
    let disposition = format!("attachment; filename=\"{}\"", made.name);
    let common = [
        (header::ETAG, tag),
        // A later request may see more or less.
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::VARY, "Authorization, Act-As".to_owned()),
    ];
    if is_known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let own = [
        (header::CONTENT_TYPE, made.media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
    ];
    let mut response = (common, own, made.bytes).into_response();
    response.headers_mut().insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

fn missing() -> HttpError {
    HttpError::new(StatusCode::NOT_FOUND, "there is no such document")
}

fn busy() -> HttpError {
    let message = "too many documents are being made; try again later";
    HttpError::new(StatusCode::SERVICE_UNAVAILABLE, message)
}
