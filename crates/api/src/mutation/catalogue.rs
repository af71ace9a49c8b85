//! Every mutation as a form, for faces that ask for its input field by field: the command line, the pages.

use crate::project::TypeInfo;
use crate::project::describe::{ArgumentInfo, FieldInfo, description};
use crate::root::mutation;

/// A mutation as a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MutationForm {
    /// Its field in the schema: `recordJudgement`.
    pub name: &'static str,
    /// What it does, in Markdown.
    pub description: String,
    /// The name of its input in the schema: `RecordJudgementInput`.
    pub input: &'static str,
    /// The fields of its input, in order.
    pub fields: Vec<FormField>,
}

/// A field of a [`MutationForm`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// Its name in the schema: `heldOn`.
    pub name: &'static str,
    /// What it is, in Markdown.
    pub description: String,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether it must be given.
    pub is_required: bool,
    /// Whether it takes several values.
    pub is_list: bool,
    /// What to use instead, if it is deprecated.
    pub deprecated: Option<&'static str>,
}

/// What a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Prose, or anything else in words.
    Text,
    /// A code or identifier.
    Code,
    /// A day: `2009-11-30`.
    Date,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// One of these names.
    Choice(Vec<&'static str>),
    /// An object in JSON with these fields.
    Object(Vec<FormField>),
}

/// Every mutation for people with a token, in the order of the schema. An invitation to a survey is for
/// nobody else to see, so nobody types it as an option of a command.
pub fn mutation_forms() -> Vec<MutationForm> {
    let fields = mutation().fields().iter();
    let fields = fields.filter(|field| !super::is_for_respondents(field.name));
    fields.filter_map(form).collect()
}

fn form(field: &'static FieldInfo) -> Option<MutationForm> {
    let [input] = field.arguments else {
        return None;
    };
    let TypeInfo::Input(input) = (input.ty.named)() else {
        return None;
    };
    Some(MutationForm {
        name: field.name,
        description: description(field.doc).unwrap_or_default(),
        input: input.name,
        fields: input.fields.iter().map(form_field).collect(),
    })
}

fn form_field(field: &'static ArgumentInfo) -> FormField {
    let kind = match (field.ty.named)() {
        TypeInfo::Enum(info) => {
            FieldKind::Choice(info.values.iter().map(|value| value.name).collect())
        }
        TypeInfo::Input(info) => FieldKind::Object(info.fields.iter().map(form_field).collect()),
        TypeInfo::Scalar(info) => match info.name {
            "Int" => FieldKind::Integer,
            "Float" => FieldKind::Number,
            "Boolean" => FieldKind::Flag,
            "ID" => FieldKind::Code,
            "Date" => FieldKind::Date,
            _ => FieldKind::Text,
        },
        TypeInfo::Object(_) | TypeInfo::Interface(_) => FieldKind::Text,
    };
    FormField {
        name: field.name,
        description: description(field.doc).unwrap_or_default(),
        kind,
        is_required: !field.ty.nullable && field.default.is_none(),
        is_list: field.ty.list.is_some(),
        deprecated: field.deprecated,
    }
}

/// A name of the schema as acts, commands and options are written: `held-on` for `heldOn`.
pub fn kebab_case(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            words.push('-');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}
