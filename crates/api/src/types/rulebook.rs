//! Parts of a framework other than areas, components and measures: scales, rules, surveys,
//! outcomes, phases, and the mapping to the previous year.

use super::enums::Series;
use super::framework::{Area, Framework};
use crate::project::leaves::Id;
use crate::project::object;
use std::borrow::Cow;
use wcc_core::combine::{Band, Combination, Condition};
use wcc_core::framework::{self as core, RuleInputs, SurveyBand, SurveyPoint, YearOnYear};
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope};
use wcc_core::record::Method;
use wcc_core::scale::{self, ScaleStep};

/// A scale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale<'a>(pub(crate) &'a scale::Scale);

object! {
    /// A rating scale, worst step first.
    Scale<'a> as "Scale" => |Scale(scale)| {
        /// Identifier within the framework: `level`, `rating`.
        code: Id<'a> = Id(&scale.id);
        /// Title for people.
        title: &'a str = scale.title.as_str();
        /// Its steps, worst first.
        steps: [Step<'a>; 4] = scale.steps().iter().map(Step);
        /// Whether more points are better, or fewer.
        better: Better = scale.better;
        /// The numbers that a value can be; null if the scale has steps or takes text.
        numbers: Option<Numbers<'a>> = scale.numbers().map(Numbers);
        /// Whether its values are text, which is not rated.
        isText: bool = scale.is_text();
    }
}

/// The numbers of a scale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers<'a>(&'a scale::Numbers);

object! {
    /// The numbers that a value can be, from one end to the other.
    Numbers<'a> as "Numbers" => |Numbers(numbers)| {
        /// The smallest number.
        from: f64 = numbers.from.to_f64();
        /// The largest number.
        to: f64 = numbers.to.to_f64();
        /// Number of decimals.
        decimals: i32 = i32::try_from(numbers.decimals).unwrap_or_default();
    }
}

/// A step of a scale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'a>(&'a ScaleStep);

object! {
    /// One step of a scale.
    Step<'a> as "Step" => |Step(step)| {
        /// The key used in files, queries and values: `3`, `green`.
        key: &'a str = step.key.as_str();
        /// The title for people: `World class`, `Green`.
        title: &'a str = step.title.as_str();
        /// Its points in means, sums and percentages.
        points: f64 = step.points.to_f64();
        /// The name of a colour for display; never the only sign.
        colour: Option<&'a str> = step.colour.as_deref();
    }
}

/// A combination rule in its framework.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CombinationRule<'a> {
    /// The framework.
    pub(crate) framework: &'a core::Framework,
    /// The rule with its parameters.
    pub(crate) data: &'a Combination,
}

impl<'a> CombinationRule<'a> {
    fn scale(&self) -> &'a scale::Scale {
        self.framework.scale(self.data.scale)
    }

    fn conditions(&self) -> impl Iterator<Item = CountCondition<'a>> + use<'a> {
        let (result, framework) = (self.scale(), self.framework);
        let counting = self.data.counting.as_ref();
        counting.into_iter().flat_map(move |counting| {
            let inputs = framework.scale(counting.scale);
            counting.conditions.iter().map(move |data| CountCondition {
                inputs,
                result,
                data,
            })
        })
    }
}

/// A condition of the rule `counts`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountCondition<'a> {
    inputs: &'a scale::Scale,
    result: &'a scale::Scale,
    data: &'a Condition,
}

object! {
    /// One condition of the rule `counts`: "at least two at amber or below give amber".
    CountCondition<'a> as "CountCondition" => |count_condition| {
        /// The minimum number of values at or below the step.
        atLeast: i32 = i32::from(count_condition.data.at_least);
        /// The step.
        atOrBelow: Cow<'a, str> = count_condition.inputs.key(count_condition.data.at_or_below);
        /// The result if the condition holds.
        gives: Cow<'a, str> = count_condition.result.key(count_condition.data.gives);
    }
}

object! {
    /// How several values combine into one result.
    CombinationRule<'a> as "CombinationRule" => |combination_rule| {
        /// The rule's name in framework files: `mean-nearest`, `worst-of`.
        name: &'a str = combination_rule.data.name();
        /// The rule in words.
        inWords: String = wcc_core::explain::rule_meaning(combination_rule.framework, combination_rule.data, "its inputs");
        /// The scale of the result.
        scale: Scale<'a> = Scale(combination_rule.scale());
        /// The bands of a banded rule, lowest first; none for other rules.
        bands: [RuleBand<'a>; 1] = combination_rule.data.bands.iter().map(|band| RuleBand { scale: combination_rule.scale(), band });
        /// How the figure is rounded before it is placed in a band: `whole`, `one-decimal`,
        /// `two-decimals`; null if the exact figure is placed.
        rounding: Option<&'a str> = combination_rule.data.rounding.map(|rounding| rounding.name());
        /// The conditions of the rule `counts`, in order; the first that holds gives the result.
        conditions: [CountCondition<'a>; 2] = combination_rule.conditions();
        /// The result if no condition holds; null for rules without conditions.
        otherwise: Option<Cow<'a, str>> = combination_rule.data.counting.as_ref().map(|counting| combination_rule.scale().key(counting.otherwise));
        /// A result at or below this step must be confirmed: the assessor has to record it.
        confirmed: Option<Cow<'a, str>> = combination_rule.data.confirm.map(|step| combination_rule.scale().key(step));
        /// A result at or below this step must be confirmed: the panel has to record it.
        #[deprecated = "Use `confirmed`."]
        panelConfirms: Option<Cow<'a, str>> = combination_rule.data.confirm.map(|step| combination_rule.scale().key(step));
    }
}

/// A band of a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleBand<'a> {
    scale: &'a scale::Scale,
    band: &'a Band,
}

object! {
    /// One band in which a rule places a sum or percentage.
    RuleBand<'a> as "RuleBand" => |rule_band| {
        /// Where the band begins: the lowest figure of the band, unless `above`.
        from: f64 = rule_band.band.from.to_f64();
        /// Whether the band begins just above `from`.
        above: bool = rule_band.band.above;
        /// The result in this band.
        value: Cow<'a, str> = rule_band.scale.key(rule_band.band.step);
    }
}

/// An overall rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverallRule<'a> {
    /// The framework.
    pub(crate) framework: Framework<'a>,
    /// The rule.
    pub(crate) rule: &'a core::Overall,
}

object! {
    /// How the overall result is computed.
    OverallRule<'a> as "OverallRule" => |overall_rule| {
        /// Title as printed.
        title: &'a str = overall_rule.rule.title.as_str();
        /// The inputs.
        over: RuleInputs = overall_rule.rule.over;
        /// The areas that count.
        areas: [Area<'a>; 2] = overall_rule.rule.areas.iter().map(|at| Area { framework: overall_rule.framework, at: *at });
        /// The rule; null if the overall result is only judged.
        rule: Option<CombinationRule<'a>> = overall_rule.rule.rating.rule().map(|data| CombinationRule { framework: overall_rule.framework.data, data });
    }
}

/// What a step requires of a measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descriptor<'a> {
    /// The measure's scale.
    pub(crate) scale: &'a scale::Scale,
    /// The step's key.
    pub(crate) key: &'a str,
    /// The requirements.
    pub(crate) text: &'a str,
}

object! {
    /// The requirements of one step of the scale for a measure.
    Descriptor<'a> as "Descriptor" => |descriptor| {
        /// The step: `3`, `green`.
        value: &'a str = descriptor.key;
        /// The step in words for people.
        title: Option<&'a str> = descriptor.scale.step(descriptor.key).and_then(|step| descriptor.scale.definition(step)).map(|step| step.title.as_str());
        /// The requirements.
        text: &'a str = descriptor.text;
    }
}

/// A link to the previous year.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mapping<'a>(pub(crate) &'a core::Mapping);

object! {
    /// How a measure or component relates to the previous year.
    Mapping<'a> as "Mapping" => |Mapping(mapping)| {
        /// Whether it is the same, was changed, or is new.
        change: YearOnYear = mapping.change;
        /// Identifier in the previous year's framework; null if it is new.
        previous: Option<Id<'a>> = mapping.previous.as_deref().map(Id);
        /// What changed, in words.
        note: Option<&'a str> = mapping.note.as_deref();
    }
}

/// A row of the mapping to the previous year.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MappedFrom<'a> {
    code: &'a str,
    title: &'a str,
    component: bool,
    mapping: &'a core::Mapping,
}

impl<'a> MappedFrom<'a> {
    /// Every row: components, then measures.
    pub(crate) fn all(framework: Framework<'a>) -> impl Iterator<Item = MappedFrom<'a>> {
        let components = framework.data.components.iter().filter_map(|component| {
            Some(MappedFrom {
                code: &component.id,
                title: &component.title,
                component: true,
                mapping: component.mapping.as_ref()?,
            })
        });
        let measures = framework.data.measures.iter().filter_map(|measure| {
            Some(MappedFrom {
                code: &measure.id,
                title: &measure.title,
                component: false,
                mapping: measure.mapping.as_ref()?,
            })
        });
        components.chain(measures)
    }
}

object! {
    /// One row of the mapping to the previous year's framework.
    MappedFrom<'a> as "MappedFrom" => |mapped_from| {
        /// Identifier of the measure, competency or strand in this year.
        code: Id<'a> = Id(mapped_from.code);
        /// Its title in this year.
        title: &'a str = mapped_from.title;
        /// True for a competency or strand, false for a measure.
        isComponent: bool = mapped_from.component;
        /// How it relates to the previous year.
        mapping: Mapping<'a> = Mapping(mapped_from.mapping);
    }
}

/// A survey rule of a framework.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyRule<'a> {
    /// The framework.
    pub(crate) framework: &'a core::Framework,
    /// The survey.
    pub(crate) survey: Option<&'a str>,
    /// The rule.
    pub(crate) rule: &'a core::SurveyRule,
}

object! {
    /// How scores of a survey limit measures. A survey can only limit a measure, never raise it.
    SurveyRule<'a> as "SurveyRule" => |survey_rule| {
        /// Identifier of the survey: `key-stakeholder`; null for the default rule.
        survey: Option<Id<'a>> = survey_rule.survey.map(Id);
        /// Lowest valid mean score.
        lowest: f64 = survey_rule.rule.lowest;
        /// Highest valid mean score.
        highest: f64 = survey_rule.rule.highest;
        /// The answer scale in words, lowest first.
        points: [SurveyAnswer<'a>; 6] = survey_rule.rule.points.iter().map(SurveyAnswer);
        /// The steps that scores support, lowest band first.
        bands: [ScoreBand<'a>; 4] = survey_rule.rule.bands.iter().map(ScoreBand);
        /// The scale whose steps the bands name.
        scale: Scale<'a> = Scale(survey_rule.framework.scale(survey_rule.rule.scale));
        /// The source of the bands, and what in them is inferred.
        source: Option<&'a str> = survey_rule.rule.source.as_deref();
    }
}

/// A point of an answer scale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyAnswer<'a>(&'a SurveyPoint);

object! {
    /// A point of a survey's answer scale: 5 is "agree".
    SurveyAnswer<'a> as "SurveyAnswer" => |SurveyAnswer(survey_answer)| {
        /// The number on the answer scale.
        score: f64 = survey_answer.score;
        /// The words.
        wording: &'a str = survey_answer.wording.as_str();
    }
}

/// A band of survey scores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScoreBand<'a>(&'a SurveyBand);

object! {
    /// One band of survey scores and the step that it supports.
    ScoreBand<'a> as "ScoreBand" => |ScoreBand(score_band)| {
        /// Lowest score of the band, inclusive.
        from: f64 = score_band.from;
        /// The highest step that a score in this band supports.
        supports: &'a str = score_band.supports.as_str();
    }
}

/// A series that a framework declares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeclaredSeries<'a>(pub(crate) &'a wcc_core::outcome::Series);

object! {
    /// A part of the population that outcomes are counted for.
    DeclaredSeries<'a> as "DeclaredSeries" => |DeclaredSeries(series)| {
        /// Identifier, as files and `seriesId` write it: `males`.
        code: Id<'a> = Id(&series.id);
        /// What sentences call it: `males`.
        title: &'a str = series.title.as_str();
        /// Whether it counts everyone, so that titles do not name it.
        isWhole: bool = series.is_whole;
    }
}

/// An aim that outcomes serve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutcomeAim<'a>(pub(crate) &'a wcc_core::framework::OutcomeAim);

object! {
    /// An aim of the framework that outcomes serve.
    OutcomeAim<'a> as "OutcomeAim" => |OutcomeAim(aim)| {
        /// Identifier: `better-health`.
        code: Id<'a> = Id(&aim.id);
        /// Title as printed: "better health".
        title: &'a str = aim.title.as_str();
        /// Its source.
        source: Option<&'a str> = aim.source.as_deref();
    }
}

/// An outcome of a catalogue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome<'a>(pub(crate) &'a OutcomeDefinition);

object! {
    /// A health outcome of the framework's catalogue or of a plugin.
    Outcome<'a> as "Outcome" => |Outcome(outcome)| {
        /// Identifier: `cvd-mortality`.
        code: Id<'a> = Id(&outcome.id);
        /// Title as printed.
        title: &'a str = outcome.title.as_str();
        /// Unit of its values: `per 100,000 DSR`.
        unit: &'a str = outcome.unit.as_str();
        /// Whether more or less is better.
        better: Better = outcome.better;
        /// Whether it is set nationally or chosen locally.
        scope: OutcomeScope = outcome.scope;
        /// Those of the series in which it is given that the schema names; `seriesIds` lists all.
        series: [Series; 1] = outcome.series.iter().filter_map(|id| Series::of_id(id));
        /// Identifiers of the series in which it is given: `persons`, or others that the framework
        /// declares.
        seriesIds: [Id<'a>; 1] = outcome.series.iter().map(|id| Id(id));
        /// Reference among the NHS Vital Signs, if known.
        vitalSigns: Option<&'a str> = outcome.vital_signs.as_deref();
        /// Its source, and how certain it is.
        source: Option<&'a str> = outcome.source.as_deref();
    }
}

/// A method that a framework declares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MethodDefinition<'a>(pub(crate) &'a core::MethodDefinition);

object! {
    /// How judgements come about in a regime: its own view, an inspection, moderation.
    MethodDefinition<'a> as "MethodDefinition" => |MethodDefinition(method)| {
        /// The method's purpose, which queries and mutations may name in place of `code`.
        method: Method = method.purpose;
        /// The word that files use: `self`.
        code: Id<'a> = Id(&method.id);
        /// Its title, as sentences use it: `self-assessment`.
        title: &'a str = method.title.as_str();
        /// The heading of a column: `self`.
        short: &'a str = method.short.as_str();
        /// Its mark on a scorecard; null if the scorecard does not show it.
        mark: Option<String> = method.mark.map(String::from);
        /// Identifier of the role that uses it.
        usedBy: Option<Id<'a>> = method.used_by.as_deref().map(Id);
        /// Identifier of the phase in which it is used.
        phase: Option<Id<'a>> = method.phase.as_deref().map(Id);
    }
}

/// The framework's words for bodies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyWords<'a>(pub(crate) &'a core::Words);

object! {
    /// The words that outputs of a framework use for bodies.
    BodyWords<'a> as "BodyWords" => |BodyWords(body_words)| {
        /// One assured body: `PCT`, `council`.
        body: &'a str = body_words.body.one.as_str();
        /// The plural: `PCTs`, `councils`.
        bodies: &'a str = body_words.body.many.as_str();
        /// Bodies that are assured once together: `cluster`.
        group: &'a str = body_words.group.one.as_str();
        /// The plural: `clusters`.
        groups: &'a str = body_words.group.many.as_str();
        /// What assures them: `SHA`; null if there is no authority above the bodies.
        authority: Option<&'a str> = body_words.authority.as_ref().map(|authority| authority.one.as_str());
        /// Work that several bodies share: `function`.
        function: &'a str = body_words.function.one.as_str();
        /// What is judged: `measure`.
        measure: &'a str = body_words.measure.one.as_str();
        /// A result among the population: `outcome`.
        outcome: &'a str = body_words.outcome.one.as_str();
        /// The same as `body`.
        #[deprecated = "Use `body`."]
        pct: &'a str = body_words.body.one.as_str();
        /// The same as `bodies`.
        #[deprecated = "Use `bodies`."]
        pcts: &'a str = body_words.body.many.as_str();
        /// The same as `group`.
        #[deprecated = "Use `group`."]
        cluster: &'a str = body_words.group.one.as_str();
        /// The same as `authority`; empty if there is none.
        #[deprecated = "Use `authority`."]
        sha: &'a str = body_words.authority.as_ref().map_or("", |authority| authority.one.as_str());
    }
}
