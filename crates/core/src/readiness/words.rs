//! What is missing, in words.

use super::{MissingApproval, MissingJudgements};
use crate::cycle::Cycle;
use crate::words::{all_of, any_of, first_of};

/// How many bodies with something missing a sentence names.
const NAMED_BODIES: usize = 5;
/// How many measures of each it names.
const NAMED_MEASURES: usize = 6;

/// What is missing and who can supply it: "self-assessment of Gateshead PCT (5KF) on 2b, by the PCT
/// executive or strategic lead; and 3 more".
pub(crate) fn missing_in_words(cycle: &Cycle, missing: &[MissingJudgements]) -> String {
    first_of(missing.iter(), NAMED_BODIES, |missing| {
        missing.in_words(cycle)
    })
}

/// Which approvals are missing, and who can give them.
pub(crate) fn missing_approvals_in_words(cycle: &Cycle, missing: &[MissingApproval]) -> String {
    first_of(missing.iter(), NAMED_BODIES, |missing| {
        missing.in_words(cycle)
    })
}

impl MissingJudgements {
    /// What is missing of the body, and who can supply it.
    pub fn in_words(&self, cycle: &Cycle) -> String {
        let roles = cycle.framework.roles.iter();
        let roles = roles.filter(|role| role.methods.contains(&self.method));
        let by = any_of(roles.map(|role| role.title.as_str()));
        let by = if by.is_empty() {
            by
        } else {
            format!(", by the {by}")
        };
        self.subject_in_words(cycle) + &by
    }

    /// What is missing of the body.
    pub(crate) fn subject_in_words(&self, cycle: &Cycle) -> String {
        let framework = &cycle.framework;
        let measures = self.measures.iter().take(NAMED_MEASURES);
        let mut ids: Vec<&str> = measures
            .map(|measure| framework.measure(*measure).id.as_str())
            .collect();
        let more = self.measures.len().saturating_sub(NAMED_MEASURES);
        let more = format!("{more} more");
        if self.measures.len() > NAMED_MEASURES {
            ids.push(&more);
        }
        format!(
            "{} of {} on {}",
            framework.methods.title(self.method),
            cycle.organisations.body(self.body).name_and_code(),
            all_of(ids)
        )
    }
}
