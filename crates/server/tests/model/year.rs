//! Two servers' ledgers of one database, with the example of South of Tyne and Wear.

use crate::commands::{Act, Actor, Command};
use crate::rules::{Key, MEASURES, PCTS, PHASES};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wcc_case::{Frameworks, ShippedTables};
use wcc_core::approval::Approvals;
use wcc_core::ledger::{Draft, Fact, State};
use wcc_core::record::{
    ApprovalFact, EvidenceFact, EvidenceKind, InterestDeclarationFact, JudgementDetails,
    JudgementFact, Method, PanelMemberFact, PhaseFact, RecordFact, ReleaseFact, ScoreFact,
};
use wcc_ledger::{Address, Ledger, LedgerOptions, Request, SystemClock};
use wcc_policy::CedarPolicy;
use wcc_programme::{FileFormats, entries_of};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
const VALUES: [&str; 3] = ["red", "amber", "green"];

/// Runs a test. The runtime is never shut down, because a ledger's writer may outlive its test.
pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().unwrap()
    });
    RUNTIME.block_on(test)
}

fn case() -> Vec<Draft> {
    static DRAFTS: LazyLock<Vec<Draft>> = LazyLock::new(|| {
        let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let frameworks = Frameworks::read(&root.join("configs/frameworks")).unwrap();
        let shipped = ShippedTables::read(&root.join("configs/organisations")).unwrap();
        let folder = root.join("examples/south-of-tyne-and-wear");
        let case = wcc_case::case::read(&folder, &frameworks, &shipped).unwrap();
        entries_of(&case, &State::new(Arc::new(FileFormats))).unwrap()
    });
    DRAFTS.clone()
}

fn record(record: RecordFact) -> Draft {
    let cycle = CYCLE.into();
    Draft::from(Fact::Record { cycle, record })
}

fn method_named(name: &str) -> Method {
    Method::named(name).unwrap_or_else(|| panic!("{name}"))
}

/// Two ledgers of one database.
pub(crate) struct Year {
    pub(crate) ledgers: [Ledger; 2],
    /// The database.
    pub(crate) address: Address,
    /// Removes the folder of the database, if this process made it.
    _temporary: Option<TempDir>,
}

impl Year {
    /// A new year in a new file.
    pub(crate) async fn open() -> Year {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Sqlite(folder.path().join("ledger.db"));
        let year = Year::open_on(address).await;
        Year {
            _temporary: Some(folder),
            ..year
        }
    }

    /// A new year in an empty database.
    pub(crate) async fn open_on(address: Address) -> Year {
        let first = open(&address).await;
        let operator = |id: &str, drafts| Request {
            actor: wcc_core::Actor::operator("operator"),
            id: id.to_owned(),
            drafts,
        };
        first.append(operator("load", case())).await.unwrap();
        let panel = ["m1", "m2"].into_iter().flat_map(|person| {
            let member = RecordFact::PanelMember(PanelMemberFact {
                body: PCTS[0].into(),
                person: person.into(),
                name: person.into(),
                category: "peer".into(),
                chairs: false,
                organisation: None,
            });
            let interests = RecordFact::InterestDeclaration(InterestDeclarationFact {
                body: PCTS[0].into(),
                person: person.into(),
                interests: Vec::new(),
                nothing_to_declare: true,
            });
            [record(member), record(interests)]
        });
        first
            .append(operator("panel", panel.collect()))
            .await
            .unwrap();
        let second = open(&address).await;
        Year {
            ledgers: [first, second],
            address,
            _temporary: None,
        }
    }

    /// The ledgers of a database that another process made.
    pub(crate) async fn reopen(address: &Address) -> Year {
        Year {
            ledgers: [open(address).await, open(address).await],
            address: address.clone(),
            _temporary: None,
        }
    }

    /// The only ledger that a process has of a database that another process made.
    pub(crate) async fn of_one_server(address: &Address) -> Year {
        let ledger = open(address).await;
        Year {
            ledgers: [ledger.clone(), ledger],
            address: address.clone(),
            _temporary: None,
        }
    }

    pub(crate) fn last(&self) -> u32 {
        let heads = self.ledgers.iter().map(|ledger| ledger.head().number);
        heads.max().unwrap()
    }

    /// The judgements that are loaded, on the measures of the model.
    pub(crate) fn judged(&self) -> BTreeMap<Key, u32> {
        self.judged_at(self.last())
    }

    /// The same as of an earlier entry.
    pub(crate) fn judged_at(&self, last: u32) -> BTreeMap<Key, u32> {
        self.ledgers[0].look(|state| {
            let (cycle, _) = state.cycle_at(CYCLE, last).unwrap();
            let mut judged = BTreeMap::new();
            for body in PCTS {
                for measure in MEASURES {
                    for judgement in &cycle.records.judgements {
                        let code = &cycle.organisations.body(judgement.body).code;
                        if code != body || judgement.subject.id(&cycle.framework) != measure {
                            continue;
                        }
                        let method = judgement.method.name();
                        judged.insert((body, measure, method), judgement.record.0);
                    }
                }
            }
            judged
        })
    }

    /// The entry of a command; or the reason why it is refused.
    pub(crate) async fn enter(
        &self,
        server: usize,
        id: &str,
        actor: &Actor,
        act: &Act,
    ) -> Result<u32, String> {
        if let Act::Approve { read, .. } = *act {
            self.knows(read).await;
        }
        let request = self.request(server, id, actor, act);
        let answer = self.ledgers[server].append(request).await;
        answer
            .map(|receipt| receipt.last)
            .map_err(|error| error.to_string())
    }

    /// Both commands at once, each to another server.
    pub(crate) async fn enter_both(
        &self,
        id: &str,
        first: &Command,
        second: &Command,
    ) -> (Result<u32, String>, Result<u32, String>) {
        let (one, other) = (format!("{id} one"), format!("{id} other"));
        tokio::join!(
            self.enter(0, &one, &first.actor, &first.act),
            self.enter(1, &other, &second.actor, &second.act),
        )
    }

    fn request(&self, server: usize, id: &str, actor: &Actor, act: &Act) -> Request {
        let Actor { person, role, body } = *actor;
        // A national calibrator acts for no body.
        let body = (role != "calibrator").then(|| body.into());
        Request {
            actor: wcc_core::Actor {
                person: person.into(),
                role: role.into(),
                body,
                cycle: None,
            },
            id: format!("{id} {body:?}", body = actor.body),
            drafts: vec![self.draft(server, id, act)],
        }
    }

    fn draft(&self, server: usize, id: &str, act: &Act) -> Draft {
        let value = VALUES[id.len().wrapping_add(id.bytes().map(usize::from).sum()) % 3];
        let superseding = |fact: RecordFact, supersedes: Option<u32>| Draft {
            supersedes,
            ..record(fact)
        };
        let withdrawing = |entry: u32| Draft {
            supersedes: Some(entry),
            ..Draft::from(Fact::Withdrawn {
                reason: "no longer so".into(),
            })
        };
        match *act {
            Act::Open {
                body,
                phase,
                has_reason,
                supersedes,
            } => superseding(
                RecordFact::Phase(PhaseFact {
                    body: body.into(),
                    phase: PHASES[phase].0.into(),
                    reason: has_reason.then(|| format!("reason {id}").into()),
                }),
                supersedes,
            ),
            Act::Judge {
                body,
                method,
                measure,
                supersedes,
            } => superseding(
                RecordFact::Judgement(JudgementFact {
                    body: body.into(),
                    subject: measure.into(),
                    method: method_named(method),
                    value: Some(value.into()),
                    assessor: None,
                    details: JudgementDetails {
                        rationale: (method == "calibrated").then(|| format!("reason {id}").into()),
                        ..JudgementDetails::default()
                    },
                }),
                supersedes,
            ),
            Act::Score {
                body,
                measure,
                member,
                supersedes,
            } => superseding(
                RecordFact::Score(ScoreFact {
                    body: body.into(),
                    subject: measure.into(),
                    member: member.into(),
                    value: "2".into(),
                    rationale: Some(format!("seen {id}").into()),
                }),
                supersedes,
            ),
            Act::Approve {
                body,
                approval,
                read,
                supersedes,
            } => superseding(
                RecordFact::Approval(ApprovalFact {
                    body: body.into(),
                    approval: approval.into(),
                    digest: self.digest(server, body, approval, read).into(),
                    note: None,
                }),
                supersedes,
            ),
            Act::Release {
                body,
                to,
                supersedes,
            } => superseding(
                RecordFact::Release(ReleaseFact {
                    body: body.into(),
                    to: vec![to.into()],
                    from: jiff::civil::date(2009, 3, 1),
                    uses: None,
                }),
                supersedes,
            ),
            Act::File { body, number } => record(RecordFact::Evidence(EvidenceFact {
                id: format!("e{number}").into(),
                body: body.into(),
                kind: EvidenceKind::Document,
                title: "Minutes".into(),
                measures: Vec::new(),
                issuer: None,
                dated: None,
                source: None,
                document: None,
                dates: wcc_core::record::EvidenceDates::default(),
                carried_from: None,
                rating: None,
            })),
            Act::WithdrawApproval { entry, .. }
            | Act::WithdrawEvidence { entry }
            | Act::WithdrawPhase { entry, .. } => withdrawing(entry),
        }
    }

    /// Waits until one of the ledgers has an entry that another process may have made.
    async fn knows(&self, entry: u32) {
        for _ in 0..1_000 {
            if self.last() >= entry {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("entry {entry} does not arrive");
    }

    /// What an approver has read as of an entry. The ledger that is asked may not have it yet.
    fn digest(&self, server: usize, body: &str, approval: &str, read: u32) -> String {
        let knows = |server: &usize| self.ledgers[*server].head().number >= read;
        let server = [server, 1 - server].into_iter().find(knows).unwrap();
        self.ledgers[server].look(|state| {
            let (cycle, _) = state.cycle_at(CYCLE, read).unwrap();
            let index = cycle.framework.approval_index(approval).unwrap();
            let body = cycle.organisations.find(body).unwrap();
            Approvals::of(&cycle).digest(index, body)
        })
    }

    /// Both ledgers, and one that is opened now, have the same entries and the same results.
    pub(crate) async fn converges(&self) {
        let fresh = open(&self.address).await;
        let head = fresh.head();
        let results = |ledger: &Ledger| {
            ledger.look(|state| {
                let (cycle, _) = state.cycle_at(CYCLE, head.number).unwrap();
                let cycle = cycle.check().unwrap_or_else(|errors| panic!("{errors:?}"));
                format!("{:?}", wcc_core::assure(&cycle, Vec::new(), None))
            })
        };
        let expected = results(&fresh);
        for ledger in &self.ledgers {
            for _ in 0..1_000 {
                if ledger.head() == head {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert_eq!(ledger.head(), head);
            assert!(results(ledger) == expected, "the results differ");
        }
        fresh.close().await;
    }

    pub(crate) async fn close(self) {
        for ledger in self.ledgers {
            ledger.close().await;
        }
    }
}

async fn open(address: &Address) -> Ledger {
    let policy = CedarPolicy::shipped().unwrap_or_else(|problems| panic!("{problems}"));
    let options = LedgerOptions {
        address: address.clone(),
        sha: "england".to_owned(),
        head_file: None,
        checkpoint: None,
        patience: Duration::from_secs(20),
        create: true,
        clock: Arc::new(SystemClock),
        policy: Arc::new(policy),
    };
    Ledger::open(options, Arc::new(FileFormats)).await.unwrap()
}
