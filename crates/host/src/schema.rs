//! The operator's settings for a plugin, by the JSON Schema in its manifest.

use crate::manifest::shown_up_to;
use boon::{Compiler, Draft, ErrorKind, SchemaIndex, Schemas, UrlLoader, ValidationError};
use serde_json::{Map, Value};
use std::error::Error;

/// The name of the schema among those that could be referred to; nothing lies there.
const NAME: &str = "wcc:settings";

/// The most characters of an error.
const MOST_WORDS: usize = 400;

/// The most faults in one error.
const MOST_FAULTS: usize = 3;

/// Checks that a manifest's schema is one.
///
/// # Errors
/// Why it is none.
pub(crate) fn check_schema(schema: &Value) -> Result<(), String> {
    if !schema.is_object() {
        return Err("`settings` must be a JSON Schema, which is an object".to_owned());
    }
    compile(schema).map(drop)
}

/// Checks settings against a schema.
///
/// # Errors
/// The keys at fault and what was expected there.
pub(crate) fn check_settings(schema: &Value, settings: &Map<String, Value>) -> Result<(), String> {
    let settings = Value::Object(settings.clone());
    let (schemas, index) = compile(schema)?;
    let Err(error) = schemas.validate(&settings, index) else {
        return Ok(());
    };
    let mut faults = Vec::new();
    collect(&error, &mut faults);
    faults.truncate(MOST_FAULTS);
    Err(shown_up_to(&faults.join("; "), MOST_WORDS))
}

fn compile(schema: &Value) -> Result<(Schemas, SchemaIndex), String> {
    let words = |error: &dyn Error| {
        let words = shown_up_to(&error.to_string(), MOST_WORDS);
        format!("`settings` is no JSON Schema: {words}")
    };
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Draft::V2020_12);
    compiler.use_loader(Box::new(NoOther));
    compiler
        .add_resource(NAME, schema.clone())
        .map_err(|error| words(&error))?;
    let mut schemas = Schemas::new();
    let index = compiler
        .compile(NAME, &mut schemas)
        .map_err(|error| words(&error))?;
    Ok((schemas, index))
}

/// Refuses references to other documents: nothing is read or fetched for a schema.
struct NoOther;

impl UrlLoader for NoOther {
    fn load(&self, url: &str) -> Result<Value, Box<dyn Error>> {
        Err(format!("it refers to another document, `{url}`").into())
    }
}

/// The faults that are not made of others, each with its key.
fn collect(error: &ValidationError<'_, '_>, faults: &mut Vec<String>) {
    if !error.causes.is_empty() {
        error.causes.iter().for_each(|cause| collect(cause, faults));
        return;
    }
    let key = error.instance_location.to_string();
    let key = key.trim_start_matches('/').replace('/', ".");
    let words = expected(&error.kind);
    faults.push(if key.is_empty() {
        words
    } else {
        format!("`{key}`: {words}")
    });
}

fn expected(kind: &ErrorKind<'_, '_>) -> String {
    match kind {
        ErrorKind::Type { got, want } => {
            let want: Vec<String> = want.iter().map(|one| one.to_string()).collect();
            format!("expected {}, not {got}", want.join(" or "))
        }
        ErrorKind::Enum { want } => {
            let values: Vec<String> = want.iter().take(12).map(Value::to_string).collect();
            let more = if want.len() > values.len() {
                ", ..."
            } else {
                ""
            };
            format!("expected one of {}{more}", values.join(", "))
        }
        ErrorKind::Minimum { got, want } => format!("expected at least {want}, not {got}"),
        ErrorKind::Maximum { got, want } => format!("expected at most {want}, not {got}"),
        ErrorKind::AdditionalProperties { got } => {
            format!("`{}` is no key of it", got.join("`, `"))
        }
        ErrorKind::Required { want } => format!("`{}` is missing", want.join("`, `")),
        other => other.to_string(),
    }
}
