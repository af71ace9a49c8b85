//! Handles Ctrl-C and SIGTERM.

use crate::cli::Failure;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that ask a process to stop. After [`StopSignals::listen`] they no longer end the
/// process.
pub(crate) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

/// The signal that was received.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Stop {
    /// The exit code that shells use for a command ended by this signal.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Stop::Interrupt => 130,
            Stop::Terminate => 143,
        }
    }
}

impl StopSignals {
    /// Starts listening.
    pub(crate) fn listen() -> Result<StopSignals, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::system(format!("cannot listen to Ctrl-C and SIGTERM: {error}"))
            })
        };
        Ok(StopSignals {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// Waits for the next signal.
    pub(crate) async fn next(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::Interrupt,
            _ = self.terminate.recv() => Stop::Terminate,
        }
    }

    /// Runs some work, or abandons it if the process is asked to stop. Used for work on an open
    /// database, which the caller closes in either case.
    pub(crate) async fn unless_stopped<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            result = work => result,
            stop = self.next() => Err(Failure::stopped(stop)),
        }
    }

    /// Makes the signals end the process again.
    pub(crate) fn end_the_process(mut self) {
        tokio::spawn(async move {
            let stop = self.next().await;
            std::process::exit(stop.exit_code().into());
        });
    }
}
