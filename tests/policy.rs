//! `wcc policy`: policies checked and asked on the command line.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "helpers of tests may fail them"
)]

mod support;

use std::path::Path;
use support::{printed, stderr, stdout, wcc};

const CASE: &str = "examples/south-of-tyne-and-wear";
const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// The policies that ship, with more beside them.
fn folder_with(more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["operator.cedar", "public.cedar", "scope.cedar"] {
        let shipped = Path::new("configs/policies").join(name);
        std::fs::copy(shipped, folder.path().join(name)).expect("a policy that ships");
    }
    std::fs::write(folder.path().join("more.cedar"), more).expect("written");
    folder
}

fn refused(arguments: &[&str]) -> (i32, String) {
    let output = wcc(arguments);
    (output.status.code().unwrap_or(-1), stderr(&output))
}

const PANEL: &str = r#"
@id("panels-judge-their-region")
permit (
  principal in Role::"panel",
  action in [Action::"record-judgement", Action::"record-commentary"],
  resource is Body
)
when { principal has body && resource has sha && principal.body == resource.sha }
unless { context has method && context.method == "self" };

@id("the-pilot-is-not-public")
forbid (principal in Role::"public", action == Action::"read",
  resource in Cycle::"south-of-tyne-and-wear/2008-09");
"#;

#[test]
fn policies_are_said_in_sentences() {
    let folder = folder_with(PANEL);
    let text = printed(&["policy", "check", &folder.path().to_string_lossy()]);
    let expected = r#"11 policies, all valid

everybody-reads
  everybody may see every body, if all of this holds:
    unless { resource has cycle && resource.cycle.governed }

everybody-reads-cycles
  everybody may see every cycle, if all of this holds:
    unless { resource.governed }

everybody-reads-cycles-with-released-results
  everybody may see every cycle, if all of this holds:
    when { resource.governed && resource.released }

everybody-reads-the-documents-of-released-outputs
  everybody may read the documents of every body they see, if all of this holds:
    when { resource has cycle && resource.released }
    when { context has records && context.records == "released-output" }

everybody-reads-what-is-released
  everybody may see every body, if all of this holds:
    when { resource has cycle && resource.cycle.governed && resource.released }

operator-does-everything
  the role `operator` may do everything, if all of this holds:
    unless { principal has body && !(resource is Body) && action != Action::"read" }

panels-judge-their-region
  the role `panel` may do `record-judgement` on every body and do `record-commentary` on every body, if all of this holds:
    when { principal has body && resource has sha && principal.body == resource.sha }
    unless { context has method && context.method == "self" }

messages-stay-with-their-body
  nobody may read messages about any body they see, if all of this holds:
    when { principal has body }
    unless { resource.code == principal.body }
    unless { resource has cluster && resource.cluster == principal.body }
    unless { resource has sha && resource.sha == principal.body }
    unless { resource.members.contains(principal.body) }

roles-stay-in-their-cycle
  nobody may change anything or read the documents of anything they see or see who made the entries on anything they see or read messages about anything they see, if all of this holds:
    when { principal has cycle }
    unless { resource is Cycle && resource.id == principal.cycle }
    unless { resource is Body && resource has cycle && resource.cycle.id == principal.cycle }
    unless { resource is Programme && context.act == "file-evidence" }
    unless { action == Action::"read-document" && context has records && context.records == "released-output" && resource is Body && resource.released }

roles-stay-with-their-body
  nobody may change any body or read the documents of any body they see or see who made the entries on any body they see, if all of this holds:
    when { principal has body }
    unless { resource.code == principal.body }
    unless { resource has cluster && resource.cluster == principal.body }
    unless { resource has sha && resource.sha == principal.body }
    unless { action == Action::"read-document" && context has records && context.records == "released-output" && resource is Body && resource.released }

the-pilot-is-not-public
  the role `public` may not see the cycle `south-of-tyne-and-wear/2008-09` or any body in it

What no policy permits is denied. A policy that forbids outweighs all that permit.
"#;
    assert_eq!(text, expected);
    assert!(printed(&["policy", "check"]).starts_with("24 policies, all valid\n"));
}

#[test]
fn every_error_has_its_place() {
    let folder = folder_with(
        "permit (principal, action == Action::\"raed\", resource);\n\
         forbid (principal, action == Action::\"read\", resource is Body)\n\
         when { resource.sha == \"Q30\" };\n",
    );
    let (code, told) = refused(&["policy", "check", &folder.path().to_string_lossy()]);
    assert_eq!(code, 1);
    assert!(told.contains("more.cedar, line 1"), "{told}");
    assert!(told.contains("did you mean"), "{told}");
    assert!(told.contains("more.cedar, line 3"), "{told}");
    let (code, told) = refused(&["policy", "check", "tests/cases"]);
    assert_eq!(code, 1);
    assert!(told.contains("has no policy file"), "{told}");
}

#[test]
fn a_question_is_answered_with_the_policies_that_decide() {
    let folder = folder_with(PANEL);
    let policies = folder.path().to_string_lossy().into_owned();
    let ask = |role: &str, more: &[&str]| {
        let mut arguments = vec!["policy", "ask", "--policies", &policies, "--in", CASE];
        arguments.extend(["--role", role]);
        arguments.extend(more);
        printed(&arguments)
    };
    let may = ask("operator", &["enter-framework"]);
    let by = "enter-framework on what belongs to no cycle: permitted by `operator-does-everything`";
    assert_eq!(may, format!("allowed\n  {by}\n"));
    let hidden = ask("public", &["read", CYCLE, "5KF"]);
    let by = format!("read on `{CYCLE}`: forbidden by `the-pilot-is-not-public`");
    assert_eq!(hidden, format!("denied\n  {by}\n"));
    let judges = ["--body", "Q30", "--method", "panel"];
    let record = ["record-judgement", CYCLE, "5KF"];
    let panel = ask("panel", &[&judges[..], &record].concat());
    assert!(panel.starts_with("allowed\n"), "{panel}");
    assert!(
        panel.ends_with("permitted by `panels-judge-their-region`\n"),
        "{panel}"
    );
    assert_eq!(
        panel.lines().count(),
        4,
        "the cycle, the body and the act: {panel}"
    );
    let outside = "forbidden by `roles-stay-with-their-body`\n";
    let unnamed = "no policy permits it\n";
    for (other, by) in [
        (&["--body", "Q31", "--method", "panel"][..], outside),
        (&["--body", "Q30", "--method", "self"], unnamed),
        (&[], unnamed),
    ] {
        let denied = ask("panel", &[other, &record].concat());
        assert!(denied.starts_with("denied\n"), "{denied}");
        assert!(denied.ends_with(by), "{denied}");
    }
}

#[test]
fn a_decision_is_explained_with_file_line_and_sentence() {
    let folder = folder_with(PANEL);
    let policies = folder.path().to_string_lossy().into_owned();
    let why = |arguments: &[&str]| {
        let first = ["policy", "why", "--policies", &policies, "--in", CASE];
        printed(&[&first, arguments].concat())
    };
    let may = why(&[
        "panel;body=Q30",
        "record-judgement",
        CYCLE,
        "5KF",
        "--method",
        "panel",
    ]);
    assert!(
        may.starts_with("allowed\n\nthe role `panel` may do `read` on `"),
        "{may}"
    );
    let expected = format!(
        r#"
the role `panel` may do `record-judgement` on Gateshead PCT (5KF) in `{CYCLE}`
  `panels-judge-their-region` permits it (more.cedar, line 2):
    the role `panel` may do `record-judgement` on every body and do `record-commentary` on every body, if all of this holds:
      when {{ principal has body && resource has sha && principal.body == resource.sha }}
      unless {{ context has method && context.method == "self" }}
"#
    );
    assert!(may.ends_with(&expected), "{may}");
    let outside = why(&[
        "panel;body=Q31",
        "record-judgement",
        CYCLE,
        "5KF",
        "--method",
        "panel",
    ]);
    let forbidden = "  `roles-stay-with-their-body` forbids it (scope.cedar, line 21):\n";
    assert!(
        outside.starts_with("denied\n") && outside.contains(forbidden),
        "{outside}"
    );
    let own = why(&[
        "panel;body=Q30",
        "record-judgement",
        CYCLE,
        "5KF",
        "--method",
        "self",
    ]);
    let none = "  no policy permits it\n  `panels-judge-their-region` would permit it (more.cedar, line 2), but not all of it holds:\n";
    assert!(own.contains(none), "{own}");
    let hidden = why(&["public", "read", CYCLE, "5KF"]);
    assert!(
        hidden.contains("`the-pilot-is-not-public` forbids it (more.cedar, line 11):"),
        "{hidden}"
    );
    let (code, told) = refused(&[
        "policy",
        "why",
        "panl",
        "read",
        CYCLE,
        "--in",
        CASE,
        "--policies",
        &policies,
    ]);
    assert!(
        code == 4 && told.contains("did you mean `panel`?"),
        "{told}"
    );
    let (code, told) = refused(&["policy", "why", "panel;sha=Q30", "read", CYCLE]);
    assert!(
        code == 1 && told.contains("is not a part of a grant"),
        "{told}"
    );
}

#[test]
fn tests_beside_the_policies_are_run() {
    let folder = folder_with(PANEL);
    let case = support::root().join(CASE);
    let path = folder.path().to_string_lossy().into_owned();
    let write = |tests: &str| {
        let text = format!("in = '{}'\n{tests}", case.display());
        std::fs::write(folder.path().join("tests.toml"), text).expect("written");
    };
    let panel = format!(
        "[[test]]\nactor = 'panel;body=Q30'\nact = 'record-judgement'\ncycle = '{CYCLE}'\nbody = '5KF'\n"
    );
    let allowed = format!(
        "{panel}method = 'panel'\non = 2008-11-20\nexpect = 'allowed'\nby = 'panels-judge-their-region'\n"
    );
    let denied = format!("{panel}method = 'self'\nexpect = 'denied'\n");
    write(&format!("{allowed}{denied}"));
    let text = printed(&["policy", "check", &path]);
    assert!(text.ends_with("\n2 tests of tests.toml passed\n"), "{text}");
    for (tests, expected) in [
        (
            allowed.replace("'panel'\non", "'self'\non"),
            "tests.toml, test 1 (panel;body=Q30 record-judgement): expected allowed, but `record-judgement` on Gateshead PCT (5KF)",
        ),
        (
            format!("{allowed}{}", denied.replace("'self'", "'panel'")),
            "test 2 (panel;body=Q30 record-judgement): expected denied",
        ),
        (
            allowed.replace("by = 'panels", "by = 'other"),
            "allowed as expected, but not by `other-judge-their-region`",
        ),
        (
            allowed.replace("panel;body", "panl;body"),
            "did you mean `panel`?",
        ),
        (allowed.replace("5KF", "5KFF"), "did you mean `5KF`?"),
        (allowed.replace("'allowed'", "'alowed'"), "line 9"),
        (allowed.replace("expect", "expct"), "unknown field `expct`"),
    ] {
        write(&tests);
        let (code, told) = refused(&["policy", "check", &path]);
        assert!(code == 1 && told.contains(expected), "{expected}: {told}");
    }
}

/// The server asks about the body of a record. An answer about anything else would mislead.
#[test]
fn a_question_that_is_never_asked_is_refused() {
    let asked = ["policy", "ask", "--role", "operator", "--in", CASE];
    for (question, expected) in [
        (
            &["read"][..],
            "`read` is done to a cycle or a body: give CYCLE",
        ),
        (&["read", "-"], "`read` is done to a cycle or a body"),
        (
            &["record-judgement"],
            "`record-judgement` is done to a body in a cycle: give CYCLE and BODY",
        ),
        (&["record-judgement", CYCLE], "give CYCLE and BODY"),
        (&["record-judgement", "-", "5KF"], "give CYCLE and BODY"),
        (
            &["open-cycle"],
            "`open-cycle` is done to a cycle: give CYCLE",
        ),
        (&["rebase-cycle", CYCLE, "5KF"], "and no BODY"),
        (&["enter-bodies", CYCLE], "leave out CYCLE and BODY"),
    ] {
        let (code, told) = refused(&[&asked[..], question].concat());
        assert_eq!(code, 1, "{told}");
        assert!(told.contains(expected), "{told}");
    }
    for question in [
        &["enter-bodies"][..],
        &["open-cycle", CYCLE],
        &["file-evidence"],
        &["file-evidence", CYCLE, "5KF"],
        &["withdraw", CYCLE, "5KF", "--withdrawn", "record-outcome"],
        &["read", "-", "5KF"],
        &["read-document", CYCLE],
    ] {
        let answer = printed(&[&asked[..], question].concat());
        assert!(answer.starts_with("allowed\n"), "{answer}");
    }
    // Whoever acts for a body is compared as the tables write it.
    let folder = folder_with(PANEL);
    let policies = folder.path().to_string_lossy();
    let panel = ["policy", "ask", "--policies", &policies, "--in", CASE];
    let judges = ["--role", "panel", "--body", "q30", "--method", "panel"];
    let record = ["record-judgement", CYCLE, "5KF"];
    let answer = printed(&[&panel[..], &judges, &record].concat());
    assert!(answer.starts_with("allowed\n"), "{answer}");
}

#[test]
fn what_does_not_exist_is_named_with_what_does() {
    let asked = ["policy", "ask", "--role", "public", "--in", CASE];
    for (more, expected) in [
        (
            &["raed"][..],
            "there is no act `raed`: did you mean `read`?",
        ),
        (&["read", "2008-09"], "there is no cycle `2008-09`: "),
        (
            &["read", CYCLE, "5KX"],
            "there is no body `5KX`: did you mean `5K",
        ),
        (
            &["read", "--method", "panle", CYCLE],
            "there is no method `panle`: did you mean `panel`?",
        ),
    ] {
        let (code, told) = refused(&[&asked[..], more].concat());
        assert_eq!(code, 4, "{told}");
        assert!(told.contains(expected), "{told}");
    }
    // Whoever acts is looked up as well.
    let asked = ["policy", "ask", "--in", CASE];
    let record = ["record-judgement", CYCLE, "5KF"];
    for (actor, expected) in [
        (
            &["--role", "pubic"][..],
            "there is no role `pubic`: did you mean `public`?",
        ),
        (
            &["--role", "x"],
            "there is no role `x`: expected administrator",
        ),
        (
            &["--role", "public", "--body", "5KX"],
            "there is no body `5KX`: did you mean `5K",
        ),
        (
            &["--role", "public", "--cycle", "south-of-tyne/2008-09"],
            "there is no cycle `south-of-tyne/2008-09`: ",
        ),
    ] {
        let (code, told) = refused(&[&asked[..], actor, &record].concat());
        assert_eq!(code, 4, "{told}");
        assert!(told.contains(expected), "{told}");
    }
    let (code, told) = refused(&["policy", "ask", "--role", "pubic", "enter-framework"]);
    assert_eq!(code, 4, "{told}");
    assert!(told.contains("did you mean `public`?"), "{told}");
    let (code, told) = refused(&["policy", "ask", "read"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("--role"), "{told}");
    let output = wcc(&["policy", "ask", "--help"]);
    assert!(stdout(&output).contains("Usage:"));
}

/// The frameworks that ship, each with the table of who may do and see what.
const SHIPPED: [&str; 2] = ["wcc-2008-09", "wcc-2009-10"];

#[test]
fn the_tables_of_the_shipped_frameworks_are_what_the_policies_decide() {
    for id in SHIPPED {
        let table = printed(&["policy", "table", id]);
        let path = format!("docs/permissions/{id}.md");
        support::compare_with_file(Path::new(&path), &table);
    }
    let (code, told) = refused(&["policy", "table", "wcc-2010-11"]);
    assert_ne!(code, 0);
    assert!(told.contains("wcc-2009-10"), "{told}");
}

/// The acts of mutations whose names differ from the act, or that have several.
const OTHER_ACTS: [(&str, &[&str]); 5] = [
    ("carryEvidence", &["file-evidence"]),
    ("startFromPreviousCycle", &["open-cycle"]),
    ("confirmCarried", &["record-judgement", "allocate-lead"]),
    ("importTables", &["record-judgement", "record-indicator"]),
    ("withdraw", &["withdraw", "withdraw-approval"]),
];

#[test]
fn the_tables_have_every_mutation_and_every_kind_of_record() {
    let table = std::fs::read_to_string("docs/permissions/wcc-2009-10.md").expect("a table");
    // The operator does and sees everything.
    let (_, operator) = table.split_once("## `operator`").expect("its section");
    let (operator, _) = operator.split_once("\n## ").expect("another section");
    let (_, everything) = table
        .split_once("Everything on a body is: ")
        .expect("the kinds");
    let (everything, _) = everything.split_once('\n').expect("a line");
    for form in wcc_api::mutation_forms() {
        let mut act = String::new();
        for letter in form.name.chars() {
            if letter.is_uppercase() {
                act.push('-');
            }
            act.push(letter.to_ascii_lowercase());
        }
        let other = OTHER_ACTS.iter().find(|(field, _)| *field == form.name);
        let acts = other.map_or_else(|| vec![&*act], |(_, acts)| acts.to_vec());
        for act in acts {
            assert!(operator.contains(&format!("`{act}`")), "{}", form.name);
        }
    }
    for group in wcc_core::record::RecordGroup::all() {
        let name = group.name();
        assert!(everything.contains(&format!("`{name}`")), "{name}");
    }
}
