//! A server on the ledger of a year, and somebody in each role who has signed in.

use crate::client::{Response, send};
use crate::played::{Played, somebody};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use wcc_accounts::{AccountSettings, NewAccount, NewAccountState, Password};
use wcc_core::Actor;
use wcc_host::{Trust, Worker};
use wcc_ledger::{Address, LedgerOptions, SystemClock};
use wcc_server::{
    Configuration, ConfigurationSource, FactSource, LedgerSettings, NoWorkbooks, ReportSettings,
    Server, Settings,
};
use wcc_tokens::Grant;

const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct Office {
    address: SocketAddr,
    /// The cookie of each role; the public has none.
    cookies: BTreeMap<String, String>,
    operator_token: String,
    _runtime: Runtime,
    _folder: TempDir,
}

/// What somebody is sent.
pub(crate) struct Sent {
    pub(crate) status: u16,
    pub(crate) is_page: bool,
    pub(crate) media_type: String,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Office {
    pub(crate) fn open(played: &Played, roles: &[&str]) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let settings = settings(folder.path(), &played.ledger_api.ledger_file());
        let (address, cookies) = runtime.block_on(async {
            let server = Server::start(settings, std::future::pending())
                .await
                .unwrap();
            let mut cookies = BTreeMap::new();
            for role in roles.iter().copied().chain([Actor::OPERATOR]) {
                if role != Actor::PUBLIC {
                    cookies.insert(role.to_owned(), sign_in(&server, role).await);
                }
            }
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(async move {
                server
                    .serve(listener, std::future::pending())
                    .await
                    .unwrap();
            });
            (address, cookies)
        });
        let token = std::fs::read_to_string(folder.path().join("data/operator.token")).unwrap();
        Office {
            address,
            cookies,
            operator_token: format!("Bearer {}", token.trim()),
            _runtime: runtime,
            _folder: folder,
        }
    }

    /// What somebody in a role is sent for an address.
    pub(crate) fn get(&self, role: &str, target: &str) -> Sent {
        let cookie = self.cookies.get(role);
        let headers: Vec<(&str, &str)> = cookie
            .map(|cookie| ("cookie", cookie.as_str()))
            .into_iter()
            .collect();
        let response: Response = send(self.address, "GET", target, &headers, b"");
        let media_type = response
            .header("content-type")
            .unwrap_or_default()
            .to_owned();
        assert!(
            response.status < 500,
            "{role} {target}: {}",
            response.text()
        );
        Sent {
            status: response.status,
            is_page: media_type.starts_with("text/html") && !target.starts_with("/reports/"),
            media_type,
            body: response.body,
        }
    }

    /// Waits until an entry that another process made is served.
    pub(crate) fn wait_for(&self, entry: u32) {
        let start = Instant::now();
        let query = "/graphql?query=%7Bledger%7Bhead%7Bentry%7D%7D%7D";
        loop {
            let headers = [("authorization", self.operator_token.as_str())];
            let answer = send(self.address, "GET", query, &headers, b"").json();
            if answer["data"]["ledger"]["head"]["entry"] == entry {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{answer}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Makes an account in a role; returns the cookie of its session.
async fn sign_in(server: &Server, role: &str) -> String {
    let accounts = server.accounts().unwrap();
    let actor = match role {
        Actor::OPERATOR => Actor::operator("the operator"),
        role => somebody(role),
    };
    let grant = Grant {
        body: actor.body.as_deref().map(str::to_owned),
        ..Grant::of_role(role)
    };
    let new = NewAccount {
        name: role.to_owned(),
        person: actor.person.to_string(),
        password: Password::new(PASSWORD).unwrap(),
        mail: None,
        grants: vec![grant],
        state: NewAccountState::Active,
        is_demonstration: false,
    };
    accounts.add(new).await.unwrap();
    let begun = accounts.sign_in(role, PASSWORD, None).await.unwrap();
    assert_eq!(begun.session.chosen_actor(), Some(&actor));
    format!("__Host-wcc-session={}", begun.secret.text())
}

fn settings(folder: &Path, ledger: &Path) -> Settings {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Settings {
        reports: ReportSettings::default(),
        workbooks: Arc::new(NoWorkbooks),
        facts: FactSource::Ledger(LedgerSettings {
            opening: LedgerOptions {
                address: Address::Sqlite(ledger.to_owned()),
                sha: "Q30".to_owned(),
                head_file: None,
                checkpoint: None,
                patience: Duration::from_secs(10),
                create: false,
                clock: Arc::new(SystemClock),
                policy: Arc::new(wcc_policy::CedarPolicy::shipped().unwrap()),
            },
            documents: folder.join("documents").to_str().unwrap().to_owned(),
            surveys: None,
        }),
        configuration: ConfigurationSource::fixed(Configuration {
            frameworks: repository.join("configs/frameworks"),
            organisations: repository.join("configs/organisations"),
            policies: None,
            plugins: Vec::new(),
            trust: Trust::default(),
            tokens: wcc_tokens::TokenSettings::default(),
        }),
        worker: Worker::this_program().unwrap(),
        data: folder.join("data"),
        accounts: Some(AccountSettings {
            address: Address::Sqlite(folder.join("accounts.db")),
            idle: Duration::from_hours(12),
            absolute: Duration::from_hours(12),
            public_address: None,
            openid: None,
        }),
        api: wcc_api::Settings::default(),
        clock: Arc::new(SystemClock),
        delivery: None,
    }
}
