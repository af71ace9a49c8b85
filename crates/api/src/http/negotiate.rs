//! Content negotiation by the `Accept` header, and entity tags.

use axum::http::{HeaderMap, header};

/// The media types of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// `application/graphql-response+json`: the status shows whether the request succeeded.
    Response,
    /// `application/json`: the status is 200 for every GraphQL request.
    Json,
}

impl Media {
    /// The value of `Content-Type`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Media::Response => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
        }
    }

    /// The entity tag of an answer in this media type.
    pub(crate) fn tag(self, hash: u128) -> String {
        let letter = match self {
            Media::Response => 'g',
            Media::Json => 'j',
        };
        format!("\"{hash:032x}{letter}\"")
    }
}

/// One range of an `Accept` header.
struct Range<'h> {
    kind: &'h str,
    subtype: &'h str,
    /// Quality value in thousandths.
    quality: u16,
    utf8: bool,
}

fn ranges(headers: &HeaderMap) -> impl Iterator<Item = Range<'_>> {
    let values = headers.get_all(header::ACCEPT).into_iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).filter_map(range)
}

fn range(text: &str) -> Option<Range<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let (kind, subtype) = parts.next()?.split_once('/')?;
    let mut range = Range {
        kind,
        subtype,
        quality: 1_000,
        utf8: true,
    };
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let value = value.trim().trim_matches('"');
        match name.trim() {
            name if name.eq_ignore_ascii_case("q") => {
                let quality: f32 = value.parse().ok()?;
                // Clamped to 0 to 1, so thousandths fit into `u16`.
                range.quality = (quality.clamp(0.0, 1.0) * 1_000.0) as u16;
            }
            name if name.eq_ignore_ascii_case("charset") => {
                range.utf8 = is_utf8(value);
            }
            _ => {}
        }
    }
    range.utf8.then_some(range)
}

/// Whether a charset is UTF-8, the only supported one.
pub(crate) fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

/// The preference for a media type: the specificity and quality of the most specific matching
/// range, as in RFC 9110. `None` if the client does not accept it.
fn preference(headers: &HeaderMap, kind: &str, subtype: &str) -> Option<(u8, u16)> {
    ranges(headers)
        .filter_map(|range| {
            let specificity = if range.kind == "*" && range.subtype == "*" {
                0
            } else if !range.kind.eq_ignore_ascii_case(kind) {
                return None;
            } else if range.subtype == "*" {
                1
            } else if range.subtype.eq_ignore_ascii_case(subtype) {
                2
            } else {
                return None;
            };
            Some((specificity, range.quality))
        })
        .max_by_key(|(specificity, _)| *specificity)
        .filter(|(_, quality)| *quality > 0)
}

/// The media type of the answer; `None` if the client accepts neither.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<Media> {
    if ranges(headers).next().is_none() {
        // There is no header, or no range in it.
        let is_empty = headers
            .get_all(header::ACCEPT)
            .into_iter()
            .all(|value| value.as_bytes().trim_ascii().is_empty());
        return is_empty.then_some(Media::Json);
    }
    let response = preference(headers, "application", "graphql-response+json");
    let json = preference(headers, "application", "json");
    match (response, json) {
        (None, None) => None,
        (Some(_), None) => Some(Media::Response),
        (None, Some(_)) => Some(Media::Json),
        // Clients that name the newer type get it; `*/*` may come from an older client.
        (Some((2, preference)), Some((_, other))) if preference >= other => Some(Media::Response),
        (Some(_), Some(_)) => Some(Media::Json),
    }
}

/// Whether a browser requests a page.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    names(headers, "html")
}

/// Whether a client accepts a stream of events. It must name it: `*/*` does not.
pub(crate) fn accepts_events(headers: &HeaderMap) -> bool {
    names(headers, "event-stream")
}

/// Whether a client names a subtype of `text` that it accepts.
fn names(headers: &HeaderMap, subtype: &str) -> bool {
    ranges(headers).any(|range| {
        range.kind.eq_ignore_ascii_case("text")
            && range.subtype.eq_ignore_ascii_case(subtype)
            && range.quality > 0
    })
}

/// Whether an `If-None-Match` header lists an entity tag.
pub fn lists_tag(held: &str, tag: &str) -> bool {
    held.split(',')
        .map(str::trim)
        .any(|listed| listed.strip_prefix("W/").unwrap_or(listed) == tag)
}

/// Whether an `If-None-Match` header matches any existing answer.
pub(crate) fn matches_any(held: &str) -> bool {
    held.trim() == "*"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(accept: &str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        accepted(&headers)
    }

    #[test]
    fn the_client_chooses() {
        let response = Some(Media::Response);
        let json = Some(Media::Json);
        assert_eq!(accepted(&HeaderMap::new()), json);
        for (accept, expected) in [
            ("", json),
            ("*/*", json),
            ("application/*", json),
            ("application/json", json),
            ("Application/JSON; charset=UTF-8", json),
            ("application/graphql-response+json", response),
            ("application/graphql-response+json; charset=utf-8", response),
            (
                "application/graphql-response+json, application/json;q=0.9",
                response,
            ),
            (
                "application/graphql-response+json,application/json",
                response,
            ),
            (
                "application/json,application/graphql-response+json",
                response,
            ),
            (
                "application/json,application/graphql-response+json;q=0.5",
                json,
            ),
            ("application/graphql-response+json;q=0, */*", json),
            ("application/json;q=0, */*", response),
            ("application/json;q=0", None),
            ("text/html", None),
            ("application/json; charset=iso-8859-1", None),
            ("nonsense", None),
        ] {
            assert_eq!(media(accept), expected, "{accept:?}");
        }
    }

    #[test]
    fn tags_are_compared_one_by_one() {
        assert!(lists_tag("\"a\", W/\"b\"", "\"b\""));
        assert!(!lists_tag("*", "\"b\""));
        assert!(matches_any(" * "));
        assert!(!matches_any("\"*\""));
        assert!(!lists_tag("\"ab\"", "\"b\""));
    }
}
