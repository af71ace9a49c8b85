//! Tests the problems that are reported when policies are read.

#![allow(clippy::panic, reason = "test helpers may panic")]

use wcc_policy::{CedarPolicy, PolicyFile, acts_schema};

/// Reads one file and returns its problems.
fn problems(text: &str) -> String {
    let file = PolicyFile::new("ours.cedar", text);
    match CedarPolicy::from_files(&[file]) {
        Ok(policy) => panic!("accepted: {policy:?}"),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn problems_have_their_file_and_line() {
    for (text, place, part) in [
        (
            "// a comment\npermit (principal, action resource);",
            "ours.cedar, line 2, column 27: ",
            "unexpected token",
        ),
        (
            "permit (principal, action, resource);\nforbid (principal, action == Action::\"record-judgment\", resource);",
            "ours.cedar, line 2, column ",
            "record-judgment",
        ),
        (
            "permit (principal, action, resource is Body) when { resource.colour == \"red\" };",
            "ours.cedar, line 1, column ",
            "colour",
        ),
        (
            "permit (principal, action, resource is Body)\nwhen { resource.sha == principal.body };",
            "ours.cedar, line 2, column ",
            "sha",
        ),
        (
            "permit (principal, action, resource is Cycle) when { resource.open.contains(\"x\") };",
            "ours.cedar, line 1, column ",
            "",
        ),
        (
            "permit (principal is Person, action, resource);",
            "ours.cedar, line 1, column ",
            "Person",
        ),
        (
            "@id(\"a\") permit (principal, action, resource);\n@id(\"a\") forbid (principal, action, resource);",
            "ours.cedar, line 2, column 1: ",
            "a second policy has the name `a`; the first is in ours.cedar, line 1",
        ),
        (
            "// `;` in a comment; and in a text\npermit (principal, action, resource) when { \";\" == \";\" };\n\n  permit (principal == ?principal, action, resource);",
            "ours.cedar, line 4, column 3: ",
            "template",
        ),
        (
            "permit (principal, action, resource);\n@id(\"\")\nforbid (principal, action, resource);",
            "ours.cedar, line 2, column 1: ",
            "empty `@id`",
        ),
        (
            "// one\n@id(\" \") permit (principal, action, resource);",
            "ours.cedar, line 2, column 1: ",
            "empty `@id`",
        ),
        (
            "permit (principal, action, resource)\nwhen { ip(\"127.0.0.1\").isLoopback() };",
            "ours.cedar, line 2, column 8: ",
            "`ip(...)` cannot be used",
        ),
        (
            "permit (principal, action, resource)\nunless { decimal (\"1.5\") == decimal(\"1.5\") };",
            "ours.cedar, line 2, column 10: ",
            "`decimal(...)` cannot be used",
        ),
        (
            "permit (principal, action, resource)\nwhen { datetime(\"2010-01-01\") < datetime(\"2011-01-01\") };",
            "ours.cedar, line 2, column 8: ",
            "`datetime(...)` cannot be used",
        ),
    ] {
        let message = problems(text);
        assert!(message.starts_with(place), "{text}\n{message}");
        assert!(message.contains(part), "{text}\n{message}");
    }
}

#[test]
fn what_is_not_a_function_is_not_taken_for_one() {
    let text = r#"
// ip("1.2.3.4") is only mentioned
@id("ip(x)")
permit (principal in Role::"panel", action in [Action::"read"], resource is Body)
when { (if (true) then (true) else (false)) && ["ip(", "5KF"].contains(resource.code) }
unless { principal.role == "clerk" || ["a", "b"].contains (principal.role) };
"#;
    let file = PolicyFile::new("ours.cedar", text);
    let policy = CedarPolicy::from_files(&[file]).unwrap_or_else(|problems| panic!("{problems}"));
    let roles: Vec<String> = policy.roles().into_iter().collect();
    assert_eq!(roles, ["a", "b", "clerk", "panel"]);
}

#[test]
fn a_file_reports_all_of_its_problems() {
    let text = r#"@id("")
permit (principal, action, resource);
forbid (principal == ?principal, action, resource);
@id("a") permit (principal, action, resource) when { ip("1.2.3.4").isLoopback() };
@id("a") permit (principal, action, resource);
"#;
    let message = problems(text);
    let places: Vec<&str> = message
        .lines()
        .filter_map(|line| line.split(": ").next())
        .collect();
    assert_eq!(
        places,
        [
            "ours.cedar, line 1, column 1",
            "ours.cedar, line 3, column 1",
            "ours.cedar, line 4, column 54",
            "ours.cedar, line 5, column 1",
        ],
        "{message}"
    );
}

#[test]
fn a_file_that_is_not_utf_8_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let text = b"// Sch\xc3\xb6n\n// caf\xe9\npermit (principal, action, resource);";
    std::fs::write(folder.path().join("ours.cedar"), text).unwrap();
    let problems = CedarPolicy::read_folder(folder.path()).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "ours.cedar, line 2, column 7: a character is not UTF-8 (save the file as UTF-8)"
    );
}

#[test]
fn all_problems_are_reported_at_once() {
    let files = [
        PolicyFile::new(
            "b.cedar",
            "permit (principal, action, resource) when { resource.x };",
        ),
        PolicyFile::new("a.cedar", "permit"),
    ];
    let message = CedarPolicy::from_files(&files).unwrap_err();
    let files: Vec<&str> = message.0.iter().map(|problem| &*problem.file).collect();
    assert!(
        files.starts_with(&["a.cedar"]) && files.contains(&"b.cedar"),
        "{message}"
    );
}

#[test]
fn a_folder_is_read_in_name_order_and_must_have_a_policy() {
    let folder = tempfile::tempdir().unwrap();
    let message = CedarPolicy::read_folder(folder.path())
        .unwrap_err()
        .to_string();
    assert!(message.contains("has no policy file"), "{message}");
    let missing = folder.path().join("missing");
    let message = CedarPolicy::read_folder(&missing).unwrap_err().to_string();
    assert!(message.contains("missing: cannot be read"), "{message}");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "b.cedar",
        "permit (principal, action, resource);\nforbid (principal, action in Action::\"write\", resource);",
    );
    write(
        "a.cedar",
        "@id(\"first\") permit (principal, action, resource);",
    );
    write("notes.txt", "not a policy");
    let policy =
        CedarPolicy::read_folder(folder.path()).unwrap_or_else(|message| panic!("{message}"));
    let names: Vec<String> = policy.names().collect();
    assert_eq!(names, ["b.cedar#1", "b.cedar#2", "first"]);
}

#[test]
fn the_committed_schema_of_acts_is_up_to_date() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../configs/policies/acts.cedarschema"
    );
    let expected = acts_schema();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, expected, "run with UPDATE=1 to rewrite it");
}

/// Cedar's parser calls itself for each level, and a stack that overflows ends the program.
#[test]
fn a_policy_that_is_nested_too_deep_is_refused_with_its_place() {
    let nested = |open: &str, inner: &str, close: &str, levels: usize| {
        let (open, close) = (open.repeat(levels), close.repeat(levels));
        format!("permit (principal, action, resource)\nwhen {{ {open}{inner}{close} }};")
    };
    for text in [
        nested("(", "true", ")", 10_000),
        nested("[", "", "]", 10_000),
        nested("if true then true else ", "true", "", 10_000),
        nested("if true then ", "true", " else true", 10_000),
        nested("{a: ", "true", "}", 10_000),
        nested("(", "true", ")", 32),
    ] {
        let message = problems(&text);
        assert!(
            message.starts_with("ours.cedar, line 2, column "),
            "{message}"
        );
        assert!(message.contains("nested more than 32 levels"), "{message}");
    }
    let accepted = [
        nested("(", "true", ")", 31),
        // Brackets in texts and comments are none.
        format!(
            "// {0}\npermit (principal, action, resource) when {{ \"{0}\\\"{0}\" != \"a\" }};",
            "(".repeat(100)
        ),
    ];
    for text in accepted {
        let file = PolicyFile::new("ours.cedar", text);
        if let Err(problems) = CedarPolicy::from_files(&[file]) {
            panic!("{problems}");
        }
    }
}
