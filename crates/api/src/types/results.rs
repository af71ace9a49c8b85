//! Results computed from cells: for components, areas and the whole.

use super::cell::{Mark, key, title};
use super::framework::Area;
use super::measure::Component;
use super::output::Output;
use super::panel::MemberScores;
use super::why::Reason;
use crate::project::leaves::Id;
use crate::project::object;
use std::borrow::Cow;
use wcc_core::combine::{Combination, Combined, Sum};
use wcc_core::framework::{FrameworkPart, YearOnYear};
use wcc_core::output::{self as core, Comparison};
use wcc_core::record::{Method, Subject};
use wcc_core::scale::{Scale, Step};
use wcc_core::{ComponentIndex, explain};

/// The result of a part of the framework: of a component, an area or the whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartResult<'a> {
    output: Output<'a>,
    level: FrameworkPart,
    data: &'a core::PartResult,
}

impl<'a> PartResult<'a> {
    /// The result of a part of an output, if the framework has the part.
    pub(crate) fn of(output: Output<'a>, level: FrameworkPart) -> Option<PartResult<'a>> {
        let data = output.data.part(level)?;
        Some(PartResult {
            output,
            level,
            data,
        })
    }

    fn framework(&self) -> &'a wcc_core::Framework {
        &self.output.cycle.assured.cycle.framework
    }

    fn scale(&self) -> &'a Scale {
        self.framework().scale_at(self.level)
    }

    fn method(&self, method: Option<Method>) -> Method {
        method.unwrap_or_else(|| self.data.current_method())
    }

    /// The result by a method, or the current result.
    fn chosen(&self, method: Option<Method>) -> &'a core::MethodResult {
        self.data.result(self.method(method))
    }

    /// The key or figure of the value by a method, or of the current value.
    pub(crate) fn value(&self, method: Option<Method>) -> Option<Cow<'a, str>> {
        let method = self.method(method);
        explain::value_in_words(self.framework(), self.output.data, self.level, method)
    }

    fn title(&self, method: Option<Method>) -> Option<&'a str> {
        title(self.scale(), self.chosen(method).value())
    }

    fn result(&self, method: Method) -> MethodResult<'a> {
        MethodResult {
            output: self.output,
            scale: self.scale(),
            combination: self.framework().combination(self.level),
            level: self.level,
            method,
            data: *self.data.result(method),
        }
    }

    fn results(
        self,
        methods: Option<Vec<Method>>,
    ) -> impl Iterator<Item = MethodResult<'a>> + use<'a> {
        let methods = chosen(methods).into_iter();
        methods.map(move |method| self.result(method))
    }

    fn why(&self) -> impl Iterator<Item = Reason<'a>> + use<'a> {
        let cycle = self.output.cycle;
        let (of, assurance) = (&cycle.assured.cycle, &cycle.assured.assurance);
        let reasons = explain::explain_part(of, assurance, self.output.data, self.level);
        reasons.into_iter().map(move |data| Reason { cycle, data })
    }
}

/// The result of a component.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ComponentResult<'a> {
    /// The output.
    pub(crate) output: Output<'a>,
    /// The component's index.
    pub(crate) index: ComponentIndex,
}

impl<'a> ComponentResult<'a> {
    fn part(&self) -> PartResult<'a> {
        PartResult {
            output: self.output,
            level: FrameworkPart::Component(self.index),
            data: self.output.data.component(self.index),
        }
    }

    fn component(&self) -> Component<'a> {
        self.output.cycle.framework().component(self.index)
    }

    /// The key of the value.
    pub(crate) fn value(&self, method: Option<Method>) -> Option<Cow<'a, str>> {
        self.part().value(method)
    }
}

/// The methods selected by an argument; all if it is omitted.
fn chosen(methods: Option<Vec<Method>>) -> Vec<Method> {
    methods.unwrap_or_else(|| Method::ALL.to_vec())
}

object! {
    /// The result of one competency or governance strand.
    ComponentResult<'a> as "ComponentResult" => |component_result| {
        /// The competency or strand.
        component: Component<'a> = component_result.component();
        /// The result: a level such as `3` or a rating such as `green`; null if it is not known.
        /// A result recorded for the component itself takes precedence over the rule's.
        value(
            /// The method; the current result (calibrated, or else the panel's) if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): Option<Cow<'a, str>> = {
            let method = component_result.output.cycle.method(method, methodId)?;
            component_result.value(method)
        };
        /// The result in words for people.
        title(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): Option<&'a str> = {
            let method = component_result.output.cycle.method(method, methodId)?;
            component_result.part().title(method)
        };
        /// Whether the result is based on an inferred mark: a value that was not read from the
        /// source. Show it with the result.
        inferred(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): bool = {
            let method = component_result.output.cycle.method(method, methodId)?;
            component_result.part().chosen(method).inferred()
        };
        /// Whether the result is the rule's alone: nobody recorded a result for the component.
        /// Show this with the result.
        byRuleAlone(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): bool = {
            let method = component_result.output.cycle.method(method, methodId)?;
            component_result.part().chosen(method).is_by_rule_alone()
        };
        /// How the result came about, by each method.
        results(
            /// Only these methods; all if omitted.
            methods: Option<Vec<Method>>,
            /// Only these methods, by their identifiers in the framework, in place of `methods`.
            methodIds: Option<Vec<Id<'_>>>,
        ): [MethodResult<'a>; 3] = {
            let methods = component_result.output.cycle.methods(methods, methodIds)?;
            component_result.part().results(methods)
        };
        /// The current result, and how it came about.
        current: MethodResult<'a> = component_result.part().result(component_result.part().data.current_method());
        /// The current result compared with the body's own view.
        againstOwnView: Comparison = component_result.part().data.against_self;
        /// The current result compared with the self-assessment.
        #[deprecated = "Use `againstOwnView`."]
        againstSelf: Comparison = component_result.part().data.against_self;
        /// The current result compared with the previous cycle's.
        againstPrevious: Comparison = component_result.part().data.against_last_year;
        /// The current result compared with last year's.
        #[deprecated = "Use `againstPrevious`."]
        againstLastYear: Comparison = component_result.part().data.against_last_year;
        /// How the component itself relates to the previous year's; null if the framework does not
        /// say.
        change: Option<YearOnYear> = component_result.component().data().mapping.as_ref().map(|mapping| mapping.change);
        /// The explanation of the result: rules with their figures, and recorded results.
        why: [Reason<'a>; 4] = component_result.part().why();
        /// The scores that members of the panel gave on it as a whole before the panel agreed; null if there are
        /// none, or if the viewer may see none.
        memberScores: Option<MemberScores<'a>> = MemberScores::of(component_result.output, Subject::Component(component_result.index));
    }
}

/// One method's result of a component, an area or the whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MethodResult<'a> {
    output: Output<'a>,
    scale: &'a Scale,
    /// The rule; `None` if the part is only judged.
    combination: Option<&'a Combination>,
    level: FrameworkPart,
    method: Method,
    data: core::MethodResult,
}

impl<'a> MethodResult<'a> {
    fn combined(&self) -> Combined {
        self.output
            .data
            .combined(self.framework(), self.level, self.method)
    }

    fn sum(&self) -> Option<Sum> {
        self.combined().sum
    }

    fn rule_with_figure(&self) -> Option<String> {
        explain::rule_in_words(self.framework(), self.output.data, self.level, self.method)
    }

    /// The exact figure that is the result, if the rule calculates one, or else the key.
    fn value(&self) -> Option<Cow<'a, str>> {
        explain::value_in_words(self.framework(), self.output.data, self.level, self.method)
    }

    fn figure(&self) -> Option<String> {
        self.combination?;
        explain::figure_in_words(self.framework(), self.output.data, self.level, self.method)
    }

    /// The limit that decides the rule's result.
    fn limit(&self) -> Option<String> {
        let framework = self.framework();
        let limit = explain::deciding_limit(framework, self.output.data, self.level, self.method)?;
        let words = explain::limit_in_words(framework, limit);
        Some(format!("{}: {words}", limit.title))
    }

    fn framework(&self) -> &'a wcc_core::Framework {
        &self.output.cycle.assured.cycle.framework
    }

    /// The keys of the results that the missing values allow, worst first.
    fn possible(&self) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        let scale = self.scale;
        let range = match self.data.recorded.value {
            Some(recorded) => Some((recorded, recorded)),
            None => self.data.by_rule.possible,
        };
        let steps = range.map(|(worst, best)| worst.position()..=best.position());
        // Of numbers, the two ends are enough.
        let are_numbers = scale.numbers().is_some();
        let is_end = move |step: &u16| {
            !are_numbers
                || range.is_some_and(|(worst, best)| {
                    *step == worst.position() || *step == best.position()
                })
        };
        steps
            .into_iter()
            .flatten()
            .filter(is_end)
            .map(move |step| scale.key(Step::at(step)))
    }

    fn recorded(&self) -> Option<Mark<'a>> {
        let data = self.data.recorded;
        (data.origin != core::Origin::Nobody).then_some(Mark {
            cycle: self.output.cycle,
            scale: self.scale,
            method: self.method,
            data,
        })
    }
}

object! {
    /// A result by one method: the result of the framework's rule, and the recorded result.
    MethodResult<'a> as "MethodResult" => |method_result| {
        /// The method's purpose.
        method: Method = method_result.method;
        /// Identifier of the method in the framework; null if the framework has none.
        methodId: Option<Id<'a>> = method_result.output.cycle.method_id(method_result.method);
        /// What sentences call the method.
        methodTitle: &'a str = method_result.output.cycle.method_title(method_result.method);
        /// The result: recorded, or else the rule's; null if neither is known.
        value: Option<Cow<'a, str>> = method_result.value();
        /// The result in words for people.
        title: Option<&'a str> = title(method_result.scale, method_result.data.value());
        /// Whether the result is based on an inferred mark: a value that was not read from the
        /// source. Show it with the result.
        inferred: bool = method_result.data.inferred();
        /// Whether the result is the rule's alone: nobody recorded a result for the component.
        /// Show this with the result.
        byRuleAlone: bool = method_result.data.is_by_rule_alone();
        /// The possible results, worst first: one if the result is known, several if missing
        /// values could still change it, none if no value is known. Of numbers, the worst and the
        /// best.
        possible: [Cow<'a, str>; 1] = method_result.possible();
        /// The rule's result; null if a missing value could change it. For the calibrated result,
        /// the rule uses the calibrated values, and the panel's where a value was not calibrated.
        byRule: Option<Cow<'a, str>> = key(method_result.scale, method_result.data.by_rule.step);
        /// The rule's name: `mean`, `worst-of`; null if there is none.
        rule: Option<&'a str> = method_result.combination.map(|combination| combination.name());
        /// The rule in words; null if there is none.
        ruleInWords: Option<String> = method_result.combination.map(|combination| explain::rule_meaning(method_result.framework(), combination, "its inputs"));
        /// The rule with the figure behind the result, as a report prints it: `mean; mean 2.33`.
        /// The figure has enough decimals to show why the result is what it is.
        ruleWithFigure: Option<String> = method_result.rule_with_figure();
        /// The figure that is the result, if the rule calculates one and places it in no band:
        /// `1.3333`. Null for results that are steps.
        figure: Option<String> = method_result.figure();
        /// The limit that decides the rule's result: "Safeguarding: while safeguarding is at or
        /// below inadequate, the result is at most requires improvement". Null if none does.
        limitedBy: Option<String> = method_result.limit();
        /// Whether nothing that the rule counts applies to the body.
        notApplicable: bool = method_result.data.not_applicable();
        /// The unrounded mean of the points: `2.33`, with more decimals if two do not show why it
        /// was placed on its step. Null if a value is not known.
        mean: Option<String> = method_result.sum().and_then(|sum| method_result.combination?.mean_in_words(sum, method_result.scale));
        /// The points as a percentage of the highest possible: `61.5`, with more decimals if one
        /// does not show why it is in its band. Null if a value is not known.
        percent: Option<String> = method_result.sum().and_then(|sum| method_result.combination?.percent_in_words(sum));
        /// Sum of the points, before any rounding.
        points: Option<f64> = method_result.sum().map(|sum| sum.points.to_f64());
        /// The highest possible points.
        mostPoints: Option<f64> = method_result.sum().map(|sum| sum.most.to_f64());
        /// The result recorded for the component itself by this method, with its reason; null if
        /// there is none. A result that the panel recorded is the panel's, never the calibrated
        /// result.
        recorded: Option<Mark<'a>> = method_result.recorded();
        /// Whether the recorded result differs from the rule's.
        isOverride: bool = method_result.data.is_override();
    }
}

/// The result of an area.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AreaResult<'a> {
    at: usize,
    part: PartResult<'a>,
}

impl<'a> AreaResult<'a> {
    /// Every area of an output that has a result.
    pub(crate) fn all(output: Output<'a>) -> impl Iterator<Item = AreaResult<'a>> {
        let areas = &output.cycle.assured.cycle.framework.areas;
        let rated = areas.iter().enumerate();
        let rated = rated.filter(|(_, area)| area.rating.scale().is_some());
        rated.filter_map(move |(at, _)| {
            let part = PartResult::of(output, FrameworkPart::Area(at))?;
            Some(AreaResult { at, part })
        })
    }
}

object! {
    /// The result of a whole area, if the framework rates it.
    AreaResult<'a> as "AreaResult" => |area_result| {
        /// The area.
        area: Area<'a> = Area { framework: area_result.part.output.cycle.framework(), at: area_result.at };
        /// The result; null if it is not known. A recorded result takes precedence over the
        /// rule's.
        value(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): Option<Cow<'a, str>> = {
            let method = area_result.part.output.cycle.method(method, methodId)?;
            area_result.part.value(method)
        };
        /// The result in words for people.
        title(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): Option<&'a str> = {
            let method = area_result.part.output.cycle.method(method, methodId)?;
            area_result.part.title(method)
        };
        /// Whether the result is based on an inferred mark: a value that was not read from the
        /// source. Show it with the result.
        inferred(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): bool = {
            let method = area_result.part.output.cycle.method(method, methodId)?;
            area_result.part.chosen(method).inferred()
        };
        /// Whether the result is the rule's alone: nobody recorded one. Show this with the result.
        byRuleAlone(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): bool = {
            let method = area_result.part.output.cycle.method(method, methodId)?;
            area_result.part.chosen(method).is_by_rule_alone()
        };
        /// How the result came about, by each method.
        results(
            /// Only these methods; all if omitted.
            methods: Option<Vec<Method>>,
            /// Only these methods, by their identifiers in the framework, in place of `methods`.
            methodIds: Option<Vec<Id<'_>>>,
        ): [MethodResult<'a>; 3] = {
            let methods = area_result.part.output.cycle.methods(methods, methodIds)?;
            area_result.part.results(methods)
        };
        /// The current result, and how it came about.
        current: MethodResult<'a> = area_result.part.result(area_result.part.data.current_method());
        /// The current result compared with the body's own view.
        againstOwnView: Comparison = area_result.part.data.against_self;
        /// The current result compared with the self-assessment.
        #[deprecated = "Use `againstOwnView`."]
        againstSelf: Comparison = area_result.part.data.against_self;
        /// The current result compared with the previous cycle's.
        againstPrevious: Comparison = area_result.part.data.against_last_year;
        /// The current result compared with last year's.
        #[deprecated = "Use `againstPrevious`."]
        againstLastYear: Comparison = area_result.part.data.against_last_year;
        /// The explanation of the result: rules with their figures and inputs, limits, and recorded
        /// results.
        why: [Reason<'a>; 2] = area_result.part.why();
    }
}

/// The overall result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverallResult<'a> {
    name: &'a str,
    part: PartResult<'a>,
}

impl<'a> OverallResult<'a> {
    /// The overall result of an output, if the framework has one.
    pub(crate) fn of(output: Output<'a>) -> Option<OverallResult<'a>> {
        let overall = output.cycle.assured.cycle.framework.overall.as_ref()?;
        Some(OverallResult {
            name: &overall.title,
            part: PartResult::of(output, FrameworkPart::Overall)?,
        })
    }
}

object! {
    /// The overall result, if the framework has one.
    OverallResult<'a> as "OverallResult" => |overall_result| {
        /// Its name in the framework.
        name: &'a str = overall_result.name;
        /// The result; null if it is not known. A recorded result takes precedence over the
        /// rule's.
        value(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): Option<Cow<'a, str>> = {
            let method = overall_result.part.output.cycle.method(method, methodId)?;
            overall_result.part.value(method)
        };
        /// The result in words for people.
        title(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): Option<&'a str> = {
            let method = overall_result.part.output.cycle.method(method, methodId)?;
            overall_result.part.title(method)
        };
        /// Whether the result is based on an inferred mark: a value that was not read from the
        /// source. Show it with the result.
        inferred(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): bool = {
            let method = overall_result.part.output.cycle.method(method, methodId)?;
            overall_result.part.chosen(method).inferred()
        };
        /// Whether the result is the rule's alone: nobody recorded one. Show this with the result.
        byRuleAlone(
            /// The method; the current result if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): bool = {
            let method = overall_result.part.output.cycle.method(method, methodId)?;
            overall_result.part.chosen(method).is_by_rule_alone()
        };
        /// How the result came about, by each method.
        results(
            /// Only these methods; all if omitted.
            methods: Option<Vec<Method>>,
            /// Only these methods, by their identifiers in the framework, in place of `methods`.
            methodIds: Option<Vec<Id<'_>>>,
        ): [MethodResult<'a>; 3] = {
            let methods = overall_result.part.output.cycle.methods(methods, methodIds)?;
            overall_result.part.results(methods)
        };
        /// The current result, and how it came about.
        current: MethodResult<'a> = overall_result.part.result(overall_result.part.data.current_method());
        /// The current result compared with the body's own view.
        againstOwnView: Comparison = overall_result.part.data.against_self;
        /// The current result compared with the self-assessment.
        #[deprecated = "Use `againstOwnView`."]
        againstSelf: Comparison = overall_result.part.data.against_self;
        /// The current result compared with the previous cycle's.
        againstPrevious: Comparison = overall_result.part.data.against_last_year;
        /// The current result compared with last year's.
        #[deprecated = "Use `againstPrevious`."]
        againstLastYear: Comparison = overall_result.part.data.against_last_year;
        /// The explanation of the result: rules with their figures and inputs, limits, and recorded
        /// results.
        why: [Reason<'a>; 2] = overall_result.part.why();
    }
}
