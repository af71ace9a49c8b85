//! Which page an address is.

use crate::address::{CyclePath, Place};
use crate::assets;
use crate::error::PageError;
use crate::filing::DocumentFiler;
use crate::respond::{Pages, failed, respond};
use crate::viewer::{Viewer, Visitors};
use crate::{act, look};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use wcc_api::Api;

/// The largest form, in bytes: a rule book is sent in one.
const FORM_BYTES: usize = 4 * 1024 * 1024;

/// What the server does for pages beside answering them.
#[derive(Clone, Default)]
pub struct Services {
    /// Files documents of evidence; without it, nobody can send any.
    pub filer: Option<Arc<dyn DocumentFiler>>,
    /// The server's data folder, with its register of tokens; without it, nobody issues any in pages.
    pub data: Option<PathBuf>,
}

impl fmt::Debug for Services {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Services")
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

/// The pages, to be merged with the other routes of a server.
pub fn routes(api: Api, visitors: Visitors, services: Services) -> Router {
    let pages = Pages {
        api,
        visitors,
        filer: services.filer,
        data: services.data,
    };
    Router::new()
        .route("/", get(home))
        .route("/accessibility", get(accessibility))
        .route("/frameworks", get(frameworks))
        .route("/frameworks/{code}", get(framework))
        .route("/plugins", get(plugins))
        .route("/plugins/{code}", get(plugin))
        .route("/cycles/{*path}", get(cycle).post(act::assess::save))
        .merge(act::routes())
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(CompressionLayer::new())
        .route("/assets/{version}/{file}", get(asset))
        .with_state(pages)
}

async fn asset(Path((version, file)): Path<(String, String)>) -> Response {
    let missing = || StatusCode::NOT_FOUND.into_response();
    assets::file(&version, &file).unwrap_or_else(missing)
}

async fn home(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    respond(&pages, &headers, &uri, |asked| {
        Box::pin(look::home::page(asked.reader))
    })
    .await
}

async fn accessibility(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    respond(&pages, &headers, &uri, |_| {
        Box::pin(async { Ok(look::accessibility::page()) })
    })
    .await
}

async fn frameworks(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    respond(&pages, &headers, &uri, |asked| {
        Box::pin(look::rule_book::all(asked.reader))
    })
    .await
}

async fn framework(
    State(pages): State<Pages>,
    Path(code): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    respond(&pages, &headers, &uri, move |asked| {
        Box::pin(async move { look::rule_book::page(asked.reader, &code).await })
    })
    .await
}

async fn plugins(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    respond(&pages, &headers, &uri, |asked| {
        Box::pin(look::plugins::all(asked.reader))
    })
    .await
}

async fn plugin(
    State(pages): State<Pages>,
    Path(code): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    respond(&pages, &headers, &uri, move |asked| {
        Box::pin(async move { look::plugins::page(asked.reader, &code).await })
    })
    .await
}

async fn cycle(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    let path = uri
        .path()
        .strip_prefix("/cycles/")
        .and_then(CyclePath::parse);
    let Some(path) = path else {
        let can_sign_in = pages.visitors.can_sign_in();
        return failed(&PageError::Missing, &Viewer::public(), can_sign_in);
    };
    respond(&pages, &headers, &uri, move |asked| {
        Box::pin(async move {
            let place = Place {
                cycle: path.cycle,
                as_of: asked.reader.as_of(),
            };
            let rest: Vec<&str> = path.rest.iter().map(String::as_str).collect();
            match rest.as_slice() {
                ["surveys"] => act::surveys::page(&asked, &place).await,
                ["messages"] => look::messages::page(&asked, &place).await,
                ["bodies", body, "assess"] => act::assess::tasks(&asked, &place, body).await,
                ["bodies", body, "approvals"] => act::approvals::page(&asked, &place, body).await,
                ["bodies", body, "assess", component] => {
                    act::assess::page(&asked, &place, body, component).await
                }
                rest => look::cycle_page(asked.reader, &place, rest, asked.parameters).await,
            }
        })
    })
    .await
}
