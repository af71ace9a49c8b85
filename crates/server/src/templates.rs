//! Workbooks to fill in, over HTTP: `GET /templates/KIND?cycle=CYCLE&body=CODE`.
//!
//! A workbook has what the caller may see of the body, so it is made for each request, and never stored.
//! What they may not see looks absent.

use crate::operator::{HttpError, require_method};
use crate::workbooks::{TemplateError, WorkbookReader};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use wcc_api::{Api, Authenticator};
use wcc_ledger::DocumentKind;
use wcc_programme::{AssuredCycle, nearest};

/// How many workbooks are written at the same time.
const AT_ONCE: usize = 2;

/// How long a client waits for its turn.
const TURN: Duration = Duration::from_secs(20);

#[derive(Clone)]
struct TemplateRoutes {
    api: Api,
    authenticator: Authenticator,
    workbooks: Arc<dyn WorkbookReader>,
    permits: Arc<Semaphore>,
}

/// The route of workbooks to fill in.
pub(crate) fn routes(
    api: Api,
    authenticator: Authenticator,
    workbooks: Arc<dyn WorkbookReader>,
) -> Router {
    Router::new()
        .route("/templates/{kind}", any(fetch))
        .with_state(TemplateRoutes {
            api,
            authenticator,
            workbooks,
            permits: Arc::new(Semaphore::new(AT_ONCE)),
        })
}

async fn fetch(
    State(routes): State<TemplateRoutes>,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    require_method(&method, &Method::GET)?;
    let actor = routes.authenticator.identify(&headers).await?;
    let query = query.unwrap_or_default();
    let cycle = parameter(&query, "cycle")?;
    let code = parameter(&query, "body")?;
    let seen = routes.api.seen_by(&actor).await;
    let seen = seen.ok_or_else(|| {
        let message = "the workbook cannot be made at the moment; try again later";
        HttpError::new(StatusCode::SERVICE_UNAVAILABLE, message)
    })?;
    let programme = seen.programme;
    let permit = Arc::clone(&routes.permits).acquire_owned();
    let permit = tokio::time::timeout(TURN, permit).await;
    let permit = permit.ok().and_then(Result::ok).ok_or_else(|| {
        let message = "too many workbooks are being made; try again later";
        HttpError::new(StatusCode::SERVICE_UNAVAILABLE, message)
    })?;
    let workbooks = Arc::clone(&routes.workbooks);
    let making = tokio::task::spawn_blocking(move || {
        // Held until the workbook is there, even if the client has gone.
        let _permit = permit;
        let mut cycles = programme.cycles.iter();
        let Some(assured) = cycles.find(|assured| *assured.cycle.id == *cycle) else {
            let known = programme.cycles.iter().map(|assured| &*assured.cycle.id);
            return Err(missing("cycle", &cycle, nearest(&cycle, known)));
        };
        let organisations = &assured.cycle.organisations;
        let body = organisations.find(&code);
        let is_assured = |body: &_| assured.assurance.output_of(*body).is_some();
        let Some(body) = body.filter(is_assured) else {
            let known = organisations.each().filter(|(body, _)| is_assured(body));
            let near = nearest(&code, known.map(|(_, body)| &*body.code));
            return Err(missing("body that is assured in the cycle", &code, near));
        };
        let template = workbooks.template(&kind, assured, body, last_entry(assured));
        template.map_err(|error| match error {
            TemplateError::NoKind(message) => HttpError::new(StatusCode::NOT_FOUND, message),
            TemplateError::Refused(message) => {
                HttpError::new(StatusCode::UNPROCESSABLE_ENTITY, message)
            }
        })
    });
    let template = making.await.map_err(|_| {
        let message = "internal error; see the server log";
        HttpError::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    })??;
    let name = format!("attachment; filename=\"{}\"", template.name);
    let headers = [
        (header::CONTENT_TYPE, DocumentKind::Excel.media_type()),
        (header::CONTENT_DISPOSITION, &name),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, template.bytes).into_response())
}

/// The last entry that a cycle was made from; `None` if it has no records yet.
fn last_entry(assured: &AssuredCycle) -> Option<u32> {
    let records = assured.cycle.records_in_codes();
    records.iter().map(|(record, _)| record.0).max()
}

/// A parameter of the query string, which must be given once.
fn parameter(query: &str, name: &str) -> Result<String, HttpError> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let mut values = pairs.filter(|(key, _)| key == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value.into_owned()),
        _ => {
            let message = format!(
                "give `{name}` once: /templates/self-assessment?cycle=south-of-tyne-and-wear/2008-09&body=5KF"
            );
            Err(HttpError::new(StatusCode::BAD_REQUEST, message))
        }
    }
}

fn missing(what: &str, given: &str, near: Option<&str>) -> HttpError {
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let message = format!("there is no {what} `{given}`{near}");
    HttpError::new(StatusCode::NOT_FOUND, message)
}
