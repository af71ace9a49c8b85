//! The rules of new records, and what is said of one that breaks them.

use super::{RecordId, RecordType};
use crate::framework::Framework;
use std::collections::HashMap;
use std::fmt;

/// Fills in a value that is left open.
pub(super) fn complete<T: Clone>(own: &mut Option<T>, earlier: &Option<T>) {
    if own.is_none() {
        own.clone_from(earlier);
    }
}

/// Fills in a list that is left empty.
pub(super) fn complete_list<T: Clone>(own: &mut Vec<T>, earlier: &Vec<T>) {
    if own.is_empty() {
        own.clone_from(earlier);
    }
}

/// A rule that a new record breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleViolation {
    /// The rule's name, the same wherever it is broken: `slot-in-range`.
    pub rule: &'static str,
    /// The field of the record, as entries name it: `slot`.
    pub field: &'static str,
    /// The item of the field, from 0, if the field is a list.
    pub item: Option<usize>,
    /// What is wrong and what was expected, for people.
    pub message: String,
    /// The earlier record that it conflicts with.
    pub first: Option<RecordId>,
    /// What was given and what could have been, if there is a list of valid words.
    pub choice: Option<Choice>,
}

/// A word that is none of those that are valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What was given.
    pub given: Box<str>,
    /// The valid words.
    pub known: Vec<Box<str>>,
}

impl fmt::Display for RuleViolation {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.field, self.message)
    }
}

impl RuleViolation {
    pub(crate) fn new(
        rule: &'static str,
        field: &'static str,
        message: impl Into<String>,
    ) -> RuleViolation {
        RuleViolation {
            rule,
            field,
            item: None,
            message: message.into(),
            first: None,
            choice: None,
        }
    }

    pub(super) fn of_item(self, item: usize) -> RuleViolation {
        RuleViolation {
            item: Some(item),
            ..self
        }
    }

    pub(crate) fn choosing<'a>(
        self,
        given: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> RuleViolation {
        RuleViolation {
            choice: Some(Choice {
                given: given.into(),
                known: known.into_iter().map(Into::into).collect(),
            }),
            ..self
        }
    }

    fn after(self, first: RecordId) -> RuleViolation {
        RuleViolation {
            first: Some(first),
            ..self
        }
    }
}

/// What the rules of a record look at beside the record itself.
pub struct RuleContext<'a> {
    pub(crate) framework: &'a Framework,
    /// Whether a PCT of the cycle has an outcome with an identifier.
    pub(crate) has_outcome: &'a dyn Fn(&str) -> bool,
}

impl<'a> RuleContext<'a> {
    /// A context for records of a cycle. `has_outcome` says whether a PCT of the cycle has an
    /// outcome with an identifier.
    pub fn new(framework: &'a Framework, has_outcome: &'a dyn Fn(&str) -> bool) -> RuleContext<'a> {
        RuleContext {
            framework,
            has_outcome,
        }
    }
}

/// The longest identifier that can be recorded, in bytes.
pub const MAX_IDENTIFIER: usize = 100;

/// Whether a text can be the identifier of something new: lists of identifiers are separated by
/// spaces.
pub fn is_identifier(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace) && text.len() <= MAX_IDENTIFIER
}

/// Checks an identifier that whoever records it chose.
pub(crate) fn check_identifier(field: &'static str, id: &str, broken: &mut Vec<RuleViolation>) {
    if !is_identifier(id) {
        let message = format!(
            "`{}` is not an identifier: give up to {MAX_IDENTIFIER} characters without spaces",
            crate::text::visible(id)
        );
        broken.push(RuleViolation::new("identifier", field, message));
    }
}

/// Each new record that conflicts with an earlier one that counts, in the order of their numbers.
pub(super) fn conflicts<T: RecordType>(
    records: &[T],
    framework: &Framework,
    is_new: &dyn Fn(RecordId) -> bool,
    counts: &dyn Fn(RecordId) -> bool,
) -> Vec<(RecordId, RuleViolation)> {
    if !T::CAN_CONFLICT || !records.iter().any(|record| is_new(record.id())) {
        return Vec::new();
    }
    let mut standing: Vec<&T> = records
        .iter()
        .filter(|record| counts(record.id()))
        .collect();
    standing.sort_by_key(|record| record.id());
    // Who was first to claim what a new record claims.
    let mut claimed: HashMap<T::Claim<'_>, Option<&T>> = HashMap::new();
    for record in standing.iter().filter(|record| is_new(record.id())) {
        claimed.extend(record.claims().into_iter().map(|claim| (claim, None)));
    }
    let mut found = Vec::new();
    for record in standing {
        let mut broken = None;
        for claim in record.claims() {
            match claimed.get_mut(&claim) {
                None => {}
                Some(first @ None) => *first = Some(record),
                Some(Some(first)) if broken.is_none() && is_new(record.id()) => {
                    let conflict = record.conflict(&claim, first, framework);
                    broken = conflict.map(|broken| broken.after(first.id()));
                }
                Some(Some(_)) => {}
            }
        }
        found.extend(broken.map(|broken| (record.id(), broken)));
    }
    found
}

/// Each record with the identifier of an earlier one.
pub(super) fn repeats<T: RecordType>(records: &[T]) -> Vec<(RecordId, RuleViolation)> {
    let mut named: Vec<(RecordId, &str)> = records
        .iter()
        .map_while(|record| Some((record.id(), record.identifier()?)))
        .collect();
    named.sort_unstable();
    let mut first: HashMap<&str, RecordId> = HashMap::new();
    let repeats = named.into_iter().filter_map(|(record, id)| {
        let first = *first.entry(id).or_insert(record);
        (first != record).then(|| {
            let message =
                format!("`{id}` is used already: give each record an identifier of its own");
            (
                record,
                RuleViolation::new("repeated", "id", message).after(first),
            )
        })
    });
    repeats.collect()
}
