//! Acts that are no entries, on a body of a cycle: on surveys, and storing the document of evidence before
//! the evidence is filed.

use super::{Permission, RefusalReason};
use crate::ledger::entry_error::EntryError;
use crate::ledger::state::Sight;
use crate::record::UnknownCode;

impl Permission<'_> {
    /// Checks with the policy that the actor may do something about a body of a cycle, such as one of
    /// [`SURVEY_ACTS`](crate::policy::SURVEY_ACTS). The cycle and the body are given by their codes.
    ///
    /// # Errors
    /// There is no such cycle or body, or it is hidden from the actor; or the act is denied.
    pub fn check_act_on_body(
        &self,
        act: &'static str,
        cycle: &str,
        body: &str,
    ) -> Result<(), RefusalReason> {
        let unknown = |code: UnknownCode| RefusalReason::Entry(EntryError::Unknown(code));
        let Some(opened) = self.shown_cycle(cycle) else {
            let code = UnknownCode::new("cycle", "cycle", cycle, self.cycles());
            return Err(unknown(code));
        };
        let bodies = opened.organisations();
        let found = bodies.find(body);
        let Some(index) = found.filter(|index| self.shows_body(opened, *index)) else {
            let shown = bodies
                .each()
                .filter(|(index, _)| self.shows_body(opened, *index));
            let shown = shown.map(|(_, body)| body.code.as_str());
            return Err(unknown(UnknownCode::new("body", "body", body, shown)));
        };
        self.ask(act, self.body_resource(opened, index))
    }
}
