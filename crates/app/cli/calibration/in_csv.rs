//! The statistics as tables for spreadsheets.

use super::CycleStatistics;
use wcc_core::calibration::{
    Coefficient, Group, GroupBy, Share, Undefined, method_agreements, spreads, unlike_pairs,
};
use wcc_csv_text::spreadsheet_csv;

/// A table of statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum CsvTable {
    /// The spread of values by measure: of all, by authority, by panel
    Spread,
    /// The agreement between methods
    Agreement,
    /// Pairs of bodies with like evidence and unlike values
    Pairs,
}

/// The rows of a table for one cycle.
type RowsOf = fn(&CycleStatistics<'_>) -> Vec<Vec<String>>;

/// A table over all cycles.
pub(super) fn text(table: CsvTable, cycles: &[CycleStatistics<'_>]) -> String {
    let (heading, rows): (&[&str], RowsOf) = match table {
        CsvTable::Spread => (&SPREAD, spread_rows),
        CsvTable::Agreement => (&AGREEMENT, agreement_rows),
        CsvTable::Pairs => (&PAIRS, pair_rows),
    };
    let heading = heading.iter().map(|cell| (*cell).to_owned()).collect();
    let mut all: Vec<Vec<String>> = vec![heading];
    all.extend(cycles.iter().flat_map(rows));
    spreadsheet_csv(all)
}

const SPREAD: [&str; 20] = [
    "cycle",
    "illustrative",
    "grouped_by",
    "group",
    "measure",
    "judgements",
    "value",
    "count",
    "not_known",
    "not_applicable",
    "inferred",
    "mean",
    "median",
    "above_self",
    "below_self",
    "compared_with_self",
    "self_not_known",
    "above_evidence",
    "compared_with_evidence",
    "not_limited",
];

/// A row for each value of each measure in each group; the other figures are the same in each.
fn spread_rows(of: &CycleStatistics<'_>) -> Vec<Vec<String>> {
    let cycle = &of.assured.cycle;
    let mut rows = Vec::new();
    for by in [GroupBy::All, GroupBy::Authority, GroupBy::Panel] {
        for spread in spreads(&of.decisions, by) {
            let (grouped_by, group) = match spread.group {
                Group::All => ("all", String::new()),
                Group::Authority(body) => {
                    let code = body.map(|body| cycle.organisations.body(body).code.clone());
                    ("authority", code.unwrap_or_default())
                }
                Group::Panel(author) => ("panel", author.unwrap_or_default().to_owned()),
            };
            let (own, evidence) = (spread.against_self, spread.against_evidence);
            let median = spread.median().map(|step| of.value(spread.measure, step));
            for (step, count) in &spread.counts {
                rows.push(vec![
                    cycle.id.clone(),
                    cycle.illustrative.clone().unwrap_or_default(),
                    grouped_by.to_owned(),
                    group.clone(),
                    cycle.framework.measure(spread.measure).id.clone(),
                    spread.judgements.to_string(),
                    of.value(spread.measure, *step),
                    count.to_string(),
                    spread.not_known.to_string(),
                    spread.not_applicable.to_string(),
                    spread.inferred.to_string(),
                    spread.mean.map(|mean| mean.to_string()).unwrap_or_default(),
                    median.clone().unwrap_or_default(),
                    own.above.to_string(),
                    own.below.to_string(),
                    own.share_above().of.to_string(),
                    own.not_known.to_string(),
                    evidence.above.to_string(),
                    evidence.share_above().of.to_string(),
                    evidence.not_limited.to_string(),
                ]);
            }
        }
    }
    rows
}

const AGREEMENT: [&str; 16] = [
    "cycle",
    "illustrative",
    "scale",
    "first_method",
    "second_method",
    "compared",
    "not_compared",
    "raised",
    "lowered",
    "same_value",
    "within_one_level",
    "coefficient",
    "value",
    "lower",
    "upper",
    "not_defined",
];

/// A row for each coefficient of each two methods.
fn agreement_rows(of: &CycleStatistics<'_>) -> Vec<Vec<String>> {
    let cycle = &of.assured.cycle;
    let methods = &cycle.framework.methods;
    let mut rows = Vec::new();
    for of_methods in method_agreements(&of.decisions) {
        let agreement = &of_methods.agreement;
        let count = |share: Share| share.count.to_string();
        let coefficients = [
            ("kappa", agreement.kappa),
            ("linear_kappa", agreement.linear_kappa),
            ("quadratic_kappa", agreement.quadratic_kappa),
            ("nominal_alpha", agreement.nominal_alpha),
            ("ordinal_alpha", agreement.ordinal_alpha),
            ("interval_alpha", agreement.interval_alpha),
        ];
        for (name, coefficient) in coefficients {
            let mut row = vec![
                cycle.id.clone(),
                cycle.illustrative.clone().unwrap_or_default(),
                of_methods.scale.id.clone(),
                methods.id(of_methods.first).to_owned(),
                methods.id(of_methods.second).to_owned(),
                agreement.items.to_string(),
                agreement.unpaired.to_string(),
                of_methods.raised.to_string(),
                of_methods.lowered.to_string(),
                count(agreement.exact),
                agreement.within_one.map(count).unwrap_or_default(),
                name.to_owned(),
            ];
            row.extend(coefficient_cells(coefficient));
            rows.push(row);
        }
    }
    rows
}

fn coefficient_cells(coefficient: Result<Coefficient, Undefined>) -> [String; 4] {
    let Coefficient { value, interval } = match coefficient {
        Ok(coefficient) => coefficient,
        Err(reason) => {
            let [value, lower, upper] = [const { String::new() }; 3];
            return [value, lower, upper, reason.in_words().to_owned()];
        }
    };
    let (lower, upper) = interval.map_or_else(
        |_| (String::new(), String::new()),
        |interval| (interval.lower.to_string(), interval.upper.to_string()),
    );
    let reason = interval.err().map(Undefined::in_words).unwrap_or_default();
    [value.to_string(), lower, upper, reason.to_owned()]
}

const PAIRS: [&str; 11] = [
    "cycle",
    "illustrative",
    "measure",
    "better",
    "better_value",
    "worse",
    "worse_value",
    "supported",
    "survey",
    "better_score",
    "worse_score",
];

/// A row for each survey of each pair, or one for a pair without any; up to the number of pairs that
/// was asked for.
fn pair_rows(of: &CycleStatistics<'_>) -> Vec<Vec<String>> {
    let cycle = &of.assured.cycle;
    let code = |body| cycle.organisations.body(body).code.clone();
    let mut rows = Vec::new();
    let pairs = unlike_pairs(&of.decisions, of.distance);
    for pair in pairs.iter().take(of.most_pairs) {
        let supported = pair.supported.map(|step| of.value(pair.measure, step));
        let row = [
            cycle.id.clone(),
            cycle.illustrative.clone().unwrap_or_default(),
            cycle.framework.measure(pair.measure).id.clone(),
            code(pair.better.body),
            of.value(pair.measure, pair.better_value),
            code(pair.worse.body),
            of.value(pair.measure, pair.worse_value),
            supported.unwrap_or_default(),
        ];
        if pair.figures.is_empty() {
            let none = std::iter::repeat_n(String::new(), 3);
            rows.push(row.iter().cloned().chain(none).collect());
        }
        rows.extend(pair.figures.iter().map(|figure| {
            let (better, worse) = (figure.better.to_string(), figure.worse.to_string());
            let cells = [figure.survey.to_owned(), better, worse];
            row.iter().cloned().chain(cells).collect()
        }));
    }
    rows
}
