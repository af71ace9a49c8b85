//! GraphiQL, served entirely from the binary. Its page loads nothing from other hosts and may not
//! do so.

use super::respond::{self, Page};
use axum::body::Bytes;
use axum::response::Response;

/// The compiled-in version. It is part of the URLs, so browsers may cache the files forever.
const VERSION: &str = "3.8.3-3";

/// Allows only scripts of this server and no inline scripts. The editor sets inline styles while it
/// runs, and its fonts are embedded in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      font-src data:; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Cache forever: another version has other URLs.
const CACHE_FOREVER: &str = "public, max-age=31536000, immutable";

const FILES: [(&str, &str, bool, &[u8]); 5] = [
    (
        "start.js",
        "text/javascript; charset=utf-8",
        false,
        include_bytes!("../../assets/start.js"),
    ),
    (
        "react.js",
        "text/javascript; charset=utf-8",
        true,
        include_bytes!("../../assets/react.js.gz"),
    ),
    (
        "react-dom.js",
        "text/javascript; charset=utf-8",
        true,
        include_bytes!("../../assets/react-dom.js.gz"),
    ),
    (
        "graphiql.js",
        "text/javascript; charset=utf-8",
        true,
        include_bytes!("../../assets/graphiql.js.gz"),
    ),
    (
        "graphiql.css",
        "text/css; charset=utf-8",
        true,
        include_bytes!("../../assets/graphiql.css.gz"),
    ),
];

/// The GraphiQL page.
pub(crate) fn page() -> Response {
    respond::page(Page {
        bytes: Bytes::from_static(include_bytes!("../../assets/index.html")),
        media: "text/html; charset=utf-8",
        cache: "no-cache",
        gzip: false,
        policy: Some(POLICY),
    })
}

/// A file that the page loads.
pub(crate) fn asset(version: &str, file: &str) -> Option<Response> {
    let asset = FILES.iter().find(|(name, ..)| *name == file);
    let (_, media, gzip, bytes) = *asset.filter(|_| version == VERSION)?;
    Some(respond::page(Page {
        bytes: Bytes::from_static(bytes),
        media,
        cache: CACHE_FOREVER,
        gzip,
        policy: None,
    }))
}
