//! `Framework`: one year's rule book, and its areas.

use super::ids::{Kind, NodeId};
use super::measure::{Component, Measure};
use super::rulebook::{
    BodyWords, CombinationRule, MappedFrom, Outcome, OverallRule, Phase, Scale, SurveyRule,
};
use crate::picture::Picture;
use crate::project::leaves::Id;
use crate::project::{Failure, object};
use wcc_core::framework as core;
use wcc_core::{ComponentIndex, MeasureIndex};

/// A framework.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Framework<'a> {
    /// The picture.
    pub(crate) picture: &'a Picture,
    /// The rule book.
    pub(crate) it: &'a core::Framework,
}

impl<'a> Framework<'a> {
    /// Every framework.
    pub(crate) fn all(picture: &'a Picture) -> impl Iterator<Item = Framework<'a>> {
        let all = picture.frameworks().iter();
        all.map(move |it| Framework { picture, it })
    }

    /// The framework with an identifier.
    pub(crate) fn with_code(picture: &'a Picture, code: &str) -> Option<Framework<'a>> {
        Framework::all(picture).find(|framework| framework.it.id == code)
    }

    /// The framework that an argument names, by its identifier or as a node id.
    pub(crate) fn named(picture: &'a Picture, given: &str) -> Result<Framework<'a>, Failure> {
        let found = Framework::with_code(picture, given).or_else(|| {
            let code = NodeId::single(given, Kind::Framework)?;
            Framework::with_code(picture, &code)
        });
        let valid = Framework::all(picture).map(|framework| framework.it.id.as_str());
        found.ok_or_else(|| Failure::unknown("framework", given, valid))
    }

    /// A measure of it.
    pub(crate) fn measure(self, index: MeasureIndex) -> Measure<'a> {
        Measure {
            framework: self,
            index,
        }
    }

    /// A component of it.
    pub(crate) fn component(self, index: ComponentIndex) -> Component<'a> {
        Component {
            framework: self,
            index,
        }
    }

    /// The measure that an argument names.
    pub(crate) fn find_measure(&self, id: &str) -> Result<MeasureIndex, Failure> {
        let valid = self.it.measures.iter().map(|measure| measure.id.as_str());
        let found = self.it.find_measure(id);
        found.ok_or_else(|| Failure::unknown("measure", id, valid))
    }

    /// The component that an argument names.
    pub(crate) fn find_component(&self, id: &str) -> Result<ComponentIndex, Failure> {
        let components = self.it.components.iter();
        let valid = components.map(|component| component.id.as_str());
        let found = self.it.find_component(id);
        found.ok_or_else(|| Failure::unknown("competency or strand", id, valid))
    }

    /// The position of the area that an argument names.
    pub(crate) fn find_area(&self, id: &str) -> Result<usize, Failure> {
        let valid = self.it.areas.iter().map(|area| area.id.as_str());
        let found = self.it.areas.iter().position(|area| area.id == id);
        found.ok_or_else(|| Failure::unknown("area", id, valid))
    }

    /// The positions of the areas that an argument names; `None` where it was left out.
    pub(crate) fn find_areas(
        &self,
        given: Option<Vec<Id<'_>>>,
    ) -> Result<Option<Vec<usize>>, Failure> {
        let find = |ids: Vec<Id<'_>>| ids.iter().map(|id| self.find_area(id.0)).collect();
        given.map(find).transpose()
    }

    /// The measures that belong to these areas and are among these identifiers.
    pub(crate) fn selected_measures(
        &self,
        measures: Option<Vec<Id<'_>>>,
        areas: Option<Vec<Id<'_>>>,
    ) -> Result<MeasuresOf<'a>, Failure> {
        let find = |ids: Vec<Id<'_>>| ids.iter().map(|id| self.find_measure(id.0)).collect();
        Ok(MeasuresOf {
            framework: self.it,
            areas: self.find_areas(areas)?,
            only: measures.map(find).transpose()?,
        })
    }

    /// The components that belong to these areas.
    pub(crate) fn components_of(
        &self,
        areas: Option<Vec<usize>>,
    ) -> impl Iterator<Item = ComponentIndex> + use<'a> {
        let components = self.it.each_component();
        components
            .filter(move |(_, component)| {
                areas
                    .as_ref()
                    .is_none_or(|areas| areas.contains(&component.area))
            })
            .map(|(index, _)| index)
    }
}

/// A choice of measures.
#[derive(Debug)]
pub(crate) struct MeasuresOf<'a> {
    framework: &'a core::Framework,
    areas: Option<Vec<usize>>,
    only: Option<Vec<MeasureIndex>>,
}

impl<'a> MeasuresOf<'a> {
    /// The chosen measures: in the order asked for, else in that of the framework.
    pub(crate) fn each(self) -> impl Iterator<Item = MeasureIndex> + use<'a> {
        let MeasuresOf {
            framework,
            areas,
            only,
        } = self;
        let all = only.is_none().then(|| framework.each_measure());
        let all = all.into_iter().flatten().map(|(index, _)| index);
        let chosen = only.into_iter().flatten().chain(all);
        chosen.filter(move |index| {
            let component = framework.component(framework.measure(*index).component);
            areas
                .as_ref()
                .is_none_or(|areas| areas.contains(&component.area))
        })
    }
}

object! {
    /// One assurance year's rule book: what is assessed, on which scales, and how results are
    /// computed. It is data; no national rule is written into the program.
    Framework<'a> as "Framework", implements [Node] => |it| {
        /// Global identifier; give it to `node` to ask for the framework again.
        id: NodeId<'a> = NodeId::new(Kind::Framework, [&it.it.id]);
        /// Identifier, which is also its file's name: `wcc-2009-10`.
        code: Id<'a> = Id(&it.it.id);
        /// Title as printed.
        title: &'a str = it.it.title.as_str();
        /// The assurance year: `2009/10`.
        year: &'a str = it.it.year.as_str();
        /// The previous year's framework, if it is loaded.
        previous: Option<Framework<'a>> = it.it.previous.as_deref().and_then(|code| Framework::with_code(it.picture, code));
        /// A note on what is known and not known about this rule book.
        note: Option<&'a str> = it.it.note.as_deref();
        /// The words that outputs of this framework use for bodies.
        words: BodyWords<'a> = BodyWords(&it.it.words);
        /// Its rating scales, such as levels 1 to 4 and red, amber, green.
        scales: [Scale<'a>; 2] = it.it.scales.iter().map(Scale);
        /// Its areas, in order: competencies, governance.
        areas: [Area<'a>; 2] = (0..it.it.areas.len()).map(|at| Area { framework: *it, at });
        /// Its competencies and governance strands, in order.
        components(
            /// Only those in these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
        ): Option<[Component<'a>; 14]> = {
            let components = it.components_of(it.find_areas(areas)?);
            Some(components.map(|index| it.component(index)))
        };
        /// One competency or strand.
        component(
            /// Its identifier: `5`, `strategy`.
            code: Id<'_>,
        ): Option<Component<'a>> = Some(it.component(it.find_component(code.0)?));
        /// Its measures, in order. Arrays of values elsewhere are aligned with this list.
        measures(
            /// Only those in these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
        ): Option<[Measure<'a>; 50]> = {
            let measures = it.selected_measures(None, areas)?.each();
            Some(measures.map(|index| it.measure(index)))
        };
        /// One measure: `framework(code: "wcc-2009-10") { measure(code: "5a") { title } }`.
        measure(
            /// Its identifier: `5a`, `board.5`.
            code: Id<'_>,
        ): Option<Measure<'a>> = Some(it.measure(it.find_measure(code.0)?));
        /// How surveys limit measures.
        surveys: [SurveyRule<'a>; 2] = it.it.surveys.iter().map(|(survey, rule)| SurveyRule { framework: it.it, survey: survey.as_deref(), rule });
        /// The number of health outcomes that each PCT must have; 0 if the framework asks for
        /// none.
        outcomesAsked: i32 = i32::from(it.it.outcomes.asked);
        /// The number of years over which an outcome's rate of change is computed.
        outcomeSpanYears: i32 = i32::from(it.it.outcomes.span_years);
        /// The national outcomes, and the catalogue of local outcomes.
        outcomes: [Outcome<'a>; 60] = it.it.outcomes.catalogue.iter().map(Outcome);
        /// The phases of the cycle, in order.
        phases: [Phase<'a>; 8] = it.it.phases.iter().map(Phase);
        /// How the overall result is computed, if the framework has one.
        overall: Option<OverallRule<'a>> = it.it.overall.as_ref().map(|rule| OverallRule { framework: *it, rule });
        /// How measures and components relate to the previous year's, if the framework says so.
        mapping: [MappedFrom<'a>; 60] = MappedFrom::all(*it);
    }
}

/// An area of a framework.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area<'a> {
    /// The framework.
    pub(crate) framework: Framework<'a>,
    /// Its position.
    pub(crate) at: usize,
}

impl<'a> Area<'a> {
    #[expect(
        clippy::indexing_slicing,
        reason = "the position comes from the framework"
    )]
    fn it(&self) -> &'a core::Area {
        &self.framework.it.areas[self.at]
    }
}

object! {
    /// A top part of the framework whose components are rated on one scale: the competencies, the
    /// governance strands.
    Area<'a> as "Area" => |it| {
        /// Identifier: `competencies`, `governance`.
        code: Id<'a> = Id(&it.it().id);
        /// Title as printed.
        title: &'a str = it.it().title.as_str();
        /// What one of its components is called: `competency`, `strand`.
        componentWord: &'a str = it.it().component_word.as_str();
        /// Its components, in order.
        components: [Component<'a>; 8] = it.framework.components_of(Some(vec![it.at])).map(|index| it.framework.component(index));
        /// How its components combine into a result for the area, if the framework has such a
        /// rule.
        rule: Option<CombinationRule<'a>> = it.it().combination.as_ref().map(|it_is| CombinationRule { framework: it.framework.it, it: it_is });
    }
}
