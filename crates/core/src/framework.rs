//! A framework: one assurance year's rules, as data. No rule of a framework is hard-coded.

mod approvals;
mod documents;
mod methods;
mod outcomes;
mod panel;
mod phases;
mod plans;
mod rating_schemes;
mod reviews;
mod start;
mod surveys;
mod words;

pub use approvals::{ApprovalDefinition, ApprovalIndex};
pub use documents::{DocumentContent, DocumentDefinition, DocumentKind, DocumentSection};
pub use methods::{MethodDefinition, Methods};
pub use outcomes::{OutcomeAim, OutcomeRule};
pub use panel::{PanelCategory, PanelCategoryIndex, PanelRule};
pub use phases::{ApprovalRequirement, Phase, PhaseIndex, PhaseRequirement, RequiredOf, Role};
pub use plans::{PlanDefinition, PlanIndex, PlanMaker};
pub use rating_schemes::{RatingScheme, RatingValues, RatingWord, RatingYears};
pub use reviews::{Review, ReviewDefinition};
pub use start::{ChangedAnswers, StartRule};
pub use surveys::{SurveyBand, SurveyPoint, SurveyRule};
pub use words::{Names, Noun, Words};

use crate::combine::Combination;
use crate::fraction::Fraction;
use crate::outcome::{Better, OutcomeDefinition, Series, SeriesIndex};
use crate::record::{Subject, Topic};
use crate::scale::{Scale, Step, Values};
use serde::{Deserialize, Serialize};

/// Position of a measure in [`Framework::measures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MeasureIndex(pub u16);

/// The scale of a part that is not rated.
static UNRATED: Scale = Scale {
    id: String::new(),
    title: String::new(),
    better: Better::Higher,
    values: Values::Text,
};

/// Position of a component in [`Framework::components`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ComponentIndex(pub u16);

/// Position of a scale in [`Framework::scales`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScaleIndex(pub u16);

/// Whether a measure is assured once for a cluster or for each PCT in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Assured once; every PCT of the cluster inherits the judgement.
    Cluster,
    /// Assured separately for each PCT.
    Pct,
}

/// How a measure or component relates to that of the previous year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YearOnYear {
    /// The same measure: results are comparable.
    Same,
    /// Revised: compare results with care.
    Changed,
    /// Not assessed in the previous year, so there is nothing to compare.
    New,
}

/// The link from a measure or component to the previous year's framework.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// Identifier in the previous framework; `None` for a new one.
    pub previous: Option<String>,
    /// How the measure or component changed.
    pub change: YearOnYear,
    /// What changed, in words.
    pub note: Option<String>,
}

/// How a component, an area or the whole is rated: by recorded marks, by a rule, by both (a
/// recorded mark then takes precedence) or not at all.
#[derive(Clone, Debug, PartialEq)]
pub enum Rating {
    /// It is a heading without a rating.
    None,
    /// Only by marks on this scale.
    Marks(ScaleIndex),
    /// By the rule.
    Rule {
        /// The rule.
        rule: Combination,
        /// Whether a mark can be recorded too, on the scale of the rule's result.
        marks: bool,
    },
}

impl Rating {
    /// The rule, if there is one.
    pub fn rule(&self) -> Option<&Combination> {
        match self {
            Rating::Rule { rule, .. } => Some(rule),
            Rating::None | Rating::Marks(_) => None,
        }
    }

    /// The scale of the result; `None` for a heading without a rating.
    #[inline]
    pub fn scale(&self) -> Option<ScaleIndex> {
        match self {
            Rating::None => None,
            Rating::Marks(scale) => Some(*scale),
            Rating::Rule { rule, .. } => Some(rule.scale),
        }
    }

    /// Whether marks can be recorded.
    pub fn takes_marks(&self) -> bool {
        match self {
            Rating::None => false,
            Rating::Marks(_) => true,
            Rating::Rule { marks, .. } => *marks,
        }
    }
}

/// A main part of the framework whose components are rated on one scale: competencies, governance.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// Identifier: `competencies`, `governance`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// The word for one component of this area: `competency`, `strand`.
    pub component_word: String,
    /// How it is rated as a whole.
    pub rating: Rating,
    /// The inputs of its rule: its components or its measures.
    pub over: RuleInputs,
    /// How much it counts in an overall result over areas; above 0.
    pub weight: Fraction,
}

/// A competency or governance strand: several measures combined into one result.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Identifier: `1` to `11`, `strategy`.
    pub id: String,
    /// Full title.
    pub title: String,
    /// The short label on the scorecard.
    pub label: String,
    /// Position of its area in [`Framework::areas`].
    pub area: usize,
    /// Its measures, in order.
    pub measures: Vec<MeasureIndex>,
    /// False if the framework names the component but does not assess it this year.
    pub scored: bool,
    /// How it is rated as a whole.
    pub rating: Rating,
    /// How much it counts in results over components; above 0.
    pub weight: Fraction,
    /// Link to the previous year.
    pub mapping: Option<Mapping>,
}

/// One measure: the smallest unit on which a judgement is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Identifier: `1a`, `board.5`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// The component that it belongs to.
    pub component: ComponentIndex,
    /// The scale that judgements on it use.
    pub scale: ScaleIndex,
    /// Whether it is assured once for a cluster or for each PCT.
    pub reach: Reach,
    /// How much it counts in results over measures; above 0.
    pub weight: Fraction,
    /// Whether it may be judged not applicable to a body.
    pub may_not_apply: bool,
    /// False if the cycle is a review that does not ask for it.
    pub is_asked: bool,
    /// Applies only to bodies with this feature, as the table of bodies states it; `None` for all.
    pub only_for: Option<String>,
    /// What the panel looks for, in words.
    pub looked_for: Option<String>,
    /// Level descriptors: the key of each step and what the step requires.
    pub descriptors: Vec<(String, String)>,
    /// Link to the previous year.
    pub mapping: Option<Mapping>,
    /// Source of the wording.
    pub source: Option<String>,
}

impl Component {
    /// Its label after its identifier, or the label alone if the two are equal: "9 Procurement",
    /// "Strategy".
    pub fn numbered_label(&self) -> String {
        // An identifier cannot have spaces, so `patient-safety` repeats "Patient safety".
        if self
            .id
            .replace('-', " ")
            .eq_ignore_ascii_case(&self.label.replace('-', " "))
        {
            self.label.clone()
        } else {
            format!("{} {}", self.id, self.label)
        }
    }

    /// Whether it is new this year, so that no result of last year is expected.
    pub fn is_new(&self) -> bool {
        is_new(self.mapping.as_ref())
    }
}

impl Measure {
    /// Whether it is new this year, so that no rating of last year is expected.
    pub fn is_new(&self) -> bool {
        is_new(self.mapping.as_ref())
    }
}

fn is_new(mapping: Option<&Mapping>) -> bool {
    mapping.is_some_and(|mapping| mapping.change == YearOnYear::New)
}

/// A part of the framework that can have a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameworkPart {
    /// A component.
    Component(ComponentIndex),
    /// An area, by its position in the framework.
    Area(usize),
    /// The overall result.
    Overall,
}

impl FrameworkPart {
    /// The same as the subject of a judgement.
    pub fn subject(self) -> Subject {
        match self {
            FrameworkPart::Component(index) => Subject::Component(index),
            FrameworkPart::Area(area) => Subject::Area(u16::try_from(area).unwrap_or(u16::MAX)),
            FrameworkPart::Overall => Subject::Overall,
        }
    }
}

/// A limit: while parts are at or below a value, the rule's result of a larger part is limited,
/// whatever else is known. A recorded mark is not limited.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// Identifier: `safeguarding`.
    pub id: String,
    /// The limit in words for reports.
    pub title: String,
    /// The part whose result is limited.
    pub target: FrameworkPart,
    /// The parts that are looked at; each is smaller than the target.
    pub sources: Vec<Subject>,
    /// The value that they are compared with, on their own scale.
    pub at_or_below: Step,
    /// How many of them must be at or below the value.
    pub at_least: u16,
    /// The best result that is then possible.
    pub at_most: Step,
}

/// An overall result over areas, components or measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Overall {
    /// Title as printed.
    pub title: String,
    /// The level of its inputs.
    pub over: RuleInputs,
    /// The areas that count, as positions in [`Framework::areas`].
    pub areas: Vec<usize>,
    /// How it is rated.
    pub rating: Rating,
}

/// The inputs of the rule of an area or of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleInputs {
    /// The result of each area.
    Areas,
    /// The result of each component.
    Components,
    /// The judgement on each measure.
    Measures,
}

/// The rules of one assurance year.
#[derive(Clone, Debug, PartialEq)]
pub struct Framework {
    /// Identifier, which is also the file name: `wcc-2009-10`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// The assurance year: `2009/10`.
    pub year: String,
    /// Identifier of the previous year's framework.
    pub previous: Option<String>,
    /// Note for readers on what is known and unknown about these rules.
    pub note: Option<String>,
    /// What its sentences call bodies, groups and what is assured.
    pub words: Words,
    /// How its judgements come about.
    pub methods: Methods,
    /// Rating scales.
    pub scales: Vec<Scale>,
    /// Areas, in order.
    pub areas: Vec<Area>,
    /// Components of all areas, in order.
    pub components: Vec<Component>,
    /// Measures of all components, in order.
    pub measures: Vec<Measure>,
    /// How surveys affect measures, by the survey's identifier; the rule without an identifier is
    /// the default.
    pub surveys: Vec<(Option<String>, SurveyRule)>,
    /// The schemes by which others rate bodies.
    pub rating_schemes: Vec<RatingScheme>,
    /// The parts of the population that outcomes are counted for; never empty. The first is meant
    /// where none is named.
    pub series: Vec<Series>,
    /// Health outcomes.
    pub outcomes: OutcomeRule,
    /// The roles to which its phases open acts.
    pub roles: Vec<Role>,
    /// Phases of the cycle.
    pub phases: Vec<Phase>,
    /// Who sits on the panels.
    pub panel: PanelRule,
    /// The approvals that it asks for.
    pub approvals: Vec<ApprovalDefinition>,
    /// The overall result, if the framework has one.
    pub overall: Option<Overall>,
    /// Limits on results.
    pub limits: Vec<Limit>,
    /// The areas for each of which a body has a strategic lead.
    pub areas_to_lead: Vec<Topic>,
    /// The plans that it asks for.
    pub plans: Vec<PlanDefinition>,
    /// What a cycle takes over from an earlier one.
    pub start: StartRule,
    /// The lighter rounds that a cycle under it can be, besides a full one.
    pub reviews: Vec<ReviewDefinition>,
    /// The review to which it is limited; `None` for a full round.
    pub review: Option<Review>,
    /// The documents that it lays out itself; [`Framework::document`] has all of them.
    pub documents: Vec<DocumentDefinition>,
    /// The SHA-256 of the text that it was read from, in lower-case hexadecimal.
    pub text_sha256: String,
}

impl Framework {
    /// The words for one component of any area: "competency or strand".
    pub fn component_words(&self) -> String {
        if let Some(words) = &self.words.any_component {
            return words.clone();
        }
        let mut words: Vec<&str> = Vec::new();
        for area in &self.areas {
            if !words.contains(&area.component_word.as_str()) {
                words.push(&area.component_word);
            }
        }
        crate::words::any_of(words)
    }

    /// The measure at `index`. Indices come from this framework, so this never fails for them.
    #[expect(
        clippy::indexing_slicing,
        reason = "an index comes from this framework, whose lists never change"
    )]
    #[inline]
    pub fn measure(&self, index: MeasureIndex) -> &Measure {
        &self.measures[usize::from(index.0)]
    }

    /// The component at `index`.
    #[expect(
        clippy::indexing_slicing,
        reason = "an index comes from this framework, whose lists never change"
    )]
    #[inline]
    pub fn component(&self, index: ComponentIndex) -> &Component {
        &self.components[usize::from(index.0)]
    }

    /// The scale at `index`.
    #[expect(
        clippy::indexing_slicing,
        reason = "an index comes from this framework, whose lists never change"
    )]
    #[inline]
    pub fn scale(&self, index: ScaleIndex) -> &Scale {
        &self.scales[usize::from(index.0)]
    }

    /// The scale of a measure.
    #[inline]
    pub fn scale_of(&self, index: MeasureIndex) -> &Scale {
        self.scale(self.measure(index).scale)
    }

    /// The scale on which a component's result is given; one without values for a component that is
    /// not rated.
    pub fn scale_of_component(&self, index: ComponentIndex) -> &Scale {
        self.scale_at(FrameworkPart::Component(index))
    }

    /// How a part is rated.
    #[inline]
    pub fn rating(&self, level: FrameworkPart) -> &Rating {
        let rating = match level {
            FrameworkPart::Component(index) => Some(&self.component(index).rating),
            FrameworkPart::Area(area) => self.areas.get(area).map(|area| &area.rating),
            FrameworkPart::Overall => self.overall.as_ref().map(|overall| &overall.rating),
        };
        rating.unwrap_or(&Rating::None)
    }

    /// What a part is called in a sentence: "9 Procurement", "Governance".
    pub fn label_of(&self, level: FrameworkPart) -> String {
        match level {
            FrameworkPart::Component(index) => self.component(index).numbered_label(),
            FrameworkPart::Area(area) => self
                .areas
                .get(area)
                .map_or_else(String::new, |area| area.title.clone()),
            FrameworkPart::Overall => self
                .overall
                .as_ref()
                .map_or_else(String::new, |overall| overall.title.clone()),
        }
    }

    /// The title of a part, as printed.
    pub fn title_of(&self, level: FrameworkPart) -> &str {
        match level {
            FrameworkPart::Component(index) => &self.component(index).title,
            FrameworkPart::Area(area) => self.areas.get(area).map_or("", |area| &area.title),
            FrameworkPart::Overall => self.overall.as_ref().map_or("", |overall| &overall.title),
        }
    }

    /// The scale on which a part's result is given; one without values if it is not rated.
    #[inline]
    pub fn scale_at(&self, level: FrameworkPart) -> &Scale {
        self.rating(level)
            .scale()
            .map_or(&UNRATED, |scale| self.scale(scale))
    }

    /// The rule of a part; `None` if there is none.
    #[inline]
    pub fn combination(&self, level: FrameworkPart) -> Option<&Combination> {
        self.rating(level).rule()
    }

    /// Every part that can have a result: components, areas, the whole.
    pub fn parts(&self) -> impl Iterator<Item = FrameworkPart> {
        let components = self.each_component();
        let components = components.map(|(index, _)| FrameworkPart::Component(index));
        let areas = (0..self.areas.len()).map(FrameworkPart::Area);
        let overall = self.overall.as_ref().map(|_| FrameworkPart::Overall);
        components.chain(areas).chain(overall)
    }

    /// The measures of a part.
    pub fn measures_of(&self, level: FrameworkPart) -> impl Iterator<Item = MeasureIndex> {
        let (own, searched) = match level {
            FrameworkPart::Component(index) => (self.component(index).measures.as_slice(), 0),
            FrameworkPart::Area(_) | FrameworkPart::Overall => (&[][..], self.measures.len()),
        };
        let measures = self.each_measure().take(searched);
        let within = measures.filter(move |(_, measure)| {
            let area = self.component(measure.component).area;
            match level {
                FrameworkPart::Component(_) => false,
                FrameworkPart::Area(own) => area == own,
                FrameworkPart::Overall => {
                    let overall = self.overall.as_ref();
                    overall.is_some_and(|overall| overall.areas.contains(&area))
                }
            }
        });
        own.iter().copied().chain(within.map(|(index, _)| index))
    }

    /// Whether it rates anything. A narrative regime has headings and text only.
    pub fn rates_anything(&self) -> bool {
        let mut levels = self.parts();
        !self.measures.is_empty() || levels.any(|level| self.rating(level).scale().is_some())
    }

    /// Whether any measure applies only to some bodies.
    pub fn has_optional_measures(&self) -> bool {
        self.measures
            .iter()
            .any(|measure| measure.only_for.is_some() || !measure.is_asked)
    }

    /// The limits on a part's result, each with its position in [`Framework::limits`].
    pub fn limits_on(&self, level: FrameworkPart) -> impl Iterator<Item = (u16, &Limit)> {
        let limits = (0..).zip(&self.limits);
        limits.filter(move |(_, limit)| limit.target == level)
    }

    /// The area of a component.
    pub fn area_of(&self, index: ComponentIndex) -> &Area {
        self.area(self.component(index).area)
    }

    /// The area at a position in [`Framework::areas`], which a component or a result refers to.
    #[expect(
        clippy::indexing_slicing,
        reason = "an index comes from this framework, whose lists never change"
    )]
    pub fn area(&self, position: usize) -> &Area {
        &self.areas[position]
    }

    /// The measure with this identifier, ignoring case.
    pub fn find_measure(&self, id: &str) -> Option<MeasureIndex> {
        position(&self.measures, |measure| &measure.id, id).map(MeasureIndex)
    }

    /// The component with this identifier, ignoring case.
    pub fn find_component(&self, id: &str) -> Option<ComponentIndex> {
        position(&self.components, |component| &component.id, id).map(ComponentIndex)
    }

    /// Position in [`Framework::areas`] of the area with this identifier, ignoring case.
    pub fn find_area(&self, id: &str) -> Option<usize> {
        self.areas
            .iter()
            .position(|area| area.id.eq_ignore_ascii_case(id))
    }

    /// The series at `index`. Indices come from this framework, so this never fails for them.
    #[expect(
        clippy::indexing_slicing,
        reason = "an index comes from this framework, whose lists never change"
    )]
    pub fn series_at(&self, index: SeriesIndex) -> &Series {
        &self.series[usize::from(index.0)]
    }

    /// The series with this identifier, ignoring case.
    pub fn find_series(&self, id: &str) -> Option<SeriesIndex> {
        let position = position(&self.series, |series| &series.id, id)?;
        u8::try_from(position).ok().map(SeriesIndex)
    }

    /// The outcome with this identifier.
    pub fn find_outcome(&self, id: &str) -> Option<&OutcomeDefinition> {
        self.outcomes
            .catalogue
            .iter()
            .find(|outcome| outcome.id.eq_ignore_ascii_case(id))
    }

    /// The title of an outcome; its identifier if the framework does not have it.
    pub fn outcome_title<'a>(&'a self, id: &'a str) -> &'a str {
        self.find_outcome(id).map_or(id, |outcome| &outcome.title)
    }

    /// Every measure with its index.
    pub fn each_measure(&self) -> impl Iterator<Item = (MeasureIndex, &Measure)> {
        (0..).map(MeasureIndex).zip(&self.measures)
    }

    /// Every component with its index.
    pub fn each_component(&self) -> impl Iterator<Item = (ComponentIndex, &Component)> {
        (0..).map(ComponentIndex).zip(&self.components)
    }
}

fn position<T>(items: &[T], id_of: impl Fn(&T) -> &String, id: &str) -> Option<u16> {
    let at = items
        .iter()
        .position(|item| id_of(item).eq_ignore_ascii_case(id))?;
    u16::try_from(at).ok()
}
