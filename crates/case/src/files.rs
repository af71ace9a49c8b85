//! Reads whole files up to a size limit.

use crate::problem::{Place, Problem, Problems};
use std::borrow::Cow;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

const MEBIBYTE: u64 = 1024 * 1024;
/// Maximum size of a TOML file, in bytes.
pub(crate) const TOML_LIMIT: u64 = MEBIBYTE;
/// Maximum size of a CSV table, in bytes.
pub(crate) const TABLE_LIMIT: u64 = 64 * MEBIBYTE;
/// Maximum size of a table of indicators' values, in bytes: about two million rows.
pub(crate) const VALUES_LIMIT: u64 = 256 * MEBIBYTE;
/// Maximum size of a Markdown text, in bytes.
pub(crate) const MARKDOWN_LIMIT: u64 = 16 * MEBIBYTE;

/// The maximum size of a kind of table, in bytes.
pub(crate) fn table_limit(name: &str) -> u64 {
    match name {
        _ if name.ends_with(".md") => MARKDOWN_LIMIT,
        _ if name.ends_with(".toml") => TOML_LIMIT,
        "indicator_values.csv" | crate::cycle::MAPPED => VALUES_LIMIT,
        _ => TABLE_LIMIT,
    }
}

/// Reads a file; `None` if it does not exist. `shown` is its name in problems.
pub(crate) fn read_if_there(
    path: &Path,
    shown: &str,
    limit: u64,
) -> Result<Option<Vec<u8>>, Problems> {
    let Some(file) = open_if_there(path, shown, limit)? else {
        return Ok(None);
    };
    read_open(&file, shown, limit).map(Some)
}

/// Reads an open file from where it is.
pub(crate) fn read_open(file: &File, shown: &str, limit: u64) -> Result<Vec<u8>, Problems> {
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(shown, &error))?;
    check_size(bytes.len(), shown, limit)?;
    Ok(bytes)
}

/// Opens a file; `None` if it does not exist. `shown` is its name in problems.
pub(crate) fn open_if_there(
    path: &Path,
    shown: &str,
    limit: u64,
) -> Result<Option<File>, Problems> {
    let failed = |error| unreadable(shown, &error);
    match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
        // Opening a pipe or a device could block until somebody writes to it.
        Ok(metadata) if !metadata.is_file() => {
            return Err(Problem::of_file(shown, "is not a file").into());
        }
        Ok(_) => {}
    }
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    if size > limit {
        return Err(too_large(shown, limit).into());
    }
    Ok(Some(file))
}

fn unreadable(shown: &str, error: &std::io::Error) -> Problems {
    Problem::of_file(shown, format!("cannot be read: {error}")).into()
}

/// Reads a file that must be there.
pub(crate) fn read(path: &Path, shown: &str, limit: u64) -> Result<Vec<u8>, Problems> {
    read_if_there(path, shown, limit)?.ok_or_else(|| {
        let place = path.parent().filter(|parent| *parent != Path::new(""));
        let place = place.map_or_else(|| PathBuf::from("."), Path::to_owned);
        Problem::of_file(
            shown,
            format!("there is no such file in {}", place.display()),
        )
        .into()
    })
}

/// Refuses a file larger than the limit.
pub(crate) fn check_size(length: usize, shown: &str, limit: u64) -> Result<(), Problems> {
    if u64::try_from(length).is_ok_and(|length| length <= limit) {
        return Ok(());
    }
    Err(too_large(shown, limit).into())
}

/// The problem of a file that is larger than the limit.
pub(crate) fn too_large(shown: &str, limit: u64) -> Problem {
    let expected = format!("at most {} MiB", limit / MEBIBYTE);
    Problem::of_file(shown, "is too large").expecting(expected)
}

/// The problem of a file in UTF-16.
pub(crate) fn in_utf16(shown: &str) -> Problem {
    Problem::of_file(shown, "is written in UTF-16").expecting(if shown.ends_with(".csv") {
        "UTF-8 (in a spreadsheet: save as \"CSV UTF-8\")"
    } else {
        "UTF-8"
    })
}

/// What some programs write before a text in UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Removes a byte order mark and turns every line ending into a line feed, so that the same text
/// is the same data on every system. UTF-16 gets an error of its own.
pub(crate) fn plain<'a>(bytes: &'a [u8], shown: &str) -> Result<Cow<'a, [u8]>, Problems> {
    if is_utf16(bytes) {
        return Err(in_utf16(shown).into());
    }
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if !bytes.contains(&b'\r') {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'\r' {
            plain.push(b'\n');
            rest.next_if_eq(&b'\n');
        } else {
            plain.push(byte);
        }
    }
    Ok(Cow::Owned(plain))
}

/// Whether bytes are UTF-16: they have its byte order mark, or zeros in every other byte, as Latin
/// letters do.
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    const LOOKED_AT: usize = 64;
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return true;
    }
    let start = bytes.get(..LOOKED_AT.min(bytes.len())).unwrap_or_default();
    let zeros = |odd: usize| {
        let every_other = start.iter().skip(odd).step_by(2);
        every_other.filter(|byte| **byte == 0).count()
    };
    start.len() >= 8 && zeros(0).max(zeros(1)) * 2 >= start.len() - 2
}

/// The message for bytes that are not UTF-8; most such files are Windows-1252.
pub(crate) fn not_utf8(bytes: &[u8]) -> String {
    // The characters of Windows-1252 between 0x80 and 0x9F; a dot is unassigned.
    const WINDOWS: &str = "€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ";
    let error = std::str::from_utf8(bytes).err();
    let byte = error.and_then(|error| bytes.get(error.valid_up_to()).copied());
    let Some(byte) = byte else {
        return "a character is not UTF-8".to_owned();
    };
    let character = match byte {
        0x80..=0x9F => WINDOWS.chars().nth(usize::from(byte - 0x80)),
        byte => Some(char::from(byte)),
    };
    match character.filter(|character| *character != '.') {
        Some(character) if byte >= 0x80 => {
            format!("a character is not UTF-8 (as Windows-1252 it would be {character})")
        }
        _ => "a character is not UTF-8".to_owned(),
    }
}

/// Converts bytes to text, normalised by [`plain`]; an error names the line of the first byte that
/// is not UTF-8.
pub(crate) fn as_text<'a>(bytes: &'a [u8], shown: &str) -> Result<Cow<'a, str>, Problems> {
    let not_text = |bytes: &[u8], before: usize| {
        let before = bytes.get(..before).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let place = Place::Line(u32::try_from(line).unwrap_or(u32::MAX));
        Problems::from(Problem::at(shown, place, not_utf8(bytes)).expecting("text saved as UTF-8"))
    };
    match plain(bytes, shown)? {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes)
            .map(Cow::Borrowed)
            .map_err(|error| not_text(bytes, error.valid_up_to())),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|error| {
            let before = error.utf8_error().valid_up_to();
            not_text(error.as_bytes(), before)
        }),
    }
}

/// The names of the files in a folder, sorted; `None` if there is no such folder.
pub(crate) fn names_in(folder: &Path, shown: &str) -> Result<Option<Vec<String>>, Problems> {
    let failed = |error| unreadable(shown, &error);
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(Some(names))
}
