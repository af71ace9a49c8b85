//! `wcc survey status`, `results` and `needs`.

use super::{SurveyArgument, today, with_surveys};
use crate::cli::{Failure, print};
use crate::settings::Settings;
use wcc_csv_text::spreadsheet_csv;
use wcc_survey::{
    GroupStatus, PublishedFigures, PublishedQuestion, PublishedResults, SurveyState, SurveyStatus,
    TrainingNeed,
};

/// How results are printed.
#[derive(clap::Args)]
struct Form {
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print a table for spreadsheets
    #[arg(long)]
    csv: bool,
}

/// Show the response rates of a survey, or of all surveys
#[derive(clap::Args)]
pub(crate) struct Status {
    /// The survey, as in `wcc survey invite`; default: all
    survey: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn status(arguments: &Status, settings: &Settings) -> Result<(), Failure> {
    with_surveys(settings, async |surveys| {
        let all = match &arguments.survey {
            Some(survey) => vec![surveys.status(survey).await?],
            None => surveys.all().await?,
        };
        if arguments.json {
            return print_json(&all);
        }
        if all.is_empty() {
            return print("no surveys: open one with `wcc survey open`\n");
        }
        print(&all.iter().map(status_in_words).collect::<String>())
    })
    .await
}

fn status_in_words(status: &SurveyStatus) -> String {
    let mut text = format!(
        "{}: {}, {} {}\n",
        status.survey,
        status.title,
        status.state,
        match status.state {
            SurveyState::Open if status.closes < today().to_string() => {
                format!("(its last day, {}, is over: close it)", status.closes)
            }
            SurveyState::Open => format!("until {}", status.closes),
            SurveyState::Closing => "(run `wcc survey close` again)".to_owned(),
            _ => format!("(answers until {})", status.closes),
        }
    );
    if let Some(problem) = &status.problem {
        text.push_str(&format!("  cannot be read: {problem}\n"));
    }
    text.extend(status.groups.iter().map(response_rate));
    text
}

/// The line of a group's response rate.
fn response_rate(group: &GroupStatus) -> String {
    let imported = match group.imported {
        0 => String::new(),
        imported => format!(", and {imported} imported"),
    };
    format!(
        "  {}: {} of {} answered{imported}\n",
        group.title, group.answered, group.invited
    )
}

/// Show the results of a closed survey
#[derive(clap::Args)]
pub(crate) struct Results {
    #[command(flatten)]
    survey: SurveyArgument,
    #[command(flatten)]
    form: Form,
}

pub(super) async fn results(arguments: &Results, settings: &Settings) -> Result<(), Failure> {
    with_surveys(settings, async |surveys| {
        let results = surveys.results(&arguments.survey.name).await?;
        if arguments.form.json {
            return print_json(&results);
        }
        print(&match arguments.form.csv {
            true => results_in_csv(&results),
            false => results_in_words(&results),
        })
    })
    .await
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::system(format!("cannot write JSON: {error}")))?;
    print(&format!("{text}\n"))
}

fn heading(results: &PublishedResults) -> String {
    let mut text = format!("{}: {}\n", results.survey, results.title);
    if let Some(source) = &results.source {
        text.push_str(&format!("{source}\n"));
    }
    let wordings = (results.lowest..).zip(&results.wordings);
    let wordings: Vec<String> = wordings.map(|(at, word)| format!("{at} {word}")).collect();
    text.push_str(&format!("answers: {}\n", wordings.join(", ")));
    text.extend(results.groups.iter().map(response_rate));
    text.push_str(&format!(
        "Groups with fewer than {} answers to a question are shown together with others, or not at all.\n",
        results.minimum_group
    ));
    text
}

fn results_in_words(results: &PublishedResults) -> String {
    let mut text = heading(results);
    for question in &results.questions {
        text.push_str(&format!("\n{}: {}\n", question.id, question.text));
        let Some(overall) = &question.overall else {
            text.push_str(&format!(
                "  not shown: too few answers (fewer than {} in all, or besides imported ones)\n",
                results.minimum_group
            ));
            continue;
        };
        text.push_str(&format!("  everybody: {}\n", figures_in_words(overall)));
        for level in &question.supports {
            text.push_str(&format!(
                "  supports level {} on {}\n",
                level.level, level.measure
            ));
        }
        for figures in &question.groups {
            text.push_str(&format!(
                "  {}: {}\n",
                groups_in_words(results, figures),
                figures_in_words(figures)
            ));
        }
        for comments in &question.comments {
            for comment in &comments.comments {
                let comment = comment.replace('\n', " ");
                text.push_str(&format!(
                    "  {}: \"{comment}\"\n",
                    results.group_title(&comments.group)
                ));
            }
        }
    }
    text
}

fn groups_in_words(results: &PublishedResults, figures: &PublishedFigures) -> String {
    let titles = figures.groups.iter().map(|code| results.group_title(code));
    let titles: Vec<&str> = titles.collect();
    match titles.as_slice() {
        [title] => (*title).to_owned(),
        titles => format!(
            "{}, together",
            wcc_core::words::all_of(titles.iter().copied())
        ),
    }
}

fn figures_in_words(figures: &PublishedFigures) -> String {
    let wording = figures
        .wording
        .as_deref()
        .map_or_else(String::new, |word| format!(" ({word})"));
    let counts: Vec<String> = figures.distribution.iter().map(u64::to_string).collect();
    format!(
        "{}{wording}, {} answers, standard deviation {}, distribution {}",
        figures.mean,
        figures.answers,
        figures.spread,
        counts.join("-")
    )
}

/// A row for each question and everybody or a group.
fn results_in_csv(results: &PublishedResults) -> String {
    let mut header: Vec<String> = [
        "question", "text", "groups", "answers", "mean", "spread", "wording", "supports",
    ]
    .map(str::to_owned)
    .to_vec();
    let points = (results.lowest..).zip(&results.wordings);
    header.extend(points.map(|(at, word)| format!("{at} {word}")));
    let mut rows = vec![header];
    for question in &results.questions {
        for figures in question.overall.iter().chain(&question.groups) {
            let mut cells = vec![
                question.id.clone(),
                question.text.clone(),
                match figures.groups.as_slice() {
                    [] => "everybody".to_owned(),
                    groups => groups.join(" + "),
                },
                figures.answers.to_string(),
                figures.mean.clone(),
                figures.spread.clone(),
                figures.wording.clone().unwrap_or_default(),
                match figures.groups.is_empty() {
                    true => levels(question),
                    false => String::new(),
                },
            ];
            cells.extend(figures.distribution.iter().map(u64::to_string));
            rows.push(cells);
        }
    }
    spreadsheet_csv(rows)
}

fn levels(question: &PublishedQuestion) -> String {
    let levels = question.supports.iter();
    let levels: Vec<String> = levels
        .map(|level| format!("{} on {}", level.level, level.measure))
        .collect();
    levels.join("; ")
}

/// Show the training needs of each directorate after a staff survey was closed
///
/// A directorate needs training where its mean is below the level that the questionnaire expects.
#[derive(clap::Args)]
pub(crate) struct Needs {
    #[command(flatten)]
    survey: SurveyArgument,
    #[command(flatten)]
    form: Form,
}

pub(super) async fn needs(arguments: &Needs, settings: &Settings) -> Result<(), Failure> {
    with_surveys(settings, async |surveys| {
        let results = surveys.results(&arguments.survey.name).await?;
        if results.framework_survey.is_some() {
            return Err(Failure::refused(format!(
                "the survey {} is not about training needs: see `wcc survey results`",
                results.survey
            )));
        }
        let needs = results.training_needs();
        if arguments.form.json {
            return print_json(&needs);
        }
        print(&match arguments.form.csv {
            true => needs_in_csv(&needs),
            false => needs_in_words(&results, &needs),
        })
    })
    .await
}

fn needs_in_csv(needs: &[TrainingNeed<'_>]) -> String {
    let columns = [
        "directorates",
        "question",
        "text",
        "components",
        "expected",
        "mean",
        "answers",
        "below",
        "need",
    ];
    let mut rows = vec![columns.map(str::to_owned)];
    for need in needs {
        let groups = match need.groups.as_slice() {
            [] => "everybody".to_owned(),
            groups => groups.join(" + "),
        };
        rows.push([
            groups,
            need.question.to_owned(),
            need.text.to_owned(),
            need.components.join(" "),
            need.expected.to_string(),
            need.mean.to_owned(),
            need.answers.to_string(),
            need.below.to_string(),
            if need.needs_training { "yes" } else { "no" }.to_owned(),
        ]);
    }
    spreadsheet_csv(rows)
}

fn needs_in_words(results: &PublishedResults, needs: &[TrainingNeed<'_>]) -> String {
    let mut text = heading(results);
    let mut last: Option<&[&str]> = None;
    for need in needs {
        if last != Some(&need.groups) {
            let titles = need.groups.iter().map(|code| results.group_title(code));
            let title = match need.groups.as_slice() {
                [] => "Everybody".to_owned(),
                _ => wcc_core::words::all_of(titles),
            };
            text.push_str(&format!("\n{title}\n"));
            last = Some(&need.groups);
        }
        text.push_str(&format!(
            "  {} {}: mean {} of {} expected, {} of {} below\n",
            if need.needs_training {
                "needs training:"
            } else {
                "meets:"
            },
            need.text,
            need.mean,
            need.expected,
            need.below,
            need.answers
        ));
    }
    text
}
