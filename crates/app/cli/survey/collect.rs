//! `wcc survey invite`, `remind` and `import-answers`.

use super::{Named, create_private, name_of, opened, row, with_surveys};
use crate::cli::{Failure, print};
use crate::load;
use crate::settings::Settings;
use std::io::Write;
use std::path::PathBuf;
use wcc_core::words::counted;
use wcc_survey::{DigestReader, Token};

/// Invite people: writes a personal token for each of them
///
/// The table of contacts has the columns group and contact (an e-mail address or another
/// reference). The tokens are written once, to a new file, and stored nowhere; send each person
/// theirs, then delete the file. Inviting the same people again changes nothing.
#[derive(clap::Args)]
pub(crate) struct Invite {
    #[command(flatten)]
    named: Named,
    /// The table of contacts (.csv)
    contacts: PathBuf,
    /// The new file for the tokens: group,contact,token
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Give a new token to those who were invited and have not answered; their old tokens, and what
    /// they saved, no longer work
    #[arg(long)]
    renew: bool,
}

pub(super) async fn invite(arguments: &Invite, settings: &Settings) -> Result<(), Failure> {
    with_surveys(settings, async |surveys| {
        let name = &arguments.named.survey;
        let questionnaire = surveys.questionnaire(name).await?;
        let table = opened(&arguments.contacts)?;
        let file = name_of(&arguments.contacts);
        let contacts = wcc_case::answers::contacts(&questionnaire, table, &file)?;
        let out = &arguments.out;
        let created = std::cell::Cell::new(false);
        let deliver = |delivered: &[(&str, &str, Token)]| {
            let failed = |error: std::io::Error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => format!(
                    "{}: the file exists and is not overwritten; choose another name",
                    out.display()
                ),
                _ => format!("{} cannot be written: {error}", out.display()),
            };
            let mut text = row(["group", "contact", "token"]);
            for (group, contact, token) in delivered {
                text.push_str(&row([*group, *contact, token.text()]));
            }
            let mut file = create_private(out).map_err(failed)?;
            created.set(true);
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(failed)
        };
        let invited = surveys
            .invite(name, &contacts, arguments.renew, deliver)
            .await;
        let invited = match invited {
            Ok(invited) => invited,
            Err(error) => {
                // Its tokens are not those of any invitation.
                if created.get() {
                    let _ = std::fs::remove_file(out);
                }
                return Err(error.into());
            }
        };
        let mut text = format!(
            "{} invited, {} already\n",
            counted(invited.new, "person").replace("persons", "people"),
            invited.known
        );
        if invited.new > 0 {
            text.push_str(&format!(
                "{}: send each person their token, then delete the file; it is the only copy\n",
                out.display()
            ));
        }
        print(&text)
    })
    .await
}

/// List who was invited and has not answered yet, as CSV
#[derive(clap::Args)]
pub(crate) struct Remind {
    #[command(flatten)]
    named: Named,
}

pub(super) async fn remind(arguments: &Remind, settings: &Settings) -> Result<(), Failure> {
    with_surveys(settings, async |surveys| {
        let open = surveys.unanswered(&arguments.named.survey).await?;
        let mut text = row(["group", "contact"]);
        for (group, contact) in &open {
            text.push_str(&row([group.as_str(), contact.as_str()]));
        }
        print(&text)
    })
    .await
}

/// Import answers that were collected elsewhere, for example on paper
///
/// The table has a row for each respondent: their group, a column for each question named by its
/// code, and optionally CODE.comment. A cell is empty if the question was not answered. Only counts
/// and comments are kept. All or nothing; importing the same file twice changes nothing. Several
/// files add up: import a corrected file with --replace.
#[derive(clap::Args)]
pub(crate) struct ImportAnswers {
    #[command(flatten)]
    named: Named,
    /// The table of answers (.csv)
    file: PathBuf,
    /// Put these answers in place of all that were imported into this survey before
    #[arg(long)]
    replace: bool,
}

pub(super) async fn import_answers(
    arguments: &ImportAnswers,
    settings: &Settings,
) -> Result<(), Failure> {
    with_surveys(settings, async |surveys| {
        let name = &arguments.named.survey;
        let questionnaire = surveys.questionnaire(name).await?;
        let mut table = DigestReader::new(opened(&arguments.file)?);
        let file = name_of(&arguments.file);
        let progress = load::progress(&format!("reading {file}"));
        let count = |rows: u64| progress.set_message(format!("reading {file}: {rows} rows"));
        let tally = wcc_case::answers::tally(&questionnaire, &mut table, &file, &count);
        progress.finish_and_clear();
        let tally = tally?;
        let answers: u64 = tally.sheets().iter().sum();
        let digest = table.finish();
        let earlier = surveys.import(name, &digest, &tally, arguments.replace);
        print(&match earlier.await? {
            None => format!("{file} was imported already: nothing to do\n"),
            Some(0) => format!("imported the answers of {answers} respondents\n"),
            Some(_) => format!(
                "imported the answers of {answers} respondents, in addition to those imported before \
                 (--replace would replace them)\n"
            ),
        })
    })
    .await
}
