//! Recognises Office files, which are ZIP archives, by their table of contents.
//!
//! Only the table at the end is read (APPNOTE.TXT 4.3.12 and 4.3.16), and nothing is unpacked, so
//! the cost does not depend on the unpacked size.

/// Signature of the last record, and its length without the comment.
const END: [u8; 4] = *b"PK\x05\x06";
const END_LENGTH: usize = 22;
/// Maximum length of the comment.
const COMMENT: usize = 65_535;
/// Signature of a member.
pub(super) const MEMBER: &[u8] = b"PK\x03\x04";
/// Signature of an entry of the table, and its length without the name.
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;
/// A limit on members that no Office program reaches.
const MAX_MEMBERS: usize = 10_000;
/// A member that every current Office file has.
const CONTENT_TYPES: &[u8] = b"[Content_Types].xml";

/// Returns whether bytes are an Office file with this part.
pub(super) fn holds(bytes: &[u8], part: &str) -> bool {
    let Some(names) = members(bytes) else {
        return false;
    };
    let has = |wanted: &[u8]| names.contains(&wanted);
    has(CONTENT_TYPES) && has(part.as_bytes())
}

/// Returns the names of an archive's members; `None` if it is not a valid archive.
fn members(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    if !bytes.starts_with(MEMBER) {
        return None;
    }
    let end = end_of(bytes)?;
    let count = usize::from(half(end, 10)?);
    let table = long(end, 16)?;
    if count > MAX_MEMBERS {
        return None;
    }
    let mut at = usize::try_from(table).ok()?;
    let mut names = Vec::with_capacity(count);
    for _ in 0..count {
        let entry = bytes.get(at..)?;
        let name_length = usize::from(half(entry, 28)?);
        let more = usize::from(half(entry, 30)?) + usize::from(half(entry, 32)?);
        let member = usize::try_from(long(entry, 42)?).ok()?;
        let name = entry.get(ENTRY_LENGTH..ENTRY_LENGTH + name_length)?;
        // Programs that read the table must see the same names as programs that read the members.
        let local = bytes.get(member..)?;
        let same = local.get(30..30 + name_length) == Some(name);
        if !entry.starts_with(&ENTRY) || !local.starts_with(MEMBER) || !same {
            return None;
        }
        names.push(name);
        at += ENTRY_LENGTH + name_length + more;
    }
    Some(names)
}

/// Finds the last record, which with its comment ends the file.
fn end_of(bytes: &[u8]) -> Option<&[u8]> {
    let last = bytes.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(COMMENT);
    (first..=last).rev().find_map(|at| {
        let record = bytes.get(at..)?;
        let comment = usize::from(half(record, 20)?);
        let whole = record.starts_with(&END) && record.len() == END_LENGTH + comment;
        whole.then_some(record)
    })
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::holds;

    /// Builds an archive whose members are empty.
    fn archive(names: &[&str], comment: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut table = Vec::new();
        for name in names {
            let member = u32::try_from(bytes.len()).unwrap_or_default();
            let length = u16::try_from(name.len()).unwrap_or_default().to_le_bytes();
            bytes.extend_from_slice(b"PK\x03\x04");
            bytes.extend_from_slice(&[0; 22]);
            bytes.extend_from_slice(&length);
            bytes.extend_from_slice(&[0; 2]);
            bytes.extend_from_slice(name.as_bytes());
            table.extend_from_slice(b"PK\x01\x02");
            table.extend_from_slice(&[0; 24]);
            table.extend_from_slice(&length);
            table.extend_from_slice(&[0; 12]);
            table.extend_from_slice(&member.to_le_bytes());
            table.extend_from_slice(name.as_bytes());
        }
        let at = u32::try_from(bytes.len()).unwrap_or_default();
        let count = u16::try_from(names.len()).unwrap_or_default();
        bytes.extend_from_slice(&table);
        bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        bytes.extend_from_slice(&count.to_le_bytes());
        bytes.extend_from_slice(&count.to_le_bytes());
        bytes.extend_from_slice(&u32::try_from(table.len()).unwrap_or_default().to_le_bytes());
        bytes.extend_from_slice(&at.to_le_bytes());
        let length = u16::try_from(comment.len()).unwrap_or_default();
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(comment);
        bytes
    }

    const WORD: &str = "word/document.xml";
    const TYPES: &str = "[Content_Types].xml";

    #[test]
    fn word_documents_are_distinguished_from_other_archives() {
        assert!(holds(&archive(&[TYPES, WORD], b""), WORD));
        assert!(holds(
            &archive(&["docProps/app.xml", WORD, TYPES], b"PK"),
            WORD
        ));
        for (names, what) in [
            (&[TYPES, "xl/workbook.xml"][..], "a workbook"),
            (&[WORD], "no content types"),
            (&[TYPES], "no document"),
            (&["readme.txt"], "some archive"),
            (&[TYPES, "Word/document.xml"], "another case"),
            (&[TYPES, "evil/word/document.xml"], "another folder"),
            (&[], "an empty archive"),
        ] {
            assert!(!holds(&archive(names, b""), WORD), "{what}");
        }
    }

    #[test]
    fn damaged_archives_are_rejected() {
        let whole = archive(&[TYPES, WORD], b"a comment");
        for length in 0..whole.len() {
            assert!(!holds(&whole[..length], WORD), "cut at {length}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0xff;
            // The result does not matter, but the check must end.
            let _ = holds(&changed, WORD);
        }
        let mut longer = whole.clone();
        longer.push(0);
        assert!(!holds(&longer, WORD), "more data after the end");
        assert!(!holds(b"PK\x03\x04 and then nothing of the kind", WORD));
    }
}
