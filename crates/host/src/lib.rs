//! Finds, checks, runs and contains plugins.
//!
//! A plugin is a shared library behind three C functions (see `wcc-plugin`). The host reads it
//! once, compares it with the digest that the operator configured, and keeps a sealed copy; asks
//! it who it is; and for every cycle asks it once, with all bodies of its regions. By default each
//! call runs in a fresh worker process of our own program, under limits, so that whatever a plugin
//! does costs its own answer and nothing else. What it answers is checked as outside data before
//! the core sees any of it.
//!
//! Nothing here fails an assessment: a plugin without an answer is a [`wcc_core::PluginRun`] whose
//! result says why.
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
//! Linux only for now: sealed copies and `/proc` have no equal elsewhere.

mod batch;
mod cache;
mod caller;
mod confine;
pub mod conformance;
mod contribution;
mod definitions;
mod dependencies;
mod failure;
mod filter;
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
