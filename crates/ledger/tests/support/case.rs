//! A small real case as entries, and further records for its cycle.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use wcc_case::{Frameworks, ShippedTables};
use wcc_core::Method;
use wcc_core::actor::Actor;
use wcc_core::ledger::{Draft, Fact, State};
use wcc_core::record::{
    CommentaryFact, EvidenceFact, EvidenceKind, JudgementDetails, JudgementFact, RecordFact,
};
use wcc_ledger::{Ledger, Request};
use wcc_programme::{FileFormats, entries_of};

/// Identifier of the case's cycle.
pub const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
/// Code of its cluster.
pub const CLUSTER: &str = "south-of-tyne-and-wear";
/// Measures on which the case has the cluster's self-assessment.
pub const MEASURES: [&str; 8] = ["1a", "1b", "1c", "2a", "2b", "2c", "3a", "3b"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the entries of the case.
pub fn south() -> Vec<Draft> {
    static DRAFTS: LazyLock<Vec<Draft>> = LazyLock::new(|| drafts_of("south-of-tyne-and-wear"));
    DRAFTS.clone()
}

/// Returns the entries of a very small case.
pub fn another_regime() -> Vec<Draft> {
    drafts_of("another-regime")
}

/// Creates evidence in the cycle of the very small case, which names a document.
pub fn evidence(id: &str, document: &str) -> Draft {
    let fact = EvidenceFact {
        id: id.into(),
        body: "00M".into(),
        kind: EvidenceKind::Document,
        title: "Minutes".into(),
        measures: Vec::new(),
        issuer: None,
        dated: None,
        source: None,
        document: Some(document.into()),
        dates: wcc_core::record::EvidenceDates::default(),
        carried_from: None,
        rating: None,
    };
    Draft::from(Fact::Record {
        cycle: "another-regime/2017-18".into(),
        record: RecordFact::Evidence(fact),
    })
}

/// Returns the entries of the nation's case.
pub fn england() -> Vec<Draft> {
    drafts_of("england")
}

fn drafts_of(example: &str) -> Vec<Draft> {
    let configs = root().join("configs");
    let frameworks = Frameworks::read(&configs.join("frameworks")).expect("frameworks");
    let shipped = ShippedTables::read(&configs.join("organisations")).expect("bodies");
    let folder = root().join("examples").join(example);
    let case = wcc_case::case::read(&folder, &frameworks, &shipped).expect("the case");
    let empty = State::new(Arc::new(FileFormats));
    entries_of(&case, &empty).expect("entries")
}

/// Creates a request of a tester.
pub fn request(id: &str, drafts: Vec<Draft>) -> Request {
    Request {
        actor: Actor::operator("tester"),
        id: id.to_owned(),
        drafts,
    }
}

/// Creates a draft of a record in the cycle.
pub fn in_cycle(record: RecordFact) -> Draft {
    Draft::from(Fact::Record {
        cycle: CYCLE.into(),
        record,
    })
}

/// Creates a remark, which can be entered any number of times.
pub fn remark(text: &str) -> Draft {
    in_cycle(RecordFact::Commentary(CommentaryFact {
        body: CLUSTER.into(),
        headings: vec!["Remarks".into()],
        text: text.into(),
        components: Vec::new(),
    }))
}

/// Creates a judgement that may supersede an earlier one.
pub fn judgement(
    body: &str,
    measure: &str,
    method: Method,
    value: &str,
    supersedes: Option<u32>,
) -> Draft {
    let fact = JudgementFact {
        body: body.into(),
        subject: measure.into(),
        method,
        value: Some(value.into()),
        assessor: None,
        details: JudgementDetails::default(),
    };
    Draft {
        supersedes,
        ..in_cycle(RecordFact::Judgement(fact))
    }
}

/// Returns the current entry with the cluster's self-assessment on a measure.
pub fn standing(ledger: &Ledger, measure: &str) -> Option<u32> {
    // Entries after the head are not committed.
    let head = ledger.head().number;
    ledger.look(|state| standing_at(state, head, measure))
}

/// Follows the entries that supersede an entry, and returns the current one.
pub fn latest(ledger: &Ledger, entry: u32) -> u32 {
    let head = ledger.head().number;
    ledger.look(|state| {
        let mut entry = entry;
        while let Some(next) = state.entry(entry).and_then(|note| note.superseded_by)
            && next <= head
        {
            entry = next;
        }
        entry
    })
}

fn standing_at(state: &State, number: u32, measure: &str) -> Option<u32> {
    let (cycle, _) = state.cycle_at(CYCLE, number)?;
    let mut judgements = cycle.records.judgements.iter();
    judgements
        .find(|judgement| {
            judgement.method == Method::SelfAssessment
                && cycle.subject_id(judgement.subject) == measure
                && cycle.organisations.body(judgement.body).code.as_str() == CLUSTER
        })
        .map(|judgement| judgement.record.0)
}
