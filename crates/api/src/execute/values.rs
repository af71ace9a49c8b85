//! Checks values and variables against the types of the schema, by the full rules of the
//! specification.
//!
//! async-graphql accepts strings for enumeration values and hardly checks where variables are used.
//! Without these checks, invalid values would fail later or silently omit data.

use super::answer::{ERRORS, RequestError};
use crate::project::describe::{ArgumentInfo, TypeInfo, TypeRef};
use crate::project::leaves;
use crate::project::variables::{Origin, Types, coerce_default, coerce_leaf};
use crate::root;
use crate::types::ledger::AsOf;
use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, Field, Selection, SelectionSet, Type,
    VariableDefinition,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value as QueryValue;
use std::collections::{HashMap, HashSet};

/// Checks a document that is otherwise valid.
///
/// # Errors
///
/// Every value of the wrong type, and every variable used where its type is not allowed.
pub(crate) fn check(document: &ExecutableDocument, types: &Types) -> Result<(), Vec<RequestError>> {
    let mut errors = Vec::new();
    for (_, operation) in document.operations.iter() {
        let definitions = &operation.node.variable_definitions;
        for definition in definitions {
            errors.extend(check_default(definition, types));
        }
        let mut checker = Checker {
            document,
            types,
            variables: definitions
                .iter()
                .map(|definition| (&definition.node.name.node, &definition.node))
                .collect(),
            fragments: HashSet::new(),
            errors: &mut errors,
        };
        checker.directives(&operation.node.directives);
        let set = &operation.node.selection_set.node;
        checker.set(set, Some(root::of(operation.node.ty)));
    }
    if errors.is_empty() {
        return Ok(());
    }
    errors.truncate(ERRORS);
    Err(errors)
}

/// Checks that the default of a variable has the variable's type.
fn check_default(
    definition: &Positioned<VariableDefinition>,
    types: &Types,
) -> Option<RequestError> {
    let variable = &definition.node;
    let default = &variable.default_value.as_ref()?.node;
    let ty = &variable.var_type.node;
    let reason = coerce_default(ty, default, types).err()?;
    Some(RequestError {
        message: format!(
            "the default of variable `${}` of type `{ty}`: {reason}",
            variable.name.node
        ),
        code: "GRAPHQL_VALIDATION_FAILED",
        positions: vec![(definition.pos.line, definition.pos.column)],
    })
}

/// The type that a selection applies to; `None` within introspection.
type Parent = Option<&'static TypeInfo>;

/// A place where a value is expected.
#[derive(Clone, Copy)]
struct Place<'d> {
    ty: TypeRef,
    /// Whether the value may be omitted because there is a default.
    has_default: bool,
    /// Its name in messages.
    name: &'d str,
    position: (usize, usize),
}

struct Checker<'d, 'e> {
    document: &'d ExecutableDocument,
    types: &'d Types,
    variables: HashMap<&'d Name, &'d VariableDefinition>,
    /// Fragments already checked with these variables.
    fragments: HashSet<&'d Name>,
    errors: &'e mut Vec<RequestError>,
}

impl<'d> Checker<'d, '_> {
    fn set(&mut self, set: &'d SelectionSet, parent: Parent) {
        for item in &set.items {
            if self.errors.len() >= ERRORS {
                return;
            }
            self.directives(item.node.directives());
            match &item.node {
                Selection::Field(field) => self.field(&field.node, parent),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let parent = match condition {
                        Some(condition) => self.named(&condition.node.on.node),
                        None => parent,
                    };
                    self.set(&fragment.node.selection_set.node, parent);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.document.fragments.get(name) else {
                        continue;
                    };
                    if self.fragments.insert(name) {
                        self.directives(&fragment.node.directives);
                        let parent = self.named(&fragment.node.type_condition.node.on.node);
                        self.set(&fragment.node.selection_set.node, parent);
                    }
                }
            }
        }
    }

    fn named(&self, name: &Name) -> Parent {
        self.types.get(name.as_str()).copied()
    }

    fn field(&mut self, field: &'d Field, parent: Parent) {
        let name = field.name.node.as_str();
        let mut fields = parent.map(TypeInfo::fields).unwrap_or_default().iter();
        let info = fields.find(|info| info.name == name);
        let arguments = info.map(|info| info.arguments).unwrap_or_default();
        for (argument, value) in &field.arguments {
            let argument_name = argument.node.as_str();
            let info = arguments.iter().find(|info| info.name == argument_name);
            let place = info.map(|info| (info.ty, info.default.is_some()));
            let Some((ty, has_default)) = place.or_else(|| of_introspection(name, argument_name))
            else {
                continue;
            };
            let position = (value.pos.line, value.pos.column);
            let place = Place {
                ty,
                has_default,
                name: argument_name,
                position,
            };
            self.value(place, &value.node);
        }
        let inner_type = info.map(|info| (info.ty.named)());
        self.set(&field.selection_set.node, inner_type);
    }

    fn directives(&mut self, directives: &'d [Positioned<Directive>]) {
        for directive in directives {
            let arguments = match directive.node.name.node.as_str() {
                "skip" | "include" => IF,
                name if name == AsOf::INFO.name => AsOf::INFO.arguments,
                _ => continue,
            };
            for (argument, value) in &directive.node.arguments {
                let argument_name = argument.node.as_str();
                if let Some(info) = arguments.iter().find(|info| info.name == argument_name) {
                    let place = Place {
                        ty: info.ty,
                        has_default: false,
                        name: argument_name,
                        position: (value.pos.line, value.pos.column),
                    };
                    self.value(place, &value.node);
                }
            }
        }
    }

    fn value(&mut self, place: Place<'d>, value: &'d QueryValue) {
        match value {
            QueryValue::Variable(name) => self.variable(place, name),
            QueryValue::Null if place.ty.nullable => {}
            QueryValue::Null => self.wrong(place, "null is not allowed"),
            QueryValue::List(items) if place.ty.list.is_some() => {
                for item in items {
                    self.value(of_item(place), item);
                }
            }
            // GraphQL accepts a single value as a list of one.
            value if place.ty.list.is_some() => self.value(of_item(place), value),
            value => self.single_value(place, value),
        }
    }

    /// Checks a value that is neither a list nor a variable.
    fn single_value(&mut self, place: Place<'d>, value: &'d QueryValue) {
        let named = (place.ty.named)();
        if let (TypeInfo::Input(input), QueryValue::Object(fields)) = (named, value) {
            for (name, value) in fields {
                let Some(field) = input
                    .fields
                    .iter()
                    .find(|field| field.name == name.as_str())
                else {
                    self.wrong(place, &format!("{} has no field `{name}`", input.name));
                    continue;
                };
                let inner = Place {
                    ty: field.ty,
                    has_default: field.default.is_some(),
                    name: name.as_str(),
                    ..place
                };
                self.value(inner, value);
            }
            let required = input.fields.iter();
            let mut required =
                required.filter(|field| !field.ty.nullable && field.default.is_none());
            if let Some(missing) = required.find(|field| !fields.contains_key(field.name)) {
                self.wrong(place, &format!("field `{}` is missing", missing.name));
            }
            return;
        }
        // Only scalars that accept any value may contain variables.
        let Some(value) = value.clone().into_const() else {
            return;
        };
        if let Err(reason) = coerce_leaf(named, &value, Origin::Query) {
            self.wrong(place, &reason);
        }
    }

    fn wrong(&mut self, place: Place<'d>, reason: &str) {
        self.errors.push(RequestError {
            message: format!("`{}`: {reason}", place.name),
            code: "GRAPHQL_VALIDATION_FAILED",
            positions: vec![place.position],
        });
    }

    /// Checks the use of a variable: the specification's IsVariableUsageAllowed.
    fn variable(&mut self, place: Place<'d>, name: &Name) {
        // async-graphql reports undefined variables.
        let Some(definition) = self.variables.get(name) else {
            return;
        };
        let declared_type = &definition.var_type.node;
        let default = definition.default_value.as_ref();
        let has_default = place.has_default
            || default.is_some_and(|default| default.node != async_graphql::Value::Null);
        let nullable = place.ty.nullable || has_default && declared_type.nullable;
        let expected = TypeRef {
            nullable,
            ..place.ty
        };
        if !is_compatible(declared_type, expected) {
            let message = format!(
                "`${name}` is declared as `{declared_type}`, and `{}` is needed here",
                place.ty.written()
            );
            self.wrong(place, &message);
        }
    }
}

fn of_item(place: Place<'_>) -> Place<'_> {
    let nullable = place.ty.list.is_some_and(|list| list.nullable_items);
    Place {
        ty: TypeRef {
            named: place.ty.named,
            nullable,
            list: None,
        },
        has_default: false,
        ..place
    }
}

/// The specification's AreTypesCompatible.
fn is_compatible(declared_type: &Type, place: TypeRef) -> bool {
    if declared_type.nullable && !place.nullable {
        return false;
    }
    match (&declared_type.base, place.list) {
        (BaseType::Named(name), None) => name.as_str() == (place.named)().name(),
        (BaseType::List(item), Some(list)) => is_compatible(
            item,
            TypeRef {
                named: place.named,
                nullable: list.nullable_items,
                list: None,
            },
        ),
        _ => false,
    }
}

/// The argument `if` of `@skip` and `@include`.
const IF: &[ArgumentInfo] = &[ArgumentInfo {
    name: "if",
    doc: &[],
    ty: TypeRef::one(leaves::boolean),
    deprecated: None,
    default: None,
}];

/// The arguments of the fields that async-graphql resolves.
fn of_introspection(field: &str, argument: &str) -> Option<(TypeRef, bool)> {
    match (field, argument) {
        ("__type", "name") => Some((TypeRef::one(leaves::string), false)),
        (_, "includeDeprecated") => Some((TypeRef::one(leaves::boolean).or_null(), true)),
        _ => None,
    }
}
