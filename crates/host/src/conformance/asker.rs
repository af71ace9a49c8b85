//! Asking the library that is looked at, one fresh worker for each question.

use crate::caller::{Caller, Next};
use crate::failure::Cause;
use crate::library::{Library, LibraryFile, digest_of};
use crate::{Isolation, Limits, Worker};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use wcc_plugin::{Answer, Contribution};

/// What is wrong, and what to change.
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

    /// The same with the name of the batch that it was met on.
    pub(super) fn in_case(self, name: &str) -> Self {
        Self {
            what: format!("{name}: {}", self.what),
            ..self
        }
    }

    pub(super) fn of(cause: &Cause) -> Self {
        let change = match cause.code() {
            "unreadable" | "digest" => "name a shared library that can be read",
            "conflict" => {
                "declare only what is the region's own: local outcomes under identifiers that no framework has, functions of its own SHA"
            }
            "dependency" => {
                "link everything but the C library and the compiler's runtime into the library, and leave -rpath out"
            }
            "load" => {
                "export wcc_plugin_abi, wcc_plugin_call and wcc_plugin_free (Rust: crate-type = [\"cdylib\"] and wcc_plugin::export!; C: -shared -fPIC and wcc_plugin.h), build for this machine, and link in what the library needs"
            }
            "abi" => "build it against the SDK or the header of this host",
            "panicked" => "take every optional field as possibly missing; do not index or unwrap",
            "failed" => {
                "give every body a result, an empty one where nothing can be said; an error is for a batch that cannot be judged at all"
            }
            "bad_request" => {
                "accept every request that schemas/request.json allows, and ignore what is unknown"
            }
            "timed_out" => "end in time: no waiting, and no loop over pairs of all bodies",
            "too_large" => "say less: a finding is for somebody who has to read it",
            "died" => {
                "do not exit, abort or touch memory that is not yours; run the example under a debugger"
            }
            "no_answer" => "return 0 and an answer, an error too; another number says nothing",
            "start" => "this machine could not start a worker; try again",
            _ => {
                "answer with JSON as schemas/describe-answer.json and evaluate-answer.json have it"
            }
        };
        Self::new(cause.to_string(), change)
    }
}

/// The library, and how to ask it.
pub(super) struct Asker {
    library: Arc<Library>,
    worker: Worker,
    pub(super) digest: String,
}

impl Asker {
    pub(super) fn open(path: &Path, worker: &Worker) -> Result<Self, Cause> {
        let digest = digest_of(path)?;
        let library = LibraryFile::read(path, &digest).and_then(LibraryFile::library);
        let library = library.map_err(|refused| refused.cause)?;
        Ok(Self {
            library: Arc::new(library),
            worker: worker.clone(),
            digest,
        })
    }

    /// What it is asked in.
    pub(super) fn worker(&self) -> &Worker {
        &self.worker
    }

    /// Sends a request under the default limits.
    pub(super) async fn ask(&self, request: &[u8]) -> Result<Vec<u8>, Cause> {
        self.ask_within(request, Limits::default().address_space)
            .await
    }

    /// The same with so many bytes of address space.
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
        caller.call(request.to_vec(), Next::Unknown).await
    }
}

/// The request about a batch.
pub(super) fn request(batch: &Value) -> Vec<u8> {
    format!("{{\"evaluate\":{batch}}}").into_bytes()
}

/// Reads an answer to a batch.
pub(super) fn read(answer: &[u8]) -> Result<Contribution, Fault> {
    match serde_json::from_slice(answer) {
        Ok(Answer::Ok(found)) => Ok(found),
        Ok(Answer::Error(error)) => Err(Fault::of(&Cause::Said {
            code: crate::text::shown_up_to(&error.code, 60),
            message: crate::text::shown_up_to(&error.message, 500),
        })),
        Err(error) => Err(Fault::of(&Cause::Malformed(crate::text::shown_up_to(
            &error.to_string(),
            500,
        )))),
    }
}
