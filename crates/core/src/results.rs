//! Computes the results of components, areas and the whole, by the framework's rules.
//!
//! A mean is never taken over rounded figures: each rule passes the exact figure behind its result
//! to the next.

use crate::combine::{Combination, Combined, Input, Range, RuleResult, Value};
use crate::framework::{
    Component, ComponentIndex, Framework, MeasureIndex, OverallInputs, RuleLevel,
};
use crate::output::{Cell, Comparison, ComponentResult, Counts, Mark, MethodResult, Output};
use crate::record::Method;
use crate::row::Marks;
use crate::scale::Scale;

/// The known range of a value, and whether it is based on an inferred value.
#[derive(Clone, Copy)]
struct Known {
    range: Option<Range>,
    inferred: bool,
}

impl Known {
    fn of_mark(mark: Mark, scale: &Scale) -> Known {
        Known {
            range: mark
                .value
                .map(|step| Range::of(Value::of_step(step, scale))),
            inferred: mark.inferred,
        }
    }

    /// This value, or `other` if only that one is known.
    fn or(self, other: Known) -> Known {
        let decided = |known: Known| known.range.is_some_and(|range| range.step().is_some());
        if self.range.is_none() || (decided(other) && !decided(self)) {
            other
        } else {
            self
        }
    }

    fn on(self, scale: &Scale) -> Input<'_> {
        Input {
            range: self.range,
            scale,
            inferred: self.inferred,
        }
    }
}

/// The known range of one result, by each of [`Method::ALL`].
type KnownByMethod = [Known; 5];

/// The known ranges of all components' results, for rules that combine them. Empty if the framework
/// has no such rule.
pub(crate) struct ComponentFigures(Vec<KnownByMethod>);

/// Whether any rule combines components and so needs the exact figures behind their results.
fn components_are_combined(framework: &Framework) -> bool {
    let of_areas = |area: &crate::framework::Area| area.combination.is_some();
    framework.areas.iter().any(of_areas)
        || framework
            .overall
            .as_ref()
            .is_some_and(|overall| overall.over == OverallInputs::Components)
}

/// The result of every component.
pub(crate) fn components(
    framework: &Framework,
    cells: &[Cell],
    recorded: &[Marks],
) -> (Vec<ComponentResult>, ComponentFigures) {
    let combined = components_are_combined(framework);
    let mut results = Vec::with_capacity(framework.components.len());
    let mut figures = Vec::new();
    for ((index, component), recorded) in framework.each_component().zip(recorded) {
        let mut result = ComponentResult::default();
        if combined {
            let ranges = by_rules(framework, component, cells, recorded, &mut result);
            let scale = framework.scale_of_component(index);
            figures.push(known_results(&result, ranges, scale));
        } else {
            for method in Method::ALL {
                let by_rule = result_by_rule(framework, component, cells, recorded, method);
                result.results[method.position()] = MethodResult {
                    by_rule,
                    recorded: recorded[method.position()],
                };
            }
        }
        compare(component, &mut result);
        results.push(result);
    }
    (results, ComponentFigures(figures))
}

/// The figures behind the results of all components, recomputed from an output.
fn component_figures(framework: &Framework, output: &Output) -> ComponentFigures {
    let figures = framework.each_component().zip(&output.components);
    let figures = figures.map(|((index, component), result)| {
        let recorded = result.results.map(|result| result.recorded);
        let mut recomputed = ComponentResult::default();
        let ranges = by_rules(
            framework,
            component,
            &output.cells,
            &recorded,
            &mut recomputed,
        );
        known_results(&recomputed, ranges, framework.scale_of_component(index))
    });
    ComponentFigures(figures.collect())
}

/// The known ranges of a component's results. A recorded result counts with the points of its step,
/// unless it equals the rule's result, whose exact figure is then used.
fn known_results(
    result: &ComponentResult,
    ranges: [Option<Range>; 5],
    scale: &Scale,
) -> KnownByMethod {
    Method::ALL.map(|method| {
        let by_method = result.result(method);
        let by_rule = ranges[method.position()];
        let range = match by_method.recorded.value {
            Some(recorded) if by_rule.and_then(|range| range.step()) != Some(recorded) => {
                Some(Range::of(Value::of_step(recorded, scale)))
            }
            _ => by_rule,
        };
        Known {
            range,
            inferred: by_method.inferred(),
        }
    })
}

/// Computes the rule's result by each method, and returns the exact figures behind it.
fn by_rules(
    framework: &Framework,
    component: &Component,
    cells: &[Cell],
    recorded: &Marks,
    result: &mut ComponentResult,
) -> [Option<Range>; 5] {
    Method::ALL.map(|method| {
        let inputs = measure_inputs(framework, component, cells, recorded, method);
        let (by_rule, range) = inputs.map_or_else(Default::default, |inputs| {
            evaluate(framework, &component.combination, inputs)
        });
        result.results[method.position()] = MethodResult {
            by_rule,
            recorded: recorded[method.position()],
        };
        range
    })
}

/// Compares the current result with the self-assessment and with last year's.
fn compare(component: &Component, result: &mut ComponentResult) {
    let current = result.current().value();
    result.against_self = Comparison::of(current, result.result(Method::SelfAssessment).value());
    result.against_last_year = if component.is_new() {
        Comparison::New
    } else {
        Comparison::of(current, result.result(Method::Previous).value())
    };
}

/// The rule's result for a component's measures, without the figures behind it.
fn result_by_rule(
    framework: &Framework,
    component: &Component,
    cells: &[Cell],
    recorded: &Marks,
    method: Method,
) -> RuleResult {
    let combination = &component.combination;
    let mut scales = component
        .measures
        .iter()
        .map(|measure| framework.measure(*measure).scale);
    let needs_no_figures = method != Method::Calibrated
        && combination.takes_lowest()
        && scales.all(|scale| scale == combination.scale);
    if needs_no_figures {
        let measures = assessed(framework, component, method);
        let marks = measures.map(|measure| cells[usize::from(measure.0)].mark(method));
        return Combination::lowest_of(marks.map(|mark| (mark.value, mark.inferred)));
    }
    let inputs = measure_inputs(framework, component, cells, recorded, method);
    inputs.map_or_else(RuleResult::default, |inputs| {
        evaluate(framework, combination, inputs).0
    })
}

/// The measures of a component that a method assesses. A measure that is new this year has no
/// rating of last year.
fn assessed<'a>(
    framework: &'a Framework,
    component: &'a Component,
    method: Method,
) -> impl Iterator<Item = &'a MeasureIndex> {
    let measures = component.measures.iter();
    measures
        .filter(move |measure| method != Method::Previous || !framework.measure(**measure).is_new())
}

/// The inputs of a component's rule. The calibrated result uses the calibrated marks, and the
/// panel's for measures that were not calibrated; `None` if neither the component nor any of its
/// measures was calibrated.
fn measure_inputs<'a>(
    framework: &'a Framework,
    component: &'a Component,
    cells: &'a [Cell],
    recorded: &Marks,
    method: Method,
) -> Option<impl Iterator<Item = Input<'a>>> {
    let marks = |measure: &MeasureIndex| &cells[usize::from(measure.0)].marks;
    let calibrated = Method::Calibrated.position();
    if method == Method::Calibrated
        && recorded[calibrated].value.is_none()
        && !component
            .measures
            .iter()
            .any(|measure| marks(measure)[calibrated].value.is_some())
    {
        return None;
    }
    Some(assessed(framework, component, method).map(move |measure| {
        let scale = framework.scale_of(*measure);
        let known = |method: Method| Known::of_mark(marks(measure)[method.position()], scale);
        let known = match method {
            Method::Calibrated => known(Method::Calibrated).or(known(Method::Panel)),
            other => known(other),
        };
        known.on(scale)
    }))
}

/// The result of one component, area or the whole with the figures behind it, recomputed from an
/// output.
pub(crate) fn combined(
    framework: &Framework,
    output: &Output,
    level: RuleLevel,
    method: Method,
) -> Combined {
    let combined = match level {
        RuleLevel::Component(index) => combined_component(framework, output, index, method),
        RuleLevel::Area(area) => combined_area(framework, output, area, method),
        RuleLevel::Overall => combined_overall(framework, output, method),
    };
    combined.unwrap_or_default()
}

fn combine<'a>(
    framework: &'a Framework,
    combination: &Combination,
    inputs: impl IntoIterator<Item = Input<'a>>,
) -> Combined {
    combination.combine(inputs, framework.scale(combination.scale))
}

fn combined_component(
    framework: &Framework,
    output: &Output,
    index: ComponentIndex,
    method: Method,
) -> Option<Combined> {
    let component = framework.component(index);
    let result = output.components.get(usize::from(index.0))?;
    let recorded = result.results.map(|result| result.recorded);
    let inputs = measure_inputs(framework, component, &output.cells, &recorded, method)?;
    Some(combine(framework, &component.combination, inputs))
}

fn combined_area(
    framework: &Framework,
    output: &Output,
    area: usize,
    method: Method,
) -> Option<Combined> {
    let combination = framework.areas.get(area)?.combination.as_ref()?;
    let figures = component_figures(framework, output);
    let inputs = component_values(framework, &figures, &[area], method);
    Some(combine(framework, combination, inputs))
}

fn combined_overall(framework: &Framework, output: &Output, method: Method) -> Option<Combined> {
    let overall = framework.overall.as_ref()?;
    let figures = component_figures(framework, output);
    let areas = Areas::of(framework, &figures);
    let inputs = overall_inputs(framework, &output.cells, &figures, &areas, method)?;
    Some(combine(framework, &overall.combination, inputs))
}

fn evaluate<'a>(
    framework: &'a Framework,
    combination: &Combination,
    inputs: impl IntoIterator<Item = Input<'a>>,
) -> (RuleResult, Option<Range>) {
    combination.evaluate(inputs, framework.scale(combination.scale))
}

/// One result by each of [`Method::ALL`], with the exact figures behind it.
type Evaluated = [(RuleResult, Option<Range>); 5];

/// The result of every area that has a rule, by method.
pub(crate) struct Areas(Vec<Option<Evaluated>>);

impl Areas {
    pub(crate) fn of(framework: &Framework, figures: &ComponentFigures) -> Areas {
        let results = framework.areas.iter().enumerate().map(|(at, area)| {
            let combination = area.combination.as_ref()?;
            Some(Method::ALL.map(|method| {
                let inputs = component_values(framework, figures, &[at], method);
                evaluate(framework, combination, inputs)
            }))
        });
        Areas(results.collect())
    }

    pub(crate) fn results(&self) -> Vec<Option<[RuleResult; 5]>> {
        let without_figures = |area: &Option<Evaluated>| {
            area.as_ref()
                .map(|results| results.each_ref().map(|(result, _)| *result))
        };
        self.0.iter().map(without_figures).collect()
    }
}

/// The results of the scored components of some areas by one method.
fn component_values<'a>(
    framework: &'a Framework,
    figures: &ComponentFigures,
    areas: &[usize],
    method: Method,
) -> Vec<Input<'a>> {
    let counted = framework.each_component().filter(|(_, component)| {
        component.scored
            && areas.contains(&component.area)
            && !(method == Method::Previous && component.is_new())
    });
    let values = counted.map(|(index, _)| {
        let known = &figures.0[usize::from(index.0)];
        let by = |method: Method| known[method.position()];
        (
            with_fallback(method, by),
            framework.scale_of_component(index),
        )
    });
    apply_fallbacks(values.collect())
}

/// A value and its fallback.
type Fallback = (Known, Known);

/// The value by a method and its fallback. For the calibrated result, the fallback is the panel's
/// value; for all others, the value itself.
fn with_fallback(method: Method, by: impl Fn(Method) -> Known) -> Fallback {
    let fallback = match method {
        Method::Calibrated => Method::Panel,
        method => method,
    };
    (by(method), by(fallback))
}

/// Replaces missing values with their fallbacks, unless all values are missing: the calibrated
/// result stays empty until something is calibrated.
fn apply_fallbacks(values: Vec<(Fallback, &Scale)>) -> Vec<Input<'_>> {
    let any_known = values.iter().any(|((first, _), _)| first.range.is_some());
    values
        .into_iter()
        .map(|((first, second), scale)| if any_known { first.or(second) } else { first }.on(scale))
        .collect()
}

/// The overall result by method, if the framework has one.
pub(crate) fn overall(
    framework: &Framework,
    cells: &[Cell],
    figures: &ComponentFigures,
    areas: &Areas,
) -> Option<[RuleResult; 5]> {
    let overall = framework.overall.as_ref()?;
    Some(Method::ALL.map(|method| {
        let inputs = overall_inputs(framework, cells, figures, areas, method);
        inputs.map_or_else(RuleResult::default, |inputs| {
            evaluate(framework, &overall.combination, inputs).0
        })
    }))
}

/// The inputs of the rule for the overall result, by one method.
fn overall_inputs<'a>(
    framework: &'a Framework,
    cells: &'a [Cell],
    figures: &ComponentFigures,
    areas: &Areas,
    method: Method,
) -> Option<Vec<Input<'a>>> {
    let overall = framework.overall.as_ref()?;
    Some(match overall.over {
        OverallInputs::Components => component_values(framework, figures, &overall.areas, method),
        OverallInputs::Areas => area_values(framework, areas, &overall.areas, method),
        OverallInputs::Measures => measure_values(framework, cells, &overall.areas, method),
    })
}

fn area_values<'a>(
    framework: &'a Framework,
    areas: &Areas,
    counted: &[usize],
    method: Method,
) -> Vec<Input<'a>> {
    let values = counted.iter().filter_map(|area| {
        let results = areas.0[*area].as_ref()?;
        let scale = framework.scale(framework.areas[*area].combination.as_ref()?.scale);
        let by = |method: Method| {
            let (result, range) = results[method.position()];
            Known {
                range,
                inferred: result.inferred,
            }
        };
        Some((with_fallback(method, by), scale))
    });
    apply_fallbacks(values.collect())
}

fn measure_values<'a>(
    framework: &'a Framework,
    cells: &[Cell],
    areas: &[usize],
    method: Method,
) -> Vec<Input<'a>> {
    let counted = framework.each_measure().filter(|(_, measure)| {
        areas.contains(&framework.component(measure.component).area)
            && !(method == Method::Previous && measure.is_new())
    });
    let values = counted.map(|(index, _)| {
        let cell = &cells[usize::from(index.0)];
        let scale = framework.scale_of(index);
        let by = |method: Method| Known::of_mark(cell.mark(method), scale);
        (with_fallback(method, by), scale)
    });
    apply_fallbacks(values.collect())
}

/// The counted statements of a result, one for each area, over the components assured for its body.
pub(crate) fn counts(framework: &Framework, output: &Output) -> Vec<Counts> {
    let mut counts: Vec<Counts> = (0..framework.areas.len())
        .map(|area| Counts {
            area,
            ..Counts::default()
        })
        .collect();
    for (index, component) in framework.each_component() {
        if component.scored && output.assesses(framework, index) {
            count(
                &mut counts[component.area],
                &output.components[usize::from(index.0)],
            );
        }
    }
    counts
}

fn count(counts: &mut Counts, result: &ComponentResult) {
    counts.components += 1;
    match result.against_self {
        Comparison::Above | Comparison::Level => counts.met_self += 1,
        Comparison::Below => counts.below_self += 1,
        Comparison::New | Comparison::Unknown => counts.self_unknown += 1,
    }
    match result.against_last_year {
        Comparison::Above => counts.improved += 1,
        Comparison::Level | Comparison::Below => counts.not_improved += 1,
        Comparison::New => counts.new += 1,
        Comparison::Unknown => counts.last_year_unknown += 1,
    }
    let is_inferred = |comparison: Comparison, method: Method| {
        let known = !matches!(comparison, Comparison::New | Comparison::Unknown);
        known && (result.current().inferred() || result.result(method).inferred())
    };
    if is_inferred(result.against_self, Method::SelfAssessment) {
        counts.self_inferred += 1;
    }
    if is_inferred(result.against_last_year, Method::Previous) {
        counts.last_year_inferred += 1;
    }
}
