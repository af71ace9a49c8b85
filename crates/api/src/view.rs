//! The view from which each actor is answered: the programme without everything that they may not
//! see.

use crate::cache::{Cache, CachedAnswer};
use crate::history::History;
use crate::picture::Picture;
use crate::sources::Versions;
use jiff::civil::Date;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Handle;
use wcc_core::policy::{Policy, Question, READ, Resource};
use wcc_core::progress::CycleProgress;
use wcc_core::{Actor, Cycle};
use wcc_ledger::Head;
use wcc_programme::{Persons, Programme, ProgrammeView, Visibility};

/// How many actors' visibility is remembered. Beyond that it is decided anew.
const ACTORS: usize = 1_000;
/// How many partial views are kept; each may be as large as the whole.
const VIEWS: usize = 16;
/// For how many states a view is kept that nobody asks for.
const RECENT_STATES: u64 = 32;
/// Maximum number of partial views of earlier moments.
const EARLIER_VIEWS: usize = 4;

/// The data from which an actor is answered.
#[derive(Debug)]
pub(crate) struct View {
    /// The programme as they see it.
    pub(crate) picture: Picture,
    /// The last entry of the ledger that the programme holds; `None` without a ledger, and for
    /// actors who do not see everything: it would show them that something happened.
    pub(crate) head: Option<Head>,
    /// Identifies the view in the key of every cached answer.
    pub(crate) id: ViewId,
    /// When each part of it last changed.
    pub(crate) versions: Versions,
    /// The people whose names are shown in it.
    persons: Persons,
    hides_nothing: bool,
}

impl View {
    /// The view of those who see everything.
    fn whole(picture: Picture, head: Option<Head>, versions: Versions) -> Arc<View> {
        Arc::new(View {
            picture,
            head,
            id: ViewId::WHOLE,
            versions,
            persons: Persons::All,
            hides_nothing: true,
        })
    }

    /// Whether a cached answer is what would be written now.
    pub(crate) fn holds(&self, written: &CachedAnswer) -> bool {
        self.versions.hold(written.state, written.sources)
    }

    /// Its picture for one answer, with the names that are seen in it.
    pub(crate) fn picture_for_one_answer(&self, history: Option<Arc<dyn History>>) -> Picture {
        let picture = self.picture.for_one_answer();
        picture.with_actors(history, self.persons.clone())
    }

    /// Whether every cycle and body is seen in it, perhaps without the names of people.
    pub(crate) fn hides_nothing(&self) -> bool {
        self.hides_nothing
    }
}

/// Which view an answer was written from. Views of the same visibility in states that follow on
/// each other share it; no two others in a process do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ViewId(u64);

impl ViewId {
    /// The view of those who see everything.
    pub(crate) const WHOLE: ViewId = ViewId(0);

    /// A new identifier.
    fn new() -> ViewId {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        ViewId(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// As part of a key.
    pub(crate) fn to_bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }
}

/// A view of less than everything.
#[derive(Clone, Debug)]
struct PartialView {
    visibility: Arc<Visibility>,
    /// `None` if every cycle and body is seen.
    programme: Option<Arc<ProgrammeView>>,
    view: Arc<View>,
}

/// A partial view of a programme of an earlier moment.
#[derive(Clone, Debug)]
struct EarlierView {
    whole: Arc<Programme>,
    visibility: Visibility,
    programme: Arc<Programme>,
}

/// The visibility of actors. States share it while a policy is asked about the same resources.
type SharedVisibilities = Arc<Mutex<Visibilities>>;

/// What actors may see on a day.
#[derive(Debug, Default)]
struct Visibilities {
    /// The day on which the policy was asked; another day may be in another phase.
    day: Date,
    by_actor: HashMap<Actor, Arc<Visibility>>,
}

/// One programme with its views.
#[derive(Debug)]
pub(crate) struct State {
    /// States that follow on each other are numbered in order.
    number: u64,
    /// The state from which on its policy has decided, and no answers were forgotten.
    policy_since: u64,
    programme: Arc<Programme>,
    /// Decides who sees what; `None` if everybody sees everything.
    policy: Option<Arc<dyn Policy>>,
    /// The view of those who see everything.
    pub(crate) whole: Arc<View>,
    visibilities: SharedVisibilities,
    partial: Mutex<Vec<PartialView>>,
    /// Partial views of the programmes before this one, the newest of each visibility: cycles that did
    /// not change are taken from them.
    before: Vec<PartialView>,
    /// The newest partial views of earlier moments. Consecutive states share them, because entries
    /// do not change the past.
    earlier: Arc<Mutex<VecDeque<EarlierView>>>,
    /// Held while a partial view is built, so that each is built once.
    building: tokio::sync::Mutex<()>,
    /// Finished answers, by view and request. Consecutive states share them: each answer records the
    /// state that it belongs to, and [`View::holds`] says whether it is still valid.
    pub(crate) answers: Arc<Cache<Box<[u8]>, CachedAnswer>>,
}

impl State {
    /// The state of a whole picture, with at most so many bytes of answers.
    pub(crate) fn new(picture: Picture, head: Option<Head>, answer_bytes: usize) -> State {
        let number = 0;
        let versions = Versions::first(number, &picture);
        State {
            number,
            policy_since: number,
            programme: Arc::clone(picture.programme()),
            policy: None,
            whole: View::whole(picture, head, versions),
            visibilities: SharedVisibilities::default(),
            partial: Mutex::default(),
            earlier: Arc::default(),
            before: Vec::new(),
            building: tokio::sync::Mutex::default(),
            answers: Arc::new(Cache::new(answer_bytes)),
        }
    }

    /// The same programme under another policy.
    pub(crate) fn under(&self, policy: Arc<dyn Policy>, answer_bytes: usize) -> State {
        State {
            number: self.number + 1,
            policy_since: self.number + 1,
            programme: Arc::clone(&self.programme),
            policy: Some(policy),
            whole: Arc::clone(&self.whole),
            visibilities: SharedVisibilities::default(),
            partial: Mutex::default(),
            earlier: Arc::default(),
            before: Vec::new(),
            building: tokio::sync::Mutex::default(),
            answers: Arc::new(Cache::new(answer_bytes)),
        }
    }

    /// Whether the policy permits an act on what belongs to no cycle. Nobody may without a policy.
    pub(crate) fn permits(&self, actor: &Actor, act: &str) -> bool {
        let question = Question {
            actor,
            act,
            resource: Resource::default(),
        };
        let policy = self.policy.as_ref();
        policy.is_some_and(|policy| policy.decide(&question).is_allowed())
    }

    /// The same programme under the same policy, with no answers, and with other entity tags than
    /// before.
    pub(crate) fn without_answers(&self, answer_bytes: usize) -> State {
        let picture = self.whole.picture.replaced_by(Arc::clone(&self.programme));
        let next = self.next(picture, self.whole.head);
        State {
            answers: Arc::new(Cache::new(answer_bytes)),
            policy_since: next.number,
            ..next
        }
    }

    /// The state from which on its policy has decided and no answers were forgotten: with another
    /// number, answers of the same revision may differ.
    pub(crate) fn policy_since(&self) -> u64 {
        self.policy_since
    }

    /// Whether no policy hides anything from anybody.
    pub(crate) fn shows_all_to_all(&self) -> bool {
        self.policy.is_none()
    }

    /// The state of another picture that follows on this one: with its policy, and with whatever
    /// of its views and answers is still true.
    pub(crate) fn next(&self, picture: Picture, head: Option<Head>) -> State {
        let number = self.number + 1;
        let programme = Arc::clone(picture.programme());
        let (whole, versions) = (&self.whole.picture, &self.whole.versions);
        let versions = versions.following(number, whole, &picture);
        let visibilities = if has_same_resources(&programme, &self.programme) {
            Arc::clone(&self.visibilities)
        } else {
            SharedVisibilities::default()
        };
        let mut before = lock(&self.partial).clone();
        // Views that nobody has asked for in this state, because it was soon replaced.
        let is_recent = |one: &&PartialView| one.view.versions.state() + RECENT_STATES > number;
        for older in self.before.iter().filter(is_recent) {
            let is_known = |one: &PartialView| one.visibility == older.visibility;
            if before.len() < VIEWS && !before.iter().any(is_known) {
                before.push(older.clone());
            }
        }
        State {
            number,
            policy_since: self.policy_since,
            programme,
            policy: self.policy.clone(),
            whole: View::whole(picture, head, versions),
            visibilities,
            partial: Mutex::default(),
            earlier: Arc::clone(&self.earlier),
            before,
            building: tokio::sync::Mutex::default(),
            answers: Arc::clone(&self.answers),
        }
    }

    /// The view of an actor on a day, if it is known already.
    pub(crate) fn known_view(&self, actor: &Actor, today: Date) -> Option<Arc<View>> {
        if self.policy.is_none() {
            return Some(Arc::clone(&self.whole));
        }
        let visibility = self.known_visibility(actor, today)?;
        self.view_with(&visibility)
    }

    /// The whole programme, regardless of what a viewer may see.
    pub(crate) fn programme(&self) -> &Programme {
        &self.programme
    }

    /// Whether an actor sees a cycle on a day. It asks about nothing else, which is far less work than
    /// finding everything that they see.
    pub(crate) fn shows_cycle(&self, actor: &Actor, today: Date, cycle: &Cycle) -> bool {
        self.policy.as_ref().is_none_or(|policy| {
            let progress = CycleProgress::of(cycle, &actor.role, today);
            let question = Question {
                actor,
                act: READ,
                resource: progress.resource(&cycle.id),
            };
            policy.decide(&question).is_allowed()
        })
    }

    /// What an actor may see on a day, if it is known already.
    fn known_visibility(&self, actor: &Actor, today: Date) -> Option<Arc<Visibility>> {
        let known = lock(&self.visibilities);
        let known = known.by_actor.get(actor).filter(|_| known.day == today);
        known.cloned()
    }

    fn view_with(&self, visibility: &Arc<Visibility>) -> Option<Arc<View>> {
        if visibility.is_whole() {
            return Some(Arc::clone(&self.whole));
        }
        let mut partial = lock(&self.partial);
        let found = partial.iter().find(|one| one.visibility == *visibility);
        if found.is_some() || !visibility.hides_nothing() {
            return found.map(|one| Arc::clone(&one.view));
        }
        // The whole programme, without some names.
        let mut before = self.before.iter();
        let before = before.find(|one| one.visibility == *visibility);
        let view = Arc::new(View {
            picture: self.whole.picture.for_one_answer(),
            head: self.whole.head,
            id: before.map_or_else(ViewId::new, |before| before.view.id),
            versions: self.whole.versions.clone(),
            persons: visibility.persons().clone(),
            hides_nothing: true,
        });
        keep(&mut partial, visibility, None, &view);
        Some(view)
    }

    /// The view of an actor on a day. Work for a thread of its own: it may ask plugins and take as
    /// long as assuring the programme.
    pub(crate) async fn build_view(self: Arc<Self>, actor: Actor, today: Date) -> Arc<View> {
        let visibility = match self.known_visibility(&actor, today) {
            Some(known) => known,
            None => self.decide_visibility(actor, today),
        };
        if let Some(known) = self.view_with(&visibility) {
            return known;
        }
        let _turn = self.building.lock().await;
        if let Some(known) = self.view_with(&visibility) {
            return known;
        }
        let mut before = self.before.iter();
        let before = before.find(|one| one.visibility == visibility);
        let earlier = before.and_then(|one| one.programme.as_deref());
        let programme = ProgrammeView::new(&self.programme, &visibility, earlier).await;
        let persons = visibility.persons().clone();
        let view = self.partial_view(&programme, persons, before.map(|one| &*one.view));
        let mut partial = lock(&self.partial);
        keep(&mut partial, &visibility, Some(programme), &view);
        view
    }

    /// The view of a programme from which something is absent. `before` is the view of the same
    /// visibility in an earlier state.
    fn partial_view(
        &self,
        programme: &ProgrammeView,
        persons: Persons,
        before: Option<&View>,
    ) -> Arc<View> {
        let programme = Arc::new(programme.programme.clone());
        let Some(before) = before else {
            let formats = Arc::clone(self.whole.picture.document_formats());
            let picture = Picture::new(programme, None).with_document_formats(formats);
            return Arc::new(View {
                versions: Versions::first(self.number, &picture),
                picture,
                head: None,
                id: ViewId::new(),
                persons,
                hides_nothing: false,
            });
        };
        let picture = before.picture.replaced_by(programme);
        let versions = &before.versions;
        Arc::new(View {
            versions: versions.following(self.number, &before.picture, &picture),
            picture,
            head: None,
            id: before.id,
            persons,
            hides_nothing: false,
        })
    }

    /// Asks the policy what an actor may see.
    fn decide_visibility(&self, actor: Actor, today: Date) -> Arc<Visibility> {
        let visibility = Arc::new(self.visibility(&self.programme, &actor, today));
        let mut known = lock(&self.visibilities);
        if known.day != today || known.by_actor.len() >= ACTORS {
            known.day = today;
            known.by_actor.clear();
        }
        known.by_actor.insert(actor, Arc::clone(&visibility));
        visibility
    }

    fn visibility(&self, programme: &Programme, actor: &Actor, today: Date) -> Visibility {
        let policy = self.policy.as_deref();
        policy.map_or_else(Visibility::default, |policy| {
            Visibility::of(programme, &self.programme, policy, actor, today)
        })
    }

    /// A programme of an earlier moment as an actor may see it today, and whose names they see.
    pub(crate) async fn earlier(
        self: Arc<Self>,
        programme: Arc<Programme>,
        actor: Actor,
        today: Date,
    ) -> (Arc<Programme>, Persons) {
        let visibility = self.visibility(&programme, &actor, today);
        let persons = visibility.persons().clone();
        if visibility.hides_nothing() {
            return (programme, persons);
        }
        let known = || {
            let views = lock(&self.earlier);
            let view = views
                .iter()
                .find(|view| Arc::ptr_eq(&view.whole, &programme) && view.visibility == visibility);
            view.map(|view| Arc::clone(&view.programme))
        };
        if let Some(known) = known() {
            return (known, persons);
        }
        let _building = self.building.lock().await;
        // Another request may have built it meanwhile.
        if let Some(known) = known() {
            return (known, persons);
        }
        let view = ProgrammeView::new(&programme, &visibility, None).await;
        let view = Arc::new(view.programme);
        let mut views = lock(&self.earlier);
        views.truncate(EARLIER_VIEWS - 1);
        views.push_front(EarlierView {
            whole: programme,
            visibility,
            programme: Arc::clone(&view),
        });
        (view, persons)
    }
}

/// Keeps a view for the next of the same visibility, while there is room.
fn keep(
    partial: &mut Vec<PartialView>,
    visibility: &Arc<Visibility>,
    programme: Option<ProgrammeView>,
    view: &Arc<View>,
) {
    if partial.len() < VIEWS {
        partial.push(PartialView {
            visibility: Arc::clone(visibility),
            programme: programme.map(Arc::new),
            view: Arc::clone(view),
        });
    }
}

/// Whether a policy is asked about the same cycles and bodies in two programmes.
fn has_same_resources(one: &Programme, other: &Programme) -> bool {
    fn cycles(programme: &Programme) -> impl Iterator<Item = &Cycle> {
        let assured = programme.cycles.iter().map(|assured| &*assured.cycle);
        let not_assured = programme.not_assured.iter();
        assured.chain(not_assured.map(|not_assured| &not_assured.cycle))
    }
    let mut pairs = cycles(one).zip(cycles(other));
    Arc::ptr_eq(&one.organisations, &other.organisations)
        && cycles(one).count() == cycles(other).count()
        && pairs.all(|(one, other)| {
            one.id == other.id
                && one.as_of == other.as_of
                && Arc::ptr_eq(&one.framework, &other.framework)
                && Arc::ptr_eq(&one.organisations, &other.organisations)
                && one.records.phases == other.records.phases
                && one.records.releases == other.records.releases
                && one.records.scores == other.records.scores
                // Members see the scores of others once the panel has judged.
                && (one.records.scores.is_empty()
                    || one.records.judgements == other.records.judgements)
        })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while a lock is held; if it did, what it guards would still be whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does asynchronous work that computes for long on a thread where it holds nothing up. It goes on
/// if nobody waits for it any longer.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(work));
    done.await.ok()
}
