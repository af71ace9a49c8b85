//! `wcc survey check` and `wcc survey open`.

use super::{today, with_surveys};
use crate::cli::{Failure, print};
use crate::settings::Settings;
use crate::{ledger_access, load};
use jiff::civil::Date;
use std::path::PathBuf;
use wcc_core::Framework;
use wcc_core::survey::{Purpose, Questionnaire, QuestionnaireMismatch};
use wcc_core::words::counted;
use wcc_programme::nearest;
use wcc_survey::{NewSurvey, OpenResult, SurveyError};

/// Check a questionnaire and read it back
#[derive(clap::Args)]
pub(crate) struct Check {
    /// The questionnaire: configs/surveys/partners-360.toml
    file: PathBuf,
    /// Also check it against a rule book: wcc-2009-10
    #[arg(long, value_name = "ID")]
    framework: Option<String>,
}

pub(super) fn check(arguments: &Check, settings: &Settings) -> Result<(), Failure> {
    let (questionnaire, _) = wcc_case::questionnaire::read(&arguments.file)?;
    let mut note = String::new();
    if let Some(id) = &arguments.framework {
        let frameworks = wcc_case::Frameworks::read(&settings.frameworks)?;
        let Some(framework) = frameworks.find(id) else {
            let known = || frameworks.each().map(|framework| framework.id.as_str());
            return Err(Failure::not_found(format!(
                "there is no framework {id}; expected {}",
                wcc_core::words::any_of(known())
            )));
        };
        check_against(
            &questionnaire,
            framework,
            &arguments.file.display().to_string(),
        )?;
        note = note_on_bands(&questionnaire, framework);
    }
    print(&(in_words(&questionnaire) + &note))
}

fn check_against(
    questionnaire: &Questionnaire,
    framework: &Framework,
    file: &str,
) -> Result<(), Failure> {
    let mismatches = questionnaire.mismatches(framework);
    match mismatches.is_empty() {
        true => Ok(()),
        false => Err(mismatched(&mismatches, file)),
    }
}

fn mismatched(mismatches: &[QuestionnaireMismatch], file: &str) -> Failure {
    let lines = mismatches
        .iter()
        .map(|mismatch| format!("{file}: {mismatch}"));
    let lines: Vec<String> = lines.collect();
    Failure::refused(lines.join("\n"))
}

fn in_words(questionnaire: &Questionnaire) -> String {
    let scale = &questionnaire.scale;
    let mut text = format!("{} ({})\n", questionnaire.title, questionnaire.code);
    if let Some(source) = &questionnaire.source {
        text.push_str(&format!("{source}\n"));
    }
    text.push_str(&match &questionnaire.purpose {
        Purpose::SurveyResults(survey) => {
            format!("its results are recorded as results of the survey {survey}\n")
        }
        Purpose::TrainingNeeds => {
            "its results show training needs; nothing is recorded in the ledger\n".to_owned()
        }
    });
    let answers = (scale.lowest..).zip(&scale.wordings);
    let answers: Vec<String> = answers
        .map(|(answer, wording)| format!("{answer} {wording}"))
        .collect();
    text.push_str(&format!("answers: {}\n", answers.join(", ")));
    let groups: Vec<String> = questionnaire
        .groups
        .iter()
        .map(|group| format!("{} ({})", group.title, group.code))
        .collect();
    text.push_str(&format!("groups: {}\n", groups.join(", ")));
    text.push_str(&format!(
        "groups with fewer than {} answers are not shown by themselves\n",
        questionnaire.minimum_group
    ));
    for question in &questionnaire.questions {
        let about = question.measures.iter().chain(&question.components);
        let about: Vec<&str> = about.map(|id| &**id).collect();
        text.push_str(&format!(
            "  {}: {} [{}]{}\n",
            question.id,
            question.text,
            about.join(", "),
            if question.comment {
                " with comment"
            } else {
                ""
            }
        ));
    }
    text.push_str(&format!(
        "{}, {}: no problems\n",
        counted(questionnaire.questions.len(), "question"),
        counted(questionnaire.groups.len(), "group")
    ));
    text
}

/// Says that a framework has no bands for the survey of a questionnaire: a misspelt name would
/// otherwise go unnoticed. Empty if it has.
fn note_on_bands(questionnaire: &Questionnaire, framework: &Framework) -> String {
    let Some(survey) = questionnaire.survey() else {
        return String::new();
    };
    if framework.survey_rule(survey).is_some() {
        return String::new();
    }
    let known = || framework.surveys.iter().filter_map(|(id, _)| id.as_deref());
    let near = nearest(survey, known());
    let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
    let only = match known().next() {
        Some(_) => format!(" (only for {})", wcc_core::words::all_of(known())),
        None => String::new(),
    };
    format!(
        "note: {} has no bands for the survey {survey}{only}: its results limit nothing{near}\n",
        framework.id
    )
}

/// Open a survey of a body in a cycle of the ledger
///
/// Opening the same survey twice changes nothing; with another closing date, it moves the date.
#[derive(clap::Args)]
pub(crate) struct Open {
    /// The cycle: south-of-tyne-and-wear/2008-09
    cycle: String,
    /// Code of the body that the survey is about: 5KF, south-of-tyne-and-wear
    body: String,
    /// The questionnaire; three ship in configs/surveys
    #[arg(long, value_name = "FILE")]
    questionnaire: PathBuf,
    /// The last day for answers: 2009-10-31
    #[arg(long, value_name = "DATE", value_parser = day)]
    closes: Date,
}

pub(super) async fn open(arguments: Open, settings: &Settings) -> Result<(), Failure> {
    let (questionnaire, text) = wcc_case::questionnaire::read(&arguments.questionnaire)?;
    let file = arguments.questionnaire.display().to_string();
    let (new, note) = ledger_access::with_ledger(settings, false, async |ledger| {
        ledger.look(|state| {
            let about = (&*arguments.cycle, &*arguments.body);
            let new = NewSurvey::in_ledger(state, about, text, arguments.closes, today());
            let new = new.map_err(|error| match error {
                SurveyError::Mismatched(mismatches) => mismatched(&mismatches, &file),
                SurveyError::DayOver(day) => Failure::refused(format!(
                    "--closes {day} is over: expected today or a later day"
                )),
                error => error.into(),
            })?;
            let cycle = state.cycle_at(&new.cycle, state.last());
            let note = cycle.map(|(cycle, _)| note_on_bands(&questionnaire, &cycle.framework));
            Ok((new, note.unwrap_or_default()))
        })
    })
    .await?;
    let progress = load::progress("opening the survey");
    let opened = with_surveys(settings, async |surveys| Ok(surveys.open(&new).await?)).await;
    progress.finish_and_clear();
    let (survey, opened) = opened?;
    print(&match opened {
        OpenResult::New => format!(
            "opened {survey}, until {}\n{note}next: wcc survey invite {survey} CONTACTS.csv --out LINKS.csv\n",
            new.closes
        ),
        OpenResult::Moved => format!("{survey} is now open until {}\n", new.closes),
        OpenResult::Unchanged => format!("{survey} is open already, until {}\n", new.closes),
    })
}

/// Reads a day.
fn day(text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|_| "expected a day as YYYY-MM-DD: 2009-10-31".to_owned())
}
