//! Tests files that are not libraries, libraries that have changed, and libraries that do harm
//! while they are loaded.

#![allow(clippy::indexing_slicing, reason = "tests may panic")]

#[path = "support/faulty.rs"]
mod faulty;
mod support;

use faulty::{Traces, altered, beside_a_healthy_one, compiled, limited, result_of_faulty, warm_up};
use libtest_mimic::Failed;
use std::fs;
use std::os::unix::fs::symlink;
use support::{load, settings, settings_at, test};
use wcc_host::{PluginSettings, Trust};

type TestResult = Result<(), Failed>;

fn main() {
    wcc_host::become_worker_if_asked();
    support::main(vec![
        test("invalid libraries", libraries),
        test("a link changed after the check", swapped_link),
        test("deleted while running", deleted_while_running),
    ]);
}

const C_SYMBOLS: &str = "
    unsigned wcc_plugin_abi(void) { return ABI; }
    int wcc_plugin_call(const unsigned char *in, unsigned long n, unsigned char **out, unsigned long *m) { return 3; }
    void wcc_plugin_free(unsigned char *out, unsigned long n) {}
";

async fn libraries() -> TestResult {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    let with_abi = |abi: &str, more: &str| format!("{}{more}", C_SYMBOLS.replace("ABI", abi));
    let constructor = |body: &str| {
        let code = format!(
            "#include <unistd.h>\n#include <stdlib.h>\n__attribute__((constructor)) static void begin(void) {{ {body} }}"
        );
        format!("{code}\n{}", with_abi("1", ""))
    };
    let empty = at.join("libempty.so");
    let text = at.join("libtext.so");
    fs::write(&empty, "")?;
    fs::write(&text, "#!/bin/sh\necho a library\n".repeat(100))?;
    let pipe = at.join("libpipe.so");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()?
            .success()
    );
    let digest = settings("faulty").sha256;
    let cases = vec![
        (
            compiled(at, "abi", &with_abi("2", "")),
            "interface 2; this host has interface 1",
        ),
        (
            compiled(at, "missing", "unsigned wcc_plugin_abi(void) { return 1; }"),
            "it has no function `wcc_plugin_call`",
        ),
        (
            compiled(at, "nothing", "int other;"),
            "it has no function `wcc_plugin_abi`",
        ),
        (
            compiled(
                at,
                "unresolved",
                &with_abi(
                    "1",
                    "void elsewhere(void); void here(void) { elsewhere(); }",
                ),
            ),
            "undefined symbol: elsewhere",
        ),
        (
            compiled(at, "silent", &with_abi("1", "")),
            "returned 3 without an answer",
        ),
        (
            compiled(at, "hangs", &constructor("for (;;) sleep(1000);")),
            "timed out after 1.5 s",
        ),
        (
            compiled(at, "loops", &constructor("for (;;) {}")),
            "timed out after 1.5 s",
        ),
        (
            compiled(at, "aborts", &constructor("abort();")),
            "signal 6 (abort)",
        ),
        (
            compiled(at, "exits", &constructor("_exit(0);")),
            "ended by itself (exit status 0)",
        ),
        (
            compiled(at, "forks", &constructor("for (;;) fork();")),
            "tried to start a process",
        ),
        (
            altered(at, "truncated", |bytes| {
                bytes.truncate(faulty::end_of_segments(bytes) / 2)
            }),
            "DIED OR REJECTED",
        ),
        (
            altered(at, "short", |bytes| bytes.truncate(40)),
            "not a 64-bit ELF library",
        ),
        (
            altered(at, "other_machine", |bytes| bytes[18] = 0xf3),
            "DIED OR REJECTED",
        ),
        (
            altered(at, "other_class", |bytes| bytes[4] = 1),
            "not a 64-bit ELF library",
        ),
        (limited(settings_at(&empty)), "not a 64-bit ELF library"),
        (limited(settings_at(&text)), "not a 64-bit ELF library"),
        (
            PluginSettings::new(at, &digest),
            "not lead to a file but to a directory",
        ),
        (
            PluginSettings::new(&pipe, &digest),
            "not lead to a file but to a device or pipe",
        ),
        (
            PluginSettings::new("/dev/zero", &digest),
            "not lead to a file but to a device or pipe",
        ),
        (
            PluginSettings::new(at.join("none.so"), &digest),
            "No such file",
        ),
        (
            PluginSettings {
                sha256: digest.clone(),
                ..altered(at, "one_byte", |bytes| bytes[5_000] ^= 1)
            },
            "the file is not the configured one",
        ),
    ];
    warm_up().await?;
    let traces = Traces::now();
    let mut failed = Vec::new();
    for (library, expected) in cases {
        let name = library.path.display().to_string();
        let result = beside_a_healthy_one(library).await?;
        let either = *expected == *"DIED OR REJECTED";
        let fits = |words: &String| {
            let died_or_rejected =
                words.contains("cannot be loaded") || words.contains("signal 7 (bus");
            if either {
                died_or_rejected
            } else {
                words.contains(expected)
            }
        };
        if !result.as_ref().is_err_and(fits) {
            failed.push(format!("{name}: {result:?}, expected {expected}"));
        }
    }
    traces.assert_gone("libraries");
    assert!(failed.is_empty(), "{failed:#?}");
    Ok(())
}

async fn swapped_link() -> TestResult {
    let folder = tempfile::tempdir()?;
    let link = folder.path().join("libswapped.so");
    symlink(support::library("faulty"), &link)?;
    let plugins = load(vec![limited(settings_at(&link))]).await;
    fs::remove_file(&link)?;
    symlink(support::library("once-north-east"), &link)?;
    assert_eq!(
        result_of_faulty(&plugins).await,
        Ok(()),
        "the host must run the library that it checked"
    );
    let same = plugins
        .each()
        .map(|plugin| plugin.settings().clone())
        .collect();
    let again = plugins.reload(same, Trust::default()).await;
    let cause = again
        .failures()
        .next()
        .ok_or("the other library must be rejected")?
        .cause;
    assert_eq!(cause.code(), "digest");
    Ok(())
}

async fn deleted_while_running() -> TestResult {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("libcopy.so");
    fs::copy(support::library("faulty"), &copy)?;
    let mut plugin = limited(settings_at(&copy));
    plugin.settings = serde_json::json!({ "fault": "noise" });
    let plugins = load(vec![plugin]).await;
    let deleted = async {
        let file = fs::OpenOptions::new().write(true).open(&copy)?;
        file.set_len(4_096)?;
        fs::remove_file(&copy)
    };
    let (result, deleted) = tokio::join!(result_of_faulty(&plugins), deleted);
    deleted?;
    assert_eq!(result, Ok(()));
    Ok(())
}
