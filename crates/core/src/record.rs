//! The records of a cycle, one file for each kind: judgements, evidence, outcomes, commentary.
//!
//! Each kind is declared in its own file and named in `record_kinds!` below: what a record holds
//! (as positions in the framework and the table of bodies), what an entry of the ledger says of it
//! (as codes), how each becomes the other, and which rules it follows. Everything that holds for
//! every kind is written once, over [`CycleRecord`], [`RecordType`] and [`RecordCodes`].

mod answer;
mod bounds;
mod codes;
mod commentary;
mod criterion;
mod declare;
mod evidence;
mod judgement;
mod method;
mod moves;
mod outcome;
mod recommendation;
mod rules;
mod statement;
mod subject;
mod survey;

pub use bounds::Bounds;
pub use codes::{CodeReader, CodeWriter, UnknownCode};
pub use method::Method;
pub(crate) use moves::Move;
pub use rules::{Choice, MAX_IDENTIFIER, RuleBroken, RuleContext, is_identifier};
pub use subject::{Subject, Topic};

use crate::body::BodyIndex;
use crate::table::Table;
use moves::merge;
pub(crate) use rules::check_identifier;
use rules::{conflicts, repeats};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::hash::Hash;

// The order is that of the variants in checkpoints (see `tests/segments.rs`): add new kinds at the
// end.
declare::record_kinds! {
    Judgement => judgements: judgement::Judgement,
    Evidence => evidence: evidence::Evidence,
    Survey => surveys: survey::SurveyResult,
    Criterion => criteria: criterion::Criterion,
    Outcome => outcomes: outcome::ChosenOutcome,
    Answer => answers: answer::Answer,
    Commentary => commentary: commentary::Commentary,
    Recommendation => recommendations: recommendation::Recommendation,
    Statement => statements: statement::Statement,
}

/// The number of a record: a row of a file, or an entry of the ledger. Whoever supplies the
/// records knows what the number means; the engine only passes it on.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct RecordId(pub u32);

/// A record of any kind, as positions in its cycle's framework and table of bodies.
pub trait CycleRecord: Debug {
    /// Its kind.
    fn kind(&self) -> RecordKind;

    /// Its number.
    fn id(&self) -> RecordId;

    /// The body that it is recorded for.
    fn body(&self) -> BodyIndex;

    /// The method of a judgement, or of the value that an answer defends.
    fn method(&self) -> Option<Method> {
        None
    }

    /// The body that made the judgement, if it is not the body's own.
    fn assessor(&self) -> Option<BodyIndex> {
        None
    }

    /// Identifiers of the evidence that it cites.
    fn cited_evidence(&self) -> &[Box<str>] {
        &[]
    }

    /// The same, to remove some of them; `None` if it cites none.
    fn cited_evidence_mut(&mut self) -> Option<&mut Vec<Box<str>>> {
        None
    }

    /// SHA-256 of the document that it files, in lower-case hexadecimal.
    fn document(&self) -> Option<&str> {
        None
    }

    /// Whether every position that it holds exists. Asked before a record from a checkpoint is
    /// used.
    fn is_within(&self, bounds: &Bounds<'_>) -> bool;

    /// The rules that it breaks by itself, whatever else the cycle holds. Asked of new records
    /// only: a ledger may hold older ones that break them.
    fn broken_rules(&self, _context: &RuleContext<'_>) -> Vec<RuleBroken> {
        Vec::new()
    }

    /// The identifier that whoever records it chose. No other record of its kind in the cycle has
    /// the same.
    fn identifier(&self) -> Option<&str> {
        None
    }
}

/// The declaration of a kind of record.
pub trait RecordType: CycleRecord + Clone + Sized {
    /// What an entry of the ledger says of such a record.
    type Fact: RecordCodes;

    /// What identifies it: of two records of one cycle with the same key, one supersedes the
    /// other. `Infallible` if any number of such records stand side by side.
    type Key: Clone + Debug + Eq + Hash;

    /// What it is sorted by in a checked cycle.
    type Order: Ord;

    /// The kind's name: `judgement`.
    const NAME: &'static str;

    /// The act that a policy is asked about when such a record is entered: `record-judgement`.
    const ACT: &'static str;

    /// Whether other records cite such a record by its identifier. Then it is entered before them,
    /// and may belong to a body that the cycle does not assure.
    const IS_CITED: bool = false;

    /// Whether [`RecordType::conflict`] can find anything.
    const CAN_CONFLICT: bool = false;

    /// Its key, if it has one.
    fn key(&self) -> Option<Self::Key> {
        None
    }

    /// What of the records of a cycle only one may claim, or all that claim it must agree on: a
    /// slot, for example. `Infallible` if they claim nothing.
    type Claim<'a>: Eq + Hash
    where
        Self: 'a;

    /// What it claims.
    fn claims(&self) -> impl IntoIterator<Item = Self::Claim<'_>> {
        std::iter::empty()
    }

    /// Why it may not be added to a cycle whose first record with a claim is another.
    fn conflict(&self, _claim: &Self::Claim<'_>, _first: &Self) -> Option<RuleBroken> {
        None
    }

    /// Its place in a checked cycle.
    fn order(&self) -> Self::Order;

    /// Looks up the codes of an entry.
    ///
    /// # Errors
    /// The first code that names nothing.
    fn from_codes(codes: Self::Fact, reader: &CodeReader<'_>) -> Result<Self, UnknownCode>;

    /// Writes the record in codes.
    fn to_codes(&self, writer: &CodeWriter<'_>) -> Self::Fact;
}

/// What an entry of the ledger says of a record, in codes.
pub trait RecordCodes: Clone + Debug + PartialEq {
    /// Code of the body that it is recorded for.
    fn body(&self) -> &str;

    /// The method of a judgement, or of the value that an answer defends.
    fn method(&self) -> Option<Method> {
        None
    }

    /// SHA-256 of the document that it files.
    fn document(&self) -> Option<&str> {
        None
    }

    /// The record in one line, for lists of entries.
    fn summary(&self) -> String;
}

impl Records {
    /// Every record in codes, in the order of their numbers. What other records cite comes first.
    pub(crate) fn to_codes(&self, writer: &CodeWriter<'_>) -> Vec<(RecordId, RecordFact)> {
        let mut facts: Vec<(RecordId, RecordFact)> = self.each_in_codes(writer).collect();
        facts.sort_by_key(|(record, fact)| (!fact.kind().is_cited(), *record));
        facts
    }
}

fn find<T: CycleRecord>(records: &[T], id: RecordId) -> Option<&T> {
    let at = records.binary_search_by_key(&id, CycleRecord::id).ok()?;
    records.get(at)
}

fn select<T: CycleRecord + Clone>(
    records: &[T],
    last: RecordId,
    keep: &dyn Fn(RecordId) -> bool,
) -> Vec<T> {
    let records = records.iter();
    let until = records.take_while(|record| record.id() <= last);
    until.filter(|record| keep(record.id())).cloned().collect()
}

fn after<T: CycleRecord>(records: &[T], id: RecordId) -> impl Iterator<Item = &dyn CycleRecord> {
    let from = records.partition_point(|record| record.id() <= id);
    let newer = records.get(from..).unwrap_or_default();
    newer.iter().map(|record| record as &dyn CycleRecord)
}
