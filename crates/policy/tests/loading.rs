//! What is refused when policies are read, and how it is said.

#![allow(clippy::panic, reason = "helpers of tests may fail them")]

use wcc_policy::{CedarPolicy, PolicyFile, acts_schema};

/// The problems of one file, read beside those that ship.
fn problems(text: &str) -> String {
    let file = PolicyFile::new("ours.cedar", text);
    match CedarPolicy::from_files(&[file]) {
        Ok(policy) => panic!("accepted: {policy:?}"),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn what_is_wrong_is_told_with_its_file_and_line() {
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
            "ours.cedar: ",
            "a second policy is called `a`",
        ),
        (
            "permit (principal == ?principal, action, resource);",
            "ours.cedar: ",
            "template",
        ),
    ] {
        let told = problems(text);
        assert!(told.starts_with(place), "{text}\n{told}");
        assert!(told.contains(part), "{text}\n{told}");
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let files = [
        PolicyFile::new(
            "b.cedar",
            "permit (principal, action, resource) when { resource.x };",
        ),
        PolicyFile::new("a.cedar", "permit"),
    ];
    let told = CedarPolicy::from_files(&files).unwrap_err();
    let files: Vec<&str> = told.0.iter().map(|problem| &*problem.file).collect();
    assert!(
        files.starts_with(&["a.cedar"]) && files.contains(&"b.cedar"),
        "{told}"
    );
}

#[test]
fn a_folder_is_read_in_the_order_of_its_names_and_may_not_be_empty() {
    let folder = tempfile::tempdir().unwrap();
    let told = CedarPolicy::read_folder(folder.path())
        .unwrap_err()
        .to_string();
    assert!(told.contains("has no policy file"), "{told}");
    let missing = folder.path().join("missing");
    let told = CedarPolicy::read_folder(&missing).unwrap_err().to_string();
    assert!(told.contains("missing: cannot be read"), "{told}");
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
    let policy = CedarPolicy::read_folder(folder.path()).unwrap_or_else(|told| panic!("{told}"));
    let names: Vec<String> = policy.names().collect();
    assert_eq!(names, ["b.cedar#1", "b.cedar#2", "first"]);
}

#[test]
fn the_schema_of_the_acts_is_that_of_the_program() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../configs/policies/acts.cedarschema"
    );
    let expected = acts_schema();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, expected, "rewrite it with UPDATE=1");
}
