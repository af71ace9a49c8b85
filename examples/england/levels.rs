//! Competency levels that match the published facts.

use crate::plan::{Unit, chance, percent, shuffled, take};
use std::collections::BTreeMap;

/// The level of each of the eleven competencies (0 if it is not scored).
pub(crate) type Levels = [u8; 11];

/// PCTs at level 1 and at level 3 for each competency in 2008/09, in percent. Competency 2 is the
/// strongest and 7 the weakest (HFMA, 30 March 2009); nobody has a 4 (HSJ 2009).
const FIRST_YEAR: [(u64, u64); 10] = [
    (25, 12), // 1
    (10, 25), // 2
    (30, 10), // 3
    (25, 12), // 4
    (40, 0),  // 5: the three at level 3 are set by hand
    (40, 4),  // 6
    (62, 0),  // 7
    (45, 3),  // 8
    (48, 2),  // 9
    (38, 5),  // 10
];

/// Three PCTs reached level 3 in competency 5, Milton Keynes among them (digitalhealth.net, 2009);
/// the other two are invented.
const LEVEL_3_IN_5: [&str; 3] = ["5CQ", "5C4", "5QL"];

/// Levels of 2008/09, by unit.
pub(crate) fn first_year(units: &[Unit]) -> BTreeMap<String, Levels> {
    let mut all = BTreeMap::new();
    for unit in units {
        let mut levels = [0; 11];
        for (at, (level_1, level_3)) in FIRST_YEAR.iter().enumerate() {
            let chance = percent(&["2008-09", &unit.code, &at.to_string()]);
            levels[at] = match chance {
                low if low < *level_1 => 1,
                high if high >= 100 - level_3 => 3,
                _ => 2,
            };
        }
        if LEVEL_3_IN_5.contains(&unit.code.as_str()) {
            levels[4] = 3;
        }
        all.insert(unit.code.clone(), levels);
    }
    all
}

/// Competency 11 averaged 1.46 over 146 PCTs, the lowest of the eleven (HFMA, 6 September 2010):
/// 213 points, so 67 PCTs at level 2 and the others at level 1.
const LEVEL_2_IN_11: usize = 67;

/// Levels of 2009/10, by unit: mostly last year's or one more, which makes competency 11 the
/// lowest. The leaders of that year have a 4.
pub(crate) fn second_year(
    units: &[Unit],
    before: &BTreeMap<String, Levels>,
    leaders: &[&str],
    left_out: &[String],
) -> BTreeMap<String, Levels> {
    let single = units
        .iter()
        .filter(|unit| unit.pcts.len() == 1 && !left_out.contains(&unit.code))
        .map(|unit| unit.code.as_str());
    let mut at_2 = shuffled(single, "competency 11");
    at_2.sort_by_key(|code| !leaders.contains(&code.as_str()));
    let at_2 = take(&mut at_2, LEVEL_2_IN_11);
    let mut all = BTreeMap::new();
    for unit in units.iter().filter(|unit| !left_out.contains(&unit.code)) {
        let mut levels = before.get(&unit.code).copied().unwrap_or([2; 11]);
        for (at, level) in levels.iter_mut().take(10).enumerate() {
            let chance = percent(&["2009-10", &unit.code, &at.to_string()]);
            *level = match chance {
                0..70 => (*level + 1).min(3),
                70..96 => *level,
                _ => (*level).saturating_sub(1).max(1),
            };
        }
        if leaders.contains(&unit.code.as_str()) {
            levels = [3; 11];
            levels[usize::try_from(chance(&[&unit.code]) % 10).unwrap_or(0)] = 4;
        }
        levels[10] = if at_2.contains(&unit.code) { 2 } else { 1 };
        all.insert(unit.code.clone(), levels);
    }
    all
}

/// Returns the levels of a competency's three measures: the lowest is the level of the competency,
/// the others are the same or one higher, but never above `most`.
pub(crate) fn measures(level: u8, most: u8, words: &[&str]) -> [u8; 3] {
    let chance = chance(words);
    let lowest = usize::try_from(chance % 3).unwrap_or(0);
    let mut levels = [level; 3];
    for (at, one) in levels.iter_mut().enumerate() {
        if at != lowest && (chance >> (8 + at)) & 1 == 1 {
            *one = (level + 1).min(most);
        }
    }
    levels
}
