//! Reads the methods of a framework.

use super::builder::{UniqueIds, identifier, optional_identifier};
use crate::format::Version;
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader};
use wcc_core::Method;
use wcc_core::framework::{MethodDefinition, Methods, Phase, Role};
use wcc_core::words::in_sentence;

/// The word for each purpose of a method.
const PURPOSES: [(&str, Method); 5] = [
    ("previous", Method::Previous),
    ("own-view", Method::SelfAssessment),
    ("analyst", Method::Analyst),
    ("result", Method::Panel),
    ("moderated", Method::Calibrated),
];

/// What a method may refer to.
pub(super) struct Declarations<'a> {
    pub(super) roles: &'a [Role],
    pub(super) phases: &'a [Phase],
    /// Whether the framework has a previous framework.
    pub(super) has_previous: bool,
    /// Whether anything is judged.
    pub(super) has_measures: bool,
}

/// The methods of a framework file. A file in format 1 has those of World Class Commissioning; one
/// in format 2 declares them.
pub(super) fn methods(root: &Reader<'_>, version: Version, known: &Declarations<'_>) -> Methods {
    if version == Version::First {
        return Methods::world_class_commissioning();
    }
    if !root.has("method") {
        let mut definitions: Vec<_> = Methods::assessment().each().cloned().collect();
        definitions.extend(known.has_previous.then(MethodDefinition::previous_result));
        return Methods::new(definitions);
    }
    let mut ids = UniqueIds::default();
    let mut definitions: Vec<MethodDefinition> = Vec::new();
    let mut moderated = None;
    for table in &root.tables("method") {
        table.only(&[
            "id", "purpose", "title", "short", "mark", "used_by", "phase", "done",
        ]);
        let id = identifier(table, "id");
        if let Some(id) = &id {
            ids.take(table, id, &table.spot);
        }
        if !table.has("purpose") {
            table.missing("purpose");
        }
        let purpose = table.word("purpose", &PURPOSES);
        let title = table.required_text("title");
        let done = table.text("done");
        let (Some(purpose), Some(title)) = (purpose, title) else {
            continue;
        };
        check_purpose(table, &purpose, &definitions);
        if let Some(done) = done {
            if purpose.value == Method::Calibrated {
                moderated = Some(done.value.trim().to_owned());
            } else {
                table.document.add(&done.spot, |at| {
                    at("only a method with the purpose \"moderated\" has `done`".to_owned())
                });
            }
        }
        definitions.push(definition(table, id, purpose.value, title.value, known));
    }
    require_result(root, &definitions, known);
    let declares_previous = |definition: &MethodDefinition| definition.purpose == Method::Previous;
    if known.has_previous && !definitions.iter().any(declares_previous) {
        definitions.push(MethodDefinition::previous_result());
    }
    let mut methods = Methods::new(definitions);
    if let Some(moderated) = moderated {
        methods.moderated = moderated;
    }
    methods
}

fn definition(
    table: &Reader<'_>,
    id: Option<Located<&str>>,
    purpose: Method,
    title: &str,
    known: &Declarations<'_>,
) -> MethodDefinition {
    let roles = || known.roles.iter().map(|role| role.id.as_str());
    let phases = || known.phases.iter().map(|phase| phase.id.as_str());
    let used_by = reference(table, "used_by", "role", roles);
    let phase = reference(table, "phase", "phase", phases);
    let role = known
        .roles
        .iter()
        .find(|role| Some(&role.id) == used_by.as_ref());
    let assessor = role.map_or_else(
        || Methods::ASSESSOR.to_owned(),
        |role| format!("the {}", in_sentence(&role.title)),
    );
    let title = in_sentence(title.trim());
    MethodDefinition {
        purpose,
        id: id.map_or_else(String::new, |id| id.value.to_owned()),
        label: title.clone(),
        short: table
            .text("short")
            .map_or_else(|| title.clone(), |short| short.value.trim().to_owned()),
        mark: match table.text("mark") {
            Some(text) => mark(table, &text),
            None => Methods::usual_mark(purpose),
        },
        title,
        assessor,
        used_by,
        phase,
    }
}

/// One character that a terminal shows in one column.
fn mark(table: &Reader<'_>, text: &Located<&str>) -> Option<char> {
    let mut characters = text.value.trim().chars();
    match (characters.next(), characters.next()) {
        (Some(mark), None) if !"?*°†!".contains(mark) => Some(mark),
        _ => {
            table.document.add(&text.spot, |at| {
                at(format!("{} is not a mark", quoted(text.value)))
                    .expecting("one character, other than ? * ° † !, which have other meanings")
            });
            None
        }
    }
}

fn check_purpose(table: &Reader<'_>, purpose: &Located<Method>, earlier: &[MethodDefinition]) {
    let mut earlier = earlier.iter();
    if let Some(first) = earlier.find(|first| first.purpose == purpose.value) {
        table.document.add(&purpose.spot, |at| {
            at(format!("the method {} has this purpose", quoted(&first.id)))
                .expecting("at most one method for each purpose")
        });
    }
}

fn require_result(root: &Reader<'_>, definitions: &[MethodDefinition], known: &Declarations<'_>) {
    let count = root.count("method").unwrap_or_default();
    // A method that could not be read may be the one that is missing.
    let all_read = count == definitions.len() && count > 0;
    let has_result = definitions
        .iter()
        .any(|definition| definition.purpose == Method::Panel);
    if known.has_measures && all_read && !has_result {
        root.document.add(&root.spot_of("method"), |at| {
            at("no method has the purpose \"result\"".to_owned())
                .expecting("a method whose judgements are the result")
        });
    }
}

/// The identifier of something else in the file, which must exist.
fn reference<'k, I: Iterator<Item = &'k str>>(
    table: &Reader<'_>,
    key: &str,
    what: &str,
    known: impl Fn() -> I,
) -> Option<String> {
    let id = optional_identifier(table, key)?;
    if !known().any(|other| other == id.value) {
        table.document.add(&id.spot, |at| {
            at(format!("there is no {what} {}", quoted(id.value)))
                .expecting_one_of(known())
                .nearest_to(nearest(id.value, known()))
        });
        return None;
    }
    Some(id.value.to_owned())
}
