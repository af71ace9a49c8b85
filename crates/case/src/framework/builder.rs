//! The state shared by the parts of a framework during reading: identifiers, scales, mappings.

use crate::format::Version;
use crate::nearest::nearest;
use crate::problem::{Place, quoted};
use crate::toml_reader::{Located, Reader, Spot};
use std::collections::HashMap;
use wcc_core::framework::{Area, Component, Mapping, Measure, ScaleIndex, YearOnYear};
use wcc_core::outcome::Better;
use wcc_core::scale::Values;
use wcc_core::{ComponentIndex, MeasureIndex, Scale, Step, Subject};

/// The name of the scale of text, which no file declares.
pub(super) const TEXT: &str = "text";

/// A reference to an identifier of the previous framework, with its place.
#[derive(Clone, Debug)]
pub(super) struct PreviousLink {
    pub(crate) id: String,
    pub(crate) place: Place,
    pub(crate) of_component: bool,
}

/// Replaces a scale that is missing or has a problem. Nothing is looked up on it, so the problem is
/// reported only once.
pub(super) const UNKNOWN_SCALE: ScaleIndex = ScaleIndex(u16::MAX);

/// A scale after reading.
pub(super) struct ReadScale {
    pub(super) scale: Scale,
    /// Whether its steps have no problem.
    pub(super) is_sound: bool,
}

/// Whether the file names the previous year's framework.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Previous {
    Named,
    /// The file names no previous framework.
    None,
    /// The reference has a problem that was already reported.
    Reported,
}

/// A framework under construction.
pub(crate) struct FrameworkBuilder {
    /// The version of the format that the file is written in.
    pub(crate) version: Version,
    scales: Vec<ReadScale>,
    /// Whether every scale has an identifier, so that a scale that is not found certainly does not
    /// exist.
    all_scales_named: bool,
    /// Areas whose result has a problem.
    pub(super) reported_areas: Vec<usize>,
    pub(crate) areas: Vec<Area>,
    pub(crate) components: Vec<Component>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) links: Vec<PreviousLink>,
    /// Components and measures share one set of identifiers, because files may name either.
    pub(crate) subjects: UniqueIds,
    previous: Previous,
}

impl FrameworkBuilder {
    pub(super) fn new(version: Version, scales: Vec<ReadScale>, previous: Previous) -> Self {
        let is_named = |read: &ReadScale| !read.scale.id.is_empty();
        Self {
            version,
            all_scales_named: !scales.is_empty() && scales.iter().all(is_named),
            reported_areas: Vec::new(),
            scales,
            areas: Vec::new(),
            components: Vec::new(),
            measures: Vec::new(),
            links: Vec::new(),
            subjects: UniqueIds::default(),
            previous,
        }
    }

    /// The scale at an index; `None` if it has a problem, because nothing can be looked up then.
    pub(crate) fn scale(&self, index: ScaleIndex) -> Option<&Scale> {
        let read = self.scales.get(usize::from(index.0))?;
        read.is_sound.then_some(&read.scale)
    }

    /// Adds a scale that no file names; `None` if there are too many.
    pub(super) fn add_scale(&mut self, scale: Scale) -> Option<ScaleIndex> {
        let same = self.scales.iter().position(|read| read.scale == scale);
        let at = same.unwrap_or(self.scales.len());
        if same.is_none() {
            self.scales.push(ReadScale {
                scale,
                is_sound: true,
            });
        }
        u16::try_from(at).ok().map(ScaleIndex)
    }

    /// The scale of measures that are judged in text.
    pub(super) fn text_scale(&mut self) -> Option<ScaleIndex> {
        self.add_scale(Scale {
            id: TEXT.to_owned(),
            title: "Text".to_owned(),
            better: Better::Higher,
            values: Values::Text,
        })
    }

    /// The measure, component or area with an identifier, ignoring case. A smaller part comes first.
    pub(super) fn find(&self, id: &str) -> Option<Subject> {
        let is_named = |own: &str| own.eq_ignore_ascii_case(id);
        let number = |at: usize| u16::try_from(at).ok();
        let (measures, components) = (&self.measures, &self.components);
        let measure = measures.iter().position(|measure| is_named(&measure.id));
        let component = components.iter().position(|part| is_named(&part.id));
        let area = self.areas.iter().position(|area| is_named(&area.id));
        let measure = measure.and_then(number);
        let measure = measure.map(|at| Subject::Measure(MeasureIndex(at)));
        let component = component.and_then(number);
        let component = component.map(|at| Subject::Component(ComponentIndex(at)));
        let area = area.and_then(number).map(Subject::Area);
        measure.or(component).or(area)
    }

    /// The identifiers of all measures, components and areas.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        let measures = self.measures.iter().map(|measure| &measure.id);
        let components = self.components.iter().map(|component| &component.id);
        let areas = self.areas.iter().map(|area| &area.id);
        measures.chain(components).chain(areas).map(String::as_str)
    }

    /// The first scale that has all of these steps.
    pub(super) fn scale_with<'s>(
        &self,
        steps: impl Iterator<Item = &'s str> + Clone,
    ) -> Option<&Scale> {
        let mut sound = self.scales.iter().filter(|read| read.is_sound);
        sound
            .find(|read| steps.clone().all(|step| read.scale.step(step).is_some()))
            .map(|read| &read.scale)
    }

    /// The scales of steps that files can name.
    pub(super) fn scales_of_steps(&self) -> impl Iterator<Item = &Scale> {
        let sound = self.scales.iter().filter(|read| read.is_sound);
        let scales = sound.map(|read| &read.scale);
        scales.filter(|scale| !scale.steps().is_empty())
    }

    /// Every scale, for a framework without problems.
    pub(super) fn take_scales(&mut self) -> Vec<Scale> {
        let scales = std::mem::take(&mut self.scales);
        scales.into_iter().map(|read| read.scale).collect()
    }

    /// The scale named by a key.
    pub(crate) fn scale_named(
        &self,
        reader: &Reader<'_>,
        name: &Located<&str>,
    ) -> Option<ScaleIndex> {
        let ids = || self.scales.iter().map(|read| read.scale.id.as_str());
        let at = ids().position(|id| id == name.value);
        // The scale meant may be one whose identifier could not be read.
        if at.is_none() && self.all_scales_named {
            reader.document.add(&name.spot, |at| {
                at(format!("there is no scale {}", quoted(name.value)))
                    .expecting_one_of(ids())
                    .nearest_to(nearest(name.value, ids()))
            });
        }
        at.and_then(|at| u16::try_from(at).ok()).map(ScaleIndex)
    }

    /// The step of a scale named by a key.
    pub(crate) fn step_named(
        &self,
        reader: &Reader<'_>,
        scale: ScaleIndex,
        name: &Located<&str>,
    ) -> Option<Step> {
        let scale = self.scale(scale)?;
        let step = scale.step(name.value);
        if step.is_none() {
            let keys = || scale.steps().iter().map(|step| step.key.as_str());
            reader.document.add(&name.spot, |at| {
                let value = quoted(name.value);
                if scale.steps().is_empty() {
                    return at(format!(
                        "{value} is not a value of the scale {}",
                        scale.title
                    ))
                    .expecting(scale.keys_in_words());
                }
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

    /// The link of a component or measure to the previous year.
    pub(crate) fn mapping(&mut self, reader: &Reader<'_>, of_component: bool) -> Option<Mapping> {
        if self.previous != Previous::Named {
            if self.previous == Previous::None && refuse_mapping(reader) {
                self.previous = Previous::Reported;
            }
            return None;
        }
        let changes = [
            ("same", YearOnYear::Same),
            ("changed", YearOnYear::Changed),
            ("new", YearOnYear::New),
        ];
        if !reader.has("change") && !reader.is_misspelt("change") {
            reader.document.add(&reader.spot_of("change"), |at| {
                at("is missing, although the framework has a `previous`".to_owned())
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

/// Returns whether a table refers to a previous year although the framework names none. Only the
/// first such key is reported.
fn refuse_mapping(reader: &Reader<'_>) -> bool {
    let keys = ["previous", "change", "change_note"];
    let Some(key) = keys.into_iter().find(|key| reader.has(key)) else {
        return false;
    };
    reader.document.add(&reader.spot_of(key), |at| {
        at("the framework has no `previous` to which this could refer".to_owned()).expecting(
            "`previous` at the top of the file, or no `previous`, `change` and `change_note` here",
        )
    });
    true
}

fn check_previous(reader: &Reader<'_>, change: YearOnYear, previous: Option<&Located<&str>>) {
    match (change, previous) {
        (YearOnYear::New, Some(previous)) => reader.document.add(&previous.spot, |at| {
            at("a new item has no `previous`".to_owned())
                .expecting("change = \"same\" or \"changed\", or this key left out")
        }),
        (YearOnYear::Same | YearOnYear::Changed, None)
            if !reader.has("previous") && !reader.is_misspelt("previous") =>
        {
            reader.document.add(&reader.spot_of("previous"), |at| {
                at("is missing".to_owned())
                    .expecting("the identifier in the previous framework, or change = \"new\"")
            });
        }
        _ => {}
    }
}

/// A required identifier.
pub(crate) fn identifier<'a>(reader: &Reader<'a>, key: &str) -> Option<Located<&'a str>> {
    if !reader.has(key) {
        reader.missing(key);
    }
    optional_identifier(reader, key)
}

/// An identifier: letters, digits, full stops, hyphens and underscores.
pub(crate) fn optional_identifier<'a>(reader: &Reader<'a>, key: &str) -> Option<Located<&'a str>> {
    let name = reader.text(key)?;
    if is_identifier(name.value) {
        return Some(name);
    }
    reader.document.add(&name.spot, |at| {
        at(format!("{} is not an identifier", quoted(name.value))).expecting(
            "up to 64 letters (a to z), digits, full stops, hyphens and underscores, without spaces",
        )
    });
    None
}

/// Whether a text is a valid identifier.
pub(crate) fn is_identifier(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_'))
}

/// Identifiers that must be unique, ignoring case.
#[derive(Default)]
pub(crate) struct UniqueIds(HashMap<String, String>);

impl UniqueIds {
    /// Adds an identifier and reports it if an earlier one is the same.
    pub(crate) fn take(&mut self, reader: &Reader<'_>, id: &Located<&str>, spot: &Spot) {
        let path = spot_path(reader, spot);
        match self.0.entry(id.value.trim().to_lowercase()) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(path);
            }
            std::collections::hash_map::Entry::Occupied(entry) => {
                reader.document.add(&id.spot, |at| {
                    let value = quoted(id.value);
                    at(format!("{value} is already used by {}", entry.get()))
                        .expecting("a different one for each")
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
