//! Messages for people are sent by whatever the server was given, and what becomes of each is seen.

use super::{CYCLE, load, settings};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use wcc_accounts::{AccountSettings, Accounts, NewAccount, NewAccountState, Password};
use wcc_api::Request;
use wcc_core::Actor;
use wcc_core::outbox::Message;
use wcc_ledger::{Address, Clock, Store};
use wcc_server::{MessageDelivery, MessageSender, SendError, Sending, Server, Settings};
use wcc_tokens::Grant;

/// Keeps what it is given: refuses addresses that begin with `refuses`, and says that it is busy with those that
/// begin with `busy`.
#[derive(Debug, Default)]
struct Post(Mutex<Vec<(Message, String)>>);

impl MessageSender for Post {
    fn send<'a>(&'a self, message: &'a Message, address: &'a str) -> Sending<'a> {
        Box::pin(async move {
            if address.starts_with("refuses") {
                return Err(SendError::Refused("no such address".to_owned()));
            }
            if address.starts_with("busy") {
                return Err(SendError::Deferred("the post office is closed".to_owned()));
            }
            let sent = (message.clone(), address.to_owned());
            self.0.lock().unwrap().push(sent);
            Ok(())
        })
    }
}

async fn execute(server: &Server, query: &str) -> Value {
    let request = Request::new(query.to_owned()).actor(Actor::operator("A. Operator"));
    let answer = server.api().execute(request).await;
    serde_json::from_slice(&answer.bytes).unwrap()
}

/// The messages of an answer.
fn messages_in(answer: &Value) -> Vec<Value> {
    let edges = answer["data"]["cycle"]["messages"]["edges"].as_array();
    let edges = edges.into_iter().flatten();
    edges.map(|edge| edge["node"].clone()).collect()
}

/// The messages, asked for two at a time.
async fn page_by_page(server: &Server) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = Value::Null;
    loop {
        let query = format!(
            "{{ cycle(id: \"{CYCLE}\") {{ messages(first: 2, after: {after}) {{ pageInfo {{ hasNextPage \
             endCursor }} edges {{ node {{ id kind role body {{ code }} text state sentTo refusedBy attempts \
             nextAttemptAt problem }} }} }} }} }}"
        );
        let answer = execute(server, &query).await;
        let page = messages_in(&answer);
        assert!((1..=2).contains(&page.len()), "{answer}");
        all.extend(page);
        let info = &answer["data"]["cycle"]["messages"]["pageInfo"];
        if info["hasNextPage"] == false {
            return all;
        }
        after = info["endCursor"].clone();
    }
}

/// Makes accounts of people whom messages for executives about the region concern, and of others. The clock
/// says that it is the 1st of July 2009.
async fn add_accounts(accounts: &Accounts) {
    let add = async |name: &str, roles: &[&str], mail: Option<&str>, state| {
        let grants = roles
            .iter()
            .map(|role| Grant::from_text_with_days(role).unwrap());
        let new = NewAccount {
            name: name.to_owned(),
            person: format!("Person {name}"),
            password: Password::new("correct horse battery").unwrap(),
            mail: mail.map(|mail| format!("{mail}@mail.example")),
            grants: grants.collect(),
            state,
            is_demonstration: false,
        };
        accounts.add(new).await.unwrap();
    };
    let active = NewAccountState::Active;
    add("region", &["executive;body=Q30"], Some("region"), active).await;
    add("pct", &["executive;body=5KF"], Some("pct"), active).await;
    // Another account of the same person: one mail is enough.
    add("pct-2", &["executive;body=5KF"], Some("pct"), active).await;
    add("both", &["chair", "executive"], Some("both"), active).await;
    add("silent", &["executive;body=5KF"], None, active).await;
    add(
        "waits",
        &["executive;body=5KF"],
        Some("waits"),
        NewAccountState::Pending,
    )
    .await;
    add(
        "left",
        &["executive;body=5KF;until=2009-06-30"],
        Some("left"),
        active,
    )
    .await;
    add(
        "later",
        &["executive;body=5KF;from=2009-07-02"],
        Some("later"),
        active,
    )
    .await;
    add(
        "elsewhere",
        &["executive;body=5QF"],
        Some("elsewhere"),
        active,
    )
    .await;
    add(
        "before",
        &["executive;cycle=south-of-tyne-and-wear/2007-08"],
        Some("before"),
        active,
    )
    .await;
    // Whoever opens phases follows messages for every role, and gets those for none but their own.
    add(
        "follows",
        &["coordinator;body=Q30"],
        Some("follows"),
        active,
    )
    .await;
    add("gone", &["executive;body=5KF"], Some("gone"), active).await;
    accounts.disable("gone").await.unwrap();
    add("refuses", &["executive;body=Q30"], Some("refuses"), active).await;
    add("board", &["board;body=Q30"], Some("refuses-too"), active).await;
    add("lead", &["lead;body=Q30"], Some("busy"), active).await;
}

/// Opens a phase for the region, in place of the one that an entry opened.
async fn open(server: &Server, phase: &str, instead_of: Option<i64>) -> i64 {
    let supersedes = instead_of.map_or_else(String::new, |entry| format!(", supersedes: {entry}"));
    let query = format!(
        "mutation {{ openPhase(input: {{ requestId: \"{phase}\", cycle: \"{CYCLE}\", body: \"Q30\", \
         phase: \"{phase}\"{supersedes} }}) {{ entry userErrors {{ message }} }} }}"
    );
    let answer = execute(server, &query).await;
    let entry = answer["data"]["openPhase"]["entry"].as_i64();
    entry.unwrap_or_else(|| panic!("{answer}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_sent_and_what_becomes_of_them_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path()).await;
    let post = Arc::new(Post::default());
    let sender: Arc<dyn MessageSender> = Arc::clone(&post) as _;
    let settings = Settings {
        delivery: Some(MessageDelivery {
            sender,
            signed_in_within: Duration::from_hours(24 * 90),
        }),
        accounts: Some(AccountSettings {
            address: Address::Sqlite(folder.path().join("accounts.db")),
            idle: Duration::from_mins(30),
            absolute: Duration::from_hours(12),
            public_address: None,
            openid: None,
        }),
        ..settings(folder.path())
    };
    let server = Server::start(settings, std::future::pending());
    let server = Arc::new(server.await.unwrap());
    add_accounts(server.accounts().unwrap()).await;
    let toolkit = open(&server, "toolkit", None).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopping) = oneshot::channel::<()>();
    let serving = Arc::clone(&server);
    let serving = tokio::spawn(async move {
        let stopped = async { drop(stopping.await) };
        serving.serve(listener, stopped).await.unwrap();
    });

    let ask = format!(
        "{{ cycle(id: \"{CYCLE}\") {{ messages(first: 200) {{ totalCount edges {{ node {{ kind role \
         id body {{ code }} text state sentTo refusedBy attempts nextAttemptAt problem }} }} }} }} }}"
    );
    // What happened before the first server is not said, so the phase opens once it has looked.
    let address = Address::Sqlite(folder.path().join("ledger.db"));
    let store = Store::open(&address, "england").await.unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while store.outbox_position().await.unwrap().is_none() {
        assert!(Instant::now() < until, "no server has looked");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    store.close().await;
    open(&server, "self-assessment", Some(toolkit)).await;
    let messages = loop {
        let answer = execute(&server, &ask).await;
        // A server that is busy may not answer in time.
        let messages = messages_in(&answer);
        let is_about = |kind: &str| messages.iter().any(|message| message["kind"] == kind);
        let is_settled =
            |message: &Value| message["attempts"] != 0 || message["problem"] != Value::Null;
        if is_about("PHASE_OPENED") && messages.iter().all(is_settled) {
            break messages;
        }
        assert!(Instant::now() < until, "{answer}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };

    // Nor are the deadlines that were missed before.
    let is_missed = |message: &Value| message["kind"] == "DEADLINE_PASSED";
    assert!(!messages.iter().any(is_missed), "{messages:#?}");
    let opened = messages.iter();
    let opened = opened.filter(|message| message["kind"] == "PHASE_OPENED");
    let of = |role: &str| {
        let found = opened.clone().find(|message| message["role"] == role);
        found.unwrap_or_else(|| panic!("none for {role}: {messages:#?}"))
    };
    let expected = |role: &str, expected: Value| {
        let message = of(role);
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&message[field], value, "{field} of {message}");
        }
    };
    expected(
        "executive",
        json!({ "state": "SENT", "sentTo": 3, "refusedBy": 1, "attempts": 1, "nextAttemptAt": null,
            "problem": "1 address: no such address" }),
    );
    expected(
        "board",
        json!({ "state": "FAILED", "sentTo": 0, "refusedBy": 1, "attempts": 1, "nextAttemptAt": null,
            "problem": "1 address: no such address" }),
    );
    expected(
        "lead",
        json!({ "state": "WAITING", "sentTo": 0, "attempts": 1, "nextAttemptAt": "2009-07-01T12:01:00Z",
            "problem": "1 address: the post office is closed" }),
    );
    let for_nobody = messages
        .iter()
        .filter(|message| message["role"] == "analyst");
    for message in for_nobody {
        assert_eq!(message["state"], "WAITING", "{message}");
        assert_eq!(message["attempts"], 0);
        assert_eq!(message["problem"], "nobody to send it to");
        assert_eq!(message["nextAttemptAt"], "2009-07-01T13:00:00Z");
    }
    let mut sent: Vec<(String, String)> = Vec::new();
    for (message, address) in post.0.lock().unwrap().iter() {
        sent.push((message.id.clone(), address.clone()));
        let expected = match message.role.as_str() {
            "executive" => &[
                "both@mail.example",
                "pct@mail.example",
                "region@mail.example",
            ][..],
            "chair" => &["both@mail.example"],
            "coordinator" => &["follows@mail.example"],
            _ => &[],
        };
        assert!(
            expected.contains(&address.as_str()),
            "{address}: {message:?}"
        );
    }
    let count = sent.len();
    sent.sort();
    sent.dedup();
    assert_eq!(sent.len(), count, "nobody gets a message twice");
    let sent_to: Vec<i64> = messages
        .iter()
        .map(|message| message["sentTo"].as_i64().unwrap())
        .collect();
    assert_eq!(sent_to.iter().sum::<i64>(), i64::try_from(count).unwrap());

    assert_eq!(page_by_page(&server).await, messages);
    failed_messages_are_sent_again(&server, of("board"), of("executive")).await;
    who_sent_a_message_again_is_for_some(&server, of("executive")).await;

    drop(stop);
    serving.await.unwrap();
    Arc::into_inner(server).unwrap().close().await;
}

/// Those who follow the messages for every role have them sent again; others do not.
async fn failed_messages_are_sent_again(server: &Server, failed: &Value, partly_sent: &Value) {
    let query = |message: &Value| {
        let id = message["id"].as_str().unwrap();
        format!(
            "mutation {{ sendMessageAgain(input: {{ requestId: \"again\", message: \"{id}\" }}) {{ \
             message {{ state sentTo attempts sentAgainBy canBeSentAgain }} userErrors {{ code field }} }} }}"
        )
    };
    let send_again = async |message: &Value, role: &str, body: Option<&str>| {
        let actor = Actor {
            person: "A. Person".into(),
            role: role.into(),
            body: body.map(Into::into),
            cycle: None,
        };
        let request = Request::new(query(message)).actor(actor);
        let answer = server.api().execute(request).await;
        let mut answer: Value = serde_json::from_slice(&answer.bytes).unwrap();
        answer["data"]["sendMessageAgain"].take()
    };
    // It is for them, but they do not open phases; others do not even see it.
    let refused = send_again(partly_sent, "executive", Some("Q30")).await;
    assert_eq!(
        refused["userErrors"][0]["code"], "NOT_PERMITTED",
        "{refused}"
    );
    let unknown = send_again(failed, "executive", Some("Q30")).await;
    assert_eq!(unknown["userErrors"][0]["code"], "NOT_FOUND", "{unknown}");
    for (message, sent_to) in [(failed, 0), (partly_sent, 3)] {
        for _ in 0..2 {
            let again = send_again(message, Actor::OPERATOR, None).await;
            let again = &again["message"];
            assert_eq!(again["sentTo"], sent_to, "{again}");
            assert_eq!(again["sentAgainBy"], "A. Person", "{again}");
            assert_eq!(again["canBeSentAgain"], false, "{again}");
        }
    }
}

/// Everybody who may read a message sees that it was sent again; by whom, only those who may see who acts on its body.
async fn who_sent_a_message_again_is_for_some(server: &Server, message: &Value) {
    let ask = format!(
        "{{ cycle(id: \"{CYCLE}\") {{ messages(first: 200) {{ edges {{ node {{ id sentAgainAt sentAgainBy \
         canBeSentAgain }} }} }} }} }}"
    );
    let seen_by = async |body: &str| {
        let actor = Actor {
            person: "A. Reader".into(),
            role: "executive".into(),
            body: Some(body.into()),
            cycle: None,
        };
        let request = Request::new(ask.clone()).actor(actor);
        let answer = server.api().execute(request).await;
        let answer = serde_json::from_slice(&answer.bytes).unwrap();
        let mut messages = messages_in(&answer).into_iter();
        let found = messages.find(|seen| seen["id"] == message["id"]);
        found.unwrap_or_else(|| panic!("{answer}"))
    };
    let (region, pct) = (seen_by("Q30").await, seen_by("5KF").await);
    assert_eq!(region["sentAgainBy"], "A. Person", "{region}");
    assert_eq!(pct["sentAgainBy"], Value::Null, "{pct}");
    for seen in [region, pct] {
        assert!(seen["sentAgainAt"].is_string(), "{seen}");
        assert_eq!(seen["canBeSentAgain"], false, "they may not: {seen}");
    }
}

/// A command has a server of its own for one mutation, which must not wait for what is due in every cycle.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_serves_nobody_makes_no_messages() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path()).await;
    let server = Server::start(settings(folder.path()), std::future::pending());
    let server = server.await.unwrap();
    open(&server, "toolkit", None).await;
    server.close().await;
    let address = Address::Sqlite(folder.path().join("ledger.db"));
    let store = Store::open(&address, "england").await.unwrap();
    assert_eq!(store.outbox_position().await.unwrap(), None);
    store.close().await;
}

/// A clock that shows what it is set to.
#[derive(Debug)]
struct SetClock(Mutex<Timestamp>);

impl SetClock {
    fn set(&self, day: &str) {
        *self.0.lock().unwrap() = format!("{day}T12:00:00Z").parse().unwrap();
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Records an action that is due on a day.
async fn plan_action(server: &Server, id: &str, due: &str) {
    let query = format!(
        "mutation {{ recordAction(input: {{ requestId: \"{id}\", cycle: \"{CYCLE}\", body: \"5KF\", id: \"{id}\", \
         text: \"Publish the strategy.\", due: \"{due}\" }}) {{ entry userErrors {{ message }} }} }}"
    );
    let answer = execute(server, &query).await;
    assert!(answer["data"]["recordAction"]["entry"].is_i64(), "{answer}");
}

/// Waits until a server has looked at everything and has a message with a text.
async fn wait_for_message(store: &Store, text: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let messages = store.messages().await.unwrap();
        if messages
            .iter()
            .any(|stored| stored.message.text.contains(text))
        {
            return;
        }
        assert!(Instant::now() < until, "no `{text}`: {messages:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_late_is_announced_as_late() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path()).await;
    let clock = Arc::new(SetClock(Mutex::default()));
    clock.set("2009-07-01");
    let settings = Settings {
        clock: Arc::clone(&clock) as _,
        ..settings(folder.path())
    };
    let server = Server::start(settings, std::future::pending());
    let server = Arc::new(server.await.unwrap());
    let toolkit = open(&server, "toolkit", None).await;
    // What is due is looked at once a day, and when the server begins.
    plan_action(&server, "first", "2009-07-02").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopping) = oneshot::channel::<()>();
    let serving = Arc::clone(&server);
    let serving = tokio::spawn(async move {
        let stopped = async { drop(stopping.await) };
        serving.serve(listener, stopped).await.unwrap();
    });
    let address = Address::Sqlite(folder.path().join("ledger.db"));
    let store = Store::open(&address, "england").await.unwrap();
    wait_for_message(&store, "an action is due by 2009-07-02").await;

    // On the next day but one it is late. Another comes then that is late already, once the day has been looked at.
    clock.set("2009-07-03");
    open(&server, "self-assessment", Some(toolkit)).await;
    wait_for_message(&store, "an action was due by 2009-07-02").await;
    plan_action(&server, "second", "2009-07-01").await;
    plan_action(&server, "of-june", "2009-06-30").await;
    clock.set("2009-07-04");
    plan_action(&server, "third", "2009-07-20").await;
    wait_for_message(&store, "an action was due by 2009-07-01").await;
    // What was late before messages began is not announced.
    let messages = store.messages().await.unwrap();
    let of_june = messages
        .iter()
        .any(|stored| stored.message.text.contains("2009-06-30"));
    assert!(!of_june, "{messages:#?}");

    store.close().await;
    drop(stop);
    serving.await.unwrap();
    Arc::into_inner(server).unwrap().close().await;
}
