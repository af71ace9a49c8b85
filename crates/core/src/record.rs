//! The records of a cycle, one file for each kind: judgements, evidence, outcomes, commentary.
//!
//! Each kind is declared in its own file and listed in `record_kinds!` below. The file defines the
//! record (with positions in the framework and the table of bodies), the fact in an entry of the
//! ledger (with codes), the conversions between the two, and the rules of the kind. Code for all
//! kinds is generic over [`CycleRecord`], [`RecordType`] and [`RecordCodes`].

mod action;
mod answer;
mod approval;
mod area_of_concern;
mod bounds;
mod carried;
mod codes;
mod commentary;
mod consequence;
mod criterion;
mod declare;
mod evidence;
mod fact_comment;
mod fact_reply;
mod group;
mod indicator;
mod interest;
mod judgement;
mod lead;
mod method;
mod moves;
mod outcome;
mod panel_day;
mod panel_member;
mod phase;
mod phase_dates;
mod plan;
mod plan_line;
mod recommendation;
mod release;
mod released_output;
mod rules;
mod score;
mod statement;
mod subject;
mod support;
mod survey;

pub use bounds::Bounds;
pub use codes::{CodeReader, CodeWriter, UnknownCode};
pub use group::RecordGroup;
pub use indicator::{MAX_INDICATOR_VALUE, is_confidence};
pub use method::Method;
pub(crate) use moves::Move;
pub use rules::{Choice, MAX_IDENTIFIER, RuleContext, RuleViolation, is_identifier};
pub use subject::{Subject, Topic};

use crate::body::BodyIndex;
use crate::framework::{ApprovalIndex, Framework, Methods, PlanIndex};
use crate::table::Table;
use moves::{difference, merge};
pub(crate) use rules::check_identifier;
use rules::{conflicts, repeats};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::hash::Hash;

// Checkpoints number the kinds in this order (see `tests/segments.rs`): add new kinds at the end.
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
    Indicator => indicators: indicator::IndicatorSeries,
    Phase => phases: phase::PhaseOpening,
    Release => releases: release::Release,
    ReleasedOutput => released_outputs: released_output::ReleasedOutput,
    Lead => leads: lead::LeadAllocation,
    Action => actions: action::PlannedAction,
    Plan => plans: plan::FiledPlan,
    PlanLine => plan_lines: plan_line::PlanLine,
    AreaOfConcern => areas_of_concern: area_of_concern::AreaOfConcern,
    Support => support: support::SupportOption,
    Consequence => consequences: consequence::Consequence,
    PanelMember => panel_members: panel_member::PanelMember,
    InterestDeclaration => interests: interest::InterestDeclaration,
    PanelDay => panel_days: panel_day::PanelDay,
    Score => scores: score::Score,
    FactComment => fact_comments: fact_comment::FactComment,
    FactReply => fact_replies: fact_reply::FactReply,
    Approval => approvals: approval::Approval,
    PhaseDates => timetable: phase_dates::PhaseDates,
    CarriedRecord => carried: carried::CarriedRecord,
}

/// The number of a record: a row of a file, or an entry of the ledger. The engine only passes it on;
/// the source of the records defines its meaning.
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

    /// The body of the record.
    fn body(&self) -> BodyIndex;

    /// The method of a judgement, or of the value that an answer defends.
    fn method(&self) -> Option<Method> {
        None
    }

    /// The body that made the judgement, if the judged body did not make it itself.
    fn assessor(&self) -> Option<BodyIndex> {
        None
    }

    /// Which approval it gives, if it is one.
    fn approval(&self) -> Option<ApprovalIndex> {
        None
    }

    /// Identifiers of the evidence that it cites.
    fn cited_evidence(&self) -> &[Box<str>] {
        &[]
    }

    /// Mutable access to [`CycleRecord::cited_evidence`]; `None` if the kind cites no evidence.
    fn cited_evidence_mut(&mut self) -> Option<&mut Vec<Box<str>>> {
        None
    }

    /// Another record of the cycle on which it relies, by kind and identifier. Evidence is cited
    /// apart.
    fn cited_record(&self) -> Option<(RecordKind, &str)> {
        None
    }

    /// Removes the reference to [`CycleRecord::cited_record`], as if it had never been made.
    fn forget_cited_record(&mut self) {}

    /// SHA-256 of the document that it files, in lower-case hexadecimal.
    fn document(&self) -> Option<&str> {
        None
    }

    /// The plan of the framework to which it belongs.
    fn plan(&self) -> Option<PlanIndex> {
        None
    }

    /// Whether every position in the record exists. Records from a checkpoint are checked before use.
    fn is_within(&self, bounds: &Bounds<'_>) -> bool;

    /// Returns the rules that the record breaks on its own, regardless of other records. Only new
    /// records are checked, because a ledger may hold older ones that break a rule.
    fn broken_rules(&self, _context: &RuleContext<'_>) -> Vec<RuleViolation> {
        Vec::new()
    }

    /// What it judges, if it is a judgement.
    fn judged(&self) -> Option<Subject> {
        None
    }

    /// The identifier that whoever records it chose. No other record of its kind in the cycle has
    /// the same.
    fn identifier(&self) -> Option<&str> {
        None
    }

    /// The person whose own record it is: the member of a panel who gives a score. `None` if
    /// whoever has the role may enter it.
    fn belongs_to(&self) -> Option<&str> {
        None
    }

    /// What is scored, if it is the score of a member of a panel.
    fn scored(&self) -> Option<Subject> {
        None
    }

    /// The organisation, by code or name, for which the person works whom it appoints to a panel.
    fn employer(&self) -> Option<&str> {
        None
    }
}

/// The declaration of a kind of record.
pub trait RecordType: CycleRecord + Clone + Sized {
    /// The record in codes, as an entry of the ledger stores it.
    type Fact: RecordCodes;

    /// The key of a record: of two records of a cycle with the same key, one supersedes the other.
    /// `Infallible` if records of the kind never supersede each other by key.
    type Key: Clone + Debug + Eq + Hash;

    /// The sort key of records in a checked cycle.
    type Order: Ord;

    /// The kind's name: `judgement`.
    const NAME: &'static str;

    /// The act of entering such a record, for policies: `record-judgement`.
    const ACT: &'static str;

    /// Whether other records cite such a record by its identifier. A cited record is entered before
    /// them, and may belong to a body that the cycle does not assure.
    const IS_CITED: bool = false;

    /// Whether such records are reference data: they may be about a body that the cycle does not
    /// assure, and no output need show them.
    const IS_REFERENCE: bool = false;

    /// Whether each such record is one person's own: see [`CycleRecord::belongs_to`].
    const IS_PERSONAL: bool = false;

    /// Whether [`RecordType::conflict`] can return a conflict.
    const CAN_CONFLICT: bool = false;

    /// The key of the record, if it has one.
    fn key(&self) -> Option<Self::Key> {
        None
    }

    /// A claim of a record, such as a slot: records with the same claim conflict, or must agree.
    /// `Infallible` if records of the kind claim nothing.
    type Claim<'a>: Eq + Hash
    where
        Self: 'a;

    /// Returns the claims of the record.
    fn claims(&self) -> impl IntoIterator<Item = Self::Claim<'_>> {
        std::iter::empty()
    }

    /// Returns the rule that the record breaks because another record made the claim first.
    fn conflict(
        &self,
        _claim: &Self::Claim<'_>,
        _first: &Self,
        _framework: &Framework,
    ) -> Option<RuleViolation> {
        None
    }

    /// The sort key of the record in a checked cycle.
    fn order(&self) -> Self::Order;

    /// Looks up the codes of an entry.
    ///
    /// # Errors
    /// The first code that names nothing.
    fn from_codes(codes: Self::Fact, reader: &CodeReader<'_>) -> Result<Self, UnknownCode>;

    /// Writes the record in codes.
    fn to_codes(&self, writer: &CodeWriter<'_>) -> Self::Fact;
}

/// A record in codes, as an entry of the ledger stores it.
pub trait RecordCodes: Clone + Debug + PartialEq {
    /// Code of the body of the record.
    fn body(&self) -> &str;

    /// The method of a judgement, or of the value that an answer defends.
    fn method(&self) -> Option<Method> {
        None
    }

    /// Identifier of the approval that it gives, if it is one.
    fn approval(&self) -> Option<&str> {
        None
    }

    /// SHA-256 of the document that it files.
    fn document(&self) -> Option<&str> {
        None
    }

    /// The person whose own record it is.
    fn belongs_to(&self) -> Option<&str> {
        None
    }

    /// Mutable access to [`RecordCodes::belongs_to`].
    fn belongs_to_mut(&mut self) -> Option<&mut Box<str>> {
        None
    }

    /// Beside the body, the values that a correction of the record leaves as they are. They decide
    /// which entry an imported record replaces.
    fn identity(&self) -> Vec<Box<str>>;

    /// Takes over what an earlier version of the record says and this one leaves open.
    fn complete_from(&mut self, _earlier: &Self) {}

    /// The record in one line, for lists of entries.
    fn summary(&self, methods: &Methods) -> String;
}

impl RecordKey {
    /// The key of a record of a kind that other records rely on by its identifier; `None` for other
    /// kinds.
    pub(crate) fn of_identifier(kind: RecordKind, id: &str) -> Option<RecordKey> {
        match kind {
            RecordKind::Evidence => Some(RecordKey::Evidence(id.into())),
            RecordKind::Recommendation => Some(RecordKey::Recommendation(id.into())),
            RecordKind::AreaOfConcern => Some(RecordKey::AreaOfConcern(id.into())),
            _ => None,
        }
    }
}

impl Records {
    /// Returns every record in codes: cited kinds first, each in the order of its numbers.
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

/// The records after a number, of a list in the order of the numbers.
pub(crate) fn newer_than<T: CycleRecord>(records: &[T], id: RecordId) -> &[T] {
    let from = records.partition_point(|record| record.id() <= id);
    records.get(from..).unwrap_or_default()
}

fn after<T: CycleRecord>(records: &[T], id: RecordId) -> impl Iterator<Item = &dyn CycleRecord> {
    let newer = newer_than(records, id).iter();
    newer.map(|record| record as &dyn CycleRecord)
}
