//! `Survey`: a survey of partners or staff, as those who run it see it, and the sheet of a respondent.

use super::body::{Body, BodyView};
use super::count;
use super::cycle::Cycle;
use super::survey_report::SurveyReport;
use crate::picture::Picture;
use crate::project::leaves::Id;
use crate::project::{enumeration, object};
use crate::survey::{
    GroupResponse, OpenSheet, SurveyContact, SurveyInvitation, SurveyOverview, SurveyState,
};
use jiff::civil::Date;
use wcc_core::percent::to_one_decimal;
use wcc_core::record::ResponseCount;
use wcc_core::survey::{self as core, AnswerScale, RespondentGroup};

enumeration! {
    /// The state of a survey.
    SurveyState as "SurveyState" {
        /// It takes answers until its last day, and invitations.
        OPEN = SurveyState::Open,
        /// Its results are decided, but not all steps of closing are done: close it again.
        CLOSING = SurveyState::Closing,
        /// It is closed: only its results are left.
        CLOSED = SurveyState::Closed,
    }
}

/// A survey.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Survey<'a> {
    pub(crate) picture: Option<&'a Picture>,
    pub(crate) data: &'a SurveyOverview,
}

impl<'a> Survey<'a> {
    /// The surveys of a cycle; `None` if they were not read for this answer.
    pub(crate) fn of_cycle(cycle: Cycle<'a>) -> Option<impl Iterator<Item = Survey<'a>> + use<'a>> {
        let surveys = cycle.picture.live().surveys.as_deref()?.iter();
        let surveys = surveys.filter(move |survey| *survey.cycle == *cycle.code());
        Some(surveys.map(move |data| Survey {
            picture: Some(cycle.picture),
            data,
        }))
    }
}

object! {
    /// A survey about a body in a cycle, as those who run it see it: answers are outside the ledger, and
    /// nobody sees them. Once it is closed, `report` has its results; those that bear on measures are survey
    /// results of the body's output too.
    Survey<'a> as "Survey" => |survey| {
        /// Identifier: CYCLE/BODY/QUESTIONNAIRE.
        code: Id<'a> = Id(&survey.data.id);
        /// The body that it is about.
        body: Option<Body<'a>> = {
            let view = survey.picture.and_then(|picture| BodyView::with_code(picture, &survey.data.body));
            view.map(Body::of)
        };
        /// Its state.
        state: SurveyState = survey.data.state;
        /// The last day for answers.
        closes: Option<Date> = survey.data.closes;
        /// The questionnaire.
        questionnaire: Option<Questionnaire<'a>> = survey.data.questionnaire.as_ref().map(Questionnaire);
        /// How many of each group were invited and have answered.
        groups: [SurveyGroupResponse<'a>; 5] = survey.data.groups.iter().map(SurveyGroupResponse);
        /// What may be published of it; null until it is closed.
        report: Option<SurveyReport<'a>> = survey.data.report.as_ref().map(SurveyReport);
        /// Whether it cannot be read, for example because its key is lost: the log of the server says
        /// why.
        unreadable: bool = survey.data.is_unreadable;
    }
}

/// How many people of a group have answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyGroupResponse<'a>(&'a GroupResponse);

object! {
    /// How many people of a group were invited to a survey and have answered.
    SurveyGroupResponse<'a> as "SurveyGroupResponse" => |SurveyGroupResponse(group)| {
        /// Code of the group: `local-authorities`.
        code: Id<'a> = Id(&group.code);
        /// Its title.
        title: &'a str = group.title.as_ref();
        /// How many were invited.
        invited: i32 = count(group.invited);
        /// How many of them have submitted their answers.
        answered: i32 = count(group.answered);
        /// How many answers were collected elsewhere.
        imported: i32 = count(group.imported);
        /// The share of invited people who have answered, in percent with one decimal; null if nobody was
        /// invited.
        responseRate: Option<f64> = rate(group);
    }
}

fn rate(group: &GroupResponse) -> Option<f64> {
    let response = ResponseCount {
        invited: u32::try_from(group.invited).ok(),
        responded: u32::try_from(group.answered).ok(),
        imported: None,
    };
    response.rate().map(to_one_decimal)
}

/// A questionnaire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Questionnaire<'a>(&'a core::Questionnaire);

object! {
    /// A questionnaire: what is asked, of whom, and on which scale.
    Questionnaire<'a> as "Questionnaire" => |Questionnaire(questionnaire)| {
        /// Code: `partners-360`.
        code: Id<'a> = Id(&questionnaire.code);
        /// Its title.
        title: &'a str = questionnaire.title.as_ref();
        /// Where the questions come from.
        source: Option<&'a str> = questionnaire.source.as_deref();
        /// Groups with fewer answers than this are not shown by themselves.
        minimumGroup: i32 = count(questionnaire.minimum_group);
        /// The answers to choose from, lowest first.
        scale: [ScaleAnswer<'a>; 6] = ScaleAnswer::each(&questionnaire.scale);
        /// The groups of respondents.
        groups: [QuestionnaireGroup<'a>; 5] = questionnaire.groups.iter().map(QuestionnaireGroup);
        /// The questions, in the order in which they are asked.
        questions: [SurveyQuestion<'a>; 12] = questionnaire.questions.iter().map(SurveyQuestion);
    }
}

/// An answer of a scale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScaleAnswer<'a> {
    score: i32,
    wording: &'a str,
}

impl<'a> ScaleAnswer<'a> {
    fn each(scale: &'a AnswerScale) -> impl Iterator<Item = ScaleAnswer<'a>> + use<'a> {
        let numbered = (scale.lowest..).zip(&scale.wordings);
        numbered.map(|(score, wording)| ScaleAnswer { score, wording })
    }
}

object! {
    /// An answer to choose.
    ScaleAnswer<'a> as "ScaleAnswer" => |answer| {
        /// The answer as a number.
        score: i32 = answer.score;
        /// The answer in words: "agree".
        wording: &'a str = answer.wording;
    }
}

/// A group of respondents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QuestionnaireGroup<'a>(&'a RespondentGroup);

object! {
    /// A group of respondents of a questionnaire.
    QuestionnaireGroup<'a> as "QuestionnaireGroup" => |QuestionnaireGroup(group)| {
        /// Code: `local-authorities`.
        code: Id<'a> = Id(&group.code);
        /// Its title.
        title: &'a str = group.title.as_ref();
    }
}

/// A question.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyQuestion<'a>(&'a core::Question);

object! {
    /// A question of a questionnaire.
    SurveyQuestion<'a> as "SurveyQuestion" => |SurveyQuestion(question)| {
        /// Code: `local-leader`.
        code: Id<'a> = Id(&question.id);
        /// The text that respondents read.
        text: &'a str = question.text.as_ref();
        /// Whether respondents may add a comment.
        takesComment: bool = question.comment;
        /// Identifiers of the measures that it bears on.
        measures: [Id<'a>; 2] = question.measures.iter().map(|measure| Id(measure));
        /// Identifiers of the components that it bears on.
        components: [Id<'a>; 1] = question.components.iter().map(|component| Id(component));
        /// The answer that is expected of everybody, for training needs.
        expected: Option<i32> = question.expected;
    }
}

/// A person who was invited.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyPerson<'a>(pub(crate) &'a SurveyContact);

object! {
    /// Somebody who was invited to a survey.
    SurveyPerson<'a> as "SurveyPerson" => |SurveyPerson(person)| {
        /// Code of their group.
        group: Id<'a> = Id(&person.group);
        /// Their e-mail address, or another reference.
        contact: &'a str = person.contact.as_ref();
    }
}

/// A new invitation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewInvitation<'a>(pub(crate) &'a SurveyInvitation);

object! {
    /// A new invitation to a survey. It is shown here alone: send it to the person, and store it nowhere.
    NewInvitation<'a> as "NewInvitation" => |NewInvitation(invitation)| {
        /// Code of the person's group.
        group: Id<'a> = Id(&invitation.contact.group);
        /// Their e-mail address, or another reference.
        contact: &'a str = invitation.contact.contact.as_ref();
        /// What they need to answer. Whoever has it answers in their place.
        invitation: &'a str = invitation.token.text();
    }
}

/// A respondent's sheet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnswerSheet<'a>(pub(crate) &'a OpenSheet);

object! {
    /// The answer sheet of an invitation.
    AnswerSheet<'a> as "AnswerSheet" => |AnswerSheet(sheet)| {
        /// The last day for answers.
        closes: Option<Date> = sheet.closes;
        /// What is asked.
        questionnaire: Questionnaire<'a> = Questionnaire(&sheet.questionnaire);
        /// The answers that are saved, in the order of the questions.
        answers: [SavedAnswer<'a>; 12] = SavedAnswer::each(sheet);
    }
}

/// A saved answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SavedAnswer<'a> {
    question: &'a core::Question,
    score: Option<i32>,
    comment: &'a str,
}

impl<'a> SavedAnswer<'a> {
    fn each(open: &'a OpenSheet) -> impl Iterator<Item = SavedAnswer<'a>> + use<'a> {
        let OpenSheet {
            questionnaire,
            sheet,
            ..
        } = open;
        let saved = sheet.answers.iter().zip(&sheet.comments);
        let each = questionnaire.questions.iter().zip(saved);
        let saved = each.map(|(question, (answer, comment))| SavedAnswer {
            question,
            score: answer.map(|at| questionnaire.scale.answer(at)),
            comment,
        });
        saved.filter(|saved| saved.score.is_some() || !saved.comment.is_empty())
    }
}

object! {
    /// A saved answer to a question.
    SavedAnswer<'a> as "SavedAnswer" => |saved| {
        /// Code of the question.
        question: Id<'a> = Id(&saved.question.id);
        /// The answer on the scale; null if there is only a comment.
        score: Option<i32> = saved.score;
        /// The comment; null if there is none.
        comment: Option<&'a str> = Some(saved.comment).filter(|comment| !comment.is_empty());
    }
}
