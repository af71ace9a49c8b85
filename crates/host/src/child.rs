//! A child process that this one must end and wait for.

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, waitid};
use tokio::signal::unix::{SignalKind, signal};

/// A child process, which leads its own process group. Dropping it ends the group and waits for
/// the process.
#[derive(Debug)]
pub(crate) struct ChildProcess {
    id: Pid,
    is_reaped: bool,
}

impl ChildProcess {
    /// Takes charge of a child process.
    pub(crate) fn new(id: Pid) -> Self {
        Self {
            id,
            is_reaped: false,
        }
    }

    /// Whether the process still runs.
    pub(crate) fn is_alive(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !self.is_reaped && matches!(waitid(WaitId::Pid(self.id), options), Ok(None))
    }

    /// Ends the process and everything it started. The process is not reaped, so its number cannot
    /// belong to another process yet.
    pub(crate) fn kill(&self) {
        if !self.is_reaped {
            // The process may have left its group if system calls are not filtered, or not have
            // formed it yet.
            let _ = rustix::process::kill_process(self.id, Signal::KILL);
            let _ = rustix::process::kill_process_group(self.id, Signal::KILL);
        }
    }

    /// Waits until the process has ended, and reaps it.
    pub(crate) async fn wait(&mut self) -> std::io::Result<WaitIdStatus> {
        // Before the first look, so that no end is missed.
        let mut ends = signal(SignalKind::child())?;
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        loop {
            match waitid(WaitId::Pid(self.id), options) {
                Ok(Some(status)) => {
                    self.is_reaped = true;
                    return Ok(status);
                }
                Ok(None) => drop(ends.recv().await),
                Err(Errno::INTR) => {}
                Err(error) => {
                    self.is_reaped = true;
                    return Err(error.into());
                }
            }
        }
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        self.kill();
        while !self.is_reaped {
            let ended = waitid(WaitId::Pid(self.id), WaitIdOptions::EXITED);
            self.is_reaped = !matches!(ended, Err(Errno::INTR));
        }
    }
}
