//! One cycle of the state: every record that was ever made in it.

use super::fact::CycleFact;
use super::state::UnreadBook;
use crate::body::{BodyIndex, Organisations};
use crate::cycle::Cycle;
use crate::framework::Framework;
use crate::policy::Resource;
use crate::record::{
    Bounds, CodeReader, Method, Record, RecordFact, RecordId, RecordKey, RecordKind, Records,
    Subject, UnknownCode,
};
use jiff::civil::Date;
use std::sync::Arc;

/// A cycle with every record that was ever made in it, in the order of the entries.
#[derive(Debug)]
pub(super) struct OpenedCycle {
    pub(super) id: Box<str>,
    /// Each description, with its entry.
    descriptions: Vec<(u32, CycleFact)>,
    framework: Arc<Framework>,
    organisations: Arc<Organisations>,
    records: Records,
    /// Set if its rule book or bodies cannot be read. Then it holds no records, and its framework
    /// or bodies are empty.
    unread_book: Option<UnreadBook>,
    /// The documents that records which cannot be read file, with their entries.
    unread_documents: Vec<(u32, Box<str>)>,
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
            organisations,
            records: Records::default(),
            unread_book: None,
            unread_documents: Vec::new(),
        }
    }

    /// The same, if its rule book or bodies cannot be read.
    pub(super) fn with_unread_book(self, unread_book: Option<UnreadBook>) -> OpenedCycle {
        OpenedCycle {
            unread_book,
            ..self
        }
    }

    /// The rule book or set of bodies because of which it cannot be read, if there is one.
    pub(super) fn unread_book(&self) -> Option<&UnreadBook> {
        self.unread_book.as_ref()
    }

    /// The bodies of the cycle.
    pub(super) fn organisations(&self) -> &Organisations {
        &self.organisations
    }

    /// The day on which memberships are looked at.
    pub(super) fn as_of(&self) -> Date {
        self.latest()
            .map_or(self.opening().as_of, |(_, fact)| fact.as_of)
    }

    /// What a policy is asked about: the cycle as a whole, in the phase of a day.
    pub(super) fn resource(&self, today: Date) -> Resource<'_> {
        Resource::of_cycle(&self.id, &self.framework, today)
    }

    /// Every record that was ever made in it, in the order of the entries.
    pub(super) fn records(&self) -> &Records {
        &self.records
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

    /// The description that it was opened with.
    pub(super) fn opening(&self) -> &CycleFact {
        // `new` adds the first; `forget_description` says when the last is gone.
        &self.descriptions[0].1
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
        has_evidence: &dyn Fn(&str) -> bool,
        shows: &dyn Fn(BodyIndex) -> bool,
    ) -> Result<Record, UnknownCode> {
        let reader = CodeReader {
            framework: &self.framework,
            organisations: &self.organisations,
            has_evidence,
            shows,
            record: RecordId(number),
        };
        Record::from_codes(fact, &reader)
    }

    pub(super) fn push(&mut self, record: Record) {
        self.records.push(record);
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
        self.records.pop(kind);
    }

    /// The record of an entry.
    pub(super) fn record(&self, kind: RecordKind, number: u32) -> Option<Record> {
        self.records.find(kind, RecordId(number))
    }

    /// The key of the record of an entry.
    pub(super) fn key_of(&self, kind: RecordKind, number: u32) -> Option<RecordKey> {
        self.records.key_of(kind, RecordId(number))
    }

    /// The description that an entry gave.
    pub(super) fn description(&self, number: u32) -> Option<&CycleFact> {
        let mut descriptions = self.descriptions.iter();
        let found = descriptions.find(|(described, _)| *described == number);
        found.map(|(_, fact)| fact)
    }

    /// The documents that records ever filed, each with its entry.
    pub(super) fn documents(&self) -> impl Iterator<Item = (u32, &str)> {
        let records = self.records.each();
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
            organisations: &self.organisations,
        })
    }

    /// Whether an entry is evidence that a record cites.
    pub(super) fn is_cited(&self, number: u32, stands: &dyn Fn(u32) -> bool) -> bool {
        let id = RecordId(number);
        let evidence = &self.records.evidence;
        let Ok(at) = evidence.binary_search_by_key(&id, |evidence| evidence.record) else {
            return false;
        };
        let evidence = &evidence[at];
        let mut records = self.records.each();
        records
            .any(|record| record.cited_evidence().contains(&evidence.id) && stands(record.id().0))
    }

    /// The cycle without any record.
    fn empty(&self, fact: &CycleFact) -> Cycle {
        let pcts = fact.pcts.iter();
        Cycle {
            title: fact.title.to_string(),
            as_of: fact.as_of,
            illustrative: fact.illustrative.as_deref().map(str::to_owned),
            pcts: pcts
                .filter_map(|code| self.organisations.find(code))
                .collect(),
            ..Cycle::empty(
                fact.id.to_string(),
                Arc::clone(&self.framework),
                Arc::clone(&self.organisations),
            )
        }
    }

    /// The part of the cycle that the entries after a number can contradict: the judgements on
    /// what they judge, and the outcomes that they choose. All of it if the cycle was described
    /// again.
    pub(super) fn touched_since(&self, after: u32, stands: &dyn Fn(u32) -> bool) -> Option<Cycle> {
        let (described, fact) = self.descriptions.last()?;
        let all = &self.records;
        let is_new = |record: RecordId| record.0 > after;
        let new = all.judgements.iter().rev();
        let new = new.take_while(|judgement| is_new(judgement.record));
        let mut judged: Vec<(Subject, Method)> = new
            .map(|judgement| (judgement.subject, judgement.method))
            .collect();
        judged.sort_unstable();
        judged.dedup();
        let whole = *described > after;
        let judgements = all.judgements.iter().filter(|judgement| {
            (whole
                || judged
                    .binary_search(&(judgement.subject, judgement.method))
                    .is_ok())
                && stands(judgement.record.0)
        });
        let outcomes = all.outcomes.iter();
        let outcomes = outcomes
            .filter(|outcome| (whole || is_new(outcome.record)) && stands(outcome.record.0));
        Some(Cycle {
            records: Records {
                judgements: judgements.cloned().collect(),
                outcomes: outcomes.cloned().collect(),
                ..Records::default()
            },
            ..self.empty(fact)
        })
    }

    /// The cycle as it stood after an entry.
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
        let cycle = Cycle {
            records: self.records.select(RecordId(number), &keep),
            ..self.empty(fact)
        };
        Some((cycle, fact))
    }
}
