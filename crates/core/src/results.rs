//! Results of components, areas and the whole, by the framework's named rules.

use crate::combine::{Combination, Combined, Input};
use crate::framework::{Component, Framework, MeasureIndex, OverallInputs};
use crate::judgement::Method;
use crate::output::{Cell, Comparison, ComponentResult, Counts, Mark, MethodResult, Output};
use crate::row::Row;
use crate::scale::{Scale, Step};

/// A value, and whether it rests on one that was inferred.
#[derive(Clone, Copy)]
struct Value {
    step: Option<Step>,
    inferred: bool,
}

impl Value {
    fn of_mark(mark: Mark) -> Value {
        Value {
            step: mark.value,
            inferred: mark.inferred,
        }
    }

    fn of_result(result: &MethodResult) -> Value {
        Value {
            step: result.value(),
            inferred: result.inferred(),
        }
    }

    /// This value, or the other where this one is not known.
    fn or(self, other: Value) -> Value {
        if self.step.is_some() { self } else { other }
    }

    fn on(self, scale: &Scale) -> Input<'_> {
        Input {
            step: self.step,
            scale,
            inferred: self.inferred,
        }
    }
}

/// The result of every component.
pub(crate) fn components(framework: &Framework, row: &Row) -> Vec<ComponentResult> {
    framework
        .each_component()
        .map(|(index, component)| {
            let recorded = &row.components[usize::from(index.0)];
            component_result(framework, component, row, recorded)
        })
        .collect()
}

fn component_result(
    framework: &Framework,
    component: &Component,
    row: &Row,
    recorded: &[Mark; 5],
) -> ComponentResult {
    let mut result = ComponentResult::default();
    for method in Method::ALL {
        result.results[method.position()] = MethodResult {
            by_rule: by_rule(framework, component, row, method),
            recorded: recorded[method.position()],
        };
    }
    // Calibration that says nothing of the whole leaves standing what the panel recorded of it.
    let panel = result.result(Method::Panel).recorded;
    let calibrated = &mut result.results[Method::Calibrated.position()];
    if calibrated.by_rule.step.is_some() && calibrated.recorded.value.is_none() {
        calibrated.recorded = panel;
    }
    let current = result.current().value();
    result.against_self = Comparison::of(current, result.result(Method::SelfAssessment).value());
    result.against_last_year = if component.is_new() {
        Comparison::New
    } else {
        Comparison::of(current, result.result(Method::Previous).value())
    };
    result
}

fn by_rule(framework: &Framework, component: &Component, row: &Row, method: Method) -> Combined {
    let marks = |measure: &MeasureIndex| &row.cells[usize::from(measure.0)].marks;
    if method == Method::Calibrated
        && !component.measures.iter().any(|measure| {
            marks(measure)[Method::Calibrated.position()]
                .value
                .is_some()
        })
    {
        return Combined::default();
    }
    let assessed = component.measures.iter().filter(|measure| {
        // A measure that is new this year has no last year's rating to wait for.
        method != Method::Previous || !framework.measure(**measure).is_new()
    });
    let inputs = assessed.map(|measure| {
        let value = |method: Method| Value::of_mark(marks(measure)[method.position()]);
        let value = match method {
            Method::Calibrated => value(Method::Calibrated).or(value(Method::Panel)),
            other => value(other),
        };
        value.on(framework.scale_of(*measure))
    });
    combine(framework, &component.combination, inputs)
}

fn combine<'a>(
    framework: &'a Framework,
    combination: &Combination,
    inputs: impl IntoIterator<Item = Input<'a>>,
) -> Combined {
    combination.combine(inputs, framework.scale(combination.scale))
}

/// The result of every area that has a rule for it, by method.
pub(crate) fn areas(
    framework: &Framework,
    components: &[ComponentResult],
) -> Vec<Option<[Combined; 5]>> {
    (0..framework.areas.len())
        .map(|area| {
            let combination = framework.areas[area].combination.as_ref()?;
            Some(Method::ALL.map(|method| {
                let inputs = component_values(framework, components, &[area], method);
                combine(framework, combination, inputs)
            }))
        })
        .collect()
}

/// The results of the scored components of some areas by one method. The calibrated column takes
/// the panel's result where a component was not calibrated, once anything was.
fn component_values<'a>(
    framework: &'a Framework,
    components: &[ComponentResult],
    areas: &[usize],
    method: Method,
) -> Vec<Input<'a>> {
    let counted = framework.each_component().filter(|(_, component)| {
        component.scored
            && areas.contains(&component.area)
            && !(method == Method::Previous && component.is_new())
    });
    let values = counted.map(|(index, _)| {
        let result = &components[usize::from(index.0)];
        let value = Value::of_result(result.result(method));
        let value = match method {
            Method::Calibrated => (value, Value::of_result(result.result(Method::Panel))),
            _ => (value, value),
        };
        (value, framework.scale_of_component(index))
    });
    settle_calibrated(values.collect())
}

/// A value and the one that stands in for it.
type Fallback = (Value, Value);

/// Takes the second value of each pair where the first is missing, unless all first ones are.
fn settle_calibrated(values: Vec<(Fallback, &Scale)>) -> Vec<Input<'_>> {
    let any = values.iter().any(|((first, _), _)| first.step.is_some());
    values
        .into_iter()
        .map(|((first, second), scale)| if any { first.or(second) } else { first }.on(scale))
        .collect()
}

/// The overall result by method, where the framework has one.
pub(crate) fn overall(
    framework: &Framework,
    cells: &[Cell],
    components: &[ComponentResult],
    areas: &[Option<[Combined; 5]>],
) -> Option<[Combined; 5]> {
    let overall = framework.overall.as_ref()?;
    Some(Method::ALL.map(|method| {
        let inputs = match overall.over {
            OverallInputs::Components => {
                component_values(framework, components, &overall.areas, method)
            }
            OverallInputs::Areas => area_values(framework, areas, &overall.areas, method),
            OverallInputs::Measures => measure_values(framework, cells, &overall.areas, method),
        };
        combine(framework, &overall.combination, inputs)
    }))
}

fn area_values<'a>(
    framework: &'a Framework,
    areas: &[Option<[Combined; 5]>],
    counted: &[usize],
    method: Method,
) -> Vec<Input<'a>> {
    let values = counted.iter().filter_map(|area| {
        let result = areas[*area]?;
        let scale = framework.scale(framework.areas[*area].combination.as_ref()?.scale);
        let result = result[method.position()];
        Some(Input {
            step: result.step,
            scale,
            inferred: result.inferred,
        })
    });
    values.collect()
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
        let value = Value::of_mark(cell.mark(method));
        let value = match method {
            Method::Calibrated => (value, Value::of_mark(cell.mark(Method::Panel))),
            _ => (value, value),
        };
        (value, framework.scale_of(index))
    });
    settle_calibrated(values.collect())
}

/// The counted statements of a result, one for each area, over the components that are assured at
/// its body.
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
    let inferred = |comparison: Comparison, method: Method| {
        let known = !matches!(comparison, Comparison::New | Comparison::Unknown);
        known && (result.current().inferred() || result.result(method).inferred())
    };
    if inferred(result.against_self, Method::SelfAssessment) {
        counts.self_inferred += 1;
    }
    if inferred(result.against_last_year, Method::Previous) {
        counts.last_year_inferred += 1;
    }
}
