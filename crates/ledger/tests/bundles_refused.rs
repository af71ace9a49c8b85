//! Tests that every change to a bundle is detected, and that nothing of a changed bundle is
//! entered.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use proptest::prelude::*;
use std::sync::LazyLock;
use support::bundles::{FILED, Packed, checked, hashes, made, name_of, packed, unpacked};
use support::case::{remark, request, south};
use support::{Engine, Place, run};
use tar::EntryType;
use wcc_ledger::documents::MAX_BYTES;
use wcc_ledger::{Document, DocumentKind, Hash, Head};

/// A bundle of 31 entries and three documents.
static BUNDLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let (sent, received) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        run(async {
            let (place, _) = made(Engine::Sqlite).await;
            sent.send(place.exported().await.0).unwrap();
        });
    });
    received.recv().unwrap()
});

/// Changes a header and corrects its checksum.
fn change_header(file: &mut Packed, change: impl FnOnce(&mut tar::Header)) {
    change(&mut file.header);
    file.header.set_cksum();
}

/// Changes the kind of a member.
fn set_kind(files: &mut [Packed], kind: EntryType) {
    change_header(&mut files[2], |header| header.set_entry_type(kind));
}

/// Renames a file.
fn rename(file: &mut Packed, name: &str) {
    change_header(file, |header| header.set_path(name).unwrap());
}

/// Replaces the content of a file.
fn set_content(file: &mut Packed, bytes: impl Into<Vec<u8>>) {
    *file = Packed::new(&file.name(), &bytes.into());
}

type Change = fn(&mut Vec<Packed>);

/// Changes to the files of a bundle, with a part of the expected message. The files are the title,
/// a page, three documents and the head.
const CHANGES: &[(&str, Change, &str)] = &[
    ("nothing is left", Vec::clear, "not a bundle"),
    (
        "no title",
        |files| drop(files.remove(0)),
        "the beginning: not a bundle",
    ),
    (
        "another file first",
        |files| files.insert(0, Packed::new("readme", b"hello")),
        "not a bundle",
    ),
    (
        "another authority",
        |files| set_content(&mut files[0], "wcc-ledger-bundle 2 Q31\n"),
        "expected `wcc-ledger-bundle 2 Q30`",
    ),
    (
        "a later version",
        |files| set_content(&mut files[0], "wcc-ledger-bundle 3 Q30 and more\n"),
        "the bundle has version 3, but this program reads only versions up to 2",
    ),
    (
        "a title without an end",
        |files| set_content(&mut files[0], "wcc-ledger-bundle 2 Q30"),
        "wcc-ledger-bundle: ``: expected",
    ),
    (
        "an endless title",
        |files| change_header(&mut files[0], |header| header.set_size(1 << 40)),
        "the file has 1099511627776 bytes: expected 1 to",
    ),
    (
        "an entry changed",
        |files| {
            let page = String::from_utf8(files[1].bytes.clone()).unwrap();
            set_content(&mut files[1], page.replacen("tester", "taster", 1));
        },
        "entry 2: the entry does not follow the previous one",
    ),
    (
        "the last entry left out",
        |files| {
            let page = String::from_utf8(files[1].bytes.clone()).unwrap();
            let (front, _) = page.trim_end().rsplit_once('\n').unwrap();
            set_content(&mut files[1], format!("{front}\n"));
        },
        "head: the head does not match the entries above, whose head is 30:",
    ),
    (
        "no entry on a line",
        |files| {
            let page = String::from_utf8(files[1].bytes.clone()).unwrap();
            set_content(&mut files[1], format!("\n{page}"));
        },
        "entries/0000000001.jsonl, line 1: not an entry",
    ),
    (
        "a page without its last end of line",
        |files| {
            let mut page = files[1].bytes.clone();
            page.pop();
            set_content(&mut files[1], page);
        },
        "entries/0000000001.jsonl, line 31: the line does not end",
    ),
    (
        "an empty page",
        |files| set_content(&mut files[1], ""),
        "entries/0000000001.jsonl: the page has no entries",
    ),
    (
        "no page",
        |files| drop(files.remove(1)),
        "no entry names this document",
    ),
    (
        "a page cut in two",
        |files| {
            let page = files[1].bytes.clone();
            let half = page.iter().position(|byte| *byte == b'\n').unwrap() + 1;
            set_content(&mut files[1], &page[..half]);
            files.insert(2, Packed::new("entries/0000000002.jsonl", &page[half..]));
        },
        "entries/0000000002.jsonl: this file does not belong here: expected a document or the head",
    ),
    (
        "a page of another name",
        |files| rename(&mut files[1], "entries/0000000002.jsonl"),
        "this file does not belong here: expected `entries/0000000001.jsonl`",
    ),
    (
        "a document changed",
        |files| files[2].bytes[9] ^= 1,
        "the document was changed: its SHA-256 differs from its name",
    ),
    (
        "two documents swapped",
        |files| files.swap(2, 3),
        "this file does not belong here: expected documents in the order of their names",
    ),
    (
        "a document twice",
        |files| files.insert(2, files[2].clone()),
        "expected documents in the order of their names",
    ),
    (
        "a document nobody names",
        |files| {
            let (kind, bytes) = (DocumentKind::Csv, b"nobody,names,this\n");
            let name = format!("documents/{}.{}", Hash::of(bytes), kind.ending());
            files.insert(2, Packed::new(&name, bytes));
            files[2..5].sort_by_key(Packed::name);
        },
        "no entry names this document",
    ),
    (
        "a document of another kind",
        |files| {
            let text = Hash::of(FILED[1].1);
            let file = files.iter_mut().find(|file| file.name() == name_of(text));
            rename(file.unwrap(), &format!("documents/{text}.pdf"));
        },
        "the document is not a PDF",
    ),
    (
        "a document of an unknown kind",
        |files| {
            let name = files[2].name();
            rename(&mut files[2], &format!("{name}.exe"));
        },
        "this file does not belong here: expected a document or the head",
    ),
    (
        "a document in capitals",
        |files| {
            let name = format!("documents/{}.txt", "A".repeat(64));
            files.insert(2, Packed::new(&name, b"text"));
        },
        "this file does not belong here: expected a document or the head",
    ),
    (
        "an empty document",
        |files| set_content(&mut files[2], ""),
        "the file has 0 bytes: expected 1 to 20971520",
    ),
    (
        "an oversized document",
        |files| {
            change_header(&mut files[2], |header| {
                header.set_size(MAX_BYTES as u64 + 1)
            })
        },
        "the file has 20971521 bytes: expected 1 to 20971520",
    ),
    (
        "a document of an impossible size",
        |files| change_header(&mut files[2], |header| header.set_size(u64::MAX)),
        "bytes: expected 1 to 20971520",
    ),
    (
        "a document before the entries",
        |files| files.swap(1, 2),
        "no entry names this document",
    ),
    (
        "the head before the documents",
        |files| {
            let head = files.pop().unwrap();
            files.insert(2, head);
        },
        "there is more data after the head",
    ),
    (
        "no head",
        |files| drop(files.pop()),
        "the bundle ends here without a head; it was cut off",
    ),
    (
        "another head",
        |files| set_content(files.last_mut().unwrap(), format!("{}\n", Head::START)),
        "head: the head does not match the entries above, whose head is 31:",
    ),
    (
        "an extra file",
        |files| files.insert(5, Packed::new("extra", b"more")),
        "extra: this file does not belong here: expected a document or the head",
    ),
    (
        "an extra file after the head",
        |files| files.push(Packed::new("extra", b"more")),
        "there is more data after the head",
    ),
    (
        "a path outside the archive",
        |files| {
            change_header(&mut files[2], |header| {
                let name = &mut header.as_old_mut().name;
                name.fill(0);
                name[..13].copy_from_slice(b"../etc/passwd");
            });
        },
        "../etc/passwd: the header of this file has values",
    ),
    (
        "a symbolic link",
        |files| {
            set_kind(files, EntryType::Symlink);
            change_header(&mut files[2], |header| {
                header.set_link_name("/etc/passwd").unwrap();
            });
        },
        "this is a symbolic link: a bundle has only regular files",
    ),
    (
        "a hard link",
        |files| set_kind(files, EntryType::Link),
        "this is a hard link",
    ),
    (
        "a folder",
        |files| set_kind(files, EntryType::Directory),
        "this is a folder",
    ),
    (
        "a long name",
        |files| set_kind(files, EntryType::GNULongName),
        "this is a long name of GNU tar",
    ),
    (
        "an extension",
        |files| set_kind(files, EntryType::XHeader),
        "this is an extension of pax",
    ),
    (
        "an extension for all",
        |files| set_kind(files, EntryType::XGlobalHeader),
        "this is an extension of pax",
    ),
    (
        "holes",
        |files| set_kind(files, EntryType::GNUSparse),
        "this is a file with holes",
    ),
    (
        "a device",
        |files| set_kind(files, EntryType::Block),
        "this is not a regular file",
    ),
    (
        "an owner",
        |files| change_header(&mut files[2], |header| header.set_uid(1_000)),
        "the header of this file has values that a bundle does not use",
    ),
    (
        "a time",
        |files| change_header(&mut files[1], |header| header.set_mtime(1_259_600_400)),
        "entries/0000000001.jsonl: the header of this file has values",
    ),
    (
        "a header changed",
        |files| files[2].header.as_mut_bytes()[3] ^= 1,
        "not a valid header of a file in a tar archive",
    ),
];

#[test]
fn a_changed_bundle_is_rejected_and_nothing_is_entered() {
    run(async {
        let original = unpacked(&BUNDLE);
        assert_eq!(original.len(), 6);
        let place = Place::new(Engine::Sqlite).await;
        for (what, change, expected) in CHANGES {
            let mut files = original.clone();
            change(&mut files);
            let changed = packed(&files);
            let message = place.imported(&changed).await.unwrap_err();
            assert!(message.contains(expected), "{what}: {message}");
            assert_eq!(place.head().await, Head::START, "{what}");
            assert_eq!(checked(&changed).await, Err(message), "{what}");
        }
        let mut filled = BUNDLE.clone();
        let at = filled.windows(4).position(|four| four == b"%PDF").unwrap();
        filled[at + 400] = 1;
        let message = place.imported(&filled).await.unwrap_err();
        assert!(
            message.contains("padding after this file is not empty"),
            "{message}"
        );
        for extra in [&b"x"[..], &[0; 512]] {
            let longer = [&BUNDLE[..], extra].concat();
            let message = place.imported(&longer).await.unwrap_err();
            assert!(
                message.contains("there is more data after the head"),
                "{message}"
            );
        }
        // Only documents that entries name were stored.
        for file in walk(&place) {
            let named = hashes()
                .into_iter()
                .any(|hash| place.document_path(hash) == file);
            assert!(named, "{}", file.display());
        }
        assert_eq!(place.head().await, Head::START);
        place.imported(&BUNDLE).await.unwrap();
    });
}

fn walk(place: &Place) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![place.documents_folder()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files
}

#[test]
fn a_bundle_that_was_cut_off_anywhere_is_rejected() {
    run(async {
        let whole = BUNDLE.len();
        let ends = whole - 1_600..whole;
        for at in (0..whole).step_by(256).chain(ends) {
            assert!(checked(&BUNDLE[..at]).await.is_err(), "{at}");
        }
        // A page that claims an enormous size, but ends after an entry.
        let mut files = unpacked(&BUNDLE)[..2].to_vec();
        change_header(&mut files[1], |header| header.set_size(u64::MAX));
        let end = 3 * 512 + files[1].bytes.len();
        let message = checked(&packed(&files)[..end]).await.unwrap_err();
        assert!(message.contains("it was cut off"), "{message}");
        let place = Place::new(Engine::Sqlite).await;
        for at in [whole - 1, whole - 1_024, whole / 2] {
            place.imported(&BUNDLE[..at]).await.unwrap_err();
            assert_eq!(place.head().await, Head::START, "{at}");
        }
    });
}

#[test]
fn a_page_has_at_most_a_thousand_entries() {
    run(async {
        let place = Place::new(Engine::Sqlite).await;
        let ledger = place.open().await;
        let mut drafts = south();
        drafts.resize(1_001, remark("one more"));
        ledger.append(request("all", drafts)).await.unwrap();
        drop(ledger);
        let mut files = unpacked(&place.exported().await.0);
        let second = files.remove(2);
        let first = [&files[1].bytes[..], &second.bytes].concat();
        set_content(&mut files[1], first);
        let message = checked(&packed(&files)).await.unwrap_err();
        assert!(
            message.contains("the page has more entries: expected 1 to 1000"),
            "{message}"
        );
    });
}

#[test]
fn the_largest_document_is_moved() {
    run(async {
        let (place, _) = made(Engine::Sqlite).await;
        let large = Document {
            kind: DocumentKind::Text,
            bytes: vec![b'a'; MAX_BYTES],
        };
        let hash = place.documents().file(large).await.unwrap();
        let ledger = place.open().await;
        let named = support::case::evidence("large", &hash.to_string());
        ledger.append(request("large", vec![named])).await.unwrap();
        drop(ledger);
        let (bundle, written) = place.exported().await;
        assert_eq!((written.documents, written.lost.len()), (4, 0));
        let other = place.another().await;
        assert_eq!(other.imported(&bundle).await, Ok(written));
        assert!(other.exported().await.0 == bundle, "the same bytes");
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A change of any byte of a bundle is detected.
    #[test]
    fn any_changed_byte_is_found(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1..=u8::MAX), 1..4),
    ) {
        let mut changed = BUNDLE.clone();
        for (at, bits) in changes {
            let at = at.index(changed.len());
            changed[at] ^= bits;
        }
        prop_assume!(changed != *BUNDLE);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let message = runtime.block_on(checked(&changed));
        prop_assert!(message.is_err(), "{message:?}");
    }

    #[test]
    fn garbage_is_rejected(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for start in [&b""[..], b"wcc-ledger-bundle\0", b"wcc-ledger-bundle 1 Q30\n"] {
            let garbage = [start, &bytes].concat();
            prop_assert!(runtime.block_on(checked(&garbage)).is_err());
        }
    }
}
