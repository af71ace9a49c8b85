//! Agreement between the members of panels, who score before the panel agrees.

use super::{Agreement, Decisions, Ratings};
use crate::body::BodyIndex;
use crate::framework::MeasureIndex;
use crate::panel::scores::scores_on;
use crate::record::{Score, Subject};
use std::collections::BTreeSet;

/// How far the members of panels agree on a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemberAgreement {
    /// The measure.
    pub measure: MeasureIndex,
    /// How far they agree: the items are the bodies that members scored, the raters the members.
    pub agreement: Agreement,
}

/// How far the members of panels agree, measure by measure. Measures that nobody scored are left out.
///
/// A body counts if members scored it, whether its panel has agreed yet or not. Somebody who sits on
/// several panels is one rater of all of their bodies.
pub fn member_agreements(decisions: &Decisions<'_>) -> Vec<MemberAgreement> {
    let (cycle, framework) = (decisions.cycle, &decisions.cycle.framework);
    let bodies = cycle.records.scores.iter().map(|score| score.body);
    let bodies: BTreeSet<BodyIndex> = bodies
        .filter(|body| decisions.has_selected(*body))
        .collect();
    let measures = decisions.measures.iter().copied();
    let agreements = measures.filter_map(|measure| {
        let subject = Subject::Measure(measure);
        let scored: Vec<&[Score]> = bodies
            .iter()
            .map(|body| scores_on(cycle, *body, subject))
            .filter(|scores| !scores.is_empty())
            .collect();
        let members: BTreeSet<&str> = scored
            .iter()
            .flat_map(|scores| scores.iter().map(|score| &*score.member))
            .collect();
        let mut ratings = Ratings::new(framework.scale_of(measure), members.len());
        for scores in &scored {
            ratings.push(members.iter().map(|member| {
                let mut scores = scores.iter();
                let score = scores.find(|score| *score.member == **member)?;
                Some(score.value)
            }));
        }
        (!scored.is_empty()).then(|| MemberAgreement {
            measure,
            agreement: ratings.agreement(),
        })
    });
    agreements.collect()
}
