//! The faulty plugin, libraries that cannot be loaded, and traces that a plugin may leave.

#![allow(
    clippy::indexing_slicing,
    dead_code,
    clippy::expect_used,
    reason = "each test uses only some helpers, and stops if its setup fails"
)]

use crate::support::{library, load, settings, settings_at};
use libtest_mimic::Failed;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use wcc_fixtures::region::{CANCER, P5D9, P5E1, P5PK, cycle_of};
use wcc_host::{PluginSettings, Plugins};

/// Configures the faulty plugin with a fault, under limits that keep tests short.
pub(crate) fn faulty(fault: &str) -> PluginSettings {
    let mut settings = settings("faulty");
    settings.settings = serde_json::json!({ "fault": fault });
    limited(settings)
}

/// The same, with time enough for a fault that is not that it takes too long, however busy the machine is.
pub(crate) fn faulty_in_time(fault: &str) -> PluginSettings {
    let mut settings = faulty(fault);
    settings.limits.wall = Duration::from_secs(15);
    settings
}

/// Configures the faulty plugin without a fault.
pub(crate) fn faultless() -> PluginSettings {
    limited(settings("faulty"))
}

/// Sets limits that keep tests short.
pub(crate) fn limited(mut settings: PluginSettings) -> PluginSettings {
    settings.limits.wall = Duration::from_millis(1_500);
    settings.limits.address_space = 192 << 20;
    settings.limits.answer = 8 << 20;
    settings
}

/// Compiles a library from C with the system's compiler, which Rust also needs for linking.
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

/// Writes a changed copy of the faulty plugin's library to a folder.
pub(crate) fn altered(
    folder: &Path,
    name: &str,
    alter: impl FnOnce(&mut Vec<u8>),
) -> PluginSettings {
    let mut bytes = fs::read(library("faulty")).expect("the library exists");
    alter(&mut bytes);
    let path = folder.join(format!("lib{name}.so"));
    fs::write(&path, bytes).expect("the library can be written");
    limited(settings_at(&path))
}

/// Returns the end of the last part of an ELF file that the loader maps. The rest is for debuggers.
pub(crate) fn end_of_segments(elf: &[u8]) -> usize {
    let number = |offset: usize, length: usize| {
        let digits = elf[offset..offset + length].iter().rev();
        digits.fold(0, |number, digit| number << 8 | usize::from(*digit))
    };
    let (table, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    let segments = (0..count).map(|index| table + index * size);
    let loaded = segments.filter(|offset| number(*offset, 4) == 1);
    let ends = loaded.map(|offset| number(offset + 8, 8) + number(offset + 32, 8));
    ends.max().unwrap_or_default()
}

/// Traces that a plugin may leave: descriptors, child processes, files in the temporary folder,
/// memory.
#[derive(Debug)]
pub(crate) struct Traces {
    descriptors: usize,
    children: BTreeSet<String>,
    files: BTreeSet<PathBuf>,
    resident_kib: u64,
}

impl Traces {
    /// Records the current state.
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

    /// Fails if there is more than before, after a short time for traces that disappear by
    /// themselves.
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

/// Returns the ids of all child processes, including dead ones.
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

/// Makes some calls first, so that threads, pipes and memory of the first call do not count as
/// leaks.
pub(crate) async fn warm_up() -> Result<(), Failed> {
    for fault in ["abort", "noise", "huge-answer"] {
        let _ = beside_a_healthy_one(faulty(fault)).await?;
    }
    Ok(())
}

/// Evaluates a plugin together with a healthy one, which must answer completely, and returns the
/// result of the first.
pub(crate) async fn beside_a_healthy_one(
    plugin: PluginSettings,
) -> Result<Result<(), String>, Failed> {
    let name = plugin.presumed_id();
    let plugins = load(vec![plugin, settings("once-north-east")]).await;
    let (result, failure) = (result_of_faulty(&plugins).await, plugins.failures().next());
    if let Some(failure) = failure {
        let words = failure.to_string();
        if !words.contains(&format!("`{name}`")) {
            return Err(format!("the failure does not name {name}: {words}").into());
        }
    }
    Ok(result)
}

/// Returns the result of the plugin beside the healthy one, whose answer must be complete.
pub(crate) async fn result_of_faulty(plugins: &Plugins) -> Result<(), String> {
    let cycle = cycle_of(vec![P5D9, P5E1, P5PK], "wcc-2009-10");
    let base = wcc_core::assure(&cycle, Vec::new(), None);
    let runs = plugins.evaluate(&cycle, &base).await;
    let mut result = Err("the plugin was not asked".to_owned());
    for run in runs {
        if run.plugin.id == "once-north-east" {
            let contribution = run.result.as_ref().expect("the healthy plugin answers");
            let bodies: Vec<_> = contribution
                .findings
                .iter()
                .map(|finding| finding.body)
                .collect();
            assert_eq!(bodies, [CANCER]);
        } else {
            assert!(!run.plugin.id.is_empty());
            result = run.result.as_ref().map(drop).map_err(ToString::to_string);
        }
    }
    result
}
