//! Bearer tokens of people that `wcc token` issues.

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
#[path = "support/tokens.rs"]
mod tokens;

use server::Server;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use support::{printed_with, refused_with, settings_with, stderr, wcc_with};
use tokens::{
    CASE, CYCLE, assert_refused, comment, comment_error, issue, ledger_with, message, read, send,
};

fn mode(path: &Path) -> u32 {
    fs::metadata(path)
        .expect("it is there")
        .permissions()
        .mode()
        & 0o777
}

#[test]
fn a_token_is_issued_used_listed_and_revoked() {
    let settings = ledger_with("");
    let server = Server::on_ledger(&settings);
    let folder = settings.with_file_name("data").join("tokens");
    assert_eq!(mode(&folder), 0o700);
    let token = issue(
        &settings,
        &[
            "--person",
            "A. Person",
            "--role",
            "panel",
            "--body",
            "Q30",
            "--cycle",
            CYCLE,
        ],
    );
    for entry in fs::read_dir(&folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        let bytes = fs::read(&path).expect("a file");
        assert!(
            !String::from_utf8_lossy(&bytes).contains(&token),
            "the token is kept"
        );
    }
    assert_eq!(read(&server, &token).status, 200);
    assert_eq!(comment_error(&comment(&server, &token, None, "5KF")), "");
    let shown = printed_with(&settings, &["ledger", "show"]);
    assert!(shown.contains("A. Person (panel for Q30)"), "{shown}");

    let list = printed_with(&settings, &["token", "list"]);
    assert!(
        list.contains(&format!("A. Person (panel;body=Q30;cycle={CYCLE})")),
        "{list}"
    );
    assert!(
        list.ends_with("\n1 token\n") && !list.contains(&token),
        "{list}"
    );
    let id = list.split(' ').next().expect("an identifier");
    let other_end = if id.ends_with('0') { '1' } else { '0' };
    let other = format!("{}{other_end}", &id[..15]);
    let (code, unknown) = refused_with(&settings, &["token", "revoke", &other]);
    assert_eq!(code, 4);
    assert!(
        unknown.contains(&format!("did you mean `{id}`?")),
        "{unknown}"
    );
    let revoked = printed_with(&settings, &["token", "revoke", &id[..6]]);
    assert!(revoked.starts_with(&format!("revoked {id}")), "{revoked}");
    assert_refused(&read(&server, &token), "was revoked");
    assert_refused(&comment(&server, &token, None, "5KF"), "was revoked");
    assert_eq!(
        printed_with(&settings, &["token", "revoke", id]),
        "already revoked\n"
    );
    let list = printed_with(&settings, &["token", "list"]);
    assert_eq!(list, "0 tokens; 1 more expired or revoked (--all)\n");
    let all = printed_with(
        &settings,
        &["token", "list", "--all", "--person", "A. Person"],
    );
    assert!(all.contains(", revoked on "), "{all}");
    let log = server.log_with("a bearer token was refused: it is revoked");
    assert!(!log.contains(&token), "{log}");
}

#[test]
fn every_token_of_a_person_is_revoked_at_once() {
    let settings = settings_with("");
    let server = Server::start(&settings, &[CASE]);
    let of = |person: &str| issue(&settings, &["--person", person, "--role", "public"]);
    let (first, second, other) = (of("A. Person"), of("A. Person"), of("B. Person"));
    let (code, unknown) = refused_with(&settings, &["token", "revoke", "--person", "A. Persn"]);
    assert!(
        code == 4 && unknown.contains("did you mean `A. Person`?"),
        "{unknown}"
    );
    let revoked = printed_with(&settings, &["token", "revoke", "--person", "A. Person"]);
    assert_eq!(revoked.lines().count(), 2);
    assert_refused(&read(&server, &first), "was revoked");
    assert_refused(&read(&server, &second), "was revoked");
    assert_eq!(read(&server, &other).status, 200);
}

#[test]
fn a_token_is_written_to_a_file_of_its_own() {
    let settings = settings_with("");
    let file = settings.with_file_name("a.token");
    let path = file.to_str().expect("a path");
    let arguments = [
        "token",
        "issue",
        "--person",
        "A. Person",
        "--role",
        "operator",
        "--out",
        path,
    ];
    assert_eq!(
        printed_with(&settings, &arguments),
        "",
        "nothing on standard output"
    );
    assert_eq!(mode(&file), 0o600);
    let token = fs::read_to_string(&file).expect("the token");
    let server = Server::start(&settings, &[CASE]);
    assert_eq!(
        server.request_reload(token.trim()).status,
        200,
        "an operator like any other"
    );
    let (code, twice) = refused_with(&settings, &arguments);
    assert!(code == 5 && twice.contains("cannot create"), "{twice}");
    assert_eq!(
        fs::read_to_string(&file).expect("the token"),
        token,
        "not replaced"
    );
    assert!(printed_with(&settings, &["token", "list"]).ends_with("\n1 token\n"));
}

#[test]
fn what_does_not_exist_is_refused_with_the_nearest() {
    let settings = ledger_with("");
    for (arguments, code, expected) in [
        (
            &["--role", "operatr"][..],
            4,
            "there is no role `operatr`: did you mean `operator`?",
        ),
        (&["--role", "panl"], 4, "did you mean `panel`?"),
        (
            &["--role", "panel", "--body", "5KFF"],
            4,
            "did you mean `5KF`?",
        ),
        (
            &[
                "--role",
                "panel",
                "--cycle",
                "south-of-tyne-and-wear/2009-09",
            ],
            4,
            CYCLE,
        ),
        (
            &["--grant", "panel;sha=Q30"],
            1,
            "`sha=Q30` is not a part of a grant",
        ),
        (
            &["--grant", "panel", "--grant", "leed"],
            4,
            "did you mean `lead`?",
        ),
        (
            &["--role", "panel", "--from", "2008-01-01"],
            1,
            "would have expired already",
        ),
        (&["--role", "panel", "--days", "0"], 2, "1..=400"),
        (&["--role", "panel", "--days", "401"], 2, "1..=400"),
        (&[], 2, "--role"),
    ] {
        let (found, text) = refused_with(
            &settings,
            &[&["token", "issue", "--person", "A"], arguments].concat(),
        );
        assert!(
            found == code && text.contains(expected),
            "{arguments:?}: {found} {text}"
        );
    }
    let (code, text) = refused_with(
        &settings,
        &["token", "issue", "--person", " ", "--role", "panel"],
    );
    assert!(
        code == 1 && text.contains("the name of the person is empty"),
        "{text}"
    );
    assert_eq!(printed_with(&settings, &["token", "list"]), "0 tokens\n");
}

/// A limited role reaches no further, whatever the policies permit.
#[test]
fn a_role_is_limited_to_its_body_and_cycle() {
    let settings = ledger_with("");
    let server = Server::on_ledger(&settings);
    let of = |role: &str, more: &[&str]| {
        issue(
            &settings,
            &[&["--person", "A. Person", "--role", role], more].concat(),
        )
    };
    let not_allowed = "the role `panel` may not do this (`record-commentary`)";
    for (more, body, expected) in [
        (&[][..], "5KF", ""),
        (&["--body", "5KF"], "5KF", ""),
        (&["--body", "5KF"], "5KG", not_allowed),
        (&["--body", "5KF"], "south-of-tyne-and-wear", not_allowed),
        (&["--body", "south-of-tyne-and-wear"], "5KG", ""),
        (&["--body", "Q30"], "5KF", ""),
        (&["--body", "Q31"], "5KF", not_allowed),
        (&["--cycle", CYCLE], "5KF", ""),
    ] {
        let answer = comment(&server, &of("panel", more), None, body);
        assert_eq!(
            comment_error(&answer),
            expected,
            "{more:?} on {body}: {answer:?}"
        );
    }
    let operator = of("operator", &["--body", "5KF"]);
    assert_eq!(comment_error(&comment(&server, &operator, None, "5KF")), "");
    assert_ne!(comment_error(&comment(&server, &operator, None, "5KG")), "");
    assert_eq!(
        server.request_reload(&operator).status,
        403,
        "what belongs to no body"
    );
    let public = comment(&server, &of("public", &[]), None, "5KF");
    assert!(
        comment_error(&public).contains("the role `public` may not"),
        "{public:?}"
    );
}

#[test]
fn a_person_with_several_roles_says_in_which_they_act() {
    let settings = ledger_with("");
    let server = Server::on_ledger(&settings);
    let token = issue(
        &settings,
        &[
            "--person",
            "A. Person",
            "--role",
            "lead",
            "--body",
            "5KF",
            "--grant",
            "panel;body=5KG",
            "--grant",
            "public",
        ],
    );
    let which = comment(&server, &token, None, "5KF");
    assert_eq!(which.status, 400, "{which:?}");
    assert!(
        message(&which).ends_with("one of `lead;body=5KF`, `panel;body=5KG`, `public`"),
        "{which:?}"
    );
    assert_eq!(
        comment_error(&comment(&server, &token, Some("lead"), "5KF")),
        ""
    );
    assert_eq!(
        comment_error(&comment(&server, &token, Some("panel;body=5KG"), "5KG")),
        ""
    );
    assert_ne!(
        comment_error(&comment(&server, &token, Some("panel"), "5KF")),
        ""
    );
    let shown = printed_with(&settings, &["ledger", "show"]);
    for actor in ["A. Person (lead for 5KF)", "A. Person (panel for 5KG)"] {
        assert!(shown.contains(actor), "{shown}");
    }
    let other = comment(&server, &token, Some("operator"), "5KF");
    assert_eq!(other.status, 403, "{other:?}");
    assert!(
        other
            .head
            .to_ascii_lowercase()
            .contains("error=\"insufficient_scope\""),
        "{other:?}"
    );
    let nobody = send(&server, None, Some("lead"), "{ cycles { code } }");
    assert_eq!(nobody.status, 400, "never the public: {nobody:?}");
}

#[test]
fn a_rotated_key_is_accepted_for_a_while() {
    let settings = settings_with("");
    let server = Server::start(&settings, &[CASE]);
    let of = |person: &str| issue(&settings, &["--person", person, "--role", "public"]);
    let first = of("A. Person");
    let rotated = printed_with(&settings, &["token", "key", "rotate", "--days", "10"]);
    assert!(
        rotated.contains("signs new tokens; tokens of earlier keys are valid until"),
        "{rotated}"
    );
    let second = of("B. Person");
    assert_eq!(read(&server, &first).status, 200);
    assert_eq!(read(&server, &second).status, 200);
    printed_with(&settings, &["token", "key", "rotate", "--days", "0"]);
    assert_refused(&read(&server, &first), "the token is not accepted");
    assert_refused(&read(&server, &second), "the token is not accepted");
    assert_eq!(read(&server, &of("C. Person")).status, 200);
    let keys = printed_with(&settings, &["token", "key", "list"]);
    assert_eq!(keys.lines().count(), 3, "{keys}");
    assert_eq!(
        keys.matches("its tokens are refused since").count(),
        2,
        "{keys}"
    );
    let list = printed_with(&settings, &["token", "list"]);
    assert!(
        list.ends_with("1 token; 2 more expired or revoked (--all)\n"),
        "{list}"
    );
}

#[test]
fn a_token_waits_for_its_first_day() {
    let settings = settings_with("");
    let server = Server::start(&settings, &[CASE]);
    let token = issue(
        &settings,
        &[
            "--person",
            "A. Person",
            "--role",
            "public",
            "--from",
            "2990-01-01",
        ],
    );
    assert_refused(&read(&server, &token), "is not valid yet");
    assert!(printed_with(&settings, &["token", "list"]).contains(", not valid yet\n"));
}

/// A register that cannot be read revokes every token rather than none.
#[test]
fn a_damaged_register_accepts_nothing() {
    let settings = settings_with("");
    let server = Server::start(&settings, &[CASE]);
    let token = issue(&settings, &["--person", "A. Person", "--role", "public"]);
    let register = settings.with_file_name("data").join("tokens/register.json");
    let whole = fs::read_to_string(&register).expect("the register");
    fs::write(&register, &whole[..whole.len() / 2]).expect("written");
    assert_refused(&read(&server, &token), "the token is not accepted");
    server.log_with("the register of issued tokens cannot be read; its tokens are refused");
    let (code, text) = refused_with(&settings, &["token", "list"]);
    assert!(
        code == 5 && text.contains("is not a register of tokens"),
        "{text}"
    );
    fs::write(&register, whole).expect("written");
    assert_eq!(read(&server, &token).status, 200);
    fs::set_permissions(&register, fs::Permissions::from_mode(0o644)).expect("a mode");
    assert_refused(&read(&server, &token), "the token is not accepted");
    let started = wcc_with(
        &settings,
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            &format!("examples/{CASE}"),
        ],
    );
    assert_eq!(started.status.code(), Some(5));
    assert!(
        stderr(&started).contains("other users can read or change"),
        "{}",
        stderr(&started)
    );
}
