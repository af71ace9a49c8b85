//! Tests the plugins of this workspace, run in workers.

#![allow(clippy::indexing_slicing, reason = "tests may panic")]

mod support;

use libtest_mimic::Failed;
use std::fs;
use std::sync::Arc;
use support::{library, load, settings, test};
use wcc_core::finding::About;
use wcc_core::{CheckedCycle, MeasureIndex, PluginRun, Step};
use wcc_fixtures::region::{CANCER, P5D9, P5PK, Q30, Q34, cycle, cycle_of};
use wcc_host::{Isolation, PluginSettings, Plugins, Trust};

fn main() {
    wcc_host::become_worker_if_asked();
    support::main(vec![
        test(
            "findings and reach are returned",
            findings_and_reach_are_returned,
        ),
        test("the same in this process", same_in_this_process),
        test("a function's level limits a PCT", a_functions_level_limits),
        test(
            "the order of plugins does not matter",
            order_does_not_matter,
        ),
        test(
            "regions and frameworks select plugins",
            regions_and_frameworks_select,
        ),
        test(
            "a missing plugin affects no other",
            a_missing_plugin_affects_no_other,
        ),
        test("a changed file is rejected", a_changed_file_is_rejected),
        test(
            "a later change of the file has no effect",
            a_later_change_has_no_effect,
        ),
        test(
            "of two conflicting plugins the first stays",
            the_first_of_two_conflicting_plugins_stays,
        ),
        test(
            "settings without a schema are rejected",
            settings_are_rejected,
        ),
        test("a directory and a text file", a_directory_and_a_text_file),
    ]);
}

type TestResult = Result<(), Failed>;

async fn runs(plugins: &Plugins, cycle: &CheckedCycle) -> Vec<Arc<PluginRun>> {
    let base = wcc_core::assure(cycle, Vec::new(), None);
    plugins.evaluate(cycle, &base).await
}

fn both() -> Vec<PluginSettings> {
    vec![settings("once-north-east"), settings("west-midlands")]
}

async fn findings_and_reach_are_returned() -> TestResult {
    let plugins = load(both()).await;
    assert_eq!(plugins.failures().count(), 0);
    let runs = runs(&plugins, &cycle()).await;
    let ids: Vec<&str> = runs.iter().map(|run| run.plugin.id.as_str()).collect();
    assert_eq!(ids, ["once-north-east", "west-midlands"]);
    assert_eq!(runs[0].covers, [Q30]);
    assert_eq!(runs[1].covers, [Q34]);
    assert_eq!(runs[0].plugin.digest.len(), 64);
    assert_eq!(runs[0].checks[0].id, "once-north-east/not-assured");
    assert_eq!(runs[1].outcomes.len(), 7);

    let contribution = runs[0].result.as_ref().map_err(ToString::to_string)?;
    assert_eq!(
        contribution.reach.len(),
        1,
        "only the function in the tables of bodies"
    );
    assert_eq!(contribution.reach[0].function, CANCER);
    assert_eq!(
        contribution.reach[0].measures,
        [MeasureIndex(0), MeasureIndex(1)]
    );
    let findings: Vec<_> = contribution
        .findings
        .iter()
        .map(|finding| (finding.body, &*finding.check))
        .collect();
    assert_eq!(findings, [(CANCER, "once-north-east/not-assured"),]);
    assert_eq!(contribution.findings[0].about, About::Function(CANCER));
    Ok(())
}

async fn same_in_this_process() -> TestResult {
    let cycle = cycle();
    let workers = runs(&load(both()).await, &cycle).await;
    let here = both().into_iter().map(|settings| PluginSettings {
        isolation: Isolation::None,
        ..settings
    });
    let here = runs(&load(here.collect()).await, &cycle).await;
    assert_eq!(workers, here);
    Ok(())
}

async fn a_functions_level_limits() -> TestResult {
    let cycle = cycle();
    let runs = runs(&load(both()).await, &cycle).await;
    let assurance = wcc_core::assure(&cycle, runs, None);
    let output = assurance.output(P5D9).ok_or("no output")?;
    assert_eq!(output.cell(MeasureIndex(0)).supported, Some(Step::at(0)));
    assert_eq!(output.challenges.len(), 1);
    Ok(())
}

async fn order_does_not_matter() -> TestResult {
    let cycle = cycle();
    let forwards = runs(&load(both()).await, &cycle).await;
    let backwards = runs(&load(both().into_iter().rev().collect()).await, &cycle).await;
    assert_eq!(forwards, backwards);
    Ok(())
}

async fn regions_and_frameworks_select() -> TestResult {
    let plugins = load(both()).await;
    let of_one_region = runs(&plugins, &cycle_of(vec![P5PK], "wcc-2009-10")).await;
    assert_eq!(of_one_region.len(), 1);
    assert_eq!(of_one_region[0].plugin.id, "west-midlands");
    let of_another_framework = runs(&plugins, &cycle_of(vec![P5PK], "hospital-stars")).await;
    assert_eq!(of_another_framework, []);
    Ok(())
}

async fn a_missing_plugin_affects_no_other() -> TestResult {
    let missing = PluginSettings::new("/nowhere/libnorth_west.so", "0".repeat(64));
    let missing_in_q34 = PluginSettings {
        id: Some("south-west".to_owned()),
        regions: vec!["Q34".to_owned()],
        ..missing.clone()
    };
    let plugins = load(vec![missing, missing_in_q34, settings("once-north-east")]).await;
    assert_eq!(plugins.failures().count(), 2);
    let runs = runs(&plugins, &cycle()).await;
    let ids: Vec<&str> = runs.iter().map(|run| run.plugin.id.as_str()).collect();
    assert_eq!(ids, ["north-west", "once-north-east", "south-west"]);
    assert_eq!(runs[0].covers, [Q30, Q34], "its regions are not known");
    assert_eq!(runs[2].covers, [Q34]);
    let words = runs[0]
        .result
        .as_ref()
        .err()
        .ok_or("the plugin cannot answer")?;
    assert_eq!(
        words.reason(),
        "the library cannot be read: No such file or directory (os error 2)"
    );
    assert!(runs[1].result.is_ok());
    Ok(())
}

async fn a_changed_file_is_rejected() -> TestResult {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("libonce_north_east.so");
    let mut bytes = fs::read(library("once-north-east"))?;
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&copy, bytes)?;
    let digest = settings("once-north-east").sha256;
    let plugins = load(vec![PluginSettings::new(copy, &digest)]).await;
    let failure = plugins
        .failures()
        .next()
        .ok_or("the plugin must be rejected")?;
    assert_eq!(failure.cause.code(), "digest");
    assert_eq!(failure.plugin.id, "once-north-east");
    assert_ne!(failure.plugin.digest, digest);
    assert!(failure.to_string().contains(&digest));
    Ok(())
}

async fn a_later_change_has_no_effect() -> TestResult {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("libonce_north_east.so");
    fs::copy(library("once-north-east"), &copy)?;
    let plugins = load(vec![support::settings_at(&copy)]).await;
    fs::write(&copy, "something else")?;
    let after_writing = runs(&plugins, &cycle()).await;
    fs::remove_file(&copy)?;
    let after_deleting = runs(&plugins, &cycle_of(vec![P5D9], "wcc-2009-10")).await;
    assert!(after_writing[0].result.is_ok());
    assert!(after_deleting[0].result.is_ok());
    let reloaded = plugins
        .reload(
            vec![PluginSettings::new(copy, "0".repeat(64))],
            Trust::default(),
        )
        .await;
    assert_eq!(reloaded.failures().count(), 1);
    Ok(())
}

async fn the_first_of_two_conflicting_plugins_stays() -> TestResult {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("libcopy.so");
    fs::copy(library("west-midlands"), &copy)?;
    let pair = || vec![settings("west-midlands"), support::settings_at(&copy)];
    let plugins = load(pair()).await;
    let failures: Vec<_> = plugins.failures().collect();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].cause.code(), "conflict");
    let words = failures[0].to_string();
    assert!(words.contains("libcopy.so"), "{words}");
    assert!(words.contains("libwest_midlands.so"), "{words}");
    let answered = runs(&plugins, &cycle()).await;
    let answered: Vec<bool> = answered.iter().map(|run| run.result.is_ok()).collect();
    assert_eq!(
        answered,
        [true, false],
        "the first plugin answers as if it were alone"
    );

    let other_way: Vec<_> = pair().into_iter().rev().collect();
    let plugins = load(other_way).await;
    let rejected = plugins
        .failures()
        .next()
        .ok_or("one plugin must be rejected")?;
    assert!(rejected.path.ends_with("libwest_midlands.so"));
    Ok(())
}

async fn settings_are_rejected() -> TestResult {
    let mut settings = settings("west-midlands");
    settings.settings = [("lenient".to_owned(), true.into())]
        .into_iter()
        .collect::<serde_json::Map<_, _>>()
        .into();
    let plugins = load(vec![settings]).await;
    let failure = plugins
        .failures()
        .next()
        .ok_or("the plugin must be rejected")?;
    assert_eq!(failure.cause.code(), "settings");
    Ok(())
}

async fn a_directory_and_a_text_file() -> TestResult {
    let folder = tempfile::tempdir()?;
    let text = folder.path().join("libtext.so");
    fs::write(&text, "not a library")?;
    let directory = PluginSettings::new(folder.path(), "0".repeat(64));
    let plugins = load(vec![directory, support::settings_at(&text)]).await;
    let causes: Vec<String> = plugins
        .failures()
        .map(|failure| failure.cause.to_string())
        .collect();
    assert!(
        causes.iter().any(|cause| cause.contains("to a directory")),
        "{causes:?}"
    );
    assert!(
        causes
            .iter()
            .any(|cause| cause.contains("not a 64-bit ELF library")),
        "{causes:?}"
    );
    Ok(())
}
