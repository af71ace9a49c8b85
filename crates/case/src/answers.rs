//! Reads tables of a survey: answers collected elsewhere, one respondent's answers, and the people
//! to invite. Tables are read block by block, so a table of any length takes little memory.

mod stream;

use crate::nearest::nearest;
use crate::problem::{Place, Problem, Problems, quoted};
use crate::problem_collector::ProblemCollector;
use std::io::Read;
use stream::{Row, RowStream};
use wcc_core::TextKind;
use wcc_core::survey::{AnswerSheet, Questionnaire, Tally};

/// Maximum number of characters of a comment.
pub const LONGEST_COMMENT: usize = 4_000;
/// Maximum size of all comments of a table, in bytes.
const ALL_COMMENTS: usize = 16 * 1024 * 1024;
/// Maximum number of people that one table invites.
const MOST_CONTACTS: usize = 20_000;
/// Maximum number of characters of a contact.
const LONGEST_CONTACT: usize = 200;
/// What follows a question's code in the name of its column of comments.
pub(crate) const COMMENT: &str = ".comment";

/// A person to invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Position of their group in the questionnaire.
    pub group: usize,
    /// Their e-mail address, or any other reference by which they are found.
    pub contact: Box<str>,
}

/// Counts a table of answers: a row for each respondent with their `group`, a column for each
/// question named by its code, and optionally `CODE.comment`. An empty cell was not answered.
/// `progress` is called with the number of rows so far.
///
/// # Errors
/// All problems of the table.
pub fn tally(
    questionnaire: &Questionnaire,
    table: impl Read,
    file: &str,
    progress: &dyn Fn(u64),
) -> Result<Tally, Problems> {
    let collector = ProblemCollector::default();
    let mut rows = RowStream::new(table, file, &collector);
    let mut tally = Tally::new(questionnaire);
    let Some(columns) = rows.header().and_then(|header| {
        let columns = answer_columns(questionnaire, &header, file, &collector);
        columns.filter(|_| collector.count() == 0)
    }) else {
        return collector.into_result(None);
    };
    let mut answers = vec![None; questionnaire.questions.len()];
    let mut size = 0;
    let mut rows_read = 0_u64;
    rows.each(columns.len(), |row| {
        rows_read += 1;
        if rows_read.is_multiple_of(10_000) {
            progress(rows_read);
        }
        answers.fill(None);
        let mut group = None;
        let mut comments = Vec::new();
        let mut is_sound = true;
        for (column, cell) in columns.iter().zip(row.cells()) {
            let cell = cell.trim_ascii();
            match column {
                Column::Group => {
                    group = group_of(questionnaire, cell);
                    if group.is_none() {
                        is_sound = false;
                        report_group(questionnaire, &row, cell);
                    }
                }
                Column::Score(_) | Column::Comment(_) if cell.is_empty() => {}
                Column::Score(question) => match position(questionnaire, cell) {
                    Some(position) => {
                        if let Some(answer) = answers.get_mut(*question) {
                            *answer = Some(position);
                        }
                    }
                    None => {
                        is_sound = false;
                        let name = column.name(questionnaire);
                        report_score(questionnaire, &row, &name, cell);
                    }
                },
                Column::Comment(question) => {
                    let name = column.name(questionnaire);
                    if let Some(text) = comment(&row, &name, cell) {
                        size += text.len();
                        comments.push((*question, text));
                    }
                }
            }
        }
        if is_sound && answers.iter().all(Option::is_none) {
            row.wrong(
                None,
                "no question is answered",
                "at least one answer, or no such row",
            );
            return;
        }
        if size > ALL_COMMENTS {
            row.wrong(
                None,
                "the comments are too long together",
                "at most 16 MiB in one table: divide it",
            );
            return;
        }
        if let Some(group) = group {
            tally.add_answers(group, &answers);
            for (question, text) in comments {
                tally.add_comment(question, group, &text);
            }
        }
    });
    progress(rows_read);
    if rows_read == 0 && collector.count() == 0 {
        collector.add(|| {
            Problem::of_file(file, "has no answers").expecting("a row for each respondent")
        });
    }
    collector.into_result(Some(tally))
}

/// Reads one respondent's answers: a row for each question with the columns `question`, `score` and
/// `comment`. A question without a row keeps what was saved for it, and so do comments if the table
/// has no such column; an empty cell erases.
///
/// # Errors
/// All problems of the table.
pub fn sheet(
    questionnaire: &Questionnaire,
    saved: AnswerSheet,
    table: impl Read,
    file: &str,
) -> Result<AnswerSheet, Problems> {
    let collector = ProblemCollector::default();
    let mut rows = RowStream::new(table, file, &collector);
    let mut sheet = saved;
    let Some(columns) = rows.named_columns(&["question", "score"], &["comment", "text"]) else {
        return collector.into_result(None);
    };
    let mut seen = vec![false; questionnaire.questions.len()];
    rows.each(columns.count, |row| {
        let cell = |name: &str| columns.cell(&row, name).trim_ascii();
        let code = String::from_utf8_lossy(cell("question")).into_owned();
        let Some(question) = questionnaire.find_question(&code) else {
            let ids = || questionnaire.questions.iter().map(|question| &*question.id);
            row.problem(
                Some("question"),
                &format!("{} is not a question", quoted(&code)),
                |problem| {
                    problem
                        .expecting_one_of(ids())
                        .nearest_to(nearest(&code, ids()))
                },
            );
            return;
        };
        if seen.get(question) == Some(&true) {
            row.wrong(
                Some("question"),
                &format!("{} is answered twice", quoted(&code)),
                "one row for each question",
            );
            return;
        }
        if let Some(seen) = seen.get_mut(question) {
            *seen = true;
        }
        let score = cell("score");
        let position = position(questionnaire, score);
        if position.is_none() && !score.is_empty() {
            report_score(questionnaire, &row, "score", score);
        } else if let Some(answer) = sheet.answers.get_mut(question) {
            *answer = position;
        }
        if !columns.has("comment") {
            return;
        }
        let text = cell("comment");
        if text.is_empty() {
            if let Some(comment) = sheet.comments.get_mut(question) {
                *comment = Box::default();
            }
            return;
        }
        let takes_comment = questionnaire.questions.get(question);
        if !takes_comment.is_some_and(|question| question.comment) {
            row.wrong(
                Some("comment"),
                &format!("the question {} takes no comment", quoted(&code)),
                "an empty cell",
            );
        } else if let Some(text) = comment(&row, "comment", text)
            && let Some(comment) = sheet.comments.get_mut(question)
        {
            *comment = text;
        }
    });
    collector.into_result(Some(sheet))
}

/// Reads the people to invite: a row for each with the columns `group` and `contact`.
///
/// # Errors
/// All problems of the table.
pub fn contacts(
    questionnaire: &Questionnaire,
    table: impl Read,
    file: &str,
) -> Result<Vec<Contact>, Problems> {
    let collector = ProblemCollector::default();
    let mut rows = RowStream::new(table, file, &collector);
    let Some(columns) = rows.named_columns(&["group", "contact"], &[]) else {
        return collector.into_result(None);
    };
    let mut contacts: Vec<Contact> = Vec::new();
    let mut known = std::collections::HashSet::new();
    rows.each(columns.count, |row| {
        let cell = columns.cell(&row, "group").trim_ascii();
        let group = group_of(questionnaire, cell);
        if group.is_none() {
            report_group(questionnaire, &row, cell);
        }
        let cell = without_apostrophe(columns.cell(&row, "contact").trim_ascii());
        let expected = "an e-mail address or another reference of up to 200 characters";
        let Some(contact) = row.text(Some("contact"), cell, TextKind::Line) else {
            return;
        };
        if contact.is_empty() || contact.chars().count() > LONGEST_CONTACT {
            row.wrong(Some("contact"), "is empty or too long", expected);
        } else if !known.insert(contact.to_lowercase()) {
            let message = format!("{} is listed twice", quoted(&contact));
            row.wrong(Some("contact"), &message, "each person once");
        } else if contacts.len() >= MOST_CONTACTS {
            row.wrong(None, "there are too many people", "at most 20,000");
        } else if let Some(group) = group {
            contacts.push(Contact {
                group,
                contact: contact.into(),
            });
        }
    });
    if contacts.is_empty() && collector.count() == 0 {
        collector.add(|| Problem::of_file(file, "names nobody").expecting("a row for each person"));
    }
    collector.into_result(Some(contacts))
}

/// A column of a table of answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Group,
    Score(usize),
    Comment(usize),
}

impl Column {
    /// The column with a name. Upper and lower case do not matter: no two questions differ in that
    /// alone.
    fn named(questionnaire: &Questionnaire, name: &str) -> Option<Column> {
        if name.eq_ignore_ascii_case("group") {
            return Some(Column::Group);
        }
        let find = |name: &str| {
            let mut questions = questionnaire.questions.iter();
            questions.position(|question| question.id.eq_ignore_ascii_case(name))
        };
        if let Some(question) = find(name) {
            return Some(Column::Score(question));
        }
        let (start, end) = name.split_at_checked(name.len().checked_sub(COMMENT.len())?)?;
        let question = find(start).filter(|_| end.eq_ignore_ascii_case(COMMENT))?;
        let takes_comment = questionnaire.questions.get(question)?.comment;
        takes_comment.then_some(Column::Comment(question))
    }

    fn name(self, questionnaire: &Questionnaire) -> String {
        let id = |question: usize| {
            let question = questionnaire.questions.get(question);
            question.map_or_else(String::new, |question| question.id.to_string())
        };
        match self {
            Column::Group => "group".to_owned(),
            Column::Score(question) => id(question),
            Column::Comment(question) => id(question) + COMMENT,
        }
    }
}

/// The columns of a table of answers; `None` if one is not known.
fn answer_columns(
    questionnaire: &Questionnaire,
    header: &[String],
    file: &str,
    collector: &ProblemCollector,
) -> Option<Vec<Column>> {
    let place = |column: &str| Place::Row {
        row: 1,
        column: (!column.is_empty()).then(|| column.to_owned()),
    };
    let mut known = vec!["group".to_owned()];
    for question in &questionnaire.questions {
        known.push(question.id.to_string());
        if question.comment {
            known.push(format!("{}{COMMENT}", question.id));
        }
    }
    let known = || known.iter().map(String::as_str);
    let mut columns = Vec::new();
    for name in header {
        let column = Column::named(questionnaire, name);
        let message = match column {
            None => format!("{} is not a column", quoted(name)),
            Some(column) if columns.contains(&column) => "comes twice".to_owned(),
            Some(column) => {
                columns.push(column);
                continue;
            }
        };
        collector.add(|| {
            Problem::at(file, place(name), message)
                .expecting_one_of(known())
                .nearest_to(nearest(name, known()).filter(|near| near != name))
        });
    }
    if !columns.contains(&Column::Group) {
        collector.add(|| {
            Problem::at(file, place("group"), "the column is missing").expecting_one_of(known())
        });
    }
    (columns.len() == header.len()).then_some(columns)
}

fn group_of(questionnaire: &Questionnaire, cell: &[u8]) -> Option<usize> {
    let mut groups = questionnaire.groups.iter();
    groups.position(|group| group.code.as_bytes() == cell)
}

fn report_group(questionnaire: &Questionnaire, row: &Row<'_>, cell: &[u8]) {
    let code = String::from_utf8_lossy(cell);
    let codes = || questionnaire.groups.iter().map(|group| &*group.code);
    let message = format!("{} is not a group", quoted(&code));
    row.problem(Some("group"), &message, |problem| {
        problem
            .expecting_one_of(codes())
            .nearest_to(nearest(&code, codes()))
    });
}

/// The position of a written answer on the scale.
fn position(questionnaire: &Questionnaire, cell: &[u8]) -> Option<u8> {
    let answer = match cell {
        [digit @ b'0'..=b'9'] => i32::from(digit - b'0'),
        cell => std::str::from_utf8(cell).ok()?.parse().ok()?,
    };
    questionnaire.scale.position(answer)
}

fn report_score(questionnaire: &Questionnaire, row: &Row<'_>, column: &str, cell: &[u8]) {
    let scale = &questionnaire.scale;
    let found = format!(
        "{} is not an answer",
        quoted(&String::from_utf8_lossy(cell))
    );
    let expected = format!(
        "a whole number from {} to {}",
        scale.lowest,
        scale.highest()
    );
    row.wrong(Some(column), &found, &expected);
}

/// A cell without the apostrophe that keeps spreadsheets from calculating it.
fn without_apostrophe(cell: &[u8]) -> &[u8] {
    match cell {
        [b'\'', rest @ ..] if matches!(rest.first(), Some(b'=' | b'+' | b'-' | b'@')) => rest,
        cell => cell,
    }
}

/// A comment; `None` if it has a problem, which is reported.
fn comment(row: &Row<'_>, column: &str, cell: &[u8]) -> Option<Box<str>> {
    let cell = without_apostrophe(cell);
    let text = row.text(Some(column), cell, TextKind::Prose)?;
    if text.chars().count() > LONGEST_COMMENT {
        row.wrong(
            Some(column),
            "the comment is too long",
            "at most 4,000 characters",
        );
        return None;
    }
    Some(text.into())
}
