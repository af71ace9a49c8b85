//! Bearer tokens of issuers that publish their keys.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use serde_json::{Value, json};
use server::Server;
use std::fs;
use std::time::{Duration, Instant};
use support::{printed_with, refused_with, settings_with};
use tokens::{
    AUDIENCE, CASE, CYCLE, ISSUER, Key, KeyServer, assert_refused, comment, comment_error, encode,
    ledger_with, message, now, read, symmetric,
};

/// Settings entry of an issuer.
fn issuer(keys: &str, more: &str) -> String {
    format!(
        "[tokens]\npause_seconds = 3600\n[[issuer]]\nname = '{ISSUER}'\naudience = '{AUDIENCE}'\n{keys}\n\
         algorithms = ['EdDSA', 'ES256']\n{more}\n"
    )
}

fn at_url(server: &KeyServer) -> String {
    format!("jwks_url = '{}'", server.url())
}

/// Claims of a panel member that are in order.
fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "B. Member", "role": "panel", "body": "Q30",
        "exp": now() + 600, "nbf": now() - 5, "iat": now() - 5,
    })
}

fn with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

/// Waits until something is so.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_issuer_gives_roles() {
    let (ed, p256) = (Key::ed25519("ed"), Key::p256("ec"));
    let keys = KeyServer::start(&[&ed, &p256]);
    let settings = ledger_with(&issuer(&at_url(&keys), ""));
    let server = Server::on_ledger(&settings);
    for (number, key) in [&ed, &p256].into_iter().enumerate() {
        let person = format!("Member {number}");
        let token = key.token(&with(&json!({ "sub": person })));
        assert_eq!(comment_error(&comment(&server, &token, None, "5KF")), "");
        let shown = printed_with(&settings, &["ledger", "show"]);
        assert!(
            shown.contains(&format!("{person} (panel for Q30)")),
            "{shown}"
        );
    }
    let audiences = ed.token(&with(&json!({ "aud": ["other", AUDIENCE] })));
    assert_eq!(read(&server, &audiences).status, 200);
    let at = ed.token_with(
        &json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": "ed" }),
        &claims(),
    );
    assert_eq!(read(&server, &at).status, 200);
    let fraction = ed.token(&with(&json!({ "exp": now() as f64 + 600.5 })));
    assert_eq!(read(&server, &fraction).status, 200);
    // Within the leeway.
    let late = ed.token(&with(&json!({ "exp": now() - 5, "nbf": now() + 10 })));
    assert_eq!(read(&server, &late).status, 200);
    let grants = json!([
        { "role": "panel", "body": "5KG" },
        { "role": "lead", "body": "5KF", "cycle": CYCLE, "from": "2008-01-01", "until": "2990-01-01" },
        { "role": "lead", "body": "5KG", "until": "2008-01-01" },
        { "role": "panel", "from": "2990-01-01" },
    ]);
    let several = ed.token(&with(&json!({ "grants": grants })));
    let which = comment(&server, &several, None, "5KF");
    let offered = format!("`panel;body=5KG`, `lead;body=5KF;cycle={CYCLE}`");
    assert!(
        which.status == 400 && message(&which).ends_with(&offered),
        "{which:?}"
    );
    assert_eq!(
        comment_error(&comment(&server, &several, Some("lead"), "5KF")),
        ""
    );
    let roles = ed.token(&with(
        &json!({ "role": ["panel", "offline_access", "operator"] }),
    ));
    let which = read(&server, &roles);
    assert!(
        message(&which).ends_with("one of `panel;body=Q30`, `offline_access;body=Q30`"),
        "no operator: {which:?}"
    );
}

#[test]
fn whatever_is_wrong_with_a_token_is_refused() {
    let (key, p256) = (Key::ed25519("ed"), Key::p256("ec"));
    let keys = KeyServer::start(&[&key, &p256]);
    let settings = settings_with(&issuer(&at_url(&keys), ""));
    let server = Server::start(&settings, &[CASE]);
    wait_until("the keys are read", || {
        read(&server, &key.token(&claims())).status == 200
    });

    let header = |changes: Value| {
        let mut header = key.header();
        for (name, value) in changes.as_object().expect("an object") {
            header[name] = value.clone();
        }
        key.token_with(&header, &claims())
    };
    let good = key.token(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let none = |algorithm: &str| {
        let header = encode(json!({ "alg": algorithm, "typ": "JWT", "kid": "ed" }).to_string());
        format!("{header}.{}.", parts[1])
    };
    let other_key = Key::ed25519("ed");
    let other_claims = encode(with(&json!({ "role": "operator" })).to_string());
    let unknown = "the token is not accepted";
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(3000), "]".repeat(3000));
    for (what, token) in [
        ("no algorithm", none("none")),
        ("no algorithm, written differently", none("nOnE")),
        (
            "the public key as a secret",
            symmetric(&key.public(), "ed", &claims()),
        ),
        (
            "the encoded public key as a secret",
            symmetric(encode(key.public()).as_bytes(), "ed", &claims()),
        ),
        (
            "a symmetric algorithm in the header alone",
            header(json!({ "alg": "HS256" })),
        ),
        (
            "another algorithm of the issuer",
            header(json!({ "alg": "ES256" })),
        ),
        (
            "an algorithm that the issuer does not use",
            header(json!({ "alg": "RS256" })),
        ),
        (
            "an algorithm that nobody knows",
            header(json!({ "alg": "XX" })),
        ),
        (
            "the key of another algorithm",
            header(json!({ "kid": "ec" })),
        ),
        ("an unknown key", header(json!({ "kid": "other" }))),
        (
            "a path as key",
            header(json!({ "kid": "../../../etc/passwd" })),
        ),
        ("a number as key", header(json!({ "kid": 1 }))),
        (
            "a key of its own",
            header(json!({ "kid": "other", "jwk": Key::ed25519("other").jwk() })),
        ),
        (
            "critical extensions",
            header(json!({ "crit": ["b64"], "b64": false })),
        ),
        ("another purpose", header(json!({ "typ": "logout+jwt" }))),
        ("somebody else's signature", other_key.token(&claims())),
        (
            "other claims",
            format!("{}.{other_claims}.{}", parts[0], parts[2]),
        ),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("a short signature", good[..good.len() - 2].to_owned()),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{good}.{}", parts[2])),
        ("padding", format!("{good}=")),
        ("no base64", format!("{}.!!!.{}", parts[0], parts[2])),
        (
            "no JSON",
            format!("{}.{}.{}", parts[0], encode("x"), parts[2]),
        ),
        (
            "claims in a list",
            format!("{}.{}.{}", parts[0], encode("[]"), parts[2]),
        ),
        (
            "deep claims",
            format!("{}.{}.{}", parts[0], encode(deep), parts[2]),
        ),
        ("nothing", ".".to_owned()),
        ("only dots", "..".to_owned()),
        ("much", "a".repeat(9000)),
        (
            "much in three parts",
            format!("{}.{}.{}", parts[0], "A".repeat(9000), parts[2]),
        ),
        (
            "another issuer",
            key.token(&with(&json!({ "iss": "https://other.example" }))),
        ),
        (
            "the issuer with a slash",
            key.token(&with(&json!({ "iss": format!("{ISSUER}/") }))),
        ),
        ("no issuer", key.token(&with(&json!({ "iss": null })))),
        (
            "several issuers",
            key.token(&with(&json!({ "iss": [ISSUER] }))),
        ),
        (
            "this server as issuer",
            key.token(&with(&json!({ "iss": "wcc", "aud": "wcc" }))),
        ),
    ] {
        let answer = read(&server, &token);
        assert_eq!(answer.status, 401, "{what}: {answer:?}");
        assert_refused(&answer, unknown);
    }
    let unsuitable = "the token is not made for this server, or does not say";
    let long = "p".repeat(201);
    let many: Vec<Value> = (0..33)
        .map(|number| json!({ "role": format!("r{number}") }))
        .collect();
    for (changes, expected) in [
        (json!({ "exp": now() - 60 }), "has expired"),
        (json!({ "exp": 0 }), "has expired"),
        (json!({ "nbf": now() + 120 }), "is not valid yet"),
        (json!({ "iat": now() + 120 }), "is not valid yet"),
        (json!({ "valid_from": "2990-01-01" }), "is not valid yet"),
        (
            json!({ "grants": [{ "role": "panel", "until": "2008-01-01" }] }),
            "has expired",
        ),
        (json!({ "aud": "other" }), unsuitable),
        (json!({ "aud": null }), unsuitable),
        (json!({ "aud": [] }), unsuitable),
        (json!({ "aud": 1 }), unsuitable),
        (json!({ "exp": null }), unsuitable),
        (json!({ "exp": "tomorrow" }), unsuitable),
        (json!({ "exp": 1e300 }), unsuitable),
        (json!({ "exp": i64::MAX }), unsuitable),
        (json!({ "nbf": -1e300 }), unsuitable),
        (json!({ "sub": null }), unsuitable),
        (json!({ "sub": "" }), unsuitable),
        (json!({ "sub": 7 }), unsuitable),
        (json!({ "sub": long }), unsuitable),
        (json!({ "sub": "A\u{202e}B" }), unsuitable),
        (json!({ "role": null }), unsuitable),
        (json!({ "role": [] }), unsuitable),
        (json!({ "role": {} }), unsuitable),
        (json!({ "role": ["panel", 1] }), unsuitable),
        (json!({ "role": "operator" }), unsuitable),
        (json!({ "body": ["Q30"] }), unsuitable),
        (json!({ "cycle": true }), unsuitable),
        (json!({ "valid_from": "soon" }), unsuitable),
        (json!({ "grants": [] }), unsuitable),
        (json!({ "grants": "panel" }), unsuitable),
        (json!({ "grants": [{ "body": "Q30" }] }), unsuitable),
        (
            json!({ "grants": [{ "role": "panel", "sha": "Q30" }] }),
            unsuitable,
        ),
        (json!({ "grants": many }), unsuitable),
    ] {
        let answer = read(&server, &key.token(&with(&changes)));
        assert_eq!(answer.status, 401, "{changes}: {answer:?}");
        assert_refused(&answer, expected);
    }
    // The log gives the reasons, and no token.
    let log = server.log_with("its claim `sub` is missing");
    for reason in [
        "its algorithm RS256 is not one of those of the issuer",
        "its algorithm HS256 is not one of those of the issuer",
        "has no key `other` for its algorithm",
        "its signature does not match the key",
        "its issuer `https://other.example` is not in the settings",
        "its audience is not this server's",
        "it gives none of the roles that the issuer",
    ] {
        assert!(log.contains(reason), "{reason:?} is missing in: {log}");
    }
    assert!(!log.contains(parts[1]) && !log.contains(parts[2]), "{log}");
    assert_eq!(read(&server, &good).status, 200, "still in order");
    assert_eq!(
        server.ask("{ cycles { code } }")["cycles"][0]["code"],
        CYCLE,
        "the public still reads"
    );
}

#[test]
fn keys_are_rotated_without_a_restart() {
    let (old, new) = (Key::ed25519("old"), Key::ed25519("new"));
    let keys = KeyServer::start(&[&old]);
    let entry = issuer(&at_url(&keys), "").replace(
        "pause_seconds = 3600",
        "pause_seconds = 1\nrefresh_seconds = 1",
    );
    let settings = settings_with(&entry);
    let server = Server::start(&settings, &[CASE]);
    let works = |key: &Key| read(&server, &key.token(&claims())).status == 200;
    wait_until("the first key", || works(&old));
    assert!(!works(&new));
    keys.publish(&[&old, &new]);
    wait_until("the new key", || works(&new));
    assert!(works(&old), "both are published");
    keys.publish(&[&new]);
    wait_until("the old key is withdrawn", || !works(&old));
    assert!(works(&new));
    keys.set_down(true);
    server.log_with("tokens signed with its known keys are still accepted");
    assert!(works(&new), "known keys go on");
    let warning = "warning: the keys of an issuer of tokens cannot be read; tokens signed with its known keys";
    wait_until("readiness says so", || {
        server.raw("GET /readyz", &[]).contains(warning)
    });
    assert!(server.raw("GET /readyz", &[]).starts_with("HTTP/1.1 200 "));
    // What is not a key set is no reason to forget keys.
    keys.set_down(false);
    for text in [
        "",
        "{}",
        "{\"keys\": []}",
        "{\"keys\": [{\"kty\": \"oct\", \"k\": \"AA\"}]}",
    ] {
        let before = keys.requests();
        keys.publish_text(text);
        wait_until("it is fetched", || keys.requests() > before + 1);
        assert!(works(&new), "{text}");
    }
    keys.publish(&[&new]);
    server.log_with("can be read again");
    wait_until("readiness is well", || {
        server.raw("GET /readyz", &[]).ends_with("\r\n\r\nok\n")
    });
}

/// However many tokens name unknown keys, the issuer is asked once, and nobody else waits.
#[test]
fn unknown_keys_cause_no_stampede() {
    let key = Key::ed25519("known");
    let keys = KeyServer::start(&[&key]);
    let entry = issuer(&at_url(&keys), "").replace("pause_seconds = 3600", "pause_seconds = 1");
    let settings = settings_with(&entry);
    let server = Server::start(&settings, &[CASE]);
    wait_until("the keys are read", || {
        read(&server, &key.token(&claims())).status == 200
    });
    // Longer than the pause, so that the next unknown key is asked about.
    std::thread::sleep(Duration::from_millis(1100));
    let before = keys.requests();
    keys.set_stuck(true);
    let stranger = Key::ed25519("unknown");
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| read(&server, &stranger.token(&claims())).status))
            .collect();
        wait_until("it is asked", || keys.requests() > before);
        for _ in 0..5 {
            assert_eq!(
                read(&server, &key.token(&claims())).status,
                200,
                "known keys do not wait"
            );
            server.ask("{ cycles { code } }");
        }
        assert_eq!(keys.requests(), before + 1, "one at a time");
        keys.set_stuck(false);
        let refused: Vec<u16> = asking
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect();
        assert_eq!(refused, [401; 20]);
    });
    assert_eq!(
        keys.requests(),
        before + 1,
        "those that waited do not ask again"
    );
}

#[test]
fn keys_come_from_a_file() {
    let (old, new) = (Key::ed25519("old"), Key::p256("new"));
    let entry = issuer(
        "jwks_file = 'keys.json'",
        "roles = ['panel', 'operator']\nclaims = { person = 'profile.name', role = 'realm.roles' }",
    )
    .replace(
        "pause_seconds = 3600",
        "pause_seconds = 1\nrefresh_seconds = 1",
    );
    let settings = settings_with(&entry);
    let file = settings.with_file_name("keys.json");
    let publish = |keys: &[&Key]| {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        fs::write(&file, json!({ "keys": keys }).to_string()).expect("written");
    };
    let named = with(&json!({
        "sub": null, "role": null, "body": null,
        "profile": { "name": "C. Operator" }, "realm": { "roles": ["offline_access", "operator"] },
    }));
    let server = Server::start(&settings, &[CASE]);
    server.log_with("its tokens are refused");
    assert_refused(
        &read(&server, &old.token(&named)),
        "the token is not accepted",
    );
    publish(&[&old]);
    wait_until("the file is read", || {
        read(&server, &old.token(&named)).status == 200
    });
    assert_eq!(
        server.request_reload(&old.token(&named)).status,
        200,
        "the issuer may give this role"
    );
    publish(&[&new]);
    wait_until("it is read again", || {
        read(&server, &new.token(&named)).status == 200
    });
    assert_refused(
        &read(&server, &old.token(&named)),
        "the token is not accepted",
    );
    // A reload reads the issuers again.
    let text = fs::read_to_string(&settings).expect("the settings");
    fs::write(&settings, text.replace(AUDIENCE, "another.example")).expect("written");
    assert!(server.reload().contains("reloaded"));
    assert_refused(
        &read(&server, &new.token(&named)),
        "not made for this server",
    );
}

#[test]
fn invalid_settings_of_issuers_are_refused() {
    let entry = |keys: &str, more: &str| {
        let text = issuer(keys, more);
        text.replace(
            "algorithms = ['EdDSA', 'ES256']\n",
            if more.contains("algorithms") {
                ""
            } else {
                "algorithms = ['EdDSA']\n"
            },
        )
    };
    let url = "jwks_url = 'https://sign-in.example/keys'";
    for (text, expected) in [
        (
            entry(url, "algorithms = ['HS256']"),
            "whoever verifies such a token could also make one",
        ),
        (
            entry(url, "algorithms = ['none']"),
            "whoever verifies such a token could also make one",
        ),
        (
            entry(url, "algorithms = ['ES265']"),
            "did you mean `ES256`?",
        ),
        (
            entry(url, "algorithms = []"),
            "expected at least one of EdDSA, ES256",
        ),
        (
            entry("jwks_url = 'http://sign-in.example/keys'", ""),
            "is not protected on the way",
        ),
        (
            entry("jwks_url = 'https://a:b@sign-in.example/keys'", ""),
            "has a user name or a password",
        ),
        (entry("jwks_url = 'keys'", ""), "is not a URL"),
        (entry("", ""), "expected either `jwks_url` or `jwks_file`"),
        (
            entry(url, "jwks_file = 'keys.json'"),
            "expected either `jwks_url` or `jwks_file`",
        ),
        (entry(url, "jwks_ulr = ''"), "did you mean `jwks_url`?"),
        (
            entry(url, "claims = { persn = 'sub' }"),
            "issuer[1].claims.persn",
        ),
        (
            entry(url, "").replace(&format!("'{AUDIENCE}'"), "[]"),
            "a token for any other service would do",
        ),
        (
            entry(url, "").replace(ISSUER, "wcc"),
            "the name of this server's own tokens",
        ),
        (
            entry(url, "") + &entry(url, "").replace("[tokens]\npause_seconds = 3600\n", ""),
            "a second issuer is named",
        ),
        (entry(url, "").replace("3600", "0"), "tokens.pause_seconds"),
    ] {
        let (code, found) = refused_with(&settings_with(&text), &["config"]);
        assert!(
            code == 1 && found.contains(expected),
            "{expected:?}: {found}"
        );
    }
}
