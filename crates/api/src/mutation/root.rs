//! `Mutation`: the list of mutations.

use super::{Command, CommandResult, Declaration, ExecutedMutation, Mistake};
use super::{action, area_of_concern, consequence, lead, plan, plan_line, support};
use super::{
    answer_challenge, approve, commentary, criterion, evidence, indicator, judgement, outcome,
};
use super::{
    appoint_panel_member, comment_on_facts, declare_interests, plan_panel_day, reply_to_comment,
    score_measure,
};
use super::{carry_evidence, carry_record, confirm_carried, start_from_previous_cycle};
use super::{close_survey, discard_survey, import_survey_answers};
use super::{enter_bodies, enter_framework, open_cycle, rebase_cycle};
use super::{
    import_tables, keep_released_output, open_phase, recommendation, release_results,
    set_timetable, statement, survey, withdraw,
};
use super::{invite_to_survey, open_survey, remind_of_survey, send_message_again};
use super::{open_answer_sheet, save_answer_sheet, submit_answer_sheet};
use crate::picture::Picture;
use crate::project::{
    Code, Failure, Object, ObjectInfo, PlannedField, TypeInfo, WriteResult, Writer,
};

/// The result of one field, with the picture to write it from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mutation<'a> {
    /// The picture afterwards; `None` if nothing that reads it is selected.
    pub(crate) picture: Option<&'a Picture>,
    /// What the field came to.
    pub(crate) result: &'a Result<CommandResult, Failure>,
}

impl<'a> Mutation<'a> {
    fn done(&self) -> Result<ExecutedMutation<'a>, Failure> {
        let result = self.result.as_ref().map_err(Clone::clone)?;
        Ok(ExecutedMutation {
            picture: self.picture,
            result,
        })
    }
}

/// Makes the root type of a list of declarations, and finds each by its position.
macro_rules! mutations {
    ($($declaration:ty),* $(,)?) => {
        impl Object for Mutation<'_> {
            const INFO: &'static TypeInfo = &TypeInfo::Object(ObjectInfo {
                name: "Mutation",
                doc: &[
                    " Everything that can be entered in the ledger. The fields of one operation are executed in",
                    " order and independently: one with `userErrors` does not undo another. Needs `Authorization:",
                    " Bearer` with a token, except for answer sheets, which need an invitation; without a ledger",
                    " the server is read-only.",
                ],
                interfaces: &[],
                key: None,
                shareable: false,
                fields: &[$(<$declaration as Declaration>::FIELD),*],
            });

            fn field(&self, position: u16, planned: &PlannedField, out: &mut Writer) -> WriteResult {
                let writers = [$(<$declaration as Declaration>::write),*];
                match writers.get(usize::from(position)) {
                    Some(write) => write(self.done(), planned, out),
                    None => Ok(()),
                }
            }
        }

        /// Whether the field at a position of the root type is for people who were invited to a survey.
        pub(crate) fn is_of_respondent(position: u16) -> bool {
            let fields = [$(<$declaration as Declaration>::FIELD.name),*];
            let name = fields.get(usize::from(position));
            name.is_some_and(|name| is_for_respondents(name))
        }

        /// What the field at a position of the root type asks to be entered, or the mistakes in it.
        ///
        /// # Errors
        /// An argument is not of its type.
        pub(crate) fn command(
            position: u16,
            planned: &PlannedField,
            known_method: Option<wcc_core::Method>,
        ) -> Result<Result<Command, Vec<Mistake>>, Failure> {
            let commands = [$(<$declaration as Declaration>::command),*];
            match commands.get(usize::from(position)) {
                Some(command) => command(planned, known_method),
                None => Err(Failure::new(
                    Code::Internal,
                    "internal error: the field is not in the list of mutations",
                )),
            }
        }
    };
}

mutations![
    enter_framework::EnterFramework,
    enter_bodies::EnterBodies,
    open_cycle::OpenCycle,
    rebase_cycle::RebaseCycle,
    start_from_previous_cycle::StartFromPreviousCycle,
    confirm_carried::ConfirmCarried,
    carry_record::CarryRecord,
    carry_evidence::CarryEvidence,
    judgement::RecordJudgement,
    evidence::FileEvidence,
    survey::RecordSurveyResult,
    criterion::RecordCriterion,
    outcome::RecordOutcome,
    answer_challenge::AnswerChallenge,
    commentary::RecordCommentary,
    recommendation::RecordRecommendation,
    statement::RecordStatement,
    indicator::RecordIndicator,
    open_phase::OpenPhase,
    release_results::ReleaseResults,
    keep_released_output::KeepReleasedOutput,
    lead::AllocateLead,
    action::RecordAction,
    plan::FilePlan,
    plan_line::RecordPlanLine,
    area_of_concern::ShareAreaOfConcern,
    support::RecordSupport,
    consequence::RecordConsequence,
    appoint_panel_member::AppointPanelMember,
    declare_interests::DeclareInterests,
    plan_panel_day::PlanPanelDay,
    score_measure::ScoreMeasure,
    comment_on_facts::CommentOnFacts,
    reply_to_comment::ReplyToComment,
    approve::Approve,
    set_timetable::SetTimetable,
    withdraw::Withdraw,
    import_tables::ImportTables,
    open_survey::OpenSurvey,
    invite_to_survey::InviteToSurvey,
    remind_of_survey::RemindOfSurvey,
    close_survey::CloseSurvey,
    import_survey_answers::ImportSurveyAnswers,
    discard_survey::DiscardSurvey,
    send_message_again::SendMessageAgain,
    open_answer_sheet::OpenAnswerSheet,
    save_answer_sheet::SaveAnswerSheet,
    submit_answer_sheet::SubmitAnswerSheet,
];

/// The mutations for people who were invited to a survey: their invitation takes the place of a token.
pub(crate) const FOR_RESPONDENTS: [&str; 3] = [
    <open_answer_sheet::OpenAnswerSheet as Declaration>::FIELD.name,
    <save_answer_sheet::SaveAnswerSheet as Declaration>::FIELD.name,
    <submit_answer_sheet::SubmitAnswerSheet as Declaration>::FIELD.name,
];

/// Whether a mutation is for people who were invited to a survey, who have no token.
pub(super) fn is_for_respondents(mutation: &str) -> bool {
    FOR_RESPONDENTS.contains(&mutation)
}
