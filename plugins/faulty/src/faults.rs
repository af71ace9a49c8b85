//! Faulty calls: they harm the process that loaded the library, or try to reach beyond it.

#![allow(
    clippy::panic,
    clippy::exit,
    clippy::infinite_loop,
    clippy::empty_loop,
    clippy::mem_forget,
    unconditional_recursion,
    reason = "these are the faults"
)]

use std::hint::black_box;
use std::io::{Read, Write};
use std::os::fd::FromRawFd;
use std::process::Command;
use std::time::Duration;

/// The descriptors that a plugin may find open, apart from 0 to 2.
const DESCRIPTORS: std::ops::Range<i32> = 3..64;

/// Aborts after a call succeeded that should have been blocked.
fn abort_unblocked(what: &str) -> ! {
    eprintln!("it was possible to {what}");
    std::process::abort()
}

pub(crate) fn panic() {
    panic!("this panics on purpose")
}

pub(crate) fn abort() {
    std::process::abort()
}

pub(crate) fn segmentation_fault() {
    // SAFETY: this is unsound on purpose. Address 8 is never mapped.
    unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) }
}

pub(crate) fn stack_overflow() {
    fn deeper(depth: u64) -> u64 {
        let room = black_box([depth; 64]);
        deeper(depth + 1) + room[0]
    }
    black_box(deeper(0));
}

pub(crate) fn exit() {
    std::process::exit(0)
}

pub(crate) fn endless_loop() {
    loop {
        black_box(());
    }
}

pub(crate) fn sleep() {
    loop {
        std::thread::sleep(Duration::from_secs(3_600));
    }
}

pub(crate) fn memory_bomb() {
    let mut blocks = Vec::new();
    loop {
        blocks.push(black_box(vec![1_u8; 16 << 20]));
    }
}

pub(crate) fn fork_bomb() {
    loop {
        // SAFETY: the call takes no argument.
        unsafe { libc::fork() };
    }
}

pub(crate) fn thread_bomb() {
    loop {
        // `spawn` panics if no thread can be started.
        std::mem::forget(std::thread::spawn(sleep));
    }
}

pub(crate) fn run_a_program() {
    if Command::new("/bin/sleep").arg("600").spawn().is_ok() {
        abort_unblocked("run a program");
    }
}

pub(crate) fn connect() {
    match std::net::TcpStream::connect("127.0.0.1:9") {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {}
        _ => abort_unblocked("connect"),
    }
}

pub(crate) fn signal_the_parent() {
    // SAFETY: the call takes two numbers. Signal 0 only tests whether a signal could be sent.
    if unsafe { libc::kill(libc::getppid(), 0) } == 0 {
        abort_unblocked("signal the parent");
    }
}

/// Must fail without ending the worker, because ordinary libraries try to read files too.
pub(crate) fn read_a_file() {
    if std::fs::read("/etc/passwd").is_ok() {
        abort_unblocked("read a file");
    }
}

pub(crate) fn write_a_file() {
    let path = "/tmp/wcc-faulty-plugin-wrote-this";
    if std::fs::write(path, "it did").is_ok() || std::fs::create_dir(path).is_ok() {
        abort_unblocked("write a file");
    }
    if std::fs::remove_file("/tmp/wcc-faulty-plugin-removes-this").is_ok() {
        abort_unblocked("remove a file");
    }
}

pub(crate) fn leave_the_group() {
    // SAFETY: the call takes no argument.
    unsafe { libc::setsid() };
    sleep();
}

/// Tries to survive the end of the server.
pub(crate) fn outlive() {
    // SAFETY: the call takes numbers.
    if unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, 0, 0, 0, 0) } == 0 {
        abort_unblocked("outlive the server");
    }
}

/// Writes the beginning of an answer to every descriptor, and then one byte at a time.
pub(crate) fn drip() {
    for descriptor in DESCRIPTORS {
        write_to(descriptor, b"A\x00\x00\x10\x00\x00\x00\x00\x00");
    }
    loop {
        std::thread::sleep(Duration::from_millis(20));
        for descriptor in DESCRIPTORS {
            write_to(descriptor, b" ");
        }
    }
}

/// Writes to every descriptor for ever.
pub(crate) fn flood_descriptors() {
    let part = vec![b'x'; 1 << 16];
    loop {
        for descriptor in DESCRIPTORS {
            write_to(descriptor, &part);
        }
    }
}

pub(crate) fn close_descriptors() {
    for descriptor in 0..DESCRIPTORS.end {
        // SAFETY: the call takes a number.
        unsafe { libc::close(descriptor) };
    }
    sleep();
}

/// Prints, reads from standard input, and then answers.
pub(crate) fn noise() {
    for _ in 0..1_000 {
        println!("noise on standard output, which must not reach the answer");
        eprintln!("noise on standard error");
    }
    let mut input = Vec::new();
    if std::io::stdin().read_to_end(&mut input).is_ok() && !input.is_empty() {
        abort_unblocked("read from standard input");
    }
}

pub(crate) fn endless_noise() {
    let line = "noise ".repeat(1_000);
    loop {
        println!("{line}");
        eprintln!("{line}");
    }
}

/// Waits for two seconds and then answers.
pub(crate) fn slow() {
    std::thread::sleep(Duration::from_millis(2_000));
}

pub(crate) fn raise_limits() {
    let unlimited = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: the limit outlives the call.
    if unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const unlimited) } == 0 {
        abort_unblocked("raise its own limits");
    }
}

/// Ignores every signal that can be ignored, then loops.
pub(crate) fn drop_signals() {
    for signal in 1..32 {
        // SAFETY: the call takes two numbers; the system refuses signals that cannot be ignored.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
    endless_loop();
}

fn write_to(descriptor: i32, bytes: &[u8]) {
    // SAFETY: the descriptor may belong to other code, which is the fault to test. It is not closed
    // here.
    let mut file = std::mem::ManuallyDrop::new(unsafe { std::fs::File::from_raw_fd(descriptor) });
    let _ = file.write(bytes);
}
