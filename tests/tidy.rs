//! Rules of the repository: the dependencies between packages, the files with `unsafe`, the length of
//! files, and the packages in ARCHITECTURE.md.

#![allow(clippy::expect_used, clippy::panic, reason = "test helpers may panic")]

use std::path::{Path, PathBuf};

/// Each package of the workspace with the workspace packages that it may import.
const ARROWS: &[(&str, &[&str])] = &[
    ("crates/accounts", &["wcc-core", "wcc-ledger", "wcc-tokens"]),
    ("crates/core", &[]),
    ("crates/csv-text", &[]),
    ("crates/plugin", &[]),
    ("crates/case", &["wcc-core"]),
    ("crates/fixtures", &["wcc-core", "wcc-case"]),
    ("crates/host", &["wcc-core", "wcc-plugin"]),
    ("crates/ledger", &["wcc-core"]),
    ("crates/mail", &["wcc-core", "wcc-server"]),
    ("crates/document", &["wcc-core"]),
    ("crates/render", &["wcc-document"]),
    ("crates/panel-report", &["wcc-core", "wcc-csv-text"]),
    ("crates/policy", &["wcc-core"]),
    (
        "crates/survey",
        &["wcc-core", "wcc-case", "wcc-csv-text", "wcc-ledger"],
    ),
    ("crates/tokens", &["wcc-core"]),
    ("crates/workbook", &["wcc-core", "wcc-csv-text"]),
    (
        "crates/programme",
        &["wcc-core", "wcc-case", "wcc-csv-text", "wcc-host"],
    ),
    (
        "crates/api",
        &["wcc-core", "wcc-csv-text", "wcc-ledger", "wcc-programme"],
    ),
    (
        "crates/pages",
        &[
            "wcc-accounts",
            "wcc-api",
            "wcc-core",
            "wcc-csv-text",
            "wcc-tokens",
        ],
    ),
    (
        "crates/server",
        &[
            "wcc-accounts",
            "wcc-core",
            "wcc-case",
            "wcc-document",
            "wcc-host",
            "wcc-ledger",
            "wcc-pages",
            "wcc-policy",
            "wcc-programme",
            "wcc-render",
            "wcc-survey",
            "wcc-tokens",
            "wcc-api",
        ],
    ),
    (
        "examples/year",
        &["wcc-case", "wcc-core", "wcc-ledger", "wcc-programme"],
    ),
    (
        ".",
        &[
            "wcc-accounts",
            "wcc-core",
            "wcc-case",
            "wcc-csv-text",
            "wcc-host",
            "wcc-ledger",
            "wcc-document",
            "wcc-render",
            "wcc-mail",
            "wcc-panel-report",
            "wcc-policy",
            "wcc-programme",
            "wcc-api",
            "wcc-server",
            "wcc-survey",
            "wcc-tokens",
            "wcc-workbook",
        ],
    ),
];

/// Packages that only tests and benchmarks may use. No package imports them otherwise.
const ONLY_FOR_TESTS: &[&str] = &["wcc-fixtures"];

/// Libraries that the core may use. None of them does I/O, waits or reads a clock.
const CORE_LIBRARIES: &[&str] = &["jiff", "num-rational", "serde", "sha2", "thiserror"];

/// Files that may contain `unsafe`.
const UNSAFE: &[&str] = &["crates/plugin/src/export.rs", "crates/host/src/loader.rs"];

/// Maximum number of lines of a source file.
const LINES: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the keys of a table in a manifest, without those of its subtables.
fn dependencies(manifest: &Path, table: &str) -> Vec<String> {
    let text = std::fs::read_to_string(manifest).expect("a manifest");
    let mut names = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == format!("[{table}]");
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            let name: String = line
                .chars()
                .take_while(|sign| sign.is_alphanumeric() || matches!(sign, '-' | '_'))
                .collect();
            names.push(name);
        }
    }
    names
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if name != "target" && name != "node_modules" && !name.starts_with('.') {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "plugins", "tests", "examples"] {
        sources(&root().join(folder), &mut found);
    }
    assert!(found.len() > 100, "the sources were found");
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}

#[test]
fn packages_import_only_allowed_packages() {
    for (package, allowed) in ARROWS {
        let found = dependencies(&root().join(package).join("Cargo.toml"), "dependencies");
        for name in found.iter().filter(|name| name.starts_with("wcc-")) {
            assert!(
                allowed.contains(&name.as_str()),
                "{package} imports {name}: ARCHITECTURE.md does not allow that dependency"
            );
        }
    }
}

#[test]
fn fixtures_are_for_tests_only() {
    for (package, allowed) in ARROWS {
        let imported = allowed.iter().filter(|name| ONLY_FOR_TESTS.contains(name));
        assert_eq!(imported.count(), 0, "{package}");
    }
}

/// These index JSON values, which gives `null` for a missing member.
const INDEX_JSON: [&str; 2] = [
    "crates/host/src/conformance/sample.rs",
    "crates/host/src/conformance/variations.rs",
];

/// An index outside a list ends a process that serves many. Single functions may index, and say why
/// the index is in range; no module may.
#[test]
fn every_index_has_its_reason() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("\nindexing_slicing = \"deny\"\n"));
    for path in all_sources() {
        let name = shown(&path);
        let is_shipped = name.contains("/src/") || name.starts_with("crates/app/");
        if is_shipped && !INDEX_JSON.contains(&name.as_str()) {
            let text = std::fs::read_to_string(&path).expect("a source");
            let inner = text.split("#![").skip(1);
            let mut inner = inner.filter_map(|rest| rest.split_once(")]"));
            let is_free = inner.any(|(attribute, _)| {
                attribute.contains("indexing_slicing") && !attribute.contains("deny(")
            });
            assert!(!is_free, "{name} may index anywhere");
        }
    }
}

#[test]
fn every_package_takes_the_lints_of_the_workspace() {
    let mut manifests = vec![root().join("Cargo.toml")];
    for folder in ["crates", "plugins", "examples"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("packages") {
            manifests.push(entry.expect("an entry").path().join("Cargo.toml"));
        }
    }
    // The template is copied into a workspace of its author's.
    let is_here = |path: &&PathBuf| path.is_file() && !shown(path).contains("/template/");
    for path in manifests.iter().filter(is_here) {
        let manifest = std::fs::read_to_string(path).expect("a manifest");
        let name = shown(path);
        assert!(manifest.contains("\n[lints]\nworkspace = true\n"), "{name}");
    }
}

/// A framework built in Rust breaks with every change of the core's types, and may be one that no
/// file could describe.
#[test]
fn tests_read_their_frameworks_from_text() {
    let built = |text: &str| text.contains("Framework {\n") && text.contains("scales: vec![");
    for path in all_sources() {
        let name = shown(&path);
        let is_test = name.contains("/tests/") || name.contains("/benches/");
        let is_fixture = name.starts_with("crates/fixtures/");
        if is_test || is_fixture {
            let text = std::fs::read_to_string(&path).expect("a source");
            assert!(
                !built(&text),
                "{name} builds a framework: read it from text"
            );
        }
    }
}

#[test]
fn every_package_has_an_entry() {
    for entry in std::fs::read_dir(root().join("crates")).expect("crates") {
        let path = entry.expect("an entry").path();
        if path.join("Cargo.toml").is_file() {
            let name = shown(&path);
            assert!(ARROWS.iter().any(|(package, _)| *package == name), "{name}");
        }
    }
}

#[test]
fn plugins_import_only_the_sdk() {
    for entry in std::fs::read_dir(root().join("plugins")).expect("plugins") {
        let manifest = entry.expect("an entry").path().join("Cargo.toml");
        if manifest.is_file() {
            let names = dependencies(&manifest, "dependencies");
            let ours: Vec<&String> = names
                .iter()
                .filter(|name| name.starts_with("wcc-") && *name != "wcc-plugin")
                .collect();
            assert!(ours.is_empty(), "{}: {ours:?}", shown(&manifest));
        }
    }
}

#[test]
fn the_core_is_pure() {
    let names = dependencies(&root().join("crates/core/Cargo.toml"), "dependencies");
    assert_eq!(names, CORE_LIBRARIES);
    let mut files = Vec::new();
    sources(&root().join("crates/core/src"), &mut files);
    let impure = [
        "std::fs",
        "std::net",
        "std::env",
        "std::time",
        "std::thread",
        "async fn",
    ];
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source");
        for word in impure {
            assert!(!text.contains(word), "{} mentions {word}", shown(&file));
        }
    }
}

#[test]
fn unsafe_stays_at_the_plugin_boundary() {
    for file in all_sources() {
        let name = shown(&file);
        let text = std::fs::read_to_string(&file).expect("a source");
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let unsafe_code = code.into_iter().any(|line| {
            line.contains("unsafe {")
                || line.contains("unsafe fn")
                || line.contains("unsafe extern")
        });
        let allowed = UNSAFE.iter().any(|place| name.starts_with(place))
            || name.starts_with("plugins/faulty")
            || name.contains("/tests/")
            || name == "tests/tidy.rs";
        assert!(!unsafe_code || allowed, "{name} holds unsafe code");
    }
}

#[test]
fn files_stay_short() {
    for file in all_sources() {
        let lines = std::fs::read_to_string(&file)
            .expect("a source")
            .lines()
            .count();
        assert!(lines <= LINES, "{} has {lines} lines", shown(&file));
    }
}

#[test]
fn the_architecture_page_names_every_package() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page");
    for folder in ["crates", "plugins"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                let name = shown(&path);
                assert!(page.contains(&name), "ARCHITECTURE.md does not name {name}");
            }
        }
    }
}

/// `crates/api/src/project/registry.rs` fills the library's registry with structure literals. The
/// registry is hidden from its documentation, its structures have gained fields in patch releases,
/// and validation is reached by executing against nulls. So the version is exact. Its public dynamic
/// schema cannot take the place of the registry: it has no way to declare a directive of operations,
/// and refuses every query with `@asOf`. To move on: change the version in Cargo.toml and here, then
/// run `cargo test -p wcc-api` and `crates/api/tests/audit/run.sh`.
#[test]
fn the_graphql_library_is_pinned_to_the_tested_version() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    for library in ["async-graphql = ", "async-graphql-value = "] {
        let line = manifest.lines().find(|line| line.starts_with(library));
        let line = line.expect("a line of the manifest");
        assert!(line.contains("\"=7.2.1\""), "{line}");
    }
}
