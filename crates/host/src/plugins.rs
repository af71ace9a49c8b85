//! The set of configured plugins, which evaluates every cycle.

mod request;

use crate::batch::Source;
use crate::cache::Cache;
use crate::caller::NextCall;
use crate::confine::Confinement;
use crate::definitions::{Admission, Definitions};
use crate::failure::{Cause, Failure};
use crate::lane::Lanes;
use crate::plugin::Plugin;
use crate::process::Worker;
use crate::settings::PluginSettings;
use crate::trust::Trust;
use request::{Earlier, PluginRequest, outcomes};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wcc_core::body::BodyIndex;
use wcc_core::outcome::OutcomeDefinition;
use wcc_core::{Assurance, CheckedCycle, PluginRun};

/// An immutable set of plugins. Another configuration creates another set, so that all answers for
/// a cycle come from one set. A clone is the same set.
#[derive(Clone)]
pub struct Plugins {
    /// Sorted by identifier, so that the order in the configuration does not matter.
    plugins: Arc<[Plugin]>,
    worker: Worker,
    confinement: Confinement,
    cache: Arc<Cache>,
    lanes: Arc<Lanes>,
}

/// How long a caller waits for plugins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Until each plugin has answered or timed out.
    UntilAnswered,
    /// At most this long. A plugin that takes longer continues, and its result is "being checked"
    /// until somebody asks again. If several requests about one cycle arrive while a plugin is
    /// busy, it receives only the newest.
    AtMost(Duration),
}

impl Patience {
    /// Returns the deadline, counted from now; `None` for no deadline.
    pub fn begin(self) -> Option<Instant> {
        match self {
            Self::UntilAnswered => None,
            Self::AtMost(wait) => Some(Instant::now() + wait),
        }
    }
}

/// Requests to the plugins about one cycle.
pub struct PendingRuns<'a> {
    parts: Vec<PluginRequest<'a>>,
}

impl fmt::Debug for Plugins {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.plugins.iter().map(|plugin| &plugin.identity().id);
        out.debug_list().entries(ids).finish()
    }
}

impl Plugins {
    /// Opens all configured plugins at the same time. A plugin that fails is unavailable and does
    /// not affect the others.
    pub async fn load(settings: Vec<PluginSettings>, worker: Worker) -> Self {
        Self::load_trusting(settings, worker, Trust::default()).await
    }

    /// Opens the configured plugins, and checks their signatures and the national definitions.
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

    /// Creates the set for another configuration, or for the same one if libraries have changed.
    /// The new set shares the cache of this one.
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
        reject_conflicts(&mut plugins, &admission.definitions);
        // If two plugins have the same identifier, the rejected one comes last.
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

    /// Creates the set for another configuration, unless it has a failing plugin that does not fail
    /// in this set. A change is applied completely or not at all. Plugins that failed before may
    /// still fail, because otherwise the operator could not fix one of several.
    ///
    /// # Errors
    /// The failures that prevent the change. This set stays as it is.
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

    /// How far the workers of these plugins are confined on this system.
    pub fn confinement(&self) -> &Confinement {
        &self.confinement
    }

    /// Iterates over every plugin, in the order of their identifiers.
    pub fn each(&self) -> impl Iterator<Item = &Plugin> {
        self.plugins.iter()
    }

    /// Iterates over the plugins that are unavailable, and why.
    pub fn failures(&self) -> impl Iterator<Item = Failure> {
        self.plugins.iter().filter_map(Plugin::failure)
    }

    /// The local outcomes that the available plugins declare.
    pub fn local_outcomes(&self) -> Vec<OutcomeDefinition> {
        let available = self
            .plugins
            .iter()
            .filter(|plugin| plugin.failure().is_none());
        available
            .filter_map(Plugin::manifest)
            .flat_map(outcomes)
            .collect()
    }

    /// Clears the cache of answers, so that every plugin is asked again. An operator uses it to
    /// retry a failed plugin at once.
    pub fn forget(&self) {
        self.cache.forget();
    }

    /// Evaluates a cycle: returns one run for each plugin that the cycle concerns, in the order of
    /// their identifiers. A plugin whose regions have no PCT in the cycle, or that does not support
    /// its framework, is left out.
    ///
    /// `base` is the cycle's assurance without plugins; plugins receive its component results.
    pub async fn evaluate(&self, cycle: &CheckedCycle, base: &Assurance) -> Vec<Arc<PluginRun>> {
        let asked = self.ask(cycle, base, Patience::UntilAnswered);
        asked.runs(cycle, None).await
    }

    /// Starts all requests of [`Plugins::evaluate`] at the same time; [`PendingRuns::runs`] waits
    /// for the answers. A caller can thus evaluate several cycles at the same time.
    pub fn ask<'a>(
        &'a self,
        cycle: &CheckedCycle,
        base: &Assurance,
        patience: Patience,
    ) -> PendingRuns<'a> {
        let source = Source::new(cycle, base);
        let parts = self.parts(cycle);
        let parts = parts.map(|part| part.ask(self, cycle, &source, patience, NextCall::Unknown));
        PendingRuns {
            parts: parts.collect(),
        }
    }

    /// Starts the requests for a cycle that plugins have evaluated before and of which some bodies
    /// have changed. A plugin that is shown nothing that changed is not asked again; a plugin with
    /// results by cluster ([`by_cluster`](wcc_plugin::Manifest::by_cluster)) is asked only about their clusters. `base`
    /// returns the assurance without plugins of the bodies to send; it is not called if there are
    /// none.
    pub fn ask_again<'a>(
        &'a self,
        cycle: &CheckedCycle,
        earlier: EarlierRuns<'_>,
        base: impl FnOnce(&BTreeSet<BodyIndex>) -> Assurance,
        patience: Patience,
    ) -> PendingRuns<'a> {
        let parts = self.parts(cycle);
        let mut parts: Vec<PluginRequest<'a>> =
            parts.map(|part| part.after(earlier, cycle)).collect();
        let asked = parts.iter().filter(|part| part.is_asked());
        let sent: BTreeSet<BodyIndex> = asked.flat_map(|part| &part.sent).copied().collect();
        if !sent.is_empty() {
            let base = base(&sent);
            let source = Source::new(cycle, &base);
            // A caller that waits only briefly for changes asks at every change.
            let next = match patience {
                Patience::UntilAnswered => NextCall::Unknown,
                Patience::AtMost(_) => NextCall::Expected,
            };
            let ask = |part: PluginRequest<'a>| {
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

    fn parts<'a>(&'a self, cycle: &CheckedCycle) -> impl Iterator<Item = PluginRequest<'a>> {
        let plugins = self.plugins.iter();
        plugins.filter_map(|plugin| PluginRequest::of(plugin, cycle))
    }

    /// Returns a receiver that changes when an answer arrives for which nobody waited. Ask again
    /// then.
    pub fn answers(&self) -> watch::Receiver<u64> {
        self.lanes.answers()
    }
}

impl PendingRuns<'_> {
    /// Waits for the answers until a deadline, or without limit if there is none. Returns a run for
    /// each plugin, in the order of their identifiers.
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

/// The runs of a cycle before some of its bodies changed.
#[derive(Clone, Copy, Debug)]
pub struct EarlierRuns<'a> {
    /// A run for each plugin that the cycle concerns.
    pub runs: &'a [Arc<PluginRun>],
    /// The bodies whose records or results may have changed.
    pub changed: &'a BTreeSet<BodyIndex>,
    /// Those of them whose records, or the records of whose cluster or functions, have changed. The
    /// others only look back on another result of last year.
    pub with_changed_records: &'a BTreeSet<BodyIndex>,
}

/// Rejects plugins that declare something defined nationally or declared by a plugin that comes
/// earlier in the settings. `plugins` are in the order of the settings, so a plugin never affects
/// an earlier one.
fn reject_conflicts(plugins: &mut [Plugin], definitions: &Definitions) {
    let mut claimed: BTreeMap<(&str, String), String> = BTreeMap::new();
    for plugin in plugins {
        let manifest = plugin.manifest().filter(|_| plugin.failure().is_none());
        let Some(manifest) = manifest.cloned() else {
            continue;
        };
        let outcomes = manifest
            .outcomes
            .iter()
            .map(|outcome| ("outcome", &outcome.id));
        let functions = manifest
            .functions
            .iter()
            .map(|function| ("function", &function.code));
        let claims: Vec<(&str, &String)> = std::iter::once(("id", &manifest.id))
            .chain(outcomes)
            .chain(functions)
            .collect();
        let taken = claims.iter().find_map(|(what, name)| {
            let by = claimed.get(&(*what, (*name).clone()))?;
            Some(Cause::Conflict(format!(
                "the {what} `{name}` is already declared by {by}, which comes first in the settings"
            )))
        });
        if let Some(cause) = definitions.check(&manifest).err().or(taken) {
            plugin.reject(cause);
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
