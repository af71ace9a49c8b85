//! Reads `case.toml`.

use crate::format::{self, Version};
use crate::framework::{identifier, is_identifier, optional_identifier};
use crate::problem::{Place, Problems, quoted};
use crate::problem_collector::ProblemCollector;
use crate::toml_reader::{Document, Located, Reader, Strictness};
use jiff::civil::Date;
use std::path::{Component, Path};

/// The settings of a case.
#[derive(Debug)]
pub(super) struct CaseFile {
    pub(super) title: String,
    pub(super) source: Option<String>,
    pub(super) illustrative: Option<String>,
    pub(super) cycles: Vec<CycleEntry>,
}

/// The settings of one cycle.
#[derive(Debug)]
pub(super) struct CycleEntry {
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) framework: FrameworkName,
    pub(super) framework_place: Place,
    /// The review of the framework that it is, with its place; `None` for a full round.
    pub(super) review: Option<(String, Place)>,
    pub(super) as_of: Date,
    /// The identifier of the cycle that it follows, with its place, if the file names one.
    pub(super) previous: Option<(String, Place)>,
    /// Relative to the case's folder; `.` for that folder itself.
    pub(super) folder: String,
    pub(super) folder_place: Place,
    /// Codes with their places.
    pub(super) pcts: Option<Vec<(String, Place)>>,
    pub(super) illustrative: Option<String>,
}

/// The rule book that a cycle follows.
#[derive(Debug)]
pub(super) enum FrameworkName {
    /// A configured framework.
    Configured(String),
    /// A file in the case's folder.
    Beside(String),
}

pub(super) fn parse(text: &str) -> Result<CaseFile, Problems> {
    let collector = ProblemCollector::default();
    let document = Document::new(super::CASE_FILE, text, &collector, Strictness::New);
    let settings = document.parse().and_then(|table| {
        let root = document.root(&table);
        Version::of_file(&root, Version::CASES)?;
        Some(case(&root))
    });
    collector.sort_by_line();
    collector.into_result(settings)
}

fn case(root: &Reader<'_>) -> CaseFile {
    root.only(&[format::KEY, "title", "source", "illustrative", "cycle"]);
    let tables = root.tables("cycle");
    if tables.is_empty() && !root.has("cycle") {
        root.document.add(&root.spot_of("cycle"), |at| {
            at("the case has no cycle".to_owned()).expecting("a [[cycle]]")
        });
    }
    let mut cycles: Vec<CycleEntry> = Vec::new();
    for table in &tables {
        let Some(cycle) = cycle(table) else { continue };
        if cycles.iter().any(|other| other.id == cycle.id) {
            root.document.add(&table.spot_of("id"), |at| {
                at(format!("there is already a cycle {}", quoted(&cycle.id)))
                    .expecting("a different identifier for each cycle")
            });
        }
        cycles.push(cycle);
    }
    CaseFile {
        title: root.required_owned("title"),
        source: root.owned("source"),
        illustrative: root.owned("illustrative"),
        cycles,
    }
}

/// Reads one cycle; `None` if a required key is missing, which is reported.
fn cycle(table: &Reader<'_>) -> Option<CycleEntry> {
    let keys = [
        "id",
        "title",
        "framework",
        "review",
        "as_of",
        "previous",
        "folder",
        "bodies",
        "illustrative",
    ];
    table.only_or_earlier(&keys, &["pcts"]);
    let id = identifier(table, "id");
    let name = table.required_text("framework");
    if !table.has("as_of") {
        table.missing("as_of");
    }
    let as_of = table.date("as_of");
    let identifier_at = |key| {
        let named = optional_identifier(table, key)?;
        let place = table.document.place(&named.spot);
        Some((named.value.to_owned(), place))
    };
    let previous = identifier_at("previous");
    let review = identifier_at("review");
    let folder = folder(table);
    if table.has("pcts") && table.has("bodies") {
        table.document.add(&table.spot_of("bodies"), |at| {
            at("the cycle also has `pcts`, which is the same list".to_owned())
                .expecting("one of the two")
        });
    }
    let bodies = if table.has("pcts") { "pcts" } else { "bodies" };
    let pcts = table.texts(bodies).map(|codes| {
        let each = codes.into_iter();
        each.map(|code| {
            let place = table.document.place(&code.spot);
            (code.value.trim().to_owned(), place)
        })
        .collect()
    });
    Some(CycleEntry {
        title: table.owned("title"),
        illustrative: table.owned("illustrative"),
        folder_place: table.document.place(&table.spot_of("folder")),
        framework_place: table.document.place(&table.spot_of("framework")),
        folder,
        previous,
        review,
        pcts,
        framework: name.and_then(|name| framework_name(table, &name))?,
        id: id?.value.to_owned(),
        as_of: as_of?.value,
    })
}

fn framework_name(table: &Reader<'_>, name: &Located<&str>) -> Option<FrameworkName> {
    let Some(file) = name.value.strip_prefix("./") else {
        if is_identifier(name.value) && !name.value.ends_with(".toml") {
            return Some(FrameworkName::Configured(name.value.to_owned()));
        }
        table.document.add(&name.spot, |at| {
            let beside = format!("./{}", name.value);
            let near = name.value.ends_with(".toml") && stays_inside(name.value);
            at(format!("{} is not a framework", quoted(name.value)))
                .expecting(
                    "the identifier of a configured framework, or \"./FILE.toml\" for a file \
                     beside case.toml",
                )
                .nearest_to(near.then_some(beside.as_str()))
        });
        return None;
    };
    if stays_inside(file) && file.ends_with(".toml") {
        return Some(FrameworkName::Beside(file.to_owned()));
    }
    table.document.add(&name.spot, |at| {
        at(format!(
            "{} is not a framework file of this case",
            quoted(name.value)
        ))
        .expecting("\"./FILE.toml\", in the case's folder")
    });
    None
}

fn folder(table: &Reader<'_>) -> String {
    let Some(folder) = table.text("folder") else {
        return ".".to_owned();
    };
    if !stays_inside(folder.value) {
        table.document.add(&folder.spot, |at| {
            at(format!(
                "{} leads out of the case's folder",
                quoted(folder.value)
            ))
            .expecting("a folder in it, as in \"2009-10\"")
        });
        return ".".to_owned();
    }
    folder.value.to_owned()
}

/// Whether a path stays inside its folder.
fn stays_inside(path: &str) -> bool {
    Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}
