//! Helpers shared by the tests of this crate.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use wcc_case::{Case, Frameworks, ReadCycle, ShippedTables};
use wcc_core::record::ChosenOutcome;
use wcc_core::{BodyIndex, Cycle, Judgement, RecordId, Step};

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
    for item in &cycle.records.evidence {
        let measures: Vec<&str> = item
            .measures
            .iter()
            .map(|at| &*cycle.framework.measure(*at).id)
            .collect();
        writeln!(
            text,
            "{}: evidence {} {} {} {:?} {measures:?} {:?} {:?} {:?}",
            place(item.record),
            item.id,
            code(item.body),
            item.kind.name(),
            item.title,
            item.issuer,
            item.dated,
            item.source
        )?;
    }
    for entry in &cycle.records.judgements {
        writeln!(text, "{}: {}", place(entry.record), judgement(cycle, entry))?;
    }
    for survey in &cycle.records.surveys {
        writeln!(
            text,
            "{}: survey {} {} {} {:?} {:?} {:?}",
            place(survey.record),
            survey.survey,
            code(survey.body),
            cycle.framework.measure(survey.measure).id,
            survey.question,
            survey.score,
            survey.wording
        )?;
    }
    for criterion in &cycle.records.criteria {
        let scale = cycle.framework.scale_of(criterion.measure);
        writeln!(
            text,
            "{}: {:?} {} {} supports {} because {:?} {:?} inferred {:?}",
            place(criterion.record),
            criterion.kind,
            code(criterion.body),
            cycle.framework.measure(criterion.measure).id,
            scale.key(criterion.supports),
            criterion.reason,
            criterion.evidence,
            criterion.inferred
        )?;
    }
    for answer in &cycle.records.answers {
        writeln!(
            text,
            "{}: answer {} {} {} {:?}",
            place(answer.record),
            code(answer.body),
            cycle.framework.measure(answer.measure).id,
            answer.method.name(),
            answer.reason
        )?;
    }
    for chosen in &cycle.records.outcomes {
        writeln!(
            text,
            "{}: {}",
            place(chosen.record),
            outcome(
                code(chosen.pct),
                chosen,
                &cycle.framework.series_at(chosen.series).id
            )
        )?;
    }
    for commentary in &cycle.records.commentary {
        let about: Vec<&str> = commentary
            .about
            .iter()
            .map(|topic| cycle.topic_id(topic))
            .collect();
        writeln!(
            text,
            "{}: commentary {} {:?} {about:?} {:?}",
            place(commentary.record),
            code(commentary.body),
            commentary.headings,
            commentary.text
        )?;
    }
    for recommendation in &cycle.records.recommendations {
        let about: Vec<&str> = recommendation
            .about
            .iter()
            .map(|topic| cycle.topic_id(topic))
            .collect();
        writeln!(
            text,
            "{}: recommendation {} {} {:?} {about:?}",
            place(recommendation.record),
            recommendation.id,
            code(recommendation.body),
            recommendation.text
        )?;
    }
    for statement in &cycle.records.statements {
        writeln!(
            text,
            "{}: statement {} {} {} {}",
            place(statement.record),
            code(statement.body),
            statement.kind.name(),
            statement
                .area
                .map_or("outcomes", |area| &cycle.framework.areas[area].id),
            statement.count
        )?;
    }
    if read.warnings.count() > 0 {
        writeln!(text, "warnings:\n{}", read.warnings)?;
    }
    Ok(())
}

fn judgement(cycle: &Cycle, entry: &Judgement) -> String {
    let scale = entry.subject.scale(&cycle.framework);
    let value = entry
        .value
        .map_or("unknown".into(), |step: Step| scale.key(step));
    let mut text = format!(
        "{} {} {} {value}",
        cycle.organisations.body(entry.body).code,
        cycle.subject_id(entry.subject),
        entry.method.name()
    );
    let assessor = entry
        .assessor
        .map(|body| cycle.organisations.body(body).code.as_str());
    let date = entry.details().date.map(|date| date.to_string());
    let more = [
        ("assessor", assessor),
        ("rationale", entry.details().rationale.as_deref()),
        ("author", entry.details().author.as_deref()),
        ("date", date.as_deref()),
        ("reason", entry.details().reason.as_deref()),
        ("inferred", entry.details().inferred.as_deref()),
        ("source", entry.details().source.as_deref()),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            text.push_str(&format!(" {name}={value:?}"));
        }
    }
    if !entry.details().evidence.is_empty() {
        text.push_str(&format!(" evidence={:?}", entry.details().evidence));
    }
    text
}

fn outcome(code: &str, chosen: &ChosenOutcome, series: &str) -> String {
    let values: Vec<String> = chosen
        .values
        .iter()
        .map(|value| {
            let mark = if value.break_before { " (break)" } else { "" };
            format!("{}={:?}{mark}", value.year, value.value)
        })
        .collect();
    let rates = chosen.rates;
    format!(
        "outcome {code} slot {} {} {:?} {} {} {} new={} {:?} {:?} {:?} {:?} {:?} position={:?} years={:?} change={:?} quartiles={:?} {:?} selection={:?} {values:?}",
        chosen.slot,
        chosen.outcome,
        chosen.title,
        series,
        chosen.better.name(),
        chosen.scope.name(),
        chosen.newly_selected,
        rates.historic,
        rates.national,
        rates.ons_cluster,
        rates.top_decile,
        rates.aspiration,
        chosen
            .stated
            .position
            .as_ref()
            .map(|position| position.name()),
        rates.historic_years,
        chosen.stated.change,
        chosen.stated.rate_quartile,
        chosen.stated.level_quartile,
        chosen.selection
    )
}

/// The settings of an invented cycle, for tables that tests make.
pub(crate) fn settings() -> &'static wcc_case::Settings {
    static SETTINGS: std::sync::OnceLock<wcc_case::Settings> = std::sync::OnceLock::new();
    SETTINGS.get_or_init(|| wcc_case::Settings {
        local_outcomes: std::sync::Arc::default(),
        indicators: Vec::new(),
        id: "any/2002".to_owned(),
        title: "Any".to_owned(),
        as_of: jiff::civil::date(2002, 6, 1),
        illustrative: None,
        framework: std::sync::Arc::clone(frameworks().find("harbour-2002").expect("it is there")),
        organisations: std::sync::Arc::clone(shipped().organisations()),
        pcts: None,
        earlier: Vec::new(),
        recorded: wcc_case::cycle::RecordedOutcomes::default(),
        published: wcc_case::cycle::PublishedFiles::All,
    })
}
