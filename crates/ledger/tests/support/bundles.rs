//! Helpers for bundles and their files, and for ledgers whose evidence names documents.

use super::case::{another_regime, evidence, request};
use super::{Engine, Place};
use std::io::{Cursor, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use tar::{Archive, Header};
use wcc_ledger::bundle::{self, Contents};
use wcc_ledger::{Document, DocumentKind, Documents, Hash, Head};
use wcc_programme::FileFormats;

/// The documents that entries name, each with its kind and bytes.
pub const FILED: [(DocumentKind, &[u8]); 3] = [
    (DocumentKind::Pdf, b"%PDF-1.4 the strategy"),
    (DocumentKind::Text, b"what was said on the day\n"),
    (DocumentKind::Png, b"\x89PNG\r\n\x1a\n and so on"),
];

/// Creates a ledger whose evidence names documents.
pub async fn made(engine: Engine) -> (Place, Head) {
    let place = Place::new(engine).await;
    let documents = place.documents();
    let ledger = place.open().await;
    let mut drafts = another_regime();
    for (number, (kind, bytes)) in FILED.into_iter().enumerate() {
        let bytes = bytes.to_vec();
        let hash = documents.file(Document { kind, bytes }).await.unwrap();
        // A second entry that names the document changes nothing.
        for again in 0..2 {
            let id = format!("document-{number}-{again}");
            drafts.push(evidence(&id, &hash.to_string()));
        }
    }
    drafts.push(evidence("elsewhere", "in the cupboard.pdf"));
    ledger.append(request("load", drafts)).await.unwrap();
    let unnamed = Document {
        kind: DocumentKind::Csv,
        bytes: b"nobody,names,this\n".to_vec(),
    };
    documents.file(unnamed).await.unwrap();
    (place, ledger.head())
}

/// Returns the hashes of the named documents, in order.
pub fn hashes() -> Vec<Hash> {
    let mut hashes = FILED.map(|(_, bytes)| Hash::of(bytes)).to_vec();
    hashes.sort();
    hashes
}

/// Returns the first entry of [`made`] that names a document.
pub fn named_by(hash: Hash) -> u32 {
    let at = FILED.iter().position(|(_, bytes)| Hash::of(bytes) == hash);
    u32::try_from(another_regime().len() + 2 * at.unwrap() + 1).unwrap()
}

/// Returns the name of a document in a bundle.
pub fn name_of(hash: Hash) -> String {
    let named = FILED.into_iter().find(|(_, bytes)| Hash::of(bytes) == hash);
    let (kind, _) = named.unwrap();
    format!("documents/{hash}.{}", kind.ending())
}

impl Place {
    pub fn documents_folder(&self) -> PathBuf {
        self.folder.path().join("documents")
    }

    pub fn documents(&self) -> Documents {
        let folder = self.documents_folder();
        Documents::open(folder.to_str().unwrap()).unwrap()
    }

    /// Returns the path of a document.
    pub fn document_path(&self, hash: Hash) -> PathBuf {
        let name = name_of(hash);
        let name = name.strip_prefix("documents/").unwrap();
        self.documents_folder().join(&name[..2]).join(name)
    }

    pub async fn exported(&self) -> (Vec<u8>, Contents) {
        let (store, documents) = (self.store().await, self.documents());
        let mut bundle = Vec::new();
        let written = bundle::export(&store, Some(&documents), &mut bundle, |_, _| {}).await;
        store.close().await;
        (bundle, written.unwrap())
    }

    pub async fn imported(&self, bundle: &[u8]) -> Result<Contents, String> {
        let (store, documents) = (self.store().await, self.documents());
        let mut from = Cursor::new(bundle);
        let books = Arc::new(FileFormats);
        let done = bundle::import(&store, &documents, books, &mut from, |_, _| {}).await;
        store.close().await;
        done.map_err(|error| error.to_string())
    }

    /// Returns the head of the database.
    pub async fn head(&self) -> Head {
        let store = self.store().await;
        let head = store.head().await.unwrap();
        store.close().await;
        head
    }
}

/// Checks a bundle.
pub async fn checked(bundle: &[u8]) -> Result<Contents, String> {
    let mut from = Cursor::new(bundle);
    let done = bundle::check("Q30", Arc::new(FileFormats), &mut from, |_, _| {}).await;
    done.map_err(|error| error.to_string())
}

/// A file of a bundle.
#[derive(Clone)]
pub struct Packed {
    pub header: Header,
    pub bytes: Vec<u8>,
}

impl Packed {
    /// Creates a file in the form that bundles use.
    pub fn new(name: &str, bytes: &[u8]) -> Packed {
        let mut header = Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        Packed {
            header,
            bytes: bytes.to_vec(),
        }
    }

    pub fn name(&self) -> String {
        String::from_utf8(self.header.path_bytes().into_owned()).unwrap()
    }
}

/// Returns the files of a bundle, read by the `tar` crate.
pub fn unpacked(bundle: &[u8]) -> Vec<Packed> {
    let mut archive = Archive::new(bundle);
    let entries = archive.entries().unwrap();
    let packed = entries.map(|entry| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        Packed {
            header: entry.header().clone(),
            bytes,
        }
    });
    packed.collect()
}

/// Builds an archive of these files without any check.
pub fn packed(files: &[Packed]) -> Vec<u8> {
    let mut bundle = Vec::new();
    for file in files {
        bundle.write_all(file.header.as_bytes()).unwrap();
        bundle.write_all(&file.bytes).unwrap();
        bundle.resize(bundle.len().next_multiple_of(512), 0);
    }
    bundle.resize(bundle.len() + 1024, 0);
    bundle
}
