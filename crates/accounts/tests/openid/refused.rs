//! Providers that do not answer as they should, and ID tokens that are not in order.

use crate::keys::{self, Key};
use crate::provider::{CLIENT, Provider, Replies, with};
use crate::support::{NOW, Place};
use crate::{open, sign_in};
use serde_json::{Value, json};
use wcc_accounts::OpenIdError;
use wcc_tokens::Refusal;

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_that_is_not_in_order_signs_nobody_in() {
    let place = Place::sqlite();
    let provider = Provider::start();
    let accounts = open(&place, &provider).await;
    let _ = sign_in(&accounts, &provider).await;
    accounts
        .approve("anna@pct.example")
        .await
        .expect("approved");
    let other = Key::ed25519("ed");
    type Forge<'f> = Box<dyn Fn(&Key, &Value) -> String + Send + 'f>;
    let changed = |changes: Value| -> Forge<'static> {
        Box::new(move |key: &Key, claims: &Value| key.token(&with(claims, &changes)))
    };
    let forged: Vec<(&str, Forge<'static>)> = vec![
        ("another nonce", changed(json!({ "nonce": "x" }))),
        ("no nonce", changed(json!({ "nonce": null }))),
        ("another audience", changed(json!({ "aud": "other" }))),
        ("no audience", changed(json!({ "aud": null }))),
        (
            "a shared audience",
            changed(json!({ "aud": [CLIENT, "other"] })),
        ),
        ("another party", changed(json!({ "azp": "other" }))),
        (
            "another issuer",
            changed(json!({ "iss": "https://evil.example" })),
        ),
        ("expired", changed(json!({ "exp": NOW - 31 }))),
        ("no end", changed(json!({ "exp": null }))),
        ("of the future", changed(json!({ "iat": NOW + 31 }))),
        ("no subject", changed(json!({ "sub": "" }))),
        ("a number as subject", changed(json!({ "sub": 1234 }))),
        (
            "another key of the same name",
            Box::new(move |_, claims| other.token(claims)),
        ),
        (
            "an unknown key",
            Box::new(|_, claims| Key::ed25519("new").token(claims)),
        ),
        (
            "no algorithm",
            Box::new(|_, claims| {
                let header = json!({ "alg": "none", "kid": "ed" });
                format!(
                    "{}.{}.",
                    keys::encode(header.to_string()),
                    keys::encode(claims.to_string())
                )
            }),
        ),
        (
            "the public key as a shared secret",
            Box::new(|key, claims| keys::symmetric(&key.public(), "ed", claims)),
        ),
        (
            "an algorithm that is not pinned",
            Box::new(|_, claims| Key::p256("ed").token(claims)),
        ),
        ("no token", Box::new(|_, _| "x".to_owned())),
        (
            "a huge token",
            Box::new(|_, claims| {
                format!(
                    "{}.{}.x",
                    keys::encode(claims.to_string()),
                    "a".repeat(100_000)
                )
            }),
        ),
    ];
    for (what, forge) in forged {
        provider.forge(Some(forge));
        let refused = sign_in(&accounts, &provider).await;
        assert!(
            matches!(refused, Err(OpenIdError::Token(_))),
            "{what}: {refused:?}"
        );
        let told = refused.expect_err("refused").to_string();
        assert!(!told.contains("nonce") && !told.contains("key"), "{told}");
    }
    provider.forge(None);
    sign_in(&accounts, &provider)
        .await
        .expect("the provider itself is in order");
    // Within the leeway of clocks.
    provider
        .claim(json!({ "exp": NOW - 10, "iat": NOW + 10, "aud": [CLIENT, "b"], "azp": CLIENT }));
    sign_in(&accounts, &provider).await.expect("signed in");
    accounts.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_rotate_are_read_again() {
    let place = Place::sqlite();
    let provider = Provider::start();
    let accounts = open(&place, &provider).await;
    let _ = sign_in(&accounts, &provider).await;
    accounts
        .approve("anna@pct.example")
        .await
        .expect("approved");
    let before = provider.key_requests();
    sign_in(&accounts, &provider).await.expect("signed in");
    assert_eq!(
        provider.key_requests(),
        before,
        "known keys are not read again"
    );
    provider.rotate();
    sign_in(&accounts, &provider)
        .await
        .expect("signed in with the new key");
    assert_eq!(provider.key_requests(), before + 1);
    // What the old key signs is refused from then on.
    provider.sign_with_the_key_before();
    let refused = sign_in(&accounts, &provider).await;
    assert!(
        matches!(refused, Err(OpenIdError::Token(Refusal::Key { .. }))),
        "{refused:?}"
    );
    accounts.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_work_signs_nobody_in() {
    for (what, replies) in [
        (
            "HTML",
            Replies::Text("<!doctype html><title>Down</title>".to_owned()),
        ),
        ("an error", Replies::Status("503 Down")),
        ("another address", Replies::Redirect),
        ("no JSON object", Replies::Text("[]".to_owned())),
        ("a huge answer", Replies::Huge),
        ("nothing", Replies::Nothing),
    ] {
        let place = Place::sqlite();
        let provider = Provider::start();
        let accounts = open(&place, &provider).await;
        // While the address is looked up.
        provider.reply_to("/.well-known/openid-configuration", replies.clone());
        let refused = accounts.begin_openid("/").await;
        assert!(
            matches!(refused, Err(OpenIdError::Unavailable)),
            "{what}: {refused:?}"
        );
        let asked = provider.requests();
        let refused = accounts.begin_openid("/").await;
        assert!(
            matches!(refused, Err(OpenIdError::Unavailable)),
            "{what}: {refused:?}"
        );
        assert_eq!(provider.requests(), asked, "it is not asked again at once");
        place.clock.pass_seconds(10);
        provider.reply_to("/.well-known/openid-configuration", Replies::AsItShould);
        let _ = sign_in(&accounts, &provider).await;
        accounts
            .approve("anna@pct.example")
            .await
            .expect("approved");
        // While the code is exchanged.
        provider.reply_to("/token", replies.clone());
        let refused = sign_in(&accounts, &provider).await;
        assert!(
            matches!(refused, Err(OpenIdError::Unavailable)),
            "{what}: {refused:?}"
        );
        provider.reply_to("/token", Replies::AsItShould);
        // While a key that is not known is looked up: those that are known go on.
        provider.reply_to("/keys", replies.clone());
        sign_in(&accounts, &provider).await.expect("signed in");
        provider.rotate();
        let refused = sign_in(&accounts, &provider).await;
        assert!(
            matches!(refused, Err(OpenIdError::Token(_))),
            "{what}: {refused:?}"
        );
        provider.reply_to("/keys", Replies::AsItShould);
        sign_in(&accounts, &provider).await.expect("signed in");
        // What was published is used as long as it cannot be read again.
        provider.reply_to("/.well-known/openid-configuration", replies);
        place.clock.pass_hours(2);
        provider.claim(json!({ "exp": NOW + 20_000 }));
        sign_in(&accounts, &provider).await.expect("signed in");
        accounts.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_publishes_something_else_is_not_used() {
    let good = |provider: &Provider| provider.metadata();
    for (what, changes) in [
        (
            "another issuer",
            json!({ "issuer": "https://evil.example" }),
        ),
        ("no keys", json!({ "jwks_uri": null })),
        (
            "an address without protection",
            json!({ "token_endpoint": "http://evil.example/token" }),
        ),
        (
            "another scheme",
            json!({ "authorization_endpoint": "javascript:alert(1)" }),
        ),
        (
            "credentials",
            json!({ "token_endpoint": "https://a:b@evil.example/token" }),
        ),
    ] {
        let place = Place::sqlite();
        let provider = Provider::start();
        let accounts = open(&place, &provider).await;
        let text = with(&good(&provider), &changes).to_string();
        provider.reply_to("/.well-known/openid-configuration", Replies::Text(text));
        let refused = accounts.begin_openid("/").await;
        assert!(
            matches!(refused, Err(OpenIdError::Unavailable)),
            "{what}: {refused:?}"
        );
        accounts.close().await;
    }
}
