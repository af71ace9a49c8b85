//! `Approval`: an approval that the framework asks for, of one body.

use super::body::Body;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::phase::MissingJudgements;
use crate::project::leaves::Id;
use crate::project::{enumeration, object};
use wcc_core::BodyIndex;
use wcc_core::approval::{ApprovalState, ApprovalStatus, Approvals};
use wcc_core::framework::ApprovalDefinition;
use wcc_core::readiness::{MissingApproval, missing_for_approval};

enumeration! {
    /// How far an approval of a body has got.
    ApprovalState as "ApprovalState" {
        /// Nobody has given it.
        NOT_GIVEN = ApprovalState::NotGiven,
        /// It was given, and what it covers has not changed since.
        APPROVED = ApprovalState::Approved,
        /// It was given, but what it covers has changed since: it must be given again.
        OUT_OF_DATE = ApprovalState::OutOfDate,
    }
}

/// An approval that the framework asks for, of one body.
#[derive(Clone, Debug)]
pub(crate) struct Approval<'a> {
    cycle: Cycle<'a>,
    status: ApprovalStatus<'a>,
    digest: String,
}

impl<'a> Approval<'a> {
    /// The approvals of a body, in the order of the framework.
    pub(crate) fn of_body(cycle: Cycle<'a>, body: BodyIndex) -> impl Iterator<Item = Approval<'a>> {
        let approvals = Approvals::of(&cycle.assured.cycle);
        Approval::each(cycle, &approvals, body).into_iter()
    }

    /// The approvals of every cluster and PCT of a cycle: each cluster before its PCTs.
    pub(crate) fn of_cycle(cycle: Cycle<'a>) -> impl Iterator<Item = Approval<'a>> {
        let approvals = Approvals::of(&cycle.assured.cycle);
        let assurance = &cycle.assured.assurance;
        let bodies = assurance.clusters.iter().flat_map(|group| {
            let members = assurance.outputs_in(group).map(|output| output.body);
            group.cluster.into_iter().chain(members)
        });
        let each = bodies.flat_map(|body| Approval::each(cycle, &approvals, body));
        each.collect::<Vec<_>>().into_iter()
    }

    fn each(cycle: Cycle<'a>, approvals: &Approvals<'a>, body: BodyIndex) -> Vec<Approval<'a>> {
        let each = approvals.of_body(body).into_iter();
        each.map(|status| Approval {
            cycle,
            status,
            digest: approvals.digest(status.approval, body),
        })
        .collect()
    }

    /// The approvals that are missing before a phase.
    pub(crate) fn each_of(
        cycle: Cycle<'a>,
        missing: Vec<MissingApproval>,
    ) -> impl Iterator<Item = Approval<'a>> {
        let approvals = Approvals::of(&cycle.assured.cycle);
        missing.into_iter().map(move |missing| Approval {
            cycle,
            status: approvals.status(missing.approval, missing.body),
            digest: approvals.digest(missing.approval, missing.body),
        })
    }

    fn definition(&self) -> &'a ApprovalDefinition {
        let framework = &self.cycle.assured.cycle.framework;
        framework.approval(self.status.approval)
    }

    fn missing(&self) -> impl Iterator<Item = MissingJudgements<'a>> + use<'a> {
        let cycle = self.cycle;
        let (of, assurance) = (&cycle.assured.cycle, &cycle.assured.assurance);
        let missing = missing_for_approval(of, assurance, self.definition(), self.status.body);
        MissingJudgements::all(cycle, missing)
    }
}

object! {
    /// One body's approval, such as the ratification of its self-assessment. An approval of a cluster
    /// counts for each of its PCTs.
    Approval<'a> as "Approval" => |approval| {
        /// Identifier of the approval in the framework: `ratified`.
        code: Id<'a> = Id(&approval.definition().id);
        /// Title as printed.
        title: &'a str = approval.definition().title.as_str();
        /// The body.
        body: Body<'a> = Body::of(approval.cycle.body_view(approval.status.body));
        /// How far it has got.
        state: ApprovalState = approval.status.state;
        /// Whether what it covers cannot change until the approval is withdrawn.
        freezes: bool = approval.definition().freezes;
        /// Identifier of the approval that must be given before.
        after: Option<Id<'a>> = approval.definition().after.as_deref().map(Id);
        /// The identifiers of the roles that give it, as far as the policy lets them.
        roles: [Id<'a>; 3] = {
            let framework = &approval.cycle.assured.cycle.framework;
            let roles = framework.roles_approving(&approval.definition().id);
            roles.map(|role| Id(&role.id))
        };
        /// What it covers, in words: "self-assessment".
        covers: String = approval.definition().covered_in_words(&approval.cycle.assured.cycle.framework);
        /// What must be recorded before it can be given; empty if nothing is missing.
        missing: [MissingJudgements<'a>; 10] = approval.missing();
        /// The digest of what it covers now, which `approve` takes: the SHA-256 of the numbers of the
        /// entries (docs/approvals.md). Null for a cycle of files, which have no entries.
        digest: Option<&'_ str> = approval.cycle.is_of_ledger().then_some(approval.digest.as_str());
        /// The digest of what was approved; null if nobody has.
        approvedDigest: Option<&'a str> = approval.status.given.map(|given| &*given.digest);
        /// The body for which it was given: the body itself or its cluster. Null if nobody gave it, or
        /// if a cluster is approved because each of its PCTs is.
        givenFor: Option<Body<'a>> = approval.status.given.map(|given| Body::of(approval.cycle.body_view(given.body)));
        /// The approver's note.
        note: Option<&'a str> = approval.status.given.and_then(|given| given.note.as_deref());
        /// Number of the ledger's entry; give it as `supersedes` to approve again, or to `withdraw`.
        entry: Option<i32> = approval.status.given.and_then(|given| approval.cycle.entry(given.record));
        /// Who approved it.
        enteredBy: Option<EntryActor<'a>> = approval.status.given.and_then(|given| approval.cycle.entered_by(given));
    }
}
