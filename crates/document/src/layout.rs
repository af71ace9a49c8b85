//! Lays out a section as its framework says: heading, text, content, the sections in it, and what is
//! said if there is nothing.

use crate::markdown;
use crate::model::{Block, Section};
use crate::titles::{nothing_recorded, usual_title};
use crate::words::nothing;
use wcc_core::Framework;
use wcc_core::framework::{DocumentContent, DocumentSection};

/// What a section shows before the sections that the framework puts in it.
#[derive(Default)]
pub(crate) struct SectionContent {
    pub(crate) blocks: Vec<Block>,
    pub(crate) sections: Vec<Section>,
}

impl SectionContent {
    pub(crate) fn blocks(blocks: Vec<Block>) -> SectionContent {
        SectionContent {
            blocks,
            sections: Vec::new(),
        }
    }

    pub(crate) fn block(block: Option<Block>) -> SectionContent {
        SectionContent::blocks(block.into_iter().collect())
    }

    pub(crate) fn sections(sections: Vec<Section>) -> SectionContent {
        SectionContent {
            blocks: Vec::new(),
            sections,
        }
    }

    fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.sections.is_empty()
    }
}

/// A section with its content and the sections in it; `None` if it is optional and there is nothing in
/// it. `filled` fills in the placeholders of a text.
pub(crate) fn lay_out(
    definition: &DocumentSection,
    framework: &Framework,
    content: SectionContent,
    inner: Vec<Section>,
    filled: impl Fn(&str) -> String,
) -> Option<Section> {
    let text = definition.text.as_deref();
    let mut blocks = text.map_or_else(Vec::new, |text| markdown::blocks(&filled(text)));
    // The content of a section of text are the sections in it.
    let is_missing =
        content.is_empty() && (definition.content != DocumentContent::Text || inner.is_empty());
    if is_missing && !definition.optional {
        match &definition.otherwise {
            Some(otherwise) => blocks.extend(markdown::blocks(&filled(otherwise))),
            None => blocks.extend(nothing_recorded(definition.content, framework).map(nothing)),
        }
    }
    blocks.extend(content.blocks);
    let mut section = Section {
        title: match &definition.title {
            Some(title) => filled(title),
            None => usual_title(definition.content, &framework.words),
        },
        new_page: definition.new_page,
        blocks,
        sections: content.sections,
        ..Section::default()
    };
    add_sections(&mut section, inner);
    let is_empty = section.blocks.is_empty() && section.sections.is_empty();
    (!is_empty || !definition.optional).then_some(section)
}

/// Adds sections to the one around them. One without a heading adds its content to it.
pub(crate) fn add_sections(section: &mut Section, inner: Vec<Section>) {
    for inner in inner {
        if inner.title.is_empty() {
            section.blocks.extend(inner.blocks);
            section.sections.extend(inner.sections);
        } else {
            section.sections.push(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests may panic")]

    use super::{SectionContent, lay_out};
    use crate::model::Section;
    use crate::words::paragraph;
    use std::path::Path;
    use wcc_core::framework::DocumentSection;

    fn section(definition: &DocumentSection, inner: Vec<Section>) -> Option<Section> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs/frameworks");
        let frameworks = wcc_case::Frameworks::read(&folder).expect("the shipped frameworks");
        let framework = frameworks.find("wcc-2009-10").expect("a shipped framework");
        let content = SectionContent::default();
        lay_out(definition, framework, content, inner, str::to_owned)
    }

    #[test]
    fn a_section_without_a_heading_belongs_to_the_one_around_it() {
        let definition = DocumentSection {
            otherwise: Some("Nobody said anything.".to_owned()),
            ..DocumentSection::default()
        };
        let untitled = Section {
            blocks: vec![paragraph("Content.")],
            ..Section::default()
        };
        let section = section(&definition, vec![untitled]).expect("a section");
        assert_eq!(section.blocks, [paragraph("Content.")]);
        assert!(section.sections.is_empty());
    }

    #[test]
    fn an_optional_section_stays_if_it_has_a_text() {
        let optional = DocumentSection {
            optional: true,
            ..DocumentSection::default()
        };
        assert_eq!(section(&optional, Vec::new()), None);
        let with_text = DocumentSection {
            text: Some("A text.".to_owned()),
            ..optional
        };
        let section = section(&with_text, Vec::new()).expect("a section");
        assert_eq!(section.blocks, [paragraph("A text.")]);
    }
}
