//! Outcomes: the two national ones and eight local ones for every PCT.

use crate::plan::{chance, shuffled, take};

/// An outcome that PCTs choose from: identifier, direction (+1 higher is better), national rate
/// and rate of the top decile in percent a year. All rates are invented.
struct Choice {
    id: &'static str,
    better: f64,
    national: f64,
    top_decile: f64,
}

const fn choice(id: &'static str, better: f64, national: f64, top_decile: f64) -> Choice {
    Choice {
        id,
        better,
        national,
        top_decile,
    }
}

/// The most popular local choices of year 1 come first (HSJ): smoking, alcohol admissions,
/// vascular deaths, deaths at home, teenage pregnancy.
const LOCAL: [Choice; 12] = [
    choice("smoking-quitters", 1.0, 2.1, 9.4),
    choice("alcohol-admissions", -1.0, 5.7, -0.9),
    choice("cvd-mortality", -1.0, -7.1, -9.9),
    choice("deaths-at-home", 1.0, 1.8, 5.2),
    choice("teenage-conceptions", -1.0, -2.2, -7.8),
    choice("cancer-mortality", -1.0, -1.5, -4.5),
    choice("infant-mortality", -1.0, -3.0, -14.5),
    choice("obesity-year-6", -1.0, 2.5, -7.5),
    choice("breastfeeding", 1.0, 1.9, 8.0),
    choice("chlamydia-screening", 1.0, 12.0, 30.0),
    choice("patient-experience", 1.0, -0.1, 1.5),
    choice("diabetes-hba1c", 1.0, 1.2, 4.1),
];

const NATIONAL: [(u16, &str, &str, Choice); 4] = [
    (
        1,
        "health-inequalities",
        "males",
        choice("", -1.0, 0.8, -3.9),
    ),
    (
        1,
        "health-inequalities",
        "females",
        choice("", -1.0, 1.2, -9.4),
    ),
    (2, "life-expectancy", "males", choice("", 1.0, 0.4, 0.8)),
    (2, "life-expectancy", "females", choice("", 1.0, 0.3, 0.6)),
];

/// One row of `outcomes.csv`.
pub(crate) struct Row {
    pub(crate) slot: u16,
    pub(crate) outcome: &'static str,
    pub(crate) series: &'static str,
    /// Historic, national, ONS cluster, top decile, aspiration.
    pub(crate) rates: [f64; 5],
}

/// The outcomes of one PCT in one year.
pub(crate) fn of_pct(pct: &str, year: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = NATIONAL
        .iter()
        .map(|(slot, outcome, series, rates)| Row {
            slot: *slot,
            outcome,
            series,
            rates: rates_of(rates, &[pct, year, outcome, series]),
        })
        .collect();
    // The choice is the same in both years, because PCTs changed few outcomes.
    let mut chosen = shuffled(LOCAL.iter().map(|choice| choice.id), pct);
    let chosen = take(&mut chosen, 8);
    let local = LOCAL
        .iter()
        .filter(|choice| chosen.iter().any(|id| id == choice.id));
    for (slot, choice) in (3..).zip(local) {
        let rates = rates_of(choice, &[pct, year, choice.id]);
        rows.push(Row {
            slot,
            outcome: choice.id,
            series: "persons",
            rates,
        });
    }
    rows
}

/// Returns rates around the national one. The aspiration is mostly better than the historic rate.
fn rates_of(choice: &Choice, words: &[&str]) -> [f64; 5] {
    let chance = chance(words);
    let spread = (choice.top_decile - choice.national).abs().max(0.3);
    // Four small numbers from -1 to 1, derived from one.
    let part = |at: u32| ((chance >> (at * 12)) % 2001) as f64 / 1000.0 - 1.0;
    let historic = choice.national + part(0) * spread;
    let ons_cluster = choice.national + part(1) * spread / 2.0;
    let aspiration = historic + choice.better * (part(2) + 0.6) * spread / 2.0;
    [
        historic,
        choice.national,
        ons_cluster,
        choice.top_decile,
        aspiration,
    ]
    .map(|rate| (rate * 10.0).round() / 10.0)
}
