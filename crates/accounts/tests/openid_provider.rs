//! Signs in with the npm package `oidc-provider`. `oidc-provider/run.sh` starts it and runs these tests.

#![allow(
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that panics has failed"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use ureq::Agent;
use url::Url;
use wcc_accounts::{
    AccountSettings, Accounts, NewSession, OpenIdError, OpenIdSettings, SignInError,
};
use wcc_ledger::{Address, SystemClock};
use wcc_tokens::{Algorithm, Grant, Refusal};

/// The address of this server as the provider knows it. Nothing listens there: the browser of the test stops
/// when it is sent there.
const HOME: &str = "http://127.0.0.1:8080/";

/// The provider that `run.sh` has started.
struct Provider(Url);

/// A browser: it keeps cookies and follows redirects.
struct Browser {
    agent: Agent,
    cookies: BTreeMap<String, String>,
}

impl Provider {
    fn started() -> Provider {
        let address = std::env::var("WCC_TEST_PROVIDER").expect("run oidc-provider/run.sh");
        Provider(address.trim().parse().expect("a URL"))
    }

    fn post(&self, path: &str) {
        let url = self.0.join(path).expect("a URL");
        ureq::post(url.as_str()).send_empty().expect("done");
    }

    fn settings(&self) -> OpenIdSettings {
        OpenIdSettings {
            issuer: self.0.clone(),
            title: "a provider".to_owned(),
            client: "wcc".to_owned(),
            secret: Some("a secret: of the client".to_owned()),
            scopes: ["openid", "profile"].map(str::to_owned).to_vec(),
            algorithms: vec![Algorithm::Rs256],
            person_claim: "name".to_owned(),
            account_claim: "preferred_username".to_owned(),
            role_claim: "groups".to_owned(),
            roles: vec![("anna-chairs".to_owned(), Grant::of_role("chair"))],
            asks_userinfo: std::env::var("WCC_TEST_USERINFO").as_deref() == Ok("yes"),
            leeway: Duration::from_secs(30),
            pause: Duration::ZERO,
        }
    }
}

impl Browser {
    fn new() -> Browser {
        let agent = Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .build();
        Browser {
            agent: agent.into(),
            cookies: BTreeMap::new(),
        }
    }

    /// Signs in at the provider, and returns the query with which it sends the browser home.
    fn sign_in(&mut self, start: &Url, login: &str) -> String {
        let mut url = start.clone();
        let mut form: Option<Vec<(&str, &str)>> = None;
        for _ in 0..20 {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let cookies = cookies.join("; ");
            let mut response = match form.take() {
                None => self
                    .agent
                    .get(url.as_str())
                    .header("Cookie", cookies)
                    .call(),
                Some(form) => self
                    .agent
                    .post(url.as_str())
                    .header("Cookie", cookies)
                    .send_form(form),
            }
            .expect("an answer");
            for cookie in response.headers().get_all("set-cookie") {
                let text = cookie.to_str().expect("a text");
                let pair = text.split(';').next().unwrap_or_default();
                let (name, value) = pair.split_once('=').expect("a cookie");
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            if let Some(location) = response.headers().get("location") {
                let location = location.to_str().expect("a text");
                url = url.join(location).expect("a URL");
                if url.as_str().starts_with(HOME) {
                    return url.query().expect("a query").to_owned();
                }
                continue;
            }
            let status = response.status();
            let page = response.body_mut().read_to_string().expect("a page");
            assert_eq!(status, 200, "{page}");
            let (_, action) = page.split_once("action=\"").expect("a form");
            let (action, _) = action.split_once('"').expect("a form");
            url = url.join(action).expect("a URL");
            form = Some(match page.contains("name=\"login\"") {
                true => vec![("prompt", "login"), ("login", login), ("password", "any")],
                false => vec![("prompt", "consent")],
            });
        }
        panic!("it never ends, at {url}");
    }
}

async fn sign_in(accounts: &Accounts, login: &str) -> Result<NewSession, OpenIdError> {
    let redirect = accounts.begin_openid("/").await?;
    let (start, login) = (redirect.url.clone(), login.to_owned());
    let signing_in = tokio::task::spawn_blocking(move || Browser::new().sign_in(&start, &login));
    let query = signing_in.await.expect("signed in there");
    let finished = accounts.finish_openid(&query, Some(&redirect.browser), None);
    Ok(finished.await?.new)
}

/// In one test, because all of it changes the one provider.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "oidc-provider/run.sh starts the provider"]
async fn people_sign_in_with_a_certified_provider() {
    let provider = Provider::started();
    let folder = TempDir::new().expect("a folder");
    let settings = AccountSettings {
        address: Address::Sqlite(folder.path().join("accounts.db")),
        idle: Duration::from_mins(30),
        absolute: Duration::from_hours(12),
        public_address: Some(HOME.parse().expect("a URL")),
        openid: Some(provider.settings()),
    };
    let accounts = Accounts::open(settings, Arc::new(SystemClock)).await;
    let accounts = accounts.expect("opened");
    for login in ["anna", "ben"] {
        let pending = sign_in(&accounts, login).await;
        assert!(
            matches!(pending, Err(OpenIdError::SignIn(SignInError::Pending))),
            "{pending:?}"
        );
        let name = format!("{login}@pct.example");
        accounts.approve(&name).await.expect("approved");
    }
    let session = sign_in(&accounts, "anna").await.expect("signed in").session;
    let actor = session.chosen_actor().expect("a role");
    assert_eq!((&*actor.person, &*actor.role), ("Person anna", "chair"));
    let session = sign_in(&accounts, "ben").await.expect("signed in").session;
    assert_eq!(session.chosen_actor(), None, "no group gives a role");
    // Its keys rotate.
    provider.post("/rotate");
    sign_in(&accounts, "anna").await.expect("signed in");
    // Its clock is a little off, and too much.
    provider.post("/clock?seconds=20");
    sign_in(&accounts, "anna").await.expect("signed in");
    provider.post("/clock?seconds=7200");
    let refused = sign_in(&accounts, "anna").await;
    assert!(
        matches!(refused, Err(OpenIdError::Token(Refusal::NotYetValid))),
        "{refused:?}"
    );
    provider.post("/clock?seconds=-7200");
    let refused = sign_in(&accounts, "anna").await;
    assert!(
        matches!(refused, Err(OpenIdError::Token(Refusal::Expired))),
        "{refused:?}"
    );
    provider.post("/clock?seconds=0");
    sign_in(&accounts, "anna").await.expect("signed in");
    accounts.close().await;
}
