//! The output of the binary for every case of `examples/`, compared with the expected output, and
//! the results of the living regimes, compared with the published ones.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use support::{compare_with_file, printed, root};

fn scorecards_of(case: &str) {
    let folder = root().join("examples").join(case);
    let case = format!("examples/{case}");
    for (file, arguments) in [
        ("scorecards.txt", &["assure", &case][..]),
        ("full.txt", &["assure", &case, "--full"]),
    ] {
        let text = printed(arguments);
        compare_with_file(&folder.join("expected").join(file), &text);
    }
}

#[test]
fn south_staffordshire() {
    scorecards_of("south-staffordshire");
}

#[test]
fn south_of_tyne_and_wear() {
    scorecards_of("south-of-tyne-and-wear");
}

#[test]
fn north_east() {
    scorecards_of("north-east");
}

#[test]
fn another_regime() {
    scorecards_of("another-regime");
}

#[test]
fn council_assessments() {
    scorecards_of("council-assessments");
}

#[test]
fn trust_segments() {
    scorecards_of("trust-segments");
}

#[test]
fn annual_letters() {
    scorecards_of("annual-letters");
}

/// The figure and the step of an overall result.
struct OverallResult {
    figure: String,
    step: String,
}

/// Each body's overall result: the figure as rounded by the rule, and the step.
fn overall_results(case: &Path) -> BTreeMap<String, OverallResult> {
    let case = case.to_str().expect("a path in UTF-8");
    let json = printed(&["assure", case, "--json"]);
    let answer: Value = serde_json::from_str(&json).expect("JSON");
    let assurances = answer["cycle"]["assurances"].as_array().expect("a list");
    let outputs = assurances
        .iter()
        .flat_map(|assurance| assurance["outputs"].as_array().expect("a list"));
    let steps = outputs.map(|output| {
        let code = output["body"]["code"].as_str().expect("a code").to_owned();
        let step = output["overall"]["value"].as_str().expect("a result");
        (code, step.to_owned())
    });
    let each = steps.map(|(code, step)| {
        let text = printed(&["assure", case, "--body", &code, "--full"]);
        let figure = shown_figure(&text, &step);
        (code, OverallResult { figure, step })
    });
    each.collect()
}

/// The figure behind the overall result on a scorecard: "34" in "rating inadequate° (percent; 33.33%,
/// rounded to 34%)".
fn shown_figure(text: &str, step: &str) -> String {
    let is_overall = |line: &&str| line.contains(" = ") && line.contains(&format!(" {step}° ("));
    let line = text.lines().rfind(is_overall);
    let line = line.unwrap_or_else(|| panic!("{step} is not shown in:\n{text}"));
    let (_, figures) = line.split_once("; ").expect("a figure");
    let figure = figures.rsplit_once("rounded to ");
    let figure = figure.map_or(figures, |(_, rounded)| rounded);
    let end = figure.find([';', ')', '%']).expect("an end");
    let figure = figure[..end].trim_start_matches("mean ");
    figure.trim_end_matches(".0").to_owned()
}

/// The published results of a case: for each body its figure, its step and the row.
fn published(case: &str) -> Vec<BTreeMap<String, String>> {
    let path = root().join("examples").join(case);
    let file = path.join("expected/published.csv");
    let mut reader = csv::Reader::from_path(file).expect("published.csv");
    let rows = reader.deserialize();
    rows.map(|row| row.expect("a row")).collect()
}

/// A copy of a case with only the first limits of its rule book.
fn with_limits(case: &str, rule_book: &str, limits: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let from = root().join("examples").join(case);
    for name in ["case.toml", "bodies.csv", "judgements.csv", rule_book] {
        let text = std::fs::read_to_string(from.join(name)).expect("a file of the case");
        let parts: Vec<&str> = text.split("[[limit]]").take(limits + 1).collect();
        std::fs::write(folder.path().join(name), parts.join("[[limit]]")).expect("a copy");
    }
    folder
}

#[test]
fn published_percentages_and_ratings_of_councils_are_reproduced() {
    let results = overall_results(&root().join("examples/council-assessments"));
    let rows = published("council-assessments");
    assert_eq!(results.len(), rows.len());
    for row in &rows {
        let result = &results[&row["body"]];
        assert_eq!(result.step, row["rating"], "{row:?}");
        if !row["percentage"].is_empty() {
            assert_eq!(result.figure, row["percentage"], "{row:?}");
        }
    }
    let known = rows.iter().filter(|row| !row["percentage"].is_empty());
    assert_eq!(known.count(), 6);
}

#[test]
fn published_averages_and_segments_of_trusts_are_reproduced() {
    let segments = overall_results(&root().join("examples/trust-segments"));
    let without = |limits| with_limits("trust-segments", "nof-2025-q1.toml", limits);
    let by_average = overall_results(without(0).path());
    let after_deficit = overall_results(without(1).path());
    let rows = published("trust-segments");
    assert_eq!(segments.len(), rows.len());
    for row in &rows {
        let body = &row["body"];
        assert_eq!(by_average[body].figure, row["average"], "{row:?}");
        assert_eq!(by_average[body].step, row["segment_by_average"], "{row:?}");
        let step = &after_deficit[body].step;
        assert_eq!(step, &row["segment_after_deficit"], "{row:?}");
        assert_eq!(segments[body].step, row["segment"], "{row:?}");
    }
}

#[test]
fn the_same_case_gives_the_same_bytes() {
    let once = || printed(&["assure", "examples/north-east"]);
    assert_eq!(once(), once());
}
