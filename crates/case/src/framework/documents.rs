//! Reads the documents that a framework lays out: the `[[document]]` tables and their sections.

use super::builder::FrameworkBuilder;
use super::phases::unknown_method;
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader};
use std::collections::BTreeMap;
use wcc_core::framework::{
    DocumentContent, DocumentDefinition, DocumentKind, DocumentSection, Methods,
};
use wcc_core::record::Topic;
use wcc_core::{Method, Subject};

/// How deep sections may be in each other: deeper headings look all the same.
const MAX_DEPTH: usize = 4;

/// What separates the headings of a path: `Commentary > Strengths`.
const PATH: char = '>';

/// Reads the `[[document]]` tables.
pub(super) fn documents(
    root: &Reader<'_>,
    build: &FrameworkBuilder,
    methods: &Methods,
) -> Vec<DocumentDefinition> {
    let kinds = DocumentKind::ALL.map(|kind| (kind.name(), kind));
    let mut seen = BTreeMap::new();
    let tables = root.tables("document");
    let documents = tables.iter().zip(1_usize..).filter_map(|(table, number)| {
        table.only(&["kind", "title", "landscape", "section"]);
        if !table.has("kind") {
            table.missing("kind");
        }
        let kind = table.word("kind", &kinds);
        if let Some(kind) = &kind
            && let Some(first) = seen.insert(kind.value, number)
        {
            table.document.add(&kind.spot, |at| {
                let name = quoted(kind.value.name());
                at(format!("document {first} is {name} already"))
                    .expecting("one document of each kind")
            });
        }
        if table.count("section") == Some(0) || !table.has("section") {
            table.missing("section");
        }
        let kind = kind.map(|kind| kind.value);
        let reader = SectionReader {
            build,
            methods,
            kind,
        };
        let sections = reader.sections(table, SectionContext::default());
        Some(DocumentDefinition {
            kind: kind?,
            title: table.required_owned("title"),
            landscape: table.flag("landscape").is_some_and(|flag| flag.value),
            sections,
        })
    });
    documents.collect()
}

/// Where a section is.
#[derive(Clone, Copy, Default)]
struct SectionContext {
    /// The number of sections that it is in.
    depth: usize,
    /// Whether it is repeated for each component.
    of_component: bool,
}

struct SectionReader<'a> {
    build: &'a FrameworkBuilder,
    methods: &'a Methods,
    kind: Option<DocumentKind>,
}

impl SectionReader<'_> {
    fn sections(&self, table: &Reader<'_>, context: SectionContext) -> Vec<DocumentSection> {
        let tables = table.tables("section");
        if context.depth == MAX_DEPTH
            && let Some(first) = tables.first()
        {
            first.document.add(&first.spot, |at| {
                at(format!(
                    "sections are nested deeper than {MAX_DEPTH} levels"
                ))
                .expecting("the section beside the one around it")
            });
            return Vec::new();
        }
        let sections = tables.iter();
        sections.map(|table| self.section(table, context)).collect()
    }

    fn section(&self, table: &Reader<'_>, context: SectionContext) -> DocumentSection {
        table.only(&[
            "content",
            "title",
            "untitled",
            "text",
            "otherwise",
            "optional",
            "new_page",
            "headings",
            "of",
            "methods",
            "section",
        ]);
        let content = self.content(table, context);
        // What depends on a content that has a problem is not a problem of its own.
        let is_known = content.is_some();
        let content = content.unwrap_or_default();
        let repeated = content == DocumentContent::Components;
        let inside = SectionContext {
            depth: context.depth + 1,
            of_component: context.of_component || repeated || !is_known,
        };
        let flag = |key: &str| table.flag(key).is_some_and(|flag| flag.value);
        let title = self.pattern(table, "title", inside);
        let untitled = flag("untitled");
        let has_none = !table.has("title") && content == DocumentContent::Text && is_known;
        if context.depth == 0 && (untitled || has_none) && !table.is_misspelt("title") {
            let spot = table.spot_of(if untitled { "untitled" } else { "title" });
            table.document.add(&spot, |at| {
                at("a section that is in no other needs a heading".to_owned())
                    .expecting("a `title`")
            });
        }
        if untitled && title.is_some() {
            table.document.add(&table.spot_of("title"), |at| {
                at("is given, and `untitled` is true".to_owned())
                    .expecting("either `title` or `untitled`")
            });
        }
        DocumentSection {
            content,
            title: if untitled { Some(String::new()) } else { title },
            text: self.pattern(table, "text", inside),
            otherwise: self.pattern(table, "otherwise", inside),
            optional: flag("optional"),
            new_page: flag("new_page"),
            headings: headings(table, content, is_known),
            of: self.topics(table),
            methods: self.methods(table),
            sections: self.sections(table, inside),
        }
    }

    fn content(&self, table: &Reader<'_>, context: SectionContext) -> Option<DocumentContent> {
        let names = DocumentContent::ALL.map(|content| (content.name(), content));
        let Some(content) = table.word("content", &names) else {
            let is_absent = !table.has("content") && !table.is_misspelt("content");
            return is_absent.then_some(DocumentContent::Text);
        };
        let name = quoted(content.value.name());
        if let Some(kind) = self.kind
            && !content.value.suits(kind)
        {
            let suitable = DocumentContent::ALL.into_iter();
            let suitable = suitable.filter(|content| content.suits(kind));
            table.document.add(&content.spot, |at| {
                at(format!(
                    "{name} is not in documents of the kind {}",
                    quoted(kind.name())
                ))
                .expecting_one_of(suitable.map(DocumentContent::name))
            });
        } else if content.value.is_of_component() && !context.of_component {
            table.document.add(&content.spot, |at| {
                at(format!("{name} is about one component"))
                    .expecting("it in a section with `content = \"components\"`")
            });
        } else if content.value == DocumentContent::Components && context.of_component {
            table.document.add(&content.spot, |at| {
                at("is in a section that is repeated for each component".to_owned())
                    .expecting("marks, rationale or recommendations")
            });
        }
        Some(content.value)
    }

    /// A text with placeholders, all of which must be known.
    fn pattern(&self, table: &Reader<'_>, key: &str, context: SectionContext) -> Option<String> {
        let text = table.text(key)?;
        let of_component = DocumentSection::OF_COMPONENT.into_iter();
        let of_component = of_component.filter(|_| context.of_component);
        let known = || {
            DocumentSection::PLACEHOLDERS
                .into_iter()
                .chain(of_component.clone())
        };
        for name in DocumentSection::placeholders(text.value) {
            if !known().any(|known| known == name) {
                table.document.add(&text.spot, |at| {
                    at(format!("there is no placeholder {}", quoted(name)))
                        .expecting_one_of(known())
                        .nearest_to(nearest(name, known()))
                });
            }
        }
        Some(text.value.to_owned())
    }

    fn topics(&self, table: &Reader<'_>) -> Vec<Topic> {
        let names = table.texts("of").unwrap_or_default().into_iter();
        let topics = names.filter_map(|name| {
            let subject = self.build.find(name.value).map(Topic::Subject);
            let outcomes = || (name.value == Topic::OUTCOMES).then_some(Topic::Outcomes);
            let topic = subject.or_else(outcomes);
            let is_measure = matches!(topic, Some(Topic::Subject(Subject::Measure(_))));
            if topic.is_none() || is_measure {
                self.unknown_topic(table, &name, is_measure);
            }
            topic.filter(|_| !is_measure)
        });
        topics.collect()
    }

    fn unknown_topic(&self, table: &Reader<'_>, name: &Located<&str>, is_measure: bool) {
        let build = self.build;
        // The part meant may be one whose identifier could not be read.
        if !is_measure && build.ids().any(str::is_empty) {
            return;
        }
        let areas = build.areas.iter().map(|area| area.id.as_str());
        let components = build
            .components
            .iter()
            .map(|component| component.id.as_str());
        let ids = || {
            areas
                .clone()
                .chain(components.clone())
                .chain([Topic::OUTCOMES])
        };
        table.document.add(&name.spot, |at| {
            let value = quoted(name.value);
            let message = match is_measure {
                true => format!("{value} is a measure"),
                false => format!("there is no area or component {value}"),
            };
            at(message)
                .expecting(format!("areas, components or \"{}\"", Topic::OUTCOMES))
                .nearest_to(nearest(name.value, ids()))
        });
    }

    fn methods(&self, table: &Reader<'_>) -> Vec<Method> {
        let names = table.texts("methods").unwrap_or_default().into_iter();
        let methods = names.filter_map(|name| {
            let method = self.methods.named(name.value);
            if method.is_none() {
                unknown_method(table, &name, self.methods);
            }
            method
        });
        methods.collect()
    }
}

/// The paths of headings that select commentary.
fn headings(table: &Reader<'_>, content: DocumentContent, is_known: bool) -> Vec<Vec<String>> {
    if is_known && table.has("headings") && !content.has_headings() {
        table.document.add(&table.spot_of("headings"), |at| {
            at("only commentary has headings".to_owned())
                .expecting("`content = \"commentary\"` or \"headlines\"")
        });
    }
    let paths = table.texts("headings").unwrap_or_default().into_iter();
    let paths = paths.map(|path| {
        let headings: Vec<String> = path
            .value
            .split(PATH)
            .map(|heading| heading.trim().to_owned())
            .collect();
        if headings.iter().any(String::is_empty) {
            table.document.add(&path.spot, |at| {
                at("a heading of the path is empty".to_owned())
                    .expecting("headings with > between them, as in \"Commentary > Strengths\"")
            });
        }
        headings
    });
    paths.collect()
}
