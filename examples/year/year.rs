//! Plays whole cycles of a case against a fresh server, by requests alone: the framework and the bodies
//! are entered, each phase is opened, each record is entered by somebody whose job it is, and the
//! results are released. Then the outputs are compared with those of the case's files, and the next cycle
//! is started. What a case does not hold is in `invented.toml`.
//!
//! `examples/year.sh` builds it and runs it; `tests/year.rs` runs it as well.

#![allow(
    clippy::indexing_slicing,
    reason = "an example stops at the first surprise"
)]

mod acts;
mod approvals;
mod cast;
mod client;
mod gaps;
mod inputs;
mod invented;
mod next_year;
mod panels;
mod people;
mod phases;
mod play;
mod run;

use client::{Program, Result};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    match play() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn play() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [wcc, folder, case] = arguments.as_slice() else {
        return Err("usage: year WCC FOLDER CASE; bash examples/year.sh gives them".into());
    };
    let program = Program {
        wcc: PathBuf::from(wcc),
        config: Path::new(folder).join("wcc.toml"),
    };
    run::run(&program, Path::new(folder), case, &|line| {
        println!("{line}")
    })
}
