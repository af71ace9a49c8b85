//! A proposed change: as text, and why it may not be possible.

use crate::cycle::{CheckedCycle, CycleError};
use crate::framework::Framework;
use crate::record::{CriterionKind, JudgementDetails, Method};
use std::fmt;

/// The subject that means every measure judged on the body by the method.
pub const EVERY_MEASURE: &str = "*";

/// The value that removes a record: nothing is known.
pub const UNKNOWN: &str = "unknown";

/// A change of one record of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedChange {
    /// Code of the body.
    pub body: String,
    /// Identifier of the measure; for a judgement also of a component or area, or [`EVERY_MEASURE`].
    pub subject: String,
    /// The record that changes.
    pub target: ChangeTarget,
    /// The new value: a step, a number or `n/a` for a judgement; a score for a survey; the highest
    /// value supported for a criterion, or `met`. [`UNKNOWN`] removes the record.
    pub value: String,
}

/// The kind of record that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeTarget {
    /// The judgement by a method.
    Judgement {
        /// The method, by its identifier in the framework.
        method: String,
        /// Code of the assessor of a function; `None` for every judgement by the method, whoever
        /// made it.
        assessor: Option<String>,
    },
    /// The result of a survey; `None` for the only survey on the measure, or the only one with a
    /// score.
    Survey(Option<String>),
    /// The unmet criteria or metrics.
    Criterion(CriterionKind),
}

impl fmt::Display for ProposedChange {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ProposedChange {
            body,
            subject,
            target,
            value,
        } = self;
        match target {
            ChangeTarget::Judgement { method, assessor } => {
                write!(to, "{body}.{subject}.{method}")?;
                if let Some(assessor) = assessor {
                    write!(to, "@{assessor}")?;
                }
            }
            ChangeTarget::Survey(survey) => {
                write!(to, "survey:{body}.{subject}")?;
                if let Some(survey) = survey {
                    write!(to, ".{survey}")?;
                }
            }
            ChangeTarget::Criterion(kind) => write!(to, "{}:{body}.{subject}", kind.name())?,
        }
        write!(to, "={value}")
    }
}

/// Why a change is not possible.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeProblem {
    /// More than [`super::MAX_CHANGES`] changes.
    #[error("{found} changes; at most {} can be asked at once", super::MAX_CHANGES)]
    TooMany {
        /// The number of changes.
        found: usize,
    },
    /// The text is malformed.
    #[error(
        "expected BODY.SUBJECT.METHOD=VALUE, survey:BODY.MEASURE=SCORE, \
         criterion:BODY.MEASURE=VALUE or metric:BODY.MEASURE=VALUE"
    )]
    Malformed,
    /// Something does not exist.
    #[error("there is no {what} `{given}`")]
    Unknown {
        /// What it should be.
        what: String,
        /// What was given.
        given: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A value that the scale does not have.
    #[error("`{given}` is not a value of {subject}: expected {expected}")]
    NotOnScale {
        /// What was given.
        given: String,
        /// The measure or part.
        subject: String,
        /// What was expected.
        expected: String,
    },
    /// A score that is not a number.
    #[error("`{given}` is not a score: expected a number, or `unknown`")]
    NotAScore {
        /// What was given.
        given: String,
    },
    /// The body has no survey result on the measure.
    #[error("{body} has no survey result on {measure}: {hint}")]
    NoSurvey {
        /// The body.
        body: String,
        /// The measure.
        measure: String,
        /// What to do.
        hint: String,
    },
    /// The body has results of several surveys on the measure.
    #[error("{body} has results of several surveys on {measure}: name one of {surveys}")]
    SeveralSurveys {
        /// The body.
        body: String,
        /// The measure.
        measure: String,
        /// The surveys.
        surveys: String,
    },
    /// Nothing to change for [`EVERY_MEASURE`].
    #[error("{body} has no judgement by this method: name the measure in place of `*`")]
    NoJudgement {
        /// The body.
        body: String,
    },
    /// The record breaks a rule, or contradicts others.
    #[error("{0}")]
    Contradiction(CycleError),
}

impl ChangeProblem {
    /// What was given and what there is, to suggest the nearest.
    pub fn choice(&self) -> Option<(&str, &[String])> {
        match self {
            ChangeProblem::Unknown { given, known, .. } => Some((given, known)),
            _ => None,
        }
    }

    pub(super) fn unknown<'a>(
        what: impl Into<String>,
        given: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> ChangeProblem {
        ChangeProblem::Unknown {
            what: what.into(),
            given: given.to_owned(),
            known: known.map(str::to_owned).collect(),
        }
    }
}

impl ProposedChange {
    /// Reads a change from a text:
    ///
    /// - `5PK.5a.panel=3`: a judgement; `5PK.5a.panel=n/a`, `5PK.5a.panel=unknown`;
    /// - `specialised.*.panel=1`: every judgement by the method;
    /// - `specialised.5a.panel@5PK=1`: that of one assessor of a function;
    /// - `survey:5PK.1a=4.6`, `survey:5PK.1a.mori=62`: a survey result;
    /// - `criterion:5PK.8b=1`, `metric:5PK.8b=met`: what is not met.
    ///
    /// # Errors
    /// The text has another form, or no body of the cycle has the code.
    pub fn parse(text: &str, cycle: &CheckedCycle) -> Result<ProposedChange, ChangeProblem> {
        let (name, value) = text.split_once('=').ok_or(ChangeProblem::Malformed)?;
        let (kind, name) = match name.split_once(':') {
            Some((kind, name)) => (Some(kind.trim()), name.trim()),
            None => (None, name.trim()),
        };
        let (body, rest) = body_and_rest(name, cycle)?;
        let change = |subject: &str, target| ProposedChange {
            body: body.to_owned(),
            subject: subject.to_owned(),
            target,
            value: value.trim().to_owned(),
        };
        let framework = &cycle.framework;
        match kind {
            None => {
                let (subject, method) = rest.rsplit_once('.').ok_or(ChangeProblem::Malformed)?;
                let (method, assessor) = match method.split_once('@') {
                    Some((method, assessor)) => (method, Some(assessor.to_owned())),
                    None => (method, None),
                };
                let method = method.to_owned();
                Ok(change(
                    subject,
                    ChangeTarget::Judgement { method, assessor },
                ))
            }
            Some("survey") => {
                let (measure, survey) = measure_and_survey(rest, framework);
                let survey = survey.map(str::to_owned);
                Ok(change(measure, ChangeTarget::Survey(survey)))
            }
            Some(name) => {
                let mut kinds = CriterionKind::ALL.into_iter();
                let kind = kinds.find(|kind| kind.name() == name);
                let known = CriterionKind::ALL.map(CriterionKind::name).into_iter();
                let known = known.chain(["survey"]);
                let kind =
                    kind.ok_or_else(|| ChangeProblem::unknown("kind of evidence", name, known))?;
                Ok(change(rest, ChangeTarget::Criterion(kind)))
            }
        }
    }
}

/// Splits a name after the longest code of a body, because codes may have dots.
fn body_and_rest<'t>(
    name: &'t str,
    cycle: &CheckedCycle,
) -> Result<(&'t str, &'t str), ChangeProblem> {
    let dots = name.match_indices('.').map(|(at, _)| at);
    let splits: Vec<(&str, &str)> = dots
        .filter_map(|at| Some((name.get(..at)?, name.get(at + 1..)?)))
        .collect();
    let organisations = &cycle.organisations;
    let mut longest_first = splits.iter().rev();
    let known = longest_first.find(|(body, _)| organisations.find(body).is_some());
    if let Some(found) = known {
        return Ok(*found);
    }
    let (given, _) = splits.first().ok_or(ChangeProblem::Malformed)?;
    let codes = organisations.each().map(|(_, body)| body.code.as_str());
    Err(ChangeProblem::unknown("body", given, codes))
}

/// Splits the name of a survey from a measure, which may have dots.
fn measure_and_survey<'t>(rest: &'t str, framework: &Framework) -> (&'t str, Option<&'t str>) {
    if framework.find_measure(rest).is_some() {
        return (rest, None);
    }
    match rest.rsplit_once('.') {
        Some((measure, survey)) => (measure, Some(survey)),
        None => (rest, None),
    }
}

/// The method of a framework with an identifier.
pub(super) fn method_named(framework: &Framework, id: &str) -> Result<Method, ChangeProblem> {
    let methods = &framework.methods;
    let unknown = || ChangeProblem::unknown("method", id, methods.ids());
    methods.named(id).ok_or_else(unknown)
}

/// Whether a value says that the subject does not apply.
pub(super) fn is_not_applicable(value: &str) -> bool {
    value.eq_ignore_ascii_case(JudgementDetails::NOT_APPLICABLE)
}
