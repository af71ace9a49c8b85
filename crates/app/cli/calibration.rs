//! `wcc calibration`: whether panels, authorities and methods judge alike.

#[cfg(feature = "server")]
mod in_csv;
mod in_json;
mod in_words;

use super::assure::{all_but_failures, cycles};
use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use serde_json::Value;
use wcc_case::nearest;
use wcc_core::calibration::{Decisions, Selection};
use wcc_core::{BodyIndex, BodyKind, Fraction, MeasureIndex};
use wcc_programme::AssuredCycle;

/// Show whether panels, authorities and methods judge alike
///
/// For each measure: the spread of current values (calibrated, or else the panel's), the share above
/// the self-assessment and the share above what the evidence supports. For each two methods: how
/// often they give the same value, weighted kappa and Krippendorff's alpha with confidence intervals.
/// Then pairs of bodies with like evidence and unlike values. A judgement that several bodies inherit
/// counts once. docs/calibration.md has the formulas and their sources. Nothing is changed.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case; or `ledger:`, `ledger:120`, `ledger:2009-11-30T17:00:00Z`
    case: Source,
    /// Only this measure, with its spread by authority and by panel: 5a
    #[arg(long, value_name = "CODE")]
    measure: Option<String>,
    /// Only bodies under this authority: Q30
    #[arg(long, alias = "sha", value_name = "CODE")]
    authority: Option<String>,
    /// Only this cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// How far apart two survey scores may be to count as alike, on the survey's own scale
    #[arg(
        long,
        value_name = "POINTS",
        default_value = "0.1",
        value_parser = distance,
        allow_hyphen_values = true
    )]
    distance: Fraction,
    /// Maximum number of pairs to print
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    pairs: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print a table as CSV: `--csv` or `--csv=spread` by measure, authority and panel;
    /// `--csv=agreement`; `--csv=pairs`
    #[cfg(feature = "server")]
    #[arg(
        long,
        value_enum,
        value_name = "TABLE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "spread",
        conflicts_with = "json"
    )]
    csv: Option<in_csv::CsvTable>,
}

/// Reads a distance between survey scores.
fn distance(text: &str) -> Result<Fraction, String> {
    let distance = Fraction::from_decimal(text).filter(|distance| *distance >= Fraction::default());
    distance.ok_or_else(|| "expected a number that is not negative, such as 0.1".to_owned())
}

/// The statistics of one cycle that were asked for.
struct CycleStatistics<'a> {
    assured: &'a AssuredCycle,
    decisions: Decisions<'a>,
    /// The requested measure.
    measure: Option<MeasureIndex>,
    /// The requested authority.
    authority: Option<BodyIndex>,
    distance: Fraction,
    /// Maximum number of pairs to print.
    most_pairs: usize,
}

impl CycleStatistics<'_> {
    /// The code and name of a body.
    fn named(&self, body: BodyIndex) -> String {
        self.assured.cycle.organisations.body(body).name_and_code()
    }

    /// The value of a measure in the form of its scale.
    fn value(&self, measure: MeasureIndex, step: wcc_core::Step) -> String {
        let scale = self.assured.cycle.framework.scale_of(measure);
        scale.key(step).into_owned()
    }
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.case).await?;
    let cycles = cycles(&programme, arguments.cycle.as_deref())?;
    let each = cycles.iter();
    let each = each.map(|assured| statistics(assured, &arguments));
    let statistics = all_but_failures(each.collect())?;
    if arguments.json {
        let values = statistics.iter().map(in_json::value).collect();
        let text = serde_json::to_string_pretty(&Value::Array(values));
        let text = text.map_err(|error| Failure::system(format!("cannot write JSON: {error}")))?;
        return print(&format!("{text}\n"));
    }
    #[cfg(feature = "server")]
    if let Some(table) = arguments.csv {
        return print(&in_csv::text(table, &statistics));
    }
    let texts: Vec<String> = statistics.iter().map(in_words::text).collect();
    print(&texts.join("\n"))
}

fn statistics<'a>(
    assured: &'a AssuredCycle,
    arguments: &Arguments,
) -> Result<CycleStatistics<'a>, Failure> {
    let cycle = &assured.cycle;
    let (framework, organisations) = (&cycle.framework, &cycle.organisations);
    let measure = arguments.measure.as_deref().map(|code| {
        framework.find_measure(code).ok_or_else(|| {
            let codes = framework.each_measure().map(|(_, one)| one.id.as_str());
            let noun = &framework.words.measure.one;
            unknown(noun, code, &cycle.id, nearest(code, codes))
        })
    });
    let measure = measure.transpose()?;
    if let Some(measure) = measure.filter(|at| framework.scale_of(*at).is_text()) {
        let id = &framework.measure(measure).id;
        let message = format!("`{id}` is judged in text, which has no levels to compare");
        return Err(Failure::not_found(message));
    }
    let authority = arguments.authority.as_deref().map(|code| {
        let is_authority = |body: &BodyIndex| organisations.body(*body).kind == BodyKind::Sha;
        let found = organisations.find(code).filter(is_authority);
        found.ok_or_else(|| {
            let bodies = organisations.each();
            let codes = bodies.filter(|(_, body)| body.kind == BodyKind::Sha);
            let codes = codes.map(|(_, body)| body.code.as_str());
            let noun = framework.words.kind(BodyKind::Sha);
            unknown(noun, code, &cycle.id, nearest(code, codes))
        })
    });
    let authority = authority.transpose()?;
    let selection = Selection {
        measures: measure.map(|measure| vec![measure]),
        authority,
    };
    Ok(CycleStatistics {
        assured,
        decisions: Decisions::of(cycle, &assured.assurance, &selection),
        measure,
        authority,
        distance: arguments.distance,
        most_pairs: arguments.pairs,
    })
}

fn unknown(what: &str, given: &str, cycle: &str, near: Option<&str>) -> Failure {
    let hint = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
    Failure::not_found(format!("there is no {what} `{given}` in {cycle}{hint}"))
}
