//! Mutations: what can be entered in the ledger over GraphQL.
//!
//! Each mutation is one declaration in a file of its own ([`mutation!`] or [`record_mutation!`]):
//! its field and input in the schema, the entries that it makes of the input, and what it answers.
//! [`root`] lists them; the list is the schema, the dispatch and the writer at once, so none of
//! them can be forgotten. Whether the entries are admitted is the core's to decide
//! (`wcc_core::ledger`), and the policy's: nothing is decided here.

mod action;
mod answer_challenge;
mod appoint_panel_member;
mod approve;
mod area_of_concern;
mod carry_evidence;
mod carry_record;
mod catalogue;
mod close_survey;
mod comment_on_facts;
mod commentary;
mod confirm_carried;
mod consequence;
mod criterion;
mod declare_interests;
mod discard_survey;
mod enter_bodies;
mod enter_framework;
mod evidence;
mod form;
mod import_survey_answers;
mod import_tables;
mod indicator;
mod invite_to_survey;
mod judgement;
mod keep_released_output;
mod lead;
mod macros;
mod open_answer_sheet;
mod open_cycle;
mod open_phase;
mod open_survey;
mod outcome;
mod payload;
mod plan;
mod plan_line;
mod plan_panel_day;
mod rebase_cycle;
mod recommendation;
mod refusal;
mod release_results;
mod remind_of_survey;
mod reply_to_comment;
mod root;
mod save_answer_sheet;
mod score_measure;
mod send_message_again;
mod set_timetable;
mod start_from_previous_cycle;
mod statement;
mod submit_answer_sheet;
mod support;
mod survey;
mod withdraw;

pub use catalogue::{FieldKind, FormField, MutationForm, kebab_case, mutation_forms};
pub(crate) use macros::{mutation, record_mutation};
pub(crate) use payload::{ExecutedMutation, reads_programme};
pub(crate) use refusal::Mistake;
use root::is_for_respondents;
pub(crate) use root::{FOR_RESPONDENTS, Mutation, command, is_of_respondent};

use crate::history::{Entered, ReadableMessage, SendAgainRequest};
use crate::import::{ImportContent, ImportResult};
use crate::project::{Failure, FieldInfo, PlannedField, WriteResult, Writer};
use crate::survey::{
    InvitationToken, SheetResult, SheetStep, SurveyActResult, SurveyCommand, SurveyResult,
};
use refusal::MistakeCode;
use std::borrow::Cow;
use wcc_core::ledger::{Draft, Fact};
use wcc_core::{Cycle, Method};
use wcc_programme::Programme;

/// Implemented by each mutation through its declaration.
pub(crate) trait Declaration {
    /// Its field in the schema.
    const FIELD: FieldInfo;

    /// What it asks to be entered.
    ///
    /// # Errors
    /// An argument is not of its type. The inner error holds the mistakes in the input, as far as
    /// they show without the ledger.
    ///
    /// `known_method` is what the identifier of a method in the input stands for. Without it, a
    /// command that has such an identifier says so in `unknown_method`, and cannot be entered.
    fn command(
        planned: &PlannedField,
        known_method: Option<Method>,
    ) -> Result<Result<Command, Vec<Mistake>>, Failure>;

    /// Writes its payload.
    fn write(
        done: Result<ExecutedMutation<'_>, Failure>,
        planned: &PlannedField,
        out: &mut Writer,
    ) -> WriteResult;
}

/// What a mutation asks to be entered, all or nothing.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    /// What the client calls the request.
    pub(crate) request: String,
    /// The entries, in order; none if there is nothing to enter.
    pub(crate) drafts: Vec<Draft>,
    /// The fields of the record that have another path in the input.
    paths: Vec<ArgumentPath>,
    /// The identifier of a method that has yet to be looked up in the framework of its cycle.
    pub(crate) unknown_method: Option<MethodOfCycle>,
    /// What is imported, from which the ledger makes the entries.
    pub(crate) import: Option<TablesOfRequest>,
    /// What is asked of surveys.
    pub(crate) survey: Option<SurveyCommand>,
    /// The message for people that is to be sent again.
    pub(crate) message: Option<SendAgainRequest>,
    /// The answer sheet of an invitation, and what is done with it.
    pub(crate) sheet: Option<(InvitationToken, SheetStep)>,
}

/// What a mutation asks to be imported.
#[derive(Clone, Debug)]
pub(crate) struct TablesOfRequest {
    /// The cycle; a workbook names its own.
    pub(crate) cycle: Option<Box<str>>,
    /// Tables, a workbook, or records of an earlier cycle.
    pub(crate) content: ImportContent,
    /// Whether to record them.
    pub(crate) apply: bool,
}

/// The identifier of a method in the framework of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MethodOfCycle {
    cycle: Box<str>,
    id: Box<str>,
}

impl MethodOfCycle {
    /// The method; a mistake if the framework has none of this name, or the cycle is not seen.
    pub(crate) fn look_up(
        &self,
        programme: &Programme,
        is_seen: &dyn Fn(&Cycle) -> bool,
    ) -> Result<Method, Mistake> {
        let mistake = |field, unknown: Failure| Mistake {
            nearest: unknown.nearest().map(str::to_owned),
            ..Mistake::new(MistakeCode::NotFound, Some(field), unknown.message())
        };
        let cycle = programme.any_cycle(&self.cycle);
        let Some(cycle) = cycle.filter(|cycle| is_seen(cycle)) else {
            let cycles = programme.cycles.iter().map(|assured| &*assured.cycle);
            let seen = cycles.filter(|cycle| is_seen(cycle));
            let seen = seen.map(|cycle| cycle.id.as_str());
            let unknown = Failure::unknown("cycle", &self.cycle, seen);
            return Err(mistake("cycle", unknown));
        };
        let methods = &cycle.framework.methods;
        methods.named(&self.id).ok_or_else(|| {
            mistake(
                "methodId",
                Failure::unknown("method", &self.id, methods.ids()),
            )
        })
    }
}

/// Fields of a record, each with its path in the input of its mutation. `[]` stands for the position
/// in a list.
pub(crate) type ArgumentPath = (&'static str, &'static str);

impl Command {
    /// The path in the input of a field of the record: `heldOn` for `held_on`, unless the mutation
    /// names another.
    fn path<'f>(&self, field: &'f str) -> Cow<'f, str> {
        let mut paths = self.paths.iter();
        match paths.find(|(name, _)| *name == field) {
            Some((_, path)) => Cow::Borrowed(path),
            None => camel_case(field),
        }
    }

    /// The path in the input of a field of an item of the record, from 0: `values[2].year`. The item
    /// of a list of codes is not named: its message quotes the code.
    fn path_of<'f>(&self, field: &'f str, item: Option<usize>) -> Cow<'f, str> {
        let path = self.path(field);
        match (item, path.split_once("[]")) {
            (Some(item), Some((list, rest))) => format!("{list}[{item}]{rest}").into(),
            _ => path,
        }
    }

    /// The cycle that it changes, if it names one.
    pub(crate) fn cycle(&self) -> Option<&str> {
        self.drafts.iter().find_map(|draft| match &draft.fact {
            Fact::Record { cycle, .. } => Some(&**cycle),
            Fact::Cycle(cycle) => Some(&*cycle.id),
            Fact::Rebase(rebase) => Some(&*rebase.cycle),
            _ => None,
        })
    }
}

/// A field's name as GraphQL writes it.
fn camel_case(field: &str) -> Cow<'_, str> {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default();
    if first.len() == field.len() {
        return Cow::Borrowed(field);
    }
    let rest = words.map(|word| {
        let (initial, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        initial.to_ascii_uppercase() + rest
    });
    Cow::Owned(first.to_owned() + &rest.collect::<String>())
}

/// What a mutation came to.
#[derive(Clone, Debug)]
pub(crate) enum CommandResult {
    /// It was entered.
    Entered {
        /// As which entries, and when.
        entered: Entered,
        /// The cycle that it changed, if it names one.
        cycle: Option<Box<str>>,
    },
    /// There was nothing to enter.
    Unchanged {
        /// The cycle that it names, if any.
        cycle: Option<Box<str>>,
    },
    /// Tables were imported, or it was shown what that would change.
    Imported(Box<ImportResult>),
    /// A survey was run.
    Survey(Box<SurveyResult>),
    /// A message for people is sent again.
    Message(Box<ReadableMessage>),
    /// A respondent's sheet was opened, saved or submitted.
    Sheet(SheetResult),
    /// It was not entered: there are mistakes in it.
    Mistaken(Vec<Mistake>),
}

impl CommandResult {
    /// As which entries it was entered.
    fn entered(&self) -> Option<&Entered> {
        match self {
            CommandResult::Entered { entered, .. } => Some(entered),
            CommandResult::Imported(imported) => imported.entered.as_ref(),
            CommandResult::Survey(result) => match &result.act {
                SurveyActResult::Closed { entered, .. } => entered.as_ref(),
                _ => None,
            },
            CommandResult::Unchanged { .. }
            | CommandResult::Message(_)
            | CommandResult::Sheet(_)
            | CommandResult::Mistaken(_) => None,
        }
    }

    /// The cycle that it names.
    fn cycle(&self) -> Option<&str> {
        match self {
            CommandResult::Entered { cycle, .. } | CommandResult::Unchanged { cycle } => {
                cycle.as_deref()
            }
            CommandResult::Imported(imported) => Some(&imported.cycle),
            CommandResult::Survey(result) => Some(&result.cycle),
            CommandResult::Message(message) => Some(&message.stored.message.cycle),
            CommandResult::Sheet(_) | CommandResult::Mistaken(_) => None,
        }
    }

    /// What an import changes.
    fn imported(&self) -> Option<&ImportResult> {
        match self {
            CommandResult::Imported(imported) => Some(imported),
            _ => None,
        }
    }

    /// What running a survey came to.
    fn survey(&self) -> Option<&SurveyResult> {
        match self {
            CommandResult::Survey(result) => Some(result),
            _ => None,
        }
    }

    /// The message that is sent again.
    fn message(&self) -> Option<&ReadableMessage> {
        match self {
            CommandResult::Message(message) => Some(message),
            _ => None,
        }
    }

    /// Why it was not entered.
    fn mistakes(&self) -> &[Mistake] {
        match self {
            CommandResult::Mistaken(mistakes) => mistakes,
            CommandResult::Entered { .. }
            | CommandResult::Unchanged { .. }
            | CommandResult::Imported(_)
            | CommandResult::Survey(_)
            | CommandResult::Message(_)
            | CommandResult::Sheet(_) => &[],
        }
    }
}
