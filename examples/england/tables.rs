//! Writes the case's tables.

use crate::governance::{self, FIRST_YEAR, Ratings, SECOND_YEAR};
use crate::levels::{self, Levels};
use crate::outcomes;
use crate::plan::{self, Unit, chance, percent, shuffled, take};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// Six of the 152 PCTs are not in the published analysis of 2009/10. It does not name them, so these
/// six are invented.
const LEFT_OUT: usize = 6;

/// The inputs of a year's tables.
struct Year<'a> {
    folder: &'a str,
    units: &'a [Unit],
    levels: BTreeMap<String, Levels>,
    ratings: BTreeMap<String, Ratings>,
    /// Number of measures of strategy, finance and board.
    measures: [usize; 3],
    /// Number of scored competencies.
    competencies: usize,
    /// The highest level of a measure.
    most: u8,
    /// The number of amber measures that make a strand amber by the year's rule.
    ambers: usize,
}

/// Every generated file with its text.
pub(crate) fn all(configs: &Path) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let units = plan::units(configs)?;
    let first = Year {
        folder: "2008-09",
        units: &units,
        levels: levels::first_year(&units),
        ratings: governance::ratings(&units, &FIRST_YEAR, "2008-09"),
        measures: [5, 3, 6],
        competencies: 10,
        most: 3,
        ambers: 1,
    };
    let single = units
        .iter()
        .filter(|unit| unit.pcts.len() == 1)
        .map(|unit| unit.code.as_str());
    let mut left_out = shuffled(single, "left out");
    left_out.retain(|code| !SECOND_YEAR.leaders.contains(&code.as_str()));
    let left_out = take(&mut left_out, LEFT_OUT);
    let analysed: Vec<Unit> = units
        .iter()
        .filter(|unit| !left_out.contains(&unit.code))
        .cloned()
        .collect();
    let second = Year {
        folder: "2009-10",
        units: &analysed,
        levels: levels::second_year(&units, &first.levels, SECOND_YEAR.leaders, &left_out),
        ratings: governance::ratings(&analysed, &SECOND_YEAR, "2009-10"),
        measures: [5, 5, 6],
        competencies: 11,
        most: 4,
        ambers: 2,
    };
    let mut files = Vec::new();
    for year in [&first, &second] {
        files.push((
            format!("{}/judgements.csv", year.folder),
            year.judgements()?,
        ));
        files.push((format!("{}/survey.csv", year.folder), year.survey()?));
        files.push((
            format!("{}/outcomes.csv", year.folder),
            year.outcomes(&units)?,
        ));
    }
    Ok(files)
}

impl Year<'_> {
    fn judgements(&self) -> Result<String, Box<dyn Error>> {
        let mut table = Table::new(&["body", "measure", "method", "value"])?;
        for unit in self.units {
            self.competencies_of(unit, &mut table)?;
            for (strand, name) in ["strategy", "finance", "board"].iter().enumerate() {
                // A cluster shares its strategy rating; finance and board are rated for each PCT.
                let bodies = if strand == 0 {
                    std::slice::from_ref(&unit.code)
                } else {
                    &unit.pcts
                };
                for body in bodies {
                    let pct = if strand == 0 { &unit.pcts[0] } else { body };
                    let rating = self.ratings[pct][strand];
                    self.strand(body, name, rating, self.measures[strand], &mut table)?;
                }
            }
        }
        table.text()
    }

    fn competencies_of(&self, unit: &Unit, table: &mut Table) -> Result<(), Box<dyn Error>> {
        let levels = &self.levels[&unit.code];
        for (at, level) in levels.iter().take(self.competencies).enumerate() {
            let competency = (at + 1).to_string();
            let panel =
                levels::measures(*level, self.most, &[self.folder, &unit.code, &competency]);
            for (letter, panel) in ["a", "b", "c"].iter().zip(panel) {
                let measure = format!("{competency}{letter}");
                // PCTs rated themselves slightly higher than their panels did.
                let own = match percent(&["self", self.folder, &unit.code, &measure]) {
                    0..35 => (panel + 1).min(self.most),
                    35..92 => panel,
                    _ => panel.saturating_sub(1).max(1),
                };
                table.row(&[&unit.code, &measure, "self", &own.to_string()])?;
                table.row(&[&unit.code, &measure, "panel", &panel.to_string()])?;
            }
        }
        Ok(())
    }

    fn strand(
        &self,
        body: &str,
        name: &str,
        rating: &str,
        measures: usize,
        table: &mut Table,
    ) -> Result<(), Box<dyn Error>> {
        let chance = chance(&[self.folder, body, name]);
        let worst = usize::try_from(chance).unwrap_or(usize::MAX) % measures;
        for at in 0..measures {
            let measure = format!("{name}.{}", at + 1);
            let also = (chance >> (8 + at)) & 3 == 0;
            // If the rule counts ambers, the measures after the worst one are amber too.
            let after_worst = (at + measures - worst) % measures;
            let also = also || (rating == "amber" && after_worst < self.ambers);
            let panel = match rating {
                "green" => "green",
                _ if at == worst => rating,
                _ if also => "amber",
                _ => "green",
            };
            let own = if panel == "red" || percent(&["self", self.folder, body, &measure]) < 30 {
                "amber"
            } else {
                "green"
            };
            table.row(&[body, &measure, "self", own])?;
            table.row(&[body, &measure, "panel", panel])?;
        }
        if rating == "red" {
            // A red rating applies only once the panel has recorded it.
            table.row(&[body, name, "panel", rating])?;
        }
        Ok(())
    }

    /// The key stakeholder survey mostly supports the panel's level, and sometimes less.
    fn survey(&self) -> Result<String, Box<dyn Error>> {
        let mut table = Table::new(&["body", "survey", "measure", "score"])?;
        for unit in self.units {
            for (competency, letter) in [(1, 0), (1, 1), (2, 1), (2, 2), (3, 0), (4, 2)] {
                let name = competency.to_string();
                let level = self.levels[&unit.code][competency - 1];
                let words = [self.folder, &unit.code, &name];
                let panel = levels::measures(level, self.most, &words)[letter];
                let measure = format!("{name}{}", ["a", "b", "c"][letter]);
                let chance = chance(&["survey", self.folder, &unit.code, &measure]);
                let short = if chance % 100 < 12 { 1.0 } else { 0.0 };
                let within = ((chance >> 16) % 90) as f64 / 100.0;
                let score = (f64::from(panel) + 1.5 - short + within).clamp(1.0, 6.0);
                let score = format!("{score:.2}");
                table.row(&[&unit.code, "key-stakeholder", &measure, &score])?;
            }
        }
        table.text()
    }

    fn outcomes(&self, units: &[Unit]) -> Result<String, Box<dyn Error>> {
        let mut table = Table::new(&[
            "body",
            "slot",
            "outcome",
            "series",
            "historic",
            "national",
            "ons_cluster",
            "top_decile",
            "aspiration",
        ])?;
        for pct in units.iter().flat_map(|unit| &unit.pcts) {
            for row in outcomes::of_pct(pct, self.folder) {
                let rates = row.rates.map(|rate| format!("{rate:.1}"));
                let [historic, national, ons_cluster, top_decile, aspiration] = &rates;
                table.row(&[
                    pct,
                    &row.slot.to_string(),
                    row.outcome,
                    row.series,
                    historic,
                    national,
                    ons_cluster,
                    top_decile,
                    aspiration,
                ])?;
            }
        }
        table.text()
    }
}

/// Builds a CSV table.
struct Table(csv::Writer<Vec<u8>>);

impl Table {
    fn new(columns: &[&str]) -> Result<Table, Box<dyn Error>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(columns)?;
        Ok(Table(writer))
    }

    fn row(&mut self, cells: &[&str]) -> Result<(), Box<dyn Error>> {
        Ok(self.0.write_record(cells)?)
    }

    fn text(self) -> Result<String, Box<dyn Error>> {
        Ok(String::from_utf8(self.0.into_inner()?)?)
    }
}
