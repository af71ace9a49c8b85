//! Surveys through the binary: the whole process, and attacks on its privacy.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "../crates/ledger/tests/support/cluster.rs"]
mod cluster;
#[path = "surveys/interrupted.rs"]
mod interrupted;
#[path = "surveys/places.rs"]
mod places;
#[path = "surveys/privacy.rs"]
mod privacy;
mod support;

use cluster::Cluster;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Output, Stdio};
use support::{command, printed_with, refused_with, root, settings_with, stderr, stdout};

const CYCLE: &str = "south-staffordshire/2009-10";
const PARTNERS: &str = "configs/surveys/partners-360.toml";
const STAFF: &str = "configs/surveys/staff-competencies.toml";
const FAR: &str = "2099-12-31";

/// A ledger with a cycle, and a survey in it.
struct Survey {
    settings: PathBuf,
}

/// An invitation.
#[derive(Clone)]
struct Invitation {
    group: String,
    contact: String,
    token: String,
}

impl Survey {
    fn open(entries: &str, questionnaire: &str) -> Survey {
        let settings = settings_with(entries);
        printed_with(
            &settings,
            &["ledger", "load", "examples/south-staffordshire"],
        );
        let survey = Survey { settings };
        let opened = survey.open_again(questionnaire);
        assert!(opened.starts_with("opened "), "{opened}");
        survey
    }

    fn open_again(&self, questionnaire: &str) -> String {
        self.wcc(&[
            "open",
            CYCLE,
            "5PK",
            "--questionnaire",
            questionnaire,
            "--closes",
            FAR,
        ])
    }

    fn wcc(&self, arguments: &[&str]) -> String {
        printed_with(&self.settings, &[&["survey"], arguments].concat())
    }

    fn refused(&self, arguments: &[&str]) -> (i32, String) {
        refused_with(&self.settings, &[&["survey"], arguments].concat())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.settings.with_file_name(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.file(name);
        std::fs::write(&path, text).expect("the file can be written");
        path.display().to_string()
    }

    /// Invites people of groups: (group, how many).
    fn invite(&self, survey: &str, groups: &[(&str, usize)]) -> Vec<Invitation> {
        let mut contacts = "group,contact\n".to_owned();
        for (group, count) in groups {
            for at in 0..*count {
                contacts.push_str(&format!("{group},{group}.{at}@partner.example\n"));
            }
        }
        let contacts = self.write("contacts.csv", &contacts);
        let links = self.file("links.csv").display().to_string();
        self.wcc(&["invite", survey, &contacts, "--out", &links]);
        let text = std::fs::read_to_string(&links).expect("the links");
        std::fs::remove_file(&links).expect("the links can be removed");
        let rows = text.lines().skip(1);
        rows.map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            Invitation {
                group: cells[0].to_owned(),
                contact: cells[1].to_owned(),
                token: cells[2].to_owned(),
            }
        })
        .collect()
    }

    fn start(&self, invitation: &Invitation, arguments: &[&str], sheet: &str) -> Child {
        let mut child = command()
            .arg("--config")
            .arg(&self.settings)
            .args(["survey", "answer"])
            .args(arguments)
            .env("WCC_SURVEY_TOKEN", &invitation.token)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("wcc starts");
        let mut input = child.stdin.take().expect("its input");
        // It may have ended already.
        let _ = input.write_all(sheet.as_bytes());
        child
    }

    fn answer(&self, invitation: &Invitation, arguments: &[&str], sheet: &str) -> Output {
        let child = self.start(invitation, arguments, sheet);
        child.wait_with_output().expect("wcc ends")
    }

    fn submit(&self, invitation: &Invitation, sheet: &str) {
        let output = self.answer(invitation, &["-", "--submit"], sheet);
        assert!(output.status.success(), "{}", stderr(&output));
    }

    /// Every file that surveys and the ledger leave, except the keys of open surveys.
    fn everything_stored(&self) -> String {
        let data = self.file("data");
        let mut bytes = Vec::new();
        let bundle = self.file(&format!("export-{}.tar", bytes.len()));
        let _ = std::fs::remove_file(&bundle);
        printed_with(
            &self.settings,
            &["export", bundle.to_str().expect("a path")],
        );
        bytes.extend(std::fs::read(&bundle).expect("the bundle"));
        bytes.extend(printed_with(&self.settings, &["ledger", "show"]).into_bytes());
        for entry in std::fs::read_dir(&data).expect("the data") {
            let path = entry.expect("a file").path();
            if path.is_file() {
                bytes.extend(std::fs::read(&path).expect("a file"));
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn sheet(score: usize, comment: &str) -> String {
    format!("question,score,comment\nlocal-leader,{score},{comment}\npartner,{score},\n")
}

/// The recorded results have the figures that are shown, and the hidden groups without any.
fn the_ledger_has_figures(survey: &Survey) {
    let stored = survey.everything_stored();
    let (_, figures) = stored
        .split_once("\"figures\":")
        .expect("a result with figures");
    let end = figures.find('\n').unwrap_or(figures.len());
    let figures = &figures[..end];
    assert!(figures.starts_with("{\"answers\":12,"), "{figures}");
    let response = "\"invited\":10,\"responded\":9,\"imported\":3,\"groups\":[";
    assert!(figures.contains(response), "{figures}");
    let hidden = "{\"code\":\"foundation-trusts\",\"title\":\"Foundation trusts\",\"invited\":2,\
                  \"responded\":1,\"imported\":0}";
    assert!(figures.contains(hidden), "{figures}");
    let shown = "\"invited\":5,\"responded\":5,\"imported\":0,\"shown\":{\"answers\":5,";
    assert!(figures.contains(shown), "{figures}");
    assert!(figures.contains("\"pooled\":{\"answers\":4,"), "{figures}");
}

/// The whole process, on any database.
fn runs_from_opening_to_results(entries: &str) {
    let survey = Survey::open(entries, PARTNERS);
    assert!(survey.open_again(PARTNERS).contains("is open already"));
    let groups = [
        ("local-authorities", 3),
        ("pbc-clusters", 5),
        ("foundation-trusts", 2),
    ];
    let people = survey.invite("partners-360", &groups);
    assert_eq!(people.len(), 10);
    // Save, resume, change, submit.
    let first = &people[0];
    let saved = survey.answer(first, &["-"], &sheet(2, "saved only"));
    assert!(
        stdout(&saved).starts_with("saved: 2 of 6"),
        "{}",
        stderr(&saved)
    );
    let resumed = stdout(&survey.answer(first, &[], ""));
    assert!(resumed.contains("local-leader,2,saved only,"), "{resumed}");
    survey.submit(first, &sheet(5, "submitted"));
    let again = survey.answer(first, &["-", "--submit"], &sheet(1, "again"));
    assert_eq!(again.status.code(), Some(1));
    assert!(
        stderr(&again).contains("were submitted already"),
        "{}",
        stderr(&again)
    );
    for (at, person) in people.iter().enumerate().skip(1).take(8) {
        survey.submit(person, &sheet(1 + at % 6, &format!("comment {at}")));
    }
    // Only response rates are shown.
    let status = survey.wcc(&["status", "partners-360"]);
    assert!(
        status.contains("Foundation trusts: 1 of 2 answered"),
        "{status}"
    );
    let reminders = survey.wcc(&["remind", "partners-360"]);
    assert_eq!(
        reminders,
        format!("group,contact\n{},{}\n", people[9].group, people[9].contact)
    );
    for arguments in [&["results", "partners-360"][..], &["close", "partners-360"]] {
        let (code, message) = survey.refused(arguments);
        assert_eq!(code, 1, "{message}");
        assert!(message.contains(FAR), "{message}");
    }
    let imported = survey.write(
        "paper.csv",
        "group,local-leader,partner,local-leader.comment\npublic,3,,\npublic,4,4,on paper\npublic,4,2,\n",
    );
    let import = ["import-answers", "partners-360", &imported];
    assert_eq!(
        survey.wcc(&import),
        "imported the answers of 3 respondents\n"
    );
    assert!(survey.wcc(&import).contains("imported already"));
    let corrected = survey.write(
        "corrected.csv",
        "group,local-leader,partner,local-leader.comment\npublic,3,,\npublic,5,4,on paper\npublic,4,2,\n",
    );
    let correct = ["import-answers", "partners-360", &corrected, "--replace"];
    assert_eq!(
        survey.wcc(&correct),
        "imported the answers of 3 respondents\n"
    );
    assert!(survey.wcc(&correct).contains("imported already"));
    assert!(survey.wcc(&["status"]).contains("and 3 imported"));
    // Close, twice.
    let closed = survey.wcc(&["close", "partners-360", "--early"]);
    assert!(closed.contains("2 survey results recorded"), "{closed}");
    assert!(
        survey
            .wcc(&["close", "partners-360"])
            .contains("closed already")
    );
    let results = survey.wcc(&["results", "partners-360"]);
    // One foundation trust answered: it joins the smallest other group, and its comment is gone.
    let pooled = "Local authorities, Foundation trusts and Voluntary sector, together: ";
    assert!(results.contains(pooled), "{results}");
    assert!(!results.contains("comment 8"), "{results}");
    assert!(
        results.contains("Practice-based commissioning clusters: \"comment 3\""),
        "{results}"
    );
    // Two of the public answered the second question: too few to be shown by themselves.
    let (_, second) = results
        .split_once("\npartner:")
        .expect("the second question");
    assert!(!second.contains("  Public: "), "{results}");
    the_ledger_has_figures(&survey);
    let explained = printed_with(&survey.settings, &["explain", "ledger:", "5PK", "1a"]);
    assert!(explained.contains("4."), "{explained}");
    let (_, message) = survey.refused(&["invite", "partners-360", &imported, "--out", "x.csv"]);
    assert!(message.contains("is closed"), "{message}");
    let (_, message) = survey.refused(&[
        "open",
        CYCLE,
        "5PK",
        "--questionnaire",
        PARTNERS,
        "--closes",
        FAR,
    ]);
    assert!(message.contains("closed"), "{message}");
}

#[test]
fn the_closing_date_can_be_moved() {
    let survey = Survey::open("", PARTNERS);
    let open = |closes: &str| {
        survey.wcc(&[
            "open",
            CYCLE,
            "5PK",
            "--questionnaire",
            PARTNERS,
            "--closes",
            closes,
        ])
    };
    assert!(open("2099-11-30").contains("is now open until 2099-11-30"));
    assert!(open("2099-11-30").contains("is open already"));
    assert!(survey.wcc(&["status"]).contains("open until 2099-11-30"));
    let other = std::fs::read_to_string(root().join(PARTNERS)).expect("the questionnaire");
    let other = survey.write(
        "other.toml",
        &other.replace("our decisions", "most of our decisions"),
    );
    let arguments = [
        "open",
        CYCLE,
        "5PK",
        "--questionnaire",
        &other,
        "--closes",
        FAR,
    ];
    let (code, message) = survey.refused(&arguments);
    assert!(
        code == 1 && message.contains("needs a code of its own"),
        "{message}"
    );
}

/// Saving a table without a question keeps what was saved for it; an empty cell erases.
#[test]
fn a_partial_sheet_keeps_the_other_answers() {
    let survey = Survey::open("", PARTNERS);
    let people = survey.invite("partners-360", &[("local-authorities", 1)]);
    let table = |text: &str| {
        let output = survey.answer(&people[0], &["-"], text);
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&survey.answer(&people[0], &[], ""))
    };
    table(&sheet(2, "a remark"));
    let kept = table("question,score\ninfluence,4\nlocal-leader,3\n");
    for row in [
        "\nlocal-leader,3,a remark,",
        "\ninfluence,4,",
        "\npartner,2,",
    ] {
        assert!(kept.contains(row), "{kept}");
    }
    let erased = table("question,score,comment\nlocal-leader,,\n");
    assert!(
        erased.contains("\nlocal-leader,,,") && erased.contains("\npartner,2,"),
        "{erased}"
    );
}

/// The file of tokens has its name only once its tokens work.
#[test]
fn tokens_that_do_not_work_are_in_no_file() {
    let survey = Survey::open("", PARTNERS);
    let contacts = survey.write("contacts.csv", "group,contact\npublic,a@example.org\n");
    let out = survey.write("links.csv", "");
    let (code, message) = survey.refused(&["invite", "partners-360", &contacts, "--out", &out]);
    assert!(
        code == 1 && message.contains("is not overwritten"),
        "{message}"
    );
    let left = survey.write("new.csv.unfinished", "");
    let out = survey.file("new.csv").display().to_string();
    let invite = ["invite", "partners-360", &contacts, "--out", &out];
    let (code, message) = survey.refused(&invite);
    assert!(
        code == 1 && message.contains("invite them again with --renew"),
        "{message}"
    );
    std::fs::remove_file(&left).expect("the file can be removed");
    assert!(survey.wcc(&invite).contains("1 person invited"));
    assert!(!survey.file("new.csv.unfinished").exists());
    // Another group is not overlooked.
    let moved = survey.write(
        "moved.csv",
        "group,contact\nlocal-authorities,a@example.org\n",
    );
    let out = survey.file("moved-links.csv").display().to_string();
    let invite = ["invite", "partners-360", &moved, "--out", &out];
    assert!(
        survey
            .wcc(&invite)
            .contains("already invited in another group")
    );
    let renewed = survey.wcc(&[&invite[..], &["--renew"]].concat());
    assert!(renewed.contains("moved to another group"), "{renewed}");
    let (_, message) = survey.refused(&["status", "partner-360"]);
    assert!(message.contains("did you mean partners-360?"), "{message}");
}

#[test]
fn mistakes_are_named() {
    let settings = settings_with("");
    let text = std::fs::read_to_string(root().join(PARTNERS)).expect("the questionnaire");
    let text = text.replace("\"key-stakeholder\"", "\"keystakeholder\"");
    let path = settings.with_file_name("misspelt.toml");
    std::fs::write(&path, text).expect("the file can be written");
    let path = path.to_str().expect("a path");
    let check = ["survey", "check", path, "--framework", "wcc-2009-10"];
    let checked = printed_with(&settings, &check);
    assert!(
        checked.contains("has no bands for the survey keystakeholder")
            && checked.contains("did you mean key-stakeholder?"),
        "{checked}"
    );
    let open = ["survey", "open", CYCLE, "5PK", "--questionnaire", PARTNERS];
    let dated = [&open[..], &["--closes", "31/12/2099"]].concat();
    let (code, message) = refused_with(&settings, &dated);
    assert!(code == 2 && message.contains("YYYY-MM-DD"), "{message}");
    let same = settings_with("[surveys]\naddress = 'data/ledger.db'\n");
    let (_, message) = refused_with(&same, &["survey", "status"]);
    assert!(message.contains("expected a file of its own"), "{message}");
}

/// Nobody is invited once their answers would be too late.
#[test]
fn nobody_is_invited_after_the_last_day() {
    use wcc_survey::{KeyFolder, NewSurvey, SurveyError, SurveyStore, Surveys};
    let survey = Survey::open("", PARTNERS);
    let text = std::fs::read_to_string(root().join(PARTNERS)).expect("the questionnaire");
    let new = NewSurvey {
        cycle: CYCLE.to_owned(),
        body: "5PK".to_owned(),
        questionnaire: text,
        closes: FAR.parse().expect("a day"),
    };
    let address = survey.file("own.db").display().to_string();
    let address = wcc_ledger::Address::parse(&address);
    let keys = KeyFolder::new(survey.file("own-keys"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let refused = runtime.block_on(async {
        let store = SurveyStore::open(&address, "sha")
            .await
            .expect("the database");
        let surveys = Surveys::new(&store, &keys);
        let (id, _) = surveys.open(&new).await.expect("it is opened");
        let contact = wcc_case::answers::Contact {
            group: 0,
            contact: "somebody".into(),
        };
        let late = "2100-01-01".parse().expect("a day");
        let deliver = |_: &[(&str, &str, wcc_survey::Token)]| Err("no token is made".to_owned());
        let invited = surveys.invite(&id, &[contact], false, late, deliver).await;
        store.close().await;
        invited.expect_err("it is refused")
    });
    assert!(
        matches!(refused, SurveyError::TooLateToInvite { .. }),
        "{refused}"
    );
}

#[test]
fn a_survey_runs_from_opening_to_results_on_sqlite() {
    runs_from_opening_to_results("");
}

#[test]
fn a_survey_runs_from_opening_to_results_on_postgresql() {
    let cluster = Cluster::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let address = runtime.block_on(cluster.database());
    runs_from_opening_to_results(&format!("[ledger]\naddress = '{address}'\n"));
}

#[test]
fn staff_assess_themselves_and_directorates_see_their_needs() {
    let survey = Survey::open("", STAFF);
    let mut table = "group,competency-1,competency-9\n".to_owned();
    for (group, scores) in [
        ("commissioning", &[(3, 2), (4, 3), (3, 2), (3, 3)][..]),
        ("finance", &[(1, 4), (2, 3), (2, 4)]),
        ("quality", &[(4, 1), (4, 1)]),
    ] {
        for (first, second) in scores {
            table.push_str(&format!("{group},{first},{second}\n"));
        }
    }
    let table = survey.write("staff.csv", &table);
    survey.wcc(&["import-answers", "staff-competencies", &table]);
    let closed = survey.wcc(&["close", "staff-competencies", "--early"]);
    assert!(
        closed.contains("nothing recorded in the ledger"),
        "{closed}"
    );
    let needs = survey.wcc(&["needs", "staff-competencies", "--csv"]);
    let rows = |start: &str| {
        let rows = needs.lines().filter(|row| row.starts_with(start));
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    let own = rows("commissioning,competency-1,");
    assert!(own[0].ends_with(",1,3,3.25,4,0,no"), "{needs}");
    assert!(
        rows("commissioning,competency-9,")[0].ends_with(",9,3,2.50,4,2,yes"),
        "{needs}"
    );
    // Two people of nursing and quality: shown with finance, the smallest other directorate.
    let pooled = rows("public-health + finance + quality + corporate,competency-9,");
    assert!(pooled[0].ends_with(",9,3,2.60,5,2,yes"), "{needs}");
    assert!(
        rows("finance,").is_empty() && rows("quality,").is_empty(),
        "{needs}"
    );
}

#[test]
fn questionnaires_that_ship_are_sound_and_others_are_refused_with_places() {
    let settings = settings_with("");
    for file in std::fs::read_dir(root().join("configs/surveys")).expect("the folder") {
        let file = file.expect("a file").path();
        let file = file.to_str().expect("a path");
        for framework in ["wcc-2008-09", "wcc-2009-10"] {
            let checked = printed_with(
                &settings,
                &["survey", "check", file, "--framework", framework],
            );
            assert!(
                checked.contains("no problems") && checked.contains("Illustrative"),
                "{checked}"
            );
        }
    }
    let path = settings.with_file_name("broken.toml");
    let text = std::fs::read_to_string(root().join(PARTNERS)).expect("the questionnaire");
    let text = text
        .replace("minimum_group = 3", "minimum_group = 1")
        .replace(
            "produces = \"survey-results\"",
            "produces = \"survey-result\"",
        )
        .replacen("id = \"influence\"", "id = \"local-leader\"", 1)
        .replacen("measures = [\"2b\"]", "measure = [\"2b\"]", 1);
    std::fs::write(&path, text).expect("the file can be written");
    let path = path.to_str().expect("a path");
    let (code, message) = refused_with(&settings, &["survey", "check", path]);
    assert_eq!(code, 1);
    for part in [
        "broken.toml, line 8, column 17, key minimum_group: 1 is out of range; expected a whole \
         number from 2 to 1000",
        "did you mean \"survey-results\"?",
        "key question[2].id: \"local-leader\" is already used by question[1]",
        "key question[3].measure: \"measure\" is not a key here",
    ] {
        assert!(message.contains(part), "{part}\n{message}");
    }
}
