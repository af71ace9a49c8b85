//! GraphQL over HTTP, after the specification of that name: a thin layer of our own on axum.
//!
//! | path | what |
//! |---|---|
//! | `/graphql` | `POST` with `application/json`; `GET` for queries; GraphiQL where a page is asked for |
//! | `/` | GraphiQL |
//! | `/graphiql/...` | what GraphiQL needs, from the binary |
//! | `/livez`, `/readyz` | whether the process lives, and whether it takes requests |
//!
//! No cookies, no cross-origin access, no batches, no uploads. Every response carries a request
//! id and forbids what a page of ours does not need.

mod body;
mod graphiql;
mod negotiate;
mod respond;
mod server;

use crate::api::Api;
use crate::execute::answer::Kind;
use crate::execute::request::Request;
use axum::Router;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use body::Problem;
use negotiate::{Media, accepted, asks_for_a_page};
use respond::{Page, RequestId, answer, not_modified, problem};
use tracing::Instrument as _;

pub use server::{serve, serve_router};

/// The API as an axum router, for [`serve_router`] or a server of your own.
pub fn router(api: Api) -> Router {
    Router::new()
        .route("/graphql", any(graphql))
        .route("/", any(page))
        .route("/graphiql/{version}/{file}", any(asset))
        .route("/livez", any(alive))
        .route("/readyz", any(alive))
        .fallback(any(nothing))
        .with_state(api)
}

/// Answers one GraphQL request.
async fn graphql(State(api): State<Api>, request: HttpRequest) -> Response {
    let id = RequestId::of(request.headers());
    let span = tracing::info_span!(
        "graphql",
        request = %id.as_str(),
        method = %request.method(),
    );
    let response = graphql_within(&api, request).instrument(span).await;
    id.on(response)
}

async fn graphql_within(api: &Api, request: HttpRequest) -> Response {
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_get && asks_for_a_page(request.headers()) {
        return graphiql::page();
    }
    let Some(media) = accepted(request.headers()) else {
        let message = "this endpoint answers in application/graphql-response+json or \
                       application/json; `Accept` admits neither";
        let why = Problem::new(StatusCode::NOT_ACCEPTABLE, message);
        return problem(&why, Media::Json);
    };
    let held = is_get
        .then(|| request.headers().get(header::IF_NONE_MATCH).cloned())
        .flatten();
    let read = match *request.method() {
        Method::GET | Method::HEAD => body::from_uri(request.uri(), api.settings()),
        Method::POST => body::from_body(request, api.settings()).await,
        _ => Err(Problem::method("GET, HEAD, POST")),
    };
    let read = match read {
        Ok(read) => read,
        Err(why) => return problem(&why, media),
    };
    let started = std::time::Instant::now();
    let response = if is_get {
        conditional(api, read, media, held.as_ref()).await
    } else {
        let answered = api.execute(read).await;
        answer(answered, media, None)
    };
    tracing::debug!(
        status = response.status().as_u16(),
        microseconds = started.elapsed().as_micros(),
        "answered"
    );
    response
}

/// A GET: what the client holds already is not sent again.
async fn conditional(
    api: &Api,
    request: Request,
    media: Media,
    held: Option<&axum::http::HeaderValue>,
) -> Response {
    let mut tag = String::new();
    let is_held = |hash: u128| {
        tag = media.tag(hash);
        held.and_then(|held| held.to_str().ok())
            .is_some_and(|held| negotiate::names(held, &tag))
    };
    match api.execute_unless(request, is_held).await {
        None => not_modified(&tag),
        Some(answered) => {
            let tag = (answered.kind == Kind::Data).then_some(tag);
            answer(answered, media, tag.as_deref())
        }
    }
}

/// A page or file that only GET is for.
fn fixed(headers: &HeaderMap, method: &Method, page: impl FnOnce() -> Response) -> Response {
    let id = RequestId::of(headers);
    let response = if matches!(*method, Method::GET | Method::HEAD) {
        page()
    } else {
        problem(&Problem::method("GET, HEAD"), Media::Json)
    };
    id.on(response)
}

async fn page(method: Method, headers: HeaderMap) -> Response {
    fixed(&headers, &method, graphiql::page)
}

async fn asset(
    method: Method,
    headers: HeaderMap,
    axum::extract::Path((version, file)): axum::extract::Path<(String, String)>,
) -> Response {
    fixed(&headers, &method, || {
        graphiql::asset(&version, &file).unwrap_or_else(not_found)
    })
}

async fn alive(method: Method, headers: HeaderMap) -> Response {
    fixed(&headers, &method, || {
        respond::page(&Page {
            bytes: b"ok\n",
            media: "text/plain; charset=utf-8",
            cache: "no-store",
            gzip: false,
            policy: respond::NOTHING_ALLOWED,
        })
    })
}

async fn nothing(headers: HeaderMap) -> Response {
    RequestId::of(&headers).on(not_found())
}

fn not_found() -> Response {
    let message = "there is nothing here: GraphQL is at /graphql, GraphiQL at /";
    problem(&Problem::new(StatusCode::NOT_FOUND, message), Media::Json)
}
