//! Subscriptions: answers that are sent again whenever they change.
//!
//! A subscription executes its selection at once, and again after each change of what the API serves.
//! Whoever asks the same and sees the same shares one answer, which is computed once ([`SharedAnswer`])
//! and only if something that it was written from has changed. The view of the actor is decided anew
//! each time, by the policy and the phases of that moment.
//!
//! Subscriptions wait for each other, and never keep requests waiting: of the costly answers that are
//! written at once, at most half are theirs.

use super::{Api, COSTLY, QueryView};
use crate::cache::CachedAnswer;
use crate::execute::answer::{Answer, Kind};
use crate::execute::request::Request;
use crate::execute::{Delivery, OperationKind, Prepared};
use crate::live_records::LiveRecords;
use crate::sources::Sources;
use crate::view::{State, View, ViewId};
use axum::body::Bytes;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;
use tokio::sync::{Semaphore, watch};

/// What an operation comes to, on a transport that can deliver more than one answer.
#[derive(Debug)]
pub enum Operation {
    /// The answer to a query or a mutation, or the refusal of any operation.
    Answer(Answer),
    /// A subscription.
    Subscription(Subscription),
}

/// A running subscription. It ends when it is dropped.
#[derive(Debug)]
pub struct Subscription {
    api: Api,
    request: Request,
    prepared: Arc<Prepared>,
    changes: watch::Receiver<()>,
    /// The answer that everybody with the same view shares.
    shared: Option<(ViewId, Arc<SharedAnswer>)>,
    /// The day of the last answer.
    day: Date,
    /// The last answer that was returned.
    last: Option<Bytes>,
    /// Whether something may have changed since the last look.
    is_due: bool,
}

impl Api {
    /// Starts an operation of any kind.
    pub async fn start(&self, request: Request) -> Operation {
        // From before the first look, so that no change is missed.
        let changes = self.0.subscriptions.changes.subscribe();
        let prepared = self.prepare(request.clone(), Delivery::Stream, self.deadline());
        let prepared = match prepared.await {
            Ok(prepared) => prepared,
            Err(answer) => return Operation::Answer(answer),
        };
        if prepared.kind != OperationKind::Subscription {
            // In a box, because most operations on such a transport are subscriptions.
            return Operation::Answer(Box::pin(self.execute(request)).await);
        }
        Operation::Subscription(Subscription {
            api: self.clone(),
            request,
            prepared: Arc::new(prepared),
            changes,
            shared: None,
            day: self.today(),
            last: None,
            is_due: true,
        })
    }

    /// The answer to a subscription, computed only if nobody with the same view has computed it before.
    /// `None` if somebody has computed that of a later state than `view`.
    async fn shared_answer(
        &self,
        state: &State,
        view: Arc<View>,
        subscription: (&Request, &Arc<Prepared>, &SharedAnswer),
    ) -> Option<Answer> {
        let (request, prepared, shared) = subscription;
        let mut latest = shared.0.lock().await;
        if let Some(known) = &*latest {
            if view.holds(known) {
                return Some(known.answer.clone());
            }
            if known.state > view.versions.state() {
                return None;
            }
        }
        let key = request.subscription_key(view.id);
        let cached = state.answers.get(&key);
        let written = match cached.filter(|cached| view.holds(cached)) {
            Some(cached) => cached,
            None => self.write_shared(state, view, prepared, key).await,
        };
        let answer = written.answer.clone();
        *latest = Some(written);
        Some(answer)
    }

    async fn write_shared(
        &self,
        state: &State,
        view: Arc<View>,
        prepared: &Arc<Prepared>,
        key: Box<[u8]>,
    ) -> CachedAnswer {
        let _turn = if prepared.cost < COSTLY {
            None
        } else {
            self.0.subscriptions.costly.acquire().await.ok()
        };
        // The time starts here, because waiting for others is no reason to end a subscription.
        let deadline = self.deadline();
        let number = view.versions.state();
        let source = QueryView {
            current: view,
            earlier: None,
            history: self.0.engine.history.clone(),
            live: LiveRecords::default(),
        };
        let written = self.write(source, prepared, deadline).await;
        // A refusal is shared as well, until the next change.
        let (answer, sources) = written.unwrap_or_else(|answer| (answer, Sources::EVERYTHING));
        let is_data = answer.kind == Kind::Data;
        let cached = CachedAnswer {
            answer,
            sources: if is_data {
                sources
            } else {
                Sources::EVERYTHING
            },
            state: number,
        };
        if is_data {
            let weight = key.len() + cached.answer.bytes.len() + 200;
            state.answers.insert(key, cached.clone(), weight);
        }
        cached
    }
}

/// How many times as long as a request a subscription waits for its view, which many may wait for.
const VIEW_PATIENCE: u32 = 6;

impl Subscription {
    /// The cost of each of its answers, counted as for the limit of a query.
    pub fn cost(&self) -> u64 {
        self.prepared.cost
    }

    /// Waits for the next answer: the first at once, each further one when it differs from the last. An
    /// answer of another kind than [`Kind::Data`] is the last. The future can be dropped without losing
    /// an answer.
    pub async fn next(&mut self) -> Answer {
        loop {
            if !self.is_due {
                self.changed().await;
                self.is_due = true;
            }
            let answer = self.current().await;
            self.is_due = false;
            if !self
                .last
                .as_ref()
                .is_some_and(|last| is_same(last, &answer.bytes))
            {
                self.last = Some(answer.bytes.clone());
                return answer;
            }
        }
    }

    /// Waits until something changes on which the answer may depend.
    async fn changed(&mut self) {
        let check_time = self.api.settings().subscriptions.check_time;
        loop {
            tokio::select! {
                // It never fails, because the API has the sender.
                _ = self.changes.changed() => return,
                () = tokio::time::sleep(check_time) => {
                    // Another day may be in another phase.
                    if self.api.today() != self.day {
                        return;
                    }
                }
            }
        }
    }

    /// The answer as of now.
    async fn current(&mut self) -> Answer {
        let deadline = Instant::now() + self.api.settings().request_time * VIEW_PATIENCE;
        loop {
            let state = self.api.state();
            self.day = self.api.today();
            let view = self.api.view(&state, self.request.viewer(), deadline);
            let view = match view.await {
                Ok(view) => view,
                Err(answer) => return answer,
            };
            let shared = match &self.shared {
                Some((id, shared)) if *id == view.id => Arc::clone(shared),
                _ => {
                    let key = self.request.subscription_key(view.id);
                    let shared = self.api.0.subscriptions.shared(key);
                    self.shared = Some((view.id, Arc::clone(&shared)));
                    shared
                }
            };
            let subscription = (&self.request, &self.prepared, &*shared);
            let answer = self.api.shared_answer(&state, view, subscription);
            if let Some(answer) = answer.await {
                return answer;
            }
        }
    }
}

/// Whether two answers are the same. Shared ones are the same bytes in memory.
fn is_same(one: &Bytes, other: &Bytes) -> bool {
    (one.as_ptr() == other.as_ptr() && one.len() == other.len()) || one == other
}

/// The latest answer to one subscription in one view. Its lock is held while the answer is computed, so
/// that whoever else waits for it finds it finished.
#[derive(Debug, Default)]
struct SharedAnswer(tokio::sync::Mutex<Option<CachedAnswer>>);

/// What subscriptions share.
#[derive(Debug)]
pub(crate) struct Subscriptions {
    /// Changes with what the API serves.
    changes: watch::Sender<()>,
    answers: Mutex<SharedAnswers>,
    /// Limits how many costly answers are written for subscriptions at once.
    costly: Semaphore,
}

/// The shared answers, by view and request, while any subscription uses them.
#[derive(Debug)]
struct SharedAnswers {
    by_key: HashMap<Box<[u8]>, Weak<SharedAnswer>>,
    /// The number of answers at which those that nobody uses are removed.
    full: usize,
}

/// The least number of shared answers at which unused ones are removed.
const FEW_ANSWERS: usize = 64;

impl Default for Subscriptions {
    fn default() -> Subscriptions {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Subscriptions {
            costly: Semaphore::new((cores / 2).max(1)),
            changes: watch::Sender::new(()),
            answers: Mutex::new(SharedAnswers {
                by_key: HashMap::new(),
                full: FEW_ANSWERS,
            }),
        }
    }
}

impl Subscriptions {
    /// Tells every subscription that something else is served.
    pub(crate) fn announce(&self) {
        self.changes.send_replace(());
    }

    /// The shared answer under a key.
    fn shared(&self, key: Box<[u8]>) -> Arc<SharedAnswer> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = answers.by_key.get(&key).and_then(Weak::upgrade) {
            return known;
        }
        if answers.by_key.len() >= answers.full {
            answers.by_key.retain(|_, answer| answer.strong_count() > 0);
            answers.full = FEW_ANSWERS.max(answers.by_key.len() * 2);
        }
        let shared = Arc::new(SharedAnswer::default());
        answers.by_key.insert(key, Arc::downgrade(&shared));
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_shared_while_they_are_used() {
        let subscriptions = Subscriptions::default();
        let shared = |key: usize| subscriptions.shared(key.to_le_bytes().into());
        let kept = shared(0);
        for key in 1..10_000 {
            shared(key);
            assert!(Arc::ptr_eq(&kept, &shared(0)), "{key}");
        }
        let known = subscriptions.answers.lock().unwrap().by_key.len();
        assert!(known <= FEW_ANSWERS, "{known}");
    }
}
