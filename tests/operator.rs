//! Operating a running server: the operator's token, reloading by request, and signed plugins.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use minisign::KeyPair;
use server::Server;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use support::{entry, library, settings_with, stderr, stdout, wcc_with};

const CASES: [&str; 1] = ["south-staffordshire"];

fn token_file(settings: &Path) -> PathBuf {
    settings.with_file_name("data").join("operator.token")
}

fn token(settings: &Path) -> String {
    let text = fs::read_to_string(token_file(settings)).expect("the token");
    text.trim().to_owned()
}

#[test]
fn the_token_is_created_once_and_readable_only_by_its_user() {
    let settings = settings_with("");
    let first = {
        let server = Server::start(&settings, &CASES);
        let made = token(&settings);
        assert_eq!(made.len(), 64, "32 bytes in hexadecimal");
        assert!(made.bytes().all(|digit| digit.is_ascii_hexdigit()));
        server.log_with("data/operator.token");
        let log = server.log_with("plugins run in workers");
        assert!(!log.contains(&made), "the log tells the token");
        made
    };
    let mode = |path: &Path| {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&token_file(&settings)), 0o600);
    assert_eq!(mode(&settings.with_file_name("data")), 0o700);
    let server = Server::start(&settings, &CASES);
    assert_eq!(token(&settings), first, "the next start keeps it");
    assert_eq!(server.request_reload(&first).status, 200);
    let left = fs::read_dir(settings.with_file_name("data")).expect("the folder");
    let left = left.map(|entry| entry.expect("an entry").file_name());
    let mut left: Vec<_> = left.collect();
    left.sort();
    assert_eq!(
        left,
        ["accounts.db", "operator.token", "tokens"],
        "nothing else is left there"
    );
}

#[test]
fn only_the_operator_reloads() {
    let settings = settings_with("");
    let server = Server::start(&settings, &CASES);
    let right = token(&settings);
    let none = server.send("POST /plugins/reload", &[], "");
    assert_eq!(none.status, 401);
    let head = none.head.to_ascii_lowercase();
    assert!(head.contains("www-authenticate: bearer\r\n"), "{head}");
    assert!(head.contains("x-request-id: "), "{head}");
    let wrong = [
        format!("Bearer {}", "0".repeat(64)),
        format!("Basic {right}"),
        format!("Bearer {}", &right[..63]),
        format!("Bearer {right}0"),
        right.clone(),
        "Bearer".to_owned(),
        String::new(),
    ];
    for given in wrong {
        let header = format!("Authorization: {given}");
        let answer = server.send("POST /plugins/reload", &[&header], "");
        assert_eq!(answer.status, 401, "{given}: {answer:?}");
    }
    let header = format!("Authorization: Bearer {right}");
    let twice = server.send("POST /plugins/reload", &[&header, &header], "");
    assert_eq!(twice.status, 400, "{twice:?}");
    let header = format!("Authorization: Bearer {right}");
    let read = server.send("GET /plugins/reload", &[&header], "");
    assert_eq!(read.status, 405, "a link reloads nothing");
    assert_eq!(server.lines_about_reloading().len(), 0);
    let lower = format!("authorization: bearer {right}");
    assert_eq!(
        server.send("POST /plugins/reload", &[&lower], "").status,
        200
    );
    server.log_with("reloaded: settings");
}

#[test]
fn without_a_token_nobody_reloads_by_request() {
    let settings = settings_with("");
    // A file in place of the folder: no user, not even root, can create a file in it.
    fs::write(settings.with_file_name("data"), "").expect("a file");
    let server = Server::start(&settings, &CASES);
    server.log_with("the operator's token cannot be created");
    assert_eq!(server.request_reload("").status, 403);
    assert!(server.reload().contains("reloaded"), "a signal still works");
}

#[test]
fn an_invalid_or_readable_token_stops_the_start() {
    for (text, mode, expected) in [
        ("short", 0o600, "is not a token"),
        (&*"a".repeat(64), 0o644, "other users can read or change"),
    ] {
        let settings = settings_with("");
        let file = token_file(&settings);
        fs::create_dir(settings.with_file_name("data")).expect("a folder");
        fs::write(&file, text).expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("a mode");
        let output = wcc_with(
            &settings,
            &[
                "serve",
                "--listen",
                "127.0.0.1:0",
                "examples/south-staffordshire",
            ],
        );
        assert_eq!(output.status.code(), Some(5));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

#[test]
fn a_reload_reports_what_is_served_or_why_it_was_rejected() {
    let settings = settings_with("");
    let without = fs::read_to_string(&settings).expect("the settings");
    let server = Server::start(&settings, &CASES);
    let token = token(&settings);
    let west = entry(&library("west-midlands"));
    fs::write(&settings, format!("{without}{west}")).expect("the settings");
    let added = server.request_reload(&token);
    assert_eq!(added.status, 200, "{added:?}");
    let plugins = added.body["plugins"].as_array().expect("a list");
    assert_eq!(plugins.len(), 1);
    assert_eq!(plugins[0]["id"], "west-midlands");
    let shown = server.ask("{ plugins { code version digest } }");
    for key in ["version", "digest"] {
        assert_eq!(shown["plugins"][0][key], plugins[0][key]);
    }
    let all = "{ cycles { outputs(first: 9) { edges { node { findings { message } } } } } }";
    let before = server.ask(all);

    let digest = plugins[0]["digest"].as_str().expect("a digest");
    let other = west.replace(digest, &"0".repeat(64));
    fs::write(&settings, format!("{without}{other}")).expect("the settings");
    let refused = server.request_reload(&token);
    assert_eq!(refused.status, 409);
    let why = refused.body["error"].as_str().expect("words");
    for part in [
        "still serving the previous configuration",
        "`west-midlands`",
        "its SHA-256 is",
    ] {
        assert!(why.contains(part), "{part:?} is missing in: {why}");
    }

    fs::write(&settings, format!("{without}{west}[server]\nlistn = '1'\n")).expect("the settings");
    let unknown = server.request_reload(&token);
    assert_eq!(unknown.status, 422);
    assert!(unknown.body["error"].to_string().contains("server.listn"));
    assert_eq!(server.ask(all), before);

    fs::write(&settings, &without).expect("the settings");
    let removed = server.request_reload(&token);
    assert_eq!(removed.body["plugins"], serde_json::json!([]));
    assert_ne!(removed.body["revision"], added.body["revision"]);
}

#[test]
fn requests_and_signals_share_a_queue() {
    let settings = settings_with(&entry(&library("west-midlands")));
    let server = Server::start(&settings, &CASES);
    let token = token(&settings);
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| server.request_reload(&token).status))
            .collect();
        server.ask_to_reload();
        asking
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert_eq!(answers, [200; 4]);
    server.log_with("reloaded: settings");
}

/// Copies a library and signs the copy.
fn signed(plugin: &str, keys: &KeyPair, folder: &Path) -> PathBuf {
    let copy = folder.join(library(plugin).file_name().expect("a name"));
    fs::copy(library(plugin), &copy).expect("a copy");
    let read = fs::File::open(&copy).expect("it is there");
    let signature =
        minisign::sign(Some(&keys.pk), &keys.sk, read, None, None).expect("a signature");
    fs::write(minisig(&copy), signature.into_string()).expect("a file");
    copy
}

fn minisig(library: &Path) -> PathBuf {
    PathBuf::from(format!("{}.minisig", library.display()))
}

fn trust(keys: &KeyPair, more: &str) -> String {
    format!("[trust]\nkeys = ['{}']\n{more}\n", keys.pk.to_base64())
}

#[test]
fn a_plugin_without_a_trusted_signature_is_refused_by_name() {
    let keys = KeyPair::generate_unencrypted_keypair().expect("keys");
    let folder = tempfile::tempdir().expect("a folder");
    let copy = signed("west-midlands", &keys, folder.path());
    let listed = |settings: &str| {
        let settings = settings_with(settings);
        stdout(&wcc_with(&settings, &["plugin", "list"]))
    };
    let plugin = entry(&copy);
    let text = listed(&(plugin.clone() + &trust(&keys, "")));
    let by = format!("signed by {}", keys.pk.to_base64());
    assert!(text.contains(&by), "{text}");
    // Without trusted keys, signatures are ignored.
    assert!(listed(&plugin).contains("not signed"));
    let other = KeyPair::generate_unencrypted_keypair().expect("keys");
    let text = listed(&(plugin.clone() + &trust(&other, "required = false")));
    assert!(text.contains("matches none of the trusted keys"), "{text}");

    let unsigned = entry(&library("west-midlands"));
    let text = listed(&(unsigned.clone() + &trust(&keys, "required = false")));
    assert!(
        text.contains("not signed") && !text.contains("not available"),
        "{text}"
    );
    let settings = settings_with(&(unsigned.clone() + &trust(&keys, "required = true")));
    let output = stdout(&wcc_with(
        &settings,
        &["assure", "examples/south-staffordshire"],
    ));
    assert!(
        output.contains("not checked: plugin west-midlands")
            && output.contains("it is not signed, although trusted keys are configured"),
        "{output}"
    );
    // The signature may be in another folder.
    let elsewhere = folder.path().join("signature");
    fs::rename(minisig(&copy), &elsewhere).expect("it is there");
    let named = plugin + &format!("signature = '{}'\n", elsewhere.display());
    let text = listed(&(named + &trust(&keys, "")));
    assert!(text.contains(&by), "{text}");
}

#[test]
fn a_reload_reads_the_trusted_keys() {
    let keys = KeyPair::generate_unencrypted_keypair().expect("keys");
    let folder = tempfile::tempdir().expect("a folder");
    let plugin = entry(&signed("west-midlands", &keys, folder.path()));
    let settings = settings_with(&plugin);
    let text = fs::read_to_string(&settings).expect("the settings");
    let server = Server::start(&settings, &CASES);
    let token = token(&settings);
    fs::write(&settings, format!("{text}{}", trust(&keys, ""))).expect("the settings");
    let trusted = server.request_reload(&token);
    assert_eq!(trusted.status, 200, "{trusted:?}");
    assert_eq!(trusted.body["plugins"][0]["signedBy"], keys.pk.to_base64());
    let other = KeyPair::generate_unencrypted_keypair().expect("keys");
    fs::write(&settings, format!("{text}{}", trust(&other, ""))).expect("the settings");
    assert_eq!(server.request_reload(&token).status, 409);
}

#[test]
fn invalid_settings_of_trust_are_refused() {
    for (text, expected) in [
        ("keys = ['RW']", "not a minisign public key"),
        ("required = true", "set `trust.keys`"),
        ("required = 'maybe'", "expected `true` or `false`"),
        ("kes = []", "did you mean `trust.keys`?"),
        ("keys = [[1]]", "expected a list of texts"),
    ] {
        let output = wcc_with(&settings_with(&format!("[trust]\n{text}\n")), &["config"]);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
    let keys = KeyPair::generate_unencrypted_keypair().expect("keys");
    let shown = stdout(&wcc_with(&settings_with(&trust(&keys, "")), &["config"]));
    let line = shown.lines().find(|line| line.starts_with("trust.keys"));
    let line = line.expect("a line for each setting");
    assert!(
        line.contains(&keys.pk.to_base64()) && line.contains("wcc.toml"),
        "{line}"
    );
}
