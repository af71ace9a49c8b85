//! Limits of the process: templates of an authority are a program that somebody wrote.

use std::io;

/// Limits the memory of the process, and forbids it to write files.
///
/// # Errors
///
/// If the system refuses a limit.
#[cfg(target_os = "linux")]
pub(crate) fn limit(memory: Option<u64>) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = |most: u64| Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    if let Some(memory) = memory {
        setrlimit(Resource::As, limit(memory))?;
    }
    setrlimit(Resource::Fsize, limit(0))?;
    setrlimit(Resource::Core, limit(0))?;
    Ok(())
}

/// Elsewhere nothing is limited; the caller still ends a process that takes too long.
#[cfg(not(target_os = "linux"))]
pub(crate) fn limit(_: Option<u64>) -> io::Result<()> {
    Ok(())
}
