//! Whatever was done to a bundle is found, and nothing of it is entered.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
)]

mod support;

use proptest::prelude::*;
use std::sync::LazyLock;
use support::bundles::{FILED, Packed, checked, hashes, made, name_of, packed, unpacked};
use support::case::{remark, request, south};
use support::{Engine, Place, run};
use tar::EntryType;
use wcc_ledger::documents::MOST_BYTES;
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

/// Changes a header, whose checksum is right again afterwards.
fn headed(file: &mut Packed, change: impl FnOnce(&mut tar::Header)) {
    change(&mut file.header);
    file.header.set_cksum();
}

/// Makes a file another kind of member.
fn kind(files: &mut [Packed], kind: EntryType) {
    headed(&mut files[2], |header| header.set_entry_type(kind));
}

/// Renames a file.
fn renamed(file: &mut Packed, name: &str) {
    headed(file, |header| header.set_path(name).unwrap());
}

/// Replaces what a file holds.
fn holding(file: &mut Packed, bytes: impl Into<Vec<u8>>) {
    *file = Packed::new(&file.name(), &bytes.into());
}

type Change = fn(&mut Vec<Packed>);

/// What is done to the files of a bundle, and what is said of it. The files are the title, a page,
/// three documents and the head.
const CHANGES: &[(&str, Change, &str)] = &[
    ("nothing is left", Vec::clear, "this is no bundle"),
    (
        "no title",
        |files| drop(files.remove(0)),
        "the beginning: this is no bundle",
    ),
    (
        "another file first",
        |files| files.insert(0, Packed::new("readme", b"hello")),
        "this is no bundle",
    ),
    (
        "another authority",
        |files| holding(&mut files[0], "wcc-ledger-bundle 2 Q31\n"),
        "expected `wcc-ledger-bundle 2 Q30`",
    ),
    (
        "a later version",
        |files| holding(&mut files[0], "wcc-ledger-bundle 3 Q30 and more\n"),
        "the bundle is of version 3, this program reads up to 2",
    ),
    (
        "a title without an end",
        |files| holding(&mut files[0], "wcc-ledger-bundle 2 Q30"),
        "wcc-ledger-bundle: ``: expected",
    ),
    (
        "an endless title",
        |files| headed(&mut files[0], |header| header.set_size(1 << 40)),
        "it has 1099511627776 bytes: expected 1 to",
    ),
    (
        "an entry changed",
        |files| {
            let page = String::from_utf8(files[1].bytes.clone()).unwrap();
            holding(&mut files[1], page.replacen("tester", "taster", 1));
        },
        "entry 2: it does not follow the entry in front of it",
    ),
    (
        "the last entry left out",
        |files| {
            let page = String::from_utf8(files[1].bytes.clone()).unwrap();
            let (front, _) = page.trim_end().rsplit_once('\n').unwrap();
            holding(&mut files[1], format!("{front}\n"));
        },
        "head: this is not the head of the entries above, which is 30:",
    ),
    (
        "no entry on a line",
        |files| {
            let page = String::from_utf8(files[1].bytes.clone()).unwrap();
            holding(&mut files[1], format!("\n{page}"));
        },
        "entries/0000000001.jsonl, line 1: not an entry",
    ),
    (
        "a page without its last end of line",
        |files| {
            let mut page = files[1].bytes.clone();
            page.pop();
            holding(&mut files[1], page);
        },
        "entries/0000000001.jsonl, line 31: the line has no end",
    ),
    (
        "an empty page",
        |files| holding(&mut files[1], ""),
        "entries/0000000001.jsonl: it has no entries",
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
            holding(&mut files[1], &page[..half]);
            files.insert(2, Packed::new("entries/0000000002.jsonl", &page[half..]));
        },
        "entries/0000000002.jsonl: this does not belong here: expected a document or the head",
    ),
    (
        "a page of another name",
        |files| renamed(&mut files[1], "entries/0000000002.jsonl"),
        "this does not belong here: expected `entries/0000000001.jsonl`",
    ),
    (
        "a document changed",
        |files| files[2].bytes[9] ^= 1,
        "the document was changed: its SHA-256 is not that of its name",
    ),
    (
        "two documents swapped",
        |files| files.swap(2, 3),
        "this does not belong here: expected documents in the order of their names",
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
            renamed(file.unwrap(), &format!("documents/{text}.pdf"));
        },
        "the document is not a PDF",
    ),
    (
        "a document of an unknown kind",
        |files| {
            let name = files[2].name();
            renamed(&mut files[2], &format!("{name}.exe"));
        },
        "this does not belong here: expected a document or the head",
    ),
    (
        "a document in capitals",
        |files| {
            let name = format!("documents/{}.txt", "A".repeat(64));
            files.insert(2, Packed::new(&name, b"text"));
        },
        "this does not belong here: expected a document or the head",
    ),
    (
        "an empty document",
        |files| holding(&mut files[2], ""),
        "it has 0 bytes: expected 1 to 20971520",
    ),
    (
        "an oversized document",
        |files| {
            headed(&mut files[2], |header| {
                header.set_size(MOST_BYTES as u64 + 1)
            })
        },
        "it has 20971521 bytes: expected 1 to 20971520",
    ),
    (
        "a document of more bytes than there are on earth",
        |files| headed(&mut files[2], |header| header.set_size(u64::MAX)),
        "bytes: expected 1 to 20971520",
    ),
    (
        "a document in front of the entries",
        |files| files.swap(1, 2),
        "no entry names this document",
    ),
    (
        "the head in front of the documents",
        |files| {
            let head = files.pop().unwrap();
            files.insert(2, head);
        },
        "something follows the head",
    ),
    (
        "no head",
        |files| drop(files.pop()),
        "the bundle ends here, without a head: it was cut off",
    ),
    (
        "another head",
        |files| holding(files.last_mut().unwrap(), format!("{}\n", Head::START)),
        "head: this is not the head of the entries above, which is 31:",
    ),
    (
        "an extra file",
        |files| files.insert(5, Packed::new("extra", b"more")),
        "extra: this does not belong here: expected a document or the head",
    ),
    (
        "an extra file behind the head",
        |files| files.push(Packed::new("extra", b"more")),
        "something follows the head",
    ),
    (
        "a way out",
        |files| {
            headed(&mut files[2], |header| {
                let name = &mut header.as_old_mut().name;
                name.fill(0);
                name[..13].copy_from_slice(b"../etc/passwd");
            });
        },
        "../etc/passwd: what the archive says of this file",
    ),
    (
        "a symbolic link",
        |files| {
            kind(files, EntryType::Symlink);
            headed(&mut files[2], |header| {
                header.set_link_name("/etc/passwd").unwrap();
            });
        },
        "this is a symbolic link: a bundle holds plain files alone",
    ),
    (
        "a hard link",
        |files| kind(files, EntryType::Link),
        "this is a hard link",
    ),
    (
        "a folder",
        |files| kind(files, EntryType::Directory),
        "this is a folder",
    ),
    (
        "a long name",
        |files| kind(files, EntryType::GNULongName),
        "this is a long name of GNU tar",
    ),
    (
        "an extension",
        |files| kind(files, EntryType::XHeader),
        "this is an extension of pax",
    ),
    (
        "an extension for all",
        |files| kind(files, EntryType::XGlobalHeader),
        "this is an extension of pax",
    ),
    (
        "holes",
        |files| kind(files, EntryType::GNUSparse),
        "this is a file with holes",
    ),
    (
        "a device",
        |files| kind(files, EntryType::Block),
        "this is no plain file",
    ),
    (
        "an owner",
        |files| headed(&mut files[2], |header| header.set_uid(1_000)),
        "what the archive says of this file, beside its name and size, is not what a bundle says",
    ),
    (
        "a time",
        |files| headed(&mut files[1], |header| header.set_mtime(1_259_600_400)),
        "entries/0000000001.jsonl: what the archive says of this file",
    ),
    (
        "a header changed",
        |files| files[2].header.as_mut_bytes()[3] ^= 1,
        "this is not what stands in front of a file in a tar archive",
    ),
];

#[test]
fn a_bundle_that_was_changed_is_refused_and_nothing_is_entered() {
    run(async {
        let sound = unpacked(&BUNDLE);
        assert_eq!(sound.len(), 6);
        let place = Place::new(Engine::Sqlite).await;
        for (what, change, expected) in CHANGES {
            let mut files = sound.clone();
            change(&mut files);
            let changed = packed(&files);
            let told = place.imported(&changed).await.unwrap_err();
            assert!(told.contains(expected), "{what}: {told}");
            assert_eq!(place.head().await, Head::START, "{what}");
            assert_eq!(checked(&changed).await, Err(told), "{what}");
        }
        let mut filled = BUNDLE.clone();
        let at = filled.windows(4).position(|four| four == b"%PDF").unwrap();
        filled[at + 400] = 1;
        let told = place.imported(&filled).await.unwrap_err();
        assert!(told.contains("last block is not empty"), "{told}");
        for behind in [&b"x"[..], &[0; 512]] {
            let longer = [&BUNDLE[..], behind].concat();
            let told = place.imported(&longer).await.unwrap_err();
            assert!(told.contains("something follows the head"), "{told}");
        }
        // Nothing but documents that entries name was kept on the way.
        for file in walk(&place) {
            let named = hashes().into_iter().any(|hash| place.kept(hash) == file);
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
fn a_bundle_that_was_cut_off_is_refused_wherever_it_was() {
    run(async {
        let whole = BUNDLE.len();
        let ends = whole - 1_600..whole;
        for at in (0..whole).step_by(256).chain(ends) {
            assert!(checked(&BUNDLE[..at]).await.is_err(), "{at}");
        }
        // A page that says that it is endless, and ends behind an entry.
        let mut files = unpacked(&BUNDLE)[..2].to_vec();
        headed(&mut files[1], |header| header.set_size(u64::MAX));
        let end = 3 * 512 + files[1].bytes.len();
        let told = checked(&packed(&files)[..end]).await.unwrap_err();
        assert!(told.contains("it was cut off"), "{told}");
        let place = Place::new(Engine::Sqlite).await;
        for at in [whole - 1, whole - 1_024, whole / 2] {
            place.imported(&BUNDLE[..at]).await.unwrap_err();
            assert_eq!(place.head().await, Head::START, "{at}");
        }
    });
}

#[test]
fn pages_are_as_long_as_they_are_written() {
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
        holding(&mut files[1], first);
        let told = checked(&packed(&files)).await.unwrap_err();
        assert!(
            told.contains("it has more entries: expected 1 to 1000"),
            "{told}"
        );
    });
}

#[test]
fn a_document_as_large_as_may_be_is_moved() {
    run(async {
        let (place, _) = made(Engine::Sqlite).await;
        let large = Document {
            kind: DocumentKind::Text,
            bytes: vec![b'a'; MOST_BYTES],
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

    /// Every byte of a bundle counts.
    #[test]
    fn a_changed_byte_is_found_wherever_it_is(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1..=u8::MAX), 1..4),
    ) {
        let mut changed = BUNDLE.clone();
        for (at, bits) in changes {
            let at = at.index(changed.len());
            changed[at] ^= bits;
        }
        prop_assume!(changed != *BUNDLE);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let told = runtime.block_on(checked(&changed));
        prop_assert!(told.is_err(), "{told:?}");
    }

    #[test]
    fn garbage_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for start in [&b""[..], b"wcc-ledger-bundle\0", b"wcc-ledger-bundle 1 Q30\n"] {
            let garbage = [start, &bytes].concat();
            prop_assert!(runtime.block_on(checked(&garbage)).is_err());
        }
    }
}
