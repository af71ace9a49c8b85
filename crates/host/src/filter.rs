//! The system calls that a plugin may make: filters that the kernel applies to a worker
//! permanently.
//!
//! A plugin is a function of its input: it needs memory, its own signals, clocks and its three
//! descriptors. This list is short, so every call that is not on it is refused, including calls
//! that a later kernel adds. Three filters work together:
//!
//! - calls that reach other processes or the network end the worker with a signal that names the
//!   call, because no library makes them by accident;
//! - all other calls that are not listed fail with "operation not permitted", because libraries try
//!   such calls and continue without them;
//! - no file may be opened, not even while the library is loaded. A signal handler passes the
//!   loader the one file that it needs, the library itself (see `loader.rs`).

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Is,
    SeccompCondition, SeccompFilter, SeccompRule, apply_filter,
};
use std::collections::BTreeMap;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Calls that a plugin may make with any arguments. None of them writes to a path, or reaches
/// another process or a network address, and none creates a descriptor of a new kind.
const ALLOWED: &[i64] = &[
    // Memory.
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    // Its own descriptors.
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
    // Information about paths, for the loader and C libraries. These calls open nothing.
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_readlinkat,
    libc::SYS_faccessat,
    libc::SYS_getcwd,
    // The process itself.
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
    // Clocks and random numbers.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    // Further filters, which can only restrict.
    libc::SYS_seccomp,
    // A separate filter refuses it with the error that makes C libraries use the older call.
    libc::SYS_clone3,
];

/// Allowed calls that exist only on this architecture.
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

/// Calls that open a file. The signal handler answers them in place of the kernel.
const OPENS: &[i64] = &[
    libc::SYS_openat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
];

/// Whether a system call opens a file.
pub(crate) fn opens(call: i64) -> bool {
    OPENS.contains(&call)
}

/// Calls that end the worker, and what each would do.
const FATAL: &[(i64, &str)] = &[
    (libc::SYS_clone, START_PROCESS),
    (libc::SYS_execve, START_PROCESS),
    (libc::SYS_execveat, START_PROCESS),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_fork, START_PROCESS),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_vfork, START_PROCESS),
    (libc::SYS_socket, OPEN_CONNECTION),
    (libc::SYS_socketpair, OPEN_CONNECTION),
    (libc::SYS_connect, OPEN_CONNECTION),
    (libc::SYS_bind, OPEN_CONNECTION),
    (libc::SYS_kill, SEND_SIGNAL),
    (libc::SYS_tkill, SEND_SIGNAL),
    (libc::SYS_tgkill, SEND_SIGNAL),
    (libc::SYS_rt_sigqueueinfo, SEND_SIGNAL),
    (libc::SYS_rt_tgsigqueueinfo, SEND_SIGNAL),
    (libc::SYS_pidfd_send_signal, SEND_SIGNAL),
    (libc::SYS_ptrace, INSPECT_PROCESS),
    (libc::SYS_process_vm_readv, INSPECT_PROCESS),
    (libc::SYS_process_vm_writev, INSPECT_PROCESS),
];
const START_PROCESS: &str = "start a process";
/// The description if the call could not be identified.
pub(crate) const BLOCKED: &str = "start a process, or something like it";
const OPEN_CONNECTION: &str = "open a network connection";
const SEND_SIGNAL: &str = "send a signal to another process";
const INSPECT_PROCESS: &str = "look into another process";

/// Describes the call that ended a worker, by its number.
pub(crate) fn describe_call(call: i64) -> &'static str {
    let fatal = FATAL.iter().find(|(number, _)| *number == call);
    fatal.map_or("make a forbidden system call", |(_, what)| *what)
}

/// Applies the filters to this process permanently, before a library is loaded.
///
/// # Errors
/// If the kernel does not support or allow filters.
pub(crate) fn apply_filters() -> Result<(), seccompiler::Error> {
    // The longest filter is applied first, while no other filter slows down the calls that apply
    // it.
    apply_filter(&build_allow_filter()?)?;
    apply_filter(&build_fatal_filter()?)?;
    let older_call = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    apply_filter(&build_errno_filter(older_call, libc::ENOSYS)?)
}

fn build_fatal_filter() -> Result<BpfProgram, BackendError> {
    let named = FATAL.iter().map(|(call, _)| call).chain(OPENS);
    let mut rules: Rules = named.map(|call| (*call, Vec::new())).collect();
    // Starting a thread fails too, but does not end the worker, because callers can continue
    // without it.
    let thread = u64::try_from(libc::CLONE_THREAD).unwrap_or_default();
    rules.insert(libc::SYS_clone, vec![rule(0, Is::MaskedEq(thread), 0)?]);
    // `abort` sends a signal to its own process.
    let me = u64::from(std::process::id());
    rules.insert(libc::SYS_kill, vec![rule(0, Is::Ne, me)?]);
    rules.insert(libc::SYS_tgkill, vec![rule(0, Is::Ne, me)?]);
    compile(rules, SeccompAction::Allow, SeccompAction::Trap)
}

fn build_allow_filter() -> Result<BpfProgram, BackendError> {
    let always = ALLOWED.iter().chain(ALLOWED_HERE);
    let mut rules: Rules = always.map(|call| (*call, Vec::new())).collect();
    // The other filter refuses them for other processes.
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
    // Limits may be read but not set.
    let no_new_limit = SeccompCondition::new(2, Length::Qword, Is::Eq, 0)?;
    let reads_limits = SeccompRule::new(vec![no_new_limit])?;
    rules.insert(libc::SYS_prlimit64, vec![reads_limits]);
    let not_permitted = errno(libc::EPERM);
    compile(rules, not_permitted, SeccompAction::Allow)
}

fn build_errno_filter(rules: Rules, error: i32) -> Result<BpfProgram, BackendError> {
    compile(rules, SeccompAction::Allow, errno(error))
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
