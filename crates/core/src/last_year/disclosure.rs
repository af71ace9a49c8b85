//! Whether what a panel found in an earlier cycle may be shown to everybody who sees what a later cycle
//! carries.

use crate::actor::Actor;
use crate::body::BodyIndex;
use crate::cycle::Cycle;
use crate::framework::Role;
use crate::progress::release_of;
use crate::record::{CarriedRecord, RecordKind, RecordType};
use crate::words::all_of;
use jiff::civil::Date;

/// Why records of a kind on a body of an earlier cycle are not carried into a later one: somebody who
/// would see them there does not see them in the earlier cycle. `None` if they may be carried.
///
/// If nobody opened a phase of the earlier cycle, nothing waits for a release. As long as nobody has
/// opened one of the later cycle, everybody sees what it carries.
pub(super) fn reason_to_withhold(
    later: &Cycle,
    earlier: &Cycle,
    kind: RecordKind,
    body: BodyIndex,
    today: Date,
) -> Option<String> {
    if earlier.records.phases.is_empty() {
        return None;
    }
    let is_public = later.records.phases.is_empty();
    let waiting: Vec<WaitingRole<'_>> = match is_public {
        true => vec![WaitingRole {
            role: Actor::PUBLIC,
            title: "everybody, who sees this cycle until a phase is opened",
            sees_never: false,
        }],
        false => waiting(later, earlier, kind).collect(),
    };
    if waiting.is_empty() {
        return None;
    }
    let Some(release) = release_of(earlier, body) else {
        return Some("the results that it belongs to were not released".to_owned());
    };
    if release.from > today {
        return Some(format!(
            "the results that it belongs to are only released from {}",
            release.from
        ));
    }
    let is_to = |role: &str| release.to.iter().any(|to| **to == *role);
    let reaches = |waiting: &WaitingRole<'_>| {
        !waiting.sees_never && (is_to(waiting.role) || is_to(Actor::PUBLIC))
    };
    let missing = waiting.iter().filter(|waiting| !reaches(waiting));
    let missing: Vec<&str> = missing.map(|waiting| waiting.title).collect();
    (!missing.is_empty()).then(|| {
        format!(
            "the results that it belongs to are not released to {}",
            all_of(missing)
        )
    })
}

/// A role that sees what the later cycle carries, and sees records of a kind in the earlier one only
/// once they are released, or never.
struct WaitingRole<'a> {
    role: &'a str,
    title: &'a str,
    sees_never: bool,
}

fn waiting<'a>(
    later: &'a Cycle,
    earlier: &'a Cycle,
    kind: RecordKind,
) -> impl Iterator<Item = WaitingRole<'a>> {
    let names = |list: &[String], name: &str| list.iter().any(|known| known == name);
    let roles = later.framework.roles.iter();
    let readers = roles.filter(move |role| !names(&role.never, CarriedRecord::NAME));
    readers.filter_map(move |role| {
        let mut before = earlier.framework.roles.iter();
        let before: &Role = before.find(|before| before.id == role.id).unwrap_or(role);
        let sees_never = names(&before.never, kind.name());
        let waits = sees_never || names(&before.after_release, kind.name());
        waits.then(|| WaitingRole {
            role: &role.id,
            title: &role.title,
            sees_never,
        })
    })
}
