//! A plugin is changed, rebuilt and replaced on a running server while clients send requests: no
//! request fails, and every answer comes from one set of plugins.
//!
//! The test takes a few seconds by default. As a load test, with the figures in `docs/plugins.md`:
//! `WCC_LOAD_SECONDS=60 cargo test -p wcc --test hot_replacement -- --nocapture`

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "support/client.rs"]
mod client;
#[path = "support/server.rs"]
mod server;
mod support;

use client::Client;
use serde_json::Value;
use server::Server;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::{compiled, entry, library, root, settings_with};

const CASES: [&str; 2] = ["south-staffordshire", "north-east"];

/// Concurrent clients.
const CLIENTS: usize = 4;

/// Queries the plugins and their findings in one answer.
const QUERY: &str = "{ plugins { code version digest } cycles { outputs(first: 50) { edges { node { \
    notChecked findings { check message } } } } } }";

/// The results of a client.
#[derive(Default)]
struct ClientResults {
    requests: usize,
    failed: Vec<String>,
    slowest: Duration,
    versions: Vec<String>,
}

impl ClientResults {
    fn take(&mut self, answer: Result<Value, String>, sent: Instant) {
        self.requests += 1;
        self.slowest = self.slowest.max(sent.elapsed());
        match answer.and_then(|answer| version_of(&answer)) {
            Ok(version) if self.versions.contains(&version) => {}
            Ok(version) => self.versions.push(version),
            Err(why) => self.failed.push(why),
        }
    }
}

/// Returns the version of the replaced plugin. All parts of an answer must agree on it.
fn version_of(answer: &Value) -> Result<String, String> {
    let plugins = answer["data"]["plugins"].as_array();
    let plugins = plugins.ok_or_else(|| format!("no data: {answer}"))?;
    let replaced = plugins.iter().find(|plugin| plugin["code"] == "minimal-c");
    let version = replaced.and_then(|plugin| plugin["version"].as_str());
    let version = version.ok_or_else(|| format!("it is missing: {answer}"))?;
    let expected = format!("Version {version} looked at 5PK.");
    let text = answer.to_string();
    let said = text.matches("looked at 5PK.").count();
    if said == 0 || text.matches(&expected).count() != said {
        return Err(format!(
            "the plugin is {version}, and its findings are not: {text}"
        ));
    }
    if text.contains("not checked") {
        return Err(format!("not everything is checked: {text}"));
    }
    Ok(version.to_owned())
}

/// Changes the check of the plugin in C and builds it.
fn rebuilt(number: usize, folder: &Path) -> PathBuf {
    let source = fs::read_to_string(root().join("plugins/minimal-c/minimal.c")).expect("a source");
    let mut changed = source;
    for (was, is) in [
        ("1.0.0", &*format!("1.0.{number}")),
        ("Q39", "Q34"),
        (" && cluster.at == NULL && judgements == 0", ""),
        (
            "Nobody has made a judgement on ",
            &*format!("Version 1.0.{number} looked at "),
        ),
    ] {
        assert!(changed.contains(was), "{was} is not in the source any more");
        changed = changed.replace(was, is);
    }
    let path = folder.join("minimal.c");
    fs::write(&path, changed).expect("a file");
    compiled(&path, folder)
}

fn ask_until(stop: &AtomicBool, address: &str) -> ClientResults {
    let mut results = ClientResults::default();
    let mut client = Client::new(address);
    while !stop.load(Ordering::Relaxed) {
        let sent = Instant::now();
        let answer = client.ask(QUERY);
        results.take(answer, sent);
    }
    results
}

#[test]
fn no_request_fails_while_plugins_are_replaced() {
    let seconds = std::env::var("WCC_LOAD_SECONDS");
    let seconds = seconds.ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let folder = tempfile::tempdir().expect("a folder");
    let others = ["once-north-east", "west-midlands"].map(|name| entry(&library(name)));
    let settings = settings_with(&others.concat());
    let base = fs::read_to_string(&settings).expect("the settings");
    let configure = |plugin: &str| fs::write(&settings, format!("{base}{plugin}")).expect("a file");
    configure(&entry(&rebuilt(0, folder.path())));
    let server = Server::start(&settings, &CASES);
    let token = settings.with_file_name("data").join("operator.token");
    let token = fs::read_to_string(token).expect("the token");
    let stop = AtomicBool::new(false);
    let (mut replaced, mut refused) = (0, 0);
    let results: Vec<ClientResults> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(|| ask_until(&stop, server.address())))
            .collect();
        let end = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < end {
            let library = rebuilt(replaced + 1, folder.path());
            let good = entry(&library);
            configure(&good);
            let answer = server.request_reload(token.trim());
            assert_eq!(answer.status, 200, "{answer:?}");
            replaced += 1;
            // Every few rounds, a broken library.
            fs::write(&library, "broken").expect("a file");
            let answer = server.request_reload(token.trim());
            assert_eq!(answer.status, 409, "{answer:?}");
            refused += 1;
        }
        stop.store(true, Ordering::Relaxed);
        let results = asking
            .into_iter()
            .map(|client| client.join().expect("no panic"));
        results.collect()
    });
    let requests: usize = results.iter().map(|client| client.requests).sum();
    let failed: Vec<&String> = results.iter().flat_map(|client| &client.failed).collect();
    let slowest = results
        .iter()
        .map(|client| client.slowest)
        .max()
        .unwrap_or_default();
    println!(
        "{seconds} s, {CLIENTS} clients: {requests} requests, {} failed, slowest {slowest:?}; \
         {replaced} replacements, {refused} refused",
        failed.len()
    );
    assert!(failed.is_empty(), "{:?}", failed.first());
    let most = results.iter().map(|client| client.versions.len()).max();
    assert!(most > Some(1), "nobody met a replacement");
}
