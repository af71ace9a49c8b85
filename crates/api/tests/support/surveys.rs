//! Surveys that answer without keeping anything, to see what the API makes of their answers.

use jiff::civil::date;
use wcc_api::{
    AnswerFigures, BoxFuture, GroupComments, GroupResponse, InvitationToken, OpenSheet,
    QuestionReport, SheetResult, SheetStep, SupportedLevel, SurveyActResult, SurveyCommand,
    SurveyContact, SurveyFailure, SurveyInvitation, SurveyMistake, SurveyMistakeKind,
    SurveyOverview, SurveyReport, SurveyResult, SurveyRunner, SurveyState, TrainingNeed,
};
use wcc_core::Actor;
use wcc_core::survey::{AnswerSheet, Questionnaire};

const QUESTIONNAIRE: &str = include_str!("../../../../configs/surveys/pbc-clusters.toml");

/// Surveys that always say the same.
pub struct FixedSurveys;

fn questionnaire() -> Questionnaire {
    wcc_case::questionnaire::parse(QUESTIONNAIRE, "questionnaire").unwrap()
}

fn overview(state: SurveyState) -> SurveyOverview {
    SurveyOverview {
        id: format!("{}/5KF/pbc-clusters", crate::book::CYCLE).into(),
        cycle: crate::book::CYCLE.into(),
        body: "5KF".into(),
        state,
        closes: Some(date(2008, 10, 31)),
        questionnaire: Some(questionnaire()),
        groups: vec![GroupResponse {
            code: "cluster-leads".into(),
            title: "Clinical leads of the clusters".into(),
            invited: 8,
            answered: 5,
            imported: 0,
        }],
        report: (state == SurveyState::Closed).then(report),
        is_unreadable: false,
    }
}

fn report() -> SurveyReport {
    let figures = |groups: &[&str]| AnswerFigures {
        groups: groups.iter().map(|group| (*group).into()).collect(),
        answers: 5,
        mean: 4.2,
        spread: 0.4,
        wording: Some("somewhat agree".into()),
        is_below_expected: Some(true),
        counts: vec![0, 0, 0, 4, 1, 0],
    };
    let scale = questionnaire().scale;
    SurveyReport {
        lowest: scale.lowest,
        wordings: scale.wordings.to_vec(),
        questions: vec![QuestionReport {
            code: "support".into(),
            text: "The PCT supports us".into(),
            measures: vec!["4a".into()],
            components: vec!["4".into()],
            expected: Some(5),
            overall: Some(figures(&[])),
            supports: vec![SupportedLevel {
                measure: "4a".into(),
                level: "2".into(),
            }],
            groups: vec![figures(&["cluster-leads", "cluster-managers"])],
            comments: vec![GroupComments {
                group: "cluster-leads".into(),
                comments: vec!["Helpful".into()],
            }],
        }],
        needs: vec![TrainingNeed {
            groups: vec!["cluster-leads".into()],
            question: "support".into(),
            text: "The PCT supports us".into(),
            components: vec!["4".into()],
            expected: 5,
            mean: 4.2,
            answers: 5,
            below: 4,
            is_needed: true,
        }],
    }
}

fn person() -> SurveyContact {
    SurveyContact {
        group: "cluster-leads".into(),
        contact: "lead@cluster.example".into(),
    }
}

impl SurveyRunner for FixedSurveys {
    fn surveys(&self, actor: Actor) -> BoxFuture<'_, Result<Vec<SurveyOverview>, SurveyFailure>> {
        let is_seen = actor != Actor::public();
        let all = is_seen.then(|| overview(SurveyState::Open));
        Box::pin(async move { Ok(all.into_iter().collect()) })
    }

    fn run(
        &self,
        _: Actor,
        command: SurveyCommand,
    ) -> BoxFuture<'_, Result<SurveyResult, SurveyFailure>> {
        let (act, state) = match command {
            SurveyCommand::Open { .. } => (
                SurveyActResult::Open { is_changed: true },
                SurveyState::Open,
            ),
            SurveyCommand::Invite { .. } => {
                let token = InvitationToken::new("shown-once");
                let contact = person();
                let act = SurveyActResult::Invited {
                    invitations: vec![SurveyInvitation { contact, token }],
                    known: 1,
                    elsewhere: 0,
                };
                (act, SurveyState::Open)
            }
            SurveyCommand::Remind { .. } => (
                SurveyActResult::Unanswered(vec![person()]),
                SurveyState::Open,
            ),
            SurveyCommand::Import { .. } => {
                let act = SurveyActResult::Imported {
                    respondents: 12,
                    earlier: 1,
                };
                (act, SurveyState::Open)
            }
            SurveyCommand::Discard { apply, .. } => (
                SurveyActResult::Discarded { is_done: apply },
                SurveyState::Open,
            ),
            SurveyCommand::Close { .. } => {
                let (results, entered) = (0, None);
                let act = SurveyActResult::Closed { results, entered };
                (act, SurveyState::Closed)
            }
        };
        let result = SurveyResult {
            survey: Some(overview(state)),
            cycle: crate::book::CYCLE.into(),
            act,
        };
        Box::pin(async { Ok(result) })
    }

    fn answer(
        &self,
        invitation: InvitationToken,
        step: SheetStep,
    ) -> BoxFuture<'_, Result<SheetResult, SurveyFailure>> {
        if invitation.text() != "shown-once" {
            let kind = SurveyMistakeKind::Refused;
            let mistake = SurveyMistake::new(kind, Some("invitation"), "it cannot be used");
            return Box::pin(async { Err(mistake.into()) });
        }
        let questionnaire = questionnaire();
        let mut sheet = AnswerSheet::blank(&questionnaire);
        if let SheetStep::Save(answers) = &step {
            sheet.answers[0] = answers[0]
                .score
                .and_then(|score| questionnaire.scale.position(score));
        }
        let result = match step {
            SheetStep::Submit(_) => SheetResult::Submitted,
            _ => SheetResult::Open(Box::new(OpenSheet {
                closes: Some(date(2008, 10, 31)),
                questionnaire,
                sheet,
            })),
        };
        Box::pin(async { Ok(result) })
    }
}
