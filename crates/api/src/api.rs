//! The API: holds the current picture and the answer cache, and answers queries.

mod answering;
mod readiness;
mod settings;
pub(crate) mod subscription;

pub use settings::{Settings, SubscriptionSettings};

use crate::cache::Cache;
use crate::execute::answer::{self, Answer};
use crate::execute::document::Document;
use crate::execute::request::Request;
use crate::execute::{self, Delivery, Moment, Prepared};
use crate::history::{History, HistoryError};
use crate::live_records::{LiveRecords, LiveSelection};
use crate::picture::Picture;
use crate::project::registry::types_from;
use crate::project::variables::Types;
use crate::root::{Library, ROOTS, library};
use crate::sources::Sources;
use crate::view::{State, View, aside};
use crate::visible_programme::VisibleProgramme;
use axum::body::Bytes;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::fmt;
use std::hash::RandomState;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use subscription::Subscriptions;
use tokio::sync::Semaphore;
use wcc_core::Actor;
use wcc_core::policy::Policy;
use wcc_ledger::Head;
use wcc_programme::{Persons, Programme};

/// Approximate size of the document cache in bytes.
const DOCUMENT_BYTES: usize = 4 * 1024 * 1024;

/// Answers below this cost are written on the connection's thread (well under a millisecond).
/// Costlier answers are written on a blocking thread, so that other requests need not wait.
pub(crate) const COSTLY: u64 = 50_000;

/// Queries longer than this many bytes are prepared on a blocking thread, because their cost is not
/// known yet.
const LONG_QUERY_BYTES: usize = 8 * 1024;

/// The GraphQL API. Cheap to clone; all clones share one state.
#[derive(Clone, Debug)]
pub struct Api(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    state: RwLock<Arc<State>>,
    /// Limits how many costly answers are written at once.
    costly: Arc<Semaphore>,
    /// Limits how many views are built at once.
    views: Arc<Semaphore>,
    /// Random keys that make entity tags differ between processes.
    tags: [RandomState; 2],
    /// The reason that `/readyz` gives for not being ready; `None` if the server is ready.
    not_ready: RwLock<Option<String>>,
    /// What `/readyz` says beside that the server is ready.
    warnings: RwLock<Vec<String>>,
    subscriptions: Subscriptions,
}

/// The parts that do not change with the picture.
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

/// The data from which a query is answered.
pub(crate) struct QueryView {
    current: Arc<View>,
    /// An earlier picture, and whose names may be shown of it.
    earlier: Option<(Picture, Persons)>,
    history: Option<Arc<dyn History>>,
    /// What the query selects of what is kept beside the ledger.
    live: LiveRecords,
}

impl QueryView {
    /// The picture that the query refers to, for one answer. An earlier picture counts as read
    /// completely, because which point it shows, and what may be read of it, is decided today.
    pub(crate) fn picture(&self) -> Picture {
        match &self.earlier {
            Some((earlier, persons)) => {
                let picture = earlier.for_one_answer();
                picture.note_everything();
                picture.with_actors(self.history.clone(), persons.clone())
            }
            None => {
                let picture = self.current.picture_for_one_answer(self.history.clone());
                picture.with_live(self.live.clone())
            }
        }
    }

    /// The last entry of the current picture, even if the query refers to an earlier one.
    pub(crate) fn head(&self) -> Option<Head> {
        self.current.head
    }
}

impl Api {
    /// An API that answers from a programme without a ledger.
    pub fn new(programme: Programme, settings: Settings) -> Api {
        Api::build(programme, settings, None)
    }

    /// An API over a ledger. It answers from the programme as of the ledger's last entry, and
    /// records mutations in the ledger.
    pub fn with_history(
        programme: Programme,
        settings: Settings,
        history: Arc<dyn History>,
    ) -> Api {
        Api::build(programme, settings, Some(history))
    }

    fn build(programme: Programme, settings: Settings, history: Option<Arc<dyn History>>) -> Api {
        let head = history.as_ref().map(|history| history.head());
        let state = Arc::new(State::new(
            Picture::new(Arc::new(programme), None)
                .with_document_formats(settings.document_formats.as_slice().into()),
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
            costly: Arc::new(Semaphore::new(cores)),
            views: Arc::new(Semaphore::new(cores)),
            tags: [RandomState::new(), RandomState::new()],
            not_ready: RwLock::new(None),
            warnings: RwLock::default(),
            subscriptions: Subscriptions::default(),
        }))
    }

    /// Replaces the programme. Requests in progress finish with the picture they started with. A
    /// cached answer stays valid until one of the cycles that it was written from changes.
    ///
    /// With a ledger, prefer [`Api::replace_at`]: the ledger may have grown since the programme was
    /// built.
    pub fn replace(&self, programme: Programme) {
        let history = self.0.engine.history.as_ref();
        self.replace_state(programme, history.map(|history| history.head()));
    }

    /// Replaces the programme with one that is current as of the entry `head`.
    pub fn replace_at(&self, programme: Programme, head: Head) {
        self.replace_state(programme, Some(head));
    }

    fn replace_state(&self, programme: Programme, head: Option<Head>) {
        let picture = self.state().whole.picture.replaced_by(Arc::new(programme));
        self.update_state(|current| current.next(picture, head));
    }

    /// Sets the policy that decides who may read what. Without a policy, everyone may read
    /// everything.
    pub fn set_policy(&self, policy: Arc<dyn Policy>) {
        self.update_state(|current| current.under(policy, self.0.engine.settings.answer_bytes));
    }

    /// Forgets every cached answer, because something that answers show has changed outside the
    /// programme.
    pub fn forget_answers(&self) {
        self.update_state(|current| current.without_answers(self.0.engine.settings.answer_bytes));
    }

    fn update_state(&self, next: impl FnOnce(&State) -> State) {
        let mut current = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
        let state = Arc::new(next(&current));
        let previous = std::mem::replace(&mut *current, state);
        drop(current);
        self.0.subscriptions.announce();
        // Dropping a picture takes too long to do while holding the lock.
        drop(previous);
    }

    /// The revision of the current picture.
    pub fn revision(&self) -> String {
        self.state().whole.picture.programme().revision.clone()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.engine.settings
    }

    /// Whether the policy permits an act on what belongs to no cycle, such as administering accounts.
    pub fn permits(&self, actor: &Actor, act: &str) -> bool {
        self.state().permits(actor, act)
    }

    /// Whether an actor may read everything. False if this cannot be determined in time.
    pub async fn shows_all_to(&self, actor: &Actor) -> bool {
        let view = self.view(&self.state(), actor, self.deadline()).await;
        view.is_ok_and(|view| view.hides_nothing())
    }

    /// The programme as an actor may see it at the moment; `None` if it cannot be determined in time.
    pub async fn visible_to(&self, actor: &Actor) -> Option<VisibleProgramme> {
        let view = self.view(&self.state(), actor, self.deadline()).await;
        let view = view.ok()?;
        let picture = view.picture_for_one_answer(self.0.engine.history.clone());
        Some(VisibleProgramme {
            programme: Arc::clone(picture.programme()),
            head: view.head,
            is_partial: !view.hides_nothing(),
            today: self.today(),
            picture,
        })
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.0.engine.settings.request_time
    }

    /// The part of a state that an actor may read.
    pub(crate) async fn view(
        &self,
        state: &Arc<State>,
        actor: &Actor,
        deadline: Instant,
    ) -> Result<Arc<View>, Answer> {
        let today = self.today();
        if let Some(known) = state.known_view(actor, today) {
            return Ok(known);
        }
        let building = async {
            let permit = Arc::clone(&self.0.views).acquire_owned().await.ok()?;
            // Many subscribers ask for the same view at once. One of them builds it.
            if let Some(known) = state.known_view(actor, today) {
                return Some(known);
            }
            let (state, actor) = (Arc::clone(state), actor.clone());
            let built = aside(async move {
                // Held until the view is there, even if nobody waits for it any longer.
                let _permit = permit;
                state.build_view(actor, today).await
            });
            built.await
        };
        // In a box, because most views are known.
        Box::pin(self.in_time(building, deadline)).await
    }

    /// Waits for a background task until a deadline.
    async fn in_time<T>(
        &self,
        work: impl Future<Output = Option<T>>,
        deadline: Instant,
    ) -> Result<T, Answer> {
        match tokio::time::timeout_at(deadline.into(), work).await {
            Ok(Some(output)) => Ok(output),
            Ok(None) => Err(answer::failed()),
            Err(_) => Err(answer::too_slow(self.0.engine.settings.request_time)),
        }
    }

    /// Today's date, from which policies determine the current phase of a cycle.
    pub fn today(&self) -> Date {
        let now = self.0.engine.settings.clock.now();
        TimeZone::UTC.to_datetime(now).date()
    }

    /// The picture as of an earlier point, with what an actor may read today. At most one is
    /// computed for each core at a time, because an uncached point requires replaying the ledger
    /// and assuring its cycles.
    async fn picture_at(
        &self,
        moment: Moment,
        state: &Arc<State>,
        view: &View,
        viewer: &Actor,
        deadline: Instant,
    ) -> Result<(Picture, Persons), Answer> {
        let Some(history) = &self.0.engine.history else {
            return Err(moment.without_ledger());
        };
        let last = history.head().number;
        // The true end of the ledger would reveal the existence of hidden entries.
        let requested = moment.as_of;
        let moment = if view.hides_nothing() {
            moment
        } else {
            moment.at_most(last)
        };
        moment.check_not_future(last, self.0.engine.settings.clock.now())?;
        let computing = async {
            let _permit = self.0.costly.acquire().await;
            history.programme_at(moment.as_of).await
        };
        let programme = match tokio::time::timeout_at(deadline.into(), computing).await {
            Ok(Ok(programme)) => programme,
            Ok(Err(HistoryError::BeyondEnd { last })) => return Err(moment.beyond(last)),
            Ok(Err(HistoryError::Failed(reason))) => {
                tracing::error!("cannot answer as of an earlier point of the ledger: {reason}");
                return Err(answer::unavailable());
            }
            Err(_) => return Err(answer::too_slow(self.0.engine.settings.request_time)),
        };
        let (programme, persons) = if state.shows_all_to_all() {
            (programme, Persons::All)
        } else {
            let permits = Arc::clone(&self.0.costly).acquire_owned();
            let Ok(Ok(permit)) = tokio::time::timeout_at(deadline.into(), permits).await else {
                return Err(answer::too_slow(self.0.engine.settings.request_time));
            };
            let earlier = Arc::clone(state).earlier(programme, viewer.clone(), self.today());
            let earlier = aside(async move {
                // Held until the view is there, even if nobody waits for it any longer.
                let _permit = permit;
                earlier.await
            });
            self.in_time(earlier, deadline).await?
        };
        // Its lists are named by the moment that was asked for, not by the end of the ledger.
        Ok((Picture::new(programme, Some(requested)), persons))
    }

    /// Runs work on a blocking thread. At most one such task runs for each core.
    pub(crate) async fn run_blocking<T: Send + 'static>(
        &self,
        deadline: Instant,
        work: impl FnOnce(&Api) -> Result<T, Answer> + Send + 'static,
    ) -> Result<T, Answer> {
        let permit = tokio::time::timeout_at(deadline.into(), self.0.costly.acquire()).await;
        let Ok(Ok(permit)) = permit else {
            return Err(answer::too_slow(self.0.engine.settings.request_time));
        };
        let api = self.clone();
        let output = tokio::task::spawn_blocking(move || work(&api)).await;
        drop(permit);
        output.unwrap_or_else(|_| Err(answer::failed()))
    }

    /// Reads what an operation selects of what is not part of a programme, as far as an actor may see it;
    /// nothing if there is no ledger.
    pub(crate) async fn read_live(
        &self,
        selection: LiveSelection,
        actor: &Actor,
        deadline: Instant,
    ) -> Result<LiveRecords, Answer> {
        let mut live = LiveRecords::default();
        let history = self.0.engine.history.as_ref();
        let too_slow = |_| answer::too_slow(self.0.engine.settings.request_time);
        if selection.surveys {
            live.surveys = Some(match history.and_then(|history| history.surveys()) {
                None => Arc::default(),
                Some(runner) => {
                    let reading = runner.surveys(actor.clone());
                    let read = tokio::time::timeout_at(deadline.into(), reading).await;
                    let surveys = read.map_err(too_slow)?;
                    surveys.map_err(|_| answer::without_surveys())?.into()
                }
            });
        }
        if selection.messages {
            live.messages = Some(match history {
                None => Arc::default(),
                Some(history) => {
                    let reading = history.messages(actor.clone());
                    let read = tokio::time::timeout_at(deadline.into(), reading).await;
                    let messages = read.map_err(too_slow)?;
                    messages.map_err(|_| answer::without_messages())?.into()
                }
            });
        }
        if selection.withdrawn {
            let withdrawn = history.map(|history| history.withdrawn_judgements(actor));
            live.withdrawn = Some(withdrawn.unwrap_or_default().into());
        }
        Ok(live)
    }

    /// Prepares a request, on a blocking thread if it is long.
    async fn prepare(
        &self,
        request: Request,
        delivery: Delivery,
        deadline: Instant,
    ) -> Result<Prepared, Answer> {
        let is_long = request.query.len() >= LONG_QUERY_BYTES;
        let prepare = move |api: &Api| {
            guarded(|| execute::prepare(&api.0.engine, &request, delivery)).flatten()
        };
        if is_long {
            self.run_blocking(deadline, prepare).await
        } else {
            prepare(self)
        }
    }

    /// Writes an answer, on a blocking thread if it is costly.
    async fn write(
        &self,
        source: QueryView,
        prepared: &Arc<Prepared>,
        deadline: Instant,
    ) -> Result<(Answer, Sources), Answer> {
        let is_costly = prepared.cost >= COSTLY;
        let write = move |api: &Api, prepared: &Prepared| {
            guarded(|| execute::write(&api.0.engine, &source, prepared, deadline))
        };
        if is_costly {
            let prepared = Arc::clone(prepared);
            self.run_blocking(deadline, move |api| write(api, &prepared))
                .await
        } else {
            write(self, prepared)
        }
    }

    /// Answers a request of the program itself on this thread, without limits.
    pub(crate) fn answer_unlimited(&self, request: &Request) -> Answer {
        let source = QueryView {
            current: Arc::clone(&self.state().whole),
            earlier: None,
            history: self.0.engine.history.clone(),
            live: LiveRecords::default(),
        };
        let deadline = Instant::now() + Duration::from_secs(600);
        let answer =
            guarded(|| execute::answer_unlimited(&self.0.engine, &source, request, deadline));
        answer.unwrap_or_else(|answer| answer)
    }

    /// The parts that do not change with the picture.
    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The current picture with its cached answers.
    pub(crate) fn state(&self) -> Arc<State> {
        let current = self.0.state.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }
}

/// Turns a panic into an answer without details; the panic hook has already logged the panic.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Answer> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        tracing::error!("a request panicked");
        answer::failed()
    })
}

/// Shrinks a finished buffer if it has much spare capacity.
pub(crate) fn finished(mut bytes: Vec<u8>) -> Bytes {
    if bytes.capacity() > bytes.len() + bytes.len() / 8 + 1024 {
        bytes.shrink_to_fit();
    }
    Bytes::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::guarded;
    use crate::execute::answer::Kind;

    #[test]
    fn a_panic_becomes_an_answer_without_details() {
        let answer = guarded(|| -> () { panic!("a secret") }).unwrap_err();
        assert_eq!(answer.kind, Kind::Failed);
        let text = String::from_utf8_lossy(&answer.bytes);
        assert!(text.contains("INTERNAL_SERVER_ERROR"), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
}
