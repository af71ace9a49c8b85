//! `Cycle`: one year of assurance.

use super::approval::Approval;
use super::assurance::{ClusterAssurance, FunctionAssurance};
use super::body::BodyView;
use super::calibration::Calibration;
use super::challenge::{ChallengeConnection, ChallengeFilter};
use super::document_link::DocumentLink;
use super::due::{BodyDuties, Duty};
use super::entry_actor::EntryActor;
use super::finding::{FindingConnection, FindingFilter};
use super::framework::Framework;
use super::ids::{Kind, NodeId};
use super::indicator::IndicatorConnection;
use super::last_year::SincePreviousCycle;
use super::matrix::{Matrix, MatrixOf};
use super::message::MessageConnection;
use super::not_assured::NotAssuredCycle;
use super::output::{Output, OutputConnection};
use super::phase::{Phase, PhaseDates, PhaseOpening, Release};
use super::planning::BodyPlanning;
use super::plugin::PluginRun;
use super::review::Review;
use super::survey::Survey;
use super::what_if::{ProposedChangeInput, WhatIf};
use super::withdrawn_mark::WithdrawnMark;
use crate::picture::Picture;
use crate::project::argument::either;
use crate::project::cursor::After;
use crate::project::leaves::Id;
use crate::project::{Failure, object};
use jiff::civil::Date;
use wcc_core::record::CycleRecord;
use wcc_core::{BodyIndex, BodyKind, Method, RecordId};
use wcc_programme::{AssuredCycle, Places};

/// A cycle of the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cycle<'a> {
    /// The picture.
    pub(crate) picture: &'a Picture,
    /// The cycle with its assurance.
    pub(crate) assured: &'a AssuredCycle,
}

/// A body with everything that belongs to it: a PCT, a cluster with its PCTs, or an SHA with its
/// region.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    cycle: Cycle<'a>,
    body: BodyIndex,
}

impl Scope<'_> {
    /// Whether a body is this body or belongs to it.
    pub(crate) fn contains(&self, body: BodyIndex) -> bool {
        let cycle = &self.cycle.assured.cycle;
        let organisations = &cycle.organisations;
        body == self.body
            || match organisations.body(self.body).kind {
                BodyKind::Sha => organisations.sha_of(body) == Some(self.body),
                BodyKind::Cluster => organisations.cluster_of(body, cycle.as_of) == Some(self.body),
                BodyKind::Pct | BodyKind::Function => false,
            }
    }
}

impl<'a> Cycle<'a> {
    /// Every cycle of the picture.
    pub(crate) fn all(picture: &'a Picture) -> impl Iterator<Item = Cycle<'a>> {
        let cycles = picture.cycles();
        cycles.map(move |assured| Cycle { picture, assured })
    }

    /// The cycle with an identifier.
    pub(crate) fn with_code(picture: &'a Picture, code: &str) -> Option<Cycle<'a>> {
        let assured = picture.cycle(code)?;
        Some(Cycle { picture, assured })
    }

    /// The cycle named by an argument, by its identifier or as a node id.
    pub(crate) fn named(picture: &'a Picture, name: &str) -> Result<Cycle<'a>, Failure> {
        let cycle = Cycle::with_code(picture, name).or_else(|| {
            let code = NodeId::single(name, Kind::Cycle)?;
            Cycle::with_code(picture, &code)
        });
        cycle.ok_or_else(|| {
            if let Some(not_assured) = NotAssuredCycle::named(picture, name) {
                return not_assured.failure();
            }
            let valid = picture.cycle_ids();
            let not_assured = NotAssuredCycle::all(picture).map(|cycle| cycle.code());
            Failure::unknown("cycle", name, valid.chain(not_assured))
        })
    }

    /// The identifier.
    pub(crate) fn code(&self) -> &'a str {
        &self.assured.cycle.id
    }

    /// The parent of its lists, as used in their cursors.
    pub(crate) fn list_parent(&self) -> String {
        format!("{} {}", self.code(), self.picture.moment())
    }

    /// The framework.
    pub(crate) fn framework(&self) -> Framework<'a> {
        Framework {
            picture: self.picture,
            data: &self.assured.cycle.framework,
        }
    }

    /// Last year's cycle.
    pub(crate) fn previous(&self) -> Option<Cycle<'a>> {
        Cycle::with_code(self.picture, self.assured.previous.as_deref()?)
    }

    /// Last year's cycle, if it is not assured.
    fn previous_not_assured(&self) -> Option<NotAssuredCycle<'a>> {
        NotAssuredCycle::with_code(self.picture, self.assured.previous.as_deref()?)
    }

    /// The source of a record, in words.
    pub(crate) fn source_of(&self, record: RecordId) -> Option<String> {
        self.assured.places.place(record)
    }

    /// Whether its records are entries of a ledger.
    pub(crate) fn is_of_ledger(&self) -> bool {
        matches!(self.assured.places, Places::Entries(_))
    }

    /// The ledger entry of a record; `None` for a record read from a file.
    pub(crate) fn entry(&self, record: RecordId) -> Option<i32> {
        match self.assured.places {
            Places::Entries(_) => i32::try_from(record.0).ok(),
            Places::Files(_) => None,
        }
    }

    /// The actor who made the ledger entry of a record, as far as the viewer may know.
    pub(crate) fn entered_by(self, record: &dyn CycleRecord) -> Option<EntryActor<'a>> {
        self.entry(record.id())?;
        let body = &self.assured.cycle.organisations.body(record.body()).code;
        let entered = self.picture.entered_by(record.id().0, self.code(), body)?;
        Some(EntryActor::new(self.picture, entered))
    }

    /// Whether the viewer may know the people behind the records on a body.
    pub(crate) fn shows_persons_on(&self, body: BodyIndex) -> bool {
        let body = &self.assured.cycle.organisations.body(body).code;
        self.picture.shows_persons_on(self.code(), body)
    }

    /// A body as of the cycle's day.
    pub(crate) fn body_view(self, index: BodyIndex) -> BodyView<'a> {
        BodyView::of_cycle(self, index)
    }

    /// The body named by an argument, of any kind or of one kind.
    pub(crate) fn body(
        &self,
        code_or_id: &str,
        kind: Option<BodyKind>,
    ) -> Result<BodyIndex, Failure> {
        let organisations = &self.assured.cycle.organisations;
        let fits = |kind_is: BodyKind| kind.is_none_or(|kind| kind == kind_is);
        let index = organisations.find(code_or_id).or_else(|| {
            let code = NodeId::single(code_or_id, Kind::Body)?;
            organisations.find(&code)
        });
        let index = index.filter(|index| fits(organisations.body(*index).kind));
        index.ok_or_else(|| {
            let bodies = organisations.each().map(|(_, body)| body);
            let valid = bodies.filter(|body| fits(body.kind));
            let words = &self.assured.cycle.framework.words;
            let what = kind.map_or("body", |kind| words.kind(kind));
            let codes = valid.map(|body| body.code.as_str());
            Failure::unknown_in(&self.place_in_words(), what, code_or_id, codes)
        })
    }

    /// A body of the cycle with everything that belongs to it.
    pub(crate) fn scope(
        self,
        code_or_id: &str,
        kind: Option<BodyKind>,
    ) -> Result<Scope<'a>, Failure> {
        let body = self.body(code_or_id, kind)?;
        Ok(Scope { cycle: self, body })
    }

    /// The output of the PCT with a code.
    pub(crate) fn find_output(self, pct: &str) -> Option<Output<'a>> {
        let pct = self.assured.cycle.organisations.find(pct)?;
        let data = self.assured.assurance.output(pct)?;
        Some(Output { cycle: self, data })
    }

    /// The output of the PCT named by an argument.
    pub(crate) fn output(self, pct: &str) -> Result<Output<'a>, Failure> {
        let output = self
            .find_output(pct)
            .or_else(|| self.find_output(&NodeId::single(pct, Kind::Body)?));
        output.ok_or_else(|| {
            let valid = Output::all(self).map(|output| output.code());
            let body = &self.assured.cycle.framework.words.body;
            let what = format!("output for {}", body.with_article());
            Failure::unknown_in(&self.place_in_words(), &what, pct, valid)
        })
    }

    /// The method named by arguments: by its purpose, or by its identifier in the framework.
    #[inline]
    pub(crate) fn method(
        &self,
        purpose: Option<Method>,
        id: Option<Id<'_>>,
    ) -> Result<Option<Method>, Failure> {
        let Some(id) = id else { return Ok(purpose) };
        let id = Some(self.method_named(id)?);
        either(("methodId", id), ("method", purpose))
    }

    /// The methods named by arguments: by their purposes, or by their identifiers in the framework.
    #[inline]
    pub(crate) fn methods(
        &self,
        purposes: Option<Vec<Method>>,
        ids: Option<Vec<Id<'_>>>,
    ) -> Result<Option<Vec<Method>>, Failure> {
        if ids.is_none() {
            return Ok(purposes);
        }
        let named = |ids: Vec<Id<'_>>| ids.into_iter().map(|id| self.method_named(id)).collect();
        let ids: Option<Vec<Method>> = ids.map(named).transpose()?;
        either(("methodIds", ids), ("methods", purposes))
    }

    fn method_named(&self, id: Id<'_>) -> Result<Method, Failure> {
        let methods = &self.assured.cycle.framework.methods;
        methods.named(id.0).ok_or_else(|| {
            Failure::unknown_in(&self.place_in_words(), "method", id.0, methods.ids())
        })
    }

    /// The identifier of the method for a purpose; `None` if the framework has none.
    pub(crate) fn method_id(self, purpose: Method) -> Option<Id<'a>> {
        let definition = self.assured.cycle.framework.methods.get(purpose)?;
        Some(Id(&definition.id))
    }

    /// What sentences call the method for a purpose.
    pub(crate) fn method_title(self, purpose: Method) -> &'a str {
        self.assured.cycle.framework.methods.title(purpose)
    }

    /// The documentation of the core's checks.
    pub(crate) fn core_checks(self) -> &'a [wcc_core::CheckDocumentation] {
        let framework = &self.assured.cycle.framework;
        self.picture.core_checks(Some(framework))
    }

    /// "in the cycle `england/2009-10`", for messages.
    pub(crate) fn place_in_words(&self) -> String {
        format!("in the cycle `{}`", self.code())
    }

    /// The outputs of the PCTs in a region and a cluster, sorted by code.
    pub(crate) fn outputs(
        self,
        authority: Option<Id<'_>>,
        group: Option<Id<'_>>,
    ) -> Result<impl Iterator<Item = Output<'a>> + use<'a>, Failure> {
        let scope = |id: Option<Id<'_>>, kind| {
            let scope = |id: Id<'_>| self.scope(id.0, Some(kind));
            id.map(scope).transpose()
        };
        let authority = scope(authority, BodyKind::Sha)?;
        let group = scope(group, BodyKind::Cluster)?;
        Ok(Output::all(self).filter(move |output| {
            let mut scopes = authority.iter().chain(&group);
            scopes.all(|scope| scope.contains(output.data.body))
        }))
    }
}

object! {
    /// One cycle of assurance: everything recorded in one year of one case, and the results.
    Cycle<'a> as "Cycle", implements [Node] => |cycle| {
        /// Global identifier; give it to `node` to ask for the cycle again.
        id: NodeId<'a> = NodeId::new(Kind::Cycle, [cycle.code()]);
        /// Identifier used by people and in arguments called `cycle`: `england/2009-10`.
        code: Id<'a> = Id(cycle.code());
        /// Title as printed.
        title: &'a str = cycle.assured.cycle.title.as_str();
        /// The assurance year: `2009/10`.
        year: &'a str = cycle.assured.cycle.framework.year.as_str();
        /// The date on which memberships and delegations are read.
        asOf: Date = cycle.assured.cycle.as_of;
        /// A notice, if figures are invented. Show it with every figure.
        illustrative: Option<&'a str> = cycle.assured.cycle.illustrative.as_deref();
        /// The rule book of the year.
        framework: Framework<'a> = cycle.framework();
        /// The review of the framework that it is; null for a full round.
        review: Option<Review<'a>> = Review::of_cycle(cycle.framework());
        /// The phases of the cycle, in order.
        phases: [Phase<'a>; 8] = Phase::of_cycle(*cycle);
        /// The dates of phases that somebody set for this cycle, for a body and everything below it.
        timetable: [PhaseDates<'a>; 10] = PhaseDates::of_cycle(*cycle);
        /// The phases that somebody opened: the latest of each body for which one was opened. While
        /// there is none, the dates of the framework decide, and whoever may read the cycle sees
        /// all of it.
        phaseOpenings: [PhaseOpening<'a>; 10] = PhaseOpening::of_cycle(*cycle);
        /// The latest release of results of each body for which there is one.
        releases: [Release<'a>; 10] = Release::of_cycle(*cycle);
        /// Overviews of the results for people, one for each authority and format, and of all bodies;
        /// none as of an earlier moment.
        documents: [DocumentLink<'a>; 20] = DocumentLink::of_cycle(*cycle);
        /// How far the planning of each PCT has come, and of each SHA; what is missing, and what is
        /// late.
        planning(
            /// Only bodies under this authority, and the authority itself, by code.
            authority: Option<Id<'_>>,
            /// The day on which something may be late; default: the cycle's.
            on: Option<Date>,
        ): Option<[BodyPlanning<'a>; 50]> = Some(BodyPlanning::of_cycle(*cycle, authority, on)?);
        /// The approvals that the framework asks for, of every cluster and PCT: each cluster before its
        /// PCTs.
        approvals: [Approval<'a>; 30] = Approval::of_cycle(*cycle);
        /// What somebody in a role must do, as of a day: what is late first. It follows what the
        /// framework opens to the role in the phase of each body.
        due(
            /// Identifier of the role.
            role: Id<'_>,
            /// Code of the body that they act for; all bodies if it is omitted.
            body: Option<Id<'_>>,
            /// The day.
            on: Date,
        ): Option<[Duty<'a>; 20]> = Some(Duty::each(*cycle, role.0, body.map(|body| body.0), on)?);
        /// A summary of what is due for each PCT, and for each other body with a duty. For those who see
        /// all of a body: what a viewer may not see counts as missing.
        dueByBody(
            /// The day.
            on: Date,
        ): [BodyDuties<'a>; 30] = BodyDuties::of_cycle(*cycle, on);
        /// The previous year's cycle, if it is loaded and assured.
        previous: Option<Cycle<'a>> = cycle.previous();
        /// The previous year's cycle, if it cannot be assured: then nothing is compared with it.
        previousNotAssured: Option<NotAssuredCycle<'a>> = cycle.previous_not_assured();
        /// What is new, changed or the same since the year before, what was carried from it, and what
        /// has become of that.
        sincePreviousCycle(
            /// Only records on this body and what belongs to it, by code.
            body: Option<Id<'_>>,
        ): Option<SincePreviousCycle<'a>> = Some(SincePreviousCycle::of(*cycle, body.map(|body| body.0))?);
        /// The number of bodies assured.
        bodyCount: i32 = i32::try_from(cycle.assured.assurance.outputs.len()).unwrap_or(i32::MAX);
        /// The number of PCTs assured.
        #[deprecated = "Use `bodyCount`."]
        pctCount: i32 = i32::try_from(cycle.assured.assurance.outputs.len()).unwrap_or(i32::MAX);
        /// Every cluster, assured once, in the order of codes; then PCTs without a recorded cluster, each a
        /// cluster of one.
        assurances: [ClusterAssurance<'a>; 20] = ClusterAssurance::all(*cycle);
        /// Every delegated function that was judged or that one of its PCTs delegates to, in the
        /// order of codes.
        functions: [FunctionAssurance<'a>; 6] = FunctionAssurance::all(*cycle);
        /// The outputs of its PCTs, in the order of their codes.
        outputs(
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
            let authority = either(("authority", authority), ("sha", sha))?;
            let group = either(("group", group), ("cluster", cluster))?;
            Some(OutputConnection::page(cycle.outputs(authority, group)?, &cycle.list_parent(), first, after)?)
        };
        /// The findings of checks.
        findings(
            /// A filter; all if omitted.
            filter: Option<FindingFilter<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<FindingConnection<'a>> = Some(FindingConnection::of(*cycle, filter.as_ref(), first, after)?);
        /// Values above what the evidence supports.
        challenges(
            /// A filter; all if omitted.
            filter: Option<ChallengeFilter<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<ChallengeConnection<'a>> = Some(ChallengeConnection::of(*cycle, filter.as_ref(), first, after)?);
        /// Every PCT's values in one table, for overviews.
        matrix(
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
            let authority = either(("authority", authority), ("sha", sha))?;
            Some(Matrix::new(*cycle, cycle.method(method, methodId)?, columns, areas, authority)?)
        };
        /// The indicators of the cycle, each compared among all bodies.
        indicators(
            /// Only the indicator with this identifier.
            code: Option<Id<'_>>,
            /// Only this series of the population, by its identifier in the framework.
            seriesId: Option<Id<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<IndicatorConnection<'a>> = Some(IndicatorConnection::of(*cycle, code, seriesId, first, after)?);
        /// Whether panels, authorities and methods judge alike, over the bodies that the viewer may
        /// see.
        calibration(
            /// Only this measure, by identifier.
            measure: Option<Id<'_>>,
            /// Only bodies under this authority, by code.
            authority: Option<Id<'_>>,
        ): Option<Calibration<'a>> = Some(Calibration::of(*cycle, measure, authority)?);
        /// What changes would do to every result that the viewer may see. Nothing is recorded.
        whatIf(
            /// The changes, at most 100. Of several changes of one record, the last counts.
            changes: Vec<ProposedChangeInput<'_>>,
        ): Option<WhatIf<'a>> = Some(WhatIf::of(*cycle, &changes)?);
        /// The surveys about its bodies that you may follow, by identifier, as they are now: never from a
        /// cache. Null at an earlier point and in subscriptions, because surveys are outside the ledger.
        surveys: Option<[Survey<'a>; 3]> = Survey::of_cycle(*cycle);
        /// The messages about its bodies that you may read, newest first, as they are now: never from a cache.
        /// Null at an earlier point and in subscriptions, because messages are beside the ledger.
        messages(
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<MessageConnection<'a>> = MessageConnection::of(*cycle, first, after)?;
        /// The marks of a measure that were withdrawn and that you would see if they were current, the latest withdrawal
        /// first: those on the body, and on the group whose marks it inherits. Marks that others took the place of are
        /// not among them: `@asOf` shows those. Null in subscriptions.
        withdrawnMarks(
            /// The body, by code.
            body: Id<'_>,
            /// The measure, by identifier.
            measure: Id<'_>,
        ): Option<[WithdrawnMark<'a>; 3]> = WithdrawnMark::of(*cycle, body, measure)?;
        /// The plugins that took part, including those that failed.
        plugins: [PluginRun<'a>; 2] = PluginRun::all(*cycle);
    }
}
