//! Runs the real binary on real cases with real plugins.

#![allow(
    clippy::indexing_slicing,
    dead_code,
    reason = "each test file uses its own part"
)]
#![allow(clippy::expect_used, clippy::panic, reason = "test helpers may panic")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The library of a plugin of this workspace, which Cargo builds beside the tests.
pub(crate) fn library(plugin: &str) -> PathBuf {
    let tests = std::env::current_exe().expect("the test's own path");
    let folder = tests.parent().expect("the test lies in a folder");
    let name = libloading::library_filename(plugin.replace('-', "_"));
    let path = folder.join(name);
    assert!(path.is_file(), "{} is not built", path.display());
    path
}

/// A settings file with both regional plugins, written once for each test binary.
pub(crate) fn settings() -> &'static Path {
    static SETTINGS: OnceLock<PathBuf> = OnceLock::new();
    SETTINGS.get_or_init(|| {
        let plugins = ["once-north-east", "west-midlands"].map(library);
        settings_with(&plugins.iter().map(|path| entry(path)).collect::<String>())
    })
}

/// A settings file with these plugin entries.
pub(crate) fn settings_with(entries: &str) -> PathBuf {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .expect("a temporary folder")
        .keep();
    let configs = root().join("configs");
    let text = format!(
        "[paths]\nframeworks = '{}'\norganisations = '{}'\ndata = '{}'\n{entries}",
        configs.join("frameworks").display(),
        configs.join("organisations").display(),
        folder.join("data").display(),
    );
    let path = folder.join("wcc.toml");
    std::fs::write(&path, text).expect("the settings can be written");
    path
}

/// The settings entry that `wcc plugin add` prints for a library.
pub(crate) fn entry(library: &Path) -> String {
    let output = command()
        .args(["plugin", "add"])
        .arg(library)
        .output()
        .expect("wcc runs");
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

/// Compiles a plugin in C with the system's compiler.
pub(crate) fn compiled(source: &Path, folder: &Path) -> PathBuf {
    let name = source.file_stem().expect("a name").to_string_lossy();
    let library = folder.join(format!("lib{name}.so"));
    let output = Command::new("cc")
        .args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"])
        .args(["-shared", "-fPIC", "-I"])
        .arg(root().join("crates/plugin/include"))
        .arg("-o")
        .arg(&library)
        .arg(source)
        .output()
        .expect("cc runs");
    assert!(output.status.success(), "{}", stderr(&output));
    library
}

/// Returns a command that runs the binary without the settings of this machine.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wcc"));
    command
        .env_remove("WCC_CONFIG")
        .env("NO_COLOR", "1")
        .current_dir(root());
    command
}

/// Runs `wcc --config SETTINGS ARGUMENTS`.
pub(crate) fn wcc(arguments: &[&str]) -> Output {
    wcc_with(settings(), arguments)
}

/// Runs `wcc` with other settings.
pub(crate) fn wcc_with(settings: &Path, arguments: &[&str]) -> Output {
    command()
        .arg("--config")
        .arg(settings)
        .args(arguments)
        .output()
        .expect("wcc runs")
}

/// Runs `wcc` with other settings and a line on its standard input.
pub(crate) fn wcc_with_line(settings: &Path, arguments: &[&str], line: &str) -> Output {
    let mut child = command()
        .arg("--config")
        .arg(settings)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("wcc runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A command that fails earlier does not read it.
    let _ = writeln!(stdin, "{line}");
    drop(stdin);
    child.wait_with_output().expect("wcc ends")
}

/// Runs `wcc`, which must succeed; returns its output.
pub(crate) fn printed(arguments: &[&str]) -> String {
    printed_with(settings(), arguments)
}

/// Runs `wcc` with other settings; it must succeed. Returns its output.
pub(crate) fn printed_with(settings: &Path, arguments: &[&str]) -> String {
    let output = wcc_with(settings, arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        stderr(&output)
    );
    stdout(&output)
}

/// Runs `wcc` with other settings; it must fail. Returns its exit code and message.
pub(crate) fn refused_with(settings: &Path, arguments: &[&str]) -> (i32, String) {
    let output = wcc_with(settings, arguments);
    let code = output.status.code().expect("no signal ends it");
    assert_ne!(code, 0, "{arguments:?}: {}", stdout(&output));
    (code, stderr(&output))
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is text")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are text")
}

/// A folder with the policies that ship and a further one.
pub(crate) fn policies(more: &str) -> PathBuf {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .expect("a temporary folder")
        .keep();
    for name in ["operator.cedar", "public.cedar", "scope.cedar"] {
        let shipped = root().join("configs/policies").join(name);
        std::fs::copy(shipped, folder.join(name)).expect("a policy that ships");
    }
    std::fs::write(folder.join("more.cedar"), more).expect("written");
    folder
}

/// Compares a text with a file; `UPDATE=1` writes the file instead.
pub(crate) fn compare_with_file(path: &Path, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("the file can be written");
        return;
    }
    let expected = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}; UPDATE=1 writes it", path.display()));
    if expected == text {
        return;
    }
    let at = expected
        .lines()
        .zip(text.lines())
        .position(|(left, right)| left != right);
    let line = at.unwrap_or_else(|| expected.lines().count().min(text.lines().count()));
    panic!(
        "{} differs from line {} on (UPDATE=1 accepts the new text):\nexpected: {}\n   found: {}",
        path.display(),
        line + 1,
        expected.lines().nth(line).unwrap_or("(nothing)"),
        text.lines().nth(line).unwrap_or("(nothing)"),
    );
}

/// A copy of a case that a test may change.
pub(crate) struct CopiedCase {
    folder: tempfile::TempDir,
    name: String,
}

impl CopiedCase {
    /// A copy of a case of `examples/`, or of a case with a path from there.
    pub(crate) fn of(name: &str) -> CopiedCase {
        let last = Path::new(name).file_name().expect("the name of a folder");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let case = CopiedCase {
            folder,
            name: last.to_str().expect("a name in UTF-8").to_owned(),
        };
        std::fs::create_dir(case.path()).expect("a folder can be made");
        for entry in std::fs::read_dir(root().join("examples").join(name)).expect("the case") {
            let entry = entry.expect("an entry");
            if entry.file_type().expect("a type").is_file() {
                std::fs::copy(entry.path(), case.path().join(entry.file_name())).expect("a copy");
            }
        }
        case
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// Changes one file of the case.
    pub(crate) fn edit(&self, file: &str, edit: impl FnOnce(String) -> String) {
        let path = self.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(&path, edit(text)).expect("the file can be written");
    }

    /// Assures the case; returns the output.
    pub(crate) fn assured(&self) -> String {
        let folder = self.path();
        let path = folder.to_str().expect("a path in UTF-8");
        printed(&["assure", path, "--full"])
    }

    /// Assures the case, which must be refused; returns the message.
    pub(crate) fn refused(&self) -> String {
        let output = wcc(&["assure", self.path().to_str().expect("a path in UTF-8")]);
        assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
        assert_eq!(stdout(&output), "", "nothing is printed of a broken case");
        stderr(&output)
    }
}
