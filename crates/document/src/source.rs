//! What a document is built from: a cycle, its results, and what only the caller knows.

use crate::slug;
use jiff::civil::Date;
use std::collections::BTreeMap;
use wcc_core::approval::Approvals;
use wcc_core::indicator::IndicatorIndex;
use wcc_core::{Assurance, BodyIndex, CheckedCycle, RecordId};

/// What only the caller of this crate knows about the results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provenance {
    /// Version of the program: `wcc 0.1.0`.
    pub program: String,
    /// Where the records come from: the name of a case's folder, or "the ledger".
    pub records: Option<String>,
    /// The state of the ledger, if the records come from one.
    pub ledger: Option<LedgerHead>,
    /// Who gave each approval, and when, by its record: "Ann Chair, 3 March 2010".
    pub approvers: BTreeMap<RecordId, String>,
    /// The day on which it is decided whether a release has begun; `None` takes each release as
    /// begun.
    pub on: Option<Date>,
    /// Whether something may be hidden from the reader. The document then says so, and does not say
    /// what.
    pub is_partial: bool,
}

impl Provenance {
    /// What is known of the results of a cycle that are read on a day. `author` says who made the
    /// entry of a record on a body, and when.
    pub fn of(
        cycle: &CheckedCycle,
        on: Date,
        author: impl Fn(RecordId, BodyIndex) -> Option<String>,
    ) -> Provenance {
        let approvals = cycle.records.approvals.iter();
        let approvers = approvals.filter_map(|approval| {
            Some((approval.record, author(approval.record, approval.body)?))
        });
        Provenance {
            program: concat!("wcc ", env!("CARGO_PKG_VERSION")).to_owned(),
            approvers: approvers.collect(),
            on: Some(on),
            ..Provenance::default()
        }
    }

    /// The same for records of a case, given by the name of its folder.
    #[must_use]
    pub fn of_case(self, name: &str) -> Provenance {
        Provenance {
            records: Some(format!("the case {name}")),
            ..self
        }
    }

    /// The same for records of a ledger, as of a point of it if the reader may know which.
    #[must_use]
    pub fn of_ledger(self, head: Option<LedgerHead>) -> Provenance {
        Provenance {
            records: Some("the ledger".to_owned()),
            ledger: head,
            ..self
        }
    }
}

/// A point of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerHead {
    /// Number of its last entry.
    pub entry: u64,
    /// Hash of that entry, in hexadecimal; `None` if only the head's is known and it is an earlier
    /// point.
    pub hash: Option<String>,
}

/// What documents are built from. It is made once for all documents of a cycle.
#[derive(Debug)]
pub struct Source<'a> {
    /// The cycle.
    pub cycle: &'a CheckedCycle,
    /// Its results.
    pub assurance: &'a Assurance,
    /// What only the caller knows.
    pub provenance: Provenance,
    pub(crate) approvals: Approvals<'a>,
    pub(crate) indicators: IndicatorIndex,
}

impl<'a> Source<'a> {
    /// The source of the documents of a cycle.
    pub fn new(
        cycle: &'a CheckedCycle,
        assurance: &'a Assurance,
        provenance: Provenance,
    ) -> Source<'a> {
        Source {
            cycle,
            assurance,
            provenance,
            approvals: Approvals::of(cycle),
            indicators: IndicatorIndex::of(cycle),
        }
    }

    /// The identifier of the cycle without its case: `2009-10`.
    pub fn cycle_id(&self) -> &'a str {
        let id = self.cycle.id.as_str();
        id.rsplit('/').next().unwrap_or(id)
    }

    /// The name of a document's file, without its ending: `5PK-panel-report-2009-10`.
    pub fn file_name(&self, code: &str, kind: crate::DocumentKind) -> String {
        let cycle = slug::file_part(self.cycle_id());
        format!("{}-{}-{cycle}", slug::file_part(code), kind.name())
    }
}
