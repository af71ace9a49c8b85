//! The fields of a form, made of those of an input: how they are asked for, and how they are read.

mod chosen;

use super::change::Mistake;
use super::choices::Choices;
use crate::frame::sentence;
use crate::parameters::Parameters;
use crate::parts::definition::{Titled, capitalised};
use chosen::Control;
use maud::{Markup, html};
use serde_json::{Map, Number, Value, json};
use wcc_api::{FieldKind, FormField, MutationForm, kebab_case};

/// Number of empty places for objects in a list.
const PLACES: usize = 6;
/// Given by the form itself.
const REQUEST_ID: &str = "requestId";
/// A purpose stands for a method of every regime, but people choose one of their regime's.
const HIDDEN: [&str; 2] = [REQUEST_ID, "method"];

/// A field of a form, with what was typed and what is wrong with it.
pub(super) struct Field<'f> {
    declared: &'f FormField,
    /// Its name in the form: `interviews.0.with`.
    name: String,
    given: &'f Parameters,
    choices: &'f Choices,
    mistakes: &'f [Mistake],
}

impl<'f> Field<'f> {
    /// The fields of a form in order, without those that nobody types.
    pub(super) fn all(
        form: &'f MutationForm,
        given: &'f Parameters,
        choices: &'f Choices,
        mistakes: &'f [Mistake],
    ) -> Vec<Field<'f>> {
        let fields = asked(&form.fields);
        let fields = fields.map(|declared| Field {
            declared,
            name: declared.name.to_owned(),
            given,
            choices,
            mistakes,
        });
        fields.collect()
    }

    /// What was given of a list, in boxes, places or lines.
    fn given_of_list(&self) -> Vec<&'f str> {
        items(self.given, &self.name).collect()
    }

    /// What may be chosen; `None` if anything may be typed.
    fn choices(&self) -> Option<&'f [Titled]> {
        let is_code = matches!(self.declared.kind, FieldKind::Code | FieldKind::Integer);
        let given = match self.declared.is_list {
            true => self.given_of_list(),
            false => self.given.get(&self.name).into_iter().collect(),
        };
        let choices = self.choices.of(&self.name, &given);
        choices.filter(|_| is_code)
    }

    /// Whether some of a list are chosen.
    fn is_of_many(&self) -> bool {
        self.declared.is_list && self.choices().is_some()
    }

    /// Whether its choices are suggestions.
    fn is_suggested(&self) -> bool {
        self.choices().is_some() && Choices::are_suggestions(&self.name)
    }

    /// Its identifier on the page.
    pub(super) fn id(&self) -> String {
        self.name.replace('.', "-")
    }

    /// Whether it is the field of the input with this name.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name == name
    }

    /// Whether a mistake is about it.
    pub(super) fn is_about(&self, mistake: &Mistake) -> bool {
        let Some(path) = &mistake.field else {
            return false;
        };
        let path = path.strip_prefix("input.").unwrap_or(path);
        path.split(['.', '[']).next() == Some(self.name.as_str())
    }

    /// Whether a mistake is about it.
    pub(super) fn has_mistake(&self) -> bool {
        self.mistakes.iter().any(|mistake| self.is_about(mistake))
    }

    /// Whether it stands among the first fields: it is required, or the address gives it a value.
    pub(super) fn is_expected(&self) -> bool {
        self.declared.is_required || items(self.given, &self.name).next().is_some()
    }

    /// The field on the page.
    pub(super) fn markup(&self) -> Markup {
        let id = self.id();
        let messages: Vec<String> = self
            .mistakes
            .iter()
            .filter(|mistake| self.is_about(mistake))
            .map(|mistake| sentence(&mistake.words()))
            .collect();
        let is_wrong = !messages.is_empty();
        html! {
            div.nhsuk-form-group.nhsuk-form-group--error[is_wrong] {
                @if matches!(self.declared.kind, FieldKind::Object(_)) || self.is_of_many() {
                    fieldset.nhsuk-fieldset id=(id) tabindex="-1" aria-describedby={ (id) "-hint" } {
                        legend.nhsuk-fieldset__legend { (label(self.declared)) (self.optional()) }
                        (self.around(&id, &messages))
                        @if self.is_of_many() { (self.control(&id, is_wrong)) } @else { (self.places()) }
                    }
                } @else {
                    label.nhsuk-label for=(id) { (label(self.declared)) (self.optional()) }
                    (self.around(&id, &messages))
                    (self.control(&id, is_wrong))
                }
            }
        }
    }

    /// What the field is, in words. Where people choose by title, nothing is said of the codes behind.
    fn description(&self) -> String {
        let description = self.declared.description.replace('`', "");
        if self.choices().is_none() {
            return description;
        }
        let (first, rest) = match description.split_once(". ") {
            Some((first, rest)) => (first.to_owned(), rest),
            None => (description, ""),
        };
        let first = first.trim_end_matches('.').replace(" in the framework", "");
        let chosen = ["Code of ", "Identifier of "]
            .iter()
            .find_map(|coded| first.strip_prefix(coded));
        let name = in_words(
            self.declared
                .name
                .strip_suffix("Id")
                .unwrap_or(self.declared.name),
        );
        match chosen {
            Some(chosen) if chosen == format!("the {name}") => rest.to_owned(),
            Some(chosen) => format!("{}. {rest}", capitalised(chosen))
                .trim_end()
                .to_owned(),
            None => format!("{first}. {rest}").trim_end().to_owned(),
        }
    }

    fn optional(&self) -> &'static str {
        if self.declared.is_required {
            ""
        } else {
            " (optional)"
        }
    }

    /// The hint, and the mistakes.
    fn around(&self, id: &str, messages: &[String]) -> Markup {
        html! {
            div.nhsuk-hint id={ (id) "-hint" } {
                (self.description())
                @if self.is_suggested() { " Type part of a title, then choose; or type its number." }
                @else if self.is_of_many() { (chosen::hint(self.choices().unwrap_or_default())) }
                @else if self.declared.is_list && !matches!(self.declared.kind, FieldKind::Object(_)) { " One on each line." }
            }
            @for message in messages {
                span.nhsuk-error-message id={ (id) "-error" } { span.nhsuk-u-visually-hidden { "Error: " } (message) }
            }
        }
    }

    fn control(&self, id: &str, is_wrong: bool) -> Markup {
        let hint = if is_wrong {
            format!("{id}-hint {id}-error")
        } else {
            format!("{id}-hint")
        };
        let value = self.given.typed(&self.name).unwrap_or_default();
        let required = self.declared.is_required;
        if let Some(choices) = self.choices() {
            let control = Control {
                id,
                name: &self.name,
                label: &label(self.declared),
                described_by: &hint,
                is_required: required,
                is_wrong,
            };
            let text = Choices::text_of(&self.name);
            return match self.declared.is_list {
                true => chosen::some(&control, choices, &self.given_of_list(), text),
                false if self.is_suggested() => chosen::suggested(&control, choices, value, text),
                false => chosen::one(&control, choices, value, text),
            };
        }
        if self.declared.is_list {
            let lines = self.given_of_list().join("\n");
            return html! {
                textarea.nhsuk-textarea.nhsuk-textarea--error[is_wrong] id=(id) name=(self.name) rows="3"
                    aria-describedby=(hint) required[required] { (lines) }
            };
        }
        html! {
            @match &self.declared.kind {
                FieldKind::Choice(names) => {
                    select.nhsuk-select.nhsuk-select--error[is_wrong] id=(id) name=(self.name) aria-describedby=(hint) required[required] {
                        option value="" { "Choose one" }
                        @for name in names {
                            option value=(name) selected[*name == value] { (name.to_lowercase().replace('_', " ")) }
                        }
                    }
                },
                FieldKind::Flag => {
                    select.nhsuk-select.nhsuk-select--error[is_wrong] id=(id) name=(self.name) aria-describedby=(hint) required[required] {
                        option value="" { "Choose one" }
                        @for (flag, word) in [("true", "yes"), ("false", "no")] {
                            option value=(flag) selected[flag == value] { (word) }
                        }
                    }
                },
                FieldKind::Date => {
                    input.nhsuk-input.nhsuk-input--width-10.nhsuk-input--error[is_wrong] id=(id) name=(self.name) type="date"
                        value=(value) aria-describedby=(hint) required[required];
                },
                FieldKind::Integer | FieldKind::Number => {
                    input.nhsuk-input.nhsuk-input--width-10.nhsuk-input--error[is_wrong] id=(id) name=(self.name) type="text"
                        inputmode="decimal" value=(value) aria-describedby=(hint) required[required];
                },
                FieldKind::Code => {
                    input.nhsuk-input.nhsuk-input--width-20.nhsuk-input--error[is_wrong] id=(id) name=(self.name) type="text"
                        spellcheck="false" value=(value) aria-describedby=(hint) required[required];
                },
                FieldKind::Text | FieldKind::Object(_) => {
                    textarea.nhsuk-textarea.nhsuk-textarea--error[is_wrong] id=(id) name=(self.name) rows="2"
                        aria-describedby=(hint) required[required] { (value) }
                },
            }
        }
    }

    /// The objects of a field: one, or several places for a list.
    fn places(&self) -> Markup {
        let FieldKind::Object(fields) = &self.declared.kind else {
            return html! {};
        };
        let places = if self.declared.is_list { PLACES } else { 1 };
        html! {
            @for place in 0..places {
                div.wcc-place role="group" aria-label={ (label(self.declared)) " " (place + 1) } {
                    @if self.declared.is_list { p.wcc-note { (place + 1) } }
                    @for declared in asked(fields) {
                        (Field { declared, name: format!("{}.{place}.{}", self.name, declared.name), given: self.given, choices: self.choices, mistakes: &[] }.markup())
                    }
                }
            }
        }
    }
}

/// The fields that people type.
fn asked(fields: &[FormField]) -> impl Iterator<Item = &FormField> {
    let names_method = fields.iter().any(|field| field.name == "methodId");
    fields.iter().filter(move |field| {
        let is_hidden = HIDDEN.contains(&field.name) && (field.name == REQUEST_ID || names_method);
        !is_hidden && field.deprecated.is_none()
    })
}

/// A name of the schema in words: "held on" for `heldOn`.
pub(super) fn in_words(name: &str) -> String {
    kebab_case(name).replace('-', " ")
}

/// The name of a field in words. People know a method by its title.
fn label(field: &FormField) -> String {
    let name = field.name.strip_suffix("Id").unwrap_or(field.name);
    capitalised(&in_words(name))
}

/// The input of a mutation, as it was typed.
///
/// # Errors
/// Texts that are no numbers, by field.
pub(super) fn read_input(
    form: &MutationForm,
    given: &Parameters,
) -> Result<Map<String, Value>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut input = object(&form.fields, "", given, &mut mistakes);
    let request = given.get("request-id").unwrap_or_default();
    input.insert(REQUEST_ID.to_owned(), json!(request));
    if mistakes.is_empty() {
        Ok(input)
    } else {
        Err(mistakes)
    }
}

fn object(
    fields: &[FormField],
    prefix: &str,
    given: &Parameters,
    mistakes: &mut Vec<Mistake>,
) -> Map<String, Value> {
    let mut object = Map::new();
    let mut missing = Vec::new();
    for field in asked(fields) {
        let name = format!("{prefix}{}", field.name);
        if let Some(value) = value(field, &name, given, mistakes) {
            object.insert(field.name.to_owned(), value);
        } else if field.is_required {
            missing.push(Mistake::of_field(
                &name,
                &format!("{} is needed", label(field)),
            ));
        }
    }
    // A place where nothing is typed is no object, so nothing is missing in it.
    if prefix.is_empty() || !object.is_empty() {
        mistakes.append(&mut missing);
    }
    object
}

fn value(
    field: &FormField,
    name: &str,
    given: &Parameters,
    mistakes: &mut Vec<Mistake>,
) -> Option<Value> {
    if let FieldKind::Object(fields) = &field.kind {
        let places = if field.is_list { PLACES } else { 1 };
        let mut objects = (0..places)
            .map(|place| self::object(fields, &format!("{name}.{place}."), given, mistakes))
            .filter(|object| !object.is_empty())
            .map(Value::Object);
        return if field.is_list {
            let objects: Vec<Value> = objects.collect();
            (!objects.is_empty()).then_some(Value::Array(objects))
        } else {
            objects.next()
        };
    }
    if field.is_list {
        let mut items = items(given, name).peekable();
        items.peek()?;
        let values = items.filter_map(|item| single(&field.kind, name, item, mistakes));
        return Some(Value::Array(values.collect()));
    }
    let typed = given.get(name)?;
    // Lines of a text end as on every system but one.
    single(&field.kind, name, &typed.replace("\r\n", "\n"), mistakes)
}

/// The items of a list: in boxes of one name, each on a line of its own, or in places that are numbered.
fn items<'p>(given: &'p Parameters, name: &str) -> impl Iterator<Item = &'p str> {
    let lines: Vec<&str> = given.all(name).flat_map(str::lines).collect();
    let places = (0..).map(|place| given.typed(&format!("{name}.{place}")));
    let places: Vec<&str> = places.map_while(|typed| typed).collect();
    let items = lines.into_iter().chain(places).map(str::trim);
    items.filter(|item| !item.is_empty())
}

fn single(kind: &FieldKind, name: &str, typed: &str, mistakes: &mut Vec<Mistake>) -> Option<Value> {
    let value = match kind {
        FieldKind::Integer => typed.parse::<i32>().ok().map(Value::from),
        FieldKind::Number => {
            let number = typed.parse::<f64>().ok();
            number.and_then(Number::from_f64).map(Value::Number)
        }
        FieldKind::Flag => Some(Value::Bool(typed == "true")),
        FieldKind::Text
        | FieldKind::Code
        | FieldKind::Date
        | FieldKind::Choice(_)
        | FieldKind::Object(_) => Some(json!(typed)),
    };
    if value.is_none() {
        mistakes.push(Mistake::of_field(
            name,
            &format!("`{typed}` is not a number"),
        ));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::read_input;
    use crate::parameters::Parameters;
    use serde_json::json;
    use wcc_api::{MutationForm, mutation_forms};

    fn form(name: &str) -> MutationForm {
        let mut forms = mutation_forms().into_iter();
        forms.find(|form| form.name == name).unwrap()
    }

    #[test]
    fn what_is_typed_becomes_an_input() {
        let typed =
            b"request-id=r&cycle=c&body=b&person=p&name=N&category=sha&chairs=true&organisation=";
        let input = read_input(&form("appointPanelMember"), &Parameters::parse(typed)).unwrap();
        let expected = json!({
            "requestId": "r", "cycle": "c", "body": "b", "person": "p", "name": "N",
            "category": "sha", "chairs": true,
        });
        assert_eq!(json!(input), expected);
    }

    #[test]
    fn lists_and_objects_are_read_from_lines_and_places() {
        let typed =
            b"cycle=c&body=b&date=2008-11-10&interviews.0.starts=09:00&interviews.0.with=board\
                      &interviews.2.starts=10:00&interviews.2.with=executive";
        let input = read_input(&form("planPanelDay"), &Parameters::parse(typed)).unwrap();
        assert_eq!(
            input["interviews"],
            json!([{ "starts": "09:00", "with": "board" }, { "starts": "10:00", "with": "executive" }])
        );
        let typed = b"cycle=c&body=b&person=P&staff=A%0D%0A%0D%0AB";
        let input = read_input(&form("allocateLead"), &Parameters::parse(typed)).unwrap();
        assert_eq!(input["staff"], json!(["A", "B"]));
        let typed = b"cycle=c&body=b&evidence=one&evidence=two&evidence.0=three&evidence.1=&evidence.2=four";
        let input = read_input(&form("recordJudgement"), &Parameters::parse(typed)).unwrap_err();
        assert!(
            input
                .iter()
                .all(|mistake| mistake.field.as_deref() != Some("input.evidence"))
        );
        let typed = [&typed[..], b"&measure=1a&value=2"].concat();
        let input = read_input(&form("recordJudgement"), &Parameters::parse(&typed)).unwrap();
        assert_eq!(input["evidence"], json!(["one", "two", "three", "four"]));
    }

    #[test]
    fn what_is_missing_or_no_number_is_said_of_its_field() {
        let typed = b"cycle=c&supersedes=last";
        let mistakes = read_input(&form("withdraw"), &Parameters::parse(typed)).unwrap_err();
        let fields: Vec<&str> = mistakes
            .iter()
            .filter_map(|one| one.field.as_deref())
            .collect();
        assert!(fields.contains(&"input.entry"), "{fields:?}");
    }
}
