//! What-if: the effect of proposed changes on every result, without recording them.
//!
//! "If this function were at level 1", "if this survey were 4.6", "if the panel's level on 5a of this
//! body were 3". Changes are put into a copy of the cycle under the rules for new records, and the
//! copy is assured again. Plugins are not asked again: their answers stay those to what is recorded.

mod change;
mod difference;
mod proposed_records;

pub use change::{ChangeProblem, ChangeTarget, EVERY_MEASURE, ProposedChange, UNKNOWN};
pub use difference::{BodyDifference, DifferentValue, ResultDifference, ResultValue};

use crate::assure::{Change, LastYear, assure_again};
use crate::cycle::{CheckedCycle, CycleChanges};
use crate::output::Assurance;
use crate::record::RecordId;
use proposed_records::ProposedRecords;

/// The largest number of changes in one question: 100.
pub const MAX_CHANGES: usize = 100;

/// Why a question cannot be answered: the changes with a problem.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", in_lines(.0))]
pub struct WhatIfError(pub Vec<(String, ChangeProblem)>);

fn in_lines(problems: &[(String, ChangeProblem)]) -> String {
    let lines = problems.iter().map(|(change, problem)| {
        if change.is_empty() {
            problem.to_string()
        } else {
            format!("{change}: {problem}")
        }
    });
    lines.collect::<Vec<String>>().join("\n")
}

/// The effect of proposed changes.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// The cycle with the changes. Positions of records are those of this cycle.
    pub cycle: CheckedCycle,
    /// Its assurance.
    pub assurance: Assurance,
    /// The changes that would change nothing, because the record is already so.
    pub already_so: Vec<String>,
    /// The number of results that were compared: of groups, bodies and functions.
    pub compared: usize,
    /// The bodies with a result or challenge that differs: groups with their bodies, then functions.
    pub bodies: Vec<BodyDifference>,
}

/// The effect of changes on a cycle and its assurance. Later changes replace earlier ones of the same
/// record. `last_year` is what the cycle was assured with.
///
/// # Errors
/// A change names something that does not exist, breaks a rule for new records, or contradicts the
/// model.
pub fn what_if(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    last_year: Option<LastYear<'_>>,
    changes: &[ProposedChange],
) -> Result<WhatIf, WhatIfError> {
    if changes.len() > MAX_CHANGES {
        let problem = ChangeProblem::TooMany {
            found: changes.len(),
        };
        return Err(WhatIfError(vec![(String::new(), problem)]));
    }
    let mut proposed = ProposedRecords::new(cycle);
    let mut problems = Vec::new();
    for change in changes {
        if let Err(problem) = proposed.apply(change) {
            problems.push((change.to_string(), problem));
        }
    }
    if !problems.is_empty() {
        return Err(WhatIfError(problems));
    }
    let records = proposed.finish();
    let contradicted = |record: RecordId| {
        let named = records.origins.get(&record);
        named.cloned().unwrap_or_default()
    };
    let Some((changed, moves)) = cycle.after(&records.changes) else {
        let errors = contradictions(cycle, &records.changes);
        let errors = errors.into_iter().map(|error| {
            let change = contradicted(error.record());
            (change, ChangeProblem::Contradiction(error))
        });
        return Err(WhatIfError(errors.collect()));
    };
    let broken = changed.rules_broken_by(&records.changes.added, &|_| false);
    if !broken.is_empty() {
        let broken = broken.into_iter().map(|error| {
            let change = contradicted(error.record());
            (change, ChangeProblem::Contradiction(error))
        });
        return Err(WhatIfError(broken.collect()));
    }
    let bodies = records.changes.bodies();
    let change = Change {
        bodies: &bodies,
        moves: &moves,
        has_outcomes: false,
    };
    let plugins = assurance.plugins.clone();
    let after = assure_again(&changed, assurance, change, plugins, last_year).assurance;
    let (compared, bodies) = difference::between(&cycle.framework, assurance, &after);
    Ok(WhatIf {
        cycle: changed,
        assurance: after,
        already_so: records.already_so,
        compared,
        bodies,
    })
}

/// The contradictions of a cycle after changes that do not fit.
fn contradictions(cycle: &CheckedCycle, changes: &CycleChanges) -> Vec<crate::CycleError> {
    let mut whole = (**cycle).clone();
    if whole
        .records
        .merge(&changes.removed, &changes.added)
        .is_none()
    {
        return Vec::new();
    }
    whole.check_entered().err().unwrap_or_default()
}
