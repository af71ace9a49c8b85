//! Finds, checks, runs and contains plugins.
//!
//! A plugin is a shared library with three C functions (see `wcc-plugin`). The host reads the
//! library once, compares it with the digest that the operator configured, keeps a sealed copy, and
//! asks the plugin for its manifest. For every cycle it sends one request with all bodies of the
//! plugin's regions. By default each call runs under limits in a fresh worker process of this
//! program, so that a fault loses only the plugin's own answer. The host checks every answer as
//! outside data before it passes it to the core.
//!
//! A failing plugin never stops an assurance: its [`wcc_core::PluginRun`] says why it has no
//! answer.
//!
//! ```no_run
//! # async fn example(cycle: &wcc_core::CheckedCycle) -> std::io::Result<()> {
//! use wcc_host::{PluginSettings, Plugins, Worker};
//!
//! wcc_host::become_worker_if_asked(); // first thing in `main`
//! let settings = vec![PluginSettings::new("libonce_north_east.so", "9f86d0...")];
//! let plugins = Plugins::load(settings, Worker::this_program()?).await;
//! let base = wcc_core::assure(cycle, Vec::new(), None);
//! let runs = plugins.evaluate(cycle, &base).await;
//! let assurance = wcc_core::assure(cycle, runs, None);
//! # Ok(())
//! # }
//! ```
//!
//! The host runs only on Linux, because other systems have no equivalent of sealed copies and
//! `/proc`.

mod batch;
mod cache;
mod caller;
mod child;
mod confine;
pub mod conformance;
mod contribution;
mod definitions;
mod dependencies;
mod failure;
mod filter;
mod fork_server;
mod lane;
mod library;
mod loader;
mod manifest;
mod plugin;
mod plugins;
mod process;
mod report;
mod schema;
mod settings;
mod spare;
mod text;
mod trust;
mod worker;

pub use confine::Confinement;
pub use definitions::{Admission, Definitions};
pub use failure::{Cause, Failure};
pub use library::digest_of;
pub use plugin::Plugin;
pub use plugins::{EarlierRuns, Patience, PendingRuns, Plugins};
pub use process::Worker;
pub use settings::{Isolation, Limits, PluginSettings};
pub use trust::{BadKey, Trust};
pub use worker::{ARGUMENT as WORKER_ARGUMENT, become_worker_if_asked};
