//! The year from an empty ledger to the comparison with the case's files.

use crate::cast::Cast;
use crate::client::{Program, Result, Server, operator_token};
use crate::gaps::FilledCycle;
use crate::invented::Invented;
use crate::next_year;
use crate::play::{Print, Year, heading};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};
use wcc_core::CheckedCycle;
use wcc_core::ledger::{Draft, Fact, State};
use wcc_programme::{FileFormats, ReferenceData, entries_of};

/// Plays the cycles of a case and prints a line for each step. `folder` has the settings and gets the
/// server's data.
pub(crate) fn run(program: &Program, folder: &Path, case: &str, print: Print<'_>) -> Result<()> {
    // Of this package, or of the one whose test this is.
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let configs = above.find_map(|folder| Some(folder.join("configs")).filter(|it| it.is_dir()));
    let configs = configs.ok_or("there is no folder `configs`")?;
    let reference =
        ReferenceData::read(&configs.join("frameworks"), &configs.join("organisations"))?;
    let read = wcc_case::case::read(Path::new(case), &reference.frameworks, &reference.tables)?;
    let mut drafts = entries_of(&read, &State::new(std::sync::Arc::new(FileFormats)))?;
    let invented = Invented::read()?;
    let cast = Cast::complete(&mut drafts, &invented)?;

    let began = Instant::now();
    let server = Server::start(program)?;
    print(format!("a fresh server answers at {}", server.url()));
    let operator = operator_token(&folder.join("data"))?;
    let mut of_case: Vec<_> = read.cycles.iter().map(|read| &read.cycle).collect();
    of_case.sort_by_key(|cycle| cycle.as_of);
    let cycles: Result<Vec<CheckedCycle>> = of_case.iter().map(|cycle| cast.cycle(cycle)).collect();
    let cycles = cycles?;
    let mut rest = drafts.as_slice();
    let (mut people, mut released) = (BTreeSet::new(), Vec::new());
    let (mut not_reached, mut to_take_back) = (Vec::new(), Vec::new());
    for (at, cycle) in cycles.iter().enumerate() {
        let is_last = at + 1 == cycles.len();
        let (own, others) = if is_last {
            (rest, &rest[..0])
        } else {
            rest.split_at(end_of_cycle(rest, &cycle.id))
        };
        rest = others;
        print(format!("\n{}", heading(&cycle.framework, &cycle.id)));
        if let Some(invented) = of_case.get(at).and_then(|cycle| cast.in_words(cycle)) {
            print(format!("{:<28} {invented}", "operator"));
        }
        let year = Year {
            print,
            program,
            server: &server,
            operator: &operator,
            cycle,
            filled: &FilledCycle::unchanged(own),
        };
        let filled = year.filled(invented.groups_in_each_region);
        let year = Year {
            filled: &filled,
            ..year
        };
        let played = year.play(&invented)?;
        people.extend(played.people);
        if let Some(phase) = cycle.framework.phases.last()
            && played.released.is_empty()
        {
            let (id, title) = (&cycle.id, &phase.title);
            not_reached.push(format!("{id}: nobody reached `{title}`"));
        }
        released.push((&cycle.id, played.released));
        to_take_back.push((cycle, played.invented));
    }
    print(String::new());
    for (cycle, pcts) in &released {
        wait_for_kept_outputs(&server, &operator, cycle, pcts)?;
    }
    for cycle in &cycles {
        kept(program, &cycle.id, print)?;
    }
    for (cycle, invented) in &to_take_back {
        let year = Year {
            print,
            program,
            server: &server,
            operator: &operator,
            cycle,
            filled: &FilledCycle::unchanged(&[]),
        };
        year.take_back(invented)?;
    }
    compare(program, case, print)?;
    if let Some(last) = cycles.last() {
        next_year::start(&server, &operator, last, &drafts, &reference, print)?;
    }
    print(format!(
        "\nplayed in {:.1} s: {} acts by {} people, {} requests",
        began.elapsed().as_secs_f64(),
        server.acts(),
        people.len(),
        server.requests(),
    ));
    match not_reached.is_empty() {
        true => Ok(()),
        false => Err(not_reached.join("; ").into()),
    }
}

/// Waits until the server has kept the released outputs of some bodies of a cycle, if anything was
/// released.
fn wait_for_kept_outputs(server: &Server, token: &str, cycle: &str, pcts: &[String]) -> Result<()> {
    let query = "query($cycle: ID!, $pct: ID!) {
        cycle(id: $cycle) { releases { entry } }
        output(cycle: $cycle, pct: $pct) { releasedOutputs { entry } }
    }";
    for pct in pcts {
        let body = json!({ "query": query, "variables": { "cycle": cycle, "pct": pct } });
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let data = server.ask(token, None, &body)?;
            let list = |value: &Value| value.as_array().map_or(0, Vec::len);
            let is_released = list(&data["cycle"]["releases"]) > 0;
            if !is_released || list(&data["output"]["releasedOutputs"]) > 0 {
                break;
            }
            if Instant::now() > until {
                return Err(format!("the released output of {pct} is not kept").into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    Ok(())
}

/// Says whether the outputs that were kept are calculated alike now.
fn kept(program: &Program, cycle: &str, print: Print<'_>) -> Result<()> {
    let shown = match program.run(&["released", cycle]) {
        Ok(shown) => shown,
        Err(error) if error.to_string().contains("no released output") => {
            print(format!("{cycle}: nothing was released"));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let all = shown.matches("released by entry").count();
    let same = shown.matches("calculated today: the same").count();
    if same < all {
        return Err(
            format!("{cycle}: a released output is calculated differently:\n{shown}").into(),
        );
    }
    print(format!(
        "{cycle}: {all} released outputs are kept, and calculated alike now"
    ));
    Ok(())
}

/// The number of drafts up to the last of a cycle.
fn end_of_cycle(drafts: &[Draft], id: &str) -> usize {
    let is_of_cycle = |draft: &Draft| match &draft.fact {
        Fact::Cycle(cycle) => *cycle.id == *id,
        Fact::Record { cycle, .. } => **cycle == *id,
        _ => false,
    };
    let last = drafts.iter().rposition(is_of_cycle);
    last.map_or(0, |last| last + 1)
}

/// Compares the scorecards of the ledger with those of the case's files.
fn compare(program: &Program, case: &str, print: Print<'_>) -> Result<()> {
    let of_files = program.run(&["assure", case])?;
    let of_ledger = without_releases(&program.run(&["assure", "ledger:"])?);
    if of_files == of_ledger {
        print(format!(
            "the scorecards equal those of the case's files ({} lines)",
            of_files.lines().count()
        ));
        return Ok(());
    }
    let mut differences = of_files.lines().zip(of_ledger.lines());
    let first = differences.find(|(file, ledger)| file != ledger);
    let (file, ledger) = first.unwrap_or_default();
    Err(
        format!("the scorecards differ from those of the case's files:\n- {file}\n+ {ledger}")
            .into(),
    )
}

/// Scorecards without the paragraphs that say to whom each is released: the case's files release nothing.
fn without_releases(scorecards: &str) -> String {
    const BEGINNING: &str = "released to ";
    let indent = " ".repeat(BEGINNING.len());
    let mut is_in = false;
    let kept = scorecards.lines().filter(|line| {
        is_in = line.starts_with(BEGINNING) || (is_in && line.starts_with(&indent));
        !is_in
    });
    kept.map(|line| format!("{line}\n")).collect()
}
