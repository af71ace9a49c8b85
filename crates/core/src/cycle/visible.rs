//! A cycle of which something is hidden, as if it had never existed.

use super::{CheckedCycle, Cycle};
use crate::approval;
use crate::body::{BodyIndex, Organisations};
use crate::record::{CycleRecord, Judgement, RecordGroup, RecordId, RecordKind, RecordType};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What somebody does not see of a cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Bodies, with everything recorded on them.
    pub bodies: BTreeSet<BodyIndex>,
    /// Groups of records on bodies that are seen.
    pub records: BTreeSet<(BodyIndex, RecordGroup)>,
    /// Those of these groups of judgements whose rationale is seen, without the value.
    pub rationales: BTreeSet<(BodyIndex, RecordGroup)>,
    /// Scores of members of panels, besides those groups.
    pub scores: BTreeSet<RecordId>,
}

impl Hidden {
    /// Whether everything is seen.
    pub fn is_empty(&self) -> bool {
        self.bodies.is_empty() && self.records.is_empty() && self.scores.is_empty()
    }

    /// Whether a body is seen.
    pub fn shows_body(&self, body: BodyIndex) -> bool {
        !self.bodies.contains(&body)
    }

    /// Whether a record is seen.
    pub fn shows(&self, record: &dyn CycleRecord) -> bool {
        let group = RecordGroup::of(record);
        self.shows_body(record.body())
            && record.assessor().is_none_or(|body| self.shows_body(body))
            && !self.records.contains(&(record.body(), group))
            && (record.kind() != RecordKind::Score || !self.scores.contains(&record.id()))
    }

    /// Whether no more than the rationale of a judgement is seen.
    fn shows_rationale_only(&self, judgement: &Judgement) -> bool {
        let group = RecordGroup::of(judgement);
        self.shows_body(judgement.body)
            && judgement.assessor.is_none_or(|body| self.shows_body(body))
            && self.rationales.contains(&(judgement.body, group))
            && judgement.details().rationale.is_some()
    }
}

impl CheckedCycle {
    /// See [`Cycle::without`].
    #[must_use]
    pub fn without(&self, hidden: &Hidden, organisations: Arc<Organisations>) -> CheckedCycle {
        // Removing bodies and records cannot introduce a contradiction into a checked cycle.
        CheckedCycle(self.0.without(hidden, organisations))
    }
}

impl Cycle {
    /// The cycle as if what is hidden had never existed: without the records on hidden bodies or with
    /// them as assessor, without hidden groups of records, approvals of them and scores, and without
    /// references to hidden records. Of a judgement whose rationale alone is seen, the value is as if it
    /// were not known.
    ///
    /// `organisations` is the cycle's own table [without](Organisations::without) the bodies.
    #[must_use]
    pub fn without(&self, hidden: &Hidden, organisations: Arc<Organisations>) -> Cycle {
        let evidence = self.records.evidence.iter();
        let hidden_evidence: BTreeSet<&str> = evidence
            .filter(|evidence| !hidden.shows(*evidence))
            .map(|evidence| &*evidence.id)
            .collect();
        let cited = [RecordKind::Recommendation, RecordKind::AreaOfConcern];
        let cited = cited
            .into_iter()
            .flat_map(|kind| self.records.of_kind(kind));
        let hidden_records: BTreeSet<(RecordKind, &str)> = cited
            .filter(|record| !hidden.shows(*record))
            .filter_map(|record| Some((record.kind(), record.identifier()?)))
            .collect();
        let cites_hidden = |record: &dyn CycleRecord| {
            let cited = record.cited_record();
            cited.is_some_and(|cited| hidden_records.contains(&cited))
        };
        let mut records = self.records.clone();
        records.retain(&|record| {
            let is_support = record.kind() == RecordKind::Support;
            hidden.shows(record)
                && !(is_support && cites_hidden(record))
                && !approval::is_hidden(&self.framework, record, hidden)
        });
        if !hidden.rationales.is_empty() {
            let all = self.records.judgements.iter();
            let drafts = all.filter(|judgement| hidden.shows_rationale_only(judgement));
            records
                .judgements
                .extend(drafts.map(Judgement::without_value));
            records.judgements.sort_by_key(RecordType::order);
        }
        records.change(&cites_hidden, &|record| record.forget_cited_record());
        let is_hidden = |evidence: &str| hidden_evidence.contains(evidence);
        let cites_hidden_evidence = |record: &dyn CycleRecord| {
            let mut cited = record.cited_evidence().iter();
            cited.any(|evidence| is_hidden(evidence))
        };
        records.change(&cites_hidden_evidence, &|record| {
            if let Some(cited) = record.cited_evidence_mut() {
                cited.retain(|evidence| !is_hidden(evidence));
            }
        });
        let pcts = self.pcts.iter().copied();
        Cycle {
            id: self.id.clone(),
            title: self.title.clone(),
            as_of: self.as_of,
            illustrative: self.illustrative.clone(),
            framework: Arc::clone(&self.framework),
            organisations,
            pcts: pcts.filter(|pct| hidden.shows_body(*pct)).collect(),
            records,
            partly_seen_approvals: approval::partly_seen(self, hidden),
            unseen_groups: hidden.records.clone(),
        }
    }
}
