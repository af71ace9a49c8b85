//! Builds the sections of a document as its framework lays them out.

use crate::commentary::{self, Allocation};
use crate::concerns;
use crate::context::Context;
use crate::front;
use crate::functions;
use crate::group;
use crate::layout::{SectionContent, add_sections, lay_out};
use crate::markdown;
use crate::marks::{MarkSelection, RowSubject, marks};
use crate::model::{Block, Section};
use crate::outcomes;
use crate::planning;
use crate::rationale;
use crate::recommendations::{self, Selection};
use crate::records;
use crate::titles::usual_title;
use crate::trends;
use crate::words::{capitalised, lines, nothing, paragraph, strong};
use wcc_core::framework::{
    DocumentContent as Content, DocumentDefinition, DocumentKind, DocumentSection, FrameworkPart,
};
use wcc_core::record::{CycleRecord, Topic};
use wcc_core::{ComponentIndex, RecordId, Subject};

/// The sections of a document that is being built.
pub(crate) struct Builder<'a> {
    context: Context<'a>,
    definition: &'a DocumentDefinition,
    allocation: Allocation<'a>,
    /// The recommendations and judgements that were shown.
    shown: Vec<RecordId>,
    /// The components that have a section.
    components: Vec<ComponentIndex>,
    /// The contents of sections that are not about one component.
    contents: Vec<Content>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(context: Context<'a>, definition: &'a DocumentDefinition) -> Builder<'a> {
        let allocation = Allocation::of(&context, definition);
        Builder {
            context,
            definition,
            allocation,
            shown: Vec::new(),
            components: Vec::new(),
            contents: Vec::new(),
        }
    }

    /// The sections in order. A report ends with everything that was recorded and fits in none.
    pub(crate) fn build(mut self) -> Vec<Section> {
        let definition = self.definition;
        let mut sections = self.sections(&definition.sections, None);
        if definition.kind == DocumentKind::PanelReport {
            sections.extend(self.others());
        }
        sections
    }

    /// A section; several for one that is repeated for each component.
    fn section(
        &mut self,
        definition: &DocumentSection,
        component: Option<ComponentIndex>,
    ) -> Vec<Section> {
        if definition.content == Content::Components {
            return self.each_component(definition);
        }
        let content = self.content(definition, component);
        let inner = self.sections(&definition.sections, component);
        let filled = |text: &str| self.context.filled(text, component);
        let framework = self.context.framework();
        let section = lay_out(definition, framework, content, inner, filled);
        section.into_iter().collect()
    }

    /// The sections in a section.
    fn sections(
        &mut self,
        definitions: &[DocumentSection],
        component: Option<ComponentIndex>,
    ) -> Vec<Section> {
        let each = definitions.iter();
        each.flat_map(|definition| self.section(definition, component))
            .collect()
    }

    /// A section for each component that is selected and assessed.
    fn each_component(&mut self, definition: &DocumentSection) -> Vec<Section> {
        let usual = usual_of_component();
        let inner = match definition.sections.is_empty() {
            true => usual.as_slice(),
            false => definition.sections.as_slice(),
        };
        let pattern = definition.title.as_deref();
        let mut sections = Vec::new();
        for index in self.selected_components(&definition.of) {
            self.components.push(index);
            let title = match pattern {
                Some(pattern) => self.context.filled(pattern, Some(index)),
                None => self.usual_component_title(index),
            };
            let text = definition.text.as_deref();
            let mut section = Section {
                id: self.context.component_section(index),
                title,
                new_page: definition.new_page,
                blocks: text.map_or_else(Vec::new, |text| self.markdown(text, index)),
                ..Section::default()
            };
            let part = FrameworkPart::Component(index);
            if let Some(words) = self.context.not_assessed(part) {
                section.blocks.push(nothing(format!("{words}.")));
                sections.push(section);
                continue;
            }
            let content = self.sections(inner, Some(index));
            if content.is_empty() {
                if definition.optional && section.blocks.is_empty() {
                    continue;
                }
                match &definition.otherwise {
                    Some(otherwise) => section.blocks.extend(self.markdown(otherwise, index)),
                    None => section.blocks.push(nothing("Nothing was recorded.")),
                }
            }
            add_sections(&mut section, content);
            sections.push(section);
        }
        sections
    }

    /// A text of the framework on a component.
    fn markdown(&self, text: &str, component: ComponentIndex) -> Vec<Block> {
        markdown::blocks(&self.context.filled(text, Some(component)))
    }

    fn usual_component_title(&self, index: ComponentIndex) -> String {
        let framework = self.context.framework();
        let component = framework.component(index);
        let word = capitalised(&framework.area_of(index).component_word);
        match component.numbered_label() == component.label {
            true => component.title.clone(),
            false => format!("{word} {}: {}", component.id, component.title),
        }
    }

    fn selected_components(&self, of: &[Topic]) -> Vec<ComponentIndex> {
        let framework = self.context.framework();
        let components = self.context.components();
        let selected = components.filter(|index| {
            let area = framework.component(*index).area;
            of.is_empty()
                || of.iter().any(|topic| match topic {
                    Topic::Subject(Subject::Component(own)) => own == index,
                    Topic::Subject(Subject::Area(own)) => usize::from(*own) == area,
                    _ => false,
                })
        });
        selected.collect()
    }

    /// What a section shows by itself.
    fn content(
        &mut self,
        definition: &DocumentSection,
        component: Option<ComponentIndex>,
    ) -> SectionContent {
        let content = definition.content;
        if component.is_none() {
            self.contents.push(content);
        }
        let context = &self.context;
        match content {
            Content::Commentary => {
                let pieces = self.allocation.of_section(definition);
                let (blocks, sections) = commentary::nested(context, &pieces);
                SectionContent { blocks, sections }
            }
            Content::Headlines => {
                let pieces = self.allocation.of_section(definition);
                SectionContent::sections(commentary::headlines(context, &pieces, &mut self.shown))
            }
            Content::Results => SectionContent::blocks(self.results(definition)),
            Content::Marks => SectionContent::blocks(
                component.map_or_else(Vec::new, |index| self.component_marks(definition, index)),
            ),
            Content::Rationale => SectionContent::block(
                component
                    .and_then(|index| rationale::of_component(context, index, &mut self.shown)),
            ),
            Content::Recommendations => self.recommendations(definition, component),
            Content::Outcomes => SectionContent::blocks(match self.definition.kind {
                DocumentKind::Scorecard => outcomes::short_table(context),
                _ => outcomes::table(context),
            }),
            Content::Findings => SectionContent::sections(concerns::findings(context)),
            _ => SectionContent::blocks(self.listed(content)),
        }
    }

    /// The contents that need nothing but the results.
    fn listed(&self, content: Content) -> Vec<Block> {
        let context = &self.context;
        let source = context.source;
        let function = || source.assurance.function(context.output.body);
        let one = |block: Option<Block>| block.into_iter().collect();
        match content {
            Content::Statements => one(records::statements(context)),
            Content::Trends => trends::charts(context),
            Content::Concerns => one(concerns::most_serious(context)),
            Content::Challenges => one(concerns::challenges(context)),
            Content::Functions => functions::of_body(context),
            Content::Actions => one(planning::actions(context)),
            Content::AreasOfConcern => one(planning::concerns(context)),
            Content::Consequences => one(planning::consequences(context)),
            Content::NotChecked => {
                let not_checked = front::not_checked(source, &[context.output]);
                let list = (!not_checked.is_empty()).then(|| lines(not_checked));
                one(list)
            }
            Content::Inferred => records::inferred(context),
            Content::Uses => one(records::uses(context)),
            Content::Evidence => one(records::evidence(context)),
            Content::Surveys => one(records::surveys(context)),
            Content::CheckOfFacts => one(records::check_of_facts(context)),
            Content::Members => group::side_by_side(context),
            Content::Departures => one(group::departures(context)),
            Content::Assessors => function().map_or_else(Vec::new, |function| {
                functions::by_assessor(source, function)
            }),
            Content::Ceilings => {
                function().map_or_else(Vec::new, |function| functions::effects(source, function))
            }
            _ => Vec::new(),
        }
    }

    /// The results of components by area, then those of areas and of the whole.
    fn results(&mut self, definition: &DocumentSection) -> Vec<Block> {
        let framework = self.context.framework();
        let selected = self.selected_components(&definition.of);
        // One page has no room for them.
        let notes = self.definition.kind != DocumentKind::Scorecard;
        let mut blocks = Vec::new();
        let mut wholes = Vec::new();
        for (at, area) in framework.areas.iter().enumerate() {
            let of_area = selected
                .iter()
                .copied()
                .filter(|index| framework.component(*index).area == at);
            let subjects: Vec<RowSubject> =
                of_area.flat_map(|index| self.subjects(index)).collect();
            if subjects.is_empty() {
                continue;
            }
            blocks.extend(marks(
                &self.context,
                &MarkSelection {
                    subjects,
                    caption: area.title.clone(),
                    row_heading: capitalised(&area.component_word),
                    methods: &definition.methods,
                    linked: true,
                    notes,
                },
            ));
            wholes.push(FrameworkPart::Area(at));
        }
        if definition.of.is_empty() {
            wholes.push(FrameworkPart::Overall);
        }
        for part in wholes {
            if framework.rating(part).scale().is_none() {
                continue;
            }
            blocks.extend(marks(
                &self.context,
                &MarkSelection {
                    subjects: vec![RowSubject::Part(part)],
                    caption: framework.title_of(part).to_owned(),
                    row_heading: "Result".to_owned(),
                    methods: &definition.methods,
                    linked: true,
                    notes,
                },
            ));
            blocks.extend(rationale::of_part(&self.context, part, &mut self.shown));
        }
        blocks
    }

    /// What an overview shows of a component: its result, or else its measures.
    fn subjects(&self, index: ComponentIndex) -> Vec<RowSubject> {
        let framework = self.context.framework();
        let component = framework.component(index);
        let part = FrameworkPart::Component(index);
        if framework.rating(part).scale().is_some() || !component.scored {
            return vec![RowSubject::Part(part)];
        }
        let measures = component.measures.iter();
        measures
            .map(|measure| RowSubject::Measure(*measure))
            .collect()
    }

    fn component_marks(&self, definition: &DocumentSection, index: ComponentIndex) -> Vec<Block> {
        let framework = self.context.framework();
        let component = framework.component(index);
        let part = FrameworkPart::Component(index);
        let measures = component.measures.iter();
        let mut subjects: Vec<RowSubject> = measures
            .map(|measure| RowSubject::Measure(*measure))
            .collect();
        if framework.rating(part).scale().is_some() {
            subjects.push(RowSubject::Part(part));
        }
        let selection = MarkSelection {
            subjects,
            caption: component.numbered_label(),
            row_heading: capitalised(&framework.words.measure.one),
            methods: &definition.methods,
            linked: false,
            notes: true,
        };
        marks(&self.context, &selection)
    }

    fn recommendations(
        &mut self,
        definition: &DocumentSection,
        component: Option<ComponentIndex>,
    ) -> SectionContent {
        let context = &self.context;
        let (list, with_topics) = match component {
            Some(index) => {
                let selection = Selection::Component(index);
                (recommendations::selected(context, &selection), false)
            }
            None if definition.of.is_empty() => {
                let all = recommendations::all(context).into_iter();
                let rest = all.filter(|one| !self.shown.contains(&one.id()));
                (rest.collect(), true)
            }
            None => {
                let selection = Selection::Topics(&definition.of);
                (recommendations::selected(context, &selection), false)
            }
        };
        if list.is_empty() {
            return SectionContent::default();
        }
        self.shown.extend(list.iter().map(|one| one.id()));
        SectionContent::blocks(vec![recommendations::list(context, &list, with_topics)])
    }

    /// Everything that was recorded and fits in no section.
    fn others(&mut self) -> Vec<Section> {
        let mut sections = Vec::new();
        let pieces = self.allocation.others();
        if !pieces.is_empty() {
            let (blocks, inner) = commentary::nested(&self.context, &pieces);
            sections.push(other("Other commentary", blocks, inner));
        }
        sections.extend(self.other_rationales());
        let all = recommendations::all(&self.context).into_iter();
        let rest: Vec<_> = all.filter(|one| !self.shown.contains(&one.id())).collect();
        if !rest.is_empty() {
            let list = recommendations::list(&self.context, &rest, true);
            sections.push(other("Other recommendations", vec![list], Vec::new()));
        }
        let recorded = [
            Content::Outcomes,
            Content::Statements,
            Content::Actions,
            Content::AreasOfConcern,
            Content::Consequences,
            Content::Challenges,
            Content::Surveys,
            Content::Evidence,
            Content::Inferred,
            Content::CheckOfFacts,
        ];
        for content in recorded {
            if self.contents.contains(&content) {
                continue;
            }
            let blocks = match content {
                Content::Outcomes => outcomes::table(&self.context),
                content => self.listed(content),
            };
            if !blocks.is_empty() {
                let title = usual_title(content, &self.context.framework().words);
                sections.push(other(&title, blocks, Vec::new()));
            }
        }
        sections
    }

    /// Components and results whose rationales no section shows.
    fn other_rationales(&mut self) -> Option<Section> {
        let framework = self.context.framework();
        let mut blocks = Vec::new();
        let components: Vec<ComponentIndex> = self.context.components().collect();
        for index in components {
            if self.components.contains(&index) {
                continue;
            }
            if let Some(list) = rationale::of_component(&self.context, index, &mut self.shown) {
                let label = framework.component(index).numbered_label();
                blocks.extend([paragraph(strong(label)), list]);
            }
        }
        if !self.contents.contains(&Content::Results) {
            for part in framework.parts() {
                if matches!(part, FrameworkPart::Component(_)) {
                    continue;
                }
                let own = rationale::of_part(&self.context, part, &mut self.shown);
                if !own.is_empty() {
                    blocks.push(paragraph(strong(framework.label_of(part))));
                    blocks.extend(own);
                }
            }
        }
        (!blocks.is_empty()).then(|| other("Other rationales", blocks, Vec::new()))
    }
}

fn other(title: &str, blocks: Vec<Block>, sections: Vec<Section>) -> Section {
    Section {
        title: title.to_owned(),
        blocks,
        sections,
        ..Section::default()
    }
}

/// What the section of a component has if the framework does not say.
fn usual_of_component() -> Vec<DocumentSection> {
    let section = |content, title: Option<&str>| DocumentSection {
        content,
        title: title.map(str::to_owned),
        optional: true,
        ..DocumentSection::default()
    };
    vec![
        section(Content::Marks, Some("")),
        section(Content::Rationale, None),
        section(Content::Recommendations, None),
    ]
}
