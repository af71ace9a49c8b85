//! Tests that the host recovers from a fork server, the process that starts workers, that hangs or
//! dies, and that no copy of it is left behind.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "tests may panic"
)]

#[path = "support/faulty.rs"]
mod faulty;
mod support;

use faulty::{faultless, result_of_faulty};
use libtest_mimic::Failed;
use rustix::process::{Pid, Signal, kill_process};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::{settings, test};
use wcc_host::{Plugins, Worker};

type TestResult = Result<(), Failed>;

/// If it is set, the fork server cannot answer: it dies once it has copied itself.
const CANNOT_ANSWER: &str = "FORK_SERVER_CANNOT_ANSWER";

fn main() {
    if std::env::var_os(CANNOT_ANSWER).is_some() {
        forbid_sending();
    }
    wcc_host::become_worker_if_asked();
    support::main(vec![
        test("a stopped fork server is replaced", stopped),
        test("one that never answers is replaced", never_answers),
        test("a copy whose number is lost is ended", lost_copy),
        test("the error says that none answers", none_answers),
    ]);
}

/// Makes the system call by which the fork server answers fail.
fn forbid_sending() {
    let rules = [(libc::SYS_sendto, Vec::new())].into();
    let arch = std::env::consts::ARCH.try_into().expect("a known machine");
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refused, arch);
    let filter: BpfProgram = filter.expect("a filter").try_into().expect("a program");
    apply_filter(&filter).expect("the kernel has filters");
}

async fn stopped() -> TestResult {
    let worker = Worker::this_program()?;
    let plugins = load_with(&worker).await;
    assert_eq!(result_of_faulty(&plugins).await, Ok(()));
    let before = fork_server().expect("a fork server");
    let process = Pid::from_raw(before.number).expect("a number");
    kill_process(process, Signal::STOP)?;
    // Answers are kept with the plugins.
    let plugins = load_with(&worker).await;
    assert_answered_soon(&plugins).await;
    let after = fork_server().expect("a fork server");
    assert_ne!(after.number, before.number);
    assert_only_fork_server();
    Ok(())
}

async fn never_answers() -> TestResult {
    let folder = tempfile::tempdir()?;
    let program = first_time(folder.path(), "exec sleep 600")?;
    let plugins = load_with(&Worker::program(program)?).await;
    assert_answered_soon(&plugins).await;
    assert_only_fork_server();
    Ok(())
}

async fn lost_copy() -> TestResult {
    let folder = tempfile::tempdir()?;
    let program = first_time(folder.path(), &format!("export {CANNOT_ANSWER}=1"))?;
    let plugins = load_with(&Worker::program(program)?).await;
    assert_answered_soon(&plugins).await;
    // The copy is ended and reaped, and not merely dead.
    assert_only_fork_server();
    Ok(())
}

async fn none_answers() -> TestResult {
    let folder = tempfile::tempdir()?;
    let program = folder.path().join("program");
    write_program(&program, "exec sleep 600")?;
    let start = Instant::now();
    let plugins = load_with(&Worker::program(program)?).await;
    let failure = plugins.failures().next().map(|failure| failure.to_string());
    let words = failure.expect("no plugin can be described");
    assert!(
        words.contains("the process that starts workers did not answer within 1 s"),
        "{words}"
    );
    // This limit only detects a host that hangs: two calls for each of two plugins, and a probe.
    assert!(start.elapsed() < Duration::from_secs(20), "{start:?}");
    drop(plugins);
    let end = Instant::now() + Duration::from_secs(5);
    while !children().is_empty() {
        assert!(Instant::now() < end, "left behind: {:?}", children());
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Loads a faulty plugin without a fault and a healthy one.
async fn load_with(worker: &Worker) -> Plugins {
    let settings = vec![faultless(), settings("once-north-east")];
    Plugins::load(settings, worker.clone()).await
}

/// Fails unless both plugins answer. A call alone may take ten seconds.
async fn assert_answered_soon(plugins: &Plugins) {
    let start = Instant::now();
    assert_eq!(result_of_faulty(plugins).await, Ok(()));
    assert!(start.elapsed() < Duration::from_secs(8), "{start:?}");
}

/// Writes a program that runs a command the first time, and is this test otherwise.
fn first_time(folder: &Path, command: &str) -> Result<PathBuf, Failed> {
    let (program, marker) = (folder.join("program"), folder.join("marker"));
    let this_test = std::env::current_exe()?;
    let text = format!(
        "if (set -C; : > '{}') 2>/dev/null; then {command}; fi\nexec '{}' \"$@\"",
        marker.display(),
        this_test.display(),
    );
    write_program(&program, &text)?;
    Ok(program)
}

fn write_program(path: &Path, text: &str) -> TestResult {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, format!("#!/bin/sh\n{text}\n"))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    Ok(())
}

/// A child process of this test.
#[derive(Debug)]
struct ChildProcess {
    number: i32,
    name: String,
}

/// The child processes, including dead ones that nobody has reaped.
fn children() -> Vec<ChildProcess> {
    let me = std::process::id().to_string();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let children = entries.filter_map(|entry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (before, after) = stat.rsplit_once(") ")?;
        let parent = after.split(' ').nth(1)?;
        let (_, name) = before.split_once('(')?;
        (parent == me).then(|| ChildProcess {
            number,
            name: name.to_owned(),
        })
    });
    children.collect()
}

fn fork_server() -> Option<ChildProcess> {
    let mut children = children().into_iter();
    children.find(|child| child.name == "plugin-forks")
}

/// Fails if any child other than one fork server is left, after a short time in which workers end.
fn assert_only_fork_server() {
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        let children = children();
        if matches!(&children[..], [child] if child.name == "plugin-forks") {
            return;
        }
        assert!(Instant::now() < end, "left behind: {children:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
