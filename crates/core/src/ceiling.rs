//! Ceilings: the highest values that the evidence supports. A ceiling never changes a judgement; a
//! value above it is challenged (see [`crate::challenge`]).

use crate::body::{BodyIndex, BodyKind};
use crate::contribution::PluginRun;
use crate::cycle::CheckedCycle;
use crate::delegation::{DelegatedWork, Delegator, FunctionEffect};
use crate::fraction::Fraction;
use crate::framework::{Framework, MeasureIndex, SurveyRule};
use crate::output::{Ceiling, CeilingBasis, Cell, cell_at_mut};
use crate::record::{Method, Subject, SurveyResult};
use crate::scale::Step;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The highest step that a survey result supports; `None` if the framework has no rule for the
/// survey, or if the result has neither a score nor wording that the rule recognises.
pub fn survey_supports(framework: &Framework, result: &SurveyResult) -> Option<Step> {
    let rule = framework.survey_rule(&result.survey)?;
    let score = result
        .score
        .or_else(|| score_of_wording(rule, result.wording.as_deref()?))?;
    // Scores and bands have at most 15 digits, so `f64` compares them exactly.
    let band = rule.bands.iter().rev().find(|band| band.from <= score)?;
    framework.scale_of(result.measure).step(&band.supports)
}

/// The wording for a mean score: that of the nearest point on the answer scale. Halfway counts as the
/// higher point, as a mean at the start of a band counts as in the band.
pub fn survey_wording(rule: &SurveyRule, score: f64) -> Option<&str> {
    let distance = |at: f64| (at - score).abs();
    let nearest = rule.points.iter().min_by(|left, right| {
        let nearer = distance(left.score).total_cmp(&distance(right.score));
        nearer.then(right.score.total_cmp(&left.score))
    })?;
    Some(&nearest.wording)
}

/// A mean score as recorded, with at least two decimals: 3.496 is never shown as 3.50.
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

/// The ceilings of a body's own evidence: its survey results, and its unmet criteria and metrics.
pub(crate) fn from_evidence(cycle: &CheckedCycle, body: BodyIndex, ceilings: &mut Vec<Ceiling>) {
    from_surveys(cycle, body, ceilings);
    from_criteria(cycle, body, ceilings);
}

/// Adds the ceilings of a body's survey results.
fn from_surveys(cycle: &CheckedCycle, body: BodyIndex, ceilings: &mut Vec<Ceiling>) {
    for at in cycle.surveys_of(body) {
        let result = cycle.records.surveys.at(at);
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
fn from_criteria(cycle: &CheckedCycle, body: BodyIndex, ceilings: &mut Vec<Ceiling>) {
    for at in cycle.criteria_of(body) {
        let criterion = cycle.records.criteria.at(at);
        let basis = CeilingBasis::Criterion(position(at));
        ceilings.push(Ceiling {
            measure: criterion.measure,
            supports: criterion.supports,
            basis,
        });
    }
}

/// The ceilings from plugins' checks, by body.
pub(crate) fn plugin_ceilings(plugins: &[Arc<PluginRun>]) -> BTreeMap<BodyIndex, Vec<Ceiling>> {
    let mut by_body: BTreeMap<BodyIndex, Vec<Ceiling>> = BTreeMap::new();
    for (plugin, run) in (0..).zip(plugins) {
        let Ok(contribution) = &run.result else {
            continue;
        };
        for (ceiling, limit) in (0..).zip(&contribution.ceilings) {
            by_body.entry(limit.body).or_default().push(Ceiling {
                measure: limit.measure,
                supports: limit.supports,
                basis: CeilingBasis::Plugin { plugin, ceiling },
            });
        }
    }
    by_body
}

/// The levels at which functions were assured: for each measure and assessor the calibrated value,
/// or else the panel's.
pub(crate) struct FunctionLevels(BTreeMap<BodyIndex, Vec<FunctionLevel>>);

struct FunctionLevel {
    measure: MeasureIndex,
    /// The body that judged the function; `None` for the region as a whole.
    assessor: Option<BodyIndex>,
    level: Step,
    judgement: u32,
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

    /// Adds the ceilings from functions to which a body delegates, on the measures that the table of
    /// functions or a plugin names. A function limits a measure once if the table names it, whatever
    /// plugins say. For each function and measure, only the closest judgement applies.
    pub(crate) fn ceilings(
        &self,
        plugins: &[Arc<PluginRun>],
        work: &DelegatedWork,
        delegator: Delegator,
        functions: &[BodyIndex],
        ceilings: &mut Vec<Ceiling>,
    ) {
        if functions.is_empty() {
            return;
        }
        for work in work.with_effect(FunctionEffect::Ceiling, functions) {
            let is_limited = |measure| work.performs(measure);
            let closest = self.closest(work.function, delegator, is_limited);
            ceilings.extend(closest.map(|level| level.ceiling(None)));
        }
        for (plugin, run) in (0..).zip(plugins) {
            let Ok(contribution) = &run.result else {
                continue;
            };
            for reach in &contribution.reach {
                if !functions.contains(&reach.function) {
                    continue;
                }
                let is_limited = |measure| {
                    reach.measures.contains(&measure) && !work.limits(reach.function, measure)
                };
                let closest = self.closest(reach.function, delegator, is_limited);
                ceilings.extend(closest.map(|level| level.ceiling(Some(plugin))));
            }
        }
    }

    /// The level of a function that counts for a body on each of some measures.
    fn closest(
        &self,
        function: BodyIndex,
        delegator: Delegator,
        is_limited: impl Fn(MeasureIndex) -> bool,
    ) -> impl Iterator<Item = &FunctionLevel> {
        let levels = self.0.get(&function).into_iter().flatten();
        let mut closest: BTreeMap<MeasureIndex, (u8, &FunctionLevel)> = BTreeMap::new();
        for level in levels.filter(|level| is_limited(level.measure)) {
            let Some(nearness) = delegator.nearness(level.assessor) else {
                continue;
            };
            let chosen = closest.entry(level.measure).or_insert((nearness, level));
            if nearness < chosen.0 {
                *chosen = (nearness, level);
            }
        }
        closest.into_values().map(|(_, level)| level)
    }
}

impl FunctionLevel {
    /// The ceiling that the level sets, and the plugin that says so, if one does.
    fn ceiling(&self, plugin: Option<u16>) -> Ceiling {
        Ceiling {
            measure: self.measure,
            supports: self.level,
            basis: CeilingBasis::Function {
                judgement: self.judgement,
                plugin,
            },
        }
    }
}

fn levels_of(cycle: &CheckedCycle, function: BodyIndex) -> Vec<FunctionLevel> {
    // A judgement by the function's SHA covers the whole region, as does one without an assessor.
    let sha = cycle.organisations.sha_of(function);
    let of_cluster =
        |assessor: Option<BodyIndex>| assessor.filter(|assessor| Some(*assessor) != sha);
    // One level for each measure and assessor. A calibrated value replaces the panel's; of two
    // judgements of the whole region, the lower applies.
    let mut levels: BTreeMap<(MeasureIndex, Option<BodyIndex>), FunctionLevel> = BTreeMap::new();
    for at in cycle.judgements_of(function) {
        let judgement = cycle.records.judgements.at(at);
        let Subject::Measure(measure) = judgement.subject else {
            continue;
        };
        let is_current = matches!(judgement.method, Method::Panel | Method::Calibrated);
        if let (true, Some(level)) = (is_current, judgement.value) {
            let assessor = of_cluster(judgement.assessor);
            // Judgements are sorted by method, so calibrated ones come last.
            let has_lower = levels.get(&(measure, assessor)).is_some_and(|other| {
                cycle.records.judgements.at(other.judgement as usize).method == judgement.method
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
    // Calibration of the whole region overrides the judgements of its clusters.
    let overridden: Vec<MeasureIndex> = levels
        .iter()
        .filter(|((_, assessor), level)| {
            let method = cycle.records.judgements.at(level.judgement as usize).method;
            assessor.is_none() && method == Method::Calibrated
        })
        .map(|((measure, _), _)| *measure)
        .collect();
    levels.retain(|(measure, assessor), _| assessor.is_none() || !overridden.contains(measure));
    levels.into_values().collect()
}

/// Sorts ceilings by measure, lowest first.
pub(crate) fn sort_ceilings(ceilings: &mut [Ceiling]) {
    let basis = |basis: CeilingBasis| match basis {
        CeilingBasis::Survey(at) => (0, at, None),
        CeilingBasis::Criterion(at) => (1, at, None),
        CeilingBasis::Function { judgement, plugin } => (2, judgement, plugin),
        CeilingBasis::Plugin { plugin, ceiling } => (3, ceiling, Some(plugin)),
    };
    ceilings.sort_by_key(|ceiling| (ceiling.measure, ceiling.supports, basis(ceiling.basis)));
}

/// Sets what each cell's evidence supports: the lowest of its ceilings.
pub(crate) fn limit(cycle: &CheckedCycle, cells: &mut [Cell], ceilings: &[Ceiling]) {
    for ceiling in ceilings.iter().rev() {
        let cell = cell_at_mut(cells, ceiling.measure);
        // The limit is certain if at least one ceiling at the lowest step was read rather than
        // inferred.
        let others_inferred = cell.supported != Some(ceiling.supports) || cell.supported_inferred;
        cell.supported_inferred = others_inferred && ceiling.inferred(cycle).is_some();
        cell.supported = Some(ceiling.supports);
    }
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
