//! Recommendations: which ones a section shows, and how they are followed up.

use crate::context::Context;
use crate::markdown;
use crate::model::Block;
use crate::words::{bullets, capitalised, day, quiet};
use wcc_core::explain::topic_in_words;
use wcc_core::record::{Recommendation, Topic};
use wcc_core::{ComponentIndex, Framework, Subject};

/// What recommendations are on.
pub(crate) enum Selection<'s> {
    /// A component and its measures.
    Component(ComponentIndex),
    /// Some of these.
    Topics(&'s [Topic]),
}

impl Selection<'_> {
    /// Whether a topic is among what is selected.
    pub(crate) fn has(&self, framework: &Framework, topic: &Topic) -> bool {
        let of_component = |index: ComponentIndex| match topic {
            Topic::Subject(Subject::Component(own)) => *own == index,
            Topic::Subject(Subject::Measure(own)) => framework.measure(*own).component == index,
            _ => false,
        };
        match self {
            Selection::Component(index) => of_component(*index),
            Selection::Topics(topics) => topics.iter().any(|selected| match selected {
                Topic::Outcomes => matches!(topic, Topic::Outcomes | Topic::Outcome(_)),
                Topic::Subject(Subject::Component(index)) => of_component(*index),
                Topic::Subject(Subject::Area(area)) => {
                    let mut components = framework.each_component();
                    topic == selected
                        || components.any(|(index, component)| {
                            component.area == usize::from(*area) && of_component(index)
                        })
                }
                other => topic == other,
            }),
        }
    }
}

/// The recommendations to the body and its group that a section selects.
pub(crate) fn selected<'a>(
    context: &Context<'a>,
    selection: &Selection<'_>,
) -> Vec<&'a Recommendation> {
    let framework = context.framework();
    let all = all(context).into_iter();
    all.filter(|recommendation| {
        let mut about = recommendation.about.iter();
        about.any(|topic| selection.has(framework, topic))
    })
    .collect()
}

/// Every recommendation to the body and its group.
pub(crate) fn all<'a>(context: &Context<'a>) -> Vec<&'a Recommendation> {
    let recommendations = context.cycle().records.recommendations.iter();
    recommendations
        .filter(|recommendation| context.concerns(recommendation.body))
        .collect()
}

/// A list of recommendations. `with_topics` says what each is about.
pub(crate) fn list(
    context: &Context<'_>,
    recommendations: &[&Recommendation],
    with_topics: bool,
) -> Block {
    let items = recommendations.iter().map(|recommendation| {
        let mut blocks = markdown::blocks(&recommendation.text);
        let remarks = remarks(context, recommendation, with_topics);
        if !remarks.is_empty() {
            blocks.push(quiet(capitalised(&remarks.join("; "))));
        }
        blocks
    });
    bullets(items.collect())
}

/// "about 5a, 5b"; `None` for what is about the whole.
pub(crate) fn about_in_words(context: &Context<'_>, about: &[Topic]) -> Option<String> {
    let framework = context.framework();
    let topics = about.iter();
    let topics: Vec<String> = topics
        .map(|topic| topic_in_words(framework, topic))
        .collect();
    (!topics.is_empty()).then(|| format!("about {}", topics.join(", ")))
}

/// What is said beside a recommendation: what it is about, to whom it is made, and how it is followed
/// up.
pub(crate) fn remarks(
    context: &Context<'_>,
    recommendation: &Recommendation,
    with_topics: bool,
) -> Vec<String> {
    let mut remarks = Vec::new();
    if with_topics {
        remarks.extend(about_in_words(context, &recommendation.about));
    }
    if recommendation.body != context.output.body {
        remarks.push(format!("to {}", context.name(recommendation.body)));
    }
    let follow_up = &recommendation.follow_up;
    remarks.extend(
        follow_up
            .owner
            .as_deref()
            .map(|owner| format!("responsible: {owner}")),
    );
    remarks.extend(follow_up.due.map(|due| format!("due {}", day(due))));
    remarks.extend(follow_up.state.map(|state| state.name().replace('-', " ")));
    remarks
}
