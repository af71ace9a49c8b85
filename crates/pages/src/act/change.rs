//! Sends mutations, and reads what became of them.

use crate::error::PageError;
use crate::reader::Reader;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;

/// A mutation with its input.
pub(super) struct Change {
    /// Its field: `recordJudgement`.
    pub(super) field: &'static str,
    /// The name of its input: `RecordJudgementInput`.
    pub(super) input_name: &'static str,
    pub(super) input: Map<String, Value>,
}

/// A mistake in what was sent.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Mistake {
    /// The field of the input: `input.value`.
    pub(super) field: Option<String>,
    pub(super) message: String,
    pub(super) nearest: Option<String>,
}

impl Mistake {
    /// The mistake in words.
    pub(super) fn words(&self) -> String {
        match &self.nearest {
            Some(nearest) if !self.message.contains(nearest) => {
                format!("{} (did you mean {nearest}?)", self.message)
            }
            _ => self.message.clone(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    user_errors: Vec<Mistake>,
}

/// Sends changes in one request, in order. For each, the mistakes for which nothing was recorded.
///
/// # Errors
/// The API does not answer, or refuses the whole request.
pub(super) async fn send(
    reader: &Reader,
    changes: Vec<Change>,
) -> Result<Vec<Vec<Mistake>>, PageError> {
    let mut declared = String::new();
    let mut selected = String::new();
    let mut variables = Map::new();
    let count = changes.len();
    for (number, change) in changes.into_iter().enumerate() {
        let Change {
            field,
            input_name,
            input,
        } = change;
        let _ = write!(declared, "$i{number}: {input_name}! ");
        let _ = write!(
            selected,
            "m{number}: {field}(input: $i{number}) {{ userErrors {{ field message nearest }} }} "
        );
        variables.insert(format!("i{number}"), Value::Object(input));
    }
    if count == 0 {
        return Ok(Vec::new());
    }
    let document = format!("mutation Change({declared}) {{ {selected} }}");
    let mut answered: HashMap<String, Option<Payload>> =
        reader.change(&document, json!(variables)).await?;
    let outcomes = (0..count).map(|number| {
        let payload = answered.remove(&format!("m{number}")).flatten();
        payload.map_or_else(Vec::new, |payload| payload.user_errors)
    });
    Ok(outcomes.collect())
}
