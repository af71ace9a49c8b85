//! Evidence documents, stored beside the ledger under the SHA-256 of their bytes.
//!
//! Only a few kinds of document are accepted, and the content must match the kind: a file that only
//! claims to be a PDF is rejected. The kind is part of a document's name, so that nobody has to
//! guess it later.

mod package;

use crate::chain::Hash;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use std::path::Path;
use std::sync::Arc;

/// A document has at most this many bytes.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;

/// The kinds of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// A PDF file.
    Pdf,
    /// A Word document.
    Word,
    /// An Excel workbook.
    Excel,
    /// A PNG image.
    Png,
    /// A JPEG image.
    Jpeg,
    /// A CSV table in UTF-8.
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

    /// Its media type.
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

    /// Its name in a sentence, with its article.
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

    /// Describes what its bytes must look like.
    fn expected(self) -> &'static str {
        match self {
            DocumentKind::Pdf => "a file that begins with %PDF-",
            DocumentKind::Word => {
                "a .docx file: a ZIP archive with [Content_Types].xml and word/document.xml"
            }
            DocumentKind::Excel => {
                "an .xlsx file: a ZIP archive with [Content_Types].xml and xl/workbook.xml"
            }
            DocumentKind::Png => "a file with the signature of a PNG image",
            DocumentKind::Jpeg => "a file with the signature of a JPEG image",
            DocumentKind::Csv | DocumentKind::Text => "text in UTF-8",
        }
    }

    /// Its file extension.
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

    /// Returns the kind that a `Content-Type` names; parameters are ignored.
    pub fn of_media_type(text: &str) -> Option<DocumentKind> {
        let named = text.split(';').next().unwrap_or_default().trim();
        let mut all = DocumentKind::ALL.into_iter();
        all.find(|kind| kind.media_type().eq_ignore_ascii_case(named))
    }

    /// Returns the kind with a file extension.
    pub fn of_ending(ending: &str) -> Option<DocumentKind> {
        let mut all = DocumentKind::ALL.into_iter();
        all.find(|kind| kind.ending() == ending)
    }

    /// Whether bytes match this kind, including their inner structure.
    fn fits_inside(self, bytes: &[u8]) -> bool {
        match self {
            DocumentKind::Word => package::holds(bytes, "word/document.xml"),
            DocumentKind::Excel => package::holds(bytes, "xl/workbook.xml"),
            _ => self.fits(bytes),
        }
    }

    /// Whether bytes begin as files of this kind do.
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

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Document {
    /// Checks that the document may be filed: its size, and that its content matches its kind.
    /// Returns its hash.
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

    /// Checks a document that was filed earlier, perhaps by a version of this program with weaker
    /// checks, which remains valid.
    pub(crate) fn check_filed(&self) -> Result<Hash, DocumentError> {
        if self.bytes.is_empty() || self.bytes.len() > MAX_BYTES {
            return Err(DocumentError::Size(self.bytes.len()));
        }
        if !self.kind.fits(&self.bytes) {
            return Err(DocumentError::Kind(self.kind));
        }
        Ok(Hash::of(&self.bytes))
    }
}

/// Why a document cannot be stored or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The document is empty or too large.
    #[error("the document has {0} bytes: expected 1 to {MAX_BYTES}")]
    Size(usize),
    /// The content does not match its kind.
    #[error(
        "the document is not {}, although it is sent as `{}`: expected {}",
        .0.name(), .0.media_type(), .0.expected()
    )]
    Kind(DocumentKind),
    /// The bytes no longer match the name.
    #[error("the document {0} was changed after it was filed")]
    Changed(Hash),
    /// The document store reported an error.
    #[error("documents cannot be stored or read: {0}")]
    Store(#[from] object_store::Error),
    /// The address of the store cannot be used.
    #[error("`{address}` cannot be used as a document store: {why}")]
    Address {
        /// The address.
        address: String,
        /// Why it cannot be used.
        why: String,
    },
}

/// A store of documents: a folder or a bucket.
#[derive(Clone, Debug)]
pub struct Documents {
    store: Arc<dyn ObjectStore>,
}

impl Documents {
    /// Opens a local folder, which is created if it does not exist, or a bucket if this program was
    /// built with the feature `s3`: `s3://BUCKET/PREFIX`, with credentials from the environment.
    ///
    /// # Errors
    /// The folder cannot be created, or the address cannot be used.
    pub fn open(address: &str) -> Result<Documents, DocumentError> {
        if let Some(rest) = address.strip_prefix("s3://") {
            return bucket(address, rest);
        }
        std::fs::create_dir_all(Path::new(address))
            .map_err(|error| unusable_address(address, &error))?;
        folder(address)
    }

    /// Opens a store without creating anything. Returns `None` if the folder does not exist, which
    /// counts as empty.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn open_existing(address: &str) -> Result<Option<Documents>, DocumentError> {
        if let Some(rest) = address.strip_prefix("s3://") {
            return bucket(address, rest).map(Some);
        }
        let exists = Path::new(address).try_exists();
        let exists = exists.map_err(|error| unusable_address(address, &error))?;
        exists.then(|| folder(address)).transpose()
    }

    /// Files a document, and returns once it is on disk. Filing the same document again changes
    /// nothing, or repairs a changed copy.
    ///
    /// # Errors
    /// Why it cannot be filed.
    pub async fn file(&self, document: Document) -> Result<Hash, DocumentError> {
        document.check()?;
        self.restore(document).await
    }

    /// Restores a document from a backup.
    pub(crate) async fn restore(&self, document: Document) -> Result<Hash, DocumentError> {
        let hash = document.check_filed()?;
        let key = key(hash, document.kind);
        let payload = PutPayload::from(document.bytes);
        let create = PutOptions::from(PutMode::Create);
        match self.store.put_opts(&key, payload.clone(), create).await {
            Err(object_store::Error::AlreadyExists { .. }) => {}
            put => return put.map(|_| hash).map_err(DocumentError::from),
        }
        if !matches!(
            self.read_stored(hash, document.kind).await?,
            StoredDocument::AsFiled(_)
        ) {
            self.store.put(&key, payload).await?;
        }
        Ok(hash)
    }

    /// Returns the document with a hash; `None` if there is none.
    ///
    /// # Errors
    /// The store reported an error, or the stored document was changed.
    pub async fn find(&self, hash: Hash) -> Result<Option<Document>, DocumentError> {
        let mut changed = false;
        for kind in DocumentKind::ALL {
            match self.read_stored(hash, kind).await? {
                StoredDocument::AsFiled(bytes) => return Ok(Some(Document { kind, bytes })),
                StoredDocument::Changed => changed = true,
                StoredDocument::Nothing => {}
            }
        }
        if changed {
            return Err(DocumentError::Changed(hash));
        }
        Ok(None)
    }

    /// Reads what is stored under the name of a document.
    async fn read_stored(
        &self,
        hash: Hash,
        kind: DocumentKind,
    ) -> Result<StoredDocument, DocumentError> {
        let object = match self.store.get(&key(hash, kind)).await {
            Ok(object) => object,
            Err(object_store::Error::NotFound { .. }) => return Ok(StoredDocument::Nothing),
            Err(error) => return Err(error.into()),
        };
        // A larger file was not filed by this program, so it is not read into memory.
        if object.meta.size > MAX_BYTES as u64 {
            return Ok(StoredDocument::Changed);
        }
        let bytes = object.bytes().await?.to_vec();
        let document = Document { kind, bytes };
        Ok(match document.check_filed() {
            Ok(actual) if actual == hash => StoredDocument::AsFiled(document.bytes),
            _ => StoredDocument::Changed,
        })
    }

    /// Returns whether there is a document with a hash.
    ///
    /// # Errors
    /// The document store reported an error.
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

/// What is stored under the name of a document.
enum StoredDocument {
    /// The document as it was filed.
    AsFiled(Vec<u8>),
    /// Different content.
    Changed,
    /// No file.
    Nothing,
}

fn unusable_address(address: &str, why: &impl ToString) -> DocumentError {
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
        .map_err(|error| unusable_address(address, &error))?;
    Ok(Documents {
        store: Arc::new(PrefixStore::new(store, prefix)),
    })
}

#[cfg(not(feature = "s3"))]
fn bucket(address: &str, _: &str) -> Result<Documents, DocumentError> {
    let why = "this program was built without the feature `s3`";
    Err(unusable_address(address, &why))
}
