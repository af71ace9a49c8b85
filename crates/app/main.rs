//! `wcc`: assurance of commissioning bodies on the command line and over GraphQL.

#![cfg_attr(
    not(feature = "server"),
    allow(
        dead_code,
        reason = "all settings are read, even if this build does not use them"
    )
)]

mod cli;
#[cfg(feature = "server")]
mod contained;
#[cfg(feature = "server")]
mod ledger_access;
mod load;
mod scorecard;
mod settings;
mod source;
#[cfg(feature = "server")]
mod stop;
#[cfg(feature = "server")]
mod workbook_reader;

use std::process::ExitCode;

fn main() -> ExitCode {
    // A plugin's worker is the same binary. It must be recognised before any thread or runtime
    // exists, because it limits itself and loads foreign code.
    wcc_host::become_worker_if_asked();
    #[cfg(feature = "server")]
    contained::become_reader_if_asked();
    cli::run()
}
