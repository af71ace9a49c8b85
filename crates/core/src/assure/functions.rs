//! Delegated functions: one result for each body that assessed them, and one for the region as a
//! whole.

use super::{Assured, Engine};
use crate::body::{BodyIndex, BodyKind};
use crate::output::FunctionAssurance;
use crate::row::Row;
use std::borrow::Cow;
use std::collections::BTreeMap;

impl Engine<'_> {
    /// Assures every function that has judgements or to which an assured PCT delegates.
    pub(super) fn assure_functions(&self) -> Vec<FunctionAssurance> {
        let functions = self.functions_to_assure().into_iter();
        functions
            .map(|(function, delegated_by)| self.assure_function(function, delegated_by))
            .collect()
    }

    /// Every function that has judgements or to which an assured PCT delegates, sorted by code,
    /// with the PCTs that delegate to it.
    pub(super) fn functions_to_assure(&self) -> Vec<(BodyIndex, Vec<BodyIndex>)> {
        let mut delegated_by: BTreeMap<BodyIndex, Vec<BodyIndex>> = BTreeMap::new();
        for pct in &self.cycle.pcts {
            for function in self.functions_of(*pct) {
                delegated_by.entry(function).or_default().push(*pct);
            }
        }
        let each = self.cycle.organisations.each();
        let mut functions: Vec<BodyIndex> = each
            .filter(|(index, body)| {
                body.kind == BodyKind::Function
                    && (delegated_by.contains_key(index)
                        || !self.cycle.judgements_of(*index).is_empty())
            })
            .map(|(index, _)| index)
            .collect();
        functions.sort_by_key(|function| self.code(*function));
        let delegators = |function| delegated_by.remove(&function).unwrap_or_default();
        let with_delegators = functions
            .into_iter()
            .scan(delegators, |delegators, function| {
                Some((function, delegators(function)))
            });
        with_delegators.collect()
    }

    fn code(&self, body: BodyIndex) -> &str {
        &self.cycle.organisations.body(body).code
    }

    pub(super) fn assure_function(
        &self,
        function: BodyIndex,
        delegated_by: Vec<BodyIndex>,
    ) -> FunctionAssurance {
        let judgements = self
            .cycle
            .records
            .judgements
            .slice(self.cycle.judgements_of(function));
        let mut assessors: Vec<BodyIndex> = judgements
            .iter()
            .filter_map(|judgement| judgement.assessor)
            .collect();
        assessors.sort_by_key(|assessor| self.code(*assessor));
        assessors.dedup();
        let output = |assessor: Option<BodyIndex>| {
            let mut row = Row::of_function(self.cycle, function, assessor);
            if let Some(work) = self.work.of_function(function) {
                row.leave_out_others_work(work);
            }
            self.output(
                Assured::function(function, assessor),
                Cow::Owned(row),
                Vec::new(),
                None,
            )
        };
        FunctionAssurance {
            function,
            output: output(None),
            by_assessor: assessors
                .into_iter()
                .map(|assessor| output(Some(assessor)))
                .collect(),
            delegated_by,
        }
    }
}
