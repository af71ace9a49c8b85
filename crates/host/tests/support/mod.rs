//! Helpers that the tests of this crate share: libraries and a runner.

#![allow(
    clippy::indexing_slicing,
    dead_code,
    clippy::expect_used,
    reason = "each test uses only some helpers, and stops if its setup fails"
)]

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use wcc_host::{PluginSettings, Plugins, Worker};

/// The `main` of a test: becomes a worker if asked, else runs the tests.
pub(crate) fn main(tests: Vec<Trial>) {
    // Traces are counted for the whole process, so tests run one at a time.
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(1));
    libtest_mimic::run(&arguments, tests).exit();
}

/// Creates a test that runs in its own runtime.
pub(crate) fn test<F>(name: &str, test: impl Fn() -> F + Send + 'static) -> Trial
where
    F: Future<Output = Result<(), Failed>>,
{
    Trial::test(name, move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        runtime.block_on(test())
    })
}

/// Returns the path of the library of a plugin in this workspace. Cargo writes it beside the test
/// executable.
pub(crate) fn library(package: &str) -> PathBuf {
    let executable = std::env::current_exe().expect("the test knows its path");
    let folder = executable.parent().expect("the test is in a folder");
    folder.join(format!("lib{}.so", package.replace('-', "_")))
}

/// Configures a plugin of this workspace, with the correct digest.
pub(crate) fn settings(package: &str) -> PluginSettings {
    settings_at(&library(package))
}

/// Configures any library, with the correct digest.
pub(crate) fn settings_at(path: &Path) -> PluginSettings {
    let digest = wcc_host::digest_of(path).expect("the library exists");
    PluginSettings::new(path, digest)
}

/// Loads plugins, with this test program as their worker.
pub(crate) async fn load(settings: Vec<PluginSettings>) -> Plugins {
    let worker = Worker::this_program().expect("a thread can be started");
    Plugins::load(settings, worker).await
}
