//! Signing in with an OpenID provider that answers as it should, and with ones that do not.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "a test that panics has failed, and uses its part of the helpers"
)]

#[path = "../../ledger/tests/support/cluster.rs"]
mod cluster;
#[path = "../../../tests/support/keys.rs"]
mod keys;
#[path = "support/provider.rs"]
mod provider;
#[path = "openid/refused.rs"]
mod refused;
mod support;

use provider::{CLIENT, Provider, Replies, parameter};
use serde_json::json;
use support::{PASSWORD, Place, new_account};
use wcc_accounts::{
    Account, AccountSettings, AccountState, Accounts, BrowserSecret, OpenIdError, OpenIdRedirect,
    OpenIdSettings, SignInError,
};
use wcc_tokens::Grant;

/// Opens accounts with a provider.
async fn open(place: &Place, provider: &Provider) -> Accounts {
    open_with(place, provider.settings()).await
}

async fn open_with(place: &Place, openid: OpenIdSettings) -> Accounts {
    let settings = AccountSettings {
        public_address: Some("https://assurance.example".parse().expect("a URL")),
        openid: Some(openid),
        ..place.settings()
    };
    place.open_with(settings).await
}

/// The query with which the provider sends the browser back.
fn answer(redirect: &OpenIdRedirect) -> String {
    format!("code=some-code&state={}", parameter(&redirect.url, "state"))
}

/// Signs in with the provider.
async fn sign_in(accounts: &Accounts, provider: &Provider) -> Result<Account, OpenIdError> {
    let redirect = accounts.begin_openid("/cycles").await?;
    provider.expect(&redirect.url);
    let query = answer(&redirect);
    let finished = accounts.finish_openid(&query, Some(&redirect.browser), None);
    let finished = finished.await?;
    assert_eq!(finished.return_to, "/cycles");
    let session = accounts.session(&finished.new.secret).await.expect("read");
    Ok(session.expect("a session").account().clone())
}

/// Both engines, because each has its own statements.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_waits_for_approval_and_gets_the_roles_of_their_groups() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let provider = Provider::start();
        let accounts = open(&place, &provider).await;
        assert_eq!(accounts.openid_title(), Some("NHS CIS2"));
        let redirect = accounts.begin_openid("/cycles").await.expect("begun");
        for (name, expected) in [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", "https://assurance.example/sign-in/openid"),
            ("scope", "openid profile"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(parameter(&redirect.url, name), expected);
        }
        let pending = sign_in(&accounts, &provider).await;
        assert!(
            matches!(pending, Err(OpenIdError::SignIn(SignInError::Pending))),
            "{pending:?}"
        );
        let account = accounts.account("anna@pct.example").await.expect("made");
        assert_eq!(account.person, "A. Person");
        assert_eq!(account.state, AccountState::Pending);
        assert!(!account.has_password);
        assert_eq!(
            account.grants,
            [Grant::from_text("chair;body=Q30").expect("a grant")]
        );
        let (issuer, subject) = account.identity.expect("an identity");
        assert_eq!(
            (issuer, &*subject),
            (format!("{}/", provider.issuer()), "1234")
        );
        accounts
            .approve("anna@pct.example")
            .await
            .expect("approved");
        sign_in(&accounts, &provider).await.expect("signed in");
        // Roles follow the groups at every sign-in; what no group gives is no role.
        provider.claim(json!({ "groups": ["analysts", "operators", "Chairs"] }));
        let account = sign_in(&accounts, &provider).await.expect("signed in");
        assert_eq!(account.grants, [Grant::of_role("analyst")]);
        for groups in [
            json!([]),
            json!(null),
            json!({ "chairs": true }),
            json!("chair"),
            json!(7),
        ] {
            provider.claim(json!({ "groups": groups }));
            let account = sign_in(&accounts, &provider).await.expect("signed in");
            assert_eq!(account.grants, [], "{groups}");
        }
        // Whoever is disabled here is not signed in, whatever the provider says.
        accounts
            .disable("anna@pct.example")
            .await
            .expect("disabled");
        let refused = sign_in(&accounts, &provider).await;
        assert!(
            matches!(refused, Err(OpenIdError::SignIn(SignInError::Disabled))),
            "{refused:?}"
        );
        // There is no password to guess.
        let refused = accounts.sign_in("anna@pct.example", "", None).await;
        assert!(refused.is_err());
        accounts.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_somebody_chose_takes_nobody_elses_account() {
    let place = Place::sqlite();
    let provider = Provider::start();
    let accounts = open(&place, &provider).await;
    accounts
        .add(new_account("anna@pct.example", "A. Person"))
        .await
        .expect("added");
    provider.claim(json!({ "name": "a.  person" }));
    let pending = sign_in(&accounts, &provider).await;
    assert!(
        matches!(pending, Err(OpenIdError::SignIn(SignInError::Pending))),
        "{pending:?}"
    );
    let account = accounts.account("anna@pct.example-2").await.expect("made");
    assert_eq!(account.person, "a. person (anna@pct.example-2)");
    // The local account is as it was.
    let local = accounts.sign_in("anna@pct.example", PASSWORD, None).await;
    assert_eq!(local.expect("signed in").session.account().identity, None);
    // Another subject is another person, whatever they are called.
    provider.claim(json!({ "sub": "5678" }));
    let _ = sign_in(&accounts, &provider).await;
    let account = accounts.account("anna@pct.example-3").await.expect("made");
    assert_eq!(account.identity.expect("an identity").1, "5678");
    // Whoever gives no name gets no account.
    for name in [
        json!(null),
        json!(""),
        json!("A\nPerson"),
        json!(["A. Person"]),
    ] {
        provider.claim(json!({ "sub": "9", "name": name }));
        let refused = sign_in(&accounts, &provider).await;
        assert!(
            matches!(refused, Err(OpenIdError::Person(_))),
            "{name}: {refused:?}"
        );
    }
    assert_eq!(accounts.list().await.expect("listed").len(), 3);
    accounts.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_list_of_roles_administrators_give_them() {
    let place = Place::sqlite();
    let provider = Provider::start();
    let settings = OpenIdSettings {
        roles: Vec::new(),
        ..provider.settings()
    };
    let accounts = open_with(&place, settings).await;
    let _ = sign_in(&accounts, &provider).await;
    let name = "anna@pct.example";
    assert_eq!(accounts.account(name).await.expect("made").grants, []);
    let grants = [Grant::of_role("member")];
    accounts.set_grants(name, &grants).await.expect("given");
    accounts.approve(name).await.expect("approved");
    let account = sign_in(&accounts, &provider).await.expect("signed in");
    assert_eq!(account.grants, grants);
    accounts.close().await;
}

/// Whatever an attacker does with an answer, it signs in nobody but whoever began.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_used_once_in_time_and_in_its_browser() {
    let place = Place::sqlite();
    let provider = Provider::start();
    let accounts = open(&place, &provider).await;
    let _ = sign_in(&accounts, &provider).await;
    accounts
        .approve("anna@pct.example")
        .await
        .expect("approved");

    let begin = async || {
        let redirect = accounts
            .begin_openid("//evil.example")
            .await
            .expect("begun");
        provider.expect(&redirect.url);
        redirect
    };
    let finish = async |query: &str, browser: Option<&BrowserSecret>| {
        accounts.finish_openid(query, browser, None).await
    };
    // Used once.
    let redirect = begin().await;
    let finished = finish(&answer(&redirect), Some(&redirect.browser)).await;
    assert_eq!(
        finished.expect("signed in").return_to,
        "/",
        "no other server"
    );
    let again = finish(&answer(&redirect), Some(&redirect.browser)).await;
    assert!(matches!(again, Err(OpenIdError::Over)), "{again:?}");
    // In another browser: the attacker's answer in the victim's, or the other way round.
    let (own, other) = (begin().await, begin().await);
    for browser in [None, Some(&other.browser)] {
        let redirect = begin().await;
        let refused = finish(&answer(&redirect), browser).await;
        assert!(
            matches!(refused, Err(OpenIdError::OtherBrowser)),
            "{refused:?}"
        );
    }
    // A state of one and a secret of the other end both attempts.
    let refused = finish(&answer(&own), Some(&other.browser)).await;
    assert!(
        matches!(refused, Err(OpenIdError::OtherBrowser)),
        "{refused:?}"
    );
    let refused = finish(&answer(&own), Some(&own.browser)).await;
    assert!(matches!(refused, Err(OpenIdError::Over)), "{refused:?}");
    // Too late.
    let redirect = begin().await;
    place.clock.pass_seconds(600);
    let refused = finish(&answer(&redirect), Some(&redirect.browser)).await;
    assert!(matches!(refused, Err(OpenIdError::Over)), "{refused:?}");
    // Malformed, made up, of another provider, or an error.
    for (query, expected) in [
        ("code=a".to_owned(), "malformed"),
        ("code=a&state=x".to_owned(), "malformed"),
        (
            format!("code=a&state={}", other.browser.text()),
            "used already",
        ),
    ] {
        let refused = finish(&query, Some(&other.browser))
            .await
            .expect_err("refused");
        assert!(refused.to_string().contains(expected), "{query}: {refused}");
    }
    for (more, expected) in [
        ("&code=b", "malformed"),
        ("&state=b", "malformed"),
        ("&iss=https://evil.example", "malformed"),
        (
            "&error=access_denied&error_description=%3Cscript%3E",
            "(access_denied)",
        ),
        ("&error=%3Cscript%3E%0A", "(<script>)"),
    ] {
        let redirect = begin().await;
        let query = format!("{}{more}", answer(&redirect));
        let refused = finish(&query, Some(&redirect.browser))
            .await
            .expect_err("refused");
        assert!(refused.to_string().contains(expected), "{more}: {refused}");
    }
    // The provider is not even asked in all these cases: the code was exchanged twice.
    assert_eq!(provider.exchanges(), 2);
    // Neither the state nor the secret is stored.
    let redirect = begin().await;
    let stored = place.stored_bytes().await;
    for text in [redirect.browser.text(), parameter(&redirect.url, "state")] {
        assert!(
            !stored
                .windows(text.len())
                .any(|bytes| bytes == text.as_bytes())
        );
    }
    accounts.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_of_userinfo_are_those_of_the_same_person() {
    let place = Place::sqlite();
    let provider = Provider::start();
    let settings = OpenIdSettings {
        asks_userinfo: true,
        secret: None,
        ..provider.settings()
    };
    let accounts = open_with(&place, settings).await;
    provider.claim(json!({ "name": null, "groups": null }));
    let told = json!({ "sub": "1234", "name": "A. Person", "groups": ["analysts"] });
    provider.reply_to("/userinfo", Replies::Text(told.to_string()));
    let _ = sign_in(&accounts, &provider).await;
    let account = accounts.account("anna@pct.example").await.expect("made");
    assert_eq!(account.person, "A. Person");
    assert_eq!(account.grants, [Grant::of_role("analyst")]);
    // It adds to the ID token, and replaces nothing in it.
    provider.claim(json!({ "name": null, "groups": ["chairs"] }));
    let _ = sign_in(&accounts, &provider).await;
    let account = accounts.account("anna@pct.example").await.expect("made");
    assert_eq!(account.grants.len(), 1);
    assert_eq!(account.grants[0].role, "chair");
    for told in [
        json!({ "sub": "5678", "name": "E. Person" }),
        json!({ "name": "E. Person" }),
    ] {
        provider.reply_to("/userinfo", Replies::Text(told.to_string()));
        let refused = sign_in(&accounts, &provider).await;
        assert!(matches!(refused, Err(OpenIdError::Token(_))), "{refused:?}");
    }
    accounts.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_provider_offers_none() {
    let place = Place::sqlite();
    let accounts = place.open().await;
    assert_eq!(accounts.openid_title(), None);
    let refused = accounts.begin_openid("/").await;
    assert!(
        matches!(refused, Err(OpenIdError::NotOffered)),
        "{refused:?}"
    );
    let refused = accounts.finish_openid("code=a&state=b", None, None).await;
    assert!(
        matches!(refused, Err(OpenIdError::NotOffered)),
        "{refused:?}"
    );
    accounts.close().await;
    // Behind a public address, other machines reach even a server that listens on this one alone.
    let provider = Provider::start();
    let accounts = open(&place, &provider).await;
    assert!(!accounts.permit_demonstration(true));
    accounts.close().await;
}
