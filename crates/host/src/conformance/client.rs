//! Sends requests to the library under test, each in a fresh worker.

use crate::caller::{Caller, NextCall};
use crate::failure::Cause;
use crate::library::{Library, LibraryFile, digest_of};
use crate::{Isolation, Limits, Worker};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use wcc_plugin::{Answer, Contribution};

/// A failure of the library under test: what is wrong, and what to change.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) what: String,
    pub(super) change: String,
}

impl Fault {
    pub(super) fn new(what: impl Into<String>, change: &str) -> Self {
        Self {
            what: what.into(),
            change: change.to_owned(),
        }
    }

    /// Adds the name of the batch on which the failure occurred.
    pub(super) fn in_case(self, name: &str) -> Self {
        Self {
            what: format!("{name}: {}", self.what),
            ..self
        }
    }

    pub(super) fn from_cause(cause: &Cause) -> Self {
        let change = match cause.code() {
            "unreadable" | "digest" => "name a shared library that can be read",
            "conflict" => {
                "declare only what belongs to the region: local outcomes with identifiers that no framework uses, and functions of its own SHA"
            }
            "dependency" => {
                "link everything except the C library and the compiler's runtime statically, and omit -rpath"
            }
            "load" => {
                "export wcc_plugin_abi, wcc_plugin_call and wcc_plugin_free (Rust: crate-type = [\"cdylib\"] and wcc_plugin::export!; C: -shared -fPIC and wcc_plugin.h), build for this machine, and link what the library needs statically"
            }
            "abi" => "build it against this host's SDK or header",
            "panicked" => "treat every optional field as possibly missing; do not index or unwrap",
            "failed" => {
                "give every body a result, which may be empty; return an error only if the batch as a whole cannot be evaluated"
            }
            "bad_request" => {
                "accept every request that schemas/request.json allows, and ignore unknown fields"
            }
            "timed_out" => {
                "answer within the time limit: do not wait, and do not loop over all pairs of bodies"
            }
            "too_large" => "shorten the answer: somebody has to read each finding",
            "died" => {
                "do not exit, abort or access invalid memory; run the example under a debugger"
            }
            "no_answer" => {
                "return 0 with an answer, even for an error; any other number means no answer"
            }
            "start" => "try again: this machine could not start a worker",
            _ => {
                "answer with JSON that matches schemas/describe-answer.json and evaluate-answer.json"
            }
        };
        Self::new(cause.to_string(), change)
    }
}

/// The library under test, and the workers that run it.
pub(super) struct LibraryClient {
    library: Arc<Library>,
    worker: Worker,
    pub(super) digest: String,
}

impl LibraryClient {
    pub(super) fn open(path: &Path, worker: &Worker) -> Result<Self, Cause> {
        let digest = digest_of(path)?;
        let library = LibraryFile::read(path, &digest).and_then(LibraryFile::library);
        let library = library.map_err(|rejected| rejected.cause)?;
        Ok(Self {
            library: Arc::new(library),
            worker: worker.clone(),
            digest,
        })
    }

    /// The workers in which the library runs.
    pub(super) fn worker(&self) -> &Worker {
        &self.worker
    }

    /// Sends a request under the default limits.
    pub(super) async fn ask(&self, request: &[u8]) -> Result<Vec<u8>, Cause> {
        self.ask_within(request, Limits::default().address_space)
            .await
    }

    /// Sends a request with a limit on address space, in bytes.
    pub(super) async fn ask_within(
        &self,
        request: &[u8],
        address_space: u64,
    ) -> Result<Vec<u8>, Cause> {
        let limits = Limits {
            address_space,
            ..Limits::default()
        };
        let library = Arc::clone(&self.library);
        let caller = Caller::new(library, limits, Isolation::Worker, &self.worker);
        caller.call(request.to_vec(), NextCall::Unknown).await
    }
}

/// Encodes a request to evaluate a batch.
pub(super) fn request(batch: &Value) -> Vec<u8> {
    format!("{{\"evaluate\":{batch}}}").into_bytes()
}

/// Reads the answer to a batch.
pub(super) fn read(answer: &[u8]) -> Result<Contribution, Fault> {
    match serde_json::from_slice(answer) {
        Ok(Answer::Ok(contribution)) => Ok(contribution),
        Ok(Answer::Error(error)) => Err(Fault::from_cause(&Cause::ReportedError {
            code: crate::text::shown_up_to(&error.code, 60),
            message: crate::text::shown_up_to(&error.message, 500),
        })),
        Err(error) => Err(Fault::from_cause(&Cause::Malformed(
            crate::text::shown_up_to(&error.to_string(), 500),
        ))),
    }
}
