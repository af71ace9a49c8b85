//! What a worker process puts on itself before it loads a library.

use crate::settings::Limits;
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, Signal};
use std::io;

/// Limits this process for good. Linux keeps them for everything it starts, too.
pub(crate) fn confine(limits: &Limits) -> io::Result<()> {
    let cpu = limits.cpu.as_secs().max(1);
    let answer = limits.answer as u64;
    limit(Resource::Cpu, cpu, cpu + 1)?;
    limit(Resource::As, limits.address_space, limits.address_space)?;
    limit(Resource::Core, 0, 0)?;
    // Not zero: standard output may have been redirected to a file by whoever runs the worker.
    limit(Resource::Fsize, answer, answer)?;
    rustix::thread::set_no_new_privs(true)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    Ok(())
}

fn limit(resource: Resource, soft: u64, hard: u64) -> Result<(), Errno> {
    let wanted = Rlimit {
        current: Some(soft),
        maximum: Some(hard),
    };
    match rustix::process::setrlimit(resource, wanted) {
        // The limit around us is lower already.
        Err(Errno::PERM) => Ok(()),
        done => done,
    }
}
