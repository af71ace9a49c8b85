//! `wcc survey close`.

use super::{SurveyArgument, today, with_surveys};
use crate::cli::{Failure, print};
use crate::ledger_access;
use crate::settings::Settings;
use std::sync::Arc;
use wcc_core::actor::Actor;
use wcc_core::words::counted;

/// Close a survey: record its results, and destroy invitations and answers
///
/// The overall result of each question enters the ledger as a survey result on its measures. All
/// invitations, answers and the survey's key are destroyed; only what `wcc survey results` shows is
/// kept. If closing is interrupted, run the command again: it completes what was begun.
#[derive(clap::Args)]
pub(crate) struct Close {
    #[command(flatten)]
    survey: SurveyArgument,
    /// Close it although its last day is not over
    #[arg(long)]
    early: bool,
    /// The person who closes it; an interrupted closing is completed in the name of who began it
    #[arg(long, default_value = "operator")]
    author: String,
}

pub(super) async fn close(arguments: &Close, settings: &Settings) -> Result<(), Failure> {
    let name = &arguments.survey.name;
    with_surveys(settings, async |surveys| {
        let cycle = surveys.cycle_of(name).await?;
        ledger_access::with_ledger(settings, false, async |ledger| {
            let framework = ledger.look(|state| {
                let cycle = state.cycle_at(&cycle, state.last());
                cycle.map(|(cycle, _)| Arc::clone(&cycle.framework))
            });
            let framework = framework.ok_or_else(|| {
                Failure::not_found(format!("there is no cycle {cycle} in the ledger"))
            })?;
            let closer = Actor::operator(arguments.author.as_str());
            let closed = surveys
                .close(
                    name,
                    &framework,
                    (today(), arguments.early),
                    &closer,
                    |request| ledger.rehearse(request).map_err(Failure::from),
                    async |request| ledger.append(request).await.map_err(Failure::from),
                )
                .await?;
            let closing = &closed.closing;
            if closing.is_closed {
                return print(&format!("{} is closed already\n", closing.results.survey));
            }
            let recorded = match &closed.entered {
                Some((count, _)) => counted(*count, "survey result"),
                None => "nothing".to_owned(),
            };
            let began = match closing.closer == closer {
                true => String::new(),
                false => format!(" by {}, who began to close it", closing.closer),
            };
            print(&format!(
                "closed {}: {recorded} recorded in the ledger{began}; invitations and answers are \
                 destroyed\n",
                closing.results.survey
            ))
        })
        .await
    })
    .await
}
