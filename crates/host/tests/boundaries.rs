//! Tests what a library cannot reach while it is loaded, which libraries it may not need, and what
//! its manifest may not declare.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers stop if their setup fails"
)]

#[path = "support/faulty.rs"]
mod faulty;
mod support;

use faulty::{compiled, limited};
use libtest_mimic::Failed;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use support::{load, settings_at, test};
use wcc_host::{Admission, Definitions, PluginSettings, Plugins, Trust, Worker, conformance};

type TestResult = Result<(), Failed>;

fn main() {
    wcc_host::become_worker_if_asked();
    if let Some(library) = std::env::var_os(HOSTILE) {
        return as_another_user(library.as_ref());
    }
    support::main(vec![
        test("a constructor opens no file", constructor_opens_no_file),
        test("dependencies outside the system", dependencies),
        test("schemas that never finish", schemas),
        test("declarations that conflict", declarations),
        test("invisible or moving characters", texts),
    ]);
}

const C_SYMBOLS: &str = "
    unsigned wcc_plugin_abi(void) { return ABI; }
    int wcc_plugin_call(const unsigned char *in, unsigned long n, unsigned char **out, unsigned long *m) { return 3; }
    void wcc_plugin_free(unsigned char *out, unsigned long n) {}
";

/// Environment variable with the library that a copy of this test loads as another user.
const HOSTILE: &str = "WCC_TEST_HOSTILE_LIBRARY";

/// The unprivileged user and group `nobody`.
const NOBODY: u32 = 65_534;

/// A constructor that tries to open files that could hold a secret, with every call that opens
/// files.
const OPENS_FILES: &str = r#"
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static void attempt(const char *path) {
    unsigned long how[3] = {0, 0, 0};
    if (open(path, O_RDONLY) >= 0
        || syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0) >= 0
        || syscall(437, AT_FDCWD, path, how, sizeof how) >= 0
        || syscall(SYS_openat, AT_FDCWD, path, O_PATH, 0) >= 0) {
        fprintf(stderr, "opened %s\n", path);
        abort();
    }
}
__attribute__((constructor)) static void begin(void) {
    const char *of[] = {"mem", "maps", "environ", "cmdline", "fd", "fd/0", "root/etc/passwd", "exe"};
    const char *others[] = {"/etc/passwd", "/proc/self/mem", "/proc/self/environ", "/proc/1/environ",
                            "/dev/shm", "/tmp", "SECRET"};
    char path[80];
    for (int i = 0; i < 8; i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", (int)getppid(), of[i]);
        attempt(path);
    }
    for (int i = 0; i < 7; i++) attempt(others[i]);
}
"#;

async fn constructor_opens_no_file() -> TestResult {
    let folder = tempfile::tempdir()?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    let secret = folder.path().join("operator.token");
    fs::write(&secret, "secret")?;
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644))?;
    let source = OPENS_FILES.replace("SECRET", &secret.display().to_string());
    let source = format!("{source}\n{}", C_SYMBOLS.replace("ABI", "1"));
    let hostile = compiled(folder.path(), "hostile", &source);
    assert_eq!(
        cause_of(&hostile.path).await,
        "returned 3 without an answer"
    );

    let status = fs::read_to_string("/proc/self/status")?;
    if !status.contains("\nUid:\t0\t") {
        eprintln!("skipped as another user: this test does not run as root");
        return Ok(());
    }
    // Other users may not be able to read the test's own folder.
    let copy = folder.path().join("test");
    fs::copy(std::env::current_exe()?, &copy)?;
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755))?;
    let output = Command::new(&copy)
        .env(HOSTILE, &hostile.path)
        .current_dir("/")
        .uid(NOBODY)
        .gid(NOBODY)
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        printed, "returned 3 without an answer\nmemory hidden\n",
        "{errors}"
    );
    Ok(())
}

/// Returns the cause why a plugin is unavailable.
async fn cause_of(library: &Path) -> String {
    let plugins = load(vec![limited(settings_at(library))]).await;
    let failure = plugins.failures().next();
    failure.map_or_else(String::new, |failure| failure.cause.to_string())
}

/// The part of the test above that runs as `nobody`: prints the result of the library, and whether
/// another process of the same user can read this one's environment.
fn as_another_user(library: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    println!("{}", runtime.block_on(cause_of(library)));
    let environment = format!("/proc/{}/environ", std::process::id());
    let read = Command::new("cat").arg(environment).output();
    match read.expect("cat runs").status.success() {
        true => println!("memory can be read"),
        false => println!("memory hidden"),
    }
}

async fn dependencies() -> TestResult {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    let own = compiled(at, "own", "int own(void) { return 1; }");
    let uses = format!(
        "int own(void); int use(void) {{ return own(); }}\n{}",
        C_SYMBOLS.replace("ABI", "1")
    );
    fs::write(at.join("uses.c"), uses)?;
    let linked = |name: &str, with: &[&str]| {
        let library = at.join(format!("lib{name}.so"));
        let linked = Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .args([&library, &at.join("uses.c")])
            .args(with)
            .current_dir(at)
            .status();
        assert!(linked.is_ok_and(|status| status.success()), "{name}");
        library
    };
    let own = own.path.display().to_string();
    // The name looks like the C library's, but has an invisible character.
    let hidden = "hidden.so";
    let soname = "-Wl,-soname,lib\u{200b}c.so.6";
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-o", hidden, soname, "own.c"])
        .current_dir(at)
        .status();
    assert!(compiled.is_ok_and(|status| status.success()));
    let cases = [
        (
            linked("hides", &[hidden]),
            "it needs `libc.so.6`, which is not the C library",
        ),
        (
            linked("needs", &["-L.", "-lown"]),
            "it needs `libown.so`, which is not the C library",
        ),
        (
            linked("path", &[&own]),
            "libown.so`, which is not the C library",
        ),
        (
            linked(
                "runpath",
                &["-L.", "-lown", "-Wl,-rpath,$ORIGIN,--enable-new-dtags"],
            ),
            "",
        ),
        (
            linked("rpath", &["own.c", "-Wl,-rpath,/srv/x,--disable-new-dtags"]),
            "it looks for libraries in `/srv/x` (RPATH)",
        ),
        (
            linked(
                "origin",
                &["own.c", "-Wl,-rpath,$ORIGIN,--enable-new-dtags"],
            ),
            "it looks for libraries in `$ORIGIN` (RUNPATH)",
        ),
        (
            linked("filter", &["own.c", "-Wl,-f,libother.so"]),
            "it needs `libother.so`",
        ),
        (
            linked(
                "threads",
                &["own.c", "-Wl,--no-as-needed", "-lm", "-lgcc_s"],
            ),
            "returned 3 without an answer",
        ),
    ];
    let worker = Worker::this_program()?;
    let none = Definitions::default();
    for (library, expected) in cases {
        let name = library.display();
        let cause = cause_of(&library).await;
        assert!(cause.contains(expected), "{name}: {cause}");
        if expected.starts_with("returned") {
            continue;
        }
        assert!(cause.contains("does not cover"), "{name}: {cause}");
        let report = conformance::check(&library, None, &worker, &none).await;
        assert!(report.to_string().contains("FAIL  library"), "{report}");
    }
    // A C++ library that needs the compiler's shared runtime is accepted.
    fs::write(
        at.join("plus.cpp"),
        format!(
            "#include <string>\n#include <stdexcept>\nstatic std::string text(\"long enough to be allocated\");\n\
             extern \"C\" {{ int grow(void) {{ try {{ throw std::runtime_error(text + text); }} \
             catch (const std::exception &) {{ return 0; }} }}\n{} }}",
            C_SYMBOLS
                .replace("ABI", "1")
                .replace("return 3", "return 3 + grow()")
        ),
    )?;
    let plus = at.join("libplus.so");
    let built = Command::new("g++")
        .args(["-shared", "-fPIC", "-o"])
        .args([&plus, &at.join("plus.cpp")])
        .status();
    match built {
        Ok(status) if status.success() => {
            assert_eq!(cause_of(&plus).await, "returned 3 without an answer");
        }
        _ => eprintln!("skipped in C++: g++ is not installed"),
    }
    Ok(())
}

/// Compiles a library that answers every request with the same manifest.
fn declaring(folder: &Path, name: &str, change: serde_json::Value) -> PluginSettings {
    let mut manifest = serde_json::json!({
        "protocol": "1.0", "id": "declaring", "title": "Declares", "version": "1.0.0",
        "regions": ["Q34"], "frameworks": ["wcc-2009-10"],
    });
    if let (Some(manifest), serde_json::Value::Object(change)) = (manifest.as_object_mut(), change)
    {
        manifest.extend(change);
    }
    let answer = serde_json::json!({ "ok": manifest }).to_string();
    let text = serde_json::Value::from(answer).to_string();
    let source = format!(
        "unsigned wcc_plugin_abi(void) {{ return 1; }}\n\
         static const char text[] = {text};\n\
         int wcc_plugin_call(const unsigned char *in, unsigned long n, const char **out, unsigned long *m)\n\
         {{ *out = text; *m = sizeof text - 1; return 0; }}\n\
         void wcc_plugin_free(unsigned char *out, unsigned long n) {{}}\n"
    );
    compiled(folder, name, &source)
}

/// Tests every kind of schema that could keep the host busy, with the expected result.
async fn schemas() -> TestResult {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    let reference = |to: String| serde_json::json!({ "$ref": format!("#/$defs/{to}") });
    let mut levels = serde_json::Map::new();
    for level in 0..31 {
        let next = reference(format!("l{}", level + 1));
        levels.insert(
            format!("l{level}"),
            serde_json::json!({ "allOf": [next, next] }),
        );
    }
    levels.insert("l31".to_owned(), serde_json::json!({}));
    let doubling = serde_json::json!({ "$ref": "#/$defs/l0", "$defs": levels });
    let unused = serde_json::json!({ "properties": { "times": doubling }, "$defs": levels });
    let deep = (0..100).fold(
        serde_json::json!(true),
        |inner, _| serde_json::json!({ "not": inner }),
    );
    let cases = [
        (
            "doubling",
            doubling,
            serde_json::json!({}),
            Some("cannot be evaluated as a JSON Schema"),
        ),
        ("unused", unused.clone(), serde_json::json!({}), None),
        (
            "used",
            unused,
            serde_json::json!({ "times": 1 }),
            Some("cannot be evaluated as a JSON Schema"),
        ),
        (
            "loop",
            serde_json::json!({ "$ref": "#" }),
            serde_json::json!({}),
            Some("its manifest is rejected: `settings` refers to itself in a circle"),
        ),
        (
            "no-schema",
            serde_json::json!({ "minProperties": -1 }),
            serde_json::json!({}),
            Some("`settings` is not a JSON Schema: `minProperties`: expected at least 0"),
        ),
        (
            "elsewhere",
            serde_json::json!({ "$ref": "file:///etc/passwd" }),
            serde_json::json!({}),
            Some("it refers to another document, `file:///etc/passwd`"),
        ),
        (
            "pattern",
            serde_json::json!({ "properties": { "x": { "pattern": "(((a{100}){100}){100}){100}" } } }),
            serde_json::json!({ "x": "a" }),
            Some("`settings` is not a JSON Schema: a pattern in it is too large"),
        ),
        (
            "backtracking",
            serde_json::json!({ "properties": { "x": { "pattern": "^(a+)+$" } } }),
            serde_json::json!({ "x": format!("{}!", "a".repeat(60)) }),
            Some("its settings are rejected"),
        ),
        ("deep", deep, serde_json::json!({}), Some("")),
        (
            "small-steps",
            serde_json::json!({ "properties": { "x": { "multipleOf": 1e-300 } } }),
            serde_json::json!({ "x": 1e300 }),
            Some(""),
        ),
    ];
    for (name, schema, settings, expected) in cases {
        let mut plugin = declaring(at, name, serde_json::json!({ "settings": schema }));
        plugin.settings = settings;
        let start = Instant::now();
        let plugins = load(vec![plugin]).await;
        // Most take milliseconds; the slowest is ended after a second of processor time.
        assert!(
            start.elapsed() < Duration::from_secs(15),
            "{name}: {:?}",
            start.elapsed()
        );
        let cause = plugins
            .failures()
            .next()
            .map(|failure| failure.cause.to_string());
        match expected {
            None => assert_eq!(cause, None, "{name}"),
            // Some of these succeed.
            Some("") => {}
            Some(words) => {
                let cause = cause.unwrap_or_default();
                assert!(cause.contains(words), "{name}: {cause}");
            }
        }
    }
    let worker = Worker::this_program()?;
    let start = Instant::now();
    let report = conformance::check(
        &at.join("libdoubling.so"),
        None,
        &worker,
        &Definitions::default(),
    )
    .await;
    assert!(
        report.to_string().contains("FAIL  settings schema"),
        "{report}"
    );
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
    Ok(())
}

/// Returns the cause for rejecting a manifest with a change, given these definitions.
async fn rejection_of(
    folder: &Path,
    name: &str,
    change: serde_json::Value,
    definitions: &Definitions,
) -> String {
    let settings = declaring(folder, name, change);
    let worker = Worker::this_program().expect("a thread can be started");
    let report = conformance::check(&settings.path, None, &worker, definitions).await;
    let admission = Admission::new(Trust::default(), definitions.clone());
    let plugins = Plugins::load_trusting(vec![settings], worker, admission).await;
    let failure = plugins.failures().next();
    let cause = failure.map_or_else(String::new, |failure| failure.cause.to_string());
    let report = report.to_string();
    assert_eq!(
        report.contains("FAIL  manifest "),
        !cause.is_empty(),
        "{report}"
    );
    cause
}

async fn declarations() -> TestResult {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    let cycle = wcc_fixtures::region::cycle();
    let mut framework = (*cycle.framework).clone();
    framework
        .outcomes
        .catalogue
        .push(wcc_core::outcome::OutcomeDefinition {
            id: "life-expectancy".to_owned(),
            title: "Life expectancy".to_owned(),
            unit: "years".to_owned(),
            better: wcc_core::outcome::Better::Higher,
            scope: wcc_core::outcome::OutcomeScope::National,
            series: vec!["males".to_owned()],
            min: None,
            max: None,
            vital_signs: None,
            source: None,
        });
    let definitions = Definitions::new([&framework], &cycle.organisations);
    let outcome = |id: &str| {
        serde_json::json!({ "outcomes": [
            { "id": id, "title": "Lies", "unit": "lies", "better": "lower" }
        ] })
    };
    let function = |code: &str| {
        serde_json::json!({ "functions": [
            { "code": code, "title": "Taken", "commissions": true, "reaches": ["1"] }
        ] })
    };
    for (name, change, expected) in [
        ("own", outcome("lies"), ""),
        (
            "national",
            outcome("life-expectancy"),
            "the outcome `life-expectancy` is a national outcome of",
        ),
        (
            "foreign",
            function("cancer-network"),
            "the function `cancer-network` belongs to Q30, but the plugin covers Q34",
        ),
        ("unheard-of", function("unheard-of"), ""),
        (
            "core",
            serde_json::json!({ "id": "core" }),
            "`id` is `core`, which is reserved",
        ),
        (
            "reaching",
            serde_json::json!({ "functions": [
                { "code": "x", "title": "X", "commissions": true, "reaches": vec!["1"; 501] }
            ] }),
            "`reaches` must have at most 500 items",
        ),
    ] {
        let cause = rejection_of(at, name, change, &definitions).await;
        assert!(cause.contains(expected), "{name}: {cause}");
        assert_eq!(cause.is_empty(), expected.is_empty(), "{name}: {cause}");
    }
    // The plugin that covers the region stays, whichever comes first.
    let intruder = declaring(at, "intruder", function("cancer-network"));
    let admission = Admission::new(Trust::default(), definitions);
    let both = vec![intruder, support::settings("once-north-east")];
    let plugins = Plugins::load_trusting(both, Worker::this_program()?, admission).await;
    let rejected: Vec<String> = plugins
        .failures()
        .map(|failure| failure.plugin.id)
        .collect();
    assert_eq!(rejected, ["declaring"]);
    Ok(())
}

/// Tests titles with each kind of character that must not reach a terminal.
async fn texts() -> TestResult {
    let folder = tempfile::tempdir()?;
    let tower = format!("e{}", "\u{301}".repeat(1_990));
    let none = Definitions::default();
    for (name, title, expected) in [
        (
            "accents",
            "Sant\u{e9} \u{5d1}\u{5bc}\u{5e8}\u{5d9}\u{5d0}\u{5d5}\u{5ea}",
            "",
        ),
        ("escape", "a\u{1b}[31mb", "a control character (U+001B)"),
        ("line", "a\u{2028}b", "a control character (U+2028)"),
        (
            "zero",
            "a\u{200b}b",
            "an invisible or direction-changing character (U+200B)",
        ),
        (
            "turn",
            "a\u{202e}b",
            "an invisible or direction-changing character (U+202E)",
        ),
        (
            "tag",
            "a\u{e0041}b",
            "an invisible or direction-changing character (U+E0041)",
        ),
        (
            "tower",
            &tower,
            "too many combining marks on one letter (U+0301)",
        ),
    ] {
        let change = serde_json::json!({ "title": title });
        let cause = rejection_of(folder.path(), name, change, &none).await;
        assert!(cause.contains(expected), "{name}: {cause}");
        assert_eq!(cause.is_empty(), expected.is_empty(), "{name}: {cause}");
    }
    Ok(())
}
