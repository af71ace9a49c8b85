//! Values and variables against the types that the schema declares: the specification's rules in
//! full.
//!
//! async-graphql admits strings for enumeration values, and hardly looks at where variables are
//! used. What it admits wrongly would fail later, or leave data out without a word.

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
use async_graphql_value::Value as Written;
use std::collections::{HashMap, HashSet};

/// Checks a document that is valid but for these rules.
///
/// # Errors
/// Every value that is not of its type, and every variable in a place that does not take it.
pub(crate) fn check(document: &ExecutableDocument, types: &Types) -> Result<(), Vec<RequestError>> {
    let mut errors = Vec::new();
    for (_, operation) in document.operations.iter() {
        let definitions = &operation.node.variable_definitions;
        for definition in definitions {
            errors.extend(default(definition, types));
        }
        let mut checker = Checker {
            document,
            types,
            variables: definitions
                .iter()
                .map(|variable| (&variable.node.name.node, &variable.node))
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

/// Whether the default of a variable is of its type.
fn default(definition: &Positioned<VariableDefinition>, types: &Types) -> Option<RequestError> {
    let variable = &definition.node;
    let default = &variable.default_value.as_ref()?.node;
    let ty = &variable.var_type.node;
    let why = coerce_default(ty, default, types).err()?;
    Some(RequestError {
        message: format!(
            "the default of variable `${}` of type `{ty}`: {why}",
            variable.name.node
        ),
        code: "GRAPHQL_VALIDATION_FAILED",
        positions: vec![(definition.pos.line, definition.pos.column)],
    })
}

/// The type that a selection is made on; `None` within introspection.
type Parent = Option<&'static TypeInfo>;

/// A place that takes a value.
#[derive(Clone, Copy)]
struct Place<'d> {
    ty: TypeRef,
    /// Whether a value may be left out because there is a default.
    has_default: bool,
    /// What it is called in a message.
    name: &'d str,
    position: (usize, usize),
}

struct Checker<'d, 'e> {
    document: &'d ExecutableDocument,
    types: &'d Types,
    variables: HashMap<&'d Name, &'d VariableDefinition>,
    /// Those that were looked at with these variables.
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
        let declared = info.map(|info| info.arguments).unwrap_or_default();
        for (argument, value) in &field.arguments {
            let called = argument.node.as_str();
            let found = declared.iter().find(|argument| argument.name == called);
            let place = found.map(|found| (found.ty, found.default.is_some()));
            let Some((ty, has_default)) = place.or_else(|| of_introspection(name, called)) else {
                continue;
            };
            let position = (value.pos.line, value.pos.column);
            let place = Place {
                ty,
                has_default,
                name: called,
                position,
            };
            self.value(place, &value.node);
        }
        let within = info.map(|info| (info.ty.named)());
        self.set(&field.selection_set.node, within);
    }

    fn directives(&mut self, directives: &'d [Positioned<Directive>]) {
        for directive in directives {
            let declared = match directive.node.name.node.as_str() {
                "skip" | "include" => IF,
                name if name == AsOf::INFO.name => AsOf::INFO.arguments,
                _ => continue,
            };
            for (argument, value) in &directive.node.arguments {
                let called = argument.node.as_str();
                if let Some(found) = declared.iter().find(|argument| argument.name == called) {
                    let place = Place {
                        ty: found.ty,
                        has_default: false,
                        name: called,
                        position: (value.pos.line, value.pos.column),
                    };
                    self.value(place, &value.node);
                }
            }
        }
    }

    fn value(&mut self, place: Place<'d>, value: &'d Written) {
        match value {
            Written::Variable(name) => self.variable(place, name),
            Written::Null if place.ty.nullable => {}
            Written::Null => self.wrong(place, "null is not allowed"),
            Written::List(items) if place.ty.list.is_some() => {
                for item in items {
                    self.value(of_item(place), item);
                }
            }
            // GraphQL takes a single value for a list of one.
            value if place.ty.list.is_some() => self.value(of_item(place), value),
            value => self.one(place, value),
        }
    }

    /// A value that is no list and no variable.
    fn one(&mut self, place: Place<'d>, value: &'d Written) {
        let named = (place.ty.named)();
        if let (TypeInfo::Input(input), Written::Object(fields)) = (named, value) {
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
            let needed = input.fields.iter();
            let mut needed = needed.filter(|field| !field.ty.nullable && field.default.is_none());
            if let Some(missing) = needed.find(|field| !fields.contains_key(field.name)) {
                self.wrong(place, &format!("field `{}` is missing", missing.name));
            }
            return;
        }
        // Only scalars that take anything have variables within.
        let Some(value) = value.clone().into_const() else {
            return;
        };
        if let Err(why) = coerce_leaf(named, &value, Origin::Query) {
            self.wrong(place, &why);
        }
    }

    fn wrong(&mut self, place: Place<'d>, why: &str) {
        self.errors.push(RequestError {
            message: format!("`{}`: {why}", place.name),
            code: "GRAPHQL_VALIDATION_FAILED",
            positions: vec![place.position],
        });
    }

    /// The specification's IsVariableUsageAllowed.
    fn variable(&mut self, place: Place<'d>, name: &Name) {
        // A variable that is not defined is found by the library.
        let Some(definition) = self.variables.get(name) else {
            return;
        };
        let given = &definition.var_type.node;
        let default = definition.default_value.as_ref();
        let has_default = place.has_default
            || default.is_some_and(|default| default.node != async_graphql::Value::Null);
        let nullable = place.ty.nullable || has_default && given.nullable;
        let taken = TypeRef {
            nullable,
            ..place.ty
        };
        if !is_taken(given, taken) {
            let why = format!(
                "`${name}` is declared as `{given}`, and `{}` is needed here",
                place.ty.written()
            );
            self.wrong(place, &why);
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
fn is_taken(given: &Type, place: TypeRef) -> bool {
    if given.nullable && !place.nullable {
        return false;
    }
    match (&given.base, place.list) {
        (BaseType::Named(name), None) => name.as_str() == (place.named)().name(),
        (BaseType::List(item), Some(list)) => is_taken(
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

/// `if` of `@skip` and `@include`.
const IF: &[ArgumentInfo] = &[ArgumentInfo {
    name: "if",
    doc: &[],
    ty: TypeRef::one(leaves::boolean),
    default: None,
}];

/// The arguments of the fields that async-graphql answers.
fn of_introspection(field: &str, argument: &str) -> Option<(TypeRef, bool)> {
    match (field, argument) {
        ("__type", "name") => Some((TypeRef::one(leaves::string), false)),
        (_, "includeDeprecated") => Some((TypeRef::one(leaves::boolean).or_null(), true)),
        _ => None,
    }
}
