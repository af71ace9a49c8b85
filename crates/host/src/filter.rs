//! Which system calls a plugin may make: filters that the kernel applies to a worker for good.
//!
//! A plugin is a function of its input: it needs memory, its own signals, clocks and the three
//! descriptors that it has. That is a short list, so what is not on it is refused, whatever a later
//! kernel adds. Three filters together say how:
//!
//! - what reaches for others (processes, networks, signals) ends the worker by a signal that names
//!   the call, because nobody tries that in passing;
//! - everything else that is not listed fails with "operation not permitted", because libraries do
//!   try such calls in passing and go on without them;
//! - no file may be opened, not even while the library is loaded. The one file that the loader
//!   opens, the library itself, is handed to it by a signal handler (see `loader.rs`).

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Is,
    SeccompCondition, SeccompFilter, SeccompRule, apply_filter,
};
use std::collections::BTreeMap;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Calls that a plugin may make whatever their arguments are. None of them names a path for
/// writing, another process or an address, and none makes a descriptor of a new kind.
const ALLOWED: &[i64] = &[
    // Memory.
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    // Descriptors that it has.
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_ppoll,
    libc::SYS_fstat,
    // What is where: the loader and C libraries ask. Nothing is opened by it.
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_readlinkat,
    libc::SYS_faccessat,
    libc::SYS_getcwd,
    // Itself.
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getrusage,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_rseq,
    libc::SYS_futex,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // Clocks and chance.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    // More filters: they can only take away.
    libc::SYS_seccomp,
    // Refused by a filter of its own, with the answer that makes C libraries use the older call.
    libc::SYS_clone3,
];

/// The same for calls that only this architecture has.
#[cfg(target_arch = "x86_64")]
const ALLOWED_HERE: &[i64] = &[
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_dup2,
    libc::SYS_lstat,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_stat,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[i64] = &[];

/// Calls that open a file. They reach the signal handler, which answers for the kernel.
const OPENS: &[i64] = &[
    libc::SYS_openat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
];

/// Whether a system call opens a file.
pub(crate) fn opens(call: i64) -> bool {
    OPENS.contains(&call)
}

/// Calls that end the worker, with what they try.
const FATAL: &[(i64, &str)] = &[
    (libc::SYS_clone, STARTS),
    (libc::SYS_execve, STARTS),
    (libc::SYS_execveat, STARTS),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_fork, STARTS),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_vfork, STARTS),
    (libc::SYS_socket, TALKS),
    (libc::SYS_socketpair, TALKS),
    (libc::SYS_connect, TALKS),
    (libc::SYS_bind, TALKS),
    (libc::SYS_kill, SIGNALS),
    (libc::SYS_tkill, SIGNALS),
    (libc::SYS_tgkill, SIGNALS),
    (libc::SYS_rt_sigqueueinfo, SIGNALS),
    (libc::SYS_rt_tgsigqueueinfo, SIGNALS),
    (libc::SYS_pidfd_send_signal, SIGNALS),
    (libc::SYS_ptrace, LOOKS),
    (libc::SYS_process_vm_readv, LOOKS),
    (libc::SYS_process_vm_writev, LOOKS),
];
const STARTS: &str = "start a process";
/// The same where it could not be named.
pub(crate) const BLOCKED: &str = "start a process, or something like it";
const TALKS: &str = "open a network connection";
const SIGNALS: &str = "send a signal to another process";
const LOOKS: &str = "look into another process";

/// What a worker tried that ended it, by the number of the call.
pub(crate) fn tried(call: i64) -> &'static str {
    let known = FATAL.iter().find(|(number, _)| *number == call);
    known.map_or("make a system call that no plugin may make", |(_, what)| {
        *what
    })
}

/// Puts the filters on this process for good, before a library is loaded.
///
/// # Errors
/// Where the kernel does not have them or does not allow them.
pub(crate) fn before_loading() -> Result<(), seccompiler::Error> {
    // The longest first: the kernel tries each filter on every call that none refuses so far.
    apply_filter(&allowing()?)?;
    apply_filter(&fatal()?)?;
    let older_call = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    apply_filter(&refusing(older_call, libc::ENOSYS)?)
}

fn fatal() -> Result<BpfProgram, BackendError> {
    let named = FATAL.iter().map(|(call, _)| call).chain(OPENS);
    let mut rules: Rules = named.map(|call| (*call, Vec::new())).collect();
    // A thread is refused too, but not fatal: whoever starts one can go on without.
    let thread = u64::try_from(libc::CLONE_THREAD).unwrap_or_default();
    rules.insert(libc::SYS_clone, vec![rule(0, Is::MaskedEq(thread), 0)?]);
    // Aborting is a signal to itself.
    let me = u64::from(std::process::id());
    rules.insert(libc::SYS_kill, vec![rule(0, Is::Ne, me)?]);
    rules.insert(libc::SYS_tgkill, vec![rule(0, Is::Ne, me)?]);
    compile(rules, SeccompAction::Allow, SeccompAction::Trap)
}

fn allowing() -> Result<BpfProgram, BackendError> {
    let always = ALLOWED.iter().chain(ALLOWED_HERE);
    let mut rules: Rules = always.map(|call| (*call, Vec::new())).collect();
    // Refused by a filter of their own where they are for another process.
    rules.insert(libc::SYS_kill, Vec::new());
    rules.insert(libc::SYS_tgkill, Vec::new());
    let read_flags = [
        libc::F_GETFD,
        libc::F_SETFD,
        libc::F_GETFL,
        libc::F_DUPFD_CLOEXEC,
    ];
    rules.insert(libc::SYS_fcntl, one_of(1, read_flags)?);
    let names = [
        libc::PR_SET_NAME,
        libc::PR_SET_VMA,
        libc::PR_SET_NO_NEW_PRIVS,
    ];
    rules.insert(libc::SYS_prctl, one_of(0, names)?);
    // Limits may be read, not set.
    let no_new_limit = SeccompCondition::new(2, Length::Qword, Is::Eq, 0)?;
    let reads_limits = SeccompRule::new(vec![no_new_limit])?;
    rules.insert(libc::SYS_prlimit64, vec![reads_limits]);
    let not_permitted = errno(libc::EPERM);
    compile(rules, not_permitted, SeccompAction::Allow)
}

fn refusing(rules: Rules, with: i32) -> Result<BpfProgram, BackendError> {
    compile(rules, SeccompAction::Allow, errno(with))
}

fn errno(number: i32) -> SeccompAction {
    SeccompAction::Errno(number.unsigned_abs())
}

fn rule(argument: u8, is: Is, value: u64) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(
        argument,
        Length::Dword,
        is,
        value,
    )?])
}

fn one_of<const N: usize>(
    argument: u8,
    values: [i32; N],
) -> Result<Vec<SeccompRule>, BackendError> {
    let rule = |value: i32| rule(argument, Is::Eq, u64::from(value.unsigned_abs()));
    values.into_iter().map(rule).collect()
}

fn compile(
    rules: Rules,
    otherwise: SeccompAction,
    for_rules: SeccompAction,
) -> Result<BpfProgram, BackendError> {
    let here = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, otherwise, for_rules, here)?.try_into()
}
