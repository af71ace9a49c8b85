//! Calls a plugin's library, in a worker or in this process.

use crate::failure::Cause;
use crate::library::Library;
use crate::loader::{LoadError, Loaded};
use crate::process::Worker;
use crate::report::MAX_WORDS;
use crate::settings::{Isolation, Limits};
use crate::spare::Place;
use crate::text::shown_up_to;
use crate::worker::{Task, Work};
use std::sync::{Arc, Mutex, PoisonError};

/// Sends requests to one library, in a worker or in this process.
#[derive(Clone)]
pub(crate) struct Caller {
    library: Arc<Library>,
    limits: Limits,
    location: Location,
}

#[derive(Clone)]
enum Location {
    /// In a worker; a spare worker may wait in the place.
    Worker(Worker, Arc<Place>),
    InProcess(Arc<Mutex<InProcess>>),
}

/// Whether another call is expected soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextCall {
    /// No further call is known of.
    Unknown,
    /// A worker should be ready for it.
    Expected,
}

/// A library in this process.
enum InProcess {
    NotLoaded,
    Loaded(Loaded),
    /// It must not be called again; the text says why.
    Poisoned(&'static str),
}

impl Caller {
    pub(crate) fn new(
        library: Arc<Library>,
        limits: Limits,
        isolation: Isolation,
        worker: &Worker,
    ) -> Self {
        let location = match isolation {
            Isolation::Worker => Location::Worker(worker.clone(), worker.place()),
            Isolation::None => Location::InProcess(Arc::new(Mutex::new(InProcess::NotLoaded))),
        };
        Self {
            library,
            limits,
            location,
        }
    }

    /// The SHA-256 of the library.
    pub(crate) fn digest(&self) -> &str {
        &self.library.digest
    }

    /// The limits of one call.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sends a request and returns the bytes of the answer.
    pub(crate) async fn call(&self, request: Vec<u8>, next: NextCall) -> Result<Vec<u8>, Cause> {
        match &self.location {
            Location::Worker(worker, place) => {
                let task = Task {
                    work: Work::Call(Arc::clone(&self.library)),
                    limits: self.limits,
                };
                let place = (next == NextCall::Expected).then(|| Arc::clone(place));
                worker.run(task, request, place).await
            }
            Location::InProcess(here) => self.call_here(Arc::clone(here), request).await,
        }
    }

    /// Rejects further calls in this process, because the plugin's state may be inconsistent.
    pub(crate) fn poison(&self, what: &'static str) {
        if let Location::InProcess(here) = &self.location {
            *here.lock().unwrap_or_else(PoisonError::into_inner) = InProcess::Poisoned(what);
        }
    }

    async fn call_here(
        &self,
        here: Arc<Mutex<InProcess>>,
        request: Vec<u8>,
    ) -> Result<Vec<u8>, Cause> {
        let (library, limits) = (Arc::clone(&self.library), self.limits);
        let call = tokio::task::spawn_blocking(move || {
            let mut here = here.lock().unwrap_or_else(PoisonError::into_inner);
            here.call(&library, &request, &limits)
        });
        // A call that hangs keeps its thread and the lock, so later calls time out as well.
        match tokio::time::timeout(limits.wall, call).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => Err(Cause::Start(error.to_string())),
            Err(_) => Err(Cause::TimedOut(limits.wall)),
        }
    }
}

impl InProcess {
    fn call(
        &mut self,
        library: &Arc<Library>,
        request: &[u8],
        limits: &Limits,
    ) -> Result<Vec<u8>, Cause> {
        if matches!(self, InProcess::NotLoaded) {
            let loaded = Loaded::load(&library.path()).map_err(cause)?;
            // The loader identifies the library by the path of our copy, so the copy is never
            // dropped.
            std::mem::forget(Arc::clone(library));
            *self = InProcess::Loaded(loaded);
        }
        match self {
            InProcess::Loaded(loaded) => loaded
                .call(request, |answer| copy(answer, limits))
                .map_err(Cause::NoAnswer)?,
            InProcess::Poisoned(what) => Err(Cause::Poisoned(what)),
            InProcess::NotLoaded => Err(Cause::Load("it was not loaded".to_owned())),
        }
    }
}

fn copy(answer: &[u8], limits: &Limits) -> Result<Vec<u8>, Cause> {
    if answer.len() > limits.answer {
        return Err(Cause::TooLarge {
            length: answer.len() as u64,
            limit: limits.answer,
        });
    }
    Ok(answer.to_vec())
}

fn cause(fault: LoadError) -> Cause {
    match fault {
        LoadError::Rejected(words) => Cause::Load(shown_up_to(&words, MAX_WORDS)),
        LoadError::Abi(found) => Cause::Abi {
            expected: wcc_plugin::ABI,
            found,
        },
    }
}
