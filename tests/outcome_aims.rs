//! An outcome says which of the programme's aims it serves, and which goal of the strategic plan.

mod support;

use support::CopiedCase;

/// The example in which each outcome serves an aim and the first of them a goal.
fn case(aim: &str) -> CopiedCase {
    let case = CopiedCase::of("south-of-tyne-and-wear");
    case.edit("outcomes.csv", |table| {
        let mut lines = table.lines();
        let header = lines.next().unwrap_or_default();
        let rows = lines.enumerate().map(|(at, line)| match at {
            0 => format!("{line},{aim},Care closer to home\n"),
            _ => format!("{line},better-value,\n"),
        });
        format!("{header},aim,goal\n{}", rows.collect::<String>())
    });
    case
}

#[test]
fn the_scorecard_shows_the_aim_and_the_goal() {
    let shown = case("better-care").assured();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let words = words.join(" ");
    let first = "serves better care for all; goal of the strategic plan: Care closer to home";
    assert!(words.contains(first), "{shown}");
    assert!(words.contains("serves better value for all"), "{shown}");
}

#[test]
fn an_aim_that_the_framework_does_not_name_is_refused() {
    let message = case("best-care").refused();
    assert!(
        message.contains("`best-care` is not better-health, better-care or better-value"),
        "{message}"
    );
    assert!(message.contains("outcomes.csv"), "{message}");
}
