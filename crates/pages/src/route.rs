//! Which page an address is, and the response around it.

use crate::address::{CyclePath, Place};
use crate::assets;
use crate::error::PageError;
use crate::frame::{self, Frame};
use crate::look;
use crate::page::Page;
use crate::reader::Reader;
use crate::table::{Download, Order};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use std::pin::Pin;
use tower_http::compression::CompressionLayer;
use wcc_api::{Api, Authenticator};
use wcc_core::Actor;

/// Pages show what is here and nothing from elsewhere, run no script, and send forms only here.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

#[derive(Clone)]
struct Pages {
    api: Api,
    authenticator: Authenticator,
}

/// The pages, to be merged with the other routes of a server.
pub fn routes(api: Api, authenticator: Authenticator) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/accessibility", get(accessibility))
        .route("/frameworks", get(frameworks))
        .route("/frameworks/{code}", get(framework))
        .route("/plugins", get(plugins))
        .route("/plugins/{code}", get(plugin))
        .route("/cycles/{*path}", get(cycle))
        .layer(CompressionLayer::new())
        .route("/assets/{version}/{file}", get(asset))
        .with_state(Pages { api, authenticator })
}

/// The parameters of an address.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn of(uri: &Uri) -> Parameters {
        let query = uri.query().unwrap_or_default().as_bytes();
        Parameters(form_urlencoded::parse(query).into_owned().collect())
    }

    /// The parameter of this name, unless it is empty: a form sends every field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.all(name);
        named.next()
    }

    /// All parameters of this name that are not empty.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let given = self.0.iter().filter(move |(known, _)| known == name);
        let values = given.map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty())
    }

    /// The day as of which everything is shown.
    fn as_of(&self) -> Result<Option<Date>, PageError> {
        let Some(text) = self.get("as-of") else {
            return Ok(None);
        };
        let day = text.parse().map_err(|_| {
            PageError::Refused(format!(
                "{text} is not a day: expected one such as 2009-11-30"
            ))
        })?;
        Ok(Some(day))
    }

    /// The address of a page with all parameters but those of its tables.
    fn address(&self, path: &str) -> String {
        self.without(&["sort", "table"], path, None)
    }

    /// The address of a page with these parameters, of which one has another value.
    pub(crate) fn with(&self, address: &str, name: &str, value: &str) -> String {
        let path = address.split('?').next().unwrap_or_default();
        self.without(&["table", name], path, Some((name, value)))
    }

    fn without(&self, dropped: &[&str], path: &str, added: Option<(&str, &str)>) -> String {
        let kept = self.0.iter();
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = kept.filter(|(name, value)| !value.is_empty() && !dropped.contains(name));
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept.chain(added))
            .finish();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
    }
}

type Making<'p> = Pin<Box<dyn Future<Output = Result<Page, PageError>> + Send + 'p>>;

/// Makes a page with a reader for whoever asks, and responds with it or with one of its tables.
async fn respond(
    pages: &Pages,
    headers: &HeaderMap,
    uri: &Uri,
    make: impl for<'p> FnOnce(&'p Reader, &'p Parameters) -> Making<'p>,
) -> Response {
    let actor = match pages.authenticator.identify(headers).await {
        Ok(actor) => actor,
        Err(error) => {
            let error = PageError::Credentials {
                status: error.status(),
                message: error.to_string(),
            };
            return failed(&error, None);
        }
    };
    let viewer = (*actor.role != *Actor::PUBLIC).then(|| actor.to_string());
    let parameters = Parameters::of(uri);
    let made = async {
        let reader = Reader::new(pages.api.clone(), actor, parameters.as_of()?);
        let mut page = make(&reader, &parameters).await?;
        if let Some(wanted) = parameters.get("table") {
            return download(&page, wanted);
        }
        let order = parameters.get("sort").and_then(Order::parse);
        page.sort(order.as_ref());
        let frame = Frame {
            address: &parameters.address(uri.path()),
            path: uri.path(),
            order: order.as_ref(),
            as_of: reader.as_of(),
            viewer: viewer.as_deref(),
        };
        let html = frame::page(&page, &frame).into_string();
        Ok(with_headers(Html(html).into_response()))
    };
    made.await
        .unwrap_or_else(|error| failed(&error, viewer.as_deref()))
}

fn failed(error: &PageError, viewer: Option<&str>) -> Response {
    let html = frame::failure(error, viewer).into_string();
    with_headers((error.status(), Html(html)).into_response())
}

fn download(page: &Page, wanted: &str) -> Result<Response, PageError> {
    let wanted = Download::parse(wanted).ok_or(PageError::Missing)?;
    let table = page.table_named(&wanted.table).ok_or(PageError::Missing)?;
    let bytes = wanted.write(table)?;
    let disposition = format!("attachment; filename=\"{}\"", wanted.file_name());
    let headers = [
        (header::CONTENT_TYPE, wanted.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

fn with_headers(mut response: Response) -> Response {
    let headers: [(HeaderName, &'static str); 3] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::VARY, "Authorization, Act-As, Cookie"),
        // Forms say where they come from, and other sites learn nothing.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn asset(Path((version, file)): Path<(String, String)>) -> Response {
    let missing = || StatusCode::NOT_FOUND.into_response();
    assets::file(&version, &file).unwrap_or_else(missing)
}

async fn home(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    respond(&pages, &headers, &uri, |reader, _| {
        Box::pin(look::home::page(reader))
    })
    .await
}

async fn accessibility(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    respond(&pages, &headers, &uri, |_, _| {
        Box::pin(async { Ok(look::accessibility::page()) })
    })
    .await
}

async fn frameworks(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    respond(&pages, &headers, &uri, |reader, _| {
        Box::pin(look::rule_book::all(reader))
    })
    .await
}

async fn framework(
    State(pages): State<Pages>,
    Path(code): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    respond(&pages, &headers, &uri, move |reader, _| {
        Box::pin(async move { look::rule_book::page(reader, &code).await })
    })
    .await
}

async fn plugins(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    respond(&pages, &headers, &uri, |reader, _| {
        Box::pin(look::plugins::all(reader))
    })
    .await
}

async fn plugin(
    State(pages): State<Pages>,
    Path(code): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    respond(&pages, &headers, &uri, move |reader, _| {
        Box::pin(async move { look::plugins::page(reader, &code).await })
    })
    .await
}

async fn cycle(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    let path = uri
        .path()
        .strip_prefix("/cycles/")
        .and_then(CyclePath::parse);
    let Some(path) = path else {
        return failed(&PageError::Missing, None);
    };
    respond(&pages, &headers, &uri, move |reader, parameters| {
        Box::pin(async move {
            let place = Place {
                cycle: path.cycle,
                as_of: reader.as_of(),
            };
            let rest: Vec<&str> = path.rest.iter().map(String::as_str).collect();
            look::cycle_page(reader, &place, &rest, parameters).await
        })
    })
    .await
}
