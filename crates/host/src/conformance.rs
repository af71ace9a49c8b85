//! The conformance kit: it tests a library against every rule for plugins.
//!
//! Every request goes to a fresh worker under the default limits. A failed line says what to
//! change. `wcc plugin check LIBRARY` prints the report.

mod client;
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

use crate::report::MAX_WORDS;
use crate::text::shown_up_to;
use crate::{Cause, Definitions, Worker, contribution, manifest};
use client::{Fault, LibraryClient};
use kit::Kit;
use serde::de::DeserializeOwned;
use std::path::Path;
use wcc_plugin::{Answer, Batch, Contribution, Manifest};

/// Runs the kit on a library. `examples` is the folder of the plugin's own examples, if it is
/// known; `definitions` are the national definitions that no plugin may redefine.
pub async fn check(
    library: &Path,
    examples: Option<&Path>,
    worker: &Worker,
    definitions: &Definitions,
) -> Report {
    let mut report = Report::new(library);
    let client = match LibraryClient::open(library, worker) {
        Ok(client) => client,
        Err(cause) => {
            report.add("library", Err(Fault::from_cause(&cause)));
            return report;
        }
    };
    report.digest.clone_from(&client.digest);
    report.add("library", Ok(format!("sha256 {}", client.digest)));
    let described = match describe(&client).await {
        DescribeResult::Accepted(manifest) => match definitions.check(&manifest) {
            Ok(()) => DescribeResult::Accepted(manifest),
            Err(cause) => DescribeResult::Refused(Fault::from_cause(&cause)),
        },
        described => described,
    };
    match described {
        DescribeResult::NotLoaded(fault) => report.add("interface", Err(fault)),
        DescribeResult::Refused(fault) => {
            report.add("interface", Ok(interface()));
            report.add("manifest", Err(fault));
        }
        DescribeResult::Accepted(manifest) => {
            report.add("interface", Ok(interface()));
            report.add("manifest", Ok(summarise(&manifest)));
            let kit = Kit {
                client,
                cases: vec![sample::region(&manifest)],
                manifest: *manifest,
            };
            kit.run(examples, &mut report).await;
            report.manifest = Some(kit.manifest);
        }
    }
    report
}

/// Sends bytes to a library as a request, in a fresh worker under the default limits.
///
/// # Errors
/// Why the library gave no answer.
pub async fn ask(library: &Path, request: &[u8], worker: &Worker) -> Result<Vec<u8>, Cause> {
    LibraryClient::open(library, worker)?.ask(request).await
}

/// Asks a library about a batch given as JSON. Returns the contribution as JSON in the form of an
/// example's file, after the host's checks.
///
/// # Errors
/// Why there is no valid answer.
pub async fn contribution_to(
    library: &Path,
    batch: &str,
    worker: &Worker,
) -> Result<String, String> {
    let parsed: Batch<'_> = serde_json::from_str(batch)
        .map_err(|error| format!("the batch cannot be read: {error}"))?;
    let client = LibraryClient::open(library, worker).map_err(|cause| cause.to_string())?;
    let ask = async |request: &[u8]| {
        let answer = client.ask(request).await;
        answer.map_err(|cause| cause.to_string())
    };
    let manifest = read_manifest(&ask(b"\"describe\"").await?)?;
    let answer = ask(format!("{{\"evaluate\":{batch}}}").as_bytes()).await?;
    let contribution = read_contribution(&answer, &manifest, &parsed)?;
    let text = serde_json::to_string_pretty(&contribution).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// Reads the answer to "describe" and checks it as the host does. It does not evaluate the settings
/// schema, which needs a worker.
///
/// # Errors
/// What is wrong with the answer.
pub fn read_manifest(answer: &[u8]) -> Result<Manifest, String> {
    let manifest: Manifest = read_answer(answer)?;
    manifest::check(&manifest)?;
    Ok(manifest)
}

/// Reads the answer to a batch and checks it as the host does.
///
/// # Errors
/// What is wrong with the answer.
pub fn read_contribution(
    answer: &[u8],
    manifest: &Manifest,
    batch: &Batch<'_>,
) -> Result<Contribution, String> {
    let contribution: Contribution = read_answer(answer)?;
    check_contribution(&contribution, manifest, batch)?;
    Ok(contribution)
}

/// Returns the content of an answer, or a message that says why there is none.
fn read_answer<T: DeserializeOwned>(answer: &[u8]) -> Result<T, String> {
    let message = match serde_json::from_slice(answer) {
        Ok(Answer::Ok(content)) => return Ok(content),
        Ok(Answer::Error(error)) => format!("{}: {}", error.code, error.message),
        Err(error) => error.to_string(),
    };
    Err(shown_up_to(&message, MAX_WORDS))
}

fn check_contribution(
    contribution: &Contribution,
    manifest: &Manifest,
    batch: &Batch<'_>,
) -> Result<(), String> {
    let (cycle, sent) = cycle::from_batch(batch)?;
    contribution::translate(contribution, manifest, &cycle, &sent).map(drop)
}

fn interface() -> String {
    format!(
        "the library has the three functions of interface {}",
        wcc_plugin::ABI
    )
}

fn summarise(manifest: &Manifest) -> String {
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

enum DescribeResult {
    NotLoaded(Fault),
    Refused(Fault),
    Accepted(Box<Manifest>),
}

async fn describe(client: &LibraryClient) -> DescribeResult {
    match client.ask(br#""describe""#).await {
        Err(cause) if matches!(cause.code(), "load" | "abi" | "unreadable" | "start") => {
            DescribeResult::NotLoaded(Fault::from_cause(&cause))
        }
        Err(cause) => DescribeResult::Refused(Fault::from_cause(&cause)),
        Ok(bytes) => match read_manifest(&bytes) {
            Ok(manifest) => DescribeResult::Accepted(Box::new(manifest)),
            Err(what) => DescribeResult::Refused(Fault::new(
                what,
                "answer `\"describe\"` with a manifest that matches schemas/describe-answer.json",
            )),
        },
    }
}
