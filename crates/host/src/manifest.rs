//! Checks a plugin's manifest, which is outside data.

use crate::text::{fault_in, is_plain, shown};
use std::collections::HashSet;
use wcc_plugin::{CheckDocumentation, FunctionDeclaration, Manifest, OutcomeDeclaration, need};

/// Major version of the messages that this host supports.
const MAJOR: &str = "1";

/// The maximum number of outcomes, functions or checks of one plugin.
const MAX_ITEMS: usize = 500;

/// The maximum number of characters in one text.
const MAX_TEXT: usize = 4_000;

/// Checks a manifest.
///
/// # Errors
/// The first fault, as a sentence that says what was expected.
pub(crate) fn check(manifest: &Manifest) -> Result<(), String> {
    check_protocol(&manifest.protocol)?;
    check_id("id", &manifest.id)?;
    check_text("title", &manifest.title)?;
    check_version(&manifest.version)?;
    check_list("regions", &manifest.regions)?;
    check_list("frameworks", &manifest.frameworks)?;
    check_needs(&manifest.needs)?;
    check_not_reserved(&manifest.id)?;
    if manifest.whole_region && manifest.by_cluster {
        return Err(
            "`whole_region` and `by_cluster` contradict each other: set one of them".to_owned(),
        );
    }
    check_items(
        "outcomes",
        &manifest.outcomes,
        |item| &item.id,
        check_outcome,
    )?;
    check_items(
        "functions",
        &manifest.functions,
        |item| &item.code,
        check_function,
    )?;
    check_items(
        "checks",
        &manifest.checks,
        |item| &item.id,
        check_documentation,
    )?;
    match &manifest.settings {
        // The schema is evaluated in a worker, because it may take any amount of time.
        Some(schema) if !schema.is_object() => {
            Err("`settings` must be a JSON Schema, which is an object".to_owned())
        }
        _ => Ok(()),
    }
}

fn check_protocol(protocol: &str) -> Result<(), String> {
    match protocol.split_once('.') {
        Some((MAJOR, minor)) if minor.parse::<u16>().is_ok() => Ok(()),
        _ => Err(format!(
            "`protocol` is `{}`; this host supports {MAJOR}.0 and later {MAJOR}.x",
            shown(protocol)
        )),
    }
}

fn check_id(what: &str, id: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=60).contains(&id.len()) && id.bytes().all(allowed) {
        return Ok(());
    }
    Err(format!(
        "`{what}` is `{}`; it must be 1 to 60 lower-case letters, digits and hyphens",
        shown(id)
    ))
}

/// Identifiers that no plugin may use. `core`, for example, selects the core's own findings.
const RESERVED: [&str; 4] = ["core", "framework", "national", "wcc"];

fn check_not_reserved(id: &str) -> Result<(), String> {
    if RESERVED.contains(&id) {
        return Err(format!(
            "`id` is `{id}`, which is reserved ({}); name the plugin after its region",
            RESERVED.join(", ")
        ));
    }
    Ok(())
}

fn check_version(version: &str) -> Result<(), String> {
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    let number = |part: &&str| part.parse::<u32>().is_ok();
    if version.len() <= 60 && parts.len() == 3 && parts.iter().all(number) && is_plain(version) {
        return Ok(());
    }
    Err(format!(
        "`version` is `{}`; it must be three numbers such as 1.2.0",
        shown(version)
    ))
}

fn check_list(what: &str, codes: &[String]) -> Result<(), String> {
    if codes.is_empty() || codes.len() > MAX_ITEMS {
        return Err(format!(
            "`{what}` must have between 1 and {MAX_ITEMS} items"
        ));
    }
    codes.iter().try_for_each(|code| check_text(what, code))
}

fn check_needs(needs: &[String]) -> Result<(), String> {
    if needs.len() > MAX_ITEMS {
        return Err(format!("`needs` must have at most {MAX_ITEMS} items"));
    }
    match needs
        .iter()
        .find(|need| !need::ALL.contains(&need.as_str()))
    {
        None => Ok(()),
        Some(unknown) => Err(format!(
            "`needs` names `{}`, which this host does not know; it knows {}",
            shown(unknown),
            need::ALL.join(", ")
        )),
    }
}

fn check_items<T>(
    what: &str,
    items: &[T],
    id_of: impl Fn(&T) -> &String,
    check_item: impl Fn(&T) -> Result<(), String>,
) -> Result<(), String> {
    if items.len() > MAX_ITEMS {
        return Err(format!("`{what}` must have at most {MAX_ITEMS} items"));
    }
    let mut seen = HashSet::new();
    for item in items {
        let id = id_of(item);
        check_id(what, id)?;
        if !seen.insert(id) {
            return Err(format!("`{what}` has `{id}` twice"));
        }
        check_item(item).map_err(|error| format!("`{id}` in `{what}`: {error}"))?;
    }
    Ok(())
}

/// A series is named as a framework names it.
fn check_series(series: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if (1..=64).contains(&series.len()) && series.bytes().all(allowed) {
        return Ok(());
    }
    Err(format!(
        "`series` has `{}`; expected the identifier of a series in a framework, such as persons, \
         males or females",
        shown(series)
    ))
}

fn check_outcome(outcome: &OutcomeDeclaration) -> Result<(), String> {
    check_text("title", &outcome.title)?;
    check_text("unit", &outcome.unit)?;
    if outcome.series.len() > MAX_ITEMS {
        return Err(format!("`series` must have at most {MAX_ITEMS} items"));
    }
    for series in &outcome.series {
        check_series(series)?;
    }
    match (outcome.min, outcome.max) {
        (Some(min), Some(max)) if min > max => Err(format!("`min` {min} is above `max` {max}")),
        _ => Ok(()),
    }
}

fn check_function(function: &FunctionDeclaration) -> Result<(), String> {
    check_text("title", &function.title)?;
    if !function.commissions && !function.reaches.is_empty() {
        return Err("a function that does not commission must have an empty `reaches`".to_owned());
    }
    if function.reaches.len() > MAX_ITEMS {
        return Err(format!("`reaches` must have at most {MAX_ITEMS} items"));
    }
    let mut reaches = function.reaches.iter();
    reaches.try_for_each(|id| check_text("reaches", id))
}

fn check_documentation(check: &CheckDocumentation) -> Result<(), String> {
    check_text("title", &check.title)?;
    check_text("about", &check.about)?;
    check_text("what", &check.what)?;
    check_text("why", &check.why)?;
    check_text("example", &check.example)
}

fn check_text(what: &str, text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        return Err(format!("`{what}` is empty"));
    }
    if length > MAX_TEXT {
        return Err(format!(
            "`{what}` has {length} characters; at most {MAX_TEXT} are allowed"
        ));
    }
    if let Some(fault) = fault_in(text) {
        return Err(format!("`{what}` has {fault}"));
    }
    Ok(())
}
