//! How a request is answered: from the cache, or by computing it for the view of whoever asks.

use super::{Api, QueryView};
use crate::answer_keys::Keys;
use crate::cache::CachedAnswer;
use crate::execute::answer::{Answer, Kind};
use crate::execute::mutate::mutate;
use crate::execute::request::{RawRequest, Request, Scope};
use crate::execute::{Delivery, OperationKind, Prepared};
use crate::sources::Sources;
use crate::view::{State, View};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Instant;
use wcc_core::Actor;

/// An answer, and the parts of the picture it was written from; `None` if it must not be cached.
struct Computed {
    answer: Answer,
    sources: Option<Sources>,
    /// Whether it is of an earlier moment.
    is_earlier: bool,
}

impl Computed {
    fn uncacheable(answer: Answer) -> Computed {
        Computed {
            answer,
            sources: None,
            is_earlier: false,
        }
    }

    fn cacheable((answer, sources): (Answer, Sources), is_earlier: bool) -> Computed {
        let is_cacheable = answer.kind == Kind::Data;
        Computed {
            answer,
            sources: is_cacheable.then_some(sources),
            is_earlier,
        }
    }

    /// The answer, kept for whoever asks the same; `number` is that of the state it was written from.
    fn into_cached(self, state: &State, number: u64, keys: Keys) -> Answer {
        if let Some(sources) = self.sources {
            let key = keys.of_answer(self.is_earlier);
            let weight = key.len() + self.answer.bytes.len() + 200;
            let cached = CachedAnswer {
                answer: self.answer.clone(),
                sources,
                state: number,
            };
            state.answers.insert(key, cached, weight);
        }
        self.answer
    }
}

impl Api {
    /// Answers a request.
    pub async fn execute(&self, request: Request) -> Answer {
        let state = self.state();
        let deadline = self.deadline();
        let view = match self.view(&state, request.viewer(), deadline).await {
            Ok(view) => view,
            Err(answer) => return answer,
        };
        let now = request.key(Scope::View(view.id));
        let by_actor = || request.key(Scope::Actor(request.viewer(), self.today()));
        match Keys::find(&state, &view, now, by_actor) {
            Ok(answer) => answer,
            Err(keys) => {
                self.compute_and_cache(&state, view, keys, request, deadline)
                    .await
            }
        }
    }

    /// Answers a request from the network. `None` if the client already holds the answer with this
    /// entity tag; `is_held` is `None` for a POST.
    ///
    /// If the viewer's view is built already, or the request is a GET, the request is parsed only if
    /// its answer is not cached. Any other request is parsed first, because a mutation needs no view.
    /// The entity tag identifies the answer for the viewer's
    /// view of the current programme, and is known before the answer is. It covers everything that
    /// an answer depends on, including the actor and the policy, and differs between processes.
    ///
    /// # Errors
    ///
    /// The error of parsing the request.
    pub(crate) async fn execute_raw<E>(
        &self,
        raw: RawRequest<'_>,
        actor: Actor,
        is_held: Option<impl FnOnce(u128) -> bool>,
        parse: impl FnOnce() -> Result<Request, E>,
    ) -> Result<Option<Answer>, E> {
        let state = self.state();
        let deadline = self.deadline();
        let known = state.known_view(&actor, self.today());
        let view = match (known, &is_held) {
            (Some(known), _) => known,
            // It may be a mutation, which needs no view to begin with.
            (None, None) => {
                let request = parse()?.actor(actor);
                let key = |scope: Scope<'_>| raw.key(scope);
                let executing = Box::pin(self.execute_unseen(&state, request, key, deadline));
                return Ok(Some(executing.await));
            }
            (None, Some(_)) => match self.view(&state, &actor, deadline).await {
                Ok(view) => view,
                Err(answer) => return Ok(Some(answer)),
            },
        };
        let now = raw.key(Scope::View(view.id));
        if let Some(is_held) = is_held {
            let policy = (state.policy_since(), &actor, self.today());
            let revision = &view.picture.programme().revision;
            let [high, low] = &self.0.tags;
            let entry = view.head.map(|head| head.hash);
            let hash =
                |with: &RandomState| u128::from(with.hash_one((revision, entry, policy, &*now)));
            if is_held(hash(high) << 64 | hash(low)) {
                return Ok(None);
            }
        }
        let by_actor = || raw.key(Scope::Actor(&actor, self.today()));
        let keys = match Keys::find(&state, &view, now, by_actor) {
            Ok(answer) => return Ok(Some(answer)),
            Err(keys) => keys,
        };
        let request = parse()?.actor(actor);
        // In a box, so that the future of a request with a cached answer stays small: it is moved
        // several times.
        let computing = Box::pin(self.compute_and_cache(&state, view, keys, request, deadline));
        Ok(Some(computing.await))
    }

    /// Answers a request of an actor whose view is not built yet. Building it may take as long as
    /// assuring a cycle, so it is built only for a request that reads it.
    async fn execute_unseen(
        &self,
        state: &Arc<State>,
        request: Request,
        key: impl Fn(Scope<'_>) -> Box<[u8]>,
        deadline: Instant,
    ) -> Answer {
        let viewer = request.viewer().clone();
        let (actor, prepared) = match self.begin(request, deadline).await {
            Ok(begun) => begun,
            Err(answer) => return answer,
        };
        if prepared.kind == OperationKind::Mutation {
            return mutate(self, prepared, actor, deadline).await;
        }
        let view = match self.view(state, &viewer, deadline).await {
            Ok(view) => view,
            Err(answer) => return answer,
        };
        let now = key(Scope::View(view.id));
        let by_actor = || key(Scope::Actor(&viewer, self.today()));
        let keys = match Keys::find(state, &view, now, by_actor) {
            Ok(answer) => return answer,
            Err(keys) => keys,
        };
        let number = view.versions.state();
        let computed = self.compute(state, view, actor, prepared, deadline).await;
        computed.into_cached(state, number, keys)
    }

    async fn compute_and_cache(
        &self,
        state: &Arc<State>,
        view: Arc<View>,
        keys: Keys,
        request: Request,
        deadline: Instant,
    ) -> Answer {
        let number = view.versions.state();
        let (actor, prepared) = match self.begin(request, deadline).await {
            Ok(begun) => begun,
            Err(answer) => return answer,
        };
        let computed = self.compute(state, view, actor, prepared, deadline).await;
        computed.into_cached(state, number, keys)
    }

    /// Prepares a request, and takes from it who may change something.
    async fn begin(
        &self,
        mut request: Request,
        deadline: Instant,
    ) -> Result<(Option<Actor>, Prepared), Answer> {
        let actor = request.actor.take();
        // The public may not change anything, however the request was built.
        let actor = actor.filter(|actor| *actor != Actor::public());
        let prepared = self.prepare(request, Delivery::Single, deadline).await?;
        Ok((actor, prepared))
    }

    /// Computes an answer without using the cache.
    async fn compute(
        &self,
        state: &Arc<State>,
        view: Arc<View>,
        actor: Option<Actor>,
        prepared: Prepared,
        deadline: Instant,
    ) -> Computed {
        let earlier = match prepared.kind {
            OperationKind::Mutation => {
                return Computed::uncacheable(mutate(self, prepared, actor, deadline).await);
            }
            OperationKind::AsOf(moment) => {
                let viewer = actor.as_ref().unwrap_or(Request::public());
                match self
                    .picture_at(moment, state, &view, viewer, deadline)
                    .await
                {
                    Ok(picture) => Some(picture),
                    Err(answer) => return Computed::uncacheable(answer),
                }
            }
            OperationKind::Current | OperationKind::Subscription => None,
        };
        let is_earlier = earlier.is_some();
        let selected = match is_earlier {
            true => prepared.live_selection().of_ledger(),
            false => prepared.live_selection(),
        };
        let viewer = actor.as_ref().unwrap_or(Request::public());
        let live = match self.read_live(selected, viewer, deadline).await {
            Ok(live) => live,
            Err(answer) => return Computed::uncacheable(answer),
        };
        let source = QueryView {
            current: view,
            earlier,
            history: self.0.engine.history.clone(),
            live,
        };
        match self.write(source, &Arc::new(prepared), deadline).await {
            Ok(written) => Computed::cacheable(written, is_earlier),
            Err(answer) => Computed::uncacheable(answer),
        }
    }
}
