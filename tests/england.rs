//! The illustrative case of all England: the committed tables equal the generator's output, and the
//! engine's results have the published national totals.

#![allow(clippy::indexing_slicing, reason = "tests may panic")]

mod support;

#[path = "../examples/england/governance.rs"]
mod governance;
#[path = "../examples/england/levels.rs"]
mod levels;
#[path = "../examples/england/outcomes.rs"]
mod outcomes;
#[path = "../examples/england/plan.rs"]
mod plan;
#[path = "../examples/england/tables.rs"]
mod tables;

use std::collections::BTreeMap;
use support::{printed, root};

#[test]
fn the_committed_tables_equal_the_generators_output() {
    let case = root().join("examples/england");
    let made = tables::all(&root().join("configs")).expect("the generator runs");
    assert_eq!(made.len(), 6, "three tables for each of two years");
    for (name, text) in made {
        let committed = std::fs::read_to_string(case.join(&name)).expect("a committed table");
        assert!(
            committed == text,
            "{name} is not what `cargo run --example england` makes"
        );
    }
}

/// The results of a PCT on its scorecard: the value of each competency and strand.
type Card = BTreeMap<String, String>;

fn cards(year: &str) -> Vec<Card> {
    let text = printed(&["assure", "examples/england", "--full", "--cycle", year]);
    let rule = format!("\n{}\n", "─".repeat(100));
    let cluster = format!("\n{}\n", "═".repeat(100));
    let pcts = text.split(&rule).skip(1);
    let pcts = pcts.filter_map(|part| part.split(&cluster).next());
    pcts.map(card).collect()
}

fn card(text: &str) -> Card {
    let mut component = String::new();
    let mut card = Card::new();
    for line in text.lines() {
        if let Some(result) = line.strip_prefix("    = ") {
            let value = result.split_whitespace().nth(1).unwrap_or_default();
            let value = value.trim_end_matches(['*', '°']);
            card.insert(component.clone(), value.to_owned());
        } else if !line.starts_with(' ') {
            component = line
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned();
        }
    }
    card
}

fn count(cards: &[Card], component: &str, value: &str) -> usize {
    cards
        .iter()
        .filter(|card| card.get(component).is_some_and(|found| found == value))
        .count()
}

fn all_three(cards: &[Card], value: &str) -> usize {
    let strands = ["Strategy", "Finance", "Board"];
    cards
        .iter()
        .filter(|card| strands.iter().all(|strand| card[*strand] == value))
        .count()
}

/// Mean level of a competency over the PCTs whose level is known, and their number.
fn mean(cards: &[Card], competency: &str) -> (f64, usize) {
    let levels: Vec<f64> = cards
        .iter()
        .filter_map(|card| card.get(competency)?.parse().ok())
        .collect();
    (
        levels.iter().sum::<f64>() / levels.len() as f64,
        levels.len(),
    )
}

#[test]
fn the_published_totals_of_2008_09_hold() {
    let cards = cards("2008-09");
    assert_eq!(cards.len(), 152);
    for (strand, green, amber, red) in [
        ("Strategy", 45, 90, 17),
        ("Finance", 61, 78, 13),
        ("Board", 71, 78, 3),
    ] {
        let found = ["green", "amber", "red"].map(|value| count(&cards, strand, value));
        assert_eq!(found, [green, amber, red], "{strand}");
    }
    assert_eq!(all_three(&cards, "green"), 27);
    assert_eq!(all_three(&cards, "red"), 2);
    let competencies: Vec<String> = (1..=10).map(|number| number.to_string()).collect();
    assert!(
        competencies
            .iter()
            .all(|competency| count(&cards, competency, "4") == 0),
        "nobody has a 4"
    );
    let mut by_mean = competencies.clone();
    by_mean.sort_by(|left, right| mean(&cards, left).0.total_cmp(&mean(&cards, right).0));
    assert_eq!(by_mean[0], "7", "the weakest");
    assert_eq!(by_mean[9], "2", "the strongest");
    assert_eq!(
        count(&cards, "5", "3"),
        3,
        "three at level 3 in competency 5"
    );
}

#[test]
fn the_published_totals_of_2009_10_hold() {
    let cards = cards("2009-10");
    let (mean_11, analysed) = mean(&cards, "11");
    assert_eq!(analysed, 146, "146 of 152 PCTs were analysed");
    assert_eq!(format!("{mean_11:.2}"), "1.46");
    for competency in 1..=10 {
        assert!(
            mean(&cards, &competency.to_string()).0 > mean_11,
            "11 is the lowest"
        );
    }
    let percent = |count: usize| 100.0 * count as f64 / 146.0;
    assert_eq!(
        format!("{:.0}", percent(count(&cards, "Board", "green"))),
        "61"
    );
    let finance = percent(count(&cards, "Finance", "green"));
    assert!((42.0..43.0).contains(&finance), "just under 43%: {finance}");
    let three = percent(all_three(&cards, "green"));
    assert!((22.0..23.0).contains(&three), "just under 23%: {three}");
    assert_eq!(all_three(&cards, "red"), 0);
}
