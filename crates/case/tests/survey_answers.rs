//! Tables of answers are read block by block: the same counts however the bytes arrive, strict about
//! quotation marks, and every problem with its row.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

use proptest::prelude::*;
use std::io::Read;
use wcc_case::{answers, questionnaire};
use wcc_core::survey::{AnswerSheet, Questionnaire, Tally};

const TEXT: &str = r#"
code = "partners"
title = "Partners"
produces = "survey-results"
survey = "key-stakeholder"
[scale]
lowest = 1
wordings = ["no", "rather not", "rather", "yes"]
[[group]]
code = "councils"
title = "Councils"
[[group]]
code = "trusts"
title = "Trusts"
[[question]]
id = "leader"
text = "It leads."
measures = ["1a"]
comment = true
[[question]]
id = "partner"
text = "It is a partner."
measures = ["2c"]
"#;

fn partners() -> Questionnaire {
    questionnaire::parse(TEXT, "partners.toml").expect("a questionnaire")
}

/// Gives at most a few bytes at a time.
struct Pieces<'a> {
    rest: &'a [u8],
    most: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.most.min(buffer.len()).min(self.rest.len());
        buffer[..count].copy_from_slice(&self.rest[..count]);
        self.rest = &self.rest[count..];
        Ok(count)
    }
}

fn read(table: impl Read) -> Result<Tally, String> {
    answers::tally(&partners(), table, "paper.csv", &|_| ())
        .map_err(|problems| problems.to_string())
}

/// Bytes that sometimes make a table.
const WORDS: &[&[u8]] = &[
    b"group",
    b"leader",
    b"partner",
    b"leader.comment",
    b"councils",
    b"trusts",
    b"1",
    b"9",
    b",",
    b",",
    b"\n",
    b"\"",
    b"\r",
    b"\xff",
    b"question",
    b"score",
    b"contact",
    b" ",
    b"=",
];

/// A respondent: group, answers and comment.
type Row = (bool, Option<u8>, u8, String);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let comment = prop_oneof![
        4 => Just(String::new()),
        2 => "[a-z ,\"\n]{0,20}",
    ];
    let row = (any::<bool>(), prop::option::of(1_u8..5), 1_u8..5, comment);
    prop::collection::vec(row, 1..60)
}

fn as_csv(rows: &[Row], line_end: &str) -> String {
    let mut text = format!("group,leader,partner,leader.comment{line_end}");
    for (is_council, leader, partner, comment) in rows {
        let group = if *is_council { "councils" } else { "trusts" };
        let leader = leader.map_or_else(String::new, |score| score.to_string());
        let comment = comment.replace('"', "\"\"");
        text.push_str(&format!(
            "{group},{leader},{partner},\"{comment}\"{line_end}"
        ));
    }
    text
}

proptest! {
    #[test]
    fn counts_are_those_of_the_rows(rows in rows(), most in 1_usize..40, windows in any::<bool>()) {
        let text = as_csv(&rows, if windows { "\r\n" } else { "\n" });
        let tally = read(Pieces { rest: text.as_bytes(), most }).expect("a sound table");
        let mut expected = Tally::new(&partners());
        for (is_council, leader, partner, comment) in &rows {
            let group = usize::from(!*is_council);
            expected.add_answers(group, &[leader.map(|score| score - 1), Some(partner - 1)]);
            if !comment.trim().is_empty() {
                expected.add_comment(0, group, comment);
            }
        }
        prop_assert_eq!(tally, expected);
    }

    #[test]
    fn any_bytes_end_in_counts_or_problems(
        words in prop::collection::vec(
            prop::sample::select(WORDS),
            0..60,
        ),
    ) {
        let bytes = words.concat();
        let questionnaire = partners();
        let _ = answers::tally(&questionnaire, &*bytes, "a.csv", &|_| ());
        let _ = answers::sheet(&questionnaire, AnswerSheet::blank(&questionnaire), &*bytes, "a.csv");
        let _ = answers::contacts(&questionnaire, &*bytes, "a.csv");
    }

    #[test]
    fn any_text_ends_in_a_questionnaire_or_problems(
        from in any::<prop::sample::Index>(),
        length in 0_usize..40,
        instead in "[a-z0-9=\\[\\]\"\n ]{0,12}",
    ) {
        let at = from.index(TEXT.len());
        let end = (at + length).min(TEXT.len());
        let text = format!("{}{instead}{}", &TEXT[..at], &TEXT[end..]);
        let _ = questionnaire::parse(&text, "a.toml");
    }
}

/// Rows on both sides of the blocks that are read at a time.
#[test]
fn a_long_table_is_read_in_blocks() {
    let mut text = "group,leader,partner,leader.comment\n".to_owned();
    for at in 0..60_000 {
        text.push_str(match at % 3 {
            0 => "councils,1,4,\n",
            1 => "trusts,,2,\"two\nlines, and a \"\"word\"\"\"\n",
            _ => "trusts,3,3,\n",
        });
    }
    let tally = read(text.as_bytes()).expect("a sound table");
    assert_eq!(tally.sheets(), [20_000, 40_000]);
    assert_eq!(tally.distribution(0, 1), [0, 0, 20_000, 0]);
    assert_eq!(tally.distribution(1, 1), [0, 20_000, 20_000, 0]);
    assert_eq!(tally.comments().len(), 20_000);
    assert_eq!(&*tally.comments()[0].2, "two\nlines, and a \"word\"");
}

#[test]
fn problems_name_their_rows() {
    for (table, expected) in [
        (
            "group,leader\ncouncils,1\n\ncouncil,5\n",
            "paper.csv, row 4, column group: \"council\" is not a group; expected councils or trusts; \
             did you mean \"councils\"?\npaper.csv, row 4, column leader: \"5\" is not an answer; \
             expected a whole number from 1 to 4",
        ),
        (
            "group,leder\ncouncils,1\n",
            "paper.csv, row 1, column leder: \"leder\" is not a column; expected group, leader, \
             leader.comment or partner; did you mean \"leader\"?",
        ),
        (
            "group,leader\ncouncils,\n",
            "paper.csv, row 2: no question is answered; expected at least one answer, or no such row",
        ),
        (
            "group,leader\ncouncils,\"1\"2\n",
            "paper.csv, row 2: text follows the quotation mark that closes a cell; expected quotation \
             marks around a whole cell, doubled inside it",
        ),
        (
            "group,leader\ncouncils,1,2\n",
            "paper.csv, row 2: the row has 3 cells; expected 2, as in the first row",
        ),
        (
            "",
            "paper.csv: is empty; expected a row with names of columns",
        ),
        (
            "group,leader\n",
            "paper.csv: has no answers; expected a row for each respondent",
        ),
    ] {
        assert_eq!(
            read(table.as_bytes()).expect_err("it is refused"),
            expected,
            "{table}"
        );
    }
}

#[test]
fn a_row_without_an_end_is_refused() {
    let mut text = b"group,leader.comment\ncouncils,\"".to_vec();
    text.resize(40 << 20, b'a');
    let message = read(&*text).expect_err("it is refused");
    assert!(message.contains("row 2: the row is too long"), "{message}");
}

#[test]
fn columns_of_questions_are_found_whatever_their_case() {
    let text = TEXT.replace("id = \"leader\"", "id = \"Leader-A\"");
    let questionnaire = questionnaire::parse(&text, "partners.toml").expect("a questionnaire");
    for header in [
        "group,Leader-A,Leader-A.comment",
        "Group,leader-a,LEADER-A.Comment",
    ] {
        let table = format!("{header}\ncouncils,3,well\n");
        let tally = answers::tally(&questionnaire, table.as_bytes(), "paper.csv", &|_| ());
        let tally = tally.expect("the columns are known");
        assert_eq!(tally.distribution(0, 0), [0, 0, 1, 0]);
        assert_eq!(tally.comments().len(), 1);
    }
}

#[test]
fn a_question_is_not_named_like_the_comments_on_another() {
    let text = TEXT.replace("id = \"partner\"", "id = \"Leader.comment\"");
    let problems = questionnaire::parse(&text, "partners.toml").expect_err("a problem");
    let message = problems.to_string();
    assert!(
        message.contains("is the column of comments on \"leader\""),
        "{message}"
    );
}
