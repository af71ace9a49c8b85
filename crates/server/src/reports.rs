//! Documents of results over HTTP: reports, scorecards and overviews, built on request from what the
//! client may see.
//!
//! A document of results that are hidden from a client is absent, like one that does not exist. A
//! document is returned as a download and never shown in a page of this server.

mod address;
mod current_style;
mod document_cache;
mod layout;

use crate::downloads::{DownloadQueue, download};
use crate::operator::{self, HttpError};
use address::Address;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use layout::{Layout, LayoutError};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use wcc_api::{ALL_BODIES, Api, VisibleProgramme, lists_tag};
use wcc_core::{BodyIndex, CheckedCycle, RecordId};
use wcc_document::{Document, DocumentKind, LedgerHead, Provenance, Source};
use wcc_pages::Visitors;

pub use layout::{PdfProgram, ReportSettings};

#[derive(Clone)]
struct ReportRoutes {
    api: Api,
    visitors: Visitors,
    layout: Arc<Layout>,
    queue: DownloadQueue,
}

/// `GET /reports/CYCLE/BODY/KIND.FORMAT`. The code of a cycle may have slashes.
pub(crate) fn routes(api: Api, visitors: Visitors, settings: ReportSettings) -> Router {
    Router::new()
        .route("/reports/{*address}", any(fetch))
        .with_state(ReportRoutes {
            api,
            visitors,
            layout: Arc::new(Layout::new(settings)),
            queue: DownloadQueue::new("documents"),
        })
}

async fn fetch(
    State(routes): State<ReportRoutes>,
    Path(address): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    operator::require_method(&method, &Method::GET)?;
    let actor = routes.visitors.identify(&headers).await?;
    let address = Address::parse(&address).ok_or_else(missing)?;
    let queue = routes.queue;
    let visible = routes.api.visible_to(&actor).await;
    let visible = visible.ok_or_else(|| queue.unavailable())?;
    let layout = routes.layout;
    let making = queue.run(move || make(&visible, &address, &layout));
    Ok(respond(making.await?, &headers))
}

/// A document as a file.
struct DocumentFile {
    bytes: Bytes,
    media_type: &'static str,
    name: String,
}

fn make(
    visible: &VisibleProgramme,
    address: &Address,
    layout: &Layout,
) -> Result<DocumentFile, HttpError> {
    if !layout.has(address.format) {
        return Err(missing());
    }
    let (document, name) = build(visible, address).ok_or_else(missing)?;
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
    Ok(DocumentFile {
        bytes,
        media_type: address.format.media_type(),
        name: format!("{name}.{}", address.format.extension()),
    })
}

/// The document, and the name of its file. `None` if there is none that the client may see.
fn build(visible: &VisibleProgramme, address: &Address) -> Option<(Document, String)> {
    let assured = visible.programme.cycle(&address.cycle)?;
    let (cycle, assurance) = (&assured.cycle, &assured.assurance);
    let body = match address.body.as_str() {
        ALL_BODIES if address.kind == DocumentKind::Region => None,
        code => Some(cycle.organisations.find(code)?),
    };
    // Tables of bodies are public. Whether there are results is not: then nothing is built.
    let source = Source::new(cycle, assurance, provenance(visible, cycle));
    let document = wcc_document::build(address.kind, &source, body).ok()?;
    let name = source.file_name(&document.code, address.kind);
    Some((document, name))
}

fn provenance(visible: &VisibleProgramme, cycle: &CheckedCycle) -> Provenance {
    let author = |RecordId(entry): RecordId, body: BodyIndex| {
        let body = cycle.organisations.body(body);
        visible.author(entry, &cycle.id, &body.code)
    };
    let head = visible.head.map(|head| LedgerHead {
        entry: u64::from(head.number),
        hash: Some(head.hash.to_string()),
    });
    let known = Provenance {
        is_partial: visible.is_partial,
        ..Provenance::of(cycle, visible.today, author)
    };
    match head {
        Some(head) => known.of_ledger(Some(head)),
        None => known,
    }
}

/// The file as a download. A client that has it already is told so.
fn respond(file: DocumentFile, headers: &HeaderMap) -> Response {
    let digest = Sha256::digest(&file.bytes);
    let tag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&digest));
    let mut held = headers.get_all(header::IF_NONE_MATCH).iter();
    let is_known = held.any(|held| held.to_str().is_ok_and(|held| lists_tag(held, &tag)));
    // A later request may see more or less.
    let cache_control = "private, no-cache";
    let common = [
        (header::ETAG, &*tag),
        (header::VARY, "Authorization, Act-As, Cookie"),
    ];
    if is_known {
        let cache_control = [(header::CACHE_CONTROL, cache_control)];
        return (StatusCode::NOT_MODIFIED, common, cache_control).into_response();
    }
    let sent = download(&file.name, file.media_type, cache_control, file.bytes);
    (common, sent).into_response()
}

fn missing() -> HttpError {
    HttpError::new(StatusCode::NOT_FOUND, "there is no such document")
}
