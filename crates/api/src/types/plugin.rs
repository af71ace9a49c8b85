//! `Plugin`: a configured plugin, and `PluginRun`: its part in one cycle.

use super::body::{Body, Seen, Sha};
use super::cycle::Cycle;
use super::finding::Check;
use super::framework::Framework;
use super::ids::{Kind, NodeId};
use super::rulebook::Outcome;
use crate::picture::Picture;
use crate::project::leaves::Id;
use crate::project::{Failure, object};
use wcc_core::BodyKind;
use wcc_core::NotChecked;
use wcc_core::contribution as core;
use wcc_core::finding::Author;
use wcc_programme::ConfiguredPlugin;

/// A configured plugin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plugin<'a> {
    picture: &'a Picture,
    it: &'a ConfiguredPlugin,
}

/// A text that is not known where a plugin could not be asked.
fn known(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

impl<'a> Plugin<'a> {
    /// Every configured plugin.
    pub(crate) fn all(picture: &'a Picture) -> impl Iterator<Item = Plugin<'a>> {
        let plugins = picture.plugins().iter();
        plugins.map(move |it| Plugin { picture, it })
    }

    /// The plugins that speak for a region.
    pub(crate) fn for_region(
        picture: &'a Picture,
        sha: &'a str,
    ) -> impl Iterator<Item = Plugin<'a>> {
        let speaks =
            move |plugin: &Plugin<'a>| plugin.it.regions.iter().any(|region| region == sha);
        Plugin::all(picture).filter(speaks)
    }

    /// The plugin with an identifier.
    pub(crate) fn with_code(picture: &'a Picture, code: &str) -> Option<Plugin<'a>> {
        Plugin::all(picture).find(|plugin| plugin.it.identity.id == code)
    }

    /// The plugin that an argument names, by its identifier or as a node id.
    pub(crate) fn named(picture: &'a Picture, given: &str) -> Result<Plugin<'a>, Failure> {
        let found = Plugin::with_code(picture, given).or_else(|| {
            let code = NodeId::single(given, Kind::Plugin)?;
            Plugin::with_code(picture, &code)
        });
        let valid = Plugin::all(picture).map(|plugin| plugin.it.identity.id.as_str());
        found.ok_or_else(|| Failure::unknown("plugin", given, valid))
    }

    fn regions(&self) -> impl Iterator<Item = Sha<'a>> + use<'a> {
        let picture = self.picture;
        let regions = self.it.regions.iter();
        let seen = regions.filter_map(move |code| Seen::with_code(picture, code));
        seen.filter(|seen| seen.it().kind == BodyKind::Sha).map(Sha)
    }
}

object! {
    /// A configured regional plugin: it adds local outcomes and checks, and never alters a
    /// judgement.
    Plugin<'a> as "Plugin", implements [Node] => |it| {
        /// Global identifier; give it to `node` to ask for the plugin again.
        id: NodeId<'a> = NodeId::new(Kind::Plugin, [&it.it.identity.id]);
        /// Identifier: `once-north-east`.
        code: Id<'a> = Id(&it.it.identity.id);
        /// Title; null if the plugin could not be described.
        title: Option<&'a str> = known(&it.it.identity.title);
        /// The version that it declares; null if it could not be described.
        version: Option<&'a str> = known(&it.it.identity.version);
        /// SHA-256 of the library, in hexadecimal; null if it could not be read.
        digest: Option<&'a str> = known(&it.it.identity.digest);
        /// The SHAs of its regions.
        regions: [Sha<'a>; 1] = it.regions();
        /// The loaded frameworks that it supports.
        frameworks: [Framework<'a>; 2] = it.it.frameworks.iter().filter_map(|code| Framework::with_code(it.picture, code));
        /// The documentation of its checks.
        checks: [Check<'a>; 6] = it.it.checks.iter().map(|check| Check { it: check, plugin: Some(&it.it.identity.id) });
        /// Why it is unavailable; null if it is available.
        unavailable: Option<&'a str> = it.it.unavailable.as_deref();
    }
}

/// A plugin's part in a cycle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PluginRun<'a> {
    cycle: Cycle<'a>,
    /// The part.
    pub(crate) it: &'a core::PluginRun,
}

impl<'a> PluginRun<'a> {
    /// Every plugin that took part in a cycle.
    pub(crate) fn all(cycle: Cycle<'a>) -> impl Iterator<Item = PluginRun<'a>> {
        let runs = cycle.at.assurance.plugins.iter();
        runs.map(move |it| PluginRun { cycle, it })
    }

    /// The one at a position of the cycle's list.
    pub(crate) fn at(cycle: Cycle<'a>, at: u16) -> Option<PluginRun<'a>> {
        let it = cycle.at.assurance.plugins.get(usize::from(at))?;
        Some(PluginRun { cycle, it })
    }

    /// Who an argument names: a plugin that took part in the cycle, or `core`.
    pub(crate) fn author(cycle: Cycle<'a>, given: &str) -> Result<Author, Failure> {
        const CORE: &str = "core";
        if given == CORE {
            return Ok(Author::Core);
        }
        let ids = || PluginRun::all(cycle).map(|run| run.it.plugin.id.as_str());
        let found = (0..).zip(ids()).find(|(_, id)| *id == given);
        found.map(|(at, _)| Author::Plugin(at)).ok_or_else(|| {
            let valid = ids().chain([CORE]);
            Failure::unknown_in(&cycle.place_in_words(), "plugin", given, valid)
        })
    }

    fn covers(&self) -> impl Iterator<Item = Body<'a>> + use<'a> {
        let cycle = self.cycle;
        let covers = self.it.covers.iter();
        covers.map(move |body| Body::of(cycle.seen(*body)))
    }
}

object! {
    /// A plugin's run in one cycle. A failure loses only the plugin's own answer.
    PluginRun<'a> as "PluginRun" => |it| {
        /// Identifier: `once-north-east`.
        code: Id<'a> = Id(&it.it.plugin.id);
        /// Title; null if the plugin could not be described.
        title: Option<&'a str> = known(&it.it.plugin.title);
        /// The version that it declares; null if it could not be described.
        version: Option<&'a str> = known(&it.it.plugin.version);
        /// SHA-256 of the library, in hexadecimal; null if it could not be read.
        digest: Option<&'a str> = known(&it.it.plugin.digest);
        /// Whether it answered, so that its checks were made.
        checked: bool = it.it.result.is_ok();
        /// Why its checks were not made: "timed out after 10 s". Null if they were.
        notChecked: Option<&'a str> = it.it.result.as_ref().err().map(NotChecked::reason);
        /// Whether it has not answered yet: query again in a moment.
        beingChecked: bool = it.it.result == Err(NotChecked::BeingChecked);
        /// The SHAs, clusters or PCTs that it covers; empty if it covers all.
        covers: [Body<'a>; 1] = it.covers();
        /// The documentation of its checks.
        checks: [Check<'a>; 6] = it.it.checks.iter().map(|check| Check { it: check, plugin: Some(&it.it.plugin.id) });
        /// The local outcomes that it defines.
        outcomes: [Outcome<'a>; 8] = it.it.outcomes.iter().map(Outcome);
        /// The configured plugin; null if it is no longer configured.
        plugin: Option<Plugin<'a>> = Plugin::with_code(it.cycle.picture, &it.it.plugin.id);
    }
}
