//! `Cycle`: one year of assurance.

use super::assurance::{ClusterAssurance, FunctionAssurance};
use super::body::Seen;
use super::challenge::{ChallengeConnection, ChallengeFilter};
use super::entry_actor::EntryActor;
use super::finding::{FindingConnection, FindingFilter};
use super::framework::Framework;
use super::ids::{Kind, NodeId};
use super::matrix::{Matrix, MatrixOf};
use super::not_assured::NotAssuredCycle;
use super::output::{Output, OutputConnection};
use super::plugin::PluginRun;
use super::rulebook::Phase;
use crate::picture::Picture;
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
    /// What was said and what follows from it.
    pub(crate) at: &'a AssuredCycle,
}

/// A body and everything in it: a PCT alone, a cluster with its PCTs, an SHA with its region.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    cycle: Cycle<'a>,
    of: BodyIndex,
}

impl Scope<'_> {
    /// Whether a body is it or in it.
    pub(crate) fn holds(&self, body: BodyIndex) -> bool {
        let cycle = &self.cycle.at.cycle;
        let organisations = &cycle.organisations;
        body == self.of
            || match organisations.body(self.of).kind {
                BodyKind::Sha => organisations.sha_of(body) == Some(self.of),
                BodyKind::Cluster => organisations.cluster_of(body, cycle.as_of) == Some(self.of),
                BodyKind::Pct | BodyKind::Function => false,
            }
    }
}

impl<'a> Cycle<'a> {
    /// Every cycle of the picture.
    pub(crate) fn all(picture: &'a Picture) -> impl Iterator<Item = Cycle<'a>> {
        picture.cycles().map(move |at| Cycle { picture, at })
    }

    /// The cycle with an identifier.
    pub(crate) fn with_code(picture: &'a Picture, code: &str) -> Option<Cycle<'a>> {
        let at = picture.cycle(code)?;
        Some(Cycle { picture, at })
    }

    /// The cycle that an argument names, by its identifier or as a node id.
    pub(crate) fn named(picture: &'a Picture, given: &str) -> Result<Cycle<'a>, Failure> {
        let found = Cycle::with_code(picture, given).or_else(|| {
            let code = NodeId::single(given, Kind::Cycle)?;
            Cycle::with_code(picture, &code)
        });
        found.ok_or_else(|| {
            if let Some(not_assured) = NotAssuredCycle::named(picture, given) {
                return not_assured.failure();
            }
            let valid = picture.cycle_ids();
            let not_assured = NotAssuredCycle::all(picture).map(|cycle| cycle.code());
            Failure::unknown("cycle", given, valid.chain(not_assured))
        })
    }

    /// Its identifier.
    pub(crate) fn code(&self) -> &'a str {
        &self.at.cycle.id
    }

    /// The parent of its lists, for their cursors.
    pub(crate) fn list_parent(&self) -> String {
        format!("{} {}", self.code(), self.picture.moment())
    }

    /// Its framework.
    pub(crate) fn framework(&self) -> Framework<'a> {
        Framework {
            picture: self.picture,
            it: &self.at.cycle.framework,
        }
    }

    /// Last year's cycle.
    pub(crate) fn previous(&self) -> Option<Cycle<'a>> {
        Cycle::with_code(self.picture, self.at.previous.as_deref()?)
    }

    /// Last year's cycle, if it is not assured.
    fn previous_not_assured(&self) -> Option<NotAssuredCycle<'a>> {
        NotAssuredCycle::with_code(self.picture, self.at.previous.as_deref()?)
    }

    /// Where a record was written, in words.
    pub(crate) fn place(&self, record: RecordId) -> Option<String> {
        self.at.places.place(record)
    }

    /// The entry of the ledger that a record is; nothing for one that was read from a file.
    pub(crate) fn entry(&self, record: RecordId) -> Option<i32> {
        match self.at.places {
            Places::Entries(_) => i32::try_from(record.0).ok(),
            Places::Files(_) => None,
        }
    }

    /// Who made the entry that a record is, as far as the viewer may know.
    pub(crate) fn entered_by(self, record: &dyn CycleRecord) -> Option<EntryActor<'a>> {
        self.entry(record.id())?;
        let body = &self.at.cycle.organisations.body(record.body()).code;
        let entered = self.picture.entered_by(record.id().0, self.code(), body)?;
        Some(EntryActor::new(self.picture, entered))
    }

    /// A body of the cycle, seen on its day.
    pub(crate) fn seen(self, index: BodyIndex) -> Seen<'a> {
        Seen::of_cycle(self, index)
    }

    /// The body of the cycle that an argument names, of any kind or of one.
    pub(crate) fn body(&self, given: &str, kind: Option<BodyKind>) -> Result<BodyIndex, Failure> {
        let organisations = &self.at.cycle.organisations;
        let fits = |kind_is: BodyKind| kind.is_none_or(|kind| kind == kind_is);
        let found = organisations.find(given).or_else(|| {
            let code = NodeId::single(given, Kind::Body)?;
            organisations.find(&code)
        });
        let found = found.filter(|index| fits(organisations.body(*index).kind));
        found.ok_or_else(|| {
            let bodies = organisations.each().map(|(_, body)| body);
            let valid = bodies.filter(|body| fits(body.kind));
            let what = kind.map_or("body", BodyKind::in_words);
            let codes = valid.map(|body| body.code.as_str());
            Failure::unknown_in(&self.place_in_words(), what, given, codes)
        })
    }

    /// A body of the cycle with everything in it.
    pub(crate) fn scope(self, given: &str, kind: Option<BodyKind>) -> Result<Scope<'a>, Failure> {
        let of = self.body(given, kind)?;
        Ok(Scope { cycle: self, of })
    }

    /// The output of the PCT with a code.
    pub(crate) fn find_output(self, pct: &str) -> Option<Output<'a>> {
        let pct = self.at.cycle.organisations.find(pct)?;
        let it = self.at.assurance.output(pct)?;
        Some(Output { cycle: self, it })
    }

    /// The output of the PCT that an argument names.
    pub(crate) fn output(self, pct: &str) -> Result<Output<'a>, Failure> {
        let found = self
            .find_output(pct)
            .or_else(|| self.find_output(&NodeId::single(pct, Kind::Body)?));
        found.ok_or_else(|| {
            let valid = Output::all(self).map(|output| output.code());
            Failure::unknown_in(&self.place_in_words(), "output for a PCT", pct, valid)
        })
    }

    /// "in the cycle `england/2009-10`", for messages.
    pub(crate) fn place_in_words(&self) -> String {
        format!("in the cycle `{}`", self.code())
    }

    /// The outputs of the PCTs in a region and a cluster, in the order of their codes.
    pub(crate) fn outputs(
        self,
        sha: Option<Id<'_>>,
        cluster: Option<Id<'_>>,
    ) -> Result<impl Iterator<Item = Output<'a>> + use<'a>, Failure> {
        let scope = |given: Option<Id<'_>>, kind| {
            let scope = |given: Id<'_>| self.scope(given.0, Some(kind));
            given.map(scope).transpose()
        };
        let sha = scope(sha, BodyKind::Sha)?;
        let cluster = scope(cluster, BodyKind::Cluster)?;
        Ok(Output::all(self).filter(move |output| {
            let mut scopes = sha.iter().chain(&cluster);
            scopes.all(|scope| scope.holds(output.it.body))
        }))
    }
}

object! {
    /// One cycle of assurance: everything recorded in one year of one case, and the results.
    Cycle<'a> as "Cycle", implements [Node] => |it| {
        /// Global identifier; give it to `node` to ask for the cycle again.
        id: NodeId<'a> = NodeId::new(Kind::Cycle, [it.code()]);
        /// Identifier used by people and in arguments called `cycle`: `england/2009-10`.
        code: Id<'a> = Id(it.code());
        /// Title as printed.
        title: &'a str = it.at.cycle.title.as_str();
        /// The assurance year: `2009/10`.
        year: &'a str = it.at.cycle.framework.year.as_str();
        /// The date on which memberships and delegations are read.
        asOf: Date = it.at.cycle.as_of;
        /// A notice, if figures are invented. Show it with every figure.
        illustrative: Option<&'a str> = it.at.cycle.illustrative.as_deref();
        /// The rule book of the year.
        framework: Framework<'a> = it.framework();
        /// The phases of the cycle, in order.
        phases: [Phase<'a>; 8] = it.at.cycle.framework.phases.iter().map(Phase);
        /// The previous year's cycle, if it is loaded and assured.
        previous: Option<Cycle<'a>> = it.previous();
        /// The previous year's cycle, if it cannot be assured: then nothing is compared with it.
        previousNotAssured: Option<NotAssuredCycle<'a>> = it.previous_not_assured();
        /// The number of PCTs assured.
        pctCount: i32 = i32::try_from(it.at.assurance.outputs.len()).unwrap_or(i32::MAX);
        /// Every cluster, assured once, in the order of codes; then PCTs without a recorded cluster, each a
        /// cluster of one.
        assurances: [ClusterAssurance<'a>; 20] = ClusterAssurance::all(*it);
        /// Every delegated function that was judged or that one of its PCTs delegates to, in the
        /// order of codes.
        functions: [FunctionAssurance<'a>; 6] = FunctionAssurance::all(*it);
        /// The outputs of its PCTs, in the order of their codes.
        outputs(
            /// Only PCTs in the region of this SHA, by code.
            sha: Option<Id<'_>>,
            /// Only PCTs of this cluster, by code.
            cluster: Option<Id<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<OutputConnection<'a>> = Some(OutputConnection::page(it.outputs(sha, cluster)?, &it.list_parent(), first, after)?);
        /// The findings of checks.
        findings(
            /// A filter; all if omitted.
            filter: Option<FindingFilter<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<FindingConnection<'a>> = Some(FindingConnection::of(*it, filter.as_ref(), first, after)?);
        /// Values above what the evidence supports.
        challenges(
            /// A filter; all if omitted.
            filter: Option<ChallengeFilter<'_>>,
            /// Maximum number of items, up to 200.
            first: i32 = 50,
            /// Only items after this cursor.
            after: After<'_>,
        ): Option<ChallengeConnection<'a>> = Some(ChallengeConnection::of(*it, filter.as_ref(), first, after)?);
        /// Every PCT's values in one table, for overviews.
        matrix(
            /// The method; the current value (calibrated, or else the panel's) if omitted.
            method: Option<Method>,
            /// The kind of columns.
            columns: MatrixOf = MEASURES,
            /// Only columns of these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
            /// Only PCTs in the region of this SHA, by code.
            sha: Option<Id<'_>>,
        ): Option<Matrix<'a>> = Some(Matrix::new(*it, method, columns, areas, sha)?);
        /// The plugins that took part, including those that failed.
        plugins: [PluginRun<'a>; 2] = PluginRun::all(*it);
    }
}
