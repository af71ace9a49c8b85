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
//! id and forbids what a page of ours does not need ([`layers`]). Who asks is decided in one place
//! ([`credentials`]).

mod body;
mod credentials;
mod graphiql;
mod layers;
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
use respond::{Page, answer, not_modified, problem};
use wcc_core::Actor;

pub use credentials::{Authenticator, CredentialsError};
pub use layers::with_layers;
pub use respond::json_response;
pub use server::{serve, serve_router};

/// What the routes need.
#[derive(Clone)]
struct Served {
    api: Api,
    authenticator: Authenticator,
}

/// The API as an axum router, for [`serve_router`] or a server of your own. It takes no mutation.
pub fn router(api: Api) -> Router {
    with_layers(routes(api, Authenticator::without_tokens()))
}

/// The routes of the API alone, to be merged with others before [`with_layers`]. Actors whom
/// `authenticator` knows may send mutations, and each is answered with what they may see.
pub fn routes(api: Api, authenticator: Authenticator) -> Router {
    Router::new()
        .route("/graphql", any(graphql))
        .route("/", any(page))
        .route("/graphiql/{version}/{file}", any(asset))
        .route("/livez", any(alive))
        .route("/readyz", any(ready))
        .fallback(nothing)
        .with_state(Served { api, authenticator })
}

/// Answers one GraphQL request.
async fn graphql(State(served): State<Served>, request: HttpRequest) -> Response {
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
    let answered = answer_request(&served, request, media).await;
    answered.unwrap_or_else(|why| problem(&why, media))
}

async fn answer_request(
    served: &Served,
    request: HttpRequest,
    media: Media,
) -> Result<Response, Problem> {
    let Served { api, authenticator } = served;
    match *request.method() {
        Method::GET | Method::HEAD => {
            let actor = authenticator.identify(request.headers())?;
            get(api, actor, request.uri(), request.headers(), media).await
        }
        Method::POST => {
            let actor = authenticator.identify(request.headers())?;
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

/// A GET: what the client holds already is not sent again.
async fn get(
    api: &Api,
    actor: Actor,
    uri: &Uri,
    headers: &HeaderMap,
    media: Media,
) -> Result<Response, Problem> {
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
fn fixed(method: &Method, page: impl FnOnce() -> Response) -> Response {
    if matches!(*method, Method::GET | Method::HEAD) {
        page()
    } else {
        problem(&Problem::method("GET, HEAD"), Media::Json)
    }
}

async fn page(method: Method) -> Response {
    fixed(&method, graphiql::page)
}

async fn asset(
    method: Method,
    axum::extract::Path((version, file)): axum::extract::Path<(String, String)>,
) -> Response {
    fixed(&method, || {
        graphiql::asset(&version, &file).unwrap_or_else(not_found)
    })
}

async fn alive(method: Method) -> Response {
    fixed(&method, || {
        respond::page(&Page {
            bytes: b"ok\n",
            media: "text/plain; charset=utf-8",
            cache: "no-store",
            gzip: false,
            policy: None,
        })
    })
}

async fn ready(State(served): State<Served>, method: Method) -> Response {
    let Some(message) = served.api.not_ready() else {
        return alive(method).await;
    };
    let why = Problem::new(StatusCode::SERVICE_UNAVAILABLE, message);
    problem(&why, Media::Json)
}

async fn nothing() -> Response {
    not_found()
}

fn not_found() -> Response {
    let message = "there is nothing here: GraphQL is at /graphql, GraphiQL at /";
    problem(&Problem::new(StatusCode::NOT_FOUND, message), Media::Json)
}
