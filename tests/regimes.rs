//! Regimes that are not World Class Commissioning, written as data alone: their scorecards and
//! explanations, compared with the expected output beside them.

mod support;

use support::{compare_with_file, printed, root};

/// The scorecards of a case in `tests/cases/regimes`, and the explanations of some of its results.
fn regime(case: &str, explained: &[(&str, &str)]) {
    let expected = root()
        .join("tests/cases/regimes")
        .join(case)
        .join("expected");
    let case = format!("tests/cases/regimes/{case}");
    compare_with_file(&expected.join("brief.txt"), &printed(&["assure", &case]));
    let full = printed(&["assure", &case, "--full"]);
    compare_with_file(&expected.join("full.txt"), &full);
    let explanations: String = explained
        .iter()
        .map(|(body, of)| printed(&["explain", &case, body, of]))
        .collect();
    compare_with_file(&expected.join("explained.txt"), &explanations);
}

#[test]
fn a_headline_grade_is_limited_by_its_parts() {
    regime(
        "headline",
        &[
            ("S1", "remark"),
            ("S1", "figures"),
            ("S2", "overall"),
            ("S2", "sixth-form"),
            ("S3", "overall"),
        ],
    );
}

#[test]
fn outcomes_are_given_in_the_series_of_the_framework() {
    regime(
        "series",
        &[("S1", "reading"), ("S1", "maths"), ("S3", "absence")],
    );
}

#[test]
fn a_narrative_regime_has_headings_and_text_only() {
    regime("narrative", &[("QKK", "leadership"), ("QKK", "duties")]);
}

#[test]
fn what_is_judged_in_text_may_have_several_paragraphs() {
    regime("letters", &[("QKK", "l1"), ("QKK", "l2")]);
}

#[test]
fn weights_count_and_a_limit_decides_whatever_is_missing() {
    regime(
        "oversight",
        &[("RXX", "overall"), ("RXX", "score"), ("RYY", "score")],
    );
}

#[test]
fn unrounded_means_are_the_results() {
    regime(
        "maturity",
        &[("team-1", "governance"), ("team-1", "overall")],
    );
}
