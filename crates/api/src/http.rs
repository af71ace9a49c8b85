//! GraphQL over HTTP, as specified at graphql.github.io/graphql-over-http: a thin layer on axum.
//!
//! | path | purpose |
//! |---|---|
//! | `/graphql` | `POST` with `application/json`; `GET` for queries; subscriptions over WebSocket and as events; GraphiQL for browsers |
//! | `/graphiql` | GraphiQL |
//! | `/graphiql/...` | the files of GraphiQL, compiled into the binary |
//! | `/livez`, `/readyz` | whether the process is alive, and whether it is ready for requests |
//!
//! There are no cookies, no cross-origin access, no batches and no uploads. Every response has a
//! request id and security headers ([`layers`]). Callers are authenticated in one place
//! ([`credentials`]).

mod act_as;
mod body;
mod connection;
mod credentials;
mod event_stream;
mod graphiql;
mod layers;
mod negotiate;
mod origin;
mod respond;
mod server;
mod session;
mod stream_permits;
mod websocket;

use crate::api::Api;
use crate::execute::answer::Kind;
use crate::execute::request::RawRequest;
use axum::Router;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::any;
use body::Problem;
use negotiate::{Media, accepted, accepts_events, wants_html};
use respond::{Page, not_modified, problem};
use stream_permits::StreamPermits;
use wcc_core::Actor;

pub use act_as::ACT_AS;
pub use credentials::{Authenticator, CredentialsError, Holder, TokenError, TokenHolders};
pub use layers::with_layers;
pub use negotiate::lists_tag;
pub use respond::json_response;
pub use server::{serve, serve_router};

/// The state shared by the routes.
#[derive(Clone)]
struct RouterState {
    api: Api,
    authenticator: Authenticator,
    streams: StreamPermits,
}

/// The API as an axum router, for [`serve_router`] or another server. It rejects mutations.
pub fn router(api: Api) -> Router {
    with_layers(routes(api, Authenticator::without_tokens()))
}

/// The routes of the API, to be merged with others before [`with_layers`]. Actors known to
/// `authenticator` may send mutations, and every caller gets what they may read.
pub fn routes(api: Api, authenticator: Authenticator) -> Router {
    Router::new()
        .route("/graphql", any(graphql))
        .route("/graphiql", any(page))
        .route("/graphiql/{version}/{file}", any(asset))
        .route("/livez", any(alive))
        .route("/readyz", any(ready))
        .fallback(nothing)
        .with_state(RouterState {
            api,
            authenticator,
            streams: StreamPermits::default(),
        })
}

/// Answers one GraphQL request.
async fn graphql(State(state): State<RouterState>, request: HttpRequest) -> Response {
    if websocket::is_requested(&request) {
        // In a box, so that the future of other requests stays small.
        let opened = Box::pin(websocket::open(state, request)).await;
        return opened.unwrap_or_else(|error| problem(&error, Media::Json));
    }
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_get && wants_html(request.headers()) {
        return graphiql::page();
    }
    let is_stream = matches!(*request.method(), Method::GET | Method::POST);
    if is_stream && accepts_events(request.headers()) {
        let answered = Box::pin(event_stream::answer(state, request)).await;
        return answered.unwrap_or_else(|error| problem(&error, Media::Response));
    }
    let Some(media) = accepted(request.headers()) else {
        let message = "this endpoint answers in application/graphql-response+json or \
                       application/json, and subscriptions in text/event-stream; `Accept` admits none \
                       of them";
        let error = Problem::new(StatusCode::NOT_ACCEPTABLE, message);
        return problem(&error, Media::Json);
    };
    let response = answer_request(&state, request, media).await;
    response.unwrap_or_else(|error| problem(&error, media))
}

async fn answer_request(
    state: &RouterState,
    request: HttpRequest,
    media: Media,
) -> Result<Response, Problem> {
    let RouterState {
        api, authenticator, ..
    } = state;
    match *request.method() {
        Method::GET | Method::HEAD => {
            let actor = authenticator.identify(request.headers()).await?;
            get(api, actor, request.uri(), request.headers(), media).await
        }
        Method::POST => {
            let actor = authenticator.identify(request.headers()).await?;
            post(api, actor, request, media).await
        }
        _ => Err(Problem::method("GET, HEAD, POST")),
    }
}

async fn post(
    api: &Api,
    actor: Actor,
    request: HttpRequest,
    media: Media,
) -> Result<Response, Problem> {
    let body = body::read(request, api.settings()).await?;
    let unconditional: Option<fn(u128) -> bool> = None;
    let parse = || body::from_json(&body);
    let answer = api
        .execute_raw(RawRequest::Body(&body), actor, unconditional, parse)
        .await?;
    Ok(answer.map_or_else(
        || not_modified(""),
        |answer| respond::answer(answer, media, None),
    ))
}

/// Answers a GET, unless the client already holds the answer.
async fn get(
    api: &Api,
    actor: Actor,
    uri: &Uri,
    headers: &HeaderMap,
    media: Media,
) -> Result<Response, Problem> {
    let query = body::query_string(uri, api.settings())?;
    let held = headers.get(header::IF_NONE_MATCH);
    let held = held.and_then(|held| held.to_str().ok()).unwrap_or_default();
    let mut tag = String::new();
    let is_held = |hash: u128| {
        tag = media.tag(hash);
        negotiate::lists_tag(held, &tag)
    };
    let parse = || body::from_query_string(query);
    let answer = api
        .execute_raw(RawRequest::QueryString(query), actor, Some(is_held), parse)
        .await?;
    Ok(match answer {
        None => not_modified(&tag),
        // `*` matches any answer, so the answer must exist first.
        Some(answer) if answer.kind == Kind::Data && negotiate::matches_any(held) => {
            not_modified(&tag)
        }
        Some(answer) => {
            let tag = (answer.kind == Kind::Data).then_some(tag.as_str());
            respond::answer(answer, media, tag)
        }
    })
}

/// Serves a page or file that supports only GET and HEAD.
fn static_page(method: &Method, page: impl FnOnce() -> Response) -> Response {
    if matches!(*method, Method::GET | Method::HEAD) {
        page()
    } else {
        problem(&Problem::method("GET, HEAD"), Media::Json)
    }
}

async fn page(method: Method) -> Response {
    static_page(&method, graphiql::page)
}

async fn asset(
    method: Method,
    axum::extract::Path((version, file)): axum::extract::Path<(String, String)>,
) -> Response {
    static_page(&method, || {
        graphiql::asset(&version, &file).unwrap_or_else(not_found)
    })
}

async fn alive(method: Method) -> Response {
    status_page(&method, "ok\n".to_owned())
}

fn status_page(method: &Method, text: String) -> Response {
    static_page(method, || {
        respond::page(Page {
            bytes: text.into(),
            media: "text/plain; charset=utf-8",
            cache: "no-store",
            gzip: false,
            policy: None,
        })
    })
}

async fn ready(State(state): State<RouterState>, method: Method) -> Response {
    let Some(message) = state.api.not_ready() else {
        let warnings = state.api.warnings();
        let warnings = warnings
            .iter()
            .map(|warning| format!("warning: {warning}\n"));
        return status_page(&method, format!("ok\n{}", warnings.collect::<String>()));
    };
    let problem_text = Problem::new(StatusCode::SERVICE_UNAVAILABLE, message);
    problem(&problem_text, Media::Json)
}

async fn nothing() -> Response {
    not_found()
}

/// The answer to programs that ask for an address that there is not.
pub fn not_found() -> Response {
    let message = "not found: GraphQL is at /graphql, GraphiQL at /graphiql";
    problem(&Problem::new(StatusCode::NOT_FOUND, message), Media::Json)
}
