//! The operator's settings for a plugin, by the JSON Schema in its manifest.

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

/// The name of the schema among those that could be referred to; nothing lies there.
const NAME: &str = "wcc:settings";

/// The most characters of an error.
const MOST_WORDS: usize = 400;

/// The most faults in one error.
const MOST_FAULTS: usize = 3;

/// What a schema is evaluated with. Real schemas take milliseconds; one that refers to itself twice
/// at every level takes years.
const LIMITS: Limits = Limits {
    wall: Duration::from_secs(10),
    cpu: Duration::from_secs(1),
    address_space: 512 << 20,
    answer: 64 << 10,
};

/// What a schema says of settings.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    /// They fit.
    Fits,
    /// The schema is not a JSON Schema: why.
    NoSchema(String),
    /// The settings do not fit: the keys at fault, and what was expected there.
    DoesNotFit(String),
}

#[derive(Serialize, Deserialize)]
struct Question<'a> {
    schema: Cow<'a, Value>,
    settings: Cow<'a, Map<String, Value>>,
}

/// Checks settings against a schema in a worker process, because a schema comes from a plugin and
/// may take any time, or any memory, to evaluate.
///
/// # Errors
/// Why there is no verdict: it took too much, or a worker could not be started.
pub(crate) async fn check(
    worker: &Worker,
    schema: &Value,
    settings: &Map<String, Value>,
) -> Result<Verdict, Cause> {
    let question = Question {
        schema: Cow::Borrowed(schema),
        settings: Cow::Borrowed(settings),
    };
    let question = serde_json::to_vec(&question);
    let question = question.map_err(|error| Cause::Start(error.to_string()))?;
    let task = Task {
        work: Work::Schema,
        limits: LIMITS,
    };
    let verdict = worker.run(task, question, None).await;
    let verdict = verdict.map_err(|cause| match cause {
        Cause::Start(_) => cause,
        cause => Cause::Manifest(format!(
            "`settings` cannot be evaluated as a JSON Schema: {cause}"
        )),
    })?;
    serde_json::from_slice(&verdict).map_err(|error| Cause::Start(error.to_string()))
}

/// The worker's part: from a question to a verdict, both as JSON.
///
/// # Errors
/// Where the question cannot be read.
pub(crate) fn evaluate(question: &[u8]) -> io::Result<Vec<u8>> {
    let question: Question<'_> = serde_json::from_slice(question)?;
    Ok(serde_json::to_vec(&verdict(
        &question.schema,
        question.settings.into_owned(),
    ))?)
}

/// The same in this process, without limits.
pub(crate) fn verdict(schema: &Value, settings: Map<String, Value>) -> Verdict {
    let settings = Value::Object(settings);
    let (schemas, index) = match compile(schema) {
        Ok(compiled) => compiled,
        Err(words) => return Verdict::NoSchema(words),
    };
    let Err(error) = schemas.validate(&settings, index) else {
        return Verdict::Fits;
    };
    if is_loop(&error) {
        return Verdict::NoSchema("`settings` refers to itself in a circle".to_owned());
    }
    let mut faults = Vec::new();
    collect(&error, &mut faults);
    Verdict::DoesNotFit(shown_up_to(&faults.join("; "), MOST_WORDS))
}

fn compile(schema: &Value) -> Result<(Schemas, SchemaIndex), String> {
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Draft::V2020_12);
    compiler.use_loader(Box::new(NoOther));
    compiler
        .add_resource(NAME, schema.clone())
        .map_err(|error| no_schema(&error))?;
    let mut schemas = Schemas::new();
    let index = compiler
        .compile(NAME, &mut schemas)
        .map_err(|error| no_schema(&error))?;
    Ok((schemas, index))
}

/// Why something is no schema: in our words where the library's would not help, and the reason
/// behind an error rather than that there was one.
fn no_schema(error: &CompileError) -> String {
    let words = match error {
        CompileError::ValidationError { src, .. } => {
            let mut faults = Vec::new();
            collect(src, &mut faults);
            faults.join("; ")
        }
        CompileError::LoadUrlError { src, .. } => src.to_string(),
        // Whatever the library did not expect; of what was tried, patterns that repeat repetitions.
        CompileError::Bug(_) => "a pattern in it is too large".to_owned(),
        error => error.to_string(),
    };
    let words = shown_up_to(&words, MOST_WORDS);
    format!("`settings` is not a JSON Schema: {words}")
}

/// Refuses references to other documents: nothing is read or fetched for a schema.
struct NoOther;

impl UrlLoader for NoOther {
    fn load(&self, url: &str) -> Result<Value, Box<dyn Error>> {
        Err(format!("it refers to another document, `{url}`").into())
    }
}

/// Whether it is the schema that is at fault, not the settings.
fn is_loop(error: &ValidationError<'_, '_>) -> bool {
    matches!(error.kind, ErrorKind::RefCycle { .. }) || error.causes.iter().any(is_loop)
}

/// The faults that are not made of others, each with its key.
fn collect(error: &ValidationError<'_, '_>, faults: &mut Vec<String>) {
    if faults.len() >= MOST_FAULTS {
        return;
    }
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
