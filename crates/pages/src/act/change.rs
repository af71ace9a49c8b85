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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Mistake {
    /// What kind of mistake it is: `NOT_PERMITTED`.
    #[serde(default)]
    pub(super) code: String,
    /// The field of the input: `input.value`.
    pub(super) field: Option<String>,
    pub(super) message: String,
    pub(super) nearest: Option<String>,
}

impl Mistake {
    /// A mistake that shows before anything is sent.
    pub(super) fn of_form(words: &str) -> Mistake {
        Mistake {
            code: String::new(),
            field: None,
            message: words.to_owned(),
            nearest: None,
        }
    }

    /// The same, in a field.
    pub(super) fn of_field(name: &str, words: &str) -> Mistake {
        Mistake {
            field: Some(format!("input.{name}")),
            ..Mistake::of_form(words)
        }
    }

    /// The mistake in words.
    pub(super) fn words(&self) -> String {
        if self.code == "REQUEST_ID_REUSED" {
            return "this form was sent before, and what it said then is recorded; save again to record this \
                    as well"
                .to_owned();
        }
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

/// What became of changes.
pub(super) enum ChangeOutcome {
    /// For each, the mistakes for which it was not recorded.
    Answered(Vec<Vec<Mistake>>),
    /// It is not known whether they were recorded: the same request can be sent again.
    Unknown(Mistake),
}

/// Sends changes in one request, in order.
///
/// # Errors
/// A fault of the program.
pub(super) async fn send(
    reader: &Reader,
    changes: Vec<Change>,
) -> Result<ChangeOutcome, PageError> {
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
            "m{number}: {field}(input: $i{number}) {{ userErrors {{ code field message nearest }} }} "
        );
        variables.insert(format!("i{number}"), Value::Object(input));
    }
    if count == 0 {
        return Ok(ChangeOutcome::Answered(Vec::new()));
    }
    let document = format!("mutation Change({declared}) {{ {selected} }}");
    let answered = reader.change(&document, json!(variables)).await;
    let mut answered: HashMap<String, Option<Payload>> = match answered {
        Ok(answered) => answered,
        // The whole request: a variable that its type cannot hold.
        Err(PageError::Refused(message) | PageError::NotFound(message)) => {
            let mistakes = vec![Mistake::of_form(&message)];
            return Ok(ChangeOutcome::Answered(vec![mistakes; count]));
        }
        Err(error @ (PageError::TooSlow | PageError::Unavailable)) => {
            let words = format!("{error}: this may or may not be recorded; save again to be sure");
            return Ok(ChangeOutcome::Unknown(Mistake::of_form(&words)));
        }
        Err(error) => return Err(error),
    };
    let outcomes = (0..count).map(|number| {
        let payload = answered.remove(&format!("m{number}")).flatten();
        payload.map_or_else(Vec::new, |payload| payload.user_errors)
    });
    Ok(ChangeOutcome::Answered(outcomes.collect()))
}
