//! Measures the size of a parsed document, visiting each fragment once.

use super::{Limits, Refusal};
use crate::project::describe::{FieldInfo, TypeInfo};
use crate::project::page::MAX_PAGE;
use crate::project::variables::Types;
use crate::root;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Value, Variables};
use async_graphql_value::Value as QueryValue;
use std::collections::HashMap;

/// The size of a selection, with all fragments spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SelectionSize {
    /// Depth of nested fields.
    pub(crate) depth: u32,
    /// Number of fields directly in the selection.
    pub(crate) fields: u64,
    /// Number of fields and fragments at all depths.
    pub(crate) selections: u64,
    /// Sum of fields times rows.
    pub(crate) cost: u64,
}

impl SelectionSize {
    fn add(&mut self, other: SelectionSize) {
        self.depth = self.depth.max(other.depth);
        self.fields = self.fields.saturating_add(other.fields);
        self.selections = self.selections.saturating_add(other.selections);
        self.cost = self.cost.saturating_add(other.cost);
    }
}

/// Measures the operations of one document.
pub(crate) struct QueryMeter<'d> {
    document: &'d ExecutableDocument,
    variables: &'d Variables,
    types: &'d Types,
    /// Sizes of fragments; `None` while a fragment is being measured.
    fragments: HashMap<&'d Name, Option<SelectionSize>>,
    /// Number of selections visited, as a measure of the work done.
    #[cfg(test)]
    pub(super) visited: u64,
}

/// The place where a selection applies.
#[derive(Clone, Copy)]
enum Place {
    /// One of the schema's own types.
    On(&'static TypeInfo),
    /// A type of introspection.
    Introspection,
    /// An unknown type, which validation will reject.
    Unknown,
}

/// The weight of each introspection field.
const INTROSPECTION: u64 = 5;

impl<'d> QueryMeter<'d> {
    /// A meter for one document and the variables of one request.
    pub(crate) fn new(
        document: &'d ExecutableDocument,
        variables: &'d Variables,
        types: &'d Types,
    ) -> QueryMeter<'d> {
        QueryMeter {
            document,
            variables,
            types,
            fragments: HashMap::new(),
            #[cfg(test)]
            visited: 0,
        }
    }

    /// Checks the limits that do not depend on variables: the counts of the document and the shape
    /// of each operation.
    ///
    /// # Errors
    ///
    /// The first limit exceeded.
    pub(crate) fn document(&mut self, limits: &Limits) -> Result<(), Refusal> {
        self.check_counts(limits)?;
        for (_, operation) in self.document.operations.iter() {
            let size = self.operation(&operation.node)?;
            check_shape(size, limits)?;
        }
        // Validation also visits fragments that no operation spreads.
        let document = self.document;
        for name in document.fragments.keys() {
            let size = self.fragment(name)?;
            check_shape(SelectionSize { fields: 0, ..size }, limits)?;
        }
        Ok(())
    }

    /// Computes the cost of an operation.
    ///
    /// # Errors
    ///
    /// The cost exceeds the limit.
    pub(crate) fn cost(
        mut self,
        operation: &'d OperationDefinition,
        limits: &Limits,
    ) -> Result<u64, Refusal> {
        let cost = self.operation(operation)?.cost;
        if cost > limits.cost {
            let cost_text = number(cost, limits.cost);
            return Err(Refusal::Cost {
                found: cost_text,
                most: limits.cost,
            });
        }
        Ok(cost)
    }

    fn operation(&mut self, operation: &'d OperationDefinition) -> Result<SelectionSize, Refusal> {
        let root = root::of(operation.ty);
        self.set(&operation.selection_set.node, Place::On(root))
    }

    fn set(&mut self, set: &'d SelectionSet, place: Place) -> Result<SelectionSize, Refusal> {
        let mut total = SelectionSize::default();
        for item in &set.items {
            #[cfg(test)]
            {
                self.visited += 1;
            }
            let size = match &item.node {
                Selection::Field(field) => self.field(&field.node, place)?,
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let place = match (place, condition) {
                        (Place::Introspection, _) => Place::Introspection,
                        (_, Some(condition)) => self.named(&condition.node.on.node),
                        (place, None) => place,
                    };
                    spread(self.set(&fragment.node.selection_set.node, place)?)
                }
                Selection::FragmentSpread(spread_of) => {
                    spread(self.fragment(&spread_of.node.fragment_name.node)?)
                }
            };
            total.add(size);
        }
        Ok(total)
    }

    fn named(&self, name: &Name) -> Place {
        if name.starts_with("__") {
            return Place::Introspection;
        }
        self.types
            .get(name.as_str())
            .map_or(Place::Unknown, |info| Place::On(info))
    }

    fn fragment(&mut self, name: &'d Name) -> Result<SelectionSize, Refusal> {
        match self.fragments.get(name) {
            Some(Some(known)) => return Ok(*known),
            Some(None) => return Err(Refusal::Cycle),
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            // Validation reports unknown fragments.
            return Ok(SelectionSize::default());
        };
        self.fragments.insert(name, None);
        let place = self.named(&fragment.node.type_condition.node.on.node);
        let size = self.set(&fragment.node.selection_set.node, place)?;
        self.fragments.insert(name, Some(size));
        Ok(size)
    }

    fn field(&mut self, field: &'d Field, place: Place) -> Result<SelectionSize, Refusal> {
        let name = field.name.node.as_str();
        let (inner, rows, weight) = match place {
            _ if name == "__schema" || name == "__type" => (Place::Introspection, 1, INTROSPECTION),
            Place::Introspection => (
                Place::Introspection,
                introspection_rows(name, self.types.len()),
                INTROSPECTION,
            ),
            Place::On(info) => match info.fields().iter().find(|info| info.name == name) {
                Some(info) => (Place::On((info.ty.named)()), self.rows(info, field), 1),
                None => (Place::Unknown, 1, 1),
            },
            Place::Unknown => (Place::Unknown, 1, 1),
        };
        let children = self.set(&field.selection_set.node, inner)?;
        Ok(SelectionSize {
            depth: children.depth.saturating_add(1),
            fields: 1,
            selections: children.selections.saturating_add(1),
            cost: children.cost.saturating_add(weight).saturating_mul(rows),
        })
    }

    /// The number of rows of a field.
    fn rows(&self, info: &FieldInfo, field: &Field) -> u64 {
        let mut rows = info.ty.list.map_or(1, |list| u64::from(list.rows));
        for argument in info.arguments {
            let value = field.get_argument(argument.name).map(|value| &value.node);
            if argument.name == "first" {
                let first = match value {
                    Some(value) => self.whole_number(value),
                    None => argument.default.and_then(|default| default.parse().ok()),
                };
                rows = first.unwrap_or(MAX_ROWS).min(MAX_ROWS);
            } else if info.ty.list.is_some() {
                rows = rows.max(value.map_or(0, |value| self.length(value)));
            }
        }
        rows
    }

    fn whole_number(&self, value: &QueryValue) -> Option<u64> {
        match value {
            QueryValue::Number(number) => Some(number.as_u64().unwrap_or(0)),
            QueryValue::Variable(name) => match self.variables.get(name)? {
                Value::Number(number) => Some(number.as_u64().unwrap_or(0)),
                _ => None,
            },
            _ => None,
        }
    }

    fn length(&self, value: &QueryValue) -> u64 {
        match value {
            QueryValue::List(items) => items.len() as u64,
            QueryValue::Variable(name) => match self.variables.get(name) {
                Some(Value::List(items)) => items.len() as u64,
                _ => 0,
            },
            _ => 0,
        }
    }

    /// Checks the counts of the document, each part counted once as written.
    fn check_counts(&self, limits: &Limits) -> Result<(), Refusal> {
        let document = self.document;
        let fragments = document.fragments.len();
        if fragments > limits.fragments as usize {
            return Err(Refusal::Fragments {
                found: fragments,
                most: limits.fragments,
            });
        }
        let mut counts = Counts::default();
        for (_, operation) in document.operations.iter() {
            let operation = &operation.node;
            counts.directives += length(&operation.directives);
            for variable in &operation.variable_definitions {
                counts.directives += length(&variable.node.directives);
            }
            counts.set(&operation.selection_set.node);
        }
        for fragment in document.fragments.values() {
            counts.directives += length(&fragment.node.directives);
            counts.set(&fragment.node.selection_set.node);
        }
        let Counts {
            aliases,
            directives,
        } = counts;
        if aliases > limits.aliases {
            return Err(Refusal::Aliases {
                found: aliases,
                most: limits.aliases,
            });
        }
        if directives > limits.directives {
            return Err(Refusal::Directives {
                found: directives,
                most: limits.directives,
            });
        }
        Ok(())
    }
}

#[derive(Default)]
struct Counts {
    aliases: u32,
    directives: u32,
}

impl Counts {
    fn set(&mut self, set: &SelectionSet) {
        for item in &set.items {
            self.directives += length(item.node.directives());
            match &item.node {
                Selection::Field(field) => {
                    self.aliases += u32::from(field.node.alias.is_some());
                    self.set(&field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

/// The maximum length of a page.
const MAX_ROWS: u64 = MAX_PAGE.unsigned_abs() as u64;

/// Adds the fragment itself to the size of its contents.
fn spread(contents: SelectionSize) -> SelectionSize {
    SelectionSize {
        selections: contents.selections.saturating_add(1),
        ..contents
    }
}

fn check_shape(size: SelectionSize, limits: &Limits) -> Result<(), Refusal> {
    let SelectionSize {
        depth,
        fields,
        selections,
        ..
    } = size;
    if selections > u64::from(limits.selections) {
        let selections = number(selections, u64::from(limits.selections));
        return Err(Refusal::Selections {
            found: selections,
            most: limits.selections,
        });
    }
    if depth > limits.depth {
        return Err(Refusal::Depth {
            found: depth,
            most: limits.depth,
        });
    }
    if fields > u64::from(limits.root_fields) {
        return Err(Refusal::RootFields {
            found: fields,
            most: limits.root_fields,
        });
    }
    Ok(())
}

/// A number for a message, rounded off if it is very large.
fn number(count: u64, limit: u64) -> String {
    let bound = limit.saturating_mul(1_000);
    if count > bound {
        format!("over {bound}")
    } else {
        count.to_string()
    }
}

/// The approximate number of items in a list of introspection.
fn introspection_rows(field: &str, types: usize) -> u64 {
    match field {
        "types" => types as u64 + 10,
        "fields" => 10,
        "args" => 2,
        "inputFields" | "enumValues" | "possibleTypes" => 5,
        "interfaces" => 2,
        "directives" => 8,
        "locations" => 4,
        _ => 1,
    }
}

fn length<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
