//! The name of a picture: a digest of everything that it was made from and of what came out.

use crate::Programme;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// The revision of a programme. Two that answer any query differently have different revisions.
pub(crate) fn of(programme: &Programme) -> String {
    let mut digest = Writer(Sha256::new());
    // Debug output names every field of every value, and needs no format of its own to keep up.
    let whole = write!(
        digest,
        "{:?}\n{:?}\n{:?}\n{:?}",
        programme.frameworks, programme.organisations, programme.plugins, programme.cycles
    );
    debug_assert!(whole.is_ok(), "a digest takes every byte");
    let mut revision = String::with_capacity(32);
    for byte in &digest.0.finalize()[..16] {
        let _ = write!(revision, "{byte:02x}");
    }
    revision
}

struct Writer(Sha256);

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
