//! Variables: checked against their declared types once for each request.
//!
//! async-graphql validates a document with the variables of one request; a document that is known
//! to be valid is not validated again, so the values of later requests are checked here.

use super::describe::{ArgumentInfo, InputInfo, TypeInfo, TypeRef};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use async_graphql::{Name, Number, Value};
use async_graphql_value::Value as Written;
use std::collections::HashMap;

/// The types of the schema by name.
pub(crate) type Types = HashMap<&'static str, &'static TypeInfo>;

/// A variable that does not have its type, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadVariable {
    /// A whole sentence.
    pub(crate) message: String,
    /// The code: a wrong default is a fault of the document.
    pub(crate) code: &'static str,
    /// Line and column of the definition.
    pub(crate) position: (usize, usize),
}

/// The checked variables of one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Variables(HashMap<Name, Value>);

impl Variables {
    /// Checks what was given against what the operation declares.
    ///
    /// # Errors
    /// Every variable that does not have its type.
    pub(crate) fn check(
        operation: &OperationDefinition,
        given: &async_graphql::Variables,
        types: &Types,
    ) -> Result<Variables, Vec<BadVariable>> {
        let mut checked = HashMap::new();
        let mut bad = Vec::new();
        for definition in &operation.variable_definitions {
            let name = &definition.node.name.node;
            let ty = &definition.node.var_type.node;
            let value = given.get(name);
            let outcome = match (value, &definition.node.default_value) {
                (Some(value), _) => fits(ty, value, types, Origin::Json).map(Some),
                (None, Some(default)) => coerce_default(ty, &default.node, types).map(Some),
                (None, None) if ty.nullable => Ok(None),
                (None, None) => Err("no value was given".to_owned()),
            };
            let code = match (value, &definition.node.default_value) {
                (None, Some(_)) => "GRAPHQL_VALIDATION_FAILED",
                _ => "BAD_USER_INPUT",
            };
            match outcome {
                Ok(value) => checked.extend(value.map(|value| (name.clone(), value))),
                Err(why) => bad.push(BadVariable {
                    message: format!("variable `${name}` of type `{ty}`: {why}"),
                    code,
                    position: (definition.pos.line, definition.pos.column),
                }),
            }
        }
        if bad.is_empty() {
            Ok(Variables(checked))
        } else {
            Err(bad)
        }
    }

    /// A value of the query with its variables filled in; `None` for a variable without a value.
    pub(crate) fn filled_in(&self, written: &Written) -> Option<Value> {
        Some(match written {
            Written::Variable(name) => self.0.get(name)?.clone(),
            Written::Null => Value::Null,
            Written::Number(number) => Value::Number(number.clone()),
            Written::String(text) => Value::String(text.clone()),
            Written::Boolean(yes) => Value::Boolean(*yes),
            Written::Binary(bytes) => Value::Binary(bytes.clone()),
            Written::Enum(name) => Value::Enum(name.clone()),
            Written::List(items) => {
                let item = |item| self.filled_in(item).unwrap_or(Value::Null);
                Value::List(items.iter().map(item).collect())
            }
            Written::Object(fields) => {
                let field =
                    |(name, value): (&Name, _)| Some((name.clone(), self.filled_in(value)?));
                Value::Object(fields.iter().filter_map(field).collect())
            }
        })
    }
}

impl ArgumentInfo {
    /// The default as a value. Defaults are numbers, booleans or enumeration values.
    pub(crate) fn default_value(&self) -> Option<Value> {
        let default = self.default?;
        Some(match default {
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            _ => match default.parse::<i32>() {
                Ok(number) => Value::Number(Number::from(number)),
                Err(_) => Value::Enum(Name::new(default)),
            },
        })
    }
}

/// Where a value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// In the JSON of the variables, where enumeration values are strings.
    Json,
    /// In the query, where they are names.
    Query,
}

/// The default of a variable as its type takes it.
///
/// # Errors
/// Why it does not.
pub(crate) fn coerce_default(ty: &Type, value: &Value, types: &Types) -> Result<Value, String> {
    fits(ty, value, types, Origin::Query)
}

/// The value as a type that the query writes takes it, or why it does not.
fn fits(ty: &Type, value: &Value, types: &Types, origin: Origin) -> Result<Value, String> {
    if matches!(value, Value::Null) {
        return null(ty.nullable);
    }
    match (&ty.base, value) {
        (BaseType::List(item), Value::List(items)) => {
            let items = items.iter().map(|value| fits(item, value, types, origin));
            items.collect::<Result<_, _>>().map(Value::List)
        }
        // GraphQL takes a single value for a list of one.
        (BaseType::List(item), value) => Ok(Value::List(vec![fits(item, value, types, origin)?])),
        (BaseType::Named(name), value) => match types.get(name.as_str()) {
            Some(info) => coerce_leaf(info, value, origin),
            // Validation says that the type is unknown.
            None => Ok(value.clone()),
        },
    }
}

fn null(allowed: bool) -> Result<Value, String> {
    if allowed {
        Ok(Value::Null)
    } else {
        Err("null is not allowed".to_owned())
    }
}

/// The value as a type of the schema takes it: a whole number for an ID becomes a string, a single
/// value for a list a list.
///
/// # Errors
/// Why the type does not take it.
pub(crate) fn coerce(ty: TypeRef, value: &Value, origin: Origin) -> Result<Value, String> {
    if matches!(value, Value::Null) {
        return null(ty.nullable);
    }
    let named = (ty.named)();
    let Some(list) = ty.list else {
        return coerce_leaf(named, value, origin);
    };
    let item = |value: &Value| match value {
        Value::Null => null(list.nullable_items),
        value => coerce_leaf(named, value, origin),
    };
    match value {
        Value::List(items) => {
            let items = items.iter().map(item);
            items.collect::<Result<_, _>>().map(Value::List)
        }
        value => Ok(Value::List(vec![item(value)?])),
    }
}

/// The same for a value that is neither null nor a list.
///
/// # Errors
/// Why the type does not take it.
pub(crate) fn coerce_leaf(info: &TypeInfo, value: &Value, origin: Origin) -> Result<Value, String> {
    let unfit = || format!("expected {}, found {}", info.name(), shown(value));
    match (info, value) {
        (TypeInfo::Scalar(scalar), value) if (scalar.accepts)(value) => Ok(match value {
            Value::Number(number) if scalar.name == "ID" => Value::String(number.to_string()),
            value => value.clone(),
        }),
        (TypeInfo::Enum(wanted), Value::String(name)) => {
            let known = wanted.values.iter().any(|value| value.name == name);
            if known && origin == Origin::Query {
                return Err(format!(
                    "expected {}, found a string: write {name} without quotation marks",
                    wanted.name
                ));
            }
            known
                .then(|| Value::Enum(Name::new(name)))
                .ok_or_else(unfit)
        }
        (TypeInfo::Enum(wanted), Value::Enum(name)) => {
            let known = wanted
                .values
                .iter()
                .any(|value| value.name == name.as_str());
            known.then(|| value.clone()).ok_or_else(unfit)
        }
        (TypeInfo::Input(wanted), Value::Object(fields)) => input(wanted, fields, origin),
        _ => Err(unfit()),
    }
}

fn input(
    wanted: &InputInfo,
    fields: &IndexMap<Name, Value>,
    origin: Origin,
) -> Result<Value, String> {
    let mut given = fields.keys();
    if let Some(extra) =
        given.find(|key| !wanted.fields.iter().any(|field| field.name == key.as_str()))
    {
        let extra = clipped(extra.as_str());
        return Err(format!("{} has no field `{extra}`", wanted.name));
    }
    let mut taken = IndexMap::new();
    for field in wanted.fields {
        match fields.get(field.name) {
            Some(value) => {
                let value = coerce(field.ty, value, origin)
                    .map_err(|why| format!("field `{}`: {why}", field.name))?;
                taken.insert(Name::new(field.name), value);
            }
            None if field.ty.nullable || field.default.is_some() => {}
            None => return Err(format!("field `{}` is missing", field.name)),
        }
    }
    Ok(Value::Object(taken))
}

/// What was found, short enough to print.
fn shown(value: &Value) -> String {
    match value {
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        value => clipped(&value.to_string()),
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(60).collect()
}
