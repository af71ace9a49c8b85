//! Explains a health outcome: the sources of its figures, and the findings on it.

use super::{Explanation, Reason, ReasonKind, append};
use crate::cycle::CheckedCycle;
use crate::finding::About;
use crate::indicator::{IndicatorGroups, IndicatorIndex, IndicatorReport};
use crate::outcome::Better;
use crate::output::{Assurance, BenchmarkOrigin, OutcomeResult, Output};
use crate::percent::a_year;
use crate::record::ChosenOutcome;

/// Explains every series of a PCT's outcome, identified by `outcome`; empty if the PCT does not
/// have the outcome.
pub fn explain_outcome(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    output: &Output,
    outcome: &str,
) -> Vec<Reason> {
    let explanation = Explanation {
        cycle,
        assurance,
        output,
    };
    let mut reasons = Vec::new();
    let index = IndicatorIndex::of(cycle);
    let indicators = index.groups(cycle);
    for result in &output.outcomes {
        let chosen = cycle.records.outcomes.at(result.chosen as usize);
        if chosen.outcome.eq_ignore_ascii_case(outcome) {
            reasons.extend(explanation.series(result, indicators));
        }
    }
    let about = |finding: &&crate::Finding| match &finding.about {
        About::Outcome(id) => id.eq_ignore_ascii_case(outcome),
        _ => false,
    };
    for finding in assurance.findings_of(output).filter(about) {
        let text = format!("{}: {}", finding.severity.name(), finding.message);
        let mut reason = Reason::new(ReasonKind::Finding, text);
        reason.body = Some(finding.body);
        reasons.push(reason);
    }
    if !reasons.is_empty() {
        reasons.extend(explanation.not_checked());
    }
    reasons
}

impl Explanation<'_> {
    /// What the indicator that measures an outcome shows of the PCT, and by which rules.
    fn indicator_lines(
        &self,
        chosen: &ChosenOutcome,
        indicators: IndicatorGroups<'_>,
    ) -> Vec<String> {
        let group = indicators.measuring(&chosen.outcome, chosen.series);
        let Some(report) = group.and_then(|group| IndicatorReport::of(self.cycle, &group)) else {
            return Vec::new();
        };
        let mut lines = vec![format!(
            "measured by {}: {}",
            report.indicator,
            report.full_title()
        )];
        match report.body(chosen.pct) {
            None => {
                let body = &self.cycle.framework.words.body.one;
                lines.push(format!("the {body} has no series of this indicator"));
            }
            Some(body) => {
                lines.push(format!("measured values: {}", report.values_in_words(body)));
                lines.extend(report.lines_of(body));
                let mut source = String::new();
                let record = body.record;
                append(
                    &mut source,
                    "source:",
                    record.and_then(|record| record.source.as_deref()),
                );
                lines.extend(
                    (!source.is_empty()).then(|| source.trim_start_matches("; ").to_owned()),
                );
            }
        }
        lines.extend(report.rules());
        lines
    }

    fn series(&self, result: &OutcomeResult, indicators: IndicatorGroups<'_>) -> Vec<Reason> {
        let chosen = self.cycle.records.outcomes.at(result.chosen as usize);
        let better = match chosen.better {
            Better::Higher => "higher is better",
            Better::Lower => "lower is better",
        };
        let mut lines = vec![format!(
            "{}: {better}",
            chosen.full_title(&self.cycle.framework)
        )];
        if !chosen.values.is_empty() {
            let mut values: Vec<_> = chosen.values.iter().collect();
            values.sort_by_key(|value| value.year);
            let values: Vec<String> = values
                .iter()
                .map(|value| match value.value {
                    Some(number) => format!("{} {number}", value.year),
                    None => format!("{} n/a", value.year),
                })
                .collect();
            lines.push(format!("values by year: {}", values.join(", ")));
        }
        lines.push(match result.historic {
            Ok(rate) => {
                let source = if rate.computed && chosen.values.is_empty() {
                    "computed from the indicator"
                } else if rate.computed {
                    "computed from the values"
                } else {
                    "as stated"
                };
                let years = match rate.years {
                    Some(years) if rate.comparable => format!(", {} to {}", years.from, years.to),
                    Some(_) => "; not compared or ranked".to_owned(),
                    None => String::new(),
                };
                format!("historic rate, {source}: {}{years}", rate.in_words())
            }
            Err(reason) => format!("historic rate n/a: {reason}"),
        });
        let framework = &self.cycle.framework;
        let of_peers = format!("rate of its {}", framework.words.peers.one);
        let assessor = format!("{}:", framework.methods.assessor());
        let [national, peers, top_decile] = result.benchmarks_for(&chosen.rates);
        let stated = |rate: Option<f64>| rate.map(|rate| (rate, BenchmarkOrigin::Stated));
        let rates = [
            ("national rate", national),
            (&*of_peers, peers),
            ("top decile", top_decile),
            ("aspiration", stated(chosen.rates.aspiration)),
        ];
        lines.extend(rates.into_iter().map(|(name, rate)| match rate {
            None => format!("{name}: n/a"),
            Some((rate, BenchmarkOrigin::Stated)) => format!("{name}: {}", a_year(rate)),
            Some((rate, BenchmarkOrigin::GivenWithIndicator)) => {
                format!("{name}, given with the indicator: {}", a_year(rate))
            }
            Some((rate, BenchmarkOrigin::Computed)) => {
                format!("{name}, computed from the indicator: {}", a_year(rate))
            }
        }));
        lines.extend(self.indicator_lines(chosen, indicators));
        let pcts = &self.cycle.framework.words.body.many;
        let placings = [result.improvement, result.level].into_iter().flatten();
        lines.extend(placings.map(|placing| placing.in_words(pcts)));
        if let Some(change) = &chosen.stated.change {
            let percent = crate::percent::signed(change.percent);
            let mut line = format!("stated change over the last year: {percent}");
            append(&mut line, "source:", change.source.as_deref());
            lines.push(line);
        }
        let mut last = String::new();
        append(
            &mut last,
            "over the last year:",
            chosen
                .stated
                .position
                .as_ref()
                .map(|position| position.name()),
        );
        append(&mut last, &assessor, chosen.panel_view.as_deref());
        append(&mut last, "inferred:", chosen.inferred.as_deref());
        append(&mut last, "source:", chosen.source.as_deref());
        if !last.is_empty() {
            lines.push(last.trim_start_matches("; ").to_owned());
        }
        let reason = |text: String| {
            let mut reason = Reason::new(ReasonKind::Outcome, text);
            reason.body = Some(chosen.pct);
            reason.record = Some(chosen.record);
            reason
        };
        let mut reasons: Vec<Reason> = lines.into_iter().map(reason).collect();
        // All lines come from one record, so only the first line cites it.
        for reason in reasons.iter_mut().skip(1) {
            reason.record = None;
        }
        reasons
    }
}
