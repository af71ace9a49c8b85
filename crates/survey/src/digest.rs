//! The digest of a table while it is read.

use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// Reads from another reader and computes the SHA-256 of everything that was read.
#[derive(Debug)]
pub struct DigestReader<R> {
    reader: R,
    digest: Sha256,
}

impl<R: Read> DigestReader<R> {
    /// Reads from `reader`.
    pub fn new(reader: R) -> DigestReader<R> {
        DigestReader {
            reader,
            digest: Sha256::new(),
        }
    }

    /// The digest of everything that was read.
    pub fn finish(self) -> [u8; 32] {
        self.digest.finalize().into()
    }
}

impl<R: Read> Read for DigestReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if let Some(read) = buffer.get(..count) {
            self.digest.update(read);
        }
        Ok(count)
    }
}
