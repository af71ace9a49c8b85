//! The set of configured plugins: described once, asked for every cycle.

use crate::batch::{Source, bodies_of, with_clusters};
use crate::cache::{Answered, Cache, key};
use crate::caller::{Caller, Next};
use crate::confine::Confinement;
use crate::contribution::{merge, translate};
use crate::definitions::{Admission, Definitions};
use crate::failure::{Cause, Failure};
use crate::lane::{Lane, Lanes};
use crate::plugin::{Plugin, ask};
use crate::process::Worker;
use crate::settings::PluginSettings;
use crate::trust::Trust;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::Instant;
use wcc_core::body::BodyIndex;
use wcc_core::contribution::Contribution;
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope, Series};
use wcc_core::{Assurance, BodyKind, CheckedCycle, NotChecked, PluginRun};
use wcc_plugin::{Manifest, Request};

/// A set of plugins. It never changes: another configuration makes another set, so that every
/// answer comes from one set. A clone is the same set.
#[derive(Clone)]
pub struct Plugins {
    /// In the order of their identifiers, so that the order of the configuration changes nothing.
    plugins: Arc<[Plugin]>,
    worker: Worker,
    confinement: Confinement,
    cache: Arc<Cache>,
    lanes: Arc<Lanes>,
}

/// How long somebody waits for plugins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Until each has answered or run out of time.
    UntilAnswered,
    /// So long at most. A plugin that takes longer goes on; its part says that it is being checked
    /// until somebody asks again. Of several questions on one cycle that come while a plugin is
    /// busy, it is asked the newest.
    AtMost(Duration),
}

impl Patience {
    /// Until when to wait, from now on; `None` for as long as it takes.
    pub fn begin(self) -> Option<Instant> {
        match self {
            Self::UntilAnswered => None,
            Self::AtMost(wait) => Some(Instant::now() + wait),
        }
    }
}

/// Questions that the plugins were asked about one cycle.
pub struct PendingRuns<'a> {
    parts: Vec<Part<'a>>,
}

impl fmt::Debug for Plugins {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.plugins.iter().map(|plugin| &plugin.identity().id);
        out.debug_list().entries(ids).finish()
    }
}

impl Plugins {
    /// Opens and describes the configured plugins, all at once. A plugin that fails is
    /// unavailable and disturbs no other.
    pub async fn load(settings: Vec<PluginSettings>, worker: Worker) -> Self {
        Self::load_trusting(settings, worker, Trust::default()).await
    }

    /// The same, where plugins are signed, or what is defined nationally is known.
    pub async fn load_trusting(
        settings: Vec<PluginSettings>,
        worker: Worker,
        admission: impl Into<Admission>,
    ) -> Self {
        let confinement = worker.confinement().await;
        let empty = Self {
            plugins: Arc::default(),
            worker,
            confinement,
            cache: Arc::default(),
            lanes: Arc::default(),
        };
        empty.reload(settings, admission).await
    }

    /// The set for another configuration (or the same one, with libraries that have changed),
    /// which knows what this one was answered.
    pub async fn reload(
        &self,
        settings: Vec<PluginSettings>,
        admission: impl Into<Admission>,
    ) -> Self {
        let admission = admission.into();
        let mut describing = JoinSet::new();
        for (place, settings) in settings.into_iter().enumerate() {
            let (worker, trust) = (self.worker.clone(), admission.trust.clone());
            describing
                .spawn(async move { (place, Plugin::describe(settings, worker, trust).await) });
        }
        let mut plugins = describing.join_all().await;
        plugins.sort_by_key(|(place, _)| *place);
        let mut plugins: Vec<Plugin> = plugins.into_iter().map(|(_, plugin)| plugin).collect();
        refuse_conflicts(&mut plugins, &admission.definitions);
        // Of two with one identifier the one that is refused comes last.
        plugins.sort_by_cached_key(|plugin| {
            let refused = plugin.failure().is_some();
            (
                plugin.identity().id.clone(),
                refused,
                plugin.settings().path.clone(),
            )
        });
        Self {
            plugins: plugins.into(),
            worker: self.worker.clone(),
            confinement: self.confinement.clone(),
            cache: Arc::clone(&self.cache),
            lanes: Arc::clone(&self.lanes),
        }
    }

    /// The set for another configuration, unless a plugin fails in it that does not fail in this
    /// one, be it a replacement or new: a change that somebody asks for is taken whole or not at
    /// all. What failed before may go on failing, or nothing could be mended beside it.
    ///
    /// # Errors
    /// Why the new set is not taken. This set stays as it is.
    pub async fn reload_or_keep(
        &self,
        settings: Vec<PluginSettings>,
        admission: impl Into<Admission>,
    ) -> Result<Self, Vec<Failure>> {
        let new = self.reload(settings, admission).await;
        let failed_before = |id: &str| {
            self.plugins
                .iter()
                .any(|old| old.identity().id == id && old.failure().is_some())
        };
        let causes: Vec<Failure> = new
            .failures()
            .filter(|failure| !failed_before(&failure.plugin.id))
            .collect();
        if causes.is_empty() {
            Ok(new)
        } else {
            Err(causes)
        }
    }

    /// How far the workers of these plugins are confined on this system, in words for the log.
    pub fn confinement(&self) -> &Confinement {
        &self.confinement
    }

    /// Every plugin, in the order of their identifiers.
    pub fn each(&self) -> impl Iterator<Item = &Plugin> {
        self.plugins.iter()
    }

    /// The plugins that are unavailable, and why.
    pub fn failures(&self) -> impl Iterator<Item = Failure> {
        self.plugins.iter().filter_map(Plugin::failure)
    }

    /// The local outcomes that the plugins declare which can be asked.
    pub fn local_outcomes(&self) -> Vec<OutcomeDefinition> {
        let available = self.plugins.iter().filter(|one| one.failure().is_none());
        available
            .filter_map(Plugin::manifest)
            .flat_map(outcomes)
            .collect()
    }

    /// Forgets what was answered, so that every plugin is asked anew: for an operator who does not
    /// want to wait until a failure is asked about again.
    pub fn forget(&self) {
        self.cache.forget();
    }

    /// What the plugins say of a cycle, for the engine: one run for each that the cycle concerns,
    /// in the order of their identifiers. A plugin whose regions have no PCT in the cycle, or that
    /// does not understand its framework, is left out.
    ///
    /// `base` is the cycle's assurance without plugins: plugins are shown its component results.
    pub async fn evaluate(&self, cycle: &CheckedCycle, base: &Assurance) -> Vec<Arc<PluginRun>> {
        let asked = self.ask(cycle, base, Patience::UntilAnswered);
        asked.runs(cycle, None).await
    }

    /// Asks what [`Plugins::evaluate`] waits for, all at once; [`PendingRuns::runs`] waits. So several
    /// cycles are asked about at the same time.
    pub fn ask<'a>(
        &'a self,
        cycle: &CheckedCycle,
        base: &Assurance,
        patience: Patience,
    ) -> PendingRuns<'a> {
        let source = Source::new(cycle, base);
        let parts = self.parts(cycle);
        let parts = parts.map(|part| part.ask(self, cycle, &source, patience, Next::Unknown));
        PendingRuns {
            parts: parts.collect(),
        }
    }

    /// The same for a cycle that plugins were asked about before some of its bodies changed. A
    /// plugin that is sent none of these is not asked again; one whose results are by cluster
    /// ([`Manifest::by_cluster`]) is asked about the clusters of these alone. `base` gives the
    /// assurance without plugins of the bodies that are sent; it is not called if none are.
    pub fn ask_again<'a>(
        &'a self,
        cycle: &CheckedCycle,
        earlier: EarlierRuns<'_>,
        base: impl FnOnce(&BTreeSet<BodyIndex>) -> Assurance,
        patience: Patience,
    ) -> PendingRuns<'a> {
        let parts = self.parts(cycle);
        let mut parts: Vec<Part<'a>> = parts.map(|part| part.after(earlier, cycle)).collect();
        let asked = parts.iter().filter(|part| part.is_asked());
        let sent: BTreeSet<BodyIndex> = asked.flat_map(|part| &part.sent).copied().collect();
        if !sent.is_empty() {
            let base = base(&sent);
            let source = Source::new(cycle, &base);
            // Whoever waits no longer than a moment for what changed asks at every change.
            let next = match patience {
                Patience::UntilAnswered => Next::Unknown,
                Patience::AtMost(_) => Next::Expected,
            };
            let ask = |part: Part<'a>| {
                if part.is_asked() {
                    part.ask(self, cycle, &source, patience, next)
                } else {
                    part
                }
            };
            parts = parts.into_iter().map(ask).collect();
        }
        PendingRuns { parts }
    }

    fn parts<'a>(&'a self, cycle: &CheckedCycle) -> impl Iterator<Item = Part<'a>> {
        let plugins = self.plugins.iter();
        plugins.filter_map(|plugin| Part::of(plugin, cycle))
    }

    /// Changes whenever a plugin has answered that was not waited for: ask again then.
    pub fn answers(&self) -> watch::Receiver<u64> {
        self.lanes.answers()
    }
}

impl PendingRuns<'_> {
    /// Waits for the answers until a moment, for as long as it takes where there is none: a run
    /// for each plugin, in the order of their identifiers.
    pub async fn runs(self, cycle: &CheckedCycle, until: Option<Instant>) -> Vec<Arc<PluginRun>> {
        let mut runs = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            runs.push(match part.earlier {
                Earlier::Whole(run) => run,
                _ => Arc::new(part.run(cycle, until).await),
            });
        }
        runs
    }
}

/// What plugins said of a cycle before some of its bodies changed.
#[derive(Clone, Copy, Debug)]
pub struct EarlierRuns<'a> {
    /// A run for each plugin that had a part in the cycle.
    pub runs: &'a [Arc<PluginRun>],
    /// The bodies of which anything that plugins are shown may be different.
    pub changed: &'a BTreeSet<BodyIndex>,
}

impl EarlierRuns<'_> {
    /// What a plugin said that would be asked about the same bodies. A failure is nothing: the
    /// plugin may do better this time.
    fn run_of(&self, part: &Part<'_>) -> Option<&Arc<PluginRun>> {
        let mut runs = self.runs.iter();
        let run = runs.find(|run| run.plugin == *part.plugin.identity())?;
        (run.result.is_ok() && run.covers == part.covers).then_some(run)
    }
}

/// The part that one plugin has in one cycle.
struct Part<'a> {
    plugin: &'a Plugin,
    /// The SHAs that it speaks for.
    covers: Vec<BodyIndex>,
    /// The bodies that it is asked about, in the order of their codes.
    sent: Vec<BodyIndex>,
    asked: Option<Question>,
    earlier: Earlier,
}

/// What a plugin said before that still holds.
enum Earlier {
    /// Nothing.
    Nothing,
    /// All of it: it would be asked the same again.
    Whole(Arc<PluginRun>),
    /// What it said of other bodies than these.
    Beside(Arc<PluginRun>, BTreeSet<BodyIndex>),
}

/// A question that a plugin was asked.
enum Question {
    /// Its answer is there, or comes; nothing comes of one that a newer one took the place of.
    Pending(JoinHandle<Option<Answered>>),
    /// The plugin is busy with an older question.
    Queued,
}

impl<'a> Part<'a> {
    /// `None` where the plugin has no part in the cycle.
    fn of(plugin: &'a Plugin, cycle: &CheckedCycle) -> Option<Self> {
        let regions = match plugin.manifest() {
            Some(manifest) if !manifest.frameworks.contains(&cycle.framework.id) => return None,
            Some(manifest) => &manifest.regions,
            None => &plugin.settings().regions,
        };
        let covers = shas(cycle, regions, plugin.manifest().is_none());
        let sent = bodies_of(cycle, &covers);
        let has_part = !sent.is_empty();
        has_part.then_some(Self {
            plugin,
            covers,
            sent,
            asked: None,
            earlier: Earlier::Nothing,
        })
    }

    /// The same after some bodies changed: it is asked as little as its results allow.
    fn after(mut self, earlier: EarlierRuns<'_>, cycle: &CheckedCycle) -> Self {
        let Some(run) = earlier.run_of(&self) else {
            return self;
        };
        let changed = self.sent.iter().copied();
        let changed: BTreeSet<BodyIndex> = changed
            .filter(|body| earlier.changed.contains(body))
            .collect();
        if changed.is_empty() {
            self.earlier = Earlier::Whole(Arc::clone(run));
        } else if self.plugin.manifest().is_some_and(|one| one.by_cluster) {
            let related = with_clusters(cycle, &changed);
            self.sent.retain(|body| related.contains(body));
            self.earlier = Earlier::Beside(Arc::clone(run), changed);
        }
        self
    }

    /// Whether the plugin has to be asked.
    fn is_asked(&self) -> bool {
        !matches!(self.earlier, Earlier::Whole(_))
    }

    /// Starts asking, where the plugin can be asked.
    fn ask(
        mut self,
        plugins: &Plugins,
        cycle: &CheckedCycle,
        source: &Source<'_>,
        patience: Patience,
        next: Next,
    ) -> Self {
        if let (Ok(caller), Some(manifest)) = (self.plugin.caller(), self.plugin.manifest()) {
            let request = self.request(manifest, source);
            let asking = Asking {
                cache: Arc::clone(&plugins.cache),
                lanes: Arc::clone(&plugins.lanes),
                caller: caller.clone(),
                id: manifest.id.clone(),
                next,
            };
            self.asked =
                Some(match patience {
                    Patience::UntilAnswered => Question::Pending(tokio::spawn(async move {
                        Some(asking.answer(request).await)
                    })),
                    Patience::AtMost(_) => {
                        let lane = plugins.lanes.lane(caller.digest(), &cycle.id);
                        asking.line_up(lane, request)
                    }
                });
        }
        self
    }

    fn request(&self, manifest: &Manifest, source: &Source<'_>) -> Result<Vec<u8>, Cause> {
        let none = serde_json::Map::new();
        let settings = self.plugin.settings().settings.as_object();
        let batch = source.batch(&self.sent, &manifest.needs, settings.unwrap_or(&none));
        let request = serde_json::to_vec(&Request::Evaluate(batch));
        request.map_err(|error| Cause::Start(error.to_string()))
    }

    /// Waits for the answer and makes the run of it.
    async fn run(self, cycle: &CheckedCycle, until: Option<Instant>) -> PluginRun {
        let Self {
            plugin,
            covers,
            sent,
            asked,
            earlier,
        } = self;
        let failed = |cause: &Cause| NotChecked::Failed(cause.to_string());
        let answered = match asked {
            None => None,
            Some(Question::Queued) => Some(Err(NotChecked::BeingChecked)),
            Some(Question::Pending(asking)) => Some(match until {
                None => settled(asking.await),
                Some(until) => match tokio::time::timeout_at(until, asking).await {
                    Ok(answered) => settled(answered),
                    // The task goes on: its answer is kept for whoever asks again.
                    Err(_) => Err(NotChecked::BeingChecked),
                },
            }),
        };
        let result = match (answered, plugin.caller(), plugin.manifest()) {
            (Some(Ok(answered)), _, Some(manifest)) => match &*answered {
                Ok(answer) => translate(answer, manifest, cycle, &sent)
                    .map(|new| earlier.beside(new))
                    .map_err(|fault| failed(&refused(plugin, fault))),
                Err(cause) => Err(failed(cause)),
            },
            (Some(Err(why)), ..) => Err(why),
            (_, Err(cause), _) => Err(failed(cause)),
            (_, Ok(_), _) => Err(failed(&Cause::Load("it was not asked".to_owned()))),
        };
        PluginRun {
            plugin: plugin.identity().clone(),
            covers,
            checks: plugin.checks(),
            outcomes: plugin.manifest().map_or_else(Vec::new, outcomes),
            result,
        }
    }
}

impl Earlier {
    /// A new contribution, with what was said before of other bodies.
    fn beside(&self, new: Contribution) -> Contribution {
        match self {
            Earlier::Beside(run, asked_again) => match &run.result {
                Ok(earlier) => merge(earlier, new, asked_again),
                Err(_) => new,
            },
            Earlier::Nothing | Earlier::Whole(_) => new,
        }
    }
}

fn refused(plugin: &Plugin, fault: String) -> Cause {
    let cause = Cause::Invalid(fault);
    tracing::warn!(plugin = plugin.identity().id, code = cause.code(), %cause, "not checked");
    cause
}

/// What a task that asks came to.
fn settled(answered: Result<Option<Answered>, JoinError>) -> Result<Answered, NotChecked> {
    match answered {
        Ok(Some(answered)) => Ok(answered),
        Ok(None) => Err(NotChecked::BeingChecked),
        Err(error) => Err(Cause::Start(error.to_string()).to_string().into()),
    }
}

/// What it takes to ask a plugin.
struct Asking {
    cache: Arc<Cache>,
    lanes: Arc<Lanes>,
    caller: Caller,
    id: String,
    next: Next,
}

impl Asking {
    /// Asks when the plugin is free, unless a newer question comes before that.
    fn line_up(self, lane: Arc<Lane>, request: Result<Vec<u8>, Cause>) -> Question {
        let known = request.as_ref().ok().and_then(|request| {
            let key = key(self.caller.digest(), self.caller.limits(), request);
            self.cache.known(&key)
        });
        let (mine, free) = (lane.line_up(), lane.is_free());
        if let Some(answered) = known {
            return Question::Pending(tokio::spawn(async { Some(answered) }));
        }
        let asking = tokio::spawn(async move {
            let answered = {
                let _turn = lane.turn(mine).await?;
                self.answer(request).await
            };
            self.lanes.tell();
            Some(answered)
        });
        if free {
            Question::Pending(asking)
        } else {
            // Whoever asked before has waited already.
            Question::Queued
        }
    }

    async fn answer(&self, request: Result<Vec<u8>, Cause>) -> Answered {
        let request = match request {
            Ok(request) => request,
            Err(cause) => return Arc::new(Err(cause)),
        };
        let key = key(self.caller.digest(), self.caller.limits(), &request);
        let ask = async {
            let answer = ask(&self.caller, request, self.next).await;
            if let Err(cause) = &answer {
                tracing::warn!(plugin = self.id, code = cause.code(), %cause, "not checked");
            }
            answer
        };
        self.cache.answer(key, ask).await
    }
}

/// The SHAs with these codes, or all of them where none is named and `or_all`.
fn shas(cycle: &CheckedCycle, regions: &[String], or_all: bool) -> Vec<BodyIndex> {
    let organisations = &cycle.organisations;
    let every = or_all && regions.is_empty();
    let wanted = |code: &str| {
        regions
            .iter()
            .any(|region| region.eq_ignore_ascii_case(code))
    };
    organisations
        .each()
        .filter(|(_, body)| body.kind == BodyKind::Sha && (every || wanted(&body.code)))
        .map(|(index, _)| index)
        .collect()
}

fn outcomes(manifest: &Manifest) -> Vec<OutcomeDefinition> {
    let definition = |outcome: &wcc_plugin::OutcomeDeclaration| {
        let named = |series: &Series| outcome.series.iter().any(|name| name == series.name());
        let mut series: Vec<Series> = Series::ALL.into_iter().filter(named).collect();
        if series.is_empty() {
            series.push(Series::Persons);
        }
        OutcomeDefinition {
            id: outcome.id.clone(),
            title: outcome.title.clone(),
            unit: outcome.unit.clone(),
            better: match outcome.better {
                wcc_plugin::Better::Higher => Better::Higher,
                wcc_plugin::Better::Lower => Better::Lower,
            },
            scope: OutcomeScope::Local,
            series,
            min: outcome.min,
            max: outcome.max,
            vital_signs: None,
            source: None,
        }
    };
    manifest.outcomes.iter().map(definition).collect()
}

/// Refuses what may not be claimed: what is defined nationally, and what a plugin that comes
/// earlier in the settings has claimed. `plugins` are in the order of the settings. Whoever came
/// first is not disturbed by whoever comes later.
fn refuse_conflicts(plugins: &mut [Plugin], definitions: &Definitions) {
    let mut claimed: BTreeMap<(&str, String), String> = BTreeMap::new();
    for plugin in plugins {
        let manifest = plugin.manifest().filter(|_| plugin.failure().is_none());
        let Some(manifest) = manifest.cloned() else {
            continue;
        };
        let outcomes = manifest.outcomes.iter().map(|one| ("outcome", &one.id));
        let functions = manifest.functions.iter().map(|one| ("function", &one.code));
        let claims: Vec<(&str, &String)> = std::iter::once(("id", &manifest.id))
            .chain(outcomes)
            .chain(functions)
            .collect();
        let taken = claims.iter().find_map(|(what, name)| {
            let by = claimed.get(&(*what, (*name).clone()))?;
            Some(Cause::Conflict(format!(
                "the {what} `{name}` is claimed by {by} already, which comes first in the settings"
            )))
        });
        if let Some(cause) = definitions.check(&manifest).err().or(taken) {
            plugin.refuse(cause);
            continue;
        }
        let name = name_of(plugin);
        for (what, claim) in claims {
            claimed.insert((what, claim.clone()), name.clone());
        }
    }
}

fn name_of(plugin: &Plugin) -> String {
    format!(
        "`{}` ({})",
        plugin.identity().id,
        plugin.settings().path.display()
    )
}
