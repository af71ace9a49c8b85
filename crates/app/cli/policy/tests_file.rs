//! `tests.toml`: what an authority expects of its policies, written beside them.

use super::super::Failure;
use super::question::{Step, Wish, decide};
use super::verdict;
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use jiff::civil::Date;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use wcc_core::words::counted;
use wcc_policy::CedarPolicy;
use wcc_tokens::Grant;

/// Name of the file in the folder of policies.
const FILE: &str = "tests.toml";
/// Maximum size of the file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The file as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TestsFile {
    /// Folder of a case, relative to the file, or `ledger:`.
    #[serde(rename = "in")]
    source: Option<String>,
    #[serde(default)]
    test: Vec<Test>,
}

/// One test as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    /// `ROLE;body=CODE;cycle=ID`.
    actor: String,
    person: Option<String>,
    act: String,
    cycle: Option<String>,
    body: Option<String>,
    method: Option<String>,
    approval: Option<String>,
    withdrawn: Option<String>,
    on: Option<toml::value::Datetime>,
    expect: Expected,
    /// The policy that must be among those that decide.
    by: Option<String>,
}

/// The decision that a test expects.
#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expected {
    Allowed,
    Denied,
}

/// Runs the tests of a folder of policies, if it has any; returns what to print.
pub(super) async fn run(
    folder: &Path,
    policies: &CedarPolicy,
    settings: &Settings,
) -> Result<String, Failure> {
    let path = folder.join(FILE);
    let Some(text) = read(&path)? else {
        return Ok(String::new());
    };
    let file: TestsFile = toml::from_str(&text)
        .map_err(|error| Failure::refused(format!("{}: {error}", path.display())))?;
    let source = match file.source.as_deref() {
        None | Some("ledger:") => Source::Ledger(None),
        Some(case) => Source::Case(folder.join(case)),
    };
    let reference = load::reference(settings)?;
    let names_cycle = |test: &Test| test.cycle.is_some() || test.actor.contains("cycle");
    let programme = match load::programme(settings, &source).await {
        Ok(programme) => Some(programme),
        Err(failure) if file.test.iter().any(names_cycle) => return Err(failure),
        Err(_) => None,
    };
    let mut failures = String::new();
    let mut failed = 0;
    for (number, test) in (1..).zip(&file.test) {
        let steps =
            wish(test).and_then(|wish| decide(&wish, policies, &reference, programme.as_ref()));
        let wrong = match steps {
            Ok(steps) => unexpected(test, &steps),
            Err(failure) => Some(failure.to_string()),
        };
        if let Some(wrong) = wrong {
            failed += 1;
            let _ = writeln!(
                failures,
                "{FILE}, test {number} ({} {}): {wrong}",
                test.actor, test.act
            );
        }
    }
    let all = counted(file.test.len(), "test");
    if failed == 0 {
        return Ok(format!("\n{all} of {FILE} passed\n"));
    }
    Err(Failure::refused(format!(
        "{failures}{failed} of {all} failed"
    )))
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::refused(format!("{} cannot be read: {error}", path.display()))
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut text = String::new();
    file.take(MAX_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > MAX_BYTES {
        let message = format!("{} is larger than {MAX_BYTES} bytes", path.display());
        return Err(Failure::refused(message));
    }
    Ok(Some(text))
}

fn wish(test: &Test) -> Result<Wish, Failure> {
    let grant =
        Grant::from_text(&test.actor).map_err(|error| Failure::refused(error.to_string()))?;
    let on = test.on.map(|on| {
        let malformed = |_| Failure::refused(format!("`on` is {on}: expected a day, 2008-11-20"));
        on.to_string().parse::<Date>().map_err(malformed)
    });
    Ok(Wish {
        person: test.person.clone(),
        role: grant.role,
        body: grant.body,
        cycle: grant.cycle,
        act: test.act.clone(),
        of_cycle: test.cycle.clone(),
        on_body: test.body.clone(),
        method: test.method.clone(),
        approval: test.approval.clone(),
        withdrawn: test.withdrawn.clone(),
        on: on.transpose()?,
    })
}

/// What is not as a test expects.
fn unexpected(test: &Test, steps: &[Step]) -> Option<String> {
    let found = verdict(steps);
    let expected = match test.expect {
        Expected::Allowed => "allowed",
        Expected::Denied => "denied",
    };
    let last = steps.last()?;
    let decided = last
        .explanation
        .policies
        .iter()
        .map(|name| format!("`{name}`"));
    let decided = match decided.collect::<Vec<_>>().join(", ") {
        names if names.is_empty() => "no policy permits it".to_owned(),
        names => format!("decided by {names}"),
    };
    if found != expected {
        let Step { act, subject, .. } = last;
        return Some(format!(
            "expected {expected}, but `{act}` {subject} is {found}: {decided}"
        ));
    }
    let by = test.by.as_ref()?;
    let is_by = last.explanation.policies.contains(by);
    (!is_by).then(|| format!("{found} as expected, but not by `{by}`: {decided}"))
}
