//! Builds a document of a kind.

use crate::context::Context;
use crate::front;
use crate::model::{Block, Document, FORMAT, MarkKind, Orientation, Section};
use crate::region;
use crate::sections::Builder;
use crate::slug::SectionIds;
use crate::source::Source;
use wcc_core::framework::{DocumentDefinition, DocumentKind};
use wcc_core::{BodyIndex, BodyKind, Output};

/// The language of documents: sentences of the core and of frameworks are in it.
const LANGUAGE: &str = "en-GB";

/// Why a document cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A region's overview is about a region or everything, every other document about one body.
    #[error("a document of the kind `{}` is about one body: give its code", .0.name())]
    NoBody(DocumentKind),
    /// The body has no results in the cycle, or the region none of whose bodies has.
    #[error("{0} is not assured in this cycle")]
    NotAssured(String),
    /// Nothing has results.
    #[error("nothing is assured in this cycle")]
    NothingAssured,
    /// The document is about bodies of another kind.
    #[error("a document of the kind `{}` is about {expected}, and {body} is {found}", .kind.name())]
    WrongKind {
        /// The document.
        kind: DocumentKind,
        /// What it is about.
        expected: String,
        /// The body.
        body: String,
        /// What the body is.
        found: String,
    },
}

/// Builds a document on a body. The overview of a region is on an authority, or on all bodies of the
/// cycle if there is none.
///
/// # Errors
/// If the body has no results, or if the document is about bodies of another kind.
pub fn build(
    kind: DocumentKind,
    source: &Source<'_>,
    body: Option<BodyIndex>,
) -> Result<Document, BuildError> {
    let framework = &source.cycle.framework;
    let definition = framework.document(kind);
    if kind == DocumentKind::Region {
        if let Some(body) = body {
            require(kind, source, body)?;
        }
        if region::outputs(source, body).is_empty() {
            return Err(
                match body.map(|body| source.cycle.organisations.body(body)) {
                    Some(body) => BuildError::NotAssured(body.name_and_code()),
                    None => BuildError::NothingAssured,
                },
            );
        }
        return Ok(overview(source, &definition, body));
    }
    let body = body.ok_or(BuildError::NoBody(kind))?;
    require(kind, source, body)?;
    let output = source.assurance.output_of(body).ok_or_else(|| {
        let body = source.cycle.organisations.body(body);
        BuildError::NotAssured(body.name_and_code())
    })?;
    Ok(on_body(source, &definition, output))
}

/// Refuses a document on a body of a kind that it is not about.
fn require(kind: DocumentKind, source: &Source<'_>, body: BodyIndex) -> Result<(), BuildError> {
    let words = &source.cycle.framework.words;
    let definition = source.cycle.organisations.body(body);
    let expected = match kind {
        DocumentKind::PanelReport | DocumentKind::Scorecard if definition.kind != BodyKind::Sha => {
            return Ok(());
        }
        DocumentKind::PanelReport | DocumentKind::Scorecard => BodyKind::Pct,
        DocumentKind::Cluster => BodyKind::Cluster,
        DocumentKind::Function => BodyKind::Function,
        DocumentKind::Region => BodyKind::Sha,
    };
    if definition.kind == expected {
        return Ok(());
    }
    Err(BuildError::WrongKind {
        kind,
        expected: wcc_core::words::with_article(words.kind(expected)),
        body: definition.name_and_code(),
        found: wcc_core::words::with_article(words.kind(definition.kind)),
    })
}

fn on_body(source: &Source<'_>, definition: &DocumentDefinition, output: &Output) -> Document {
    let organisations = &source.cycle.organisations;
    let body = organisations.body(output.body);
    let context = Context::new(source, output);
    let methods = context.methods.clone();
    let sections = Builder::new(context, definition).build();
    let authority = organisations.sha_of(output.body);
    let mut document = Document {
        subject: body.name.clone(),
        code: body.code.clone(),
        authority: authority.map(|authority| organisations.body(authority).name.clone()),
        status: match source.assurance.cluster_assurance(output.body) {
            // The sheet of a group shows its bodies side by side.
            Some(group) if group.cluster == Some(output.body) => {
                let members = source.assurance.outputs_in(group).map(|member| member.body);
                front::status_of_all(source, [output.body].into_iter().chain(members))
            }
            _ => front::status(source, Some(output.body)),
        },
        notices: front::notices(source, &[output], Some(output.body)),
        provenance: front::provenance(source, &[output], Some(output.body)),
        legend: front::legend(&methods),
        ..blank(source, definition, sections)
    };
    keep_used_legend(&mut document);
    document
}

fn overview(
    source: &Source<'_>,
    definition: &DocumentDefinition,
    region: Option<BodyIndex>,
) -> Document {
    let organisations = &source.cycle.organisations;
    let outputs = region::outputs(source, region);
    let sections = region::sections(source, definition, &outputs, region);
    let body = region.map(|region| organisations.body(region));
    Document {
        subject: body.map_or_else(|| source.cycle.title.clone(), |body| body.name.clone()),
        code: body.map_or_else(|| "all".to_owned(), |body| body.code.clone()),
        authority: body.map(|body| body.name.clone()),
        status: front::status_of_all(source, outputs.iter().map(|output| output.body)),
        notices: front::notices(source, &outputs, region),
        provenance: front::provenance(source, &outputs, region),
        ..blank(source, definition, sections)
    }
}

/// A document with everything that does not depend on its body.
fn blank(
    source: &Source<'_>,
    definition: &DocumentDefinition,
    mut sections: Vec<Section>,
) -> Document {
    identify(&mut sections);
    Document {
        format: FORMAT,
        kind: definition.kind,
        title: definition.title.clone(),
        subject: String::new(),
        code: String::new(),
        cycle: source.cycle.title.clone(),
        cycle_id: source.cycle_id().to_owned(),
        authority: None,
        as_of: source.cycle.as_of,
        language: LANGUAGE.to_owned(),
        status: front::status(source, None),
        notices: Vec::new(),
        legend: Vec::new(),
        orientation: match definition.landscape {
            true => Orientation::Landscape,
            false => Orientation::Portrait,
        },
        sections,
        provenance: Vec::new(),
    }
}

/// Gives each section an identifier that no other has, and drops links to sections that do not
/// exist.
fn identify(sections: &mut [Section]) {
    let mut ids = SectionIds::default();
    each_section(sections, &mut |section| {
        if !section.id.is_empty() {
            section.id = ids.take(&section.id);
        }
    });
    each_section(sections, &mut |section| {
        if section.id.is_empty() {
            section.id = ids.take(&section.title);
        }
    });
    each_section(sections, &mut |section| {
        for block in &mut section.blocks {
            if let Block::Marks(grid) = block {
                for row in &mut grid.rows {
                    row.link = row.link.take().filter(|link| ids.has(link));
                }
            }
        }
    });
}

fn each_section(sections: &mut [Section], change: &mut impl FnMut(&mut Section)) {
    for section in sections {
        change(section);
        each_section(&mut section.sections, change);
    }
}

/// Drops the shapes that the document does not use.
fn keep_used_legend(document: &mut Document) {
    let mut used: Vec<MarkKind> = Vec::new();
    each_section(&mut document.sections, &mut |section| {
        for block in &section.blocks {
            if let Block::Marks(grid) = block {
                let marks = grid.rows.iter().flat_map(|row| &row.marks);
                used.extend(marks.map(|mark| mark.kind));
            }
        }
    });
    document.legend.retain(|entry| used.contains(&entry.kind));
}
