//! Restricts a worker process before it loads a library, and reports the restrictions that the
//! system does not allow.

use crate::filter;
use crate::loader::{close_others, report_forbidden_calls};
use crate::settings::Limits;
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, Signal};
use rustix::thread::CapabilitySet;
use std::fmt;
use std::os::fd::RawFd;

/// The maximum number of descriptors of a worker: its own, and those of libraries while they are
/// loaded.
const MAX_FILES: u64 = 64;

/// How far workers are confined on this system.
///
/// It is displayed as one sentence for the log, which names each gap and its reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confinement {
    /// The restrictions that this system does not allow, each with its reason. Empty if workers are
    /// fully confined.
    pub gaps: Vec<String>,
}

impl Confinement {
    /// Whether workers are fully confined.
    pub fn is_whole(&self) -> bool {
        self.gaps.is_empty()
    }
}

impl fmt::Display for Confinement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.gaps.is_empty() {
            return out.write_str(
                "plugins run in workers without network, processes, signals or files to open",
            );
        }
        let gaps = self.gaps.join("; ");
        write!(
            out,
            "plugins run in workers that are not fully confined: {gaps}"
        )
    }
}

/// The descriptors that stay open in a worker, apart from 0 to 2.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descriptors {
    /// The pipe for reports.
    pub(crate) output: RawFd,
    /// The pipe for the request, if it has not been read yet.
    pub(crate) input: Option<RawFd>,
    /// The library that may be loaded.
    pub(crate) library: Option<RawFd>,
}

/// The address space that the program itself takes up, in bytes: a plugin's limit does not depend on how large the
/// program is. Zero if the system does not say.
fn own_space() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let size = lines.find_map(|line| line.strip_prefix("VmSize:"));
    let kibibytes = size.and_then(|size| size.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.map_or(0, |kibibytes| kibibytes.saturating_mul(1024))
}

/// Confines this process permanently. If the system does not allow a restriction, the others still
/// apply.
///
/// `parent` is the process that started this one.
pub(crate) fn confine(limits: &Limits, parent: u32, open: Descriptors) -> Confinement {
    let mut gaps = Gaps::default();
    gaps.note("other processes may look into workers", hide_memory());
    let keep = [Some(open.output), open.input, open.library];
    gaps.note(
        "descriptors that were inherited stay open",
        close_others(keep.into_iter().flatten()),
    );
    let cpu = limits.cpu.as_secs().max(1);
    let answer = limits.answer as u64;
    gaps.note(
        "no limit on processor time",
        limit(Resource::Cpu, cpu, cpu + 1),
    );
    let space = limits.address_space.saturating_add(own_space());
    gaps.note("no limit on memory", limit(Resource::As, space, space));
    gaps.note("no limit on core files", limit(Resource::Core, 0, 0));
    gaps.note(
        "no limit on open files",
        limit(Resource::Nofile, MAX_FILES, MAX_FILES),
    );
    // Not zero, because standard output may be redirected to a file.
    gaps.note(
        "no limit on written files",
        limit(Resource::Fsize, answer, answer),
    );
    gaps.note("no limit on processes", limit(Resource::Nproc, 0, 0));
    let privileges = rustix::thread::set_no_new_privs(true);
    gaps.note("privileges can be gained", privileges);
    gaps.note("capabilities are kept", drop_capabilities());
    let with_parent = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    gaps.note("workers may outlive the server", with_parent);
    if std::os::unix::process::parent_id() != parent {
        // The server ended before the death signal was set.
        crate::loader::end_process(2);
    }
    gaps.note(
        "forbidden calls are not named",
        report_forbidden_calls(open.output, open.library),
    );
    gaps.note("system calls are not filtered", filter::apply_filters());
    Confinement { gaps: gaps.0 }
}

#[derive(Default)]
struct Gaps(Vec<String>);

impl Gaps {
    fn note<T, E: fmt::Display>(&mut self, gap: &str, result: Result<T, E>) {
        if let Err(error) = result {
            self.0.push(format!("{gap} ({error})"));
        }
    }
}

/// Prevents other processes of the same user from tracing this process, and from reading its
/// memory, environment or descriptors through `/proc`. The system also writes no core files of it.
///
/// # Errors
/// If the system does not allow it.
pub(crate) fn hide_memory() -> Result<(), Errno> {
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
}

fn drop_capabilities() -> Result<(), Errno> {
    let none = CapabilitySet::empty();
    let none = rustix::thread::CapabilitySets {
        effective: none,
        permitted: none,
        inheritable: none,
    };
    rustix::thread::set_capabilities(None, none)
}

fn limit(resource: Resource, soft: u64, hard: u64) -> Result<(), Errno> {
    let limits = Rlimit {
        current: Some(soft),
        maximum: Some(hard),
    };
    match rustix::process::setrlimit(resource, limits) {
        // The process already has a lower limit.
        Err(Errno::PERM) => Ok(()),
        result => result,
    }
}
