//! Indicators of all bodies, through the binary: the real series of 151 PCTs in
//! `examples/obesity-admissions`, and made-up ones with every kind of gap.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

#[cfg(target_os = "linux")]
#[path = "support/server.rs"]
mod server;
mod support;

use serde_json::Value;
use support::{CopiedCase, compare_with_file, printed, root};

const EXAMPLE: &str = "examples/obesity-admissions";

#[test]
fn the_published_file_is_compared_as_it_is() {
    let expected = root().join(EXAMPLE).join("expected");
    for (file, arguments) in [
        ("indicators.txt", &["indicators", EXAMPLE][..]),
        ("5ET.txt", &["indicators", EXAMPLE, "--body", "5ET"]),
        (
            "females.json",
            &[
                "indicators",
                EXAMPLE,
                "--series",
                "females",
                "--body",
                "5PK",
                "--json",
            ],
        ),
    ] {
        compare_with_file(&expected.join(file), &printed(arguments));
    }
}

fn report(arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["indicators"];
    all.extend(arguments);
    all.push("--json");
    let json: Value = serde_json::from_str(&printed(&all)).expect("JSON");
    json.as_array().expect("a list").clone()
}

fn body<'a>(report: &'a Value, code: &str) -> &'a Value {
    let bodies = report["bodies"].as_array().expect("a list");
    let found = bodies.iter().find(|body| body["code"] == code);
    found.unwrap_or_else(|| panic!("{code} is missing"))
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is not a number"))
}

/// A PCT's value, its place and quartile; its growth in percent, its place and quartile.
type Row = (&'static str, f64, i64, i64, f64, i64, i64);

/// A report, its national mean and the growth of that mean, the top deciles of values and growth,
/// and some PCTs.
type Case = (usize, f64, f64, f64, f64, &'static [Row]);

/// Figures computed from the published file with Python's `statistics.quantiles(method =
/// "inclusive")`, and places by counting.
#[test]
fn figures_of_the_real_series_are_those_of_another_program() {
    let all = report(&[EXAMPLE]);
    assert_eq!(all.len(), 3);
    let cases: [Case; 3] = [
        (
            0,
            551.107_549_668_874_4,
            5.306_859_712_867_995,
            276.25,
            -12.810_178_117_048_343,
            &[
                ("5PK", 532.41, 91, 3, 9.2392, 69, 2),
                ("5ET", 378.75, 50, 2, -86.8389, 1, 1),
                ("5KF", 613.43, 108, 3, 35.6516, 126, 4),
                ("5QV", 858.17, 133, 4, 12.8458, 82, 3),
            ],
        ),
        (
            1,
            380.826_688_741_721_8,
            2.529_063_656_642_449_6,
            201.15,
            -17.664_799_655_320_973,
            &[
                ("5N5", 296.92, 59, 2, -85.1291, 1, 1),
                ("5KF", 403.95, 107, 3, 8.7905, 79, 3),
            ],
        ),
        (
            2,
            716.636_291_390_727_9,
            6.785_721_757_342_755,
            325.38,
            -13.984_682_125_619_605,
            &[
                ("5PK", 703.57, 94, 3, 15.2373, 87, 3),
                ("5ET", 395.31, 30, 1, -89.0352, 1, 1),
            ],
        ),
    ];
    for (at, mean, growth_of_mean, decile, growth_decile, rows) in cases {
        let report = &all[at];
        let near = |value: &Value, expected: f64| {
            let value = number(value);
            assert!((value - expected).abs() < 1e-4, "{value} is not {expected}");
        };
        near(&report["national"]["level"]["computed"], mean);
        near(&report["national"]["growth"]["computed"], growth_of_mean);
        near(&report["topDecile"]["level"]["computed"], decile);
        near(&report["topDecile"]["growth"]["computed"], growth_decile);
        for (code, value, place, quartile, growth, growth_place, growth_quartile) in rows {
            let body = body(report, code);
            near(&body["value"], *value);
            near(&body["growth"], *growth);
            for (rank, place, quartile) in [
                (&body["level"], place, quartile),
                (&body["improvement"], growth_place, growth_quartile),
            ] {
                assert_eq!(rank["place"], *place, "{code}");
                assert_eq!(rank["quartile"], *quartile, "{code}");
                assert_eq!(rank["among"], 151);
            }
        }
    }
    let marked = |mark: &str| -> Vec<&str> {
        let bodies = all[0]["bodies"].as_array().expect("a list").iter();
        let marked = bodies.filter(|body| body["growthOutlier"] == mark);
        marked
            .map(|body| body["code"].as_str().expect("a code"))
            .collect()
    };
    assert_eq!(marked("an outlier, better"), ["5ET", "5MV", "5N5", "5PN"]);
    assert_eq!(
        marked("an outlier, worse"),
        [
            "5FL", "5L3", "5P6", "5PL", "5PM", "5QN", "5QT", "TAL", "TAN"
        ]
    );
}

const GAPS: &str = "tests/cases/indicators";

#[test]
fn gaps_benchmarks_and_trajectories_are_shown_with_their_reasons() {
    let expected = root().join(GAPS).join("expected");
    for (file, arguments) in [
        ("indicators.txt", &["indicators", GAPS][..]),
        ("5KF.txt", &["indicators", GAPS, "--body", "5kf"]),
        ("5KM.txt", &["indicators", GAPS, "--body", "5KM"]),
        ("explained.txt", &["explain", GAPS, "5KF", "cvd-mortality"]),
        (
            "scorecards.txt",
            &["assure", GAPS, "--full", "--body", "5KF"],
        ),
        ("indicators.json", &["indicators", GAPS, "--json"]),
    ] {
        compare_with_file(&expected.join(file), &printed(arguments));
    }
}

/// Series that end early, begin later than the cycle, or belong to no PCT; targets without values;
/// figures of one group that contradict one another.
#[test]
fn odd_series_are_compared_by_the_printed_rules() {
    let case = "tests/cases/odd-series";
    let expected = root().join(case).join("expected");
    for (file, arguments) in [
        ("indicators.txt", &["indicators", case][..]),
        ("5J9.txt", &["indicators", case, "--body", "5J9"]),
        (
            "5KG.txt",
            &[
                "indicators",
                case,
                "--indicator",
                "peers-twice",
                "--body",
                "5KG",
            ],
        ),
    ] {
        compare_with_file(&expected.join(file), &printed(arguments));
    }
    let (code, message) = support::refused_with(
        &support::settings_with(""),
        &["indicators", case, "--series", "males"],
    );
    assert_eq!(code, 4);
    assert!(
        message.contains("has no values of the series `males`"),
        "{message}"
    );
}

/// The rows of a file without its header.
fn rows_of(text: &str) -> (String, Vec<String>) {
    let mut lines = text.lines().map(str::to_owned);
    let header = lines.next().expect("a header");
    (header, lines.collect())
}

#[test]
fn the_order_of_rows_is_irrelevant() {
    let file = "indicator_values.csv";
    let of_case = |edit: fn(Vec<String>) -> Vec<String>| {
        let case = CopiedCase::of("../tests/cases/indicators");
        case.edit(file, |text| {
            let (header, rows) = rows_of(&text);
            format!("{header}\n{}\n", edit(rows).join("\n"))
        });
        let path = case.path();
        let text = printed(&["indicators", path.to_str().expect("UTF-8"), "--json"]);
        let mut all: Value = serde_json::from_str(&text).expect("JSON");
        for report in all.as_array_mut().expect("a list") {
            report["cycle"] = Value::Null;
            for body in report["bodies"].as_array_mut().expect("a list") {
                // The place is that of the first row.
                body["place"] = Value::Null;
            }
        }
        all
    };
    let as_written = of_case(|rows| rows);
    let reversed = of_case(|rows| rows.into_iter().rev().collect());
    let sorted = of_case(|mut rows| {
        rows.sort_by_key(|row| row.chars().rev().collect::<String>());
        rows
    });
    assert_eq!(as_written, reversed);
    assert_eq!(as_written, sorted);
}

#[test]
fn errors_name_the_row_the_column_and_what_was_expected() {
    let case = CopiedCase::of("../tests/cases/indicators");
    case.edit("indicator_values.csv", |text| {
        text + "heart-death,5KF,persons,own,2008,1,,,,,\n\
                heart-deaths,5KX,persons,own,2008,1,,,,,\n\
                heart-deaths,5E1,people,own,2008,1,,,,,\n\
                heart-deaths,5E1,persons,aim,2008,1,,,,,\n\
                heart-deaths,5E1,persons,own,2008-09,1,,,,,\n\
                heart-deaths,5E1,persons,own,,1,,,,,\n\
                heart-deaths,5E1,persons,own,2008,\"1,5\",,,,,\n\
                heart-deaths,5E1,persons,own,2008,1,0,,,,\n\
                heart-deaths,5E1,persons,own,2008,1,,,,maybe,\n"
    });
    compare_with_file(
        &root().join(GAPS).join("expected/refused.txt"),
        &case.refused(),
    );
    let case = CopiedCase::of("../tests/cases/indicators");
    case.edit("indicator_values.csv", |text| {
        text + "heart-deaths,5KF,persons,own,2008,99,,,,,\n\
                heart-deaths,5QR,persons,own,2008/09,99,,,,,\n\
                heart-deaths,TAC,persons,own,2008,-3,,,,,\n\
                heart-deaths,TAC,persons,own,2007,3,4,5,95,,\n\
                heart-deaths,5KF,persons,national,2008,85,,,,,\n"
    });
    compare_with_file(
        &root().join(GAPS).join("expected/broken-rules.txt"),
        &case.refused(),
    );
    let example = CopiedCase::of("obesity-admissions");
    example.edit("indicator_files.toml", |text| {
        text.replace("\"pct_ods_code\"", "\"pct_code\"")
            .replace("series = \"males\"", "series = \"men\"")
            .replace("rate_per_100k_female", "rate_per_100k_women")
    });
    compare_with_file(
        &root().join(GAPS).join("expected/mapping.txt"),
        &example.refused(),
    );
}

/// A published file with a column for each year, national rows, marks of missing values and a code
/// that changed.
#[test]
fn a_wide_file_is_read_through_its_mapping() {
    let case = CopiedCase::of("../tests/cases/indicators");
    let folder = case.path();
    let published = "Area code,Area,2007/08,2008/09\n\
                     ENG,England,10.0,9.5\nQ30,North East,11.0,10.5\nRXX,Gateshead,12,*\n\
                     5KG,South Tyneside,11,10.25\n";
    std::fs::write(folder.join("Published 2009.csv"), published).expect("a file");
    let mapping = "[[file]]\nname = \"Published 2009.csv\"\nbody = \"Area code\"\n\
                   source = \"a publication\"\ncodes = { RXX = \"5KF\" }\nnational = [\"ENG\"]\n\
                   recorded_with = \"Q30\"\nskip = [\"Q30\"]\nmissing = [\"*\"]\n\
                   [[file.column]]\nindicator = \"infant-mortality\"\nvalue = \"2007/08\"\n\
                   period = \"2007/08\"\n[[file.column]]\nindicator = \"infant-mortality\"\n\
                   value = \"2008/09\"\nperiod = \"2008/09\"\n";
    std::fs::write(folder.join("indicator_files.toml"), mapping).expect("a file");
    let path = folder.to_str().expect("UTF-8").to_owned();
    let report = &report(&[&path, "--indicator", "infant-mortality"])[0];
    assert_eq!(report["national"]["level"]["given"], 9.5);
    assert_eq!(report["bodies"].as_array().expect("a list").len(), 2);
    let gateshead = body(report, "5KF");
    assert_eq!(gateshead["values"][0]["value"], 12.0);
    assert_eq!(gateshead["values"][1]["value"], Value::Null);
    assert_eq!(gateshead["source"], "a publication");
    assert_eq!(body(report, "5KG")["values"][1]["period"], "2008/09");
}

/// The comparison over GraphQL, from a folder and from a ledger, with corrections by `wcc import`.
#[cfg(target_os = "linux")]
#[test]
fn indicators_are_imported_and_queried() {
    use server::Server;
    use support::{printed_with, refused_with, settings_with};

    const QUERY: &str = "{ cycle(id: \"indicators/2009-10\") { indicators(first: 1) { totalCount
        pageInfo { hasNextPage } edges { node { code seriesId } } }
        heart: indicators(code: \"heart-deaths\") { edges { node { id title unit better outcome
          comparison { period levelPopulation growthPopulation growthCoversSpan rules
            national { level { given computed among difference } growth { given computed among } }
            bodies(codes: [\"5KF\", \"5KG\"]) { body { code } value levelRank { place among quartile }
              growth growthNotAvailable improvementRank { place quartile } interval peers
              trajectory { period target actual inWords } inWords series { values { period value } }
            } } } } }
        outputs { edges { node { outcomes { code indicatorBenchmarks {
          national { given computed among } peers { given } topDecile { computed } } } } } } } }";
    let expected = root().join(GAPS).join("expected");
    let settings = settings_with("");
    let compare = |server: Server| {
        let answer = serde_json::to_string_pretty(&server.ask(QUERY)).expect("JSON");
        assert_eq!(server.terminate(), Some(0));
        compare_with_file(&expected.join("query.json"), &format!("{answer}\n"));
    };
    compare(Server::on_case(&settings, GAPS));
    printed_with(&settings, &["ledger", "load", GAPS]);
    compare(Server::on_ledger(&settings));

    let file = root().join(GAPS).join("indicator_values.csv");
    let file = file.to_str().expect("UTF-8");
    let import = |file: &str| {
        let cycle = ["--cycle", "indicators/2009-10", "--apply"];
        printed_with(&settings, &[&["import", file][..], &cycle].concat())
    };
    let again = import(file);
    assert!(again.contains("0 new, 0 changed, 14 unchanged"), "{again}");
    let folder = tempfile::tempdir().expect("a folder");
    let table = |rows: &str| {
        let path = folder.path().join("indicator_values.csv");
        let text = format!("indicator,body,period,value\n{rows}");
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    // The next year's publication adds to the series; the definition is known.
    let added = import(&table(
        "heart-deaths,5KF,2009,101.5\nheart-deaths,5E1,2009,99\n",
    ));
    assert!(added.contains("1 new, 1 changed, 0 unchanged"), "{added}");
    let text = printed_with(&settings, &["indicators", "ledger:", "--body", "5KF"]);
    assert!(
        text.contains("2008 105 (95.5 to 114.5), 2009 101.5"),
        "{text}"
    );
    publish(&settings, folder.path());
    let import = [
        "import",
        &table("heart-death,5KF,2009,1\n"),
        "--cycle",
        "indicators/2009-10",
    ];
    let (code, message) = refused_with(&settings, &import);
    assert_eq!(code, 1);
    assert!(
        message.contains("did you mean \"heart-deaths\"?"),
        "{message}"
    );
}

/// Published files are imported as they are, one of them or all that the mapping names.
#[cfg(target_os = "linux")]
fn publish(settings: &std::path::Path, folder: &std::path::Path) {
    use support::{printed_with, refused_with};

    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let mapping = "[[file]]\nname = \"males 2010.csv\"\nheader_row = 4\nbody = \"Code\"\n\
                   source = \"invented\"\nmissing = [\"*\"]\n\
                   column = [{ indicator = \"heart-deaths\", series = \"males\", value = \"Rate\", \
                   period = \"2010\" }]\n";
    let second = mapping
        .replace("males", "females")
        .replace("header_row = 4\n", "");
    let mapping = write("indicator_files.toml", &format!("{mapping}{second}"));
    let males = write(
        "males 2010.csv",
        "Deaths from heart disease,\n\nInvented figures,\nCode,Rate\n5KF,120.5\n5KG,*\n",
    );
    let females = write("females 2010.csv", "Code,Rate\n5KF,80.5\n");
    let cycle = ["--cycle", "indicators/2009-10"];
    let import = |files: &[&str]| {
        printed_with(
            settings,
            &[&["import"], files, &cycle, &["--apply"]].concat(),
        )
    };
    let one = import(&[&males]);
    assert!(one.contains("2 new, 0 changed, 0 unchanged"), "{one}");
    assert!(one.contains("[males 2010.csv, row 5]"), "{one}");
    let all = import(&[&mapping]);
    assert!(all.contains("1 new, 0 changed, 2 unchanged"), "{all}");
    let again = import(&[&females, &males, &mapping]);
    assert!(again.contains("0 new, 0 changed, 3 unchanged"), "{again}");
    let shown = printed_with(settings, &["indicators", "ledger:", "--body", "5KF"]);
    assert!(shown.contains("2010 120.5"), "{shown}");
    let other = write("malez 2010.csv", "Code,Rate\n");
    let refused = |file: &str| {
        let (code, message) = refused_with(settings, &[&["import", file], &cycle[..]].concat());
        assert_eq!(code, 1);
        message
    };
    let message = refused(&other);
    assert!(
        message.contains("did you mean males 2010.csv?"),
        "{message}"
    );
    std::fs::remove_file(&females).expect("a file");
    let message = refused(&mapping);
    assert!(
        message.contains("there is no file females 2010.csv beside it"),
        "{message}"
    );
}
