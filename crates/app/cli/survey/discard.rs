//! `wcc survey discard`.

use super::{SurveyArgument, with_surveys};
use crate::cli::{Failure, print};
use crate::settings::Settings;

/// Give an open survey up: destroy its invitations and answers without results
///
/// Nothing is recorded in the ledger and nothing is published. This also ends a survey whose key is
/// lost. A closed survey keeps its results.
#[derive(clap::Args)]
pub(crate) struct Discard {
    #[command(flatten)]
    survey: SurveyArgument,
    /// Do it: without this, the command only says what would be lost
    #[arg(long)]
    yes: bool,
}

pub(super) async fn discard(arguments: &Discard, settings: &Settings) -> Result<(), Failure> {
    with_surveys(settings, async |surveys| {
        let name = &arguments.survey.name;
        if !arguments.yes {
            let lost = match surveys.status(name).await {
                Ok(status) => {
                    let invited: u64 = status.groups.iter().map(|group| group.invited).sum();
                    let answered: u64 = status.groups.iter().map(|group| group.answered).sum();
                    let imported: u64 = status.groups.iter().map(|group| group.imported).sum();
                    format!(
                        "{invited} invitations, {answered} of them answered, and {imported} imported \
                         answers"
                    )
                }
                Err(error @ wcc_survey::SurveyError::NoSurvey { .. }) => return Err(error.into()),
                Err(error) => format!("all invitations and answers, which cannot be counted: {error}"),
            };
            return Err(Failure::refused(format!(
                "nothing is discarded yet. With --yes, these are lost for ever, and nothing is recorded \
                 or published: {lost}"
            )));
        }
        let survey = surveys.discard(name).await?;
        print(&format!(
            "discarded {survey}: its invitations and answers are destroyed, and nothing was recorded\n"
        ))
    })
    .await
}
