//! `wcc plugin run`: prints a library's answer to a batch.

use super::super::{Failure, print};
use std::path::PathBuf;
use wcc_host::{Worker, conformance};

/// Print a library's answer to the batch in a file, in the format of contribution.json
///
/// The answer is checked as on the server; if it is refused, the exit code is 3. `wcc plugin
/// example` prints batches of real cases.
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
    let contribution = conformance::contribution_to(library, &text, &worker).await;
    print(
        &contribution
            .map_err(|reason| Failure::plugin(format!("{}: {reason}", library.display())))?,
    )
}
