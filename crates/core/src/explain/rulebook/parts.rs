//! Measures, components, areas and the whole in sentences.

use super::LISTED;
use crate::combine::{Combination, Rounding, Rule};
use crate::explain::rule_meaning;
use crate::fraction::Fraction;
use crate::framework::{Framework, FrameworkPart, Measure, Rating, Reach, RuleInputs};
use crate::scale::Scale;
use crate::words::{self, capitalised};

/// What the measures are judged on, whether for each body or once for a group, and which of them
/// need not apply.
pub(super) fn measures(framework: &Framework) -> Vec<String> {
    let mut groups: Vec<((&Scale, Reach), Vec<&Measure>)> = Vec::new();
    for measure in &framework.measures {
        let key = (framework.scale(measure.scale), measure.reach);
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, members)) => members.push(measure),
            None => groups.push((key, vec![measure])),
        }
    }
    let mut sentences = Vec::new();
    for ((scale, reach), members) in &groups {
        let judged = if scale.is_text() {
            "judged in words".to_owned()
        } else {
            format!("judged on the scale {}", scale.title)
        };
        let reach = match reach {
            Reach::Cluster => format!("once for a {}", framework.words.group.one),
            Reach::Pct => format!("for each {}", framework.words.body.one),
        };
        let counted = if scale.is_text() {
            "; not counted by any rule"
        } else {
            ""
        };
        sentences.push(format!(
            "{}: {judged}, {reach}{counted}.",
            names(framework, members)
        ));
    }
    sentences.extend(optional(framework));
    sentences
}

/// "3 measures (1a, 1b and 1c)", without the list if it is long.
fn names(framework: &Framework, measures: &[&Measure]) -> String {
    let count = framework.words.measure.counted(measures.len());
    if measures.len() > LISTED {
        return count;
    }
    let ids = words::all_of(measures.iter().map(|measure| measure.id.as_str()));
    format!("{count} ({ids})")
}

fn optional(framework: &Framework) -> Vec<String> {
    let mut sentences = Vec::new();
    let open: Vec<&Measure> = framework
        .measures
        .iter()
        .filter(|measure| measure.may_not_apply)
        .collect();
    if !open.is_empty() {
        sentences.push(format!(
            "{}: may be judged n/a, and then {} not counted.",
            names(framework, &open),
            if open.len() == 1 { "is" } else { "are" }
        ));
    }
    let mut features: Vec<&str> = Vec::new();
    for feature in framework.measures.iter().flat_map(|own| &own.only_for) {
        if !features.contains(&feature.as_str()) {
            features.push(feature);
        }
    }
    for feature in features {
        let all = framework.measures.iter();
        let own = all.filter(|measure| measure.only_for.as_deref() == Some(feature));
        let own: Vec<&Measure> = own.collect();
        sentences.push(format!(
            "{}: only for {} with the feature {feature}.",
            names(framework, &own),
            framework.words.body.many
        ));
    }
    sentences
}

/// How each component, each area and the whole get their results, in the order of the file.
pub(super) fn results(framework: &Framework) -> Vec<String> {
    let mut sentences = Vec::new();
    let is_rule_judged =
        |level| matches!(framework.rating(level), Rating::Rule { marks: true, .. });
    if framework.parts().any(is_rule_judged) {
        sentences.push(
            "A judgement that is recorded on a part itself replaces the result of its rule."
                .to_owned(),
        );
    }
    for (at, area) in framework.areas.iter().enumerate() {
        let components = framework.each_component();
        for (index, component) in components.filter(|(_, component)| component.area == at) {
            let level = FrameworkPart::Component(index);
            sentences.push(if component.scored {
                part_in_words(framework, level)
            } else {
                format!("{}: named but not assessed.", framework.label_of(level))
            });
        }
        let level = FrameworkPart::Area(at);
        sentences.push(match area.rating {
            Rating::None => format!(
                "{} (area): a heading without a rating of its own.",
                area.title
            ),
            _ => part_in_words(framework, level),
        });
    }
    if framework.overall.is_some() {
        sentences.push(part_in_words(framework, FrameworkPart::Overall));
    }
    sentences
}

fn part_in_words(framework: &Framework, level: FrameworkPart) -> String {
    let mut label = framework.label_of(level);
    if matches!(level, FrameworkPart::Area(_)) {
        label.push_str(" (area)");
    }
    match framework.rating(level) {
        Rating::None => format!("{label}: a heading without a rating."),
        Rating::Marks(scale) => format!(
            "{label}: judged on the scale {}, without a rule.",
            framework.scale(*scale).title
        ),
        Rating::Rule { rule, marks } => {
            let mut text = format!("{label}: {}", rule_in_sentences(framework, level, rule));
            if let Some(step) = rule.confirm {
                text.push_str(&format!(
                    " A result at or below {} is to be confirmed.",
                    framework.scale(rule.scale).key(step)
                ));
            }
            if !marks {
                text.push_str(" The rule alone decides: it cannot be judged itself.");
            }
            text
        }
    }
}

fn rule_in_sentences(framework: &Framework, level: FrameworkPart, rule: &Combination) -> String {
    let inputs = Inputs::of(framework, level);
    let scale = framework.scale(rule.scale);
    let mut text = if rule.rule == Rule::Counts {
        format!("a count of {}: ", inputs.name)
    } else {
        String::new()
    };
    let weights = if rule.rule.calculates() {
        inputs.weights()
    } else {
        String::new()
    };
    let called = format!("{}{weights}", inputs.name);
    text.push_str(&rule_meaning(framework, rule, &called));
    match rule.rounding {
        Some(Rounding::NearestStep) => {
            text.push_str(&format!(" step of the scale {}", scale.title));
        }
        Some(Rounding::StepBelow) => {
            text.push_str(&format!(" to a step of the scale {}", scale.title));
        }
        _ => {}
    }
    text.push('.');
    text.push_str(&inputs.points_in_words(rule.rule));
    let bands = rule.bands_in_words(scale);
    if !bands.is_empty() {
        text.push_str(&format!(" {}.", capitalised(&bands.join("; "))));
    } else if let (true, Some(numbers)) = (rule.rule.calculates(), scale.numbers()) {
        text.push_str(&format!(
            " The figure itself is the result, from {} to {}.",
            numbers.from, numbers.to
        ));
    }
    text
}

/// What a rule counts.
struct Inputs<'a> {
    /// "its 3 measures".
    name: String,
    /// The identifier, scale and weight of each.
    each: Vec<(&'a str, &'a Scale, Fraction)>,
    /// Whether some of them need not apply.
    some_may_not_apply: bool,
}

impl<'a> Inputs<'a> {
    fn of(framework: &'a Framework, level: FrameworkPart) -> Inputs<'a> {
        let (over, areas) = match level {
            FrameworkPart::Component(_) => (RuleInputs::Measures, Vec::new()),
            FrameworkPart::Area(at) => {
                let area = framework.areas.get(at);
                (
                    area.map_or(RuleInputs::Components, |area| area.over),
                    vec![at],
                )
            }
            FrameworkPart::Overall => framework
                .overall
                .as_ref()
                .map_or((RuleInputs::Areas, Vec::new()), |overall| {
                    (overall.over, overall.areas.clone())
                }),
        };
        let each: Vec<(&str, &Scale, Fraction)> = match over {
            RuleInputs::Measures => framework
                .measures_of(level)
                .map(|index| framework.measure(index))
                .map(|own| (own.id.as_str(), framework.scale(own.scale), own.weight))
                .filter(|(_, scale, _)| !scale.is_text())
                .collect(),
            RuleInputs::Components => framework
                .components
                .iter()
                .filter(|own| own.scored && areas.contains(&own.area))
                .filter_map(|own| {
                    let scale = framework.scale(own.rating.scale()?);
                    Some((own.id.as_str(), scale, own.weight))
                })
                .collect(),
            RuleInputs::Areas => areas
                .iter()
                .filter_map(|at| {
                    let own = framework.areas.get(*at)?;
                    let scale = framework.scale(own.rating.scale()?);
                    Some((own.id.as_str(), scale, own.weight))
                })
                .collect(),
        };
        let mut name = name_of(framework, level, over, &areas, each.len());
        if level == FrameworkPart::Overall && areas.len() < framework.areas.len() {
            let titles = areas.iter().filter_map(|at| framework.areas.get(*at));
            let titles = words::all_of(titles.map(|area| area.title.as_str()));
            name.push_str(&format!(" in {titles}"));
        }
        Inputs {
            name,
            each,
            some_may_not_apply: framework
                .measures_of(level)
                .map(|index| framework.measure(index))
                .any(|measure| measure.may_not_apply || measure.only_for.is_some()),
        }
    }

    /// " (cancer counts twice)"; empty if all count the same.
    fn weights(&self) -> String {
        let weighted = self.each.iter().filter_map(|(id, _, weight)| {
            let times = weight_in_words(*weight)?;
            Some(format!("{id} counts {times}"))
        });
        let weighted: Vec<String> = weighted.collect();
        if weighted.is_empty() {
            return String::new();
        }
        format!(" ({})", words::all_of(weighted.iter().map(String::as_str)))
    }

    /// The points that are possible, for a sum and a percentage.
    fn points_in_words(&self, rule: Rule) -> String {
        let total = |points: fn(&Scale) -> Fraction| {
            let weighted = self.each.iter();
            weighted
                .map(|(_, scale, weight)| points(scale).product(*weight))
                .try_fold(Fraction::default(), |sum, points| sum.plus(points?))
        };
        let (Some(least), Some(most)) = (total(Scale::least_points), total(Scale::most_points))
        else {
            return String::new();
        };
        let condition = if self.some_may_not_apply {
            " if all apply"
        } else {
            ""
        };
        match rule {
            Rule::Percent => format!(" The most possible is {most}{condition}."),
            Rule::Sum => format!(" From {least} to {most} points are possible{condition}."),
            _ => String::new(),
        }
    }
}

/// "its 3 measures", "the 14 competencies and strands", "its only measure".
fn name_of(
    framework: &Framework,
    level: FrameworkPart,
    over: RuleInputs,
    areas: &[usize],
    count: usize,
) -> String {
    let noun = match over {
        RuleInputs::Measures => framework.words.measure.of(count).to_owned(),
        RuleInputs::Areas if count == 1 => "area".to_owned(),
        RuleInputs::Areas => "areas".to_owned(),
        RuleInputs::Components => {
            let mut nouns: Vec<String> = Vec::new();
            for area in areas.iter().filter_map(|at| framework.areas.get(*at)) {
                let noun = if count == 1 {
                    area.component_word.clone()
                } else {
                    words::plural(&area.component_word)
                };
                if !nouns.contains(&noun) {
                    nouns.push(noun);
                }
            }
            words::all_of(nouns.iter().map(String::as_str))
        }
    };
    let its = if level == FrameworkPart::Overall {
        "the"
    } else {
        "its"
    };
    if count == 1 {
        format!("{its} only {noun}")
    } else {
        format!("{its} {count} {noun}")
    }
}

/// How often something counts: `twice`. `None` for once.
fn weight_in_words(weight: Fraction) -> Option<String> {
    let half = Fraction::from(1).divided(2);
    if weight == Fraction::from(1) {
        None
    } else if weight == Fraction::from(2) {
        Some("twice".to_owned())
    } else if Some(weight) == half {
        Some("half".to_owned())
    } else {
        Some(format!("{weight} times"))
    }
}
