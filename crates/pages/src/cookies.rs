//! What a browser keeps for this server, and where its forms come from.
//!
//! A browser that reached the server over TLS sends cookies back over TLS alone, and those of the whole
//! server have a name that no other host of the same domain can set (`__Host-`).

use crate::error::PageError;
use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};
use std::sync::Arc;
use wcc_accounts::BrowserSecret;

/// A cookie of this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CookieName {
    /// The session of somebody who has signed in.
    Session,
    /// A browser in which somebody is about to sign in.
    SigningIn,
    /// A browser that is at the provider with which somebody signs in.
    AtProvider,
    /// A browser in which somebody answers a survey.
    Answering,
    /// The invitation of somebody who answers a survey.
    Invitation,
}

/// How long a browser keeps an invitation, in seconds: long enough for a questionnaire with a break.
const INVITATION_SECONDS: i64 = 4 * 60 * 60;
/// Longer values are none of ours.
const MAX_VALUE: usize = 200;

impl CookieName {
    const fn text(self) -> &'static str {
        match self {
            CookieName::Session => "wcc-session",
            CookieName::SigningIn => "wcc-signing-in",
            CookieName::AtProvider => "wcc-at-provider",
            CookieName::Answering => "wcc-answering",
            CookieName::Invitation => "wcc-invitation",
        }
    }

    /// The pages that get it.
    const fn path(self) -> &'static str {
        match self {
            CookieName::Answering | CookieName::Invitation => "/survey",
            _ => "/",
        }
    }

    /// Whether pages of other sites may lead here with it. Whoever follows a link to a page stays signed in.
    const fn same_site(self) -> SameSite {
        match self {
            CookieName::Invitation => SameSite::Strict,
            _ => SameSite::Lax,
        }
    }

    fn in_full(self, is_secure: bool) -> String {
        let prefix = match (is_secure, self.path()) {
            (false, _) => "",
            (true, "/") => "__Host-",
            (true, _) => "__Secure-",
        };
        format!("{prefix}{}", self.text())
    }
}

/// The origin by which browsers know this server, such as `https://assurance.example`; `None` if they
/// reach it directly, so that its own address is in their requests.
pub(crate) type PublicOrigin = Option<Arc<str>>;

/// The cookies of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookies<'h> {
    headers: &'h HeaderMap,
    is_secure: bool,
}

impl<'h> Cookies<'h> {
    /// The cookies of a request with these headers.
    pub(crate) fn new(headers: &'h HeaderMap, origin: &PublicOrigin) -> Cookies<'h> {
        let is_secure = match origin {
            // A proxy may have replaced what the browser called the server.
            Some(origin) => origin.starts_with("https:"),
            None => !is_loopback(headers),
        };
        Cookies { headers, is_secure }
    }

    /// The value of a cookie.
    pub(crate) fn text(&self, name: CookieName) -> Option<String> {
        let name = name.in_full(self.is_secure);
        let given = self.headers.get_all(header::COOKIE).iter();
        let given = given.filter_map(|value| value.to_str().ok());
        let mut cookies = given.flat_map(Cookie::split_parse).flatten();
        let cookie = cookies.find(|cookie| cookie.name() == name)?;
        let value = cookie.value();
        (!value.is_empty() && value.len() <= MAX_VALUE).then(|| value.to_owned())
    }

    /// A secret that the browser keeps.
    pub(crate) fn secret(&self, name: CookieName) -> Option<BrowserSecret> {
        BrowserSecret::parse(&self.text(name)?)
    }

    /// Makes the browser keep a text.
    pub(crate) fn keep(&self, name: CookieName, value: &str) -> Option<HeaderValue> {
        let mut cookie = self.build(name, value);
        if name == CookieName::Invitation {
            cookie.set_max_age(cookie::time::Duration::seconds(INVITATION_SECONDS));
        }
        HeaderValue::try_from(cookie.to_string()).ok()
    }

    /// Makes the browser keep a secret.
    pub(crate) fn keep_secret(
        &self,
        name: CookieName,
        secret: &BrowserSecret,
    ) -> Option<HeaderValue> {
        self.keep(name, &secret.text())
    }

    /// Makes the browser forget a cookie.
    pub(crate) fn forget(&self, name: CookieName) -> Option<HeaderValue> {
        let mut cookie = self.build(name, "");
        cookie.make_removal();
        HeaderValue::try_from(cookie.to_string()).ok()
    }

    fn build(&self, name: CookieName, value: &str) -> Cookie<'static> {
        Cookie::build((name.in_full(self.is_secure), value.to_owned()))
            .path(name.path())
            .http_only(true)
            .same_site(name.same_site())
            .secure(self.is_secure)
            .build()
    }
}

/// Refuses what a page of another site sends.
///
/// # Errors
/// The page belongs to another site.
pub(crate) fn check_origin(headers: &HeaderMap, public: &PublicOrigin) -> Result<(), PageError> {
    let text = |name| {
        let value = headers.get(name);
        value.and_then(|value| value.to_str().ok())
    };
    // Some browsers do not say.
    let Some(origin) = text(header::ORIGIN) else {
        return Ok(());
    };
    let host = text(header::HOST).unwrap_or_default();
    let of_origin = origin.split_once("://").map(|(_, host)| host);
    if public.as_deref() == Some(origin) || of_origin == Some(host) {
        Ok(())
    } else {
        Err(PageError::NotDone(
            "this form was sent from a page of another site".to_owned(),
        ))
    }
}

/// Whether the browser reached the server on its own machine, where there is no TLS.
fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    matches!(name, Some("127.0.0.1" | "localhost" | "::1"))
}

#[cfg(test)]
mod tests {
    use super::{CookieName, Cookies, PublicOrigin, check_origin};
    use axum::http::{HeaderMap, HeaderValue, header};
    use wcc_accounts::BrowserSecret;

    fn from_host(host: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        headers
    }

    fn public(origin: &str) -> PublicOrigin {
        Some(origin.into())
    }

    fn set(headers: &HeaderMap, origin: &PublicOrigin, name: CookieName) -> String {
        let set = Cookies::new(headers, origin).keep(name, "value").unwrap();
        set.to_str().unwrap().to_owned()
    }

    #[test]
    fn a_cookie_is_read_as_it_was_set() {
        let secret = BrowserSecret::new().unwrap();
        let mut headers = from_host("assurance.example");
        let cookies = Cookies::new(&headers, &None);
        let set = cookies.keep_secret(CookieName::Session, &secret).unwrap();
        let set = set.to_str().unwrap();
        for expected in [
            "__Host-wcc-session=",
            "HttpOnly",
            "SameSite=Lax",
            "Secure",
            "Path=/",
        ] {
            assert!(set.contains(expected), "{set}");
        }
        assert!(!set.contains("Domain"), "{set}");
        let pair = set.split(';').next().unwrap().to_owned();
        let value = HeaderValue::try_from(format!("a=b; {pair}")).unwrap();
        headers.insert(header::COOKIE, value);
        let cookies = Cookies::new(&headers, &None);
        assert!(cookies.secret(CookieName::Session) == Some(secret));
        assert!(cookies.secret(CookieName::SigningIn).is_none());
        // Without its prefix, another host of the domain could have set it.
        let value = HeaderValue::try_from(pair.replace("__Host-", "")).unwrap();
        headers.insert(header::COOKIE, value);
        let cookies = Cookies::new(&headers, &None);
        assert!(cookies.secret(CookieName::Session).is_none());
    }

    #[test]
    fn an_invitation_is_for_the_pages_of_surveys_and_not_for_long() {
        let set = set(
            &from_host("assurance.example"),
            &None,
            CookieName::Invitation,
        );
        for expected in [
            "__Secure-wcc-invitation=",
            "HttpOnly",
            "SameSite=Strict",
            "Path=/survey",
            "Max-Age=14400",
        ] {
            assert!(set.contains(expected), "{set}");
        }
    }

    #[test]
    fn on_its_own_machine_a_server_has_no_tls() {
        for host in ["127.0.0.1:8080", "localhost", "[::1]:8080"] {
            let headers = from_host(host);
            let removed = Cookies::new(&headers, &None).forget(CookieName::Session);
            let removed = removed.unwrap();
            let removed = removed.to_str().unwrap();
            assert!(!removed.contains("Secure"), "{host}: {removed}");
            assert!(removed.starts_with("wcc-session="), "{removed}");
            assert!(removed.contains("Max-Age=0"), "{removed}");
            // Behind a proxy the browser may call it something else.
            let set = set(
                &headers,
                &public("https://assurance.example"),
                CookieName::Session,
            );
            assert!(set.contains("Secure"), "{host}: {set}");
        }
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        let mut headers = from_host("here:1");
        assert!(check_origin(&headers, &None).is_ok());
        for (origin, is_accepted) in [
            ("http://here:1", true),
            ("https://here:1", true),
            ("http://here", false),
            ("http://there:1", false),
            ("https://assurance.example", false),
            ("null", false),
        ] {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            let checked = check_origin(&headers, &None);
            assert_eq!(checked.is_ok(), is_accepted, "{origin}");
        }
    }

    #[test]
    fn a_form_of_the_public_origin_passes_a_proxy() {
        let mut headers = from_host("backend:8080");
        let public = public("https://assurance.example");
        for (origin, is_accepted) in [
            ("https://assurance.example", true),
            ("http://assurance.example", false),
            ("https://assurance.example.evil.example", false),
            ("https://assurance.example:8443", false),
            ("null", false),
        ] {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            let checked = check_origin(&headers, &public);
            assert_eq!(checked.is_ok(), is_accepted, "{origin}");
        }
    }
}
