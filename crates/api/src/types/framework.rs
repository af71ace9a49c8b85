//! `Framework`: one year's rule book, and its areas.

use super::external_rating::RatingScheme;
use super::ids::{Kind, NodeId};
use super::measure::{Component, Measure};
use super::phase::Phase;
use super::planning::Topic;
use super::plans::PlanDefinition;
use super::review::Review;
use super::role::Role;
use super::rulebook::{
    BodyWords, CombinationRule, DeclaredSeries, MappedFrom, MethodDefinition, Outcome, OutcomeAim,
    OverallRule, Scale, SurveyRule,
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
    /// The framework's data.
    pub(crate) data: &'a core::Framework,
}

impl<'a> Framework<'a> {
    /// Every framework.
    pub(crate) fn all(picture: &'a Picture) -> impl Iterator<Item = Framework<'a>> {
        let frameworks = picture.frameworks().iter();
        frameworks.map(move |data| Framework { picture, data })
    }

    /// The framework with an identifier.
    pub(crate) fn with_code(picture: &'a Picture, code: &str) -> Option<Framework<'a>> {
        Framework::all(picture).find(|framework| framework.data.id == code)
    }

    /// The framework named by an argument, by its identifier or as a node id.
    pub(crate) fn named(picture: &'a Picture, name: &str) -> Result<Framework<'a>, Failure> {
        let framework = Framework::with_code(picture, name).or_else(|| {
            let code = NodeId::single(name, Kind::Framework)?;
            Framework::with_code(picture, &code)
        });
        let valid = Framework::all(picture).map(|framework| framework.data.id.as_str());
        framework.ok_or_else(|| Failure::unknown("framework", name, valid))
    }

    /// One of its measures.
    pub(crate) fn measure(self, index: MeasureIndex) -> Measure<'a> {
        Measure {
            framework: self,
            index,
        }
    }

    /// One of its components.
    pub(crate) fn component(self, index: ComponentIndex) -> Component<'a> {
        Component {
            framework: self,
            index,
        }
    }

    /// The measure named by an argument.
    pub(crate) fn find_measure(&self, id: &str) -> Result<MeasureIndex, Failure> {
        let valid = self.data.measures.iter().map(|measure| measure.id.as_str());
        let index = self.data.find_measure(id);
        index.ok_or_else(|| Failure::unknown("measure", id, valid))
    }

    /// The component named by an argument.
    pub(crate) fn find_component(&self, id: &str) -> Result<ComponentIndex, Failure> {
        let components = self.data.components.iter();
        let valid = components.map(|component| component.id.as_str());
        let index = self.data.find_component(id);
        index.ok_or_else(|| Failure::unknown(&self.data.component_words(), id, valid))
    }

    /// The position of the area named by an argument.
    pub(crate) fn find_area(&self, id: &str) -> Result<usize, Failure> {
        let valid = self.data.areas.iter().map(|area| area.id.as_str());
        let position = self.data.areas.iter().position(|area| area.id == id);
        position.ok_or_else(|| Failure::unknown("area", id, valid))
    }

    /// The positions of the areas named by an argument; `None` if it is omitted.
    pub(crate) fn find_areas(
        &self,
        ids: Option<Vec<Id<'_>>>,
    ) -> Result<Option<Vec<usize>>, Failure> {
        let find = |ids: Vec<Id<'_>>| ids.iter().map(|id| self.find_area(id.0)).collect();
        ids.map(find).transpose()
    }

    /// The measures of these areas that are among these identifiers.
    pub(crate) fn selected_measures(
        &self,
        measures: Option<Vec<Id<'_>>>,
        areas: Option<Vec<Id<'_>>>,
    ) -> Result<MeasuresOf<'a>, Failure> {
        let find = |ids: Vec<Id<'_>>| ids.iter().map(|id| self.find_measure(id.0)).collect();
        Ok(MeasuresOf {
            framework: self.data,
            areas: self.find_areas(areas)?,
            only: measures.map(find).transpose()?,
        })
    }

    /// The components of these areas.
    pub(crate) fn components_of(
        &self,
        areas: Option<Vec<usize>>,
    ) -> impl Iterator<Item = ComponentIndex> + use<'a> {
        let components = self.data.each_component();
        components
            .filter(move |(_, component)| {
                areas
                    .as_ref()
                    .is_none_or(|areas| areas.contains(&component.area))
            })
            .map(|(index, _)| index)
    }
}

/// A selection of measures.
#[derive(Debug)]
pub(crate) struct MeasuresOf<'a> {
    framework: &'a core::Framework,
    areas: Option<Vec<usize>>,
    only: Option<Vec<MeasureIndex>>,
}

impl<'a> MeasuresOf<'a> {
    /// The selected measures, in the order requested, or else in that of the framework.
    pub(crate) fn each(self) -> impl Iterator<Item = MeasureIndex> + use<'a> {
        let MeasuresOf {
            framework,
            areas,
            only,
        } = self;
        let all = only.is_none().then(|| framework.each_measure());
        let all = all.into_iter().flatten().map(|(index, _)| index);
        let selected = only.into_iter().flatten().chain(all);
        selected.filter(move |index| {
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
    Framework<'a> as "Framework", implements [Node] => |framework| {
        /// Global identifier; give it to `node` to ask for the framework again.
        id: NodeId<'a> = NodeId::new(Kind::Framework, [&framework.data.id]);
        /// Identifier, which is also its file's name: `wcc-2009-10`.
        code: Id<'a> = Id(&framework.data.id);
        /// Title as printed.
        title: &'a str = framework.data.title.as_str();
        /// The assurance year: `2009/10`.
        year: &'a str = framework.data.year.as_str();
        /// The previous year's framework, if it is loaded.
        previous: Option<Framework<'a>> = framework.data.previous.as_deref().and_then(|code| Framework::with_code(framework.picture, code));
        /// A note on what is known and not known about this rule book.
        note: Option<&'a str> = framework.data.note.as_deref();
        /// Its methods, in the order of the cycle.
        methods: [MethodDefinition<'a>; 5] = framework.data.methods.each().map(MethodDefinition);
        /// The words that outputs of this framework use for bodies.
        words: BodyWords<'a> = BodyWords(&framework.data.words);
        /// Its rating scales, such as levels 1 to 4 and red, amber, green.
        scales: [Scale<'a>; 2] = framework.data.scales.iter().map(Scale);
        /// Its areas, in order: competencies, governance.
        areas: [Area<'a>; 2] = (0..framework.data.areas.len()).map(|at| Area { framework: *framework, at });
        /// Its competencies and governance strands, in order.
        components(
            /// Only those in these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
        ): Option<[Component<'a>; 14]> = {
            let components = framework.components_of(framework.find_areas(areas)?);
            Some(components.map(|index| framework.component(index)))
        };
        /// One competency or strand.
        component(
            /// Its identifier: `5`, `strategy`.
            code: Id<'_>,
        ): Option<Component<'a>> = Some(framework.component(framework.find_component(code.0)?));
        /// Its measures, in order. Arrays of values elsewhere are aligned with this list.
        measures(
            /// Only those in these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
        ): Option<[Measure<'a>; 50]> = {
            let measures = framework.selected_measures(None, areas)?.each();
            Some(measures.map(|index| framework.measure(index)))
        };
        /// One measure: `framework(code: "wcc-2009-10") { measure(code: "5a") { title } }`.
        measure(
            /// Its identifier: `5a`, `board.5`.
            code: Id<'_>,
        ): Option<Measure<'a>> = Some(framework.measure(framework.find_measure(code.0)?));
        /// The schemes by which others rate bodies.
        ratingSchemes: [RatingScheme<'a>; 3] = {
            let framework = *framework;
            framework.data.rating_schemes.iter().map(move |data| RatingScheme { framework, data })
        };
        /// How surveys limit measures.
        surveys: [SurveyRule<'a>; 2] = framework.data.surveys.iter().map(|(survey, rule)| SurveyRule { framework: framework.data, survey: survey.as_deref(), rule });
        /// The parts of the population that outcomes are counted for. The first is meant where a
        /// row of a file names none.
        series: [DeclaredSeries<'a>; 3] = framework.data.series.iter().map(DeclaredSeries);
        /// The number of health outcomes that each PCT must have; 0 if the framework asks for
        /// none.
        outcomesAsked: i32 = i32::from(framework.data.outcomes.asked);
        /// The number of years over which an outcome's rate of change is computed.
        outcomeSpanYears: i32 = i32::from(framework.data.outcomes.span_years);
        /// The aims that outcomes serve.
        outcomeAims: [OutcomeAim<'a>; 3] = framework.data.outcomes.aims.iter().map(OutcomeAim);
        /// The national outcomes, and the catalogue of local outcomes.
        outcomes: [Outcome<'a>; 60] = framework.data.outcomes.catalogue.iter().map(Outcome);
        /// The phases of the cycle, in order.
        phases: [Phase<'a>; 8] = Phase::of_framework(*framework);
        /// Who takes part: the roles that people have.
        roles: [Role<'a>; 10] = Role::of_framework(*framework);
        /// The areas for each of which a body has a strategic lead, in order.
        areasToLead: [Topic<'a>; 13] = Topic::to_lead(*framework);
        /// The plans that it asks for, in order.
        plans: [PlanDefinition<'a>; 5] = PlanDefinition::of_framework(*framework);
        /// The lighter rounds that a cycle can be, besides a full one.
        reviews: [Review<'a>; 2] = Review::of_framework(*framework);
        /// How the overall result is computed, if the framework has one.
        overall: Option<OverallRule<'a>> = framework.data.overall.as_ref().map(|rule| OverallRule { framework: *framework, rule });
        /// How measures and components relate to the previous year's, if the framework says so.
        mapping: [MappedFrom<'a>; 60] = MappedFrom::all(*framework);
    }
}

/// An area of a framework.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area<'a> {
    /// The framework.
    pub(crate) framework: Framework<'a>,
    /// Its position in the framework.
    pub(crate) at: usize,
}

impl<'a> Area<'a> {
    #[expect(
        clippy::indexing_slicing,
        reason = "the position comes from the framework"
    )]
    fn data(&self) -> &'a core::Area {
        &self.framework.data.areas[self.at]
    }
}

object! {
    /// A top part of the framework whose components are rated on one scale: the competencies, the
    /// governance strands.
    Area<'a> as "Area" => |area| {
        /// Identifier: `competencies`, `governance`.
        code: Id<'a> = Id(&area.data().id);
        /// Title as printed.
        title: &'a str = area.data().title.as_str();
        /// What one of its components is called: `competency`, `strand`.
        componentWord: &'a str = area.data().component_word.as_str();
        /// Its components, in order.
        components: [Component<'a>; 8] = area.framework.components_of(Some(vec![area.at])).map(|index| area.framework.component(index));
        /// How its components combine into a result for the area, if the framework has such a
        /// rule.
        rule: Option<CombinationRule<'a>> = area.data().rating.rule().map(|it_is| CombinationRule { framework: area.framework.data, data: it_is });
    }
}
