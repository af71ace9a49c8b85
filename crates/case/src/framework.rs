//! Reads framework files: the rules of one assurance year as TOML.

mod approvals;
mod areas;
mod builder;
mod counts;
mod documents;
mod frameworks;
mod limits;
mod methods;
mod overall;
mod panel;
mod parts;
mod phases;
mod plans;
mod rating_schemes;
mod ratings;
mod reviews;
mod rules;
mod scales;
mod series;
mod start;
mod words;

pub use frameworks::Frameworks;

use crate::files;
use crate::format::{self, Version};
use crate::problem::{Place, Problem, Problems, quoted};
use crate::problem_collector::ProblemCollector;
use crate::toml_reader::{Document, Reader, Strictness};
use builder::{FrameworkBuilder, Previous, PreviousLink};
pub(crate) use builder::{UniqueIds, identifier, is_identifier, optional_identifier};
use std::path::Path;
use std::sync::Arc;
use wcc_core::Framework;
use wcc_core::framework::{OutcomeRule, PanelRule};
use wcc_core::ledger::FileFormat;

/// Reads a framework file. Its identifier must be the file's name without `.toml`.
///
/// # Errors
/// All problems of the file.
pub fn read(path: &Path) -> Result<Framework, Problems> {
    read_linked_framework(path).map(|linked| linked.framework)
}

/// A framework that was read and checked against other frameworks.
#[derive(Clone, Debug)]
pub struct ReadFramework {
    /// The framework.
    pub framework: Framework,
    /// What it was read from.
    pub source: FrameworkSource,
    /// Input that is allowed but probably a mistake.
    pub warnings: Problems,
}

/// The text that a framework was read from.
#[derive(Clone, Debug)]
pub struct FrameworkSource {
    /// The text of the file.
    pub text: Arc<str>,
    /// The version of the format that it is written in.
    pub format: FileFormat,
}

/// Reads a framework file and checks its references to the previous year's framework, from
/// `others` or a file beside it. If neither has that framework, this gives a warning.
///
/// # Errors
/// All problems of the file.
pub fn read_among(path: &Path, others: &Frameworks) -> Result<ReadFramework, Problems> {
    let linked = read_linked_framework(path)?;
    let (collector, warnings) = (ProblemCollector::default(), ProblemCollector::default());
    warnings.extend(linked.warnings.clone());
    match beside(path, &linked.framework, others) {
        Some(previous) => previous.check_links(&linked, &collector, &warnings),
        None => others.check_links(&linked, &collector, &warnings),
    }
    collector.into_result(Some(ReadFramework {
        framework: linked.framework,
        source: linked.source,
        warnings: warnings.into_problems(),
    }))
}

/// The previous year's framework from the same folder, if it is not among the others.
fn beside(path: &Path, framework: &Framework, others: &Frameworks) -> Option<Frameworks> {
    let previous = framework.previous.as_deref()?;
    if others.find(previous).is_some() {
        return None;
    }
    let previous_framework =
        read_linked_framework(&path.with_file_name(format!("{previous}.toml"))).ok()?;
    Some(Frameworks::one(
        previous_framework.framework,
        previous_framework.source,
    ))
}

/// Reads a framework from text; `file_name` is its name in problems.
///
/// # Errors
/// All problems of the text.
pub fn parse(text: &str, file_name: &str) -> Result<Framework, Problems> {
    parse_linked_framework(text, file_name, Strictness::New).map(|linked| linked.framework)
}

/// Reads a framework from text recorded in a ledger, with the reader of the format that its entry
/// names. Everything that an earlier version of the program accepted can still be read.
///
/// # Errors
///
/// All problems of the text; also if this program does not know the format, or if the text names a
/// different one.
pub fn parse_recorded(
    text: &str,
    file_name: &str,
    format: FileFormat,
) -> Result<Framework, Problems> {
    Version::of_entry(format, Version::FRAMEWORKS, file_name)?;
    let linked = parse_linked_framework(text, file_name, Strictness::Recorded)?;
    let format_in_text = linked.source.format;
    if format_in_text == format {
        return Ok(linked.framework);
    }
    let message = format!(
        "the text is in format {}, but its entry names format {}",
        format_in_text.0, format.0
    );
    Err(Problem::of_file(file_name, message).into())
}

/// A framework with its text and the places of its references to the previous year.
#[derive(Clone, Debug)]
struct LinkedFramework {
    framework: Framework,
    source: FrameworkSource,
    file: String,
    /// The place of the reference to the previous year's framework.
    previous: Option<Place>,
    warnings: Problems,
    links: Vec<PreviousLink>,
}

fn read_linked_framework(path: &Path) -> Result<LinkedFramework, Problems> {
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let bytes = files::read(path, &name, files::TOML_LIMIT)?;
    let text = files::as_text(&bytes, &name)?;
    let linked = parse_linked_framework(&text, &name, Strictness::New)?;
    let stem = name.strip_suffix(".toml").unwrap_or(&name);
    if linked.framework.id == stem {
        return Ok(linked);
    }
    let id = quoted(&linked.framework.id);
    let message = format!("`id` is {id}, which is not the file's name without .toml");
    let expected = format!(
        "id = {}, or a file named {}.toml",
        quoted(stem),
        linked.framework.id
    );
    Err(Problem::of_file(name, message).expecting(expected).into())
}

fn parse_linked_framework(
    text: &str,
    file: &str,
    strictness: Strictness,
) -> Result<LinkedFramework, Problems> {
    files::check_size(text.len(), file, files::TOML_LIMIT)?;
    let collector = ProblemCollector::default();
    let document = Document::new(file, text, &collector, strictness);
    let mut linked = document.parse().and_then(|table| {
        let root = document.root(&table);
        let version = Version::of_file(&root, Version::FRAMEWORKS)?;
        let (mut framework, links) = framework(&root, version);
        framework.text_sha256 = wcc_core::digest::sha256_of_text(text);
        let has_previous = framework.previous.is_some();
        Some(LinkedFramework {
            framework,
            source: FrameworkSource {
                text: text.into(),
                format: version.number(),
            },
            file: file.to_owned(),
            previous: has_previous.then(|| document.place(&root.spot_of("previous"))),
            links,
            warnings: Problems::default(),
        })
    });
    if let Some(linked) = &mut linked {
        linked.warnings = document.into_warnings();
    }
    collector.sort_by_line();
    collector.into_result(linked)
}

/// Reads the whole table. A value with a problem is replaced by a placeholder, so that everything
/// else is checked too; the caller then discards the framework.
fn framework(root: &Reader<'_>, version: Version) -> (Framework, Vec<PreviousLink>) {
    let mut keys = vec![
        format::KEY,
        "id",
        "title",
        "year",
        "previous",
        "note",
        "words",
        "method",
        "scale",
        "area",
        "survey",
        "rating_scheme",
        "series",
        "outcomes",
        "role",
        "phase",
        "panel",
        "approval",
        "overall",
        "limit",
        "leads",
        "plan",
        "start",
        "review",
        "document",
    ];
    if version == Version::First {
        keys.retain(|key| !["limit", "method", "series"].contains(key));
    }
    root.only(&keys);
    let id = builder::identifier(root, "id").map_or("", |id| id.value);
    let previous = builder::optional_identifier(root, "previous");
    if let Some(previous) = &previous
        && previous.value == id
    {
        root.document.add(&previous.spot, |at| {
            at("a framework cannot be its own previous framework".to_owned())
        });
    }
    let previous_reference = match &previous {
        Some(_) => Previous::Named,
        None if root.has("previous") || root.is_misspelt("previous") => Previous::Reported,
        None => Previous::None,
    };
    let mut build =
        FrameworkBuilder::new(version, scales::scales(root, version), previous_reference);
    areas::areas(&mut build, root);
    let surveys = parts::surveys(&build, root);
    let rating_schemes = rating_schemes::rating_schemes(&build, root);
    let series = series::series(root, version);
    let outcomes = root
        .table("outcomes")
        .map_or_else(OutcomeRule::default, |outcomes| {
            parts::outcomes(&outcomes, &series)
        });
    let mut roles = phases::roles(root);
    let phase_tables = root.tables("phase");
    let mut phases = phases::phases(&phase_tables, &roles);
    let overall = root
        .table("overall")
        .and_then(|table| overall::overall(&mut build, &table));
    let limits = limits::limits(&build, overall.as_ref(), root);
    let methods = methods::methods(
        root,
        build.version,
        &methods::Declarations {
            roles: &roles,
            phases: &phases,
            has_previous: previous_reference == Previous::Named,
            has_measures: !build.measures.is_empty(),
        },
    );
    phases::read_methods_of_roles(root, &methods, &mut roles);
    let approvals = approvals::approvals(root, &methods);
    approvals::read_approvals_of_roles(root, &approvals, &mut roles);
    let plans = plans::plans(root, &roles);
    phases::read_shown(&phase_tables, &methods, &roles, &mut phases);
    phases::read_requirements(&phase_tables, &build, &methods, &approvals, &mut phases);
    let areas_to_lead = plans::areas_to_lead(root, &build);
    let declared = reviews::Declarations {
        approvals: &approvals,
        phases: &phases,
        plans: &plans,
    };
    let reviews = reviews::reviews(root, &build, &declared);
    let documents = documents::documents(root, &build, &methods);
    let framework = Framework {
        id: id.to_owned(),
        title: root.required_owned("title"),
        year: root.required_owned("year"),
        previous: previous.map(|previous| previous.value.to_owned()),
        note: root.owned("note"),
        words: words::words(root, build.version),
        methods,
        scales: build.take_scales(),
        areas: build.areas,
        components: build.components,
        measures: build.measures,
        surveys,
        rating_schemes,
        series: series.list,
        outcomes,
        roles,
        phases,
        panel: root
            .table("panel")
            .map_or_else(PanelRule::default, |table| panel::panel(&table)),
        approvals,
        overall,
        limits,
        areas_to_lead,
        plans,
        start: start::start(root),
        reviews,
        review: None,
        documents,
        // The caller knows the text.
        text_sha256: String::new(),
    };
    (framework, build.links)
}
