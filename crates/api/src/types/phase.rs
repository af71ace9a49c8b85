//! `Phase`: a phase of a cycle, what must be complete before it opens, and what is missing.

use super::approval::Approval;
use super::body::{Body, Cluster};
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::framework::Framework;
use super::ledger::number;
use super::measure::Measure;
use crate::history::OutputDifference;
use crate::project::leaves::Id;
use crate::project::object;
use jiff::civil::Date;
use wcc_core::BodyIndex;
use wcc_core::explain::requirement_in_words;
use wcc_core::framework::{self as core, RequiredOf};
use wcc_core::progress::{CycleProgress, release_of};
use wcc_core::readiness::{self, approvals_missing_before, is_ready, missing_before};
use wcc_core::record::{self, Method};

/// A phase of a framework, or of a cycle under it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phase<'a> {
    framework: Framework<'a>,
    /// The cycle through which it was reached, if it was.
    cycle: Option<Cycle<'a>>,
    data: &'a core::Phase,
}

impl<'a> Phase<'a> {
    /// The phases of a framework.
    pub(crate) fn of_framework(framework: Framework<'a>) -> impl Iterator<Item = Phase<'a>> {
        let phases = framework.data.phases.iter();
        phases.map(move |data| Phase {
            framework,
            cycle: None,
            data,
        })
    }

    /// The phases of a cycle.
    pub(crate) fn of_cycle(cycle: Cycle<'a>) -> impl Iterator<Item = Phase<'a>> {
        let phases = Phase::of_framework(cycle.framework());
        phases.map(move |phase| Phase {
            cycle: Some(cycle),
            ..phase
        })
    }

    /// The phase's data.
    pub(crate) fn data(&self) -> &'a core::Phase {
        self.data
    }

    fn after(&self) -> Option<Phase<'a>> {
        let id = self.data.after.as_deref()?;
        let data = self.framework.data.find_phase(id)?;
        Some(Phase { data, ..*self })
    }

    fn is_ready(&self) -> Option<bool> {
        let assured = self.cycle?.assured;
        Some(is_ready(&assured.cycle, &assured.assurance, self.data))
    }

    fn missing_approvals(&self) -> Option<impl Iterator<Item = Approval<'a>> + use<'a>> {
        let cycle = self.cycle?;
        let (of, assurance) = (&cycle.assured.cycle, &cycle.assured.assurance);
        let missing = approvals_missing_before(of, assurance, self.data);
        Some(Approval::each_of(cycle, missing))
    }

    fn missing(&self) -> Option<impl Iterator<Item = MissingJudgements<'a>> + use<'a>> {
        let cycle = self.cycle?;
        let (of, assurance) = (&cycle.assured.cycle, &cycle.assured.assurance);
        let missing = missing_before(of, assurance, self.data);
        Some(MissingJudgements::all(cycle, missing))
    }
}

object! {
    /// One phase of the cycle.
    Phase<'a> as "Phase" => |phase| {
        /// Identifier: `self-assessment`.
        code: Id<'a> = Id(&phase.data.id);
        /// Title as printed.
        title: &'a str = phase.data.title.as_str();
        /// First day, if the source gives it.
        firstDay: Option<Date> = phase.data.from;
        /// Last day, if the source gives it.
        lastDay: Option<Date> = phase.data.to;
        /// The date in the source's own words: `August/September 08`.
        asStated: Option<&'a str> = phase.data.as_stated.as_deref();
        /// The source of the date.
        source: Option<&'a str> = phase.data.source.as_deref();
        /// The phase after which it comes, if the framework says so.
        after: Option<Phase<'a>> = phase.after();
        /// What must be complete before it opens, besides what `after` requires.
        requires: [PhaseRequirement<'a>; 1] = {
            let framework = phase.framework;
            phase.data.requires.iter().map(move |data| PhaseRequirement { framework, data })
        };
        /// The approvals that must be given before it opens, besides those that `after` requires.
        requiredApprovals: [ApprovalRequirement<'a>; 1] = {
            let framework = phase.framework;
            phase.data.requires_approvals.iter().map(move |data| ApprovalRequirement { framework, data })
        };
        /// Whether everything that it requires is complete, and everything that the phases before
        /// it require: as far as the viewer sees the cycle. It says nothing about dates, and opens
        /// nothing by itself. Null for a phase of a framework rather than of a cycle.
        ready: Option<bool> = phase.is_ready();
        /// What is missing of what it requires itself, body by body; empty if nothing is. Null for
        /// a phase of a framework rather than of a cycle.
        missing: Option<[MissingJudgements<'a>; 10]> = phase.missing();
        /// The approvals that it requires itself and that are missing or out of date; empty if none
        /// is. Null for a phase of a framework rather than of a cycle.
        missingApprovals: Option<[Approval<'a>; 10]> = phase.missing_approvals();
    }
}

/// An approval that must be given before a phase opens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApprovalRequirement<'a> {
    framework: Framework<'a>,
    data: &'a core::ApprovalRequirement,
}

impl<'a> ApprovalRequirement<'a> {
    fn definition(&self) -> &'a core::ApprovalDefinition {
        self.framework.data.approval(self.data.approval)
    }
}

object! {
    /// An approval that must be given before a phase opens.
    ApprovalRequirement<'a> as "ApprovalRequirement" => |requirement| {
        /// Identifier of the approval in the framework: `ratified`.
        code: Id<'a> = Id(&requirement.definition().id);
        /// Title as printed.
        title: &'a str = requirement.definition().title.as_str();
        /// Of what it must be given. The approval of a group is one of each of its bodies.
        of: RequiredOf = requirement.data.of;
    }
}

/// A phase that was opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PhaseOpening<'a> {
    cycle: Cycle<'a>,
    data: &'a record::PhaseOpening,
}

impl<'a> PhaseOpening<'a> {
    /// The phases that are open in a cycle: the latest of each body for which one was opened.
    pub(crate) fn of_cycle(cycle: Cycle<'a>) -> impl Iterator<Item = PhaseOpening<'a>> {
        let opened = cycle.assured.cycle.records.phases.iter();
        opened.map(move |data| PhaseOpening { cycle, data })
    }

    /// The phase that is open for a body: opened for it, its cluster or its SHA.
    pub(crate) fn of_body(cycle: Cycle<'a>, body: BodyIndex) -> Option<PhaseOpening<'a>> {
        let data = &cycle.assured.cycle;
        let mut all = PhaseOpening::of_cycle(cycle);
        // Dates open nothing.
        let phases = CycleProgress::of(data, "", Date::MIN);
        let (record, _) = phases.opening_of(&data.organisations, body, data.as_of)?;
        all.find(|opened| opened.data.record == record)
    }

    fn phase(&self) -> Phase<'a> {
        let framework = self.cycle.framework();
        Phase {
            framework,
            cycle: Some(self.cycle),
            data: framework.data.phase(self.data.phase),
        }
    }
}

object! {
    /// A phase that somebody opened, for a body and everything below it.
    PhaseOpening<'a> as "PhaseOpening" => |opened| {
        /// The phase.
        phase: Phase<'a> = opened.phase();
        /// The body for which it was opened.
        body: Body<'a> = Body::of(opened.cycle.body_view(opened.data.body));
        /// Why, if a reason was given.
        reason: Option<&'a str> = opened.data.reason.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to open another phase for the same
        /// body. Null if it was read from a file.
        entry: Option<i32> = opened.cycle.entry(opened.data.record);
        /// Who opened it.
        enteredBy: Option<EntryActor<'a>> = opened.cycle.entered_by(opened.data);
    }
}

/// The dates of a phase that somebody set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PhaseDates<'a> {
    cycle: Cycle<'a>,
    data: &'a record::PhaseDates,
}

impl<'a> PhaseDates<'a> {
    /// The dates that were set in a cycle.
    pub(crate) fn of_cycle(cycle: Cycle<'a>) -> impl Iterator<Item = PhaseDates<'a>> {
        let dates = cycle.assured.cycle.records.timetable.iter();
        dates.map(move |data| PhaseDates { cycle, data })
    }

    fn phase(&self) -> Phase<'a> {
        let framework = self.cycle.framework();
        Phase {
            framework,
            cycle: Some(self.cycle),
            data: framework.data.phase(self.data.phase),
        }
    }
}

object! {
    /// The dates of a phase for a body and everything below it, in place of those of the framework.
    PhaseDates<'a> as "PhaseDates" => |dates| {
        /// The phase, with the dates that the framework gives.
        phase: Phase<'a> = dates.phase();
        /// The body.
        body: Body<'a> = Body::of(dates.cycle.body_view(dates.data.body));
        /// The first day, if it is set.
        firstDay: Option<Date> = dates.data.from;
        /// The last day, if it is set.
        lastDay: Option<Date> = dates.data.to;
        /// Why, or what else people should know.
        note: Option<&'a str> = dates.data.note.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to change it. Null if it was read
        /// from a file.
        entry: Option<i32> = dates.cycle.entry(dates.data.record);
        /// Who set them.
        enteredBy: Option<EntryActor<'a>> = dates.cycle.entered_by(dates.data);
    }
}

/// Results that were released.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Release<'a> {
    cycle: Cycle<'a>,
    data: &'a record::Release,
}

impl<'a> Release<'a> {
    /// The latest release of each body of a cycle for which there is one.
    pub(crate) fn of_cycle(cycle: Cycle<'a>) -> impl Iterator<Item = Release<'a>> {
        let releases = cycle.assured.cycle.records.releases.iter();
        releases.map(move |data| Release { cycle, data })
    }

    /// The release that holds for a body: of it, its cluster or its SHA.
    pub(crate) fn of_body(cycle: Cycle<'a>, body: BodyIndex) -> Option<Release<'a>> {
        let data = release_of(&cycle.assured.cycle, body)?;
        Some(Release { cycle, data })
    }
}

object! {
    /// The results of a body and of everything below it, released to people in some roles.
    Release<'a> as "Release" => |release| {
        /// The body.
        body: Body<'a> = Body::of(release.cycle.body_view(release.data.body));
        /// Identifiers of the roles; `public` for everybody.
        to: [Id<'a>; 4] = release.data.to.iter().map(|role| Id(role));
        /// The first day.
        from: Date = release.data.from;
        /// What the results may be used for.
        uses: Option<&'a str> = release.data.uses.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to change it. Null if it was read
        /// from a file.
        entry: Option<i32> = release.cycle.entry(release.data.record);
        /// Who released them.
        enteredBy: Option<EntryActor<'a>> = release.cycle.entered_by(release.data);
    }
}

/// An output that was kept as it was released.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReleasedOutput<'a> {
    cycle: Cycle<'a>,
    data: &'a record::ReleasedOutput,
}

impl<'a> ReleasedOutput<'a> {
    /// The kept outputs of a body, in the order of their releases.
    pub(crate) fn of_body(
        cycle: Cycle<'a>,
        body: BodyIndex,
    ) -> impl Iterator<Item = ReleasedOutput<'a>> {
        let kept = cycle.assured.cycle.records.released_outputs.iter();
        let kept = kept.filter(move |kept| kept.body == body);
        kept.map(move |data| ReleasedOutput { cycle, data })
    }

    fn differences(self) -> Option<Vec<OutputDifference>> {
        let found = self.cycle.picture.differences(self.data.record.0)?;
        Some(found.to_vec())
    }
}

object! {
    /// The output of a body as it was released, kept as a document: what everybody sees to whom it was
    /// released, and nothing that is hidden from one of them or from the public. Later versions of the
    /// program or of a plugin may calculate it differently.
    ReleasedOutput<'a> as "ReleasedOutput" => |kept| {
        /// Number of the entry that released it. A query `@asOf` a moment after it shows the output as
        /// calculated today; what was released is in the document, and `differences` is how they differ.
        release: i32 = number(kept.data.release);
        /// SHA-256 of the output in JSON, which `/documents` has.
        document: &'a str = &*kept.data.document;
        /// Version of the program.
        engine: &'a str = &*kept.data.engine;
        /// The framework, with the SHA-256 of its text.
        framework: &'a str = &*kept.data.framework;
        /// The plugins that were asked, each with its version and the SHA-256 of its library.
        plugins: [&'a str; 2] = kept.data.plugins.iter().map(|plugin| &**plugin);
        /// What today's calculation would change in it; empty if it is still the same, null until the
        /// server has compared it, soon after it starts.
        differences: Option<[OutputDifference; 2]> = kept.differences();
        /// Number of the ledger's entry.
        entry: Option<i32> = kept.cycle.entry(kept.data.record);
        /// Who kept it.
        enteredBy: Option<EntryActor<'a>> = kept.cycle.entered_by(kept.data);
    }
}

object! {
    /// A difference between an output as it was released and as it is calculated today.
    OutputDifference as "OutputDifference" => |difference| {
        /// Its place in the output: a JSON Pointer.
        path: String = difference.path.clone();
        /// What was released there, in JSON; null if nothing was.
        released: Option<String> = difference.released.clone();
        /// What is calculated today, in JSON; null if nothing is.
        today: Option<String> = difference.today.clone();
    }
}

/// Judgements that must be complete before a phase opens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PhaseRequirement<'a> {
    framework: Framework<'a>,
    data: &'a core::PhaseRequirement,
}

object! {
    /// Judgements that must be complete before a phase opens.
    PhaseRequirement<'a> as "PhaseRequirement" => |requirement| {
        /// The purpose of the method by which they are made.
        method: Method = requirement.data.method;
        /// Identifier of the method in the framework.
        methodId: Option<Id<'a>> = requirement.framework.data.methods.get(requirement.data.method).map(|method| Id(&method.id));
        /// On what they are made.
        of: RequiredOf = requirement.data.of;
        /// The measures on which they are required, in order.
        measures: [Measure<'a>; 50] = {
            let framework = requirement.framework;
            requirement.data.measures(framework.data).map(move |index| framework.measure(index))
        };
        /// The requirement in words: "the self-assessment of every PCT on every measure".
        inWords: String = requirement_in_words(requirement.framework.data, requirement.data);
    }
}

/// Judgements of one body that a phase or an approval requires and that are missing.
#[derive(Clone, Debug)]
pub(crate) struct MissingJudgements<'a> {
    cycle: Cycle<'a>,
    data: readiness::MissingJudgements,
}

impl<'a> MissingJudgements<'a> {
    /// What is missing in a cycle.
    pub(crate) fn all(
        cycle: Cycle<'a>,
        missing: Vec<readiness::MissingJudgements>,
    ) -> impl Iterator<Item = MissingJudgements<'a>> + use<'a> {
        let missing = missing.into_iter();
        missing.map(move |data| MissingJudgements { cycle, data })
    }

    fn used_by(&self) -> Option<&'a str> {
        let methods = &self.cycle.framework().data.methods;
        methods.get(self.data.method)?.used_by.as_deref()
    }
}

object! {
    /// Judgements of one body that a phase or an approval requires and that nobody has made.
    MissingJudgements<'a> as "MissingJudgements" => |missing| {
        /// The body to be judged: a PCT, a cluster or a function.
        body: Body<'a> = Body::of(missing.cycle.body_view(missing.data.body));
        /// The group that is incomplete without them, if the body is one of its members and the
        /// requirement is about groups.
        group: Option<Cluster<'a>> = missing.data.group.map(|group| Cluster(missing.cycle.body_view(group)));
        /// The method's purpose.
        method: Method = missing.data.method;
        /// Identifier of the method in the framework.
        methodId: Option<Id<'a>> = missing.cycle.method_id(missing.data.method);
        /// Identifier of the role that uses the method, if the framework says so.
        usedBy: Option<Id<'a>> = missing.used_by().map(Id);
        /// The number of measures.
        count: i32 = i32::try_from(missing.data.measures.len()).unwrap_or(i32::MAX);
        /// The measures, in order.
        measures: [Measure<'a>; 20] = {
            let framework = missing.cycle.framework();
            missing.data.measures.clone().into_iter().map(move |index| framework.measure(index))
        };
    }
}
