//! Indicators of all bodies, through the binary: the real series of 151 PCTs in
//! `examples/obesity-admissions`, and made-up ones with every kind of gap.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod support;

use serde_json::Value;
use support::{compare_with_file, printed, root};

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

/// Figures computed from the published file with Python's `statistics.quantiles(method =
/// "inclusive")`, and places by counting.
#[test]
fn figures_of_the_real_series_are_those_of_another_program() {
    let all = report(&[EXAMPLE]);
    assert_eq!(all.len(), 3);
    let cases: [(usize, f64, f64, f64, f64, &[Row]); 3] = [
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
