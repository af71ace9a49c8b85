//! `wcc survey invite`, `remind` and `import-answers`.

use super::{SurveyArgument, create_private, in_file, name_of, opened, today, with_surveys};
use crate::cli::{Failure, print};
use crate::load;
use crate::settings::Settings;
use std::cell::Cell;
use std::io::Write;
use std::path::{Path, PathBuf};
use wcc_core::words::counted;
use wcc_csv_text::spreadsheet_csv;
use wcc_survey::{DigestReader, SurveyError};

/// Invite people: writes a personal token for each of them
///
/// The table of contacts has the columns group and contact (an e-mail address or another
/// reference). The tokens are written once, to a new file, and stored nowhere; send each person
/// theirs, then delete the file. Inviting the same people again changes nothing.
#[derive(clap::Args)]
pub(crate) struct Invite {
    #[command(flatten)]
    survey: SurveyArgument,
    /// The table of contacts (.csv)
    contacts: PathBuf,
    /// The new file for the tokens: group,contact,token
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Give a new token to those who were invited and have not answered, in the group that the table
    /// says; their old tokens, and what they saved, no longer work
    #[arg(long)]
    renew: bool,
}

pub(super) async fn invite(arguments: &Invite, settings: &Settings) -> Result<(), Failure> {
    with_surveys(settings, async |surveys| {
        let name = &arguments.survey.name;
        let questionnaire = surveys.questionnaire(name).await?;
        let table = opened(&arguments.contacts)?;
        let file = name_of(&arguments.contacts);
        let contacts = wcc_case::answers::contacts(&questionnaire, table, &file)?;
        let out = TokenFile::new(&arguments.out)?;
        let invited = surveys
            .invite(name, &contacts, arguments.renew, today(), |delivered| {
                let people = delivered.iter();
                let people = people.map(|(group, contact, token)| [*group, *contact, token.text()]);
                let rows = std::iter::once(["group", "contact", "token"]).chain(people);
                out.write(&spreadsheet_csv(rows))
            })
            .await;
        let invited = match invited {
            Ok(invited) => invited,
            Err(error) => {
                out.remove(&error);
                return Err(error.into());
            }
        };
        if invited.new > 0 {
            out.finish()?;
        }
        let people = |count: usize| counted(count, "person").replace("persons", "people");
        let mut text = format!(
            "{} invited, {} already\n",
            people(invited.new),
            invited.known
        );
        if invited.moved > 0 {
            let moved = people(invited.moved);
            text.push_str(&format!(
                "{moved} moved to another group, as the table says\n"
            ));
        }
        if invited.elsewhere > 0 {
            text.push_str(&format!(
                "{} already invited in another group than the table says: they stay there (--renew \
                 moves those who have not answered)\n",
                people(invited.elsewhere)
            ));
        }
        if invited.new > 0 {
            text.push_str(&format!(
                "{}: send each person their token, then delete the file; it is the only copy\n",
                arguments.out.display()
            ));
        }
        print(&text)
    })
    .await
}

/// The file for tokens. They are written to a file beside it, which gets the name once the
/// invitations are stored: a file of that name never has tokens that do not work.
struct TokenFile<'a> {
    file: &'a Path,
    unfinished: PathBuf,
    is_written: Cell<bool>,
}

impl<'a> TokenFile<'a> {
    fn new(file: &'a Path) -> Result<TokenFile<'a>, Failure> {
        let mut name = file.as_os_str().to_owned();
        name.push(".unfinished");
        let unfinished = PathBuf::from(name);
        if file.symlink_metadata().is_ok() {
            return Err(in_file(
                file,
                "the file exists and is not overwritten; choose another name",
            ));
        }
        if unfinished.symlink_metadata().is_ok() {
            return Err(in_file(
                &unfinished,
                "an interrupted `wcc survey invite` left this file. Delete it and, if it invited \
                 anybody, invite them again with --renew",
            ));
        }
        Ok(TokenFile {
            file,
            unfinished,
            is_written: Cell::new(false),
        })
    }

    fn write(&self, text: &str) -> Result<(), String> {
        let failed = |error: std::io::Error| {
            format!("{} cannot be written: {error}", self.unfinished.display())
        };
        // Tokens that came before are not those of any invitation.
        if self.is_written.get() {
            std::fs::remove_file(&self.unfinished).map_err(failed)?;
        }
        let mut file = create_private(&self.unfinished).map_err(failed)?;
        self.is_written.set(true);
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(failed)
    }

    fn finish(&self) -> Result<(), Failure> {
        // Unlike renaming, this never replaces a file that somebody else has just made.
        let finished = std::fs::hard_link(&self.unfinished, self.file)
            .and_then(|()| std::fs::remove_file(&self.unfinished));
        finished.map_err(|error| {
            in_file(
                self.file,
                &format!(
                    "cannot be made: {error}. The invitations are stored, and their tokens are in {}",
                    self.unfinished.display()
                ),
            )
        })
    }

    /// Removes tokens that are not those of any invitation. If the database may have stored them
    /// before it failed, they stay.
    fn remove(&self, error: &SurveyError) {
        if self.is_written.get() && !matches!(error, SurveyError::Store(_)) {
            let _ = std::fs::remove_file(&self.unfinished);
        }
    }
}

/// List who was invited and has not answered yet, as CSV
#[derive(clap::Args)]
pub(crate) struct Remind {
    #[command(flatten)]
    survey: SurveyArgument,
}

pub(super) async fn remind(arguments: &Remind, settings: &Settings) -> Result<(), Failure> {
    with_surveys(settings, async |surveys| {
        let open = surveys.unanswered(&arguments.survey.name).await?;
        let people = open.iter().map(|(group, contact)| [&**group, &**contact]);
        let rows = std::iter::once(["group", "contact"]).chain(people);
        print(&spreadsheet_csv(rows))
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
    survey: SurveyArgument,
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
        let name = &arguments.survey.name;
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
