//! Applies corrections to the files of a case: all of them or none.

use super::{Addition, Correction, CorrectionErrors, Corrections, Removal};
use crate::draft::{CaseDraft, Content, Row, Table};
use crate::titles::likeness;
use std::collections::HashSet;

/// Below this likeness a name is not offered instead of another.
const NEAR: f64 = 0.5;

impl Corrections {
    /// Applies all corrections to the files of a case.
    ///
    /// # Errors
    /// Each correction that does not fit what was read; then nothing is changed.
    pub fn apply(&self, draft: &mut CaseDraft, line_count: usize) -> Result<(), CorrectionErrors> {
        let mut corrected = draft.clone();
        let mut errors = Vec::new();
        let mut note = |what: &str, why: &str, lines: &[u32], result: Result<(), String>| {
            if why.trim().is_empty() {
                errors.push(format!("{what}: expected a reason in `why`"));
            }
            if let Some(line) = lines
                .iter()
                .find(|line| !(1..=line_count).contains(&(**line as usize)))
            {
                errors.push(format!(
                    "{what}: line {line} is not in the report, which has {line_count} lines"
                ));
            }
            if let Err(message) = result {
                errors.push(format!("{what}: {message}"));
            }
        };
        let mut corrected_cells = HashSet::new();
        for (correction, number) in self.correction.iter().zip(1..) {
            let what = format!("correction {number} ({})", correction.file);
            let result = correct(&mut corrected, correction, &mut corrected_cells);
            note(&what, &correction.why, &correction.lines, result);
        }
        for (removal, number) in self.removal.iter().zip(1..) {
            let what = format!("removal {number} ({} {})", removal.file, removal.record);
            let result = remove(&mut corrected, removal);
            note(&what, &removal.why, &removal.lines, result);
        }
        for (addition, number) in self.addition.iter().zip(1..) {
            let what = format!("addition {number} ({})", addition.file);
            let result = add(&mut corrected, addition);
            note(&what, &addition.why, &addition.lines, result);
        }
        if !errors.is_empty() {
            return Err(CorrectionErrors(errors));
        }
        *draft = corrected;
        Ok(())
    }
}

/// File, record and column of a cell.
type CellPlace = (String, String, String);

/// Corrects cells that are not among the `corrected` ones, and adds them to these.
fn correct(
    draft: &mut CaseDraft,
    correction: &Correction,
    corrected: &mut HashSet<CellPlace>,
) -> Result<(), String> {
    if correction.read == correction.corrected {
        return Err("`read` and `corrected` are the same".to_owned());
    }
    let records: Vec<&String> = correction
        .record
        .iter()
        .chain(&correction.records)
        .collect();
    match (content(draft, &correction.file)?, &correction.column) {
        (Content::Text(text), None) if records.is_empty() => {
            replace_once(text, &correction.read, &correction.corrected)
        }
        (Content::Text(_), _) => {
            Err("a text has no records and columns: give a piece of it in `read`".to_owned())
        }
        (Content::Table(_), None) => Err("expected the `column` to correct".to_owned()),
        (Content::Table(_), Some(_)) if records.is_empty() => {
            Err("expected the `record` to correct".to_owned())
        }
        (Content::Table(table), Some(column)) => {
            let Some(position) = table.column(column) else {
                let columns = table.columns.iter().map(String::as_str);
                return Err(unknown("column", column, columns));
            };
            for record in records {
                let row = row(table, record)?;
                let place = (correction.file.clone(), record.clone(), column.clone());
                if !corrected.insert(place) {
                    return Err(format!("{column} of {record} is corrected twice"));
                }
                let Some(cell) = row.cells.get_mut(position) else {
                    return Err(format!("{record} has no {column}"));
                };
                if *cell != correction.read {
                    return Err(format!(
                        "it expects that {column} of {record} was read as {}, but the reader gives {}: review it again",
                        shown(&correction.read),
                        shown(cell)
                    ));
                }
                cell.clone_from(&correction.corrected);
            }
            Ok(())
        }
    }
}

fn replace_once(text: &mut String, read: &str, corrected: &str) -> Result<(), String> {
    if read.is_empty() {
        return Err("expected the piece of the text to correct in `read`".to_owned());
    }
    match text.matches(read).count() {
        1 => {
            *text = text.replacen(read, corrected, 1);
            Ok(())
        }
        0 => {
            let first = read.lines().next().unwrap_or_default();
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            let near =
                nearest(first, lines).map(|near| format!("; the nearest line is {}", shown(near)));
            Err(format!(
                "the text that was read does not have {}{}: review it again",
                shown(read),
                near.unwrap_or_default()
            ))
        }
        count => Err(format!(
            "the text has {} {count} times: give more of it, so that it is found once",
            shown(read)
        )),
    }
}

fn remove(draft: &mut CaseDraft, removal: &Removal) -> Result<(), String> {
    let table = table(draft, &removal.file)?;
    row(table, &removal.record)?;
    table.rows.retain(|row| row.record != removal.record);
    Ok(())
}

fn add(draft: &mut CaseDraft, addition: &Addition) -> Result<(), String> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(addition.rows.as_bytes());
    let malformed = |error: csv::Error| format!("`rows` is not CSV: {error}");
    let heading = reader.headers().map_err(malformed)?.clone();
    let is_new = !draft.files.iter().any(|file| file.name == addition.file);
    if is_new {
        check_name(&addition.file)?;
        let columns: Vec<&str> = heading.iter().collect();
        draft.set(&addition.file, Content::Table(Table::new(&columns)));
    }
    let table = table(draft, &addition.file)?;
    let mut positions = Vec::new();
    for name in &heading {
        let columns = table.columns.iter().map(String::as_str);
        let position = table
            .column(name)
            .ok_or_else(|| unknown("column", name, columns))?;
        positions.push(position);
    }
    let mut rows = Vec::new();
    for (record, number) in reader.records().zip(1..) {
        let record = record.map_err(malformed)?;
        if record.len() != heading.len() {
            return Err(format!(
                "row {number} has {} cells for {} columns",
                record.len(),
                heading.len()
            ));
        }
        let mut cells = vec![String::new(); table.columns.len()];
        for (position, cell) in positions.iter().zip(&record) {
            if let Some(place) = cells.get_mut(*position) {
                cell.clone_into(place);
            }
        }
        rows.push(Row {
            record: format!("added {number}"),
            cells,
        });
    }
    if rows.is_empty() {
        return Err("expected a heading and at least one row in `rows`".to_owned());
    }
    let at = match (&addition.before, &addition.after) {
        (None, None) => table.rows.len(),
        (None, Some(after)) => position(table, after)? + 1,
        (Some(before), None) => position(table, before)?,
        (Some(_), Some(_)) => {
            return Err("it has both `before` and `after`: give one of them".to_owned());
        }
    };
    table.rows.splice(at..at, rows);
    Ok(())
}

/// A table of a case is a file of its folder, not of another one.
fn check_name(name: &str) -> Result<(), String> {
    let plain = |sign: char| sign.is_ascii_lowercase() || matches!(sign, '_' | '-');
    let is_plain = name
        .strip_suffix(".csv")
        .is_some_and(|stem| !stem.is_empty() && stem.chars().all(plain));
    if is_plain {
        Ok(())
    } else {
        Err("expected the name of a table of a case, as evidence.csv".to_owned())
    }
}

fn content<'a>(draft: &'a mut CaseDraft, name: &str) -> Result<&'a mut Content, String> {
    let names: Vec<String> = draft.files.iter().map(|file| file.name.clone()).collect();
    let found = draft.files.iter_mut().find(|file| file.name == name);
    found
        .map(|file| &mut file.content)
        .ok_or_else(|| unknown("file", name, names.iter().map(String::as_str)))
}

fn table<'a>(draft: &'a mut CaseDraft, name: &str) -> Result<&'a mut Table, String> {
    match content(draft, name)? {
        Content::Table(table) => Ok(table),
        Content::Text(_) => Err("it is a text, not a table".to_owned()),
    }
}

fn row<'a>(table: &'a mut Table, record: &str) -> Result<&'a mut Row, String> {
    let at = position(table, record)?;
    table
        .rows
        .get_mut(at)
        .ok_or_else(|| format!("there is no row {at}"))
}

/// The place of the only record of a name.
fn position(table: &Table, record: &str) -> Result<usize, String> {
    let records = || table.rows.iter().map(|row| row.record.as_str());
    let same = records().filter(|known| *known == record).count();
    if same > 1 {
        return Err(format!("{same} records are called {record}"));
    }
    let found = records().position(|known| known == record);
    found.ok_or_else(|| unknown("record", record, records()))
}

fn unknown<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = nearest(name, known).map(|near| format!(" (did you mean {near}?)"));
    format!(
        "nothing that was read has the {kind} {}{}",
        shown(name),
        near.unwrap_or_default()
    )
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.map(|known| (likeness(name, known), known));
    let best = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 >= NEAR).then_some(best.1)
}

fn shown(text: &str) -> String {
    crate::table::shorten(text)
}
