//! A cycle of the state, with every record that was ever entered in it.

use super::fact::{CycleFact, RebaseFact};
use super::state::UnreadBook;
use crate::approval;
use crate::body::{BodyIndex, BodyKind, Organisations};
use crate::cycle::Cycle;
use crate::framework::{ApprovalDefinition, Framework};
use crate::progress::{BlindScoring, CycleProgress};
use crate::record::{
    Bounds, CodeReader, CodeWriter, Judgement, JudgementFact, Record, RecordFact, RecordGroup,
    RecordId, RecordKey, RecordKind, RecordType, Records, ReplacedValue, Subject, UnknownCode,
};
use jiff::civil::Date;
use std::sync::Arc;

/// The key of a judgement.
pub(super) type JudgementKey = <Judgement as RecordType>::Key;

/// A cycle with every record that was ever entered in it, in the order of the entries.
#[derive(Debug)]
pub(super) struct OpenedCycle {
    pub(super) id: Box<str>,
    /// Each description, with its entry.
    descriptions: Vec<(u32, CycleFact)>,
    framework: Arc<Framework>,
    /// The first tables of bodies and all later ones, in the order of the entries; never empty.
    bases: Vec<Base>,
    /// The documents of records that cannot be read, with their entries.
    unread_documents: Vec<(u32, Box<str>)>,
}

/// Tables of bodies, with the records whose positions are those of the tables.
#[derive(Debug)]
struct Base {
    /// The entry from which on the cycle has these tables.
    number: u32,
    organisations: Arc<Organisations>,
    /// The entry that moved the cycle to them; none for the first.
    fact: Option<RebaseFact>,
    /// The records that were current at that entry, and every record since.
    records: Records,
    /// Set if the rule book or these tables cannot be read. Then it holds no records, and the
    /// framework or the bodies are empty.
    unread_book: Option<UnreadBook>,
}

/// What a record is about and whose it is. Bodies are positions in the present tables of its cycle, or in
/// the tables at the time of entry if the present ones lack a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordSubject<'a> {
    pub(super) organisations: &'a Organisations,
    /// The body of the record.
    pub(super) body: BodyIndex,
    /// The body that made the judgement, if the judged body did not make it itself.
    pub(super) assessor: Option<BodyIndex>,
    /// The group of the record.
    pub(super) group: RecordGroup,
    /// The person whose own record it is.
    pub(super) belongs_to: Option<&'a str>,
    /// What is scored, if it is the score of a member of a panel.
    pub(super) scored: Option<Subject>,
    /// The approval that it gives, if it is one.
    pub(super) approval: Option<&'a ApprovalDefinition>,
}

impl RecordSubject<'_> {
    /// The groups of records that it approves.
    pub(super) fn approved_groups(&self) -> impl Iterator<Item = RecordGroup> {
        let approved = self.approval.map_or(&[][..], |approval| &approval.of);
        approved.iter().copied()
    }
}

impl OpenedCycle {
    pub(super) fn new(
        number: u32,
        fact: CycleFact,
        framework: Arc<Framework>,
        organisations: Arc<Organisations>,
    ) -> OpenedCycle {
        OpenedCycle {
            id: fact.id.clone(),
            descriptions: vec![(number, fact)],
            framework,
            bases: vec![Base {
                number,
                organisations,
                fact: None,
                records: Records::default(),
                unread_book: None,
            }],
            unread_documents: Vec::new(),
        }
    }

    /// The same, if its rule book or first bodies cannot be read.
    pub(super) fn with_unread_book(mut self, unread_book: Option<UnreadBook>) -> OpenedCycle {
        self.base_mut().unread_book = unread_book;
        self
    }

    /// The rule book or set of bodies because of which it cannot be read now, if there is one.
    pub(super) fn unread_book(&self) -> Option<&UnreadBook> {
        self.base().unread_book.as_ref()
    }

    /// The same as it stood after an entry.
    pub(super) fn unread_book_at(&self, number: u32) -> Option<&UnreadBook> {
        self.base_at(number).unread_book.as_ref()
    }

    /// The tables that it has now.
    #[expect(
        clippy::indexing_slicing,
        reason = "`new` adds the first, which `forget_rebase` leaves"
    )]
    fn base(&self) -> &Base {
        &self.bases[self.bases.len() - 1]
    }

    #[expect(clippy::indexing_slicing, reason = "as of `base`")]
    fn base_mut(&mut self) -> &mut Base {
        let last = self.bases.len() - 1;
        &mut self.bases[last]
    }

    /// The tables that it had after an entry.
    #[expect(clippy::indexing_slicing, reason = "as of `base`")]
    fn base_at(&self, number: u32) -> &Base {
        let count = self.bases.partition_point(|base| base.number <= number);
        &self.bases[count.saturating_sub(1)]
    }

    /// The tables to which an entry moved it.
    fn base_of(&self, number: u32) -> Option<&Base> {
        self.bases.iter().find(|base| base.number == number)
    }

    /// The entry that moved it to other tables, as it was entered.
    pub(super) fn rebase_fact(&self, number: u32) -> Option<&RebaseFact> {
        self.base_of(number)?.fact.as_ref()
    }

    /// The current records, in the positions of other tables.
    ///
    /// # Errors
    /// The first record that refers to a body that the tables lack.
    pub(super) fn move_records(
        &self,
        organisations: &Organisations,
        stands: &dyn Fn(u32) -> bool,
    ) -> Result<Records, (RecordId, UnknownCode)> {
        let base = self.base();
        let keep = |record: RecordId| stands(record.0);
        let standing = base.records.select(RecordId(u32::MAX), &keep);
        let writer = CodeWriter {
            framework: &self.framework,
            organisations: &base.organisations,
        };
        let mut facts = standing.to_codes(&writer);
        facts.sort_by_key(|(record, _)| *record);
        let mut records = Records::default();
        for (record, fact) in facts {
            let reader = CodeReader {
                framework: &self.framework,
                organisations,
                // Whatever a current record cites was there when it was entered.
                has_record: &|_, _| true,
                shows: &|_| true,
                record,
            };
            let moved = Record::from_codes(fact, &reader);
            let mut moved = moved.map_err(|unknown| (record, unknown))?;
            if let Record::Judgement(judgement) = &mut moved
                && let Some(replaced) = self.replaced_by(record)
            {
                judgement.details_mut().replaced = Some(replaced);
            }
            records.push(moved);
        }
        Ok(records)
    }

    /// Moves it to other tables, with the records that stand in their positions, unless the cycle
    /// cannot be read from then on. `described` is its description with the PCTs that it assures
    /// from then on.
    pub(super) fn rebase(
        &mut self,
        number: u32,
        fact: RebaseFact,
        described: CycleFact,
        organisations: Result<(Arc<Organisations>, Records), UnreadBook>,
    ) {
        let (organisations, records, unread_book) = match organisations {
            Ok((organisations, records)) => (organisations, records, None),
            Err(unread) => (Arc::default(), Records::default(), Some(unread)),
        };
        self.descriptions.push((number, described));
        self.bases.push(Base {
            number,
            organisations,
            fact: Some(fact),
            records,
            unread_book,
        });
    }

    /// Forgets the latest move.
    pub(super) fn forget_rebase(&mut self) {
        if self.bases.len() > 1 {
            self.bases.pop();
            self.descriptions.pop();
        }
    }

    /// The keys of the records that pass a test, with their entries.
    pub(super) fn keys(&self, stands: &dyn Fn(u32) -> bool) -> Vec<(RecordKey, u32)> {
        let records = &self.base().records;
        let each = records.each().filter(|record| stands(record.id().0));
        each.filter_map(|record| {
            let key = records.key_of(record.kind(), record.id())?;
            Some((key, record.id().0))
        })
        .collect()
    }

    /// The framework of the cycle.
    pub(super) fn framework(&self) -> &Framework {
        &self.framework
    }

    /// The bodies of the cycle, as its tables are now.
    pub(super) fn organisations(&self) -> &Organisations {
        &self.base().organisations
    }

    /// The date of the memberships.
    pub(super) fn as_of(&self) -> Date {
        // `new` adds the first description; `forget_description` says when the last is gone.
        self.descriptions
            .last()
            .map_or(Date::ZERO, |(_, fact)| fact.as_of)
    }

    /// Its progress on a day, as somebody in a role sees it. `stands` says whether an entry is
    /// current.
    pub(super) fn progress(
        &self,
        role: &str,
        today: Date,
        stands: &dyn Fn(u32) -> bool,
    ) -> CycleProgress<'_> {
        let counts = |record: RecordId| stands(record.0);
        CycleProgress::new(&self.framework, self.records(), &counts, role, today)
    }

    /// What somebody has scored in it, and on what panels have agreed.
    pub(super) fn blind_scoring(&self, person: &str, stands: &dyn Fn(u32) -> bool) -> BlindScoring {
        BlindScoring::of(self.records(), &|record| stands(record.0), person)
    }

    /// The bodies of the cycle, to share.
    pub(super) fn shared_organisations(&self) -> &Arc<Organisations> {
        &self.base().organisations
    }

    /// The tables of bodies that it had after an entry.
    pub(super) fn organisations_at(&self, number: u32) -> &Arc<Organisations> {
        &self.base_at(number).organisations
    }

    /// Every record since the cycle moved to its present tables, and those that were current then,
    /// in the order of the entries.
    pub(super) fn records(&self) -> &Records {
        &self.base().records
    }

    /// The latest description, with its entry.
    pub(super) fn latest(&self) -> Option<(u32, &CycleFact)> {
        let (number, fact) = self.descriptions.last()?;
        Some((*number, fact))
    }

    /// The entry that opened it.
    pub(super) fn opened(&self) -> u32 {
        self.descriptions.first().map_or(0, |(number, _)| *number)
    }

    pub(super) fn describe(&mut self, number: u32, fact: CycleFact) {
        self.descriptions.push((number, fact));
    }

    pub(super) fn described_by(&self, number: u32) -> bool {
        self.description(number).is_some()
    }

    /// Removes the latest description; true if it was the only one.
    pub(super) fn forget_description(&mut self) -> bool {
        self.descriptions.pop();
        self.descriptions.is_empty()
    }

    /// Looks up the codes of a new entry.
    pub(super) fn read_codes(
        &self,
        number: u32,
        fact: RecordFact,
        has_record: &dyn Fn(RecordKind, &str) -> bool,
        shows: &dyn Fn(BodyIndex) -> bool,
    ) -> Result<Record, UnknownCode> {
        let reader = CodeReader {
            framework: &self.framework,
            organisations: self.organisations(),
            has_record,
            shows,
            record: RecordId(number),
        };
        Record::from_codes(fact, &reader)
    }

    pub(super) fn push(&mut self, record: Record) {
        self.base_mut().records.push(record);
    }

    /// Adds a record that may supersede another. A judgement notes the value that it replaces.
    pub(super) fn push_in_place_of(&mut self, mut record: Record, supersedes: Option<u32>) {
        if let Record::Judgement(judgement) = &mut record
            && let Some(earlier) = supersedes.and_then(|entry| self.judgement(RecordId(entry)))
        {
            judgement.replaces(earlier);
        }
        self.push(record);
    }

    fn replaced_by(&self, record: RecordId) -> Option<ReplacedValue> {
        self.judgement(record)?.details().replaced
    }

    /// Adds a record that cannot be read.
    pub(super) fn push_unread(&mut self, number: u32, document: Option<Box<str>>) {
        self.unread_documents
            .extend(document.map(|document| (number, document)));
    }

    /// Removes the newest record that cannot be read.
    pub(super) fn pop_unread(&mut self, number: u32) {
        self.unread_documents.pop_if(|(entry, _)| *entry == number);
    }

    /// The document that a record which cannot be read files.
    pub(super) fn unread_document(&self, number: u32) -> Option<&str> {
        let mut documents = self.unread_documents.iter();
        let found = documents.find(|(entry, _)| *entry == number);
        found.map(|(_, document)| &**document)
    }

    /// Removes the newest record of a kind.
    pub(super) fn pop(&mut self, kind: RecordKind) {
        self.base_mut().records.pop(kind);
    }

    /// The record of an entry, in the positions of the tables that it was entered under.
    pub(super) fn record(&self, kind: RecordKind, number: u32) -> Option<Record> {
        self.record_at(kind, number, number)
    }

    /// The record of an entry, in the positions of the tables that the cycle had after another
    /// entry.
    pub(super) fn record_at(&self, kind: RecordKind, number: u32, at: u32) -> Option<Record> {
        self.base_at(at).records.find(kind, RecordId(number))
    }

    /// What the record of an entry is about; it may be superseded.
    pub(super) fn about(&self, kind: RecordKind, number: u32) -> Option<RecordSubject<'_>> {
        let base = self.base_at(number);
        let record = base.records.find_ref(kind, RecordId(number))?;
        let (body, assessor) = (record.body(), record.assessor());
        let (belongs_to, scored) = (record.belongs_to(), record.scored());
        let (then, now) = (&*base.organisations, self.organisations());
        let in_present = |body: BodyIndex| now.find(&then.body(body).code);
        let group = RecordGroup::of(record);
        let approval = approval::definition_of(&self.framework, record);
        let subject = RecordSubject {
            organisations: then,
            body,
            assessor,
            group,
            belongs_to,
            scored,
            approval,
        };
        let present = in_present(body).and_then(|body| {
            let assessor = match assessor {
                Some(assessor) => Some(in_present(assessor)?),
                None => None,
            };
            Some(RecordSubject {
                organisations: now,
                body,
                assessor,
                ..subject
            })
        });
        Some(present.unwrap_or(subject))
    }

    /// The record of an entry in one line.
    pub(super) fn summary(&self, kind: RecordKind, number: u32) -> Option<String> {
        let writer = CodeWriter {
            framework: &self.framework,
            organisations: self.organisations_at(number),
        };
        let fact = self.record(kind, number)?.to_codes(&writer);
        Some(fact.summary(&self.framework.methods))
    }

    /// The judgement of an entry in codes; it may be superseded.
    pub(super) fn judgement_fact(&self, number: u32) -> Option<JudgementFact> {
        let Record::Judgement(judgement) = self.record(RecordKind::Judgement, number)? else {
            return None;
        };
        Some(judgement.to_codes(&CodeWriter {
            framework: &self.framework,
            organisations: self.organisations_at(number),
        }))
    }

    /// Whether it has or had the set of bodies with an identifier.
    pub(super) fn names_tables(&self, id: &str) -> bool {
        let mut descriptions = self.descriptions.iter();
        descriptions.any(|(_, fact)| &*fact.organisations == id)
    }

    /// The key of the record of an entry.
    pub(super) fn key_of(&self, kind: RecordKind, number: u32) -> Option<RecordKey> {
        self.records().key_of(kind, RecordId(number))
    }

    /// The description that an entry gave.
    pub(super) fn description(&self, number: u32) -> Option<&CycleFact> {
        let mut descriptions = self.descriptions.iter();
        let found = descriptions.find(|(described, _)| *described == number);
        found.map(|(_, fact)| fact)
    }

    /// The documents that records ever filed, each with its entry.
    pub(super) fn documents(&self) -> impl Iterator<Item = (u32, &str)> {
        // Each base repeats the records that were current before it.
        let records = self.bases.iter().flat_map(|base| {
            let new = base.records.each();
            new.filter(|record| base.fact.is_none() || record.id().0 > base.number)
        });
        let unread = self.unread_documents.iter();
        let unread = unread.map(|(entry, document)| (*entry, &**document));
        records
            .filter_map(|record| Some((record.id().0, record.document()?)))
            .chain(unread)
    }

    /// Whether everything that a record refers to exists.
    pub(super) fn has_references_of(&self, record: &Record) -> bool {
        record.is_within(&Bounds {
            framework: &self.framework,
            organisations: self.organisations(),
        })
    }

    /// Whether an entry is evidence that a record cites.
    pub(super) fn is_cited(&self, number: u32, stands: &dyn Fn(u32) -> bool) -> bool {
        let id = RecordId(number);
        let evidence = &self.records().evidence;
        let at = evidence.binary_search_by_key(&id, |evidence| evidence.record);
        let Some(evidence) = at.ok().and_then(|at| evidence.get(at)) else {
            return false;
        };
        let mut records = self.records().each();
        records
            .any(|record| record.cited_evidence().contains(&evidence.id) && stands(record.id().0))
    }

    /// The cycle without any record, with tables that it has or had.
    fn empty(&self, fact: &CycleFact, organisations: &Arc<Organisations>) -> Cycle {
        let pcts = fact.pcts.iter();
        Cycle {
            title: fact.title.to_string(),
            as_of: fact.as_of,
            illustrative: fact.illustrative.as_deref().map(str::to_owned),
            pcts: pcts.filter_map(|code| organisations.find(code)).collect(),
            ..Cycle::empty(
                fact.id.to_string(),
                Arc::clone(&self.framework),
                Arc::clone(organisations),
            )
        }
    }

    /// The part of the cycle that the entries after a number can contradict: the judgements on the
    /// same subjects of the same bodies and of the clusters that they belong to, and the new
    /// outcomes. The whole cycle if it was described again or moved to other bodies. `current`
    /// returns the current judgement with a key.
    pub(super) fn touched_since(
        &self,
        after: u32,
        stands: &dyn Fn(u32) -> bool,
        current: &dyn Fn(JudgementKey) -> Option<u32>,
    ) -> Option<Cycle> {
        let (described, fact) = self.descriptions.last()?;
        let all = self.records();
        let whole = *described > after;
        let is_new = |record: RecordId| record.0 > after;
        let judgements = if whole {
            let each = all.judgements.iter();
            let standing = each.filter(|judgement| stands(judgement.record.0));
            standing.cloned().collect()
        } else {
            let new = all.judgements.iter().rev();
            let new = new.take_while(|judgement| is_new(judgement.record));
            let records = self.keys_touched_by(new).into_iter().filter_map(current);
            records
                .filter_map(|record| self.judgement(RecordId(record)))
                .cloned()
                .collect()
        };
        let outcomes = all.outcomes.iter().rev();
        let outcomes = outcomes
            .take_while(|outcome| whole || is_new(outcome.record))
            .filter(|outcome| stands(outcome.record.0));
        Some(Cycle {
            records: Records {
                judgements,
                outcomes: outcomes.cloned().collect(),
                ..Records::default()
            },
            ..self.empty(fact, &self.base().organisations)
        })
    }

    /// The keys of all judgements that some judgements can contradict: on a PCT or a cluster, those
    /// of the whole cluster on the same subject by the same method.
    fn keys_touched_by<'j>(
        &self,
        judgements: impl Iterator<Item = &'j Judgement>,
    ) -> Vec<JudgementKey> {
        let (organisations, day) = (self.organisations(), self.as_of());
        let cluster_of = |body: BodyIndex| match organisations.body(body).kind {
            BodyKind::Cluster => Some(body),
            _ => organisations.cluster_of(body, day),
        };
        let (mut keys, mut of_clusters) = (Vec::new(), Vec::new());
        for judgement in judgements {
            let (subject, method) = (judgement.subject, judgement.method);
            keys.push((judgement.body, subject, method, judgement.assessor));
            of_clusters.extend(cluster_of(judgement.body).map(|of| (of, subject, method)));
        }
        of_clusters.sort_unstable();
        of_clusters.dedup();
        for (cluster, subject, method) in of_clusters {
            let members = organisations.members_of(cluster, day);
            let bodies = std::iter::once(cluster).chain(members);
            keys.extend(bodies.map(|body| (body, subject, method, None)));
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    pub(super) fn judgement(&self, record: RecordId) -> Option<&Judgement> {
        let judgements = &self.records().judgements;
        let found = judgements.binary_search_by_key(&record, |judgement| judgement.record);
        judgements.get(found.ok()?)
    }

    /// The cycle as of an entry.
    pub(super) fn at(
        &self,
        number: u32,
        stood: &dyn Fn(u32) -> bool,
    ) -> Option<(Cycle, &CycleFact)> {
        let descriptions = self.descriptions.iter().rev();
        let (_, fact) = descriptions
            .into_iter()
            .find(|(described, _)| *described <= number)?;
        let keep = |record: RecordId| stood(record.0);
        let base = self.base_at(number);
        let cycle = Cycle {
            records: base.records.select(RecordId(number), &keep),
            ..self.empty(fact, &base.organisations)
        };
        Some((cycle, fact))
    }
}
