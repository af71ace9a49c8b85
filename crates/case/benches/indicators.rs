//! How fast a table of indicators' values is read, beside a bare parse of the same table by the
//! crate `csv`, and how much memory it takes: `cargo bench -p wcc-case --bench indicators`.
//! `INDICATORS` sets the number of indicators; each has 4,530 values.

#![allow(clippy::expect_used, reason = "a benchmark may panic")]

#[path = "measuring/measuring.rs"]
mod measuring;

use measuring::{fastest, peak_kib};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use wcc_case::ShippedTables;
use wcc_case::cycle::{
    CycleTable, PublishedFiles, RecordedOutcomes, Settings, TableContent, build,
};
use wcc_core::indicator::{IndicatorIndex, IndicatorReport};

/// Years of each series.
const YEARS: std::ops::Range<u16> = 2001..2011;

fn main() {
    let indicators: usize =
        std::env::var("INDICATORS").map_or(221, |count| count.parse().expect("a number"));
    let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
    let framework = wcc_case::framework::read(&configs.join("frameworks/wcc-2009-10.toml"));
    let framework = Arc::new(framework.expect("the framework"));
    let shipped = ShippedTables::read(&configs.join("organisations")).expect("the bodies");
    let organisations = Arc::clone(shipped.organisations());
    let codes: Vec<&str> = organisations
        .each()
        .filter(|(_, body)| body.kind == wcc_core::BodyKind::Pct)
        .map(|(_, body)| body.code.as_str())
        .take(151)
        .collect();

    let mut definitions = "id,title,unit,better\n".to_owned();
    let mut values = "indicator,body,series,period,value,lower,upper,source\n".to_owned();
    let mut rows = 0_u64;
    let mut random = 1_u64;
    for indicator in 0..indicators {
        writeln!(definitions, "made-up-{indicator},Made up,per 1000,lower").expect("a row");
        for series in ["persons", "males", "females"] {
            for code in &codes {
                for year in YEARS {
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    let value = f64::from(u32::try_from(random >> 40).expect("24 bits")) / 1000.0;
                    let (lower, upper) = (value * 0.9, value * 1.1);
                    writeln!(
                        values,
                        "made-up-{indicator},{code},{series},{year},{value:.3},{lower:.3},{upper:.3},illustrative"
                    )
                    .expect("a row");
                    rows += 1;
                }
            }
        }
    }
    println!("{rows} values, {} MB", values.len() / 1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("indicator_values.csv");
    std::fs::write(&path, values).expect("a file");
    let open = || std::fs::File::open(&path).expect("a file");
    let table = |name: &'static str, content: TableContent| CycleTable {
        name,
        file: name.to_owned(),
        content,
    };
    let tables = [
        table("indicators.csv", definitions.into()),
        table("indicator_values.csv", open().into()),
    ];
    let settings = Settings {
        id: "bench/2010".to_owned(),
        framework,
        organisations: Arc::clone(&organisations),
        title: "Made up".to_owned(),
        as_of: jiff::civil::date(2010, 3, 31),
        illustrative: Some("Every figure is made up.".to_owned()),
        local_outcomes: Arc::default(),
        indicators: Vec::new(),
        pcts: Some(Vec::new()),
        earlier: Vec::new(),
        recorded: RecordedOutcomes::default(),
        published: PublishedFiles::All,
    };

    let parsed = fastest(|| {
        let mut reader = csv::Reader::from_reader(open());
        let mut record = csv::ByteRecord::new();
        let mut rows = 0;
        while reader.read_byte_record(&mut record).expect("a row") {
            rows += 1;
        }
        rows
    });
    println!("bare parse by csv: {} rows/s", parsed(rows));
    let before = peak_kib();
    let count = || {
        let read = build(&settings, &tables).expect("a sound table");
        let series = read.cycle.records.indicators.iter();
        series.map(|series| series.values.len() as u64).sum()
    };
    assert_eq!(count(), rows, "every value was read");
    println!(
        "memory beyond the table and the process: {} KiB",
        peak_kib() - before
    );
    println!("read, checked and grouped: {} rows/s", fastest(count)(rows));

    let read = build(&settings, &tables).expect("a sound table");
    let compared = fastest(|| {
        let index = IndicatorIndex::of(&read.cycle);
        let groups = index.groups(&read.cycle);
        let reports = groups
            .each()
            .filter_map(|group| IndicatorReport::of(&read.cycle, &group));
        reports
            .flat_map(|report| report.bodies)
            .map(|body| body.values().len() as u64)
            .sum()
    });
    println!("compared: {} values/s", compared(rows));
}
