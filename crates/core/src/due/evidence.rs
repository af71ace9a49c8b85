//! Evidence that has expired, or that expires before the phase ends.

use super::{Duty, DutyKind, DutySearch};
use crate::policy::FILE_EVIDENCE;

pub(super) fn find(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    for item in &search.cycle.records.evidence {
        let Some(until) = item.dates.valid_until else {
            continue;
        };
        let body = item.body;
        let end = search.last_day(body).unwrap_or(search.today);
        let is_due = until < end.max(search.today);
        if is_due && search.is_theirs(body) && search.is_open(FILE_EVIDENCE, body) {
            let expires = if until < search.today {
                "expired after"
            } else {
                "expires after"
            };
            let what = format!(
                "renew \"{}\" ({}) of {}, which {expires} {until}",
                item.title,
                item.id,
                search.name(body)
            );
            duties.push(search.duty_by(DutyKind::RenewEvidence, body, what, Some(until)));
        }
    }
}
