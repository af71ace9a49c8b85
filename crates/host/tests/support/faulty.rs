//! The plugin that fails, libraries that cannot be loaded, and what may be left behind.

#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each test uses a part of it, and stops where its setting cannot be made"
)]

use crate::support::cycle::{CANCER, P5D9, P5E1, P5PK, cycle_of};
use crate::support::{library, load, settings, settings_at};
use libtest_mimic::Failed;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use wcc_host::{PluginSettings, Plugins};

/// The plugin that fails in one way, under limits that make tests short.
pub(crate) fn faulty(fault: &str) -> PluginSettings {
    let mut settings = settings("faulty");
    settings.settings = serde_json::json!({ "fault": fault });
    limited(settings)
}

/// The same plugin without a fault.
pub(crate) fn faultless() -> PluginSettings {
    limited(settings("faulty"))
}

/// The same settings under limits that make tests short.
pub(crate) fn limited(mut settings: PluginSettings) -> PluginSettings {
    settings.limits.wall = Duration::from_millis(1_500);
    settings.limits.address_space = 192 << 20;
    settings.limits.answer = 8 << 20;
    settings
}

/// A library compiled from C by the system's compiler, which Rust needs for linking anyway.
pub(crate) fn compiled(folder: &Path, name: &str, source: &str) -> PluginSettings {
    let (text, library) = (
        folder.join(format!("{name}.c")),
        folder.join(format!("lib{name}.so")),
    );
    fs::write(&text, source).expect("the source can be written");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, &text])
        .status()
        .expect("the system has a C compiler");
    assert!(compiled.success(), "{name}.c does not compile");
    limited(settings_at(&library))
}

/// The library of the faulty plugin with its bytes changed, in a folder.
pub(crate) fn altered(
    folder: &Path,
    name: &str,
    alter: impl FnOnce(&mut Vec<u8>),
) -> PluginSettings {
    let mut bytes = fs::read(library("faulty")).expect("the library is there");
    alter(&mut bytes);
    let path = folder.join(format!("lib{name}.so"));
    fs::write(&path, bytes).expect("the library can be written");
    limited(settings_at(&path))
}

/// Where the last part of an ELF file ends that the loader maps. What follows is for debuggers.
pub(crate) fn end_of_segments(elf: &[u8]) -> usize {
    let number = |at: usize, length: usize| {
        let digits = elf[at..at + length].iter().rev();
        digits.fold(0, |number, digit| number << 8 | usize::from(*digit))
    };
    let (table, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    let segments = (0..count).map(|at| table + at * size);
    let loaded = segments.filter(|at| number(*at, 4) == 1);
    let ends = loaded.map(|at| number(at + 8, 8) + number(at + 32, 8));
    ends.max().unwrap_or_default()
}

/// What may be left behind: descriptors, children, files in the temporary folder, memory.
#[derive(Debug)]
pub(crate) struct Traces {
    descriptors: usize,
    children: BTreeSet<String>,
    files: BTreeSet<PathBuf>,
    resident_kib: u64,
}

impl Traces {
    /// What there is now.
    pub(crate) fn now() -> Self {
        let names = |path: &str| {
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            entries.map(|entry| entry.path()).collect::<BTreeSet<_>>()
        };
        let ours = |path: &PathBuf| path.to_string_lossy().contains("wcc-faulty");
        Self {
            descriptors: names("/proc/self/fd").len(),
            children: children(),
            files: names("/tmp").into_iter().filter(ours).collect(),
            resident_kib: resident_kib(),
        }
    }

    /// Fails if there is more than before; what ends by itself gets a moment for it.
    pub(crate) fn assert_gone(&self, after: &str) {
        let end = Instant::now() + Duration::from_secs(3);
        loop {
            let now = Self::now();
            let same = now.descriptors <= self.descriptors
                && now.children.is_subset(&self.children)
                && now.files == self.files
                && now.resident_kib < self.resident_kib + (48 << 10);
            if same {
                return;
            }
            assert!(
                Instant::now() < end,
                "left behind by {after}: before {self:?}, now {now:?}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Every process whose parent this one is, by number, dead ones too.
fn children() -> BTreeSet<String> {
    let me = std::process::id().to_string();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_child = |number: &String| {
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        after_name.split_whitespace().nth(1) == Some(&me)
    };
    numbers.filter(is_child).collect()
}

fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

/// Threads, pipes and pages of the first call are not leaks of a later one.
pub(crate) async fn warm_up() -> Result<(), Failed> {
    for fault in ["abort", "noise", "huge-answer"] {
        let _ = beside_a_healthy_one(faulty(fault)).await?;
    }
    Ok(())
}

/// Asks a plugin together with a healthy one, which must answer in full; what the first said.
pub(crate) async fn beside_a_healthy_one(
    plugin: PluginSettings,
) -> Result<Result<(), String>, Failed> {
    let name = plugin.presumed_id();
    let plugins = load(vec![plugin, settings("once-north-east")]).await;
    let (said, failure) = (said_by_faulty(&plugins).await, plugins.failures().next());
    if let Some(failure) = failure {
        let words = failure.to_string();
        if !words.contains(&format!("`{name}`")) {
            return Err(format!("{name} is not named: {words}").into());
        }
    }
    Ok(said)
}

/// What the plugin beside the healthy one said. The healthy one's answer must be complete.
pub(crate) async fn said_by_faulty(plugins: &Plugins) -> Result<(), String> {
    let cycle = cycle_of(vec![P5D9, P5E1, P5PK], "wcc-2009-10");
    let base = wcc_core::assure(&cycle, Vec::new(), None);
    let runs = plugins.evaluate(&cycle, &base).await;
    let mut said = Err("it was not asked".to_owned());
    for run in runs {
        if run.plugin.id == "once-north-east" {
            let contribution = run.result.as_ref().expect("the healthy plugin answers");
            let found: Vec<_> = contribution.findings.iter().map(|one| one.body).collect();
            assert_eq!(found, [CANCER]);
        } else {
            assert!(!run.plugin.id.is_empty());
            said = run.result.as_ref().map(drop).map_err(ToString::to_string);
        }
    }
    said
}
