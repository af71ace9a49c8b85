//! `Subscription`: the root of all subscriptions. Each field is the field of [`Query`] with the same
//! name, without its deprecated arguments.

use super::assurance::ClusterAssurance;
use super::body::{BodyView, Cluster};
use super::challenge::{ChallengeConnection, ChallengeFilter};
use super::cycle::Cycle;
use super::finding::{FindingConnection, FindingFilter};
use super::matrix::{Matrix, MatrixOf};
use super::output::{Output, OutputConnection};
use super::query::Query;
use crate::project::cursor::After;
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::BodyKind;
use wcc_core::record::Method;

/// The subscription root: what queries read, sent again when it changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subscription<'a> {
    /// What is read for one answer.
    pub(crate) query: Query<'a>,
}

object! {
    /// What can be watched. The answer is sent at once, and again whenever it differs: after an entry,
    /// an answer of a plugin, a reload, or a change of what you may see. An operation selects one field.
    Subscription<'a> as "Subscription" => |Subscription { query: Query { picture, .. } }| {
        /// One cycle.
        cycle(
            /// Its identifier: `england/2009-10`.
            id: Id<'_>,
        ): Option<Cycle<'a>> = Some(Cycle::named(picture, id.0)?);
        /// One group of bodies that are assured together.
        group(
            /// Its code: `south-of-tyne-and-wear`.
            code: Id<'_>,
        ): Option<Cluster<'a>> = Some(Cluster(BodyView::named(picture, code.0, Some(BodyKind::Cluster))?));
        /// A group, assured once, with its bodies' outputs side by side.
        assurance(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// Code of the group, or of a body in it.
            body: Id<'_>,
        ): Option<ClusterAssurance<'a>> = Some(ClusterAssurance::named(Cycle::named(picture, cycle.0)?, body.0)?);
        /// One body's output in a cycle.
        output(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// Code of the body, which has an output of its own: not of a group or a function.
            body: Id<'_>,
        ): Option<Output<'a>> = Some(Cycle::named(picture, cycle.0)?.output(body.0)?);
        /// The outputs of a cycle's bodies, in the order of their codes.
        outputs(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// Only bodies under this authority, by code.
            authority: Option<Id<'_>>,
            /// Only bodies of this group, by code.
            group: Option<Id<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<OutputConnection<'a>> = {
            let cycle = Cycle::named(picture, cycle.0)?;
            Some(OutputConnection::page(cycle.outputs(authority, group)?, &cycle.list_parent(), first, after)?)
        };
        /// The findings of a cycle.
        findings(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// A filter; all if omitted.
            filter: Option<FindingFilter<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<FindingConnection<'a>> = Some(FindingConnection::of(Cycle::named(picture, cycle.0)?, filter.as_ref(), first, after)?);
        /// Values of a cycle above what the evidence supports.
        challenges(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// A filter; all if omitted.
            filter: Option<ChallengeFilter<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<ChallengeConnection<'a>> = Some(ChallengeConnection::of(Cycle::named(picture, cycle.0)?, filter.as_ref(), first, after)?);
        /// Every body's values in one table, for overviews.
        matrix(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// The method by its purpose; the current value (calibrated, or else the panel's) if
            /// omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
            /// The kind of columns.
            columns: MatrixOf = MEASURES,
            /// Only columns of these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
            /// Only bodies under this authority, by code.
            authority: Option<Id<'_>>,
        ): Option<Matrix<'a>> = {
            let cycle = Cycle::named(picture, cycle.0)?;
            Some(Matrix::new(cycle, cycle.method(method, methodId)?, columns, areas, authority)?)
        };
    }
}
