//! Reads a case and prints its problems, or the number of its records.
//!
//! `cargo run -q -p wcc-case --example read-case -- [--frameworks DIR] [--organisations DIR] CASE_DIR`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wcc_case::{Case, Frameworks, Problems, ReadCycle, ShippedTables, case};

const USAGE: &str = "usage: read-case [--frameworks DIR] [--organisations DIR] CASE_DIR";

fn main() -> ExitCode {
    let Some(arguments) = Arguments::parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match read(&arguments) {
        Ok(case) => {
            print!("{}", describe(&case));
            ExitCode::SUCCESS
        }
        Err(problems) => {
            eprintln!("{problems}");
            ExitCode::FAILURE
        }
    }
}

struct Arguments {
    frameworks: PathBuf,
    organisations: PathBuf,
    case: PathBuf,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let mut frameworks = PathBuf::from("configs/frameworks");
        let mut organisations = PathBuf::from("configs/organisations");
        let mut case = None;
        while let Some(word) = words.next() {
            match word.as_str() {
                "--frameworks" => frameworks = words.next()?.into(),
                "--organisations" => organisations = words.next()?.into(),
                _ if word.starts_with('-') || case.is_some() => return None,
                _ => case = Some(PathBuf::from(word)),
            }
        }
        Some(Self {
            frameworks,
            organisations,
            case: case?,
        })
    }
}

fn read(arguments: &Arguments) -> Result<Case, Problems> {
    let frameworks = Frameworks::read(Path::new(&arguments.frameworks))?;
    let shipped = ShippedTables::read(Path::new(&arguments.organisations))?;
    case::read(&arguments.case, &frameworks, &shipped)
}

fn describe(case: &Case) -> String {
    let mut text = format!("{}: {}\n", case.id, case.title);
    for read in &case.cycles {
        let cycle = &read.cycle;
        text.push_str(&format!(
            "\n{} ({}, as of {})\n",
            cycle.id, cycle.framework.id, cycle.as_of
        ));
        if let Some(previous) = read.previous.and_then(|at| case.cycles.get(at)) {
            text.push_str(&format!("  after {}\n", previous.cycle.id));
        }
        let codes = cycle
            .pcts
            .iter()
            .map(|pct| &cycle.organisations.body(*pct).code);
        let codes: Vec<&str> = codes.map(String::as_str).collect();
        text.push_str(&format!("  assured: {}\n", codes.join(" ")));
        for (count, what) in counts(read) {
            text.push_str(&format!("  {count:>6} {what}\n"));
        }
    }
    text
}

fn counts(read: &ReadCycle) -> [(usize, &'static str); 11] {
    let cycle = &read.cycle;
    let with_rationale = cycle
        .records
        .judgements
        .iter()
        .filter(|judgement| judgement.details().rationale.is_some());
    [
        (cycle.records.judgements.len(), "judgements"),
        (with_rationale.count(), "of them with a rationale"),
        (cycle.records.evidence.len(), "items of evidence"),
        (cycle.records.surveys.len(), "survey results"),
        (cycle.records.criteria.len(), "criteria and metrics not met"),
        (cycle.records.answers.len(), "answers to challenges"),
        (cycle.records.outcomes.len(), "series of outcomes"),
        (
            cycle
                .records
                .outcomes
                .iter()
                .map(|outcome| outcome.values.len())
                .sum(),
            "values by year",
        ),
        (cycle.records.commentary.len(), "pieces of commentary"),
        (cycle.records.recommendations.len(), "recommendations"),
        (cycle.records.statements.len(), "statements"),
    ]
}
