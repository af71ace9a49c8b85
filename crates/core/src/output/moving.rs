//! Updates the record positions that results hold, after records were added or removed.

use super::{Ceiling, CeilingBasis, ClusterAssurance, FunctionAssurance, Output};
use crate::record::RecordMoves;

/// A result that holds positions of records.
pub(crate) trait PointsAtRecords: Clone + PartialEq {
    /// Whether the position of any of the records changes.
    fn is_moved(&self, moves: &RecordMoves) -> bool;

    /// Replaces old positions with new ones.
    fn move_along(&mut self, moves: &RecordMoves);
}

impl PointsAtRecords for Output {
    fn is_moved(&self, moves: &RecordMoves) -> bool {
        let cells = self.cells.iter().flat_map(|cell| &cell.marks);
        let parts = self.parts().flat_map(|part| &part.results);
        let marks = cells.chain(parts.map(|result| &result.recorded));
        let answers = self
            .challenges
            .iter()
            .filter_map(|challenge| challenge.answer);
        let mut chosen = self.outcomes.iter().map(|outcome| outcome.chosen);
        marks
            .into_iter()
            .any(|mark| mark.is_moved(&moves.judgements))
            || self.ceilings.iter().any(|ceiling| ceiling.is_moved(moves))
            || answers
                .into_iter()
                .any(|answer| moves.answers.moves(answer))
            || chosen.any(|chosen| moves.outcomes.moves(chosen))
    }

    fn move_along(&mut self, moves: &RecordMoves) {
        for cell in &mut self.cells {
            for mark in &mut cell.marks {
                mark.move_along(&moves.judgements);
            }
        }
        let parts = self.components.iter_mut().chain(&mut self.areas);
        for part in parts.chain(&mut self.overall) {
            for result in &mut part.results {
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
    fn is_moved(&self, moves: &RecordMoves) -> bool {
        self.output
            .as_ref()
            .is_some_and(|output| output.is_moved(moves))
    }

    fn move_along(&mut self, moves: &RecordMoves) {
        if let Some(output) = &mut self.output {
            output.move_along(moves);
        }
    }
}

impl PointsAtRecords for FunctionAssurance {
    fn is_moved(&self, moves: &RecordMoves) -> bool {
        let mut by_assessor = self.by_assessor.iter();
        self.output.is_moved(moves) || by_assessor.any(|output| output.is_moved(moves))
    }

    fn move_along(&mut self, moves: &RecordMoves) {
        self.output.move_along(moves);
        for output in &mut self.by_assessor {
            output.move_along(moves);
        }
    }
}

impl Ceiling {
    fn is_moved(&self, moves: &RecordMoves) -> bool {
        match self.basis {
            CeilingBasis::Survey(at) => moves.surveys.moves(at),
            CeilingBasis::Criterion(at) => moves.criteria.moves(at),
            CeilingBasis::Function { judgement, .. } => moves.judgements.moves(judgement),
            CeilingBasis::Plugin { .. } => false,
        }
    }

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
