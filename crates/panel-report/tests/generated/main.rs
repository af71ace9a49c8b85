//! Two hundred reports with other bodies, values, layouts and damage: no value is wrong, at least nine
//! of ten legible ones are read, and every line is accounted for.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod carriers;
mod chance;
mod document;
mod laid_out;
mod layout;
#[path = "../support/mod.rs"]
mod support;
mod truth;

use chance::Chance;
use laid_out::Paper;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use truth::{Titles, Truth};
use wcc_panel_report::{Report, Value};

const REPORTS: u64 = 200;

/// What became of the values of one kind.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    legible: usize,
    read: usize,
    inferred: usize,
}

struct Sources {
    catalogues: Vec<wcc_panel_report::Catalogue>,
    known: Vec<wcc_panel_report::KnownBody>,
    titles: BTreeMap<&'static str, Titles>,
    outcomes: Vec<String>,
    bodies: Vec<(String, String)>,
}

impl Sources {
    fn read() -> Sources {
        let mut titles = BTreeMap::new();
        let mut outcomes = Vec::new();
        for id in ["wcc-2008-09", "wcc-2009-10"] {
            let file = support::root().join(format!("configs/frameworks/{id}.toml"));
            let framework = wcc_case::framework::read(&file).expect("a shipped framework");
            let components = framework.components.iter().map(|component| {
                let measures = component
                    .measures
                    .iter()
                    .map(|at| &framework.measures[usize::from(at.0)]);
                let measures = measures
                    .map(|measure| (measure.id.clone(), measure.title.clone()))
                    .collect();
                (component.id.clone(), component.title.clone(), measures)
            });
            titles.insert(id, components.collect());
            outcomes = framework
                .outcomes
                .catalogue
                .iter()
                .map(|outcome| outcome.title.clone())
                .collect();
        }
        outcomes.retain(|title: &String| {
            !title.starts_with("Life exp") && !title.starts_with("Health ineq")
        });
        let known = support::bodies();
        let bodies = known
            .iter()
            .map(|body| (body.code.clone(), body.name.clone()))
            .collect();
        Sources {
            catalogues: support::catalogues(),
            known,
            titles,
            outcomes,
            bodies,
        }
    }
}

fn plain(text: &str) -> String {
    let letters = text.replace('ﬁ', "fi").replace('ﬀ', "ff");
    letters
        .chars()
        .filter(|sign| sign.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[test]
fn generated_reports_are_read_without_a_wrong_value() {
    read_all("text", false, |_, text| text.to_owned());
}

/// The same reports with other line ends, in other encodings, with invisible characters.
#[test]
fn generated_reports_are_read_from_other_text_files() {
    read_all("other text files", false, |chance, text| {
        let carried = carriers::text(chance, text);
        wcc_panel_report::text_of(&carried.bytes, carried.kind).expect("a text")
    });
}

/// The same reports as documents of a word processor, with merged cells, tables around tables, text boxes,
/// tracked changes, comments and symbol fonts.
#[test]
fn generated_reports_are_read_from_documents() {
    read_all(".docx", false, |chance, text| {
        let carried = carriers::docx(chance, text);
        wcc_panel_report::text_of(&carried.bytes, carried.kind).expect("a document")
    });
}

/// The same reports with the tables that `pdftotext -layout` writes.
#[test]
fn generated_reports_are_read_from_page_layouts() {
    read_all("page layout", true, |_, text| text.to_owned());
}

fn read_all(form: &str, is_laid_out: bool, carry: impl Fn(&mut Chance, &str) -> String) {
    let sources = Sources::read();
    let only: Option<u64> = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let start: u64 = std::env::var("FROM")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(0);
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let mut wrong = String::new();
    for seed in only.map_or(start..start + REPORTS, |seed| seed..seed + 1) {
        let mut chance = Chance::new(seed);
        let mut truth = truth::draw(
            &mut chance,
            &sources.titles,
            &sources.outcomes,
            &sources.bodies,
        );
        let paper = is_laid_out.then(|| Paper::draw(&mut chance));
        let mut written = document::write(&mut chance, &mut truth, paper);
        written.text = carry(&mut chance, &written.text);
        let report = wcc_panel_report::read(&written.text, &sources.catalogues, &sources.known)
            .expect("a report");
        if only.is_some() {
            std::fs::write(std::env::temp_dir().join("report.txt"), &written.text)
                .expect("written");
            std::fs::write(
                std::env::temp_dir().join("report.listing.txt"),
                support::listing(&report),
            )
            .expect("written");
        }
        let counts = report.line_counts();
        let line_ends = written.text.replace("\r\n", "\n").replace('\r', "\n");
        let lines = line_ends.lines().count();
        if counts.total != lines
            || counts.assigned + counts.structure + counts.furniture + counts.unplaced
                != counts.total
        {
            let _ = writeln!(wrong, "seed {seed}: {lines} lines, but {counts:?}");
        }
        // Reading the configuration takes longer than the report.
        if seed % 20 == 0 {
            let errors = support::case_errors(&report);
            if let Some(errors) = errors {
                let _ = writeln!(wrong, "seed {seed}: no valid case: {errors}");
            }
        }
        compare(seed, &truth, &report, &mut scores, &mut wrong);
        for stray in &written.stray {
            if !report
                .unplaced()
                .any(|(_, text, _)| plain(text) == plain(stray))
            {
                let in_text = report.values().iter().any(|value| {
                    value
                        .value
                        .as_ref()
                        .is_some_and(|text| plain(text).contains(&plain(stray)))
                });
                if !in_text {
                    let _ = writeln!(wrong, "seed {seed}: the stray line is nowhere: {stray}");
                }
            }
        }
    }
    let mut all = Score::default();
    for (kind, score) in &scores {
        println!(
            "{kind:<12} legible {:>6}  read {:>6} ({:.1} %)  inferred {:>5}",
            score.legible,
            score.read,
            score.read as f64 * 100.0 / score.legible.max(1) as f64,
            score.inferred
        );
        all.legible += score.legible;
        all.read += score.read;
    }
    println!(
        "{form}: {} of {} legible values read ({:.1} %)",
        all.read,
        all.legible,
        all.read as f64 * 100.0 / all.legible as f64
    );
    assert!(
        wrong.is_empty(),
        "{form}: {} wrong:\n{}",
        wrong.lines().count(),
        wrong.lines().take(60).collect::<Vec<_>>().join("\n")
    );
    for (kind, score) in &scores {
        assert!(
            score.read * 10 >= score.legible * 9 || only.is_some(),
            "{kind}: {score:?}"
        );
    }
}

fn compare(
    seed: u64,
    truth: &Truth,
    report: &Report,
    scores: &mut BTreeMap<&'static str, Score>,
    wrong: &mut String,
) {
    let values = report.values();
    let find = |file: &str, record: &str, field: &str| -> Option<&Value> {
        values
            .iter()
            .find(|value| value.file == file && value.record == record && value.field == field)
    };
    let mut check = |kind: &'static str,
                     what: &str,
                     expected: &str,
                     legible: bool,
                     found: Option<&Value>,
                     same: &dyn Fn(&str, &str) -> bool| {
        let score = scores.entry(kind).or_default();
        let value = found.and_then(|found| found.value.as_deref());
        score.legible += usize::from(legible);
        match value {
            Some(value) if same(value, expected) => {
                if legible
                    && found
                        .is_some_and(|found| found.confidence == wcc_panel_report::Confidence::Read)
                {
                    score.read += 1;
                } else {
                    score.inferred += 1;
                }
            }
            Some(value) => {
                let short: String = value.chars().take(300).collect();
                let _ = writeln!(
                    wrong,
                    "seed {seed}: {what} is {short:?}, expected {expected:?}; lines {:?}",
                    found.map(|found| &found.lines)
                );
            }
            None if legible && std::env::var_os("MISSED").is_some() => {
                println!(
                    "seed {seed}: {what} missed: {:?}",
                    found.map(|found| (&found.lines, &found.why))
                );
            }
            None => {}
        }
    };
    let exact = |one: &str, other: &str| one == other;
    let alike = |one: &str, other: &str| plain(one) == plain(other);
    if report.framework != truth.framework {
        check(
            "framework",
            "the framework",
            truth.framework,
            true,
            None,
            &exact,
        );
        let _ = writeln!(
            wrong,
            "seed {seed}: framework {} for {}",
            report.framework, truth.framework
        );
        return;
    }
    check(
        "body",
        "the body",
        &truth.name,
        true,
        find("case.toml", &truth.code, "body"),
        &exact,
    );
    for component in &truth.components {
        for measure in &component.measures {
            for (at, method) in ["panel", "self", "previous"].iter().enumerate() {
                let found = find(
                    "judgements.csv",
                    &format!("{} {method}", measure.id),
                    "value",
                );
                let expected = component.steps()[measure.marks[at]];
                check(
                    ["panel", "self", "previous"][at],
                    &format!("{} {method}", measure.id),
                    expected,
                    measure.legible[at],
                    found,
                    &exact,
                );
            }
            let found = find("rationales.md", &measure.id, "rationale");
            check(
                "rationale",
                &format!("rationale {}", measure.id),
                &measure.rationale.value,
                measure.rationale.legible,
                found,
                &alike,
            );
            if let Some(score) = &measure.score {
                let found = find(
                    "survey.csv",
                    &format!("{} key-stakeholder", measure.id),
                    "score",
                );
                check(
                    "score",
                    &format!("score {}", measure.id),
                    &score.value,
                    score.legible,
                    found,
                    &exact,
                );
            }
        }
        if let Some((step, legible)) = component.overall {
            let found = find(
                "judgements.csv",
                &format!("{} panel", component.id),
                "value",
            );
            check(
                "overall",
                &format!("{} overall", component.id),
                component.steps()[step],
                legible,
                found,
                &exact,
            );
        }
    }
    for outcome in &truth.outcomes {
        for (series, rates) in &outcome.series {
            let record = format!("{} {series}", outcome.slot);
            check(
                "title",
                &format!("title of {record}"),
                &outcome.title,
                true,
                find("outcomes.csv", &record, "title"),
                &alike,
            );
            for (column, rate) in [
                "historic",
                "national",
                "ons_cluster",
                "top_decile",
                "aspiration",
            ]
            .iter()
            .zip(rates)
            {
                check(
                    "rate",
                    &format!("{column} of {record}"),
                    &rate.value,
                    rate.legible,
                    find("outcomes.csv", &record, column),
                    &exact,
                );
            }
        }
    }
    check(
        "count",
        "met",
        &truth.met.to_string(),
        true,
        find("statements.csv", "met-self-assessment", "count"),
        &exact,
    );
    check(
        "count",
        "improved",
        &truth.improved.to_string(),
        true,
        find("statements.csv", "improved-on-last-year", "count"),
        &exact,
    );
}
