//! `Plugin`: a configured plugin. `PluginRun`: its result for one cycle.

use super::body::{Body, BodyView, Sha};
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
    data: &'a ConfiguredPlugin,
}

/// A text, or `None` if it is empty because the plugin could not be run.
fn non_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

impl<'a> Plugin<'a> {
    /// Every configured plugin.
    pub(crate) fn all(picture: &'a Picture) -> impl Iterator<Item = Plugin<'a>> {
        let plugins = picture.plugins().iter();
        plugins.map(move |data| Plugin { picture, data })
    }

    /// The plugins that cover a region.
    pub(crate) fn for_region(
        picture: &'a Picture,
        sha: &'a str,
    ) -> impl Iterator<Item = Plugin<'a>> {
        let covers =
            move |plugin: &Plugin<'a>| plugin.data.regions.iter().any(|region| region == sha);
        Plugin::all(picture).filter(covers)
    }

    /// The plugin with an identifier.
    pub(crate) fn with_code(picture: &'a Picture, code: &str) -> Option<Plugin<'a>> {
        Plugin::all(picture).find(|plugin| plugin.data.identity.id == code)
    }

    /// The plugin named by an argument, by its identifier or as a node id.
    pub(crate) fn named(picture: &'a Picture, name: &str) -> Result<Plugin<'a>, Failure> {
        let plugin = Plugin::with_code(picture, name).or_else(|| {
            let code = NodeId::single(name, Kind::Plugin)?;
            Plugin::with_code(picture, &code)
        });
        let valid = Plugin::all(picture).map(|plugin| plugin.data.identity.id.as_str());
        plugin.ok_or_else(|| Failure::unknown("plugin", name, valid))
    }

    fn regions(&self) -> impl Iterator<Item = Sha<'a>> + use<'a> {
        let picture = self.picture;
        let regions = self.data.regions.iter();
        let bodies = regions.filter_map(move |code| BodyView::with_code(picture, code));
        bodies
            .filter(|bodies| bodies.data().kind == BodyKind::Sha)
            .map(Sha)
    }
}

object! {
    /// A configured regional plugin: it adds local outcomes and checks, and never alters a
    /// judgement.
    Plugin<'a> as "Plugin", implements [Node] => |plugin| {
        /// Global identifier; give it to `node` to ask for the plugin again.
        id: NodeId<'a> = NodeId::new(Kind::Plugin, [&plugin.data.identity.id]);
        /// Identifier: `once-north-east`.
        code: Id<'a> = Id(&plugin.data.identity.id);
        /// Title; null if the plugin could not be described.
        title: Option<&'a str> = non_empty(&plugin.data.identity.title);
        /// The version that it declares; null if it could not be described.
        version: Option<&'a str> = non_empty(&plugin.data.identity.version);
        /// SHA-256 of the library, in hexadecimal; null if it could not be read.
        digest: Option<&'a str> = non_empty(&plugin.data.identity.digest);
        /// The SHAs of its regions.
        regions: [Sha<'a>; 1] = plugin.regions();
        /// The loaded frameworks that it supports.
        frameworks: [Framework<'a>; 2] = plugin.data.frameworks.iter().filter_map(|code| Framework::with_code(plugin.picture, code));
        /// The documentation of its checks.
        checks: [Check<'a>; 6] = plugin.data.checks.iter().map(|check| Check { data: check, plugin: Some(&plugin.data.identity.id) });
        /// Why it is unavailable; null if it is available.
        unavailable: Option<&'a str> = plugin.data.unavailable.as_deref();
    }
}

/// A plugin's result for a cycle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PluginRun<'a> {
    cycle: Cycle<'a>,
    /// The run.
    pub(crate) data: &'a core::PluginRun,
}

impl<'a> PluginRun<'a> {
    /// Every plugin run of a cycle.
    pub(crate) fn all(cycle: Cycle<'a>) -> impl Iterator<Item = PluginRun<'a>> {
        let runs = cycle.assured.assurance.plugins.iter();
        runs.map(move |data| PluginRun { cycle, data })
    }

    /// The run at a position in the cycle's list.
    pub(crate) fn at(cycle: Cycle<'a>, at: u16) -> Option<PluginRun<'a>> {
        let data = cycle.assured.assurance.plugins.get(usize::from(at))?;
        Some(PluginRun { cycle, data })
    }

    /// The author named by an argument: a plugin of the cycle, or `core`.
    pub(crate) fn author(cycle: Cycle<'a>, name: &str) -> Result<Author, Failure> {
        const CORE: &str = "core";
        if name == CORE {
            return Ok(Author::Core);
        }
        let ids = || PluginRun::all(cycle).map(|run| run.data.plugin.id.as_str());
        let position = (0..).zip(ids()).find(|(_, id)| *id == name);
        position.map(|(at, _)| Author::Plugin(at)).ok_or_else(|| {
            let valid = ids().chain([CORE]);
            Failure::unknown_in(&cycle.place_in_words(), "plugin", name, valid)
        })
    }

    fn covers(&self) -> impl Iterator<Item = Body<'a>> + use<'a> {
        let cycle = self.cycle;
        let covers = self.data.covers.iter();
        covers.map(move |body| Body::of(cycle.body_view(*body)))
    }
}

object! {
    /// A plugin's run in one cycle. A failure loses only the plugin's own answer.
    PluginRun<'a> as "PluginRun" => |plugin_run| {
        /// Identifier: `once-north-east`.
        code: Id<'a> = Id(&plugin_run.data.plugin.id);
        /// Title; null if the plugin could not be described.
        title: Option<&'a str> = non_empty(&plugin_run.data.plugin.title);
        /// The version that it declares; null if it could not be described.
        version: Option<&'a str> = non_empty(&plugin_run.data.plugin.version);
        /// SHA-256 of the library, in hexadecimal; null if it could not be read.
        digest: Option<&'a str> = non_empty(&plugin_run.data.plugin.digest);
        /// Whether it answered, so that its checks were made.
        checked: bool = plugin_run.data.result.is_ok();
        /// Why its checks were not made: "timed out after 10 s". Null if they were.
        notChecked: Option<&'a str> = plugin_run.data.result.as_ref().err().map(NotChecked::reason);
        /// Whether it has not answered yet: query again in a moment.
        beingChecked: bool = plugin_run.data.result == Err(NotChecked::BeingChecked);
        /// The SHAs, clusters or PCTs that it covers; empty if it covers all.
        covers: [Body<'a>; 1] = plugin_run.covers();
        /// The documentation of its checks.
        checks: [Check<'a>; 6] = plugin_run.data.checks.iter().map(|check| Check { data: check, plugin: Some(&plugin_run.data.plugin.id) });
        /// The local outcomes that it defines.
        outcomes: [Outcome<'a>; 8] = plugin_run.data.outcomes.iter().map(Outcome);
        /// The configured plugin; null if it is no longer configured.
        plugin: Option<Plugin<'a>> = Plugin::with_code(plugin_run.cycle.picture, &plugin_run.data.plugin.id);
    }
}
