//! A panic while what is served is rebuilt.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
)]

use super::{Refused, Reloads, Said, Serving};
use crate::history::LedgerHistory;
use crate::load::{self, Shipped};
use crate::readiness::Readiness;
use crate::settings::Settings;
use crate::source;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use wcc_api::{Api, History};
use wcc_core::ledger::{Draft, Fact};
use wcc_core::record::{CommentaryFact, RecordFact};
use wcc_ledger::{Documents, Request};
use wcc_programme::entries_of;

/// How many of the next pictures end in a panic while they are made.
static PANICS: AtomicU32 = AtomicU32::new(0);

pub(super) fn panic_if_asked() {
    let asked = PANICS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |panics| {
        panics.checked_sub(1)
    });
    if asked.is_ok() {
        panic!("a panic that the test asked for");
    }
}

fn settings(folder: &Path) -> (std::path::PathBuf, Settings) {
    let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
    let text = format!(
        "[paths]\nframeworks = '{}'\norganisations = '{}'\ndata = '{}'\n",
        configs.join("frameworks").display(),
        configs.join("organisations").display(),
        folder.join("data").display(),
    );
    let path = folder.join("wcc.toml");
    std::fs::write(&path, text).unwrap();
    let settings = Settings::read(Some(&path), &[]).unwrap();
    (path, settings)
}

fn remark(id: &str) -> Request {
    let record = RecordFact::Commentary(CommentaryFact {
        body: "5KF".into(),
        headings: vec!["Remarks".into()],
        text: id.into(),
        components: Vec::new(),
    });
    Request {
        author: "operator".to_owned(),
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
async fn a_panic_while_what_is_served_is_rebuilt_is_told_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let (config, settings) = settings(folder.path());
    let shipped = Shipped::read(&settings).unwrap();
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/south-of-tyne-and-wear");
    let case = load::cases(&[case], &shipped).unwrap().remove(0);
    let ledger = source::ledger(&settings, true).await.unwrap();
    let drafts = ledger.look(|state| entries_of(&case, state)).unwrap();
    let loaded = Request {
        drafts,
        ..remark("load")
    };
    ledger.append(loaded).await.unwrap();
    let said = Said::Ledger(ledger.clone());
    let serving = Serving::start(Some(config), said, &settings).await.unwrap();
    let serving = Arc::new(serving);
    let documents = Documents::open(&settings.ledger.documents).unwrap();
    let history = LedgerHistory::new(ledger.clone(), documents, serving.made());
    let history = Arc::new(history);
    let api_history = Arc::clone(&history);
    let api = Api::with_history(
        serving.programme(),
        wcc_api::Settings::default(),
        api_history,
    );
    let reloads = Reloads::of(serving, api.clone(), Readiness::new(api.clone()));
    assert!(history.enter(remark("before")).await.unwrap().served);
    let before = api.revision();

    // A few tries in a row fail: the entry is not said to be served, and the server says why.
    PANICS.store(4, Ordering::Relaxed);
    let entered = history.enter(remark("during")).await.unwrap();
    assert!(!entered.served);
    assert_eq!(api.revision(), before);
    let why = api.not_ready().unwrap();
    assert!(
        why.contains("is not served: internal error; see the server log"),
        "{why}"
    );

    // A reload that panics says so too, and costs nothing else.
    PANICS.store(1, Ordering::Relaxed);
    let reloaded = reloads.ask().await;
    assert!(matches!(reloaded, Err(Refused::Panicked)), "{reloaded:?}");

    // It goes on by itself.
    let until = Instant::now() + Duration::from_secs(60);
    while api.not_ready().is_some() {
        assert!(Instant::now() < until, "never served again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_ne!(api.revision(), before);
    assert!(history.enter(remark("after")).await.unwrap().served);
    assert!(reloads.ask().await.is_ok());
    ledger.close().await;
    let late = history.enter(remark("late")).await;
    assert!(late.is_err(), "{late:?}");
}
