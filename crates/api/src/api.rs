//! The API: the current picture, what is kept of it, and where queries are answered.

use crate::answer_keys::Keys;
use crate::cache::{Cache, WrittenAnswer};
use crate::execute::answer::{self, Answer, Kind};
use crate::execute::document::Document;
use crate::execute::mutate::mutate;
use crate::execute::request::{Raw, Request};
use crate::execute::{self, Asks, Moment, Prepared};
use crate::history::{History, HistoryError};
use crate::limits::Limits;
use crate::picture::Picture;
use crate::project::registry::types_from;
use crate::project::variables::Types;
use crate::root::{Library, ROOTS, library};
use crate::sources::Sources;
use crate::view::{State, View, aside};
use axum::body::Bytes;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use wcc_core::Actor;
use wcc_core::policy::Policy;
use wcc_ledger::{Clock, Head, SystemClock};
use wcc_programme::{Persons, Programme};

/// What a server may be set to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Maximum request size in bytes.
    pub body_bytes: usize,
    /// Maximum size of the answer cache in bytes; 0 turns it off.
    pub answer_bytes: usize,
    /// Maximum size of one answer in bytes.
    pub largest_answer: usize,
    /// How long one request may take.
    pub request_time: Duration,
    /// Whether errors name the nearest field of the schema.
    pub suggestions: bool,
    /// What one query may cost.
    pub limits: Limits,
    /// What time it is: whether a moment has been, and which phase a cycle is in.
    pub clock: Arc<dyn Clock>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            body_bytes: 100_000,
            answer_bytes: 32 * 1024 * 1024,
            largest_answer: 16 * 1024 * 1024,
            request_time: Duration::from_secs(10),
            suggestions: false,
            limits: Limits::default(),
            clock: Arc::new(SystemClock),
        }
    }
}

/// About how many bytes of known documents are kept.
const DOCUMENT_BYTES: usize = 4 * 1024 * 1024;

/// Below this cost an answer is written where the request is read (well under a millisecond);
/// from there on it is written on a thread of its own, so that other requests need not wait.
pub(crate) const COSTLY: u64 = 50_000;

/// The same for the length of a query that is not known yet.
const LONG: usize = 8 * 1024;

/// The GraphQL API. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct Api(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    state: RwLock<Arc<State>>,
    /// How many costly answers are written at once.
    costly: Semaphore,
    /// Makes entity tags of this process differ from those of any other.
    tags: [RandomState; 2],
    /// Why requests should not be sent here: what `/readyz` says.
    not_ready: RwLock<Option<String>>,
}

/// What does not change with the picture.
pub(crate) struct Engine {
    pub(crate) settings: Settings,
    pub(crate) library: Library,
    pub(crate) types: Types,
    pub(crate) documents: Cache<Arc<str>, Arc<Document>>,
    pub(crate) history: Option<Arc<dyn History>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Engine")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// What a query is answered from.
pub(crate) struct Seen {
    now: Arc<View>,
    /// An earlier moment, and whose names are seen of it.
    then: Option<(Picture, Persons)>,
    history: Option<Arc<dyn History>>,
}

impl Seen {
    /// The picture that is asked about, for one answer. One of an earlier moment counts as
    /// everything: which moment that is, and what may be seen of it, is decided today.
    pub(crate) fn picture(&self) -> Picture {
        match &self.then {
            Some((then, persons)) => {
                let picture = then.for_one_answer();
                picture.note_everything();
                picture.with_actors(self.history.clone(), persons.clone())
            }
            None => self.now.picture_for_one_answer(self.history.clone()),
        }
    }

    /// The last entry of the picture that is served, whichever is asked about.
    pub(crate) fn head(&self) -> Option<Head> {
        self.now.head
    }
}

/// An answer, and what it was written from: `None` if it is good for once.
struct Computed {
    answer: Answer,
    sources: Option<Sources>,
    /// Whether it is of an earlier moment.
    is_earlier: bool,
}

impl Computed {
    fn once(answer: Answer) -> Computed {
        Computed {
            answer,
            sources: None,
            is_earlier: false,
        }
    }

    fn lasting((answer, sources): (Answer, Sources), is_earlier: bool) -> Computed {
        let lasts = answer.kind == Kind::Data;
        Computed {
            answer,
            sources: lasts.then_some(sources),
            is_earlier,
        }
    }
}

impl Api {
    /// An API that answers from a programme.
    pub fn new(programme: Programme, settings: Settings) -> Api {
        Api::of(programme, settings, None)
    }

    /// An API over a ledger: it answers from the programme as it stands after the ledger's last
    /// entry, and enters what mutations ask for.
    pub fn with_history(
        programme: Programme,
        settings: Settings,
        history: Arc<dyn History>,
    ) -> Api {
        Api::of(programme, settings, Some(history))
    }

    fn of(programme: Programme, settings: Settings, history: Option<Arc<dyn History>>) -> Api {
        let head = history.as_ref().map(|history| history.head());
        let state = Arc::new(State::new(
            Picture::new(Arc::new(programme), None),
            head,
            settings.answer_bytes,
        ));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Api(Arc::new(Inner {
            engine: Engine {
                library: library(settings.suggestions),
                types: types_from(&ROOTS),
                documents: Cache::new(DOCUMENT_BYTES),
                history,
                settings,
            },
            state: RwLock::new(state),
            costly: Semaphore::new(cores),
            tags: [RandomState::new(), RandomState::new()],
            not_ready: RwLock::new(None),
        }))
    }

    /// Answers from another programme from now on. Requests that are under way end on the picture
    /// that they began with; cached answers are used as long as the cycles that they were written
    /// from are those of the other programme too.
    ///
    /// Over a ledger [`Api::replace_at`] is more exact: the ledger may have grown since the
    /// programme was made.
    pub fn replace(&self, programme: Programme) {
        let history = self.0.engine.history.as_ref();
        self.put(programme, history.map(|history| history.head()));
    }

    /// The same for a programme as it stands after an entry.
    pub fn replace_at(&self, programme: Programme, head: Head) {
        self.put(programme, Some(head));
    }

    fn put(&self, programme: Programme, head: Option<Head>) {
        let picture = self.state().whole.picture.replaced_by(Arc::new(programme));
        self.exchange(|current| current.next(picture, head));
    }

    /// Lets a policy decide who sees what from now on. Without one everybody sees everything.
    pub fn set_policy(&self, policy: Arc<dyn Policy>) {
        self.exchange(|current| current.under(policy, self.0.engine.settings.answer_bytes));
    }

    fn exchange(&self, next: impl FnOnce(&State) -> State) {
        let mut current = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
        let state = Arc::new(next(&current));
        let before = std::mem::replace(&mut *current, state);
        drop(current);
        // Taking a picture apart takes longer than anybody should wait for this lock.
        drop(before);
    }

    /// Says why requests should not be sent here, or (`None`) that they should: what `/readyz`
    /// answers. Those that come anyway are answered. The words are shown to anybody.
    pub fn set_not_ready(&self, why: Option<String>) {
        let mut not_ready = self
            .0
            .not_ready
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *not_ready = why;
    }

    /// Why requests should not be sent here; `None` where they should.
    pub fn not_ready(&self) -> Option<String> {
        let not_ready = self.0.not_ready.read();
        not_ready.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The revision of the current picture.
    pub fn revision(&self) -> String {
        self.state().whole.picture.programme().revision.clone()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.engine.settings
    }

    /// Answers a request.
    pub async fn execute(&self, request: Request) -> Answer {
        let state = self.state();
        let until = self.until();
        let view = match self.view(&state, request.viewer(), until).await {
            Ok(view) => view,
            Err(answer) => return answer,
        };
        let keys = Keys::new(&state, &view, request.viewer(), self.today(), |scope| {
            request.key(scope)
        });
        match keys.cached(&state, &view) {
            Some(answer) => answer,
            None => {
                self.compute_and_keep(&state, view, keys, request, until)
                    .await
            }
        }
    }

    /// Answers a request as it came over the network; it is read only if its answer is not
    /// cached. `None` if the client holds the answer with this entity tag already.
    ///
    /// What the viewer may see is decided first. The tag is that of the answer on their view of the
    /// current programme, whether the answer is known or not: it is made of everything that an
    /// answer depends on, the actor and the policy among it, and differs from one process to the
    /// next.
    ///
    /// # Errors
    /// What reading the request says.
    pub(crate) async fn execute_raw<E>(
        &self,
        raw: Raw<'_>,
        actor: Actor,
        is_held: Option<impl FnOnce(u128) -> bool>,
        read: impl FnOnce() -> Result<Request, E>,
    ) -> Result<Option<Answer>, E> {
        let state = self.state();
        let until = self.until();
        let view = match self.view(&state, &actor, until).await {
            Ok(view) => view,
            Err(answer) => return Ok(Some(answer)),
        };
        let today = self.today();
        let keys = Keys::new(&state, &view, &actor, today, |scope| raw.key(scope));
        if let Some(is_held) = is_held {
            let policy = (state.policy_since(), &actor, today);
            let revision = &view.picture.programme().revision;
            let [high, low] = &self.0.tags;
            let entry = view.head.map(|head| head.hash);
            let hash = |with: &RandomState| {
                u128::from(with.hash_one((revision, entry, policy, &*keys.now)))
            };
            if is_held(hash(high) << 64 | hash(low)) {
                return Ok(None);
            }
        }
        if let Some(answer) = keys.cached(&state, &view) {
            return Ok(Some(answer));
        }
        let request = read()?.actor(actor);
        let computing = self.compute_and_keep(&state, view, keys, request, until);
        Ok(Some(computing.await))
    }

    /// Whether nothing is hidden from an actor. False if that takes too long to find out.
    pub async fn shows_all_to(&self, actor: &Actor) -> bool {
        let view = self.view(&self.state(), actor, self.until()).await;
        view.is_ok_and(|view| view.hides_nothing())
    }

    fn until(&self) -> Instant {
        Instant::now() + self.0.engine.settings.request_time
    }

    /// What an actor may see of a state.
    pub(crate) async fn view(
        &self,
        state: &Arc<State>,
        actor: &Actor,
        until: Instant,
    ) -> Result<Arc<View>, Answer> {
        let today = self.today();
        if let Some(known) = state.known_view(actor, today) {
            return Ok(known);
        }
        let building = aside(Arc::clone(state).build_view(actor.clone(), today));
        self.in_time(building, until).await
    }

    /// Waits for work that was begun aside.
    async fn in_time<T>(
        &self,
        work: impl Future<Output = Option<T>>,
        until: Instant,
    ) -> Result<T, Answer> {
        match tokio::time::timeout_at(until.into(), work).await {
            Ok(Some(done)) => Ok(done),
            Ok(None) => Err(answer::failed()),
            Err(_) => Err(answer::too_slow(self.0.engine.settings.request_time)),
        }
    }

    /// The day on which policies are asked: it gives the phase that a cycle is in.
    fn today(&self) -> Date {
        let now = self.0.engine.settings.clock.now();
        TimeZone::UTC.to_datetime(now).date()
    }

    async fn compute_and_keep(
        &self,
        state: &Arc<State>,
        view: Arc<View>,
        keys: Keys,
        request: Request,
        until: Instant,
    ) -> Answer {
        let number = view.versions.state();
        let Computed {
            answer,
            sources,
            is_earlier,
        } = self.compute(state, view, request, until).await;
        if let Some(sources) = sources {
            let key = keys.of_answer(is_earlier);
            let weight = key.len() + answer.bytes.len() + 200;
            let written = WrittenAnswer {
                answer: answer.clone(),
                sources,
                state: number,
            };
            state.answers.insert(key, written, weight);
        }
        answer
    }

    /// Answers without looking at what is cached.
    async fn compute(
        &self,
        state: &Arc<State>,
        view: Arc<View>,
        mut request: Request,
        until: Instant,
    ) -> Computed {
        let actor = request.actor.take();
        // Whoever has no credentials changes nothing, however the request was built.
        let actor = actor.filter(|actor| *actor.role != *Actor::PUBLIC);
        let prepared = if request.query.len() < LONG {
            self.prepare(&request)
        } else {
            self.apart(until, move |api| api.prepare(&request)).await
        };
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(answer) => return Computed::once(answer),
        };
        let then = match prepared.asks {
            Asks::Change => {
                return Computed::once(mutate(self, prepared, actor, until).await);
            }
            Asks::Then(moment) => {
                let viewer = actor.as_ref().unwrap_or(Request::anybody());
                match self.picture_at(moment, state, &view, viewer, until).await {
                    Ok(picture) => Some(picture),
                    Err(answer) => return Computed::once(answer),
                }
            }
            Asks::Now => None,
        };
        let is_earlier = then.is_some();
        let history = self.0.engine.history.clone();
        let seen = Seen {
            now: view,
            then,
            history,
        };
        let written = if prepared.cost < COSTLY {
            self.write(&seen, &prepared, until)
        } else {
            let written = self.apart(until, move |api| Ok(api.write(&seen, &prepared, until)));
            match written.await {
                Ok(written) => written,
                Err(answer) => return Computed::once(answer),
            }
        };
        Computed::lasting(written, is_earlier)
    }

    /// The picture as it stood, as an actor may see it today. As many are asked for at once as
    /// there are cores: one that nobody asked for lately is folded and assured anew.
    async fn picture_at(
        &self,
        moment: Moment,
        state: &Arc<State>,
        view: &View,
        viewer: &Actor,
        until: Instant,
    ) -> Result<(Picture, Persons), Answer> {
        let Some(history) = &self.0.engine.history else {
            return Err(moment.without_ledger());
        };
        let last = history.head().number;
        // Where the ledger ends would show whoever does not see everything that more was entered.
        let asked = moment.as_of;
        let moment = if view.hides_nothing() {
            moment
        } else {
            moment.at_most(last)
        };
        moment.has_been(last, self.0.engine.settings.clock.now())?;
        let asking = async {
            let _turn = self.0.costly.acquire().await;
            history.programme_at(moment.as_of).await
        };
        let programme = match tokio::time::timeout_at(until.into(), asking).await {
            Ok(Ok(programme)) => programme,
            Ok(Err(HistoryError::BeyondEnd { last })) => return Err(moment.beyond(last)),
            Ok(Err(HistoryError::Failed(why))) => {
                tracing::error!("the ledger cannot be shown as of an earlier moment: {why}");
                return Err(answer::unavailable());
            }
            Err(_) => return Err(answer::too_slow(self.0.engine.settings.request_time)),
        };
        let (programme, persons) = if state.shows_all_to_all() {
            (programme, Persons::All)
        } else {
            let viewer = viewer.clone();
            let earlier = aside(Arc::clone(state).earlier(programme, viewer, self.today()));
            self.in_time(earlier, until).await?
        };
        // Its lists are named by the moment that was asked for, not by the end of the ledger.
        Ok((Picture::new(programme, Some(asked)), persons))
    }

    /// Does work on a thread where it holds nothing up, as many at once as there are cores.
    pub(crate) async fn apart<T: Send + 'static>(
        &self,
        until: Instant,
        work: impl FnOnce(&Api) -> Result<T, Answer> + Send + 'static,
    ) -> Result<T, Answer> {
        let turn = tokio::time::timeout_at(until.into(), self.0.costly.acquire()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(answer::too_slow(self.0.engine.settings.request_time));
        };
        let api = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&api)).await;
        drop(turn);
        done.unwrap_or_else(|_| Err(answer::failed()))
    }

    fn prepare(&self, request: &Request) -> Result<Prepared, Answer> {
        guarded(|| execute::prepare(&self.0.engine, request))?
    }

    fn write(&self, seen: &Seen, prepared: &Prepared, until: Instant) -> (Answer, Sources) {
        guarded(|| execute::write(&self.0.engine, seen, prepared, until))
            .unwrap_or_else(|answer| (answer, Sources::EVERYTHING))
    }

    /// Answers at once, on this thread, a request of our own that no limit applies to.
    pub(crate) fn answer_own(&self, request: &Request) -> Answer {
        let seen = Seen {
            now: Arc::clone(&self.state().whole),
            then: None,
            history: self.0.engine.history.clone(),
        };
        let until = Instant::now() + Duration::from_secs(600);
        let answered = guarded(|| execute::own(&self.0.engine, &seen, request, until));
        answered.unwrap_or_else(|answer| answer)
    }

    /// What does not change with the picture.
    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The current picture and what was answered from it.
    pub(crate) fn state(&self) -> Arc<State> {
        let current = self.0.state.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }
}

/// A panic becomes an answer without details; the panic hook has already logged it.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Answer> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        tracing::error!("a request ended in a panic");
        answer::failed()
    })
}

/// Finished bytes, without the room that was reserved for more.
pub(crate) fn finished(mut bytes: Vec<u8>) -> Bytes {
    if bytes.capacity() > bytes.len() + bytes.len() / 8 + 1024 {
        bytes.shrink_to_fit();
    }
    Bytes::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Kind, guarded};

    #[test]
    fn a_panic_becomes_an_answer_without_details() {
        let answer = guarded(|| -> () { panic!("a secret") }).unwrap_err();
        assert_eq!(answer.kind, Kind::Failed);
        let text = String::from_utf8_lossy(&answer.bytes);
        assert!(text.contains("INTERNAL_SERVER_ERROR"), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
}
