//! What the reader knows beforehand: the measures and outcomes of a framework, and the bodies.

use crate::text::{Marker, key};
use crate::titles::ComparedTitle;
use serde::{Deserialize, Serialize};
use wcc_core::Framework;
use wcc_core::outcome::Better;
use wcc_core::scale::Values;

/// Below this likeness a title is another title.
const SAME_TITLE: f64 = 0.82;
/// How much nearer a title must be than the next.
const MARGIN: f64 = 0.1;
/// A title that is less alike than this is neither the same nor too near to the best one.
const LEAST: f64 = SAME_TITLE - MARGIN - 0.01;

/// A body that a report may be about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KnownBody {
    /// Its code: `5PK`.
    pub code: String,
    /// Its name: `South Staffordshire PCT`.
    pub name: String,
}

/// A framework in the form that the reader needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Catalogue {
    /// Identifier of the framework.
    pub(crate) framework: String,
    /// Its year: `2009/10`.
    pub(crate) year: String,
    pub(crate) components: Vec<Component>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) outcomes: Vec<Outcome>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Component {
    pub(crate) id: String,
    pub(crate) title: ComparedTitle,
    pub(crate) label: String,
    /// The label as a key.
    pub(crate) label_key: String,
    /// Positions of its measures in [`Catalogue::measures`].
    pub(crate) measures: Vec<usize>,
    /// Its number, for a competency.
    pub(crate) number: Option<u32>,
    /// The steps of its measures' scale, worst first.
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// `2`, `amber`
    pub(crate) key: String,
    /// The words by which a heading or a cell may name it, as keys.
    pub(crate) words: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measure {
    pub(crate) id: String,
    pub(crate) title: ComparedTitle,
    pub(crate) component: usize,
    pub(crate) is_new: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) id: String,
    pub(crate) title: ComparedTitle,
    pub(crate) better: Better,
}

impl Catalogue {
    /// Identifier of the framework.
    pub fn framework(&self) -> &str {
        &self.framework
    }

    /// Takes from a framework what a report in the national template can speak of.
    pub fn of(framework: &Framework) -> Catalogue {
        let steps_of = |scale: usize| -> Vec<Step> {
            match framework.scales.get(scale).map(|scale| &scale.values) {
                Some(Values::Steps(steps)) => steps
                    .iter()
                    .map(|step| {
                        let short = step.key.chars().next().filter(|sign| sign.is_alphabetic());
                        let mut words = vec![key(&step.key), key(&format!("level {}", step.key))];
                        words.push(key(&step.title));
                        words.extend(short.map(|sign| key(&sign.to_string())));
                        Step {
                            key: step.key.clone(),
                            words,
                        }
                    })
                    .collect(),
                _ => Vec::new(),
            }
        };
        let measures: Vec<Measure> = framework
            .measures
            .iter()
            .map(|measure| Measure {
                id: measure.id.clone(),
                title: ComparedTitle::of(&measure.title),
                component: usize::from(measure.component.0),
                is_new: measure.is_new(),
            })
            .collect();
        let components = framework
            .components
            .iter()
            .map(|component| {
                let positions: Vec<usize> = component
                    .measures
                    .iter()
                    .map(|measure| usize::from(measure.0))
                    .collect();
                let scale = positions.first().and_then(|at| framework.measures.get(*at));
                Component {
                    id: component.id.clone(),
                    title: ComparedTitle::of(&component.title),
                    label: component.label.clone(),
                    label_key: key(&component.label),
                    measures: positions,
                    number: component.id.parse().ok(),
                    steps: scale
                        .map(|measure| steps_of(usize::from(measure.scale.0)))
                        .unwrap_or_default(),
                }
            })
            .collect();
        let outcomes = framework.outcomes.catalogue.iter();
        let outcomes = outcomes
            .map(|outcome| Outcome {
                id: outcome.id.clone(),
                title: ComparedTitle::of(&outcome.title),
                better: outcome.better,
            })
            .collect();
        Catalogue {
            framework: framework.id.clone(),
            year: framework.year.clone(),
            components,
            measures,
            outcomes,
        }
    }

    /// The component with an identifier, or that of the measure with it.
    pub(crate) fn component_of(&self, subject: &str) -> Option<&Component> {
        let measure = self.measures.iter().find(|measure| measure.id == subject);
        match measure {
            Some(measure) => self.components.get(measure.component),
            None => self
                .components
                .iter()
                .find(|component| component.id == subject),
        }
    }

    pub(crate) fn is_measure(&self, subject: &str) -> bool {
        self.measures.iter().any(|measure| measure.id == subject)
    }

    /// The place of a measure or component in the order of the framework.
    pub(crate) fn place_of(&self, subject: &str) -> usize {
        let mut measures = self.measures.iter();
        measures
            .position(|measure| measure.id == subject)
            .or_else(|| {
                let mut components = self.components.iter();
                components.position(|component| component.id == subject)
            })
            .unwrap_or(usize::MAX)
    }

    /// The component with a number.
    pub(crate) fn numbered(&self, number: u32) -> Option<usize> {
        self.components
            .iter()
            .position(|component| component.number == Some(number))
    }

    /// The measure whose title a text is, or begins or ends with. `near` is the component in whose
    /// section the text is; its measures come first.
    pub(crate) fn measure_titled(&self, text: &str, near: Option<usize>) -> Option<usize> {
        let text = ComparedTitle::of(text);
        if text.key().len() < 4 || text.key().len() > 400 {
            return None;
        }
        let own = near.and_then(|at| self.components.get(at));
        if let Some(component) = own {
            let found = self.among(&text, component.measures.iter().copied());
            if found.is_some() {
                return found;
            }
        }
        self.among(&text, 0..self.measures.len())
    }

    fn among(
        &self,
        title: &ComparedTitle,
        candidates: impl Iterator<Item = usize>,
    ) -> Option<usize> {
        let text = title.key();
        let mut best: Option<(usize, f64)> = None;
        let mut second = 0.0_f64;
        let mut ending: Vec<usize> = Vec::new();
        for at in candidates {
            let Some(measure) = self.measures.get(at) else {
                continue;
            };
            let key = measure.title.key();
            let ends = text.ends_with(key);
            // A text that is far longer than a title is not that title.
            if text.len() > 3 * key.len() && !ends {
                continue;
            }
            let words = 0.98 * title.shared_words(&measure.title, LEAST);
            let mut score = title.likeness(&measure.title, LEAST).max(words);
            if text.len() > key.len() && ends {
                ending.push(at);
            }
            // The end of a title may be cut off.
            if score < SAME_TITLE && text.len() >= 16 && key.starts_with(text) {
                score = 0.9;
            }
            match best {
                Some((_, known)) if score <= known => second = second.max(score),
                _ => {
                    second = second.max(best.map_or(0.0, |(_, known)| known));
                    best = Some((at, score));
                }
            }
        }
        let found = best.filter(|(_, score)| *score >= SAME_TITLE);
        if found.is_some() {
            return found
                .filter(|(_, score)| *score >= 0.999 || score - second >= MARGIN)
                .map(|(at, _)| at);
        }
        // The title of the component and that of its first measure may share a cell.
        let ends = ending
            .into_iter()
            .filter_map(|at| self.measures.get(at).map(|measure| (at, measure)));
        let ends = ends.filter(|(_, measure)| {
            let key = measure.title.key();
            let before = text.strip_suffix(key).unwrap_or_default().trim_end();
            let before = ComparedTitle::of_key(before.to_owned());
            let component = self.components.get(measure.component);
            key.contains(' ')
                && component.is_some_and(|component| {
                    before.likeness(&component.title, SAME_TITLE) >= SAME_TITLE
                })
        });
        ends.max_by_key(|(_, measure)| measure.title.key().len())
            .map(|(at, _)| at)
    }

    /// The measure of a component that a marker names.
    pub(crate) fn measure_marked(&self, component: usize, marker: &Marker) -> Option<usize> {
        let component = self.components.get(component)?;
        let position = match marker {
            Marker::Bullet => return None,
            Marker::Number(number) => usize::try_from(*number).ok()?.checked_sub(1)?,
            Marker::Letter(letter) => {
                usize::try_from(u32::from(*letter).checked_sub(u32::from('a'))?).ok()?
            }
            Marker::Measure(id) => {
                return component.measures.iter().copied().find(|at| {
                    self.measures
                        .get(*at)
                        .is_some_and(|measure| measure.id == *id)
                });
            }
        };
        component.measures.get(position).copied()
    }

    /// The outcome of the catalogue with a title, and whether the title is printed as it is there.
    pub(crate) fn outcome_titled(&self, title: &str) -> Option<(&Outcome, bool)> {
        let title = ComparedTitle::of(title);
        let mut scores: Vec<(f64, &Outcome)> = self
            .outcomes
            .iter()
            .map(|outcome| (title.likeness(&outcome.title, LEAST), outcome))
            .collect();
        scores.sort_by(|one, other| other.0.total_cmp(&one.0));
        let (best, outcome) = scores.first()?;
        let next = scores.get(1).map_or(0.0, |(score, _)| *score);
        if *best >= 0.85 && (*best >= 0.999 || best - next >= MARGIN) {
            return Some((*outcome, true));
        }
        self.outcome_worded(title.key())
            .map(|outcome| (outcome, false))
    }

    /// The outcome all of whose telling words a title has, or that has all of the title's.
    fn outcome_worded(&self, title: &str) -> Option<&Outcome> {
        let words = telling_words(title);
        if words.len() < 2 {
            return None;
        }
        let mut found: Vec<(usize, &Outcome)> = self
            .outcomes
            .iter()
            .filter_map(|outcome| {
                let own = telling_words(outcome.title.key());
                let shared = words.iter().filter(|word| own.contains(word)).count();
                let within = shared >= 2 && shared == words.len().min(own.len());
                within.then_some((words.len().max(own.len()), outcome))
            })
            .collect();
        found.sort_by_key(|(surplus, _)| *surplus);
        let (least, outcome) = *found.first()?;
        let rivals = found
            .iter()
            .filter(|(surplus, _)| *surplus == least)
            .count();
        (rivals == 1).then_some(outcome)
    }

    /// The position of a step of a component's scale that a word names.
    pub(crate) fn step_named(&self, component: usize, word: &str) -> Option<usize> {
        let word = key(word);
        let steps = &self.components.get(component)?.steps;
        steps.iter().position(|step| step.words.contains(&word))
    }
}

/// The names of bodies as they are compared.
pub(crate) struct BodyNames<'a> {
    /// Each name as a key with a space around it, and the body.
    names: Vec<(String, &'a KnownBody)>,
}

impl<'a> BodyNames<'a> {
    pub(crate) fn of(bodies: &'a [KnownBody]) -> BodyNames<'a> {
        let names = bodies
            .iter()
            .map(|body| (format!(" {} ", body_key(&body.name)), body))
            .filter(|(name, _)| !name.trim().is_empty());
        BodyNames {
            names: names.collect(),
        }
    }

    /// The body whose name a text contains: exactly one, and no longer name.
    pub(crate) fn find(&self, text: &str) -> Option<&'a KnownBody> {
        body_named(text, &self.names).or_else(|| self.branded(text))
    }

    /// The body of a name that begins with `NHS`, as PCTs called themselves from 2008 on: `NHS Leicester City`.
    fn branded(&self, text: &str) -> Option<&'a KnownBody> {
        if !key(text).starts_with("nhs ") {
            return None;
        }
        let name = body_key(text);
        let mut same = self.names.iter().filter(|(known, _)| {
            let known = known.trim();
            let place = known
                .strip_suffix(" pct")
                .or_else(|| known.strip_suffix(" care trust"));
            place == Some(name.as_str())
        });
        let (_, body) = same.next()?;
        same.next().is_none().then_some(*body)
    }
}

fn body_named<'a>(text: &str, names: &[(String, &'a KnownBody)]) -> Option<&'a KnownBody> {
    let text = format!(" {} ", body_key(text));
    let mut found: Vec<(usize, &KnownBody)> = names
        .iter()
        .filter(|(name, _)| text.contains(name))
        .map(|(name, body)| (name.len(), *body))
        .collect();
    found.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    let (length, body) = found.first()?;
    let rivals = found.iter().filter(|(other, _)| other == length).count();
    (rivals == 1).then_some(*body)
}

/// A name without the words in which the names of one body differ.
fn body_key(name: &str) -> String {
    let words = key(name)
        .replace("primary care trust", "pct")
        .replace("care trust plus", "care trust");
    let words = words
        .split(' ')
        .filter(|word| !matches!(*word, "teaching" | "nhs" | "the"));
    words.collect::<Vec<_>>().join(" ")
}

impl Catalogue {
    /// Whether a word names a step of a component's scale.
    pub(crate) fn step_named_in(&self, component: &Component, word: &str) -> bool {
        let word = key(word);
        component
            .steps
            .iter()
            .any(|step| step.words.contains(&word))
    }
}

/// The words of an outcome's title that tell it from others, each once.
fn telling_words(title: &str) -> Vec<&str> {
    const OTHERS: &[&str] = &[
        "of",
        "in",
        "on",
        "the",
        "for",
        "and",
        "at",
        "a",
        "to",
        "with",
        "who",
        "or",
        "per",
        "rate",
        "rates",
        "number",
        "people",
        "percentage",
        "proportion",
        "100",
        "000",
    ];
    let mut words: Vec<&str> = title
        .split(' ')
        .filter(|word| !OTHERS.contains(word))
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}
