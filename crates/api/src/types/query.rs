//! `Query`: everything that can be asked.

use super::assurance::ClusterAssurance;
use super::body::{Body, Cluster, Function, Pct, PctConnection, Seen, Sha};
use super::challenge::{ChallengeConnection, ChallengeFilter};
use super::cycle::Cycle;
use super::entities::{Entity, Representation, entity};
use super::finding::{Check, FindingConnection, FindingFilter};
use super::framework::Framework;
use super::ledger::Ledger;
use super::matrix::{Matrix, MatrixOf};
use super::node::Node;
use super::not_assured::NotAssuredCycle;
use super::output::{Output, OutputConnection};
use super::plugin::Plugin;
use super::search::{SearchCondition, SearchConnection};
use crate::picture::Picture;
use crate::project::cursor::After;
use crate::project::leaves::Id;
use crate::project::page::MOST;
use crate::project::write::Tried;
use crate::project::{Code, Failure, object};
use wcc_core::BodyKind;
use wcc_core::record::Method;
use wcc_ledger::Head;

/// The root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<'a> {
    /// What is asked about.
    pub(crate) picture: &'a Picture,
    /// The last entry of the picture that is served, if it comes from a ledger.
    pub(crate) head: Option<Head>,
}

/// Refuses more identifiers at once than one page may have.
fn few(ids: usize, what: &str) -> Result<(), Failure> {
    if i32::try_from(ids).is_ok_and(|ids| ids <= MOST) {
        return Ok(());
    }
    let message = format!("{ids} {what} at once: at most {MOST} are allowed");
    Err(Failure::new(Code::BadInput, message))
}

object! {
    /// All queries. Start with `cycles`: most other fields take the `code` of a cycle.
    Query<'a> as "Query" => |Query { picture: it, head }| {
        /// Every cycle that is loaded and assured, in the order of identifiers.
        cycles: [Cycle<'a>; 6] = Cycle::all(it);
        /// One cycle.
        cycle(
            /// Its identifier: `england/2009-10`.
            id: Id<'_>,
        ): Option<Cycle<'a>> = Some(Cycle::named(it, id.0)?);
        /// The cycles that cannot be assured, because their records contradict each other, in the
        /// order of identifiers. They are absent from `cycles`.
        notAssured: [NotAssuredCycle<'a>; 1] = NotAssuredCycle::all(it);
        /// Every framework that is loaded, in the order of identifiers.
        frameworks: [Framework<'a>; 3] = Framework::all(it);
        /// One framework.
        framework(
            /// Its identifier: `wcc-2009-10`.
            id: Id<'_>,
        ): Option<Framework<'a>> = Some(Framework::named(it, id.0)?);
        /// Every SHA.
        shas: [Sha<'a>; 10] = Seen::all(it, BodyKind::Sha).map(Sha);
        /// One SHA.
        sha(
            /// Its code: `Q30`.
            code: Id<'_>,
        ): Option<Sha<'a>> = Some(Sha(Seen::named(it, code.0, Some(BodyKind::Sha))?));
        /// Every cluster, or those of one region.
        clusters(
            /// Only those in the region of this SHA, by code.
            sha: Option<Id<'_>>,
        ): Option<[Cluster<'a>; 8]> = {
            let all = Seen::all(it, BodyKind::Cluster);
            let sha = sha.map(|sha| Seen::named(it, sha.0, Some(BodyKind::Sha))).transpose()?;
            Some(all.filter(move |seen| sha.is_none_or(|sha| seen.lies_in(&sha))).map(Cluster))
        };
        /// One cluster.
        cluster(
            /// Its code: `south-of-tyne-and-wear`.
            code: Id<'_>,
        ): Option<Cluster<'a>> = Some(Cluster(Seen::named(it, code.0, Some(BodyKind::Cluster))?));
        /// The PCTs, or those of one region, in the order of their codes.
        pcts(
            /// Only those in the region of this SHA, by code.
            sha: Option<Id<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<PctConnection<'a>> = {
            let all = Seen::all(it, BodyKind::Pct);
            let sha = sha.map(|sha| Seen::named(it, sha.0, Some(BodyKind::Sha))).transpose()?;
            let wanted = all.filter(move |seen| sha.is_none_or(|sha| seen.lies_in(&sha)));
            let mut wanted: Vec<Pct<'a>> = wanted.map(Pct).collect();
            wanted.sort_by_key(|pct| &pct.0.it().code);
            Some(PctConnection::page(wanted, &it.moment(), first, after)?)
        };
        /// One PCT.
        pct(
            /// Its code: `5D9`.
            code: Id<'_>,
        ): Option<Pct<'a>> = Some(Pct(Seen::named(it, code.0, Some(BodyKind::Pct))?));
        /// Every function to which PCTs can delegate commissioning.
        functions: [Function<'a>; 12] = Seen::all(it, BodyKind::Function).map(Function);
        /// One function.
        function(
            /// Its code.
            code: Id<'_>,
        ): Option<Function<'a>> = Some(Function(Seen::named(it, code.0, Some(BodyKind::Function))?));
        /// A body of any kind.
        body(
            /// Its code.
            code: Id<'_>,
        ): Option<Body<'a>> = Some(Body::of(Seen::named(it, code.0, None)?));
        /// Every plugin that is configured, in the order of identifiers.
        plugins: [Plugin<'a>; 3] = Plugin::all(it);
        /// One plugin.
        plugin(
            /// Its identifier: `once-north-east`.
            id: Id<'_>,
        ): Option<Plugin<'a>> = Some(Plugin::named(it, id.0)?);
        /// The documentation of every check: national checks first, then the plugins'.
        checks: [Check<'a>; 30] = Check::all(it);
        /// An object by its global identifier; null if it does not exist (any more).
        node(
            /// The identifier from a field called `id`.
            id: Id<'_>,
        ): Option<Node<'a>> = Node::with_id(it, id.0);
        /// Several objects by their global identifiers, in the given order; null for each that
        /// does not exist.
        nodes(
            /// The identifiers, at most 200.
            ids: Vec<Id<'_>>,
        ): Option<[Option<Node<'a>>; 10]> = {
            few(ids.len(), "identifiers")?;
            Some(ids.into_iter().map(|id| Node::with_id(it, id.0)))
        };
        /// A cluster, assured once, with its PCTs' outputs side by side.
        assurance(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// Code of the cluster, or of a PCT in it.
            body: Id<'_>,
        ): Option<ClusterAssurance<'a>> = Some(ClusterAssurance::named(Cycle::named(it, cycle.0)?, body.0)?);
        /// One PCT's output in a cycle.
        output(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// Code of the PCT.
            pct: Id<'_>,
        ): Option<Output<'a>> = Some(Cycle::named(it, cycle.0)?.output(pct.0)?);
        /// The outputs of a cycle's PCTs, in the order of their codes.
        outputs(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// Only PCTs in the region of this SHA, by code.
            sha: Option<Id<'_>>,
            /// Only PCTs of this cluster, by code.
            cluster: Option<Id<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<OutputConnection<'a>> = {
            let cycle = Cycle::named(it, cycle.0)?;
            Some(OutputConnection::page(cycle.outputs(sha, cluster)?, &cycle.list_parent(), first, after)?)
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
        ): Option<FindingConnection<'a>> = Some(FindingConnection::of(Cycle::named(it, cycle.0)?, filter.as_ref(), first, after)?);
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
        ): Option<ChallengeConnection<'a>> = Some(ChallengeConnection::of(Cycle::named(it, cycle.0)?, filter.as_ref(), first, after)?);
        /// Every PCT's values in one table, for overviews.
        matrix(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// The method; the current value (calibrated, or else the panel's) if omitted.
            method: Option<Method>,
            /// The kind of columns.
            columns: MatrixOf = MEASURES,
            /// Only columns of these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
            /// Only PCTs in the region of this SHA, by code.
            sha: Option<Id<'_>>,
        ): Option<Matrix<'a>> = Some(Matrix::new(Cycle::named(it, cycle.0)?, method, columns, areas, sha)?);
        /// The PCTs at or above a level or rating on every condition: "level 3 or above on 5a and
        /// 6b". A PCT whose value is not known is not included.
        search(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// The conditions, all of which must hold.
            conditions: Vec<SearchCondition<'_>>,
            /// The method; the current value (calibrated, or else the panel's) if omitted.
            method: Option<Method>,
            /// Only PCTs in the region of this SHA, by code.
            sha: Option<Id<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<SearchConnection<'a>> = Some(SearchConnection::of(Cycle::named(it, cycle.0)?, &conditions, method, sha, (first, after))?);
        /// The ledger behind these data; null if the server reads case files.
        ledger: Option<Ledger> = {
            it.note_everything();
            head.map(Ledger)
        };
        /// Bodies as other services of a federated graph ask for them.
        _entities(
            /// What the other service knows of them.
            representations: Vec<Representation<'_>>,
        ): [Tried<Entity<'a>>; 10] = {
            few(representations.len(), "representations")?;
            representations.into_iter().map(|wanted| Tried(entity(it, wanted)))
        };
    }
}
