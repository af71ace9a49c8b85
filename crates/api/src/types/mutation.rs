//! `Mutation`: what can be entered in the ledger.
//!
//! Declared here; [`crate::entering`] makes entries of the inputs, and [`crate::execute`] carries
//! each field out before it is written.

use super::cycle::Cycle;
use super::ledger::number;
use crate::entering::{Asked, Mistake, MistakeCode, Outcome};
use crate::picture::Picture;
use crate::project::leaves::Id;
use crate::project::{Code, Failure, Object, Planned, enumeration, input, object};
use jiff::Timestamp;
use jiff::civil::Date;
use wcc_core::record::{EvidenceKind, Method};

input! {
    /// A judgement on one body.
    RecordJudgementInput<'q> as "RecordJudgementInput" {
        /// Your identifier for this request, at most 100 bytes, such as a random UUID. If an
        /// answer is lost, send the same request again: it enters nothing twice and returns the
        /// same answer.
        requestId: &'q str,
        /// Identifier of the cycle.
        cycle: Id<'q>,
        /// Code of the judged body: a PCT, a cluster (for all its PCTs) or a function.
        body: Id<'q>,
        /// Identifier of the measure, or of a competency or strand judged as a whole.
        measure: Id<'q>,
        /// The method.
        method: Method,
        /// The level or rating: `3`, `green`. Null if there is one but it is not known.
        value: Option<&'q str>,
        /// For a function that several bodies assess: the code of the body that judged.
        assessor: Option<Id<'q>>,
        /// The rationale in the assessor's words; at most 20,000 bytes of Markdown.
        rationale: Option<&'q str>,
        /// Identifiers of the evidence that supports it; file the evidence first.
        evidence: Option<Vec<Id<'q>>>,
        /// Who judged. The ledger itself records who entered it.
        recordedBy: Option<&'q str>,
        /// The day on which it was judged.
        date: Option<Date>,
        /// Why a PCT departs from its cluster, or the panel from the framework's rule.
        reason: Option<&'q str>,
        /// If the value was inferred and not read: what it was inferred from.
        inferred: Option<&'q str>,
        /// The source of the value.
        source: Option<&'q str>,
        /// Number of the entry that this one corrects: the `entry` of the current judgement.
        supersedes: Option<i32>,
    }
}

input! {
    /// An item of evidence.
    FileEvidenceInput<'q> as "FileEvidenceInput" {
        /// Your identifier for this request, at most 100 bytes, such as a random UUID. If an
        /// answer is lost, send the same request again: it enters nothing twice and returns the
        /// same answer.
        requestId: &'q str,
        /// Identifier of the cycle.
        cycle: Id<'q>,
        /// The evidence's identifier within the cycle, for use in judgements.
        id: Id<'q>,
        /// Code of the body that it is about.
        body: Id<'q>,
        /// The kind of evidence.
        kind: EvidenceKind,
        /// Its title, at most 1,000 bytes.
        title: &'q str,
        /// Identifiers of the measures that it is about.
        measures: Option<Vec<Id<'q>>>,
        /// Who issued it.
        issuer: Option<&'q str>,
        /// Its date or year, as printed on it.
        dated: Option<&'q str>,
        /// Where it is cited.
        source: Option<&'q str>,
        /// SHA-256 of the document, in hexadecimal, if it was filed before.
        document: Option<&'q str>,
        /// Number of the entry that this one corrects: the `entry` of the current evidence.
        supersedes: Option<i32>,
    }
}

input! {
    /// The entry to withdraw.
    WithdrawInput<'q> as "WithdrawInput" {
        /// Your identifier for this request, at most 100 bytes, such as a random UUID. If an
        /// answer is lost, send the same request again: it enters nothing twice and returns the
        /// same answer.
        requestId: &'q str,
        /// Number of the entry.
        entry: i32,
        /// The reason for the withdrawal.
        reason: &'q str,
    }
}

enumeration! {
    /// The kind of mistake that a `UserError` reports.
    MistakeCode as "UserErrorCode" {
        /// Nothing has this code or identifier.
        NOT_FOUND = MistakeCode::NotFound,
        /// A current entry already records this: correct it with `supersedes`.
        ALREADY_SAID = MistakeCode::AlreadySaid,
        /// The entry cannot be superseded: it does not exist, was itself superseded, or is about
        /// something else.
        NOT_SUPERSEDED = MistakeCode::NotSuperseded,
        /// The entry cannot be withdrawn: another entry depends on it.
        NOT_WITHDRAWN = MistakeCode::NotWithdrawn,
        /// The cycle does not assure the body, so the record would have no effect.
        NOT_ASSURED = MistakeCode::NotAssured,
        /// The cycle would contradict itself.
        CONTRADICTION = MistakeCode::Contradiction,
        /// The same `requestId` was used before with different content.
        REQUEST_ID_REUSED = MistakeCode::RequestIdReused,
        /// A text or list is too long.
        TOO_LONG = MistakeCode::TooLong,
        /// A value is malformed.
        MALFORMED = MistakeCode::Malformed,
        /// The ledger refuses it for another reason.
        REFUSED = MistakeCode::Refused,
    }
}

/// A mistake, for the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserError<'a>(&'a Mistake);

object! {
    /// Why something was not entered: a mistake in the request.
    UserError<'a> as "UserError" => |UserError(it)| {
        /// The kind of mistake.
        code: MistakeCode = it.code;
        /// The path of the argument with the mistake: `input.measure`; null if it is not in one
        /// argument.
        field: Option<&'a str> = it.field.as_deref();
        /// The mistake in words.
        message: &'a str = it.message.as_str();
        /// The nearest valid value, if one is close.
        nearest: Option<&'a str> = it.nearest.as_deref();
    }
}

/// What came of one field, in the picture that holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done<'a> {
    picture: &'a Picture,
    outcome: &'a Outcome,
}

impl<'a> Done<'a> {
    fn entry(&self) -> Option<i32> {
        let entered = self.outcome.entered()?;
        Some(number(entered.receipt.last))
    }

    fn at(&self) -> Option<Timestamp> {
        self.outcome.entered().map(|entered| entered.at)
    }

    fn repeated(&self) -> bool {
        let entered = self.outcome.entered();
        entered.is_some_and(|entered| entered.receipt.repeated)
    }

    fn served(&self) -> bool {
        self.outcome.entered().is_some_and(|entered| entered.served)
    }

    fn errors(&self) -> impl Iterator<Item = UserError<'a>> + use<'a> {
        self.outcome.mistakes().iter().map(UserError)
    }

    /// The cycle that was entered in; nothing where nothing was entered, or where the picture does
    /// not hold it yet.
    fn cycle(&self) -> Option<Cycle<'a>> {
        if !self.served() {
            return None;
        }
        Cycle::with_code(self.picture, self.outcome.cycle()?)
    }
}

/// Declares what a mutation answers.
macro_rules! payload {
    (
        $(#[doc = $doc:literal])*
        $view:ident as $name:literal => |$it:ident| { $($more:tt)* }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $view<'a>(Done<'a>);

        object! {
            $(#[doc = $doc])*
            $view<'a> as $name => |$view($it)| {
                /// Number of the entry; null if `userErrors` says why there is none.
                entry: Option<i32> = $it.entry();
                /// When it was entered.
                at: Option<Timestamp> = $it.at();
                /// Whether the same request was entered before; if so, nothing was entered now.
                repeated: bool = $it.repeated();
                /// Whether the entry is served, so that later queries include it. False if nothing
                /// was entered, or if the server cannot update its data at the moment: the entry
                /// is then safe in the ledger, and `/readyz` gives the reason.
                served: bool = $it.served();
                /// The mistakes in the request; if there are any, nothing is entered.
                userErrors: [UserError<'a>; 1] = $it.errors();
                $($more)*
            }
        }
    };
}

payload! {
    /// The result of recording a judgement.
    RecordJudgementPayload as "RecordJudgementPayload" => |it| {
        /// The cycle including the new judgement; null if `served` is false.
        cycle: Option<Cycle<'a>> = it.cycle();
    }
}

payload! {
    /// The result of filing evidence.
    FileEvidencePayload as "FileEvidencePayload" => |it| {
        /// The cycle including the new evidence; null if `served` is false.
        cycle: Option<Cycle<'a>> = it.cycle();
    }
}

payload! {
    /// The result of withdrawing an entry.
    WithdrawPayload as "WithdrawPayload" => |it| {}
}

/// The root of a field that was carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mutation<'a> {
    /// The picture afterwards.
    pub(crate) picture: &'a Picture,
    /// What came of it.
    pub(crate) outcome: &'a Result<Outcome, Failure>,
}

impl<'a> Mutation<'a> {
    fn done(&self) -> Result<Done<'a>, Failure> {
        let outcome = self.outcome.as_ref().map_err(Clone::clone)?;
        Ok(Done {
            picture: self.picture,
            outcome,
        })
    }
}

object! {
    /// Everything that can be entered in the ledger. The fields of one operation are executed in
    /// order and independently: one with `userErrors` does not undo another. Needs `Authorization:
    /// Bearer` with a token; without a ledger the server is read-only.
    Mutation<'a> as "Mutation" => |it| {
        /// Records a judgement, or corrects one.
        recordJudgement(
            /// The judgement.
            input: RecordJudgementInput<'_>,
        ): Option<RecordJudgementPayload<'a>> = Some(RecordJudgementPayload(it.done()?));
        /// Files an item of evidence, or corrects one.
        fileEvidence(
            /// The evidence.
            input: FileEvidenceInput<'_>,
        ): Option<FileEvidencePayload<'a>> = Some(FileEvidencePayload(it.done()?));
        /// Withdraws an entry that was recorded in a cycle: nothing replaces it. It stays in the
        /// ledger, and a query `@asOf` an earlier entry still shows it.
        withdraw(
            /// The entry to withdraw, and the reason.
            input: WithdrawInput<'_>,
        ): Option<WithdrawPayload<'a>> = Some(WithdrawPayload(it.done()?));
    }
}

/// What the field at a position of the mutation's declaration asks to be entered, or the mistakes
/// in it.
///
/// # Errors
/// An argument is not of its type.
pub(crate) fn asked(
    position: u16,
    planned: &Planned,
) -> Result<Result<Asked, Vec<Mistake>>, Failure> {
    let fields = <Mutation<'_> as Object>::INFO.fields();
    let field = fields.get(usize::from(position)).map(|field| field.name);
    let mut arguments = planned.arguments();
    Ok(match field {
        Some("recordJudgement") => Asked::judgement(&arguments.next()?),
        Some("fileEvidence") => Asked::evidence(&arguments.next()?),
        Some("withdraw") => Asked::withdrawal(&arguments.next()?),
        _ => {
            let message = "internal error: no handler for this field";
            return Err(Failure::new(Code::Internal, message));
        }
    })
}
