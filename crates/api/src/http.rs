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
use crate::execute::request::Raw;
use axum::Router;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::any;
use body::Problem;
use negotiate::{Media, accepted, asks_for_a_page};
use respond::{Page, RequestId, answer, not_modified, problem};
use std::sync::Arc;
use tracing::Instrument as _;
use wcc_core::Actor;

pub use server::{serve, serve_router};

/// The actor that the value of an `Authorization` header stands for; `None` for nobody in
/// particular.
pub type Authorise = Arc<dyn Fn(&str) -> Option<Actor> + Send + Sync>;

/// What the routes need.
#[derive(Clone)]
struct Served {
    api: Api,
    authorise: Option<Authorise>,
}

/// The API as an axum router, for [`serve_router`] or a server of your own. It takes no mutation.
pub fn router(api: Api) -> Router {
    routes(Served {
        api,
        authorise: None,
    })
}

/// The same for actors whom `authorise` knows by their `Authorization` header: they may send
/// mutations, and are answered with what they may see.
pub fn router_with(api: Api, authorise: Authorise) -> Router {
    routes(Served {
        api,
        authorise: Some(authorise),
    })
}

fn routes(served: Served) -> Router {
    Router::new()
        .route("/graphql", any(graphql))
        .route("/", any(page))
        .route("/graphiql/{version}/{file}", any(asset))
        .route("/livez", any(alive))
        .route("/readyz", any(ready))
        .fallback(any(nothing))
        .with_state(served)
}

/// The answer of a route that is not the API's own, with the headers that every answer here has.
pub fn json_response(
    request: &HeaderMap,
    status: StatusCode,
    body: &serde_json::Value,
) -> Response {
    RequestId::of(request).on(respond::json(status, body))
}

/// Answers one GraphQL request.
async fn graphql(State(served): State<Served>, request: HttpRequest) -> Response {
    let id = RequestId::of(request.headers());
    let span = tracing::info_span!(
        "graphql",
        request = %id.as_str(),
        method = %request.method(),
    );
    let response = graphql_within(&served, request).instrument(span).await;
    id.on(response)
}

async fn graphql_within(served: &Served, request: HttpRequest) -> Response {
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
    let started = std::time::Instant::now();
    let answered = match *request.method() {
        Method::GET | Method::HEAD => get(served, request.uri(), request.headers(), media).await,
        Method::POST => post(served, request, media).await,
        _ => Err(Problem::method("GET, HEAD, POST")),
    };
    let response = answered.unwrap_or_else(|why| problem(&why, media));
    tracing::debug!(
        status = response.status().as_u16(),
        microseconds = started.elapsed().as_micros(),
        "answered"
    );
    response
}

async fn post(served: &Served, request: HttpRequest, media: Media) -> Result<Response, Problem> {
    let api = &served.api;
    let actor = actor(served, request.headers());
    let body = body::whole(request, api.settings()).await?;
    let unconditional: Option<fn(u128) -> bool> = None;
    let read = || body::from_json(&body);
    let answered = api
        .execute_raw(Raw::Body(&body), actor, unconditional, read)
        .await?;
    Ok(answered.map_or_else(
        || not_modified(""),
        |answered| answer(answered, media, None),
    ))
}

/// Who asks: whoever the only `Authorization` header stands for.
fn actor(served: &Served, headers: &HeaderMap) -> Option<Actor> {
    let authorise = served.authorise.as_ref()?;
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let only = given.next().filter(|_| given.next().is_none())?;
    authorise(only.to_str().ok()?)
}

/// A GET: what the client holds already is not sent again.
async fn get(
    served: &Served,
    uri: &Uri,
    headers: &HeaderMap,
    media: Media,
) -> Result<Response, Problem> {
    let api = &served.api;
    let actor = actor(served, headers);
    let line = body::line(uri, api.settings())?;
    let held = headers.get(header::IF_NONE_MATCH);
    let held = held.and_then(|held| held.to_str().ok()).unwrap_or_default();
    let mut tag = String::new();
    let is_held = |hash: u128| {
        tag = media.tag(hash);
        negotiate::names(held, &tag)
    };
    let read = || body::from_line(line);
    let answered = api
        .execute_raw(Raw::Line(line), actor, Some(is_held), read)
        .await?;
    Ok(match answered {
        None => not_modified(&tag),
        // `*` is for any answer, so it must be known that there is one.
        Some(answered) if answered.kind == Kind::Data && negotiate::names_any(held) => {
            not_modified(&tag)
        }
        Some(answered) => {
            let tag = (answered.kind == Kind::Data).then_some(tag.as_str());
            answer(answered, media, tag)
        }
    })
}

/// A page or file that takes only GET and HEAD.
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

async fn ready(State(served): State<Served>, method: Method, headers: HeaderMap) -> Response {
    let Some(message) = served.api.not_ready() else {
        return alive(method, headers).await;
    };
    let why = Problem::new(StatusCode::SERVICE_UNAVAILABLE, message);
    RequestId::of(&headers).on(problem(&why, Media::Json))
}

async fn nothing(headers: HeaderMap) -> Response {
    RequestId::of(&headers).on(not_found())
}

fn not_found() -> Response {
    let message = "there is nothing here: GraphQL is at /graphql, GraphiQL at /";
    problem(&Problem::new(StatusCode::NOT_FOUND, message), Media::Json)
}
