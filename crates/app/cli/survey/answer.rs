//! `wcc survey answer`: a respondent's own answers.

use super::{in_file, name_of, opened, today, with_surveys};
use crate::cli::{Failure, print};
use crate::settings::Settings;
use std::io::Read;
use std::path::{Path, PathBuf};
use wcc_core::survey::Questionnaire;
use wcc_csv_text::spreadsheet_csv;
use wcc_survey::{OpenedSheet, SurveyError, Token};

/// The environment variable that may hold the token.
const VARIABLE: &str = "WCC_SURVEY_TOKEN";
/// Maximum size of a token's file, in bytes.
const TOKEN_LIMIT: u64 = 1_000;

/// Answer a survey with the token of an invitation
///
/// Without a table of answers: prints the questions with the answers saved so far, as a table to
/// fill in. With one: saves it, to go on later, or with --submit submits it once and for all. The
/// table has the columns question, score and comment. A question without a row keeps what was saved
/// for it; an empty cell erases that.
///
/// The token is read from the environment variable WCC_SURVEY_TOKEN or from --token-file, because
/// other users of a machine see what is on a command line.
#[derive(clap::Args)]
pub(crate) struct Answer {
    /// The table of answers (.csv), or - for standard input
    file: Option<PathBuf>,
    /// A file with the token, and nothing else
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Submit the answers, or those saved before; they cannot be changed afterwards
    #[arg(long)]
    submit: bool,
}

pub(super) async fn answer(arguments: &Answer, settings: &Settings) -> Result<(), Failure> {
    let token = token(arguments.token_file.as_deref())?;
    with_surveys(settings, async |surveys| {
        let open = surveys.sheet(&token, today()).await?;
        let Some(file) = &arguments.file else {
            if arguments.submit {
                let as_saved = |_: &Questionnaire, saved| Ok::<_, SurveyError>(saved);
                surveys.submit(&token, as_saved, today()).await?;
                return print("submitted: thank you\n");
            }
            return print(&in_table(&open));
        };
        let (mut input, name): (Box<dyn Read>, String) = match file.as_os_str().to_str() {
            Some("-") => (Box::new(std::io::stdin()), "standard input".to_owned()),
            _ => (Box::new(opened(file)?), name_of(file)),
        };
        let mut table = Vec::new();
        input
            .read_to_end(&mut table)
            .map_err(|error| Failure::refused(format!("{name}: cannot be read: {error}")))?;
        let filled = |questionnaire: &Questionnaire, saved| {
            let sheet = wcc_case::answers::sheet(questionnaire, saved, &*table, &name);
            sheet.map_err(Failure::from)
        };
        if arguments.submit {
            surveys.submit(&token, filled, today()).await?;
            return print("submitted: thank you\n");
        }
        let open = surveys.save(&token, filled, today()).await?;
        let answered = open.sheet.answers.iter().flatten().count();
        print(&format!(
            "saved: {answered} of {} questions answered, earlier answers without a row included; \
             submit with --submit by {}\n",
            open.questionnaire.questions.len(),
            open.closes
        ))
    })
    .await
}

fn token(file: Option<&Path>) -> Result<Token, Failure> {
    let text = match file {
        Some(file) => {
            let mut text = String::new();
            let read = opened(file)?.take(TOKEN_LIMIT).read_to_string(&mut text);
            read.map_err(|error| in_file(file, &format!("cannot be read: {error}")))?;
            text
        }
        None => std::env::var(VARIABLE).map_err(|_| {
            Failure::refused(format!(
                "no token: set the environment variable {VARIABLE}, or name a file with --token-file"
            ))
        })?,
    };
    Token::parse(&text).ok_or_else(|| SurveyError::UnknownToken.into())
}

/// The questions with the answers so far, as a table to fill in.
fn in_table(open: &OpenedSheet) -> String {
    let scale = &open.questionnaire.scale;
    let mut rows = vec![["question", "score", "comment", "text"].map(str::to_owned)];
    let answers = open.sheet.answers.iter().zip(&open.sheet.comments);
    for (question, (answer, comment)) in open.questionnaire.questions.iter().zip(answers) {
        rows.push([
            question.id.to_string(),
            answer.map_or_else(String::new, |at| scale.answer(at).to_string()),
            comment.to_string(),
            question.text.to_string(),
        ]);
    }
    spreadsheet_csv(rows)
}
