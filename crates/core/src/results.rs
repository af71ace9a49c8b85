//! Computes the results of components, areas and the whole, by the framework's rules.
//!
//! A mean is never taken over rounded figures: each rule passes the exact figure behind its result
//! to the next.

mod counts;
mod limits;
mod lowest;
mod plan;

pub(crate) use counts::counts;
pub(crate) use plan::Plan;

use crate::combine::{Combined, Input, Range, RuleResult, Value};
use crate::fraction::Fraction;
use crate::framework::{
    Component, ComponentIndex, Framework, FrameworkPart, MeasureIndex, RuleInputs,
};
use crate::output::{Cell, Comparison, Mark, MethodResult, Output, PartResult, cell_at};
use crate::record::Method;
use crate::row::{Marks, PartMarks};
use crate::scale::Scale;

/// The known range of a value, and what it is based on.
#[derive(Clone, Copy)]
struct Known {
    range: Option<Range>,
    inferred: bool,
    not_applicable: bool,
    /// Whether it rests on a mark by its method, and not only on what the framework asks.
    is_judged: bool,
}

impl Known {
    const NOTHING: Known = Known {
        range: None,
        inferred: false,
        not_applicable: false,
        is_judged: false,
    };

    fn of_mark(mark: Mark, scale: &Scale) -> Known {
        Known {
            range: mark
                .value
                .map(|step| Range::of(Value::of_step(step, scale))),
            inferred: mark.inferred(),
            not_applicable: mark.not_applicable(),
            is_judged: mark.is_decided(),
        }
    }

    /// Whether it says anything.
    fn is_some(self) -> bool {
        self.range.is_some() || self.not_applicable
    }

    /// This value, or `other` if only that one is known.
    fn or(self, other: Known) -> Known {
        let decided = |known: Known| {
            known.not_applicable || known.range.is_some_and(|range| range.step().is_some())
        };
        if !self.is_some() || (decided(other) && !decided(self)) {
            other
        } else {
            self
        }
    }

    fn on(self, scale: &Scale, weight: Fraction) -> Input<'_> {
        Input {
            range: self.range,
            scale,
            weight,
            inferred: self.inferred,
            not_applicable: self.not_applicable,
        }
    }
}

/// The known range of one result, by each of [`Method::ALL`].
type KnownByMethod = [Known; 5];

/// The results of one body.
#[derive(Default)]
pub(crate) struct Results {
    pub(crate) components: Vec<PartResult>,
    pub(crate) areas: Vec<PartResult>,
    pub(crate) overall: Option<PartResult>,
}

impl Results {
    /// The results of another body with the same marks.
    pub(crate) fn of(output: &Output) -> Results {
        Results {
            components: output.components.clone(),
            areas: output.areas.clone(),
            overall: output.overall,
        }
    }
}

/// Computes the result of every part from the marks of one body, and from nothing else.
pub(crate) fn results(
    framework: &Framework,
    plan: &Plan,
    cells: &[Cell],
    marks: &PartMarks,
) -> Results {
    let mut evaluation = Evaluation::new(framework, cells);
    let mut results = Results {
        components: Vec::with_capacity(framework.components.len()),
        areas: Vec::with_capacity(framework.areas.len()),
        ..Results::default()
    };
    for ((index, component), recorded) in framework.each_component().zip(&marks.components) {
        let mut result = PartResult::default();
        if plan.takes_lowest(index) {
            result.results = evaluation.lowest(plan, component, recorded);
        } else {
            let level = FrameworkPart::Component(index);
            let known = evaluation.by_rules(level, recorded, &mut result);
            if plan.is_combined {
                evaluation.components.push(known);
            }
        }
        compare(component.is_new(), &mut result);
        results.components.push(result);
    }
    for (area, recorded) in marks.areas.iter().enumerate() {
        let mut result = PartResult::default();
        let known = evaluation.by_rules(FrameworkPart::Area(area), recorded, &mut result);
        evaluation.areas.push(known);
        compare(false, &mut result);
        results.areas.push(result);
    }
    results.overall = framework.overall.as_ref().map(|_| {
        let mut result = PartResult::default();
        evaluation.by_rules(FrameworkPart::Overall, &marks.overall, &mut result);
        compare(false, &mut result);
        result
    });
    results
}

/// Compares the current result with the self-assessment and with last year's.
fn compare(is_new: bool, result: &mut PartResult) {
    let current = result.current().value();
    result.against_self = Comparison::of(current, result.result(Method::SelfAssessment).value());
    let previous = result.result(Method::Previous);
    // A cycle may follow one in which a new part was already assessed.
    let is_new = is_new && previous.recorded.value.is_none();
    result.against_last_year = if is_new {
        Comparison::New
    } else {
        Comparison::of(current, previous.value())
    };
}

/// The result of a part with the figures behind it, recomputed from an output.
pub(crate) fn combined(
    framework: &Framework,
    output: &Output,
    level: FrameworkPart,
    method: Method,
) -> Combined {
    let Some(combination) = framework.combination(level) else {
        return Combined::default();
    };
    let mut evaluation = Evaluation::new(framework, &output.cells);
    if !matches!(level, FrameworkPart::Component(_)) {
        for (index, _) in framework.each_component() {
            let known = evaluation.again(FrameworkPart::Component(index), output);
            evaluation.components.push(known);
        }
    }
    if level == FrameworkPart::Overall {
        for area in 0..framework.areas.len() {
            let known = evaluation.again(FrameworkPart::Area(area), output);
            evaluation.areas.push(known);
        }
    }
    let recorded = output.part(level).map(recorded_of).unwrap_or_default();
    let inputs = evaluation.inputs(level, &recorded, method);
    let scale = framework.scale(combination.scale);
    let combined = inputs.map_or_else(Combined::default, |inputs| {
        combination.combine(inputs, scale)
    });
    evaluation.limit_combined(level, method, combined)
}

fn recorded_of(result: &PartResult) -> Marks {
    result.results.map(|result| result.recorded)
}

/// The results of one body, computed from the smallest parts upwards.
struct Evaluation<'a> {
    framework: &'a Framework,
    cells: &'a [Cell],
    /// The known ranges of the components' results; empty if nothing depends on them.
    components: Vec<KnownByMethod>,
    /// The known ranges of the areas' results.
    areas: Vec<KnownByMethod>,
}

impl<'a> Evaluation<'a> {
    fn new(framework: &'a Framework, cells: &'a [Cell]) -> Evaluation<'a> {
        Evaluation {
            framework,
            cells,
            components: Vec::new(),
            areas: Vec::new(),
        }
    }

    /// The known ranges of a part's results, recomputed from an output.
    fn again(&self, level: FrameworkPart, output: &Output) -> KnownByMethod {
        let recorded = output.part(level).map(recorded_of).unwrap_or_default();
        self.by_rules(level, &recorded, &mut PartResult::default())
    }

    /// Computes a part's result by each method, and returns the exact figures behind it.
    fn by_rules(
        &self,
        level: FrameworkPart,
        recorded: &Marks,
        result: &mut PartResult,
    ) -> KnownByMethod {
        if self.framework.rating(level).scale().is_none() {
            // It has no rule, and nothing counts what may have been recorded for it.
            for (result, recorded) in result.results.iter_mut().zip(recorded) {
                result.recorded = *recorded;
            }
            return [Known::NOTHING; 5];
        }
        let scale = self.framework.scale_at(level);
        Method::ALL.map(|method| {
            let (by_rule, range) = self.by_rule(level, recorded, method);
            let by_method = method.of_mut(&mut result.results);
            *by_method = MethodResult {
                by_rule,
                recorded: *method.of(recorded),
            };
            known_result(by_method, range, scale)
        })
    }

    /// The rule's result by one method.
    fn by_rule(
        &self,
        level: FrameworkPart,
        recorded: &Marks,
        method: Method,
    ) -> (RuleResult, Option<Range>) {
        let Some(combination) = self.framework.combination(level) else {
            return Default::default();
        };
        let scale = self.framework.scale(combination.scale);
        let evaluated = if let FrameworkPart::Component(index) = level {
            let inputs = self.inputs_of_component(index, recorded, method);
            inputs.map(|inputs| combination.evaluate(inputs, scale))
        } else {
            let inputs = self.inputs(level, recorded, method);
            inputs.map(|inputs| combination.evaluate(inputs, scale))
        };
        self.limit(level, method, evaluated.unwrap_or_default())
    }

    fn cell(&self, measure: MeasureIndex) -> &'a Cell {
        cell_at(self.cells, measure)
    }

    /// The inputs of a part's rule by one method; `None` for the calibrated result if nothing was
    /// calibrated.
    fn inputs(
        &self,
        level: FrameworkPart,
        recorded: &Marks,
        method: Method,
    ) -> Option<Vec<Input<'a>>> {
        match level {
            FrameworkPart::Component(index) => {
                let inputs = self.inputs_of_component(index, recorded, method)?;
                Some(inputs.collect())
            }
            FrameworkPart::Area(area) => {
                let definition = self.framework.areas.get(area)?;
                Some(self.inputs_over(definition.over, &[area], level, method))
            }
            FrameworkPart::Overall => {
                let overall = self.framework.overall.as_ref()?;
                Some(self.inputs_over(overall.over, &overall.areas, level, method))
            }
        }
    }

    /// The inputs of a component's rule. The calibrated result uses the calibrated marks, and the
    /// panel's for measures that were not calibrated; `None` if neither the component nor any of
    /// its measures was calibrated.
    fn inputs_of_component(
        &self,
        index: ComponentIndex,
        recorded: &Marks,
        method: Method,
    ) -> Option<impl Iterator<Item = Input<'a>>> {
        let framework = self.framework;
        let component = framework.component(index);
        if method == Method::Calibrated
            && !method.of(recorded).is_decided()
            && !component
                .measures
                .iter()
                .any(|measure| self.cell(*measure).mark(method).is_decided())
            && !self.limit_is_calibrated(FrameworkPart::Component(index))
        {
            return None;
        }
        let cells = self.cells;
        let inputs = self.assessed(component, method).map(move |measure| {
            let (definition, scale) = (framework.measure(*measure), framework.scale_of(*measure));
            let cell = cell_at(cells, *measure);
            let known = |method: Method| Known::of_mark(cell.mark(method), scale);
            let known = match method {
                Method::Calibrated => known(Method::Calibrated).or(known(Method::Panel)),
                other => known(other),
            };
            known.on(scale, definition.weight)
        });
        Some(inputs)
    }

    /// The values of some areas' parts, as inputs of the rule of a larger part.
    fn inputs_over(
        &self,
        over: RuleInputs,
        areas: &[usize],
        level: FrameworkPart,
        method: Method,
    ) -> Vec<Input<'a>> {
        let values: Vec<WithFallback<'a>> = match over {
            RuleInputs::Areas => self.area_values(areas, method).collect(),
            RuleInputs::Components => self.component_values(areas, method).collect(),
            RuleInputs::Measures => self.measure_values(areas, method).collect(),
        };
        // The calibrated result stays empty until something is calibrated.
        let any_known = values.iter().any(|value| value.first.is_judged)
            || method == Method::Calibrated && self.limit_is_calibrated(level);
        let inputs = values.into_iter().map(|value| {
            let known = if any_known {
                value.first.or(value.fallback)
            } else {
                value.first
            };
            known.on(value.scale, value.weight)
        });
        inputs.collect()
    }

    fn area_values(
        &self,
        areas: &[usize],
        method: Method,
    ) -> impl Iterator<Item = WithFallback<'a>> {
        let framework = self.framework;
        areas.iter().filter_map(move |area| {
            let definition = framework.areas.get(*area)?;
            let scale = framework.scale(definition.rating.scale()?);
            let known = self.areas.get(*area)?;
            let by = |method: Method| *method.of(known);
            Some(WithFallback::new(method, by, scale, definition.weight))
        })
    }

    /// The results of the rated components of some areas by one method.
    fn component_values(
        &self,
        areas: &[usize],
        method: Method,
    ) -> impl Iterator<Item = WithFallback<'a>> {
        let framework = self.framework;
        let counted = framework.each_component().filter(move |(_, component)| {
            component.scored
                && component.rating.scale().is_some()
                && areas.contains(&component.area)
                && !(method == Method::Previous && component.is_new())
        });
        counted.filter_map(move |(index, component)| {
            let known = self.components.get(usize::from(index.0))?;
            let by = |method: Method| *method.of(known);
            let scale = framework.scale_of_component(index);
            Some(WithFallback::new(method, by, scale, component.weight))
        })
    }

    /// The measures of a component that a method assesses. A measure that is new has no previous
    /// value, and text is not rated.
    fn assessed(
        &self,
        component: &'a Component,
        method: Method,
    ) -> impl Iterator<Item = &'a MeasureIndex> {
        let framework = self.framework;
        let measures = component.measures.iter();
        measures.filter(move |measure| {
            let is_new = || self.cell(**measure).is_new(framework.measure(**measure));
            !framework.scale_of(**measure).is_text() && (method != Method::Previous || !is_new())
        })
    }

    fn measure_values(
        &self,
        areas: &[usize],
        method: Method,
    ) -> impl Iterator<Item = WithFallback<'a>> {
        let framework = self.framework;
        let counted = framework.each_measure().filter(move |(index, measure)| {
            areas.contains(&framework.component(measure.component).area)
                && !framework.scale_of(*index).is_text()
                && !(method == Method::Previous && self.cell(*index).is_new(measure))
        });
        counted.map(move |(index, measure)| {
            let (cell, scale) = (self.cell(index), framework.scale_of(index));
            let by = |method: Method| Known::of_mark(cell.mark(method), scale);
            WithFallback::new(method, by, scale, measure.weight)
        })
    }
}

/// A value and its fallback. For the calibrated result, the fallback is the panel's value; for all
/// others, the value itself.
struct WithFallback<'a> {
    first: Known,
    fallback: Known,
    scale: &'a Scale,
    weight: Fraction,
}

impl<'a> WithFallback<'a> {
    fn new(
        method: Method,
        by: impl Fn(Method) -> Known,
        scale: &'a Scale,
        weight: Fraction,
    ) -> WithFallback<'a> {
        WithFallback {
            first: by(method),
            fallback: by(fallback(method)),
            scale,
            weight,
        }
    }
}

/// The method that stands in for one without a value.
fn fallback(method: Method) -> Method {
    match method {
        Method::Calibrated => Method::Panel,
        other => other,
    }
}

/// The known range of a result. A recorded result counts with the points of its step, unless it
/// equals the rule's result, whose exact figure is then used.
fn known_result(result: &MethodResult, by_rule: Option<Range>, scale: &Scale) -> Known {
    let range = match result.recorded.value {
        Some(recorded) if by_rule.and_then(|range| range.step()) != Some(recorded) => {
            Some(Range::of(Value::of_step(recorded, scale)))
        }
        _ => by_rule,
    };
    Known {
        range: range.filter(|_| !result.not_applicable()),
        inferred: result.inferred(),
        not_applicable: result.not_applicable(),
        is_judged: range.is_some() || result.not_applicable(),
    }
}
