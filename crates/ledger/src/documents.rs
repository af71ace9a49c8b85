//! Evidence documents, kept beside the ledger by the SHA-256 of their bytes.
//!
//! A document is one of a few kinds, and is what its kind says: a file that only calls itself a
//! PDF is refused. Its kind stands in its name, so that nobody has to guess it later.

mod package;

use crate::chain::Hash;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use std::path::Path;
use std::sync::Arc;

/// A document has at most this many bytes.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;

/// What a document may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// PDF.
    Pdf,
    /// Word.
    Word,
    /// Excel.
    Excel,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// CSV, in UTF-8.
    Csv,
    /// Plain text, in UTF-8.
    Text,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [DocumentKind; 7] = [
        DocumentKind::Pdf,
        DocumentKind::Word,
        DocumentKind::Excel,
        DocumentKind::Png,
        DocumentKind::Jpeg,
        DocumentKind::Csv,
        DocumentKind::Text,
    ];

    /// The media type that it is sent with.
    pub fn media_type(self) -> &'static str {
        match self {
            DocumentKind::Pdf => "application/pdf",
            DocumentKind::Word => {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            }
            DocumentKind::Excel => {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
            DocumentKind::Png => "image/png",
            DocumentKind::Jpeg => "image/jpeg",
            DocumentKind::Csv => "text/csv",
            DocumentKind::Text => "text/plain",
        }
    }

    /// What it is called in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::Pdf => "a PDF",
            DocumentKind::Word => "a Word document",
            DocumentKind::Excel => "an Excel workbook",
            DocumentKind::Png => "a PNG image",
            DocumentKind::Jpeg => "a JPEG image",
            DocumentKind::Csv => "a CSV table",
            DocumentKind::Text => "plain text",
        }
    }

    /// What its bytes must look like, in words.
    fn expected(self) -> &'static str {
        match self {
            DocumentKind::Pdf => "a file that begins with %PDF-",
            DocumentKind::Word => {
                "a .docx file: a ZIP archive with [Content_Types].xml and word/document.xml"
            }
            DocumentKind::Excel => {
                "an .xlsx file: a ZIP archive with [Content_Types].xml and xl/workbook.xml"
            }
            DocumentKind::Png => "a file that begins as PNG images do",
            DocumentKind::Jpeg => "a file that begins as JPEG images do",
            DocumentKind::Csv | DocumentKind::Text => "text in UTF-8",
        }
    }

    /// The ending of its name.
    pub fn ending(self) -> &'static str {
        match self {
            DocumentKind::Pdf => "pdf",
            DocumentKind::Word => "docx",
            DocumentKind::Excel => "xlsx",
            DocumentKind::Png => "png",
            DocumentKind::Jpeg => "jpg",
            DocumentKind::Csv => "csv",
            DocumentKind::Text => "txt",
        }
    }

    /// The kind that a `Content-Type` names; its parameters do not matter.
    pub fn of_media_type(text: &str) -> Option<DocumentKind> {
        let named = text.split(';').next().unwrap_or_default().trim();
        let mut all = DocumentKind::ALL.into_iter();
        all.find(|kind| kind.media_type().eq_ignore_ascii_case(named))
    }

    /// The kind with an ending.
    pub(crate) fn of_ending(ending: &str) -> Option<DocumentKind> {
        let mut all = DocumentKind::ALL.into_iter();
        all.find(|kind| kind.ending() == ending)
    }

    /// Whether bytes are what this kind says, inside as well.
    fn fits_inside(self, bytes: &[u8]) -> bool {
        match self {
            DocumentKind::Word => package::holds(bytes, "word/document.xml"),
            DocumentKind::Excel => package::holds(bytes, "xl/workbook.xml"),
            _ => self.fits(bytes),
        }
    }

    /// Whether bytes begin as this kind does.
    fn fits(self, bytes: &[u8]) -> bool {
        match self {
            DocumentKind::Pdf => bytes.starts_with(b"%PDF-"),
            DocumentKind::Word | DocumentKind::Excel => bytes.starts_with(package::MEMBER),
            DocumentKind::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            DocumentKind::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
            DocumentKind::Csv | DocumentKind::Text => {
                !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
            }
        }
    }
}

/// A document as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Document {
    /// Checks that it may be filed: its size, and that it is what its kind says. Gives its hash.
    ///
    /// # Errors
    /// Why it may not be filed.
    pub fn check(&self) -> Result<Hash, DocumentError> {
        let hash = self.check_filed()?;
        if !self.kind.fits_inside(&self.bytes) {
            return Err(DocumentError::Kind(self.kind));
        }
        Ok(hash)
    }

    /// The same for one that was filed before, by a version of this program that looked less
    /// closely: it stays what it was.
    pub(crate) fn check_filed(&self) -> Result<Hash, DocumentError> {
        if self.bytes.is_empty() || self.bytes.len() > MOST_BYTES {
            return Err(DocumentError::Size(self.bytes.len()));
        }
        if !self.kind.fits(&self.bytes) {
            return Err(DocumentError::Kind(self.kind));
        }
        Ok(Hash::of(&self.bytes))
    }
}

/// Why a document is not kept or not found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// Empty or too large.
    #[error("the document has {0} bytes: expected 1 to {MOST_BYTES}")]
    Size(usize),
    /// Not what its kind says.
    #[error(
        "the document is not {}, although it is sent as `{}`: expected {}",
        .0.name(), .0.media_type(), .0.expected()
    )]
    Kind(DocumentKind),
    /// Its bytes are not those of its name any more.
    #[error("the document {0} was changed where it is kept")]
    Changed(Hash),
    /// Where documents are kept.
    #[error("documents cannot be kept or read: {0}")]
    Store(#[from] object_store::Error),
    /// Not an address.
    #[error("`{address}` is no place for documents: {why}")]
    Address {
        /// What was given.
        address: String,
        /// Why it is none.
        why: String,
    },
}

/// Where documents are kept.
#[derive(Clone, Debug)]
pub struct Documents {
    store: Arc<dyn ObjectStore>,
}

impl Documents {
    /// Opens a local folder, made where it is not there, or, where this program is built with the
    /// feature `s3`, a bucket: `s3://BUCKET/PREFIX` with the credentials of the environment.
    ///
    /// # Errors
    /// A folder that cannot be made, an address that is none.
    pub fn open(address: &str) -> Result<Documents, DocumentError> {
        if let Some(rest) = address.strip_prefix("s3://") {
            return bucket(address, rest);
        }
        std::fs::create_dir_all(Path::new(address)).map_err(|error| no_place(address, &error))?;
        folder(address)
    }

    /// The same, and makes nothing: nothing where there is no such folder, which is as if it were
    /// empty.
    ///
    /// # Errors
    /// An address that is none.
    pub fn open_existing(address: &str) -> Result<Option<Documents>, DocumentError> {
        if let Some(rest) = address.strip_prefix("s3://") {
            return bucket(address, rest).map(Some);
        }
        let found = Path::new(address).try_exists();
        let found = found.map_err(|error| no_place(address, &error))?;
        found.then(|| folder(address)).transpose()
    }

    /// Keeps a document, and comes back once it is on disk. The same one again changes nothing,
    /// or mends what was changed where it is kept.
    ///
    /// # Errors
    /// Why it is not kept.
    pub async fn file(&self, document: Document) -> Result<Hash, DocumentError> {
        document.check()?;
        self.restore(document).await
    }

    /// The same for a document that was filed before and comes back from a copy.
    pub(crate) async fn restore(&self, document: Document) -> Result<Hash, DocumentError> {
        let hash = document.check_filed()?;
        let key = key(hash, document.kind);
        let payload = PutPayload::from(document.bytes);
        let create = PutOptions::from(PutMode::Create);
        match self.store.put_opts(&key, payload.clone(), create).await {
            Err(object_store::Error::AlreadyExists { .. }) => {}
            put => return put.map(|_| hash).map_err(DocumentError::from),
        }
        if !matches!(self.kept(hash, document.kind).await?, Kept::AsFiled(_)) {
            self.store.put(&key, payload).await?;
        }
        Ok(hash)
    }

    /// The document with a hash; nothing where there is none.
    ///
    /// # Errors
    /// Where documents are kept, or what is kept there has changed.
    pub async fn find(&self, hash: Hash) -> Result<Option<Document>, DocumentError> {
        let mut changed = false;
        for kind in DocumentKind::ALL {
            match self.kept(hash, kind).await? {
                Kept::AsFiled(bytes) => return Ok(Some(Document { kind, bytes })),
                Kept::Changed => changed = true,
                Kept::Nothing => {}
            }
        }
        if changed {
            return Err(DocumentError::Changed(hash));
        }
        Ok(None)
    }

    /// What is kept under the name of a document.
    async fn kept(&self, hash: Hash, kind: DocumentKind) -> Result<Kept, DocumentError> {
        let found = match self.store.get(&key(hash, kind)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(Kept::Nothing),
            Err(error) => return Err(error.into()),
        };
        // Whatever was put there instead is not read into memory, however long it is.
        if found.meta.size > MOST_BYTES as u64 {
            return Ok(Kept::Changed);
        }
        let bytes = found.bytes().await?.to_vec();
        let document = Document { kind, bytes };
        Ok(match document.check_filed() {
            Ok(found) if found == hash => Kept::AsFiled(document.bytes),
            _ => Kept::Changed,
        })
    }

    /// Whether there is a document with a hash.
    ///
    /// # Errors
    /// Where documents are kept.
    pub async fn has(&self, hash: Hash) -> Result<bool, DocumentError> {
        for kind in DocumentKind::ALL {
            match self.store.head(&key(hash, kind)).await {
                Ok(_) => return Ok(true),
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(false)
    }
}

/// What is found under the name of a document.
enum Kept {
    /// What was filed.
    AsFiled(Vec<u8>),
    /// Something else.
    Changed,
    /// Nothing.
    Nothing,
}

fn no_place(address: &str, why: &impl ToString) -> DocumentError {
    DocumentError::Address {
        address: address.to_owned(),
        why: why.to_string(),
    }
}

fn folder(address: &str) -> Result<Documents, DocumentError> {
    let store = LocalFileSystem::new_with_prefix(address)?.with_fsync(true);
    Ok(Documents {
        store: Arc::new(store),
    })
}

fn key(hash: Hash, kind: DocumentKind) -> Key {
    let hash = hash.to_string();
    Key::from(format!("{}/{hash}.{}", &hash[..2], kind.ending()))
}

#[cfg(feature = "s3")]
fn bucket(address: &str, rest: &str) -> Result<Documents, DocumentError> {
    use object_store::aws::AmazonS3Builder;
    use object_store::prefix::PrefixStore;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let store = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .build()
        .map_err(|error| no_place(address, &error))?;
    Ok(Documents {
        store: Arc::new(PrefixStore::new(store, prefix)),
    })
}

#[cfg(not(feature = "s3"))]
fn bucket(address: &str, _: &str) -> Result<Documents, DocumentError> {
    let why = "this program is built without the feature `s3`";
    Err(no_place(address, &why))
}
