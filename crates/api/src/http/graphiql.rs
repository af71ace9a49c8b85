//! GraphiQL, all of it from the binary: nothing is loaded from elsewhere, and its page may load
//! nothing from elsewhere.

use super::respond::{self, Page};
use axum::response::Response;

/// The version that is compiled in; it is part of the addresses, so that browsers may keep them
/// for good.
const VERSION: &str = "3.8.3-2";

/// No scripts but ours, no inline scripts; the editor sets styles of single elements while it
/// runs, and its fonts are within its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      font-src data:; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A year, and for good: another version has another address.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

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

/// The page.
pub(crate) fn page() -> Response {
    respond::page(&Page {
        bytes: include_bytes!("../../assets/index.html"),
        media: "text/html; charset=utf-8",
        cache: "no-cache",
        gzip: false,
        policy: Some(POLICY),
    })
}

/// A file that the page loads.
pub(crate) fn asset(version: &str, file: &str) -> Option<Response> {
    let found = FILES.iter().find(|(name, ..)| *name == file);
    let (_, media, gzip, bytes) = *found.filter(|_| version == VERSION)?;
    Some(respond::page(&Page {
        bytes,
        media,
        cache: FOR_GOOD,
        gzip,
        policy: None,
    }))
}
