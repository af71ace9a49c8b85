//! What the tests of this crate share: libraries, a small cycle, a runner.

#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each test uses a part of it, and stops where its setting cannot be made"
)]

pub(crate) mod cycle;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use wcc_host::{PluginSettings, Plugins, Worker};

/// The `main` of a test: becomes a worker if asked, else runs the tests.
pub(crate) fn main(tests: Vec<Trial>) {
    // What is left behind is counted for the whole process, so one test follows the other.
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(1));
    libtest_mimic::run(&arguments, tests).exit();
}

/// A test that runs in a runtime of its own.
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

/// The library of a plugin in this workspace. Cargo leaves it beside the test executable.
pub(crate) fn library(package: &str) -> PathBuf {
    let executable = std::env::current_exe().expect("the test knows its path");
    let folder = executable.parent().expect("it lies in a folder");
    folder.join(format!("lib{}.so", package.replace('-', "_")))
}

/// Settings of a plugin in this workspace, with the right digest.
pub(crate) fn settings(package: &str) -> PluginSettings {
    settings_at(&library(package))
}

/// Settings of any library, with the right digest.
pub(crate) fn settings_at(path: &Path) -> PluginSettings {
    let digest = wcc_host::digest_of(path).expect("the library is there");
    PluginSettings::new(path, digest)
}

/// Loads plugins whose workers are this test.
pub(crate) async fn load(settings: Vec<PluginSettings>) -> Plugins {
    let worker = Worker::this_program().expect("a thread can be started");
    Plugins::load(settings, worker).await
}
