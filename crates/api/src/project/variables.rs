//! Variables, checked against their declared types once for each request.
//!
//! async-graphql validates a document with the variables of one request. A document known to be
//! valid is not validated again, so the variables of later requests are checked here.

use super::describe::{ArgumentInfo, InputInfo, TypeInfo, TypeRef};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use async_graphql::{Name, Value};
use async_graphql_value::Value as QueryValue;
use std::collections::HashMap;

/// The types of the schema by name.
pub(crate) type Types = HashMap<&'static str, &'static TypeInfo>;

/// A variable with a value of the wrong type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadVariable {
    /// A complete sentence.
    pub(crate) message: String,
    /// The error code; a wrong default is an error in the document.
    pub(crate) code: &'static str,
    /// Line and column of the definition.
    pub(crate) position: (usize, usize),
}

/// The checked variables of one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Variables(HashMap<Name, Value>);

impl Variables {
    /// Checks the values of a request against the operation's variable definitions.
    ///
    /// # Errors
    ///
    /// Every variable with a value of the wrong type.
    pub(crate) fn check(
        operation: &OperationDefinition,
        values: &async_graphql::Variables,
        types: &Types,
    ) -> Result<Variables, Vec<BadVariable>> {
        let mut checked = HashMap::new();
        let mut bad = Vec::new();
        for definition in &operation.variable_definitions {
            let name = &definition.node.name.node;
            let ty = &definition.node.var_type.node;
            let value = values.get(name);
            let result = match (value, &definition.node.default_value) {
                (Some(value), _) => coerce_as(ty, value, types, Origin::Json).map(Some),
                (None, Some(default)) => coerce_default(ty, &default.node, types).map(Some),
                (None, None) if ty.nullable => Ok(None),
                (None, None) => Err("no value was given".to_owned()),
            };
            let code = match (value, &definition.node.default_value) {
                (None, Some(_)) => "GRAPHQL_VALIDATION_FAILED",
                _ => "BAD_USER_INPUT",
            };
            match result {
                Ok(value) => checked.extend(value.map(|value| (name.clone(), value))),
                Err(reason) => bad.push(BadVariable {
                    message: format!("variable `${name}` of type `{ty}`: {reason}"),
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

    /// A value of the query with variables substituted; `None` for a variable without a value.
    pub(crate) fn substitute(&self, value: &QueryValue) -> Option<Value> {
        Some(match value {
            QueryValue::Variable(name) => self.0.get(name)?.clone(),
            QueryValue::Null => Value::Null,
            QueryValue::Number(number) => Value::Number(number.clone()),
            QueryValue::String(text) => Value::String(text.clone()),
            QueryValue::Boolean(yes) => Value::Boolean(*yes),
            QueryValue::Binary(bytes) => Value::Binary(bytes.clone()),
            QueryValue::Enum(name) => Value::Enum(name.clone()),
            QueryValue::List(items) => {
                let item = |item| self.substitute(item).unwrap_or(Value::Null);
                Value::List(items.iter().map(item).collect())
            }
            QueryValue::Object(fields) => {
                let field =
                    |(name, value): (&Name, _)| Some((name.clone(), self.substitute(value)?));
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
            // A number with a fraction is one only as a float, and a whole one is an integer too.
            _ => match default.parse() {
                Ok(number) => Value::Number(number),
                Err(_) => Value::Enum(Name::new(default)),
            },
        })
    }
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The JSON of the variables, where enumeration values are strings.
    Json,
    /// The query, where enumeration values are names.
    Query,
}

/// Converts the default of a variable to the variable's type.
///
/// # Errors
///
/// Why the conversion fails.
pub(crate) fn coerce_default(ty: &Type, value: &Value, types: &Types) -> Result<Value, String> {
    coerce_as(ty, value, types, Origin::Query)
}

/// Converts a value to a type written in the query, or says why that fails.
fn coerce_as(ty: &Type, value: &Value, types: &Types, origin: Origin) -> Result<Value, String> {
    if matches!(value, Value::Null) {
        return check_null(ty.nullable);
    }
    match (&ty.base, value) {
        (BaseType::List(item), Value::List(items)) => {
            let items = items
                .iter()
                .map(|value| coerce_as(item, value, types, origin));
            items.collect::<Result<_, _>>().map(Value::List)
        }
        // GraphQL accepts a single value as a list of one.
        (BaseType::List(item), value) => {
            Ok(Value::List(vec![coerce_as(item, value, types, origin)?]))
        }
        (BaseType::Named(name), value) => match types.get(name.as_str()) {
            Some(info) => coerce_leaf(info, value, origin),
            // Validation reports unknown types.
            None => Ok(value.clone()),
        },
    }
}

fn check_null(allowed: bool) -> Result<Value, String> {
    if allowed {
        Ok(Value::Null)
    } else {
        Err("null is not allowed".to_owned())
    }
}

/// Converts a value to a type of the schema: an integer given for an ID becomes a string, and a
/// single value given for a list becomes a list.
///
/// # Errors
///
/// Why the conversion fails.
pub(crate) fn coerce(ty: TypeRef, value: &Value, origin: Origin) -> Result<Value, String> {
    if matches!(value, Value::Null) {
        return check_null(ty.nullable);
    }
    let named = (ty.named)();
    let Some(list) = ty.list else {
        return coerce_leaf(named, value, origin);
    };
    let item = |value: &Value| match value {
        Value::Null => check_null(list.nullable_items),
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

/// Converts a value that is neither null nor a list.
///
/// # Errors
///
/// Why the conversion fails.
pub(crate) fn coerce_leaf(info: &TypeInfo, value: &Value, origin: Origin) -> Result<Value, String> {
    let mismatch = || format!("expected {}, found {}", info.name(), shown(value));
    match (info, value) {
        (TypeInfo::Scalar(scalar), value) if (scalar.accepts)(value) => Ok(match value {
            Value::Number(number) if scalar.name == "ID" => Value::String(number.to_string()),
            value => value.clone(),
        }),
        (TypeInfo::Enum(expected), Value::String(name)) => {
            let known = expected.values.iter().any(|known| known.name == name);
            if known && origin == Origin::Query {
                return Err(format!(
                    "expected {}, found a string: write {name} without quotation marks",
                    expected.name
                ));
            }
            known
                .then(|| Value::Enum(Name::new(name)))
                .ok_or_else(mismatch)
        }
        (TypeInfo::Enum(expected), Value::Enum(name)) => {
            let known = expected
                .values
                .iter()
                .any(|known| known.name == name.as_str());
            known.then(|| value.clone()).ok_or_else(mismatch)
        }
        (TypeInfo::Input(expected), Value::Object(fields)) => input(expected, fields, origin),
        _ => Err(mismatch()),
    }
}

fn input(
    expected: &InputInfo,
    fields: &IndexMap<Name, Value>,
    origin: Origin,
) -> Result<Value, String> {
    let mut keys = fields.keys();
    if let Some(extra) = keys.find(|key| {
        !expected
            .fields
            .iter()
            .any(|field| field.name == key.as_str())
    }) {
        let extra = clipped(extra.as_str());
        return Err(format!("{} has no field `{extra}`", expected.name));
    }
    let mut coerced = IndexMap::new();
    for field in expected.fields {
        match fields.get(field.name) {
            Some(value) => {
                let value = coerce(field.ty, value, origin)
                    .map_err(|reason| format!("field `{}`: {reason}", field.name))?;
                coerced.insert(Name::new(field.name), value);
            }
            None if field.ty.nullable || field.default.is_some() => {}
            None => return Err(format!("field `{}` is missing", field.name)),
        }
    }
    Ok(Value::Object(coerced))
}

/// The value for a message, truncated.
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
