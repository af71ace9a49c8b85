//! Helpers shared by the tests of this crate.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use wcc_case::{Case, Frameworks, ReadCycle, ShippedTables};
use wcc_core::record::ChosenOutcome;
use wcc_core::{BodyIndex, Cycle, Judgement, RecordId, Step, Subject};

/// A path below this crate's `tests`.
pub(crate) fn tests_folder(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(below)
}

/// The frameworks of the tests, which are unrelated to World Class Commissioning.
pub(crate) fn frameworks() -> Frameworks {
    Frameworks::read(&tests_folder("configs/frameworks")).unwrap_or_else(|found| panic!("{found}"))
}

/// The bodies of the tests.
pub(crate) fn shipped() -> ShippedTables {
    ShippedTables::read(&tests_folder("configs/organisations"))
        .unwrap_or_else(|found| panic!("{found}"))
}

/// Compares with a file; `UPDATE=1` writes the file instead. Returns the difference.
pub(crate) fn compare(file: &Path, actual: &str) -> Option<String> {
    let actual = format!("{}\n", actual.trim_end());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, &actual).expect("the file can be written");
        return None;
    }
    let expected = std::fs::read_to_string(file).unwrap_or_default();
    (expected != actual).then(|| {
        let name = file.display();
        format!("--- {name} has\n{expected}--- but the result is\n{actual}")
    })
}

/// The folders (or the files with an ending) below a folder, sorted.
pub(crate) fn entries(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(tests_folder(folder)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{folder} is empty");
    paths
}

/// Everything in a case, one line for each record.
pub(crate) fn describe(case: &Case) -> String {
    let mut text = format!("{}: {}\n", case.id, case.title);
    for read in &case.cycles {
        cycle(&mut text, read).expect("a text can be written to");
    }
    text
}

fn cycle(text: &mut String, read: &ReadCycle) -> std::fmt::Result {
    let cycle = &read.cycle;
    let code = |body: BodyIndex| cycle.organisations.body(body).code.as_str();
    let place = |record: RecordId| read.places.place(record).unwrap_or_default();
    let pcts: Vec<&str> = cycle.pcts.iter().map(|pct| code(*pct)).collect();
    writeln!(text, "{} {:?} {}", cycle.id, cycle.title, cycle.as_of)?;
    writeln!(
        text,
        "framework {}, previous {:?}",
        cycle.framework.id, read.previous
    )?;
    writeln!(
        text,
        "assured {pcts:?}, illustrative {:?}",
        cycle.illustrative
    )?;
    for one in &cycle.records.evidence {
        let measures: Vec<&str> = one
            .measures
            .iter()
            .map(|at| &*cycle.framework.measure(*at).id)
            .collect();
        writeln!(
            text,
            "{}: evidence {} {} {} {:?} {measures:?} {:?} {:?} {:?}",
            place(one.record),
            one.id,
            code(one.body),
            one.kind.name(),
            one.title,
            one.issuer,
            one.dated,
            one.source
        )?;
    }
    for one in &cycle.records.judgements {
        writeln!(text, "{}: {}", place(one.record), judgement(cycle, one))?;
    }
    for one in &cycle.records.surveys {
        writeln!(
            text,
            "{}: survey {} {} {} {:?} {:?} {:?}",
            place(one.record),
            one.survey,
            code(one.body),
            cycle.framework.measure(one.measure).id,
            one.question,
            one.score,
            one.wording
        )?;
    }
    for one in &cycle.records.criteria {
        let scale = cycle.framework.scale_of(one.measure);
        writeln!(
            text,
            "{}: {:?} {} {} supports {} because {:?} {:?} inferred {:?}",
            place(one.record),
            one.kind,
            code(one.body),
            cycle.framework.measure(one.measure).id,
            scale.key(one.supports),
            one.reason,
            one.evidence,
            one.inferred
        )?;
    }
    for one in &cycle.records.answers {
        writeln!(
            text,
            "{}: answer {} {} {} {:?}",
            place(one.record),
            code(one.body),
            cycle.framework.measure(one.measure).id,
            one.method.name(),
            one.reason
        )?;
    }
    for one in &cycle.records.outcomes {
        writeln!(
            text,
            "{}: {}",
            place(one.record),
            outcome(code(one.pct), one)
        )?;
    }
    for one in &cycle.records.commentary {
        let about: Vec<&str> = one
            .about
            .iter()
            .map(|topic| cycle.topic_id(topic))
            .collect();
        writeln!(
            text,
            "{}: commentary {} {:?} {about:?} {:?}",
            place(one.record),
            code(one.body),
            one.headings,
            one.text
        )?;
    }
    for one in &cycle.records.recommendations {
        let about: Vec<&str> = one
            .about
            .iter()
            .map(|topic| cycle.topic_id(topic))
            .collect();
        writeln!(
            text,
            "{}: recommendation {} {} {:?} {about:?}",
            place(one.record),
            one.id,
            code(one.body),
            one.text
        )?;
    }
    for one in &cycle.records.statements {
        writeln!(
            text,
            "{}: statement {} {} {} {}",
            place(one.record),
            code(one.body),
            one.kind.name(),
            one.area
                .map_or("outcomes", |area| &cycle.framework.areas[area].id),
            one.count
        )?;
    }
    if read.warnings.count() > 0 {
        writeln!(text, "warnings:\n{}", read.warnings)?;
    }
    Ok(())
}

fn judgement(cycle: &Cycle, one: &Judgement) -> String {
    let scale = match one.subject {
        Subject::Measure(measure) => cycle.framework.scale_of(measure),
        Subject::Component(component) => cycle.framework.scale_of_component(component),
    };
    let value = one.value.map_or("unknown", |step: Step| scale.key(step));
    let mut text = format!(
        "{} {} {} {value}",
        cycle.organisations.body(one.body).code,
        cycle.subject_id(one.subject),
        one.method.name()
    );
    let assessor = one
        .assessor
        .map(|body| cycle.organisations.body(body).code.as_str());
    let date = one.details().date.map(|date| date.to_string());
    let more = [
        ("assessor", assessor),
        ("rationale", one.details().rationale.as_deref()),
        ("author", one.details().author.as_deref()),
        ("date", date.as_deref()),
        ("reason", one.details().reason.as_deref()),
        ("inferred", one.details().inferred.as_deref()),
        ("source", one.details().source.as_deref()),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            text.push_str(&format!(" {name}={value:?}"));
        }
    }
    if !one.details().evidence.is_empty() {
        text.push_str(&format!(" evidence={:?}", one.details().evidence));
    }
    text
}

fn outcome(code: &str, one: &ChosenOutcome) -> String {
    let values: Vec<String> = one
        .values
        .iter()
        .map(|value| {
            let mark = if value.break_before { " (break)" } else { "" };
            format!("{}={:?}{mark}", value.year, value.value)
        })
        .collect();
    let rates = one.rates;
    format!(
        "outcome {code} slot {} {} {:?} {} {} {} new={} {:?} {:?} {:?} {:?} {:?} position={:?} years={:?} change={:?} quartiles={:?} {:?} selection={:?} {values:?}",
        one.slot,
        one.outcome,
        one.title,
        one.series.name(),
        one.better.name(),
        one.scope.name(),
        one.newly_selected,
        rates.historic,
        rates.national,
        rates.ons_cluster,
        rates.top_decile,
        rates.aspiration,
        one.stated.position.as_ref().map(|position| position.name()),
        rates.historic_years,
        one.stated.change,
        one.stated.rate_quartile,
        one.stated.level_quartile,
        one.selection
    )
}

/// The settings of an invented cycle, for tables that tests make.
pub(crate) fn settings() -> &'static wcc_case::Settings {
    static SETTINGS: std::sync::OnceLock<wcc_case::Settings> = std::sync::OnceLock::new();
    SETTINGS.get_or_init(|| wcc_case::Settings {
        local_outcomes: std::sync::Arc::default(),
        id: "any/2002".to_owned(),
        title: "Any".to_owned(),
        as_of: jiff::civil::date(2002, 6, 1),
        illustrative: None,
        framework: std::sync::Arc::clone(frameworks().find("harbour-2002").expect("it is there")),
        organisations: std::sync::Arc::clone(shipped().organisations()),
        pcts: None,
    })
}
