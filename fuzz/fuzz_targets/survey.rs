//! Any texts as a questionnaire, a table of answers on paper, one respondent's answers, and the people to invite.
#![no_main]

mod files;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use wcc_case::{answers, questionnaire};
use wcc_core::survey::{AnswerSheet, Questionnaire};

static SMALL: LazyLock<Questionnaire> = LazyLock::new(|| {
    let text = include_str!("../seeds/survey.toml");
    questionnaire::parse(text, "survey.toml").expect("the small questionnaire")
});

fuzz_target!(|bytes: &[u8]| {
    let mut own = None;
    for (name, bytes) in files::files(bytes) {
        let questionnaire: &Questionnaire = own.as_ref().unwrap_or(&SMALL);
        let table = bytes.as_slice();
        let problems = match name.as_str() {
            "survey.toml" => {
                let Ok(text) = std::str::from_utf8(table) else { continue };
                questionnaire::parse(text, &name)
                    .map(|parsed| own = Some(parsed))
                    .err()
            }
            "answers.csv" => answers::tally(questionnaire, table, &name, &|_| ()).err(),
            "sheet.csv" => {
                let saved = AnswerSheet::blank(questionnaire);
                answers::sheet(questionnaire, saved, table, &name).err()
            }
            "contacts.csv" => answers::contacts(questionnaire, table, &name).err(),
            _ => None,
        };
        if let Some(problems) = problems {
            assert!(!problems.to_string().is_empty());
        }
    }
});
