//! What the sections of one document are built with: the results of one body.

use crate::marks::RowSubject;
use crate::slug;
use crate::source::Source;
use wcc_core::framework::{DocumentSection, FrameworkPart, Methods};
use wcc_core::{BodyIndex, BodyKind, CheckedCycle, ComponentIndex, Framework, Output, Scale};

/// The results of one body, and what they are built from.
pub(crate) struct Context<'a> {
    pub(crate) source: &'a Source<'a>,
    pub(crate) output: &'a Output,
    /// The methods of the framework, and one for previous results if the body has any.
    pub(crate) methods: Methods,
}

impl<'a> Context<'a> {
    pub(crate) fn new(source: &'a Source<'a>, output: &'a Output) -> Context<'a> {
        let methods = &source.cycle.framework.methods;
        Context {
            source,
            output,
            methods: if output.has_previous() {
                methods.with_previous()
            } else {
                methods.clone()
            },
        }
    }

    pub(crate) fn cycle(&self) -> &'a CheckedCycle {
        self.source.cycle
    }

    pub(crate) fn framework(&self) -> &'a Framework {
        &self.source.cycle.framework
    }

    /// The name of a body and its code.
    pub(crate) fn name(&self, body: BodyIndex) -> String {
        self.cycle().organisations.body(body).name_and_code()
    }

    /// The scale of a row of marks.
    pub(crate) fn scale_of(&self, subject: RowSubject) -> &'a Scale {
        match subject {
            RowSubject::Measure(measure) => self.framework().scale_of(measure),
            RowSubject::Part(part) => self.framework().scale_at(part),
        }
    }

    /// The identifier of the section on a component.
    pub(crate) fn component_section(&self, index: ComponentIndex) -> String {
        let component = self.framework().component(index);
        let word = &self.framework().area_of(index).component_word;
        slug::of_title(&format!("{word} {}", component.id))
    }

    /// Why a part has no result of this body, if it is not assessed.
    pub(crate) fn not_assessed(&self, part: FrameworkPart) -> Option<String> {
        let FrameworkPart::Component(index) = part else {
            return None;
        };
        if !self.framework().component(index).scored {
            return Some("Not assessed in this year's framework".to_owned());
        }
        let body = &self.framework().words.body.one;
        (!self.output.assesses(self.framework(), index)).then(|| format!("Assured for each {body}"))
    }

    /// The components whose results the document shows. A function has only those that were judged.
    pub(crate) fn components(&self) -> impl Iterator<Item = ComponentIndex> {
        let components = self.framework().each_component();
        let is_shown = |index: ComponentIndex| {
            self.output.kind != BodyKind::Function || self.output.assesses(self.framework(), index)
        };
        components
            .map(|(index, _)| index)
            .filter(move |index| is_shown(*index))
    }

    /// Whether a record on a body belongs to this document: its own, or its group's.
    pub(crate) fn concerns(&self, body: BodyIndex) -> bool {
        self.output.bodies().any(|own| own == body)
    }

    /// A heading or text of the framework with its placeholders filled in.
    pub(crate) fn filled(&self, text: &str, component: Option<ComponentIndex>) -> String {
        DocumentSection::filled(text, |name| self.placeholder(name, component))
    }

    fn placeholder(&self, name: &str, component: Option<ComponentIndex>) -> Option<String> {
        let (cycle, framework) = (self.cycle(), self.framework());
        let organisations = &cycle.organisations;
        let body = organisations.body(self.output.body);
        if let Some(index) = component {
            let definition = framework.component(index);
            match name {
                "id" => return Some(definition.id.clone()),
                "title" => return Some(definition.title.clone()),
                "label" => return Some(definition.label.clone()),
                "area" => return Some(framework.area_of(index).title.clone()),
                _ => {}
            }
        }
        match name {
            "body" => Some(body.name.clone()),
            "code" => Some(body.code.clone()),
            "cycle" => Some(cycle.title.clone()),
            "year" => Some(framework.year.clone()),
            "assessor" => Some(framework.methods.assessor().to_owned()),
            "group" => Some(match self.output.cluster {
                Some(group) => organisations.body(group).name.clone(),
                None => framework.words.group.one.clone(),
            }),
            "authority" => Some(match organisations.sha_of(self.output.body) {
                Some(authority) => organisations.body(authority).name.clone(),
                None => framework.words.kind(BodyKind::Sha).to_owned(),
            }),
            _ => None,
        }
    }
}
