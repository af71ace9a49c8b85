//! Validates the operator's settings for a plugin by the JSON Schema in its manifest.

use crate::failure::Cause;
use crate::process::Worker;
use crate::settings::Limits;
use crate::text::shown_up_to;
use crate::worker::{Task, Work};
use boon::{
    CompileError, Compiler, Draft, ErrorKind, SchemaIndex, Schemas, UrlLoader, ValidationError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::error::Error;
use std::io;
use std::time::Duration;

/// The URL under which the compiler knows the schema. It refers to no document.
const NAME: &str = "wcc:settings";

/// The maximum number of characters in an error.
const MAX_WORDS: usize = 400;

/// The maximum number of faults in one error.
const MAX_FAULTS: usize = 3;

/// The limits for evaluating a schema. Real schemas take milliseconds; a schema that refers to
/// itself twice at every level would take years.
const LIMITS: Limits = Limits {
    wall: Duration::from_secs(10),
    cpu: Duration::from_secs(1),
    address_space: 512 << 20,
    answer: 64 << 10,
};

/// The result of validating settings.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    /// The settings are valid.
    Valid,
    /// The schema is not a valid JSON Schema; the text says why.
    InvalidSchema(String),
    /// The settings are not valid; the text names the keys and what was expected there.
    InvalidSettings(String),
}

#[derive(Serialize, Deserialize)]
struct SchemaRequest<'a> {
    schema: Cow<'a, Value>,
    settings: Cow<'a, Map<String, Value>>,
}

/// Validates settings in a worker process, because a schema comes from a plugin and may take any
/// amount of time or memory.
///
/// # Errors
/// Why there is no verdict: the schema exceeded the limits, or a worker could not be started.
pub(crate) async fn check(
    worker: &Worker,
    schema: &Value,
    settings: &Map<String, Value>,
) -> Result<Verdict, Cause> {
    let request = SchemaRequest {
        schema: Cow::Borrowed(schema),
        settings: Cow::Borrowed(settings),
    };
    let request = serde_json::to_vec(&request);
    let request = request.map_err(|error| Cause::Start(error.to_string()))?;
    let task = Task {
        work: Work::Schema,
        limits: LIMITS,
    };
    let verdict = worker.run(task, request, None).await;
    let verdict = verdict.map_err(|cause| match cause {
        Cause::Start(_) => cause,
        cause => Cause::Manifest(format!(
            "`settings` cannot be evaluated as a JSON Schema: {cause}"
        )),
    })?;
    serde_json::from_slice(&verdict).map_err(|error| Cause::Start(error.to_string()))
}

/// The worker's part: evaluates a request, and returns the verdict as JSON.
///
/// # Errors
/// If the request cannot be read.
pub(crate) fn evaluate(request: &[u8]) -> io::Result<Vec<u8>> {
    let request: SchemaRequest<'_> = serde_json::from_slice(request)?;
    Ok(serde_json::to_vec(&verdict(
        &request.schema,
        request.settings.into_owned(),
    ))?)
}

/// Validates settings in this process, without limits.
pub(crate) fn verdict(schema: &Value, settings: Map<String, Value>) -> Verdict {
    let settings = Value::Object(settings);
    let (schemas, index) = match compile(schema) {
        Ok(compiled) => compiled,
        Err(words) => return Verdict::InvalidSchema(words),
    };
    let Err(error) = schemas.validate(&settings, index) else {
        return Verdict::Valid;
    };
    if is_loop(&error) {
        return Verdict::InvalidSchema("`settings` refers to itself in a circle".to_owned());
    }
    let mut faults = Vec::new();
    collect(&error, &mut faults);
    Verdict::InvalidSettings(shown_up_to(&faults.join("; "), MAX_WORDS))
}

fn compile(schema: &Value) -> Result<(Schemas, SchemaIndex), String> {
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Draft::V2020_12);
    compiler.use_loader(Box::new(NoLoader));
    compiler
        .add_resource(NAME, schema.clone())
        .map_err(|error| describe_schema_error(&error))?;
    let mut schemas = Schemas::new();
    let index = compiler
        .compile(NAME, &mut schemas)
        .map_err(|error| describe_schema_error(&error))?;
    Ok((schemas, index))
}

/// Explains why a schema is not valid, with the underlying reasons instead of the library's general
/// message.
fn describe_schema_error(error: &CompileError) -> String {
    let words = match error {
        CompileError::ValidationError { src, .. } => {
            let mut faults = Vec::new();
            collect(src, &mut faults);
            faults.join("; ")
        }
        CompileError::LoadUrlError { src, .. } => src.to_string(),
        // An internal error of the library. The only known cause is a pattern with nested
        // repetitions.
        CompileError::Bug(_) => "a pattern in it is too large".to_owned(),
        error => error.to_string(),
    };
    let words = shown_up_to(&words, MAX_WORDS);
    format!("`settings` is not a JSON Schema: {words}")
}

/// Rejects references to other documents: no file is read and nothing is fetched for a schema.
struct NoLoader;

impl UrlLoader for NoLoader {
    fn load(&self, url: &str) -> Result<Value, Box<dyn Error>> {
        Err(format!("it refers to another document, `{url}`").into())
    }
}

/// Returns whether the schema refers to itself in a circle, in which case the settings are not at
/// fault.
fn is_loop(error: &ValidationError<'_, '_>) -> bool {
    matches!(error.kind, ErrorKind::RefCycle { .. }) || error.causes.iter().any(is_loop)
}

/// Collects the innermost faults, each with its key.
fn collect(error: &ValidationError<'_, '_>, faults: &mut Vec<String>) {
    if faults.len() >= MAX_FAULTS {
        return;
    }
    if !error.causes.is_empty() {
        error.causes.iter().for_each(|cause| collect(cause, faults));
        return;
    }
    let key = error.instance_location.to_string();
    let key = key.trim_start_matches('/').replace('/', ".");
    let words = describe_expected(&error.kind);
    faults.push(if key.is_empty() {
        words
    } else {
        format!("`{key}`: {words}")
    });
}

fn describe_expected(kind: &ErrorKind<'_, '_>) -> String {
    match kind {
        ErrorKind::Type { got, want } => {
            let want: Vec<String> = want.iter().map(|kind| kind.to_string()).collect();
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
            format!("unknown key `{}`", got.join("`, `"))
        }
        ErrorKind::Required { want } => format!("`{}` is missing", want.join("`, `")),
        other => other.to_string(),
    }
}
