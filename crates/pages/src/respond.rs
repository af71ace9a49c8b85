//! From a request to a response: who asks, the page around what was made, and the headers.

use crate::error::PageError;
use crate::filing::DocumentFiler;
use crate::frame::{self, Frame};
use crate::page::Page;
use crate::parameters::Parameters;
use crate::reader::Reader;
use crate::table::{Download, Order};
use crate::viewer::{Viewer, Visitors};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use wcc_accounts::local_path;
use wcc_api::Api;

/// Pages show what is here and nothing from elsewhere, run no script but our own file, and send forms only
/// here.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every route of the pages uses.
#[derive(Clone)]
pub(crate) struct Pages {
    pub(crate) api: Api,
    pub(crate) visitors: Visitors,
    pub(crate) filer: Option<Arc<dyn DocumentFiler>>,
    /// The server's data folder, with its register of tokens.
    pub(crate) data: Option<PathBuf>,
}

impl Pages {
    /// Whoever sent a request.
    pub(crate) async fn viewer(&self, headers: &HeaderMap) -> Result<Viewer, PageError> {
        Ok(self.visitors.viewer(headers).await?)
    }

    /// Whoever sent a request; if that cannot be found out, the page that says why.
    pub(crate) async fn viewer_or_page(&self, headers: &HeaderMap) -> Result<Viewer, Response> {
        let viewer = self.viewer(headers).await;
        viewer.map_err(|error| failed(&error, &Viewer::public(), self.visitors.can_sign_in()))
    }
}

/// What a page is made of: a reader for whoever asks, and what the address says.
pub(crate) struct PageRequest<'p> {
    pub(crate) reader: &'p Reader,
    pub(crate) viewer: &'p Viewer,
    pub(crate) parameters: &'p Parameters,
}

/// A page that is being made.
pub(crate) type PageFuture<'p> = Pin<Box<dyn Future<Output = Result<Page, PageError>> + Send + 'p>>;

/// Makes a page with a reader for whoever asks, and responds with it or with one of its tables.
pub(crate) async fn respond(
    pages: &Pages,
    headers: &HeaderMap,
    uri: &Uri,
    make: impl for<'p> FnOnce(PageRequest<'p>) -> PageFuture<'p>,
) -> Response {
    let viewer = match pages.viewer_or_page(headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    let parameters = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    let made = async {
        // Today is not over: as of its end is as of now.
        let as_of = parameters.as_of()?;
        let as_of = as_of.filter(|moment| moment.day() != Some(pages.api.today()));
        let reader = Reader::new(pages.api.clone(), viewer.actor.clone(), as_of);
        let asked = PageRequest {
            reader: &reader,
            viewer: &viewer,
            parameters: &parameters,
        };
        let mut page = make(asked).await?;
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
            saved: parameters.get("saved").is_some() && viewer.session.is_some(),
            viewer: &viewer,
            can_sign_in: pages.visitors.can_sign_in(),
        };
        Ok(html(
            StatusCode::OK,
            frame::page(&page, &frame).into_string(),
        ))
    };
    made.await.unwrap_or_else(|error| {
        let asked = uri.path_and_query().map(|asked| asked.as_str());
        let can_sign_in = pages.visitors.can_sign_in();
        let text = frame::failure(&error, &viewer, can_sign_in, asked).into_string();
        html(error.status(), text)
    })
}

/// The page for an address that there is not, if a browser asks: a program gets the answer of the API.
pub fn missing_page(headers: &HeaderMap, can_sign_in: bool) -> Option<Response> {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    let is_browser = accepted.any(|value| value.contains("text/html"));
    is_browser.then(|| failed(&PageError::Missing, &Viewer::public(), can_sign_in))
}

/// The page that says why another cannot be shown.
pub(crate) fn failed(error: &PageError, viewer: &Viewer, can_sign_in: bool) -> Response {
    failed_at(error, viewer, can_sign_in, None)
}

/// The same; whoever signs in first is led to `back`.
pub(crate) fn failed_at(
    error: &PageError,
    viewer: &Viewer,
    can_sign_in: bool,
    back: Option<&str>,
) -> Response {
    let text = frame::failure(error, viewer, can_sign_in, back).into_string();
    html(error.status(), text)
}

/// A page that answers a form: the form again, or why there is nothing to send it for.
pub(crate) fn answer_form(
    pages: &Pages,
    status: StatusCode,
    page: &Page,
    path: &str,
    viewer: &Viewer,
) -> Response {
    let frame = Frame {
        address: path,
        path,
        order: None,
        as_of: None,
        saved: false,
        viewer,
        can_sign_in: pages.visitors.can_sign_in(),
    };
    html(status, frame::page(page, &frame).into_string())
}

/// A page as a response.
fn html(status: StatusCode, text: String) -> Response {
    let mut response = (status, Html(text)).into_response();
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

/// Sends a browser to another page of this server, which it asks for with a GET.
pub(crate) fn see_other(address: &str) -> Response {
    let location = HeaderValue::try_from(address);
    let location = location.unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// The response with a cookie.
pub(crate) fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// An address of this server that a request names, to which a browser may be sent; otherwise another.
pub(crate) fn own_address(given: Option<&str>, otherwise: &str) -> String {
    match given.map(|given| (given, local_path(given))) {
        Some((given, local)) if given == local => local.to_owned(),
        _ => otherwise.to_owned(),
    }
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

#[cfg(test)]
mod tests {
    use super::own_address;

    #[test]
    fn nobody_is_sent_to_another_server() {
        for (given, address) in [
            (Some("/desk?a=b"), "/desk?a=b"),
            (None, "/"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("https://evil.example"), "/"),
            (Some("/a\r\nSet-Cookie: b"), "/"),
            (Some("desk"), "/"),
        ] {
            assert_eq!(own_address(given, "/"), address, "{given:?}");
        }
    }
}
