//! The faults of plugins, with the real server: in each case the results of others are complete, the
//! region of the faulty plugin has "not checked: ...", the server answers meanwhile, and no resources
//! are left. `crates/host/tests` has the same list in more detail.

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

use serde_json::Value;
use server::{Resources, Server, workers_of};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use support::{entry, library, settings_with};

/// Two PCTs, of which one is in the region of the faulty plugin.
const CASES: [&str; 2] = ["south-of-tyne-and-wear", "south-staffordshire"];

/// Queries everything that a plugin may affect.
const ALL: &str = "{ cycles { code outputs(first: 50) { edges { node { pct { code sha { code } } \
    notChecked values findings { check message severity } } } } } }";

/// Each fault with the text that the outputs must contain.
const FAULTS: &[(&str, &str)] = &[
    ("panic", "this panics on purpose"),
    ("abort", "signal 6 (abort)"),
    ("segmentation-fault", "signal 11 (segmentation fault)"),
    ("stack-overflow", "stack overflow"),
    ("exit", "ended by itself (exit status 0)"),
    ("endless-loop", "timed out after 1 s"),
    ("sleep", "timed out after 1 s"),
    ("memory-bomb", "memory allocation of"),
    ("fork-bomb", "tried to start a process"),
    ("thread-bomb", "failed to spawn thread"),
    ("run-a-program", "tried to start a process"),
    ("connect", "tried to open a network connection"),
    ("signal-the-parent", "tried to send a signal"),
    ("drip", "timed out after 1 s"),
    ("flood-descriptors", "unknown kind of report"),
    ("close-descriptors", "closed the pipe for its answer"),
    ("endless-noise", "printed more than 4 MiB"),
    ("drop-signals", "timed out after 1 s"),
    ("over-100-mb", "answered 104857600 bytes"),
    ("no-answer", "returned 7 without an answer"),
    ("invalid-utf-8", "its answer cannot be read"),
    ("invalid-json", "its answer cannot be read"),
    ("deep-json", "its answer cannot be read"),
    ("unknown-check", "`never-heard-of` is not in its manifest"),
    ("unknown-outcome", "`never-heard-of` is not in its manifest"),
    ("nan-as-text", "string \"NaN\""),
    ("out-of-range", "outside 0 to 100"),
    ("body-not-sent", "which was not sent"),
    ("duplicate-result", "has one already"),
    ("control-characters", "has a control character"),
];

/// A settings file that a test rewrites.
struct Config {
    path: PathBuf,
    base: String,
}

impl Config {
    fn new() -> Config {
        let healthy = ["once-north-east", "west-midlands"].map(|name| entry(&library(name)));
        let path = settings_with(&healthy.concat());
        let base = fs::read_to_string(&path).expect("the settings");
        Config { path, base }
    }

    fn write(&self, more: &str) {
        fs::write(&self.path, format!("{}\n{more}", self.base)).expect("the settings");
    }
}

/// The same settings, for a plugin that is to take too long.
fn hurried(settings: &str) -> String {
    settings.replace("wall_seconds = 20", "wall_seconds = 1")
}

fn plugin(library: &Path) -> String {
    let digest = wcc_host::digest_of(library).unwrap_or_else(|_| "0".repeat(64));
    format!(
        "[[plugin]]\npath = '{}'\nsha256 = '{digest}'\nregions = ['Q34']\nwall_seconds = 20\n\
         memory_mib = 192\nanswer_mib = 8\n",
        library.display(),
    )
}

fn faulty(fault: Option<&str>) -> String {
    let settings = fault.map(|fault| format!("[plugin.settings]\nfault = '{fault}'\n"));
    plugin(&library("faulty")) + &settings.unwrap_or_default()
}

/// Splits an answer into everything else and the reasons of checks that did not run.
fn without_not_checked(mut all: Value) -> (Value, Vec<(String, String)>) {
    let mut said = Vec::new();
    for cycle in all["cycles"].as_array_mut().expect("cycles") {
        for edge in cycle["outputs"]["edges"].as_array_mut().expect("outputs") {
            let output = &mut edge["node"];
            let sha = output["pct"]["sha"]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            for words in output["notChecked"].take().as_array().into_iter().flatten() {
                said.push((sha.clone(), words.as_str().unwrap_or_default().to_owned()));
            }
        }
    }
    (all, said)
}

fn assert_nothing_left(server: &Server, before: Resources, after: &str) {
    let end = Instant::now() + Duration::from_secs(3);
    loop {
        let now = server.resources();
        // Allow for cached answers and connections that are still being closed.
        let same = now.descriptors <= before.descriptors + 1
            && now.children <= before.children
            && now.resident_kib < before.resident_kib + (64 << 10)
            && workers_of(server.id()) == 0;
        if same {
            return;
        }
        assert!(
            Instant::now() < end,
            "left behind by {after}: {before:?}, {now:?}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn every_fault_affects_only_its_own_plugin() {
    let config = Config::new();
    config.write(&faulty(None));
    let server = Server::start(&config.path, &CASES);
    let (healthy, said) = without_not_checked(server.ask(ALL));
    assert_eq!(said, [], "without a fault everything is checked");
    assert!(
        healthy.to_string().contains("west-midlands/"),
        "there are findings to compare"
    );
    let mut before = None;
    for (fault, expected) in FAULTS {
        // Time enough for whatever is not that it takes too long, however busy the machine is.
        let settings = faulty(Some(fault));
        config.write(&match expected.starts_with("timed out") {
            true => hurried(&settings),
            false => settings,
        });
        let reloaded = server.reload();
        assert!(!reloaded.contains("rejected"), "{fault}: {reloaded}");
        let (found, said) = without_not_checked(server.ask(ALL));
        assert_eq!(found, healthy, "{fault} changed what others say");
        assert!(!said.is_empty(), "{fault} passed silently");
        for (sha, words) in said {
            assert_eq!(sha, "Q34", "{fault}: {words}");
            let named = words.starts_with("not checked: plugin faulty ");
            assert!(named && words.contains(expected), "{fault}: {words}");
        }
        // The first fault allocates resources that stay allocated.
        match before {
            None => before = Some(server.resources()),
            Some(before) => assert_nothing_left(&server, before, fault),
        }
    }
}

#[test]
fn other_requests_are_answered_meanwhile() {
    let config = Config::new();
    config.write(&faulty(None));
    let server = Server::start(&config.path, &CASES);
    const FAILED: &str = "not checked: plugin faulty";
    for fault in ["sleep", "endless-loop"] {
        // Long enough for a request on a busy machine.
        let patient = faulty(Some(fault)).replace("wall_seconds = 20", "wall_seconds = 8");
        config.write(&patient);
        let end = Instant::now() + Duration::from_secs(60);
        server.ask_to_reload();
        let meanwhile = server.ask(ALL).to_string();
        assert!(!meanwhile.contains(FAILED), "a request waited for {fault}");
        while !server.ask(ALL).to_string().contains(FAILED) {
            assert!(Instant::now() < end, "{fault} never ends");
            std::thread::sleep(Duration::from_millis(50));
        }
        // The next fault starts from a plugin that answers.
        config.write(&faulty(None));
        server.reload();
    }
}

#[test]
fn invalid_libraries_are_named_and_affect_no_other_plugin() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(format!("lib{name}.so"));
    let bytes = fs::read(library("faulty")).expect("the library");
    fs::write(at("empty"), "").expect("a file");
    fs::write(at("text"), "not a library\n".repeat(100)).expect("a file");
    fs::write(at("truncated"), &bytes[..4_096]).expect("a file");
    let mut other = bytes.clone();
    other[18] = 0xf3;
    fs::write(at("other_machine"), other).expect("a file");
    fs::create_dir(at("directory")).expect("a folder");
    compile(
        &at("wrong_abi"),
        "unsigned wcc_plugin_abi(void) { return 9; }",
    );
    compile(&at("no_symbol"), "int other;");
    compile(
        &at("hangs_loading"),
        "#include <unistd.h>\n__attribute__((constructor)) static void b(void) { for (;;) sleep(99); }",
    );
    let cases = [
        ("empty", "not a 64-bit ELF library"),
        ("text", "not a 64-bit ELF library"),
        ("truncated", ""),
        ("other-machine", ""),
        ("directory", "to a directory"),
        ("wrong-abi", "interface 9; this host has interface 1"),
        ("no-symbol", "it has no function `wcc_plugin_abi`"),
        ("hangs-loading", "timed out after 1 s"),
    ];
    let entries = cases.map(|(name, expected)| {
        let settings = plugin(&at(&name.replace('-', "_")));
        match expected.starts_with("timed out") {
            true => hurried(&settings),
            false => settings,
        }
    });
    let one_byte = at("one_byte");
    let pinned = plugin(&library("faulty"));
    let mut changed = bytes;
    changed[5_000] ^= 1;
    fs::write(&one_byte, changed).expect("a file");
    let pinned = pinned.replace(
        &library("faulty").display().to_string(),
        &one_byte.display().to_string(),
    );
    let config = Config::new();
    let healthy = Server::start(&config.path, &CASES).ask(ALL);
    config.write(&(entries.concat() + &pinned));
    let server = Server::start(&config.path, &CASES);
    let (found, said) = without_not_checked(server.ask(ALL));
    assert_eq!(found, without_not_checked(healthy).0);
    for (name, expected) in cases
        .into_iter()
        .chain([("one-byte", "the file is not the configured one")])
    {
        let named = format!("not checked: plugin {name}");
        let words = said.iter().find(|(_, words)| words.starts_with(&named));
        let (sha, words) = words.unwrap_or_else(|| panic!("{name} is not named: {said:?}"));
        assert!(words.contains(expected), "{words}");
        assert_eq!(sha, "Q34");
    }
    assert_eq!(workers_of(server.id()), 0);
}

#[test]
fn a_bad_new_library_leaves_the_old_one_serving() {
    let folder = tempfile::tempdir().expect("a folder");
    let replaced = folder.path().join("libfaulty.so");
    fs::copy(library("faulty"), &replaced).expect("a copy");
    let config = Config::new();
    config.write(&plugin(&replaced));
    let server = Server::start(&config.path, &CASES);
    let before = server.ask(ALL);
    fs::write(&replaced, "broken").expect("a file");
    config.write(&plugin(&replaced));
    let said = server.reload();
    assert!(
        said.contains("reload rejected") && said.contains("faulty"),
        "{said}"
    );
    assert_eq!(server.ask(ALL), before);
    fs::remove_file(&replaced).expect("it is there");
    assert_eq!(server.ask(ALL), before, "deleted while it is in use");
}

#[test]
fn workers_end_with_a_server_that_is_killed() {
    let config = Config::new();
    config.write(&faulty(None));
    let mut server = Server::start(&config.path, &CASES);
    config.write(&faulty(Some("sleep")).replace("wall_seconds = 20", "wall_seconds = 600"));
    server.ask_to_reload();
    let id = server.id();
    let wait = |wanted: usize, what: &str| {
        let end = Instant::now() + Duration::from_secs(5);
        while workers_of(id) != wanted {
            assert!(Instant::now() < end, "{what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    wait(1, "the worker sleeps");
    std::thread::sleep(Duration::from_millis(200));
    server.kill();
    wait(0, "the worker outlived the server");
}

fn compile(library: &Path, source: &str) {
    let text = library.with_extension("c");
    fs::write(&text, source).expect("a file");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([library, &text])
        .status();
    assert!(compiled.expect("the system has a C compiler").success());
}
