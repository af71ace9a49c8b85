//! Answers of one respondent that come from two places at once.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

use jiff::civil::{Date, date};
use std::cell::{Cell, RefCell};
use std::path::Path;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wcc_case::answers::Contact;
use wcc_core::survey::{AnswerSheet, Questionnaire};
use wcc_ledger::Address;
use wcc_survey::{KeyFolder, NewSurvey, SurveyError, SurveyStore, Surveys, Token};

const TODAY: Date = date(2008, 11, 1);

/// Does some work with the surveys in a folder.
fn with_surveys<T>(folder: &Path, work: impl AsyncFnOnce(Surveys<'_>) -> T) -> T {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let address = Address::Sqlite(folder.join("surveys.db"));
        let store = SurveyStore::open(&address, "Q30").await.expect("a store");
        let keys = KeyFolder::new(folder.join("keys"));
        let result = work(Surveys::new(&store, &keys)).await;
        store.close().await;
        result
    })
}

/// The token of somebody who was invited to a new survey.
fn invited(folder: &Path) -> Token {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../configs/surveys/partners-360.toml"
    );
    let survey = NewSurvey {
        cycle: "2008-09".to_owned(),
        body: "5KF".to_owned(),
        questionnaire: std::fs::read_to_string(file).expect("a questionnaire"),
        closes: date(2008, 11, 30),
    };
    with_surveys(folder, async |surveys| {
        let (id, _) = surveys.open(&survey).await.expect("opened");
        let contacts = [Contact {
            group: 0,
            contact: "a.partner@council.example".into(),
        }];
        let text = RefCell::new(String::new());
        let deliver = |delivered: &[(&str, &str, Token)]| {
            let (_, _, token) = delivered.first().ok_or("nobody was invited")?;
            text.replace(token.text().to_owned());
            Ok(())
        };
        let invited = surveys.invite(&id, &contacts, false, TODAY, deliver);
        invited.await.expect("invited");
        Token::parse(&text.into_inner()).expect("a token")
    })
}

/// Answers a question, and leaves the others as they are.
fn with_answer(mut sheet: AnswerSheet, question: usize, answer: u8) -> AnswerSheet {
    *sheet.answers.get_mut(question).expect("a question") = Some(answer);
    sheet
}

/// Saves the answer to the second question, as from another tab.
fn save_in_another_tab(folder: &Path, token: &Token) {
    let second = |_: &Questionnaire, saved| Ok::<_, SurveyError>(with_answer(saved, 1, 4));
    std::thread::scope(|scope| {
        let saving = scope.spawn(|| {
            with_surveys(folder, async |surveys| {
                surveys.save(token, second, TODAY).await.expect("saved");
            });
        });
        saving.join().expect("no panic");
    });
}

#[test]
fn answers_that_are_saved_in_between_are_kept() {
    let folder = TempDir::new().expect("a folder");
    let token = invited(folder.path());
    let seen = RefCell::new(Vec::new());
    // The other tab saves once, after this one has read the sheet and before it writes.
    let first = |_: &Questionnaire, saved: AnswerSheet| {
        seen.borrow_mut().push(saved.answers.get(1).copied());
        if seen.borrow().len() == 1 {
            save_in_another_tab(folder.path(), &token);
        }
        Ok::<_, SurveyError>(with_answer(saved, 0, 2))
    };
    with_surveys(folder.path(), async |surveys| {
        let open = surveys.save(&token, first, TODAY).await.expect("saved");
        assert_eq!(
            open.sheet.answers.get(..3),
            Some(&[Some(2), Some(4), None][..])
        );
        let again = surveys.sheet(&token, TODAY).await.expect("a sheet");
        assert_eq!(again.sheet.answers, open.sheet.answers);
    });
    assert_eq!(seen.into_inner(), [Some(None), Some(Some(4))]);
}

#[test]
fn answers_that_are_saved_in_between_are_submitted() {
    let folder = TempDir::new().expect("a folder");
    let token = invited(folder.path());
    let seen = RefCell::new(Vec::new());
    let first = |_: &Questionnaire, saved: AnswerSheet| {
        seen.borrow_mut().push(saved.answers.get(1).copied());
        if seen.borrow().len() == 1 {
            save_in_another_tab(folder.path(), &token);
        }
        Ok::<_, SurveyError>(with_answer(saved, 0, 2))
    };
    with_surveys(folder.path(), async |surveys| {
        let submitted = surveys.submit(&token, first, TODAY).await;
        submitted.expect("submitted");
        let again = surveys.sheet(&token, TODAY).await;
        assert!(matches!(again, Err(SurveyError::Submitted)), "{again:?}");
    });
    assert_eq!(seen.into_inner(), [Some(None), Some(Some(4))]);
}

/// Somebody submits what they saved while another tab does the same: the saved sheet may be gone by the
/// time it is read.
#[test]
fn a_sheet_that_is_submitted_in_between_is_not_called_blank() {
    let folder = TempDir::new().expect("a folder");
    let token = invited(folder.path());
    let submit_in_another_tab = || {
        let answered = |_: &Questionnaire, saved| Ok::<_, SurveyError>(with_answer(saved, 1, 4));
        with_surveys(folder.path(), async |surveys| {
            let submitted = surveys.submit(&token, answered, TODAY).await;
            submitted.expect("submitted");
        });
    };
    let tries = Cell::new(0);
    let as_saved = |_: &Questionnaire, saved| {
        tries.set(tries.get() + 1);
        std::thread::scope(|scope| {
            let submitting = scope.spawn(submit_in_another_tab);
            submitting.join().expect("no panic");
        });
        Ok::<_, SurveyError>(saved)
    };
    with_surveys(folder.path(), async |surveys| {
        let submitted = surveys.submit(&token, as_saved, TODAY).await;
        assert!(
            matches!(submitted, Err(SurveyError::Submitted)),
            "{submitted:?}"
        );
    });
    assert_eq!(tries.get(), 1);
    let folder = TempDir::new().expect("a folder");
    let token = invited(folder.path());
    with_surveys(folder.path(), async |surveys| {
        let blank = |_: &Questionnaire, saved| Ok::<_, SurveyError>(saved);
        let submitted = surveys.submit(&token, blank, TODAY).await;
        assert!(
            matches!(submitted, Err(SurveyError::Blank)),
            "{submitted:?}"
        );
    });
}
