//! The tasks of a plugin's author: a new plugin from the template, the conformance kit on every
//! plugin of the repository, a plugin in C, and the kit's messages about wrong plugins.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::{command, compiled, library, root, settings_with, stderr, stdout, wcc_with};

/// Runs `wcc` without the settings file of this machine.
fn wcc(arguments: &[&str]) -> Output {
    wcc_with(&settings_with(""), arguments)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn succeeded(output: &Output) -> String {
    let said = stdout(output);
    assert!(output.status.success(), "{said}\n{}", stderr(output));
    said
}

/// Writes a case of one PCT with one outcome, without an aspiration.
fn case(folder: &Path, pct: &str) -> PathBuf {
    let case = folder.join("case");
    std::fs::create_dir(&case).expect("a folder can be made");
    let files = [
        (
            "case.toml",
            format!(
                "title = 'A region'\nillustrative = 'Invented.'\n[[cycle]]\nid = '2009-10'\n\
                 framework = 'wcc-2009-10'\nas_of = 2010-05-31\npcts = ['{pct}']\n"
            ),
        ),
        (
            "outcomes.csv",
            format!(
                "body,slot,outcome,title,series,scope\n\
                 {pct},9,dementia-register,Number of people on dementia register,persons,local\n"
            ),
        ),
    ];
    for (name, text) in files {
        std::fs::write(case.join(name), text).expect("a file can be written");
    }
    case
}

/// Runs Cargo in the folder of a plugin outside this workspace: offline, with our lock file, and with
/// one target folder for all runs of this test.
fn cargo(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--quiet", "--target-dir"])
        .arg(target())
        .current_dir(folder)
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo runs");
    succeeded(&output)
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin-author")
}

#[test]
fn a_new_plugin_builds_tests_and_loads_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("north-west");
    let sdk = root().join("crates/plugin");
    let new = [
        "plugin",
        "new",
        "north-west",
        "--path",
        text(&path),
        "--sdk",
        text(&sdk),
    ];
    let said = succeeded(&wcc(&new));
    assert!(said.contains("is for Q31"), "{said}");

    let again = wcc(&new);
    assert_eq!(again.status.code(), Some(5));
    assert!(
        stderr(&again).contains("nothing was written"),
        "{}",
        stderr(&again)
    );

    std::fs::copy(root().join("Cargo.lock"), path.join("Cargo.lock")).expect("a copy");
    cargo(&path, &["test"]);
    cargo(&path, &["build"]);

    let library = target().join("debug/libnorth_west.so");
    let report = succeeded(&wcc(&["plugin", "check", text(&library)]));
    assert!(report.contains("north-west 0.1.0"), "{report}");
    assert!(
        report.contains("1 as expected"),
        "its example was found: {report}"
    );
    let entry = succeeded(&wcc(&["plugin", "add", text(&library)]));
    let settings = settings_with(&entry);
    let case = case(folder.path(), "5HQ");
    let assured = succeeded(&wcc_with(&settings, &["assure", text(&case), "--full"]));
    assert!(
        assured.contains("without an aspiration, North West 0.1.0]"),
        "{assured}"
    );
}

#[test]
fn a_region_without_an_sha_of_its_name_is_asked_for_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("new");
    let output = wcc(&["plugin", "new", "mercia", "--path", text(&path)]);
    assert_eq!(output.status.code(), Some(4));
    assert!(
        stderr(&output).contains("west-midlands (Q34)"),
        "{}",
        stderr(&output)
    );
    assert!(!path.exists());
    let said = succeeded(&wcc(&[
        "plugin",
        "new",
        "mercia",
        "--sha",
        "Q34",
        "--path",
        text(&path),
    ]));
    assert!(said.contains("is for Q34"), "{said}");
    let manifest = std::fs::read_to_string(path.join("src/lib.rs")).expect("a source");
    assert!(
        manifest.contains("\"Q34\"") && manifest.contains("struct Mercia;"),
        "{manifest}"
    );
    let elsewhere = folder.path().join("wessex");
    let output = wcc(&[
        "plugin",
        "new",
        "wessex",
        "--sha",
        "Q99",
        "--path",
        text(&elsewhere),
    ]);
    succeeded(&output);
    assert!(
        stderr(&output).contains("no authority in the tables has the code `Q99`"),
        "{}",
        stderr(&output)
    );
    let output = wcc(&["plugin", "new", "../mercia", "--sha", "Q34"]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn every_plugin_of_the_repository_conforms() {
    for plugin in ["once-north-east", "west-midlands", "my-region"] {
        let folder = plugin.replace("my-region", "template");
        let examples = root().join("plugins").join(folder).join("examples");
        let library = library(plugin);
        let report = succeeded(&wcc(&[
            "plugin",
            "check",
            text(&library),
            "--examples",
            text(&examples),
        ]));
        assert!(report.contains("none failed"), "{report}");
        assert!(report.contains("1 as expected"), "{report}");
    }
}

#[test]
fn an_example_is_the_batch_of_a_real_case() {
    let batches = [(
        "west-midlands",
        "examples/south-staffordshire",
        "plugins/west-midlands/examples/south-staffordshire-2009-10/batch.json",
    )];
    for (plugin, case, file) in batches {
        let library = library(plugin);
        let batch = succeeded(&wcc(&["plugin", "example", text(&library), case]));
        support::compare_with_file(&root().join(file), &batch);
    }
    let library = library("west-midlands");
    let output = wcc(&["plugin", "example", text(&library), "examples/north-east"]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
}

#[test]
fn every_command_of_an_author_has_help() {
    for name in ["add", "check", "docs", "example", "new", "run"] {
        let help = succeeded(&wcc(&["plugin", name, "--help"]));
        assert!(help.contains("Usage:"), "{help}");
    }
}

#[test]
fn docs_are_markdown() {
    let library = library("west-midlands");
    let docs = succeeded(&wcc(&["plugin", "docs", text(&library)]));
    for part in [
        "# NHS West Midlands",
        "`west-midlands/below-self-without-commentary`, about competency.",
        "*Why.* ",
        "*Example.* ",
        "| `dementia-register` |",
    ] {
        assert!(docs.contains(part), "{part:?} is missing in:\n{docs}");
    }
}

#[test]
fn a_plugin_in_c_conforms_and_answers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plugin = root().join("plugins/minimal-c");
    let library = compiled(&plugin.join("minimal.c"), folder.path());
    let examples = plugin.join("examples");
    let examples = ["--examples", text(&examples)];
    let arguments = [&["plugin", "check", text(&library)][..], &examples].concat();
    let report = succeeded(&wcc(&arguments));
    assert!(report.contains("none failed"), "{report}");
    let arguments = [&["plugin", "add", text(&library)][..], &examples].concat();
    let entry = succeeded(&wcc(&arguments));
    let case = case(folder.path(), "5QJ");
    let assured = succeeded(&wcc_with(
        &settings_with(&entry),
        &["assure", text(&case), "--full"],
    ));
    assert!(
        assured.contains("Nobody has made a judgement on 5QJ"),
        "{assured}"
    );
}

#[test]
fn the_answer_of_a_plugin_in_c_can_be_printed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plugin = root().join("plugins/minimal-c");
    let library = compiled(&plugin.join("minimal.c"), folder.path());
    let example = plugin.join("examples/two-pcts");
    let batch = example.join("batch.json");
    let printed = succeeded(&wcc(&["plugin", "run", text(&library), text(&batch)]));
    let expected = std::fs::read_to_string(example.join("contribution.json")).expect("a file");
    assert_eq!(printed, expected);

    // The kit accepts an example without a contribution, and shows the differences of a wrong one.
    let examples = folder.path().join("examples");
    let alone = examples.join("alone");
    std::fs::create_dir_all(&alone).expect("a folder can be made");
    std::fs::copy(&batch, alone.join("batch.json")).expect("a copy");
    let check = || wcc(&["plugin", "check", text(&library)]);
    let report = succeeded(&check());
    assert!(report.contains("1 without a contribution.json"), "{report}");
    let other = expected.replace("Nobody has made", "Somebody made");
    std::fs::write(alone.join("contribution.json"), other).expect("a file can be written");
    let report = stdout(&check());
    for line in [
        "example `alone`: the result for `5QQ` differs (- expected, + actual):",
        "-  \"message\": \"Somebody made a judgement on 5QQ.\"",
        "+  \"message\": \"Nobody has made a judgement on 5QQ.\"",
    ] {
        assert!(report.contains(line), "{line} is missing in:\n{report}");
    }

    std::fs::write(alone.join("batch.json"), "{").expect("a file can be written");
    let output = wcc(&[
        "plugin",
        "run",
        text(&library),
        text(&alone.join("batch.json")),
    ]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("the batch cannot be read"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn adding_a_library_again_changes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plugin = root().join("plugins/minimal-c");
    let library = compiled(&plugin.join("minimal.c"), folder.path());
    let settings = settings_with("# kept\n");
    let add = || {
        let arguments = ["plugin", "add", text(&library), "--to", text(&settings)];
        succeeded(&wcc_with(&settings, &arguments))
    };
    assert!(add().contains("added an entry for minimal-c"));
    let once = std::fs::read_to_string(&settings).expect("the settings");
    assert!(add().contains("already up to date"));
    assert_eq!(
        std::fs::read_to_string(&settings).expect("the settings"),
        once
    );
    assert!(once.contains("# kept"), "{once}");

    // After a new build, the digest changes, and the operator's settings remain.
    std::fs::write(&settings, format!("{once}wall_seconds = 7\n")).expect("the settings");
    let source = std::fs::read_to_string(plugin.join("minimal.c")).expect("a source");
    let changed = folder.path().join("minimal.c");
    std::fs::write(&changed, source + "\nint another_build;\n").expect("a source");
    compiled(&changed, folder.path());
    let listed = wcc_with(&settings, &["plugin", "list"]);
    assert_eq!(listed.status.code(), Some(3), "one is not available");
    assert!(stdout(&listed).contains("the file is not the configured one"));
    assert!(add().contains("updated the entry"));
    let twice = std::fs::read_to_string(&settings).expect("the settings");
    assert!(
        twice.contains("wall_seconds = 7") && twice != once,
        "{twice}"
    );
    assert_eq!(twice.matches("[[plugin]]").count(), 1);
    succeeded(&wcc_with(&settings, &["plugin", "list"]));

    // Without a file, the entry is printed, with a warning that there already is one.
    let printed = wcc_with(&settings, &["plugin", "add", text(&library)]);
    assert!(
        stdout(&printed).starts_with("[[plugin]]"),
        "{}",
        stdout(&printed)
    );
    assert!(
        stderr(&printed).contains("is already in the settings"),
        "{}",
        stderr(&printed)
    );

    std::fs::write(&settings, "not TOML").expect("the settings");
    let arguments = ["plugin", "add", text(&library), "--to", text(&settings)];
    let output = wcc(&arguments);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(
        std::fs::read_to_string(&settings).expect("the settings"),
        "not TOML"
    );
}

/// A plugin in C for Q39 with one local outcome between 0 and 1,000, of which lower is better, and
/// the value 12.5 for 5QQ.
const DECLARING: &str = r#"
#include "wcc_plugin.h"
#include <string.h>
uint32_t wcc_plugin_abi(void) { return 1; }
static int contains(const uint8_t *in, size_t length, const char *word) {
    for (size_t at = 0; at + strlen(word) <= length; at++)
        if (!memcmp(in + at, word, strlen(word))) return 1;
    return 0;
}
static const char manifest[] = "{\"ok\":{\"protocol\":\"1.0\",\"id\":\"declaring\",\"title\":\"t\","
    "\"version\":\"1.0.0\",\"regions\":[\"Q39\"],\"frameworks\":[\"wcc-2009-10\"],\"outcomes\":[{"
    "\"id\":\"tuberculosis\",\"title\":\"New cases of tuberculosis\",\"unit\":\"per 100,000\","
    "\"better\":\"lower\",\"min\":0,\"max\":1000}]}}";
static const char answer[] = "{\"ok\":{\"results\":[{\"body\":\"5QQ\",\"outcomes\":["
    "{\"outcome\":\"tuberculosis\",\"value\":12.5}]},{\"body\":\"Q39\"}]}}";
int32_t wcc_plugin_call(const uint8_t *in, size_t length, uint8_t **out, size_t *out_length) {
    int evaluate = contains(in, length, "evaluate");
    *out = (uint8_t *)(evaluate ? answer : manifest);
    *out_length = evaluate ? sizeof answer - 1 : sizeof manifest - 1;
    return 0;
}
void wcc_plugin_free(uint8_t *out, size_t length) { (void)out, (void)length; }
"#;

#[test]
fn a_case_need_not_repeat_what_a_plugin_declares() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder.path().join("declaring.c");
    std::fs::write(&source, DECLARING).expect("a source");
    let library = compiled(&source, folder.path());
    let case = case(folder.path(), "5QQ");
    let outcomes = |row: &str| {
        let text = format!("body,slot,outcome,title,better,series\n{row}\n");
        std::fs::write(case.join("outcomes.csv"), text).expect("a file can be written");
    };
    let digest = wcc_host::digest_of(&library).expect("a library");
    let entry = format!(
        "[[plugin]]\npath = '{}'\nsha256 = '{digest}'\n",
        library.display()
    );
    let (with, without) = (settings_with(&entry), settings_with(""));
    outcomes("5QQ,9,tuberculosis,,,persons");
    let brief = succeeded(&wcc_with(&with, &["assure", text(&case)]));
    assert!(brief.contains("12.5 per 100,000"), "{brief}");
    let assured = succeeded(&wcc_with(&with, &["assure", "--full", text(&case)]));
    assert!(assured.contains("New cases of tuberculosis"), "{assured}");
    assert!(!assured.contains("declared-otherwise"), "{assured}");
    assert!(
        assured.contains("12.5 per 100,000"),
        "the plugin's value: {assured}"
    );
    let refused = wcc_with(&without, &["assure", text(&case)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("or of a loaded plugin"),
        "{}",
        stderr(&refused)
    );

    outcomes("5QQ,9,tuberculosis,Mine,higher,persons");
    let values = "body,outcome,series,year,value\n5QQ,tuberculosis,persons,2007,5000\n";
    std::fs::write(case.join("outcome_values.csv"), values).expect("a file can be written");
    let assured = succeeded(&wcc_with(&with, &["assure", "--full", text(&case)]));
    let assured = assured.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "the case says that higher is better, but the plugin t, which declares the outcome, says lower",
        "the value for 2007 is 5000, but according to the plugin t it must be between 0 and 1000 per 100,000",
    ] {
        assert!(assured.contains(words), "{words} is missing in: {assured}");
    }
}

/// Plugins in C with one error each: the check that must fail, and its message.
const WRONG: [(&str, &str, &str, &str); 6] = [
    ("half", "#define HALF", "interface", "wcc_plugin_call"),
    ("old", "#define NUMBER 7", "interface", "interface 7"),
    ("nobody", "#define MANIFEST \"{}\"", "manifest", "protocol"),
    ("torn", "#define DESCRIBE abort();", "manifest", "abort"),
    (
        "moody",
        "#define MANIFEST GOOD(\"1.0.%d\")",
        "manifest again",
        "no clock",
    ),
    (
        "blind",
        "#define MANIFEST GOOD(\"1.0.0\")",
        "bad requests",
        "bad_request",
    ),
];

const WRONG_SOURCE: &str = r#"
#include "wcc_plugin.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define GOOD(version) "{\"protocol\":\"1.0\",\"id\":\"wrong\",\"title\":\"t\",\"version\":\"" version \
    "\",\"regions\":[\"Q30\"],\"frameworks\":[\"wcc-2009-10\"]}"
#ifndef NUMBER
#define NUMBER 1
#endif
#ifndef MANIFEST
#define MANIFEST GOOD("1.0.0")
#endif
#ifndef DESCRIBE
#define DESCRIBE
#endif
uint32_t wcc_plugin_abi(void) { return NUMBER; }
#ifndef HALF
int32_t wcc_plugin_call(const uint8_t *in, size_t length, uint8_t **out, size_t *out_length) {
    char *answer = malloc(1000);
    (void)in, (void)length;
    DESCRIBE
    strcpy(answer, "{\"ok\":");
    snprintf(answer + 6, 900, MANIFEST, (int)getpid());
    strcat(answer, "}");
    *out = (uint8_t *)answer;
    *out_length = strlen(answer);
    return 0;
}
void wcc_plugin_free(uint8_t *out, size_t length) { (void)length; free(out); }
#endif
"#;

#[test]
fn the_kit_says_how_to_correct_a_wrong_plugin() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, define, line, words) in WRONG {
        let source = folder.path().join(format!("{name}.c"));
        let text_of = format!(
            "#pragma GCC diagnostic ignored \"-Wformat-extra-args\"\n{define}\n{WRONG_SOURCE}"
        );
        std::fs::write(&source, text_of).expect("a source can be written");
        let library = compiled(&source, folder.path());
        let output = wcc(&["plugin", "check", text(&library)]);
        let report = stdout(&output);
        assert_eq!(output.status.code(), Some(3), "{name}: {report}");
        let failing = report.lines().find(|found| found.starts_with("FAIL"));
        let failing = failing.unwrap_or_else(|| panic!("{name}: {report}"));
        assert!(failing[6..].starts_with(line), "{name}: {report}");
        assert!(
            report.contains("change: ") && report.contains(words),
            "{name}: {report}"
        );
        let added = wcc(&["plugin", "add", text(&library)]);
        assert_eq!(added.status.code(), Some(3), "{name}");
        assert_eq!(stdout(&added), "", "no entry for {name}");
    }
}

#[test]
fn a_missing_library_is_named() {
    for arguments in [["plugin", "check", "no.so"], ["plugin", "docs", "no.so"]] {
        let output = command().args(arguments).output().expect("wcc runs");
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let said = stdout(&output) + &stderr(&output);
        assert!(said.contains("no.so"), "{said}");
    }
}
