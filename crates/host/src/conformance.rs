//! The conformance kit: everything that a plugin must keep to, tried on a library.
//!
//! Every question goes to a fresh worker under the limits of an operator who set none. A line that
//! fails says what to change. `wcc plugin check LIBRARY` prints the report.

mod asker;
mod cycle;
mod examples;
mod kit;
mod real;
mod report;
mod sample;
mod variations;

pub use examples::beside as examples_beside;
pub use real::batch_of;
pub use report::{Line, Report, Verdict};

use crate::report::MOST_WORDS;
use crate::text::shown_up_to;
use crate::{Cause, Definitions, Worker, contribution, manifest};
use asker::{Asker, Fault};
use kit::Kit;
use serde::de::DeserializeOwned;
use std::path::Path;
use wcc_plugin::{Answer, Batch, Contribution, Manifest};

/// Runs the kit on a library. `examples` is the folder of the plugin's own examples, where it is
/// known, and `definitions` what is defined nationally.
pub async fn check(
    library: &Path,
    examples: Option<&Path>,
    worker: &Worker,
    definitions: &Definitions,
) -> Report {
    let mut report = Report::new(library);
    let asker = match Asker::open(library, worker) {
        Ok(asker) => asker,
        Err(cause) => {
            report.add("library", Err(Fault::of(&cause)));
            return report;
        }
    };
    report.digest.clone_from(&asker.digest);
    report.add("library", Ok(format!("sha256 {}", asker.digest)));
    let described = match describe(&asker).await {
        Described::Accepted(manifest) => match definitions.check(&manifest) {
            Ok(()) => Described::Accepted(manifest),
            Err(cause) => Described::Refused(Fault::of(&cause)),
        },
        described => described,
    };
    match described {
        Described::NotLoaded(fault) => report.add("interface", Err(fault)),
        Described::Refused(fault) => {
            report.add("interface", Ok(interface()));
            report.add("manifest", Err(fault));
        }
        Described::Accepted(manifest) => {
            report.add("interface", Ok(interface()));
            report.add("manifest", Ok(in_words(&manifest)));
            let kit = Kit {
                asker,
                cases: vec![sample::region(&manifest)],
                manifest: *manifest,
            };
            kit.run(examples, &mut report).await;
            report.manifest = Some(kit.manifest);
        }
    }
    report
}

/// Sends any bytes to a library, in a fresh worker under the default limits.
///
/// # Errors
/// Why there is no answer.
pub async fn ask(library: &Path, request: &[u8], worker: &Worker) -> Result<Vec<u8>, Cause> {
    Asker::open(library, worker)?.ask(request).await
}

/// What a library answers to a batch, given as JSON: the contribution as examples hold it, after the
/// checks of the host.
///
/// # Errors
/// Why there is no acceptable answer.
pub async fn contribution_to(
    library: &Path,
    batch: &str,
    worker: &Worker,
) -> Result<String, String> {
    let read: Batch<'_> = serde_json::from_str(batch)
        .map_err(|error| format!("the batch cannot be read: {error}"))?;
    let asker = Asker::open(library, worker).map_err(|cause| cause.to_string())?;
    let ask = async |request: &[u8]| {
        let answer = asker.ask(request).await;
        answer.map_err(|cause| cause.to_string())
    };
    let manifest = read_manifest(&ask(b"\"describe\"").await?)?;
    let answer = ask(format!("{{\"evaluate\":{batch}}}").as_bytes()).await?;
    let found = read_contribution(&answer, &manifest, &read)?;
    let text = serde_json::to_string_pretty(&found).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// Reads the answer to "describe" and checks it as the host does, except for what its settings
/// schema comes to, which takes a worker.
///
/// # Errors
/// What is wrong with it.
pub fn read_manifest(answer: &[u8]) -> Result<Manifest, String> {
    let found: Manifest = read_answer(answer)?;
    manifest::check(&found)?;
    Ok(found)
}

/// Reads the answer to a batch and checks it as the host does.
///
/// # Errors
/// What is wrong with it.
pub fn read_contribution(
    answer: &[u8],
    manifest: &Manifest,
    batch: &Batch<'_>,
) -> Result<Contribution, String> {
    let found: Contribution = read_answer(answer)?;
    check_contribution(&found, manifest, batch)?;
    Ok(found)
}

/// What is in an answer, or in plain words why there is nothing.
fn read_answer<T: DeserializeOwned>(answer: &[u8]) -> Result<T, String> {
    let words = match serde_json::from_slice(answer) {
        Ok(Answer::Ok(found)) => return Ok(found),
        Ok(Answer::Error(error)) => format!("{}: {}", error.code, error.message),
        Err(error) => error.to_string(),
    };
    Err(shown_up_to(&words, MOST_WORDS))
}

fn check_contribution(
    found: &Contribution,
    manifest: &Manifest,
    batch: &Batch<'_>,
) -> Result<(), String> {
    let (cycle, sent) = cycle::of(batch)?;
    contribution::translate(found, manifest, &cycle, &sent).map(drop)
}

fn interface() -> String {
    format!(
        "the three functions are there, interface {}",
        wcc_plugin::ABI
    )
}

fn in_words(manifest: &Manifest) -> String {
    format!(
        "{} {}: {} checks, {} local outcomes, {} functions; for {}",
        manifest.id,
        manifest.version,
        manifest.checks.len(),
        manifest.outcomes.len(),
        manifest.functions.len(),
        manifest.regions.join(", "),
    )
}

enum Described {
    NotLoaded(Fault),
    Refused(Fault),
    Accepted(Box<Manifest>),
}

async fn describe(asker: &Asker) -> Described {
    match asker.ask(br#""describe""#).await {
        Err(cause) if matches!(cause.code(), "load" | "abi" | "unreadable" | "start") => {
            Described::NotLoaded(Fault::of(&cause))
        }
        Err(cause) => Described::Refused(Fault::of(&cause)),
        Ok(bytes) => match read_manifest(&bytes) {
            Ok(manifest) => Described::Accepted(Box::new(manifest)),
            Err(what) => Described::Refused(Fault::new(
                what,
                "answer `\"describe\"` with a manifest as schemas/describe-answer.json has it",
            )),
        },
    }
}
