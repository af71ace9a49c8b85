//! Accounts that `wcc account` makes, and a server that knows them.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use server::Server;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use support::{printed_with, refused_with, settings_with, stderr, stdout, wcc_with_line};

const CASE: &str = "south-of-tyne-and-wear";
const PASSWORD: &str = "correct horse battery";

fn added(settings: &Path, arguments: &[&str]) -> String {
    let arguments = [&["account", "add"], arguments].concat();
    let output = wcc_with_line(settings, &arguments, PASSWORD);
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn an_account_is_made_listed_and_changed() {
    let settings = settings_with("");
    let anna = [
        "Anna@pct.example",
        "--person",
        "A. Person",
        "--role",
        "chair",
        "--body",
        "q30",
    ];
    let told = added(&settings, &anna);
    assert_eq!(
        told,
        "added anna@pct.example  A. Person (chair;body=Q30), active\n"
    );
    let ben = [
        "ben",
        "--person",
        "B. Person",
        "--grant",
        "member;body=Q30;until=2030-03-31",
        "--pending",
    ];
    let told = added(&settings, &ben);
    assert_eq!(
        told,
        "added ben  B. Person (member;body=Q30;until=2030-03-31), pending\n"
    );
    let file = settings.with_file_name("data").join("accounts.db");
    let mode = std::fs::metadata(&file)
        .expect("the file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let bytes = std::fs::read(&file).expect("the file");
    assert!(
        !bytes
            .windows(PASSWORD.len())
            .any(|text| text == PASSWORD.as_bytes())
    );

    let told = printed_with(&settings, &["account", "approve", "BEN"]);
    assert!(
        told.starts_with("approved ben") && told.ends_with(", active\n"),
        "{told}"
    );
    let mail = ["account", "mail", "ben", "B.Person@pct.example"];
    let told = printed_with(&settings, &mail);
    assert!(
        told.ends_with(", active, mail to B.Person@pct.example\n"),
        "{told}"
    );
    let told = printed_with(&settings, &mail[..3]);
    assert!(
        told.starts_with("changed ben") && told.ends_with(", active\n"),
        "{told}"
    );
    let role = ["account", "role", "ben", "--role", "analyst"];
    assert_eq!(
        printed_with(&settings, &role),
        "changed ben  B. Person (analyst), active\n"
    );
    let told = printed_with(&settings, &["account", "disable", "ben"]);
    assert!(told.ends_with(", disabled\n"), "{told}");
    let changed = wcc_with_line(
        &settings,
        &["account", "password", "ben"],
        "another long one",
    );
    assert!(changed.status.success(), "{}", stderr(&changed));
    let list = printed_with(&settings, &["account", "list"]);
    assert_eq!(
        list,
        "anna@pct.example  A. Person (chair;body=Q30), active\n\
         ben  B. Person (analyst), disabled\n\
         2 accounts\n"
    );
    let (code, unknown) = refused_with(&settings, &["account", "disable", "bem"]);
    assert!(
        code == 4 && unknown.contains("did you mean `ben`?"),
        "{unknown}"
    );
}

#[test]
fn what_cannot_be_an_account_is_refused() {
    let settings = settings_with("");
    added(
        &settings,
        &["anna", "--person", "A. Person", "--role", "chair"],
    );
    for (arguments, password, code, expected) in [
        (
            &["anna", "--person", "B. Person", "--role", "chair"][..],
            PASSWORD,
            1,
            "there is an account `anna` already",
        ),
        (
            &["ben", "--person", "a. person", "--role", "chair"],
            PASSWORD,
            1,
            "another account belongs to a person",
        ),
        (
            &[
                "ben",
                "--person",
                "B. Person",
                "--role",
                "chair",
                "--mail",
                "B <b@pct.example>",
            ],
            PASSWORD,
            1,
            "this is not an e-mail address",
        ),
        (
            &["b en", "--person", "B. Person", "--role", "chair"],
            PASSWORD,
            1,
            "a character other than letters",
        ),
        (
            &["ben", "--person", "B.\u{200b} Person", "--role", "chair"],
            PASSWORD,
            1,
            "invisible character",
        ),
        (
            &["ben", "--person", "B. Person", "--role", "chair"],
            "short",
            1,
            "shorter than 12 characters",
        ),
        (
            &["ben", "--person", "B. Person", "--role", "chair"],
            "",
            1,
            "shorter than 12 characters",
        ),
        (
            &["ben", "--person", "B. Person", "--role", "chiar"],
            PASSWORD,
            4,
            "did you mean `chair`?",
        ),
        (
            &["ben", "--person", "B. Person", "--grant", "chair;body=XXX"],
            PASSWORD,
            4,
            "there is no body `XXX`",
        ),
        (
            &[
                "ben",
                "--person",
                "B. Person",
                "--grant",
                "chair;from=2009-04-02;until=2009-04-01",
            ],
            PASSWORD,
            1,
            "before it begins",
        ),
        (&["ben", "--person", "B. Person"], PASSWORD, 2, "--role"),
        (
            &[
                "ben",
                "--person",
                "B. Person",
                "--role",
                "chair",
                "--password",
                "x",
            ],
            PASSWORD,
            2,
            "unexpected argument",
        ),
    ] {
        let arguments = [&["account", "add"], arguments].concat();
        let output = wcc_with_line(&settings, &arguments, password);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
    assert!(printed_with(&settings, &["account", "list"]).ends_with("\n1 account\n"));
}

#[test]
fn settings_that_contradict_themselves_are_refused() {
    for (entries, expected) in [
        (
            "[accounts]\nidle_minutes = 1\n",
            "expected a whole number from 5 to 1440",
        ),
        (
            "[accounts]\nsession_hours = 1000\n",
            "expected a whole number from 1 to 168",
        ),
        (
            "[accounts]\naddress = 'x.db'\n[ledger]\naddress = 'x.db'\n",
            "expected a file of its own",
        ),
        (
            "[accounts]\nidle = 1\n",
            "did you mean `accounts.idle_minutes`?",
        ),
        (
            "[accounts]\npublic_address = 'http://assurance.example'\n",
            "is not protected on the way",
        ),
        (
            "[accounts]\npublic_address = 'https://assurance.example/wcc'\n",
            "expected an address without a path",
        ),
        (
            "[openid]\nissuer = 'https://login.example'\nclient = 'wcc'\n",
            "sends them back to it",
        ),
        (
            "[openid]\nissuer = 'http://login.example'\nclient = 'wcc'\n",
            "is not protected on the way",
        ),
        (
            "[openid]\nissuer = 'https://login.example'\n",
            "setting `openid.client`",
        ),
        (
            "[openid]\nissuer = 'https://login.example'\nclient = 'wcc'\nalgorithms = ['HS256']\n",
            "whoever verifies such a token could also make one",
        ),
        (
            "[openid]\nissuer = 'https://login.example'\nclient = 'wcc'\nscopes = ['profile']\n",
            "expected `openid` among them",
        ),
        (
            "[openid]\nissuer = 'https://login.example'\nclient = 'wcc'\nroles = ['chairs']\n",
            "expected \"TEXT => ROLE;body=CODE;cycle=ID\"",
        ),
        (
            "[openid]\nissuer = 'https://login.example'\nclient = 'wcc'\nroles = ['chairs => chair;sha=Q30']\n",
            "is not a part of a grant",
        ),
        (
            "[openid]\nissuer = 'https://login.example'\nclient = 'wcc'\nsecret_file = 'none'\n",
            "cannot be read",
        ),
        (
            "[mail]\nserver = 'mail.example'\nfrom = 'a@sha.example'\n",
            "setting `accounts.public_address`",
        ),
        (
            "[mail]\nserver = 'mail.example/x'\n",
            "expected HOST or HOST:PORT",
        ),
        (
            "[mail]\nserver = 'mail.example'\nsecurity = 'ssl'\n",
            "expected starttls, tls or none",
        ),
        (
            "[mail]\nserver = 'mail.example'\nsecurity = 'none'\n",
            "the mail server is on another machine",
        ),
        (
            "[accounts]\npublic_address = 'https://a.example'\n[mail]\nserver = '[::1]:25'\nsecurity = 'none'\n",
            "setting `mail.from`",
        ),
        (
            "[accounts]\npublic_address = 'https://a.example'\n[mail]\nserver = 'm'\nfrom = 'a@sha.example'\nuser = 'wcc'\n",
            "setting `mail.password_file`",
        ),
    ] {
        let settings = settings_with(entries);
        let (code, told) = refused_with(&settings, &["account", "list"]);
        assert!(code == 1 && told.contains(expected), "{told}");
    }
}

#[test]
fn a_demonstration_has_people_for_each_role_and_stays_on_its_machine() {
    let settings = settings_with("");
    let folder = format!("examples/{CASE}");
    let arguments = |roles: &[&'static str]| -> Vec<String> {
        let mut all = vec!["account", "demonstration", "--in", &folder];
        for role in roles {
            all.extend(["--role", role]);
        }
        all.into_iter().map(str::to_owned).collect()
    };
    let run = |roles: &[&'static str]| {
        let arguments = arguments(roles);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        printed_with(&settings, &arguments)
    };
    let made = run(&["chair", "member", "member", "executive", "assurer"]);
    let lines: Vec<&str> = made.lines().collect();
    let (password, people) = lines.split_last().expect("a password");
    assert_eq!(
        people,
        [
            "demo-chair  Invented panel chair (chair;body=south-of-tyne-and-wear)",
            "demo-member  Invented panel member (member;body=south-of-tyne-and-wear)",
            "demo-member-2  Invented panel member 2 (member;body=south-of-tyne-and-wear)",
            "demo-executive  Invented PCT executive (executive;body=5KF)",
            "demo-assurer  Invented SHA assurer (assurer;body=Q30)",
        ]
    );
    let password = password
        .strip_prefix("the password of each: ")
        .expect("a password");
    assert_eq!(password.len(), 27);
    let again = run(&["chair"]);
    assert!(
        again.contains("demo-chair  ") && !again.contains(password),
        "{again}"
    );
    let list = printed_with(&settings, &["account", "list"]);
    assert!(
        list.contains(", for demonstration") && list.ends_with("\n5 accounts\n"),
        "{list}"
    );
    // Every role of the rule book, if none is named.
    assert!(run(&[]).contains("demo-board  Invented PCT board (board;body=5KF)"));
    let (code, told) = refused_with(
        &settings,
        &[
            "account",
            "demonstration",
            "--in",
            &folder,
            "--role",
            "chiar",
        ],
    );
    assert!(
        code == 4 && told.contains("did you mean `chair`?"),
        "{told}"
    );

    let beyond = Server::on_address(&settings, &[folder], "0.0.0.0:0");
    beyond
        .log_with("the accounts of a demonstration are refused, because other machines can reach");
    drop(beyond);
    let here = Server::start(&settings, &[CASE]);
    assert_eq!(here.raw("GET /livez", &[]).split(' ').nth(1), Some("200"));
    let log = here.log_with("the operator's token is in");
    assert!(!log.contains("demonstration"), "{log}");
}

#[test]
fn a_server_of_cases_does_without_accounts_that_cannot_be_opened() {
    let settings = settings_with("[accounts]\naddress = '/proc/none/accounts.db'\n");
    let server = Server::start(&settings, &[CASE]);
    server.log_with("nobody can sign in to this server");
    assert_eq!(server.raw("GET /livez", &[]).split(' ').nth(1), Some("200"));
    let (code, told) = refused_with(&settings, &["serve", "ledger:", "--listen", "127.0.0.1:0"]);
    assert!(code == 5 && told.contains("accounts.address"), "{told}");
}
