//! Tests of a panic while a snapshot is built.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail at the first unexpected result"
)]

use super::{Publisher, ReloadError, ReloadQueue};
use crate::configuration::{Configuration, ConfigurationSource};
use crate::facts::{OpenFacts, open_ledger};
use crate::history::LedgerHistory;
use crate::readiness::Readiness;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use wcc_api::{Api, History};
use wcc_core::actor::Actor;
use wcc_core::ledger::{Draft, Fact};
use wcc_core::record::{CommentaryFact, RecordFact};
use wcc_host::{Trust, Worker};
use wcc_ledger::{Address, Documents, LedgerOptions, Request, SystemClock};
use wcc_programme::{ReferenceData, entries_of};

/// How many of the next snapshots panic while they are built.
static PANICS: AtomicU32 = AtomicU32::new(0);

pub(super) fn panic_if_requested() {
    let panics = PANICS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |panics| {
        panics.checked_sub(1)
    });
    if panics.is_ok() {
        panic!("a panic requested by the test");
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn configuration() -> Configuration {
    Configuration {
        frameworks: repository().join("configs/frameworks"),
        organisations: repository().join("configs/organisations"),
        policies: None,
        plugins: Vec::new(),
        trust: Trust::default(),
        tokens: wcc_tokens::TokenSettings::default(),
    }
}

fn opening(folder: &Path) -> LedgerOptions {
    LedgerOptions {
        address: Address::Sqlite(folder.join("ledger.db")),
        sha: "england".to_owned(),
        head_file: None,
        checkpoint: None,
        patience: Duration::from_secs(10),
        create: true,
        clock: Arc::new(SystemClock),
        policy: Arc::new(wcc_core::policy::Unrestricted),
    }
}

fn remark(id: &str) -> Request {
    let record = RecordFact::Commentary(CommentaryFact {
        body: "5KF".into(),
        headings: vec!["Remarks".into()],
        text: id.into(),
        components: Vec::new(),
    });
    Request {
        actor: Actor::operator("operator"),
        id: id.to_owned(),
        drafts: vec![Draft {
            fact: Fact::Record {
                cycle: "south-of-tyne-and-wear/2008-09".into(),
                record,
            },
            supersedes: None,
            origin: None,
        }],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_while_building_a_snapshot_is_reported_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = configuration();
    let (frameworks, organisations) = (&configuration.frameworks, &configuration.organisations);
    let reference = ReferenceData::read(frameworks, organisations).unwrap();
    let case = repository().join("examples/south-of-tyne-and-wear");
    let case = wcc_case::case::read(&case, &reference.frameworks, &reference.tables).unwrap();
    let ledger = open_ledger(opening(folder.path())).await.unwrap();
    let drafts = ledger.look(|state| entries_of(&case, state)).unwrap();
    let loaded = Request {
        drafts,
        ..remark("load")
    };
    ledger.append(loaded).await.unwrap();
    let documents = folder.path().join("documents");
    let documents = Documents::open(documents.to_str().unwrap()).unwrap();
    let publisher = Publisher::start(
        ConfigurationSource::fixed(configuration),
        OpenFacts::Ledger(ledger.clone(), documents.clone()),
        Worker::this_program().unwrap(),
        Arc::new(wcc_tokens::TokenVerifier::new(None)),
    );
    let publisher = Arc::new(publisher.await.unwrap());
    let history = LedgerHistory::new(
        ledger.clone(),
        documents,
        publisher.snapshots(),
        Arc::new(crate::workbooks::NoWorkbooks),
        None,
    );
    let history = Arc::new(history);
    let api_history = Arc::clone(&history);
    let api = Api::with_history(
        publisher.programme(),
        wcc_api::Settings::default(),
        api_history,
    );
    let readiness = Readiness::new(api.clone(), publisher.changes().clone());
    let reloads = ReloadQueue::start(publisher, api.clone(), readiness);
    assert!(history.enter(remark("before")).await.unwrap().served);
    let before = api.revision();

    // Several attempts in a row fail: the response says that the entry is not served, and the
    // server says why.
    PANICS.store(4, Ordering::Relaxed);
    let entered = history.enter(remark("during")).await.unwrap();
    assert!(!entered.served);
    assert_eq!(api.revision(), before);
    let why = api.not_ready().unwrap();
    assert!(
        why.contains("the latest entries are not served; see the server log"),
        "{why}"
    );

    // A reload that panics says so too, and affects nothing else.
    PANICS.store(1, Ordering::Relaxed);
    let reloaded = reloads.reload().await;
    assert!(
        matches!(reloaded, Err(ReloadError::Panicked)),
        "{reloaded:?}"
    );

    // The server recovers by itself.
    let until = Instant::now() + Duration::from_secs(60);
    while api.not_ready().is_some() {
        assert!(Instant::now() < until, "never served again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_ne!(api.revision(), before);
    assert!(history.enter(remark("after")).await.unwrap().served);
    assert!(reloads.reload().await.is_ok());
    ledger.close().await;
    let late = history.enter(remark("late")).await;
    assert!(late.is_err(), "{late:?}");
}
