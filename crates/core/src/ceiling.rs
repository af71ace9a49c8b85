//! Ceilings: what the evidence supports. A ceiling never changes a judgement: a value above it is
//! challenged (see [`crate::challenge`]).

use crate::body::{BodyIndex, BodyKind};
use crate::contribution::PluginRun;
use crate::cycle::CheckedCycle;
use crate::fraction::Fraction;
use crate::framework::{Framework, MeasureIndex, SurveyRule};
use crate::output::{Ceiling, CeilingBasis, Cell};
use crate::record::{Method, Subject, SurveyResult};
use crate::scale::Step;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The highest step that a survey result supports; `None` where the framework has no rule for
/// the survey, or the result has neither a score nor words that the rule knows.
pub fn survey_supports(framework: &Framework, result: &SurveyResult) -> Option<Step> {
    let rule = framework.survey_rule(&result.survey)?;
    let score = result
        .score
        .or_else(|| score_of_wording(rule, result.wording.as_deref()?))?;
    // Both were written with up to 15 digits, which floats keep apart and in order.
    let band = rule.bands.iter().rev().find(|band| band.from <= score)?;
    framework.scale_of(result.measure).step(&band.supports)
}

/// The words for a mean score: those of the nearest point of the answer scale.
pub fn survey_wording(rule: &SurveyRule, score: f64) -> Option<&str> {
    let distance = |at: f64| (at - score).abs();
    let nearest = rule
        .points
        .iter()
        .min_by(|left, right| distance(left.score).total_cmp(&distance(right.score)))?;
    Some(&nearest.wording)
}

/// A mean score as it was written, with two decimals at least: 3.496 is never shown as 3.50.
pub fn score_in_words(score: f64) -> String {
    Fraction::from_written(score).map_or_else(
        || score.to_string(),
        |exact| exact.to_decimal(exact.decimals().unwrap_or(2).max(2)),
    )
}

fn score_of_wording(rule: &SurveyRule, wording: &str) -> Option<f64> {
    let point = rule
        .points
        .iter()
        .find(|point| point.wording.eq_ignore_ascii_case(wording))?;
    Some(point.score)
}

/// Adds the ceilings of a body's survey results.
pub(crate) fn from_surveys(cycle: &CheckedCycle, body: BodyIndex, ceilings: &mut Vec<Ceiling>) {
    for at in cycle.surveys_of(body) {
        let result = &cycle.records.surveys[at];
        if let Some(supports) = survey_supports(&cycle.framework, result) {
            let basis = CeilingBasis::Survey(position(at));
            ceilings.push(Ceiling {
                measure: result.measure,
                supports,
                basis,
            });
        }
    }
}

/// Adds the ceilings of a body's unmet criteria and metrics.
pub(crate) fn from_criteria(cycle: &CheckedCycle, body: BodyIndex, ceilings: &mut Vec<Ceiling>) {
    for at in cycle.criteria_of(body) {
        let criterion = &cycle.records.criteria[at];
        let basis = CeilingBasis::Criterion(position(at));
        ceilings.push(Ceiling {
            measure: criterion.measure,
            supports: criterion.supports,
            basis,
        });
    }
}

/// The ceilings that plugins' checks found, by body.
pub(crate) fn plugin_ceilings(plugins: &[Arc<PluginRun>]) -> BTreeMap<BodyIndex, Vec<Ceiling>> {
    let mut by_body: BTreeMap<BodyIndex, Vec<Ceiling>> = BTreeMap::new();
    for (plugin, run) in (0..).zip(plugins) {
        let Ok(contribution) = &run.result else {
            continue;
        };
        for (ceiling, found) in (0..).zip(&contribution.ceilings) {
            by_body.entry(found.body).or_default().push(Ceiling {
                measure: found.measure,
                supports: found.supports,
                basis: CeilingBasis::Plugin { plugin, ceiling },
            });
        }
    }
    by_body
}

/// The levels that functions were assured at: for each measure and assessor the calibrated
/// value, else the panel's.
pub(crate) struct FunctionLevels(BTreeMap<BodyIndex, Vec<FunctionLevel>>);

struct FunctionLevel {
    measure: MeasureIndex,
    /// Who judged; `None` for the region as a whole.
    assessor: Option<BodyIndex>,
    level: Step,
    judgement: u32,
}

/// A body that delegates: whose judgement of a function counts for it.
#[derive(Clone, Copy)]
pub(crate) struct Delegator {
    /// The body itself.
    pub(crate) body: BodyIndex,
    /// Its cluster.
    pub(crate) cluster: Option<BodyIndex>,
    /// Its strategic health authority, whose judgement is the region's.
    pub(crate) sha: Option<BodyIndex>,
}

impl Delegator {
    /// How near a judgement is: its own, its cluster's, the region's. `None` for a judgement of
    /// another cluster, which does not count here.
    fn nearness(self, assessor: Option<BodyIndex>) -> Option<u8> {
        match assessor {
            Some(assessor) if assessor == self.body => Some(0),
            Some(assessor) if Some(assessor) == self.cluster => Some(1),
            Some(assessor) if Some(assessor) != self.sha => None,
            _ => Some(2),
        }
    }
}

impl FunctionLevels {
    pub(crate) fn of(cycle: &CheckedCycle) -> FunctionLevels {
        let functions = cycle
            .organisations
            .each()
            .filter(|(_, body)| body.kind == BodyKind::Function);
        FunctionLevels(
            functions
                .map(|(function, _)| (function, levels_of(cycle, function)))
                .collect(),
        )
    }

    /// Adds the ceilings of the functions that a body delegates to, on the measures that the
    /// plugins say they reach: for each function and measure the one judgement that counts for it.
    pub(crate) fn ceilings(
        &self,
        plugins: &[Arc<PluginRun>],
        delegator: Delegator,
        functions: &[BodyIndex],
        ceilings: &mut Vec<Ceiling>,
    ) {
        if functions.is_empty() {
            return;
        }
        for (plugin, run) in (0..).zip(plugins) {
            let Ok(contribution) = &run.result else {
                continue;
            };
            for reach in &contribution.reach {
                if !functions.contains(&reach.function) {
                    continue;
                }
                let levels = self.0.get(&reach.function).into_iter().flatten();
                let mut counting: BTreeMap<MeasureIndex, (u8, &FunctionLevel)> = BTreeMap::new();
                for level in levels.filter(|level| reach.measures.contains(&level.measure)) {
                    let Some(nearness) = delegator.nearness(level.assessor) else {
                        continue;
                    };
                    let nearest = counting.entry(level.measure).or_insert((nearness, level));
                    if nearness < nearest.0 {
                        *nearest = (nearness, level);
                    }
                }
                ceilings.extend(counting.into_values().map(|(_, level)| Ceiling {
                    measure: level.measure,
                    supports: level.level,
                    basis: CeilingBasis::Function {
                        judgement: level.judgement,
                        plugin,
                    },
                }));
            }
        }
    }
}

fn levels_of(cycle: &CheckedCycle, function: BodyIndex) -> Vec<FunctionLevel> {
    // A judgement of the function's SHA is one of the whole region, like one of no assessor.
    let sha = cycle.organisations.sha_of(function);
    let of_cluster = |assessor: Option<BodyIndex>| assessor.filter(|one| Some(*one) != sha);
    // One level for each measure and assessor; a calibrated value replaces the panel's, and of two
    // of the whole region the lower stays.
    let mut levels: BTreeMap<(MeasureIndex, Option<BodyIndex>), FunctionLevel> = BTreeMap::new();
    for at in cycle.judgements_of(function) {
        let judgement = &cycle.records.judgements[at];
        let Subject::Measure(measure) = judgement.subject else {
            continue;
        };
        let counts = matches!(judgement.method, Method::Panel | Method::Calibrated);
        if let (true, Some(level)) = (counts, judgement.value) {
            let assessor = of_cluster(judgement.assessor);
            // Judgements are sorted by method, so calibrated ones come last.
            let has_lower = levels.get(&(measure, assessor)).is_some_and(|other| {
                cycle.records.judgements[other.judgement as usize].method == judgement.method
                    && other.level <= level
            });
            if has_lower {
                continue;
            }
            levels.insert(
                (measure, assessor),
                FunctionLevel {
                    measure,
                    assessor,
                    level,
                    judgement: position(at),
                },
            );
        }
    }
    // Calibration of the whole region settles what its clusters judged differently.
    let settled: Vec<MeasureIndex> = levels
        .iter()
        .filter(|((_, assessor), level)| {
            let method = cycle.records.judgements[level.judgement as usize].method;
            assessor.is_none() && method == Method::Calibrated
        })
        .map(|((measure, _), _)| *measure)
        .collect();
    levels.retain(|(measure, assessor), _| assessor.is_none() || !settled.contains(measure));
    levels.into_values().collect()
}

/// Puts ceilings in order: by measure, lowest first.
pub(crate) fn put_in_order(ceilings: &mut [Ceiling]) {
    let basis = |basis: CeilingBasis| match basis {
        CeilingBasis::Survey(at) => (0, at, 0),
        CeilingBasis::Criterion(at) => (1, at, 0),
        CeilingBasis::Function { judgement, plugin } => (2, judgement, plugin),
        CeilingBasis::Plugin { plugin, ceiling } => (3, ceiling, plugin),
    };
    ceilings.sort_by_key(|ceiling| (ceiling.measure, ceiling.supports, basis(ceiling.basis)));
}

/// Writes into each cell what its ceilings support: the lowest of them.
pub(crate) fn limit(cycle: &CheckedCycle, cells: &mut [Cell], ceilings: &[Ceiling]) {
    for ceiling in ceilings.iter().rev() {
        let cell = &mut cells[usize::from(ceiling.measure.0)];
        // One ceiling at the lowest step that was read is enough for it to be certain.
        let others_inferred = cell.supported != Some(ceiling.supports) || cell.supported_inferred;
        cell.supported_inferred = others_inferred && ceiling.inferred(cycle).is_some();
        cell.supported = Some(ceiling.supports);
    }
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
