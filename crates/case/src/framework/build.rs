//! What the parts of a framework share while it is read: identifiers, scales, mappings.

use crate::nearest::nearest;
use crate::problem::{Place, quoted};
use crate::toml_reader::{Given, Reader, Spot};
use std::collections::HashMap;
use wcc_core::framework::{Area, Component, Mapping, Measure, ScaleIndex, YearOnYear};
use wcc_core::{Scale, Step};

/// An identifier of the previous framework, with the place where it stands.
#[derive(Clone, Debug)]
pub(super) struct PreviousLink {
    pub(crate) id: String,
    pub(crate) place: Place,
    pub(crate) of_component: bool,
}

/// A framework in the making.
pub(crate) struct Build {
    pub(crate) scales: Vec<Scale>,
    pub(crate) areas: Vec<Area>,
    pub(crate) components: Vec<Component>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) links: Vec<PreviousLink>,
    /// Components and measures share one set of identifiers, for files name either.
    pub(crate) subjects: Distinct,
    has_previous: bool,
}

impl Build {
    pub(crate) fn new(scales: Vec<Scale>, has_previous: bool) -> Self {
        Self {
            scales,
            areas: Vec::new(),
            components: Vec::new(),
            measures: Vec::new(),
            links: Vec::new(),
            subjects: Distinct::default(),
            has_previous,
        }
    }

    pub(crate) fn scale(&self, index: ScaleIndex) -> Option<&Scale> {
        self.scales.get(usize::from(index.0))
    }

    /// The scale that a key names.
    pub(crate) fn scale_named(
        &self,
        reader: &Reader<'_>,
        name: &Given<&str>,
    ) -> Option<ScaleIndex> {
        let at = self.scales.iter().position(|scale| scale.id == name.value);
        let ids = || self.scales.iter().map(|scale| scale.id.as_str());
        if at.is_none() {
            reader.document.add(&name.spot, |at| {
                at(format!("there is no scale {}", quoted(name.value)))
                    .expecting_one_of(ids())
                    .nearest_to(nearest(name.value, ids()))
            });
        }
        at.and_then(|at| u8::try_from(at).ok()).map(ScaleIndex)
    }

    /// The step of a scale that a key names.
    pub(crate) fn step_named(
        &self,
        reader: &Reader<'_>,
        scale: ScaleIndex,
        name: &Given<&str>,
    ) -> Option<Step> {
        let scale = self.scale(scale)?;
        let step = scale.step(name.value);
        if step.is_none() {
            let keys = || scale.steps.iter().map(|step| step.key.as_str());
            reader.document.add(&name.spot, |at| {
                let value = quoted(name.value);
                at(format!(
                    "{value} is not a step of the scale {}",
                    scale.title
                ))
                .expecting_one_of(keys())
                .nearest_to(nearest(name.value, keys()))
            });
        }
        step
    }

    /// The link of a component or measure to the year before.
    pub(crate) fn mapping(&mut self, reader: &Reader<'_>, of_component: bool) -> Option<Mapping> {
        if !self.has_previous {
            refuse_mapping(reader);
            return None;
        }
        let changes = [
            ("same", YearOnYear::Same),
            ("changed", YearOnYear::Changed),
            ("new", YearOnYear::New),
        ];
        if !reader.has("change") {
            reader.document.add(&reader.spot_of("change"), |at| {
                at("is missing, and the framework has a `previous`".to_owned())
                    .expecting("same, changed or new")
            });
        }
        let previous = optional_identifier(reader, "previous");
        let note = reader.owned("change_note");
        let change = reader.word("change", &changes)?.value;
        check_previous(reader, change, previous.as_ref());
        if let Some(previous) = &previous {
            self.links.push(PreviousLink {
                id: previous.value.to_owned(),
                place: reader.document.place(&previous.spot),
                of_component,
            });
        }
        Some(Mapping {
            previous: previous.map(|previous| previous.value.to_owned()),
            change,
            note,
        })
    }
}

fn refuse_mapping(reader: &Reader<'_>) {
    for key in ["previous", "change", "change_note"] {
        if reader.has(key) {
            reader.document.add(&reader.spot_of(key), |at| {
                at("the framework has no `previous` that this could refer to".to_owned())
                    .expecting("`previous` at the top of the file, or this key left out")
            });
        }
    }
}

fn check_previous(reader: &Reader<'_>, change: YearOnYear, previous: Option<&Given<&str>>) {
    match (change, previous) {
        (YearOnYear::New, Some(previous)) => reader.document.add(&previous.spot, |at| {
            at("what is new has no `previous`".to_owned())
                .expecting("change = \"same\" or \"changed\", or this key left out")
        }),
        (YearOnYear::Same | YearOnYear::Changed, None) if !reader.has("previous") => {
            reader.document.add(&reader.spot_of("previous"), |at| {
                at("is missing".to_owned())
                    .expecting("the identifier in the previous framework, or change = \"new\"")
            });
        }
        _ => {}
    }
}

/// A required identifier.
pub(crate) fn identifier<'a>(reader: &Reader<'a>, key: &str) -> Option<Given<&'a str>> {
    if !reader.has(key) {
        reader.missing(key);
    }
    optional_identifier(reader, key)
}

/// An identifier: letters, digits, full stops, hyphens and underscores.
pub(crate) fn optional_identifier<'a>(reader: &Reader<'a>, key: &str) -> Option<Given<&'a str>> {
    let given = reader.text(key)?;
    if is_identifier(given.value) {
        return Some(given);
    }
    reader.document.add(&given.spot, |at| {
        at(format!("{} is not an identifier", quoted(given.value))).expecting(
            "up to 64 letters (a to z), digits, full stops, hyphens and underscores, without spaces",
        )
    });
    None
}

/// Whether files can name something so.
pub(crate) fn is_identifier(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '_'))
}

/// Identifiers that must differ, without regard to case.
#[derive(Default)]
pub(crate) struct Distinct(HashMap<String, String>);

impl Distinct {
    /// Tells where `given` repeats an earlier one.
    pub(crate) fn take(&mut self, reader: &Reader<'_>, given: &Given<&str>, spot: &Spot) {
        let path = spot_path(reader, spot);
        match self.0.entry(given.value.trim().to_lowercase()) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(path);
            }
            std::collections::hash_map::Entry::Occupied(entry) => {
                reader.document.add(&given.spot, |at| {
                    let value = quoted(given.value);
                    at(format!("{value} is already used by {}", entry.get()))
                        .expecting("each to have one of its own")
                });
            }
        }
    }
}

fn spot_path(reader: &Reader<'_>, spot: &Spot) -> String {
    match reader.document.place(spot) {
        Place::Key { line, key, .. } => format!("{key} (line {line})"),
        place => place.to_string(),
    }
}
