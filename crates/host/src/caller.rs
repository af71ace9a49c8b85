//! One way to call a plugin, wherever it runs.

use crate::failure::Cause;
use crate::library::Library;
use crate::loader::{LoadFault, Loaded};
use crate::process::Worker;
use crate::report::MOST_WORDS;
use crate::settings::{Isolation, Limits};
use crate::spare::Place;
use crate::text::shown_up_to;
use crate::worker::{Task, Work};
use std::sync::{Arc, Mutex, PoisonError};

/// Asks one library, in a worker or in this process.
#[derive(Clone)]
pub(crate) struct Caller {
    library: Arc<Library>,
    limits: Limits,
    runs: Where,
}

#[derive(Clone)]
enum Where {
    /// In a worker, with the place where a spare one may wait.
    Worker(Worker, Arc<Place>),
    Here(Arc<Mutex<Here>>),
}

/// Whether another call is expected soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nobody knows of one.
    Unknown,
    /// It is worth having a worker ready for it.
    Expected,
}

/// A library in this process.
enum Here {
    NotLoaded,
    Loaded(Loaded),
    /// It must not be called again: what it did.
    Torn(&'static str),
}

impl Caller {
    pub(crate) fn new(
        library: Arc<Library>,
        limits: Limits,
        isolation: Isolation,
        worker: &Worker,
    ) -> Self {
        let runs = match isolation {
            Isolation::Worker => Where::Worker(worker.clone(), worker.place()),
            Isolation::None => Where::Here(Arc::new(Mutex::new(Here::NotLoaded))),
        };
        Self {
            library,
            limits,
            runs,
        }
    }

    /// Digest of the library.
    pub(crate) fn digest(&self) -> &str {
        &self.library.digest
    }

    /// What one call may use.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sends a request and returns the bytes of the answer.
    pub(crate) async fn call(&self, request: Vec<u8>, next: Next) -> Result<Vec<u8>, Cause> {
        match &self.runs {
            Where::Worker(worker, place) => {
                let task = Task {
                    work: Work::Call(Arc::clone(&self.library)),
                    limits: self.limits,
                };
                let place = (next == Next::Expected).then(|| Arc::clone(place));
                worker.run(task, request, place).await
            }
            Where::Here(here) => self.call_here(Arc::clone(here), request).await,
        }
    }

    /// Refuses further calls in this process: the plugin's state may be torn.
    pub(crate) fn tear(&self, what: &'static str) {
        if let Where::Here(here) = &self.runs {
            *here.lock().unwrap_or_else(PoisonError::into_inner) = Here::Torn(what);
        }
    }

    async fn call_here(&self, here: Arc<Mutex<Here>>, request: Vec<u8>) -> Result<Vec<u8>, Cause> {
        let (library, limits) = (Arc::clone(&self.library), self.limits);
        let call = tokio::task::spawn_blocking(move || {
            let mut here = here.lock().unwrap_or_else(PoisonError::into_inner);
            here.call(&library, &request, &limits)
        });
        // A call that hangs keeps its thread and the lock; the next ones time out as well.
        match tokio::time::timeout(limits.wall, call).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => Err(Cause::Start(error.to_string())),
            Err(_) => Err(Cause::TimedOut(limits.wall)),
        }
    }
}

impl Here {
    fn call(
        &mut self,
        library: &Arc<Library>,
        request: &[u8],
        limits: &Limits,
    ) -> Result<Vec<u8>, Cause> {
        if matches!(self, Here::NotLoaded) {
            let loaded = Loaded::load(&library.path()).map_err(cause)?;
            // The loader knows the library by the path of our copy, so the copy stays for good.
            std::mem::forget(Arc::clone(library));
            *self = Here::Loaded(loaded);
        }
        match self {
            Here::Loaded(loaded) => loaded
                .call(request, |answer| copy(answer, limits))
                .map_err(Cause::NoAnswer)?,
            Here::Torn(what) => Err(Cause::Poisoned(what)),
            Here::NotLoaded => Err(Cause::Load("it was not loaded".to_owned())),
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

fn cause(fault: LoadFault) -> Cause {
    match fault {
        LoadFault::Refused(words) => Cause::Load(shown_up_to(&words, MOST_WORDS)),
        LoadFault::Abi(found) => Cause::Abi {
            expected: wcc_plugin::ABI,
            found,
        },
    }
}
