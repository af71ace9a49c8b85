//! Documents that were laid out before. A document says everything that its file shows, so whoever may
//! see the same gets the same file; whoever may not has another document.

use axum::body::Bytes;
use lru::LruCache;
use sha2::{Digest as _, Sha256};
use std::sync::{Mutex, MutexGuard, PoisonError};
use wcc_document::Document;
use wcc_render::Format;

/// The maximum size of all files together, in bytes.
const CAPACITY: usize = 64 << 20;

/// Identifies a file by everything that it is made from.
pub(super) type FileKey = [u8; 32];

/// The key of a document in a format and in the version of a style.
///
/// # Errors
/// The document cannot be written as JSON.
pub(super) fn file_key(
    document: &Document,
    format: Format,
    style: u64,
) -> Result<FileKey, serde_json::Error> {
    let mut digest = Sha256::new();
    digest.update(style.to_le_bytes());
    digest.update(format.extension());
    digest.update([0]);
    digest.update(serde_json::to_vec(document)?);
    Ok(digest.finalize().into())
}

/// The files that were asked for last.
pub(super) struct DocumentCache(Mutex<Files>);

struct Files {
    by_key: LruCache<FileKey, Bytes>,
    size: usize,
}

impl DocumentCache {
    pub(super) fn new() -> DocumentCache {
        DocumentCache(Mutex::new(Files {
            by_key: LruCache::unbounded(),
            size: 0,
        }))
    }

    pub(super) fn get(&self, key: &FileKey) -> Option<Bytes> {
        self.lock().by_key.get(key).cloned()
    }

    pub(super) fn put(&self, key: FileKey, file: Bytes) {
        let mut files = self.lock();
        files.size = files.size.saturating_add(file.len());
        if let Some(replaced) = files.by_key.put(key, file) {
            files.size = files.size.saturating_sub(replaced.len());
        }
        while files.size > CAPACITY {
            let Some((_, oldest)) = files.by_key.pop_lru() else {
                break;
            };
            files.size = files.size.saturating_sub(oldest.len());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, DocumentCache};
    use axum::body::Bytes;

    #[test]
    fn the_files_that_nobody_asks_for_go_first() {
        let cache = DocumentCache::new();
        let third = Bytes::from(vec![0; CAPACITY / 3]);
        for key in 0..3 {
            cache.put([key; 32], third.clone());
        }
        assert!(cache.get(&[0; 32]).is_some());
        cache.put([3; 32], third.clone());
        let held = (0..4).map(|key| cache.get(&[key; 32]).is_some());
        assert_eq!(held.collect::<Vec<_>>(), [true, false, true, true]);
        // A file that was made twice at the same time is there once.
        cache.put([3; 32], third);
        assert!(cache.get(&[0; 32]).is_some());
        cache.put([4; 32], Bytes::from(vec![0; CAPACITY + 1]));
        assert!((0..5).all(|key| cache.get(&[key; 32]).is_none()));
    }
}
