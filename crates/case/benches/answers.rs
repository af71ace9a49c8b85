//! How fast a table of survey answers is counted, beside a bare parse of the same table by the crate
//! `csv`, and how much memory it takes: `cargo bench -p wcc-case --bench answers`. `ROWS` sets the
//! number of respondents.

#![allow(clippy::expect_used, reason = "a benchmark may panic")]

#[path = "measuring/measuring.rs"]
mod measuring;

use measuring::{fastest, peak_kib};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use wcc_case::{answers, questionnaire};

fn main() {
    let rows: u64 = std::env::var("ROWS").map_or(1_000_000, |rows| rows.parse().expect("a number"));
    let shipped =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs/surveys/partners-360.toml");
    let (questionnaire, _) = questionnaire::read(&shipped).expect("the questionnaire");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("answers.csv");
    let mut table = BufWriter::new(File::create(&file).expect("a file"));
    let ids: Vec<&str> = questionnaire
        .questions
        .iter()
        .map(|question| &*question.id)
        .collect();
    writeln!(table, "group,{}", ids.join(",")).expect("a row");
    let mut random = 1_u64;
    for _ in 0..rows {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let draw = |shift: u32, below: u64| (random >> shift) % below;
        let groups = questionnaire.groups.len() as u64;
        let group = usize::try_from(draw(33, groups)).expect("a group");
        let group = questionnaire
            .groups
            .get(group)
            .map_or("", |group| &*group.code);
        write!(table, "{group}").expect("a cell");
        for (question, _) in (0..).zip(&ids) {
            write!(table, ",{}", 1 + draw(20 + 5 * question, 6)).expect("a cell");
        }
        writeln!(table).expect("a row");
    }
    table.into_inner().expect("all is written");
    let size = std::fs::metadata(&file).expect("the file").len();
    println!(
        "{rows} respondents, {} answers, {} MB",
        rows * ids.len() as u64,
        size / 1_000_000
    );

    let before = peak_kib();
    let counted = fastest(|| {
        let table = File::open(&file).expect("the file");
        let tally = answers::tally(&questionnaire, table, "answers.csv", &|_| ());
        tally.expect("a sound table").sheets().iter().sum()
    });
    println!(
        "counted: {} rows/s; peak memory {} KiB more than before",
        counted(rows),
        peak_kib() - before
    );
    let parsed = fastest(|| {
        let mut reader = csv::Reader::from_path(&file).expect("the file");
        let mut record = csv::ByteRecord::new();
        let mut rows = 0;
        while reader.read_byte_record(&mut record).expect("a row") {
            rows += 1;
        }
        rows
    });
    println!("bare parse by csv: {} rows/s", parsed(rows));
}
