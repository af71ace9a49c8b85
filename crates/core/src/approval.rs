//! Approvals of what is recorded on bodies: whether they are given and still current, and the digest
//! that says what was approved.
//!
//! An approval of a body covers its own records; that of a PCT also those of its cluster, which
//! count for it, and that of a cluster also those of its PCTs. An approval of a cluster is therefore
//! one of each of its PCTs.

use crate::body::{BodyIndex, BodyKind, Organisations};
use crate::cycle::{Cycle, Hidden};
use crate::digest::sha256_of_text;
use crate::framework::{ApprovalDefinition, ApprovalIndex, Framework};
use crate::progress::{bodies_below, cluster_of};
use crate::record::{Approval, CycleRecord, RecordGroup, RecordId, RecordKind};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

/// How far an approval of a body has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalState {
    /// Nobody has given it.
    NotGiven,
    /// It was given, and what it covers has not changed since.
    Approved,
    /// It was given, but what it covers has changed since.
    OutOfDate,
}

/// An approval that a framework asks for, of one body.
#[derive(Clone, Copy, Debug)]
pub struct ApprovalStatus<'a> {
    /// Which approval it is.
    pub approval: ApprovalIndex,
    /// The body.
    pub body: BodyIndex,
    /// How far it has got.
    pub state: ApprovalState,
    /// The record that counts: the latest of the body and its cluster. `None` if there is none, or
    /// if a cluster is approved because each of its PCTs is.
    pub given: Option<&'a Approval>,
}

/// The approvals of a cycle, with the numbers of what they cover.
#[derive(Debug)]
pub struct Approvals<'a> {
    cycle: &'a Cycle,
    covered: HashMap<BodyIndex, Vec<(RecordGroup, u32)>>,
}

impl<'a> Approvals<'a> {
    /// The approvals of a cycle.
    pub fn of(cycle: &'a Cycle) -> Approvals<'a> {
        let definitions = cycle.framework.approvals.iter();
        let groups: BTreeSet<RecordGroup> = definitions
            .flat_map(|definition| definition.of.iter().copied())
            .collect();
        let kinds: BTreeSet<RecordKind> = groups.iter().map(|group| group.kind).collect();
        let mut covered: HashMap<BodyIndex, Vec<(RecordGroup, u32)>> = HashMap::new();
        for record in kinds
            .into_iter()
            .flat_map(|kind| cycle.records.of_kind(kind))
        {
            let group = RecordGroup::of(record);
            if groups.contains(&group) {
                let of_body = covered.entry(record.body()).or_default();
                of_body.push((group, record.id().0));
            }
        }
        Approvals { cycle, covered }
    }

    /// The digest of what an approval of a body covers now.
    pub fn digest(&self, approval: ApprovalIndex, body: BodyIndex) -> String {
        let of = &self.cycle.framework.approval(approval).of;
        let covered = covered_bodies(&self.cycle.organisations, body, self.cycle.as_of);
        let records = covered.iter().filter_map(|body| self.covered.get(body));
        let records = records
            .flatten()
            .filter(|(group, _)| of.contains(group))
            .map(|(_, number)| *number);
        digest_of(records)
    }

    /// Whether what an approval covers is still as it was when it was given.
    pub fn is_current(&self, approval: &Approval) -> bool {
        // A viewer who does not see everything that it covers cannot tell from what they see.
        let in_whole = self.cycle.partly_seen_approvals.get(&approval.record);
        match in_whole {
            Some(is_current) => *is_current,
            None => self.digest(approval.approval, approval.body) == *approval.digest,
        }
    }

    /// How far an approval of a body has got.
    pub fn status(&self, approval: ApprovalIndex, body: BodyIndex) -> ApprovalStatus<'a> {
        let given = self.given(approval, body);
        let state = match given {
            Some(given) if self.is_current(given) => ApprovalState::Approved,
            Some(_) => ApprovalState::OutOfDate,
            None if self.is_given_member_by_member(approval, body) => ApprovalState::Approved,
            None => ApprovalState::NotGiven,
        };
        ApprovalStatus {
            approval,
            body,
            state,
            given,
        }
    }

    /// How far each approval of a body has got, in the order of the framework.
    pub fn of_body(&self, body: BodyIndex) -> Vec<ApprovalStatus<'a>> {
        let approvals = self.cycle.framework.each_approval();
        approvals
            .map(|(approval, _)| self.status(approval, body))
            .collect()
    }

    /// The latest approval that counts for a body: of the body itself or of its cluster.
    fn given(&self, approval: ApprovalIndex, body: BodyIndex) -> Option<&'a Approval> {
        let cluster = cluster_of(&self.cycle.organisations, body, self.cycle.as_of);
        let given = self.cycle.records.approvals.iter();
        let given = given.filter(|given| {
            given.approval == approval && (given.body == body || Some(given.body) == cluster)
        });
        given.max_by_key(|given| given.record)
    }

    fn is_given_member_by_member(&self, approval: ApprovalIndex, body: BodyIndex) -> bool {
        if self.cycle.organisations.body(body).kind != BodyKind::Cluster {
            return false;
        }
        let members = bodies_below(self.cycle, body);
        let is_approved = |pct| self.status(approval, pct).state == ApprovalState::Approved;
        !members.is_empty() && members.into_iter().all(is_approved)
    }
}

/// The digest of records: the SHA-256, in lower-case hexadecimal, of their numbers in ascending
/// order, each in decimal digits and followed by a line feed. Entries never change, so their numbers
/// identify what they say.
pub fn digest_of(records: impl IntoIterator<Item = u32>) -> String {
    let numbers: BTreeSet<u32> = records.into_iter().collect();
    let mut text = String::new();
    for number in numbers {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{number}");
    }
    sha256_of_text(&text)
}

/// The bodies whose records an approval of a body covers.
pub fn covered_bodies(organisations: &Organisations, body: BodyIndex, day: Date) -> Vec<BodyIndex> {
    let mut covered = vec![body];
    covered.extend(cluster_of(organisations, body, day));
    if organisations.body(body).kind == BodyKind::Cluster {
        covered.extend(organisations.members_of(body, day));
    }
    covered
}

/// The definition of the approval that a record gives, if it is one.
pub(crate) fn definition_of<'f>(
    framework: &'f Framework,
    record: &dyn CycleRecord,
) -> Option<&'f ApprovalDefinition> {
    record.approval().map(|index| framework.approval(index))
}

/// Whether somebody does not see what an approval covers on its own body: then they do not see the
/// approval either.
pub(crate) fn is_hidden(framework: &Framework, record: &dyn CycleRecord, hidden: &Hidden) -> bool {
    definition_of(framework, record).is_some_and(|definition| {
        let mut groups = definition.of.iter();
        groups.any(|group| hidden.records.contains(&(record.body(), *group)))
    })
}

/// Of the approvals that somebody sees, those that cover something that they do not see: whether each
/// is current.
pub(crate) fn partly_seen(whole: &Cycle, hidden: &Hidden) -> BTreeMap<RecordId, bool> {
    let seen = whole.records.approvals.iter();
    let seen = seen.filter(|approval| {
        hidden.shows(*approval) && !is_hidden(&whole.framework, *approval, hidden)
    });
    let partly: Vec<&Approval> = seen
        .filter(|approval| {
            let of = &whole.framework.approval(approval.approval).of;
            let covered = covered_bodies(&whole.organisations, approval.body, whole.as_of);
            covered.iter().any(|body| {
                let is_hidden = |group: &RecordGroup| hidden.records.contains(&(*body, *group));
                !hidden.shows_body(*body) || of.iter().any(is_hidden)
            })
        })
        .collect();
    if partly.is_empty() {
        return BTreeMap::new();
    }
    let approvals = Approvals::of(whole);
    let each = partly.into_iter();
    each.map(|approval| (approval.record, approvals.is_current(approval)))
        .collect()
}
