//! `Query`: the root of all queries.

use super::assurance::ClusterAssurance;
use super::body::{Body, BodyView, Cluster, Function, Pct, PctConnection, Sha, assured_kind};
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
use crate::project::argument::{either, exactly_one};
use crate::project::cursor::After;
use crate::project::leaves::Id;
use crate::project::page::MAX_PAGE;
use crate::project::write::FallibleItem;
use crate::project::{Code, Failure, object};
use jiff::civil::Date;
use wcc_core::BodyKind;
use wcc_core::record::Method;
use wcc_ledger::Head;

/// The query root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<'a> {
    /// The picture that is queried.
    pub(crate) picture: &'a Picture,
    /// The last entry of the current picture, if it comes from a ledger.
    pub(crate) head: Option<Head>,
}

/// Rejects more identifiers than one page may have.
fn check_count(ids: usize, what: &str) -> Result<(), Failure> {
    if i32::try_from(ids).is_ok_and(|ids| ids <= MAX_PAGE) {
        return Ok(());
    }
    let message = format!("{ids} {what} at once: at most {MAX_PAGE} are allowed");
    Err(Failure::new(Code::BadInput, message))
}

object! {
    /// All queries. Start with `cycles`: most other fields take the `code` of a cycle.
    Query<'a> as "Query" => |Query { picture, head }| {
        /// Every cycle that is loaded and assured, in the order of identifiers.
        cycles: [Cycle<'a>; 6] = Cycle::all(picture);
        /// One cycle.
        cycle(
            /// Its identifier: `england/2009-10`.
            id: Id<'_>,
        ): Option<Cycle<'a>> = Some(Cycle::named(picture, id.0)?);
        /// The cycles that cannot be assured, because their records contradict each other, in the
        /// order of identifiers. They are absent from `cycles`.
        notAssured: [NotAssuredCycle<'a>; 1] = NotAssuredCycle::all(picture);
        /// Every framework that is loaded, in the order of identifiers.
        frameworks: [Framework<'a>; 3] = Framework::all(picture);
        /// One framework.
        framework(
            /// Its identifier: `wcc-2009-10`.
            id: Id<'_>,
        ): Option<Framework<'a>> = Some(Framework::named(picture, id.0)?);
        /// Every authority: what assures the bodies, if the regime has such.
        authorities: [Sha<'a>; 10] = BodyView::all(picture, BodyKind::Sha).map(Sha);
        /// One authority.
        authority(
            /// Its code: `Q30`.
            code: Id<'_>,
        ): Option<Sha<'a>> = Some(Sha(BodyView::named(picture, code.0, Some(BodyKind::Sha))?));
        /// Every group of bodies that are assured together, or those under one authority.
        groups(
            /// Only those under this authority, by code.
            authority: Option<Id<'_>>,
        ): Option<[Cluster<'a>; 8]> = Some(BodyView::under(picture, BodyKind::Cluster, authority)?.map(Cluster));
        /// One group.
        group(
            /// Its code: `south-of-tyne-and-wear`.
            code: Id<'_>,
        ): Option<Cluster<'a>> = Some(Cluster(BodyView::named(picture, code.0, Some(BodyKind::Cluster))?));
        /// The bodies that have an output of their own, or those under one authority, in the order of
        /// their codes.
        bodies(
            /// Only those under this authority, by code.
            authority: Option<Id<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<PctConnection<'a>> = Some(PctConnection::under(picture, authority, first, after)?);
        /// Every SHA.
        #[deprecated = "Use `authorities`."]
        shas: [Sha<'a>; 10] = BodyView::all(picture, BodyKind::Sha).map(Sha);
        /// One SHA.
        #[deprecated = "Use `authority`."]
        sha(
            /// Its code: `Q30`.
            code: Id<'_>,
        ): Option<Sha<'a>> = Some(Sha(BodyView::named(picture, code.0, Some(BodyKind::Sha))?));
        /// Every cluster, or those of one region.
        #[deprecated = "Use `groups`."]
        clusters(
            /// Only those in the region of this SHA, by code.
            sha: Option<Id<'_>>,
        ): Option<[Cluster<'a>; 8]> = Some(BodyView::under(picture, BodyKind::Cluster, sha)?.map(Cluster));
        /// One cluster.
        #[deprecated = "Use `group`."]
        cluster(
            /// Its code: `south-of-tyne-and-wear`.
            code: Id<'_>,
        ): Option<Cluster<'a>> = Some(Cluster(BodyView::named(picture, code.0, Some(BodyKind::Cluster))?));
        /// The PCTs, or those of one region, in the order of their codes.
        #[deprecated = "Use `bodies`."]
        pcts(
            /// Only those in the region of this SHA, by code.
            sha: Option<Id<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<PctConnection<'a>> = Some(PctConnection::under(picture, sha, first, after)?);
        /// One PCT.
        #[deprecated = "Use `body`, with `... on Pct` for the fields of a body with an output."]
        pct(
            /// Its code: `5D9`.
            code: Id<'_>,
        ): Option<Pct<'a>> = Some(Pct(BodyView::named(picture, code.0, Some(BodyKind::Pct))?));
        /// Every function to which PCTs can delegate commissioning.
        functions: [Function<'a>; 12] = BodyView::all(picture, BodyKind::Function).map(Function);
        /// One function.
        function(
            /// Its code.
            code: Id<'_>,
        ): Option<Function<'a>> = Some(Function(BodyView::named(picture, code.0, Some(BodyKind::Function))?));
        /// A body of any kind.
        body(
            /// Its code.
            code: Id<'_>,
        ): Option<Body<'a>> = Some(Body::of(BodyView::named(picture, code.0, None)?));
        /// Every plugin that is configured, in the order of identifiers.
        plugins: [Plugin<'a>; 3] = Plugin::all(picture);
        /// One plugin.
        plugin(
            /// Its identifier: `once-north-east`.
            id: Id<'_>,
        ): Option<Plugin<'a>> = Some(Plugin::named(picture, id.0)?);
        /// The documentation of every check: national checks first, then the plugins'.
        checks: [Check<'a>; 30] = Check::all(picture);
        /// An object by its global identifier; null if it does not exist (any more).
        node(
            /// The identifier from a field called `id`.
            id: Id<'_>,
        ): Option<Node<'a>> = Node::with_id(picture, id.0);
        /// Several objects by their global identifiers, in the given order; null for each that
        /// does not exist.
        nodes(
            /// The identifiers, at most 200.
            ids: Vec<Id<'_>>,
        ): Option<[Option<Node<'a>>; 10]> = {
            check_count(ids.len(), "identifiers")?;
            Some(ids.into_iter().map(|id| Node::with_id(picture, id.0)))
        };
        /// A cluster, assured once, with its PCTs' outputs side by side.
        assurance(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// Code of the cluster, or of a PCT in it.
            body: Id<'_>,
        ): Option<ClusterAssurance<'a>> = Some(ClusterAssurance::named(Cycle::named(picture, cycle.0)?, body.0)?);
        /// One body's output in a cycle.
        output(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// Code of the body, which has an output of its own: not of a group or a function.
            body: Option<Id<'_>>,
            /// Code of the PCT.
            #[deprecated = "Use `body`."]
            pct: Option<Id<'_>>,
        ): Option<Output<'a>> = {
            let cycle = Cycle::named(picture, cycle.0)?;
            Some(cycle.output(exactly_one(("body", body), ("pct", pct))?.0)?)
        };
        /// The outputs of a cycle's PCTs, in the order of their codes.
        outputs(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// Only bodies under this authority, by code.
            authority: Option<Id<'_>>,
            /// Only PCTs in the region of this SHA, by code.
            #[deprecated = "Use `authority`."]
            sha: Option<Id<'_>>,
            /// Only bodies of this group, by code.
            group: Option<Id<'_>>,
            /// Only PCTs of this cluster, by code.
            #[deprecated = "Use `group`."]
            cluster: Option<Id<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<OutputConnection<'a>> = {
            let cycle = Cycle::named(picture, cycle.0)?;
            let authority = either(("authority", authority), ("sha", sha))?;
            let group = either(("group", group), ("cluster", cluster))?;
            Some(OutputConnection::page(cycle.outputs(authority, group)?, &cycle.list_parent(), first, after)?)
        };
        /// The standing result of each body under a framework, in the order of codes: that of the latest
        /// cycle in which anything about the body is known. Cycles under the framework, and under
        /// those linked to it by `previous`, count. `Output.cycle` says where each comes from.
        standing(
            /// Identifier of the framework: `wcc-2009-10`.
            framework: Id<'_>,
            /// The kind of body: `body` (if omitted), or `group` or `function` for those that have a
            /// result of their own.
            kindId: Option<Id<'_>>,
            /// Only cycles of this day or earlier; all if omitted.
            on: Option<Date>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<OutputConnection<'a>> = {
            let kind = assured_kind(kindId.map_or("body", |id| id.0))?;
            let outputs = Output::standing(picture, framework.0, kind, on)?;
            let day = on.map_or_else(String::new, |on| on.to_string());
            let parent = format!("standing {} {} {day} {}", framework.0, kind.name(), picture.moment());
            Some(OutputConnection::page(outputs, &parent, first, after)?)
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
        /// Every PCT's values in one table, for overviews.
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
            /// Only PCTs in the region of this SHA, by code.
            #[deprecated = "Use `authority`."]
            sha: Option<Id<'_>>,
        ): Option<Matrix<'a>> = {
            let cycle = Cycle::named(picture, cycle.0)?;
            let authority = either(("authority", authority), ("sha", sha))?;
            Some(Matrix::new(cycle, cycle.method(method, methodId)?, columns, areas, authority)?)
        };
        /// The PCTs at or above a level or rating on every condition: "level 3 or above on 5a and
        /// 6b". A PCT whose value is not known is not included.
        search(
            /// Identifier of the cycle.
            cycle: Id<'_>,
            /// The conditions, all of which must hold.
            conditions: Vec<SearchCondition<'_>>,
            /// The method by its purpose; the current value (calibrated, or else the panel's) if
            /// omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
            /// Only bodies under this authority, by code.
            authority: Option<Id<'_>>,
            /// Only PCTs in the region of this SHA, by code.
            #[deprecated = "Use `authority`."]
            sha: Option<Id<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<SearchConnection<'a>> = {
            let cycle = Cycle::named(picture, cycle.0)?;
            let authority = either(("authority", authority), ("sha", sha))?;
            Some(SearchConnection::of(cycle, &conditions, cycle.method(method, methodId)?, authority, (first, after))?)
        };
        /// The ledger behind these data; null if the server reads case files.
        ledger: Option<Ledger> = {
            picture.note_everything();
            head.map(Ledger)
        };
        /// Bodies as other services of a federated graph ask for them.
        _entities(
            /// What the other service knows of them.
            representations: Vec<Representation<'_>>,
        ): [FallibleItem<Entity<'a>>; 10] = {
            check_count(representations.len(), "representations")?;
            representations.into_iter().map(|representation| FallibleItem(entity(picture, representation)))
        };
    }
}
