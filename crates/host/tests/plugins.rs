//! The plugins of this workspace, loaded and asked through workers.

mod support;

use libtest_mimic::Failed;
use std::fs;
use std::sync::Arc;
use support::cycle::{CANCER, P5D9, P5PK, Q30, Q34, cycle, cycle_of};
use support::{library, load, settings, test};
use wcc_core::finding::About;
use wcc_core::{CheckedCycle, MeasureIndex, PluginRun, Step};
use wcc_host::{Isolation, PluginSettings, Plugins, Trust};

fn main() {
    wcc_host::become_worker_if_asked();
    support::main(vec![
        test("findings and reach come back", findings_and_reach_come_back),
        test("in this process the same", in_this_process_the_same),
        test("a function's level limits", a_functions_level_limits),
        test(
            "the order of plugins changes nothing",
            order_changes_nothing,
        ),
        test(
            "regions and frameworks choose",
            regions_and_frameworks_choose,
        ),
        test(
            "a plugin that is not there harms nobody",
            one_missing_harms_nobody,
        ),
        test("another file is refused", another_file_is_refused),
        test(
            "a library changed later changes nothing",
            changed_later_changes_nothing,
        ),
        test(
            "of two claimants the first stays",
            of_two_claimants_the_first_stays,
        ),
        test(
            "settings without a schema are refused",
            settings_are_refused,
        ),
        test("a directory and a text file", a_directory_and_a_text_file),
    ]);
}

type Tested = Result<(), Failed>;

async fn runs(plugins: &Plugins, cycle: &CheckedCycle) -> Vec<Arc<PluginRun>> {
    let base = wcc_core::assure(cycle, Vec::new(), None);
    plugins.evaluate(cycle, &base).await
}

fn both() -> Vec<PluginSettings> {
    vec![settings("once-north-east"), settings("west-midlands")]
}

async fn findings_and_reach_come_back() -> Tested {
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

    let said = runs[0].result.as_ref().map_err(ToString::to_string)?;
    assert_eq!(
        said.reach.len(),
        1,
        "only the function that the tables have"
    );
    assert_eq!(said.reach[0].function, CANCER);
    assert_eq!(said.reach[0].measures, [MeasureIndex(0), MeasureIndex(1)]);
    let found: Vec<_> = said
        .findings
        .iter()
        .map(|finding| (finding.body, &*finding.check))
        .collect();
    assert_eq!(found, [(CANCER, "once-north-east/not-assured"),]);
    assert_eq!(said.findings[0].about, About::Function(CANCER));
    Ok(())
}

async fn in_this_process_the_same() -> Tested {
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

async fn a_functions_level_limits() -> Tested {
    let cycle = cycle();
    let runs = runs(&load(both()).await, &cycle).await;
    let assurance = wcc_core::assure(&cycle, runs, None);
    let output = assurance.output(P5D9).ok_or("no output")?;
    assert_eq!(output.cell(MeasureIndex(0)).supported, Some(Step(0)));
    assert_eq!(output.challenges.len(), 1);
    Ok(())
}

async fn order_changes_nothing() -> Tested {
    let cycle = cycle();
    let forwards = runs(&load(both()).await, &cycle).await;
    let backwards = runs(&load(both().into_iter().rev().collect()).await, &cycle).await;
    assert_eq!(forwards, backwards);
    Ok(())
}

async fn regions_and_frameworks_choose() -> Tested {
    let plugins = load(both()).await;
    let of_one_region = runs(&plugins, &cycle_of(vec![P5PK], "wcc-2009-10")).await;
    assert_eq!(of_one_region.len(), 1);
    assert_eq!(of_one_region[0].plugin.id, "west-midlands");
    let of_another_framework = runs(&plugins, &cycle_of(vec![P5PK], "hospital-stars")).await;
    assert_eq!(of_another_framework, []);
    Ok(())
}

async fn one_missing_harms_nobody() -> Tested {
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
    assert_eq!(
        runs[0].covers,
        [Q30, Q34],
        "nobody knows whom it speaks for"
    );
    assert_eq!(runs[2].covers, [Q34]);
    let words = runs[0]
        .result
        .as_ref()
        .err()
        .ok_or("it cannot have answered")?;
    assert_eq!(
        words.reason(),
        "the library cannot be read: No such file or directory (os error 2)"
    );
    assert!(runs[1].result.is_ok());
    Ok(())
}

async fn another_file_is_refused() -> Tested {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("libonce_north_east.so");
    let mut bytes = fs::read(library("once-north-east"))?;
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&copy, bytes)?;
    let digest = settings("once-north-east").sha256;
    let plugins = load(vec![PluginSettings::new(copy, &digest)]).await;
    let failure = plugins.failures().next().ok_or("it must be refused")?;
    assert_eq!(failure.cause.code(), "digest");
    assert_eq!(failure.plugin.id, "once-north-east");
    assert_ne!(failure.plugin.digest, digest);
    assert!(failure.to_string().contains(&digest));
    Ok(())
}

async fn changed_later_changes_nothing() -> Tested {
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

async fn of_two_claimants_the_first_stays() -> Tested {
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
        "the first answers as if it were alone"
    );

    let other_way: Vec<_> = pair().into_iter().rev().collect();
    let plugins = load(other_way).await;
    let refused = plugins.failures().next().ok_or("one is refused")?;
    assert!(refused.path.ends_with("libwest_midlands.so"));
    Ok(())
}

async fn settings_are_refused() -> Tested {
    let mut settings = settings("west-midlands");
    settings.settings = [("lenient".to_owned(), true.into())]
        .into_iter()
        .collect::<serde_json::Map<_, _>>()
        .into();
    let plugins = load(vec![settings]).await;
    let failure = plugins.failures().next().ok_or("it must be refused")?;
    assert_eq!(failure.cause.code(), "settings");
    Ok(())
}

async fn a_directory_and_a_text_file() -> Tested {
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
