//! Explains a cell or a result: the chain of reasons from the judgements to the value.

mod ceilings;
mod evidence;
mod inputs;
mod items;
mod outcome;
mod part;
mod remarks;
mod rule;
mod rulebook;

pub use evidence::survey_name;
pub use items::{
    about_in_words, evidence_in_words, finding_in_words, release_in_words, survey_in_words,
    topic_in_words,
};
pub use outcome::explain_outcome;
pub use part::explain_part;
pub use remarks::{
    OTHER_SPAN, is_good_as_stated, outcome_remarks, shared_selection_date, years_of_history,
};
pub use rule::{
    deciding_limit, figure_beside_step, figure_in_words, limit_in_words, possible_in_words,
    rule_and_limit_in_words, rule_in_words, rule_meaning, value_in_words,
};
pub use rulebook::{RulebookSection, requirement_in_words, rulebook_in_words};

use crate::body::{BodyIndex, BodyKind};
use crate::ceiling;
use crate::cycle::CheckedCycle;
use crate::framework::{FrameworkPart, MeasureIndex, Methods, Reach};
use crate::output::{Assurance, Ceiling, CeilingBasis, Mark, Origin, Output};
use crate::record::{Method, RecordId, Subject};
use crate::scale::{Scale, Step};
use crate::words;

/// The kind of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonKind {
    /// A mark: who judged, by which method, inherited or not.
    Mark,
    /// A limit that evidence sets.
    Ceiling,
    /// The highest value that all ceilings allow.
    Supported,
    /// A value above what the evidence supports.
    Challenge,
    /// A combination rule and its result.
    Rule,
    /// A plugin's check that was not made.
    NotChecked,
    /// What the panel looks for in the measure.
    LookedFor,
    /// An item of evidence for the preceding mark or ceiling, or for the measure itself.
    Evidence,
    /// A survey result that limits nothing.
    Survey,
    /// The inputs of the preceding rule, and which of them decided.
    Inputs,
    /// A figure of a health outcome.
    Outcome,
    /// A finding of a check.
    Finding,
}

impl ReasonKind {
    /// The word that queries use.
    pub fn name(self) -> &'static str {
        match self {
            ReasonKind::Mark => "mark",
            ReasonKind::Ceiling => "ceiling",
            ReasonKind::Supported => "supported",
            ReasonKind::Challenge => "challenge",
            ReasonKind::Rule => "rule",
            ReasonKind::NotChecked => "not-checked",
            ReasonKind::LookedFor => "looked-for",
            ReasonKind::Evidence => "evidence",
            ReasonKind::Survey => "survey",
            ReasonKind::Inputs => "inputs",
            ReasonKind::Outcome => "outcome",
            ReasonKind::Finding => "finding",
        }
    }
}

/// Introduces the inferred marks on which a result is based.
const BASED_ON_INFERRED: &str = "based on an inferred mark:";

/// The explanation of a component that the framework names but does not assess.
const NOT_ASSESSED: &str = "not assessed in this year's framework";

/// One link in the chain behind a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The kind of link.
    pub kind: ReasonKind,
    /// A complete sentence, without a full stop.
    pub text: String,
    /// The body whose judgement or evidence it is.
    pub body: Option<BodyIndex>,
    /// The method, if the reason is about one.
    pub method: Option<Method>,
    /// Position in [`crate::record::Records::judgements`], if the reason is based on a judgement.
    pub judgement: Option<u32>,
    /// Position in [`Assurance::plugins`], if the reason comes from a plugin.
    pub plugin: Option<u16>,
    /// The record behind the reason: a judgement, an item of evidence, a survey result, a
    /// criterion, an outcome or an answer.
    pub record: Option<RecordId>,
}

impl Reason {
    fn new(kind: ReasonKind, text: String) -> Reason {
        Reason {
            kind,
            text,
            body: None,
            method: None,
            judgement: None,
            plugin: None,
            record: None,
        }
    }
}

/// Explains a measure of an output, from its marks to the challenges.
pub fn explain_measure(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    output: &Output,
    measure: MeasureIndex,
) -> Vec<Reason> {
    let explanation = Explanation {
        cycle,
        assurance,
        output,
    };
    let cell = output.cell(measure);
    let scale = cycle.framework.scale_of(measure);
    let definition = cycle.framework.measure(measure);
    let looked_for = definition
        .looked_for
        .as_ref()
        .map(|looked_for| Reason::new(ReasonKind::LookedFor, format!("looked for: {looked_for}")));
    let mut reasons: Vec<Reason> = looked_for.into_iter().collect();
    let before = reasons.len();
    for method in Method::ALL {
        let subject = Subject::Measure(measure);
        let mark = explanation
            .mark(subject, method, &cell.mark(method), scale)
            .or_else(|| explanation.unaffected_departure(subject, method, scale));
        if let Some(mark) = mark {
            let evidence = explanation.evidence_of_judgement(mark.judgement);
            reasons.push(mark);
            reasons.extend(evidence);
        }
    }
    if reasons.len() == before {
        let text = if output.kind == BodyKind::Cluster && definition.reach == Reach::Pct {
            explanation.for_each_member(&definition.id)
        } else if let (Some(review), false) = (cycle.framework.own_review(), definition.is_asked) {
            format!(
                "{} does not apply: this {} is a review ({}) that does not ask for it",
                definition.id, cycle.framework.words.cycle.one, review.title
            )
        } else if let (Some(feature), true) =
            (&definition.only_for, cell.current_mark().not_applicable())
        {
            let body = &cycle.organisations.body(output.body).name;
            format!(
                "{} does not apply: it is only for bodies with the feature `{feature}`, which {body} \
                 does not have",
                definition.id
            )
        } else if output.kind == BodyKind::Function && cell.current_mark().not_applicable() {
            let body = explanation.name(output.body);
            format!(
                "{} does not apply: {body} does not perform it",
                definition.id
            )
        } else {
            format!("unknown: nobody has judged {}", definition.id)
        };
        reasons.push(Reason::new(ReasonKind::Mark, text));
    }
    for ceiling in output.ceilings_on(measure) {
        reasons.push(explanation.ceiling(ceiling));
        reasons.extend(explanation.evidence_of_ceiling(ceiling.basis));
    }
    reasons.extend(explanation.surveys_without_limit(measure));
    reasons.extend(explanation.evidence_on(measure, &reasons));
    if let Some(supported) = cell.supported {
        let title = explanation.step(scale, Some(supported));
        let inferred = inferred_word(cell.supported_inferred);
        let text = format!("the evidence supports {title}{inferred}, the lowest ceiling");
        reasons.push(Reason::new(ReasonKind::Supported, text));
    }
    reasons.extend(explanation.challenges(measure));
    reasons.extend(explanation.not_checked());
    reasons
}

/// Each ceiling of a measure with its reason, lowest first.
pub fn explain_ceilings<'a>(
    cycle: &'a CheckedCycle,
    assurance: &'a Assurance,
    output: &'a Output,
    measure: MeasureIndex,
) -> impl Iterator<Item = (&'a Ceiling, Reason)> {
    let explanation = Explanation {
        cycle,
        assurance,
        output,
    };
    output
        .ceilings_on(measure)
        .iter()
        .map(move |ceiling| (ceiling, explanation.ceiling(ceiling)))
}

/// The basis of a ceiling in a few words: "key stakeholder survey, 4.31 out of 6".
pub fn ceiling_in_short(cycle: &CheckedCycle, assurance: &Assurance, ceiling: &Ceiling) -> String {
    let name = |body: BodyIndex| cycle.organisations.body(body).name.as_str();
    match ceiling.basis {
        CeilingBasis::Survey(at) => {
            let result = cycle.records.surveys.at(at as usize);
            let score = result
                .score
                .map(|score| format!(", score {}", ceiling::score_in_words(score)));
            let wording = result
                .wording
                .as_deref()
                .map(|words| format!(" (\"{words}\")"));
            format!(
                "{}{}{}",
                survey_name(&result.survey),
                score.unwrap_or_default(),
                wording.unwrap_or_default(),
            )
        }
        CeilingBasis::Criterion(at) => {
            without_stop(&cycle.records.criteria.at(at as usize).reason).to_owned()
        }
        CeilingBasis::Function { judgement, .. } => {
            let judgement = cycle.records.judgements.at(judgement as usize);
            let scale = cycle.framework.scale_of(ceiling.measure);
            let level = scale.key(ceiling.supports);
            let assessor = judgement
                .assessor
                .map(|assessor| format!(" by {}", name(assessor)));
            format!(
                "{} was assured at {level}{}",
                name(judgement.body),
                assessor.unwrap_or_default(),
            )
        }
        CeilingBasis::Plugin { plugin, ceiling } => {
            let run = assurance.plugin_run(plugin);
            let contribution = run.result.as_ref().ok();
            let ceiling = contribution.and_then(|all| all.ceilings.get(ceiling as usize));
            ceiling.map_or_else(String::new, |ceiling| {
                without_stop(&ceiling.reason).to_owned()
            })
        }
    }
}

#[derive(Clone, Copy)]
struct Explanation<'a> {
    cycle: &'a CheckedCycle,
    assurance: &'a Assurance,
    output: &'a Output,
}

impl Explanation<'_> {
    fn rule_in_words(&self, level: FrameworkPart, method: Method) -> Option<String> {
        rule_in_words(&self.cycle.framework, self.output, level, method)
    }

    /// Says that a measure or component is assured for each member and not for the cluster.
    fn for_each_member(&self, of: &str) -> String {
        let words = &self.cycle.framework.words;
        format!(
            "{of} is assured for each {}, not for the {}",
            words.body.one, words.group.one
        )
    }

    fn name(&self, body: BodyIndex) -> String {
        self.cycle.organisations.body(body).name_and_code()
    }

    fn step(&self, scale: &Scale, step: Option<Step>) -> String {
        step.map_or_else(
            || "unknown".to_owned(),
            |step| format!("{} {}", scale.title.to_lowercase(), scale.key(step)),
        )
    }

    fn mark(&self, subject: Subject, method: Method, mark: &Mark, scale: &Scale) -> Option<Reason> {
        let framework = &self.cycle.framework;
        let judgement = mark.judgement(self.cycle);
        let text = judgement.and_then(|judgement| judgement.details().text.as_deref());
        let value = match text {
            _ if mark.not_applicable() => "not applicable".to_owned(),
            Some(text) => format!("\"{text}\""),
            None => self.step(scale, mark.value),
        };
        let origin = match (mark.origin, judgement) {
            (Origin::Nobody, _) => return None,
            (Origin::LastYear, _) => framework.words.previous_result.clone(),
            (_, None) => return None,
            (Origin::Own, Some(judgement)) => {
                format!("judged for {}", self.name(judgement.body))
            }
            (Origin::Cluster, Some(judgement)) if judgement.body == self.output.body => format!(
                "judged for {}, once for all of its {}",
                self.name(judgement.body),
                self.cycle.framework.words.body.many,
            ),
            (Origin::Cluster, Some(judgement)) => format!(
                "inherited from {}, assured once for its {}",
                self.name(judgement.body),
                self.cycle.framework.words.body.many,
            ),
            (Origin::Function, Some(judgement)) => self.of_function(judgement),
            (Origin::Departure, Some(judgement)) => self.departure(subject, method, judgement),
        };
        let title = framework.methods.title(method);
        let mut text = format!("{title}: {value}, {origin}");
        if let Some(judgement) = judgement.map(|judgement| judgement.details()) {
            append(&mut text, "by", judgement.author.as_deref());
            if let Some(date) = judgement.date {
                text.push_str(&format!(", on {date}"));
            }
            append(&mut text, "because", judgement.reason.as_deref());
            append(&mut text, "inferred:", judgement.inferred.as_deref());
            append(&mut text, "rationale:", judgement.rationale.as_deref());
            append(&mut text, "source:", judgement.source.as_deref());
        } else if mark.inferred() {
            text.push_str("; it is based on an inferred mark");
        }
        Some(Reason {
            kind: ReasonKind::Mark,
            text,
            body: judgement.map(|judgement| judgement.body),
            method: Some(method),
            judgement: mark
                .judgement_position()
                .and_then(|at| u32::try_from(at).ok()),
            plugin: None,
            record: judgement.map(|judgement| judgement.record),
        })
    }

    /// Where a judgement on a function comes from that stands for one on this body.
    fn of_function(&self, judgement: &crate::Judgement) -> String {
        let words = &self.cycle.framework.words;
        let assessor = judgement.assessor.map_or_else(String::new, |assessor| {
            format!(", as assessed by {}", self.name(assessor))
        });
        let delegating = match self.output.kind {
            BodyKind::Cluster => format!("all of its {} delegate", words.body.many),
            _ => format!("{} delegates", self.name(self.output.body)),
        };
        format!(
            "inherited from {}, {} to which {delegating}{assessor}",
            self.name(judgement.body),
            words.function.with_article(),
        )
    }

    fn departure(&self, subject: Subject, method: Method, judgement: &crate::Judgement) -> String {
        let own = self.name(judgement.body);
        let Some(cluster) = self.output.cluster else {
            return format!("judged for {own}");
        };
        let scale = subject.scale(&self.cycle.framework);
        let cluster_judgement = self.cycle.judgements_on(cluster, subject, method).first();
        format!(
            "judged for {own}, departing from {}, which has {}",
            self.name(cluster),
            self.step(
                scale,
                cluster_judgement.and_then(|cluster_judgement| cluster_judgement.value)
            ),
        )
    }

    /// Says that a calibration of the cluster does not affect the PCT, because the PCT departs.
    fn unaffected_departure(
        &self,
        subject: Subject,
        method: Method,
        scale: &Scale,
    ) -> Option<Reason> {
        if method != Method::Calibrated {
            return None;
        }
        let methods = &self.cycle.framework.methods;
        let moderated = &methods.moderated;
        let cluster = self.output.cluster?;
        let calibrated = self.cycle.judgements_on(cluster, subject, method).first()?;
        let value = calibrated.value?;
        let text = format!(
            "{}: none for {}; {} was {moderated} to {}, which does not replace the departure",
            methods.title(method),
            self.name(self.output.body),
            self.name(cluster),
            self.step(scale, Some(value)),
        );
        let mut reason = Reason::new(ReasonKind::Mark, text);
        reason.method = Some(method);
        Some(reason)
    }

    fn challenges(&self, measure: MeasureIndex) -> impl Iterator<Item = Reason> {
        let scale = self.cycle.framework.scale_of(measure);
        let cell = self.output.cell(measure);
        let on_measure = self
            .output
            .challenges
            .iter()
            .filter(move |challenge| challenge.measure == measure);
        on_measure.map(move |challenge| {
            let answer = challenge
                .answer
                .map(|at| self.cycle.records.answers.at(at as usize));
            let verb = if challenge.changed.is_some() {
                "was"
            } else {
                "is"
            };
            let mut text = format!(
                "challenge: the {} {verb} {}{}, but the evidence supports {}{}",
                self.cycle.framework.methods.title(challenge.method),
                self.step(scale, Some(challenge.value)),
                inferred_word(cell.mark(challenge.method).inferred()),
                self.step(scale, Some(challenge.supported)),
                inferred_word(cell.supported_inferred),
            );
            match (challenge.changed, answer) {
                (Some(change), _) => {
                    let value = self.step(scale, change.to);
                    text.push_str(&format!("; it was changed to {value}"));
                    if let Some(reason) = self.cycle.reason_of(change.by) {
                        text.push_str(&format!(": {reason}"));
                    }
                }
                (None, Some(answer)) => text.push_str(&format!("; answered: {}", answer.reason)),
                (None, None) => text.push_str(&format!(
                    "; {}",
                    challenge.state().in_words(&self.cycle.framework.methods)
                )),
            }
            let mut reason = Reason::new(ReasonKind::Challenge, text);
            reason.method = Some(challenge.method);
            reason
        })
    }

    fn not_checked(&self) -> impl Iterator<Item = Reason> {
        self.assurance
            .not_checked(self.output)
            .map(|(plugin, reason)| {
                Reason::new(
                    ReasonKind::NotChecked,
                    format!("{} by {}: {reason}", reason.state(), plugin.id),
                )
            })
    }
}

/// The suffix of a value that was inferred, or is based on an inferred value.
fn inferred_word(inferred: bool) -> &'static str {
    if inferred { " (inferred)" } else { "" }
}

/// The inputs of a calibrated result: "calibrated 1b and the panel's 1a and 1c".
fn calibrated_and_panel(methods: &Methods, calibrated: &str, panel: &str) -> String {
    let parts = [
        (methods.moderated.clone(), calibrated),
        (methods.of_assessor(), panel),
    ];
    let parts = parts.iter().filter(|(_, values)| !values.is_empty());
    let parts: Vec<String> = parts
        .map(|(qualifier, values)| format!("{qualifier} {values}"))
        .collect();
    words::all_of(parts.iter().map(String::as_str))
}

fn append(text: &mut String, word: &str, part: Option<&str>) {
    if let Some(part) = part {
        // Without this, a full stop would precede the semicolon.
        let length = without_stop(text).len();
        text.truncate(length);
        text.push_str(&format!("; {word} {}", part.trim()));
    }
}

/// The text without its full stop, so that more text can follow.
fn without_stop(text: &str) -> &str {
    let text = text.trim_end();
    match text.strip_suffix('.') {
        Some(rest) if !rest.ends_with('.') => rest,
        _ => text,
    }
}
