//! A server in this process, with a clock that a test moves, that sends mail to a mail server of the test.

use crate::support::{printed_with, root, settings_with};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wcc_accounts::{AccountSettings, Accounts, NewAccount, NewAccountState, Password};
use wcc_api::Request;
use wcc_core::Actor;
use wcc_host::{Trust, Worker};
use wcc_ledger::{Address, Clock, LedgerOptions, Store};
use wcc_mail::{MailSender, MailSettings, Security};
use wcc_server::{
    Configuration, ConfigurationSource, FactSource, LedgerSettings, MessageDelivery, NoWorkbooks,
    ReportSettings, Server, Settings,
};
use wcc_tokens::{Grant, TokenSettings};

const CASE: &str = "examples/south-of-tyne-and-wear";
const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
const PATIENCE: Duration = Duration::from_secs(60);

/// The clock of this machine, later by some minutes.
#[derive(Debug, Default)]
struct MovedClock(AtomicI64);

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_mins(self.0.load(Ordering::Relaxed))
    }
}

/// A ledger with a case, accounts, and the port of a mail server.
pub(crate) struct Office {
    settings: PathBuf,
    data: PathBuf,
    port: u16,
    clock: Arc<MovedClock>,
    accounts: Accounts,
    opened: Mutex<Option<i64>>,
    requests: AtomicU32,
}

/// The server of an office while it serves.
pub(crate) struct Serving<'o> {
    office: &'o Office,
    server: Arc<Server>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Office {
    pub(crate) async fn new(port: &str) -> Office {
        let settings = settings_with("");
        printed_with(&settings, &["ledger", "load", CASE]);
        let data = settings.with_file_name("data");
        let clock = Arc::new(MovedClock::default());
        let of_server: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let accounts = Accounts::open(account_settings(&data), of_server);
        Office {
            settings,
            port: port.parse().expect("a port"),
            accounts: accounts.await.expect("the accounts"),
            data,
            clock,
            opened: Mutex::new(None),
            requests: AtomicU32::new(0),
        }
    }

    /// Makes an account with one role, whose mail goes to `ADDRESS@mail.example`.
    pub(crate) async fn add(&self, name: &str, role: &str, address: &str) {
        let new = NewAccount {
            name: name.to_owned(),
            person: format!("Person {name}"),
            password: Password::new("correct horse battery").expect("a password"),
            mail: Some(format!("{address}@mail.example")),
            grants: vec![Grant::from_text_with_days(role).expect("a role")],
            state: NewAccountState::Active,
            is_demonstration: false,
        };
        self.accounts.add(new).await.expect("an account");
    }

    /// Has an account's mail sent to `ADDRESS@mail.example` from now on.
    pub(crate) async fn change_address(&self, name: &str, address: &str) {
        let address = format!("{address}@mail.example");
        let changed = self.accounts.set_mail(name, &address).await;
        changed.expect("changed");
    }

    /// As if an account belonged to somebody who signs in with an OpenID provider.
    pub(crate) async fn sign_in_with_provider(&self, name: &str) {
        use sqlx::Connection as _;
        let file = self.data.join("accounts.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let mut database = sqlx::SqliteConnection::connect_with(&options).await;
        let database = database.as_mut().expect("the accounts");
        let change = "UPDATE wcc_account SET identity = $1, password = NULL WHERE name = $2";
        let identity = format!("[\"https://login.example\",\"{name}\"]");
        let changed = sqlx::query(change).bind(identity).bind(name);
        let changed = changed.execute(database).await.expect("changed");
        assert_eq!(changed.rows_affected(), 1, "{name}");
    }

    /// Moves the clock.
    pub(crate) fn wait(&self, minutes: i64) {
        self.clock.0.fetch_add(minutes, Ordering::Relaxed);
    }

    /// Runs `wcc` on the same ledger.
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        printed_with(&self.settings, arguments)
    }

    /// The day of the clock.
    pub(crate) fn today(&self) -> String {
        self.clock.now().strftime("%Y-%m-%d").to_string()
    }

    /// Starts a server, with mail or without, and waits until it makes messages.
    pub(crate) async fn serve(&self, sends_mail: bool) -> Serving<'_> {
        let server = Server::start(self.server_settings(sends_mail), std::future::pending());
        let server = Arc::new(server.await.expect("a server"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (stop, stopping) = oneshot::channel::<()>();
        let serving = Arc::clone(&server);
        let serving = tokio::spawn(async move {
            let stopped = async { drop(stopping.await) };
            serving.serve(listener, stopped).await.expect("served");
        });
        // What happens before that is not announced.
        let address = Address::Sqlite(self.data.join("ledger.db"));
        let store = Store::open(&address, "england").await;
        let store = store.expect("the ledger");
        let until = Instant::now() + PATIENCE;
        while store.outbox_position().await.expect("read").is_none() {
            assert!(Instant::now() < until, "the server makes no messages");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        store.close().await;
        Serving {
            office: self,
            server,
            stop,
            serving,
        }
    }

    fn server_settings(&self, sends_mail: bool) -> Settings {
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let mail = MailSettings {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security: Security::None,
            from: "assurance@sha.example".parse().expect("an address"),
            credentials: None,
            public_address: "https://assurance.example".parse().expect("a URL"),
            timeout: Duration::from_secs(30),
        };
        Settings {
            reports: ReportSettings::default(),
            workbooks: Arc::new(NoWorkbooks),
            facts: FactSource::Ledger(LedgerSettings {
                opening: LedgerOptions {
                    address: Address::Sqlite(self.data.join("ledger.db")),
                    sha: "england".to_owned(),
                    head_file: None,
                    checkpoint: None,
                    patience: Duration::from_secs(10),
                    create: false,
                    clock: Arc::clone(&clock),
                    policy: Arc::new(wcc_core::policy::Unrestricted),
                },
                documents: self.data.join("documents").display().to_string(),
                surveys: None,
            }),
            configuration: ConfigurationSource::fixed(Configuration {
                frameworks: root().join("configs/frameworks"),
                organisations: root().join("configs/organisations"),
                policies: None,
                plugins: Vec::new(),
                trust: Trust::default(),
                tokens: TokenSettings::default(),
            }),
            worker: Worker::this_program().expect("a worker"),
            data: self.data.clone(),
            accounts: Some(account_settings(&self.data)),
            api: wcc_api::Settings::default(),
            clock,
            delivery: sends_mail.then(|| MessageDelivery {
                sender: Arc::new(MailSender::new(mail).expect("a sender")),
                signed_in_within: Duration::from_hours(24 * 90),
            }),
        }
    }

    fn request(&self) -> u32 {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }
}

fn account_settings(data: &std::path::Path) -> AccountSettings {
    AccountSettings {
        address: Address::Sqlite(data.join("accounts.db")),
        idle: Duration::from_mins(30),
        absolute: Duration::from_hours(12),
        public_address: None,
        openid: None,
    }
}

impl Serving<'_> {
    async fn execute(&self, query: &str) -> Value {
        let request = Request::new(query.to_owned()).actor(Actor::operator("A. Operator"));
        let answer = self.server.api().execute(request).await;
        serde_json::from_slice(&answer.bytes).expect("JSON")
    }

    /// Opens a phase for the region, in place of the one before.
    pub(crate) async fn open(&self, phase: &str) {
        let before = *self.office.opened.lock().expect("no panic");
        let entry = self.open_for("Q30", before, phase).await;
        *self.office.opened.lock().expect("no panic") = Some(entry);
    }

    /// Opens a phase for a PCT beside that of the region; returns the entry.
    pub(crate) async fn open_for_pct(&self, phase: &str) -> i64 {
        self.open_for("5KF", None, phase).await
    }

    async fn open_for(&self, body: &str, before: Option<i64>, phase: &str) -> i64 {
        let supersedes = before.map_or_else(String::new, |entry| format!(", supersedes: {entry}"));
        let request = self.office.request();
        let answer = self
            .execute(&format!(
                "mutation {{ openPhase(input: {{ requestId: \"{request}\", cycle: \"{CYCLE}\", body: \"{body}\", \
                 phase: \"{phase}\", reason: \"Again\"{supersedes} }}) {{ entry userErrors {{ message }} }} }}"
            ))
            .await;
        let entry = answer["data"]["openPhase"]["entry"].as_i64();
        entry.unwrap_or_else(|| panic!("{answer}"))
    }

    /// Withdraws an entry.
    pub(crate) async fn withdraw(&self, entry: i64) {
        let request = self.office.request();
        let answer = self
            .execute(&format!(
                "mutation {{ withdraw(input: {{ requestId: \"{request}\", entry: {entry}, reason: \"By mistake\" }}) \
                 {{ entry userErrors {{ message }} }} }}"
            ))
            .await;
        let entry = &answer["data"]["withdraw"]["entry"];
        assert!(entry.is_i64(), "{answer}");
    }

    /// Moves the clock, and enters something so that the server looks at its messages.
    pub(crate) async fn later(&self, minutes: i64) {
        self.office.wait(minutes);
        let request = self.office.request();
        let answer = self
            .execute(&format!(
                "mutation {{ recordCommentary(input: {{ requestId: \"{request}\", cycle: \"{CYCLE}\", \
                 body: \"5KF\", headings: [\"Remark {request}\"], text: \"A remark.\" }}) {{ entry userErrors \
                 {{ message }} }} }}"
            ))
            .await;
        let entry = &answer["data"]["recordCommentary"]["entry"];
        assert!(entry.is_i64(), "{answer}");
    }

    /// All messages, newest first.
    pub(crate) async fn all(&self) -> Vec<Value> {
        let answer = self
            .execute(&format!(
                "{{ cycle(id: \"{CYCLE}\") {{ messages(first: 200) {{ edges {{ node {{ id kind role text state \
                 sentTo refusedBy attempts nextAttemptAt problem sentAgainAt sentAgainBy }} }} }} }} }}"
            ))
            .await;
        let edges = answer["data"]["cycle"]["messages"]["edges"].as_array();
        let edges = edges.into_iter().flatten();
        edges.map(|edge| edge["node"].clone()).collect()
    }

    /// The messages for a role that a phase was opened, newest first.
    pub(crate) async fn messages(&self, role: &str) -> Vec<Value> {
        let mut messages = self.all().await;
        messages.retain(|message| message["role"] == role && message["kind"] == "PHASE_OPENED");
        messages
    }

    /// Waits for a message for a role.
    pub(crate) async fn message_that(
        &self,
        role: &str,
        is_wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let messages = self.messages(role).await;
            if let Some(found) = messages.iter().find(|message| is_wanted(message)) {
                return found.clone();
            }
            assert!(
                Instant::now() < until,
                "none that is wanted for {role}: {messages:#?}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a message for a role was looked at: until it is settled, or is tried again later.
    pub(crate) async fn settled(&self, role: &str) -> Value {
        let now = self.office.clock.now();
        let is_settled = |message: &Value| {
            message["state"] != "WAITING"
                || message["problem"].is_string() && next_attempt(message) > now
        };
        self.message_that(role, is_settled).await
    }

    /// Moves the clock on until there is a message for a role that is wanted.
    pub(crate) async fn in_time(
        &self,
        role: &str,
        minutes: i64,
        is_wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        for _ in 0..40 {
            let message = self.settled(role).await;
            if is_wanted(&message) {
                return message;
            }
            self.later(minutes).await;
        }
        panic!("not in time: {:#?}", self.messages(role).await);
    }

    /// How many minutes it is until a message is tried again.
    pub(crate) fn minutes_until(&self, message: &Value) -> i64 {
        let until = next_attempt(message).duration_since(self.office.clock.now());
        (until.as_secs() + 59) / 60
    }

    pub(crate) async fn stop(self) {
        drop(self.stop);
        self.serving.await.expect("served");
        let server = Arc::into_inner(self.server).expect("nobody else has it");
        server.close().await;
    }
}

fn next_attempt(message: &Value) -> Timestamp {
    let next = message["nextAttemptAt"].as_str().expect("a time");
    next.parse().expect("a time")
}

/// To whom mails about the opening of a phase were sent, in order of the alphabet. Others remind of what is due on the
/// days to which a test moves the clock.
pub(crate) fn addresses(mails: &[Value]) -> Vec<String> {
    let is_about_opening = |mail: &&Value| {
        let text = mail["mail"].as_str().expect("a mail");
        let unfolded = text.replace("\r\n ", " ");
        let mut headers = unfolded.lines();
        headers.any(|line| line.starts_with("Subject: ") && line.contains("was opened"))
    };
    let to = mails.iter().filter(is_about_opening);
    let to = to.map(|mail| mail["to"][0].as_str().expect("an address").to_owned());
    let mut addresses: Vec<String> = to.collect();
    addresses.sort();
    addresses
}
