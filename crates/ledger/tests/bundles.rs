//! A bundle moves a whole ledger, documents included, to the last byte.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
)]

mod support;

use std::fs;
use support::bundles::{FILED, checked, hashes, made, name_of, named_by, packed, unpacked};
use support::case::{remark, request, south};
use support::{Engine, Place, run};
use wcc_ledger::{
    Document, DocumentError, DocumentKind, Documents, DocumentsFound, Hash, Head, Loss, Lost,
    check_documents,
};

/// A bundle of version 1, as it was written before there was another.
const VERSION_1: &str = include_str!("recorded_bundles/v1.bundle");

fn lost(hash: Hash, how: Loss) -> Lost {
    Lost {
        document: hash,
        entry: named_by(hash),
        how,
    }
}

/// How the documents of a ledger are kept.
async fn found(place: &Place) -> DocumentsFound {
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
        let all = DocumentsFound {
            as_filed: 3,
            lost: Vec::new(),
        };
        assert_eq!(found(&postgres).await, all);
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
        // What was imported goes on as the ledger it came from.
        let ledger = back.open().await;
        assert_eq!(ledger.head(), head);
        let more = request("more", south());
        ledger.append(more).await.unwrap();
        drop(ledger);
        let full = back.imported(&second).await.unwrap_err();
        assert!(full.contains("a bundle goes into an empty one"), "{full}");
    });
}

#[test]
fn its_files_are_what_is_promised_and_say_nothing_else() {
    run(async {
        let (place, head) = made(Engine::Sqlite).await;
        let (bundle, _) = place.exported().await;
        let files = unpacked(&bundle);
        assert!(packed(&files) == bundle, "nothing is hidden between them");
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
fn pages_have_a_thousand_entries_wherever_the_ledger_ends() {
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
fn lost_documents_are_told_and_everything_else_is_saved() {
    run(async {
        let (place, head) = made(Engine::Sqlite).await;
        let (whole, _) = place.exported().await;
        let hashes = hashes();
        fs::remove_file(place.kept(hashes[0])).unwrap();
        // Longer than any document: it is not even read.
        let huge = fs::File::create(place.kept(hashes[1])).unwrap();
        huge.set_len(1 << 40).unwrap();
        let expected = vec![
            lost(hashes[0], Loss::Missing),
            lost(hashes[1], Loss::Changed),
        ];
        let (bundle, written) = place.exported().await;
        assert_eq!((written.head, written.documents), (head, 1));
        assert_eq!(written.lost, expected);
        let told = written.lost[1].to_string();
        let entry = named_by(hashes[1]);
        assert_eq!(
            told,
            format!(
                "entry {entry} names the document {}, which was changed where it is kept",
                hashes[1]
            )
        );
        let here = found(&place).await;
        assert_eq!((here.as_filed, here.lost), (1, expected));

        // It is a bundle like any other, and says what it lacks.
        let missing = vec![
            lost(hashes[0], Loss::Missing),
            lost(hashes[1], Loss::Missing),
        ];
        assert_eq!(checked(&bundle).await.unwrap().lost, missing);
        let other = place.another().await;
        let read = other.imported(&bundle).await.unwrap();
        assert_eq!((read.head, read.documents), (head, 1));
        assert_eq!(read.lost, missing);
        assert_eq!(found(&other).await.lost, missing);
        // What is kept where it goes is not lost, and what was changed there is mended.
        let mended = place.another().await;
        let documents = mended.documents();
        let (kind, bytes) = FILED
            .into_iter()
            .find(|one| Hash::of(one.1) == hashes[0])
            .unwrap();
        let bytes = bytes.to_vec();
        documents.file(Document { kind, bytes }).await.unwrap();
        fs::create_dir_all(mended.kept(hashes[2]).parent().unwrap()).unwrap();
        fs::write(mended.kept(hashes[2]), "something else").unwrap();
        let read = mended.imported(&bundle).await.unwrap();
        assert_eq!(read.lost, [lost(hashes[1], Loss::Missing)]);
        assert_eq!(found(&mended).await.as_filed, 2);
        // And a bundle that holds all of them puts them back.
        for (document, name) in unpacked(&whole).iter().map(|file| (file, file.name())) {
            let Some(name) = name.strip_prefix("documents/") else {
                continue;
            };
            let folder = place.documents_folder().join(&name[..2]);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), &document.bytes).unwrap();
        }
        assert_eq!(found(&place).await.as_filed, 3);
    });
}

#[test]
fn a_place_for_documents_that_cannot_be_read_does_not_keep_entries_from_being_saved() {
    run(async {
        let (place, head) = made(Engine::Sqlite).await;
        let hashes = hashes();
        for hash in &hashes {
            fs::remove_file(place.kept(*hash)).unwrap();
            // A link to itself: it can be opened by nobody.
            std::os::unix::fs::symlink(place.kept(*hash), place.kept(*hash)).unwrap();
        }
        let (bundle, written) = place.exported().await;
        assert_eq!((written.head, written.documents), (head, 0));
        assert_eq!(written.lost.len(), 3);
        for (one, hash) in written.lost.iter().zip(hashes) {
            assert_eq!((one.document, one.entry), (hash, named_by(hash)));
            assert!(matches!(one.how, Loss::Unreadable(_)), "{one}");
        }
        assert_eq!(checked(&bundle).await.unwrap().head, head);
    });
}

/// Looking for documents leaves nothing behind where there are none.
#[test]
fn a_folder_of_documents_that_is_not_there_is_not_made() {
    run(async {
        let (place, _) = made(Engine::Sqlite).await;
        let whole = place.exported().await.0;
        fs::remove_dir_all(place.documents_folder()).unwrap();
        let missing: Vec<Lost> = hashes()
            .into_iter()
            .map(|hash| lost(hash, Loss::Missing))
            .collect();
        let here = found(&place).await;
        assert_eq!((here.as_filed, here.lost), (0, missing));
        assert!(!place.documents_folder().exists());
        // A bundle is checked without any place for documents.
        assert_eq!(checked(&whole).await.unwrap().documents, 3);
        assert!(!place.documents_folder().exists());
    });
}

#[test]
fn a_document_that_was_changed_is_mended_by_filing_it_again() {
    run(async {
        let (place, _) = made(Engine::Sqlite).await;
        let documents = place.documents();
        for (kind, bytes) in FILED {
            let (hash, bytes) = (Hash::of(bytes), bytes.to_vec());
            fs::write(place.kept(hash), "something else").unwrap();
            let told = documents.find(hash).await.unwrap_err();
            assert!(matches!(told, DocumentError::Changed(found) if found == hash));
            let again = documents.file(Document { kind, bytes }).await.unwrap();
            assert_eq!(again, hash);
        }
        assert_eq!(found(&place).await.as_filed, 3);
        // The right bytes under the name of another kind are not what was filed.
        let pdf = Hash::of(FILED[0].1);
        let text = Hash::of(FILED[1].1);
        fs::rename(place.kept(text), place.kept(text).with_extension("pdf")).unwrap();
        assert!(documents.find(text).await.is_err());
        let found = documents.find(pdf).await.unwrap().unwrap();
        assert_eq!(found.kind, DocumentKind::Pdf);
    });
}

#[test]
fn a_bundle_of_version_1_is_read_as_ever() {
    run(async {
        let last = VERSION_1.lines().last().unwrap();
        let head: Head = last.parse().unwrap();
        let minutes: &[u8] = b"%PDF-1.4 minutes";
        let expected = Lost {
            document: Hash::of(minutes),
            entry: head.number - 1,
            how: Loss::Missing,
        };
        let place = Place::new(Engine::Sqlite).await;
        let read = place.imported(VERSION_1.as_bytes()).await.unwrap();
        assert_eq!((read.head, read.documents), (head, 0));
        assert_eq!(read.lost, [expected]);
        assert_eq!(place.verify(&[head]).await.unwrap(), head);
        // With its document beside it, nothing is lost.
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
fn version_1_is_refused_with_its_line() {
    run(async {
        let whole = VERSION_1;
        let lines: Vec<&str> = whole.lines().collect();
        let count = lines.len();
        let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect();
        let without = |at: usize| {
            let mut fewer = lines.clone();
            fewer.remove(at);
            joined(&fewer)
        };
        let replaced = |at: usize, line: &str| {
            let mut other = lines.clone();
            other[at] = line;
            joined(&other)
        };
        let mut swapped = lines.clone();
        swapped.swap(20, 21);
        let changed = lines[17].replacen("tester", "taster", 1);
        let last = lines[count - 2].replacen("tester", "taster", 1);
        let cases: Vec<(&str, String, String)> = vec![
            ("nothing", String::new(), "this is no bundle".into()),
            (
                "another file",
                "hello\n".into(),
                "the beginning: this is no bundle".into(),
            ),
            (
                "another version",
                replaced(0, "wcc-ledger-bundle 3 Q30"),
                "line 1: the bundle is of version 3".into(),
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
                "the line has no end".into(),
            ),
            (
                "one left out",
                without(17),
                "entry 17: it is missing: the next one there is 18".into(),
            ),
            (
                "the last left out",
                without(count - 2),
                format!("line {}: this is not the head", count - 1),
            ),
            ("two swapped", joined(&swapped), "entry 20: ".into()),
            (
                "a byte changed",
                replaced(17, &changed),
                "entry 18: it does not follow".into(),
            ),
            (
                "a byte of the last changed",
                replaced(count - 2, &last),
                format!("line {count}: this is not the head"),
            ),
            (
                "something behind",
                format!("{whole}more\n"),
                format!("line {}: something follows", count + 1),
            ),
            (
                "not an entry",
                replaced(5, "{\"format\":1,"),
                "line 6: not an entry".into(),
            ),
            (
                "a later format",
                replaced(5, "{\"format\":3}"),
                "line 6: the entry is in format 3".into(),
            ),
        ];
        let place = Place::new(Engine::Sqlite).await;
        for (what, text, expected) in cases {
            let told = place.imported(text.as_bytes()).await.unwrap_err();
            assert!(told.contains(&expected), "{what}: {told}");
            assert_eq!(place.head().await, Head::START, "{what}");
        }
        // Every prefix of the file is refused, wherever it was cut.
        for at in (0..whole.len()).step_by(whole.len() / 40) {
            assert!(checked(&whole.as_bytes()[..at]).await.is_err(), "{at}");
        }
    });
}
