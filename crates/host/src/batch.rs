//! Builds the batch that a plugin evaluates from the core's cycle.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use wcc_core::body::BodyIndex;
use wcc_core::ceiling::survey_supports;
use wcc_core::framework::Reach;
use wcc_core::outcome::HistoricRate;
use wcc_core::record::Topic;
use wcc_core::{
    Assurance, BodyKind, CheckedCycle, ComponentIndex, Method, Output, Scale, Step, Subject,
};
use wcc_plugin::{self as message, Batch, PROTOCOL, Text, need};

/// The source of batches: a cycle, and its assurance without plugins.
pub(crate) struct Source<'a> {
    cycle: &'a CheckedCycle,
    assurance: &'a Assurance,
    as_of: String,
    commentary: BTreeMap<BodyIndex, BTreeSet<ComponentIndex>>,
}

/// The data groups that a plugin needs.
struct Groups {
    judgements: bool,
    results: bool,
    surveys: bool,
    outcomes: bool,
    delegations: bool,
    commentary: bool,
    criteria: bool,
    challenges: bool,
    answers: bool,
}

impl Groups {
    fn from_needs(needs: &[String]) -> Self {
        let needed = |group: &str| needs.iter().any(|need| need == group);
        Self {
            judgements: needed(need::JUDGEMENTS),
            results: needed(need::RESULTS),
            surveys: needed(need::SURVEYS),
            outcomes: needed(need::OUTCOMES),
            delegations: needed(need::DELEGATIONS),
            commentary: needed(need::COMMENTARY),
            criteria: needed(need::CRITERIA),
            challenges: needed(need::CHALLENGES),
            answers: needed(need::ANSWERS),
        }
    }
}

/// Whether a plugin with these needs is shown anything besides records of the cycle: results, or what
/// follows from them.
pub(crate) fn needs_results(needs: &[String]) -> bool {
    let groups = Groups::from_needs(needs);
    groups.results || groups.outcomes || groups.challenges
}

impl<'a> Source<'a> {
    pub(crate) fn new(cycle: &'a CheckedCycle, assurance: &'a Assurance) -> Self {
        Self {
            cycle,
            assurance,
            as_of: cycle.as_of.to_string(),
            commentary: commentary_by_body(cycle),
        }
    }

    /// Builds the batch of these bodies with the data groups that a plugin needs.
    pub(crate) fn batch(
        &'a self,
        bodies: &[BodyIndex],
        needs: &[String],
        settings: &serde_json::Map<String, serde_json::Value>,
    ) -> Batch<'a> {
        let groups = Groups::from_needs(needs);
        Batch {
            protocol: PROTOCOL.into(),
            as_of: self.as_of.as_str().into(),
            framework: self.framework(),
            settings: settings.clone(),
            bodies: bodies
                .iter()
                .map(|body| self.body(*body, &groups))
                .collect(),
        }
    }

    fn framework(&self) -> message::Framework<'a> {
        let framework = &self.cycle.framework;
        let scale = |scale: &'a Scale| message::Scale {
            id: text(&scale.id),
            steps: scale.steps().iter().map(|step| text(&step.key)).collect(),
        };
        let measure = |index| {
            let measure = framework.measure(index);
            message::Measure {
                id: text(&measure.id),
                scale: text(&framework.scale_of(index).id),
                reach: Text::from(match measure.reach {
                    Reach::Cluster => "cluster",
                    Reach::Pct => "pct",
                }),
            }
        };
        let component =
            |(index, component): (_, &'a wcc_core::framework::Component)| message::Component {
                id: text(&component.id),
                area: text(&framework.area_of(index).id),
                scale: text(&framework.scale_of_component(index).id),
                measures: component.measures.iter().copied().map(measure).collect(),
            };
        message::Framework {
            id: text(&framework.id),
            scales: framework.scales.iter().map(scale).collect(),
            components: framework.each_component().map(component).collect(),
            outcomes_asked: framework.outcomes.asked,
        }
    }

    fn body(&self, index: BodyIndex, groups: &Groups) -> message::Body<'a> {
        let organisations = &self.cycle.organisations;
        let body = organisations.body(index);
        let cluster = organisations.cluster_of(index, self.cycle.as_of);
        let output = self.assurance.output(index);
        let mut message = message::Body {
            code: text(&body.code),
            kind: body.kind.name().into(),
            cluster: cluster.map(|cluster| self.code(cluster)),
            ..message::Body::default()
        };
        if groups.judgements {
            message.judgements = self.judgements(index, cluster);
        }
        if let Some(output) = output.filter(|_| groups.results) {
            message.results = self.results(output);
        }
        if groups.surveys {
            message.surveys = self.surveys(index);
        }
        if groups.outcomes {
            message.outcomes = self.outcomes(index, output);
        }
        if groups.delegations {
            let functions = organisations.functions_of(index, self.cycle.as_of);
            message.delegations = functions.map(|function| self.code(function)).collect();
        }
        if groups.commentary {
            let components = self.commentary.get(&index).into_iter().flatten();
            let id =
                |component: &ComponentIndex| text(&self.cycle.framework.component(*component).id);
            message.commentary = components.map(id).collect();
        }
        if groups.criteria {
            message.criteria = self.criteria(index);
        }
        if groups.challenges {
            message.challenges = self.challenges(index);
        }
        if groups.answers {
            message.answers = self.answers(index);
        }
        message
    }

    fn code(&self, body: BodyIndex) -> Text<'a> {
        text(&self.cycle.organisations.body(body).code)
    }

    fn judgements(
        &self,
        body: BodyIndex,
        cluster: Option<BodyIndex>,
    ) -> Vec<message::Judgement<'a>> {
        let judgements = self
            .cycle
            .records
            .judgements
            .slice(self.cycle.judgements_of(body));
        let shared = |subject, method| {
            cluster.is_some_and(|cluster| {
                !self
                    .cycle
                    .judgements_on(cluster, subject, method)
                    .is_empty()
            })
        };
        let message = |judgement: &'a wcc_core::Judgement| message::Judgement {
            subject: self.cycle.subject_id(judgement.subject).into(),
            method: judgement.method.name().into(),
            value: judgement
                .value
                .map(|step| self.key(judgement.subject, step)),
            assessor: judgement.assessor.map(|assessor| self.code(assessor)),
            departs: shared(judgement.subject, judgement.method),
            inferred: judgement.details().inferred.is_some(),
        };
        judgements.iter().map(message).collect()
    }

    fn key(&self, subject: Subject, step: Step) -> Text<'a> {
        let framework = &self.cycle.framework;
        match subject.scale(framework).key(step) {
            Cow::Borrowed(key) => key.into(),
            Cow::Owned(key) => key.into(),
        }
    }

    /// The results of each component that has at least one known result.
    fn results(&self, output: &Output) -> Vec<message::ComponentResult<'a>> {
        let components = self.cycle.framework.each_component();
        let message = |((index, component), result): (
            (ComponentIndex, &'a wcc_core::framework::Component),
            &wcc_core::output::PartResult,
        )| {
            let value = |method| {
                let step = result.result(method).value()?;
                Some(self.key(Subject::Component(index), step))
            };
            let message = message::ComponentResult {
                component: text(&component.id),
                previous: value(Method::Previous),
                self_assessment: value(Method::SelfAssessment),
                panel: value(Method::Panel),
                calibrated: value(Method::Calibrated),
                inferred: SENT_RESULTS
                    .into_iter()
                    .filter(|method| {
                        let result = result.result(*method);
                        result.value().is_some() && result.inferred()
                    })
                    .map(|method| method.name().into())
                    .collect(),
            };
            let known = [
                &message.previous,
                &message.self_assessment,
                &message.panel,
                &message.calibrated,
            ];
            let any_known = known.iter().any(|value| value.is_some());
            any_known.then_some(message)
        };
        components
            .zip(&output.components)
            .filter_map(message)
            .collect()
    }

    fn surveys(&self, body: BodyIndex) -> Vec<message::Survey<'a>> {
        let framework = &self.cycle.framework;
        let surveys = self
            .cycle
            .records
            .surveys
            .slice(self.cycle.surveys_of(body));
        let message = |survey: &'a wcc_core::record::SurveyResult| message::Survey {
            survey: text(&survey.survey),
            measure: text(&framework.measure(survey.measure).id),
            score: survey.score,
            wording: survey.wording.as_deref().map(Text::from),
            supports: survey_supports(framework, survey)
                .map(|step| self.key(Subject::Measure(survey.measure), step)),
        };
        surveys.iter().map(message).collect()
    }

    fn criteria(&self, body: BodyIndex) -> Vec<message::Criterion<'a>> {
        let criteria = self
            .cycle
            .records
            .criteria
            .slice(self.cycle.criteria_of(body));
        let message = |criterion: &'a wcc_core::record::Criterion| message::Criterion {
            measure: text(&self.cycle.framework.measure(criterion.measure).id),
            kind: criterion.kind.name().into(),
            supports: self.key(Subject::Measure(criterion.measure), criterion.supports),
            inferred: criterion.inferred.is_some(),
        };
        criteria.iter().map(message).collect()
    }

    fn answers(&self, body: BodyIndex) -> Vec<message::ChallengeAnswer<'a>> {
        let answers = self
            .cycle
            .records
            .answers
            .slice(self.cycle.answers_of(body));
        let message = |answer: &'a wcc_core::record::Answer| message::ChallengeAnswer {
            measure: text(&self.cycle.framework.measure(answer.measure).id),
            method: answer.method.name().into(),
        };
        answers.iter().map(message).collect()
    }

    /// The challenges of a body, without those that a PCT shares with its cluster.
    fn challenges(&self, body: BodyIndex) -> Vec<message::Challenge<'a>> {
        let output = self.assurance.output_of(body);
        let challenges = output.into_iter().flat_map(|output| &output.challenges);
        let message = |challenge: &wcc_core::challenge::Challenge| {
            let measure = challenge.measure;
            let key = |step| self.key(Subject::Measure(measure), step);
            message::Challenge {
                measure: text(&self.cycle.framework.measure(measure).id),
                method: challenge.method.name().into(),
                value: key(challenge.value),
                supports: key(challenge.supported),
                answered: challenge.answer.is_some(),
                corrected: challenge.state().is_closed(),
            }
        };
        let own = challenges.filter(|challenge| !challenge.shared);
        own.map(message).collect()
    }

    fn outcomes(&self, pct: BodyIndex, output: Option<&Output>) -> Vec<message::Outcome<'a>> {
        let results = output.map_or(&[] as &[_], |output| &output.outcomes);
        let historic = |position: usize| {
            let result = results
                .iter()
                .find(|result| result.chosen as usize == position)?;
            result.historic.ok()
        };
        let comparable = |rate: &HistoricRate| rate.comparable;
        let other_span = |rate: HistoricRate| {
            let years = rate.years.filter(|_| !rate.comparable)?;
            Some(message::SpanRate {
                percent: rate.percent,
                from: years.from,
                to: years.to,
            })
        };
        let message = |position: usize| {
            let outcome = self.cycle.records.outcomes.at(position);
            message::Outcome {
                slot: outcome.slot,
                outcome: text(&outcome.outcome),
                title: Some(text(&outcome.title)),
                series: text(&self.cycle.framework.series_at(outcome.series).id),
                better: outcome.better.name().into(),
                historic: historic(position)
                    .filter(comparable)
                    .map(|rate| rate.percent),
                other_span_rate: historic(position).and_then(other_span),
                national: outcome.rates.national,
                ons_cluster: outcome.rates.ons_cluster,
                top_decile: outcome.rates.top_decile,
                aspiration: outcome.rates.aspiration,
            }
        };
        self.cycle.outcomes_of(pct).map(message).collect()
    }
}

/// Returns the bodies of these regions that take part in the cycle, in the order of their codes:
/// the PCTs and their clusters, the regions' functions, and the SHAs themselves. The list is empty
/// if no PCT of the cycle belongs to these regions.
pub(crate) fn bodies_of(cycle: &CheckedCycle, shas: &[BodyIndex]) -> Vec<BodyIndex> {
    let organisations = &cycle.organisations;
    let lies_in = |body: BodyIndex| {
        let sha = organisations.sha_of(body);
        sha.is_some_and(|sha| shas.contains(&sha))
    };
    let pcts = || cycle.pcts.iter().copied().filter(|pct| lies_in(*pct));
    let mut bodies: BTreeSet<BodyIndex> = pcts().collect();
    if bodies.is_empty() {
        return Vec::new();
    }
    bodies.extend(pcts().filter_map(|pct| organisations.cluster_of(pct, cycle.as_of)));
    bodies.extend(shas);
    let functions = organisations.each().filter(|(index, body)| {
        body.kind == BodyKind::Function && body.period.holds_on(cycle.as_of) && lies_in(*index)
    });
    bodies.extend(functions.map(|(index, _)| index));
    let mut bodies: Vec<BodyIndex> = bodies.into_iter().collect();
    bodies.sort_by_key(|body| &organisations.body(*body).code);
    bodies
}

/// Some bodies with all that a plugin whose results are by cluster must see of them: their
/// clusters, the PCTs of these, and the functions that those delegate to.
pub(crate) fn with_clusters(
    cycle: &CheckedCycle,
    bodies: &BTreeSet<BodyIndex>,
) -> BTreeSet<BodyIndex> {
    let (organisations, day) = (&cycle.organisations, cycle.as_of);
    let cluster_of = |body: BodyIndex| match organisations.body(body).kind {
        BodyKind::Cluster => Some(body),
        _ => organisations.cluster_of(body, day),
    };
    let mut related = bodies.clone();
    related.extend(bodies.iter().filter_map(|body| cluster_of(*body)));
    for pct in &cycle.pcts {
        let cluster = organisations.cluster_of(*pct, day);
        if related.contains(pct) || cluster.is_some_and(|cluster| related.contains(&cluster)) {
            related.insert(*pct);
            related.extend(organisations.functions_of(*pct, day));
        }
    }
    related
}

/// The methods whose results are sent.
const SENT_RESULTS: [Method; 4] = [
    Method::Previous,
    Method::SelfAssessment,
    Method::Panel,
    Method::Calibrated,
];

fn text(text: &str) -> Text<'_> {
    Text::from(text)
}

/// Returns, for each body, the components that its commentary and recommendations are about.
fn commentary_by_body(cycle: &CheckedCycle) -> BTreeMap<BodyIndex, BTreeSet<ComponentIndex>> {
    let mut by_body: BTreeMap<BodyIndex, BTreeSet<ComponentIndex>> = BTreeMap::new();
    let component_of = |topic: &Topic| match *topic {
        Topic::Subject(Subject::Measure(measure)) => {
            Some(cycle.framework.measure(measure).component)
        }
        Topic::Subject(Subject::Component(component)) => Some(component),
        Topic::Subject(Subject::Area(_) | Subject::Overall)
        | Topic::Outcomes
        | Topic::Outcome(_) => None,
    };
    for commentary in &cycle.records.commentary {
        by_body
            .entry(commentary.body)
            .or_default()
            .extend(commentary.about.iter().filter_map(component_of));
    }
    for recommendation in &cycle.records.recommendations {
        by_body
            .entry(recommendation.body)
            .or_default()
            .extend(recommendation.about.iter().filter_map(component_of));
    }
    by_body
}
