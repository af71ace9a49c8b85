//! Updates the record positions that results hold, after records were added or removed.

use super::{Ceiling, CeilingBasis, ClusterAssurance, FunctionAssurance, Output};
use crate::record::RecordMoves;

/// A result that holds positions of records.
pub(crate) trait PointsAtRecords: Clone + PartialEq {
    /// Replaces old positions with new ones.
    fn move_along(&mut self, moves: &RecordMoves);
}

impl PointsAtRecords for Output {
    fn move_along(&mut self, moves: &RecordMoves) {
        for cell in &mut self.cells {
            for mark in &mut cell.marks {
                mark.move_along(&moves.judgements);
            }
        }
        for component in &mut self.components {
            for result in &mut component.results {
                result.recorded.move_along(&moves.judgements);
            }
        }
        for ceiling in &mut self.ceilings {
            ceiling.move_along(moves);
        }
        for challenge in &mut self.challenges {
            if let Some(answer) = &mut challenge.answer {
                *answer = moves.answers.position(*answer);
            }
        }
        for outcome in &mut self.outcomes {
            outcome.chosen = moves.outcomes.position(outcome.chosen);
        }
    }
}

impl PointsAtRecords for ClusterAssurance {
    fn move_along(&mut self, moves: &RecordMoves) {
        if let Some(output) = &mut self.output {
            output.move_along(moves);
        }
    }
}

impl PointsAtRecords for FunctionAssurance {
    fn move_along(&mut self, moves: &RecordMoves) {
        self.output.move_along(moves);
        for output in &mut self.by_assessor {
            output.move_along(moves);
        }
    }
}

impl Ceiling {
    fn move_along(&mut self, moves: &RecordMoves) {
        match &mut self.basis {
            CeilingBasis::Survey(at) => *at = moves.surveys.position(*at),
            CeilingBasis::Criterion(at) => *at = moves.criteria.position(*at),
            CeilingBasis::Function { judgement, .. } => {
                *judgement = moves.judgements.position(*judgement);
            }
            CeilingBasis::Plugin { .. } => {}
        }
    }
}
