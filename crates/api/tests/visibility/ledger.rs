//! The same over ledgers: entries between queries, earlier moments, who made entries.
//!
//! Two ledgers are written side by side. One holds everything, the other what the public may see,
//! as if there had never been more. Entries on what is hidden go into the first alone. Entry numbers
//! count all entries of a ledger, so those of the first are translated before answers are compared.

use crate::fixture::{RUNTIME, Reference, ask, is_marked, policy, read, settings};
use crate::generate::{Harvest, Schema};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use wcc_api::{Api, BoxFuture, Entered, History, HistoryError, Settings};
use wcc_core::Actor;
use wcc_core::ledger::{AsOf, Draft, EntryNote, Fact};
use wcc_core::policy::Unrestricted;
use wcc_core::record::{CommentaryFact, JudgementDetails, JudgementFact, Method, RecordFact};
use wcc_ledger::{Address, AppendError, Clock, Head, Ledger, LedgerOptions};
use wcc_programme::{FileFormats, Programme, Standing, entries_of};

const CYCLE: &str = "pilot/2009-10";

/// Both ledgers are written on one afternoon.
#[derive(Debug)]
struct OneAfternoon;

impl Clock for OneAfternoon {
    fn now(&self) -> jiff::Timestamp {
        "2010-04-01T14:00:00Z".parse().unwrap()
    }
}

struct Book {
    ledger: Ledger,
    reference: Reference,
    api: Mutex<Option<Api>>,
}

impl Book {
    async fn programme(&self, as_of: AsOf) -> Programme {
        let last = self.ledger.head().number;
        let standing = self.ledger.look(|state| {
            let number = state.number_at(as_of).min(last);
            Standing::gather(state, number)
        });
        let Reference {
            frameworks,
            shipped,
            plugins,
        } = &self.reference;
        let assured = Programme::assure_standing(standing, frameworks, shipped, plugins);
        assured.await.unwrap()
    }
}

impl History for Book {
    fn programme_at(&self, as_of: AsOf) -> BoxFuture<'_, Result<Arc<Programme>, HistoryError>> {
        Box::pin(async move { Ok(Arc::new(self.programme(as_of).await)) })
    }

    fn enter(&self, _: wcc_ledger::Request) -> BoxFuture<'_, Result<Entered, AppendError>> {
        Box::pin(async { Err(AppendError::Stopping) })
    }

    fn head(&self) -> Head {
        self.ledger.head()
    }

    fn entry(&self, number: u32) -> Option<EntryNote> {
        self.ledger.look(|state| state.entry(number))
    }
}

/// One of the two ledgers.
struct Side {
    book: Arc<Book>,
    api: Api,
    _folder: TempDir,
}

impl Side {
    async fn open(is_whole: bool) -> Side {
        let folder = tempfile::tempdir().unwrap();
        let opening = LedgerOptions {
            address: Address::Sqlite(folder.path().join("ledger.sqlite")),
            sha: "Q30".to_owned(),
            head_file: None,
            checkpoint: None,
            patience: Duration::from_secs(5),
            create: true,
            clock: Arc::new(OneAfternoon),
            policy: Arc::new(Unrestricted),
        };
        let ledger = Ledger::open(opening, Arc::new(FileFormats)).await.unwrap();
        let (reference, cases) = read(is_whole).await;
        for case in &cases {
            let drafts = ledger.look(|state| entries_of(case, state)).unwrap();
            let request = wcc_ledger::Request {
                actor: Actor::operator("the operator"),
                id: case.id.clone(),
                drafts,
            };
            ledger.append(request).await.unwrap();
        }
        let book = Arc::new(Book {
            ledger,
            reference,
            api: Mutex::default(),
        });
        let now = AsOf::Entry(book.head().number);
        let settings = Settings {
            clock: Arc::new(OneAfternoon),
            ..settings()
        };
        let programme = book.programme(now).await;
        let api = Api::with_history(programme, settings, book.clone());
        if is_whole {
            api.set_policy(policy());
        } else {
            // Nothing is hidden, but the public sees no names either.
            api.set_policy(Arc::new(wcc_policy::CedarPolicy::shipped().unwrap()));
        }
        *book.api.lock().unwrap() = Some(api.clone());
        Side {
            book,
            api,
            _folder: folder,
        }
    }

    async fn enter(&self, id: &str, draft: Draft) {
        let request = wcc_ledger::Request {
            actor: Actor::operator("the zanzibar clerk"),
            id: id.to_owned(),
            drafts: vec![draft],
        };
        self.book.ledger.append(request).await.unwrap();
        let head = self.book.head();
        let programme = self.book.programme(AsOf::Entry(head.number)).await;
        self.api.replace_at(programme, head);
    }

    /// The numbers of the entries that the public may see.
    fn shown(&self) -> Vec<u32> {
        let last = self.book.head().number;
        let policy = policy();
        let (public, now) = (Actor::public(), OneAfternoon.now());
        self.book.ledger.look(|state| {
            let permission = wcc_core::ledger::Permission::new(state, &*policy, &public, now);
            (1..=last)
                .filter(|entry| permission.shows_entry(*entry))
                .collect()
        })
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        self.book.api.lock().unwrap().take();
    }
}

fn record(record: RecordFact) -> Draft {
    let cycle = CYCLE.into();
    Draft::from(Fact::Record { cycle, record })
}

fn commentary(body: &str, text: &str) -> Draft {
    record(RecordFact::Commentary(CommentaryFact {
        body: body.into(),
        headings: Vec::new(),
        text: text.into(),
        components: Vec::new(),
    }))
}

fn judgement(body: &str, measure: &str, value: &str) -> Draft {
    record(RecordFact::Judgement(JudgementFact {
        body: body.into(),
        subject: measure.into(),
        method: Method::Analyst,
        value: Some(value.into()),
        assessor: None,
        details: JudgementDetails::default(),
    }))
}

/// An answer with the entry numbers of one ledger as those of the other: the rank among the entries
/// that are shown.
fn translated(answer: &str, shown: &[u32]) -> Value {
    fn translate(value: &mut Value, rank: &dyn Fn(u64) -> Option<usize>) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| translate(item, rank)),
            Value::Object(fields) => {
                for (key, value) in fields {
                    let name = key.rsplit("__").next().unwrap_or_default();
                    match (name, &value) {
                        ("entry" | "answerEntry", Value::Number(number)) => {
                            let number = number.as_u64().unwrap();
                            let rank = rank(number).unwrap_or_else(|| panic!("hidden: {number}"));
                            *value = rank.into();
                        }
                        ("place" | "answerPlace", Value::String(place))
                            if place.starts_with("entry ") =>
                        {
                            let number: u64 = place["entry ".len()..].parse().unwrap();
                            let rank = rank(number).unwrap_or_else(|| panic!("hidden: {number}"));
                            *value = format!("entry {rank}").into();
                        }
                        // Names the ledger's head in the answers of those who see everything.
                        ("ledger", _) => *value = Value::Null,
                        // Of the numbers of entries, which differ.
                        ("digest" | "approvedDigest", _) => *value = Value::Null,
                        _ => translate(value, rank),
                    }
                }
            }
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_str(answer).unwrap();
    let rank = |number: u64| {
        let number = u32::try_from(number).ok()?;
        shown.binary_search(&number).ok().map(|at| at + 1)
    };
    translate(&mut value, &rank);
    value
}

/// Asks both ledgers some of the queries, now and as of the same moment.
fn compare(whole: &Side, never: &Side, queries: &[String], then: usize) -> usize {
    let (of_whole, of_never) = (whole.shown(), never.shown());
    assert_eq!(of_whole.len(), of_never.len());
    let never_last = u32::try_from(of_never.len()).unwrap();
    assert_eq!(never.book.head().number, never_last, "everything is shown");
    let mut compared = 0;
    for query in queries {
        for moment in [None, Some(then)] {
            let asked = |shown: &[u32]| match moment {
                None => query.clone(),
                Some(at) => format!("query @asOf(entry: {:6}) {query}", shown[at - 1]),
            };
            let public = ask(&whole.api, &asked(&of_whole), None);
            let never = ask(&never.api, &asked(&of_never), None);
            let (public, never) = (
                translated(&public, &of_whole),
                translated(&never, &of_never),
            );
            assert_eq!(public, never, "{}", asked(&of_whole));
            assert!(
                is_marked(query) || !is_marked(&public.to_string()),
                "{query}\n{public}"
            );
            compared += 1;
        }
    }
    compared
}

#[test]
fn entries_on_what_is_hidden_show_nowhere() {
    let open = async { (Side::open(true).await, Side::open(false).await) };
    let (whole, never) = RUNTIME.block_on(open);
    let schema = Schema::new(&ask(&never.api, Schema::query(), None));
    let all = schema.queries(&Harvest::default());
    // Cursors name the moment of an earlier list by its number.
    let some: Vec<String> = all
        .into_iter()
        .filter(|query| !query.contains("ursor"))
        .collect();
    let mut compared = 0;
    let first = never.shown().len();
    let enter = |side: &Side, id: &str, draft: Draft| RUNTIME.block_on(side.enter(id, draft));
    for round in 0..4 {
        let body = ["5A1", "5A2", "5A4", "5A6"][round];
        for draft in [
            commentary(body, "What everybody may read."),
            judgement(body, "board.1", "green"),
        ] {
            let id = format!("{round} {}", draft.fact.act());
            enter(&never, &id, draft.clone());
            enter(&whole, &id, draft);
        }
        let tag = whole.api.revision();
        for body in ["5ZX", "zanzibar-function"] {
            let draft = commentary(body, "Zanzibar remark");
            enter(&whole, &format!("{round} hidden {body}"), draft);
        }
        assert_ne!(whole.api.revision(), tag);
        let sample: Vec<String> = some.iter().skip(round).step_by(10).cloned().collect();
        compared += compare(&whole, &never, &sample, first + round);
    }
    assert!(compared > 500, "{compared}");
}
