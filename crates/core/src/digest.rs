//! SHA-256, as texts and approvals are identified by it.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The SHA-256 of a text, in lower-case hexadecimal.
pub fn sha256_of_text(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
