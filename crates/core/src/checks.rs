//! The core's own checks: one file each, registered by one line in [`ALL`].
//!
//! A check examines one PCT's output and reports findings with their numbers, on the PCT or its
//! cluster. It gives no verdict. A check may not depend on other PCTs, because after a change only
//! the affected PCTs are checked again; it may only ask whether the cycle has any outcomes. A check
//! that reads only outcomes is listed with `Reads::Outcomes`: it runs again only if one changes.

mod answer_to_nothing;
mod aspiration_beyond_top_decile;
mod aspiration_equals_history;
mod aspiration_is_a_worsening;
mod aspiration_missing;
mod aspiration_weaker_than_comparators;
mod aspiration_weaker_than_history;
mod benchmark_contradicted;
mod benchmark_missing;
mod calibration_over_recorded_result;
mod change_stated_against_rate;
mod declared_otherwise;
mod departure_under_calibration;
mod direction_contradicted;
mod evidence_expired;
mod fewer_outcomes_than_asked;
mod history_weaker_than_benchmarks;
mod improvement_stated_against_rate;
mod large_swing;
mod national_outcome_missing;
mod override_without_reason;
mod rate_over_another_span;
mod rate_stated_against_values;
mod series_break;
mod series_jump;
mod statement_contradicted;
mod survey_without_rule;
mod trajectory_contradicts_aspiration;
mod unconfirmed_result;
mod wording;

use crate::body::BodyIndex;
use crate::contribution::PluginRun;
use crate::cycle::CheckedCycle;
use crate::finding::{About, Author, CheckDocumentation, Finding, Number, Severity};
use crate::framework::{Framework, FrameworkPart, Words};
use crate::indicator::Figures;
use crate::output::{OutcomeResult, Output};
use crate::percent::to_one_decimal;
use crate::record::{ChosenOutcome, Method};
use crate::scale::Step;
use std::sync::Arc;
use wording::Wording;

/// What a check reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    /// Only the outcomes of a PCT, and the indicators that measure them: if neither changes, the
    /// findings stay the same.
    Outcomes,
    /// Anything of the output or the cycle.
    Anything,
}

/// Every check of the core, in the order in which they are listed, with what it reads.
static ALL: [(&Check, Reads); 29] = [
    (&aspiration_weaker_than_history::CHECK, Reads::Outcomes),
    (&aspiration_equals_history::CHECK, Reads::Outcomes),
    (&aspiration_is_a_worsening::CHECK, Reads::Outcomes),
    (&aspiration_weaker_than_comparators::CHECK, Reads::Outcomes),
    (&aspiration_beyond_top_decile::CHECK, Reads::Outcomes),
    (&aspiration_missing::CHECK, Reads::Outcomes),
    (&trajectory_contradicts_aspiration::CHECK, Reads::Outcomes),
    (&history_weaker_than_benchmarks::CHECK, Reads::Outcomes),
    (&large_swing::CHECK, Reads::Outcomes),
    (&rate_over_another_span::CHECK, Reads::Outcomes),
    (&rate_stated_against_values::CHECK, Reads::Outcomes),
    (&direction_contradicted::CHECK, Reads::Outcomes),
    (&declared_otherwise::CHECK, Reads::Anything),
    (&improvement_stated_against_rate::CHECK, Reads::Outcomes),
    (&change_stated_against_rate::CHECK, Reads::Outcomes),
    (&benchmark_missing::CHECK, Reads::Outcomes),
    (&benchmark_contradicted::CHECK, Reads::Outcomes),
    (&fewer_outcomes_than_asked::CHECK, Reads::Outcomes),
    (&national_outcome_missing::CHECK, Reads::Anything),
    (&series_break::CHECK, Reads::Outcomes),
    (&series_jump::CHECK, Reads::Outcomes),
    (&override_without_reason::CHECK, Reads::Anything),
    (&unconfirmed_result::CHECK, Reads::Anything),
    (&calibration_over_recorded_result::CHECK, Reads::Anything),
    (&departure_under_calibration::CHECK, Reads::Anything),
    (&statement_contradicted::CHECK, Reads::Anything),
    (&survey_without_rule::CHECK, Reads::Anything),
    (&answer_to_nothing::CHECK, Reads::Anything),
    (&evidence_expired::CHECK, Reads::Anything),
];

/// Whether a check reads only the outcomes of a PCT and the indicators that measure them.
pub(crate) fn reads_only_outcomes(check: &str) -> bool {
    let mut all = ALL.iter();
    all.any(|(other, reads)| other.id == check && *reads == Reads::Outcomes)
}

/// Which checks to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All of them.
    All,
    /// Those whose findings can change although no outcome has changed.
    BeyondOutcomes,
}

impl Selection {
    fn checks(self) -> Vec<&'static Check> {
        let selected = ALL
            .into_iter()
            .filter(|(_, reads)| self == Selection::All || *reads == Reads::Anything);
        selected.map(|(check, _)| check).collect()
    }
}

/// One check: its identifier, its documentation and its function.
pub(crate) struct Check {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) severity: Severity,
    pub(crate) what: &'static str,
    pub(crate) why: &'static str,
    pub(crate) example: &'static str,
    /// The methods without which a framework has no use for the check.
    pub(crate) methods: &'static [Method],
    pub(crate) run: fn(&View<'_>, &mut Findings<'_>),
}

impl Check {
    /// Its documentation in words of a regime.
    fn document(&self, words: &Wording) -> CheckDocumentation {
        CheckDocumentation {
            id: self.id.to_owned(),
            title: words.fill(self.title),
            what: words.fill(self.what),
            why: words.fill(self.why),
            example: words.fill(self.example),
        }
    }
}

/// The input of a check.
pub(crate) struct View<'a> {
    pub(crate) cycle: &'a CheckedCycle,
    pub(crate) output: &'a Output,
    /// Every plugin's run in the cycle.
    pub(crate) plugins: &'a [Arc<PluginRun>],
    /// The parts whose lowest results the panel must confirm, each with the highest of these
    /// results.
    pub(crate) to_confirm: &'a [(FrameworkPart, Step)],
}

/// One outcome of a PCT with its result, for a check.
pub(crate) struct OutcomeView<'a> {
    pub(crate) chosen: &'a ChosenOutcome,
    pub(crate) result: &'a OutcomeResult,
    /// The rates to compare, rounded to one decimal as in every output, so that a finding never
    /// contradicts its own figures. A historic rate over a span other than the framework's is left
    /// out. A benchmark that is not stated is that of the indicator that measures the outcome.
    pub(crate) shown: ShownRates,
}

/// Rates of one outcome in percent a year, rounded to one decimal.
pub(crate) struct ShownRates {
    pub(crate) historic: Option<f64>,
    pub(crate) national: Option<f64>,
    pub(crate) ons_cluster: Option<f64>,
    pub(crate) top_decile: Option<f64>,
    pub(crate) aspiration: Option<f64>,
}

impl OutcomeView<'_> {
    /// A rate with its sign changed if necessary, so that a positive number is an improvement.
    pub(crate) fn improvement(&self, rate: f64) -> f64 {
        self.chosen.better.improvement(rate)
    }

    /// The benchmarks set by other PCTs, each with its name and the label of its number.
    pub(crate) fn comparators(&self, words: &Words) -> [(String, String, Option<f64>); 2] {
        let benchmarks = self.result.benchmarks.as_deref();
        let named =
            |name: &str, stated: Option<f64>, figures: Option<Figures>, rate: Option<f64>| {
                let computed =
                    figures.filter(|figures| stated.is_none() && figures.given.is_none());
                let name = match computed {
                    Some(figures) if rate.is_some() => {
                        let bodies = &words.body.many;
                        format!("{name} (computed from {} {bodies})", figures.among)
                    }
                    _ => name.to_owned(),
                };
                let label = format!("{name}, % a year");
                (name, label, rate)
            };
        let rates = &self.chosen.rates;
        [
            named(
                "national",
                rates.national,
                benchmarks.map(|benchmarks| benchmarks.national),
                self.shown.national,
            ),
            named(
                &words.peers.one,
                rates.ons_cluster,
                benchmarks.map(|benchmarks| benchmarks.peers),
                self.shown.ons_cluster,
            ),
        ]
    }
}

impl<'a> View<'a> {
    /// The PCT's outcomes with the rates to compare.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = OutcomeView<'a>> + use<'a> {
        let cycle = self.cycle;
        let output = self.output;
        output.outcomes.iter().map(move |result| {
            let chosen = cycle.records.outcomes.at(result.chosen as usize);
            let shown = |rate: Option<f64>| rate.map(to_one_decimal);
            let benchmarks = result.benchmarks_for(&chosen.rates);
            let [national, ons_cluster, top_decile] =
                benchmarks.map(|benchmark| shown(benchmark.map(|(rate, _)| rate)));
            OutcomeView {
                chosen,
                result,
                shown: ShownRates {
                    historic: shown(result.comparable()),
                    national,
                    ons_cluster,
                    top_decile,
                    aspiration: shown(chosen.rates.aspiration),
                },
            }
        })
    }
}

/// Collects the findings of one check.
pub(crate) struct Findings<'a> {
    check: &'a Check,
    pct: BodyIndex,
    all: &'a mut Vec<Finding>,
}

impl Findings<'_> {
    /// A finding on the PCT.
    pub(crate) fn on_pct(&mut self, about: About, message: String, numbers: &[(&str, f64)]) {
        self.on(self.pct, about, message, numbers);
    }

    /// A finding on one of the PCT's outcomes.
    pub(crate) fn on_outcome(
        &mut self,
        chosen: &ChosenOutcome,
        message: String,
        numbers: &[(&str, f64)],
    ) {
        self.on_pct(About::Outcome(chosen.outcome.clone()), message, numbers);
    }

    /// A finding on the PCT's cluster, or on the PCT.
    pub(crate) fn on(
        &mut self,
        body: BodyIndex,
        about: About,
        message: String,
        numbers: &[(&str, f64)],
    ) {
        let number = |(label, value): &(&str, f64)| Number {
            label: (*label).into(),
            value: *value,
        };
        self.all.push(Finding {
            check: self.check.id.into(),
            author: Author::Core,
            severity: self.check.severity,
            body,
            about,
            message: message.into(),
            numbers: numbers.iter().map(number).collect(),
        });
    }
}

/// Runs the selected checks on every output.
pub(crate) fn run<'a>(
    selection: Selection,
    cycle: &CheckedCycle,
    outputs: impl Iterator<Item = &'a Output>,
    plugins: &[Arc<PluginRun>],
) -> Vec<Finding> {
    let checks = selection.checks();
    let parts = cycle.framework.parts();
    let to_confirm: Vec<(FrameworkPart, Step)> = parts
        .filter_map(|part| Some((part, cycle.framework.combination(part)?.confirm?)))
        .collect();
    let mut all = Vec::new();
    for output in outputs {
        let view = View {
            cycle,
            output,
            plugins,
            to_confirm: &to_confirm,
        };
        for check in &checks {
            (check.run)(
                &view,
                &mut Findings {
                    check,
                    pct: output.body,
                    all: &mut all,
                },
            );
        }
    }
    all
}

/// The documentation of the core's checks, in the order in which they are listed.
///
/// It is in the words of a framework. Checks of a method that the framework does not have are left
/// out.
pub fn documentation(framework: &Framework) -> Vec<CheckDocumentation> {
    let words = Wording::of(framework);
    let applies = |check: &&Check| {
        let mut methods = check.methods.iter();
        methods.all(|method| framework.methods.has(*method))
    };
    let applying = ALL.iter().map(|(check, _)| *check).filter(applies);
    applying.map(|check| check.document(&words)).collect()
}

/// The documentation of the core's checks outside any framework.
pub fn neutral_documentation() -> Vec<CheckDocumentation> {
    let words = Wording::neutral();
    ALL.iter()
        .map(|(check, _)| check.document(&words))
        .collect()
}

/// Checks whose published identifier has a word of World Class Commissioning, with the identifier
/// that other regimes use.
const OTHER_IDS: [(&str, &str); 2] = [
    (
        "calibration-over-recorded-result",
        "moderation-over-recorded-result",
    ),
    ("departure-under-calibration", "departure-under-moderation"),
];

/// The identifier of a check that suits every regime: the published one, unless that has a word of
/// World Class Commissioning.
pub fn neutral_id(published: &str) -> &str {
    let mut all = OTHER_IDS.into_iter();
    all.find(|(id, _)| *id == published)
        .map_or(published, |(_, neutral)| neutral)
}

/// The published identifier of a check, from either of its identifiers.
pub fn published_id(id: &str) -> &str {
    let mut all = OTHER_IDS.into_iter();
    all.find(|(_, neutral)| *neutral == id)
        .map_or(id, |(published, _)| published)
}
