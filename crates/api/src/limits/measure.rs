//! Measuring a parsed document: each fragment once.

use super::{Limits, Refusal};
use crate::project::describe::{FieldInfo, TypeInfo};
use crate::project::page::MOST;
use crate::project::variables::Types;
use crate::root;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Value, Variables};
use async_graphql_value::Value as Written;
use std::collections::HashMap;

/// What a selection comes to, with all fragments spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measured {
    /// Fields within fields.
    pub(crate) depth: u32,
    /// Fields of the selection itself.
    pub(crate) fields: u64,
    /// Fields and fragments at all depths.
    pub(crate) selections: u64,
    /// Fields times rows.
    pub(crate) cost: u64,
}

impl Measured {
    fn add(&mut self, other: Measured) {
        self.depth = self.depth.max(other.depth);
        self.fields = self.fields.saturating_add(other.fields);
        self.selections = self.selections.saturating_add(other.selections);
        self.cost = self.cost.saturating_add(other.cost);
    }
}

/// Measures the operations of one document.
pub(crate) struct Measure<'d> {
    document: &'d ExecutableDocument,
    variables: &'d Variables,
    types: &'d Types,
    /// `None` while a fragment is being measured.
    fragments: HashMap<&'d Name, Option<Measured>>,
    /// Selections that were looked at: the work done.
    #[cfg(test)]
    pub(super) looked_at: u64,
}

/// Where a selection stands.
#[derive(Clone, Copy)]
enum Place {
    /// On one of our types.
    On(&'static TypeInfo),
    /// Within introspection.
    Introspection,
    /// On something that validation will not know either.
    Nowhere,
}

/// What each introspection field counts.
const INTROSPECTION: u64 = 5;

impl<'d> Measure<'d> {
    /// For one document and the variables of one request.
    pub(crate) fn new(
        document: &'d ExecutableDocument,
        variables: &'d Variables,
        types: &'d Types,
    ) -> Measure<'d> {
        Measure {
            document,
            variables,
            types,
            fragments: HashMap::new(),
            #[cfg(test)]
            looked_at: 0,
        }
    }

    /// What does not depend on variables: the counts of the document and the shape of each
    /// operation.
    ///
    /// # Errors
    /// The first limit that is passed.
    pub(crate) fn document(&mut self, limits: &Limits) -> Result<(), Refusal> {
        self.written(limits)?;
        for (_, operation) in self.document.operations.iter() {
            let measured = self.operation(&operation.node)?;
            within_shape(measured, limits)?;
        }
        // Fragments that no operation spreads are visited by validation too.
        let document = self.document;
        for name in document.fragments.keys() {
            let measured = self.fragment(name)?;
            within_shape(
                Measured {
                    fields: 0,
                    ..measured
                },
                limits,
            )?;
        }
        Ok(())
    }

    /// The cost of an operation.
    ///
    /// # Errors
    /// The cost is too high.
    pub(crate) fn cost(
        mut self,
        operation: &'d OperationDefinition,
        limits: &Limits,
    ) -> Result<u64, Refusal> {
        let cost = self.operation(operation)?.cost;
        if cost > limits.cost {
            let found = number(cost, limits.cost);
            return Err(Refusal::Cost {
                found,
                most: limits.cost,
            });
        }
        Ok(cost)
    }

    fn operation(&mut self, operation: &'d OperationDefinition) -> Result<Measured, Refusal> {
        let root = root::of(operation.ty);
        self.set(&operation.selection_set.node, Place::On(root))
    }

    fn set(&mut self, set: &'d SelectionSet, place: Place) -> Result<Measured, Refusal> {
        let mut all = Measured::default();
        for item in &set.items {
            #[cfg(test)]
            {
                self.looked_at += 1;
            }
            let cost = match &item.node {
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
            all.add(cost);
        }
        Ok(all)
    }

    fn named(&self, name: &Name) -> Place {
        if name.starts_with("__") {
            return Place::Introspection;
        }
        self.types
            .get(name.as_str())
            .map_or(Place::Nowhere, |info| Place::On(info))
    }

    fn fragment(&mut self, name: &'d Name) -> Result<Measured, Refusal> {
        match self.fragments.get(name) {
            Some(Some(known)) => return Ok(*known),
            Some(None) => return Err(Refusal::Cycle),
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            // Validation says that there is no such fragment.
            return Ok(Measured::default());
        };
        self.fragments.insert(name, None);
        let place = self.named(&fragment.node.type_condition.node.on.node);
        let measured = self.set(&fragment.node.selection_set.node, place)?;
        self.fragments.insert(name, Some(measured));
        Ok(measured)
    }

    fn field(&mut self, field: &'d Field, place: Place) -> Result<Measured, Refusal> {
        let name = field.name.node.as_str();
        let (within, rows, weight) = match place {
            _ if name == "__schema" || name == "__type" => (Place::Introspection, 1, INTROSPECTION),
            Place::Introspection => (
                Place::Introspection,
                introspection_rows(name, self.types.len()),
                INTROSPECTION,
            ),
            Place::On(info) => match info.fields().iter().find(|field| field.name == name) {
                Some(info) => (Place::On((info.ty.named)()), self.rows(info, field), 1),
                None => (Place::Nowhere, 1, 1),
            },
            Place::Nowhere => (Place::Nowhere, 1, 1),
        };
        let children = self.set(&field.selection_set.node, within)?;
        Ok(Measured {
            depth: children.depth.saturating_add(1),
            fields: 1,
            selections: children.selections.saturating_add(1),
            cost: children.cost.saturating_add(weight).saturating_mul(rows),
        })
    }

    /// How many rows a field has.
    fn rows(&self, info: &FieldInfo, field: &Field) -> u64 {
        let mut rows = info.ty.list.map_or(1, |list| u64::from(list.rows));
        for argument in info.arguments {
            let given = field.get_argument(argument.name).map(|given| &given.node);
            if argument.name == "first" {
                let first = match given {
                    Some(given) => self.whole_number(given),
                    None => argument.default.and_then(|default| default.parse().ok()),
                };
                rows = first.unwrap_or(MAX_ROWS).min(MAX_ROWS);
            } else if info.ty.list.is_some() {
                rows = rows.max(given.map_or(0, |given| self.length(given)));
            }
        }
        rows
    }

    fn whole_number(&self, given: &Written) -> Option<u64> {
        match given {
            Written::Number(number) => Some(number.as_u64().unwrap_or(0)),
            Written::Variable(name) => match self.variables.get(name)? {
                Value::Number(number) => Some(number.as_u64().unwrap_or(0)),
                _ => None,
            },
            _ => None,
        }
    }

    fn length(&self, given: &Written) -> u64 {
        match given {
            Written::List(items) => items.len() as u64,
            Written::Variable(name) => match self.variables.get(name) {
                Some(Value::List(items)) => items.len() as u64,
                _ => 0,
            },
            _ => 0,
        }
    }

    /// Counts what is written in the document, each once.
    fn written(&self, limits: &Limits) -> Result<(), Refusal> {
        let document = self.document;
        let found = document.fragments.len();
        if found > limits.fragments as usize {
            return Err(Refusal::Fragments {
                found,
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

/// The longest page.
const MAX_ROWS: u64 = MOST.unsigned_abs() as u64;

/// A fragment counts one beside what it holds.
fn spread(held: Measured) -> Measured {
    Measured {
        selections: held.selections.saturating_add(1),
        ..held
    }
}

fn within_shape(measured: Measured, limits: &Limits) -> Result<(), Refusal> {
    let Measured {
        depth,
        fields,
        selections,
        ..
    } = measured;
    if selections > u64::from(limits.selections) {
        let found = number(selections, u64::from(limits.selections));
        return Err(Refusal::Selections {
            found,
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

/// A number as it is said: nobody needs twenty digits.
fn number(found: u64, most: u64) -> String {
    let very_many = most.saturating_mul(1_000);
    if found > very_many {
        format!("over {very_many}")
    } else {
        found.to_string()
    }
}

/// About how many items a list of introspection has.
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
