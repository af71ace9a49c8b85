//! Evidence that names a document, entered by somebody who may not see everything.

use super::check_documents;
use crate::facts::open_ledger;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use wcc_core::Actor;
use wcc_core::ledger::{Draft, Fact};
use wcc_core::record::{EvidenceFact, EvidenceKind, RecordFact};
use wcc_ledger::{
    Address, AppendError, Document, DocumentKind, Documents, Ledger, LedgerOptions, Request,
    SystemClock,
};
use wcc_policy::{CedarPolicy, PolicyFile};
use wcc_programme::{ReferenceData, entries_of};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// Clerks file evidence on every PCT but one, which they do not see.
const CLERKS: &str = r#"
@id("clerks-file-evidence")
permit (principal in Role::"clerk", action == Action::"file-evidence", resource is Body)
unless { resource.code == "5KG" };

@id("one-pct-is-hidden")
forbid (principal in Role::"clerk", action == Action::"read", resource is Body)
when { resource.code == "5KG" };
"#;

fn clerk() -> Actor {
    Actor {
        role: "clerk".into(),
        ..Actor::operator("A. Clerk")
    }
}

fn evidence(actor: Actor, id: &str, body: &str, document: &str) -> Request {
    Request {
        actor,
        id: format!("file {id}"),
        drafts: vec![Draft::from(Fact::Record {
            cycle: CYCLE.into(),
            record: RecordFact::Evidence(EvidenceFact {
                id: id.into(),
                body: body.into(),
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
            }),
        })],
    }
}

async fn loaded(folder: &Path) -> (Ledger, Documents) {
    let mut files = PolicyFile::shipped();
    files.push(PolicyFile::new("clerks.cedar", CLERKS));
    let ledger = open_ledger(LedgerOptions {
        address: Address::Sqlite(folder.join("ledger.db")),
        sha: "england".to_owned(),
        head_file: None,
        checkpoint: None,
        patience: Duration::from_secs(10),
        create: true,
        clock: Arc::new(SystemClock),
        policy: Arc::new(CedarPolicy::from_files(&files).unwrap()),
    });
    let ledger = ledger.await.unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (frameworks, organisations) = ("configs/frameworks", "configs/organisations");
    let reference = ReferenceData::read(&root.join(frameworks), &root.join(organisations));
    let reference = reference.unwrap();
    let case = root.join("examples/south-of-tyne-and-wear");
    let case = wcc_case::case::read(&case, &reference.frameworks, &reference.tables).unwrap();
    let request = Request {
        actor: Actor::operator("operator"),
        id: "load".to_owned(),
        drafts: ledger.look(|state| entries_of(&case, state)).unwrap(),
    };
    ledger.append(request).await.unwrap();
    let documents = Documents::open(folder.join("documents").to_str().unwrap()).unwrap();
    (ledger, documents)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whether_a_document_is_filed_is_told_to_those_who_may_file_evidence_and_see_it() {
    let folder = tempfile::tempdir().unwrap();
    let (ledger, documents) = loaded(folder.path()).await;
    let mut hashes = Vec::new();
    for text in ["%PDF-1.4 hidden", "%PDF-1.4 new"] {
        let (kind, bytes) = (DocumentKind::Pdf, text.as_bytes().to_vec());
        let hash = documents.file(Document { kind, bytes }).await.unwrap();
        hashes.push(hash.to_string());
    }
    let [of_hidden, new] = &hashes[..] else {
        panic!("two documents");
    };
    let on_hidden = evidence(Actor::operator("operator"), "plan", "5KG", of_hidden);
    ledger.append(on_hidden).await.unwrap();
    let absent = "0".repeat(64);
    let told = async |request: Request| {
        let checked = check_documents(&ledger, &documents, &request).await;
        match checked {
            Ok(()) => ledger.append(request).await.err(),
            Err(error) => Some(error),
        }
        .map(|error| error.to_string())
    };

    // Whoever may not file evidence learns nothing of documents.
    let denied = told(evidence(Actor::public(), "public", "5KF", &absent)).await;
    for document in [of_hidden, new] {
        let refused = told(evidence(Actor::public(), "public", "5KF", document)).await;
        assert_eq!(refused, denied);
    }
    assert!(denied.unwrap().contains("may not do this"));

    // A document that only hidden records name looks as if it was never filed.
    let refused = |document: &str| {
        let there_is_none = format!("there is no filed document with the SHA-256 `{document}`");
        Some(format!("entry 1 of the request: document: {there_is_none}"))
    };
    for document in [&absent, of_hidden] {
        let answered = told(evidence(clerk(), "own", "5KF", document)).await;
        assert_eq!(answered, refused(document));
    }
    assert_eq!(told(evidence(clerk(), "own", "5KF", new)).await, None);
    // Who sees the record may name the document again.
    let operator = Actor::operator("operator");
    assert_eq!(
        told(evidence(operator, "again", "5KF", of_hidden)).await,
        None
    );

    // The identifier of hidden evidence is not explained either.
    let mut taken = evidence(clerk(), "plan", "5KF", new);
    taken.id = "another request".to_owned();
    let Err(AppendError::Refused(taken)) = ledger.append(taken).await else {
        panic!("an identifier serves twice");
    };
    assert!(taken.to_string().ends_with("choose another"), "{taken}");
    ledger.close().await;
}
