//! `wcc plugin run`: what a library answers.

use super::super::{Failure, print};
use std::path::PathBuf;
use wcc_host::{Worker, conformance};

/// Print what a library answers to the batch in a file, as an example's contribution.json has it
///
/// The answer is checked as the server checks it, and refused with exit code 3. Batches of real
/// cases come from `wcc plugin example`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shared library
    library: PathBuf,

    /// File with the batch: examples/NAME/batch.json
    batch: PathBuf,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { library, batch } = &arguments;
    let text = std::fs::read_to_string(batch)
        .map_err(|error| Failure::plugin(format!("{}: {error}", batch.display())))?;
    let worker = Worker::this_program().map_err(|error| {
        Failure::system(format!(
            "this program cannot start itself as a worker: {error}"
        ))
    })?;
    let found = conformance::contribution_to(library, &text, &worker).await;
    print(&found.map_err(|why| Failure::plugin(format!("{}: {why}", library.display())))?)
}
