//! What every mutation answers.

use super::CommandResult;
use super::refusal::{Mistake, MistakeCode};
use crate::import::{ChangedField, ImportedChange};
use crate::picture::Picture;
use crate::project::leaves::Id;
use crate::project::plan::Target;
use crate::project::{PlannedField, object};
use crate::survey::{SheetResult, SurveyActResult};
use crate::types::cycle::Cycle;
use crate::types::ledger::number;
use crate::types::message::Message;
use crate::types::survey::{AnswerSheet, NewInvitation, Survey, SurveyPerson};
use jiff::Timestamp;
use wcc_core::last_year::LeftOut;
use wcc_core::record::CarriedKind;

/// How many fields the payload of every mutation begins with. They are about the request alone.
const FIELDS_OF_EVERY_PAYLOAD: u16 = 5;

/// Whether a selection of a mutation's payload may read the programme afterwards.
pub(crate) fn reads_programme(mutation: &PlannedField) -> bool {
    let mut fields = mutation.children.object().fields.iter();
    fields.any(|field| match field.target {
        Target::Field(position) => position >= FIELDS_OF_EVERY_PAYLOAD,
        Target::TypeName | Target::Library => false,
    })
}

/// What a mutation came to, in the picture that holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExecutedMutation<'a> {
    /// The picture; `None` if nothing that reads it is selected.
    pub(super) picture: Option<&'a Picture>,
    /// What it came to.
    pub(super) result: &'a CommandResult,
}

impl<'a> ExecutedMutation<'a> {
    pub(super) fn entry(&self) -> Option<i32> {
        let entered = self.result.entered()?;
        Some(number(entered.receipt.last))
    }

    pub(super) fn at(&self) -> Option<Timestamp> {
        self.result.entered().map(|entered| entered.at)
    }

    pub(super) fn repeated(&self) -> bool {
        let entered = self.result.entered();
        entered.is_some_and(|entered| entered.receipt.repeated)
    }

    pub(super) fn served(&self) -> bool {
        self.result.entered().is_some_and(|entered| entered.served)
    }

    pub(super) fn errors(&self) -> impl Iterator<Item = UserError<'a>> + use<'a> {
        self.result.mistakes().iter().map(UserError)
    }

    pub(super) fn changes(&self) -> impl Iterator<Item = ImportedRecord<'a>> + use<'a> {
        let imported = self.result.imported();
        let changes = imported.map_or(&[][..], |imported| &imported.changes);
        changes.iter().map(ImportedRecord)
    }

    pub(super) fn unchanged(&self) -> i32 {
        let imported = self.result.imported();
        imported.map_or(0, |imported| {
            i32::try_from(imported.unchanged).unwrap_or(i32::MAX)
        })
    }

    pub(super) fn warnings(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let imported = self.result.imported();
        let warnings = imported.map_or(&[][..], |imported| &imported.warnings);
        warnings.iter().map(String::as_str)
    }

    pub(super) fn left_out(&self) -> impl Iterator<Item = RecordLeftOut<'a>> + use<'a> {
        let imported = self.result.imported();
        let left_out = imported.map_or(&[][..], |imported| &imported.left_out);
        left_out.iter().map(RecordLeftOut)
    }

    /// What is or would be recorded and what is left out, in lines for people.
    pub(super) fn report(&self) -> impl Iterator<Item = String> + use<'a> {
        let (imported, entered) = (self.result.imported(), self.result.entered());
        imported.into_iter().flat_map(move |imported| {
            let changes = imported.changes.iter();
            let changes = changes.map(|change| change.summary.clone());
            let left_out = imported.left_out.iter().map(|left| {
                let (kind, id, body) = (left.kind.name(), &left.id, &left.body);
                format!("left out: {kind} {id} of {body}: {}", left.reason)
            });
            let state = match entered {
                Some(_) => "recorded",
                None => "not recorded yet",
            };
            let count = format!(
                "{} new, {} already there, {} left out; {state}",
                imported.changes.len(),
                imported.unchanged,
                imported.left_out.len()
            );
            changes.chain(left_out).chain([count])
        })
    }

    /// The message that is sent again.
    pub(super) fn message(&self) -> Option<Message<'a>> {
        let message = self.result.message()?;
        let cycle = self.cycle()?;
        Some(Message::new(cycle, message))
    }

    /// The survey that was run, afterwards.
    pub(super) fn survey(&self) -> Option<Survey<'a>> {
        let data = self.result.survey()?.survey.as_ref()?;
        Some(Survey {
            picture: self.picture,
            data,
        })
    }

    /// Whether a survey was opened, or its last day moved.
    pub(super) fn is_survey_changed(&self) -> bool {
        let act = self.result.survey().map(|result| &result.act);
        matches!(act, Some(SurveyActResult::Open { is_changed: true }))
    }

    /// The new invitations to a survey.
    pub(super) fn invitations(&self) -> impl Iterator<Item = NewInvitation<'a>> + use<'a> {
        let invitations = match self.result.survey().map(|result| &result.act) {
            Some(SurveyActResult::Invited { invitations, .. }) => invitations.as_slice(),
            _ => &[],
        };
        invitations.iter().map(NewInvitation)
    }

    /// How many of those to invite had been invited already, and how many of these in another group.
    pub(super) fn known_people(&self) -> (usize, usize) {
        match self.result.survey().map(|result| &result.act) {
            Some(SurveyActResult::Invited {
                known, elsewhere, ..
            }) => (*known, *elsewhere),
            _ => (0, 0),
        }
    }

    /// Who was invited to a survey and has not answered.
    pub(super) fn unanswered(&self) -> impl Iterator<Item = SurveyPerson<'a>> + use<'a> {
        let people = match self.result.survey().map(|result| &result.act) {
            Some(SurveyActResult::Unanswered(people)) => people.as_slice(),
            _ => &[],
        };
        people.iter().map(SurveyPerson)
    }

    /// The number of results that closing a survey has entered.
    pub(super) fn survey_results(&self) -> usize {
        match self.result.survey().map(|result| &result.act) {
            Some(SurveyActResult::Closed { results, .. }) => *results,
            _ => 0,
        }
    }

    /// The number of respondents whose answers were imported, and of earlier tables that still count.
    pub(super) fn imported_answers(&self) -> (u64, usize) {
        match self.result.survey().map(|result| &result.act) {
            Some(SurveyActResult::Imported {
                respondents,
                earlier,
            }) => (*respondents, *earlier),
            _ => (0, 0),
        }
    }

    /// Whether a survey was given up.
    pub(super) fn is_survey_discarded(&self) -> bool {
        let act = self.result.survey().map(|result| &result.act);
        matches!(act, Some(SurveyActResult::Discarded { is_done: true }))
    }

    /// A respondent's sheet.
    pub(super) fn sheet(&self) -> Option<AnswerSheet<'a>> {
        match self.result {
            CommandResult::Sheet(SheetResult::Open(sheet)) => Some(AnswerSheet(sheet)),
            _ => None,
        }
    }

    /// Whether a respondent's sheet was submitted.
    pub(super) fn is_submitted(&self) -> bool {
        matches!(self.result, CommandResult::Sheet(SheetResult::Submitted))
    }

    /// The cycle that was changed; `None` if nothing was entered, or the picture does not hold it
    /// yet.
    pub(super) fn cycle(&self) -> Option<Cycle<'a>> {
        let waits = self.result.entered().is_some_and(|entered| !entered.served);
        if waits {
            return None;
        }
        Cycle::with_code(self.picture?, self.result.cycle()?)
    }
}

/// A mistake, for the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserError<'a>(&'a Mistake);

object! {
    /// Why something was not entered: a mistake in the request.
    UserError<'a> as "UserError" => |UserError(mistake)| {
        /// The kind of mistake.
        code: MistakeCode = mistake.code;
        /// The path of the argument with the mistake: `input.measure`; null if it is not in one
        /// argument.
        field: Option<&'a str> = mistake.field.as_deref();
        /// The mistake in words.
        message: &'a str = mistake.message.as_str();
        /// The nearest valid value, if one is close.
        nearest: Option<&'a str> = mistake.nearest.as_deref();
    }
}

/// A record of an import, for the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImportedRecord<'a>(&'a ImportedChange);

object! {
    /// A record of imported tables that the ledger does not have as it is.
    ImportedRecord<'a> as "ImportedRecord" => |ImportedRecord(change)| {
        /// The kind of record: `judgement`, `evidence`.
        kind: &'a str = change.kind;
        /// The record in one line.
        summary: &'a str = change.summary.as_str();
        /// The file or sheet that it is written in.
        file: Option<&'a str> = change.origin.as_ref().map(|origin| &*origin.file);
        /// The row there.
        row: Option<i32> = change.origin.as_ref().map(|origin| number(origin.row));
        /// The entry that it replaces; null if it is new.
        replaces: Option<i32> = change.replaces.map(number);
        /// The fields that differ; all that have a value, if it is new.
        fields: [ImportedField<'a>; 4] = change.fields.iter().map(ImportedField);
    }
}

/// A field of an import, for the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImportedField<'a>(&'a ChangedField);

object! {
    /// A field of a record that differs from what is recorded.
    ImportedField<'a> as "ImportedField" => |ImportedField(field)| {
        /// Its column in the table: `value`. A value of an outcome has its year: `values.2007`.
        column: &'a str = field.name.as_str();
        /// What is recorded.
        before: Option<&'a str> = field.before.as_deref();
        /// What the import says.
        after: Option<&'a str> = field.after.as_deref();
        /// The file or sheet that it is written in, if it has a row of its own there: a value of an
        /// outcome.
        file: Option<&'a str> = field.origin.as_ref().map(|origin| &*origin.file);
        /// The row there.
        row: Option<i32> = field.origin.as_ref().map(|origin| number(origin.row));
    }
}

/// A record of an earlier cycle that is not carried, for the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordLeftOut<'a>(&'a LeftOut);

object! {
    /// A record of an earlier cycle that the cycle does not take over.
    RecordLeftOut<'a> as "RecordLeftOut" => |RecordLeftOut(left)| {
        /// What kind of record it is.
        kind: CarriedKind = left.kind;
        /// Code of its body in the earlier cycle.
        body: Id<'a> = Id(&left.body);
        /// Identifier of the measure, area, recommendation or action there.
        code: Id<'a> = Id(&left.id);
        /// The entry that recorded it.
        fromEntry: i32 = number(left.entry);
        /// Why it is not taken over.
        reason: &'a str = left.reason.as_str();
    }
}
