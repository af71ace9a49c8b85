//! Files that pages load, compiled into the binary. Their addresses change with their contents, so
//! browsers keep them.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::hash::{DefaultHasher, Hasher};
use std::sync::LazyLock;

/// Each file with its media type.
const FILES: [(&str, &str, &str); 5] = [
    (
        "nhsuk-frontend.css",
        "text/css; charset=utf-8",
        include_str!("../assets/nhsuk-frontend.css"),
    ),
    (
        "pages.css",
        "text/css; charset=utf-8",
        include_str!("../assets/pages.css"),
    ),
    (
        "session.js",
        "text/javascript; charset=utf-8",
        include_str!("../assets/session.js"),
    ),
    (
        "pages.js",
        "text/javascript; charset=utf-8",
        include_str!("../assets/pages.js"),
    ),
    (
        "favicon.svg",
        "image/svg+xml",
        include_str!("../assets/favicon.svg"),
    ),
];

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    for (name, _, contents) in FILES {
        hasher.write(name.as_bytes());
        hasher.write(contents.as_bytes());
    }
    format!("{:016x}", hasher.finish())
});

/// The address of a file.
pub(crate) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// A file; `None` if there is none of this version and name.
pub(crate) fn file(version: &str, name: &str) -> Option<Response> {
    let (_, media_type, contents) = FILES.into_iter().find(|(known, ..)| *known == name)?;
    if version != *VERSION {
        return None;
    }
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
    ];
    Some((headers, contents).into_response())
}
