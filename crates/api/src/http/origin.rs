//! Which web pages may open a WebSocket. A browser lets a page of any site open one and only tells the
//! server whose page it is; answers to other requests it shows to pages of the same origin alone.

use axum::http::{HeaderMap, header};

/// Whether a request comes from a page of this server, from one of the other origins that are allowed,
/// or not from a browser.
pub(crate) fn is_allowed(headers: &HeaderMap, others: &[String]) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return headers.get(header::ORIGIN).is_none();
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    if others.iter().any(|other| is_same(other, origin)) {
        return true;
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    // The server does not know whether a proxy in front of it speaks TLS, so either scheme will do.
    host.is_some_and(|host| {
        ["http", "https"]
            .iter()
            .any(|scheme| is_same(&format!("{scheme}://{host}"), origin))
    })
}

/// Whether two origins are the same. Their default ports may be written.
fn is_same(one: &str, other: &str) -> bool {
    fn shortened(origin: &str) -> &str {
        let port = match origin.split_once("://") {
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => ":443",
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => ":80",
            _ => return origin,
        };
        origin.strip_suffix(port).unwrap_or(origin)
    }
    shortened(one).eq_ignore_ascii_case(shortened(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_other_sites_are_refused() {
        let others = ["https://assurance.example".to_owned()];
        for (host, origin, expected) in [
            ("wcc.example", None, true),
            ("wcc.example", Some("https://wcc.example"), true),
            ("wcc.example", Some("http://wcc.example"), true),
            ("wcc.example:443", Some("https://WCC.example"), true),
            ("127.0.0.1:8080", Some("http://127.0.0.1:8080"), true),
            ("wcc.example", Some("https://assurance.example"), true),
            ("wcc.example", Some("https://assurance.example:443"), true),
            ("wcc.example", Some("http://assurance.example"), false),
            ("wcc.example", Some("https://other.example"), false),
            (
                "wcc.example",
                Some("https://wcc.example.other.example"),
                false,
            ),
            ("wcc.example", Some("https://wcc.example:8443"), false),
            ("wcc.example:80", Some("https://wcc.example"), false),
            ("wcc.example", Some("wcc.example"), false),
            ("wcc.example", Some("null"), false),
            ("wcc.example", Some(""), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("host", host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert("origin", origin.parse().unwrap());
            }
            assert_eq!(is_allowed(&headers, &others), expected, "{host} {origin:?}");
        }
        let mut twice = HeaderMap::new();
        twice.append("host", "a".parse().unwrap());
        twice.append("origin", "http://a".parse().unwrap());
        assert!(is_allowed(&twice, &[]));
        twice.append("origin", "http://a".parse().unwrap());
        assert!(!is_allowed(&twice, &[]));
    }
}
