//! `wcc`: assurance of commissioning bodies on the command line and over GraphQL.

mod cli;
mod documents;
mod history;
mod load;
mod metrics;
mod operator;
mod readiness;
mod reload;
mod scorecard;
mod settings;
mod source;
mod stop;
mod token;
mod watch;

use std::process::ExitCode;

fn main() -> ExitCode {
    // A plugin's worker is this same binary. It must be told apart before any thread or runtime
    // exists, because it puts limits on itself and loads foreign code.
    wcc_host::become_worker_if_asked();
    cli::run()
}
