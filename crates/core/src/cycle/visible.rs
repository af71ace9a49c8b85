//! A cycle as if some bodies had never existed.

use super::{CheckedCycle, Cycle};
use crate::body::{BodyIndex, Organisations};
use crate::judgement::Judgement;
use std::collections::BTreeSet;
use std::sync::Arc;

impl CheckedCycle {
    /// The cycle as if some bodies had never existed: without everything that was recorded of them
    /// or by them as assessors, and without references to their evidence.
    ///
    /// `organisations` is the cycle's own table [without](Organisations::without) these bodies.
    #[must_use]
    pub fn without(
        &self,
        absent: &BTreeSet<BodyIndex>,
        organisations: Arc<Organisations>,
    ) -> CheckedCycle {
        let Cycle {
            id,
            title,
            as_of,
            illustrative,
            framework,
            organisations: _,
            pcts,
            judgements,
            evidence,
            surveys,
            criteria,
            outcomes,
            answers,
            commentary,
            recommendations,
            statements,
        } = &self.0;
        let is_left = |body: BodyIndex| !absent.contains(&body);
        macro_rules! left {
            ($list:ident, $body:ident) => {
                $list
                    .iter()
                    .filter(|one| is_left(one.$body))
                    .cloned()
                    .collect::<Vec<_>>()
            };
        }
        let gone: BTreeSet<&str> = evidence
            .iter()
            .filter(|one| !is_left(one.body))
            .map(|one| &*one.id)
            .collect();
        let mut judgements = left!(judgements, body);
        judgements.retain(|one| one.assessor.is_none_or(is_left));
        let cites_gone = |one: &&mut Judgement| {
            let mut cited = one.said().evidence.iter();
            cited.any(|id| gone.contains(&**id))
        };
        for judgement in judgements.iter_mut().filter(cites_gone) {
            let cited = &mut judgement.said_mut().evidence;
            cited.retain(|id| !gone.contains(&**id));
        }
        let mut criteria = left!(criteria, body);
        for criterion in &mut criteria {
            criterion.evidence.retain(|id| !gone.contains(&**id));
        }
        // What is left of a checked cycle contradicts itself no more than the whole did.
        CheckedCycle(Cycle {
            id: id.clone(),
            title: title.clone(),
            as_of: *as_of,
            illustrative: illustrative.clone(),
            framework: Arc::clone(framework),
            organisations,
            pcts: pcts.iter().copied().filter(|pct| is_left(*pct)).collect(),
            judgements: judgements.into(),
            evidence: left!(evidence, body).into(),
            surveys: left!(surveys, body).into(),
            criteria: criteria.into(),
            outcomes: left!(outcomes, pct).into(),
            answers: left!(answers, body).into(),
            commentary: left!(commentary, body).into(),
            recommendations: left!(recommendations, body).into(),
            statements: left!(statements, body).into(),
        })
    }
}
