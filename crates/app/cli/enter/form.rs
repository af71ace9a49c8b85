//! Mutations as commands: their options, and the request made of what was typed.

use super::super::Failure;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches};
use serde_json::{Map, Value, json};
use wcc_api::{FieldKind, FormField, MutationForm, kebab_case, mutation_forms};

/// `wcc import` reads tables and shows what they would change.
const HAS_ITS_OWN_COMMAND: &str = "importTables";
/// The field by which a mutation that shows first what it would record is told to record it.
const APPLY: &str = "apply";
/// Given by an option of every mutation.
const REQUEST_ID: &str = "requestId";

/// The mutations that are commands.
fn forms() -> impl Iterator<Item = MutationForm> {
    let forms = mutation_forms().into_iter();
    forms.filter(|form| form.name != HAS_ITS_OWN_COMMAND)
}

/// A command for each mutation, without the options that all have.
pub(super) fn commands() -> impl Iterator<Item = clap::Command> {
    forms().map(|form| {
        let command = clap::Command::new(kebab_case(form.name)).about(form.description);
        let fields = form.fields.into_iter();
        let fields = fields.filter(|field| field.name != REQUEST_ID);
        fields.fold(command, |command, field| command.arg(argument(field)))
    })
}

fn argument(field: FormField) -> Arg {
    let mut help = field.description;
    if field.is_list {
        help.push_str(" Repeat the option for each.");
    }
    if let FieldKind::Object(fields) = &field.kind {
        let names: Vec<String> = fields.iter().map(example).collect();
        help.push_str(&format!(" As JSON: {{{}}}", names.join(", ")));
    }
    if let Some(instead) = field.deprecated {
        help.push_str(&format!(" Deprecated: {instead}"));
    }
    let argument = Arg::new(field.name)
        .long(kebab_case(field.name))
        .help(help)
        .allow_hyphen_values(true)
        .required(field.is_required)
        .hide(field.deprecated.is_some())
        .action(if field.is_list {
            ArgAction::Append
        } else {
            ArgAction::Set
        });
    match field.kind {
        FieldKind::Text | FieldKind::Code | FieldKind::Date => argument.value_name("TEXT"),
        FieldKind::Integer => argument
            .value_name("N")
            .value_parser(clap::value_parser!(i32)),
        FieldKind::Number => argument
            .value_name("NUMBER")
            .value_parser(clap::value_parser!(f64)),
        FieldKind::Flag => argument
            .value_name("true|false")
            .value_parser(clap::value_parser!(bool))
            .num_args(0..=1)
            .default_missing_value("true")
            .require_equals(true),
        FieldKind::Choice(names) => argument
            .value_name("NAME")
            .ignore_case(true)
            .value_parser(PossibleValuesParser::new(names.into_iter().map(word))),
        FieldKind::Object(_) => argument.value_name("JSON"),
    }
}

/// A field of a JSON object in the help.
fn example(field: &FormField) -> String {
    let optional = if field.is_required { "" } else { "?" };
    let value = match (&field.kind, field.is_list) {
        (FieldKind::Text | FieldKind::Code | FieldKind::Date | FieldKind::Choice(_), false) => {
            "\"...\""
        }
        (FieldKind::Integer | FieldKind::Number, false) => "0",
        (FieldKind::Flag, false) => "true",
        (FieldKind::Object(_), false) => "{...}",
        (_, true) => "[...]",
    };
    format!("\"{}\"{optional}: {value}", field.name)
}

/// A mutation with what was typed for its fields.
#[derive(Debug)]
pub(crate) struct EnteredForm {
    form: MutationForm,
    input: Vec<(&'static str, Vec<TypedValue>)>,
}

/// What was typed for a field.
#[derive(Debug)]
enum TypedValue {
    Value(Value),
    /// A text that must be a JSON object.
    Json(String),
}

impl EnteredForm {
    /// Reads what was typed; `None` if no mutation has this command.
    pub(super) fn from_matches(command: &str, matches: &ArgMatches) -> Option<EnteredForm> {
        let form = forms().find(|form| kebab_case(form.name) == command)?;
        let given = form.fields.iter().filter_map(|field| {
            let is_given = field.name != REQUEST_ID && matches.value_source(field.name).is_some();
            is_given.then(|| (field.name, typed(field, matches)))
        });
        let input = given.collect();
        Some(EnteredForm { form, input })
    }

    /// The name of the mutation in the schema.
    pub(super) fn name(&self) -> &'static str {
        self.form.name
    }

    /// The option for a path of the input: `--values` for `input.values[2].year`.
    pub(super) fn option_of(&self, path: &str) -> Option<String> {
        let path = path.strip_prefix("input.").unwrap_or(path);
        let name = path.split(['.', '[']).next()?;
        let mut fields = self.form.fields.iter();
        let field = fields.find(|field| field.name == name)?;
        let rest = path.get(name.len()..).unwrap_or_default();
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        Some(match rest {
            "" => format!("--{}", kebab_case(field.name)),
            rest => format!("--{}, {rest}", kebab_case(field.name)),
        })
    }

    /// The request.
    pub(super) fn query(&self) -> String {
        // What can be shown before it is recorded is shown in lines.
        let report = if self.is_shown_first() { " report" } else { "" };
        format!(
            "mutation($input: {}!) {{ {}(input: $input) {{ entry at repeated served userErrors \
             {{ code field message nearest }}{report} }} }}",
            self.form.input, self.form.name
        )
    }

    /// Whether the mutation only shows what it would record until it is told to apply it.
    pub(super) fn is_shown_first(&self) -> bool {
        self.form.fields.iter().any(|field| field.name == APPLY)
    }

    /// The variables of the request.
    ///
    /// # Errors
    /// An option that takes JSON was given something else.
    pub(super) fn variables(&self, request_id: &str) -> Result<Value, Failure> {
        let mut input = Map::new();
        input.insert(REQUEST_ID.to_owned(), json!(request_id));
        for (name, values) in &self.input {
            let mut fields = self.form.fields.iter();
            let is_list = fields.any(|field| field.name == *name && field.is_list);
            let values = values.iter().map(|typed| typed.value(name));
            let mut values = values.collect::<Result<Vec<Value>, Failure>>()?;
            let value = match (is_list, values.pop()) {
                (false, Some(value)) => value,
                (_, last) => Value::Array(values.into_iter().chain(last).collect()),
            };
            input.insert((*name).to_owned(), value);
        }
        Ok(json!({ "input": input }))
    }
}

impl TypedValue {
    fn value(&self, field: &str) -> Result<Value, Failure> {
        match self {
            TypedValue::Value(value) => Ok(value.clone()),
            TypedValue::Json(text) => match serde_json::from_str(text) {
                Ok(value @ Value::Object(_)) => Ok(value),
                Ok(_) => Err(not_an_object(field, "it is not an object")),
                Err(error) => Err(not_an_object(field, &error.to_string())),
            },
        }
    }
}

fn not_an_object(field: &str, why: &str) -> Failure {
    let option = kebab_case(field);
    Failure::usage(format!("--{option} takes an object in JSON: {why}"))
}

fn typed(field: &FormField, matches: &ArgMatches) -> Vec<TypedValue> {
    fn all<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Vec<T> {
        matches
            .get_many::<T>(name)
            .map(|values| values.cloned().collect())
            .unwrap_or_default()
    }
    fn values<T: Into<Value>>(typed: Vec<T>) -> Vec<TypedValue> {
        typed
            .into_iter()
            .map(|value| TypedValue::Value(value.into()))
            .collect()
    }
    let texts = || all::<String>(matches, field.name);
    match &field.kind {
        FieldKind::Text | FieldKind::Code | FieldKind::Date => values(texts()),
        FieldKind::Integer => values(all::<i32>(matches, field.name)),
        FieldKind::Number => values(all::<f64>(matches, field.name)),
        FieldKind::Flag => values(all::<bool>(matches, field.name)),
        FieldKind::Choice(names) => {
            let named = |typed: String| {
                let mut names = names.iter();
                let name = names.find(|name| word(name).eq_ignore_ascii_case(&typed));
                name.map_or(typed, |name| (*name).to_owned())
            };
            values(texts().into_iter().map(named).collect())
        }
        FieldKind::Object(_) => texts().into_iter().map(TypedValue::Json).collect(),
    }
}

/// A value of an enumeration as an option takes it: `self-assessment` for `SELF_ASSESSMENT`.
fn word(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}
