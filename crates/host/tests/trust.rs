//! Tests signatures, plugins' settings, and how one set of plugins replaces another.

#![allow(clippy::indexing_slicing, reason = "tests may panic")]

#[path = "support/faulty.rs"]
mod faulty;
mod support;

use faulty::{altered, faultless, limited};
use libtest_mimic::Failed;
use serde_json::json;
use std::fs;
use support::{load, settings, settings_at, test};
use wcc_host::{PluginSettings, Plugins, Trust, Worker};

type TestResult = Result<(), Failed>;

fn main() {
    wcc_host::become_worker_if_asked();
    support::main(vec![
        test(
            "settings must match the schema",
            settings_must_match_the_schema,
        ),
        test("invalid keys", invalid_keys),
        test("unsigned and wrongly signed", unsigned_and_wrongly_signed),
        test("signatures may be optional", signatures_may_be_optional),
        test("signed by a trusted key", signed_by_a_trusted_key),
        test(
            "a failing replacement keeps the old set",
            a_failing_replacement_keeps_the_old_set,
        ),
        test(
            "a changed configuration is applied",
            a_changed_configuration_is_applied,
        ),
        test(
            "a plugin that failed before does not prevent a change",
            an_earlier_failure_does_not_prevent_a_change,
        ),
    ]);
}

async fn settings_must_match_the_schema() -> TestResult {
    let rejected = [
        (json!({ "fault": 3 }), "`fault`"),
        (json!({ "fault": "none-such" }), "`fault`"),
        (json!({ "times": 0 }), "`times`"),
        (json!({ "times": "often" }), "`times`"),
        (json!({ "tiems": 1 }), "tiems"),
        (json!([1]), "they must be a table"),
    ];
    for (value, key) in rejected {
        let mut settings = faultless();
        settings.settings = value;
        let plugins = load(vec![settings]).await;
        let cause = plugins
            .failures()
            .next()
            .ok_or("the plugin must be rejected")?
            .cause;
        assert_eq!(cause.code(), "settings");
        println!("{cause}");
        assert!(cause.to_string().contains(key), "{cause}");
    }
    let mut settings = faultless();
    settings.settings = json!({ "fault": "panic", "times": 2 });
    assert_eq!(load(vec![settings]).await.failures().count(), 0);
    Ok(())
}

/// A public key made for this test, and its signature of the text `test`. The secret key was
/// deleted.
const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
const SIGNATURE: &str = "untrusted comment: signature from minisign secret key
RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=
trusted comment: timestamp:1633700835\tfile:test\tprehashed
wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==";

async fn invalid_keys() -> TestResult {
    for bad in ["", "RWQ", "not a key", &KEY[1..]] {
        let error = Trust::new([KEY, bad])
            .err()
            .ok_or("the key must be rejected")?;
        assert!(
            error.to_string().contains("not a minisign public key"),
            "{error}"
        );
    }
    Trust::new([
        KEY,
        &format!("untrusted comment: minisign public key\n{KEY}\n"),
    ])?;
    Ok(())
}

async fn cause_with(trust: &Trust, settings: PluginSettings) -> Result<String, Failed> {
    let plugins =
        Plugins::load_trusting(vec![settings], Worker::this_program()?, trust.clone()).await;
    let failure = plugins.failures().next();
    if let Some(failure) = &failure {
        assert!(failure.plugin.digest.len() == 64, "the digest is known");
    }
    Ok(failure.map_or_else(String::new, |failure| failure.cause.to_string()))
}

async fn unsigned_and_wrongly_signed() -> TestResult {
    let trust = Trust::new([KEY])?;
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("libcopy.so");
    fs::copy(support::library("faulty"), &copy)?;
    let cause = cause_with(&trust, limited(settings_at(&copy))).await?;
    assert!(
        cause.starts_with("it is not signed, although trusted keys are configured"),
        "{cause}"
    );
    let beside = folder.path().join("libcopy.so.minisig");
    fs::write(&beside, SIGNATURE)?;
    let cause = cause_with(&trust, limited(settings_at(&copy))).await?;
    assert_eq!(cause, "its signature matches none of the trusted keys (1)");
    fs::write(&beside, "untrusted comment: nothing")?;
    let cause = cause_with(&trust, limited(settings_at(&copy))).await?;
    assert!(cause.starts_with("its signature cannot be read"), "{cause}");
    let signed = PluginSettings {
        signature: Some(beside.clone()),
        ..faultless()
    };
    let cause = cause_with(&Trust::default(), signed.clone()).await?;
    assert_eq!(cause, "it is signed, but no trusted key is configured");
    fs::remove_file(&beside)?;
    let cause = cause_with(&trust, signed).await?;
    assert!(cause.starts_with("its signature cannot be read"), "{cause}");
    Ok(())
}

async fn signatures_may_be_optional() -> TestResult {
    let trust = Trust::new([KEY])?.optional();
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("libcopy.so");
    fs::copy(support::library("faulty"), &copy)?;
    assert_eq!(cause_with(&trust, limited(settings_at(&copy))).await?, "");
    fs::write(folder.path().join("libcopy.so.minisig"), SIGNATURE)?;
    let cause = cause_with(&trust, limited(settings_at(&copy))).await?;
    assert_eq!(cause, "its signature matches none of the trusted keys (1)");
    Ok(())
}

async fn signed_by_a_trusted_key() -> TestResult {
    // The signed file is not a library. That error comes after the check of the signature, so it
    // shows that the signature was accepted.
    let folder = tempfile::tempdir()?;
    let signed = folder.path().join("libsigned.so");
    let elsewhere = folder.path().join("signature");
    fs::write(&signed, "test")?;
    fs::write(&elsewhere, SIGNATURE)?;
    let settings = PluginSettings {
        signature: Some(elsewhere),
        ..settings_at(&signed)
    };
    let trust = Trust::new([KEY])?;
    let plugins = Plugins::load_trusting(vec![settings], Worker::this_program()?, trust).await;
    let plugin = plugins.each().next().ok_or("the plugin is configured")?;
    let failure = plugin.failure().ok_or("the file is not a library")?;
    assert!(
        failure
            .cause
            .to_string()
            .contains("not a 64-bit ELF library"),
        "{failure}"
    );
    assert_eq!(plugin.signed_by(), Some(KEY));
    Ok(())
}

async fn a_failing_replacement_keeps_the_old_set() -> TestResult {
    let old = load(vec![faultless(), settings("west-midlands")]).await;
    assert_eq!(old.failures().count(), 0);
    let folder = tempfile::tempdir()?;
    let truncated = altered(folder.path(), "faulty", |bytes| bytes.truncate(100));
    let elsewhere = altered(folder.path(), "unheard_of", |bytes| bytes.truncate(100));
    let mut wrong_digest = faultless();
    wrong_digest.sha256 = "0".repeat(64);
    let copy = folder.path().join("libcopy.so");
    fs::copy(support::library("faulty"), &copy)?;
    for bad in [
        vec![truncated],
        vec![elsewhere],
        vec![wrong_digest],
        vec![faultless(), limited(settings_at(&copy))],
    ] {
        let mut new = bad;
        new.push(settings("west-midlands"));
        let failures = old
            .reload_or_keep(new, Trust::default())
            .await
            .err()
            .ok_or("the old set must be kept")?;
        assert!(
            failures
                .iter()
                .all(|failure| !failure.to_string().contains("west-midlands"))
        );
        println!("{}", failures[0]);
    }
    Ok(())
}

async fn a_changed_configuration_is_applied() -> TestResult {
    let old = load(vec![faultless(), settings("west-midlands")]).await;
    let ids = |plugins: &Plugins| {
        let available = plugins.each().filter(|plugin| plugin.failure().is_none());
        available
            .map(|plugin| plugin.identity().id.clone())
            .collect::<Vec<_>>()
    };
    let unexpected = |failures: Vec<wcc_host::Failure>| Failed::from(format!("{failures:?}"));
    let removed = old
        .reload_or_keep(vec![settings("west-midlands")], Trust::default())
        .await
        .map_err(unexpected)?;
    assert_eq!(ids(&removed), ["west-midlands"]);
    let added = vec![settings("west-midlands"), settings("once-north-east")];
    let trust = Trust::default;
    let added = removed
        .reload_or_keep(added, trust())
        .await
        .map_err(unexpected)?;
    assert_eq!(ids(&added), ["once-north-east", "west-midlands"]);
    Ok(())
}

async fn an_earlier_failure_does_not_prevent_a_change() -> TestResult {
    let missing = || PluginSettings::new("/nowhere/libmissing.so", "0".repeat(64));
    let old = load(vec![settings("west-midlands"), missing()]).await;
    let more = vec![settings("west-midlands"), missing(), faultless()];
    let new = old.reload_or_keep(more, Trust::default()).await;
    let new = new.map_err(|failures| format!("{failures:?}"))?;
    let failed: Vec<_> = new.failures().map(|failure| failure.plugin.id).collect();
    assert_eq!(failed, ["missing"]);
    let worse = vec![
        missing(),
        PluginSettings::new("/nowhere/libnew.so", "0".repeat(64)),
    ];
    let failures = new.reload_or_keep(worse, Trust::default()).await;
    let failures = failures
        .err()
        .ok_or("a new plugin that fails must be rejected")?;
    let named: Vec<_> = failures
        .iter()
        .map(|failure| failure.plugin.id.as_str())
        .collect();
    assert_eq!(named, ["new"]);
    Ok(())
}
