//! Lighter rounds that a cycle can be, besides a full one.

use super::framework::Framework;
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::framework::ReviewDefinition;

/// A review of a framework. Its name in the schema is longer, because `Review` is a name that other
/// subgraphs use for what they review, and a type without a key cannot be shared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Review<'a> {
    /// The framework of a full round, whose positions the review names.
    full: &'a wcc_core::Framework,
    data: &'a ReviewDefinition,
}

impl<'a> Review<'a> {
    /// The reviews of a framework.
    pub(crate) fn of_framework(framework: Framework<'a>) -> impl Iterator<Item = Review<'a>> {
        let full = full(framework.data);
        full.reviews.iter().map(move |data| Review { full, data })
    }

    /// The review that a cycle with this framework is.
    pub(crate) fn of_cycle(framework: Framework<'a>) -> Option<Review<'a>> {
        let data = framework.data.own_review()?;
        let full = full(framework.data);
        Some(Review { full, data })
    }
}

fn full(framework: &wcc_core::Framework) -> &wcc_core::Framework {
    let review = framework.review.as_ref();
    review.map_or(framework, |review| &review.full)
}

object! {
    /// A lighter round between full ones, such as an annual review. A list that is null stands for everything
    /// that a full round asks for.
    Review<'a> as "FrameworkReview" => |Review { full, data }| {
        /// Identifier: `annual-review`.
        code: Id<'a> = Id(&data.id);
        /// Title as printed.
        title: &'a str = data.title.as_str();
        /// The measures that it asks for, or components and areas for all of their measures.
        measures: Option<[Id<'a>; 20]> = data.measures.as_ref().map(|subjects| {
            subjects.iter().map(move |subject| Id(subject.id(full)))
        });
        /// The approvals that it asks for.
        approvals: Option<[Id<'a>; 3]> = data.approvals.as_ref().map(|approvals| {
            approvals.iter().map(move |index| Id(&full.approval(*index).id))
        });
        /// Its phases.
        phases: Option<[Id<'a>; 8]> = data.phases.as_ref().map(|phases| {
            phases.iter().map(move |index| Id(&full.phase(*index).id))
        });
        /// The plans that it asks for.
        plans: Option<[Id<'a>; 5]> = data.plans.as_ref().map(|plans| {
            plans.iter().map(move |index| Id(&full.plan(*index).id))
        });
        /// Whether panels are appointed.
        appointsPanels: bool = data.has_panel;
        /// Whether each body has to have its number of outcomes.
        asksOutcomes: bool = data.asks_outcomes;
        /// The source of what it asks for.
        source: Option<&'a str> = data.source.as_deref();
    }
}
