//! Workbooks to fill in, over HTTP: `GET /templates/KIND?cycle=CYCLE&body=CODE`.
//!
//! A workbook has what the caller may see of the body, so it is made for each request, and never stored.
//! What they may not see looks absent.

use crate::downloads::{DownloadQueue, download};
use crate::operator::{HttpError, require_method};
use crate::workbooks::{TemplateError, WorkbookReader};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use axum::routing::any;
use std::sync::Arc;
use wcc_api::Api;
use wcc_ledger::DocumentKind;
use wcc_pages::Visitors;
use wcc_programme::{AssuredCycle, nearest};

#[derive(Clone)]
struct TemplateRoutes {
    api: Api,
    visitors: Visitors,
    workbooks: Arc<dyn WorkbookReader>,
    queue: DownloadQueue,
}

/// The route of workbooks to fill in.
pub(crate) fn routes(api: Api, visitors: Visitors, workbooks: Arc<dyn WorkbookReader>) -> Router {
    Router::new()
        .route("/templates/{kind}", any(fetch))
        .with_state(TemplateRoutes {
            api,
            visitors,
            workbooks,
            queue: DownloadQueue::new("workbooks"),
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
    let actor = routes.visitors.identify(&headers).await?;
    let query = query.unwrap_or_default();
    let cycle = parameter(&query, "cycle")?;
    let code = parameter(&query, "body")?;
    let queue = routes.queue;
    let visible = routes.api.visible_to(&actor).await;
    let programme = visible.ok_or_else(|| queue.unavailable())?.programme;
    let workbooks = routes.workbooks;
    let making = queue.run(move || {
        let Some(assured) = programme.cycle(&cycle) else {
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
    let template = making.await?;
    Ok(download(
        &template.name,
        DocumentKind::Excel.media_type(),
        "private, no-store",
        template.bytes,
    ))
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
