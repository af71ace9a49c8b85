//! The questions to a policy about a draft, and the objects that it shows to the actor.

mod acts_on_bodies;
mod carried;
mod cycles;
mod disclosure;
mod entries;
mod messages;
mod personal_records;
mod withdrawn_judgements;

pub use withdrawn_judgements::WithdrawnJudgement;

use super::RefusalReason;
use crate::actor::Actor;
use crate::body::{BodyIndex, BodyKind, Organisations};
use crate::cycle::Hidden;
use crate::ledger::Draft;
use crate::ledger::entry_error::{Attempt, EntryError};
use crate::ledger::fact::{CycleFact, Fact, RebaseFact};
use crate::ledger::opened_cycle::{OpenedCycle, RecordSubject};
use crate::ledger::state::{Sight, State};
use crate::policy::{
    Decision, FILE_EVIDENCE, Policy, Question, READ, READ_DOCUMENT, Resource, WITHDRAW,
    WITHDRAW_APPROVAL, WithdrawnRecord,
};
use crate::progress::{CycleProgress, ScoresOfCycle};
use crate::record::{RecordFact, RecordGroup, RecordKind, Score, UnknownCode};
use jiff::Timestamp;
use jiff::civil::Date;

/// The acts that an actor may perform at a time, and the part of the state that they may see.
///
/// A refusal contains visible objects only: codes are looked up among these, and
/// [`Permission::disclose`] replaces refusals of the state that concern others.
#[derive(Clone, Copy)]
pub struct Permission<'a> {
    state: &'a State,
    policy: &'a dyn Policy,
    actor: &'a Actor,
    today: Date,
}

impl<'a> Permission<'a> {
    /// The permission of an actor. The day of `now` in UTC selects the phase for the policy.
    pub fn new(
        state: &'a State,
        policy: &'a dyn Policy,
        actor: &'a Actor,
        now: Timestamp,
    ) -> Permission<'a> {
        Permission {
            state,
            policy,
            actor,
            today: super::day_of(now),
        }
    }

    /// Checks with the policy that a draft is permitted.
    ///
    /// # Errors
    /// The act is denied; or it is permitted, but the draft names an object that is hidden or does not
    /// exist.
    pub fn check(&self, draft: &Draft) -> Result<(), RefusalReason> {
        let act = self.act_of(draft);
        let attempt = Attempt::of(&draft.fact);
        let superseded = draft.supersedes.map(|entry| {
            let superseded = self.superseded(entry, attempt)?;
            Ok::<_, EntryError>(Resource {
                withdrawn: self.withdrawn_record(act, entry),
                ..superseded
            })
        });
        let resource = match &draft.fact {
            Fact::Framework(_) | Fact::Organisations(_) => Resource::default(),
            Fact::Cycle(fact) => self.cycle(fact),
            Fact::Rebase(fact) => self.whole_cycle(&fact.cycle),
            Fact::Record { cycle, record } => self.record(cycle, record),
            Fact::Withdrawn { .. } => match &superseded {
                Some(Ok(resource)) => *resource,
                _ => Resource::default(),
            },
        };
        self.ask(act, resource)?;
        // A record without a key may be superseded by one on another body.
        if let Some(superseded) = superseded {
            self.ask(act, superseded?)?;
        }
        match &draft.fact {
            Fact::Cycle(fact) => {
                self.check_whole(act, &fact.id)?;
                Ok(self.check_description(fact)?)
            }
            Fact::Rebase(fact) => {
                self.check_whole(act, &fact.cycle)?;
                Ok(self.check_rebase(fact)?)
            }
            Fact::Record {
                cycle,
                record: RecordFact::CarriedRecord(carried),
            } => Ok(self.check_earlier_cycle(cycle, carried, draft.supersedes)?),
            _ => Ok(()),
        }
    }

    /// The act of a draft. To withdraw an approval is an act of its own, because it reopens what was
    /// approved.
    fn act_of(&self, draft: &Draft) -> &'static str {
        let withdraws = matches!(draft.fact, Fact::Withdrawn { .. });
        let withdrawn = draft.supersedes.filter(|_| withdraws);
        let withdrawn = withdrawn.filter(|entry| self.shows_entry(*entry));
        match withdrawn.and_then(|entry| self.state.about(entry)) {
            Some((_, subject)) if subject.approval.is_some() => WITHDRAW_APPROVAL,
            _ => draft.fact.act(),
        }
    }

    /// What a policy is told of a record that is withdrawn.
    fn withdrawn_record(&self, act: &str, entry: u32) -> Option<WithdrawnRecord> {
        let (cycle, subject) = self.state.about(entry).filter(|_| act == WITHDRAW)?;
        let entered_by = subject.group.kind.act();
        let framework = cycle.framework();
        Some(WithdrawnRecord {
            act: entered_by,
            is_of_own_role: framework.opens_to(&self.actor.role, entered_by),
        })
    }

    fn ask(&self, act: &'static str, resource: Resource<'_>) -> Result<(), RefusalReason> {
        let actor = self.actor;
        match self.policy.decide(&Question {
            actor,
            act,
            resource,
        }) {
            Decision::Allowed => Ok(()),
            Decision::Denied { reason } => Err(RefusalReason::NotPermitted { act, reason }),
        }
    }

    /// The progress of a cycle as the actor sees it.
    fn progress<'f>(&self, cycle: &'f OpenedCycle) -> CycleProgress<'f> {
        let stands = |entry| self.state.stands(entry);
        cycle.progress(&self.actor.role, self.today, &stands)
    }

    fn cycle_resource<'f>(&self, cycle: &'f OpenedCycle) -> Resource<'f> {
        self.progress(cycle).resource(&cycle.id)
    }

    fn body_resource<'f>(&self, cycle: &'f OpenedCycle, body: BodyIndex) -> Resource<'f> {
        let (tables, day) = (cycle.organisations(), cycle.as_of());
        self.progress(cycle)
            .body_resource(&cycle.id, tables, body, day)
    }

    fn shows(&self, resource: Resource<'_>) -> bool {
        self.ask(READ, resource).is_ok()
    }

    /// The resource of an entry that is to be superseded or withdrawn.
    fn superseded(&self, entry: u32, attempt: Attempt) -> Result<Resource<'a>, EntryError> {
        if !self.shows_entry(entry) {
            return Err(EntryError::no_such_entry(entry, attempt));
        }
        if let Some((cycle, subject)) = self.state.about(entry) {
            return Ok(self.subject_resource(cycle, &subject));
        }
        let cycle = self.state.cycle_of(entry);
        let opened = cycle.and_then(|cycle| self.state.opened(cycle));
        Ok(opened.map_or_else(Resource::default, |opened| self.cycle_resource(opened)))
    }

    /// The resource of a cycle that is opened or described again.
    fn cycle<'f>(&self, fact: &'f CycleFact) -> Resource<'f>
    where
        'a: 'f,
    {
        match self.state.framework(&fact.framework) {
            Some(framework) => match self.state.opened(&fact.id) {
                Some(opened) => self.cycle_resource(opened),
                None => CycleProgress::by_dates(framework, self.today).resource(&fact.id),
            },
            None => Resource {
                cycle: Some(&fact.id),
                ..Resource::default()
            },
        }
    }

    /// The cycle with an identifier, if the actor may see it.
    fn shown_cycle(&self, id: &str) -> Option<&'a OpenedCycle> {
        let opened = self.state.opened(id);
        opened.filter(|opened| self.shows_cycle(opened))
    }

    /// The resource of a cycle as a whole, without hidden objects.
    fn whole_cycle<'f>(&self, id: &'f str) -> Resource<'f>
    where
        'a: 'f,
    {
        match self.shown_cycle(id) {
            Some(opened) => self.cycle_resource(opened),
            None => Resource {
                cycle: Some(id),
                ..Resource::default()
            },
        }
    }

    /// The resource of a new record, without hidden objects.
    fn record<'f>(&self, cycle: &'f str, fact: &'f RecordFact) -> Resource<'f>
    where
        'a: 'f,
    {
        let resource: Resource<'f> = match self.shown_cycle(cycle) {
            Some(opened) => {
                let body = opened.organisations().find(fact.body());
                match body.filter(|body| self.shows_body(opened, *body)) {
                    Some(body) => self.body_resource(opened, body),
                    None => self.cycle_resource(opened),
                }
            }
            None => self.whole_cycle(cycle),
        };
        Resource {
            method: fact.method(),
            approval: fact.approval(),
            personal: self.personal_record(fact.belongs_to()),
            ..resource
        }
    }

    /// Refuses the description or move of a cycle if some of its bodies are hidden from the actor,
    /// because the actor's list of PCTs would remove them unnoticed.
    fn check_whole(&self, act: &'static str, id: &str) -> Result<(), RefusalReason> {
        let opened = self.shown_cycle(id);
        if opened.is_none_or(|opened| self.hidden(opened).is_empty()) {
            return Ok(());
        }
        let reason = Decision::reason_by_role(self.actor, act);
        Err(RefusalReason::NotPermitted { act, reason })
    }

    /// Looks up the objects in the description of a cycle, among the visible ones.
    fn check_description(&self, fact: &CycleFact) -> Result<(), EntryError> {
        let frameworks = self.state.frameworks_at(self.state.last()).into_iter();
        let frameworks = frameworks.map(|(_, text)| &*text.id);
        let (field, id) = ("framework", &*fact.framework);
        self.find_shown(field, "framework", id, frameworks, |id| {
            self.shows_framework(id)
        })?;
        let newest = self.find_tables(&fact.organisations)?;
        // A description does not change the tables of a cycle. A code of newer tables is reported as
        // a contradiction.
        let own = self.shown_cycle(&fact.id).map(OpenedCycle::organisations);
        let tables = own.into_iter().chain([newest]);
        self.check_pcts(&fact.pcts, self.cycle(fact), fact.as_of, tables)
    }

    /// Looks up the objects in the move of a cycle, among the visible ones.
    fn check_rebase(&self, fact: &RebaseFact) -> Result<(), EntryError> {
        let Some(opened) = self.shown_cycle(&fact.cycle) else {
            // Refused as an unknown cycle.
            return Ok(());
        };
        let tables = std::iter::once(self.find_tables(&fact.organisations)?);
        let cycle = self.cycle_resource(opened);
        self.check_pcts(&fact.pcts, cycle, opened.as_of(), tables)
    }

    fn find_tables(&self, id: &str) -> Result<&'a Organisations, EntryError> {
        let sets = self.state.organisations_at(self.state.last());
        let ids = sets.iter().map(|(_, tables)| &*tables.id);
        let field = "organisations";
        self.find_shown(field, "set of bodies", id, ids, |id| self.shows_tables(id))?;
        let mut sets = sets.into_iter();
        let found = sets.find(|(_, tables)| &*tables.id == id);
        let missing = || UnknownCode::new(field, "set of bodies", id, std::iter::empty());
        Ok(found.map(|(tables, _)| &**tables).ok_or_else(missing)?)
    }

    fn find_shown<'k>(
        &self,
        field: &'static str,
        what: &'static str,
        given: &str,
        known: impl Iterator<Item = &'k str> + Clone,
        shows: impl Fn(&str) -> bool,
    ) -> Result<(), EntryError> {
        if known.clone().any(|id| id == given) && shows(given) {
            return Ok(());
        }
        let shown = known.filter(|id| shows(id));
        Err(UnknownCode::new(field, what, given, shown).into())
    }

    fn check_pcts<'t>(
        &self,
        pcts: &[Box<str>],
        cycle: Resource<'_>,
        day: Date,
        tables: impl Iterator<Item = &'t Organisations> + Clone,
    ) -> Result<(), EntryError> {
        let is_shown =
            |tables: &Organisations, body| self.shows(cycle.with_body(tables, body, day));
        let is_known = |code: &str| {
            let mut found = tables.clone().filter_map(|of| Some((of, of.find(code)?)));
            found.next().is_some_and(|(of, body)| is_shown(of, body))
        };
        let Some(unknown) = pcts.iter().find(|code| !is_known(code)) else {
            return Ok(());
        };
        let newest = tables.last();
        let bodies = newest
            .into_iter()
            .flat_map(|of| of.each().filter(|(body, _)| is_shown(of, *body)));
        let shown = bodies.map(|(_, body)| body.code.as_str());
        Err(UnknownCode::new("pcts", "body", unknown, shown).into())
    }

    /// Whether the actor may see an entry: the object that it records, describes or withdraws.
    pub fn shows_entry(&self, entry: u32) -> bool {
        let Some(note) = self.state.entry(entry) else {
            return false;
        };
        if let Some((cycle, subject)) = self.state.about(entry) {
            return self.shows_subject(cycle, &subject);
        }
        if let Some(framework) = self.state.framework_of_entry(entry) {
            return self.shows_framework(framework);
        }
        if let Some(tables) = self.state.tables_of_entry(entry) {
            return self.shows_tables(tables);
        }
        let cycle = self.state.cycle_of(entry);
        let opened = cycle.and_then(|cycle| self.state.opened(cycle));
        match opened {
            Some(opened) if opened.described_by(entry) => self.shows_cycle(opened),
            _ => note.supersedes.is_some_and(|entry| self.shows_entry(entry)),
        }
    }

    fn shows_subject(&self, cycle: &OpenedCycle, subject: &RecordSubject<'_>) -> bool {
        let progress = self.progress(cycle);
        let (tables, day) = (subject.organisations, cycle.as_of());
        let of_body = |body| progress.body_resource(&cycle.id, tables, body, day);
        let is_shown = |body| self.shows(of_body(body));
        let mut bodies = std::iter::once(subject.body).chain(subject.assessor);
        self.shows(progress.resource(&cycle.id))
            && bodies.all(is_shown)
            && self.shows_group(of_body(subject.body), subject.group)
            && self.shows_score(cycle, subject, of_body(subject.body))
            && subject
                .approved_groups()
                .all(|group| self.shows_group(of_body(subject.body), group))
    }

    fn subject_resource(
        &self,
        cycle: &'a OpenedCycle,
        subject: &RecordSubject<'a>,
    ) -> Resource<'a> {
        let progress = self.progress(cycle);
        let (tables, day) = (subject.organisations, cycle.as_of());
        let resource = progress.body_resource(&cycle.id, tables, subject.body, day);
        Resource {
            method: subject.group.method,
            personal: self.personal_record(subject.belongs_to),
            approval: subject.approval.map(|approval| approval.id.as_str()),
            ..resource
        }
    }

    /// A framework is hidden if only hidden cycles use it.
    fn shows_framework(&self, id: &str) -> bool {
        self.shows_any_user(|cycle| {
            let latest = cycle.latest();
            latest.is_some_and(|(_, fact)| &*fact.framework == id)
        })
    }

    /// A set of bodies is hidden if only hidden cycles use it.
    fn shows_tables(&self, id: &str) -> bool {
        self.shows_any_user(|cycle| cycle.names_tables(id))
    }

    /// Whether any of these cycles is visible, or there is none.
    fn shows_any_user(&self, uses: impl Fn(&OpenedCycle) -> bool) -> bool {
        let mut users = self.state.opened_cycles().filter(|cycle| uses(cycle));
        let Some(first) = users.next() else {
            return true;
        };
        self.shows_cycle(first) || users.any(|cycle| self.shows_cycle(cycle))
    }

    /// What the actor may not see of a cycle.
    pub(super) fn hidden(&self, cycle: &OpenedCycle) -> Hidden {
        let (organisations, scores) = (cycle.organisations(), &cycle.records().scores);
        self.hidden_in(cycle, organisations, cycle.as_of(), scores)
    }

    /// What the actor may not see of a cycle with other tables of bodies and the scores on them.
    fn hidden_in(
        &self,
        cycle: &OpenedCycle,
        organisations: &Organisations,
        day: Date,
        scores: &[Score],
    ) -> Hidden {
        let progress = self.progress(cycle);
        let scoring = cycle.blind_scoring(&self.actor.person, &|entry| self.state.stands(entry));
        let scoring = scoring.moved(cycle.organisations(), organisations);
        let scores = ScoresOfCycle {
            scores,
            scoring: &scoring,
        };
        progress.hidden(
            self.policy,
            self.actor,
            &cycle.id,
            organisations,
            day,
            scores,
        )
    }

    /// Whether the actor may see a group of records on a body that they see. Only the records of a
    /// cycle that is governed by roles are asked about one by one.
    fn shows_group(&self, body: Resource<'_>, group: RecordGroup) -> bool {
        !body.is_governed || self.shows(body.with_records(group))
    }

    /// Whether a draft is about a cluster whose assured PCTs are all hidden from the actor, for whom
    /// the record would affect no PCT.
    pub(super) fn sees_no_member(&self, draft: &Draft) -> bool {
        let Fact::Record { cycle, record } = &draft.fact else {
            return false;
        };
        let Some(opened) = self.state.opened(cycle) else {
            return false;
        };
        let (organisations, day) = (opened.organisations(), opened.as_of());
        let cluster = organisations.find(record.body());
        let cluster = cluster.filter(|body| organisations.body(*body).kind == BodyKind::Cluster);
        let Some(cluster) = cluster else {
            return false;
        };
        let pcts = opened.latest().map_or(&[][..], |(_, fact)| &fact.pcts);
        let is_assured = |member: &BodyIndex| {
            let code = &organisations.body(*member).code;
            pcts.iter().any(|pct| pct.eq_ignore_ascii_case(code))
        };
        let mut members = organisations.members_of(cluster, day).filter(is_assured);
        !members.any(|member| self.shows_body(opened, member))
    }

    /// Whether the actor may read the document with a SHA-256, in lower-case hexadecimal. They may if
    /// they may read the documents of any record that has ever named it. If no record names it yet,
    /// they must have permission to file evidence anywhere.
    pub fn reads_document(&self, sha256: &str) -> bool {
        self.document(sha256)
            .unwrap_or_else(|| self.ask(FILE_EVIDENCE, Resource::default()).is_ok())
    }

    /// Whether the actor may name a document in evidence. They may not if all records that name it are
    /// hidden from them, because then they should know no more than its digest.
    pub fn names_document(&self, sha256: &str) -> bool {
        self.document(sha256).unwrap_or(true)
    }

    /// Whether the actor may read a document; `None` if no record has ever named it.
    fn document(&self, sha256: &str) -> Option<bool> {
        let mut named = None;
        let documents = self.state.documents();
        for (entry, _) in documents.filter(|(_, document)| *document == sha256) {
            let Some((cycle, subject)) = self.state.about(entry) else {
                continue;
            };
            let resource = self.subject_resource(cycle, &subject);
            let resource = resource.with_records(subject.group);
            if self.shows_subject(cycle, &subject) && self.ask(READ_DOCUMENT, resource).is_ok() {
                return Some(true);
            }
            named = Some(false);
        }
        named
    }
}

impl std::fmt::Debug for Permission<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Permission")
            .field("actor", self.actor)
            .field("today", &self.today)
            .finish_non_exhaustive()
    }
}

impl Sight for Permission<'_> {
    fn shows_cycle(&self, cycle: &OpenedCycle) -> bool {
        self.shows(self.cycle_resource(cycle))
    }

    fn shows_body(&self, cycle: &OpenedCycle, body: BodyIndex) -> bool {
        self.shows(self.body_resource(cycle, body))
    }

    fn shows_cited(&self, cycle: &OpenedCycle, kind: RecordKind, entry: u32) -> bool {
        if kind != RecordKind::Evidence {
            return self.shows_entry(entry);
        }
        let records = &cycle.records().evidence;
        let found = records.binary_search_by_key(&entry, |evidence| evidence.record.0);
        let evidence = found.ok().and_then(|at| records.get(at));
        evidence.is_some_and(|evidence| {
            let group = RecordGroup::of(evidence);
            self.shows_body(cycle, evidence.body)
                && self.shows_group(self.body_resource(cycle, evidence.body), group)
        })
    }
}
