//! Work that a function does for the bodies that delegate to it, and what its results mean for them.
//!
//! The table of functions says both, so that a regime needs no plugin for a joint service.

use crate::body::{BodyIndex, BodyKind};
use crate::cycle::CheckedCycle;
use crate::framework::{Framework, FrameworkPart, MeasureIndex};
use crate::record::Subject;

/// What a function does for those that delegate to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionWork {
    /// Identifiers of the measures that it performs, or of components and areas for all of their
    /// measures. Those that a cycle's framework does not have mean nothing in that cycle.
    pub performs: Vec<String>,
    /// What its results on them mean for a body that delegates to it.
    pub effect: FunctionEffect,
}

impl FunctionWork {
    /// The measures of a framework that it performs, in order. Empty if it does not say, or if they
    /// are of another framework.
    pub fn measures(&self, framework: &Framework) -> Vec<MeasureIndex> {
        let ids = self.performs.iter();
        let subjects = ids.filter_map(|id| FunctionWork::find(framework, id));
        let mut measures = Vec::new();
        for subject in subjects {
            match (subject, subject.part()) {
                (Subject::Measure(measure), _) => measures.push(measure),
                (_, Some(part)) => measures.extend(framework.measures_of(part)),
                _ => {}
            }
        }
        measures.sort_unstable();
        measures.dedup();
        measures
    }

    /// What an identifier in [`FunctionWork::performs`] stands for. It cannot be the overall result.
    pub fn find(framework: &Framework, id: &str) -> Option<Subject> {
        Subject::find(framework, id).filter(|subject| *subject != Subject::Overall)
    }
}

/// What a function's results mean for a body that delegates to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FunctionEffect {
    /// The evidence of the body supports at most the function's own level.
    #[default]
    Ceiling,
    /// The judgements on the function are the body's own, by the same method, wherever neither the
    /// body nor its cluster has one.
    Judgement,
}

impl FunctionEffect {
    /// Every effect.
    pub const ALL: [FunctionEffect; 2] = [FunctionEffect::Ceiling, FunctionEffect::Judgement];

    /// The word that files and queries use.
    pub fn name(self) -> &'static str {
        match self {
            FunctionEffect::Ceiling => "ceiling",
            FunctionEffect::Judgement => "judgement",
        }
    }
}

/// The work of every function of a cycle, in the framework's own parts, by the functions' codes.
pub(crate) struct DelegatedWork(Vec<PerformedWork>);

/// The work of one function.
pub(crate) struct PerformedWork {
    /// The function.
    pub(crate) function: BodyIndex,
    effect: FunctionEffect,
    /// The measures, in order.
    pub(crate) measures: Vec<MeasureIndex>,
    /// The components and areas that are performed as a whole, components first.
    pub(crate) parts: Vec<FrameworkPart>,
}

impl PerformedWork {
    /// Whether the function performs a measure.
    pub(crate) fn performs(&self, measure: MeasureIndex) -> bool {
        self.measures.binary_search(&measure).is_ok()
    }
}

impl DelegatedWork {
    pub(crate) fn of(cycle: &CheckedCycle) -> DelegatedWork {
        let bodies = cycle.organisations.each();
        let mut functions: Vec<_> = bodies
            .filter(|(_, body)| body.kind == BodyKind::Function && !body.work.performs.is_empty())
            .collect();
        functions.sort_by_key(|(_, body)| body.code.as_str());
        let work = functions.into_iter();
        let work = work.map(|(function, body)| performed(&cycle.framework, function, &body.work));
        // The tables may be of several frameworks.
        DelegatedWork(work.filter(|work| !work.measures.is_empty()).collect())
    }

    /// The work of some functions whose results have an effect, in the order of their codes.
    pub(crate) fn with_effect(
        &self,
        effect: FunctionEffect,
        functions: &[BodyIndex],
    ) -> impl Iterator<Item = &PerformedWork> {
        let work = self.0.iter();
        work.filter(move |work| work.effect == effect && functions.contains(&work.function))
    }

    /// The work of a function; `None` if the table does not say what it performs.
    pub(crate) fn of_function(&self, function: BodyIndex) -> Option<&PerformedWork> {
        self.0.iter().find(|work| work.function == function)
    }

    /// Whether the table says that a function's level limits a measure.
    pub(crate) fn limits(&self, function: BodyIndex, measure: MeasureIndex) -> bool {
        let mut work = self.with_effect(FunctionEffect::Ceiling, std::slice::from_ref(&function));
        work.any(|work| work.performs(measure))
    }
}

fn performed(framework: &Framework, function: BodyIndex, work: &FunctionWork) -> PerformedWork {
    let ids = work.performs.iter();
    let subjects = ids.filter_map(|id| FunctionWork::find(framework, id));
    let mut parts = Vec::new();
    for part in subjects.filter_map(Subject::part) {
        if let FrameworkPart::Area(area) = part {
            let components = framework.each_component();
            let of_area = components.filter(|(_, component)| component.area == area);
            parts.extend(of_area.map(|(index, _)| FrameworkPart::Component(index)));
        }
        parts.push(part);
    }
    parts.sort_unstable_by_key(|part| part.subject());
    parts.dedup();
    PerformedWork {
        function,
        effect: work.effect,
        measures: work.measures(framework),
        parts,
    }
}

/// A body that delegates, used to decide which judgement of a function applies to it.
#[derive(Clone, Copy)]
pub(crate) struct Delegator {
    /// The body itself.
    pub(crate) body: BodyIndex,
    /// Its cluster.
    pub(crate) cluster: Option<BodyIndex>,
    /// Its strategic health authority, whose judgement applies to the whole region.
    pub(crate) sha: Option<BodyIndex>,
}

impl Delegator {
    /// How closely a judgement applies: 0 for its own, 1 for its cluster's, [`Delegator::REGION`]
    /// for the region's. `None` for a judgement by another cluster, which does not apply.
    pub(crate) fn nearness(self, assessor: Option<BodyIndex>) -> Option<u8> {
        match assessor {
            Some(assessor) if assessor == self.body => Some(0),
            Some(assessor) if Some(assessor) == self.cluster => Some(1),
            Some(assessor) if Some(assessor) != self.sha => None,
            _ => Some(Delegator::REGION),
        }
    }

    /// The nearness of a judgement of the whole region.
    pub(crate) const REGION: u8 = 2;
}
