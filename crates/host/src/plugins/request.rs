//! The request to one plugin about one cycle, from the bodies to send to the run that it comes to.

use super::{EarlierRuns, Patience, Plugins};
use crate::batch::{Source, bodies_of, needs_results, with_clusters};
use crate::cache::{Cache, SharedAnswer, key};
use crate::caller::{Caller, NextCall};
use crate::contribution::{merge, translate};
use crate::failure::Cause;
use crate::lane::{Lane, Lanes};
use crate::plugin::{Plugin, ask};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;
use wcc_core::body::BodyIndex;
use wcc_core::contribution::Contribution;
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope};
use wcc_core::{BodyKind, CheckedCycle, NotChecked, PluginRun};
use wcc_plugin::{Manifest, Request};

/// The request to one plugin about one cycle.
pub(super) struct PluginRequest<'a> {
    plugin: &'a Plugin,
    /// The SHAs that the plugin covers.
    covers: Vec<BodyIndex>,
    /// The bodies to send, in the order of their codes.
    pub(super) sent: Vec<BodyIndex>,
    asked: Option<RequestState>,
    pub(super) earlier: Earlier,
}

/// The part of an earlier run that is still valid.
pub(super) enum Earlier {
    /// Nothing.
    Nothing,
    /// The whole run: the plugin would receive the same request again.
    Whole(Arc<PluginRun>),
    /// The results of all bodies except these.
    Beside(Arc<PluginRun>, BTreeSet<BodyIndex>),
}

/// The state of a request.
enum RequestState {
    /// The answer is known or on its way. A request that was replaced by a newer one has no answer.
    Pending(JoinHandle<Option<SharedAnswer>>),
    /// The plugin is busy with an older request.
    Queued,
}

impl<'a> PluginRequest<'a> {
    /// Returns `None` if the cycle does not concern the plugin.
    pub(super) fn of(plugin: &'a Plugin, cycle: &CheckedCycle) -> Option<Self> {
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

    /// Reduces the request after some bodies changed to what the plugin's results depend on.
    pub(super) fn after(mut self, earlier: EarlierRuns<'_>, cycle: &CheckedCycle) -> Self {
        let Some(run) = earlier.run_of(&self) else {
            return self;
        };
        let manifest = self.plugin.manifest();
        let shown = match manifest.is_none_or(|manifest| needs_results(&manifest.needs)) {
            true => earlier.changed,
            false => earlier.with_changed_records,
        };
        let changed = self.sent.iter().copied();
        let changed: BTreeSet<BodyIndex> = changed.filter(|body| shown.contains(body)).collect();
        if changed.is_empty() {
            self.earlier = Earlier::Whole(Arc::clone(run));
        } else if manifest.is_some_and(|manifest| manifest.by_cluster) {
            let related = with_clusters(cycle, &changed);
            self.sent.retain(|body| related.contains(body));
            self.earlier = Earlier::Beside(Arc::clone(run), changed);
        }
        self
    }

    /// Whether the plugin must be asked.
    pub(super) fn is_asked(&self) -> bool {
        !matches!(self.earlier, Earlier::Whole(_))
    }

    /// Starts the request, if the plugin is available.
    pub(super) fn ask(
        mut self,
        plugins: &Plugins,
        cycle: &CheckedCycle,
        source: &Source<'_>,
        patience: Patience,
        next: NextCall,
    ) -> Self {
        if let (Ok(caller), Some(manifest)) = (self.plugin.caller(), self.plugin.manifest()) {
            let request = self.request(manifest, source);
            let asking = PreparedRequest {
                cache: Arc::clone(&plugins.cache),
                lanes: Arc::clone(&plugins.lanes),
                caller: caller.clone(),
                id: manifest.id.clone(),
                next,
            };
            self.asked = Some(match patience {
                Patience::UntilAnswered => RequestState::Pending(tokio::spawn(async move {
                    Some(asking.answer(request).await)
                })),
                Patience::AtMost(_) => {
                    let lane = plugins.lanes.lane(caller.digest(), &cycle.id);
                    asking.queue(lane, request)
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

    /// Waits for the answer and turns it into a run.
    pub(super) async fn run(self, cycle: &CheckedCycle, until: Option<Instant>) -> PluginRun {
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
            Some(RequestState::Queued) => Some(Err(NotChecked::BeingChecked)),
            Some(RequestState::Pending(asking)) => Some(match until {
                None => finished_answer(asking.await),
                Some(until) => match tokio::time::timeout_at(until, asking).await {
                    Ok(answer) => finished_answer(answer),
                    // The task continues, and its answer goes to the cache.
                    Err(_) => Err(NotChecked::BeingChecked),
                },
            }),
        };
        let result = match (answered, plugin.caller(), plugin.manifest()) {
            (Some(Ok(answered)), _, Some(manifest)) => match &*answered {
                Ok(answer) => translate(answer, manifest, cycle, &sent)
                    .map(|new| earlier.beside(new))
                    .map_err(|fault| failed(&invalid_answer(plugin, fault))),
                Err(cause) => Err(failed(cause)),
            },
            (Some(Err(why)), ..) => Err(why),
            (_, Err(cause), _) => Err(failed(cause)),
            (_, Ok(_), _) => Err(failed(&Cause::Load("the plugin was not asked".to_owned()))),
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
    /// Adds the earlier results of other bodies to a new contribution.
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

fn invalid_answer(plugin: &Plugin, fault: String) -> Cause {
    let cause = Cause::Invalid(fault);
    tracing::warn!(plugin = plugin.identity().id, code = cause.code(), %cause, "not checked");
    cause
}

/// Returns the answer of a finished request.
fn finished_answer(
    answered: Result<Option<SharedAnswer>, JoinError>,
) -> Result<SharedAnswer, NotChecked> {
    match answered {
        Ok(Some(answered)) => Ok(answered),
        Ok(None) => Err(NotChecked::BeingChecked),
        Err(error) => Err(Cause::Start(error.to_string()).to_string().into()),
    }
}

/// Everything that a request to a plugin needs.
struct PreparedRequest {
    cache: Arc<Cache>,
    lanes: Arc<Lanes>,
    caller: Caller,
    id: String,
    next: NextCall,
}

impl PreparedRequest {
    /// Sends the request once the plugin is free, unless a newer request replaces it first.
    fn queue(self, lane: Arc<Lane>, request: Result<Vec<u8>, Cause>) -> RequestState {
        let known = request.as_ref().ok().and_then(|request| {
            let key = key(self.caller.digest(), self.caller.limits(), request);
            self.cache.known(&key)
        });
        let (number, free) = (lane.queue(), lane.is_free());
        if let Some(answered) = known {
            return RequestState::Pending(tokio::spawn(async { Some(answered) }));
        }
        let asking = tokio::spawn(async move {
            let answered = {
                let _turn = lane.turn(number).await?;
                self.answer(request).await
            };
            self.lanes.announce_answer();
            Some(answered)
        });
        if free {
            RequestState::Pending(asking)
        } else {
            // The caller of the older request has already waited.
            RequestState::Queued
        }
    }

    async fn answer(&self, request: Result<Vec<u8>, Cause>) -> SharedAnswer {
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

impl EarlierRuns<'_> {
    /// Returns the earlier run of a plugin with the same regions. A plugin that failed is asked
    /// again, because it may have recovered.
    fn run_of(&self, part: &PluginRequest<'_>) -> Option<&Arc<PluginRun>> {
        let mut runs = self.runs.iter();
        let run = runs.find(|run| run.plugin == *part.plugin.identity())?;
        (run.result.is_ok() && run.covers == part.covers).then_some(run)
    }
}

/// Returns the SHAs with these codes, or all SHAs if no code is given and `or_all` is set.
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

/// Returns the local outcomes that a plugin declares.
pub(super) fn outcomes(manifest: &Manifest) -> Vec<OutcomeDefinition> {
    let definition = |outcome: &wcc_plugin::OutcomeDeclaration| {
        let mut series = outcome.series.clone();
        if series.is_empty() {
            series.push("persons".to_owned());
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
