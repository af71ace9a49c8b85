//! Tests that a bundle moves a whole ledger with its documents, byte for byte.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use std::fs;
use support::bundles::{FILED, checked, hashes, made, name_of, named_by, packed, unpacked};
use support::case::{remark, request, south};
use support::{Engine, Place, run};
use wcc_ledger::{
    Document, DocumentError, DocumentKind, Documents, DocumentsReport, Hash, Head, LossReason,
    LostDocument, check_documents,
};

/// A bundle written in version 1.
const VERSION_1: &str = include_str!("recorded_bundles/v1.bundle");

fn lost(hash: Hash, how: LossReason) -> LostDocument {
    LostDocument {
        document: hash,
        entry: named_by(hash),
        how,
    }
}

/// Checks the documents of a ledger.
async fn check_all(place: &Place) -> DocumentsReport {
    let named = place.verified(&[]).await.unwrap().documents;
    let folder = place.documents_folder();
    let documents = Documents::open_existing(folder.to_str().unwrap()).unwrap();
    check_documents(&named, documents.as_ref(), |_| {}).await
}

#[test]
fn a_bundle_moves_between_engines_with_every_byte() {
    run(async {
        let (place, head) = made(Engine::Sqlite).await;
        let (first, written) = place.exported().await;
        assert_eq!((written.head, written.documents), (head, 3));
        assert_eq!(written.lost, []);
        assert_eq!(checked(&first).await, Ok(written.clone()));

        let postgres = Place::new(Engine::Postgres).await;
        assert_eq!(postgres.imported(&first).await, Ok(written.clone()));
        assert_eq!(postgres.verify(&[head]).await.unwrap(), head);
        let all = DocumentsReport {
            as_filed: 3,
            lost: Vec::new(),
        };
        assert_eq!(check_all(&postgres).await, all);
        let (second, again) = postgres.exported().await;
        assert!(first == second, "the same bytes");
        assert_eq!(again, written);

        let back = Place::new(Engine::Sqlite).await;
        assert_eq!(back.imported(&second).await, Ok(written));
        assert!(back.exported().await.0 == first, "the same bytes");
        for (kind, bytes) in FILED {
            let found = back.documents().find(Hash::of(bytes)).await.unwrap();
            let bytes = bytes.to_vec();
            assert_eq!(found, Some(Document { kind, bytes }));
        }
        // The imported ledger continues like the original.
        let ledger = back.open().await;
        assert_eq!(ledger.head(), head);
        let more = request("more", south());
        ledger.append(more).await.unwrap();
        drop(ledger);
        let full = back.imported(&second).await.unwrap_err();
        assert!(
            full.contains("import a bundle into an empty ledger"),
            "{full}"
        );
    });
}

#[test]
fn a_bundle_has_the_documented_files_and_nothing_else() {
    run(async {
        let (place, head) = made(Engine::Sqlite).await;
        let (bundle, _) = place.exported().await;
        let files = unpacked(&bundle);
        assert!(
            packed(&files) == bundle,
            "there is nothing between the files"
        );
        let names: Vec<String> = files.iter().map(|file| file.name()).collect();
        let mut expected = vec![
            "wcc-ledger-bundle".to_owned(),
            "entries/0000000001.jsonl".to_owned(),
        ];
        expected.extend(hashes().into_iter().map(name_of));
        expected.push("head".to_owned());
        assert_eq!(names, expected);
        for file in &files {
            let header = &file.header;
            assert_eq!(header.mode().unwrap(), 0o644);
            assert_eq!(header.mtime().unwrap(), 0);
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            assert_eq!(header.username(), Ok(Some("")));
        }
        assert_eq!(files[0].bytes, b"wcc-ledger-bundle 2 Q30\n");
        assert_eq!(files.last().unwrap().bytes, format!("{head}\n").as_bytes());
        let page = String::from_utf8(files[1].bytes.clone()).unwrap();
        assert_eq!(page.lines().count(), head.number as usize);
    });
}

#[test]
fn pages_have_a_thousand_entries() {
    run(async {
        for (entries, pages) in [(0, 0), (999, 1), (1_000, 1), (1_001, 2), (2_000, 2)] {
            let place = Place::new(Engine::Sqlite).await;
            let ledger = place.open().await;
            let mut drafts = south();
            drafts.truncate(entries);
            drafts.resize(entries, remark("one more"));
            if entries > 0 {
                ledger.append(request("all", drafts)).await.unwrap();
            }
            drop(ledger);
            let (bundle, written) = place.exported().await;
            assert_eq!(written.head.number as usize, entries);
            let mut names: Vec<String> = unpacked(&bundle).iter().map(|file| file.name()).collect();
            names.retain(|name| name.starts_with("entries/"));
            let expected = ["entries/0000000001.jsonl", "entries/0000001001.jsonl"];
            assert_eq!(names, expected[..pages], "{entries}");
            let other = place.another().await;
            assert_eq!(other.imported(&bundle).await, Ok(written));
            assert!(other.exported().await.0 == bundle, "{entries}: the same");
        }
    });
}

#[test]
fn lost_documents_are_reported_and_the_rest_is_exported() {
    run(async {
        let (place, head) = made(Engine::Sqlite).await;
        let (whole, _) = place.exported().await;
        let hashes = hashes();
        fs::remove_file(place.document_path(hashes[0])).unwrap();
        // A file larger than any document is not even read.
        let huge = fs::File::create(place.document_path(hashes[1])).unwrap();
        huge.set_len(1 << 40).unwrap();
        let expected = vec![
            lost(hashes[0], LossReason::Missing),
            lost(hashes[1], LossReason::Changed),
        ];
        let (bundle, written) = place.exported().await;
        assert_eq!((written.head, written.documents), (head, 1));
        assert_eq!(written.lost, expected);
        let message = written.lost[1].to_string();
        let entry = named_by(hashes[1]);
        assert_eq!(
            message,
            format!(
                "entry {entry} names the document {}, which was changed after it was filed",
                hashes[1]
            )
        );
        let here = check_all(&place).await;
        assert_eq!((here.as_filed, here.lost), (1, expected));

        // The bundle is valid, and reports the documents that it lacks.
        let missing = vec![
            lost(hashes[0], LossReason::Missing),
            lost(hashes[1], LossReason::Missing),
        ];
        assert_eq!(checked(&bundle).await.unwrap().lost, missing);
        let other = place.another().await;
        let read = other.imported(&bundle).await.unwrap();
        assert_eq!((read.head, read.documents), (head, 1));
        assert_eq!(read.lost, missing);
        assert_eq!(check_all(&other).await.lost, missing);
        // Documents that already exist at the destination are not lost, and changed ones are
        // repaired.
        let repaired = place.another().await;
        let documents = repaired.documents();
        let (kind, bytes) = FILED
            .into_iter()
            .find(|(_, bytes)| Hash::of(bytes) == hashes[0])
            .unwrap();
        let bytes = bytes.to_vec();
        documents.file(Document { kind, bytes }).await.unwrap();
        fs::create_dir_all(repaired.document_path(hashes[2]).parent().unwrap()).unwrap();
        fs::write(repaired.document_path(hashes[2]), "something else").unwrap();
        let read = repaired.imported(&bundle).await.unwrap();
        assert_eq!(read.lost, [lost(hashes[1], LossReason::Missing)]);
        assert_eq!(check_all(&repaired).await.as_filed, 2);
        // A bundle with all documents restores them.
        for (document, name) in unpacked(&whole).iter().map(|file| (file, file.name())) {
            let Some(name) = name.strip_prefix("documents/") else {
                continue;
            };
            let folder = place.documents_folder().join(&name[..2]);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), &document.bytes).unwrap();
        }
        assert_eq!(check_all(&place).await.as_filed, 3);
    });
}

#[test]
fn an_unreadable_document_store_does_not_prevent_the_export() {
    run(async {
        let (place, head) = made(Engine::Sqlite).await;
        let hashes = hashes();
        for hash in &hashes {
            fs::remove_file(place.document_path(*hash)).unwrap();
            // Nobody can open a link to itself.
            std::os::unix::fs::symlink(place.document_path(*hash), place.document_path(*hash))
                .unwrap();
        }
        let (bundle, written) = place.exported().await;
        assert_eq!((written.head, written.documents), (head, 0));
        assert_eq!(written.lost.len(), 3);
        for (lost, hash) in written.lost.iter().zip(hashes) {
            assert_eq!((lost.document, lost.entry), (hash, named_by(hash)));
            assert!(matches!(lost.how, LossReason::Unreadable(_)), "{lost}");
        }
        assert_eq!(checked(&bundle).await.unwrap().head, head);
    });
}

/// Searching for documents must not create the folder.
#[test]
fn a_missing_folder_of_documents_is_not_created() {
    run(async {
        let (place, _) = made(Engine::Sqlite).await;
        let whole = place.exported().await.0;
        fs::remove_dir_all(place.documents_folder()).unwrap();
        let missing: Vec<LostDocument> = hashes()
            .into_iter()
            .map(|hash| lost(hash, LossReason::Missing))
            .collect();
        let here = check_all(&place).await;
        assert_eq!((here.as_filed, here.lost), (0, missing));
        assert!(!place.documents_folder().exists());
        // Checking a bundle needs no document store.
        assert_eq!(checked(&whole).await.unwrap().documents, 3);
        assert!(!place.documents_folder().exists());
    });
}

#[test]
fn filing_a_changed_document_again_repairs_it() {
    run(async {
        let (place, _) = made(Engine::Sqlite).await;
        let documents = place.documents();
        for (kind, bytes) in FILED {
            let (hash, bytes) = (Hash::of(bytes), bytes.to_vec());
            fs::write(place.document_path(hash), "something else").unwrap();
            let message = documents.find(hash).await.unwrap_err();
            assert!(matches!(message, DocumentError::Changed(changed) if changed == hash));
            let again = documents.file(Document { kind, bytes }).await.unwrap();
            assert_eq!(again, hash);
        }
        assert_eq!(check_all(&place).await.as_filed, 3);
        // The same bytes under the name of another kind do not count as the filed document.
        let pdf = Hash::of(FILED[0].1);
        let text = Hash::of(FILED[1].1);
        fs::rename(
            place.document_path(text),
            place.document_path(text).with_extension("pdf"),
        )
        .unwrap();
        assert!(documents.find(text).await.is_err());
        let found = documents.find(pdf).await.unwrap().unwrap();
        assert_eq!(found.kind, DocumentKind::Pdf);
    });
}

#[test]
fn a_bundle_of_version_1_can_be_read() {
    run(async {
        let last = VERSION_1.lines().last().unwrap();
        let head: Head = last.parse().unwrap();
        let minutes: &[u8] = b"%PDF-1.4 minutes";
        let expected = LostDocument {
            document: Hash::of(minutes),
            entry: head.number - 1,
            how: LossReason::Missing,
        };
        let place = Place::new(Engine::Sqlite).await;
        let read = place.imported(VERSION_1.as_bytes()).await.unwrap();
        assert_eq!((read.head, read.documents), (head, 0));
        assert_eq!(read.lost, [expected]);
        assert_eq!(place.verify(&[head]).await.unwrap(), head);
        // If the document is already there, nothing is lost.
        let other = place.another().await;
        let filed = Document {
            kind: DocumentKind::Pdf,
            bytes: minutes.to_vec(),
        };
        other.documents().file(filed).await.unwrap();
        let read = other.imported(VERSION_1.as_bytes()).await.unwrap();
        assert_eq!(read.lost, []);
        let (bundle, written) = other.exported().await;
        assert_eq!((written.head, written.documents), (head, 1));
        assert!(bundle.starts_with(b"wcc-ledger-bundle\0"));
    });
}

#[test]
fn faults_in_version_1_are_reported_with_their_line() {
    run(async {
        let whole = VERSION_1;
        let lines: Vec<&str> = whole.lines().collect();
        let count = lines.len();
        let join = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect();
        let without = |at: usize| {
            let mut fewer = lines.clone();
            fewer.remove(at);
            join(&fewer)
        };
        let replaced = |at: usize, line: &str| {
            let mut other = lines.clone();
            other[at] = line;
            join(&other)
        };
        let mut swapped = lines.clone();
        swapped.swap(20, 21);
        let changed = lines[17].replacen("tester", "taster", 1);
        let last = lines[count - 2].replacen("tester", "taster", 1);
        let cases: Vec<(&str, String, String)> = vec![
            ("nothing", String::new(), "not a bundle".into()),
            (
                "another file",
                "hello\n".into(),
                "the beginning: not a bundle".into(),
            ),
            (
                "another version",
                replaced(0, "wcc-ledger-bundle 3 Q30"),
                "line 1: the bundle has version 3".into(),
            ),
            (
                "another authority",
                replaced(0, "wcc-ledger-bundle 1 Q31"),
                "line 1: `wcc-ledger-bundle 1 Q31`: expected `wcc-ledger-bundle 1 Q30`".into(),
            ),
            ("no head", without(count - 1), format!("line {count}: ")),
            (
                "cut in a line",
                whole[..whole.len() / 2].into(),
                "the line does not end".into(),
            ),
            (
                "one entry missing",
                without(17),
                "entry 17: the entry is missing; the next one is 18".into(),
            ),
            (
                "the last entry missing",
                without(count - 2),
                format!("line {}: the head does not match", count - 1),
            ),
            ("two swapped", join(&swapped), "entry 20: ".into()),
            (
                "a byte changed",
                replaced(17, &changed),
                "entry 18: the entry does not follow".into(),
            ),
            (
                "a byte of the last changed",
                replaced(count - 2, &last),
                format!("line {count}: the head does not match"),
            ),
            (
                "more data at the end",
                format!("{whole}more\n"),
                format!("line {}: there is more data", count + 1),
            ),
            (
                "not an entry",
                replaced(5, "{\"format\":1,"),
                "line 6: not an entry".into(),
            ),
            (
                "a later format",
                replaced(5, "{\"format\":3}"),
                "line 6: the entry has format 3".into(),
            ),
        ];
        let place = Place::new(Engine::Sqlite).await;
        for (what, text, expected) in cases {
            let message = place.imported(text.as_bytes()).await.unwrap_err();
            assert!(message.contains(&expected), "{what}: {message}");
            assert_eq!(place.head().await, Head::START, "{what}");
        }
        // Every prefix of the file is rejected.
        for at in (0..whole.len()).step_by(whole.len() / 40) {
            assert!(checked(&whole.as_bytes()[..at]).await.is_err(), "{at}");
        }
    });
}
