//! Reads questionnaires: the questions of a survey, its groups of respondents and its answer scale,
//! as TOML. The format is described in `docs/surveys.md`.

use crate::answers::COMMENT;
use crate::files;
use crate::format::{self, Version};
use crate::framework::{UniqueIds, identifier, is_identifier};
use crate::problem::{Problems, quoted};
use crate::problem_collector::ProblemCollector;
use crate::toml_reader::{Document, Located, Reader, Strictness};
use std::path::Path;
use wcc_core::TextKind;
use wcc_core::survey::{AnswerScale, Purpose, Question, Questionnaire, RespondentGroup};

/// Maximum number of groups, of questions, and of points on the answer scale.
const MOST_GROUPS: usize = 100;
const MOST_QUESTIONS: usize = 200;
const MOST_POINTS: usize = 11;
/// Maximum number of characters of a title or question.
const LONGEST_TEXT: usize = 1_000;

/// Reads a questionnaire file.
///
/// # Errors
/// All problems of the file.
pub fn read(path: &Path) -> Result<(Questionnaire, String), Problems> {
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let bytes = files::read(path, &name, files::TOML_LIMIT)?;
    let text = files::as_text(&bytes, &name)?;
    Ok((parse(&text, &name)?, text.into_owned()))
}

/// Reads a questionnaire from text; `file` is its name in problems.
///
/// # Errors
/// All problems of the text.
pub fn parse(text: &str, file: &str) -> Result<Questionnaire, Problems> {
    files::check_size(text.len(), file, files::TOML_LIMIT)?;
    let collector = ProblemCollector::default();
    let document = Document::new(file, text, &collector, Strictness::New);
    let read = document.parse().and_then(|table| {
        let root = document.root(&table);
        Version::of_file(&root, Version::QUESTIONNAIRES)?;
        Some(questionnaire(&root))
    });
    collector.sort_by_line();
    collector.into_result(read)
}

/// Reads the whole table. A value with a problem is replaced by a placeholder, so that everything
/// else is checked too.
fn questionnaire(root: &Reader<'_>) -> Questionnaire {
    root.only(&[
        format::KEY,
        "code",
        "title",
        "produces",
        "survey",
        "minimum_group",
        "source",
        "scale",
        "group",
        "question",
    ]);
    let scale = scale(root);
    let purpose = purpose(root);
    let minimum = root.integer("minimum_group", 2..=1_000);
    Questionnaire {
        code: code(root, "code"),
        title: line(root, "title"),
        minimum_group: minimum.map_or(3, |minimum| u32::try_from(minimum.value).unwrap_or(3)),
        groups: groups(root),
        questions: questions(root, &purpose, scale.as_ref()),
        scale: scale.unwrap_or(AnswerScale {
            lowest: 1,
            wordings: Vec::new(),
        }),
        purpose,
        source: root.has("source").then(|| line(root, "source")),
    }
}

fn purpose(root: &Reader<'_>) -> Purpose {
    let kinds = [("survey-results", true), ("training-needs", false)];
    if !root.has("produces") {
        root.missing("produces");
    }
    match root.word("produces", &kinds) {
        Some(kind) if !kind.value => {
            if root.has("survey") {
                root.document.add(&root.spot_of("survey"), |at| {
                    at("is not used for training needs".to_owned())
                        .expecting("no such key, or produces = \"survey-results\"")
                });
            }
            Purpose::TrainingNeeds
        }
        Some(_) => Purpose::SurveyResults(code(root, "survey")),
        None => Purpose::SurveyResults(Box::default()),
    }
}

/// The answer scale; `None` if it has a problem, so that nothing is compared with it.
fn scale(root: &Reader<'_>) -> Option<AnswerScale> {
    if !root.has("scale") {
        root.missing("scale");
    }
    let table = root.table("scale")?;
    table.only(&["lowest", "wordings"]);
    let lowest = table.integer("lowest", -100..=100);
    if !table.has("lowest") {
        table.missing("lowest");
    }
    if !table.has("wordings") {
        table.missing("wordings");
    }
    let wordings = table.texts("wordings")?;
    if !(2..=MOST_POINTS).contains(&wordings.len()) {
        table.document.add(&table.spot_of("wordings"), |at| {
            at(format!("has {} wordings", wordings.len())).expecting(format!(
                "a wording for each answer, lowest first: 2 to {MOST_POINTS}"
            ))
        });
        return None;
    }
    let mut known = UniqueIds::default();
    for wording in &wordings {
        known.take(&table, wording, &wording.spot);
    }
    Some(AnswerScale {
        lowest: i32::try_from(lowest?.value).ok()?,
        wordings: wordings
            .iter()
            .map(|wording| checked_line(&table, wording))
            .collect(),
    })
}

fn groups(root: &Reader<'_>) -> Vec<RespondentGroup> {
    let tables = list(root, "group", MOST_GROUPS);
    let mut known = UniqueIds::default();
    let read = tables.iter().map(|table| {
        table.only(&["code", "title"]);
        if let Some(code) = identifier(table, "code") {
            known.take(table, &code, &table.spot);
        }
        RespondentGroup {
            code: code_of(table, "code"),
            title: line(table, "title"),
        }
    });
    read.collect()
}

fn questions(root: &Reader<'_>, purpose: &Purpose, scale: Option<&AnswerScale>) -> Vec<Question> {
    let tables = list(root, "question", MOST_QUESTIONS);
    let (mut known, mut texts) = (UniqueIds::default(), UniqueIds::default());
    let read = tables.iter().map(|table| {
        // A result in the ledger is known by its question.
        if let Some(text) = table.has("text").then(|| table.text("text")).flatten() {
            texts.take(table, &text, &table.spot);
        }
        table.only(&[
            "id",
            "text",
            "measures",
            "components",
            "comment",
            "expected",
        ]);
        if let Some(id) = identifier(table, "id") {
            if matches!(id.value, "group" | "question" | "score" | "comment") {
                table.document.add(&id.spot, |at| {
                    at(format!("{} is a column of answer tables", quoted(id.value)))
                        .expecting("another code")
                });
            }
            known.take(table, &id, &table.spot);
        }
        let measures = identifiers(table, "measures");
        if matches!(purpose, Purpose::SurveyResults(_)) && measures.is_empty() {
            table.document.add(&table.spot_of("measures"), |at| {
                at("the question bears on no measure".to_owned())
                    .expecting("at least one measure, as in measures = [\"1a\"]")
            });
        }
        Question {
            id: code_of(table, "id"),
            text: line(table, "text"),
            measures,
            components: identifiers(table, "components"),
            comment: table.flag("comment").is_some_and(|flag| flag.value),
            expected: expected(table, purpose, scale),
        }
    });
    let questions: Vec<Question> = read.collect();
    for (table, question) in tables.iter().zip(&questions) {
        let comment_of = |other: &&Question| {
            let column = format!("{}{COMMENT}", other.id);
            other.comment && column.eq_ignore_ascii_case(&question.id)
        };
        if let Some(other) = questions.iter().find(comment_of) {
            table.document.add(&table.spot_of("id"), |at| {
                let id = quoted(&question.id);
                at(format!(
                    "{id} is the column of comments on {}",
                    quoted(&other.id)
                ))
                .expecting("another code")
            });
        }
    }
    questions
}

/// The answer that is expected of everybody, on the scale.
fn expected(table: &Reader<'_>, purpose: &Purpose, scale: Option<&AnswerScale>) -> Option<i32> {
    if *purpose == Purpose::TrainingNeeds {
        if !table.has("expected") {
            table.missing("expected");
        }
    } else if table.has("expected") {
        table.document.add(&table.spot_of("expected"), |at| {
            at("is only used for training needs".to_owned())
                .expecting("no such key, or produces = \"training-needs\"")
        });
        return None;
    }
    let range = scale.map_or(-100..=200, |scale| {
        i64::from(scale.lowest)..=i64::from(scale.highest())
    });
    i32::try_from(table.integer("expected", range)?.value).ok()
}

/// The tables of a list that must have at least one.
fn list<'a>(root: &Reader<'a>, key: &str, most: usize) -> Vec<Reader<'a>> {
    if !root.has(key) {
        root.missing(key);
    }
    let mut tables = root.tables(key);
    if root.count(key) == Some(0) || tables.len() > most {
        root.document.add(&root.spot_of(key), |at| {
            at(format!("has {} entries", tables.len())).expecting(format!("1 to {most}"))
        });
        tables.truncate(most);
    }
    tables
}

fn identifiers(table: &Reader<'_>, key: &str) -> Vec<Box<str>> {
    let mut known = UniqueIds::default();
    let texts = table.texts(key).unwrap_or_default();
    for text in &texts {
        known.take(table, text, &text.spot);
        if !is_identifier(text.value) {
            table.document.add(&text.spot, |at| {
                at(format!("{} is not an identifier", quoted(text.value)))
                    .expecting("letters, digits, full stops, hyphens and underscores")
            });
        }
    }
    texts.iter().map(|text| text.value.into()).collect()
}

/// A required identifier, reported if it has a problem.
fn code(reader: &Reader<'_>, key: &str) -> Box<str> {
    identifier(reader, key).map_or_else(Box::default, |code| code.value.into())
}

/// An identifier whose problems were reported already.
fn code_of(reader: &Reader<'_>, key: &str) -> Box<str> {
    let code = reader.has(key).then(|| reader.text(key)).flatten();
    code.map_or_else(Box::default, |code| code.value.into())
}

/// A required text of one line.
fn line(reader: &Reader<'_>, key: &str) -> Box<str> {
    let text = reader.required_text(key);
    text.map_or_else(Box::default, |text| checked_line(reader, &text))
}

fn checked_line(reader: &Reader<'_>, text: &Located<&str>) -> Box<str> {
    if let Err(error) = TextKind::Line.check(text.value) {
        reader.document.add(&text.spot, |at| {
            at(format!("the text has {error}: {}", quoted(text.value))).expecting("one line")
        });
    } else if text.value.chars().count() > LONGEST_TEXT {
        reader.document.add(&text.spot, |at| {
            at("the text is too long".to_owned())
                .expecting(format!("at most {LONGEST_TEXT} characters"))
        });
    }
    text.value.trim().into()
}
