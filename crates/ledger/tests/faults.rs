//! Tests disks that fail, are full, or are read-only. The ledger must have either the old or the
//! new state and report a clear error, and the writer must continue by itself as soon as it can.
//!
//! `FAULTS=500 cargo test -p wcc-ledger --test faults failing -- --nocapture` fails each of the
//! first 500 writes and each of the first 500 syncs, one in each round.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use rustix::process::{Pid, Resource, Rlimit, geteuid, prlimit};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;
use support::process::{Load, check, write_load};
use support::{Engine, Place, count, run};

const EIO: &str = "5";
const ENOSPC: &str = "28";

/// Returns the shim library, which is built once.
fn shim() -> &'static Path {
    static SHIM: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let built = folder.path().join("faults.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/faults.c");
        let made = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([built.as_path(), Path::new(source)])
            .status();
        assert!(
            made.is_ok_and(|made| made.success()),
            "these tests need a C compiler called `cc`: install the Debian packages gcc and libc6-dev"
        );
        (folder, built)
    });
    &SHIM.1
}

fn faulty(place: &Place, variables: &[(&str, &str)]) -> Command {
    let mut command = write_load();
    command
        .env("LD_PRELOAD", shim())
        .env("FAULT_FOLDER", place.folder.path());
    command.envs(variables.iter().copied());
    command
}

/// Creates a closed ledger with the case.
async fn loaded() -> Place {
    let place = Place::new(Engine::Sqlite).await;
    let load = Load::start(write_load(), &place, "before", 1, 1);
    load.finish(false);
    place
}

async fn copy_of(place: &Place) -> Place {
    let copy = Place::new(Engine::Sqlite).await;
    for file in std::fs::read_dir(place.folder.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.folder.path().join(file.file_name())).unwrap();
    }
    copy
}

/// The calls that fail: writes and truncations, or syncs.
#[derive(Clone, Copy)]
enum Call {
    Write,
    Sync,
}

/// Fails the N-th call, for every N. A program that continues must enter everything in the end.
async fn fail_each(call: Call, quits: bool, empty: bool) {
    let rounds = count("FAULTS", 20);
    let calls = match call {
        Call::Write => "writes",
        Call::Sync => "syncs",
    };
    let before = loaded().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let message = elsewhere.path().join("message");
    let (mut failed, mut reported, mut not_opened) = (0, 0, 0);
    for at in 1..=rounds {
        let place = if empty {
            before.another().await
        } else {
            copy_of(&before).await
        };
        let at_text = at.to_string();
        // Each request makes at least one call of each kind.
        let requests = 12 + at;
        let mut variables = vec![
            ("FAULT_CALLS", calls),
            ("FAULT_AT", &*at_text),
            ("FAULT_ERRNO", if at % 2 == 0 { EIO } else { ENOSPC }),
            ("FAULT_TOLD", message.to_str().unwrap()),
        ];
        if at % 3 == 0 {
            variables.push(("FAULT_TORN", "1"));
        }
        if quits {
            variables.push(("WCC_LOAD_QUITS", "1"));
        }
        let load = Load::start(faulty(&place, &variables), &place, "load", 1, requests);
        let (acknowledged, errors) = load.finish(false);
        let expected = requests as usize + usize::from(empty);
        for line in errors.lines() {
            // Errors are complete and name the ledger.
            assert!(line.starts_with("error: "), "fault {at}: {line}");
            assert!(line.contains("ledger"), "fault {at}: {line}");
        }
        if std::fs::remove_file(&message).is_ok() {
            failed += 1;
        }
        reported += usize::from(!errors.is_empty());
        if acknowledged.is_empty() && !errors.is_empty() && !quits {
            not_opened += 1;
        } else if !quits {
            assert_eq!(acknowledged.len(), expected, "fault {at}: {errors}");
        }
        check(&place, &acknowledged).await;
        // Without the fault, the writer continues with the existing ledger.
        let load = Load::start(write_load(), &place, "again", 1, 2);
        let (mut all, errors) = load.finish(false);
        assert!(errors.is_empty(), "after fault {at}: {errors}");
        all.extend(acknowledged);
        check(&place, &all).await;
    }
    println!(
        "{failed} of {rounds} {calls} failed, {reported} reported, {not_opened} while opening"
    );
    assert_eq!(failed, rounds, "every fault must occur");
}

#[test]
fn a_failing_write_loses_no_acknowledged_entry() {
    run(fail_each(Call::Write, false, false));
}

#[test]
fn a_failing_write_before_a_crash_loses_no_acknowledged_entry() {
    run(fail_each(Call::Write, true, false));
}

#[test]
fn a_failing_write_while_the_ledger_is_created_loses_no_acknowledged_entry() {
    run(fail_each(Call::Write, false, true));
}

#[test]
fn a_failing_sync_loses_no_acknowledged_entry() {
    run(fail_each(Call::Sync, false, false));
}

#[test]
fn a_failing_sync_before_a_crash_loses_no_acknowledged_entry() {
    run(fail_each(Call::Sync, true, false));
}

#[test]
fn a_failing_sync_while_the_ledger_is_created_loses_no_acknowledged_entry() {
    run(fail_each(Call::Sync, false, true));
}

#[test]
fn a_full_or_broken_disk_is_survived() {
    run(async {
        let before = loaded().await;
        let elsewhere = tempfile::tempdir().unwrap();
        let full = elsewhere.path().join("full");
        for (errno, expected) in [
            (ENOSPC, "database or disk is full"),
            (EIO, "disk I/O error"),
        ] {
            let place = copy_of(&before).await;
            let variables = [
                ("FAULT_WHILE", full.to_str().unwrap()),
                ("FAULT_ERRNO", errno),
            ];
            let mut load = Load::start(faulty(&place, &variables), &place, "load", 4, 0);
            load.wait_for_more(20);
            for _ in 0..3 {
                std::fs::write(&full, "").unwrap();
                load.wait_for_error();
                std::thread::sleep(Duration::from_millis(200));
                std::fs::remove_file(&full).unwrap();
                load.wait_for_more(20);
            }
            let (acknowledged, errors) = load.finish(true);
            assert!(errors.contains(expected), "{errors}");
            assert!(!errors.contains("refused:"), "{errors}");
            check(&place, &acknowledged).await;
        }
    });
}

/// Simulates a full disk by a limit on file sizes.
#[test]
fn a_limit_on_file_sizes_is_survived() {
    run(async {
        let place = loaded().await;
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(write_load().get_program());
        let mut load = Load::start(command, &place, "load", 4, 0);
        load.wait_for_more(20);
        let pid = Pid::from_raw(i32::try_from(load.id()).unwrap());
        let limit = |current| Rlimit {
            current,
            maximum: None,
        };
        prlimit(pid, Resource::Fsize, limit(Some(0))).unwrap();
        load.wait_for_error();
        std::thread::sleep(Duration::from_millis(200));
        prlimit(pid, Resource::Fsize, limit(None)).unwrap();
        load.wait_for_more(20);
        let (acknowledged, errors) = load.finish(true);
        assert!(errors.contains("disk I/O error"), "{errors}");
        check(&place, &acknowledged).await;
    });
}

/// A small file system in memory, if the system allows mounting one.
struct Small(PathBuf);

impl Small {
    fn mount(at: &Path) -> Option<Small> {
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=3m", "wcc-test"])
            .arg(at);
        let mounted = mount.output().is_ok_and(|done| done.status.success());
        mounted.then(|| Small(at.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Reports a skipped test on the terminal, because the test harness hides the output of passing
/// tests.
fn skipped(test: &str, why: &str) {
    use std::io::Write;
    let line = format!("\nSKIPPED {test}: {why}\n");
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

#[test]
fn a_full_file_system_is_survived() {
    run(async {
        let place = Place::new(Engine::Sqlite).await;
        let Some(small) = Small::mount(place.folder.path()) else {
            skipped(
                "a_full_file_system_is_survived",
                "this system does not allow mounting",
            );
            return;
        };
        let ballast = place.folder.path().join("ballast");
        std::fs::write(&ballast, vec![1; 1_000_000]).unwrap();
        let mut load = Load::start(write_load(), &place, "load", 4, 0);
        load.wait_for_error();
        std::thread::sleep(Duration::from_millis(200));
        std::fs::remove_file(&ballast).unwrap();
        load.wait_for_more(20);
        let acknowledged = load.kill();
        // Reading needs some disk space, too.
        let moved = copy_of(&place).await;
        check(&moved, &acknowledged).await;
        drop(small);
    });
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Copies the writer to a place that an unprivileged user can reach, and runs it as such a user.
fn unprivileged_writer(folder: &Path) -> Command {
    let program = folder.join("write-load");
    std::fs::copy(write_load().get_program(), &program).unwrap();
    let mut command = Command::new(program);
    if geteuid().is_root() {
        command.uid(65_534).gid(65_534);
    }
    command
}

fn own(path: &Path) {
    if geteuid().is_root() {
        std::os::unix::fs::chown(path, Some(65_534), Some(65_534)).unwrap();
    }
}

#[test]
fn a_read_only_file_is_reported() {
    run(async {
        let programs = tempfile::tempdir().unwrap();
        set_mode(programs.path(), 0o755);
        let before = loaded().await;
        let modes = [(0o444, 0o755), (0o444, 0o555), (0o644, 0o555)];
        for (file_mode, folder_mode) in modes {
            let place = copy_of(&before).await;
            let (folder, database) = (place.folder.path(), place.folder.path().join("ledger.db"));
            for path in [folder, &database, &place.head_path()] {
                own(path);
            }
            set_mode(&database, file_mode);
            set_mode(folder, folder_mode);
            let mut load = Load::start(unprivileged_writer(programs.path()), &place, "l", 1, 4);
            load.wait_for_error();
            set_mode(folder, 0o755);
            set_mode(&database, 0o644);
            let opened = load.is_ready();
            let (acknowledged, errors) = load.finish(false);
            println!(
                "{file_mode:o} in {folder_mode:o}, opened: {opened}: {}",
                errors.lines().next().unwrap_or_default()
            );
            assert!(errors.contains("ledger"), "{errors}");
            assert!(
                errors.contains("readonly")
                    || errors.contains("unable to open")
                    || errors.contains("denied"),
                "{errors}"
            );
            // If the ledger was already open, the writer continued as soon as it could.
            assert_eq!(acknowledged.len(), if opened { 4 } else { 0 }, "{errors}");
            check(&place, &acknowledged).await;
        }
    });
}
