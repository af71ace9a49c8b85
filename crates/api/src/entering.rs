//! From the input of a mutation to what the ledger is asked to enter, and from its refusals back
//! to the fields of the input.

mod form;

use crate::history::Entered;
use crate::project::{Code, Failure};
use crate::types::mutation::{FileEvidenceInput, RecordJudgementInput, WithdrawInput};
use form::{Form, LONG, SHORT};
use wcc_core::CycleError;
use wcc_core::ledger::{Draft, Fact, Refused};
use wcc_core::record::{EvidenceFact, JudgementDetails, JudgementFact, RecordFact, UnknownCode};
use wcc_ledger::AppendError;

/// The kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MistakeCode {
    /// Nothing has this code or identifier.
    NotFound,
    /// An entry that stands says something on the same thing.
    AlreadySaid,
    /// The entry cannot be superseded.
    NotSuperseded,
    /// The entry cannot be withdrawn.
    NotWithdrawn,
    /// The cycle does not assure the body.
    NotAssured,
    /// The cycle would contradict itself.
    Contradiction,
    /// The request's identifier was used for another request.
    RequestIdReused,
    /// A text or list is too long.
    TooLong,
    /// A value is malformed.
    Malformed,
    /// Any other refusal.
    Refused,
}

/// A mistake in what was asked to be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// What kind.
    pub(crate) code: MistakeCode,
    /// The path of the argument that it is in.
    pub(crate) field: Option<String>,
    /// In words.
    pub(crate) message: String,
    /// The nearest valid value.
    pub(crate) nearest: Option<String>,
}

impl Mistake {
    /// A mistake in a field of the input, or in none alone.
    fn new(code: MistakeCode, field: Option<&str>, message: impl Into<String>) -> Mistake {
        Mistake {
            code,
            field: field.map(|field| format!("input.{field}")),
            message: message.into(),
            nearest: None,
        }
    }
}

/// Maximum number of mistakes in one answer: one judgement on a cluster can contradict many.
const MISTAKES: usize = 20;

/// The result of a field.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// It was entered.
    Entered {
        /// As what, and when.
        entered: Entered,
        /// The cycle that it is part of, where that is known.
        cycle: Option<Box<str>>,
    },
    /// It was not: there are mistakes in it.
    Mistaken(Vec<Mistake>),
}

impl Outcome {
    /// As what it was entered.
    pub(crate) fn entered(&self) -> Option<&Entered> {
        match self {
            Outcome::Entered { entered, .. } => Some(entered),
            Outcome::Mistaken(_) => None,
        }
    }

    /// The cycle that it was entered in.
    pub(crate) fn cycle(&self) -> Option<&str> {
        match self {
            Outcome::Entered { cycle, .. } => cycle.as_deref(),
            Outcome::Mistaken(_) => None,
        }
    }

    /// Why it was not entered.
    pub(crate) fn mistakes(&self) -> &[Mistake] {
        match self {
            Outcome::Entered { .. } => &[],
            Outcome::Mistaken(mistakes) => mistakes,
        }
    }
}

/// What a field asks to be entered.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// What the client calls the request.
    pub(crate) request: String,
    /// The entry.
    pub(crate) draft: Draft,
}

impl Asked {
    /// A judgement.
    ///
    /// # Errors
    /// Its mistakes, as far as they show without the ledger.
    pub(crate) fn judgement(input: &RecordJudgementInput<'_>) -> Result<Asked, Vec<Mistake>> {
        let mut form = Form::default();
        let request = form.request(input.requestId);
        let cycle = form.code("cycle", input.cycle.0);
        let fact = JudgementFact {
            body: form.code("body", input.body.0),
            subject: form.code("measure", input.measure.0),
            method: input.method,
            value: input.value.map(|value| form.code("value", value)),
            assessor: input.assessor.map(|code| form.code("assessor", code.0)),
            details: JudgementDetails {
                rationale: form.text("rationale", input.rationale, LONG),
                evidence: form.codes("evidence", input.evidence.as_deref()),
                author: form.text("recordedBy", input.recordedBy, SHORT),
                date: input.date,
                reason: form.text("reason", input.reason, LONG),
                inferred: form.text("inferred", input.inferred, SHORT),
                source: form.text("source", input.source, SHORT),
            },
        };
        let supersedes = form.supersedes(input.supersedes);
        let record = RecordFact::Judgement(fact);
        form.draft(request, Fact::Record { cycle, record }, supersedes)
    }

    /// Evidence.
    ///
    /// # Errors
    /// Its mistakes, as far as they show without the ledger.
    pub(crate) fn evidence(input: &FileEvidenceInput<'_>) -> Result<Asked, Vec<Mistake>> {
        let mut form = Form::default();
        let request = form.request(input.requestId);
        let cycle = form.code("cycle", input.cycle.0);
        let fact = EvidenceFact {
            id: form.code("id", input.id.0),
            body: form.code("body", input.body.0),
            kind: input.kind,
            title: form.needed("title", input.title, SHORT),
            measures: form.codes("measures", input.measures.as_deref()),
            issuer: form.text("issuer", input.issuer, SHORT),
            dated: form.text("dated", input.dated, SHORT),
            source: form.text("source", input.source, SHORT),
            document: input.document.map(|digest| form.digest("document", digest)),
        };
        let supersedes = form.supersedes(input.supersedes);
        let record = RecordFact::Evidence(fact);
        form.draft(request, Fact::Record { cycle, record }, supersedes)
    }

    /// A withdrawal.
    ///
    /// # Errors
    /// Its mistakes, as far as they show without the ledger.
    pub(crate) fn withdrawal(input: &WithdrawInput<'_>) -> Result<Asked, Vec<Mistake>> {
        let mut form = Form::default();
        let request = form.request(input.requestId);
        let entry = form.entry("entry", input.entry);
        let reason = form.needed("reason", input.reason, LONG);
        form.draft(request, Fact::Withdrawn { reason }, Some(entry))
    }

    /// The cycle that it would be part of.
    pub(crate) fn cycle(&self) -> Option<&str> {
        match &self.draft.fact {
            Fact::Record { cycle, .. } => Some(cycle),
            _ => None,
        }
    }

    /// What a refusal of the ledger says to whoever asked.
    ///
    /// # Errors
    /// The ledger cannot be written just now; it is no mistake of whoever asked.
    pub(crate) fn refused(&self, error: AppendError) -> Result<Vec<Mistake>, Failure> {
        Ok(match error {
            AppendError::Refused { refused, .. } => vec![self.mistake(&refused)],
            AppendError::Contradicts(errors) => {
                let each = errors.iter().take(MISTAKES);
                each.map(|error| self.contradiction(error)).collect()
            }
            AppendError::AnotherRequest(_) => vec![Mistake::new(
                MistakeCode::RequestIdReused,
                Some("requestId"),
                error.to_string(),
            )],
            AppendError::Malformed(message) => {
                vec![Mistake::new(MistakeCode::Malformed, None, message)]
            }
            AppendError::Busy | AppendError::Stopping => {
                return Err(Failure::new(Code::Unavailable, error.to_string()));
            }
            // What the database said may name its address.
            _ => {
                return Err(Failure::new(
                    Code::Unavailable,
                    "the ledger's database does not respond or refuses: nothing is known to be lost, \
                     send the same request again",
                ));
            }
        })
    }

    fn mistake(&self, refused: &Refused) -> Mistake {
        let withdraws = matches!(self.draft.fact, Fact::Withdrawn { .. });
        let superseded = if withdraws { "entry" } else { "supersedes" };
        match refused {
            Refused::Unknown(UnknownCode {
                field,
                what,
                given,
                known,
            }) => {
                let known = known.iter().map(AsRef::as_ref);
                let unknown = Failure::unknown(what, given, known);
                Mistake {
                    nearest: unknown.nearest().map(str::to_owned),
                    ..Mistake::new(MistakeCode::NotFound, Some(field), unknown.message())
                }
            }
            Refused::AlreadySaid { by } => Mistake {
                nearest: Some(by.to_string()),
                ..Mistake::new(
                    MistakeCode::AlreadySaid,
                    Some("supersedes"),
                    refused.to_string(),
                )
            },
            Refused::NotSuperseded { .. } => Mistake::new(
                MistakeCode::NotSuperseded,
                Some(superseded),
                refused.to_string(),
            ),
            Refused::NotWithdrawn { .. } => Mistake::new(
                MistakeCode::NotWithdrawn,
                Some(superseded),
                refused.to_string(),
            ),
            _ => Mistake::new(MistakeCode::Refused, refused.field(), refused.to_string()),
        }
    }

    fn contradiction(&self, error: &CycleError) -> Mistake {
        if let CycleError::NotAssured { .. } = error {
            // Raised only for what is recorded now.
            let message = error.to_string();
            return Mistake::new(MistakeCode::NotAssured, Some("body"), message);
        }
        if let CycleError::RuleBroken { field, message, .. } = error {
            return Mistake::new(MistakeCode::Contradiction, Some(field), message.clone());
        }
        let (field, body) = match error {
            CycleError::DepartureWithoutReason { body, .. } => ("reason", body),
            CycleError::AssessorOfNoFunction { body, .. } => ("assessor", body),
            CycleError::AssuredForEachPct { body, .. }
            | CycleError::JudgedSha { body, .. }
            | CycleError::ReachesNobody { body, .. }
            | CycleError::Ended { body, .. }
            | CycleError::DidNotExist { body, .. }
            | CycleError::WrongKind { body, .. }
            | CycleError::Repeated { body, .. } => ("body", body),
            _ => return Mistake::new(MistakeCode::Contradiction, None, error.to_string()),
        };
        // A judgement on a cluster can contradict one that its PCT has: then the field is none of
        // the input's.
        let own = match &self.draft.fact {
            Fact::Record {
                record: RecordFact::Judgement(fact),
                ..
            } => fact.body.eq_ignore_ascii_case(body),
            _ => false,
        };
        Mistake::new(
            MistakeCode::Contradiction,
            own.then_some(field),
            error.to_string(),
        )
    }
}
