//! Ratings of the three governance strands that match the published totals.

use crate::plan::{Unit, shuffled, take};
use std::collections::BTreeMap;

/// Ratings in the order strategy, finance, board.
pub(crate) type Ratings = [&'static str; 3];

/// The numbers of PCTs by rating. The rest are amber.
pub(crate) struct Totals {
    /// Greens of strategy, finance and board.
    pub(crate) green: [usize; 3],
    /// Reds of strategy, finance and board.
    pub(crate) red: [usize; 3],
    /// PCTs with three greens, and with three reds.
    pub(crate) all_green: usize,
    pub(crate) all_red: usize,
    /// PCTs named by the press as leaders: three greens.
    pub(crate) leaders: &'static [&'static str],
}

/// 2008/09, of 152 PCTs (HFMA, 30 March 2009; HSJ 2009): Birmingham East and North, Tower Hamlets
/// and Somerset led.
pub(crate) const FIRST_YEAR: Totals = Totals {
    green: [45, 61, 71],
    red: [17, 13, 3],
    all_green: 27,
    all_red: 2,
    leaders: &["5PG", "5C4", "5QL"],
};

/// 2009/10, of 146 PCTs (HFMA, 6 September 2010): board green 61%, finance just under 43%, three
/// greens just under 23%, no three reds. Strategy was not published: its totals are invented.
pub(crate) const SECOND_YEAR: Totals = Totals {
    green: [60, 62, 89],
    red: [6, 8, 2],
    all_green: 33,
    all_red: 0,
    leaders: &["5NX", "5F5", "5C4"],
};

/// Returns the ratings of every PCT. Clusters share one strategy rating, which is amber, so that their
/// PCTs do not have three green or three red ratings by chance.
pub(crate) fn ratings(units: &[Unit], totals: &Totals, year: &str) -> BTreeMap<String, Ratings> {
    let mut ratings: BTreeMap<String, Ratings> = units
        .iter()
        .flat_map(|unit| &unit.pcts)
        .map(|pct| (pct.clone(), ["amber"; 3]))
        .collect();
    let single = units
        .iter()
        .filter(|unit| unit.pcts.len() == 1)
        .map(|unit| unit.code.as_str());
    let mut open = shuffled(single, year);
    // Leaders come first, so that they are among the PCTs with three greens.
    open.sort_by_key(|code| !totals.leaders.contains(&code.as_str()));
    set(
        &mut ratings,
        &take(&mut open, totals.all_green),
        [0, 1, 2],
        "green",
    );
    set(
        &mut ratings,
        &take(&mut open, totals.all_red),
        [0, 1, 2],
        "red",
    );
    // PCTs whose finance is amber get the other greens and reds of strategy, so that no further PCT
    // has three equal ratings.
    let strategy_green = take(&mut open, totals.green[0] - totals.all_green);
    set(&mut ratings, &strategy_green, [0], "green");
    let strategy_red = take(&mut open, totals.red[0] - totals.all_red);
    set(&mut ratings, &strategy_red, [0], "red");
    let clustered = units
        .iter()
        .filter(|unit| unit.pcts.len() > 1)
        .flat_map(|unit| &unit.pcts);
    open.extend(clustered.cloned());
    let mut finance = shuffled(open.iter().map(String::as_str), "finance");
    set(
        &mut ratings,
        &take(&mut finance, totals.green[1] - totals.all_green),
        [1],
        "green",
    );
    set(
        &mut ratings,
        &take(&mut finance, totals.red[1] - totals.all_red),
        [1],
        "red",
    );
    open.extend(strategy_green);
    let mut board = shuffled(open.iter().map(String::as_str), "board");
    set(
        &mut ratings,
        &take(&mut board, totals.green[2] - totals.all_green),
        [2],
        "green",
    );
    set(
        &mut ratings,
        &take(&mut board, totals.red[2] - totals.all_red),
        [2],
        "red",
    );
    ratings
}

fn set(
    ratings: &mut BTreeMap<String, Ratings>,
    pcts: &[String],
    strands: impl IntoIterator<Item = usize> + Clone,
    rating: &'static str,
) {
    for pct in pcts {
        if let Some(of_pct) = ratings.get_mut(pct) {
            for strand in strands.clone() {
                of_pct[strand] = rating;
            }
        }
    }
}
